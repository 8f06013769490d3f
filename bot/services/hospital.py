"""昆小哥医院: booking a visit, changing and cancelling it, the console's view of it (seed, initiative 06).

One booking a channel a person; a channel with a yearly quota gives a person one place a year. Places are
counted in `hospital_places`, people who wait are in `hospital_waiting`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.services import notices, outbox
from bot.services.clock import SHANGHAI, Clock
from bot.services.errors import NotFound, QuotaExhausted, WrongState
from bot.services.hospital_desk import HospitalDesk
from bot.services.hospital_places import (
    FreeSlot,
    Window,
    closed_days,
    free_place,
    free_quota,
    free_slots,
    get_channel,
    horizon,
    nearest,
    one_key,
    open_slots,
    refuse_second,
    take_place,
    take_quota,
)
from bot.services.hospital_waiting import HospitalWaitingList
from bot.services.numbers import new_number
from bot.storage.base import Database
from bot.storage.hospital import (
    HospitalBooking,
    HospitalChannel,
    HospitalQuota,
    HospitalSlot,
    HospitalWaiting,
)

PREPARATION: dict[str, tuple[str, ...]] = {
    "outpatient": ("id_card", "insurance"),
    "health_cert": ("id_card", "fasting_ask"),
    "hp_test": ("id_card", "fasting", "drugs_ask_doctor"),
}
"""What to bring and how to prepare, as keys; the hospital's own notice comes first (facts 3.6)."""

_ALTERNATIVES = 4


class YearQuotaExhausted(QuotaExhausted):
    """The year's places of the channel are all given out; `alternatives` may lie in the next year."""


@dataclass(frozen=True)
class QuotaState:
    """The year's quota of a channel: None means there is no limit."""

    year: int
    quota: int | None
    left: int | None


