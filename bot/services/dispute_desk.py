"""Initiative 02, the staff's side of a ticket: assign, answer, move; what is late."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.services import dispute_notices, outbox
from bot.services.clock import Clock
from bot.services.dispute_rows import locked, record, resume_clock
from bot.services.dispute_states import FINAL, OPEN, check_move
from bot.services.disputes import TicketView
from bot.services.errors import Changed, Invalid, NotFound, WrongState
from bot.storage.base import Database
from bot.storage.disputes import DisputeAttachment, DisputeEvent, DisputeTicket, DisputeWindow


class DisputeDesk:
    def __init__(self, db: Database, clock: Clock) -> None:
        self._db, self._clock = db, clock

    async def tickets(
        self,
        *,
        states: Sequence[str] = (),
        window_code: str | None = None,
        assigned_to: str | None = None,
        late: bool = False,
        limit: int = 50,
        offset: int = 0,
    ) -> list[DisputeTicket]:
        """Tickets by due day, the most pressing first. `late`: only those past one of their marks."""
        query = select(DisputeTicket)
        if states:
            query = query.where(DisputeTicket.state.in_(states))
        if window_code is not None:
            query = query.where(DisputeTicket.window_code == window_code)
        if assigned_to is not None:
            query = query.where(DisputeTicket.assigned_to == assigned_to)
        if late:
            today = self._clock.now().date()
            query = query.where(
                DisputeTicket.state.in_(OPEN - {"waiting"}),
                or_(
                    DisputeTicket.finish_due < today,
                    DisputeTicket.contacted_at.is_(None) & (DisputeTicket.contact_due < today),
                ),
            )
        query = query.order_by(DisputeTicket.finish_due, DisputeTicket.id).limit(limit).offset(offset)
        async with self._db.read() as session:
            return list(await session.scalars(query))

    async def counts(self) -> dict[str, int]:
        """Tickets by state."""
        async with self._db.read() as session:
            rows = await session.execute(select(DisputeTicket.state, func.count()).group_by(DisputeTicket.state))
            return {state: int(count) for state, count in rows.all()}

    async def ticket(self, number: str) -> TicketView:
        """A ticket with its whole history and all additions. NotFound."""
        async with self._db.read() as session:
            ticket = await session.scalar(select(DisputeTicket).where(DisputeTicket.number == number))
            if ticket is None:
                raise NotFound(number)
            events = await session.scalars(
                select(DisputeEvent).where(DisputeEvent.ticket_id == ticket.id).order_by(DisputeEvent.id)
            )
            files = await session.scalars(
                select(DisputeAttachment).where(DisputeAttachment.ticket_id == ticket.id).order_by(DisputeAttachment.id)
            )
            return TicketView(ticket, tuple(events), tuple(files))

    async def assign(
        self, number: str, staff: str, *, to: str, key: str | None = None, seen: int | None = None
    ) -> DisputeTicket:
        """Give the ticket to an account; the worker is told at the first time. WrongState, NotFound.

        `seen` (here and below): `version_of` the ticket that the form was made from. Changed: it is another now.
        """
        now = self._clock.now()
        async with self._db.write() as session:
            ticket = await locked(session, number)
            if await _done(session, ticket, key, seen):
                return ticket
            check_move(ticket.state, "assigned", "")
            before = ticket.state
            resume_clock(ticket, now.date())
            ticket.state, ticket.assigned_to, ticket.updated_at = "assigned", to, now
            record(
                session,
                ticket,
                now,
                f"staff:{staff}",
                "assigned",
                before,
                "assigned",
                to,
                visible=False,
                key=key,
            )
            if before == "received":
                await self._tell(session, ticket, dispute_notices.moved(number, "assigned", "", ticket.window_name))
        return ticket

    async def transition(
        self,
        number: str,
        staff: str,
        to: str,
        *,
        reason: str = "",
        key: str | None = None,
        seen: int | None = None,
    ) -> DisputeTicket:
        """Move the ticket; the worker is told. WrongState, NotFound; Invalid where a reason is needed.

        A withdrawal is the worker's own, so `to` may not be "withdrawn" here.
        """
        if to == "withdrawn":
            raise Invalid("to", "只有本人能撤销")
        now = self._clock.now()
        async with self._db.write() as session:
            ticket = await locked(session, number)
            if await _done(session, ticket, key, seen):
                return ticket
            check_move(ticket.state, to, reason)
            before = ticket.state
            resume_clock(ticket, now.date())
            ticket.state, ticket.reason, ticket.updated_at = to, reason.strip()[:500] or None, now
            ticket.closed_at = now if to in FINAL else None
            if to == "waiting":
                ticket.waiting_since = now.date()
            if ticket.contacted_at is None and to != "closed":
                ticket.contacted_at = now
            record(session, ticket, now, f"staff:{staff}", "moved", before, to, ticket.reason or "", key=key)
            await self._tell(
                session, ticket, dispute_notices.moved(number, to, ticket.reason or "", ticket.window_name)
            )
        return ticket

    async def reply(
        self,
        number: str,
        staff: str,
        text: str,
        *,
        visible: bool = True,
        key: str | None = None,
        seen: int | None = None,
    ) -> DisputeTicket:
        """Write to the worker, or (not `visible`) a note for the staff. Invalid for no text; WrongState."""
        if not text.strip():
            raise Invalid("text", "不能是空的")
        now = self._clock.now()
        async with self._db.write() as session:
            ticket = await locked(session, number)
            if await _done(session, ticket, key, seen):
                return ticket
            if ticket.state in FINAL and visible:
                raise WrongState(ticket.state)
            said = text.strip()[:2000]
            kind = "replied" if visible else "noted"
            record(session, ticket, now, f"staff:{staff}", kind, text=said, visible=visible, key=key)
            ticket.updated_at = now
            if visible:
                ticket.contacted_at = ticket.contacted_at or now
                await self._tell(session, ticket, dispute_notices.answered(number, said))
        return ticket

    async def move_window(
        self, number: str, staff: str, code: str, *, key: str | None = None, seen: int | None = None
    ) -> DisputeTicket:
        """Pass the ticket to another window. NotFound for either; WrongState when it is finished."""
        now = self._clock.now()
        async with self._db.write() as session:
            ticket = await locked(session, number)
            if await _done(session, ticket, key, seen):
                return ticket
            window = await session.scalar(select(DisputeWindow).where(DisputeWindow.code == code))
            if window is None:
                raise NotFound(code)
            if ticket.state not in OPEN:
                raise WrongState(ticket.state)
            record(
                session,
                ticket,
                now,
                f"staff:{staff}",
                "window",
                text=f"{ticket.window_code}→{code}",
                visible=False,
                key=key,
            )
            ticket.window_code, ticket.window_name, ticket.updated_at = window.code, window.name, now
        return ticket

    async def _tell(self, session: AsyncSession, ticket: DisputeTicket, text: str) -> None:
        await session.flush()
        last = await session.scalar(select(func.max(DisputeEvent.id)).where(DisputeEvent.ticket_id == ticket.id))
        await outbox.enqueue(
            session,
            person_id=ticket.person_id,
            text=text,
            key=f"ticket:{ticket.number}:{last}",
            buttons=dispute_notices.BUTTONS,
            due=self._clock.now(),
        )


AUTOMATIC = "escalated"  # the kind of event that nobody's doing is: it outdates no form


def version_of(view: TicketView) -> int:
    """Grows with every change of the ticket."""
    return max((event.id for event in view.events if event.kind != AUTOMATIC), default=0)


async def _done(session: AsyncSession, ticket: DisputeTicket, key: str | None, seen: int | None) -> bool:
    """Whether the form was worked on before (the ticket is locked). Changed: it was made from an older state."""
    mine = DisputeEvent.ticket_id == ticket.id
    if key is not None and await session.scalar(select(DisputeEvent.id).where(mine, DisputeEvent.source_key == key)):
        return True
    if seen is not None:
        latest = select(func.max(DisputeEvent.id)).where(mine, DisputeEvent.kind != AUTOMATIC)
        if (await session.scalar(latest) or 0) != seen:
            raise Changed(ticket.number)
    return False
