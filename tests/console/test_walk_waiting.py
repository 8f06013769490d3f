"""In a real Chromium: a caller is put on the waiting list by keyboard, a place comes free, a seat takes it for them."""

from __future__ import annotations

from datetime import timedelta

from tests.console.test_waiting import full
from tests.console.test_walk_tasks import PHONE, address, log_in  # noqa: F401  (a fixture)
from tests.console.test_walks import serious


async def test_from_a_full_day_to_the_place_that_came_free(page, address, reference_services, clock):  # noqa: F811
    holder, booked = await full(reference_services)
    await log_in(page, address)
    await page.goto(address + "/tasks?task=hospital")
    await page.fill("#f-phone", PHONE)
    await page.keyboard.press("Enter")
    await page.wait_for_selector("#task-form")
    await page.check("input[name=channel][value=hp_test]")
    await page.check("#slots input[value=wait]")
    await page.click("text=下一步：念给对方核对")
    await page.wait_for_selector("text=对方说对，排队")
    assert await serious(page) == []
    await page.keyboard.press("y")
    await page.wait_for_selector("h1 >> text=排上队了")
    await page.keyboard.press("o")
    await page.wait_for_selector("h1 >> text=PD0")
    assert await page.inner_text("main .facts") != ""
    await page.keyboard.press("b")
    await page.wait_for_selector("h1 >> text=排队等空位")
    for width, height in ((1366, 768), (683, 384), (390, 844)):
        await page.set_viewport_size({"width": width, "height": height})
        assert await page.evaluate("document.documentElement.scrollWidth") <= width
    assert await serious(page) == []
    # whatever page is open: it says that somebody has to be rung up, while it lasts
    await page.goto(address + "/tickets")
    await page.wait_for_selector("html[data-linked=yes]")
    clock.advance(timedelta(minutes=1))
    await reference_services.hospital.cancel(holder, booked)
    await page.click("text=1 个空位要打电话")
    await page.click("main .note a")
    await page.wait_for_selector("h2 >> text=他要这个号")
    assert await serious(page) == []
    clock.advance(timedelta(minutes=1))
    await page.click("text=约上")
    await page.wait_for_selector("main .note.good >> text=约上了")
    await page.wait_for_selector("text=1 个空位要打电话", state="detached")
    await page.goto("about:blank")  # what it fetches by itself must not outlive the server


async def test_an_offer_that_lapsed_is_made_again_from_the_list(page, address, reference_services, clock):  # noqa: F811
    caller = (await reference_services.people.ensure_caller(PHONE)).id
    await reference_services.hospital.waiting.join(caller, "hp_test", PHONE)
    clock.advance(timedelta(minutes=31))
    await reference_services.hospital.tick()
    await log_in(page, address)
    await page.click("text=1 个空位过时没答复")
    await page.wait_for_selector("td button >> text=重新排")
    for width, height in ((1366, 768), (683, 384), (390, 844)):
        await page.set_viewport_size({"width": width, "height": height})
        assert await page.evaluate("document.documentElement.scrollWidth") <= width
    assert await serious(page) == []
    await page.click("td button >> text=重新排")
    await page.wait_for_selector("h2 >> text=他要这个号")
    await page.wait_for_selector("main .note.good >> text=正好有空位")
    await page.wait_for_selector("text=1 个空位要打电话")
    assert await page.locator("text=1 个空位过时没答复").count() == 0
    await page.goto("about:blank")  # what it fetches by itself must not outlive the server


async def test_a_file_that_is_too_big_is_told_before_it_is_sent(page, address, tmp_path):  # noqa: F811
    await page.goto(address + "/login")
    await page.fill("#name", "editor-one")
    await page.fill("#password", "correct horse battery")
    await page.keyboard.press("Enter")
    await page.wait_for_selector("nav.side")
    await page.goto(address + "/reference/import/discounts")
    big, small = tmp_path / "big.csv", tmp_path / "small.csv"
    big.write_bytes(b"x" * (11 << 20))
    small.write_text("编号,种类,名称,说明,生效日期,截止日期,适用商家\nN1,餐饮,午餐九折,,,,\n", encoding="utf-8")
    await page.set_input_files("#f-file", big)
    assert "最多 10 MB" in await page.inner_text("#f-file-error")
    await page.click("text=先检查，不写入")
    assert not await page.is_visible("#checked")
    await page.set_input_files("#f-file", small)
    assert await page.inner_text("#f-file-error") == ""
    await page.click("text=先检查，不写入")
    await page.wait_for_selector("#checked")


async def test_the_sheet_of_keys_begins_at_its_beginning_in_a_low_window(page, address):  # noqa: F811
    await log_in(page, address)
    await page.set_viewport_size({"width": 683, "height": 384})
    await page.keyboard.press("Escape")
    await page.keyboard.press("?")
    await page.wait_for_selector("#keys[open]")
    assert await page.evaluate("document.querySelector('#keys').scrollTop") == 0
    assert await page.evaluate("document.querySelector('#keys').scrollHeight") > 384
    await page.keyboard.press("Escape")
    await page.wait_for_selector("#keys[open]", state="hidden")
