"""The register of requests: what a person asks for in chat and a member of staff arranges.

Kinds with rules of their own (hospital booking, plating, call-back of the bank, school) have own services.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.language import check_phone, redact
from bot.services import desk_notices, outbox
from bot.services.clock import Clock
from bot.services.errors import AlreadyExists, Invalid, NotFound, WrongState
from bot.services.submissions import (
    all_own,
    check_choice,
    check_seen,
    check_text,
    create_once,
    numbered,
    own,
    take_back,
)
from bot.storage.base import Database
from bot.storage.requests import REQUEST_KINDS, Request

PREFIX = "BM"
OPEN = ("received", "handling", "arranged")
MOVES: dict[str, tuple[str, ...]] = {
    "received": ("handling", "arranged", "done", "declined"),
    "handling": ("arranged", "done", "declined"),
    "arranged": ("handling", "done", "declined"),
    "done": (),
    "declined": ("handling",),
    "withdrawn": (),
}


class RequestsService:
    def __init__(self, db: Database, clock: Clock) -> None:
        self._db, self._clock = db, clock

    async def submit(
        self,
        *,
        person_id: str,
        kind: str,
        phone: str,
        note: str | None = None,
        details: Mapping[str, Any] | None = None,
        key: str | None = None,
    ) -> Request:
        """Register a request; the same `key` again returns the same one.

        AlreadyExists (with `existing`) when the person has an open one of that kind; Invalid for a wrong kind
        or phone.
        """
        check_choice("kind", kind, REQUEST_KINDS)
        read = check_phone(phone)
        if read is None or not read.valid:
            raise Invalid("phone", "11位手机号")
        open_key = f"{person_id}:{kind}"
        kept = redact(check_text("note", (note or "").replace("\x00", ""), 1000, required=False)) or None

        async def build(session: AsyncSession) -> Request:
            earlier = await session.scalar(select(Request).where(Request.open_key == open_key))
            if earlier is not None:
                session.expunge(earlier)  # readable after the rollback
                raise AlreadyExists(kind, earlier)
            now = self._clock.now()
            return Request(
                number=numbered(PREFIX, now.date()),
                person_id=person_id,
                kind=kind,
                phone=read.number,
                note=kept,
                details=dict(details or {}),
                open_key=open_key,
                created_at=now,
                updated_at=now,
                source_key=key,
            )

        return await create_once(self._db, Request, key, build)

    async def of_person(self, person_id: str, *, open_only: bool = False) -> list[Request]:
        """The person's latest requests, newest first."""
        async with self._db.read() as session:
            rows = await all_own(session, Request, person_id)
        return [row for row in rows if row.status in OPEN or not open_only]

    async def get(self, number: str, person_id: str) -> Request:
        """NotFound, also for someone else's."""
        async with self._db.read() as session:
            return await own(session, Request, person_id, number)

    async def withdraw(self, person_id: str, number: str) -> Request:
        """Take a request back. NotFound; WrongState when it is over."""
        now = self._clock.now()
        return await take_back(self._db, Request, person_id, number, now, to="withdrawn", while_in=OPEN)

    async def queue(self, *, kind: str | None = None, status: str | None = None, limit: int = 100) -> list[Request]:
        """Open requests (or those in `status`) for staff, oldest first."""
        query = select(Request).order_by(Request.id).limit(limit)
        query = query.where(Request.status == status if status else Request.status.in_(OPEN))
        if kind is not None:
            query = query.where(Request.kind == kind)
        async with self._db.read() as session:
            return list(await session.scalars(query))

    async def move(
        self, number: str, status: str, staff: str, answer: str = "", *, seen: datetime | None = None
    ) -> Request:
        """Move a request along `MOVES` and tell the person; the same again changes nothing.

        NotFound, Invalid, WrongState; Changed since `seen`.
        """
        kept = check_text("answer", answer, 500, required=status == "declined")
        async with self._db.write() as session:
            row = await session.scalar(select(Request).where(Request.number == number).with_for_update())
            if row is None:
                raise NotFound(number)
            if (row.status, row.assignee, row.answer or "") == (status, staff, kept or row.answer or ""):
                return row
            check_seen(row.updated_at, seen)
            if status not in MOVES[row.status]:
                raise WrongState(f"{row.status} → {status}")
            now = self._clock.now()
            row.status, row.assignee, row.answer, row.updated_at = status, staff, kept or row.answer, now
            row.open_key = f"{row.person_id}:{row.kind}" if status in OPEN and row.person_id else None
            await outbox.enqueue(
                session,
                person_id=row.person_id,
                text=desk_notices.request_moved(number, row.kind, status, kept),
                key=f"request:{row.id}:{status}:{now.timestamp():.6f}",
                due=now,
            )
        return row

    async def forget(self, person_id: str) -> None:
        """Erase the person: open requests are taken back, all lose owner, phone and the person's words."""
        async with self._db.write() as session:
            for row in await session.scalars(select(Request).where(Request.person_id == person_id)):
                if row.status in OPEN:
                    row.status = "withdrawn"
                row.person_id = row.phone = row.note = row.open_key = row.source_key = None
                row.details, row.updated_at = {}, self._clock.now()
