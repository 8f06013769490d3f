"""People: found by their channel id, made at the first need, remembered with consent, erased on request."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Protocol, runtime_checkable

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from bot.services.clock import Clock
from bot.storage.base import Database
from bot.storage.files import FileStore
from bot.storage.inbox import InboxMessage
from bot.storage.outbox import OutboxMessage
from bot.storage.people import Person
from bot.storage.sessions import DialogueSession
from bot.storage.transcript import TranscriptTurn

PLACE_LIFE = timedelta(minutes=30)  # how long a location is "where the person is"
HOTLINE = "hotline"  # the channel of people who are known by their phone only; no sender can claim it


def split_sender(sender: str) -> tuple[str, str]:
    """ "wx:<openid>" → ("wx", openid); anything without a prefix belongs to the REST channel."""
    channel, colon, rest = sender.partition(":")
    return (channel, rest) if colon and channel in ("wx", "chat", "rest") else ("rest", sender)


@runtime_checkable
class Forgets(Protocol):
    """A service that holds something about people."""

    async def forget(self, person_id: str) -> None:
        """Erase what may be erased, cut the rest from the person. Running it twice does no harm."""


class PeopleService:
    """`forgetters` and `files` are set by whoever wires the services; `erase` goes through them."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock
        self.forgetters: Sequence[Forgets] = ()
        self.files: FileStore | None = None

    async def ensure(self, sender: str) -> Person:
        """The person behind a sender id; made if new."""
        return await self._ensure(*split_sender(sender))

    async def _ensure(self, channel: str, external: str) -> Person:
        found = await self._find(channel, external)
        if found is not None:
            return found
        now = self._clock.now()
        try:
            async with self._db.write() as session:
                person = Person(channel=channel, external_id=external, created_at=now, seen_at=now)
                session.add(person)
            return person
        except IntegrityError:  # made by another message at the same moment
            again = await self._find(channel, external)
            if again is None:
                raise
            return again

    async def ensure_caller(self, phone: str) -> Person:
        """The person who is known by this phone (11 digits) only, because staff registered a call; made if new.

        Not whoever typed the same number in WeChat: that was never checked (docs/decisions/0012).
        """
        return await self._ensure(HOTLINE, f"tel:{phone}")

    async def find(self, sender: str) -> Person | None:
        return await self._find(*split_sender(sender))

    async def _find(self, channel: str, external: str) -> Person | None:
        async with self._db.read() as session:
            found: Person | None = await session.scalar(
                select(Person).where(Person.channel == channel, Person.external_id == external)
            )
            return found

    async def get(self, person_id: str) -> Person | None:
        async with self._db.read() as session:
            return await session.get(Person, person_id)

    async def set_phone(self, person_id: str, phone: str) -> None:
        """Keep a phone for the next form; only where the person has agreed to be remembered."""
        async with self._db.write() as session:
            person = await session.get(Person, person_id)
            if person is not None and person.consent_at is not None:
                person.phone = phone

    async def asked_for_consent(self, person_id: str) -> None:
        """The question was put, so that it is put once only."""
        async with self._db.write() as session:
            person = await session.get(Person, person_id)
            if person is not None and person.consent_asked_at is None:
                person.consent_asked_at = self._clock.now()

    async def set_consent(self, person_id: str, given: bool) -> None:
        """Agree to be remembered (phone, place), or take that back and have it forgotten."""
        now = self._clock.now()
        async with self._db.write() as session:
            person = await session.get(Person, person_id)
            if person is None:
                return
            person.consent_asked_at = person.consent_asked_at or now
            person.consent_at = (person.consent_at or now) if given else None
            if not given:
                person.phone = person.last_place = person.last_located_at = None
                person.last_lng = person.last_lat = None

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

    async def usual_place(self, person_id: str) -> tuple[float, float, str] | None:
        """(lng, lat, label) in WGS-84 of the last place told, however long ago; only with consent."""
        person = await self.get(person_id)
        if person is None or person.consent_at is None or person.last_lng is None or person.last_lat is None:
            return None
        return person.last_lng, person.last_lat, person.last_place or "上次的位置"

    async def erase(self, person_id: str) -> None:
        """Erase a person: every service forgets, then talk, messages and the person itself are deleted.

        Each service says in its `forget` what stays (a case file that a window has worked on, without name,
        phone and words). When something fails in between, running it again finishes the work.
        """
        person = await self.get(person_id)
        if person is None:
            return
        for service in self.forgetters:
            await service.forget(person_id)
        if self.files is not None:
            await self.files.erase(person_id)
        senders = (person.external_id, f"{person.channel}:{person.external_id}")
        async with self._db.write() as session:
            await session.execute(delete(DialogueSession).where(DialogueSession.sender.in_(senders)))
            # the message that asks for it is still in work: retries must find its reply
            await session.execute(
                update(InboxMessage)
                .where(InboxMessage.person_id == person_id, InboxMessage.state == "in_work")
                .values(person_id=None)
            )
            await session.execute(delete(InboxMessage).where(InboxMessage.person_id == person_id))
            await session.execute(delete(TranscriptTurn).where(TranscriptTurn.person_id == person_id))
            await session.execute(delete(OutboxMessage).where(OutboxMessage.person_id == person_id))
            await session.execute(delete(Person).where(Person.id == person_id))
