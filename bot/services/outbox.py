"""The outbox: enqueue in the caller's transaction, drained by a channel's sender, at least once.

Promises (tests/services/test_outbox.py): a key is enqueued once; a claimed row is another worker's for `LEASE`
only; failures are tried again with growing pauses and end as `dead` after `MOST_ATTEMPTS`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from bot.services.clock import SHANGHAI, Clock
from bot.storage.base import Database
from bot.storage.outbox import OutboxMessage

MOST_ATTEMPTS = 8
LEASE = timedelta(minutes=2)
PAUSES = (15, 60, 300, 900, 3600, 3 * 3600, 12 * 3600)  # seconds


async def enqueue(
    session: AsyncSession,
    *,
    person_id: str | None,
    text: str,
    key: str,
    buttons: Sequence[tuple[str, str]] | None = None,
    due: datetime | None = None,
) -> None:
    """Put a message into the caller's transaction. A second one with the same key, or to nobody, is dropped."""
    if person_id is None:
        return
    now = datetime.now(SHANGHAI)
    dialect: Any = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    # not select-then-insert: a key taken at the same moment must not end the caller's transaction
    await session.execute(
        dialect.insert(OutboxMessage)
        .values(
            key=key,
            person_id=person_id,
            text=text,
            buttons=[list(b) for b in buttons] if buttons else None,
            state="waiting",
            attempts=0,
            created_at=now,
            due=due or now,
        )
        .on_conflict_do_nothing(index_elements=["key"])
    )


async def is_there(session: AsyncSession, key: str) -> bool:
    """Whether a message with that key was enqueued, whatever became of it."""
    return await session.scalar(select(OutboxMessage.id).where(OutboxMessage.key == key)) is not None


async def withdraw(session: AsyncSession, key: str) -> None:
    """Take back a message that has not been sent (a reminder of a booking that was cancelled)."""
    await session.execute(
        update(OutboxMessage)
        .where(OutboxMessage.key == key, OutboxMessage.state.in_(("waiting", "failed", "kept")))
        .values(state="withdrawn")
    )


class OutboxService:
    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock

    async def claim(self, limit: int = 20) -> list[OutboxMessage]:
        """Due messages, now this worker's for `LEASE`; stuck ones of dead workers are taken over."""
        now = self._clock.now()
        due = or_(
            OutboxMessage.state.in_(("waiting", "failed")) & (OutboxMessage.due <= now),
            (OutboxMessage.state == "sending") & (OutboxMessage.claimed_at < now - LEASE),
        )
        async with self._db.write() as session:
            query = select(OutboxMessage).where(due).order_by(OutboxMessage.due, OutboxMessage.id).limit(limit)
            if not self._db.is_sqlite:
                query = query.with_for_update(skip_locked=True)
            rows = list(await session.scalars(query))
            for row in rows:
                row.state, row.claimed_at = "sending", now
                row.attempts += 1
        return rows

    async def mark_sent(self, message_id: int) -> None:
        await self._set(message_id, state="sent", sent_at=self._clock.now(), last_error=None)

    async def mark_failed(self, message_id: int, error: str, *, retry_at: datetime | None = None) -> None:
        """Try again later; dead after `MOST_ATTEMPTS`. `retry_at` overrides the pause (a platform's window)."""
        async with self._db.write() as session:
            row = await session.get(OutboxMessage, message_id)
            if row is None:
                return
            row.last_error = error[:200]
            if row.attempts >= MOST_ATTEMPTS:
                row.state = "dead"
                return
            pause = PAUSES[min(row.attempts, len(PAUSES)) - 1]
            row.state, row.due = "failed", retry_at or self._clock.now() + timedelta(seconds=pause)

    async def keep(self, message_id: int, reason: str) -> None:
        """It may not be pushed (no permission, window closed): show it at the person's next message."""
        await self._set(message_id, state="kept", last_error=reason[:200])

    async def take_kept(self, person_id: str, limit: int = 3) -> list[OutboxMessage]:
        """Messages kept for the person's next message; they count as sent from here on."""
        async with self._db.write() as session:
            rows = list(
                await session.scalars(
                    select(OutboxMessage)
                    .where(OutboxMessage.person_id == person_id, OutboxMessage.state == "kept")
                    .order_by(OutboxMessage.id)
                    .limit(limit)
                )
            )
            for row in rows:
                row.state, row.sent_at = "sent", self._clock.now()
        return rows

    async def take_due(self, person_id: str, limit: int = 3) -> list[OutboxMessage]:
        """Messages that are due, for a channel that cannot push; they count as sent from here on."""
        query = (
            select(OutboxMessage)
            .where(
                OutboxMessage.person_id == person_id,
                OutboxMessage.state.in_(("waiting", "failed", "kept")),
                OutboxMessage.due <= self._clock.now(),
            )
            .order_by(OutboxMessage.due, OutboxMessage.id)
            .limit(limit)
        )
        async with self._db.read() as session:
            if await session.scalar(query.with_only_columns(OutboxMessage.id)) is None:
                return []  # nearly always: no write lock then
        async with self._db.write() as session:
            rows = list(await session.scalars(query.with_for_update(skip_locked=True)))
            for row in rows:
                row.state, row.sent_at = "sent", self._clock.now()
        return rows

    async def states(self, keys: Sequence[str]) -> dict[str, str]:
        """What became of the messages with these keys; those never enqueued are missing."""
        if not keys:
            return {}
        query = select(OutboxMessage.key, OutboxMessage.state).where(OutboxMessage.key.in_(keys))
        async with self._db.read() as session:
            return {str(key): str(state) for key, state in (await session.execute(query)).all()}

    async def counts(self) -> dict[str, int]:
        async with self._db.read() as session:
            rows = await session.execute(select(OutboxMessage.state, func.count()).group_by(OutboxMessage.state))
            return {state: int(count) for state, count in rows.all()}

    async def _set(self, message_id: int, **values: object) -> None:
        async with self._db.write() as session:
            await session.execute(update(OutboxMessage).where(OutboxMessage.id == message_id).values(**values))
