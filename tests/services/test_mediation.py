"""Mediation hours: made on working days, never sold twice, one a ticket, links only when set."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
import pytest_asyncio
from sqlalchemy import select

from bot.services import Services, build_services
from bot.services.clock import FixedClock
from bot.services.errors import AlreadyExists, Invalid, NotFound, QuotaExhausted, WrongState
from bot.services.importing import load_demo
from bot.storage.base import Database
from bot.storage.mediation import MediationSlot
from bot.storage.outbox import OutboxMessage


@pytest_asyncio.fixture
async def services(db: Database, clock: FixedClock) -> Services:
    await load_demo(db)
    return build_services(db, clock)


async def _ticket(services: Services, sender: str, kind: str = "wages") -> tuple[str, str]:
    person = (await services.people.ensure(sender)).id
    ticket = await services.disputes.open(person_id=person, dispute_type=kind, employer="甲", phone="13800138000")
    return person, ticket.number


async def test_free_hours_fit_the_matter_and_lie_ahead(services: Services, clock: FixedClock) -> None:
    hours = await services.mediation.free("wages", limit=20)
    assert hours
    assert all(hour.starts_at > clock.now() and hour.demo for hour in hours)
    assert [hour.starts_at for hour in hours] == sorted(hour.starts_at for hour in hours)
    again = await services.mediation.free("wages", limit=20)
    assert [hour.slot_id for hour in again] == [hour.slot_id for hour in hours]


async def test_no_hours_on_holidays(services: Services, clock: FixedClock) -> None:
    clock.moment = clock.moment.replace(month=9, day=30)
    days = {hour.starts_at.date().isoformat() for hour in await services.mediation.free(limit=50)}
    assert days
    assert not any("2026-10-01" <= day <= "2026-10-07" for day in days)


async def test_a_crowd_for_one_hour(services: Services, db: Database) -> None:
    people = [await _ticket(services, f"rider{n}") for n in range(12)]
    hour = (await services.mediation.free("wages"))[0]
    results = await asyncio.gather(
        *(services.mediation.book(person_id=p, ticket_number=t, slot_id=hour.slot_id) for p, t in people),
        return_exceptions=True,
    )
    full = [result for result in results if isinstance(result, QuotaExhausted)]
    assert len(results) - len(full) == 1
    assert full[0].alternatives
    assert hour.slot_id not in [free.slot_id for free in full[0].alternatives]
    async with db.read() as session:
        slot = await session.get_one(MediationSlot, hour.slot_id)
        assert slot.taken == slot.capacity == 1


async def test_one_hour_a_ticket_and_back_again(services: Services) -> None:
    person, number = await _ticket(services, "rider")
    first, second = (await services.mediation.free("wages"))[:2]
    booked = await services.mediation.book(person_id=person, ticket_number=number, slot_id=first.slot_id, key="k")
    same = await services.mediation.book(person_id=person, ticket_number=number, slot_id=first.slot_id, key="k")
    assert same.session.number == booked.session.number
    assert booked.hour.expert == first.expert
    with pytest.raises(AlreadyExists) as caught:
        await services.mediation.book(person_id=person, ticket_number=number, slot_id=second.slot_id)
    assert caught.value.existing.number == booked.session.number
    await services.mediation.cancel(person, booked.session.number)
    assert await services.mediation.of_person(person) == []
    assert first.slot_id in [hour.slot_id for hour in await services.mediation.free("wages")]
    await services.mediation.book(person_id=person, ticket_number=number, slot_id=second.slot_id)
    assert len(await services.mediation.of_person(person)) == 1


async def test_only_for_an_open_ticket_of_ones_own(services: Services) -> None:
    person, number = await _ticket(services, "rider")
    other, _ = await _ticket(services, "other")
    slot = (await services.mediation.free("wages"))[0].slot_id
    with pytest.raises(NotFound):
        await services.mediation.book(person_id=other, ticket_number=number, slot_id=slot)
    await services.disputes.withdraw(number, person)
    with pytest.raises(WrongState):
        await services.mediation.book(person_id=person, ticket_number=number, slot_id=slot)


async def test_online_needs_an_expert_who_sits_online_and_a_real_link(services: Services, db: Database) -> None:
    person, number = await _ticket(services, "rider")
    hours = await services.mediation.free(limit=50)
    offline = next(hour for hour in hours if not hour.online)
    online = next(hour for hour in hours if hour.online)
    with pytest.raises(Invalid):
        await services.mediation.book(person_id=person, ticket_number=number, slot_id=offline.slot_id, online=True)
    booked = await services.mediation.book(person_id=person, ticket_number=number, slot_id=online.slot_id, online=True)
    assert booked.session.link is None
    with pytest.raises(Invalid):
        await services.mediation.set_link(booked.session.number, "javascript:alert(1)")
    await services.mediation.set_link(booked.session.number, "https://meet.example.org/1")
    async with db.read() as session:
        texts = list(await session.scalars(select(OutboxMessage.text)))
    assert sum("https://meet.example.org/1" in text for text in texts) == 1


async def test_reminder_goes_when_the_hour_is_cancelled(services: Services, db: Database) -> None:
    person, number = await _ticket(services, "rider")
    hour = (await services.mediation.free("wages", limit=20))[-1]
    booked = await services.mediation.book(person_id=person, ticket_number=number, slot_id=hour.slot_id)
    async with db.read() as session:
        reminder = await session.scalar(select(OutboxMessage).where(OutboxMessage.key.like("mediation:%")))
    assert reminder is not None
    assert reminder.due.date() == hour.starts_at.date() - timedelta(days=1)
    await services.mediation.cancel(person, booked.session.number)
    async with db.read() as session:
        assert await session.scalar(select(OutboxMessage.state)) == "withdrawn"


async def test_erasure_gives_the_hour_back(services: Services) -> None:
    person, number = await _ticket(services, "rider")
    hour = (await services.mediation.free("wages"))[0]
    await services.mediation.book(person_id=person, ticket_number=number, slot_id=hour.slot_id)
    await services.people.erase(person)
    assert hour.slot_id in [free.slot_id for free in await services.mediation.free("wages")]
    day = hour.starts_at.date()
    assert await services.mediation.of_day(day) == []
