"""A visit to 昆小哥医院 for a caller: booked, moved, cancelled."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.actions.hospital import booked_text
from bot.actions.visit_offers import Offer, found_window, offer_for, say_hours
from bot.actions.wishes import read_wishes
from bot.console.onbehalf import UNREAD, Checked, Desk, Given, Redo, Task, Times, is_by_phone_only, register
from bot.console.seat_words import short_day
from bot.language import find_channels
from bot.services import Services
from bot.services.callers import Caller, Matter
from bot.services.clock import SHANGHAI
from bot.services.errors import QuotaExhausted
from bot.services.guided import Walk
from bot.services.hospital_places import CHANNELS, Window
from bot.services.hospital_waiting import window_of
from bot.services.notices import CHANNEL_NAMES, when_zh
from bot.services.people import HOTLINE
from bot.storage.hospital import HospitalWaiting

WAIT = "wait"
ANY_DAY = "哪天都行"
GONE = "这个时间刚被约走，请另选一个"
_REACHED_BY_PHONE = "有空位时坐席在上班时间打这个电话，给您留 30 分钟；没接到就让给下一位，可以再打来重新排。"
_REACHED_IN_CHAT = "有空位时在微信里告诉您，给您留 10 分钟，要的话回“要这个号”。"
_OF_TOPIC = {
    "hospital/hp_test": "hp_test",
    "hospital/health_cert": "health_cert",
    "hospital/outpatient_channel": "outpatient",
}


async def _times(services: Services, given: Given, channel: str) -> Times:
    if channel not in CHANNELS:
        return Times()
    now = services.clock.now()
    wishes = read_wishes(given.one("when"), now)
    offer = await offer_for(services.hospital, channel, wishes, None, now)
    times = (offer.chosen,) if offer.chosen is not None else offer.times
    quota = await services.hospital.quota(channel)
    waiting = [(WAIT, "排队等空位")] if offer.may_wait else []
    return Times(
        slots=[(at.isoformat(), when_zh(at)) for at in times] + waiting,
        picked=given.one("slot") or (offer.chosen.isoformat() if offer.chosen else ""),
        note=offer.note,
        after="" if quota.quota is None else f"{quota.year} 年名额 {quota.quota} 份，还剩 {quota.left} 份。",
        unread=bool(given.one("when")) and not wishes,
    )


async def _settle(services: Services, given: Given, channel: str) -> tuple[datetime | None, dict[str, str]]:
    """The one time that was picked, or that the caller's words come to; else what is wrong."""
    if given.one("slot"):
        free = {slot.starts_at.isoformat(): slot.starts_at for slot in await services.hospital.free_slots(channel)}
        at = free.get(given.one("slot"))
        return at, {} if at else {"slot": GONE}
    now = services.clock.now()
    wishes = read_wishes(given.one("when"), now)
    if given.one("when") and not wishes:
        return None, {"when": UNREAD}
    offer: Offer = await offer_for(services.hospital, channel, wishes, None, now)
    if offer.chosen is not None:
        return offer.chosen, {}
    return None, {"slot": offer.note or "选一个时间"}


class _Visit(Task):
    kind = "booking"

    async def told(self, desk: Desk, matter: Matter) -> list[str]:
        if matter.kind == "waiting":
            return await _told_waiting(desk, matter)
        booking = await desk.services.hospital.booking(matter.person_id or "", matter.number)
        channel = await desk.services.hospital.channel(booking.channel)
        if booking.status == "cancelled":
            return [f"{CHANNEL_NAMES[booking.channel]}的预约取消了，预约号 {booking.number} 作废。"]
        text = booked_text(booking, channel, verb="改好了" if booking.version else "约好了")
        if is_by_phone_only(desk.caller, matter.person_id):  # nobody could remind them
            text = text.replace("前一天提醒您，", "")
        return text.split("\n")

    def news(self, values: Mapping[str, Any]) -> str:
        return f"时间：{when_zh(values['starts_at'])}。" if values["starts_at"] else ""