class HospitalService:
    """Bookings at 昆山市第三人民医院. Moments are aware; `key` is the inbound message's, for exactly-once."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock
        self.waiting = HospitalWaitingList(db, clock)
        self.desk = HospitalDesk(db, clock, self)

    # -- looking -------------------------------------------------------------------------------------------

    async def channel(self, code: str) -> HospitalChannel:
        """The channel; NotFound when no such channel has been loaded."""
        async with self._db.read() as session:
            return await get_channel(session, code)

    async def free_slots(self, channel: str, window: Window | None = None, limit: int | None = None) -> list[FreeSlot]:
        """Free slots within `window`, in order of time, at most `limit`. NotFound: no such channel."""
        await self._open(channel)
        async with self._db.read() as session:
            row = await get_channel(session, channel)
            return (await free_slots(session, row, self._clock.now(), window))[:limit]

    async def nearest_free(self, channel: str, wanted: datetime, limit: int = _ALTERNATIVES) -> list[FreeSlot]:
        """Free slots around a moment, from both sides, the nearest first."""
        return nearest(await self.free_slots(channel), wanted, limit)

    async def last_day(self, channel: str) -> date:
        """The last day that can be booked in a channel."""
        return horizon(await self.channel(channel), self._clock.now())

    async def is_closed(self, channel: str, day: date) -> bool:
        """Whether the operator closed the channel on that day."""
        async with self._db.read() as session:
            return day in await closed_days(session, channel)

    async def quota(self, channel: str, year: int | None = None) -> QuotaState:
        """The quota of a year (default: this one)."""
        wanted = year or self._clock.now().astimezone(SHANGHAI).year
        async with self._db.read() as session:
            row = await get_channel(session, channel)
            taken = await session.scalar(
                select(HospitalQuota.taken).where(HospitalQuota.channel == channel, HospitalQuota.year == wanted)
            )
        if row.yearly_quota is None:
            return QuotaState(wanted, None, None)
        return QuotaState(wanted, row.yearly_quota, max(0, row.yearly_quota - (taken or 0)))

    async def bookings(self, person_id: str, *, past: bool = False) -> list[HospitalBooking]:
        """The person's bookings that still lie ahead, soonest first; with `past` every one, latest first."""
        query = select(HospitalBooking).where(HospitalBooking.person_id == person_id)
        if past:
            query = query.order_by(HospitalBooking.starts_at.desc(), HospitalBooking.created_at.desc())
        else:
            query = query.where(
                HospitalBooking.status == "booked",
                HospitalBooking.starts_at > self._clock.now() - timedelta(hours=4),
            ).order_by(HospitalBooking.starts_at)
        async with self._db.read() as session:
            return list(await session.scalars(query))

    async def booking(self, person_id: str, number: str) -> HospitalBooking:
        """The person's booking of that number; NotFound, also for someone else's."""
        async with self._db.read() as session:
            return await _own(session, person_id, number)

    # -- booking -------------------------------------------------------------------------------------------

    async def book(
        self, person_id: str, channel: str, starts_at: datetime, phone: str | None, key: str | None = None
    ) -> HospitalBooking:
        """Book a slot.

        AlreadyExists: the person has a booking there (for a yearly quota: has or had one that year).
        QuotaExhausted: the slot is full, past or not there; YearQuotaExhausted: the year's places are gone.
        """
        now = self._clock.now()
        async with self._db.write() as session:
            row = await self.locked(session, channel, now)
            if key is not None and (done := await _by_key(session, key)) is not None:
                return done
            await refuse_second(session, person_id, row, starts_at)
            slot = await self._take(session, row, starts_at, now)
            await self.waiting.settle_booked(session, row, person_id, now)
            return await _booked(session, row, slot, person_id, phone, key, now)

    async def reschedule(
        self, person_id: str, number: str, starts_at: datetime, key: str | None = None
    ) -> HospitalBooking:
        """Move a booking in one transaction: the old place is given back only when the new one is taken.

        NotFound, WrongState (not booked any more), QuotaExhausted as in `book`; the booking then stays.
        """
        now = self._clock.now()
        async with self._db.write() as session:
            row = await self.locked(session, (await _own(session, person_id, number)).channel, now)
            booking = await _own(session, person_id, number, fresh=True)
            if booking.status != "booked":
                raise WrongState(booking.status)
            if booking.starts_at != starts_at:
                await self.move(session, row, booking, starts_at, now)
        return booking

    async def set_phone(self, person_id: str, number: str, phone: str) -> HospitalBooking:
        """Another number to be reached at. NotFound, WrongState (not booked any more)."""
        async with self._db.write() as session:
            booking = await _own(session, person_id, number, fresh=True)
            if booking.status != "booked":
                raise WrongState(booking.status)
            booking.phone, booking.changed_at = phone, self._clock.now()
            booking.version += 1
        return booking

    async def move(
        self, session: AsyncSession, row: HospitalChannel, booking: HospitalBooking, starts_at: datetime, now: datetime
    ) -> None:
        """Move a booking that counts (under the lock); QuotaExhausted rolls the caller's transaction back."""
        old_slot, old_year = booking.slot_id, booking.starts_at.year
        same_year = old_year == starts_at.astimezone(SHANGHAI).year
        if same_year:  # the unit of the quota moves along; a failure rolls this back
            await free_quota(session, row, old_year)
        slot = await self._take(session, row, starts_at, now)
        if not same_year:
            await free_quota(session, row, old_year)
        await free_place(session, old_slot)
        booking.slot_id, booking.starts_at = slot.id, slot.starts_at
        if booking.person_id is not None:
            booking.one_key = one_key(row, booking.person_id, slot.starts_at)
        booking.version += 1
        booking.changed_at = now
        await _remind(session, booking, row, now)
        await self.waiting.offer_free(session, row, now)

    async def cancel(self, person_id: str, number: str, key: str | None = None) -> HospitalBooking:
        """Cancel: the place and the year's unit are free again and offered to whoever waits.

        Cancelling twice is the same as once. NotFound; WrongState when the visit is over.
        """
        now = self._clock.now()
        async with self._db.write() as session:
            row = await self.locked(session, (await _own(session, person_id, number)).channel, now)
            booking = await _own(session, person_id, number, fresh=True)
            if booking.status == "cancelled":
                return booking
            if booking.status != "booked":
                raise WrongState(booking.status)
            await self.give_back(session, row, booking, now)
            await self.waiting.offer_free(session, row, now)
        return booking

    async def _take(
        self, session: AsyncSession, row: HospitalChannel, starts_at: datetime, now: datetime
    ) -> HospitalSlot:
        """Take the year's unit and the place, or raise with what is free nearby."""
        slot = await _slot(session, row.code, starts_at)
        year = starts_at.astimezone(SHANGHAI).year
        if not await take_quota(session, row, year):
            raise YearQuotaExhausted(str(year), await self._around(session, row, starts_at, now))
        closed = starts_at.astimezone(SHANGHAI).date() in await closed_days(session, row.code)
        if slot is None or starts_at <= now or closed or not await take_place(session, slot.id):
            await free_quota(session, row, year)
            raise QuotaExhausted(starts_at.isoformat(), await self._around(session, row, starts_at, now))
        return slot

    async def _around(
        self, session: AsyncSession, row: HospitalChannel, starts_at: datetime, now: datetime
    ) -> list[FreeSlot]:
        return nearest(await free_slots(session, row, now), max(starts_at, now), _ALTERNATIVES)

    async def give_back(
        self, session: AsyncSession, row: HospitalChannel, booking: HospitalBooking, now: datetime
    ) -> None:
        """Make a booking cancelled: its place, its unit of the quota and its reminder go (under the lock)."""
        await free_quota(session, row, booking.starts_at.year)
        await free_place(session, booking.slot_id)
        booking.status, booking.one_key, booking.changed_at = "cancelled", None, now
        await outbox.withdraw(session, f"visit:{booking.id}:{booking.version}")
        await session.flush()

    async def locked(self, session: AsyncSession, channel: str, now: datetime) -> HospitalChannel:
        """The channel, locked, with its slots open and overdue offers taken back."""
        row = await get_channel(session, channel, lock=True)
        await open_slots(session, row, now)
        await self.waiting.expire(session, row, now)
        return row

    async def _open(self, channel: str) -> None:
        """Open the slots of days that came into view since the last time."""
        now = self._clock.now()
        async with self._db.read() as session:
            row = await get_channel(session, channel)
        if row.opened_until is None or row.opened_until < horizon(row, now):
            async with self._db.write() as session:
                await open_slots(session, await get_channel(session, channel, lock=True), now)

    # -- clockwork -----------------------------------------------------------------------------------------

    async def tick(self) -> None:
        """Run now and then: open new days, take back overdue offers, offer free places to those who wait."""
        async with self._db.read() as session:
            codes = sorted(await session.scalars(select(HospitalChannel.code)))
        now = self._clock.now()
        for code in codes:
            async with self._db.write() as session:
                await self.waiting.offer_free(session, await self.locked(session, code, now), now)

    async def accept_offer(self, person_id: str, key: str | None = None, channel: str | None = None) -> HospitalBooking:
        """Take the place that is held for the person (in `channel`). NotFound when there is none (any more)."""
        now = self._clock.now()
        async with self._db.write() as session:
            if key is not None and (done := await _by_key(session, key)) is not None:
                return done
            waiting = await self.waiting.offered_to(session, person_id, now, channel)
            if waiting is None:
                raise NotFound("offer")
            row = await self.locked(session, waiting.channel, now)
            fresh = await session.get_one(HospitalWaiting, waiting.id, populate_existing=True)
            if fresh.status != "offered" or fresh.slot_id is None:
                raise NotFound("offer")
            slot = await session.get_one(HospitalSlot, fresh.slot_id)
            fresh.status, fresh.one_key, fresh.changed_at = "taken", None, now
            return await _booked(session, row, slot, person_id, fresh.phone, key, now)

    async def forget(self, person_id: str) -> None:
        """Erase the person: cancel what lies ahead, leave the lists; past visits lose owner and phone."""
        for booking in await self.bookings(person_id):
            await self.cancel(person_id, booking.number)
        await self.waiting.leave(person_id)
        async with self._db.write() as session:
            for row in await session.scalars(select(HospitalBooking).where(HospitalBooking.person_id == person_id)):
                row.person_id, row.phone = None, None


