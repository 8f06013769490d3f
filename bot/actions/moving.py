""" "改到周五": which of the person's appointments is meant, and another time for it.

The one made last is meant, unless the words name another. A visit to the hospital has a form of its own
(`bot.actions.bookings`), plating and safety lessons are moved here, of everything else is said why it cannot be.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, ClassVar

from rasa_sdk import Tracker
from rasa_sdk.events import FollowupAction
from rasa_sdk.executor import CollectingDispatcher

from bot.actions.base import BotAction, Choice, Event, Heard, say
from bot.actions.education import short_site
from bot.actions.mine import Thing, things_of
from bot.actions.mine import pointed_at as things_named
from bot.actions.wishes import Wish, read_shift, read_wishes, say_day, short_moment
from bot.knowledge.topics import payload
from bot.language import find_booking_numbers
from bot.services.clock import SHANGHAI
from bot.services.errors import AlreadyExists, Invalid, NotFound, QuotaExhausted, WrongState
from bot.services.notices import EDUCATION_NAMES, when_zh
from bot.services.requests import OPEN

OFFERS = 4
_MOST_IDS = 2**31
JUST_MADE = timedelta(hours=2)
"""For so long "改到周五" can be about something that has no time of ours."""

_KEEP: Choice = ("不改了", "/stop")
_OF_HOSPITAL = re.compile(r"门诊|健康证|幽门|吹气|看病|挂号|医院|三院|体检")
_TOGETHER = frozenset({"fitness_test", "first_aid_training", "free_clinic"})  # one day for all who signed up


@dataclass(frozen=True)
class Appointment:
    """Something of the person's that has a time, or may get one. `kind`: hospital, plating, education, mediation,
    or what it is when its time is not ours to move; `why`: then, why not.
    """

    kind: str
    what: str
    number: str
    made: datetime
    at: datetime | None = None
    why: str = ""
    of: Any = None


async def appointments(action: BotAction, person: str, heard: Heard) -> list[Appointment]:
    """What can be meant, the newest first; things without a time of ours only while they are fresh."""
    services = action.services
    found = [
        Appointment("hospital", "医院预约", one.number, one.created_at, one.starts_at)
        for one in await services.hospital.bookings(person)
    ]
    for row, slot in await services.freight.plating.mine(person):
        at = _moment(slot.day, slot.start)
        if row.status == "booked" and at > heard.now:
            found.append(Appointment("plating", "上牌专窗预约", row.number, row.created_at, at, of=row))
    for lesson in await services.safety.education.bookings(person):
        what = f"安全学习（{EDUCATION_NAMES[lesson.form]}）"
        if lesson.starts_at > heard.now:
            found.append(Appointment("education", what, lesson.number, lesson.created_at, lesson.starts_at, of=lesson))
    for hour in await services.mediation.of_person(person):
        row_of = hour.session
        if hour.hour.starts_at > heard.now:
            found.append(Appointment("mediation", "专家调解", row_of.number, row_of.created_at, hour.hour.starts_at))
    fresh = heard.now - JUST_MADE
    found += [one for one in await _without_time(action, person) if one.made >= fresh]
    return sorted(found, key=lambda one: one.made, reverse=True)


async def _without_time(action: BotAction, person: str) -> list[Appointment]:
    services = action.services
    kinds = {row.number: row.kind for row in await services.requests.of_person(person) if row.status in OPEN}
    found: list[Appointment] = []
    for thing in await things_of(services, person):
        why = _why_not(thing, kinds.get(thing.number))
        if why and thing.undo is not None:
            found.append(Appointment("other", thing.what, thing.number, thing.at, why=why))
    return found


def _why_not(thing: Thing, request_kind: str | None) -> str:
    """Why a thing's time cannot be changed here, and how it can; empty for what has nothing to do with a time."""
    if request_kind in _TOGETHER:
        return "哪天办还没定，定了会通知您，现在没有时间可改；到时候去不了，可以取消。"
    if request_kind is not None:
        return "时间还没定，不用在这里改；工作人员打您电话时，说您哪天方便就行。"
    if thing.what.startswith("银行回电"):
        return "登记好的回电时间这里改不了：可以取消了重新登记，或者等银行打来再跟他们约。"
    if thing.what == "两癌筛查登记":
        return "这一批的日期还没有公布，定了由市妇联通知，现在没有时间可改；去不了可以取消。"
    if thing.what == "学堂报名登记":
        return "登记没有约时间；学堂的工作人员打您电话时，说您哪天方便就行。"
    return ""


