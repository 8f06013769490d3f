"""Leaving a form and coming back to it: stopped, taken up again, offered again, kept over a new session."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from rasa_sdk import Tracker
from rasa_sdk.events import ActionExecuted, ActiveLoop, FollowupAction, SessionStarted, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from bot.actions.base import BotAction, Event, Heard, clear, say
from bot.actions.laid_aside import (
    PARKED_LIFE,
    STOPPED_LIFE,
    TAKE_UP,
    beneath,
    moved_on,
    of_worth,
    over,
    put_aside,
    stopped,
    waiting,
)
from bot.actions.registry import form_of, slots_of
from bot.actions.wording import wants_to_park
from bot.knowledge.topics import payload

if TYPE_CHECKING:
    from bot.actions.forms import TaskForm

NOTHING_OPEN = "没有填到一半的登记了。要办什么，直接说就行。"


def leave_form(tracker: Tracker, *, keep: bool) -> list[Event]:
    """Events that end the running form; with `keep` its values stay and "接着办" can come back to it."""
    loop = (tracker.active_loop or {}).get("name")
    if not loop:
        return []
    events: list[Event] = [ActiveLoop(None), SlotSet("requested_slot", None), SlotSet("pending_task", None)]
    form = form_of(loop)
    if keep and form:
        events.append(_aside(tracker, form))
    else:
        events += [*clear(*slots_of(loop)), SlotSet("confirmed", None)]
    return events


def _aside(tracker: Tracker, form: type[TaskForm]) -> Event:
    event: Event = SlotSet("suspended", over(put_aside(form, tracker.get_slot), tracker.get_slot("suspended")))
    return event


class ActionStop(BotAction):
    """ "算了": ends the form that runs; where none runs, what was just offered again is not wanted now."""

    action_name = "action_stop"

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event]:
        loop = (tracker.active_loop or {}).get("name")
        form = form_of(loop) if loop else None
        before = tracker.get_slot("suspended")
        if form is None:
            return self._not_wanted(dispatcher, before, offered=bool(tracker.get_slot("offered_resume")))
        other = waiting(before)
        if other is not None and other.get("form") != loop:
            # only what runs is stopped; what was laid aside before can still be gone on with
            say(
                dispatcher,
                f"好，{form.title}先停下，没有提交。之前的{other['title']}还留着，想办就说“接着办”。",
                [TAKE_UP, payload("help")],
            )
            return [*leave_form(tracker, keep=False), SlotSet("offered_resume", True)]
        parked = not heard.text.startswith("/") and wants_to_park(heard.text.strip())
        kept = stopped(form, tracker.get_slot, self.now(), PARKED_LIFE if parked else STOPPED_LIFE)
        if kept is not None:
            kept_for = "填好的给您留三天，回来说一句“接着办”" if parked else "前面说的给您留两个小时，想接着办说一声"
            say(
                dispatcher,
                f"好，{form.title}先停下，没有提交。{kept_for}就行。",
                [TAKE_UP, payload("help")],
            )
        else:
            say(dispatcher, f"好，{form.title}先停下，没有提交。想办的时候再说一声就行。", [payload("help")])
        same = isinstance(before, dict) and before.get("form") == loop
        left = beneath(before) if same else before
        return [
            *leave_form(tracker, keep=False),
            SlotSet("suspended", over(kept, left) if kept else left),
            SlotSet("offered_resume", None),
        ]

    def _not_wanted(self, dispatcher: CollectingDispatcher, before: Any, *, offered: bool) -> list[Event]:
        left = self._left(before)
        then = waiting(left)
        if then is not None and waiting(before) and offered:
            say(
                dispatcher,
                f"好，{before['title']}先不办。还有{then['title']}，现在办吗？",
                [("接着办", "/affirm"), ("先不办了", "/stop")],
                ask=True,
            )
            return [SlotSet("suspended", left), SlotSet("offered_resume", True)]
        say(dispatcher, "好，先不办了。有事随时说。", [payload("help")])
        return [SlotSet("suspended", left), SlotSet("offered_resume", None)]

    def _left(self, kept: Any) -> dict[str, Any] | None:
        """What was offered again and not wanted now: nobody is asked about it any more, but it can be taken up."""
        if waiting(kept) is None:
            return kept if isinstance(kept, dict) else None
        form = form_of(str(kept["form"]))
        worth = form is not None and (bool(kept.get("said")) or of_worth(form, kept.get("values") or {}))
        return moved_on(kept, self.now(), worth=worth)


class ActionTakeUp(BotAction):
    """The button under "先停下": the stopped form with all that was said, if it still waits."""

    action_name = "action_take_up"
    listed: ClassVar[bool] = False
    buttons: ClassVar[frozenset[tuple[str, str]]] = frozenset({("stop", "resume")})

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event]:
        if tracker.active_loop:
            return []  # the running form puts its question next: first this one
        kept = tracker.get_slot("suspended")
        if isinstance(kept, dict):
            return [FollowupAction(str(kept["form"]))]
        say(dispatcher, NOTHING_OPEN, [payload("help")])
        return []


class ActionOfferResume(BotAction):
    """After a form ended: offer to come back to the one laid aside."""

    action_name = "action_offer_resume"

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event]:
        suspended = waiting(tracker.get_slot("suspended"))
        if suspended is None:
            return []
        say(
            dispatcher,
            f"刚才的{suspended['title']}还没办完，接着办吗？",
            [("接着办", "/affirm"), ("先不办了", "/stop")],
            ask=True,
        )
        return [SlotSet("offered_resume", True)]


class ActionSessionStart(BotAction):
    """A new session keeps only what is still useful: an unfinished form, and the choices last offered."""

    action_name = "action_session_start"

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event]:
        loop = (tracker.active_loop or {}).get("name")
        form = form_of(loop) if loop else None
        suspended = tracker.get_slot("suspended")
        events: list[Event] = [SessionStarted()]
        kept = ["turn_count", "last_choices"]
        if form and loop:
            events.append(_aside(tracker, form))
            kept += slots_of(loop)
        elif isinstance(suspended, dict):
            kept += ["suspended", *slots_of(str(suspended["form"]))]
        events += [SlotSet(name, tracker.get_slot(name)) for name in kept if tracker.get_slot(name) is not None]
        return [*events, ActionExecuted("action_listen")]
