"""`/map`: found by place, position, service and hours; honest about what is not known; usable without script."""

from __future__ import annotations

import asyncio
import gzip
import json
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
import pytest_asyncio
from aiohttp import web
from axe_playwright_python.async_playwright import Axe

from bot.geo.datum import wgs84_to_gcj02
from bot.services import Services
from bot.services.clock import FixedClock
from bot.settings import Settings, SettingsError, load_settings
from bot.web import map as map_page
from bot.web import pages
from bot.web.keys import SERVICES, SETTINGS
from tests.support.browser import Troubles

if TYPE_CHECKING:
    from playwright.async_api import Browser, BrowserContext, Page

HUAQIAO = {"lng": "121.0965", "lat": "31.2997"}  # WGS-84
SECRET = "a secret of the tests, long enough to be one"


async def _serve(services: Services, tiles: str | None = None) -> tuple[web.AppRunner, str]:
    app = web.Application()
    app[SETTINGS] = Settings(database_url="sqlite+aiosqlite:///unused", secret_key=SECRET, map_tiles=tiles)
    app[SERVICES] = services
    app.add_routes(map_page.routes)
    app.add_routes(pages.routes)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return runner, f"http://127.0.0.1:{runner.addresses[0][1]}"


@pytest_asyncio.fixture
async def address(reference_services: Services) -> AsyncIterator[str]:
    runner, url = await _serve(reference_services)
    yield url
    await runner.cleanup()


async def _get(url: str, **query: str) -> tuple[int, str, dict[str, str]]:
    async with aiohttp.ClientSession() as session, session.get(url, params=query) as response:
        return response.status, await response.text(), dict(response.headers)


def _names(html: str) -> list[str]:
    return re.findall(r"<h3>(.*?)</h3>", html)


async def _data(address: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((await _get(f"{address}/map/stations.json"))[1])
    return found


# -- the list ------------------------------------------------------------------------------------------------


async def test_nearest_to_a_point_and_the_same_from_a_location_message(address: str) -> None:
    status, html, headers = await _get(f"{address}/map", **HUAQIAO)
    assert status == 200
    assert len(_names(html)) == 20
    metres = [float(one) for one in re.findall(r"<strong>约([\d.]+)米</strong>", html)]
    assert metres == sorted(metres)
    assert "示例数据" in html
    assert (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        in headers["Content-Security-Policy"]
    )
    assert "unsafe" not in headers["Content-Security-Policy"]
    lng, lat = wgs84_to_gcj02(float(HUAQIAO["lng"]), float(HUAQIAO["lat"]))
    _, same, _ = await _get(f"{address}/map", lng=str(lng), lat=str(lat), datum="gcj02")
    assert _names(same) == _names(html)
    _, other, _ = await _get(f"{address}/map", lng=str(lng), lat=str(lat))
    assert _names(other) != _names(html)


async def test_services_and_open_now_narrow_it(address: str, clock: FixedClock, reference_services: Services) -> None:
    clock.advance(timedelta(hours=13))  # 23:00
    async with aiohttp.ClientSession() as session:
        form = [("service", "charging"), ("service", "toilet"), ("open", "1"), ("service", "no_such"), *HUAQIAO.items()]
        async with session.post(f"{address}/map/list", data=form) as response:
            html = await response.text()
    codes = re.findall(r'data-code="(\w+)"', html)
    assert codes
    for code in codes:
        found = await reference_services.stations.get(code)
        assert {"charging", "toilet"} <= set(found.station.services)
        assert found.open is True
    assert "现在关着" not in html


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("花桥", "离花桥镇最近的驿站"),
        ("花园社区", "您说的是哪一处"),
        ("外滩", "没有找到|不在昆山"),
        ("上海虹桥", "不在昆山"),
        ("阿斯顿发", "没有找到“阿斯顿发”"),
        ("人民路示范驿站", "名字里有“人民路示范驿站”的驿站"),
        ("<script>alert(1)</script>", "没有找到“&lt;script&gt;"),
    ],
)
async def test_a_place_a_station_or_nothing(address: str, text: str, expected: str) -> None:
    status, html, _ = await _get(f"{address}/map", q=text)
    assert status == 200
    assert re.search(expected, html), re.findall("<h2>.*?</h2>", html)
    assert "<script>alert" not in html


