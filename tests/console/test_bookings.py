"""Bookings in the console: day and week, check-in, moving, cancelling, capacity and closures, the list to print."""

import asyncio
import re
from datetime import date, datetime

import pytest
from sqlalchemy import select

from bot.services.clock import SHANGHAI
from bot.storage.outbox import OutboxMessage

DAY = date(2026, 12, 2)
PHONE = "13800138000"


def at(hour, minute=0, day=2):
    return datetime(2026, 12, day, hour, minute, tzinfo=SHANGHAI)


async def booked(services, sender="wx:rider", channel="hp_test", hour=9):
    person = (await services.people.ensure(sender)).id
    return await services.hospital.book(person, channel, at(hour), PHONE)


async def told(services):
    async with services.db.read() as session:
        rows = await session.scalars(select(OutboxMessage).order_by(OutboxMessage.id))
        return [row.text for row in rows if row.due <= services.clock.now()]


def seen(text):
    return re.search(r'name="seen" value="(\d+)"', text)[1]


async def test_the_day_the_week_and_the_quota(console, services_of):
    one = await booked(services_of)
    seat = await console("seat")
    text = await seat.text("/console/bookings?day=2026-12-02&channel=hp_test")
    assert one.number in text
    assert PHONE not in text
    assert "138****8000" in text
    assert re.search(r"<td>09:00</td>\s*<td class=\"num\">1/", text)
    idle = re.search(r"还空着：(.*?)</p>", text)[1]
    assert "10:00（" in idle
    assert "09:00（" not in idle
    await services_of.hospital.tick()
    assert "都空着" in await seat.text("/console/bookings?day=2026-12-02&channel=outpatient")
    quota = await services_of.hospital.quota("hp_test")
    assert f"共 {quota.quota}，已用 1，还剩 {quota.quota - 1}" in text
    week = await seat.text("/console/bookings?day=2026-12-02&view=week")
    assert "day=2026-12-02&amp;channel=hp_test" in week
    assert "没有号" in week  # the weekend
    assert one.number not in await seat.text("/console/bookings?day=2026-12-03")
    for query in ("day=nonsense", "day=9999-12-31", "channel=<script>", "view=x&day=0001-01-01"):
        assert "<script>" not in await seat.text(f"/console/bookings?{query}")


async def test_moved_once_and_told(console, services_of):
    one = await booked(services_of)
    seat, other = await console("seat"), await console(name="seat-two")
    path = f"/console/bookings/{one.number}"
    text = await seat.text(path)
    assert PHONE in text
    form = {"to": at(10).isoformat(), "seen": seen(text)}
    answers = await asyncio.gather(*(seat.post(f"{path}/move", form) for _ in range(3)))  # clicked three times
    assert {answer.status for answer in answers} == {303}
    assert len(await told(services_of)) == 1
    late = await other.post(f"{path}/move", {"to": at(8, 30).isoformat(), "seen": form["seen"]})
    assert late.status == 409
    text = await late.text()
    assert "刚被改过" in text
    assert f'value="{at(8, 30).isoformat()}" selected' in text
    assert (await other.post(f"{path}/move", {"to": at(8, 30).isoformat(), "seen": seen(text)})).status == 303
    for wrong, status in (
        ("", 422),
        ("tomorrow", 422),
        ("0001-01-01T00:00:00+08:00", 422),
        ("2026-12-02T10:00", 422),
        (at(3).isoformat(), 409),
    ):
        now = seen(await seat.text(path))
        assert (await seat.post(f"{path}/move", {"to": wrong, "seen": now})).status == status, wrong
    assert (await services_of.hospital.desk.find(one.number)).starts_at == at(8, 30)
    assert [line for line in await told(services_of) if "08:30" in line]
    audited = [entry.action for entry in await services_of.audit.search(object_id=one.number)]
    assert audited.count("booking.move") >= 2


