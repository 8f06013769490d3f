"""昆小哥医院: slots on working days, exact numbers under a crowd, safe changes, the waiting list."""

from __future__ import annotations

import asyncio
from datetime import date, datetime, time, timedelta

import pytest
import pytest_asyncio
from sqlalchemy import func, select

from bot.geo.files import REFERENCE_DIR
from bot.services.clock import SHANGHAI, FixedClock
from bot.services.errors import AlreadyExists, Invalid, NotFound, QuotaExhausted, WrongState
from bot.services.hospital import HospitalService, YearQuotaExhausted
from bot.services.hospital_places import IMPORTS, Window
from bot.services.importing import import_table
from bot.services.people import PeopleService
from bot.services.table_files import read_table
from bot.storage.base import Database
from bot.storage.hospital import HospitalBooking, HospitalChannel, HospitalQuota, HospitalSlot, HospitalWaiting
from bot.storage.outbox import OutboxMessage
from bot.storage.people import Person

PHONE = "13812345678"


@pytest_asyncio.fixture
async def hospital(db: Database, clock: FixedClock) -> HospitalService:
    report = await import_table(db, IMPORTS[0], read_table(REFERENCE_DIR / "hospital_channels.csv"), clock=clock)
    assert report.errors == []
    return HospitalService(db, clock)


def at(day: int, hour: int, minute: int = 0, month: int = 12) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=SHANGHAI)


async def people(db: Database, clock: FixedClock, count: int) -> list[str]:
    async with db.write() as session:
        rows = [
            Person(channel="rest", external_id=f"p{n}", created_at=clock.now(), seen_at=clock.now())
            for n in range(count)
        ]
        session.add_all(rows)
    return [row.id for row in rows]


async def taken(db: Database, channel: str, starts_at: datetime) -> int:
    async with db.read() as session:
        found = await session.scalar(
            select(HospitalSlot.taken).where(HospitalSlot.channel == channel, HospitalSlot.starts_at == starts_at)
        )
    assert found is not None
    return found


async def quota_taken(db: Database, year: int = 2026) -> int:
    async with db.read() as session:
        return await session.scalar(select(HospitalQuota.taken).where(HospitalQuota.year == year)) or 0


async def outbox(db: Database, prefix: str = "") -> list[OutboxMessage]:
    async with db.read() as session:
        rows = await session.scalars(select(OutboxMessage).order_by(OutboxMessage.id))
        return [row for row in rows if row.key.startswith(prefix) and row.state != "withdrawn"]


async def set_channel(db: Database, code: str, **values: object) -> None:
    async with db.write() as session:
        row = await session.scalar(select(HospitalChannel).where(HospitalChannel.code == code))
        assert row is not None
        for name, value in values.items():
            setattr(row, name, value)


# -- slots -------------------------------------------------------------------------------------------------


async def test_slots_are_on_working_days_up_to_the_horizon(hospital: HospitalService) -> None:
    free = await hospital.free_slots("outpatient")
    days = {slot.starts_at.date() for slot in free}
    assert min(slot.starts_at for slot in free) == at(25, 10, 30, month=11)
    assert max(days) == date(2026, 12, 9) == await hospital.last_day("outpatient")
    assert all(day.weekday() < 5 for day in days)
    assert len(free) == 7 + 10 * 11  # what is left of today, then ten working days
    assert {slot.left for slot in free} == {4}


async def test_a_window_narrows_days_and_hours(hospital: HospitalService) -> None:
    morning = Window(date(2026, 12, 2), date(2026, 12, 2), time(6), time(12))
    free = await hospital.free_slots("outpatient", morning)
    assert [f"{slot.starts_at:%H:%M}" for slot in free] == ["08:30", "09:00", "09:30", "10:00", "10:30"]
    assert len(await hospital.free_slots("outpatient", morning, limit=2)) == 2
    assert await hospital.free_slots("outpatient", Window(date(2026, 11, 28), date(2026, 11, 29))) == []


async def test_the_next_days_open_as_time_goes_by(hospital: HospitalService, clock: FixedClock) -> None:
    await hospital.free_slots("hp_test")
    clock.advance(timedelta(days=7))
    free = await hospital.free_slots("hp_test")
    assert max(slot.starts_at for slot in free) == at(16, 10)
    assert len(free) == len({slot.starts_at for slot in free})