async def test_choices_of_an_ambiguous_name_lead_to_one_place(address: str) -> None:
    _, html, _ = await _get(f"{address}/map", q="花园社区")
    choices = re.findall(r'<a class="button" href="/map\?q=([^"]+)"', html)
    assert len(choices) > 1
    for choice in choices:
        async with aiohttp.ClientSession() as session, session.get(f"{address}/map?q={choice}") as response:
            assert "最近的驿站" in await response.text()


async def test_a_station_by_its_code(address: str) -> None:
    _, html, _ = await _get(f"{address}/map", station="S0006")
    assert _names(html) == ["人民路示范驿站"]
    assert "https://apis.map.qq.com/uri/v1/marker" in html
    assert "https://uri.amap.com/navigation" in html
    _, unpublished, _ = await _get(f"{address}/map", station="S0001")
    assert "地址未公布" in unpublished
    assert "apis.map.qq.com" not in unpublished
    _, gone, _ = await _get(f"{address}/map", station="S9999")
    assert "这个驿站没有查到" in gone


@pytest.mark.parametrize(
    "query",
    [
        {"lng": "nan", "lat": "31"},
        {"lng": "1e400", "lat": "31"},
        {"lng": "121", "lat": "x"},
        {"lng": "116.4", "lat": "39.9"},
        {"lng": "999", "lat": "999", "datum": "gcj02"},
    ],
)
async def test_a_position_that_is_none_of_ours_is_said(address: str, query: dict[str, str]) -> None:
    status, html, _ = await _get(f"{address}/map", **query)
    assert status == 200
    assert "这个位置不在昆山" in html


async def test_odd_numbers_of_rows_and_long_texts_do_no_harm(address: str) -> None:
    for count in ("-1", "0", "1e9", "٣", "99999999", "500"):
        status, html, _ = await _get(f"{address}/map", n=count)
        assert status == 200
        assert 20 <= len(_names(html)) <= 200
    assert (await _get(f"{address}/map", q="村" * 500))[0] == 200


async def test_more_without_script(address: str) -> None:
    _, html, _ = await _get(f"{address}/map", service="charging", **HUAQIAO)
    (more,) = re.findall(r'class="button more" href="([^"]+)"', html)
    async with aiohttp.ClientSession() as session, session.get(address + more.replace("&amp;", "&")) as response:
        assert len(_names(await response.text())) == 40


# -- what the drawing gets -------------------------------------------------------------------------------------


async def test_only_published_places_are_drawn(address: str, reference_services: Services) -> None:
    data = await _data(address)
    rows = await reference_services.stations.all()
    assert {one[0] for one in data["stations"]} == {row.code for row in rows if row.located}
    assert 0 < len(data["stations"]) < len(rows)
    assert len(data["boundary"][0]) > 80
    assert len(data["services"]) == 30
    by_code = {one[0]: one for one in data["stations"]}
    bits = {code for place, code in enumerate(data["services"]) if by_code["S0006"][5] >> place & 1}
    assert bits == set((await reference_services.stations.get("S0006")).station.services)


async def test_data_are_zipped_and_tagged(address: str, clock: FixedClock) -> None:
    url = f"{address}/map/stations.json"
    async with aiohttp.ClientSession(auto_decompress=False) as session:
        async with session.get(url, headers={"Accept-Encoding": "gzip"}) as first:
            body = await first.read()
            assert first.headers["Content-Encoding"] == "gzip"
            assert len(body) < 40_000
            assert json.loads(gzip.decompress(body))["services"]
        tag = {"If-None-Match": first.headers["ETag"]}
        async with session.get(url, headers=tag) as again:
            assert (again.status, await again.read()) == (304, b"")
        clock.advance(timedelta(hours=13))
        async with session.get(url, headers=tag) as later:
            assert later.status == 200  # others are open now


# -- the setting -----------------------------------------------------------------------------------------------


async def test_tiles_of_a_provider_and_of_no_other(reference_services: Services) -> None:
    runner, url = await _serve(reference_services, "gcj02:https://tiles.example.org:8443/a/{z}/{x}/{y}.png")
    try:
        _, html, headers = await _get(f"{url}/map")
    finally:
        await runner.cleanup()
    assert "img-src 'self' https://tiles.example.org:8443; connect-src 'self'" in headers["Content-Security-Policy"]
    assert 'data-tiles="https://tiles.example.org:8443/a/{z}/{x}/{y}.png" data-datum="gcj02"' in html


