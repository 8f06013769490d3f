"""昆小哥学堂: one registration a phone and level, claims with their papers, changes told to the person."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import select

from bot.services import Services
from bot.services.errors import AlreadyExists, Invalid, NotFound, WrongState
from bot.services.school import missing_documents
from bot.storage.outbox import OutboxMessage
from bot.storage.school import SchoolEnrolment

PHONE = "13812345678"


async def person(services: Services, name: str = "a") -> str:
    return (await services.people.ensure(f"rest:{name}")).id


async def messages(services: Services) -> list[str]:
    async with services.db.read() as session:
        return list(await session.scalars(select(OutboxMessage.text).order_by(OutboxMessage.id)))


async def test_a_registration_is_made_once(services: Services) -> None:
    who = await person(services)
    made = await asyncio.gather(
        *(services.school.enrol(who, "bachelor", PHONE, major="物流", key="wx:1") for _ in range(5))
    )
    assert len({one.number for one in made}) == 1
    assert made[0].number.startswith("BM20261125-")
    with pytest.raises(AlreadyExists) as again:
        await services.school.enrol(who, "bachelor", PHONE, key="wx:2")
    assert again.value.existing.number == made[0].number
    other = await services.school.enrol(who, "junior_college", PHONE)
    mine = {one.number for one in await services.school.enrolments(who)}
    assert mine == {made[0].number, other.number}
    assert len(mine) == 2


async def test_two_at_once_are_still_one(services: Services) -> None:
    who = await person(services)
    results = await asyncio.gather(
        *(services.school.enrol(who, "bachelor", PHONE, key=f"k{n}") for n in range(6)),
        return_exceptions=True,
    )
    assert sum(isinstance(r, SchoolEnrolment) for r in results) == 1
    assert sum(isinstance(r, AlreadyExists) for r in results) == 5


async def test_another_persons_registration_is_not_shown(services: Services) -> None:
    await services.school.enrol(await person(services, "a"), "bachelor", PHONE)
    with pytest.raises(AlreadyExists) as taken:
        await services.school.enrol(await person(services, "b"), "bachelor", PHONE)
    assert taken.value.existing is None


async def test_withdrawing_makes_room(services: Services) -> None:
    who, stranger = await person(services), await person(services, "b")
    one = await services.school.enrol(who, "bachelor", PHONE)
    with pytest.raises(NotFound):
        await services.school.withdraw(stranger, one.number)
    await services.school.withdraw(who, one.number)
    assert await services.school.enrolments(who) == []
    assert (await services.school.enrol(who, "bachelor", PHONE)).number != one.number
    with pytest.raises(Invalid):
        await services.school.enrol(who, "doctor", PHONE)


async def test_staff_move_a_registration_forward_only_and_the_person_hears_of_it(services: Services) -> None:
    one = await services.school.enrol(await person(services), "bachelor", PHONE)
    await services.school.set_enrolment_status(one.number, "contacted")
    await services.school.set_enrolment_status(one.number, "contacted")
    await services.school.set_enrolment_status(one.number, "enrolled")
    with pytest.raises(WrongState):
        await services.school.set_enrolment_status(one.number, "contacted")
    texts = await messages(services)
    assert len(texts) == 2
    assert one.number in texts[0]


async def test_a_claim_collects_its_papers_and_goes_its_way(services: Services) -> None:
    who = await person(services)
    claim = await services.school.open_claim(who, "bachelor", tuition_fen=720_000, union_member=True)
    same = await services.school.open_claim(who, "bachelor")
    assert (same.number, same.tuition_fen) == (claim.number, 720_000)
    ticked = await services.school.tick_document(who, claim.number, "diploma")
    left = ["tuition_receipt", "id_card", "bank_card", "work_proof", "union_proof"]
    assert missing_documents(ticked) == left
    await services.school.tick_document(who, claim.number, "diploma", there=False)
    with pytest.raises(Invalid):
        await services.school.tick_document(who, claim.number, "a poem")
    with pytest.raises(WrongState):
        await services.school.set_claim_status(claim.number, "paid")
    await services.school.set_claim_status(claim.number, "submitted")
    with pytest.raises(WrongState):
        await services.school.tick_document(who, claim.number, "diploma")
    returned = await services.school.set_claim_status(claim.number, "returned", "缺学费发票")
    assert returned.note == "缺学费发票"
    assert "缺学费发票" in (await messages(services))[-1]


async def test_forgetting_cuts_owner_and_phone(services: Services) -> None:
    who = await person(services)
    await services.school.enrol(who, "bachelor", PHONE)
    await services.school.open_claim(who, "bachelor")
    await services.school.forget(who)
    assert await services.school.enrolments(who) == []
    assert await services.school.claims(who) == []
    async with services.db.read() as session:
        (row,) = list(await session.scalars(select(SchoolEnrolment)))
    assert (row.phone, row.person_id, row.status, row.one_key) == (None, None, "withdrawn", None)
