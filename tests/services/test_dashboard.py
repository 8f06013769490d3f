"""Counts for the dashboard: an hour is counted once, whoever counts; the page sums counted hours and what came since."""

from __future__ import annotations

import asyncio
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import insert, select

from bot.services import Services, build_services
from bot.services.clock import SHANGHAI
from bot.services.dashboard import TurnFilter
from bot.services.turn_hours import bucket_of, percentile
from bot.storage.disputes import DisputeTicket
from bot.storage.handoff import Handoff
from bot.storage.knowledge import CountedHour, ReviewItem, TurnHour
from bot.storage.transcript import TranscriptTurn

MONDAY, TUESDAY, WEDNESDAY = date(2026, 11, 23), date(2026, 11, 24), date(2026, 11, 25)  # now: Wednesday 10:00


async def said(services: Services, *turns: tuple[str, str] | tuple[str, str, float]) -> None:
    """("2026-11-24 09:05", topic[, milliseconds])."""
    rows = [
        {
            "at": datetime.fromisoformat(at).replace(tzinfo=SHANGHAI),
            "text": f"{topic} 13912345678",
            "topic": topic,
            "confidence": 0.9,
            "reply": "好",
            "milliseconds": rest[0] if rest else 20.0,
        }
        for at, topic, *rest in turns
    ]
    async with services.db.write() as session:
        await session.execute(insert(TranscriptTurn), rows)


TURNS = (
    ("2026-11-23 23:59", "station/hours"),
    ("2026-11-24 00:00", "station/hours"),
    ("2026-11-24 09:05", "open_dispute"),
    ("2026-11-24 09:50", "greet", 400.0),
    ("2026-11-25 08:30", "station/hours"),
    ("2026-11-25 09:55", "book_hospital"),
)


async def sums(services: Services) -> list[tuple[int, dict[int, int], dict[int, int]]]:
    found = await services.dashboard.turns(MONDAY, WEDNESDAY)
    return [(day.turns, dict(day.initiatives), dict(day.hours)) for day in found.days.values()]


EXPECTED = [
    (1, {1: 1}, {23: 1}),
    (3, {1: 1, 2: 1, 0: 1}, {0: 1, 9: 2}),
    (2, {1: 1, 6: 1}, {8: 1, 9: 1}),
]


async def test_days_are_those_of_kunshan_before_and_after_counting(services: Services) -> None:
    await said(services, *TURNS[4:])
    assert await sums(services) == [(0, {}, {}), (0, {}, {}), EXPECTED[2]]  # nothing counted, all read
    await said(services, *TURNS[:4])
    await services.dashboard.count_hours()
    assert await sums(services) == EXPECTED
    assert await sums(services) == EXPECTED  # days that are over come from memory now
    assert await sums(build_services(services.db, services.clock)) == EXPECTED
    found = await services.dashboard.turns(MONDAY, WEDNESDAY)
    assert found.counted_until == datetime(2026, 11, 25, 9, tzinfo=SHANGHAI)  # 9:50 is not yet sure
    assert not found.behind
    assert found.days[TUESDAY].buckets == {bucket_of(20.0): 2, bucket_of(400.0): 1}


async def test_an_hour_is_counted_once_however_many_count(services: Services, clock) -> None:
    await said(services, *TURNS)
    others = [build_services(services.db, clock).dashboard for _ in range(3)]
    await asyncio.gather(*(one.count_hours() for one in others))
    clock.advance(timedelta(hours=1))
    await asyncio.gather(*(one.count_hours() for one in others))
    async with services.db.read() as session:
        hours = list(await session.scalars(select(CountedHour.hour).order_by(CountedHour.hour)))
        turns = sum(await session.scalars(select(TurnHour.turns)))
    assert turns == len(TURNS)
    assert hours[0] == datetime(2026, 11, 23, 23, tzinfo=SHANGHAI)
    assert hours[-1] == datetime(2026, 11, 25, 9, tzinfo=SHANGHAI)
    assert len(hours) == 35
    assert await sums(services) == EXPECTED


async def test_what_is_not_counted_for_long_is_said_and_not_read(services: Services) -> None:
    await said(services, *TURNS)
    found = await services.dashboard.turns(MONDAY, WEDNESDAY)
    assert found.behind
    assert sum(day.turns for day in found.days.values()) == 0
    await services.dashboard.count_hours()
    assert not (await services.dashboard.turns(MONDAY, WEDNESDAY)).behind


async def test_nothing_was_said(services: Services) -> None:
    assert await services.dashboard.count_hours() == 0
    found = await services.dashboard.turns(MONDAY, WEDNESDAY)
    assert len(found.days) == 3
    assert not found.behind
    assert (await services.dashboard.tickets(MONDAY, WEDNESDAY)).total == 0
    assert (await services.dashboard.handoffs(MONDAY, WEDNESDAY)).wait is None


def test_percentiles_are_right_to_a_twentieth() -> None:
    times = [float(n) for n in range(1, 1001)]
    buckets: dict[int, int] = {}
    for one in times:
        buckets[bucket_of(one)] = buckets.get(bucket_of(one), 0) + 1
    assert percentile(buckets, 0.5) == pytest.approx(500, rel=0.06)
    assert percentile(buckets, 0.95) == pytest.approx(950, rel=0.06)
    assert percentile({}, 0.5) is None
    assert bucket_of(0.0) == bucket_of(1.0) == 0
    assert bucket_of(1e12) == 150