@pytest.mark.parametrize(
    "value",
    [
        "https://tiles.example.org/{z}/{x}/{y}.png",
        "bd09:https://tiles.example.org/{z}/{x}/{y}.png",
        "wgs84:https://tiles.example.org/{z}/{x}.png",
        "wgs84:https://a b/{z}/{x}/{y}",
        "wgs84:https://x;script-src * /{z}/{x}/{y}",
    ],
)
def test_a_wrong_tile_setting_is_refused(value: str, tmp_path: Any) -> None:
    with pytest.raises(SettingsError, match="MAP_TILES"):
        load_settings({"MAP_TILES": value, "VAR_DIR": str(tmp_path)})


# -- in a browser ----------------------------------------------------------------------------------------------


async def _open(browser: Browser, url: str, troubles: Troubles, **options: Any) -> tuple[BrowserContext, Page]:
    context = await browser.new_context(locale="zh-CN", **options)
    opened = await context.new_page()
    troubles.watch(opened)
    await opened.goto(url)
    return context, opened


async def _until(page: Page, what: str) -> None:
    """The page's own policy forbids it to evaluate strings, so waiting is done from here."""
    for _ in range(200):
        if await page.evaluate(what):
            return
        await asyncio.sleep(0.05)
    raise AssertionError(what)


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_on_a_phone_with_a_position(address: str, browser: Browser, troubles: Troubles, scheme: Any) -> None:
    context, page = await _open(
        browser,
        f"{address}/map",
        troubles,
        viewport={"width": 360, "height": 740},
        color_scheme=scheme,
        permissions=["geolocation"],
        geolocation={"longitude": float(HUAQIAO["lng"]), "latitude": float(HUAQIAO["lat"])},
    )
    assert await page.evaluate("document.documentElement.scrollWidth") <= 360
    await page.get_by_role("button", name="我的位置").click()
    await page.get_by_role("heading", name="离您最近的驿站").wait_for()
    assert "lng=" not in page.url  # where somebody stands is in no address
    first = page.locator("article.station").first
    assert "米" in await first.locator("strong").inner_text()
    await page.get_by_role("checkbox", name="热饭").first.check()
    await page.wait_for_url("**/map?service=hot_meal")
    await page.get_by_role("heading", name="离您最近的驿站").wait_for()
    await first.get_by_text("看图").click()
    await page.get_by_role("heading", name="选中的驿站").wait_for()
    await _until(page, "view.zoom > 15 && data.stations.some((one) => one[0] === chosen)")
    found = await Axe().run(page)
    assert [one["id"] for one in found.response["violations"]] == []
    assert troubles.found == []
    await context.close()


async def test_by_keyboard_and_by_clusters(address: str, browser: Browser, troubles: Troubles) -> None:
    context, page = await _open(browser, f"{address}/map", troubles, viewport={"width": 1366, "height": 768})
    await _until(page, "data !== null && view.zoom > 9")
    drawn = await page.evaluate(
        "[groups().length, groups().reduce((sum, g) => sum + g.members.length, 0), data.stations.length]"
    )
    assert drawn[0] < 200
    assert drawn[1] == drawn[2]
    await page.locator("canvas").focus()
    before = await page.evaluate("({...view})")
    await page.keyboard.press("+")
    await page.keyboard.press("ArrowLeft")
    after = await page.evaluate("({...view})")
    assert after["zoom"] == before["zoom"] + 1
    assert after["x"] < before["x"]
    await page.get_by_label("地名或驿站名").fill("花桥")
    await page.keyboard.press("Enter")
    await page.get_by_role("heading", name="离花桥镇最近的驿站").wait_for()
    await _until(page, "view.zoom >= 14.5")
    await page.get_by_role("button", name="在图上点选").click()
    await page.locator("canvas").click(position={"x": 300, "y": 300})
    await page.get_by_role("heading", name="离您最近的驿站").wait_for()
    assert (await Axe().run(page)).response["violations"] == []
    assert troubles.found == []
    await context.close()


async def test_without_script_it_is_a_list(address: str, browser: Browser, troubles: Troubles) -> None:
    context, page = await _open(browser, f"{address}/map", troubles, java_script_enabled=False)
    assert not await page.locator("canvas").is_visible()
    await page.get_by_label("地名或驿站名").fill("花桥")
    await page.get_by_role("checkbox", name="手机充电").first.check()
    await page.get_by_role("button", name="查找").click()
    assert "离花桥镇最近的驿站" in await page.content()
    assert await page.locator("article.station").count() == 20
    await context.close()
