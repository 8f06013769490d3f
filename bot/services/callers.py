"""Who is calling: everything that is registered with a phone number, so that nobody is registered twice.

A number proves nothing: riders lend phones, and what was typed in WeChat was never checked. So a look-up lists
the people who used the number and joins nobody; a seat who has asked the caller may register for one of them, and a WeChat
user may take over what was registered by telephone, one thing by its number and the phone (docs/decisions/0012).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.language import check_phone
from bot.services import outbox
from bot.services.clock import Clock
from bot.services.dispute_rows import locked, record
from bot.services.dispute_states import OPEN as OPEN_TICKETS
from bot.services.errors import AlreadyExists, Invalid, NotFound
from bot.services.people import HOTLINE
from bot.storage.bank import CallbackRequest
from bot.storage.base import Base, Database
from bot.storage.disputes import DisputeTicket
from bot.storage.freight import PlatingAppointment
from bot.storage.hospital import HospitalBooking, HospitalWaiting
from bot.storage.mediation import MediationSession
from bot.storage.outbox import OutboxMessage
from bot.storage.people import Person
from bot.storage.requests import Request
from bot.storage.safety import EducationBooking
from bot.storage.school import SchoolEnrolment
from bot.storage.suggestions import Suggestion
from bot.storage.women import AllianceMember, ScreeningSignup

MOST = 20  # of each kind
LATE = timedelta(hours=4)  # a visit still lies ahead so long after it was to begin, as in `HospitalService.bookings`


@dataclass(frozen=True)
class _Kind:
    """`about`: the column that says which one it is; `open`: states in which it still counts."""

    name: str
    table: type[Base]
    about: str
    state: str
    open: frozenset[str]
    when: str


_KINDS = (
    _Kind("ticket", DisputeTicket, "dispute_type", "state", OPEN_TICKETS, "created_at"),
    _Kind("booking", HospitalBooking, "channel", "status", frozenset({"booked"}), "starts_at"),
    _Kind("waiting", HospitalWaiting, "channel", "status", frozenset({"waiting", "offered"}), "created_at"),
    _Kind("enrolment", SchoolEnrolment, "level", "status", frozenset({"new", "contacted", "enrolled"}), "created_at"),
    _Kind("alliance", AllianceMember, "district", "status", frozenset({"new", "contacted", "member"}), "created_at"),
    _Kind(
        "screening", ScreeningSignup, "age_band", "status", frozenset({"new", "contacted", "scheduled"}), "created_at"
    ),
    _Kind("callback", CallbackRequest, "topic", "status", frozenset({"received", "unreachable"}), "created_at"),
    _Kind("education", EducationBooking, "form", "status", frozenset({"booked"}), "starts_at"),
    _Kind("plating", PlatingAppointment, "company", "status", frozenset({"booked"}), "created_at"),
    _Kind("suggestion", Suggestion, "kind", "status", frozenset({"received", "handling"}), "created_at"),
)
KINDS = tuple(kind.name for kind in _KINDS)

_TAKEN_OVER: dict[str, tuple[type[Base], tuple[str, ...]]] = {
    "booking": (HospitalBooking, ("visit",)),
    "enrolment": (SchoolEnrolment, ()),
    "alliance": (AllianceMember, ()),
    "screening": (ScreeningSignup, ()),
    "callback": (CallbackRequest, ()),
    "education": (EducationBooking, ("education",)),
    "plating": (PlatingAppointment, ()),
    "suggestion": (Suggestion, ()),
    "request": (Request, ()),
}
"""What moves by its number (`take_over`) and the outbox keys of its reminders. Not who waits for a place: those numbers
can be counted up. Tickets move with what hangs on them (`claim`)."""
_OWN_KEYS = ("one_key", "open_key", "active_key")


@dataclass(frozen=True)
class Matter:
    """One thing somebody registered. `about`: type of dispute, channel, level …; `at`: when it was made, for a
    visit or a lesson when it is; `key`: of what made it (a message, a form)."""

    kind: str
    number: str
    about: str
    state: str
    open: bool
    at: datetime
    person_id: str | None
    phone: str | None
    key: str | None


@dataclass(frozen=True)
class Known:
    """Somebody who used a number. `remembered`: they agreed to have it kept; matters newest first, open ones before."""

    person: Person
    remembered: bool
    matters: tuple[Matter, ...]


@dataclass(frozen=True)
class Caller:
    """`known`: who is known by this number, the one of the telephone first."""

    phone: str
    known: tuple[Known, ...]

    @property
    def matters(self) -> list[Matter]:
        return [matter for one in self.known for matter in one.matters]

    def open(self, kind: str, about: str | None = None) -> list[Matter]:
        """What is open of a kind (and of one type, channel, level …), whoever's it is."""
        return [m for m in self.matters if m.open and m.kind == kind and about in (None, m.about)]

    def person(self, person_id: str) -> Person | None:
        return next((one.person for one in self.known if one.person.id == person_id), None)


def read_phone(given: str) -> str:
    """The 11 digits. Invalid says what is wrong."""
    found = check_phone(given)
    if found is None or not found.valid:
        raise Invalid("phone", "要是 1 开头的 11 位手机号")
    return found.number


