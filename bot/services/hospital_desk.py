"""昆小哥医院 at the desk: who comes on a day, who came, closing a day (for the console)."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.services import notices, outbox
from bot.services.clock import SHANGHAI, Clock
from bot.services.errors import Invalid, NotFound, WrongState
from bot.services.hospital_places import closed_days, free_quota
from bot.storage.base import Database
from bot.storage.hospital import HospitalBooking, HospitalChannel, HospitalClosure

if TYPE_CHECKING:
    from bot.services.hospital import HospitalService


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
            found = await session.scalar(select(HospitalBooking).where(HospitalBooking.number == number))
            if found is None:
                raise NotFound(number)
            row = await self._hospital.locked(session, found.channel, now)
            booking = await session.get_one(HospitalBooking, found.id, populate_existing=True)
            if booking.status == status:
                return booking
            if booking.status != "booked":
                raise WrongState(booking.status)
            booking.status, booking.changed_at = status, now
            if status == "no_show":
                await free_quota(session, row, booking.starts_at.year)
            if status == "no_show" or row.yearly_quota is None:
                booking.one_key = None
        return booking

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


async def _booked_on(
    session: AsyncSession, channel: str, day: date, now: datetime
) -> list[HospitalBooking]:
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
