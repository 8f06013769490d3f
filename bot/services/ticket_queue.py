"""Initiative 02, the staff's queue of tickets: filters, pages that stay quick with 100,000 tickets, what is late."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import Select, and_, func, or_, select, true, tuple_

from bot.language import add_workdays
from bot.services.clock import SHANGHAI, Clock
from bot.services.dispute_clock import workdays_between
from bot.services.dispute_desk import AUTOMATIC
from bot.services.dispute_rows import record
from bot.services.dispute_states import OPEN
from bot.storage.base import Database
from bot.storage.disputes import DisputeEvent, DisputeTicket

PAGE = 50  # rows
MOST_EXPORTED = 200_000  # rows of one file
EXPORTED_AT_ONCE = 500  # rows: more would keep the event loop from others
MOST_ESCALATED = 200  # tickets of one round of housekeeping
RUNNING = OPEN - {"waiting"}  # the clock of these goes on
UNFINISHED = OPEN | {"resolved"}
DUE = ("late", "today", "week")
ORDERS = ("due", "new")


@dataclass(frozen=True)
class TicketFilter:
    """What of the queue is looked at; what is empty leaves everything in.

    `due`: "late" past one of its marks, "today" and "week" to be finished by then. `assigned_to`: an account, ""
    for nobody, None for anyone. `number`: a whole number, its beginning, or the digits at its end. `order`: "due"
    the most pressing first, "new" the newest first. `since`: opened on that day or later.
    """

    states: tuple[str, ...] = ()
    dispute_type: str = ""
    district: str = ""
    due: str = ""
    assigned_to: str | None = None
    number: str = ""
    order: str = "due"
    since: date | None = None


@dataclass(frozen=True)
class TicketPage:
    """`after` is where the next page begins, None when this is the last."""

    tickets: list[DisputeTicket]
    after: tuple[str, int] | None


@dataclass(frozen=True)
class Standing:
    """A ticket on its clock, in working days: `days` left until `due`, 0 today, below 0 past it.

    `mark`: "contact" (nobody has spoken to the worker yet) or "finish". `paused`: it waits for the worker, the
    clock stands still.
    """

    mark: str
    due: date
    days: int
    paused: bool = False

    @property
    def late(self) -> bool:
        return self.days < 0 and not self.paused


@dataclass(frozen=True)
class QueueCounts:
    """Unfinished tickets: all, by state, past a mark, given to nobody."""

    by_state: dict[str, int]
    late: int
    unassigned: int


def standing(ticket: DisputeTicket, today: date) -> Standing | None:
    """How the ticket stands on its clock; None when it is over."""
    if ticket.state not in OPEN:
        return None
    if ticket.state == "waiting":
        since = ticket.waiting_since or today
        return Standing("finish", ticket.finish_due, _left(since, ticket.finish_due), paused=True)
    if ticket.contacted_at is None:
        contact = Standing("contact", ticket.contact_due, _left(today, ticket.contact_due))
        finish = Standing("finish", ticket.finish_due, _left(today, ticket.finish_due))
        return finish if finish.days < contact.days else contact
    return Standing("finish", ticket.finish_due, _left(today, ticket.finish_due))


def _left(today: date, due: date) -> int:
    if due >= today:
        return workdays_between(today, due)
    # a mark passed on a Friday is one working day over on the Monday, and over at all on the Saturday
    return -max(1, workdays_between(due, today))


def _late(today: date) -> Any:
    return and_(
        DisputeTicket.state.in_(sorted(RUNNING)),
        or_(DisputeTicket.finish_due < today, _quiet(today)),
    )


def _quiet(today: date) -> Any:
    return and_(DisputeTicket.contacted_at.is_(None), DisputeTicket.contact_due < today)


class TicketQueue:
    def __init__(self, db: Database, clock: Clock) -> None:
        self._db, self._clock = db, clock

    async def page(
        self, wanted: TicketFilter, *, after: tuple[str, int] | None = None, limit: int = PAGE
    ) -> TicketPage:
        """One page in the filter's order, from `after` (of the page before) on."""
        query = self._filtered(select(DisputeTicket), wanted)
        if wanted.order == "new":
            query = query.order_by(DisputeTicket.id.desc())
            if after is not None:
                query = query.where(DisputeTicket.id < after[1])
        else:
            query = query.order_by(DisputeTicket.finish_due, DisputeTicket.id)
            if after is not None:
                place = tuple_(DisputeTicket.finish_due, DisputeTicket.id)
                query = query.where(place > (date.fromisoformat(after[0]), after[1]))
        async with self._db.read() as session:
            rows = list(await session.scalars(query.limit(limit + 1)))
        more = len(rows) > limit
        rows = rows[:limit]
        return TicketPage(rows, (rows[-1].finish_due.isoformat(), rows[-1].id) if more else None)

    async def count(self, wanted: TicketFilter) -> int:
        """How many there are."""
        async with self._db.read() as session:
            return await session.scalar(self._filtered(select(func.count(DisputeTicket.id)), wanted)) or 0

    async def pieces(self, wanted: TicketFilter, size: int = EXPORTED_AT_ONCE) -> AsyncIterator[list[DisputeTicket]]:
        """All of them in the filter's order, some at a time, each once though marks move meanwhile."""
        seen: set[int] = set()
        after: tuple[str, int] | None = None
        while True:
            found = await self.page(wanted, after=after, limit=size)
            fresh = [one for one in found.tickets if one.id not in seen]
            seen.update(one.id for one in fresh)
            if fresh:
                yield fresh
            if found.after is None:
                return
            after = found.after

    async def versions(self, ticket_ids: Sequence[int]) -> dict[int, int]:
        """`dispute_desk.version_of` each of the tickets."""
        query = (
            select(DisputeEvent.ticket_id, func.max(DisputeEvent.id))
            .where(DisputeEvent.ticket_id.in_(ticket_ids), DisputeEvent.kind != AUTOMATIC)
            .group_by(DisputeEvent.ticket_id)
        )
        async with self._db.read() as session:
            return {int(ticket): int(latest) for ticket, latest in (await session.execute(query)).all()}

    async def counts(self) -> QueueCounts:
        today = self._today()
        async with self._db.read() as session:
            rows = await session.execute(
                select(DisputeTicket.state, func.count())
                .where(DisputeTicket.state.in_(sorted(UNFINISHED)))
                .group_by(DisputeTicket.state)
            )
            by_state = {str(state): int(count) for state, count in rows.all()}
            late = await session.scalar(select(func.count()).select_from(DisputeTicket).where(_late(today)))
            nobody = await session.scalar(
                select(func.count())
                .select_from(DisputeTicket)
                .where(DisputeTicket.state.in_(sorted(OPEN)), DisputeTicket.assigned_to.is_(None))
            )
        return QueueCounts(by_state, int(late or 0), int(nobody or 0))

    async def of_person(self, person_id: str, *, but: str = "") -> Sequence[DisputeTicket]:
        """The latest tickets of a person, without the one numbered `but`."""
        query = (
            select(DisputeTicket)
            .where(DisputeTicket.person_id == person_id, DisputeTicket.number != but)
            .order_by(DisputeTicket.created_at.desc())
            .limit(10)
        )
        async with self._db.read() as session:
            return (await session.scalars(query)).all()

    async def escalate(self) -> int:
        """Write into the history of every ticket that passed a mark that it did, once a mark; returns how many.

        The supervisors' view is that of late tickets; the history says since when.
        """
        now, today = self._clock.now(), self._today()
        marks = {"finish": DisputeTicket.finish_due < today, "contact": _quiet(today)}
        count = 0
        for mark, passed in marks.items():
            noted = select(DisputeEvent.id).where(
                DisputeEvent.ticket_id == DisputeTicket.id,
                DisputeEvent.kind == AUTOMATIC,
                DisputeEvent.text == mark,
            )
            query = (
                select(DisputeTicket)
                .where(DisputeTicket.state.in_(sorted(RUNNING)), passed, ~noted.exists())
                .limit(MOST_ESCALATED)
            )
            async with self._db.read() as session:
                if await session.scalar(query.with_only_columns(DisputeTicket.id).limit(1)) is None:
                    continue  # nearly always: no write lock then
            async with self._db.write() as session:
                for ticket in await session.scalars(query.with_for_update(skip_locked=True)):
                    key = f"{AUTOMATIC}:{ticket.id}:{mark}"
                    record(session, ticket, now, "system", AUTOMATIC, text=mark, visible=False, key=key)
                    count += 1
        return count

    def _today(self) -> date:
        return self._clock.now().astimezone(SHANGHAI).date()

    def _filtered(self, query: Select[Any], wanted: TicketFilter) -> Select[Any]:
        today = self._today()
        conditions: list[Any] = [true()]
        if wanted.states:
            conditions.append(DisputeTicket.state.in_(wanted.states))
        if wanted.dispute_type:
            conditions.append(DisputeTicket.dispute_type == wanted.dispute_type)
        if wanted.district:
            conditions.append(DisputeTicket.district == wanted.district)
        if wanted.assigned_to is not None:
            nobody = DisputeTicket.assigned_to.is_(None)
            conditions.append(DisputeTicket.assigned_to == wanted.assigned_to if wanted.assigned_to else nobody)
        if wanted.due == "late":
            conditions.append(_late(today))
        elif wanted.due in ("today", "week"):
            last = today if wanted.due == "today" else add_workdays(today, 5)
            conditions += [DisputeTicket.state.in_(sorted(RUNNING)), DisputeTicket.finish_due <= last]
        if wanted.since is not None:
            conditions.append(DisputeTicket.created_at >= datetime.combine(wanted.since, time(0), SHANGHAI))
        if wanted.number:
            conditions.append(_numbered(wanted.number))
        return query.where(*conditions)


def _numbered(words: str) -> Any:
    text = words.strip().upper()
    if text.isdigit():
        return DisputeTicket.number.endswith(text, autoescape=True)
    return DisputeTicket.number.startswith(text, autoescape=True)
