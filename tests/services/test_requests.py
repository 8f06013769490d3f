"""The register of requests: one open a kind and person, exactly once a message, own ones only, notices."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import func, select

from bot.services import Services
from bot.services.desk_notices import REQUEST_NAMES, REQUEST_STATUS_NAMES
from bot.services.errors import AlreadyExists, Invalid, NotFound, WrongState
from bot.services.requests import MOVES
from bot.storage.requests import REQUEST_KINDS, REQUEST_STATUSES, Request

PHONE = "13712345678"


async def _person(services: Services, name: str = "wx:a") -> str:
    return (await services.people.ensure(name)).id


async def test_one_open_request_a_kind(services: Services) -> None:
    person = await _person(services)
    first = await services.requests.submit(person_id=person, kind="legal_aid", phone=PHONE, note="欠薪")
    assert first.number.startswith("BM20261125-")
    with pytest.raises(AlreadyExists) as refused:
        await services.requests.submit(person_id=person, kind="legal_aid", phone=PHONE)
    assert refused.value.existing.number == first.number
    await services.requests.submit(person_id=person, kind="care_package", phone=PHONE)
    await services.requests.withdraw(person, first.number)
    again = await services.requests.submit(person_id=person, kind="legal_aid", phone=PHONE)
    assert again.number != first.number


async def test_the_same_message_makes_one_request(services: Services) -> None:
    person = await _person(services)
    made = await asyncio.gather(
        *(services.requests.submit(person_id=person, kind="legal_aid", phone=PHONE, key="wx:7") for _ in range(30))
    )
    assert len({row.number for row in made}) == 1
    async with services.db.read() as session:
        assert await session.scalar(select(func.count()).select_from(Request)) == 1


async def test_only_the_owner_sees_and_withdraws(services: Services) -> None:
    owner, other = await _person(services), await _person(services, "wx:b")
    row = await services.requests.submit(person_id=owner, kind="free_clinic", phone=PHONE)
    with pytest.raises(NotFound):
        await services.requests.get(row.number, other)
    with pytest.raises(NotFound):
        await services.requests.withdraw(other, row.number)
    assert [r.number for r in await services.requests.of_person(owner, open_only=True)] == [row.number]
    assert await services.requests.of_person(other) == []


async def test_staff_moves_and_the_person_is_told(services: Services) -> None:
    person = await _person(services)
    row = await services.requests.submit(person_id=person, kind="first_aid_training", phone=PHONE)
    await services.requests.move(row.number, "arranged", "王", "周六上午九点")
    await services.requests.move(row.number, "done", "王")
    told = [m.text for m in await services.outbox.claim()]
    assert [("周六上午九点" in text, row.number in text) for text in told] == [(True, True), (False, True)]
    with pytest.raises(WrongState):
        await services.requests.move(row.number, "handling", "王")
    with pytest.raises(WrongState):
        await services.requests.withdraw(person, row.number)
    assert await services.requests.queue() == []


async def test_a_refusal_says_why(services: Services) -> None:
    person = await _person(services)
    row = await services.requests.submit(person_id=person, kind="legal_aid", phone=PHONE)
    with pytest.raises(Invalid):
        await services.requests.move(row.number, "declined", "王")


@pytest.mark.parametrize(("kind", "phone"), [("nonsense", PHONE), ("legal_aid", "1371234567")])
async def test_wrong_values_are_refused(services: Services, kind: str, phone: str) -> None:
    person = await _person(services)
    with pytest.raises(Invalid):
        await services.requests.submit(person_id=person, kind=kind, phone=phone)


async def test_bank_cards_are_not_kept(services: Services) -> None:
    person = await _person(services)
    note = "打到6222021234567890128\x00谢谢"
    row = await services.requests.submit(person_id=person, kind="legal_aid", phone=PHONE, note=note)
    assert "6222021234567890128" not in (row.note or "")


def test_every_kind_and_status_has_words() -> None:
    assert set(REQUEST_NAMES) == set(REQUEST_KINDS)
    assert set(REQUEST_STATUS_NAMES) == set(REQUEST_STATUSES) == set(MOVES)
