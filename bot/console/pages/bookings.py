"""Bookings of 昆小哥医院: the day and the week, check-in, moving, cancelling, capacity, closures, a list to print."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from aiohttp import web
from sqlalchemy import func, select

from bot.console.filled import Filled, filled
from bot.console.live import watch
from bot.console.registry import Staff, page
from bot.console.render import redirect, render
from bot.console.seat_words import REACH, told
from bot.console.views import viewed
from bot.services.errors import Changed, Invalid, NotFound, QuotaExhausted, WrongState
from bot.services.hospital import PREPARATION
from bot.services.hospital_places import CHANNELS
from bot.services.notices import CHANNEL_NAMES
from bot.storage.hospital import HospitalBooking, HospitalClosure, HospitalSlot, HospitalWaiting
from bot.web.keys import SERVICES

PATH = "/console/bookings"
STATES = {"booked": "已约", "attended": "已到", "no_show": "未到", "cancelled": "已取消"}
TONES = {"booked": "calm", "attended": "good", "no_show": "bad", "cancelled": "warn"}
PREPARE = {
    "id_card": "身份证",
    "insurance": "医保凭证",
    "fasting": "一般要空腹",
    "fasting_ask": "要不要空腹以医院通知为准",
    "drugs_ask_doctor": "在吃药的先问医生",
}
FARTHEST = timedelta(days=400)

watch(
    "bookings",
    select(
        func.max(HospitalBooking.changed_at),
        select(func.max(HospitalWaiting.changed_at)).scalar_subquery(),
        select(func.max(HospitalClosure.id)).scalar_subquery(),
        select(func.count()).select_from(HospitalClosure).scalar_subquery(),
    ),
    permission="bookings.view",
)


@page("GET", PATH, permission="bookings.view")
async def bookings(request: web.Request, staff: Staff) -> web.Response:
    await request.app[SERVICES].audit.note(staff.actor, "bookings.view", "bookings", _day(request).isoformat())
    return render(request, "bookings/bookings.html", here="bookings", **await _shown(request))


@page("GET", f"{PATH}/list", permission="bookings.view")
async def booking_list(request: web.Request, staff: Staff) -> web.Response:
    await viewed(request, staff, "bookings.view", "bookings", _day(request).isoformat())
    template = "bookings/_week.html" if request.query.get("view") == "week" else "bookings/_day.html"
    return render(request, template, **await _shown(request))


@page("GET", f"{PATH}/{{number}}", permission="bookings.view")
async def booking(request: web.Request, staff: Staff) -> web.Response:
    one = await _one(request)
    full = staff.may("bookings.work")
    await request.app[SERVICES].audit.note(
        staff.actor, "booking.view", "booking", one.number, phone="full" if full else "masked"
    )
    return await _page(request, staff, one)


@page("POST", f"{PATH}/close", permission="bookings.capacity")
async def close(request: web.Request, staff: Staff) -> web.Response:
    services, form = request.app[SERVICES], await filled(request)
    day, channel, reason = _form_day(form, services.clock.now().date()), _channel(form), form.text("reason", 200)
    if not reason:
        raise Invalid("reason", "要写明停诊原因，会发给约了这天的人")
    async with services.audit.of(
        staff.actor, "bookings.close", "bookings", day.isoformat(), channel=channel or "all"
    ) as detail:
        detail["cancelled"] = told = await services.hospital.desk.close_day(day, reason, channel or None)
    return redirect(request, f"{PATH}?day={day}", notice=f"{day} 已停诊，取消并告知 {told} 人")


@page("POST", f"{PATH}/closures/{{id}}/open", permission="bookings.capacity")
async def reopen(request: web.Request, staff: Staff) -> web.Response:
    services, given = request.app[SERVICES], request.match_info["id"]
    if not (given.isascii() and given.isdigit() and len(given) < 10):
        raise NotFound(given)
    async with services.audit.of(staff.actor, "bookings.open", "closure", given):
        closure = await services.hospital.desk.open_day(int(given))
    return redirect(request, f"{PATH}?day={closure.day}", notice=f"{closure.day} 恢复可约")


@page("POST", f"{PATH}/capacity", permission="bookings.capacity")
async def capacity(request: web.Request, staff: Staff) -> web.Response:
    services, form = request.app[SERVICES], await filled(request)
    day, channel, places = _form_day(form, services.clock.now().date()), _channel(form), form.text("places", 5)
    if not channel:
        raise Invalid("channel", "先选通道")
    if not (places.isascii() and places.isdigit()):
        raise Invalid("places", "名额要是个数")
    async with services.audit.of(
        staff.actor, "bookings.capacity", "bookings", day.isoformat(), channel=channel, places=int(places)
    ):
        fuller = await services.hospital.desk.set_capacity(channel, day, int(places))
    notice = f"{CHANNEL_NAMES[channel]} {day} 每个时刻 {places} 个名额"
    if fuller:
        notice += f"；{fuller} 个时刻约的人更多，按已约人数留着"
    return redirect(request, f"{PATH}?day={day}&channel={channel}", notice=notice)


@page("POST", f"{PATH}/{{number}}/mark", permission="bookings.work")
async def mark(request: web.Request, staff: Staff) -> web.Response:
    services, form, one = request.app[SERVICES], await filled(request), await _one(request)
    status = form.text("status", 12)
    try:
        async with services.audit.of(staff.actor, "booking.mark", "booking", one.number, to=status):
            await services.hospital.desk.mark(one.number, status)
    except (Invalid, WrongState) as error:
        return await _again(request, staff, form, "mark", error)
    back = f"{PATH}?day={one.starts_at.date()}" if form.text("back") == "day" else f"{PATH}/{one.number}"
    return redirect(request, back, notice=f"{one.number} 记为{STATES[status]}")


@page("POST", f"{PATH}/{{number}}/move", permission="bookings.work")
async def move(request: web.Request, staff: Staff) -> web.Response:
    services, form, one = request.app[SERVICES], await filled(request), await _one(request)
    version = form.seen()
    to = form.moment("to")
    if to is None:
        return await _again(request, staff, form, "move", Invalid("to", "先选一个时间"))
    try:
        async with services.audit.of(staff.actor, "booking.move", "booking", one.number, to=to.isoformat()):
            await services.hospital.desk.move(one.number, to, version=version)
    except (Invalid, WrongState, QuotaExhausted) as error:
        return await _again(request, staff, form, "move", error)
    return redirect(request, f"{PATH}/{one.number}", notice=f"已改到新的时间{await _told(request, one)}")


@page("POST", f"{PATH}/{{number}}/cancel", permission="bookings.work")
async def cancel(request: web.Request, staff: Staff) -> web.Response:
    services, form, one = request.app[SERVICES], await filled(request), await _one(request)
    version = form.seen()
    try:
        async with services.audit.of(staff.actor, "booking.cancel", "booking", one.number):
            await services.hospital.desk.cancel(one.number, form.text("reason", 200), version=version)
    except (Invalid, WrongState) as error:
        return await _again(request, staff, form, "cancel", error)
    return redirect(request, f"{PATH}/{one.number}", notice=f"已取消{await _told(request, one)}")


async def _told(request: web.Request, one: HospitalBooking) -> str:
    person = await request.app[SERVICES].people.get(one.person_id) if one.person_id else None
    return told(person.channel if person else "")


def _day(request: web.Request) -> date:
    """The day that is looked at: today where none, or none that makes sense, is named."""
    today: date = request.app[SERVICES].clock.now().date()
    try:
        wanted = date.fromisoformat(request.query.get("day", ""))
    except ValueError:
        return today
    return wanted if abs(wanted - today) <= FARTHEST else today


def _form_day(form: Filled, today: date) -> date:
    try:
        day = date.fromisoformat(form.text("day", 10))
    except ValueError:
        raise Invalid("day", "先选日期") from None
    if not today <= day <= today + FARTHEST:
        raise Invalid("day", "只能是今天以后的日期")
    return day


def _channel(form: Filled) -> str:
    channel = form.text("channel", 20)
    if channel and channel not in CHANNELS:
        raise Invalid("channel", "没有这个通道")
    return channel


async def _one(request: web.Request) -> HospitalBooking:
    return await request.app[SERVICES].hospital.desk.find(request.match_info["number"])


async def _shown(request: web.Request) -> dict[str, Any]:
    services, day = request.app[SERVICES], _day(request)
    desk, now = services.hospital.desk, services.clock.now()
    week = request.query.get("view") == "week"
    chosen = request.query.get("channel", "")
    chosen = chosen if chosen in CHANNELS else ""
    first = day - timedelta(days=day.weekday()) if week else day
    last = first + timedelta(days=6) if week else day
    channels = [one for one in await desk.channels() if not chosen or one.code == chosen]
    slots = await desk.slots(first, last, chosen or None)
    closures = [
        one for one in await desk.closures(min(first, now.date())) if not chosen or one.channel in (None, chosen)
    ]
    found = [] if week else await desk.of_day(day, chosen or None)
    return {
        "week": week,
        "day": day,
        "days": [first + timedelta(days=n) for n in range(7)] if week else [day],
        "channel": chosen,
        "channels": channels,
        "names": CHANNEL_NAMES,
        "states": STATES,
        "tones": TONES,
        "closures": closures,
        "closed": {(one.channel, one.day): one.reason for one in closures},
        "sums": _sums(slots),
        "rows": _rows(slots, found),
        "waiting": await desk.waiting(),
        "quotas": [(one, await services.hospital.quota(one.code, day.year)) for one in channels if one.yearly_quota],
        "now": now,
        "today": now.date(),
        "step": timedelta(days=7 if week else 1),
    }


def _sums(slots: Sequence[HospitalSlot]) -> dict[tuple[str, date], tuple[int, int]]:
    """(taken, capacity) by channel and day."""
    sums: dict[tuple[str, date], tuple[int, int]] = defaultdict(lambda: (0, 0))
    for slot in slots:
        taken, places = sums[slot.channel, slot.starts_at.date()]
        sums[slot.channel, slot.starts_at.date()] = (taken + slot.taken, places + slot.capacity)
    return dict(sums)


def _rows(
    slots: Sequence[HospitalSlot], found: Sequence[HospitalBooking]
) -> dict[str, list[tuple[datetime, int, int, list[HospitalBooking]]]]:
    """(moment, taken, capacity, bookings) by channel, those without a booking too."""
    by_slot: dict[int, list[HospitalBooking]] = defaultdict(list)
    for one in found:
        by_slot[one.slot_id].append(one)
    rows: dict[str, list[tuple[datetime, int, int, list[HospitalBooking]]]] = defaultdict(list)
    for slot in slots:
        rows[slot.channel].append((slot.starts_at, slot.taken, slot.capacity, by_slot[slot.id]))
    return dict(rows)


async def _again(request: web.Request, staff: Staff, form: Filled, name: str, error: Exception) -> web.Response:
    """The page as it is now, with what was filled in and what is wrong."""
    if isinstance(error, Invalid):
        status, errors = 422, {error.field: f"{error.reason}。"}
    elif isinstance(error, QuotaExhausted):
        status, errors = 409, {"to": "这个时间刚被约满，请另选一个。"}
    elif isinstance(error, Changed):
        status, errors = 409, {"": "这个预约刚被改过，您的这一步还没有做。看一下最新情况，没问题就再提交一次。"}
    else:
        status, errors = 409, {"": "预约现在的状态不能做这一步。最新情况在上面。"}
    given = {field: form.text(field, 200) for field in ("to", "reason", "status")}
    return await _page(request, staff, await _one(request), status=status, form=name, given=given, errors=errors)


async def _page(
    request: web.Request,
    staff: Staff,
    one: HospitalBooking,
    *,
    status: int = 200,
    form: str = "",
    given: dict[str, str] | None = None,
    errors: dict[str, str] | None = None,
) -> web.Response:
    services = request.app[SERVICES]
    person = await services.people.get(one.person_id) if one.person_id else None
    free: dict[date, list[datetime]] = defaultdict(list)
    if one.status == "booked" and staff.may("bookings.work"):
        for slot in await services.hospital.free_slots(one.channel):
            if slot.starts_at != one.starts_at:
                free[slot.starts_at.date()].append(slot.starts_at)
    return render(
        request,
        "bookings/booking.html",
        status=status,
        here="bookings",
        one=one,
        place=await services.hospital.channel(one.channel),
        names=CHANNEL_NAMES,
        states=STATES,
        tones=TONES,
        prepare=[PREPARE[key] for key in PREPARATION.get(one.channel, ())],
        reach=REACH.get(person.channel, "") if person else "本人信息已删除，不再推送",
        free=dict(free),
        full=staff.may("bookings.work"),
        begun=one.starts_at <= services.clock.now(),
        form=form,
        given=given or {},
        errors=errors or {},
    )
