"""Callers: what a number has registered, found without joining the people who used it."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from bot.services import Services
from bot.services.clock import FixedClock
from bot.services.errors import AlreadyExists, Invalid, NotFound
from bot.services.people import split_sender

PHONE, OTHER = "13800138000", "13900139000"


async def test_a_caller_is_one_person_and_no_sender_can_be_it(services: Services) -> None:
    made = await asyncio.gather(*(services.people.ensure_caller(PHONE) for _ in range(10)))
    assert len({person.id for person in made}) == 1
    assert made[0].phone is None  # remembered only with consent
    for sender in (f"hotline:tel:{PHONE}", f"tel:{PHONE}", PHONE):
        assert split_sender(sender)[0] != "hotline"
        assert (await services.people.ensure(sender)).id != made[0].id


async def test_look_up_finds_what_the_number_registered_by_owner(services: Services) -> None:
    rider = await services.people.ensure("wx:o1")
    stranger = await services.people.ensure("wx:o2")
    caller = await services.people.ensure_caller(PHONE)
    ticket = await services.disputes.open(person_id=rider.id, dispute_type="wages", employer="蓝马", phone=PHONE)
    school = await services.school.enrol(caller.id, "bachelor", PHONE)
    await services.disputes.open(person_id=stranger.id, dispute_type="wages", employer="蓝马", phone=OTHER)

    found = await services.callers.look_up("138-0013-8000")
    assert [one.person.channel for one in found.known] == ["hotline", "wx"]
    assert [m.number for one in found.known for m in one.matters] == [school.number, ticket.number]
    assert [m.number for m in found.open("ticket", "wages")] == [ticket.number]
    assert found.open("ticket", "deposit") == []
    assert found.person(rider.id) is not None
    assert found.person(stranger.id) is None

    await services.disputes.withdraw(ticket.number, rider.id)
    assert (await services.callers.look_up(PHONE)).open("ticket") == []


async def test_what_was_erased_is_not_found(services: Services) -> None:
    caller = await services.people.ensure_caller(PHONE)
    await services.women.join(caller.id, PHONE, needs=["family"])
    await services.people.erase(caller.id)
    found = await services.callers.look_up(PHONE)
    assert found.known == ()


async def test_a_remembered_number_shows_all_of_that_person(services: Services) -> None:
    rider = await services.people.ensure("wx:o1")
    await services.people.set_consent(rider.id, True)
    await services.people.set_phone(rider.id, PHONE)
    await services.disputes.open(person_id=rider.id, dispute_type="injury", employer=None, phone=OTHER)
    (one,) = (await services.callers.look_up(PHONE)).known
    assert one.remembered
    assert [m.about for m in one.matters] == ["injury"]
    (lent,) = (await services.callers.look_up(OTHER)).known
    assert not lent.remembered


@pytest.mark.parametrize("number", ["", "12345", "1380013800", "张三"])
async def test_a_number_that_is_none(services: Services, number: str) -> None:
    with pytest.raises(Invalid):
        await services.callers.look_up(number)


async def test_a_visit_that_is_over_is_not_open(reference_services: Services, clock: FixedClock) -> None:
    caller = await reference_services.people.ensure_caller(PHONE)
    at = (await reference_services.hospital.free_slots("outpatient"))[0].starts_at
    await reference_services.hospital.book(caller.id, "outpatient", at, PHONE)
    assert (await reference_services.callers.look_up(PHONE)).open("booking", "outpatient")
    clock.advance(timedelta(days=2))
    assert (await reference_services.callers.look_up(PHONE)).open("booking") == []


async def test_a_wechat_user_takes_over_a_ticket_of_the_telephone(services: Services) -> None:
    caller = await services.people.ensure_caller(PHONE)
    ticket = await services.disputes.open(person_id=caller.id, dispute_type="wages", employer="蓝马", phone=PHONE)
    rider, web = await services.people.ensure("wx:o1"), await services.people.ensure("rest-user")
    for number, phone, person in (
        (ticket.number, OTHER, rider),
        ("LD20261125-000000", PHONE, rider),
        (ticket.number, PHONE, web),
    ):
        with pytest.raises(NotFound):
            await services.callers.claim(number, phone, person.id)
    await services.callers.claim(ticket.number, PHONE, rider.id)
    assert [one.number for one in await services.disputes.of_person(rider.id)] == [ticket.number]
    thief = await services.people.ensure("wx:o2")
    with pytest.raises(NotFound):  # it is somebody's chat now
        await services.callers.claim(ticket.number, PHONE, thief.id)


async def test_everything_else_of_the_telephone_is_taken_over_by_number_and_phone(
    reference_services: Services, clock: FixedClock
) -> None:
    services = reference_services
    caller, rider, thief = (
        (await services.people.ensure_caller(PHONE)).id,
        (await services.people.ensure("wx:o1")).id,
        (await services.people.ensure("wx:o2")).id,
    )
    web = (await services.people.ensure("rest-user")).id
    at = (await services.hospital.free_slots("outpatient"))[-1].starts_at
    visit = await services.hospital.book(caller, "outpatient", at, PHONE)
    lesson = (await services.safety.education.free_sessions("video"))[-1]
    learning = await services.safety.education.book(caller, lesson.id, PHONE)
    enrolment = await services.school.enrol(caller, "bachelor", PHONE)
    screening = await services.women.sign_up(caller, "35_64", PHONE)
    fitness = await services.requests.submit(person_id=caller, kind="fitness_test", phone=PHONE)
    idea = await services.suggestions.leave(person_id=caller, text="多设几个驿站")
    numbers = [one.number for one in (visit, learning, enrolment, screening, fitness, idea)]
    take = services.callers.take_over
    for number in numbers:
        for phone, person in ((OTHER, rider), (PHONE, web), (PHONE, caller)):
            with pytest.raises(NotFound):
                await take(number, phone, person)
    with pytest.raises(NotFound):
        await take("YY20261125-000000", PHONE, rider)
    assert [await take(number, PHONE, rider) for number in numbers] == [
        "booking", "education", "enrolment", "screening", "request", "suggestion",
    ]  # fmt: skip
    assert [one.number for one in await services.hospital.bookings(rider)] == [visit.number]
    assert [one.number for one in await services.safety.education.bookings(rider)] == [learning.number]
    with pytest.raises(AlreadyExists):  # what may exist once is his now
        await services.hospital.book(
            rider, "outpatient", (await services.hospital.free_slots("outpatient"))[0].starts_at, PHONE
        )
    for number in numbers:  # it is somebody's chat now
        with pytest.raises(NotFound):
            await take(number, PHONE, thief)
    clock.advance(at - clock.now() - timedelta(hours=2))
    texts = [message.text for message in await services.outbox.take_due(rider, 9)]
    assert any(visit.number in text for text in texts)  # the reminder goes to who can read it
    await services.hospital.cancel(rider, visit.number)


async def test_what_may_exist_once_is_not_taken_over_twice(reference_services: Services) -> None:
    services = reference_services
    caller, rider = (await services.people.ensure_caller(PHONE)).id, (await services.people.ensure("wx:o1")).id
    free = await services.hospital.free_slots("outpatient")
    visit = await services.hospital.book(caller, "outpatient", free[0].starts_at, PHONE)
    own = await services.hospital.book(rider, "outpatient", free[1].starts_at, PHONE)
    with pytest.raises(AlreadyExists):
        await services.callers.take_over(visit.number, PHONE, rider)
    assert [one.number for one in await services.hospital.bookings(rider)] == [own.number]
    assert [one.number for one in await services.hospital.bookings(caller)] == [visit.number]


async def test_a_number_that_can_be_counted_up_moves_nothing(reference_services: Services) -> None:
    services = reference_services
    caller, rider = (await services.people.ensure_caller(PHONE)).id, (await services.people.ensure("wx:o1")).id
    waits = await services.hospital.waiting.join(caller, "outpatient", PHONE)
    with pytest.raises(NotFound):
        await services.callers.take_over(waits.number, PHONE, rider)
