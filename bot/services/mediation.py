"""Initiative 02, 专家调解: an hour with an arbitrator, judge, lawyer or mediator of the panel, on a ticket.

Experts have one hour a week; the slots of the next two weeks are made when somebody looks, on working days.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from bot.language import DISPUTE_TYPES, is_workday
from bot.services import dispute_notices, outbox
from bot.services.clock import SHANGHAI, Clock
from bot.services.dispute_states import OPEN
from bot.services.errors import Invalid, NotFound, QuotaExhausted, WrongState
from bot.services.import_spec import (
    CODE,
    NAME,
    PROVENANCE,
    Column,
    Spec,
    clock_time,
    list_of,
    one_of,
    whole,
    yes_no,
)
from bot.services.notices import reminder_due
from bot.services.submissions import already, check_choice, create_once, numbered, own
from bot.storage.base import Database
from bot.storage.disputes import DisputeTicket
from bot.storage.mediation import ROLES, MediationSession, MediationSlot, Mediator

PREFIX = "BM"
HORIZON = timedelta(days=14)
ALTERNATIVES = 4


@dataclass(frozen=True)
class FreeHour:
    """A slot with a place left; `demo`: the expert is sample data, and the person must be told."""

    slot_id: int
    starts_at: datetime
    ends_at: datetime
    expert: str
    role: str
    online: bool
    demo: bool


@dataclass(frozen=True)
class BookedHour:
    """A person's session with the hour and the expert it is for."""

    session: MediationSession
    hour: FreeHour


