"""Initiative 03, batch plating: sessions of the window, appointments of companies."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from bot.language import check_phone, is_workday
from bot.services.clock import SHANGHAI, Clock
from bot.services.errors import Invalid, NotFound, QuotaExhausted, WrongState
from bot.services.submissions import all_own, already, check_text, create_once, numbered, own
from bot.storage.base import Database
from bot.storage.freight import PlatingAppointment, PlatingSlot, PlatingWindow

PREFIX = "BM"
DAYS_AHEAD = 30
MAX_VEHICLES = 500
"""More than that in one appointment is a slip of the finger, not a fleet."""


@dataclass(frozen=True)
class PlatingTime:
    """A session of the batch window with `left` appointments still free."""

    day: date
    start: str
    end: str
    left: int


class PlatingDesk:
    def __init__(self, db: Database, clock: Clock) -> None:
        self._db, self._clock = db, clock

    async def times(
        self, first: date | None = None, last: date | None = None, limit: int | None = None
    ) -> list[PlatingTime]:
        """Free sessions of the batch window on the working days from tomorrow on, in order of time."""
        today = self._clock.now().date()
        start = max(first or today, today + timedelta(days=1))
        end = min(last or date.max, today + timedelta(days=DAYS_AHEAD))
        async with self._db.read() as session:
            windows = (await session.scalars(select(PlatingWindow))).all()
            slots = await session.scalars(select(PlatingSlot).where(PlatingSlot.day.between(start, end)))
            left = {(slot.day, slot.start): slot.capacity - slot.taken for slot in slots}
        times = [
            PlatingTime(day, window.start, window.end, left.get((day, window.start), window.capacity))
            for day in _workdays(start, end)
            for window in sorted(windows, key=lambda one: one.start)
            if window.weekday == day.isoweekday()
        ]
        return [each for each in times if each.left > 0][:limit]

    async def book(
        self,
        *,
        person_id: str,
        company: str,
        vehicles: int,
        phone: str,
        day: date,
        start: str,
        key: str | None = None,
    ) -> PlatingAppointment:
        """Book a session for a company's vehicles.

        Invalid for a company, number or phone that cannot be, or a session that the window does not have;
        QuotaExhausted with the nearest free sessions; AlreadyExists when the person has that session.
        """
        company = check_text("company", company, 80)
        if not 1 <= vehicles <= MAX_VEHICLES:
            raise Invalid("vehicles", f"1 到 {MAX_VEHICLES} 的整数")
        read = check_phone(phone)
        if read is None or not read.valid:
            raise Invalid("phone", "11位手机号")
        number = read.number

        async def build(session: AsyncSession) -> PlatingAppointment:
            slot = await self._slot(session, day, start)
            active = f"{person_id}:{slot.id}"
            earlier = await session.scalar(select(PlatingAppointment).where(PlatingAppointment.active_key == active))
            if earlier is not None:
                raise already(session, earlier)
            await _take(session, slot.id)
            now = self._clock.now()
            return PlatingAppointment(
                number=numbered(PREFIX, now.date()),
                person_id=person_id,
                slot_id=slot.id,
                company=company,
                vehicles=vehicles,
                phone=number,
                active_key=active,
                created_at=now,
                updated_at=now,
                source_key=key,
            )

        try:
            return await create_once(self._db, PlatingAppointment, key, build)
        except QuotaExhausted as full:
            raise await self._with_nearest(full, day) from full

    async def cancel(self, person_id: str, number: str) -> PlatingAppointment:
        """Give the session back; once only. NotFound; WrongState when it is over."""
        async with self._db.write() as session:
            # In one statement, so that two cancellations at once give back one place.
            cancelled = await session.execute(
                update(PlatingAppointment)
                .where(
                    PlatingAppointment.number == number,
                    PlatingAppointment.person_id == person_id,
                    PlatingAppointment.status == "booked",
                )
                .values(status="cancelled", active_key=None, updated_at=self._clock.now())
            )
            row = await own(session, PlatingAppointment, person_id, number)
            if cast(CursorResult[Any], cancelled).rowcount == 1:
                await _give_back(session, row.slot_id)
            elif row.status != "cancelled":
                raise WrongState(row.status)
        return row

    async def move(self, person_id: str, number: str, day: date, start: str) -> PlatingAppointment:
        """Another session for the same appointment, in one transaction: without a place there, the old one stays.

        The same session again changes nothing. NotFound; WrongState when it is over; Invalid for a session that the
        window does not have; AlreadyExists when the person has that session too; QuotaExhausted with the nearest ones.
        """
        try:
            async with self._db.write() as session:
                row = await own(session, PlatingAppointment, person_id, number)
                await session.refresh(
                    row, with_for_update=True
                )  # the appointment before the slots, as who cancels does
                slot = await self._slot(session, day, start)
                # in one order, so that two who change places do not wait for each other
                await session.execute(
                    select(PlatingSlot.id)
                    .where(PlatingSlot.id.in_((row.slot_id, slot.id)))
                    .order_by(PlatingSlot.id)
                    .with_for_update()
                )
                old = await session.get_one(PlatingSlot, row.slot_id)
                if row.status != "booked" or _begins(old) <= self._clock.now():
                    raise WrongState(row.status)
                if row.slot_id == slot.id:
                    return row
                active = f"{person_id}:{slot.id}"
                other = await session.scalar(select(PlatingAppointment).where(PlatingAppointment.active_key == active))
                if other is not None:
                    raise already(session, other)
                await _take(session, slot.id)
                await _give_back(session, row.slot_id)
                row.slot_id, row.active_key, row.updated_at = slot.id, active, self._clock.now()
        except QuotaExhausted as full:
            raise await self._with_nearest(full, day) from full
        return row

    async def _with_nearest(self, full: QuotaExhausted, day: date) -> QuotaExhausted:
        free = await self.times()
        free.sort(key=lambda each: abs((each.day - day).days))
        return QuotaExhausted(str(full), list(free[:3]))

    async def mark_done(self, number: str) -> PlatingAppointment:
        """Staff: the company came and the vehicles are plated; twice is once. NotFound, WrongState."""
        async with self._db.write() as session:
            row = await session.scalar(
                select(PlatingAppointment).where(PlatingAppointment.number == number).with_for_update()
            )
            if row is None:
                raise NotFound(number)
            if row.status == "cancelled":
                raise WrongState(row.status)
            row.status, row.active_key, row.updated_at = "done", None, self._clock.now()
        return row

    async def mine(self, person_id: str) -> Sequence[tuple[PlatingAppointment, PlatingSlot]]:
        """The person's latest appointments with their sessions, newest first."""
        async with self._db.read() as session:
            rows = await all_own(session, PlatingAppointment, person_id)
            ids = [row.slot_id for row in rows]
            found = await session.scalars(select(PlatingSlot).where(PlatingSlot.id.in_(ids)))
            slots = {slot.id: slot for slot in found}
        return [(row, slots[row.slot_id]) for row in rows]

    async def _slot(self, session: AsyncSession, day: date, start: str) -> PlatingSlot:
        """The session's row, made now if this is its first booking."""
        today = self._clock.now().date()
        if not today < day <= today + timedelta(days=DAYS_AHEAD) or not is_workday(day):
            raise Invalid("day", f"明天起{DAYS_AHEAD}天内的工作日")
        window = await session.scalar(
            select(PlatingWindow).where(PlatingWindow.weekday == day.isoweekday(), PlatingWindow.start == start)
        )
        if window is None:
            raise Invalid("start", "专窗开放的时段")
        insert = sqlite.insert if self._db.is_sqlite else postgresql.insert
        values = {
            "day": day, "start": start, "end": window.end, "capacity": window.capacity, "taken": 0,
        }  # fmt: skip
        await session.execute(insert(PlatingSlot).values(**values).on_conflict_do_nothing())
        found = await session.scalar(select(PlatingSlot).where(PlatingSlot.day == day, PlatingSlot.start == start))
        if found is None:
            raise NotFound(f"{day} {start}")
        return found

    async def forget(self, person_id: str) -> None:
        """The person's appointments are deleted, and places that lie ahead given back."""
        async with self._db.write() as session:
            booked = await session.scalars(
                select(PlatingAppointment)
                .where(PlatingAppointment.person_id == person_id, PlatingAppointment.status == "booked")
                .with_for_update()
            )
            for row in booked:
                await _give_back(session, row.slot_id)
            await session.execute(delete(PlatingAppointment).where(PlatingAppointment.person_id == person_id))


async def _take(session: AsyncSession, slot_id: int) -> None:
    """A place of a session; QuotaExhausted when there is none."""
    taken = await session.execute(
        update(PlatingSlot)
        .where(PlatingSlot.id == slot_id, PlatingSlot.taken < PlatingSlot.capacity)
        .values(taken=PlatingSlot.taken + 1)
    )
    if cast(CursorResult[Any], taken).rowcount != 1:
        raise QuotaExhausted("session full")


async def _give_back(session: AsyncSession, slot_id: int) -> None:
    await session.execute(
        update(PlatingSlot).where(PlatingSlot.id == slot_id, PlatingSlot.taken > 0).values(taken=PlatingSlot.taken - 1)
    )


def _workdays(first: date, last: date) -> Iterator[date]:
    day = first
    while day <= last:
        if is_workday(day):
            yield day
        day += timedelta(days=1)


def _begins(slot: PlatingSlot) -> datetime:
    return datetime.combine(slot.day, time.fromisoformat(slot.start), SHANGHAI)
