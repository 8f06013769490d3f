"""The pages behind the cards: one person's own, for half an hour, safe to look at, readable on a small phone."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import aiohttp
import pytest
import pytest_asyncio
from aiohttp import web

from bot.services import Services
from bot.services.clock import SHANGHAI, FixedClock
from bot.services.page_links import LIFE, BadLink, ExpiredLink, Page, PageLinks
from bot.settings import Settings
from bot.storage.files import FolderStore
from bot.web import pages
from bot.web.keys import SERVICES, SETTINGS

if TYPE_CHECKING:
    from playwright.async_api import Browser

SECRET = "a secret of the tests, long enough to be one"
NOW = datetime(2026, 11, 25, 10, 0, tzinfo=SHANGHAI)
JPEG = b"\xff\xd8\xff\xe0" + bytes(40) + b"\xff\xd9"
LINKS = PageLinks(SECRET)


@pytest_asyncio.fixture
async def address(reference_services: Services, tmp_path: Path) -> AsyncIterator[str]:
    reference_services.people.files = FolderStore(tmp_path / "files")
    app = web.Application()
    app[SETTINGS] = Settings(database_url="sqlite+aiosqlite:///unused", secret_key=SECRET)
    app[SERVICES] = reference_services
    app.add_routes(pages.routes)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


async def _get(url: str) -> tuple[int, str, dict[str, str]]:
    async with aiohttp.ClientSession() as session, session.get(url) as response:
        return response.status, await response.text(errors="replace"), dict(response.headers)


async def _ticket(services: Services, **more: object) -> tuple[str, str]:
    """(person, number) of a ticket."""
    person = await services.people.ensure("wx:oPageAAAAAAAAAAAAAAAAAAAAAAA")
    values: dict[str, object] = {
        "person_id": person.id,
        "dispute_type": "wages",
        "employer": "蓝马<script>alert(1)</script>物流",
        "phone": "13812345678",
        "amount_fen": 850_000,
        "place": "花桥",
        "summary": "八月起没发工资 <img src=x onerror=alert(1)>",
    }
    ticket = await services.disputes.open(**(values | more))  # type: ignore[arg-type]
    return person.id, ticket.number


# -- links -------------------------------------------------------------------------------------------------


def test_link_is_read_back_until_its_time_is_over() -> None:
    page = Page("ticket", "LD20261125-123456", "person-1")
    token = LINKS.path(page, NOW).removeprefix("/p/")
    assert LINKS.read(token, NOW + LIFE) == page
    with pytest.raises(ExpiredLink):
        LINKS.read(token, NOW + LIFE + timedelta(seconds=1))


def test_link_cannot_be_made_or_changed_by_others() -> None:
    page = Page("ticket", "LD20261125-123456", "person-1")
    token = LINKS.path(page, NOW).removeprefix("/p/")
    body, _, seal = token.partition(".")
    foreign = PageLinks("another secret, long enough to be one too").path(page, NOW).removeprefix("/p/")
    forged_body = LINKS.path(Page("ticket", "LD20261125-123457", "person-1"), NOW)[3:].partition(".")[0]
    bad = ["", ".", body, f"{body}.", f".{seal}", f"{forged_body}.{seal}", foreign, token + "x", "签.名", "x" * 500]
    bad += [f"{body}.{seal[:-1]}", f"{body}.{seal}.{seal}", token.replace(".", "..")]
    for one in bad:
        with pytest.raises(BadLink):
            LINKS.read(one, NOW)


# -- pages -------------------------------------------------------------------------------------------------


async def test_ticket_page(address: str, reference_services: Services) -> None:
    person, number = await _ticket(reference_services)
    await reference_services.disputes.supplement(number, person, text="有微信转账记录", image_url=None, key="s1")
    status, html, headers = await _get(address + LINKS.path(Page("ticket", number, person), NOW))
    assert status == 200
    for shown in (number, "拖欠工资", "8500元", "138****5678", "已登记", "您登记了工单", "您补充了材料"):
        assert shown in html, shown
    assert "13812345678" not in html
    assert "<script" not in html
    assert "<img src=x" not in html
    assert "&lt;img src=x" in html
    assert "<form" not in html
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert (headers["Cache-Control"], headers["Referrer-Policy"]) == ("no-store", "no-referrer")


async def test_booking_page(address: str, reference_services: Services) -> None:
    person = await reference_services.people.ensure("wx:oPageBBBBBBBBBBBBBBBBBBBBBBB")
    slot = (await reference_services.hospital.nearest_free("outpatient", NOW))[0]
    booking = await reference_services.hospital.book(person.id, "outpatient", slot.starts_at, "13812345678")
    path = LINKS.path(Page("booking", booking.number, person.id), NOW)
    status, html, _ = await _get(address + path)
    assert status == 200
    for shown in (booking.number, "门诊", "138****5678", "第三人民医院", "已约"):
        assert shown in html, shown
    await reference_services.hospital.cancel(person.id, booking.number)
    _, html, _ = await _get(address + path)
    assert "已取消" in html
    assert "到院出示" not in html


async def test_pictures_are_shown_to_their_owner_only(address: str, reference_services: Services) -> None:
    person, number = await _ticket(reference_services)
    assert reference_services.people.files
    stored = await reference_services.people.files.put(person, JPEG, "jpg")
    for n, url in enumerate((stored.url, "https://elsewhere.example.org/x.jpg")):
        await reference_services.disputes.supplement(number, person, text=None, image_url=url, key=f"p{n}")
    path = LINKS.path(Page("ticket", number, person), NOW)
    _, html, _ = await _get(address + path)
    assert re.findall(r'<img src="([^"]+)"', html) == [f"{path}/0"]
    async with aiohttp.ClientSession() as session, session.get(f"{address}{path}/0") as response:
        assert (response.status, response.content_type, await response.read()) == (200, "image/jpeg", JPEG)
        assert response.headers["X-Content-Type-Options"] == "nosniff"
    for bad in (f"{path}/1", f"{path}/99", LINKS.path(Page("ticket", number, "somebody"), NOW) + "/0"):
        assert (await _get(address + bad))[0] == 404


async def test_what_is_not_ones_own_looks_like_nothing(
    address: str, reference_services: Services, clock: FixedClock
) -> None:
    person, number = await _ticket(reference_services)
    other = await reference_services.people.ensure("wx:oPageCCCCCCCCCCCCCCCCCCCCCCC")
    good = LINKS.path(Page("ticket", number, person), NOW)
    paths = [
        LINKS.path(Page("ticket", number, other.id), NOW),
        LINKS.path(Page("ticket", "LD20261125-000000", person), NOW),
        LINKS.path(Page("booking", number, person), NOW),
        good[:-1] + ("A" if good[-1] != "A" else "B"),
        "/p/x",
        "/p/%F0%9F%98%80.%00",
    ]
    answers = [await _get(address + path) for path in paths]
    assert {status for status, _, _ in answers} == {404}
    assert len({html for _, html, _ in answers}) == 1
    assert "链接已失效" in answers[0][1]
    assert number not in answers[0][1]
    clock.advance(LIFE + timedelta(minutes=1))
    assert (await _get(address + good))[0] == 404


async def test_erased_person_has_no_page(address: str, reference_services: Services) -> None:
    person, number = await _ticket(reference_services)
    await reference_services.people.erase(person)
    assert (await _get(address + LINKS.path(Page("ticket", number, person), NOW)))[0] == 404


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_readable_on_a_phone_360_pixels_wide(
    address: str, reference_services: Services, browser: Browser, scheme: str
) -> None:
    person, number = await _ticket(reference_services, summary="没有空格的很长的话" * 40, employer="很长的公司名" * 15)
    path = LINKS.path(Page("ticket", number, person), NOW)
    context = await browser.new_context(viewport={"width": 360, "height": 640}, color_scheme=scheme)  # type: ignore[arg-type]
    page = await context.new_page()
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    await page.goto(address + path)
    assert await page.evaluate("document.documentElement.scrollWidth") <= 360
    assert await page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)") >= 16
    assert await page.locator("h1").is_visible()
    assert faults == []
    await context.close()
