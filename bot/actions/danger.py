"""Danger to life comes before everything: an accident, despair, and when it is over."""

from __future__ import annotations

import re
from typing import ClassVar

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from bot.actions.base import BotAction, Choice, Event, Heard, say
from bot.actions.danger_cards import CARDS, Card
from bot.actions.laid_aside import over, put_aside, waiting
from bot.actions.lane_card import LANE_CARD
from bot.actions.leaving import leave_form
from bot.actions.registry import form_of
from bot.actions.relief import NEWS
from bot.knowledge.topics import payload
from bot.services.notices import when_zh

_CALLED = re.compile(
    r"/affirm|(?<![没被人])(?<!没有)打(?:了|过|完|通)|已经(?:打|叫|报|送|在|上)|(?<!没)(?<!没有)叫了|在路上"
    r"|(?:车|人|医生|120|急救|警察?|都|已经|马上|快|^)[来到]了|(?:要|就|快|马上|已经)到|(?<!没)送(?:走|医院|到|上)|(?<!没)报(?:了|过)警"
)
_NOT_SURE = re.compile(r"[吗么嘛？?]\s*$|要不要|用不用|[要该]送|没人(?:打|叫|报|送)|打不通|没打通")

_ONLY_CALLED = re.compile(r"/affirm|(?:我|已经|刚刚?|都|早就)*打(?:了|过了?|完了|通了)(?:电话)?[了的。！!]*")
_CALLED_OUTRIGHT = re.compile(
    r"(?<!没)(?<!没有)(?:打|叫|拨)(?:了|过|完|通)(?:了|个|通)?(?:1[12][0-9]|急救|救护车)|(?:1[12][0-9]|救护车)(?:已经|都|我|也|刚){0,2}(?:打|叫)(?:了|过|通)|救护车(?:来了|在路上|到了)|"
    r"(?<!没)(?<!没有)(?<!还没)(?:报(?:了|完|过)警|报警了|报好警)|警察(?:已经|马上|快|就)?(?:来了|到了|在路上|在来)"
)
_ALONE = re.compile(r"一个人|没人在|没别人|独居")


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


class ActionEmergency(BotAction):
    """120 first. A running form is laid aside without a word about it; "接着填" comes back to it."""

    action_name = "action_emergency"

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event]:
        card = CARDS.get(str(heard.metadata.get("danger")))
        follows = bool(heard.metadata.get("emergency_follow_up"))
        if card is not None:
            text = _of_card(card, heard, follows=follows)
            if not follows and (heard.metadata.get("despair") or heard.metadata.get("danger") == "poison"):
                text = (
                    f"{text}\n心里撑不住就打 12356（心理援助），别一个人扛。{await _human_called(self, tracker, heard)}"
                )
            say(dispatcher, text, _choices(card, tracker, follows=follows or was_called(heard.text)))
        elif follows:
            say(
                dispatcher,
                f"{_before_help(heard)}守着他等急救车，别移动伤者，别给吃喝；流血就用干净布压住。急救医生电话里怎么说就怎么做。"
                "市三院（昆小哥医院）有急诊绿色通道，到了跟急诊台说明身份。",
                [LANE_CARD, *_resume_choice(tracker)],
            )
        else:
            # of a tapped button nobody knows whether there was a crash
            crash = heard.metadata.get("crash", True)
            first = "撞车同时打 122。\n说清在哪条路、伤者几人、醒没醒。" if crash else "\n说清在哪、几个人、醒没醒。"
            say(
                dispatcher,
                f"请马上打 120 急救！{first}"
                f"{'先别移动伤者' if crash else '摔伤、砸伤的先别挪动'}，流血用干净布压住；没呼吸就按 120 的指导做胸外按压。\n"
                "市三院（昆小哥医院）有急诊绿色通道，送到就说是紧急救治。",
                [("已经打了120", "/affirm"), LANE_CARD],
            )
        if follows:
            return []
        return [*lay_by(tracker, heard), SlotSet("emergency_turn", tracker.get_slot("turn_count") or 0)]


class ActionDanger(BotAction):
    """Harassment, fraud, a card that is emptied: answered at once; a running form goes on after it."""

    action_name = "action_danger"
    listed: ClassVar[bool] = False

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event]:
        card = CARDS[str(heard.metadata["danger"])]
        text = card.then if heard.metadata.get("emergency_follow_up") else card.first
        say(dispatcher, text, () if tracker.active_loop else card.choices)
        told = [] if tracker.active_loop else list(heard.metadata.get("also") or ())
        return [SlotSet("suspended", over(told[0], tracker.get_slot("suspended")))] if told else []


class ActionUnwell(BotAction):
    """ "我喝多了难受": nothing but unwell; neither an accident nor despair is put into the mouth of who said it."""

    action_name = "action_unwell"
    listed: ClassVar[bool] = False

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event]:
        text = "不舒服别硬撑：疼得厉害、喘不上气、站不住、一直吐，马上打 120。\n"
        if tracker.active_loop:
            say(dispatcher, f"{text}心里难受可以打 12356（心理援助），有人听您说。")
        else:
            say(
                dispatcher,
                f"{text}是身上难受，还是心里难受？心里难受可以打 12356（心理援助），有人听您说，也可以接着跟我说。",
                [("想约医生看看", "/book_hospital"), ("想跟人说说", "/human_handoff")],
                ask=True,
            )
        return []


