"""Initiative 01, 建议信箱: suggestions, praise, complaints and repair requests for a station or a place."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.language import redact
from bot.services.clock import Clock
from bot.services.errors import Invalid, WrongState
from bot.services.submissions import all_own, check_choice, check_text, create_once, move, numbered, own, take_back
from bot.storage.base import Database
from bot.storage.stations import Station
from bot.storage.suggestions import REPORT_STATUSES, SUGGESTION_KINDS, Suggestion

PREFIX = "JY"


class SuggestionsService:
    def __init__(self, db: Database, clock: Clock) -> None:
        self._db, self._clock = db, clock

    async def leave(
        self,
        *,
        person_id: str,
        text: str,
        kind: str = "suggestion",
        station_code: str | None = None,
        place: str | None = None,
        image_url: str | None = None,
        key: str | None = None,
    ) -> Suggestion:
        """Put a suggestion into the box; the same `key` again returns the same row.

        Phones, card and identity numbers in the text are masked before it is kept. Invalid for an empty text,
        an unknown kind, or a station that does not exist.
        """
        kept = redact(check_text("text", text, 2000))
        check_choice("kind", kind, SUGGESTION_KINDS)

        async def build(session: AsyncSession) -> Suggestion:
            if station_code is not None and not await _exists(session, station_code):
                raise Invalid("station_code", "要是已有的驿站编号")
            now = self._clock.now()
            return Suggestion(
                number=numbered(PREFIX, now.date()),
                person_id=person_id,
                kind=kind,
                station_code=station_code,
                place=place[:120] if place else None,
                text=kept,
                image_url=image_url,
                created_at=now,
                updated_at=now,
                source_key=key,
            )

        return await create_once(self._db, Suggestion, key, build)

    async def add_image(self, person_id: str, number: str, image_url: str) -> Suggestion:
        """A picture sent after the suggestion; the latest counts. NotFound."""
        async with self._db.write() as session:
            row = await own(session, Suggestion, person_id, number)
            row.image_url, row.updated_at = image_url, self._clock.now()
        return row

    async def put_right(self, person_id: str, number: str, *, place: str) -> Suggestion:
        """Another place than was written; the words say that it was put right. NotFound; WrongState once somebody works on it."""
        async with self._db.write() as session:
            row = await own(session, Suggestion, person_id, number)
            if row.status != "received":
                raise WrongState(row.status)
            row.place, row.station_code, row.updated_at = place[:120], None, self._clock.now()
            row.text = f"{row.text}（本人更正：地点是{place[:120]}）"
        return row

    async def get(self, person_id: str, number: str) -> Suggestion:
        """The person's suggestion of that number. NotFound, also for someone else's."""
        async with self._db.read() as session:
            return await own(session, Suggestion, person_id, number)

    async def withdraw(self, person_id: str, number: str) -> Suggestion:
        """Take a suggestion back; twice is the same as once. NotFound; WrongState when somebody works on it."""
        return await take_back(self._db, Suggestion, person_id, number, self._clock.now())

    async def mine(self, person_id: str) -> Sequence[Suggestion]:
        """The person's latest suggestions, newest first."""
        async with self._db.read() as session:
            return await all_own(session, Suggestion, person_id)

    async def answer(self, number: str, status: str, note: str = "", *, seen: datetime | None = None) -> Suggestion:
        """Staff answers or moves a suggestion; the person is told. NotFound; Invalid: unknown status."""
        check_choice("status", status, REPORT_STATUSES)
        now = self._clock.now()
        return await move(self._db, Suggestion, number, status, now, tell="您的建议", note=note, seen=seen)

    async def forget(self, person_id: str) -> None:
        """Free text that only its writer asked us to keep: all of the person's suggestions are deleted."""
        async with self._db.write() as session:
            await session.execute(delete(Suggestion).where(Suggestion.person_id == person_id))


async def _exists(session: AsyncSession, station_code: str) -> bool:
    return await session.scalar(select(Station.id).where(Station.code == station_code)) is not None
