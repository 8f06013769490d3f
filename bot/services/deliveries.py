"""A delivery of a message from its arrival to its reply: claimed, acknowledged if slow, answered once.

Builds on the inbox. Promises (tests/wechat/test_deliveries.py):
- of all deliveries of a key one is worked on; a worker that dies loses its short lease to another;
- the first reply stored for a key is the reply to every delivery: the real one, or an acknowledgement;
- once acknowledged, the real reply is owed, survives any crash, and goes through the outbox exactly once;
- messages kept for the person count as shown only together with the reply that shows them;
- the platform's windows are never overrun, whichever replica pushes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, cast

from sqlalchemy import CursorResult, Executable, delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from bot.services.inbox import Begun, InboxService
from bot.services.outbox import enqueue
from bot.storage.inbox import InboxMessage
from bot.storage.outbox import OutboxMessage
from bot.storage.people import Person
from bot.storage.wechat import OwedReply, WechatChat

WORK_LEASE = timedelta(seconds=3)  # renewed every second while the work goes on
MESSAGE_WINDOW, MESSAGE_PUSHES = timedelta(hours=48), 5
EVENT_WINDOW, EVENT_PUSHES = timedelta(minutes=1), 3
MARGIN = timedelta(seconds=5)  # of a window, for the way to the platform
MOST_OWED_ATTEMPTS = 5

Window = Literal["message", "event"]


@dataclass(frozen=True)
class Push:
    """A message to be pushed later in place of a reply."""

    text: str
    buttons: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Owed:
    """A message whose reply is owed. `message` is what the channel gave to `acknowledge`."""

    key: str
    person_id: str
    message: dict[str, Any]
    attempts: int


class DeliveryService(InboxService):
    """The inbox of a channel that waits only seconds for its reply."""

    # -- one message ---------------------------------------------------------------------------------------

    async def begin(self, key: str, person_id: str | None = None, *, opens: Window | None = None) -> Begun:
        """As the inbox's, with the short lease of a worker who renews it. opens: the window it opens."""
        now = self._clock.now()
        until = now + WORK_LEASE
        values = {
            "key": key,
            "person_id": person_id,
            "state": "in_work",
            "lease_until": until,
            "created_at": now,
        }
        take_over = (
            update(InboxMessage)
            .where(InboxMessage.key == key, InboxMessage.state == "in_work", InboxMessage.lease_until < now)
            .values(lease_until=until)
        )
        async with self._db.write() as session:
            if await _changed(session, self._insert(InboxMessage, values, "key")):
                if opens and person_id:
                    await session.execute(self._opened(person_id, opens, now))
                return Begun(is_new=True, reply=None, in_work=True)
            if await _changed(session, take_over):
                return Begun(is_new=True, reply=None, in_work=True)
            row = await session.get_one(InboxMessage, key)
            return Begun(is_new=False, reply=row.reply, in_work=row.state == "in_work")

    async def renew(self, key: str) -> None:
        """The worker is still at it."""
        until = self._clock.now() + WORK_LEASE
        async with self._db.write() as session:
            await session.execute(
                update(InboxMessage)
                .where(InboxMessage.key == key, InboxMessage.state == "in_work")
                .values(lease_until=until)
            )
            await session.execute(update(OwedReply).where(OwedReply.key == key).values(lease_until=until))

    async def acknowledge(self, key: str, person_id: str, reply: str, message: dict[str, Any]) -> str:
        """Store an acknowledgement as the reply and note that the real one is owed.

        Returns the reply to give: the real one, when the work ended just before.
        """
        now = self._clock.now()
        async with self._db.write() as session:
            done = update(InboxMessage).where(InboxMessage.key == key, InboxMessage.state == "in_work")
            if await _changed(session, done.values(state="done", reply=reply, done_at=now)):
                owed = {
                    "key": key,
                    "person_id": person_id,
                    "message": message,
                    "lease_until": now + WORK_LEASE,
                    "attempts": 0,
                    "created_at": now,
                }
                await session.execute(self._insert(OwedReply, owed, "key"))
                return reply
            stored = await session.scalar(select(InboxMessage.reply).where(InboxMessage.key == key))
            return reply if stored is None else stored

    async def complete(
        self,
        key: str,
        person_id: str,
        reply: str,
        push: Push | None,
        *,
        shown: Sequence[int] = (),
        pages: list[Any] | None = None,
        unheard: bool = False,
    ) -> bool:
        """The work is done: True when `reply` is now the reply of this key.

        Otherwise an acknowledgement was given in the meantime and `push` goes to the outbox; so it does when
        the caller has already told the person something else (`unheard`). shown: outbox messages that the
        reply shows. pages: what follows when the person asks for more.
        """
        now = self._clock.now()
        async with self._db.write() as session:
            done = update(InboxMessage).where(InboxMessage.key == key, InboxMessage.state == "in_work")
            if await _changed(session, done.values(state="done", reply=reply, done_at=now)) and not unheard:
                if shown:
                    await session.execute(
                        update(OutboxMessage)
                        .where(OutboxMessage.id.in_(shown), OutboxMessage.state == "kept")
                        .values(state="sent", sent_at=now)
                    )
                chat = update(WechatChat).where(WechatChat.person_id == person_id)
                if pages is None:  # the usual case: nothing waited and nothing waits, so nothing is written
                    chat = chat.where(WechatChat.pages.is_not(None))
                await session.execute(chat.values(pages=pages))
                return True
            await session.execute(delete(OwedReply).where(OwedReply.key == key))
            if push is not None and await session.get(Person, person_id) is not None:
                buttons = push.buttons or None
                await enqueue(
                    session, person_id=person_id, text=push.text, key=f"late:{key}", buttons=buttons, due=now
                )
            return False

    # -- replies that are owed -----------------------------------------------------------------------------

    async def owes(self, person_id: str) -> bool:
        """Whether a reply to this person is still being worked on."""
        async with self._db.read() as session:
            query = select(OwedReply.key).where(OwedReply.person_id == person_id).limit(1)
            return await session.scalar(query) is not None

    async def take_up_owed(self, limit: int = 5) -> list[Owed]:
        """Owed messages whose worker died, now the caller's; given up after a few attempts."""
        now = self._clock.now()
        async with self._db.write() as session:
            query = select(OwedReply).where(OwedReply.lease_until < now).order_by(OwedReply.lease_until)
            query = query.limit(limit)
            if not self._db.is_sqlite:
                query = query.with_for_update(skip_locked=True)
            rows = list(await session.scalars(query))
            for row in rows:
                row.lease_until, row.attempts = now + WORK_LEASE, row.attempts + 1
            return [Owed(row.key, row.person_id, row.message, row.attempts) for row in rows]

    # -- what waits for the person -------------------------------------------------------------------------

    async def kept(self, person_id: str, limit: int = 3) -> list[OutboxMessage]:
        """Messages that could not be pushed, oldest first; `complete` counts them as shown."""
        async with self._db.read() as session:
            rows = await session.scalars(
                select(OutboxMessage)
                .where(OutboxMessage.person_id == person_id, OutboxMessage.state == "kept")
                .order_by(OutboxMessage.id)
                .limit(limit)
            )
            return list(rows)

    async def pages(self, person_id: str) -> list[Any]:
        """The rest of the last long reply."""
        async with self._db.read() as session:
            pages = await session.scalar(select(WechatChat.pages).where(WechatChat.person_id == person_id))
            return list(pages or [])

    async def set_pages(self, person_id: str, pages: list[Any] | None) -> None:
        async with self._db.write() as session:
            await session.execute(
                update(WechatChat).where(WechatChat.person_id == person_id).values(pages=pages)
            )

    # -- windows -------------------------------------------------------------------------------------------

    async def reserve_push(self, person_id: str) -> bool:
        """Take one of the pushes that the platform still allows to this person; False when there is none."""
        now = self._clock.now()
        by_message = (
            update(WechatChat)
            .where(
                WechatChat.person_id == person_id,
                WechatChat.message_at > now - MESSAGE_WINDOW + MARGIN,
                WechatChat.message_pushes < MESSAGE_PUSHES,
            )
            .values(message_pushes=WechatChat.message_pushes + 1)
        )
        by_event = (
            update(WechatChat)
            .where(
                WechatChat.person_id == person_id,
                WechatChat.event_at > now - EVENT_WINDOW + MARGIN,
                WechatChat.event_pushes < EVENT_PUSHES,
            )
            .values(event_pushes=WechatChat.event_pushes + 1)
        )
        async with self._db.write() as session:
            return await _changed(session, by_message) or await _changed(session, by_event)

    # -- the outbox from the sender's side -----------------------------------------------------------------

    async def recipient(self, person_id: str) -> tuple[str, str] | None:
        """(channel, id on that channel) of someone who may be written to; None after an erasure."""
        async with self._db.read() as session:
            person = await session.get(Person, person_id)
            return None if person is None else (person.channel, person.external_id)

    async def bury(self, message_id: int, reason: str) -> None:
        """It can never be delivered: a dead letter at once."""
        async with self._db.write() as session:
            await session.execute(
                update(OutboxMessage)
                .where(OutboxMessage.id == message_id)
                .values(state="dead", last_error=reason[:200])
            )

    async def dead_letters(self, since: datetime) -> int:
        """How many messages were given up since then (for the operator's check)."""
        async with self._db.read() as session:
            dead = select(func.count()).select_from(OutboxMessage).where(OutboxMessage.state == "dead")
            return await session.scalar(dead.where(OutboxMessage.created_at >= since)) or 0

    def _insert(self, table: type[Any], values: dict[str, Any], key: str) -> Executable:
        insert = self._dialect.insert(table).values(**values)
        statement: Executable = insert.on_conflict_do_nothing(index_elements=[key])
        return statement

    def _opened(self, person_id: str, window: Window, now: datetime) -> Executable:
        fresh = {f"{window}_at": now, f"{window}_pushes": 0}
        row = {"person_id": person_id, "message_pushes": 0, "event_pushes": 0} | fresh
        statement = self._dialect.insert(WechatChat).values(**row)
        upsert: Executable = statement.on_conflict_do_update(index_elements=["person_id"], set_=fresh)
        return upsert

    @property
    def _dialect(self) -> Any:
        return sqlite if self._db.is_sqlite else postgresql


async def _changed(session: AsyncSession, statement: Executable) -> bool:
    return cast("CursorResult[Any]", await session.execute(statement)).rowcount == 1
