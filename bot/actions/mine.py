"""What a person has sent in or signed up for: what became of it, and taking it back.

Dispute tickets and hospital bookings have actions of their own (`tickets`, `bookings`); everything else that has a
number is here: suggestions, reports, requests, call-backs, school, alliance, screening, plating, safety lessons,
mediation hours.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from bot.actions.bank import TOPIC_NAMES
from bot.actions.base import HOTLINE, BotAction, Choice, Event, Heard, say
from bot.actions.registry import NO_QUESTION
from bot.actions.suggestion import KINDS
from bot.knowledge.topics import payload
from bot.language import find_ids, normalise
from bot.services import Services
from bot.services.desk_notices import REQUEST_NAMES, REQUEST_STATUS_NAMES
from bot.services.errors import NotFound, WrongState
from bot.services.notices import EDUCATION_NAMES, when_zh
from bot.services.requests import OPEN as OPEN_REQUESTS
from bot.services.submissions import STATUS_NAMES

SCHOOL_STATUS_NAMES = {
    "new": "已登记，等学堂联系",
    "contacted": "学堂联系过您",
    "enrolled": "已转入学堂报名",
    "declined": "这次没能报上",
}
CLAIM_STATUS_NAMES = {
    "preparing": "还在备材料",
    "submitted": "材料已交，等审核",
    "returned": "材料退回，要补",
    "approved": "审核通过",
    "paid": "已发放",
}
WOMEN_STATUS_NAMES = {
    "new": "已登记，等妇联联系",
    "contacted": "妇联联系过您",
    "member": "已加入",
    "scheduled": "已安排",
    "done": "已办完",
}
SHOWN = 5

_ANY = r"报名|登记|申请|建议|意见|报修|举报|反映|回电|上牌预约"
_OF = (
    r"体质监测|体测|急救培训|培训|义诊|服务包|关爱包|法律援助|法援|法律体检|需求登记|银行回电|回电|建议|意见|表扬|报修|举报|"
    r"学堂|报名|联盟|骑手姐姐|两癌|筛查"
)
_ASKS_BACK = (
    rf"(?:{_ANY}).{{0,10}}(?:回复|结果|处理|进展|进度|咋样|怎么样|有没有人|收到|有信|消息|动静|到哪|批了|下来)"
    rf"|(?:查|看)(?:一下|看|下)?我(?:的|提的|报的|登记的|交的)(?:{_ANY}|名|都有啥)"
    r"|(?:查|看).{0,3}我(?:都)?(?:报|登记|提)(?:过|了|的)(?:名|啥|什么|哪些)"
)
_BACK_ON = (
    rf"我(?:之前|上次|前几天|以前|昨天|那天)?(?:报|登记|申请|提|要|交)(?:过|了|的|名)?的?.{{0,4}}(?:{_OF}).{{0,8}}(?:结果|进展|进度|咋样|怎么样|信|消息|轮到|到哪)"
    rf"|(?:{_OF})的?(?:申请|登记|报名)?(?:有(?:结果|进展|消息|信|信儿|回复|回音|人管)|批|下来|到哪一?步?|进度|轮到我)"
    r"了?(?:没有?|吗|么|呢)?[？?]?$"
)
_UNDO = r"(?:取消|撤销|撤回|撤了|撤掉|退出|退掉|退了|不想要|不想报|不报|不参加)"
_UNDONE = r"(?:取消|撤销|撤回|撤了|撤掉|退了|退出|不要了|不参加了|不去了|不报了|不用了|不提了|作废)"
_SHORTLY = r"^(?:帮我)?取消(?:我的|那个)?(?:体质|体测|义诊|培训|急救培训|服务包|筛查|回电)(?:监测)?(?:那个|的)?$"
_TAKES_BACK = rf"{_UNDO}.{{0,8}}(?:{_OF})|(?:{_OF}).{{0,8}}{_UNDONE}|不用(?:给我)?(?:打电话|回电)|{_SHORTLY}"
_NUMBER = r"(?:[Jj][Yy]|[Bb][Mm]) ?-?20\d{2} ?-?\d"


@dataclass(frozen=True)
class Thing:
    """One thing of the person's. `words` name its kind; `undo` takes it back, None when that is over or nobody's."""

    what: str
    number: str
    state: str
    at: datetime
    words: str
    answer: str | None = None
    undo: Callable[[], Awaitable[Any]] | None = None


async def things_of(services: Services, person: str) -> list[Thing]:
    """Everything with a number that the person has here, the newest first."""
    found: list[Thing] = []
    for request in await services.requests.of_person(person):
        undo = _call(services.requests.withdraw, person, request.number) if request.status in OPEN_REQUESTS else None
        name = REQUEST_NAMES[request.kind]
        state = REQUEST_STATUS_NAMES[request.status]
        found.append(Thing(name, request.number, state, request.created_at, _words(name), request.answer, undo))
    found += await _sent_in(services, person)
    found += await _signed_up(services, person)
    found += await _appointments(services, person)
    return sorted(found, key=lambda thing: thing.at, reverse=True)


async def _appointments(services: Services, person: str) -> list[Thing]:
    """Plating, safety lessons, mediation hours."""
    plating, education, mediation = services.freight.plating, services.safety.education, services.mediation
    found: list[Thing] = []
    for appointment, slot in await plating.mine(person):
        booked = appointment.status == "booked"
        undo = _call(plating.cancel, person, appointment.number) if booked else None
        when = f"{slot.day.month}月{slot.day.day}日{slot.start}，{STATUS_NAMES[appointment.status]}"
        at = appointment.created_at
        found.append(Thing("上牌专窗预约", appointment.number, when, at, "上牌|专窗", undo=undo))
    for lesson in await education.bookings(person):
        name = f"安全学习（{EDUCATION_NAMES[lesson.form]}）"
        undo = _call(education.cancel, person, lesson.number)
        found.append(Thing(name, lesson.number, when_zh(lesson.starts_at), lesson.created_at, "安全学习", undo=undo))
    for hour in await mediation.of_person(person):
        row = hour.session
        undo = _call(mediation.cancel, person, row.number)
        found.append(Thing("专家调解", row.number, when_zh(hour.hour.starts_at), row.created_at, "调解", undo=undo))
    return found


async def _sent_in(services: Services, person: str) -> list[Thing]:
    """Suggestions, reports, call-backs."""
    found: list[Thing] = []
    for row in await services.suggestions.mine(person):
        undo = _call(services.suggestions.withdraw, person, row.number) if row.status == "received" else None
        words = "建议|意见|表扬|报修|提"
        found.append(
            Thing(KINDS[row.kind], row.number, STATUS_NAMES[row.status], row.created_at, words, row.answer, undo)
        )
    for report in await services.drinks.my_reports(person):
        state = STATUS_NAMES[report.status]
        found.append(Thing("饮品机报修", report.number, state, report.created_at, "报修", report.answer))
    for carrier in await services.freight.my_carrier_reports(person):
        state = STATUS_NAMES[carrier.status]
        found.append(Thing("违法载货举报", carrier.number, state, carrier.created_at, "举报", carrier.answer))
    for call in await services.bank.my_callbacks(person):
        undo = _call(services.bank.cancel_callback, person, call.number) if call.status == "received" else None
        name = f"银行回电（{TOPIC_NAMES.get(call.topic, '其他')}）"
        state = "已登记，等银行联系" if call.status == "received" else STATUS_NAMES[call.status]
        found.append(Thing(name, call.number, state, call.created_at, "回电|银行|电话", call.answer, undo))
    return found


async def _signed_up(services: Services, person: str) -> list[Thing]:
    """School, alliance, screening."""
    school, women = services.school, services.women
    found: list[Thing] = []
    for enrolment in await school.enrolments(person):
        undo = _call(school.withdraw, person, enrolment.number) if enrolment.status in ("new", "contacted") else None
        state = SCHOOL_STATUS_NAMES[enrolment.status]
        found.append(
            Thing("学堂报名登记", enrolment.number, state, enrolment.created_at, "学堂|报名|上学|读书", undo=undo)
        )
    for claim in await school.claims(person):
        state = CLAIM_STATUS_NAMES[claim.status]
        found.append(Thing("助学金申领", claim.number, state, claim.created_at, "助学金|申领|补助", claim.note))
    for member in await women.memberships(person):
        state = WOMEN_STATUS_NAMES[member.status]
        undo = _call(women.leave, person, member.number)
        found.append(Thing("骑手姐姐联盟", member.number, state, member.created_at, "联盟|骑手姐姐", undo=undo))
    for signup in await women.signups(person):
        state = WOMEN_STATUS_NAMES[signup.status]
        undo = _call(women.cancel_signup, person, signup.number) if signup.status != "done" else None
        found.append(Thing("两癌筛查登记", signup.number, state, signup.created_at, "两癌|筛查", undo=undo))
    return found


def _call(work: Callable[[str, str], Awaitable[Any]], person: str, number: str) -> Callable[[], Awaitable[Any]]:
    return lambda: work(person, number)


def _words(name: str) -> str:
    """体质监测报名 → 体质监测|体测|报名."""
    more = {"体质监测": "体测|体质", "法律援助": "法援", "关爱服务包": "服务包|关爱包", "急救培训": "培训"}
    core = name.removesuffix("报名").removesuffix("登记").removesuffix("申请").removesuffix("预约")
    parts = [core, name[-2:], *(words for of, words in more.items() if of in name)]
    return "|".join(parts)


def pointed_at(things: list[Thing], heard: Heard) -> tuple[list[Thing], bool]:
    """The things a message is about, by number or by the words of their kind, and whether it named any number."""
    tapped = str(heard.first("number") or "")
    numbers = {found.value for found in find_ids(heard.text) if found.kind in ("suggestion", "signup")}
    numbers |= {tapped} if tapped else set()
    if numbers:
        return [thing for thing in things if thing.number in numbers], True
    text = "" if heard.text.startswith("/") else normalise(heard.text).text
    named = [thing for thing in things if any(word in text for word in thing.words.split("|"))]
    exact = [thing for thing in named if thing.words.split("|")[0] in text]
    return exact or named, False


def _take_back(thing: Thing, *, sure: bool = False) -> str:
    return f'/leave_suggestion{{"number":"{thing.number}","do":"{"sure" if sure else "take_back"}"}}'


class ActionTakeBack(BotAction):
    """Takes back one thing: asks which, asks once more, does it."""

    action_name = "action_take_back"
    buttons: ClassVar[frozenset[tuple[str, str]]] = frozenset(
        {("leave_suggestion", "take_back"), ("leave_suggestion", "sure")}
    )
    phrases: ClassVar[tuple[tuple[str, str], ...]] = (("", rf"{NO_QUESTION}.*(?:{_TAKES_BACK})"),)
    anywhere: ClassVar[tuple[str, ...]] = (rf"{_UNDO}.*{_NUMBER}|{_NUMBER}.*{_UNDONE}",)

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event]:
        things = await things_of(self.services, await self.person_id(tracker))
        meant, by_number = pointed_at(things, heard)
        open_ones = [thing for thing in meant if thing.undo is not None]
        if not open_ones:
            self._nothing(dispatcher, meant, by_number)
        elif len(open_ones) > 1:
            choices = [(f"{thing.what} {thing.number}", _take_back(thing)) for thing in open_ones[:4]]
            say(dispatcher, "要取消哪一个？", [*choices, ("都不取消", "/stop")], ask=True)
        elif heard.parse.get("do") != "sure":
            thing = open_ones[0]
            say(
                dispatcher,
                f"您登记的是：{thing.what} {thing.number}，{thing.state}。确定取消吗？",
                [("确定取消", _take_back(thing, sure=True)), ("不取消", "/stop")],
                ask=True,
            )
        else:
            await self._do(dispatcher, open_ones[0])
        return []

    @staticmethod
    def _nothing(dispatcher: CollectingDispatcher, meant: list[Thing], by_number: bool) -> None:
        if meant:
            text = f"{meant[0].what} {meant[0].number} {meant[0].state}，这里取消不了。要改动{HOTLINE}。"
        elif by_number:
            text = "没查到您名下的这个编号，麻烦核对一下。"
        else:
            text = "您名下没有这样的登记，不用取消。"
        say(dispatcher, text, [("看我登记的", "/leave_suggestion:mine"), payload("help")])

    @staticmethod
    async def _do(dispatcher: CollectingDispatcher, thing: Thing) -> None:
        choices = [("看我登记的", "/leave_suggestion:mine"), payload("help")]
        try:
            if thing.undo is not None:
                await thing.undo()
        except (NotFound, WrongState):
            say(dispatcher, f"{thing.what} {thing.number} 已经办过了，取消不了。要改动{HOTLINE}。", choices)
            return
        say(dispatcher, f"取消好了：{thing.what} {thing.number}。以后想办再说一声就行。", choices)


class ActionMySubmissions(BotAction):
    """Where everything stands that the person has sent in or signed up for; one thing when one is named."""

    action_name = "action_my_submissions"
    buttons: ClassVar[frozenset[tuple[str, str]]] = frozenset({("leave_suggestion", "mine")})
    phrases: ClassVar[tuple[tuple[str, str], ...]] = (
        *(
            (topic, _ASKS_BACK)
            for topic in ("leave_suggestion", "dispute_status", "booking_status", "bot_feedback", "enroll_school")
        ),
        ("", _NUMBER),
        ("", r"(?:银行|建行).{0,8}还没.{0,8}(?:电话|联系|回)"),
    )
    anywhere: ClassVar[tuple[str, ...]] = (
        _BACK_ON,
        rf"^\W*(?:帮我)?(?:查|看)?(?:一下|下)?\W*{_NUMBER}[\d\s-]*\W*$",
    )

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event]:
        things = await things_of(self.services, await self.person_id(tracker))
        meant, by_number = pointed_at(things, heard)
        rows = meant or ([] if by_number else things)
        if not rows:
            text = "没查到您名下的这个编号，麻烦核对一下。" if by_number else "您还没有提过建议、报修或登记。"
            say(dispatcher, text, [payload("leave_suggestion"), payload("help")])
            return []
        lines = [f"您提交的{'' if len(rows) <= SHOWN else f'最近 {SHOWN} 件'}："]
        for thing in rows[:SHOWN]:
            lines.append(f"· {thing.what} {thing.number}：{thing.state}")
            if thing.answer:
                lines.append(f"  回复：{thing.answer[:80]}")
        choices: list[Choice] = []
        if len(rows) == 1 and rows[0].undo is not None:
            choices.append((f"取消{rows[0].what}", _take_back(rows[0])))
        say(dispatcher, "\n".join(lines), [*choices, payload("leave_suggestion"), payload("help")])
        return []