class CallersService:
    def __init__(self, db: Database, clock: Clock) -> None:
        self._db, self._clock = db, clock

    async def look_up(self, phone: str) -> Caller:
        """Who used the number, with what they registered. Invalid for a number that is none."""
        number, over = read_phone(phone), self._clock.now() - LATE
        async with self._db.read() as session:
            people = await session.scalars(
                select(Person).where(
                    or_(
                        Person.phone == number,
                        (Person.channel == HOTLINE) & (Person.external_id == f"tel:{number}"),
                    )
                )
            )
            own = {person.id: person for person in people}
            matters = [matter for kind in _KINDS for matter in await _matters(session, kind, number, list(own), over)]
            others = {m.person_id for m in matters if m.person_id is not None} - set(own)
            users = {
                person.id: person for person in await session.scalars(select(Person).where(Person.id.in_(others)))
            } | own
        known = [
            Known(
                person,
                person.phone == number,
                tuple(
                    sorted(
                        (m for m in matters if m.person_id == person.id),
                        key=lambda m: (not m.open, -m.at.timestamp()),
                    )
                ),
            )
            for person in users.values()
        ]
        known.sort(key=lambda one: (one.person.channel != HOTLINE, -one.person.seen_at.timestamp()))
        return Caller(number, tuple(known))

    async def claim(self, number: str, phone: str, person_id: str) -> DisputeTicket:
        """A WeChat user takes over the ticket that staff opened for them by telephone: whoever knows its number and
        the phone it was opened with. NotFound, also for a ticket that somebody opened in a chat, and for people
        of a channel whose ids anybody can make up, because there numbers could be tried out.
        """
        now = self._clock.now()
        async with self._db.write() as session:
            caller = await _claimable(session, phone, person_id)
            if caller is None:
                raise NotFound(number)
            ticket = await locked(session, number, caller.id)
            if ticket.phone != phone:
                raise NotFound(number)
            ticket.person_id, ticket.updated_at = person_id, now
            await session.execute(
                update(MediationSession).where(MediationSession.ticket_id == ticket.id).values(person_id=person_id)
            )
            record(session, ticket, now, "worker", "changed", text="微信认领", visible=False)
        return ticket

    async def take_over(self, number: str, phone: str, person_id: str) -> str:
        """As `claim`, for everything else that staff registered for the caller; its kind. NotFound as there.

        AlreadyExists: the WeChat user has the same of their own already; both stay as they are.
        """
        now = self._clock.now()
        try:
            async with self._db.write() as session:
                caller = await _claimable(session, phone, person_id)
                for kind, (table, reminders) in _TAKEN_OVER.items():
                    row = await _registered(session, table, number, phone, caller) if caller else None
                    if row is not None and caller is not None:
                        await _hand_over(session, row, caller.id, person_id, now)
                        await _redirect(session, reminders, row.id, caller.id, person_id, now)
                        return kind
        except IntegrityError as error:
            raise AlreadyExists(number, None) from error
        raise NotFound(number)

    async def tell(self, person_id: str, text: str, key: str) -> None:
        """Tell who has a chat what staff did for them on the telephone; once for each `key`. It is also how somebody
        hears of it whose matters a caller only claimed to own."""
        async with self._db.write() as session:
            person = await session.get(Person, person_id)
            if person is not None and person.channel != HOTLINE:
                await outbox.enqueue(
                    session,
                    person_id=person_id,
                    text=text,
                    key=key,
                    buttons=[("不是我，找人工", "/human_handoff")],
                    due=self._clock.now(),
                )


async def _claimable(session: AsyncSession, phone: str, person_id: str) -> Person | None:
    """Who is known by that telephone, for a person whose id nobody can make up; else None."""
    person = await session.get(Person, person_id)
    if person is None or person.channel != "wx":
        return None
    found: Person | None = await session.scalar(
        select(Person).where(Person.channel == HOTLINE, Person.external_id == f"tel:{phone}")
    )
    return found


async def _registered(session: AsyncSession, table: Any, number: str, phone: str, caller: Person) -> Any:
    """What staff registered for the caller under that number, locked; None where there is nothing."""
    query = select(table).where(table.number == number, table.person_id == caller.id)
    if hasattr(table, "phone"):
        query = query.where(table.phone == phone)
    return await session.scalar(query.with_for_update())


async def _hand_over(session: AsyncSession, row: Any, caller_id: str, person_id: str, now: datetime) -> None:
    """IntegrityError where the person has what may exist once."""
    row.person_id = person_id
    for name in _OWN_KEYS:
        if key := getattr(row, name, None):
            setattr(row, name, key.replace(caller_id, person_id))
    setattr(row, "changed_at" if hasattr(row, "changed_at") else "updated_at", now)
    await session.flush()


async def _redirect(
    session: AsyncSession, prefixes: Sequence[str], row_id: int, caller_id: str, person_id: str, now: datetime
) -> None:
    """Reminders that are still to come reach the person, who has a chat."""
    for prefix in prefixes:
        key = f"{prefix}:{row_id}"
        await session.execute(
            update(OutboxMessage)
            .where(
                OutboxMessage.person_id == caller_id,
                or_(OutboxMessage.key == key, OutboxMessage.key.startswith(f"{key}:", autoescape=True)),
                OutboxMessage.state == "waiting",
                OutboxMessage.due > now,
            )
            .values(person_id=person_id)
        )


async def _matters(
    session: AsyncSession, kind: _Kind, phone: str, people: Sequence[str], over: datetime
) -> list[Matter]:
    table: Any = kind.table
    by_owner = table.person_id.in_(people)
    query = (
        select(table)
        .where(
            table.person_id.is_not(None), or_(table.phone == phone, by_owner) if hasattr(table, "phone") else by_owner
        )
        .order_by(table.created_at.desc())
        .limit(MOST)
    )
    return [
        Matter(
            kind=kind.name,
            number=row.number,
            about=str(getattr(row, kind.about) or ""),
            state=getattr(row, kind.state),
            open=getattr(row, kind.state) in kind.open and (kind.when == "created_at" or row.starts_at > over),
            at=getattr(row, kind.when),
            person_id=row.person_id,
            phone=getattr(row, "phone", None),
            key=row.source_key,
        )
        for row in await session.scalars(query)
    ]
