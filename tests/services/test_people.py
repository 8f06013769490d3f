"""People: made once, remembered only with consent, erased from everywhere."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.services import Services
from bot.services.clock import FixedClock
from bot.services.people import PLACE_LIFE, split_sender
from bot.storage.base import Base, Database
from bot.storage.files import FolderStore
from bot.storage.people import Person


@pytest.mark.parametrize(
    ("sender", "expected"),
    [
        ("wx:oABC", ("wx", "oABC")),
        ("骑手:1", ("rest", "骑手:1")),
        ("chat:me", ("chat", "me")),
        ("u1", ("rest", "u1")),
    ],
)
def test_sender(sender: str, expected: tuple[str, str]) -> None:
    assert split_sender(sender) == expected


async def test_a_crowd_of_first_messages_makes_one_person(services: Services, db: Database) -> None:
    people = await asyncio.gather(*(services.people.ensure("wx:o1") for _ in range(50)))
    assert len({person.id for person in people}) == 1
    async with db.read() as session:
        assert await session.scalar(select(func.count()).select_from(Person)) == 1


async def test_phone_is_kept_only_with_consent(services: Services) -> None:
    person = await services.people.ensure("u")
    await services.people.set_phone(person.id, "13800138000")
    kept = await services.people.get(person.id)
    assert kept is not None
    assert kept.phone is None
    await services.people.set_consent(person.id, True)
    await services.people.set_phone(person.id, "13800138000")
    kept = await services.people.get(person.id)
    assert kept is not None
    assert kept.phone == "13800138000"
    assert kept.consent_asked_at is not None
    await services.people.set_consent(person.id, False)
    kept = await services.people.get(person.id)
    assert kept is not None
    assert kept.phone is None
    assert kept.consent_at is None


async def test_place_is_forgotten_after_half_an_hour(services: Services, clock: FixedClock) -> None:
    person = await services.people.ensure("u")
    await services.people.set_place(person.id, 121.08, 31.30, "花桥")
    assert await services.people.place(person.id) == (121.08, 31.30, "花桥")
    clock.advance(PLACE_LIFE + timedelta(seconds=1))
    assert await services.people.place(person.id) is None


async def test_erasure_leaves_no_row_of_the_person(services: Services, db: Database, tmp_path: Path) -> None:
    services.people.files = FolderStore(tmp_path)
    person = (await services.people.ensure("wx:o1")).id
    other = (await services.people.ensure("wx:o2")).id
    for one, sender in ((person, "wx:o1"), (other, "wx:o2")):
        await services.people.files.put(one, b"\xff\xd8\xff\xd9", "jpg")
        await services.sessions.save(sender, "[]")
        await services.transcript.record(
            sender=sender,
            text="我的电话13800138000",
            topic="inform",
            confidence=1.0,
            reply="好",
            milliseconds=1.0,
        )
        await services.disputes.open(person_id=one, dispute_type="wages", employer="甲", phone="13800138000")
        await services.handoff.request(one, text="帮我", key=f"{sender}:h")
        await services.inbox.begin(f"{sender}:done", one)
        await services.inbox.finish(f"{sender}:done", "好")
        await services.inbox.begin(f"{sender}:now", one)
    await services.people.erase(person)

    async with db.read() as session:
        for table in Base.metadata.sorted_tables:
            for name in ("person_id", "external_id", "sender"):
                if name in table.c:
                    rows = await session.scalars(select(table.c[name]))
                    left = [row for row in rows if row in (person, "o1", "wx:o1")]
                    assert left == [], f"{table.name}.{name}"
    assert not (tmp_path / person).exists()
    assert (tmp_path / other).exists()
    assert await services.sessions.load("wx:o2") == "[]"
    assert len(await services.disputes.of_person(other)) == 1
    # the message in work gets its stored reply after all: the platform's retries must find it
    await services.inbox.finish("wx:o1:now", "已删除")
    assert (await services.inbox.begin("wx:o1:now")).reply == "已删除"


async def test_erasing_nobody_is_no_error(services: Services) -> None:
    await services.people.erase("nobody")
    assert await services.people.get("nobody") is None
