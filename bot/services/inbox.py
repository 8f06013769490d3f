"""The inbox: of many deliveries of one message exactly one is worked on, and all get the same reply.

A platform that gets no answer in time sends the message again. The first `begin` of a key wins; the others
see `in_work` and may `wait`, or get the stored reply. A worker that dies loses its lease after `LEASE`, and
the next delivery takes the message over; the services' `source_key`s make the second run harmless.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.services.clock import Clock
from bot.storage.base import Database
from bot.storage.inbox import InboxMessage

LEASE = timedelta(seconds=60)
FIRST_PAUSE, LONGEST_PAUSE = 0.02, 0.1  # seconds between two looks while waiting
KEY_LIMIT = 200


@dataclass(frozen=True)
class Begun:
    """`is_new`: this caller must work on the message. Else `reply` is set, or another has it `in_work`."""

    is_new: bool
    reply: str | None
    in_work: bool


class InboxService:
    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock

    async def begin(self, key: str, person_id: str | None = None) -> Begun:
        """Claim a message. Of any number of concurrent calls with one key exactly one gets `is_new`.

        ValueError for an empty key or one over 200 characters (cutting it could make two messages one).
        """
        if not 0 < len(key) <= KEY_LIMIT:
            raise ValueError(f"an inbox key has 1 to {KEY_LIMIT} characters, not {len(key)}")
        now = self._clock.now()
        values = {
            "key": key,
            "person_id": person_id,
            "state": "in_work",
            "lease_until": now + LEASE,
            "created_at": now,
        }
        dialect: Any = sqlite if self._db.is_sqlite else postgresql
        insert = dialect.insert(InboxMessage).values(**values).on_conflict_do_nothing(index_elements=["key"])
        take_over = (
            update(InboxMessage)
            .where(InboxMessage.key == key, InboxMessage.state == "in_work", InboxMessage.lease_until < now)
            .values(lease_until=now + LEASE)
        )
        async with self._db.write() as session:
            for statement in (insert, take_over):
                done = cast("CursorResult[Any]", await session.execute(statement))
                if done.rowcount == 1:
                    return Begun(is_new=True, reply=None, in_work=True)
            row = await session.get_one(InboxMessage, key)
            return Begun(is_new=False, reply=row.reply, in_work=row.state == "in_work")

    async def finish(self, key: str, reply: str) -> None:
        """Store the reply; later deliveries get it. The first reply stays if a slow worker finishes again."""
        async with self._db.write() as session:
            await session.execute(
                update(InboxMessage)
                .where(InboxMessage.key == key, InboxMessage.state == "in_work")
                .values(state="done", reply=reply, done_at=self._clock.now())
            )

    async def wait(self, key: str, timeout: float) -> str | None:  # noqa: ASYNC109  (polls; None is no error)
        """The stored reply as soon as there is one; None after `timeout` seconds, or for an unknown key."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + timeout
        pause = FIRST_PAUSE
        while True:
            async with self._db.read() as session:
                found = (
                    await session.execute(select(InboxMessage.state, InboxMessage.reply).where(InboxMessage.key == key))
                ).one_or_none()
            if found is None:
                return None
            if found.state == "done":
                return str(found.reply)
            left = deadline - loop.time()
            if left <= 0:
                return None
            await asyncio.sleep(min(pause, left))
            pause = min(pause * 2, LONGEST_PAUSE)

    async def expire(self, older_than: timedelta = timedelta(days=1)) -> int:
        """Delete messages that nobody will send again; returns how many."""
        async with self._db.write() as session:
            gone = cast(
                "CursorResult[Any]",
                await session.execute(
                    delete(InboxMessage).where(InboxMessage.created_at < self._clock.now() - older_than)
                ),
            )
            return gone.rowcount
