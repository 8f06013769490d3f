"""In a real Chromium, on the whole running application: an edit, approved by another person, is what the bot says
within two seconds, in this process and in another, without a restart."""

import asyncio
import time

import pytest_asyncio
from aiohttp.test_utils import TestClient, TestServer
from axe_playwright_python.async_playwright import Axe
from rasa.shared.core.trackers import DialogueStateTracker

from bot.app import create_app
from bot.dialogue.answers import EditableAnswers
from bot.services import build_services
from bot.settings import ROOT, Settings
from bot.storage.base import Database
from bot.web.keys import SERVICES
from tests.console.conftest import PASSWORD, add_staff

QUESTION, TOPIC = "昆山哪里可以维权", "dispute/where"
TEXT = "去最近的维权窗口。出门前先打 12345 问清地址和时间，别白跑一趟。"
SOON = 2.0  # seconds


@pytest_asyncio.fixture
async def app(reference_url, tmp_path):
    settings = Settings(
        database_url=reference_url, secret_key="s" * 32, file_store=str(tmp_path), model_dir=ROOT / "models"
    )
    server = TestServer(create_app(settings))
    await server.start_server()
    await add_staff(server.app[SERVICES])
    yield server
    await server.close()


@pytest_asyncio.fixture
async def replica(reference_url):
    """The answers as another process holds them."""
    db = Database(reference_url)
    held = EditableAnswers(build_services(db))
    fresh = asyncio.create_task(held.keep_fresh())
    yield held
    fresh.cancel()
    await db.close()


async def log_in(browser, server, name):
    context = await browser.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN")
    page = await context.new_page()
    await page.goto(str(server.make_url("/console/knowledge")))
    await page.fill("#name", name)
    await page.fill("#password", PASSWORD)
    await page.keyboard.press("Enter")
    await page.wait_for_selector("table.knowledge")
    return page


async def serious(page):
    found = (await Axe().run(page)).response["violations"]
    return [(one["id"], one["nodes"][0]["html"]) for one in found if one["impact"] in ("serious", "critical")]


async def test_edit_an_answer_approve_it_as_another_person_see_it_live(browser, app, replica):
    chat = TestClient(app)

    async def ask():
        said = await chat.post("/webhooks/rest/webhook", json={"sender": "rider", "message": QUESTION})
        return "\n".join(reply.get("text", "") for reply in await said.json())

    async def other_process_says():
        said = await replica.generate(f"utter_{TOPIC}", DialogueStateTracker.from_events("rider", []), "rest")
        return (said or {}).get("text", "")

    assert "1+11" in await ask()

    editor = await log_in(browser, app, "editor-one")
    assert await serious(editor) == []
    await editor.click("text=去哪里维权")
    await editor.wait_for_selector("#aloud")
    assert await serious(editor) == []
    await editor.keyboard.press("e")
    await editor.wait_for_selector("#f-text")
    await editor.fill("#f-text", TEXT)
    await editor.wait_for_selector("#preview .bubble:has-text('别白跑一趟')")
    assert await serious(editor) == []
    await editor.fill("#f-note", "改短")
    await editor.click("text=提交，请别人批准")
    await editor.wait_for_selector("text=要由另一个人批准")
    assert await editor.locator("text=批准，马上上线").count() == 0

    other = await log_in(browser, app, "supervisor-one")
    await other.click("#waiting a")
    await other.wait_for_selector("#pending ins")
    assert await serious(other) == []
    assert TEXT not in await ask()
    other.on("dialog", lambda dialog: dialog.accept())
    await other.click("text=批准，马上上线")
    await other.wait_for_selector("text=已批准")
    approved = time.monotonic()
    while TEXT not in await ask() or await other_process_says() != TEXT:
        assert time.monotonic() - approved < SOON
        await asyncio.sleep(0.05)

    await other.goto(str(app.make_url(f"/console/desk/answer?topic={TOPIC}")))
    assert TEXT in await other.inner_text("body")
    await chat.session.close()
