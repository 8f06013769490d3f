import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import delete, func, select

from bot.services.clock import FixedClock
from bot.services.errors import Invalid, NotFound
from bot.services.people import PeopleService
from bot.services.suggestions import SuggestionsService
from bot.storage.base import Database
from bot.storage.outbox import OutboxMessage
from bot.storage.people import Person
from bot.storage.stations import Station
from bot.storage.suggestions import Suggestion


@pytest.fixture
async def box(db: Database, clock: FixedClock) -> SuggestionsService:
    async with db.write() as session:
        session.add(Station(code="S0006", name="人民路示范驿站", category="shop", services=[]))
    return SuggestionsService(db, clock)


@pytest.fixture
async def rider(db: Database, clock: FixedClock) -> str:
    return (await PeopleService(db, clock).ensure("rest:rider")).id


async def test_a_suggestion_gets_a_number_and_is_its_owners(
    box: SuggestionsService, db: Database, clock: FixedClock, rider: str
) -> None:
    row = await box.leave(
        person_id=rider, text=" 微波炉坏了半个月，联系13812345678 ", kind="repair", station_code="S0006",
        image_url="https://example.org/a.jpg", key="m1",
    )  # fmt: skip
    assert (row.number[:11], row.status, row.kind) == ("JY20261125-", "received", "repair")
    assert row.text.startswith("微波炉坏了半个月")
    assert "13812345678" not in row.text
    clock.advance(timedelta(hours=1))
    later = await box.leave(person_id=rider, text="表扬花桥的大姐", kind="praise", place="花桥")
    assert [each.number for each in await box.mine(rider)] == [later.number, row.number]
    other = (await PeopleService(db, clock).ensure("rest:other")).id
    assert (await box.get(rider, row.number)).id == row.id
    with pytest.raises(NotFound):
        await box.get(other, row.number)
    assert await box.mine(other) == []


async def test_the_same_message_again_is_the_same_suggestion(box: SuggestionsService, db: Database, rider: str) -> None:
    rows = await asyncio.gather(*(box.leave(person_id=rider, text="多放几个插座", key="m1") for _ in range(6)))
    assert len({row.number for row in rows}) == 1
    async with db.read() as session:
        assert await session.scalar(select(func.count()).select_from(Suggestion)) == 1


async def test_a_picture_may_follow(box: SuggestionsService, rider: str) -> None:
    row = await box.leave(person_id=rider, text="门锁坏了")
    await box.add_image(rider, row.number, "https://example.org/b.jpg")
    assert (await box.get(rider, row.number)).image_url == "https://example.org/b.jpg"
    with pytest.raises(NotFound):
        await box.add_image("someone else", row.number, "https://example.org/c.jpg")


@pytest.mark.parametrize(
    ("change", "field"),
    [({"text": "  "}, "text"), ({"kind": "joke"}, "kind"), ({"station_code": "S9999"}, "station_code")],
)
async def test_what_cannot_be_put_in(box: SuggestionsService, rider: str, change: dict[str, str], field: str) -> None:
    with pytest.raises(Invalid) as caught:
        await box.leave(**({"person_id": rider, "text": "好"} | change))
    assert caught.value.field == field


async def test_a_suggestion_outlives_its_person_without_the_name(
    box: SuggestionsService, db: Database, rider: str
) -> None:
    await box.leave(person_id=rider, text="多放几个插座")
    async with db.write() as session:
        await session.execute(delete(Person).where(Person.id == rider))
    async with db.read() as session:
        row = (await session.scalars(select(Suggestion))).one()
    assert (row.person_id, row.text) == (None, "多放几个插座")


async def test_staff_answers_and_erasure_deletes(box: SuggestionsService, db: Database, rider: str) -> None:
    row = await box.leave(person_id=rider, text="多放几个插座")
    await box.answer(row.number, "answered", "下周就装")
    assert (await box.get(rider, row.number)).answer == "下周就装"
    async with db.read() as session:
        (text,) = await session.scalars(select(OutboxMessage.text))
    assert "下周就装" in text
    await box.forget(rider)
    async with db.read() as session:
        assert await session.scalar(select(func.count()).select_from(Suggestion)) == 0
