"""Education for riders: places, weekly sessions with places, attendance (seed, initiative 04)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, and_, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.services import import_spec as cell
from bot.services import notices, outbox
from bot.services.clock import SHANGHAI, Clock
from bot.services.errors import AlreadyExists, Invalid, NotFound, QuotaExhausted, WrongState
from bot.services.import_spec import Column, Spec, Values
from bot.services.submissions import create_once, numbered, own
from bot.storage.base import Database
from bot.storage.safety import (
    EducationBooking,
    EducationSession,
    EducationSite,
    EducationSlot,
    WorkBinding,
)

FORMS = ("video", "law_study", "duty_help", "pledge")
DAYS_AHEAD = 14
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class FreeSession:
    """A session with `left` places. `site`: its name."""

    id: int
    site_code: str
    site: str
    form: str
    starts_at: datetime
    ends_at: datetime
    left: int
    capacity: int = 0


class EducationService:
    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock

    # -- sessions ------------------------------------------------------------------------------------------

    async def sites(self, form: str | None = None) -> list[EducationSite]:
        async with self._db.read() as session:
            rows = await session.scalars(select(EducationSite).order_by(EducationSite.code))
            return [row for row in rows if form is None or form in row.forms]

    async def free_sessions(
        self,
        form: str,
        *,
        site_code: str | None = None,
        first_day: date | None = None,
        last_day: date | None = None,
        limit: int | None = None,
    ) -> list[FreeSession]:
        """Sessions of a form that have places, in order of time. Invalid for a form that is none."""
        if form not in FORMS:
            raise Invalid("form", "四种学习形式之一")
        await self.open_days()
        async with self._db.read() as session:
            names = {row.code: row.name for row in await session.scalars(select(EducationSite))}
            rows = await session.scalars(
                select(EducationSession)
                .where(
                    EducationSession.form == form,
                    EducationSession.starts_at > self._clock.now(),
                    EducationSession.taken < EducationSession.capacity,
                )
                .order_by(EducationSession.starts_at, EducationSession.site_code)
            )
            found = [
                shown(row, names[row.site_code])
                for row in rows
                if (site_code is None or row.site_code == site_code)
                and (first_day is None or first_day <= row.starts_at.date())
                and (last_day is None or row.starts_at.date() <= last_day)
            ]
        return found[:limit]

    async def book(
        self, person_id: str, session_id: int, phone: str | None, key: str | None = None
    ) -> EducationBooking:
        """Take a place. AlreadyExists: one is booked; QuotaExhausted with other sessions; NotFound."""
        now = self._clock.now()

        async def build(session: AsyncSession) -> EducationBooking:
            bound = await session.get(WorkBinding, person_id)
            return await place(session, person_id, bound.work_no if bound else None, session_id, now, phone, key)

        return await self.once(key, session_id, build)

    async def once(
        self, key: str | None, session_id: int, build: Callable[[AsyncSession], Awaitable[EducationBooking]]
    ) -> EducationBooking:
        try:
            return await create_once(self._db, EducationBooking, key, build)
        except QuotaExhausted as full:
            async with self._db.read() as session:
                lesson = await session.get_one(EducationSession, session_id)
            full.alternatives = list(await self.free_sessions(lesson.form, limit=3))
            raise

    async def bookings(self, person_id: str) -> list[EducationBooking]:
        """The person's sessions still ahead."""
        async with self._db.read() as session:
            rows = await session.scalars(
                select(EducationBooking)
                .where(EducationBooking.person_id == person_id, EducationBooking.status == "booked")
                .order_by(EducationBooking.starts_at)
            )
            return list(rows)

    async def session_of(self, booking: EducationBooking) -> FreeSession:
        """Where and when a booking is."""
        async with self._db.read() as session:
            row = await session.get_one(EducationSession, booking.session_id)
            site = await session.scalar(select(EducationSite).where(EducationSite.code == row.site_code))
        return shown(row, site.name if site else row.site_code)

    async def cancel(self, person_id: str, number: str) -> EducationBooking:
        """Give the place back; twice is the same as once. NotFound, WrongState."""
        async with self._db.write() as session:
            booking = await own(session, EducationBooking, person_id, number)
            if booking.status == "cancelled":
                return booking
            if booking.status != "booked":
                raise WrongState(booking.status)
            await self.free(session, booking, "cancelled")
        return booking

    async def move(self, person_id: str, number: str, session_id: int, key: str | None = None) -> EducationBooking:
        """Another session in place of the one booked, in one transaction: without a place there, the old one stays.

        Returns the booking of the new session, which has a number of its own. NotFound, WrongState (not booked any
        more, or past), Invalid for a session of another form, QuotaExhausted with other sessions.
        """
        now = self._clock.now()

        async def build(session: AsyncSession) -> EducationBooking:
            old = await own(session, EducationBooking, person_id, number)
            await session.refresh(old, with_for_update=True)  # the booking before the sessions, as who cancels does
            new = await session.get(EducationSession, session_id)
            if new is None:
                raise NotFound(str(session_id))
            if new.form != old.form:
                raise Invalid("session", "同一种学习的场次")
            both = (old.session_id, session_id)
            # in one order, so that two who change places do not wait for each other
            await session.execute(
                select(EducationSession.id)
                .where(EducationSession.id.in_(both))
                .order_by(EducationSession.id)
                .with_for_update()
            )
            if old.status != "booked" or old.starts_at <= now:
                raise WrongState(old.status)
            await self.free(session, old, "cancelled")
            return await place(session, person_id, old.work_no, session_id, now, old.phone, key)

        return await self.once(key, session_id, build)

    async def mark(self, number: str, status: str) -> EducationBooking:
        """Staff say whether the person came: attended or no_show. NotFound, WrongState, Invalid."""
        if status not in ("attended", "no_show"):
            raise Invalid("status", "attended 或 no_show")
        async with self._db.write() as session:
            booking = await session.scalar(
                select(EducationBooking).where(EducationBooking.number == number).with_for_update()
            )
            if booking is None:
                raise NotFound(number)
            if booking.status == status:
                return booking
            if booking.status != "booked":
                raise WrongState(booking.status)
            booking.status, booking.one_key, booking.changed_at = status, None, self._clock.now()
        return booking

    async def of_session(self, session_id: int) -> list[EducationBooking]:
        """Who is booked into a session, for the console."""
        async with self._db.read() as session:
            rows = await session.scalars(
                select(EducationBooking)
                .where(EducationBooking.session_id == session_id, EducationBooking.status != "cancelled")
                .order_by(EducationBooking.created_at)
            )
            return list(rows)

    async def free(self, session: AsyncSession, booking: EducationBooking, status: str) -> None:
        changed = await session.execute(
            update(EducationBooking)
            .where(EducationBooking.id == booking.id, EducationBooking.status == "booked")
            .values(status=status, one_key=None, changed_at=self._clock.now())
        )
        if cast("CursorResult[Any]", changed).rowcount == 1:
            await session.execute(
                update(EducationSession)
                .where(EducationSession.id == booking.session_id)
                .values(taken=EducationSession.taken - 1)
            )
            await outbox.withdraw(session, f"education:{booking.id}")
        await session.refresh(booking)

    async def open_days(self) -> None:
        """Make the sessions of the coming days that are not there yet."""
        today = self._clock.now().astimezone(SHANGHAI).date()
        days = [today + n * _DAY for n in range(DAYS_AHEAD + 1)]
        async with self._db.read() as session:
            missing = await _missing_sessions(session, days)
        if not missing:
            return
        async with self._db.write() as session:
            # the sites are locked so that two processes do not make the same sessions
            await session.execute(select(EducationSite.id).order_by(EducationSite.id).with_for_update())
            rows = await _missing_sessions(session, days)
            if rows:
                await session.execute(insert(EducationSession), rows)

    async def forget(self, person_id: str) -> None:
        """Cancel what lies ahead and cut the links; attendance stays with the work number."""
        for booking in await self.bookings(person_id):
            await self.cancel(person_id, booking.number)
        async with self._db.write() as session:
            await session.execute(
                update(EducationBooking)
                .where(EducationBooking.person_id == person_id)
                .values(person_id=None, phone=None)
            )