async def test_a_holiday_is_no_working_day(hospital: HospitalService, clock: FixedClock) -> None:
    clock.moment = datetime(2026, 9, 28, 10, 0, tzinfo=SHANGHAI)
    days = {slot.starts_at.date() for slot in await hospital.free_slots("outpatient")}
    assert date(2026, 9, 30) in days
    assert date(2026, 10, 1) not in days
    assert date(2026, 10, 2) not in days


async def test_an_unknown_channel_is_said_to_be_unknown(hospital: HospitalService) -> None:
    with pytest.raises(NotFound):
        await hospital.free_slots("dentist")


# -- booking -----------------------------------------------------------------------------------------------


async def test_a_booking_has_a_number_takes_a_place_and_reminds_the_day_before(
    hospital: HospitalService, db: Database, clock: FixedClock
) -> None:
    (person,) = await people(db, clock, 1)
    booking = await hospital.book(person, "outpatient", at(2, 9), PHONE)
    assert booking.number.startswith("YY20261125-")
    assert (booking.status, booking.starts_at) == ("booked", at(2, 9))
    assert await taken(db, "outpatient", at(2, 9)) == 1
    (reminder,) = await outbox(db)
    assert reminder.due == at(1, 17)
    assert booking.number in reminder.text
    assert "12月2日（周三）09:00" in reminder.text


async def test_no_reminder_when_the_day_before_is_over(
    hospital: HospitalService, db: Database, clock: FixedClock
) -> None:
    (person,) = await people(db, clock, 1)
    await hospital.book(person, "outpatient", at(25, 14, month=11), PHONE)
    assert await outbox(db) == []


async def test_one_booking_a_channel_a_person(hospital: HospitalService, db: Database, clock: FixedClock) -> None:
    (person,) = await people(db, clock, 1)
    first = await hospital.book(person, "outpatient", at(2, 9), PHONE)
    with pytest.raises(AlreadyExists) as second:
        await hospital.book(person, "outpatient", at(3, 9), PHONE)
    assert second.value.existing.number == first.number
    other = await hospital.book(person, "health_cert", at(3, 9), PHONE)
    assert {b.number for b in await hospital.bookings(person)} == {first.number, other.number}
    assert await taken(db, "outpatient", at(3, 9)) == 0


async def test_a_double_tap_is_one_booking(hospital: HospitalService, db: Database, clock: FixedClock) -> None:
    (person,) = await people(db, clock, 1)
    same = await asyncio.gather(*(hospital.book(person, "outpatient", at(2, 9), PHONE, key="wx:1") for _ in range(8)))
    assert len({booking.number for booking in same}) == 1
    results = await asyncio.gather(
        *(hospital.book(person, "health_cert", at(2, 9), PHONE, key=f"tap:{n}") for n in range(8)),
        return_exceptions=True,
    )
    assert sum(isinstance(r, HospitalBooking) for r in results) == 1
    assert sum(isinstance(r, AlreadyExists) for r in results) == 7
    assert await taken(db, "outpatient", at(2, 9)) == 1
    assert await taken(db, "health_cert", at(2, 9)) == 1


async def test_full_or_past_gives_the_nearest_free_times_on_both_sides(
    hospital: HospitalService, db: Database, clock: FixedClock
) -> None:
    ids = await people(db, clock, 3)
    for person in ids[:2]:
        await hospital.book(person, "hp_test", at(2, 9), PHONE)
    with pytest.raises(QuotaExhausted) as full:
        await hospital.book(ids[2], "hp_test", at(2, 9), PHONE)
    assert not isinstance(full.value, YearQuotaExhausted)
    assert [slot.starts_at for slot in full.value.alternatives] == [
        at(2, 8, 30),
        at(2, 9, 30),
        at(2, 8),
        at(2, 10),
    ]
    with pytest.raises(QuotaExhausted) as past:
        await hospital.book(ids[2], "hp_test", at(24, 9, month=11), PHONE)
    assert past.value.alternatives[0].starts_at == at(26, 8, month=11)
    with pytest.raises(QuotaExhausted):  # a Sunday
        await hospital.book(ids[2], "hp_test", at(29, 9, month=11), PHONE)
    assert await quota_taken(db) == 2


