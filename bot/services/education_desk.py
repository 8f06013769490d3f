"""Education as staff see it: every session, who is in it, a place given to a worker or taken back."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.services import notices, outbox
from bot.services.clock import SHANGHAI
from bot.services.education import EducationService, FreeSession, place, shown, site_name
from bot.services.errors import NotFound, WrongState
from bot.storage.safety import EducationBooking, EducationSession, EducationSite, WorkBinding

_DAY = timedelta(days=1)


class EducationDesk(EducationService):
    async def assign(self, work_no: str, session_id: int, key: str | None = None) -> EducationBooking:
        """Staff give a worker a place; the person who has proved the number to be theirs is told at once.

        As `book`: AlreadyExists, QuotaExhausted with other sessions, NotFound.
        """
        now = self._clock.now()

        async def build(session: AsyncSession) -> EducationBooking:
            bound = await session.scalar(select(WorkBinding).where(WorkBinding.work_no == work_no))
            person_id = bound.person_id if bound else None
            booking = await place(session, person_id, work_no, session_id, now, None, key)
            site = await site_name(session, booking.session_id)
            text = notices.education_assigned(booking.form, site, booking.starts_at, booking.number)
            await outbox.enqueue(session, person_id=person_id, text=text, key=f"education-assigned:{booking.id}")
            return booking

        return await self.once(key, session_id, build)

    async def release(self, number: str) -> EducationBooking:
        """Staff give a place back; twice is the same as once. NotFound, WrongState."""
        async with self._db.write() as session:
            booking = await session.scalar(
                select(EducationBooking).where(EducationBooking.number == number).with_for_update()
            )
            if booking is None:
                raise NotFound(number)
            if booking.status not in ("booked", "cancelled"):
                raise WrongState(booking.status)
            await self.free(session, booking, "cancelled")
        return booking

    async def sessions(self, first: date, last: date) -> list[FreeSession]:
        """All sessions of these days, the full and past ones too, in order of time, for the console."""
        await self.open_days()
        start, end = (datetime.combine(day, time(0), SHANGHAI) for day in (first, last + _DAY))
        async with self._db.read() as session:
            rows = await session.execute(
                select(EducationSession, EducationSite.name)
                .join(EducationSite, EducationSite.code == EducationSession.site_code)
                .where(EducationSession.starts_at >= start, EducationSession.starts_at < end)
                .order_by(EducationSession.starts_at, EducationSession.site_code, EducationSession.form)
            )
            return [shown(row, name) for row, name in rows.tuples()]

    async def lesson(self, session_id: int) -> FreeSession:
        """One session. NotFound."""
        async with self._db.read() as session:
            row = await session.get(EducationSession, session_id)
            if row is None:
                raise NotFound(str(session_id))
            return shown(row, await site_name(session, session_id))

    async def of_worker(self, work_no: str) -> list[EducationBooking]:
        """All of a worker's sessions, the newest first."""
        async with self._db.read() as session:
            rows = await session.scalars(
                select(EducationBooking)
                .where(EducationBooking.work_no == work_no)
                .order_by(EducationBooking.starts_at.desc())
            )
            return list(rows)

    async def ahead(self) -> dict[str, EducationBooking]:
        """Work number → the session its worker is booked into."""
        async with self._db.read() as session:
            rows = await session.scalars(
                select(EducationBooking).where(
                    EducationBooking.status == "booked", EducationBooking.work_no.is_not(None)
                )
            )
            return {str(row.work_no): row for row in rows}
