"""A delivery of a message from its arrival to its reply: claimed, acknowledged if slow, answered once.

Builds on the inbox. Promises (tests/wechat/test_flow.py):
- of all deliveries of a key one is worked on; a worker that dies loses its short lease to another;
- the first reply stored for a key is the reply to every delivery: the real one, or an acknowledgement;
- once acknowledged, the real reply is owed, survives any crash, and goes through the outbox exactly once;
- messages kept for the person count as shown only together with the reply that shows them;
- the platform's windows are never overrun, whichever replica pushes.

It stands before and after every message, so it takes two transactions and plain SQL: the ORM's bulk
statements cost several milliseconds each.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, cast

from sqlalchemy import CursorResult, Executable, Row, Table, delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from bot.services.inbox import InboxService
from bot.services.outbox import enqueue
from bot.services.people import split_sender
from bot.storage.base import public_id
from bot.storage.handoff import Handoff
from bot.storage.inbox import InboxMessage
from bot.storage.outbox import OutboxMessage
from bot.storage.people import Person
from bot.storage.wechat import OwedReply, WechatChat

PEOPLE, INBOX = cast(Table, Person.__table__), cast(Table, InboxMessage.__table__)
OUTBOX, HANDOFFS = cast(Table, OutboxMessage.__table__), cast(Table, Handoff.__table__)
CHATS, OWED = cast(Table, WechatChat.__table__), cast(Table, OwedReply.__table__)

WORK_LEASE = timedelta(seconds=3)  # renewed every second while the work goes on
MESSAGE_WINDOW, MESSAGE_PUSHES = timedelta(hours=48), 5
EVENT_WINDOW, EVENT_PUSHES = timedelta(minutes=1), 3
MARGIN = timedelta(seconds=5)  # of a window, for the way to the platform
MOST_OWED_ATTEMPTS = 5
MOST_KEPT = 3  # messages shown with one reply

Window = Literal["message", "event"]


@dataclass(frozen=True)
class Kept:
    """A message that could not be pushed and waits for the person."""

    id: int
    text: str


@dataclass(frozen=True)
class Arrival:
    """A delivery, claimed or not.

    is_new: the caller must work on the message of `person_id`. Else `reply` is the stored one, or None while
    another works. kept: what waits for the person. talk_open: a human was asked for (and may have the talk).
    """

    person_id: str
    is_new: bool
    reply: str | None
    kept: tuple[Kept, ...] = ()
    talk_open: bool = False


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

    async def arrive(self, key: str, sender: str, *, opens: Window | None = None) -> Arrival:
        """Claim a message, or see what became of it. The person is made if new.

        A new message opens the platform's window `opens` for pushes. A claim lasts WORK_LEASE, see `renew`.
        """
        now = self._clock.now()
        async with self._db.write() as session:
            # looked for first: a retry of the message that erased somebody must not make them anew
            known = await self._known(session, key)
            if known is None:
                person_id = await self._person(session, sender, now)
                if await self._claimed(session, key, person_id, now):
                    if opens:
                        await session.execute(self._opened(person_id, opens, now))
                    return await self._to_work(session, person_id)
                known = await self._known(session, key)
            if known is None:
                raise LookupError("a message could be neither found nor claimed")
            if known.state == "in_work" and await self._took_over(session, key, now):
                return await self._to_work(session, known.person_id)
            return Arrival("", False, known.reply if known.state == "done" else None)

    async def _known(self, session: AsyncSession, key: str) -> Row[Any] | None:
        query = select(INBOX.c.state, INBOX.c.reply, INBOX.c.person_id).where(INBOX.c.key == key)
        return (await session.execute(query)).one_or_none()

    async def _claimed(self, session: AsyncSession, key: str, person_id: str, now: datetime) -> bool:
        row = {"key": key, "person_id": person_id, "state": "in_work"}
        moments = {"lease_until": now + WORK_LEASE, "created_at": now}
        return await _changed(session, self._insert(INBOX, row | moments))

    async def _to_work(self, session: AsyncSession, person_id: str) -> Arrival:
        talk = await session.scalar(select(HANDOFFS.c.id).where(HANDOFFS.c.one_key == person_id))
        kept = await self._kept(session, person_id)
        return Arrival(person_id, True, None, kept=kept, talk_open=talk is not None)

    async def _person(self, session: AsyncSession, sender: str, now: datetime) -> str:
        channel, external = split_sender(sender)
        query = select(PEOPLE.c.id).where(PEOPLE.c.channel == channel, PEOPLE.c.external_id == external)
        found: str | None = await session.scalar(query)
        if found is None:
            row = {"id": public_id(), "channel": channel, "external_id": external}
            moments = {"created_at": now, "seen_at": now}
            await session.execute(self._insert(PEOPLE, row | moments))
            found = await session.scalar(query)
        if found is None:
            raise LookupError("a person could be neither found nor made")
        return found

    async def _took_over(self, session: AsyncSession, key: str, now: datetime) -> bool:
        lost = (INBOX.c.key == key) & (INBOX.c.state == "in_work") & (INBOX.c.lease_until < now)
        return await _changed(session, update(INBOX).where(lost).values(lease_until=now + WORK_LEASE))

    async def renew(self, key: str) -> None:
        """The worker is still at it."""
        until = self._clock.now() + WORK_LEASE
        async with self._db.write() as session:
            at_work = (INBOX.c.key == key) & (INBOX.c.state == "in_work")
            if not await _changed(session, update(INBOX).where(at_work).values(lease_until=until)):
                await session.execute(update(OWED).where(OWED.c.key == key).values(lease_until=until))

    async def acknowledge(self, key: str, sender: str, reply: str, message: dict[str, Any]) -> str:
        """Store an acknowledgement as the reply and note that the real one is owed.

        Returns the reply to give: the real one, when the work ended just before.
        """
        now = self._clock.now()
        async with self._db.write() as session:
            if await self._settled(session, key, reply, now):
                owed = {
                    "key": key,
                    "person_id": await self._person(session, sender, now),
                    "message": message,
                    "lease_until": now + WORK_LEASE,
                    "attempts": 0,
                    "created_at": now,
                }
                await session.execute(self._insert(OWED, owed))
                return reply
            stored: str | None = await session.scalar(select(INBOX.c.reply).where(INBOX.c.key == key))
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
    ) -> str:
        """The work is done. Returns what is now the reply of this key.

        It is `reply`, or the acknowledgement that was given in the meantime, and then `push` goes to the
        outbox; so it does when the caller has already told the person something else (`unheard`). shown:
        outbox messages that the reply shows. pages: what follows when the person asks for more.
        """
        now = self._clock.now()
        async with self._db.write() as session:
            if await self._settled(session, key, reply, now) and not unheard:
                if shown:
                    kept = OUTBOX.c.id.in_(shown) & (OUTBOX.c.state == "kept")
                    await session.execute(update(OUTBOX).where(kept).values(state="sent", sent_at=now))
                chat = update(CHATS).where(CHATS.c.person_id == person_id)
                if pages is None:  # the usual case: nothing waited and nothing waits, so nothing is written
                    chat = chat.where(CHATS.c.pages.is_not(None))
                await session.execute(chat.values(pages=pages))
                return reply
            await session.execute(delete(OWED).where(OWED.c.key == key))
            if await session.get(Person, person_id) is None:
                return await self._after_erasure(session, key, reply, now)
            if push is not None:
                buttons = push.buttons or None
                await enqueue(session, person_id=person_id, text=push.text, key=f"late:{key}", buttons=buttons, due=now)
            stored: str | None = await session.scalar(select(INBOX.c.reply).where(INBOX.c.key == key))
            return reply if stored is None else stored

    async def _after_erasure(self, session: AsyncSession, key: str, reply: str, now: datetime) -> str:
        """The message was the one that erased the person, and with them its own row.

        The key and the reply name nobody, so they are kept: a retry must not begin all over.
        """
        row = {"key": key, "person_id": None, "state": "done", "reply": reply}
        moments = {"lease_until": now, "created_at": now, "done_at": now}
        await session.execute(self._insert(INBOX, row | moments))
        return reply

    async def _settled(self, session: AsyncSession, key: str, reply: str, now: datetime) -> bool:
        at_work = (INBOX.c.key == key) & (INBOX.c.state == "in_work")
        done = {"state": "done", "reply": reply, "done_at": now}
        return await _changed(session, update(INBOX).where(at_work).values(**done))

    # -- replies that are owed -----------------------------------------------------------------------------

    async def owes(self, person_id: str) -> bool:
        """Whether a reply to this person is still being worked on."""
        async with self._db.read() as session:
            query = select(OWED.c.key).where(OWED.c.person_id == person_id).limit(1)
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

    async def kept(self, person_id: str) -> tuple[Kept, ...]:
        """Messages that could not be pushed, oldest first; `complete` counts them as shown."""
        async with self._db.read() as session:
            return await self._kept(session, person_id)

    async def _kept(self, session: AsyncSession, person_id: str) -> tuple[Kept, ...]:
        waiting = (OUTBOX.c.person_id == person_id) & (OUTBOX.c.state == "kept")
        query = select(OUTBOX.c.id, OUTBOX.c.text).where(waiting).order_by(OUTBOX.c.id).limit(MOST_KEPT)
        return tuple(Kept(row.id, row.text) for row in await session.execute(query))

    async def pages(self, person_id: str) -> list[Any]:
        """The rest of the last long reply."""
        async with self._db.read() as session:
            pages = await session.scalar(select(CHATS.c.pages).where(CHATS.c.person_id == person_id))
            return list(pages or [])

    async def set_pages(self, person_id: str, pages: list[Any] | None) -> None:
        async with self._db.write() as session:
            await session.execute(update(CHATS).where(CHATS.c.person_id == person_id).values(pages=pages))

    # -- windows -------------------------------------------------------------------------------------------

    async def reserve_push(self, person_id: str) -> bool:
        """Take one of the pushes that the platform still allows to this person; False when there is none."""
        now = self._clock.now()
        mine = CHATS.c.person_id == person_id
        open_by_message = CHATS.c.message_at > now - MESSAGE_WINDOW + MARGIN
        open_by_event = CHATS.c.event_at > now - EVENT_WINDOW + MARGIN
        by_message = (
            update(CHATS)
            .where(mine, open_by_message, CHATS.c.message_pushes < MESSAGE_PUSHES)
            .values(message_pushes=CHATS.c.message_pushes + 1)
        )
        by_event = (
            update(CHATS)
            .where(mine, open_by_event, CHATS.c.event_pushes < EVENT_PUSHES)
            .values(event_pushes=CHATS.c.event_pushes + 1)
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
            dead = update(OUTBOX).where(OUTBOX.c.id == message_id)
            await session.execute(dead.values(state="dead", last_error=reason[:200]))

    async def dead_letters(self, since: datetime) -> int:
        """How many messages were given up since then (for the operator's check)."""
        async with self._db.read() as session:
            dead = (OUTBOX.c.state == "dead") & (OUTBOX.c.created_at >= since)
            return await session.scalar(select(func.count()).select_from(OUTBOX).where(dead)) or 0

    def _insert(self, table: Table, values: dict[str, Any]) -> Executable:
        """An insert that a row with the same key makes to nothing."""
        statement: Executable = self._dialect.insert(table).values(**values).on_conflict_do_nothing()
        return statement

    def _opened(self, person_id: str, window: Window, now: datetime) -> Executable:
        fresh = {f"{window}_at": now, f"{window}_pushes": 0}
        row = {"person_id": person_id, "message_pushes": 0, "event_pushes": 0} | fresh
        insert = self._dialect.insert(CHATS).values(**row)
        upsert: Executable = insert.on_conflict_do_update(index_elements=["person_id"], set_=fresh)
        return upsert

    @property
    def _dialect(self) -> Any:
        return sqlite if self._db.is_sqlite else postgresql


async def _changed(session: AsyncSession, statement: Executable) -> bool:
    return cast("CursorResult[Any]", await session.execute(statement)).rowcount == 1