class Hospital(_Visit):
    name, title, order, verb = "hospital", "预约医院", 2, "预约"
    does = "三院门诊、健康证、幽门螺杆菌免费检查"
    topics = ("book_hospital", *_OF_TOPIC)
    fields = ("channel", "when", "slot")
    kinds = frozenset({"waiting"})

    async def shown(self, desk: Desk, given: Given) -> dict[str, Any]:
        return {"channels": CHANNEL_NAMES.items(), "times": await self.times(desk.services, given)}

    async def times(self, services: Services, given: Given) -> Times:
        return await _times(services, given, given.one("channel"))

    def prefill(self, given: Given, walk: Walk | None) -> dict[str, str]:
        topic = given.one("topic")
        if walk is not None and walk.here.answer:
            topic = walk.here.answer
        named = find_channels(given.one("q"))
        channel = _OF_TOPIC.get(topic) or (named[0].value if named else "")
        return {"channel": channel} if channel else {}

    async def check(self, desk: Desk, given: Given) -> Checked:
        channel = given.one("channel")
        if channel not in CHANNELS:
            return Checked({"channel": "选一项"})
        has = desk.caller.open("booking", channel)
        own = next((one for one in has if one.person_id == _owner(desk.caller, given)), None)
        if own is not None:
            text = f"已经约了{CHANNEL_NAMES[channel]}（{when_zh(own.at)}，{own.number}），一人一项只能约一个。要换时间请用“改约、取消”。"
            return Checked({"form": text})
        if given.one("slot") == WAIT:
            return await self._check_waiting(desk, given, channel, _double(has, channel))
        at, errors = await _settle(desk.services, given, channel)
        if at is None:
            return Checked(errors)
        row = await desk.services.hospital.channel(channel)
        quota = await desk.services.hospital.quota(channel, at.year)
        lines = [("约", CHANNEL_NAMES[channel]), ("时间", when_zh(at)), ("地点", row.hospital)]
        notes = ["示例号源，去之前请跟医院核实。"] if row.demo else []
        if quota.quota is not None:
            notes.append(f"{quota.year} 年 {quota.quota} 份，还剩 {quota.left} 份，约上就扣一份。")
        return Checked(
            values={"channel": channel, "starts_at": at},
            lines=lines,
            notes=notes,
            double=_double(has, channel),
            instead={"slot": at.isoformat()},
        )

    async def _check_waiting(self, desk: Desk, given: Given, channel: str, double: str) -> Checked:
        now = desk.services.clock.now()
        wishes = read_wishes(given.one("when"), now)
        if given.one("when") and not wishes:
            return Checked({"when": UNREAD})
        if not (await offer_for(desk.services.hospital, channel, wishes, None, now)).may_wait:
            return Checked({"slot": "有空位，不用排队，选一个时间"})
        window = found_window(wishes)
        by_phone = is_by_phone_only(desk.caller, given.one("who") or None)
        notes = [_REACHED_BY_PHONE if by_phone else _REACHED_IN_CHAT]
        if any(one.person_id == _owner(desk.caller, given) for one in desk.caller.open("waiting", channel)):
            notes.append("已经在排队了，再登记只改日子，不会排到后面。")
        return Checked(
            values={"channel": channel, "window": window, "starts_at": None},
            lines=[("排队", CHANNEL_NAMES[channel]), ("哪几天", _suits(window or Window()))],
            notes=notes,
            double=double,
            instead={"slot": WAIT},
            verb="排队",
        )

    def announced(self, values: Mapping[str, Any], number: str) -> str:
        if values["starts_at"] is None:
            return f"{CHANNEL_NAMES[values['channel']]}排上队了，有空位会告诉您。"
        return super().announced(values, number)

    async def submit(self, desk: Desk, person_id: str, values: Mapping[str, Any], key: str) -> str:
        if values["starts_at"] is None:
            waiting = desk.services.hospital.waiting
            joined = await waiting.join(person_id, values["channel"], desk.caller.phone, values["window"], key=key)
            return joined.number
        try:
            booking = await desk.services.hospital.book(
                person_id, values["channel"], values["starts_at"], desk.caller.phone, key=key
            )
        except QuotaExhausted as error:
            raise Redo("slot", GONE) from error
        return booking.number


