"""The transcript: what was said and answered, without numbers that could rob or expose a person."""

from __future__ import annotations

from sqlalchemy import select

from bot.language import redact
from bot.services.clock import Clock
from bot.services.people import PeopleService
from bot.services.review import note_turn
from bot.storage.base import Database
from bot.storage.transcript import TranscriptTurn

TEXT_LIMIT = 2000


class TranscriptService:
    def __init__(self, db: Database, clock: Clock, people: PeopleService) -> None:
        self._db = db
        self._clock = clock
        self._people = people

    async def record(
        self,
        *,
        sender: str,
        text: str,
        topic: str,
        confidence: float,
        reply: str,
        milliseconds: float,
        guess: str = "",
        in_form: bool = False,
        decision: str = "",
    ) -> None:
        """Keep a turn; one the bot did badly on is put up for review (see `review.note_turn`)."""
        person = await self._people.ensure(sender)
        turn = TranscriptTurn(
            person_id=person.id,
            at=self._clock.now(),
            text=redact(text.replace("\x00", ""))[:TEXT_LIMIT],
            topic=topic[:60],
            confidence=confidence,
            reply=redact(reply)[:TEXT_LIMIT],
            milliseconds=milliseconds,
            decision=decision[:12] or None,
        )
        async with self._db.write() as session:
            session.add(turn)
            await note_turn(session, turn, guess=guess, in_form=in_form)

    async def recent(self, person_id: str, limit: int = 20) -> list[TranscriptTurn]:
        """The person's last turns, oldest first."""
        async with self._db.read() as session:
            rows = await session.scalars(
                select(TranscriptTurn)
                .where(TranscriptTurn.person_id == person_id)
                .order_by(TranscriptTurn.id.desc())
                .limit(limit)
            )
            return list(reversed(list(rows)))
