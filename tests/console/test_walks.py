"""In a real Chromium: log in, find an answer by keyboard, no serious finding of axe."""

import pytest_asyncio
from aiohttp.test_utils import TestServer
from axe_playwright_python.async_playwright import Axe

from tests.console.conftest import PASSWORD, add_staff, console_app


@pytest_asyncio.fixture
async def address(reference_services, tmp_path):
    await add_staff(reference_services)
    server = TestServer(console_app(reference_services, tmp_path))
    await server.start_server()
    yield str(server.make_url("/console/"))
    await server.close()


async def serious(page):
    found = (await Axe().run(page)).response["violations"]
    return [(one["id"], one["nodes"][0]["html"]) for one in found if one["impact"] in ("serious", "critical")]


async def test_log_in_and_read_an_answer_by_keyboard(page, address):
    await page.goto(address)
    assert await serious(page) == []
    await page.keyboard.type("admin-one")
    await page.fill("#password", PASSWORD)
    await page.keyboard.press("Enter")
    await page.wait_for_selector("#q:focus")
    assert await serious(page) == []
    await page.keyboard.type("yjbt")
    await page.wait_for_selector("#aloud")
    assert "收押金" in await page.inner_text("#aloud")  # no key pressed after typing
    assert await serious(page) == []
    await page.keyboard.press("Enter")
    await page.keyboard.press("n")
    await page.wait_for_selector("text=已记下")
    await page.keyboard.press("g")
    await page.keyboard.press("l")
    await page.wait_for_selector("text=记没有合适答案")
    assert await serious(page) == []
