"""In a real Chromium: a broken workbook and its row errors by keyboard, a point set on the drawing, axe on each page."""

import io

import pytest_asyncio
from aiohttp.test_utils import TestServer
from axe_playwright_python.async_playwright import Axe
from openpyxl import Workbook

from bot.services.reference_desk import spec_of
from tests.console.conftest import PASSWORD, console_app

PAGES = (
    "/console/reference",
    "/console/reference/stations",
    "/console/reference/discounts/new",
    "/console/safety",
    "/console/safety/workers",
    "/console/safety/workers/DEMO0409",
    "/console/safety/education",
    "/console/safety/codes",
    "/console/safety/import/safety-violations",
    "/console/selection",
)


@pytest_asyncio.fixture
async def site(reference_services, tmp_path):
    server = TestServer(console_app(reference_services, tmp_path))
    await server.start_server()
    yield lambda path: str(server.make_url(path))
    await server.close()


async def serious(page):
    found = (await Axe().run(page)).response["violations"]
    return [(one["id"], one["nodes"][0]["html"]) for one in found if one["impact"] in ("serious", "critical")]


async def log_in(page, site, name="admin-one"):
    await page.goto(site("/console/login"))
    await page.fill("#name", name)
    await page.fill("#password", PASSWORD)
    await page.keyboard.press("Enter")
    await page.wait_for_selector("nav.side")


def broken():
    book = Workbook()
    book.active.append([column.label for column in spec_of("stations").columns])
    book.active.append(
        ["N1", "新驿站", "商超", "花桥", "花安路 1 号", 121.0846, 31.3016, "每天 08:00-20:00", "water", "否"]
    )
    book.active.append(["N2", "在上海", "商超", "浦东", "", 121.4737, 31.2304, "看情况", "sauna", "否"])
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


async def test_a_broken_workbook_is_read_out_row_by_row(page, site, troubles):
    await log_in(page, site)
    await page.keyboard.press("Escape")
    await page.keyboard.press("g")
    await page.keyboard.press("z")
    await page.wait_for_selector("text=蓝窗泊位")
    await page.get_by_role("link", name="驿站", exact=True).click()
    await page.wait_for_selector("text=S0001")
    await page.keyboard.press("i")
    await page.wait_for_selector("#f-file")
    sent = {"name": "坏的.xlsx", "mimeType": "application/octet-stream", "buffer": broken()}
    await page.set_input_files("#f-file", sent)
    await page.focus("#f-file")
    await page.get_by_role("button", name="先检查，不写入").press("Enter")
    await page.wait_for_selector("#faults")
    faults = await page.locator("#faults tbody tr").all_inner_texts()
    assert [fault.split("\t")[0] for fault in faults] == ["3"] * len(faults)
    assert any("区镇" in fault and "浦东" in fault and "11个区镇之一" in fault for fault in faults)
    assert any("开放时间" in fault and "看情况" in fault for fault in faults)
    assert "什么都没有写入" in await page.inner_text("[role=alert]")
    assert await serious(page) == []
    troubles.found[:] = [one for one in troubles.found if "422" not in one]  # the browser notes the status


async def test_a_point_is_set_on_the_drawing_and_reaches_the_bot(page, site, reference_services):
    await log_in(page, site)
    await page.goto(site("/console/reference/stations/row/S0001"))
    before = await page.input_value("#f-lng")
    box = await page.locator(".picker svg").bounding_box()
    await page.mouse.click(box["x"] + box["width"] * 0.5, box["y"] + box["height"] * 0.55)
    assert await page.input_value("#f-lng") != before
    assert await page.inner_text("[data-told]") == "在昆山范围内"
    clicked = [float(await page.input_value(name)) for name in ("#f-lng", "#f-lat")]
    await page.get_by_role("button", name="放大").press("Enter")
    await page.mouse.click(box["x"] + 3, box["y"] + 3)
    assert await page.input_value("#f-lng") != str(clicked[0])
    await page.fill("#f-lng", "121.4737")
    assert "不在昆山" in await page.inner_text("[data-told]")
    await page.fill("#f-lng", str(clicked[0]))
    await page.fill("#f-lat", str(clicked[1]))
    assert await serious(page) == []
    await page.get_by_role("button", name="保存").press("Enter")
    await page.wait_for_selector("text=已保存")
    station = (await reference_services.stations.get("S0001")).station
    assert [station.lng, station.lat] == clicked


async def test_no_serious_finding_on_any_page(page, site):
    await log_in(page, site)
    for path in PAGES:
        await page.goto(site(path))
        assert await serious(page) == [], path