def meant(found: Sequence[Appointment], heard: Heard) -> Appointment | None:
    """The appointment that the words name, else the one made last."""
    numbers = {one.value for one in find_booking_numbers(heard.text)} | {str(heard.metadata.get("moving") or "")}
    by_number = [one for one in found if one.number in numbers]
    if by_number:
        return by_number[0]
    if find_booking_numbers(heard.text):
        return None  # somebody else's, or gone: not a reason to move another one
    if _OF_HOSPITAL.search(heard.text):
        return next((one for one in found if one.kind == "hospital"), None) or next(iter(found), None)
    tapped = _KIND_OF_BUTTON.get(str(heard.metadata.get("about"))) if heard.do == "move" else None
    if tapped:
        return next((one for one in found if one.kind == tapped), None)
    words = [Thing(one.what, one.number, "", one.made, _WORDS.get(one.kind, one.what[:2])) for one in found]
    named, _ = things_named([thing for thing in words if not thing.what.startswith("医院")], heard)
    if named:
        return next(one for one in found if one.number == named[0].number)
    return next(iter(found), None)


_KIND_OF_BUTTON = {"freight/plate_window": "plating", "book_education": "education"}
_OF_BUTTON = {"freight/plate_window": "上牌专窗", "book_education": "安全学习"}
_WORDS = {"plating": "上牌|专窗", "education": "安全学习|学习|执勤|上课", "mediation": "调解"}


def _moment(day: date, start: str) -> datetime:
    hour, minute = map(int, start.split(":"))
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=SHANGHAI)


@dataclass(frozen=True)
class _Free:
    """A time that is free, and the payload that moves the appointment there."""

    at: datetime
    title: str
    payload: str


async def _free_for(action: BotAction, one: Appointment) -> list[_Free]:
    if one.kind == "plating":
        return [
            _Free(
                at,
                f"{say_day(time.day)}{time.start}",
                _to("freight/plate_window", one, day=f"{time.day}", start=time.start),
            )
            for time in await action.services.freight.plating.times()
            if (at := _moment(time.day, time.start)) != one.at
        ]
    return [
        _Free(
            free.starts_at,
            f"{short_moment(free.starts_at)} {short_site(free.site)}",
            _to("book_education", one, session=free.id),
        )
        for free in await action.services.safety.education.free_sessions(one.of.form)
        if free.id != one.of.session_id
    ]


def _to(topic: str, one: Appointment, **values: Any) -> str:
    return f"/{topic}{json.dumps({'number': one.number, **values, 'do': 'move_to'}, ensure_ascii=False)}"


async def offer_times(action: BotAction, dispatcher: CollectingDispatcher, one: Appointment, heard: Heard) -> None:
    """The free times that fit the wish; a tap, or a yes to the only one, moves the appointment."""
    free = await _free_for(action, one)
    when = when_zh(one.at) if one.at else ""
    if not free:
        text = f"您约的{one.what}是{when}，近期没有别的空位，先不动。实在去不了，可以取消。"
        say(dispatcher, text, [("看我登记的", "/leave_suggestion:mine"), payload("help")])
        return
    wishes = _wishes(one, heard)
    fits = next((f for wish in wishes if (f := [each for each in free if wish.window.holds(each.at)])), [])
    if len(fits) == 1:
        text = f"把{one.what}从{when}改到{when_zh(fits[0].at)}，对吗？\n改成功之前，原来的一直给您留着。"
        say(dispatcher, text, [("确认改约", fits[0].payload), _KEEP], ask=True)
        return
    if fits:
        shown, lead = fits[:OFFERS], f"{one.what}现在是{when}，改到哪个？"
    else:
        shown = _near(free, wishes)
        lead = f"{one.what}现在是{when}。{'您说的时间没有空位，' if wishes else '想改到什么时候？'}最近有空的是："
    say(dispatcher, f"{lead}\n原来的先给您留着。", [*((each.title, each.payload) for each in shown), _KEEP], ask=True)


def _wishes(one: Appointment, heard: Heard) -> list[Wish]:
    """The times wished for; hours alone are those of the day just offered, else of the day that is booked."""
    shift = read_shift(heard.text)
    if shift is not None and one.at is not None:
        moved = (one.at + shift).date()
        return [Wish("at", moved, moved, text=say_day(moved))]
    given = heard.metadata.get("moving_day")
    day = date.fromisoformat(str(given)) if given else one.at.date() if one.at else None
    wishes = [wish.on(day) if day else wish for wish in read_wishes(heard.text, heard.now) if wish.kind == "at"]
    return [
        wish for wish in wishes if not (one.at and wish.dated and wish.one_day and wish.window.holds(one.at))
    ] or wishes


