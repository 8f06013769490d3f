"""Talk that belongs to no single initiative: menu, safety, misunderstanding, bare values."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from rasa_sdk import Tracker
from rasa_sdk.events import ActiveLoop, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from bot.actions.base import BotAction, Choice, Event, Heard, clear, say
from bot.actions.finding import remember_location
from bot.actions.laid_aside import TAKE_UP, beneath, moved_on, of_worth, over, put_aside, stopped, waiting
from bot.actions.lane_card import LANE_CARD
from bot.actions.registry import ACTIONS, STARTERS, form_of, slots_of
from bot.knowledge.initiatives import initiatives
from bot.knowledge.topics import payload, title

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

NOTHING_OPEN = "没有填到一半的登记了。要办什么，直接说就行。"

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


def leave_form(tracker: Tracker, *, keep: bool) -> list[Event]:
    """Events that end the running form; with `keep` its values stay and "接着办" can come back to it."""
    loop = (tracker.active_loop or {}).get("name")
    if not loop:
        return []
    events: list[Event] = [ActiveLoop(None), SlotSet("requested_slot", None), SlotSet("pending_task", None)]
    form = form_of(loop)
    if keep and form:
        events.append(SlotSet("suspended", over(put_aside(form, tracker.get_slot), tracker.get_slot("suspended"))))
    else:
        events += [*clear(*slots_of(loop)), SlotSet("confirmed", None)]
    return events


def lay_by(tracker: Tracker, heard: Heard) -> list[Event]:
    """Events that lay everything aside for danger: the running form, then what the message told besides."""
    loop = (tracker.active_loop or {}).get("name")
    events = leave_form(tracker, keep=True)
    told = [one for one in heard.metadata.get("also") or () if one.get("form") != loop]
    if not told:
        return events
    form = form_of(loop) if loop else None
    kept = over(told[0], tracker.get_slot("suspended"))
    return [*events, SlotSet("suspended", over(put_aside(form, tracker.get_slot), kept) if form else kept)]


class ActionGoodbye(BotAction):
    action_name = "action_goodbye"

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event]:
        say(dispatcher, "好的，再见。路上慢点，注意安全，有事随时来问。")
        return []


class ActionThank(BotAction):
    action_name = "action_thank"

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event]:
        say(dispatcher, "不客气，应该的。路上注意安全。")
        return []


class ActionHelp(BotAction):
    action_name = "action_help"

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event]:
        welcome = "欢迎关注暖新。" if heard.metadata.get("event") == "subscribe" else ""
        lines = [f"{i.number}. {i.short}" for i in initiatives()]
        text = f"{welcome}我能帮您办十个项目的事，直接说您的事就行：\n" + "\n".join(lines) + "\n有人受伤先打 120。"
        say(dispatcher, text, MENU)
        return []


class ActionBotChallenge(BotAction):
    action_name = "action_bot_challenge"

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event]:
        say(
            dispatcher,
            "我是机器人小助手暖新，不是真人。要真人服务，我帮您转。",
            [payload("human_handoff"), payload("help")],
        )
        return []


class ActionChitchat(BotAction):
    action_name = "action_chitchat"

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event]:
        if tracker.active_loop:
            say(dispatcher, "听见了，您辛苦了。心里不好受可以打 12356（全国统一心理援助热线），有人听您说。")
        else:
            say(
                dispatcher,
                "您辛苦了，跑单不容易，累了就找个地方歇会儿。想找人说说心里话可以打 12356（全国统一心理援助热线）。",
                [payload("find_station"), payload("find_drinks"), payload("help")],
            )
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


class ActionStop(BotAction):
    action_name = "action_stop"

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event]:
        loop = (tracker.active_loop or {}).get("name")
        form = form_of(loop) if loop else None
        before = tracker.get_slot("suspended")
        if form is None:
            left = self._left(before)
            then = waiting(left)
            if then is not None and waiting(before) and tracker.get_slot("offered_resume"):
                say(
                    dispatcher,
                    f"好，{before['title']}先不办。还有{then['title']}，现在办吗？",
                    [("接着办", "/affirm"), ("先不办了", "/stop")],
                    ask=True,
                )
                return [SlotSet("suspended", left), SlotSet("offered_resume", True)]
            say(dispatcher, "好，先不办了。有事随时说。", [payload("help")])
            return [SlotSet("suspended", left), SlotSet("offered_resume", None)]
        other = waiting(before)
        if other is not None and other.get("form") != loop:
            # only what runs is stopped; what was laid aside before can still be gone on with
            say(
                dispatcher,
                f"好，{form.title}先停下，没有提交。之前的{other['title']}还留着，想办就说“接着办”。",
                [TAKE_UP, payload("help")],
            )
            return [*leave_form(tracker, keep=False), SlotSet("offered_resume", True)]
        kept = stopped(form, tracker.get_slot, self.now())
        if kept is not None:
            say(
                dispatcher,
                f"好，{form.title}先停下，没有提交。前面说的给您留两个小时，想接着办说一声就行。",
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


class ActionEmergency(BotAction):
    """120 first. A running form is laid aside without a word about it; "接着填" comes back to it."""

    action_name = "action_emergency"

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event]:
        if heard.metadata.get("emergency_follow_up"):
            say(
                dispatcher,
                f"{_before_help(heard)}守着他等急救车，别移动伤者，别给吃喝；流血就用干净布压住。急救医生电话里怎么说就怎么做。"
                "市三院（昆小哥医院）有急诊绿色通道，到了跟急诊台说明身份。",
                [LANE_CARD, *self._resume_choice(tracker)],
            )
            return []
        say(
            dispatcher,
            "请马上打 120 急救！撞车同时打 122。\n说清在哪条路、伤者几人、醒没醒。先别移动伤者，流血用干净布压住；"
            "没呼吸就按 120 的指导做胸外按压。\n市三院（昆小哥医院）有急诊绿色通道，送到就说是紧急救治。",
            [("已经打了120", "/affirm"), LANE_CARD],
        )
        return [*lay_by(tracker, heard), SlotSet("emergency_turn", tracker.get_slot("turn_count") or 0)]

    @staticmethod
    def _resume_choice(tracker: Tracker) -> list[Choice]:
        suspended = waiting(tracker.get_slot("suspended"))
        return [("接着办刚才的", f"/{suspended['topic']}")] if suspended else []


_CALLED = re.compile(
    r"打(?:了|过|完|通)|已经|叫了|在路上|来了|到了|要到|就到|送(?:走|医院|到|上)|报(?:了|过)警|/affirm"
)


def _before_help(heard: Heard) -> str:
    """Nobody has said yet that 120 was called: that comes first, and the place belongs there."""
    if _CALLED.search(heard.text):
        return "好，"
    said = "把这个位置告诉 120" if heard.surface("place") or heard.location else "还没打 120 的马上打"
    return f"{said}，没打通就接着打。打通了就"


class ActionCrisis(BotAction):
    """Self-harm: 12356 and 110 first, then a human."""

    action_name = "action_crisis"

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event]:
        if heard.metadata.get("crisis_follow_up"):
            say(
                dispatcher,
                "我听着呢，您想说什么就发过来。现在就能打 12356，有人听您说，匿名；正要出事就打 110。\n"
                "人工那边我已经叫了。这会儿别一个人待着，叫个信得过的人来陪您。",
                [payload("human_handoff"), *ActionEmergency._resume_choice(tracker)],
            )
            return []
        say(
            dispatcher,
            "您先别一个人扛，请现在就打 12356（全国统一心理援助热线），正要出事就打 110。\n"
            "您说的我很在意。身边有信得过的人，请叫他来陪着您；离桥边、高处、车流远一点。我也帮您叫人工来。",
            [payload("human_handoff")],
        )
        person = await self.person_id(tracker)
        await self.services.handoff.request(person, reason="crisis", text=heard.text, key=heard.key)
        return lay_by(tracker, heard)


class ActionSafeAgain(BotAction):
    """The danger is over: what waited because of it may go on, and nobody is pressed."""

    action_name = "action_safe_again"
    listed: ClassVar[bool] = False

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event]:
        if heard.metadata.get("about") == "crisis":
            kind = "听您这么说，放心些了。难受了随时打 12356，有人听您说；也可以接着跟我说。"
        else:
            kind = "人没事就好。身上哪儿不对劲，别硬撑，去医院看看；急了还是打 120。"
        suspended = waiting(tracker.get_slot("suspended"))
        if suspended is None:
            say(dispatcher, kind, [payload("human_handoff"), payload("help")])
            return [SlotSet("emergency_turn", None)]
        say(
            dispatcher,
            f"{kind}\n之前说的{suspended['title']}还留着，现在接着办吗？不急，想办了说“接着办”就行。",
            [("接着办", "/affirm"), ("先歇会儿", "/stop")],
            ask=True,
        )
        return [SlotSet("offered_resume", True), SlotSet("emergency_turn", None)]


class ActionFormClosed(BotAction):
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
    """A new session keeps only what is still useful: where the person was, an unfinished form."""

    action_name = "action_session_start"

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event]:
        from rasa_sdk.events import ActionExecuted, SessionStarted

        kept = ("suspended", "turn_count", "last_choices")
        loop = (tracker.active_loop or {}).get("name")
        form = form_of(loop) if loop else None
        events: list[Event] = [SessionStarted()]
        names = list(kept)
        if form and loop:
            events.append(SlotSet("suspended", over(put_aside(form, tracker.get_slot), tracker.get_slot("suspended"))))
            names = ["turn_count", "last_choices", *slots_of(loop)]
        elif isinstance(tracker.get_slot("suspended"), dict):
            names += slots_of(str(tracker.get_slot("suspended")["form"]))
        events += [SlotSet(n, tracker.get_slot(n)) for n in names if tracker.get_slot(n) is not None]
        return [*events, ActionExecuted("action_listen")]


def titles(names: list[str]) -> str:
    return "、".join(title(n) for n in names)
