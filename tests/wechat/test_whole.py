"""A rider on the phone: the platform's protocol, the trained model, the real actions, services and pages."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

import aiohttp
import pytest_asyncio

from bot.dialogue.host import DialogueHost
from bot.services.clock import SHANGHAI, FixedClock
from bot.storage.base import Database
from tests.wechat.bot import ShortDialogue, serving
from tests.wechat.platform import Platform

ANNA, BERT = "oWholeAAAAAAAAAAAAAAAAAAAAAA", "oWholeBBBBBBBBBBBBBBBBBBBBBB"
JPEG = b"\xff\xd8\xff\xe0" + bytes(200) + b"\xff\xd9"
NUMBER = re.compile(r"[A-Z]{2}\d{8}-\d{6}")
BASE = "https://bot.example.org"


@pytest_asyncio.fixture
async def platform() -> AsyncIterator[Platform]:
    stand_in = Platform()
    await stand_in.start()
    yield stand_in
    await stand_in.stop()


@pytest_asyncio.fixture
async def bot(
    platform: Platform,
    reference_db: Database,
    tmp_path: Path,
    loaded_host: DialogueHost,
) -> AsyncIterator[ShortDialogue]:
    clock = FixedClock(datetime.now(SHANGHAI))
    async with serving(platform, reference_db, tmp_path / "files", clock=clock, whole=loaded_host) as running:
        yield running


async def _get(platform: Platform, link: str) -> tuple[int, str]:
    """A page of ours, opened from the chat."""
    url = platform.bot_url.removesuffix("/wechat") + link.removeprefix(BASE)
    async with aiohttp.ClientSession() as session, session.get(url) as response:
        return response.status, await response.text()


async def test_from_the_poster_to_the_ticket_page_and_away(platform: Platform, bot: ShortDialogue) -> None:
    welcome = await platform.subscribe(ANNA, "S0001")
    assert "物流港货车司机补给站" in welcome.content
    assert "欢迎关注暖新" in welcome.content
    assert "找最近的驿站" in (await platform.click(ANNA, "help")).content

    # a place is sent without a word about what for; then it is known for the next question
    assert "想在那附近找什么" in (await platform.location(ANNA, 31.3849, 120.9810, "前进中路")).content
    near = await platform.text(ANNA, "哪里能充电")
    assert "手机充电" in near.content
    assert "https://apis.map.qq.com" in near.content
    assert "在哪儿" not in near.content

    # a dispute by taps, voice and words
    assert "哪种情况" in (await platform.click(ANNA, "open_dispute")).content
    assert "公司" in (await platform.text(ANNA, "拖欠工资")).content
    assert "多少钱" in (await platform.voice(ANNA, recognition="快马配送")).content
    assert "手机" in (await platform.text(ANNA, "八千五")).content
    read_back = (await platform.text(ANNA, "13812345678")).content
    assert "138****5678" in read_back
    assert "13812345678" not in read_back
    done = (await platform.text(ANNA, "对，提交")).content
    number = NUMBER.search(done)
    assert number, done

    # the page of the ticket is hers, and only with the link
    link = re.search(r'<a href="(https://bot\.example\.org/p/[^"]+)">查看工单详情', done)
    assert link, done
    status, page = await _get(platform, link[1])
    assert status == 200
    assert number[0] in page
    assert "快马配送" in page
    assert "<input" not in page, "no login form"
    assert (await _get(platform, link[1][:-1] + ("A" if link[1][-1] != "A" else "B")))[0] in (403, 404, 410)

    # evidence goes into the open ticket
    await platform.text(ANNA, "不用记")
    asked = (await platform.picture(ANNA, JPEG)).content
    assert f"补到 {number[0]}" in asked
    assert "图片补进" in (await platform.text(ANNA, f"补到 {number[0]}")).content
    person = await bot.services.people.ensure(f"wx:{ANNA}")
    (attached,) = (await bot.services.disputes.get(number[0], person.id)).attachments
    assert str(attached.image_url).startswith(f"/media/{person.id}/")

    # nobody else sees it
    assert "没查到" in (await platform.text(BERT, f"查 {number[0]}")).content

    # gone with the person
    assert (await platform.deliver(platform.event(ANNA, "unsubscribe", EventKey=""))).body == "success"
    assert "欢迎关注暖新" in (await platform.subscribe(ANNA)).content
    assert "没查到" in (await platform.text(ANNA, f"查 {number[0]}")).content


async def test_three_deliveries_of_a_confirmation_make_one_ticket(platform: Platform, bot: ShortDialogue) -> None:
    await platform.text(ANNA, "青云快递欠我工资5000 手机13712345678 我要投诉")
    yes = platform.message(ANNA, "text", Content="对")
    replies = [await platform.post(yes) for _ in range(3)]
    assert len({body for _, body in replies}) == 1
    person = await bot.services.people.ensure(f"wx:{ANNA}")
    assert len(await bot.services.disputes.of_person(person.id)) == 1


async def test_progress_comes_by_itself(platform: Platform, bot: ShortDialogue) -> None:
    await platform.text(ANNA, "青云快递欠我工资5000 手机13712345678 我要投诉")
    number = NUMBER.search((await platform.text(ANNA, "对")).content)
    assert number
    await bot.services.dispute_desk.assign(number[0], "李", to="李")
    await bot.services.dispute_desk.reply(number[0], "李", "请把流水发来")
    for _ in range(100):
        pushed = [shown for shown in platform.phones[ANNA] if shown.via == "custom"]
        if any("请把流水发来" in shown.text for shown in pushed):
            break
        await asyncio.sleep(0.05)
    assert any("请把流水发来" in shown.text for shown in pushed)
