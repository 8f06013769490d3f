"""Who waits for a place at the hospital: the list, one of them, an offer taken or declined for the caller; whose offer
lapsed is put back in line or let go."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from aiohttp import web

from bot.console.filled import filled
from bot.console.pages.bookings import PATH
from bot.console.pages.task_hospital import suits
from bot.console.registry import Staff, page
from bot.console.render import redirect, render
from bot.console.views import viewed
from bot.console.wording import CHANNELS_OF_PEOPLE, STATE_NAMES
from bot.services.clock import SHANGHAI
from bot.services.errors import AlreadyExists, Changed, NotFound
from bot.services.hospital_desk import Waits
from bot.services.notices import CHANNEL_NAMES, when_zh
from bot.services.people import HOTLINE
from bot.storage.hospital import HospitalWaiting
from bot.web.keys import SERVICES

WAITING = f"{PATH}/waiting"
TONES = {"waiting": "calm", "offered": "warn", "taken": "good", "expired": "bad", "left": "calm"}
_NUMBER = re.compile(r"PD(\d{6,9})")


@page("GET", WAITING, permission="bookings.view")
async def waiting_list(request: web.Request, staff: Staff) -> web.Response:
    await request.app[SERVICES].audit.note(staff.actor, "waiting.view", "waiting", "list")
    return render(request, "bookings/waiting.html", here="bookings", **await _shown(request, staff))


@page("GET", f"{WAITING}/list", permission="bookings.view")
async def waiting_rows(request: web.Request, staff: Staff) -> web.Response:
    await viewed(request, staff, "waiting.view", "waiting", "list")
    return render(request, "bookings/_waiting.html", **await _shown(request, staff))


@page("GET", f"{WAITING}/calls", permission="bookings.work")
async def calls(request: web.Request, staff: Staff) -> web.Response:
    """How many people of the telephone have to be rung up now, and how many were not reached in time, for the top of
    every page."""
    desk = request.app[SERVICES].hospital.desk
    return render(request, "bookings/_calls.html", count=await desk.to_call(), lapsed=await desk.lapsed())


@page("GET", f"{WAITING}/{{number}}", permission="bookings.view")
async def one_waiting(request: web.Request, staff: Staff) -> web.Response:
    one = await _one(request)
    full = staff.may("bookings.work")
    await request.app[SERVICES].audit.note(
        staff.actor, "waiting.view", "person", one.row.person_id, phone="full" if full else "masked"
    )
    return render(request, "bookings/waits.html", here="bookings", one=one, full=full, **_words(request))


@page("POST", f"{WAITING}/{{number}}/take", permission="bookings.work")
async def take(request: web.Request, staff: Staff) -> web.Response:
    services, form, one = request.app[SERVICES], await filled(request), await _one(request)
    row, slot = one.row, form.text("slot", 12)
    if not slot or slot != str(row.slot_id):
        raise Changed(row.number)
    # of the place, not of the form: whoever clicks second gets the same booking
    key = f"desk:offer:{row.id}:{slot}"
    try:
        async with services.audit.of(staff.actor, "waiting.take", "person", row.person_id, waiting=row.number):
            booking = await services.hospital.accept_offer(row.person_id, key=key, channel=row.channel)
    except NotFound as error:
        raise Changed(row.number) from error
    when = when_zh(booking.starts_at)
    text = f"热线坐席照您电话里说的要了这个号：{CHANNEL_NAMES[row.channel]}，{when}，预约号 {booking.number}。"
    await services.callers.tell(row.person_id, text, f"offer-taken:{row.id}:{slot}")
    return redirect(request, f"{PATH}/{booking.number}", notice=f"约上了：{when}，预约号 {booking.number}，念给对方听")


@page("POST", f"{WAITING}/{{number}}/leave", permission="bookings.work")
async def leave(request: web.Request, staff: Staff) -> web.Response:
    services, one = request.app[SERVICES], await _one(request)
    row = one.row
    async with services.audit.of(staff.actor, "waiting.leave", "person", row.person_id, waiting=row.number):
        left = await services.hospital.waiting.leave(row.person_id, row.channel)
    if left:
        text = f"热线坐席照您电话里说的取消了{CHANNEL_NAMES[row.channel]}的排队。"
        await services.callers.tell(row.person_id, text, f"waiting-left:{row.id}")
    return redirect(request, WAITING, notice="不排了，号给下一位")


@page("POST", f"{WAITING}/{{number}}/rejoin", permission="bookings.work")
async def rejoin(request: web.Request, staff: Staff) -> web.Response:
    services, one = request.app[SERVICES], await _one(request)
    row = one.row
    try:
        async with services.audit.of(staff.actor, "waiting.rejoin", "person", row.person_id, waiting=row.number):
            again = await services.hospital.waiting.rejoin(row.id)
    except AlreadyExists as error:
        booking = error.existing
        notice = f"不用排了：已经约了{when_zh(booking.starts_at)}，预约号 {booking.number}"
        return redirect(request, f"{PATH}/{booking.number}", notice=notice)
    if again.status == "waiting":
        text = f"热线坐席替您重新排上了{CHANNEL_NAMES[row.channel]}的队，有空位会告诉您。"
        await services.callers.tell(row.person_id, text, f"waiting-rejoined:{row.id}")
        return redirect(request, WAITING, notice=f"重新排上了，排队号 {again.number}")
    # a place was free and is held, or an old page was clicked and more has happened since
    until = again.offer_until.astimezone(SHANGHAI) if again.status == "offered" and again.offer_until else None
    notice = f"正好有空位，留到 {until:%H:%M}，问他要不要" if until else ""
    return redirect(request, f"{WAITING}/{again.number}", notice=notice)


@page("POST", f"{WAITING}/{{number}}/let-go", permission="bookings.work")
async def let_go(request: web.Request, staff: Staff) -> web.Response:
    services, one = request.app[SERVICES], await _one(request)
    async with services.audit.of(staff.actor, "waiting.let_go", "person", one.row.person_id, waiting=one.row.number):
        await services.hospital.waiting.let_go(one.row.id)
    return redirect(request, WAITING, notice="不排了，从名单上去掉了")


async def _one(request: web.Request) -> Waits:
    found = _NUMBER.fullmatch(request.match_info["number"])
    if found is None or int(found[1]) >= 2**31:
        raise NotFound(request.match_info["number"])
    return await request.app[SERVICES].hospital.desk.waits(int(found[1]))


async def _shown(request: web.Request, staff: Staff) -> dict[str, Any]:
    queue = await request.app[SERVICES].hospital.desk.queue()
    now = request.app[SERVICES].clock.now()
    to_call = [one for one in queue if is_to_call(one) and one.row.offer_until and one.row.offer_until > now]
    return {"queue": queue, "to_call": to_call, "works": staff.may("bookings.work"), **_words(request)}


def is_to_call(one: Waits) -> bool:
    return one.row.status == "offered" and one.channel_of_person == HOTLINE


def _days_over(row: HospitalWaiting, now: datetime) -> bool:
    return row.last_day is not None and row.last_day < now.astimezone(SHANGHAI).date()


def _words(request: web.Request) -> dict[str, Any]:
    return {
        "days_over": _days_over,
        "names": CHANNEL_NAMES,
        "states": STATE_NAMES["waiting"],
        "tones": TONES,
        "reached_by": CHANNELS_OF_PEOPLE,
        "suits": suits,
        "now": request.app[SERVICES].clock.now(),
    }