def shown(row: EducationSession, site: str) -> FreeSession:
    left = row.capacity - row.taken
    return FreeSession(row.id, row.site_code, site, row.form, row.starts_at, row.ends_at, left, row.capacity)


async def site_name(session: AsyncSession, session_id: int) -> str:
    return (
        await session.scalar(
            select(EducationSite.name)
            .join(EducationSession, EducationSession.site_code == EducationSite.code)
            .where(EducationSession.id == session_id)
        )
        or ""
    )


async def place(
    session: AsyncSession,
    person_id: str | None,
    work_no: str | None,
    session_id: int,
    now: datetime,
    phone: str | None,
    key: str | None,
) -> EducationBooking:
    """Take a place for a person, a work number, or both; one ahead at a time for either."""
    one_key = person_id or f"work:{work_no}"
    taken = EducationBooking.one_key == one_key
    if work_no is not None:
        taken = or_(taken, and_(EducationBooking.work_no == work_no, EducationBooking.status == "booked"))
    existing = await session.scalar(select(EducationBooking).where(taken).limit(1))
    if existing is not None:
        session.expunge(existing)
        raise AlreadyExists("education", existing)
    lesson = await session.get(EducationSession, session_id)
    if lesson is None:
        raise NotFound(str(session_id))
    if lesson.starts_at <= now or not await _take(session, session_id):
        raise QuotaExhausted(str(session_id))
    booking = EducationBooking(
        number=numbered("BM", now.date()),
        person_id=person_id,
        work_no=work_no,
        session_id=session_id,
        form=lesson.form,
        starts_at=lesson.starts_at,
        phone=phone,
        one_key=one_key,
        source_key=key,
        created_at=now,
        changed_at=now,
    )
    session.add(booking)
    await session.flush()
    await _remind(session, booking, lesson, now)
    return booking


