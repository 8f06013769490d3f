"""Initiative 02, the worker's side: windows of the 1+11 and tickets. The staff's side is `dispute_desk`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.language import redact
from bot.services.clock import Clock
from bot.services.dispute_clock import DisputeClock
from bot.services.dispute_rows import (
    already_made,
    check_values,
    checked_phone,
    day_of,
    district_of,
    locked,
    record,
    resume_clock,
    short,
    taken_up,
    window_of,
)
from bot.services.dispute_states import FINAL, OPEN
from bot.services.errors import Invalid, WrongState
from bot.services.import_spec import (
    ADDRESS,
    CODE,
    DISTRICT,
    NAME,
    PROVENANCE,
    Column,
    Spec,
    list_of,
    one_of,
    text,
)
from bot.services.limitation import Limit, limitation
from bot.services.opening_hours import hours_cell
from bot.services.submissions import all_own, create_once, numbered, own
from bot.storage.base import Database
from bot.storage.disputes import (
    ROUTES,
    WINDOW_LEVELS,
    DisputeAttachment,
    DisputeEvent,
    DisputeTicket,
    DisputeWindow,
)

PREFIX = "LD"
MOST_ATTACHMENTS = 30
CITY_WINDOW = ("W00", "昆山市一站式劳动保障维权服务中心窗口")  # where nothing has been imported yet


@dataclass(frozen=True)
class TicketView:
    """A ticket with what its owner may see of its history, oldest first."""

    ticket: DisputeTicket
    events: tuple[DisputeEvent, ...]
    attachments: tuple[DisputeAttachment, ...]


class DisputesService:
    def __init__(self, db: Database, clock: Clock, marks: DisputeClock | None = None) -> None:
        self._db, self._clock = db, clock
        self._marks = marks or DisputeClock()

    # -- windows -------------------------------------------------------------------------------------------

    async def windows(self) -> Sequence[DisputeWindow]:
        """The city's window first, then the districts'."""
        async with self._db.read() as session:
            return (await session.scalars(select(DisputeWindow).order_by(DisputeWindow.code))).all()

    async def window_for(self, place: str | None) -> DisputeWindow | None:
        """The window of the district that `place` (a rider's words) lies in; the city's when that is unclear.

        None when no windows have been loaded.
        """
        async with self._db.read() as session:
            return await window_of(session, district_of(place))

    # -- opening -------------------------------------------------------------------------------------------

    async def open(
        self,
        *,
        person_id: str,
        dispute_type: str,
        employer: str | None,
        phone: str,
        amount_fen: int | None = None,
        since: str | None = None,
        still_employed: bool | None = None,
        ended: str | None = None,
        place: str | None = None,
        summary: str = "",
        routes: Sequence[str] = (),
        worker_class: str | None = None,
        group_size: int = 1,
        key: str | None = None,
        opened_by: str = "worker",
    ) -> DisputeTicket:
        """Open a ticket; the same `key` again returns the same ticket.

        `opened_by`: "worker", or "staff:<account>" who registers it for a caller.

        `since` and `ended` are the worker's words ("去年8月", "三个月"); `amount_fen` is whole fen. Card,
        phone and identity numbers are masked in `summary`. Invalid for a type, phone, amount, route or group
        that cannot be.
        """
        number = checked_phone(phone)
        check_values(dispute_type, amount_fen, routes, group_size)
        now = self._clock.now()
        today = now.date()

        async def build(session: AsyncSession) -> DisputeTicket:
            district = district_of(place)
            window = await window_of(session, district)
            code, name = (window.code, window.name) if window else CITY_WINDOW
            ticket = DisputeTicket(
                number=numbered(PREFIX, today),
                source_key=key,
                person_id=person_id,
                dispute_type=dispute_type,
                employer=short(employer, 120),
                amount_fen=amount_fen,
                since_text=short(since, 120),
                since_on=day_of(since, now),
                still_employed=still_employed,
                ended_on=day_of(ended, now),
                place=short(place, 120),
                district=district,
                phone=number,
                summary=redact(summary.replace("\x00", "").strip())[:2000],
                routes=[route for route in ROUTES if route in routes],
                worker_class=worker_class,
                group_size=group_size,
                window_code=code,
                window_name=name,
                state="received",
                contact_due=self._marks.contact_due(today),
                finish_due=self._marks.finish_due(today),
                created_at=now,
                updated_at=now,
            )
            session.add(ticket)
            await session.flush()
            record(session, ticket, now, opened_by, "opened", to_state="received")
            return ticket

        return await create_once(self._db, DisputeTicket, key, build)

    # -- the owner's tickets -------------------------------------------------------------------------------

    async def of_person(self, person_id: str, *, only_open: bool = False) -> Sequence[DisputeTicket]:
        """The person's latest tickets, newest first."""
        async with self._db.read() as session:
            tickets = await all_own(session, DisputeTicket, person_id)
        return [t for t in tickets if t.state in OPEN] if only_open else tickets

    async def get(self, number: str, person_id: str) -> TicketView:
        """The person's ticket of that number. NotFound, also for someone else's."""
        async with self._db.read() as session:
            ticket = await own(session, DisputeTicket, person_id, number)
            events = await session.scalars(
                select(DisputeEvent)
                .where(DisputeEvent.ticket_id == ticket.id, DisputeEvent.visible.is_(True))
                .order_by(DisputeEvent.id)
            )
            files = await session.scalars(
                select(DisputeAttachment).where(DisputeAttachment.ticket_id == ticket.id).order_by(DisputeAttachment.id)
            )
            return TicketView(ticket, tuple(events), tuple(files))

    async def similar(self, person_id: str, dispute_type: str, employer: str | None) -> DisputeTicket | None:
        """An open ticket of the person about the same matter with the same firm, if there is one."""
        for ticket in await self.of_person(person_id, only_open=True):
            if ticket.dispute_type == dispute_type and (ticket.employer or "") == (employer or "").strip():
                return ticket
        return None

    async def supplement(
        self,
        number: str,
        person_id: str,
        *,
        text: str | None = None,
        image_url: str | None = None,
        key: str | None = None,
    ) -> DisputeTicket:
        """Add words or a picture. A ticket that waits for the worker goes on, its clock moved.

        NotFound; WrongState when it is closed or withdrawn; Invalid for nothing at all or too many additions.
        """
        kept = redact(text.replace("\x00", "").strip())[:2000] if text else None
        if not kept and not image_url:
            raise Invalid("text", "要有文字或照片")
        now = self._clock.now()
        async with self._db.write() as session:
            ticket = await locked(session, number, person_id)
            if await already_made(session, DisputeAttachment, key):
                return ticket
            if ticket.state in FINAL:
                raise WrongState(ticket.state)
            count = await session.scalar(
                select(func.count()).select_from(DisputeAttachment).where(DisputeAttachment.ticket_id == ticket.id)
            )
            if (count or 0) >= MOST_ATTACHMENTS:
                raise Invalid("text", f"一张工单最多补充{MOST_ATTACHMENTS}次")
            session.add(
                DisputeAttachment(
                    ticket_id=ticket.id,
                    source_key=key,
                    text=kept or None,
                    image_url=image_url,
                    created_at=now,
                )
            )
            before = ticket.state
            if before == "waiting":
                ticket.state = "in_progress"
                resume_clock(ticket, now.date())
            ticket.updated_at = now
            said = kept or "图片"
            record(session, ticket, now, "worker", "supplemented", before, ticket.state, said, key=key)
        return ticket

    async def tell(
        self,
        number: str,
        person_id: str,
        *,
        place: str | None = None,
        since: str | None = None,
        still_employed: bool | None = None,
        ended: str | None = None,
        employer: str | None = None,
        phone: str | None = None,
        amount_fen: int | None = None,
        routes: Sequence[str] | None = None,
        worker_class: str | None = None,
        group_size: int | None = None,
    ) -> DisputeTicket:
        """Fill in or correct particulars while the ticket is open; None leaves one as it is.

        A known district moves a ticket that nobody has taken yet to that district's window.
        """
        now = self._clock.now()
        async with self._db.write() as session:
            ticket = await locked(session, number, person_id)
            if ticket.state not in OPEN:
                raise WrongState(ticket.state)
            check_values(ticket.dispute_type, amount_fen, routes or (), group_size or 1)
            changes: dict[str, object | None] = {
                "place": short(place, 120),
                "district": district_of(place),
                "since_text": short(since, 120),
                "since_on": day_of(since, now),
                "still_employed": still_employed,
                "ended_on": day_of(ended, now),
                "employer": short(employer, 120),
                "phone": checked_phone(phone) if phone else None,
                "amount_fen": amount_fen,
                "routes": [route for route in ROUTES if route in routes] if routes is not None else None,
                "worker_class": worker_class,
                "group_size": group_size,
            }
            changed = [n for n, v in changes.items() if v is not None and getattr(ticket, n) != v]
            for name in changed:
                setattr(ticket, name, changes[name])
            if "district" in changed and ticket.state == "received":
                window = await window_of(session, ticket.district)
                if window is not None:
                    ticket.window_code, ticket.window_name = window.code, window.name
            if changed:
                ticket.updated_at = now
                record(session, ticket, now, "worker", "changed", text="、".join(sorted(changed)), visible=False)
        return ticket

    async def withdraw(self, number: str, person_id: str, *, reason: str = "", key: str | None = None) -> DisputeTicket:
        """The worker takes the ticket back; twice changes nothing. NotFound; WrongState when finished."""
        now = self._clock.now()
        async with self._db.write() as session:
            ticket = await locked(session, number, person_id)
            if ticket.state == "withdrawn":
                return ticket
            if ticket.state not in OPEN:
                raise WrongState(ticket.state)
            before = ticket.state
            ticket.state, ticket.reason = "withdrawn", redact(reason)[:500] or None
            ticket.closed_at = ticket.updated_at = now
            record(
                session,
                ticket,
                now,
                "worker",
                "withdrawn",
                before,
                "withdrawn",
                redact(reason)[:500],
                key=key,
            )
        return ticket

    async def forget(self, person_id: str) -> None:
        """Erasure. A ticket that no window has taken up is deleted; one that was is kept without person,
        phone, words and pictures (the history of what an authority did is not the worker's to delete).
        """
        now = self._clock.now()
        async with self._db.write() as session:
            tickets = await session.scalars(
                select(DisputeTicket).where(DisputeTicket.person_id == person_id).with_for_update()
            )
            for ticket in list(tickets):
                await session.execute(delete(DisputeAttachment).where(DisputeAttachment.ticket_id == ticket.id))
                if not await taken_up(session, ticket.id):
                    await session.execute(delete(DisputeTicket).where(DisputeTicket.id == ticket.id))
                    continue
                if ticket.state in OPEN:
                    record(session, ticket, now, "system", "withdrawn", ticket.state, "withdrawn")
                    ticket.state, ticket.closed_at = "withdrawn", now
                ticket.person_id = ticket.phone = ticket.source_key = None
                ticket.summary, ticket.erased_at, ticket.updated_at = "", now, now
                await session.flush()
                # the words of the worker go; that and when they were said stays
                await session.execute(
                    update(DisputeEvent)
                    .where(DisputeEvent.ticket_id == ticket.id, DisputeEvent.actor == "worker")
                    .values(text="", source_key=None)
                )

    # -- limits --------------------------------------------------------------------------------------------

    def limits(
        self,
        dispute_type: str,
        *,
        still_employed: bool | None = None,
        since: str | None = None,
        ended: str | None = None,
    ) -> tuple[Limit, Limit]:
        """(arbitration, inspection) from the worker's words; see `bot.services.limitation`."""
        now = self._clock.now()
        return limitation(
            dispute_type,
            still_employed=still_employed,
            since_on=day_of(since, now),
            ended_on=day_of(ended, now),
            today=now.date(),
        )

    def limits_of(self, ticket: DisputeTicket) -> tuple[Limit, Limit]:
        """(arbitration, inspection) of a ticket."""
        return limitation(
            ticket.dispute_type,
            still_employed=ticket.still_employed,
            since_on=ticket.since_on,
            ended_on=ticket.ended_on,
            today=self._clock.now().date(),
        )


IMPORTS = (
    Spec(
        kind="dispute_windows",
        title="劳动维权窗口",
        model=DisputeWindow,
        columns=(
            CODE,
            Column("level", "层级", one_of(*WINDOW_LEVELS), required=True),
            NAME,
            DISTRICT,
            ADDRESS,
            Column("hours", "办公时间", hours_cell),
            Column("hotline", "电话", text(20)),
            Column("accepts", "受理", list_of(*ROUTES), default=[]),
            PROVENANCE,
        ),
        check=lambda values: (
            [("district", "区镇窗口要填区镇，市级窗口不填")]
            if (values.get("level") == "district") != bool(values.get("district"))
            else []
        ),
        demo_file="dispute_windows.csv",
    ),
)