class Move(_Visit):
    name, title, order, verb, asks_owner = "move", "改约、取消", 3, "照办", False
    does = "改医院预约的时间，或者取消"
    topics = ("reschedule_booking", "cancel_booking")
    fields = ("number", "do", "when", "slot")

    async def shown(self, desk: Desk, given: Given) -> dict[str, Any]:
        bookings = desk.caller.open("booking")
        number = given.one("number") or (bookings[0].number if len(bookings) == 1 else "")
        channel = next((one.about for one in bookings if one.number == number), "")
        return {
            "bookings": [
                (one.number, f"{CHANNEL_NAMES.get(one.about, one.about)}，{when_zh(one.at)}") for one in bookings
            ],
            "number": number,
            "times": await _times(desk.services, given, channel),
        }

    def prefill(self, given: Given, walk: Walk | None) -> dict[str, str]:
        cancel = given.one("topic") == "cancel_booking" or (walk is not None and walk.here.task == "cancel_booking")
        return {"number": given.one("move"), "do": "cancel" if cancel else "move"}

    def done_as(self, values: Mapping[str, Any]) -> str:
        return "改医院预约的时间" if values["starts_at"] else "取消医院预约"

    def owner(self, desk: Desk, values: Mapping[str, Any]) -> str | None:
        return str(values["person_id"])

    async def check(self, desk: Desk, given: Given) -> Checked:
        bookings = {one.number: one for one in desk.caller.matters if one.kind == self.kind}
        booking = bookings.get(given.one("number"))
        again = booking is not None and (booking.state, given.one("do")) == ("cancelled", "cancel")  # a second click
        if booking is None or not (booking.open or again):
            open_ones = desk.caller.open(self.kind)
            return Checked({"number": "选一个预约" if open_ones else "这个号码名下没有还没到时间的预约"})
        values: dict[str, Any] = {"number": booking.number, "person_id": booking.person_id, "starts_at": None}
        lines = [("原来", f"{CHANNEL_NAMES[booking.about]}，{when_zh(booking.at)}"), ("预约号", booking.number)]
        if given.one("do") == "cancel":
            return Checked(values=values, lines=[*lines, ("要办", "取消，号让给别人")])
        if given.one("do") != "move":
            return Checked({"do": "选改时间还是取消"})
        at: datetime | None
        errors: dict[str, str]
        if given.one("slot") == booking.at.isoformat():  # a second click: it is moved there already
            at, errors = booking.at, {}
        else:
            at, errors = await _settle(desk.services, given, booking.about)
        if at is None:
            return Checked(errors)
        return Checked(
            values=values | {"starts_at": at},
            lines=[*lines, ("改到", when_zh(at))],
            instead={"slot": at.isoformat()},
        )

    async def submit(self, desk: Desk, person_id: str, values: Mapping[str, Any], key: str) -> str:
        hospital, number = desk.services.hospital, values["number"]
        if values["starts_at"] is None:
            return (await hospital.cancel(person_id, number, key=key)).number
        try:
            return (await hospital.reschedule(person_id, number, values["starts_at"], key=key)).number
        except QuotaExhausted as error:
            raise Redo("slot", GONE) from error


def _owner(caller: Caller, given: Given) -> str | None:
    """Whose booking it would be: who was picked, else the person of the telephone."""
    by_phone = next((one.person.id for one in caller.known if one.person.channel == HOTLINE), None)
    return given.one("who") or by_phone


async def _told_waiting(desk: Desk, matter: Matter) -> list[str]:
    """What is read to one who waits."""
    mine = await desk.services.hospital.waiting.of(matter.person_id or "")
    row = next((one for one in mine if one.number == matter.number), None)
    name = CHANNEL_NAMES[matter.about]
    if row is None:
        return [f"{name}已经不在排队了。"]
    by_phone = is_by_phone_only(desk.caller, matter.person_id)
    if row.status == "offered" and row.offer_until:
        return [f"{name}现在就有空位，先给您留着，{row.offer_until.astimezone(SHANGHAI):%H:%M} 之前要答复。"]
    place = await desk.services.hospital.waiting.position(row.id)
    first = f"{name}排上队了，您是第 {place} 位，{suits(row)}。"
    return [first, _REACHED_BY_PHONE if by_phone else _REACHED_IN_CHAT]


def suits(waiting: HospitalWaiting) -> str:
    """12月2日上午, 12月2日到12月4日, 哪天都行: when it suits who waits."""
    return _suits(window_of(waiting))


def _suits(window: Window) -> str:
    first, last = window.first_day, window.last_day
    if first is None and last is None:
        days = ANY_DAY
    elif first == last and first is not None:
        days = short_day(first)
    else:
        days = f"{short_day(first) if first else '今天'}到{short_day(last) if last else '以后'}"
    return days + say_hours(window)


def _double(has: list[Matter], channel: str) -> str:
    if not has:
        return ""
    return (
        f"有人用这个号码约了{CHANNEL_NAMES[channel]}：{when_zh(has[0].at)}，{has[0].number}。"
        "是同一个人就不要再约，用“改约、取消”；是家里别人请勾选。"
    )


register(Hospital())
register(Move())
