"""In a real Chromium: an answer by keyboard only, guided questions to a ticket, a visit booked and moved."""

from __future__ import annotations

import pytest_asyncio
from aiohttp.test_utils import TestServer

from bot.web.keys import HOST
from tests.console.conftest import PASSWORD, add_staff, console_app
from tests.console.test_walks import serious

PHONE = "13800138000"


@pytest_asyncio.fixture
async def address(reference_services, tmp_path):
    await add_staff(reference_services)
    server = TestServer(console_app(reference_services, tmp_path))
    await server.start_server()
    yield str(server.make_url("/console"))
    await server.close()


@pytest_asyncio.fixture
async def desk_address(reference_services, tmp_path, loaded_host):
    """The console with the trained model behind it."""
    await add_staff(reference_services)
    loaded_host.use(reference_services)
    app = console_app(reference_services, tmp_path)
    app[HOST] = loaded_host
    server = TestServer(app)
    await server.start_server()
    yield str(server.make_url("/console"))
    await server.close()


async def log_in(page, address, name="seat-one"):
    await page.goto(address + "/login")
    await page.fill("#name", name)
    await page.fill("#password", PASSWORD)
    await page.keyboard.press("Enter")
    await page.wait_for_selector("#q:focus")


async def find_answer(page, words, fragment, most=4):
    """How many keys it takes, after typing, until the answer that holds `fragment` is read."""
    await page.keyboard.type(words)
    await page.wait_for_selector("#aloud")
    for presses in range(most + 1):
        if fragment in await page.inner_text("#aloud"):
            return presses
        before = await page.inner_text("#answer")
        await page.keyboard.press("ArrowDown")
        await page.wait_for_function("before => document.querySelector('#answer').innerText !== before", arg=before)
    raise AssertionError(f"{words}: not found within {most} keys")


async def test_the_answer_is_found_by_keyboard_in_under_five_keys(page, desk_address):
    await log_in(page, desk_address)
    assert await find_answer(page, "骑手问押金不退", "收押金") < 5
    assert "押金不退" in await page.inner_text("#answer h2")
    assert await serious(page) == []
    # and on to the ticket: Enter, the digit of the step, the phone
    await page.keyboard.press("Enter")
    await page.keyboard.press("1")
    await page.wait_for_selector("#f-phone:focus")
    await page.keyboard.type(PHONE)
    await page.keyboard.press("Enter")
    await page.wait_for_selector("#task-form")
    assert await page.input_value("#f-dispute_type") == "deposit"
    assert await page.input_value("#f-summary") == "骑手问押金不退"


async def test_guided_questions_lead_to_a_ticket_by_keyboard(page, address, reference_services):
    await log_in(page, address)
    for key in ("Escape", "g", "q"):
        await page.keyboard.press(key)
    await page.wait_for_selector("h1 >> text=引导提问")
    assert await serious(page) == []
    await page.keyboard.press("2")
    for question, digit in (
        ("人安全吗", "1"),
        ("哪一类的事", "1"),
        ("还在那里干吗", "2"),
        ("您签的是什么", "1"),
        ("您想自己先谈", "2"),
    ):
        await page.wait_for_selector(f"#ask >> text={question}")
        await page.keyboard.press(digit)
    await page.wait_for_selector("#end")
    assert await serious(page) == []
    await page.keyboard.press("b")
    await page.wait_for_selector("#ask >> text=先谈")
    await page.keyboard.press("2")
    await page.wait_for_selector("#end")
    await page.keyboard.press("t")
    await page.wait_for_selector("#f-phone:focus")
    await page.keyboard.type(PHONE)
    await page.keyboard.press("Enter")
    await page.wait_for_selector("#task-form")
    assert await serious(page) == []
    assert await page.input_value("#f-dispute_type") == "wages"
    assert await page.is_checked("input[name=still][value=no]")
    await page.fill("#f-employer", "蓝马配送花桥站")
    await page.fill("#f-amount", "八千五")
    await page.fill("#f-place", "花桥")
    await page.fill("#f-ended", "三个月前")
    await page.keyboard.press("Enter")
    await page.wait_for_selector("h1 >> text=念给对方核对")
    assert await serious(page) == []
    assert "8500元" in await page.inner_text("#aloud")
    await page.keyboard.press("y")
    await page.wait_for_selector("#number")
    assert await serious(page) == []
    number = await page.inner_text("#number")
    (known,) = (await reference_services.callers.look_up(PHONE)).known
    assert known.matters[0].number == number
    walk = await reference_services.guided.call_of("ticket", number)
    assert walk is not None
    assert [said for _, said in walk.said][-1] == "走监察或仲裁"


async def test_a_visit_is_booked_and_moved(page, address, reference_services):
    await log_in(page, address)
    for key in ("Escape", "g", "d"):
        await page.keyboard.press(key)
    await page.wait_for_selector("#f-phone:focus")
    await page.keyboard.type(PHONE)
    await page.keyboard.press("Enter")
    await page.wait_for_selector("h2 >> text=给这位来电人办")
    assert await serious(page) == []
    await page.keyboard.press("2")
    await page.wait_for_selector("#f-when")
    await page.check("input[name=channel][value=health_cert]")
    await page.wait_for_selector("input[name=slot]")  # the nearest days, without a word
    await page.fill("#f-when", "下周三上午")
    await page.wait_for_selector("#slots >> text=12月2日（周三）09:00")
    await page.check("input[name=slot][value^='2026-12-02T09:00']")
    assert await serious(page) == []
    await page.click("button[value=check]")
    await page.wait_for_selector("h1 >> text=念给对方核对")
    await page.keyboard.press("y")
    await page.wait_for_selector("#number")
    number = await page.inner_text("#number")
    await page.keyboard.press("a")
    await page.wait_for_selector("h2 >> text=给这位来电人办")
    await page.keyboard.press("3")
    await page.fill("#f-when", "下周四上午九点半")
    assert await serious(page) == []
    await page.keyboard.press("Enter")
    await page.wait_for_selector("#aloud >> text=12月3日（周四）09:30")
    await page.keyboard.press("y")
    await page.wait_for_selector("#aloud >> text=改好了")
    assert await page.inner_text("#number") == number
    (known,) = (await reference_services.callers.look_up(PHONE)).known
    (booking,) = await reference_services.hospital.bookings(known.person.id)
    assert (booking.number, booking.starts_at.day, booking.starts_at.hour) == (number, 3, 9)


async def test_an_account_is_made_and_its_owner_gets_in(page, address):
    await log_in(page, address, "admin-one")
    for key in ("Escape", "g", "u"):
        await page.keyboard.press(key)
    await page.fill("#f-name", "wang.fang")
    await page.fill("#f-display_name", "王芳")
    assert await serious(page) == []
    await page.keyboard.press("Enter")
    await page.wait_for_selector("#password")
    password = await page.inner_text("#password")
    assert await serious(page) == []
    await page.click("text=到这个账号")
    await page.wait_for_selector("h1 >> text=王芳")
    assert await serious(page) == []
    await page.click("text=退出 >> nth=0")
    await page.fill("#name", "wang.fang")
    await page.fill("#password", password)
    await page.keyboard.press("Enter")
    await page.wait_for_selector("text=请先换成自己的密码")