async def test_check_in_no_show_and_cancel(console, services_of):
    came, missed, ill = [await booked(services_of, f"wx:{n}", "outpatient") for n in range(3)]
    seat = await console("seat")
    path = "/console/bookings"
    assert (await seat.post(f"{path}/{missed.number}/mark", {"status": "no_show"})).status == 422  # not yet
    services_of.clock.moment = at(9, 10)
    seat = await console("seat")
    answer = await seat.post(f"{path}/{came.number}/mark", {"status": "attended", "back": "day"})
    assert answer.headers["Location"] == "/console/bookings?day=2026-12-02"
    await seat.post(f"{path}/{missed.number}/mark", {"status": "no_show"})
    assert (await seat.post(f"{path}/{missed.number}/mark", {"status": "attended"})).status == 409
    assert (await seat.post(f"{path}/{missed.number}/mark", {"status": "paid"})).status == 422
    form = {"reason": "", "seen": "0"}
    assert (await seat.post(f"{path}/{ill.number}/cancel", form)).status == 422
    assert (await seat.post(f"{path}/{ill.number}/cancel", form | {"reason": "本人来电取消"})).status == 303
    text = await seat.text(f"{path}?day=2026-12-02&channel=outpatient")
    for words in ("已到", "未到", "已取消"):
        assert words in text
    assert ["本人来电取消" in line for line in await told(services_of)].count(True) == 1


async def test_capacity_and_closures_are_the_supervisors(console, services_of):
    one = await booked(services_of)
    seat, lead = await console("seat"), await console("supervisor")
    places = {"day": "2026-12-02", "channel": "outpatient", "places": "2"}
    shut = {"day": "2026-12-02", "channel": "hp_test", "reason": "设备<b>检修"}
    for path, form in (("capacity", places), ("close", shut), ("closures/1/open", {})):
        assert (await seat.post(f"/console/bookings/{path}", form)).status == 403
    assert (await lead.post("/console/bookings/capacity", places)).status == 303
    slots = await services_of.hospital.desk.slots(DAY, DAY, "outpatient")
    assert {slot.capacity for slot in slots} == {2}
    for wrong in (
        {"places": "x"},
        {"places": "-1"},
        {"channel": ""},
        {"channel": "evil"},
        {"day": "2020-01-01"},
        {"day": ""},
    ):
        assert (await lead.post("/console/bookings/capacity", places | wrong)).status == 422, wrong
    assert (await lead.post("/console/bookings/close", shut | {"reason": ""})).status == 422
    answer = await lead.post("/console/bookings/close", shut)
    assert answer.status == 303
    text = await lead.text("/console/bookings?day=2026-12-02&channel=hp_test")
    assert "取消并告知 1 人" in text
    assert "设备&lt;b&gt;检修" in text
    assert one.number in text  # cancelled, and still to be seen
    assert "空着" not in text
    assert (await services_of.hospital.desk.find(one.number)).status == "cancelled"
    reopen = re.search(r'action="(/console/bookings/closures/\d+/open)"', text)[1]
    assert (await lead.post(reopen)).status == 303
    assert (await lead.post(reopen)).status == 404


@pytest.mark.parametrize("number", ["YY20261125-000000", "nobody", "%27%20OR%201=1", "list%00"])
async def test_bookings_that_are_none(console, services_of, number):
    await booked(services_of)
    seat = await console("seat")
    assert (await seat.get(f"/console/bookings/{number}")).status == 404
    form = {"status": "attended", "to": at(10).isoformat(), "reason": "x", "seen": "0"}
    for step in ("mark", "move", "cancel"):
        assert (await seat.post(f"/console/bookings/{number}/{step}", form)).status == 404


async def test_an_auditor_looks_only(console, services_of):
    one = await booked(services_of)
    auditor = await console("auditor")
    text = await auditor.text(f"/console/bookings/{one.number}")
    assert PHONE not in text
    assert "<select" not in text
    for step in ("mark", "move", "cancel"):
        assert (await auditor.post(f"/console/bookings/{one.number}/{step}", {"seen": "0"})).status == 403
    assert (await (await console("editor")).get(f"/console/bookings/{one.number}")).status == 403