class MediationService:
    def __init__(self, db: Database, clock: Clock) -> None:
        self._db, self._clock = db, clock

    async def free(self, dispute_type: str | None = None, limit: int = ALTERNATIVES) -> list[FreeHour]:
        """Free hours of the next two weeks, soonest first; of experts in that field if there are any."""
        async with self._db.write() as session:
            await self._make_slots(session)
            return await self._free(session, dispute_type, limit)

    async def book(
        self,
        *,
        person_id: str,
        ticket_number: str,
        slot_id: int,
        online: bool = False,
        key: str | None = None,
    ) -> BookedHour:
        """Take an hour for an open ticket of the person; the same `key` again returns the same session.

        NotFound; WrongState for a finished ticket; AlreadyExists when the ticket has an hour; Invalid when
        the expert does not sit online; QuotaExhausted with other hours when this one is taken or over.
        """

        async def build(session: AsyncSession) -> MediationSession:
            ticket = await own(session, DisputeTicket, person_id, ticket_number)
            if ticket.state not in OPEN:
                raise WrongState(ticket.state)
            earlier = await session.scalar(select(MediationSession).where(MediationSession.one_key == ticket.number))
            if earlier is not None:
                raise already(session, earlier)
            slot, expert = await self._take(session, slot_id, ticket.dispute_type)
            if online and not expert.online:
                raise Invalid("online", "这位专家只能现场调解")
            now = self._clock.now()
            number = numbered(PREFIX, now.date())
            due = reminder_due(slot.starts_at)
            if due > now:
                await outbox.enqueue(
                    session,
                    person_id=person_id,
                    text=dispute_notices.mediation_reminder(number, slot.starts_at, online),
                    key=f"mediation:{number}",
                    due=due,
                )
            return MediationSession(
                number=number,
                ticket_id=ticket.id,
                slot_id=slot.id,
                person_id=person_id,
                online=online,
                one_key=ticket.number,
                created_at=now,
                changed_at=now,
                source_key=key,
            )

        made = await create_once(self._db, MediationSession, key, build)
        async with self._db.read() as session:
            return await _with_hour(session, made)

    async def cancel(self, person_id: str, number: str) -> MediationSession:
        """Give the hour back. NotFound; WrongState when it was held already."""
        async with self._db.write() as session:
            row = await session.scalar(
                select(MediationSession)
                .where(MediationSession.number == number, MediationSession.person_id == person_id)
                .with_for_update()
            )
            if row is None:
                raise NotFound(number)
            if row.status == "cancelled":
                return row
            if row.status != "booked":
                raise WrongState(row.status)
            await self._give_back(session, row, "cancelled")
        return row

    async def of_person(self, person_id: str) -> list[BookedHour]:
        """The person's coming sessions, soonest first."""
        query = (
            select(MediationSession)
            .join(MediationSlot, MediationSlot.id == MediationSession.slot_id)
            .where(MediationSession.person_id == person_id, MediationSession.status == "booked")
            .order_by(MediationSlot.starts_at)
        )
        async with self._db.read() as session:
            return [await _with_hour(session, row) for row in await session.scalars(query)]

    async def of_ticket(self, ticket_id: int) -> list[BookedHour]:
        """All sessions of a ticket, the latest last, for the staff."""
        query = select(MediationSession).where(MediationSession.ticket_id == ticket_id).order_by(MediationSession.id)
        async with self._db.read() as session:
            return [await _with_hour(session, row) for row in await session.scalars(query)]

    async def of_day(self, day: date) -> list[BookedHour]:
        """Sessions booked for a day, for the staff."""
        start = datetime.combine(day, time(), SHANGHAI)
        query = (
            select(MediationSession)
            .join(MediationSlot, MediationSlot.id == MediationSession.slot_id)
            .where(
                MediationSlot.starts_at >= start,
                MediationSlot.starts_at < start + timedelta(days=1),
                MediationSession.status != "cancelled",
            )
            .order_by(MediationSlot.starts_at, MediationSession.id)
        )
        async with self._db.read() as session:
            return [await _with_hour(session, row) for row in await session.scalars(query)]

    async def set_link(self, number: str, link: str) -> MediationSession:
        """Staff gives the address of the online room; the person gets it at once. NotFound, Invalid."""
        if not link.startswith("https://") or len(link) > 300 or any(c.isspace() for c in link):
            raise Invalid("link", "https:// 开头的网址")
        async with self._db.write() as session:
            row = await session.scalar(select(MediationSession).where(MediationSession.number == number))
            if row is None:
                raise NotFound(number)
            if row.link == link:
                return row
            now = self._clock.now()
            row.link, row.changed_at = link, now
            await outbox.enqueue(
                session,
                person_id=row.person_id,
                text=dispute_notices.mediation_link(number, link),
                key=f"mediation:{number}:link:{now.timestamp():.6f}",
                due=now,
            )
        return row

    async def mark(self, number: str, status: str) -> MediationSession:
        """After the hour: held or missed. NotFound, Invalid, WrongState."""
        check_choice("status", status, ("held", "missed"))
        async with self._db.write() as session:
            row = await session.scalar(select(MediationSession).where(MediationSession.number == number))
            if row is None:
                raise NotFound(number)
            if row.status != "booked":
                raise WrongState(row.status)
            row.status, row.one_key, row.changed_at = status, None, self._clock.now()
        return row

    async def forget(self, person_id: str) -> None:
        """Erase the person: hours ahead are given back, past ones lose their owner."""
        async with self._db.write() as session:
            rows = await session.scalars(
                select(MediationSession).where(MediationSession.person_id == person_id).with_for_update()
            )
            for row in list(rows):
                if row.status == "booked":
                    await self._give_back(session, row, "cancelled")
                row.person_id = row.source_key = None

    async def _give_back(self, session: AsyncSession, row: MediationSession, status: str) -> None:
        row.status, row.one_key, row.changed_at = status, None, self._clock.now()
        await session.execute(
            update(MediationSlot)
            .where(MediationSlot.id == row.slot_id, MediationSlot.taken > 0)
            .values(taken=MediationSlot.taken - 1)
        )
        await outbox.withdraw(session, f"mediation:{row.number}")

    async def _take(self, session: AsyncSession, slot_id: int, dispute_type: str) -> tuple[MediationSlot, Mediator]:
        taken = cast(
            "CursorResult[Any]",
            await session.execute(
                update(MediationSlot)
                .where(
                    MediationSlot.id == slot_id,
                    MediationSlot.taken < MediationSlot.capacity,
                    MediationSlot.starts_at > self._clock.now(),
                )
                .values(taken=MediationSlot.taken + 1)
            ),
        )
        if taken.rowcount != 1:
            others = await self._free(session, dispute_type, ALTERNATIVES)
            raise QuotaExhausted(f"slot {slot_id}", list(others))
        slot = await session.get_one(MediationSlot, slot_id, populate_existing=True)
        return slot, await session.get_one(Mediator, slot.mediator_id)

    async def _free(self, session: AsyncSession, dispute_type: str | None, limit: int) -> list[FreeHour]:
        rows = await session.execute(
            select(MediationSlot, Mediator)
            .join(Mediator, Mediator.id == MediationSlot.mediator_id)
            .where(MediationSlot.taken < MediationSlot.capacity, MediationSlot.starts_at > self._clock.now())
            .order_by(MediationSlot.starts_at, Mediator.code)
        )
        hours = [(slot, expert) for slot, expert in rows.all()]
        fitting = [pair for pair in hours if dispute_type in pair[1].fields]
        return [_hour(slot, expert) for slot, expert in (fitting or hours)[:limit]]

    async def _make_slots(self, session: AsyncSession) -> None:
        first = self._clock.now().date()
        days = [first + timedelta(days=n) for n in range(HORIZON.days + 1)]
        rows = [
            {
                "mediator_id": expert.id,
                "starts_at": _at(day, expert.start),
                "ends_at": _at(day, expert.end),
                "capacity": expert.capacity,
                "taken": 0,
            }
            for expert in await session.scalars(select(Mediator))
            for day in days
            if day.isoweekday() == expert.weekday and is_workday(day)
        ]
        if rows:
            dialect: Any = sqlite if self._db.is_sqlite else postgresql
            statement = dialect.insert(MediationSlot).values(rows)
            await session.execute(statement.on_conflict_do_nothing(index_elements=["mediator_id", "starts_at"]))


async def _with_hour(session: AsyncSession, row: MediationSession) -> BookedHour:
    slot = await session.get_one(MediationSlot, row.slot_id)
    return BookedHour(row, _hour(slot, await session.get_one(Mediator, slot.mediator_id)))


def _hour(slot: MediationSlot, expert: Mediator) -> FreeHour:
    return FreeHour(slot.id, slot.starts_at, slot.ends_at, expert.name, expert.role, expert.online, expert.demo)


def _at(day: date, clock: str) -> datetime:
    hour, minute = clock.split(":")
    return datetime.combine(day, time(int(hour), int(minute)), SHANGHAI)


IMPORTS = (
    Spec(
        kind="mediators",
        title="调解专家",
        model=Mediator,
        columns=(
            CODE,
            NAME,
            Column("role", "身份", one_of(*ROLES), required=True),
            Column("fields", "擅长", list_of(*DISPUTE_TYPES), default=[]),
            Column("weekday", "星期", whole(1, 7), required=True),
            Column("start", "开始", clock_time, required=True),
            Column("end", "结束", clock_time, required=True),
            Column("capacity", "人数", whole(1, 50), default=1),
            Column("online", "线上", yes_no, default=False),
            PROVENANCE,
        ),
        check=lambda values: (
            [("end", "要晚于开始")]
            if values.get("start") and values.get("end") and values["start"] >= values["end"]
            else []
        ),
        demo_file="mediators.csv",
    ),
)
