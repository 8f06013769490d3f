"""What a seat registered by telephone becomes the WeChat user's own, by number and phone in one message."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.services import Services, build_services
from bot.services.clock import FixedClock
from bot.storage.base import Database
from bot.wechat.takeover import number_and_phone
from tests.wechat.bot import ShortDialogue, serving
from tests.wechat.platform import Platform

pytestmark = pytest.mark.usefixtures("sqlite_template", "postgres_database")

OPENID, OTHER = "oTakeoverAAAAAAAAAAAAAAAAAAAA", "oTakeoverBBBBBBBBBBBBBBBBBBBB"
PHONE = "13800138000"


@pytest_asyncio.fixture
async def platform() -> AsyncIterator[Platform]:
    stand_in = Platform()
    await stand_in.start()
    yield stand_in
    await stand_in.stop()


@pytest_asyncio.fixture
async def dialogue(platform: Platform, db: Database, tmp_path: Path) -> AsyncIterator[ShortDialogue]:
    async with serving(platform, db, tmp_path) as running:
        yield running


@pytest.fixture
def services(db: Database, clock: FixedClock) -> Services:
    return build_services(db, clock)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("YY20261202-123456 13800138000", ("YY20261202-123456", PHONE)),
        ("我的登记号是ｂｍ20261202 123456，电话 138 0013 8000", ("BM20261202-123456", PHONE)),
        ("13800138000 jy20261202-123456", ("JY20261202-123456", PHONE)),
        ("YY20261202-123456", None),
        ("13800138000", None),
        ("YY20261202-123456 13800138000 13900139000", None),
        ("YY20261202-123456 BM20261202-123456 13800138000", None),
        ("LD20261202-123456 13800138000", None),
        ("YY20261202-123456 13800138000" + "我想问一下这个事情" * 9, None),
        ("三个月没发工资", None),
    ],
)
def test_a_number_and_a_phone(text: str, found: tuple[str, str] | None) -> None:
    assert number_and_phone(text) == found


async def test_by_number_and_phone_and_never_by_the_phone_alone(
    platform: Platform, dialogue: ShortDialogue, services: Services
) -> None:
    caller = (await services.people.ensure_caller(PHONE)).id
    number = (await services.requests.submit(person_id=caller, kind="first_aid_training", phone=PHONE)).number

    async def says(openid: str, text: str) -> str:
        return (await platform.post(platform.message(openid, "text", Content=text)))[1]

    for wrong in (PHONE, f"查我的 {PHONE}", number, f"{number} 13900139000", f"BM20200101-000000 {PHONE}"):
        assert "归到您的微信名下" not in await says(OTHER, wrong)
    assert [one.number for one in await services.requests.of_person(caller)] == [number]
    told = await says(OPENID, f"{number} {PHONE}")
    assert f"电话里登记的申请 {number} 归到您的微信名下了" in told
    assert dialogue.heard[-1][1] == f"{number} {PHONE}"  # and the dialogue answers it too
    rider = (await services.people.ensure(f"wx:{OPENID}")).id
    assert [one.number for one in await services.requests.of_person(rider)] == [number]
    assert "归到您的微信名下" not in await says(OTHER, f"{number} {PHONE}")


async def test_who_has_the_same_already_is_told(
    platform: Platform, dialogue: ShortDialogue, services: Services
) -> None:
    caller = (await services.people.ensure_caller(PHONE)).id
    rider = (await services.people.ensure(f"wx:{OPENID}")).id
    numbers = [
        (await services.requests.submit(person_id=person, kind="fitness_test", phone=PHONE)).number
        for person in (caller, rider)
    ]
    answer = await platform.post(platform.message(OPENID, "text", Content=f"{numbers[0]} {PHONE}"))
    assert "没有并过来" in answer[1]
    assert [one.number for one in await services.requests.of_person(rider)] == numbers[1:]
