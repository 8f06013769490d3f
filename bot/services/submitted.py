"""What people hand in besides disputes and visits, in one queue for the staff, so that nothing is left unseen.

Each kind keeps its own table and rules; here they are read alike and answered through their own service.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from bot.services.bank import BankService
from bot.services.clock import Clock
from bot.services.drinks import DrinksService
from bot.services.errors import Invalid, NotFound
from bot.services.freight import FreightService
from bot.services.requests import MOVES as REQUEST_MOVES
from bot.services.requests import RequestsService
from bot.services.school import CLAIM_STEPS, ENROLMENT_STEPS, SchoolService
from bot.services.suggestions import SuggestionsService
from bot.services.women import WomenService
from bot.storage.bank import CallbackRequest
from bot.storage.base import Base, Database
from bot.storage.drinks import MachineReport
from bot.storage.freight import CarrierReport, PlatingAppointment
from bot.storage.requests import Request
from bot.storage.school import SchoolClaim, SchoolEnrolment
from bot.storage.suggestions import Suggestion
from bot.storage.women import AllianceMember, ScreeningSignup

PAGE = 100  # rows
LONGEST = 500  # characters of an answer
_REPORT_MOVES = {
    "received": ("handling", "answered", "closed"),
    "handling": ("answered", "closed"),
    "answered": ("closed",),
}
_CALLBACK_MOVES = {"received": ("called", "unreachable", "closed"), "unreachable": ("called", "closed")}
_MEMBER_MOVES = {"new": ("contacted", "member"), "contacted": ("member",)}
_SIGNUP_MOVES = {"new": ("contacted", "scheduled", "done"), "contacted": ("scheduled", "done"), "scheduled": ("done",)}


@dataclass(frozen=True)
class Kind:
    """How one table is read. `open`: states that somebody has to work on. `facts`: columns worth showing.

    `note_for`: states whose answer must say something (when and where, or why).
    """

    model: type[Base]
    open: tuple[str, ...]
    moves: dict[str, tuple[str, ...]]
    changed: str = "updated_at"
    about: str = ""
    text: str = ""
    facts: tuple[str, ...] = ()
    answer: str = ""
    note_for: frozenset[str] = frozenset()


def _steps(steps: dict[str, set[str]]) -> dict[str, tuple[str, ...]]:
    return {state: tuple(sorted(to)) for state, to in steps.items()}


KINDS: dict[str, Kind] = {
    "request": Kind(
        Request,
        ("received", "handling", "arranged"),
        REQUEST_MOVES,
        about="kind",
        text="note",
        facts=("details",),
        answer="answer",
        note_for=frozenset({"arranged", "declined"}),
    ),
    "suggestion": Kind(
        Suggestion,
        ("received", "handling"),
        _REPORT_MOVES,
        about="kind",
        text="text",
        facts=("station_code", "place"),
        answer="answer",
        note_for=frozenset({"answered"}),
    ),
    "callback": Kind(
        CallbackRequest,
        ("received", "unreachable"),
        _CALLBACK_MOVES,
        about="topic",
        text="note",
        facts=("wish",),
        answer="answer",
    ),
    "machine": Kind(
        MachineReport,
        ("received", "handling"),
        _REPORT_MOVES,
        about="fault",
        text="text",
        facts=("machine_code",),
        answer="answer",
        note_for=frozenset({"answered"}),
    ),
    "carrier": Kind(
        CarrierReport,
        ("received", "handling"),
        _REPORT_MOVES,
        about="kind",
        text="text",
        facts=("place", "seen_at"),
        answer="answer",
        note_for=frozenset({"answered"}),
    ),
    "enrolment": Kind(
        SchoolEnrolment,
        ("new", "contacted"),
        _steps(ENROLMENT_STEPS),
        changed="changed_at",
        about="level",
        facts=("major", "schooling"),
    ),
    "claim": Kind(
        SchoolClaim,
        ("preparing", "submitted", "returned", "approved"),
        _steps(CLAIM_STEPS),
        changed="changed_at",
        about="level",
        facts=("documents",),
        answer="note",
        note_for=frozenset({"returned"}),
    ),
    "alliance": Kind(
        AllianceMember,
        ("new", "contacted"),
        _MEMBER_MOVES,
        changed="changed_at",
        text="note",
        facts=("district", "needs"),
    ),
    "screening": Kind(
        ScreeningSignup,
        ("new", "contacted", "scheduled"),
        _SIGNUP_MOVES,
        changed="changed_at",
        about="age_band",
        text="wish",
        facts=("for_whom",),
        note_for=frozenset({"scheduled"}),
    ),
    "plating": Kind(
        PlatingAppointment,
        ("booked",),
        {"booked": ("done",)},
        facts=("company", "vehicles"),
    ),
}


@dataclass(frozen=True)
class Entry:
    """One thing that somebody handed in. `seen`: its last change, for the form that answers it."""

    source: str
    number: str
    about: str
    status: str
    open: bool
    created_at: datetime
    seen: datetime
    person_id: str | None
    phone: str | None
    text: str
    facts: dict[str, Any]
    answer: str
    picture: str | None
    moves: tuple[str, ...]


class SubmittedService:
    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._requests = RequestsService(db, clock)
        self._school, self._plating = SchoolService(db, clock), FreightService(db, clock).plating
        women = WomenService(db, clock)
        self._answers: dict[str, Callable[..., Awaitable[Any]]] = {
            "suggestion": SuggestionsService(db, clock).answer,
            "callback": BankService(db, clock).answer_callback,
            "machine": DrinksService(db, clock).answer_report,
            "carrier": FreightService(db, clock).answer_carrier_report,
            "claim": self._school.set_claim_status,
            "alliance": women.set_member_status,
            "screening": women.set_signup_status,
        }

    async def queue(self, source: str = "", *, done: bool = False, limit: int = PAGE) -> list[Entry]:
        """What is open, the longest waiting first; or what is over, the latest first. NotFound: no such kind."""
        if source and source not in KINDS:
            raise NotFound(source)
        found: list[Entry] = []
        async with self._db.read() as session:
            for name in [source] if source else KINDS:
                kind = KINDS[name]
                columns: Any = kind.model
                state = columns.status.not_in(kind.open) if done else columns.status.in_(kind.open)
                order = columns.created_at.desc() if done else columns.created_at
                rows = await session.scalars(select(kind.model).where(state).order_by(order).limit(limit))
                found += [_entry(name, row) for row in rows]
        found.sort(key=lambda entry: entry.created_at, reverse=done)
        return found[:limit]

    async def counts(self) -> dict[str, int]:
        """How many are open, by kind."""
        counts = {}
        async with self._db.read() as session:
            for name, kind in KINDS.items():
                columns: Any = kind.model
                query = select(func.count()).select_from(kind.model).where(columns.status.in_(kind.open))
                counts[name] = int(await session.scalar(query) or 0)
        return counts

    async def entry(self, source: str, number: str) -> Entry:
        """NotFound."""
        if source not in KINDS:
            raise NotFound(source)
        columns: Any = KINDS[source].model
        async with self._db.read() as session:
            row = await session.scalar(select(KINDS[source].model).where(columns.number == number))
        if row is None:
            raise NotFound(number)
        return _entry(source, row)

    async def answer(
        self, source: str, number: str, status: str, note: str = "", *, staff: str, seen: datetime
    ) -> Entry:
        """Move it along and tell the person. The same form again is no second effect.

        NotFound; Invalid; WrongState; Changed when it is another since `seen`.
        """
        entry = await self.entry(source, number)
        note = note.strip()[:LONGEST]
        if status not in {to for moves in KINDS[source].moves.values() for to in moves}:
            raise Invalid("status", "先选一步")
        if status in KINDS[source].note_for and not note:
            raise Invalid("note", "这一步要写明情况，会发给本人")
        if source == "request":
            await self._requests.move(number, status, staff, note, seen=seen)
        elif source == "enrolment":
            await self._school.set_enrolment_status(number, status, seen=seen)
        elif source == "plating":
            await self._plating.mark_done(number)
        else:
            await self._answers[source](number, status, note, seen=seen)
        return await self.entry(source, entry.number)


def _entry(source: str, row: Any) -> Entry:
    kind = KINDS[source]
    return Entry(
        source=source,
        number=row.number,
        about=getattr(row, kind.about) if kind.about else "",
        status=row.status,
        open=row.status in kind.open,
        created_at=row.created_at,
        seen=getattr(row, kind.changed),
        person_id=row.person_id,
        phone=getattr(row, "phone", None),
        text=(getattr(row, kind.text) if kind.text else "") or "",
        facts={name: value for name in kind.facts if (value := getattr(row, name)) not in (None, "", [], {})},
        answer=(getattr(row, kind.answer) if kind.answer else "") or "",
        picture=getattr(row, "image_url", None),
        moves=kind.moves.get(row.status, ()),
    )
