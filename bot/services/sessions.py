"""Keeping the current dialogue session of each sender."""

from __future__ import annotations

from sqlalchemy import delete, select

from bot.services.clock import Clock
from bot.storage.base import Database
from bot.storage.sessions import DialogueSession


class SessionService:
    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock

    async def load(self, sender: str) -> str | None:
        async with self._db.read() as session:
            state: str | None = await session.scalar(
                select(DialogueSession.state).where(DialogueSession.sender == sender)
            )
            return state

    async def save(self, sender: str, state: str) -> None:
        now = self._clock.now()
        async with self._db.write() as session:
            row = await session.get(DialogueSession, sender)
            if row is None:
                session.add(DialogueSession(sender=sender, state=state, version=1, updated_at=now))
            else:
                row.state, row.version, row.updated_at = state, row.version + 1, now

    async def delete(self, sender: str) -> None:
        async with self._db.write() as session:
            await session.execute(delete(DialogueSession).where(DialogueSession.sender == sender))

    async def senders(self) -> list[str]:
        async with self._db.read() as session:
            return list(await session.scalars(select(DialogueSession.sender)))