class ActionCrisis(BotAction):
    """Self-harm: 12356 and 110 first, then a human. 12356 need not answer at night (18 hours a day are promised)."""

    action_name = "action_crisis"

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event]:
        card = CARDS.get(str(heard.metadata.get("danger")))
        called = await _human_called(self, tracker, heard)
        if heard.metadata.get("crisis_follow_up"):
            well = "好，" if was_called(heard.text, follows=True, blows=True) else ""
            heard_out = (
                f"{well}{card.then}"
                if card is not None
                else "我听着呢，您想说什么就发过来。现在就能打 12356，有人听您说，匿名；打不通，或者正要出事，就打 110。\n"
                "这会儿别一个人待着，叫个信得过的人来陪您。"
            )
            say(dispatcher, f"{heard_out}\n{called}", [payload("human_handoff"), *_resume_choice(tracker)])
            return []
        if card is not None:
            say(dispatcher, f"{card.first}\n{called}", _choices(card, tracker, follows=False))
        else:
            say(
                dispatcher,
                "您先别一个人扛，请现在就打 12356（全国统一心理援助热线）；打不通，或者正要出事，就打 110。\n"
                f"您说的我很在意。身边有信得过的人，请叫他来陪着您；离桥边、高处、车流远一点。\n{called}",
                [payload("human_handoff")],
            )
        return lay_by(tracker, heard)


class ActionSafeAgain(BotAction):
    """The danger is over: what waited because of it may go on, and nobody is pressed."""

    action_name = "action_safe_again"
    listed: ClassVar[bool] = False

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event]:
        news = NEWS.get(str(heard.metadata.get("news")))
        if news is not None:
            kind = news
        elif heard.metadata.get("about") == "crisis":
            kind = "听您这么说，放心些了。难受了随时打 12356，有人听您说；也可以接着跟我说。"
        else:
            kind = "人没事就好。身上哪儿不对劲，别硬撑，去医院看看；再有危险，打 120、110。"
        suspended = waiting(tracker.get_slot("suspended"))
        if suspended is None:
            beside = LANE_CARD if heard.metadata.get("news") == "hospital" else payload("human_handoff")
            say(dispatcher, kind, [beside, payload("help")])
            return [SlotSet("emergency_turn", None)]
        say(
            dispatcher,
            f"{kind}\n之前说的{suspended['title']}还留着，现在接着办吗？不急，想办了说“接着办”就行。",
            [("接着办", "/affirm"), ("先歇会儿", "/stop")],
            ask=True,
        )
        return [SlotSet("offered_resume", True), SlotSet("emergency_turn", None)]


def help_called(text: str) -> bool:
    """Whether a message after an accident says that help was called, or is there. In doubt not: 120 is said again."""
    return bool(_CALLED.search(text) or _CALLED_OUTRIGHT.search(text)) and not _NOT_SURE.search(text)


def was_called(text: str, *, follows: bool = False, blows: bool = False) -> bool:
    """Whether a message says that help was called. Told at once with the danger, or of blows, "打了" is none of it."""
    if follows and not blows:
        return help_called(text)
    outright = _CALLED_OUTRIGHT.search(text) or (follows and _ONLY_CALLED.fullmatch(text.strip()))
    return bool(outright) and not _NOT_SURE.search(text)


def _before_help(heard: Heard) -> str:
    """Nobody has said yet that 120 was called: that comes first, and the place belongs there."""
    if help_called(heard.text):
        return "好，"
    said = "把这个位置告诉 120" if heard.surface("place") or heard.location else "还没打 120 的马上打"
    return f"{said}，没打通就接着打。打通了就"


def _of_card(card: Card, heard: Heard, *, follows: bool) -> str:
    """The card's words: what to dial comes first until it was dialled."""
    called = was_called(heard.text, follows=follows, blows="110" in card.number) or bool(heard.metadata.get("called"))
    alone = card.alone if _ALONE.search(heard.text) else ""
    if called:
        return f"好，{alone or card.then}"
    if not follows:
        return card.first
    return f"还没打 {card.number} 的马上打，没打通就接着打。\n{alone or card.then}"


def _choices(card: Card, tracker: Tracker, *, follows: bool) -> list[Choice]:
    if not follows:
        return list(card.choices)
    kept = _resume_choice(tracker)
    other = [one for one in card.choices if one[1] != "/affirm" and not (kept and one[1] == kept[0][1])]
    return [*other, *kept]


async def _human_called(action: BotAction, tracker: Tracker, heard: Heard) -> str:
    """Put the person first in the queue, and say truly whether anybody is there to take the talk."""
    person = await action.person_id(tracker)
    asked = await action.services.handoff.request(person, reason="crisis", text=heard.text, key=heard.key)
    if asked.open_now:
        return "人工我也帮您叫了，有危险的先接，接上就在这里回您。"
    return f"人工这会儿没人值班，下次上班大约是{when_zh(asked.next_open)}，我已经记下。现在能接的是 12356 和 110，别等人工。"


def _resume_choice(tracker: Tracker) -> list[Choice]:
    suspended = waiting(tracker.get_slot("suspended"))
    return [("接着办刚才的", f"/{suspended['topic']}")] if suspended else []