async def _take(session: AsyncSession, session_id: int) -> bool:
    result = await session.execute(
        update(EducationSession)
        .where(EducationSession.id == session_id, EducationSession.taken < EducationSession.capacity)
        .values(taken=EducationSession.taken + 1)
    )
    return cast("CursorResult[Any]", result).rowcount == 1


async def _remind(session: AsyncSession, booking: EducationBooking, lesson: EducationSession, now: datetime) -> None:
    due = notices.reminder_due(lesson.starts_at)
    if due <= now:
        return
    site = await session.scalar(select(EducationSite).where(EducationSite.code == lesson.site_code))
    name = site.name if site else lesson.site_code
    await outbox.enqueue(
        session,
        person_id=booking.person_id,
        text=notices.education_reminder(booking.form, name, booking.starts_at, booking.number),
        key=f"education:{booking.id}",
        due=due,
    )


async def _missing_sessions(session: AsyncSession, days: Sequence[date]) -> list[dict[str, Any]]:
    """Rows of the weekly plan on these days that are not there yet."""
    first = datetime.combine(days[0], time(0), SHANGHAI)
    known = select(EducationSession.site_code, EducationSession.form, EducationSession.starts_at).where(
        EducationSession.starts_at >= first
    )
    there = {(site, form, starts) for site, form, starts in (await session.execute(known)).tuples()}
    rows: list[dict[str, Any]] = []
    for plan in await session.scalars(select(EducationSlot)):
        for day in days:
            starts = datetime.combine(day, time.fromisoformat(plan.start), SHANGHAI)
            if day.isoweekday() != plan.weekday or (plan.site_code, plan.form, starts) in there:
                continue
            ends = datetime.combine(day, time.fromisoformat(plan.end), SHANGHAI)
            rows.append(
                {
                    "site_code": plan.site_code,
                    "form": plan.form,
                    "starts_at": starts,
                    "ends_at": ends,
                    "capacity": plan.capacity,
                    "taken": 0,
                }
            )
    return rows


def _check_slot(values: Values) -> list[tuple[str, str]]:
    return [("end", "要晚于开始时间")] if values["end"] <= values["start"] else []


IMPORTS: tuple[Spec, ...] = (
    Spec(
        kind="education-sites",
        title="安全学习地点",
        model=EducationSite,
        columns=(
            *cell.PLACE,
            Column("forms", "学习形式", cell.list_of(*FORMS), required=True),
            cell.PROVENANCE,
        ),
        point=True,
        demo_file="education_sites.csv",
    ),
    Spec(
        kind="education-slots",
        title="安全学习每周场次",
        model=EducationSlot,
        columns=(
            Column("site_code", "地点编号", cell.code, required=True),
            Column("form", "学习形式", cell.one_of(*FORMS), required=True),
            Column("weekday", "星期", cell.whole(1, 7), required=True),
            Column("start", "开始", cell.clock_time, required=True),
            Column("end", "结束", cell.clock_time, required=True),
            Column("capacity", "名额", cell.whole(1, 10_000), required=True),
            cell.PROVENANCE,
        ),
        key=("site_code", "form", "weekday", "start"),
        references={"site_code": (EducationSite, "code")},
        check=_check_slot,
        demo_file="education_slots.csv",
    ),
)