async def test_of_a_crowd_exactly_the_last_hundred_get_the_free_test(
    hospital: HospitalService, db: Database, clock: FixedClock
) -> None:
    await set_channel(db, "hp_test", capacity=200)
    ids = await people(db, clock, 200)
    gate = asyncio.Semaphore(40)

    async def book(person: str, number: int) -> object:
        async with gate:
            try:
                return await hospital.book(person, "hp_test", at(2 + number % 3, 9), PHONE, key=f"k{number}")
            except QuotaExhausted as full:
                return full

    results = await asyncio.gather(*(book(person, n) for n, person in enumerate(ids)))
    assert sum(isinstance(r, HospitalBooking) for r in results) == 100
    refused = [r for r in results if isinstance(r, YearQuotaExhausted)]
    assert len(refused) == 100
    assert all(r.alternatives == [] for r in refused)
    async with db.read() as session:
        assert await session.scalar(select(func.count()).select_from(HospitalBooking)) == 100
        assert await session.scalar(select(func.sum(HospitalSlot.taken))) == 100
    assert (await hospital.quota("hp_test")).left == 0
    assert await hospital.free_slots("hp_test") == []


async def test_the_quota_is_that_of_the_year_of_the_visit(
    hospital: HospitalService, db: Database, clock: FixedClock
) -> None:
    clock.moment = datetime(2026, 12, 28, 10, 0, tzinfo=SHANGHAI)
    await set_channel(db, "hp_test", yearly_quota=1, capacity=5)
    ids = await people(db, clock, 2)
    new_year = datetime(2027, 1, 5, 9, 0, tzinfo=SHANGHAI)
    await hospital.book(ids[0], "hp_test", at(30, 9), PHONE)
    with pytest.raises(YearQuotaExhausted) as spent:
        await hospital.book(ids[1], "hp_test", at(31, 9), PHONE)
    assert {slot.starts_at.year for slot in spent.value.alternatives} == {2027}
    booking = await hospital.book(ids[1], "hp_test", new_year, PHONE)
    assert booking.starts_at == new_year
    assert (await hospital.quota("hp_test", 2027)).left == 0
    assert (await hospital.quota("outpatient")).left is None


# -- changing ----------------------------------------------------------------------------------------------


async def test_rescheduling_moves_place_and_reminder(
    hospital: HospitalService, db: Database, clock: FixedClock
) -> None:
    (person,) = await people(db, clock, 1)
    booking = await hospital.book(person, "hp_test", at(2, 9), PHONE)
    moved = await hospital.reschedule(person, booking.number, at(4, 9))
    again = await hospital.reschedule(person, booking.number, at(4, 9))
    assert moved.number == again.number == booking.number
    assert (await taken(db, "hp_test", at(2, 9)), await taken(db, "hp_test", at(4, 9))) == (0, 1)
    assert await quota_taken(db) == 1
    (reminder,) = await outbox(db)
    assert reminder.due == at(3, 17)


async def test_when_the_new_time_is_full_the_old_one_stays(
    hospital: HospitalService, db: Database, clock: FixedClock
) -> None:
    await set_channel(db, "hp_test", yearly_quota=3)
    ids = await people(db, clock, 3)
    booking = await hospital.book(ids[0], "hp_test", at(2, 9), PHONE)
    for person in ids[1:]:
        await hospital.book(person, "hp_test", at(3, 9), PHONE)
    with pytest.raises(QuotaExhausted) as full:
        await hospital.reschedule(ids[0], booking.number, at(3, 9))
    assert full.value.alternatives[0].starts_at == at(3, 8, 30)  # although the year's quota is spent
    assert (await hospital.booking(ids[0], booking.number)).starts_at == at(2, 9)
    assert await taken(db, "hp_test", at(2, 9)) == 1
    assert await quota_taken(db) == 3


