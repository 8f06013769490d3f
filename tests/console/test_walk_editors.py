"""In a real Chromium: a misclassified question is corrected and exported by keyboard, a tree of questions is edited,
the dashboard shows its plots; no serious finding of axe on any of these pages."""

from datetime import datetime, timedelta

import pytest_asyncio
import yaml
from aiohttp.test_utils import TestServer
from axe_playwright_python.async_playwright import Axe
from sqlalchemy import insert

from bot.services.audit import Actor
from bot.services.clock import SHANGHAI
from bot.storage.transcript import TranscriptTurn
from tests.console.conftest import PASSWORD, add_staff, console_app

TREE = "/console/guided/trees/drinks"


@pytest_asyncio.fixture
async def server(reference_services, tmp_path):
    await add_staff(reference_services)
    made = TestServer(console_app(reference_services, tmp_path))
    await made.start_server()
    yield made
    await made.close()


async def open_as(page, server, name, path):
    await page.goto(str(server.make_url(path)))
    await page.fill("#name", name)
    await page.fill("#password", PASSWORD)
    await page.keyboard.press("Enter")
    await page.wait_for_selector("nav.side")


async def serious(page):
    found = (await Axe().run(page)).response["violations"]
    return [(one["id"], one["nodes"][0]["html"]) for one in found if one["impact"] in ("serious", "critical")]


async def test_correct_a_misclassified_question_and_export_it(page, server, reference_services):
    seat = Actor("seat-id", "seat-one")
    for text in ("那个蓝窗能停油车吗", "蓝窗能停油车不", "健康证丢了补一张"):
        guess = "freight/passage" if "蓝窗" in text else "hospital/outpatient_channel"
        await reference_services.review.record_no_answer(text, seat, guess=guess)
    await open_as(page, server, "editor-one", "/console/review")
    await page.wait_for_selector("#picks button")
    assert await serious(page) == []
    await page.wait_for_selector("html[data-linked]")
    await reference_services.review.record_no_answer("这句刚刚才来", seat)
    await page.wait_for_selector("text=待归类 4")  # live, while the question on the table stays
    await page.keyboard.press("t")
    await page.keyboard.type("lcbw")
    await page.wait_for_selector("#picks li:first-child button[value='freight/blue_window']")
    assert await serious(page) == []
    await page.keyboard.press("Alt+1")
    await page.wait_for_selector("text=2 句归到“蓝窗泊位是什么”")
    await page.keyboard.press("u")
    await page.wait_for_selector("text=2 句回到待归类")
    await page.wait_for_selector("text=这 2 句问的是什么")
    await page.keyboard.press("t")
    await page.keyboard.type("蓝窗泊位是什么")
    await page.wait_for_selector("#picks li:only-child button[value='freight/blue_window']")
    await page.keyboard.press("Enter")
    await page.keyboard.press("Enter")
    await page.wait_for_selector("text=归到“蓝窗泊位是什么”")
    await page.keyboard.press("x")
    await page.wait_for_selector("text=1 句不用学")
    await page.keyboard.press("x")
    await page.wait_for_selector("text=都归好类了")
    await page.click("text=导出 2 句，训练新模型")
    await page.wait_for_selector("text=2 句，1 个主题")
    assert await serious(page) == []
    async with page.expect_download() as download:
        await page.click("text=导出（Rasa YAML）")
    (block,) = yaml.safe_load((await (await download.value).path()).read_text(encoding="utf-8"))["nlu"]
    assert block["intent"] == "freight/blue_window"
    assert sorted(block["examples"].split("\n")[:2]) == ["- 蓝窗能停油车不", "- 那个蓝窗能停油车吗"]
    await page.goto(str(server.make_url("/console/review/done")))
    assert await page.locator("text=已导出").count() == 2
    assert await serious(page) == []


async def test_a_tree_of_questions_is_edited_with_its_faults_shown(page, server, reference_services):
    await open_as(page, server, "editor-one", "/console/guided/trees")
    await page.wait_for_selector("main table")
    assert await serious(page) == []
    await page.click("text=免费冷热饮")
    await page.wait_for_selector(".outline")
    assert await serious(page) == []
    source = await page.input_value("#f-source")
    await page.fill("#f-source", source.replace("to: rule", "to: gone"))
    await page.wait_for_selector(".faults")
    assert await serious(page) == []
    await page.click(".faults button")
    chosen = await page.locator("#f-source").evaluate("e => e.value.slice(e.selectionStart, e.selectionEnd)")
    assert "to: gone" in chosen
    await page.fill("#f-source", source.replace("找最近的", "找附近的"))
    await page.wait_for_selector(".outline :text('找附近的')")
    page.on("dialog", lambda dialog: dialog.accept())
    await page.click("text=保存，马上用")
    await page.wait_for_selector("text=第 1 版已保存")
    await page.click("text=改了什么")
    await page.wait_for_selector("pre.diff ins")
    assert await serious(page) == []
    assert "找附近的" in (await reference_services.guided.tree("drinks")).source


async def test_the_dashboard_shows_its_plots(page, server, reference_services):
    begin = datetime(2026, 11, 20, 8, tzinfo=SHANGHAI)
    async with reference_services.db.write() as session:
        values = {"text": "花桥站几点开", "confidence": 0.9, "reply": "好", "milliseconds": 40.0}
        rows = [
            {"at": begin + timedelta(hours=n), "topic": ("station/hours", "open_dispute")[n % 2], **values}
            for n in range(120)
        ]
        await session.execute(insert(TranscriptTurn), rows)
    await reference_services.dashboard.count_hours()
    await open_as(page, server, "supervisor-one", "/console/dashboard")
    await page.wait_for_selector("svg.plot")
    assert await page.locator("svg.plot:visible").count() == 5
    assert (await page.locator("rect.bar").first.bounding_box())["width"] > 3
    assert await serious(page) == []
    for summary in await page.locator("main summary").all():
        await summary.click()
    assert await serious(page) == []
    await page.set_viewport_size({"width": 683, "height": 384})  # 1366x768 at 200 %
    assert await page.evaluate("document.documentElement.scrollWidth") <= 683
    await page.click("main dl.figures a >> nth=0")
    await page.wait_for_selector("text=消息明细")
    assert await serious(page) == []
    assert await page.locator("tbody tr").count() == 100
