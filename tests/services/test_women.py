"""“骑手姐姐”: joining once, needs that add up, screening that asks little, homes by distance."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import select

from bot.services import Services
from bot.services.errors import AlreadyExists, Invalid, NotFound, WrongState
from bot.services.women import age_band
from bot.storage.outbox import OutboxMessage
from bot.storage.women import AllianceMember, ScreeningSignup

PHONE = "13812345678"


async def person(services: Services, name: str = "a") -> str:
    return (await services.people.ensure(f"rest:{name}")).id


async def test_joining_twice_is_one_entry_with_all_needs(services: Services) -> None:
    who = await person(services)
    first = await services.women.join(who, PHONE, district="花桥镇", needs=["tutoring"], note="娃上三年级")
    again = await services.women.join(who, PHONE, needs=["screening"])
    assert again.number == first.number
    assert (again.needs, again.district, again.note) == (["screening", "tutoring"], "花桥镇", "娃上三年级")
    assert len(await services.women.memberships(who)) == 1
    with pytest.raises(AlreadyExists):
        await services.women.join(await person(services, "b"), PHONE)
    with pytest.raises(Invalid):
        await services.women.join(who, PHONE, needs=["money"])


async def test_joining_at_the_same_moment_is_one_entry(services: Services) -> None:
    who = await person(services)
    await asyncio.gather(*(services.women.join(who, PHONE, key=f"k{n}") for n in range(6)))
    async with services.db.read() as session:
        assert len(list(await session.scalars(select(AllianceMember)))) == 1


async def test_leaving_drops_the_phone(services: Services) -> None:
    who = await person(services)
    member = await services.women.join(who, PHONE)
    with pytest.raises(NotFound):
        await services.women.leave(await person(services, "b"), member.number)
    left = await services.women.leave(who, member.number)
    assert (left.status, left.phone) == ("left", None)
    assert (await services.women.join(who, PHONE)).number != member.number


async def test_the_survey_counts_needs_by_district(services: Services) -> None:
    await services.women.join(await person(services, "a"), PHONE, district="花桥镇", needs=["family"])
    await services.women.join(await person(services, "b"), "13812345679", district="花桥镇", needs=["family", "legal"])
    await services.women.join(await person(services, "c"), "13812345670")
    survey = await services.women.survey()
    assert (survey["花桥镇"]["members"], survey["花桥镇"]["family"], survey["花桥镇"]["legal"]) == (2, 2, 1)
    assert survey[""]["members"] == 1


@pytest.mark.parametrize(
    ("age", "band"), [(34, "under_35"), (35, "35_64"), (64, "35_64"), (65, "over_64"), (18, "under_35")]
)
def test_age_bands(age: int, band: str) -> None:
    assert age_band(age) == band


@pytest.mark.parametrize("age", [0, 9, 111])
def test_an_age_that_cannot_be_is_refused(age: int) -> None:
    with pytest.raises(Invalid):
        age_band(age)


async def test_a_relative_may_sign_up_two_women(services: Services) -> None:
    who = await person(services)
    wife = await services.women.sign_up(who, "35_64", PHONE, for_whom="relative", wish="周六", key="k1")
    mother = await services.women.sign_up(who, "over_64", PHONE, for_whom="relative")
    assert (await services.women.sign_up(who, "35_64", PHONE, key="k1")).number == wife.number
    assert {one.number for one in await services.women.signups(who)} == {wife.number, mother.number}
    with pytest.raises(AlreadyExists) as own:
        await services.women.sign_up(who, "35_64", PHONE)
    assert own.value.existing.number == wife.number
    with pytest.raises(AlreadyExists) as others:
        await services.women.sign_up(await person(services, "b"), "35_64", PHONE)
    assert others.value.existing is None


async def test_a_signup_is_cancelled_scheduled_and_told(services: Services) -> None:
    who = await person(services)
    one = await services.women.sign_up(who, "35_64", PHONE)
    await services.women.set_signup_status(one.number, "scheduled", "12月5日上午在社区卫生服务中心")
    async with services.db.read() as session:
        (text,) = list(await session.scalars(select(OutboxMessage.text)))
    assert "12月5日上午" in text
    await services.women.cancel_signup(who, one.number)
    await services.women.cancel_signup(who, one.number)
    assert await services.women.signups(who) == []
    with pytest.raises(WrongState):
        await services.women.set_signup_status(one.number, "done")
    with pytest.raises(Invalid):
        await services.women.sign_up(who, "42", PHONE)


async def test_micro_homes_by_distance_or_district(reference_services: Services) -> None:
    near = await reference_services.women.homes.find((120.94972, 31.36496))
    assert (near[0].row.code, len(near)) == ("H01", 3)
    assert near[0].row.demo
    named = await reference_services.women.homes.find(district="开发区", limit=10)
    assert {one.row.district for one in named} == {"开发区"}


async def test_forgetting_removes_words_and_phone(services: Services) -> None:
    who = await person(services)
    await services.women.join(who, PHONE, note="老公走了")
    await services.women.sign_up(who, "35_64", PHONE, wish="周六")
    await services.women.forget(who)
    async with services.db.read() as session:
        member = await session.scalar(select(AllianceMember))
        signup = await session.scalar(select(ScreeningSignup))
    assert member is not None
    assert signup is not None
    assert (member.phone, member.note, member.person_id) == (None, "", None)
    assert (signup.phone, signup.wish, signup.status) == (None, "", "cancelled")
