"""Talk that belongs to no single initiative: the menu, misunderstanding, a bare value, a bare yes or no."""

from __future__ import annotations

import re
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from bot.actions.base import BotAction, Choice, Event, Heard, say
from bot.actions.finding import remember_location
from bot.actions.leaving import NOTHING_OPEN, leave_form
from bot.actions.registry import ACTIONS, STARTERS, form_of
from bot.knowledge.initiatives import initiatives
from bot.knowledge.topics import payload

MENU: tuple[Choice, ...] = tuple(
    payload(name)
    for name in (
        "find_station",
        "open_dispute",
        "book_hospital",
        "calc_subsidy",
        "find_drinks",
        "human_handoff",
    )
)
NONE_OF_THESE: Choice = ("都不是", "/help")

# topics that nobody taps as what they meant
NO_CHOICE = frozenset(
    [
        "inform",
        "affirm",
        "deny",
        "stop",
        "chitchat",
        "out_of_scope",
        "greet",
        "goodbye",
        "thank",
        "bot_feedback",
        "bot_challenge",
        "nlu_fallback",
    ]
)


class ActionHelp(BotAction):
    action_name = "action_help"

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event]:
        welcome = "欢迎关注暖新。" if heard.metadata.get("event") == "subscribe" else ""
        lines = [f"{i.number}. {i.short}" for i in initiatives()]
        text = f"{welcome}我能帮您办十个项目的事，直接说您的事就行：\n" + "\n".join(lines) + "\n有人受伤先打 120。"
        say(dispatcher, text, MENU)
        return []


class ActionFeedback(BotAction):
    action_name = "action_feedback"

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event]:
        misses = int(tracker.get_slot("misses") or 0) + 1
        if misses >= 2:
            say(
                dispatcher,
                "抱歉又没帮上。要不我给您转人工？",
                [payload("human_handoff"), payload("help")],
                ask=True,
            )
        else:
            say(
                dispatcher,
                "抱歉，刚才没答到点子上，这句话我记下来给人看，好改。您换个说法再说一遍，短一点就行。",
                [payload("help"), payload("human_handoff")],
            )
        return [SlotSet("misses", misses)]


class ActionOutOfScope(BotAction):
    action_name = "action_out_of_scope"

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event]:
        say(
            dispatcher,
            "这件事不在我能办的十个项目里，我不乱答。政务方面的事可以打 12345（24 小时）问。",
            () if tracker.active_loop else [payload("help"), payload("human_handoff")],
        )
        return []


class ActionClarify(BotAction):
    """Not understood: first the likely choices, then the menu, then a human."""

    action_name = "action_clarify"

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event]:
        misses = int(tracker.get_slot("misses") or 0) + 1
        names = [str(c.get("name", c)) if isinstance(c, dict) else str(c) for c in heard.metadata.get("choices") or []]
        likely = [name for name in names if name not in NO_CHOICE][:3]
        if tracker.active_loop:
            # the form puts its question next: this one must not compete with it
            if likely:
                say(dispatcher, "这句我没把握。想问的是这个就点一下，答完接着办：", [payload(n) for n in likely])
            else:
                say(dispatcher, "这句我没看明白。")
        elif misses == 1 and likely:
            say(
                dispatcher,
                "我不太确定您要办哪件事，是这个吗？",
                [*(payload(n) for n in likely), NONE_OF_THESE],
                ask=True,
            )
        elif misses <= 2:
            say(dispatcher, "这句我没看明白。您可以换个说法，或者点一个：", MENU, ask=True)
        else:
            say(
                dispatcher,
                "几次都没听懂，对不住。要转人工吗？也可以打 12345（24 小时）。",
                [payload("human_handoff"), payload("help")],
                ask=True,
            )
        return [SlotSet("misses", misses)]


class ActionInform(BotAction):
    """A bare value or a location without a question: ask what it is for, unless the last search says so."""

    action_name = "action_inform"

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event]:
        suspended = tracker.get_slot("suspended")
        if heard.metadata.get("resume") and isinstance(suspended, dict):
            return [FollowupAction(str(suspended["form"]))]
        if heard.metadata.get("about"):
            runs = str(heard.metadata["runs"])
            unlisted = runs in ACTIONS and not ACTIONS[runs].listed
            if unlisted or (tracker.active_loop and not form_of(runs) and runs not in STARTERS):
                # done by the way, so that the running form repeats its question next
                return await ACTIONS[runs](self.services).act(dispatcher, tracker, heard)
            return [*leave_form(tracker, keep=True), FollowupAction(runs)]
        if heard.image_url:
            return [FollowupAction("action_picture")]
        query: Any = tracker.get_slot("last_query")
        place = heard.surface("place")
        if heard.first("ticket_no"):
            return [FollowupAction("action_dispute_status")]
        if heard.first("booking_no"):
            return [FollowupAction("action_booking_status")]
        if heard.location and not await remember_location(self, tracker, heard.location):
            say(dispatcher, "这个位置不在昆山，我这里只有昆山的站点。人在昆山的话，重新发个定位，或者说个镇名、路名。")
            return []
        if heard.location or place:
            if isinstance(query, dict) and query.get("action"):
                return [FollowupAction(str(query["action"]))]
            where = "您的位置" if heard.location else f"“{place}”"
            choices = [payload(n) for n in ("find_station", "find_drinks", "find_bank", "find_berth")]
            say(dispatcher, f"收到{where}。您想在那附近找什么？", choices, ask=True)
            return [SlotSet("given_place", place)] if place else []
        if not heard.entities and not heard.text.startswith("/"):
            return [FollowupAction("action_clarify")]
        say(dispatcher, "收到。这是要办哪件事？直接说，或者点一个：", MENU, ask=True)
        return []


class ActionAffirm(BotAction):
    action_name = "action_affirm"

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event]:
        if re.search(r"接着|继续|刚才|刚刚|还是.{0,3}[弄办填报约搞写]", heard.text):
            say(dispatcher, NOTHING_OPEN, [payload("help")])
            return []
        say(dispatcher, "好的。还要办什么，直接说就行。", [payload("help")])
        return []


class ActionDeny(BotAction):
    action_name = "action_deny"

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event]:
        say(dispatcher, "好，那您说说要办哪件事？", MENU, ask=True)
        return [SlotSet("offered_resume", None), SlotSet("pending_task", None)]
