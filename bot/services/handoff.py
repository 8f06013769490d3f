"""Handing a person over to a human: one open talk a person, urgent ones first, office hours known.

While a member of staff has taken the talk the bot keeps silent (`is_silent`) and its channel passes the
person's messages on with `hear`. A talk that nobody touches for `IDLE` falls back to the bot.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.language import OfficeHours, redact
from bot.services import desk_notices, outbox
from bot.services.clock import Clock
from bot.services.errors import NotFound, WrongState
from bot.services.submissions import check_text, create_once
from bot.storage.base import Database
from bot.storage.handoff import Handoff, HandoffMessage

IDLE = timedelta(minutes=30)
URGENT = frozenset({"crisis"})


@dataclass(frozen=True)
class HandoffRequest:
    """`handoff`: the person's open talk. `open_now`: staff is in the office; `next_open`: when it is next.

    `ahead`: how many wait before this person.
    """

    handoff: Handoff
    open_now: bool
    next_open: datetime
    ahead: int


class HandoffService:
    """`office`: when staff answers; an assumption of ours until the operator sets its own hours."""

    def __init__(self, db: Database, clock: Clock, office: OfficeHours | None = None) -> None:
        self._db, self._clock = db, clock
        self.office = office or OfficeHours()

    async def request(
        self, person_id: str, *, reason: str = "asked", text: str = "", key: str | None = None
    ) -> HandoffRequest:
        """Put the person into the queue; who waits already keeps the place (and may become urgent)."""
        kept = redact(check_text("text", text.replace("\x00", ""), 1000, required=False))

        async def build(session: AsyncSession) -> Handoff:
            now = self._clock.now()
            waiting: Handoff | None = await session.scalar(
                select(Handoff).where(Handoff.one_key == person_id).with_for_update()
            )
            if waiting is not None:
                waiting.last_at = now
                if reason in URGENT:
                    waiting.urgent, waiting.reason = True, reason
                return waiting
            return Handoff(
                person_id=person_id,
                reason=reason,
                urgent=reason in URGENT,
                text=kept,
                one_key=person_id,
                created_at=now,
                last_at=now,
                source_key=key,
            )

        handoff = await create_once(self._db, Handoff, key, build)
        now = self._clock.now()
        return HandoffRequest(
            handoff=handoff,
            open_now=self.office.is_open(now),
            next_open=self.office.next_open(now),
            ahead=await self._ahead(handoff),
        )

    async def _ahead(self, handoff: Handoff) -> int:
        before = Handoff.id < handoff.id
        before = Handoff.urgent & before if handoff.urgent else Handoff.urgent | before
        async with self._db.read() as session:
            count = await session.scalar(
                select(func.count()).select_from(Handoff).where(Handoff.state == "waiting", before)
            )
        return int(count or 0)

    async def current(self, person_id: str) -> Handoff | None:
        """The person's talk that is not closed, if any."""
        async with self._db.read() as session:
            found: Handoff | None = await session.scalar(select(Handoff).where(Handoff.one_key == person_id))
            return found

    async def is_silent(self, person_id: str) -> bool:
        """Whether a human has the talk just now, so that the bot must not answer."""
        talk = await self.current(person_id)
        return talk is not None and talk.state == "taken" and self._clock.now() - talk.last_at <= IDLE

    async def queue(self) -> list[Handoff]:
        """Who waits, urgent ones first, then in order of coming."""
        return await self._in_state("waiting")

    async def taken(self) -> list[Handoff]:
        """Talks that staff is having."""
        return await self._in_state("taken")

    async def _in_state(self, state: str) -> list[Handoff]:
        query = select(Handoff).where(Handoff.state == state).order_by(Handoff.urgent.desc(), Handoff.id)
        async with self._db.read() as session:
            return list(await session.scalars(query))

    async def take(self, handoff_id: int, staff: str) -> Handoff:
        """A member of staff takes the talk; the person is told. NotFound; WrongState if another has it."""
        async with self._db.write() as session:
            talk = await _get(session, handoff_id)
            if talk.state == "taken" and talk.staff == staff:
                return talk
            if talk.state != "waiting":
                raise WrongState(talk.state)
            now = self._clock.now()
            talk.state, talk.staff, talk.taken_at, talk.last_at = "taken", staff, now, now
            await self._push(session, talk, desk_notices.HANDOFF_TAKEN, "taken")
        return talk

    async def say(self, handoff_id: int, staff: str, text: str, *, key: str | None = None) -> HandoffMessage:
        """Staff writes to the person, by the outbox; the same `key` again says it once.

        NotFound; WrongState unless this staff has it.
        """
        kept = check_text("text", text, 1000)
        async with self._db.write() as session:
            talk = await _get(session, handoff_id)
            if key is not None:
                made: HandoffMessage | None = await session.scalar(
                    select(HandoffMessage).where(HandoffMessage.handoff_id == talk.id, HandoffMessage.source_key == key)
                )
                if made is not None:
                    return made
            if talk.state != "taken" or talk.staff != staff:
                raise WrongState(talk.state)
            message = await self._add(session, talk, "staff", kept, key)
            await self._push(session, talk, desk_notices.staff_message(kept), str(message.id))
        return message

    async def hear(self, person_id: str, text: str, key: str | None = None) -> HandoffMessage | None:
        """Keep what the person wrote while a human has the talk or is awaited; None without a talk."""
        kept = redact(check_text("text", text.replace("\x00", ""), 2000, required=False))
        async with self._db.write() as session:
            if key is not None:
                made = await session.scalar(select(HandoffMessage).where(HandoffMessage.source_key == key))
                if made is not None:
                    return made
            talk = await session.scalar(select(Handoff).where(Handoff.one_key == person_id).with_for_update())
            return None if talk is None else await self._add(session, talk, "person", kept, key)

    async def talk(self, handoff_id: int) -> Handoff:
        """NotFound."""
        async with self._db.read() as session:
            found = await session.get(Handoff, handoff_id)
        if found is None:
            raise NotFound(str(handoff_id))
        return found

    async def ended(self, staff: str, limit: int = 10) -> list[Handoff]:
        """The latest talks that this staff has had."""
        query = select(Handoff).where(Handoff.staff == staff, Handoff.state == "closed")
        async with self._db.read() as session:
            return list(await session.scalars(query.order_by(Handoff.id.desc()).limit(limit)))

    async def messages(self, handoff_id: int) -> list[HandoffMessage]:
        """What was said, oldest first."""
        query = select(HandoffMessage).where(HandoffMessage.handoff_id == handoff_id)
        async with self._db.read() as session:
            return list(await session.scalars(query.order_by(HandoffMessage.id)))

    async def close(self, handoff_id: int, *, tell: bool = True, staff: str | None = None) -> Handoff:
        """End the talk; the bot answers again. NotFound; closing twice is no error.

        `staff`: who ends it; WrongState when another has it (None: whoever may).
        """
        async with self._db.write() as session:
            talk = await _get(session, handoff_id)
            if staff is not None and talk.state != "closed" and talk.staff != staff:
                raise WrongState(talk.state)
            await self._close(session, talk, tell=tell)
        return talk

    async def leave(self, person_id: str) -> bool:
        """The person wants the bot back, or no longer waits. False when there was no talk."""
        async with self._db.write() as session:
            talk = await session.scalar(select(Handoff).where(Handoff.one_key == person_id).with_for_update())
            if talk is None:
                return False
            await self._close(session, talk, tell=False)
        return True

    async def close_idle(self) -> int:
        """Give talks that staff has left for `IDLE` back to the bot; returns how many."""
        limit = self._clock.now() - IDLE
        closed = 0
        async with self._db.write() as session:
            query = select(Handoff).where(Handoff.state == "taken", Handoff.last_at < limit)
            for talk in await session.scalars(query.with_for_update()):
                await self._close(session, talk, tell=True)
                closed += 1
        return closed

    async def _close(self, session: AsyncSession, talk: Handoff, *, tell: bool) -> None:
        if talk.state == "closed":
            return
        was_taken = talk.state == "taken"
        talk.state, talk.one_key, talk.closed_at = "closed", None, self._clock.now()
        if tell and was_taken:
            await self._push(session, talk, desk_notices.HANDOFF_CLOSED, "closed")

    async def _add(
        self, session: AsyncSession, talk: Handoff, actor: str, text: str, key: str | None
    ) -> HandoffMessage:
        now = self._clock.now()
        talk.last_at = now
        message = HandoffMessage(handoff_id=talk.id, at=now, actor=actor, text=text, source_key=key)
        session.add(message)
        await session.flush()
        return message

    async def _push(self, session: AsyncSession, talk: Handoff, text: str, part: str) -> None:
        await outbox.enqueue(
            session,
            person_id=talk.person_id,
            text=text,
            key=f"handoff:{talk.id}:{part}",
            due=self._clock.now(),
        )


async def _get(session: AsyncSession, handoff_id: int) -> Handoff:
    talk = await session.scalar(select(Handoff).where(Handoff.id == handoff_id).with_for_update())
    if talk is None:
        raise NotFound(str(handoff_id))
    return talk
