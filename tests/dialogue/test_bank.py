"""The bank in chat: outlets, call-backs, the warning against fraud."""

from __future__ import annotations

import re

from bot.services import Services
from tests.dialogue.conftest import Talk

PHONE = "13712345678"
CARD = "6222021234567890128"


async def test_the_nearest_outlets_and_their_harbour(talk: Talk) -> None:
    said = await talk("金鹰附近的建行网点")
    assert said.startswith("金鹰国际购物中心附近")
    assert len(re.findall(r"^\d\. 建设银行", said, re.MULTILINE)) == 3
    assert "示例数据" in said
    wheelchair = await talk("有轮椅的吗")
    assert "轮椅" in wheelchair.splitlines()[0]
    detail = await talk("第一个几点开门")
    assert "轮椅" in detail
    assert "09:00-17:00" in detail


async def test_the_bank_calls_back(talk: Talk, bot_services: Services) -> None:
    assert "网点" in await talk("房贷怎么办")
    assert "手机号" in await talk("/bank/mortgage:call")
    await talk(PHONE)
    read_back = await talk("下午三点以后")
    assert "住房按揭" in read_back
    assert "验证码" in read_back
    assert PHONE not in read_back
    done = await talk("/affirm", key="m1")
    assert re.search(r"BM\d{8}-\d{6}", done)
    person = await bot_services.people.find("A")
    assert person is not None
    (row,) = await bot_services.bank.my_callbacks(person.id)
    assert (row.topic, row.phone, row.wish) == ("mortgage", PHONE, "下午三点以后")


async def test_a_second_request_for_the_same_is_the_first(talk: Talk, bot_services: Services) -> None:
    for key in ("m1", "m2"):
        await talk("/bank/insurance:call")
        await talk(PHONE)
        await talk("/inform:any")
        said = await talk("/affirm", key=key)
    assert "登记过了" in said
    person = await bot_services.people.find("A")
    assert person is not None
    assert len(await bot_services.bank.my_callbacks(person.id)) == 1


async def test_fraud_is_warned_against_first(talk: Talk) -> None:
    said = await talk("有人打电话说是昆小哥银行让我转保证金")
    assert said.startswith("先别转钱")
    assert "110" in said
    sent = await talk(f"我的卡号{CARD} 你帮我查下", sender="B")
    assert sent.startswith("卡号、密码、验证码别发给任何人")


async def test_no_card_number_is_kept_in_the_transcript(talk: Talk, bot_services: Services) -> None:
    from sqlalchemy import select

    from bot.storage.transcript import TranscriptTurn

    await talk(f"我的卡号{CARD} 你帮我查下")
    async with bot_services.db.read() as session:
        texts = [turn.text for turn in await session.scalars(select(TranscriptTurn))]
    assert texts
    assert all(CARD not in str(text) for text in texts)
