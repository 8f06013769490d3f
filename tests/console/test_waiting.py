"""The hospital's waiting list over HTTP: a caller waits, a place is held, a seat takes or declines it for them."""

from __future__ import annotations

import re
from datetime import timedelta

from sqlalchemy import update

from bot.storage.hospital import HospitalChannel, HospitalWaiting
from tests.console.test_tasks import PHONE, caller, hidden, register


async def full(services, quota=1):
    """The year's only free test is taken; returns who has it."""
    async with services.db.write() as session:
        query = update(HospitalChannel).where(HospitalChannel.code == "hp_test")
        await session.execute(query.values(yearly_quota=quota))
    holder = (await services.people.ensure("wx:holder")).id
    slot = (await services.hospital.free_slots("hp_test"))[0]
    return holder, (await services.hospital.book(holder, "hp_test", slot.starts_at, "13700137000")).number


async def waits(seat, **given):
    end, read_back, sent = await register(seat, "hospital", channel="hp_test", slot="wait", **given)
    number = re.search(r"PD\d{6}", await seat.text(end))[0]
    return number, read_back, sent, end


async def test_a_caller_waits_and_is_rung_up(console, services_of, clock):
    seat = await console("seat")
    holder, booked = await full(services_of)
    slots = await seat.text("/console/tasks/hospital/slots", params={"channel": "hp_test", "when": "后天"})
    assert "排队等空位" in slots
    number, read_back, sent, end = await waits(seat, when="下周")
    assert "哪几天" in read_back
    assert "11月30日到12月" in read_back
    assert "留 30 分钟" in read_back
    text = await seat.text(end)
    assert "第 1 位" in text
    again = await seat.post("/console/tasks/hospital", data=sent)  # a double click
    assert again.headers["Location"] == end
    assert len(await services_of.hospital.desk.queue()) == 1
    listed = await seat.text("/console/bookings/waiting")
    assert number in listed
    assert PHONE not in listed
    assert await seat.text("/console/bookings/waiting/calls") == "\n" or "要打电话" not in listed
    await services_of.hospital.cancel(holder, booked)
    assert "1 个空位要打电话" in await seat.text("/console/bookings/waiting/calls")
    page = await seat.text(f"/console/bookings/waiting/{number}")
    assert PHONE in page  # it has to be rung
    path = f"/console/bookings/waiting/{number}/take"
    assert (await seat.post(path, {"slot": "999999"})).status == 409
    slot = re.search(r'name="slot" value="(\d+)"', page)[1]
    answers = [await seat.post(path, {"slot": slot}) for _ in range(2)]
    assert {answer.status for answer in answers} == {303}
    assert len({answer.headers["Location"] for answer in answers}) == 1
    booking = answers[0].headers["Location"].rpartition("/")[2]
    assert (await services_of.hospital.desk.find(booking)).phone == PHONE
    assert await services_of.hospital.desk.queue() == []
    actions = {entry.action for entry in await services_of.audit.search(staff_name="seat-one")}
    assert {"waiting.view", "waiting.take", "task.registered"} <= actions


async def test_a_place_is_declined_and_an_offer_that_lapsed_is_not_taken(console, services_of, clock):
    seat = await console("seat")
    holder, booked = await full(services_of)
    number, *_ = await waits(seat)
    await services_of.hospital.cancel(holder, booked)
    page = await seat.text(f"/console/bookings/waiting/{number}")
    slot = re.search(r'name="slot" value="(\d+)"', page)[1]
    clock.advance(timedelta(minutes=31))
    seat = await console("seat")  # nobody was at the desk: logged out meanwhile
    answer = await seat.post(f"/console/bookings/waiting/{number}/take", {"slot": slot})
    assert answer.status == 409
    await services_of.hospital.tick()
    assert "过时没答复" in await seat.text("/console/bookings/waiting")
    assert "重新排" in await seat.text(f"/console/bookings/waiting/{number}")
    # joined anew: there is a place, so it is not for the waiting list
    status, text, _ = await register(seat, "hospital", channel="hp_test", slot="wait")
    assert status == 422
    assert "有空位，不用排队" in text
    await full(services_of)
    number, *_ = await waits(seat)
    answer = await seat.post(f"/console/bookings/waiting/{number}/leave", {})
    assert answer.status == 303
    assert await services_of.hospital.desk.queue() == []  # the offer that lapsed is dealt with, too


async def lapsed(console, services, clock):
    """A caller whose offer nobody answered; (a seat, the number on the list)."""
    seat = await console("seat")
    holder, booked = await full(services)
    number, *_ = await waits(seat)
    await services.hospital.cancel(holder, booked)
    clock.advance(timedelta(minutes=31))
    await services.hospital.tick()
    return await console("seat"), number  # nobody was at the desk: logged out meanwhile


