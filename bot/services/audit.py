"""The audit: who of the staff saw or changed what, in the same transaction as the change.

    async with services.audit.of(actor, "ticket.move", "ticket", number, to="closed"):
        await services.dispute_desk.move(…)

The entry joins the first transaction that the block commits, whichever service opens it; a block that commits
none (a view) gets a transaction of its own; a block that fails leaves none. Details hold ids and words of ours:
no phone, no name, nothing a worker wrote.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import event, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.services.clock import Clock
from bot.storage.base import Database
from bot.storage.staff import AuditEntry

PAGE = 100  # rows


@dataclass(frozen=True)
class Actor:
    """Who acts: a member of staff from an address, or the program itself (`id` None)."""

    id: str | None
    name: str
    address: str = ""


SYSTEM = Actor(None, "system")


class _Pending:
    """An entry that waits for a transaction; `done` once one with it was committed."""

    def __init__(self, **values: Any) -> None:
        self._values = values
        self.done = False

    def join(self, session: AsyncSession) -> None:
        if self.done:
            return
        session.add(AuditEntry(**self._values))

        def committed(_session: Any) -> None:
            self.done = True

        event.listen(session.sync_session, "after_commit", committed, once=True)


_pending: ContextVar[tuple[_Pending, ...]] = ContextVar("audit_pending", default=())


def _join_pending(session: AsyncSession) -> None:
    for entry in _pending.get():
        entry.join(session)


class AuditService:
    def __init__(self, db: Database, clock: Clock) -> None:
        self._db, self._clock = db, clock
        if _join_pending not in db.before_commit:
            db.before_commit.append(_join_pending)

    @asynccontextmanager
    async def of(
        self, actor: Actor, action: str, object_kind: str = "", object_id: str = "", **detail: Any
    ) -> AsyncIterator[dict[str, Any]]:
        """Audit what the block does. The yielded detail may be filled while the block runs, before it commits."""
        pending = _Pending(**self._values(actor, action, object_kind, object_id, detail))
        token = _pending.set((*_pending.get(), pending))
        try:
            yield detail
            if not pending.done:
                async with self._db.write():
                    pass  # the entry joins by itself
        finally:
            _pending.reset(token)

    async def note(self, actor: Actor, action: str, object_kind: str = "", object_id: str = "", **detail: Any) -> None:
        """One entry, at once."""
        async with self.of(actor, action, object_kind, object_id, **detail):
            pass

    def record(
        self,
        session: AsyncSession,
        actor: Actor,
        action: str,
        object_kind: str = "",
        object_id: str = "",
        **detail: Any,
    ) -> None:
        """One entry in the caller's transaction."""
        session.add(AuditEntry(**self._values(actor, action, object_kind, object_id, detail)))

    async def search(
        self,
        *,
        staff_name: str = "",
        action: str = "",
        object_kind: str = "",
        object_id: str = "",
        since: datetime | None = None,
        until: datetime | None = None,
        before: int | None = None,
        limit: int = PAGE,
    ) -> Sequence[AuditEntry]:
        """Newest first; `action` is a whole action or its first part ("ticket"); `before`: entries older than that id."""
        query = select(AuditEntry).order_by(AuditEntry.id.desc()).limit(limit)
        if staff_name:
            query = query.where(AuditEntry.staff_name == staff_name)
        if action:
            prefix = action.rstrip(".") + "."
            query = query.where((AuditEntry.action == action) | AuditEntry.action.startswith(prefix, autoescape=True))
        if object_kind:
            query = query.where(AuditEntry.object_kind == object_kind)
        if object_id:
            query = query.where(AuditEntry.object_id == object_id)
        if since is not None:
            query = query.where(AuditEntry.at >= since)
        if until is not None:
            query = query.where(AuditEntry.at < until)
        if before is not None:
            query = query.where(AuditEntry.id < before)
        async with self._db.read() as session:
            return (await session.scalars(query)).all()

    def _values(
        self, actor: Actor, action: str, object_kind: str, object_id: str, detail: dict[str, Any]
    ) -> dict[str, Any]:
        return {
            "at": self._clock.now(),
            "staff_id": actor.id,
            "staff_name": actor.name,
            "address": actor.address,
            "action": action,
            "object_kind": object_kind,
            "object_id": object_id,
            "detail": detail,
        }
