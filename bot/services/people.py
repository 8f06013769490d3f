"""People: found by their channel id, made at the first need, remembered with consent, erased on request."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from bot.services.clock import Clock
from bot.storage.base import Database
from bot.storage.people import Person

PLACE_LIFE = timedelta(minutes=30)  # how long a location is "where the person is"


def split_sender(sender: str) -> tuple[str, str]:
    """"wx:<openid>" → ("wx", openid); anything without a prefix belongs to the REST channel."""
    channel, colon, rest = sender.partition(":")
    return (channel, rest) if colon and channel in ("wx", "chat", "rest") else ("rest", sender)


class PeopleService:
    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock

    async def ensure(self, sender: str) -> Person:
        """The person behind a sender id; made if new."""
        found = await self.find(sender)
        if found is not None:
            return found
        channel, external = split_sender(sender)
        now = self._clock.now()
        try:
            async with self._db.write() as session:
                person = Person(channel=channel, external_id=external, created_at=now, seen_at=now)
                session.add(person)
            return person
        except IntegrityError:  # made by another message at the same moment
            again = await self.find(sender)
            if again is None:
                raise
            return again

    async def find(self, sender: str) -> Person | None:
        channel, external = split_sender(sender)
        async with self._db.read() as session:
            found: Person | None = await session.scalar(
                select(Person).where(Person.channel == channel, Person.external_id == external)
            )
            return found

    async def get(self, person_id: str) -> Person | None:
        async with self._db.read() as session:
            return await session.get(Person, person_id)

    async def set_phone(self, person_id: str, phone: str) -> None:
        async with self._db.write() as session:
            person = await session.get(Person, person_id)
            if person is not None:
                person.phone = phone

    async def set_place(self, person_id: str, lng: float, lat: float, label: str) -> None:
        """Remember where the person is (WGS-84 degrees) for `PLACE_LIFE`."""
        async with self._db.write() as session:
            person = await session.get(Person, person_id)
            if person is not None:
                person.last_lng, person.last_lat, person.last_place = lng, lat, label
                person.last_located_at = self._clock.now()

    async def place(self, person_id: str) -> tuple[float, float, str] | None:
        """(lng, lat, label) in WGS-84 if told within the last 30 minutes."""
        person = await self.get(person_id)
        if person is None or person.last_located_at is None or person.last_lng is None or person.last_lat is None:
            return None
        if self._clock.now() - person.last_located_at > PLACE_LIFE:
            return None
        return person.last_lng, person.last_lat, person.last_place or ""