async def test_who_was_not_reached_is_put_back_in_line_with_one_button(console, services_of, clock):
    seat, number = await lapsed(console, services_of, clock)
    assert "1 个空位过时没答复" in await seat.text("/console/bookings/waiting/calls")
    path = f"/console/bookings/waiting/{number}/rejoin"
    assert f'action="{path}"' in await seat.text("/console/bookings/waiting/list")
    assert f'action="{path}"' in await seat.text(f"/console/bookings/waiting/{number}")
    answers = [await seat.post(path, {}) for _ in range(2)]  # a double click
    assert {answer.status for answer in answers} == {303}
    (where,) = {answer.headers["Location"] for answer in answers}
    assert where != f"/console/bookings/waiting/{number}"
    page = await seat.text(where)  # the place was free still: it is held once more
    assert "他要这个号" in page
    assert PHONE in page
    calls = await seat.text("/console/bookings/waiting/calls")
    assert "1 个空位要打电话" in calls
    assert "过时没答复" not in calls
    assert number not in await seat.text("/console/bookings/waiting")
    found = await services_of.audit.search(action="waiting.rejoin")
    assert {entry.detail["waiting"] for entry in found} == {number}
    slot = re.search(r'name="slot" value="(\d+)"', page)[1]
    assert (await seat.post(f"{where}/take", {"slot": slot})).status == 303
    booking = (await seat.post(path, {})).headers["Location"]  # an old page: has a visit by now
    assert booking == where


async def test_who_was_not_reached_waits_when_all_is_full(console, services_of, clock):
    seat, number = await lapsed(console, services_of, clock)
    await full(services_of)
    answer = await seat.post(f"/console/bookings/waiting/{number}/rejoin", {})
    assert answer.headers["Location"] == "/console/bookings/waiting"
    (one,) = await services_of.hospital.desk.queue()
    assert (one.row.status, one.place) == ("waiting", 1)
    assert one.row.number != number
    assert "过时没答复" not in await seat.text("/console/bookings/waiting/calls")


async def test_who_was_not_reached_is_let_go(console, services_of, clock):
    seat, number = await lapsed(console, services_of, clock)
    auditor = await console("auditor")
    assert "重新排</button>" not in await auditor.text("/console/bookings/waiting")
    for action in ("rejoin", "let-go"):
        assert (await auditor.post(f"/console/bookings/waiting/{number}/{action}", {})).status == 403
    for _ in range(2):
        answer = await seat.post(f"/console/bookings/waiting/{number}/let-go", {})
        assert answer.headers["Location"] == "/console/bookings/waiting"
    assert number not in await seat.text("/console/bookings/waiting/list")
    assert "过时没答复" not in await seat.text("/console/bookings/waiting/calls")
    assert (await seat.post(f"/console/bookings/waiting/{number}/rejoin", {})).status == 409


async def test_who_was_not_reached_and_booked_since_is_not_put_in_line(console, services_of, clock):
    seat, number = await lapsed(console, services_of, clock)
    person = (await services_of.people.ensure_caller(PHONE)).id
    at = (await services_of.hospital.free_slots("hp_test"))[0].starts_at
    booking = await services_of.hospital.book(person, "hp_test", at, PHONE)
    assert number not in await seat.text("/console/bookings/waiting/list")
    answer = await seat.post(f"/console/bookings/waiting/{number}/rejoin", {})
    assert answer.headers["Location"] == f"/console/bookings/{booking.number}"


async def test_whose_days_are_over_is_asked_before_they_wait_again(console, services_of, clock):
    seat, number = await lapsed(console, services_of, clock)
    async with services_of.db.write() as session:
        yesterday = (clock.now() - timedelta(days=1)).date()
        await session.execute(update(HospitalWaiting).values(last_day=yesterday))
    listed = await seat.text("/console/bookings/waiting/list")
    assert "问他还要不要" in listed
    assert "/rejoin" not in listed
    page = await seat.text(f"/console/bookings/waiting/{number}")
    assert "按新的日子登记" in page
    assert "/rejoin" not in page
    assert (await seat.post(f"/console/bookings/waiting/{number}/rejoin", {})).status == 422


async def test_a_wechat_user_is_told_what_was_done(console, services_of):
    seat = await console("seat")
    holder, booked = await full(services_of)
    rider = await services_of.people.ensure("wx:o1")
    await services_of.disputes.open(person_id=rider.id, dispute_type="wages", employer=None, phone=PHONE)
    number, read_back, *_ = await waits(seat, who=rider.id)
    assert "留 10 分钟" in read_back
    await services_of.hospital.cancel(holder, booked)
    assert "要打电话" not in await seat.text("/console/bookings/waiting/calls")
    page = await seat.text(f"/console/bookings/waiting/{number}")
    slot = re.search(r'name="slot" value="(\d+)"', page)[1]
    assert (await seat.post(f"/console/bookings/waiting/{number}/take", {"slot": slot})).status == 303
    told = [message.text for message in await services_of.outbox.take_due(rider.id, 9)]
    assert any("排上队了" in text for text in told)
    assert any("要了这个号" in text for text in told)


async def test_who_may_and_what_is_not_there(console, services_of):
    auditor, seat = await console("auditor"), await console("seat")
    await full(services_of)
    number, *_ = await waits(seat)
    assert (await auditor.post(f"/console/bookings/waiting/{number}/leave", {})).status == 403
    for wrong in ("PD000999", "PD1", "PD9999999999", "YY20261125-123456", "%3Cscript%3E"):
        assert (await seat.get(f"/console/bookings/waiting/{wrong}")).status == 404
    # another seat's sealed caller opens nothing
    where = await caller(seat, "hospital")
    two = await console(name="seat-two")
    assert (await two.get(where)).status == 404
    assert hidden(await seat.text(where))