def _near(free: list[_Free], wishes: list[Wish]) -> list[_Free]:
    day = next((wish.first for wish in wishes if wish.first), None)
    if day is None:
        return free[:OFFERS]
    nearest = sorted(free, key=lambda each: abs(each.at.date() - day))[:OFFERS]
    return sorted(nearest, key=lambda each: each.at)


async def move_latest(
    action: BotAction, dispatcher: CollectingDispatcher, person: str, heard: Heard, *, but_hospital: bool = False
) -> str | None:
    """Say what can be done about the appointment that is meant. Returns the form or action that does the rest;
    "" when all is said, None when the person has nothing of the kind.
    """
    found = await appointments(action, person, heard)
    one = meant([each for each in found if not (but_hospital and each.kind == "hospital")], heard)
    if one is None:
        return None
    if one.kind == "hospital":
        return "reschedule_form"
    if one.kind == "mediation":
        return "action_mediation"
    if one.kind == "other":
        undo = f'/leave_suggestion{{"number":"{one.number}","do":"take_back"}}'
        say(dispatcher, f"{one.what}，编号 {one.number}：{one.why}", [("取消这个登记", undo), payload("help")])
        return ""
    await offer_times(action, dispatcher, one, heard)
    return ""


class ActionMoveLatest(BotAction):
    """ "改到周五", "换一天" outside a form (`bot.dialogue.moved` hears them)."""

    action_name = "action_move_latest"
    listed: ClassVar[bool] = False
    buttons: ClassVar[frozenset[tuple[str, str]]] = frozenset(
        {("freight/plate_window", "move"), ("book_education", "move")}
    )

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event]:
        then = await move_latest(self, dispatcher, await self.person_id(tracker), heard)
        if then is None and heard.do == "move":
            # the button of one that is gone means that one: no other is moved, and a form that runs goes on
            gone = _OF_BUTTON.get(str(heard.metadata.get("about")), "")
            say(
                dispatcher,
                f"这个{gone}预约已经不在了（取消过，或者过了时间），没有可改的。要约新的，直接说就行。",
                () if tracker.active_loop else [("看我登记的", "/leave_suggestion:mine"), payload("help")],
            )
            return []
        return [] if then == "" else [FollowupAction(then or "reschedule_form")]


class ActionMoveTo(BotAction):
    """A tapped time: the appointment is moved there, or stays where it is."""

    action_name = "action_move_to"
    listed: ClassVar[bool] = False
    buttons: ClassVar[frozenset[tuple[str, str]]] = frozenset(
        {("freight/plate_window", "move_to"), ("book_education", "move_to")}
    )

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event]:
        person, number = await self.person_id(tracker), str(heard.first("number"))
        choices = [("看我登记的", "/leave_suggestion:mine"), payload("help")]
        try:
            if heard.first("session") is not None:
                text = await self._lesson(person, number, heard)
            else:
                text = await self._plating(person, number, heard)
        except QuotaExhausted:
            text = "晚了一步，那个时间刚约满，原来的没动。想改到别的时间，说哪天就行。"
        except AlreadyExists:
            text = "那个时段您另外约过了，原来的没动。"
        except (NotFound, WrongState, Invalid, ValueError):
            text = "这个预约已经改过、取消了或者过了时间，这次没有改。说“看我登记的”能看到现在约的是哪天。"
        say(dispatcher, text, choices)
        return []

    async def _plating(self, person: str, number: str, heard: Heard) -> str:
        day, start = date.fromisoformat(str(heard.first("day"))), str(heard.first("start"))
        row = await self.services.freight.plating.move(person, number, day, start)
        when = when_zh(_moment(day, start))
        return (
            f"改好了：{when}，{row.company} {row.vehicles} 台，编号还是 {row.number}。\n"
            "专窗在哪、带什么材料没有公布，去之前打 12345 问市公安局。去不了请提前取消。"
        )

    async def _lesson(self, person: str, number: str, heard: Heard) -> str:
        education = self.services.safety.education
        given = heard.first("session")
        if not isinstance(given, int) or not 0 < given < _MOST_IDS:
            raise ValueError(f"no session: {given!r}")
        booking = await education.move(person, number, given, key=heard.key)
        lesson = await education.session_of(booking)
        return (
            f"改好了：{EDUCATION_NAMES[booking.form]}，{when_zh(booking.starts_at)}，{lesson.site}，新编号 {booking.number}。\n"
            "原来那场取消了。门牌没有公布，出门前按交警通知或打 12345 问清。"
        )
