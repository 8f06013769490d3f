"""The demo's phone in a real browser: what is tapped and typed goes through the protocol and comes back."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from bot.storage.base import Database
from bot.wechat.menu import load_menu
from tests.wechat.bot import ShortDialogue, serving
from tests.wechat.demo.__main__ import environment
from tests.wechat.demo.phone import Phones
from tests.wechat.platform import Platform

if TYPE_CHECKING:
    from playwright.async_api import Browser, Page

pytestmark = pytest.mark.usefixtures("sqlite_template")

JPEG = b"\xff\xd8\xff\xe0" + bytes(60) + b"\xff\xd9"


@pytest_asyncio.fixture
async def platform() -> AsyncIterator[Platform]:
    stand_in = Platform()
    await stand_in.start()
    stand_in.menu = load_menu()
    yield stand_in
    await stand_in.stop()


@pytest_asyncio.fixture
async def dialogue(platform: Platform, sqlite_url: str, tmp_path: Path) -> AsyncIterator[ShortDialogue]:
    db = Database(sqlite_url)
    async with serving(platform, db, tmp_path / "files") as running:
        yield running
    await db.close()


@pytest_asyncio.fixture
async def phone(platform: Platform, dialogue: ShortDialogue, browser: Browser) -> AsyncIterator[Page]:
    phones = Phones(platform)
    address = await phones.start(0)
    context = await browser.new_context(viewport={"width": 360, "height": 640}, locale="zh-CN")
    page = await context.new_page()
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    await page.goto(address)
    yield page
    assert await page.evaluate("document.documentElement.scrollWidth") <= 360
    await context.close()
    await phones.stop()
    assert faults == []


async def _said(phone: Page, text: str) -> None:
    await phone.locator(".row:not(.mine) .bubble", has_text=text).last.wait_for(timeout=15_000)


async def test_conversation_on_the_phone(phone: Page, dialogue: ShortDialogue) -> None:
    await _said(phone, "/subscribe")
    await phone.fill("#text", "选")
    await phone.click("#send")
    await _said(phone, "要办哪件？")
    await phone.get_by_role("button", name="找驿站", exact=True).click()
    # the choices themselves read 找驿站: the answer to it is what repeats the words after the number
    await phone.locator(".row:not(.mine) .bubble", has_text=re.compile(r"\w+ 找驿站\s*$")).wait_for(timeout=15_000)
    assert dialogue.heard[-1][1:3] == ("找驿站", {"choice": "2"})

    await phone.click("#plus")
    await phone.click("[data-place^='31.2990']")
    await _said(phone, "/location")
    assert dialogue.heard[-1][2]["location"]["label"] == "花桥国际商务城"
    await phone.set_input_files("#picture", {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": JPEG})
    await _said(phone, "/image")
    await phone.click("#voice")
    await _said(phone, "收到您的语音")

    await phone.get_by_role("button", name="≡ 办事").click()
    await phone.get_by_role("button", name="欠薪维权登记").click()
    await _said(phone, "/open_dispute")
    assert "AES" in await phone.locator("#wire").inner_text()


async def test_markup_stays_text_and_cards_open(phone: Page, dialogue: ShortDialogue) -> None:
    await _said(phone, "/subscribe")
    await phone.fill("#text", '<img src=x onerror=alert(1)> <a href="javascript:alert(1)">点</a>')
    await phone.click("#send")
    await _said(phone, "onerror")
    assert await phone.locator(".bubble img").count() == 0
    assert await phone.locator("a[href^='javascript']").count() == 0
    await phone.fill("#text", "卡")
    await phone.click("#send")
    await _said(phone, "党建地图")
    assert await phone.locator("a.card").get_attribute("href") == "https://bot.example.org/map?x=1"


async def test_starting_over_is_another_person(phone: Page, dialogue: ShortDialogue) -> None:
    await _said(phone, "/subscribe")
    first = dialogue.heard[-1][0]
    await phone.click("#again")
    for _ in range(300):
        if dialogue.heard[-1][0] != first:
            break
        await asyncio.sleep(0.05)
    await _said(phone, "/subscribe")
    assert dialogue.heard[-1][0] != first
    assert await phone.locator(".row").count() == 1


async def test_the_demos_bot_is_an_account_in_safe_mode(platform: Platform) -> None:
    from bot.settings import load_settings

    env = environment(platform, 8123)
    names = ("HOST", "PORT", "PUBLIC_BASE_URL", "VAR_DIR", *(n for n in env if n.startswith("WECHAT_")))
    settings = load_settings({name: env[name] for name in names})
    assert settings.wechat_enabled
    assert settings.wechat_aes_key == platform.aes_key
    assert settings.wechat_api_base == platform.api_url