async def test_a_race_to_reschedule_never_loses_or_doubles_a_place(
    hospital: HospitalService, db: Database, clock: FixedClock
) -> None:
    ids = await people(db, clock, 12)
    slots = [at(2, 8), at(2, 8, 30), at(2, 9), at(2, 9, 30), at(2, 10), at(3, 8)]
    bookings = [await hospital.book(person, "hp_test", slots[n // 2], PHONE) for n, person in enumerate(ids)]
    targets = [at(4, 8), at(4, 8, 30), at(2, 8), at(2, 8, 30)]
    results = await asyncio.gather(
        *(
            hospital.reschedule(person, booking.number, targets[n % 4])
            for n, (person, booking) in enumerate(zip(ids, bookings, strict=True))
        ),
        return_exceptions=True,
    )
    assert all(isinstance(r, HospitalBooking | QuotaExhausted) for r in results), results
    async with db.read() as session:
        rows = list(await session.scalars(select(HospitalSlot).where(HospitalSlot.taken > 0)))
        held = dict(
            (await session.execute(select(HospitalBooking.slot_id, func.count()).group_by(HospitalBooking.slot_id)))
            .tuples()
            .all()
        )
    assert {row.id: row.taken for row in rows} == held
    assert sum(held.values()) == 12
    assert await quota_taken(db) == 12


async def test_cancel_gives_place_and_quota_back_and_one_may_book_again(
    hospital: HospitalService, db: Database, clock: FixedClock
) -> None:
    (person,) = await people(db, clock, 1)
    booking = await hospital.book(person, "hp_test", at(2, 9), PHONE)
    await asyncio.gather(*(hospital.cancel(person, booking.number) for _ in range(5)))
    assert (await taken(db, "hp_test", at(2, 9)), await quota_taken(db)) == (0, 0)
    assert await outbox(db) == []
    again = await hospital.book(person, "hp_test", at(2, 9), PHONE)
    assert again.number != booking.number
    assert [b.status for b in await hospital.bookings(person, past=True)] == ["booked", "cancelled"]


async def test_nobody_sees_or_changes_anothers_booking(
    hospital: HospitalService, db: Database, clock: FixedClock
) -> None:
    owner, stranger = await people(db, clock, 2)
    booking = await hospital.book(owner, "outpatient", at(2, 9), PHONE)
    with pytest.raises(NotFound):
        await hospital.booking(stranger, booking.number)
    with pytest.raises(NotFound):
        await hospital.cancel(stranger, booking.number)
    with pytest.raises(NotFound):
        await hospital.reschedule(stranger, booking.number, at(3, 9))
    assert await hospital.bookings(stranger) == []


# -- the desk ----------------------------------------------------------------------------------------------


async def test_the_desk_marks_who_came(hospital: HospitalService, db: Database, clock: FixedClock) -> None:
    came, missed = await people(db, clock, 2)
    one = await hospital.book(came, "hp_test", at(26, 8, month=11), PHONE)
    two = await hospital.book(missed, "hp_test", at(26, 8, month=11), PHONE)
    assert [b.number for b in await hospital.desk.of_day(date(2026, 11, 26), "hp_test")] == [
        one.number,
        two.number,
    ]
    clock.advance(timedelta(days=1))
    assert (await hospital.desk.mark(one.number, "attended")).status == "attended"
    assert (await hospital.desk.mark(two.number, "no_show")).status == "no_show"
    assert await quota_taken(db) == 1
    with pytest.raises(WrongState):
        await hospital.cancel(came, one.number)
    with pytest.raises(AlreadyExists):  # the free test of this year was used
        await hospital.book(came, "hp_test", at(2, 9), PHONE)
    assert (await hospital.book(missed, "hp_test", at(2, 9), PHONE)).status == "booked"


async def test_a_closed_day_frees_it_and_tells_those_who_had_booked(
    hospital: HospitalService, db: Database, clock: FixedClock
) -> None:
    (person,) = await people(db, clock, 1)
    await hospital.book(person, "outpatient", at(2, 9), PHONE)
    assert await hospital.desk.close_day(date(2026, 12, 2), "设备检修") == 1
    assert await hospital.desk.close_day(date(2026, 12, 2), "设备检修") == 0
    assert await hospital.free_slots("outpatient", Window(date(2026, 12, 2), date(2026, 12, 2))) == []
    with pytest.raises(QuotaExhausted):
        await hospital.book(person, "outpatient", at(2, 10), PHONE)
    (notice,) = await outbox(db, "closed:")
    assert "设备检修" in notice.text
    assert await hospital.bookings(person) == []


# -- the waiting list --------------------------------------------------------------------------------------


async def fill(hospital: HospitalService, db: Database, ids: list[str]) -> list[HospitalBooking]:
    """Two people have the only two free tests there are."""
    await set_channel(db, "hp_test", yearly_quota=2)
    return [await hospital.book(person, "hp_test", at(2, 9), PHONE) for person in ids]


async def test_a_place_that_comes_free_is_offered_to_the_first_in_line(
    hospital: HospitalService, db: Database, clock: FixedClock
) -> None:
    one, two, first, second = await people(db, clock, 4)
    booked = await fill(hospital, db, [one, two])
    waiting = await hospital.waiting.join(first, "hp_test", PHONE)
    later = await hospital.waiting.join(second, "hp_test", PHONE)
    assert (await hospital.waiting.position(waiting.id), await hospital.waiting.position(later.id)) == (1, 2)
    await hospital.cancel(one, booked[0].number)
    found = await hospital.waiting.offer(first)
    assert found is not None
    offer, starts_at = found
    assert offer.offer_until == clock.now() + timedelta(minutes=10)
    assert await hospital.waiting.offer(second) is None
    (message,) = await outbox(db, "offer:")
    assert message.person_id == first
    assert "10分钟" in message.text
    with pytest.raises(YearQuotaExhausted):  # it is held: nobody else can take it
        await hospital.book(one, "hp_test", starts_at, PHONE)
    booking = await hospital.accept_offer(first, key="wx:9")
    assert (booking.starts_at, booking.phone) == (starts_at, PHONE)
    assert (await hospital.accept_offer(first, key="wx:9")).number == booking.number
    assert await quota_taken(db) == 2


async def test_an_offer_not_taken_in_time_goes_to_the_next(
    hospital: HospitalService, db: Database, clock: FixedClock
) -> None:
    one, two, first, second = await people(db, clock, 4)
    booked = await fill(hospital, db, [one, two])
    await hospital.waiting.join(first, "hp_test", PHONE)
    await hospital.waiting.join(second, "hp_test", PHONE)
    await hospital.cancel(one, booked[0].number)
    clock.advance(timedelta(minutes=11))
    await hospital.tick()
    with pytest.raises(NotFound):
        await hospital.accept_offer(first)
    assert await hospital.waiting.offer(second) is not None
    assert [m.person_id for m in await outbox(db, "offer-expired:")] == [first]
    assert await hospital.waiting.leave(second) == 1
    assert (await hospital.quota("hp_test")).left == 1


async def test_who_books_by_themselves_no_longer_waits(
    hospital: HospitalService, db: Database, clock: FixedClock
) -> None:
    one, two, first = await people(db, clock, 3)
    booked = await fill(hospital, db, [one, two])
    await hospital.waiting.join(first, "hp_test", PHONE, Window(date(2026, 12, 3), date(2026, 12, 3)))
    await hospital.cancel(one, booked[0].number)
    found = await hospital.waiting.offer(first)
    assert found is not None
    assert found[1] == at(3, 8)  # the day that suits
    await set_channel(db, "hp_test", yearly_quota=3)  # the operator adds one
    await hospital.book(first, "hp_test", at(4, 9), PHONE)
    assert await hospital.waiting.of(first) == []
    assert (await taken(db, "hp_test", at(3, 8)), await quota_taken(db)) == (0, 2)


async def test_forgetting_a_person_frees_everything(hospital: HospitalService, db: Database, clock: FixedClock) -> None:
    one, two = await people(db, clock, 2)
    await fill(hospital, db, [one])
    await hospital.waiting.join(two, "outpatient", PHONE, Window(date(2027, 6, 1), date(2027, 6, 1)))
    await hospital.forget(one)
    await hospital.forget(two)
    assert await quota_taken(db) == 0
    assert await hospital.waiting.of(two) == []
    async with db.read() as session:
        rows = list(await session.scalars(select(HospitalBooking)))
    assert {(row.person_id, row.phone, row.status) for row in rows} == {(None, None, "cancelled")}


async def test_who_only_has_a_telephone_is_rung_up_while_the_desk_is_open(
    hospital: HospitalService, db: Database, clock: FixedClock
) -> None:
    caller = (await PeopleService(db, clock).ensure_caller(PHONE)).id
    rider, *holders = await people(db, clock, 3)
    held = await fill(hospital, db, holders)
    clock.advance(timedelta(hours=8))  # after hours
    waiting = await hospital.waiting.join(caller, "hp_test", PHONE)
    await hospital.waiting.join(rider, "hp_test", PHONE)
    await hospital.cancel(holders[0], held[0].number)
    assert await hospital.waiting.offer(caller) is None
    assert await hospital.waiting.offer(rider) is not None  # reads it in the chat, whatever the hour
    assert await hospital.waiting.position(waiting.id) == 1  # the turn is kept
    await hospital.waiting.leave(rider)
    clock.advance(timedelta(hours=15, minutes=15))
    await hospital.tick()
    found = await hospital.waiting.offer(caller)
    assert found is not None
    assert found[0].offer_until == clock.now() + timedelta(minutes=30)
    clock.advance(timedelta(minutes=31))
    await hospital.tick()
    assert await hospital.waiting.offer(caller) is None
    assert [(one.row.id, one.row.status) for one in await hospital.desk.queue()] == [(waiting.id, "expired")]


async def lapse(
    hospital: HospitalService, db: Database, clock: FixedClock, window: Window | None = None
) -> tuple[str, int]:
    """A caller whose offer nobody answered: (person, id on the waiting list)."""
    caller = (await PeopleService(db, clock).ensure_caller(PHONE)).id
    waiting = await hospital.waiting.join(caller, "hp_test", PHONE, window)
    assert await hospital.waiting.offer(caller) is not None
    clock.advance(timedelta(minutes=31))
    await hospital.tick()
    assert await hospital.desk.lapsed() == 1
    return caller, waiting.id


async def test_who_was_not_reached_waits_again_behind_the_others(
    hospital: HospitalService, db: Database, clock: FixedClock
) -> None:
    window = Window(date(2026, 11, 26), date(2026, 12, 4))
    caller, lapsed = await lapse(hospital, db, clock, window)
    holder, rider = await people(db, clock, 2)
    await set_channel(db, "hp_test", yearly_quota=1)
    await hospital.book(holder, "hp_test", (await hospital.free_slots("hp_test"))[0].starts_at, PHONE)
    await hospital.waiting.join(rider, "hp_test", PHONE)
    both = await asyncio.gather(*(hospital.waiting.rejoin(lapsed) for _ in range(2)))  # a double click
    assert len({row.id for row in both}) == 1
    again = both[0]
    assert (again.person_id, again.phone, again.status) == (caller, PHONE, "waiting")
    assert (again.first_day, again.last_day) == (window.first_day, window.last_day)
    assert await hospital.waiting.position(again.id) == 2
    assert await hospital.desk.lapsed() == 0
    assert lapsed not in {one.row.id for one in await hospital.desk.queue()}
    assert (await hospital.waiting.rejoin(lapsed)).id == again.id


async def test_who_waits_again_is_offered_a_free_place_at_once_and_may_lapse_again(
    hospital: HospitalService, db: Database, clock: FixedClock
) -> None:
    caller, lapsed = await lapse(hospital, db, clock)
    again = await hospital.waiting.rejoin(lapsed)
    assert (again.status, again.offer_until) == ("offered", clock.now() + timedelta(minutes=30))
    assert await hospital.desk.to_call() == 1
    clock.advance(timedelta(minutes=31))
    await hospital.tick()
    assert [one.row.id for one in await hospital.desk.queue()] == [again.id]  # the first is done with
    with pytest.raises(WrongState):
        await hospital.waiting.rejoin((await hospital.waiting.join(caller, "outpatient", PHONE)).id)
    with pytest.raises(NotFound):
        await hospital.waiting.rejoin(999)


async def test_who_is_not_put_back_in_line(hospital: HospitalService, db: Database, clock: FixedClock) -> None:
    caller, lapsed = await lapse(hospital, db, clock, Window(None, date(2026, 12, 4)))
    for _ in range(2):
        await hospital.waiting.let_go(lapsed)
    assert await hospital.desk.lapsed() == 0
    assert (await hospital.desk.waits(lapsed)).row.phone is None
    with pytest.raises(WrongState):
        await hospital.waiting.rejoin(lapsed)
    _, lapsed = await lapse(hospital, db, clock, Window(None, date(2026, 12, 4)))
    clock.advance(timedelta(days=10))
    with pytest.raises(Invalid):  # the days that suited are over
        await hospital.waiting.rejoin(lapsed)
    assert await hospital.desk.lapsed() == 1
    booking = await hospital.book(caller, "hp_test", (await hospital.free_slots("hp_test"))[0].starts_at, PHONE)
    assert await hospital.desk.lapsed() == 0  # has a place by now
    await set_window(db, lapsed)
    with pytest.raises(AlreadyExists) as refused:
        await hospital.waiting.rejoin(lapsed)
    assert refused.value.existing.number == booking.number


async def set_window(db: Database, waiting_id: int) -> None:
    """Any day suits."""
    async with db.write() as session:
        (await session.get_one(HospitalWaiting, waiting_id)).last_day = None


async def test_an_offer_of_one_channel_is_not_taken_for_another(
    hospital: HospitalService, db: Database, clock: FixedClock
) -> None:
    (one,) = await people(db, clock, 1)
    for channel in ("hp_test", "outpatient"):
        await hospital.waiting.join(one, channel, PHONE)  # there is a place at once
    assert (await hospital.accept_offer(one, channel="outpatient")).channel == "outpatient"
    with pytest.raises(NotFound):
        await hospital.accept_offer(one, channel="outpatient")
    assert (await hospital.accept_offer(one)).channel == "hp_test"
