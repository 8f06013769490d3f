"""昆小哥学堂 in chat: sums with what-ifs, registering, the papers of a claim."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from bot.services import Services
from bot.storage.school import SchoolClaim, SchoolEnrolment
from tests.dialogue.conftest import Talk


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("我学费7200 本科 是工会会员 能补多少", ["3600元", "1000 元", "4600元"]),
        ("大专学费8000 能补多少钱", ["4000元", "大专没有"]),
        ("本科学费12000 能补多少", ["6000元", "7000元", "不是会员"]),
        ("学费一年3650，读两年半，本科，补多少", ["9125元", "4562.5元"]),
        ("书本费六百加学费八千二 本科，能补我多少", ["8200元", "4100元"]),
        ("我没加工会，本科一万二，算算能补多少", ["6000元", "拿不到"]),
    ],
)
async def test_sums_in_one_message(talk: Talk, text: str, parts: list[str]) -> None:
    said = await talk(text)
    for part in parts:
        assert part in said
    assert "毕业证后才补" in said


async def test_only_what_is_missing_is_asked(talk: Talk) -> None:
    asked = await talk("学费八千五能补多少")
    assert "大专还是本科" in asked
    assert "工会" not in asked
    said = await talk("大专")
    assert "4250元" in said
    assert "工会“双千计划”的 1000 元只给本科" in said


async def test_the_case_is_kept_for_what_ifs(talk: Talk) -> None:
    await talk("我学费7200 本科 是工会会员 能补多少")
    assert "加起来4600元" in await talk("那两样加起来呢")
    failed = await talk("要是毕不了业呢")
    assert "规定时间" in failed
    assert "没有公布" in failed
    assert not re.search(r"\d+ ?年", failed), "no number of years is made up"
    college = await talk("那大专呢")
    assert "大专学费总额7200元" in college
    assert "3600元" in college


async def test_membership_said_later_changes_the_sum(talk: Talk) -> None:
    await talk("本科学费12000 能补多少")
    assert "拿不到" in await talk("我不是工会会员")
    assert "加起来7000元" in await talk("我是工会会员")


@pytest.mark.parametrize(
    "text", ["我已经有本科了 再读一个本科学费9000能补吗", "我读的是二学历 本科学费9000 算算能补多少"]
)
async def test_a_second_degree_is_not_paid(talk: Talk, text: str) -> None:
    said = await talk(text)
    assert "二学历" in said
    assert "4500" not in said


async def test_another_question_ends_the_what_if(talk: Talk) -> None:
    await talk("我学费7200 本科 是工会会员 能补多少")
    assert "驿站" in await talk("驿站要不要钱")


# -- registering -------------------------------------------------------------------------------------------


async def enrolments(services: Services) -> list[SchoolEnrolment]:
    async with services.db.read() as session:
        return list(await session.scalars(select(SchoolEnrolment).order_by(SchoolEnrolment.created_at)))


async def test_registering_step_by_step(talk: Talk, bot_services: Services) -> None:
    assert "大专还是本科" in await talk("我要报名昆小哥学堂")
    assert "学历" in await talk("大专")
    assert "专业" in await talk("高中")
    assert "手机" in await talk("物流管理")
    read_back = await talk("13812345678")
    for part in ("大专", "高中", "物流管理", "138****5678"):
        assert part in read_back
    done = await talk("对")
    assert re.search(r"BM\d{8}-\d{6}", done)
    (row,) = await enrolments(bot_services)
    assert (row.level, row.schooling, row.major, row.phone) == (
        "junior_college",
        "senior_high",
        "物流管理",
        "13812345678",
    )


async def test_no_major_yet_and_a_duplicate(talk: Talk, bot_services: Services) -> None:
    await talk("我要报名大专 电话13812345678 高中毕业")
    await talk("没想好")
    first = await talk("对")
    number = re.search(r"BM\d{8}-\d{6}", first)
    assert number, first
    await talk("我要报名大专 电话13812345678 高中毕业")
    await talk("没想好")
    again = await talk("对")
    assert number[0] in again
    assert "不用再报" in again
    assert len(await enrolments(bot_services)) == 1
    await talk("我要报名大专 电话13812345678 高中毕业", sender="B")
    await talk("没想好", sender="B")
    assert number[0] not in await talk("对", sender="B")


async def test_schooling_that_does_not_fit_is_pointed_out_not_refused(talk: Talk) -> None:
    await talk("我要报名本科 手机13812345678")
    await talk("初中")
    said = await talk("没想好")
    assert "一般要有" in said
    assert "以当期招生通知为准" in said
    assert re.search(r"BM\d{8}-\d{6}", await talk("对"))


# -- claiming ----------------------------------------------------------------------------------------------


async def test_papers_are_ticked_off_and_remembered(talk: Talk, bot_services: Services) -> None:
    await talk("/school/how_to_claim:checklist")
    asked = await talk("本科")
    assert "毕业证" in asked
    said = await talk("毕业证有了 发票丢了 身份证银行卡都在")
    assert "还差：学费发票或收据、在岗证明" in said
    async with bot_services.db.read() as session:
        claim = await session.scalar(select(SchoolClaim))
    assert claim is not None
    assert claim.documents == ["diploma", "id_card", "bank_card"]
    await bot_services.school.set_claim_status(claim.number, "submitted")
    assert "审核中" in await talk("/school/how_to_claim:checklist")
    assert claim.number not in await talk("/school/how_to_claim:checklist", sender="B")