async def _booked(
    session: AsyncSession,
    channel: HospitalChannel,
    slot: HospitalSlot,
    person_id: str,
    phone: str | None,
    key: str | None,
    now: datetime,
) -> HospitalBooking:
    """The booking of a place that is taken already, with its reminder."""
    booking = HospitalBooking(
        number=await new_number(session, "YY", now.date(), HospitalBooking),
        person_id=person_id,
        channel=channel.code,
        slot_id=slot.id,
        starts_at=slot.starts_at,
        phone=phone,
        one_key=one_key(channel, person_id, slot.starts_at),
        source_key=key,
        created_at=now,
        changed_at=now,
    )
    session.add(booking)
    await session.flush()
    await _remind(session, booking, channel, now)
    return booking


async def _slot(session: AsyncSession, channel: str, starts_at: datetime) -> HospitalSlot | None:
    found: HospitalSlot | None = await session.scalar(
        select(HospitalSlot).where(HospitalSlot.channel == channel, HospitalSlot.starts_at == starts_at)
    )
    return found


async def _own(session: AsyncSession, person_id: str, number: str, *, fresh: bool = False) -> HospitalBooking:
    query = select(HospitalBooking).where(HospitalBooking.number == number, HospitalBooking.person_id == person_id)
    if fresh:
        query = query.execution_options(populate_existing=True)
    booking = await session.scalar(query)
    if booking is None:
        raise NotFound(number)
    return booking


async def _by_key(session: AsyncSession, key: str) -> HospitalBooking | None:
    found: HospitalBooking | None = await session.scalar(
        select(HospitalBooking).where(HospitalBooking.source_key == key)
    )
    return found


async def _remind(session: AsyncSession, booking: HospitalBooking, channel: HospitalChannel, now: datetime) -> None:
    """Put the reminder of the day before into the outbox; an earlier one of this booking is withdrawn."""
    if booking.version:
        await outbox.withdraw(session, f"visit:{booking.id}:{booking.version - 1}")
    due = notices.reminder_due(booking.starts_at)
    if booking.person_id is None or due <= now:
        return
    await outbox.enqueue(
        session,
        person_id=booking.person_id,
        text=notices.visit_reminder(booking.channel, channel.hospital, booking.starts_at, booking.number),
        key=f"visit:{booking.id}:{booking.version}",
        buttons=[("改时间", "/reschedule_booking"), ("取消预约", "/cancel_booking")],
        due=due,
    )