async def test_turns_are_listed_by_what_they_are_about_and_when(services: Services) -> None:
    await said(services, *TURNS)

    async def listed(**more: object) -> list[str]:
        rows = await services.dashboard.list_turns(TurnFilter(MONDAY, WEDNESDAY, **more))
        return [f"{row.at:%d %H:%M}" for row in rows]

    assert await listed() == ["25 09:55", "25 08:30", "24 09:50", "24 09:05", "24 00:00", "23 23:59"]
    assert await listed(initiative=1) == ["25 08:30", "24 00:00", "23 23:59"]
    assert await listed(initiative=0) == ["24 09:50"]
    assert await listed(topic="open_dispute") == ["24 09:05"]
    assert await listed(weekday=2, hour=9) == ["24 09:50", "24 09:05"]
    assert await listed(weekday=1) == ["23 23:59"]
    assert (await listed(slow=True))[0] == "24 09:50"


async def test_questions_up_for_review_by_day(services: Services) -> None:
    async with services.db.write() as session:
        for at, reason in (("24T23:59", "low_confidence"), ("25T00:00", "low_confidence"), ("25T09:00", "disliked")):
            moment = datetime.fromisoformat(f"2026-11-{at}:00+08:00")
            session.add(ReviewItem(text="啥", reason=reason, created_at=moment))
    found = await services.dashboard.turns(MONDAY, WEDNESDAY)
    assert found.unanswered == {TUESDAY: 1, WEDNESDAY: 1}
    assert found.disliked == {WEDNESDAY: 1}


async def test_what_happens_today_is_seen_at_once_and_the_past_after_a_minute(services: Services, monkeypatch) -> None:
    async def found(at: str) -> dict[date, int]:
        async with services.db.write() as session:
            moment = datetime.fromisoformat(f"{at}+08:00")
            session.add(ReviewItem(text="啥", reason="low_confidence", created_at=moment))
        return dict((await services.dashboard.turns(MONDAY, WEDNESDAY)).unanswered)

    assert await found("2026-11-24T09:00:00") == {TUESDAY: 1}
    assert await found("2026-11-24T09:00:00") == {TUESDAY: 1}  # kept
    assert await found("2026-11-25T09:00:00") == {TUESDAY: 1, WEDNESDAY: 1}
    monkeypatch.setattr("bot.services.dashboard.KEPT", -1.0)
    assert await found("2026-11-25T09:30:00") == {TUESDAY: 2, WEDNESDAY: 2}


def ticket(number: int, kind: str, district: str | None, state: str, contact: date, finish: date) -> DisputeTicket:
    at = datetime(2026, 11, 24, 9, tzinfo=SHANGHAI)
    return DisputeTicket(
        number=f"LD{number}",
        dispute_type=kind,
        district=district,
        window_code="w",
        window_name="窗口",
        state=state,
        contact_due=contact,
        finish_due=finish,
        created_at=at,
        updated_at=at,
    )


async def test_tickets_by_type_place_and_clock(services: Services) -> None:
    late, far = date(2026, 11, 24), date(2026, 12, 1)
    rows = [
        ticket(1, "wages", "花桥", "received", late, far),  # nobody has called by yesterday
        ticket(2, "wages", None, "received", WEDNESDAY, WEDNESDAY),
        ticket(3, "deposit", "花桥", "waiting", late, late),  # its clock stands still
        ticket(4, "deposit", "花桥", "closed", late, late),
        ticket(5, "wages", "张浦", "received", far, far),
    ]
    async with services.db.write() as session:
        session.add_all(rows)
    found = await services.dashboard.tickets(MONDAY, WEDNESDAY)
    assert found.by_type == {"wages": 3, "deposit": 2}
    assert found.by_district == {"花桥": 3, None: 1, "张浦": 1}
    assert found.clock == {"late": 1, "today": 1, "waiting": 1, "on_time": 1}
    assert (await services.tickets.counts()).late == 1  # the queue's own rule
    assert (await services.dashboard.tickets(WEDNESDAY, WEDNESDAY)).total == 0


async def test_hand_overs_and_how_long_people_waited(services: Services) -> None:
    person = await services.people.ensure("wx:o1")
    at = datetime(2026, 11, 24, 9, tzinfo=SHANGHAI)
    async with services.db.write() as session:
        for minutes, state in ((2, "closed"), (4, "closed"), (9, "taken"), (None, "waiting")):
            taken = at + timedelta(minutes=minutes) if minutes else None
            session.add(
                Handoff(person_id=person.id, reason="asked", state=state, created_at=at, taken_at=taken, last_at=at)
            )
    found = await services.dashboard.handoffs(MONDAY, WEDNESDAY)
    assert found.by_day == {TUESDAY: 4}
    assert found.by_reason == {"asked": 4}
    assert (found.waiting, found.taken, found.wait) == (1, 1, timedelta(minutes=4))


async def test_bookings_and_the_quota_of_the_year(reference_services: Services) -> None:
    services = reference_services
    person = await services.people.ensure("wx:o1")
    slots = await services.hospital.free_slots("hp_test")
    await services.hospital.book(person.id, "hp_test", slots[0].starts_at, phone="13912345678")
    found = {one.code: one for one in await services.dashboard.bookings(WEDNESDAY, WEDNESDAY + timedelta(days=30))}
    assert found["hp_test"].quota == (1, 100)
    assert found["hp_test"].ahead == 1
    assert found["hp_test"].statuses == {"booked": 1}
    assert found["outpatient"].quota is None
