"""昆小哥医院 at the desk: who comes on a day, who came, closing a day (for the console)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from bot.services import notices, outbox
from bot.services.clock import SHANGHAI, Clock
from bot.services.errors import Changed, Invalid, NotFound, WrongState
from bot.services.hospital_places import closed_days, free_quota
from bot.services.people import HOTLINE
from bot.services.submissions import check_text
from bot.storage.base import Database
from bot.storage.hospital import (
    HospitalBooking,
    HospitalChannel,
    HospitalClosure,
    HospitalSlot,
    HospitalWaiting,
)
from bot.storage.people import Person

if TYPE_CHECKING:
    from bot.services.hospital import HospitalService

MOST_PLACES = 1000  # of one slot
LAPSED_SHOWN = timedelta(days=14)  # longer than the longest holiday: what lapsed before it is seen after it


@dataclass(frozen=True)
class Waits:
    """One who waits. `channel_of_person`: how they are reached; `place`: the turn, None while a place is offered or when
    it is over; `starts_at`: of the place that is held."""

    row: HospitalWaiting
    channel_of_person: str
    place: int | None
    starts_at: datetime | None


class HospitalDesk:
    def __init__(self, db: Database, clock: Clock, hospital: HospitalService) -> None:
        self._db = db
        self._clock = clock
        self._hospital = hospital

    async def mark(self, number: str, status: str) -> HospitalBooking:
        """Staff say whether the person came: attended or no_show. A missed test goes back to the quota."""
        if status not in ("attended", "no_show"):
            raise Invalid("status", "只能是 attended 或 no_show")
        now = self._clock.now()
        async with self._db.write() as session:
            row, booking = await self._locked(session, number, now)
            if booking.status == status:
                return booking
            if booking.status != "booked":
                raise WrongState(booking.status)
            if status == "no_show" and booking.starts_at > now:
                raise Invalid("status", "还没到时间，不能记未到")
            booking.status, booking.changed_at = status, now
            if status == "no_show":
                await free_quota(session, row, booking.starts_at.year)
            if status == "no_show" or row.yearly_quota is None:
                booking.one_key = None
        return booking

    async def find(self, number: str) -> HospitalBooking:
        """NotFound."""
        async with self._db.read() as session:
            found = await session.scalar(select(HospitalBooking).where(HospitalBooking.number == number))
        if found is None:
            raise NotFound(number)
        return found

    async def move(self, number: str, starts_at: datetime, *, version: int) -> HospitalBooking:
        """Move a visit; the person is told. The same again changes nothing.

        NotFound; Changed when it was moved since `version`; WrongState when it is over; QuotaExhausted, it then stays.
        """
        now = self._clock.now()
        async with self._db.write() as session:
            row, booking = await self._locked(session, number, now)
            if booking.status != "booked":
                raise WrongState(booking.status)
            if booking.starts_at == starts_at:
                return booking
            if booking.version != version:
                raise Changed(number)
            await self._hospital.move(session, row, booking, starts_at, now)
            await self._tell(
                session,
                booking,
                notices.visit_moved(booking.channel, row.hospital, booking.starts_at, number),
                f"visit-moved:{booking.id}:{booking.version}",
                [("改时间", "/reschedule_booking"), ("取消预约", "/cancel_booking")],
            )
        return booking

    async def cancel(self, number: str, reason: str, *, version: int) -> HospitalBooking:
        """Cancel a visit; the person is told why. Twice is once. As `move`; Invalid without a reason."""
        kept = check_text("reason", reason, 200)
        now = self._clock.now()
        async with self._db.write() as session:
            row, booking = await self._locked(session, number, now)
            if booking.status == "cancelled":
                return booking
            if booking.status != "booked":
                raise WrongState(booking.status)
            if booking.version != version:
                raise Changed(number)
            await self._hospital.give_back(session, row, booking, now)
            await self._tell(
                session,
                booking,
                notices.visit_cancelled(booking.channel, booking.starts_at, number, kept),
                f"visit-cancelled:{booking.id}",
                [("重新约", "/book_hospital")],
            )
            await self._hospital.waiting.offer_free(session, row, now)
        return booking

    async def slots(self, first: date, last: date, channel: str | None = None) -> list[HospitalSlot]:
        """The slots of some days (both included), in order of time."""
        start = datetime.combine(first, time(0), SHANGHAI)
        end = datetime.combine(last + timedelta(days=1), time(0), SHANGHAI)
        query = select(HospitalSlot).where(HospitalSlot.starts_at >= start, HospitalSlot.starts_at < end)
        if channel is not None:
            query = query.where(HospitalSlot.channel == channel)
        async with self._db.read() as session:
            return list(await session.scalars(query.order_by(HospitalSlot.starts_at, HospitalSlot.channel)))

    async def channels(self) -> list[HospitalChannel]:
        async with self._db.read() as session:
            return list(await session.scalars(select(HospitalChannel).order_by(HospitalChannel.id)))

    async def closures(self, first: date) -> list[HospitalClosure]:
        """Days that are closed, from `first` on."""
        query = select(HospitalClosure).where(HospitalClosure.day >= first)
        async with self._db.read() as session:
            return list(await session.scalars(query.order_by(HospitalClosure.day, HospitalClosure.channel)))

    async def waiting(self) -> dict[str, int]:
        """How many wait for a place, by channel."""
        query = (
            select(HospitalWaiting.channel, func.count())
            .where(HospitalWaiting.status.in_(("waiting", "offered")))
            .group_by(HospitalWaiting.channel)
        )
        async with self._db.read() as session:
            return {str(channel): int(count) for channel, count in (await session.execute(query)).all()}

    async def queue(self) -> list[Waits]:
        """Who waits, those with an offer first, then by turn; last whose offer lapsed (`_lapsed`)."""
        query = (
            select(HospitalWaiting, Person.channel, HospitalSlot.starts_at)
            .join(Person, Person.id == HospitalWaiting.person_id)
            .outerjoin(HospitalSlot, HospitalSlot.id == HospitalWaiting.slot_id)
            .where(HospitalWaiting.status.in_(("waiting", "offered")) | _lapsed(self._clock.now()))
            .order_by(HospitalWaiting.channel, HospitalWaiting.id)
        )
        turns: dict[str, int] = {}
        found: list[Waits] = []
        async with self._db.read() as session:
            for row, channel, starts_at in (await session.execute(query)).tuples():
                if row.status == "waiting":
                    turns[row.channel] = turns.get(row.channel, 0) + 1
                place = turns[row.channel] if row.status == "waiting" else None
                found.append(Waits(row, channel, place, None if row.status == "waiting" else starts_at))
        order = {"offered": 0, "waiting": 1, "expired": 2}
        return sorted(found, key=lambda one: order[one.row.status])

    async def to_call(self) -> int:
        """How many people have to be rung up now: a place is held for them and only a telephone reaches them."""
        query = (
            select(func.count())
            .select_from(HospitalWaiting)
            .join(Person, Person.id == HospitalWaiting.person_id)
            .where(
                HospitalWaiting.status == "offered",
                HospitalWaiting.offer_until > self._clock.now(),
                Person.channel == HOTLINE,
            )
        )
        async with self._db.read() as session:
            return await session.scalar(query) or 0

    async def lapsed(self) -> int:
        """How many offers by telephone lapsed and were not dealt with (`_lapsed`)."""
        query = (
            select(func.count())
            .select_from(HospitalWaiting)
            .join(Person, Person.id == HospitalWaiting.person_id)
            .where(_lapsed(self._clock.now()))
        )
        async with self._db.read() as session:
            return await session.scalar(query) or 0

    async def waits(self, waiting_id: int) -> Waits:
        """One of them, whatever has become of it. NotFound."""
        async with self._db.read() as session:
            row = await session.get(HospitalWaiting, waiting_id)
            if row is None:
                raise NotFound(str(waiting_id))
            person = await session.get_one(Person, row.person_id)
            slot = await session.get(HospitalSlot, row.slot_id) if row.slot_id is not None else None
        place = await self._hospital.waiting.position(row.id) if row.status == "waiting" else None
        return Waits(row, person.channel, place, slot.starts_at if slot and row.status != "waiting" else None)

    async def set_capacity(self, channel: str, day: date, capacity: int) -> int:
        """Set the places of every slot of a day; never below what is taken. Free ones go to those who wait.

        Returns how many slots could not be made as small as that. NotFound; Invalid.
        """
        if not 0 <= capacity <= MOST_PLACES:
            raise Invalid("capacity", f"0 到 {MOST_PLACES}")
        now = self._clock.now()
        fuller = 0
        async with self._db.write() as session:
            row = await self._hospital.locked(session, channel, now)
            start = datetime.combine(day, time(0), SHANGHAI)
            found = await session.scalars(
                select(HospitalSlot).where(
                    HospitalSlot.channel == channel,
                    HospitalSlot.starts_at >= max(start, now),
                    HospitalSlot.starts_at < start + timedelta(days=1),
                )
            )
            slots = list(found)
            if not slots:
                raise Invalid("day", "这天没有还没开始的号源")
            for slot in slots:
                fuller += slot.taken > capacity
                slot.capacity = max(capacity, slot.taken)
            await session.flush()
            await self._hospital.waiting.offer_free(session, row, now)
        return fuller

    async def open_day(self, closure_id: int) -> HospitalClosure:
        """Take a closure back: the day can be booked again. NotFound."""
        now = self._clock.now()
        async with self._db.write() as session:
            closure = await session.get(HospitalClosure, closure_id)
            if closure is None:
                raise NotFound(str(closure_id))
            await session.delete(closure)
            await session.flush()
            codes = (
                [closure.channel] if closure.channel else sorted(await session.scalars(select(HospitalChannel.code)))
            )
            for code in codes:
                row = await self._hospital.locked(session, code, now)
                await self._hospital.waiting.offer_free(session, row, now)
        return closure

    async def _locked(
        self, session: AsyncSession, number: str, now: datetime
    ) -> tuple[HospitalChannel, HospitalBooking]:
        found = await session.scalar(select(HospitalBooking).where(HospitalBooking.number == number))
        if found is None:
            raise NotFound(number)
        row = await self._hospital.locked(session, found.channel, now)
        return row, await session.get_one(HospitalBooking, found.id, populate_existing=True)

    async def _tell(
        self, session: AsyncSession, booking: HospitalBooking, text: str, key: str, buttons: list[tuple[str, str]]
    ) -> None:
        await outbox.enqueue(
            session, person_id=booking.person_id, text=text, key=key, buttons=buttons, due=self._clock.now()
        )

    async def of_day(self, day: date, channel: str | None = None) -> list[HospitalBooking]:
        """Bookings of one day for the console, in order of time."""
        start = datetime.combine(day, time(0), SHANGHAI)
        query = select(HospitalBooking).where(
            HospitalBooking.starts_at >= start, HospitalBooking.starts_at < start + timedelta(days=1)
        )
        if channel is not None:
            query = query.where(HospitalBooking.channel == channel)
        async with self._db.read() as session:
            return list(await session.scalars(query.order_by(HospitalBooking.starts_at)))

    async def close_day(self, day: date, reason: str = "", channel: str | None = None) -> int:
        """Close a day: nobody can book it, and who had is told. Returns how many bookings were cancelled."""
        now = self._clock.now()
        told = 0
        async with self._db.write() as session:
            codes = [channel] if channel else sorted(await session.scalars(select(HospitalChannel.code)))
            for code in codes:
                row = await self._hospital.locked(session, code, now)
                if day in await closed_days(session, code):
                    continue
                session.add(HospitalClosure(channel=code, day=day, reason=reason))
                await session.flush()
                for booking in await _booked_on(session, code, day, now):
                    await self._hospital.give_back(session, row, booking, now)
                    told += 1
                    if booking.person_id is not None:
                        text = notices.visit_closed(code, row.hospital, booking.starts_at, reason)
                        await outbox.enqueue(
                            session,
                            person_id=booking.person_id,
                            text=text,
                            key=f"closed:{booking.id}",
                            buttons=[("重新约", "/book_hospital"), ("先不约了", "/stop")],
                        )
        return told


def _lapsed(now: datetime) -> ColumnElement[bool]:
    """Offers to people whom only a telephone reaches that nobody answered in time, as long as staff has not put them
    back in line or let them go, and they have neither joined again nor booked. Joined to `Person`."""
    later = aliased(HospitalWaiting)
    same = (later.person_id == HospitalWaiting.person_id) & (later.channel == HospitalWaiting.channel)
    booked = (
        (HospitalBooking.person_id == HospitalWaiting.person_id)
        & (HospitalBooking.channel == HospitalWaiting.channel)
        & (HospitalBooking.created_at >= HospitalWaiting.created_at)
    )
    return (
        (HospitalWaiting.status == "expired")
        & (Person.channel == HOTLINE)
        & (HospitalWaiting.changed_at > now - LAPSED_SHOWN)
        & ~exists().where(same, later.id > HospitalWaiting.id)
        & ~exists().where(booked)
    )


async def _booked_on(session: AsyncSession, channel: str, day: date, now: datetime) -> list[HospitalBooking]:
    start = datetime.combine(day, time(0), SHANGHAI)
    rows = await session.scalars(
        select(HospitalBooking).where(
            HospitalBooking.channel == channel,
            HospitalBooking.status == "booked",
            HospitalBooking.starts_at >= max(start, now),
            HospitalBooking.starts_at < start + timedelta(days=1),
        )
    )
    return list(rows)
