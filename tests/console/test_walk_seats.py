"""In a real Chromium: a ticket from the queue to its end and a talk taken over and given back, the rider at the other
end of the WeChat stand-in; a visit moved; every page without serious findings of axe, at 200 % and on a phone."""

import asyncio
import time

import pytest_asyncio
from aiohttp.test_utils import TestServer

from bot.services import build_services
from tests.console.conftest import PASSWORD, add_staff, console_app
from tests.console.test_bookings import at, booked
from tests.console.test_conversations import asks
from tests.console.test_requests import one_of_each
from tests.console.test_tickets import opened
from tests.console.test_walks import serious
from tests.wechat.bot import serving
from tests.wechat.platform import Platform

OPENID = "oSeatAAAAAAAAAAAAAAAAAAAAAAA"
WIDEST = """[...document.querySelectorAll('main *')].filter(e => !e.closest('.scroll')).map(e =>
  [e.getBoundingClientRect().right, e.outerHTML.slice(0, 120)]).sort((a, b) => b[0] - a[0])[0]"""
SENDER = f"wx:{OPENID}"


@pytest_asyncio.fixture
async def seats(reference_services, tmp_path):
    """(address, services) of a console at the tests' moment."""
    await add_staff(reference_services)
    server = TestServer(console_app(reference_services, tmp_path))
    await server.start_server()
    yield str(server.make_url("/"))[:-1], reference_services
    await server.close()


@pytest_asyncio.fixture
async def wechat(reference_db, tmp_path):
    """(address, services, platform, dialogue): console, bot and a follower's phone, all on one database, now."""
    services = build_services(reference_db)
    await add_staff(services)
    platform = Platform()
    await platform.start()
    server = TestServer(console_app(services, tmp_path))
    await server.start_server()
    async with serving(platform, reference_db, tmp_path / "files") as dialogue:
        await platform.text(OPENID, "你好")
        yield str(server.make_url("/"))[:-1], services, platform, dialogue
    await server.close()
    await platform.stop()


async def log_in(page, address, name="seat-one", to="/console/tickets"):
    await page.goto(f"{address}{to}")
    await page.fill("#name", name)
    await page.fill("#password", PASSWORD)
    await page.keyboard.press("Enter")
    await page.wait_for_url(f"**{to}")
    await linked(page)


async def linked(page):
    """The page hears of news."""
    await page.wait_for_selector("html[data-linked=yes]")


async def on_the_phone(platform, words, seconds=10.0):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if any(words in shown.text for shown in platform.phones[OPENID]):
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"{words!r} is not among {[shown.text for shown in platform.phones[OPENID]]}")


async def test_a_ticket_is_assigned_answered_and_closed_and_the_rider_is_told(page, troubles, wechat):
    address, services, platform, _ = wechat
    await log_in(page, address)
    ticket = await opened(services, SENDER)
    began = time.monotonic()
    await page.wait_for_selector(f"text={ticket.number}")  # comes in by itself
    assert time.monotonic() - began < 2.0
    await page.keyboard.press("1")
    await page.wait_for_selector("#ticket h1")
    await linked(page)
    await page.select_option("#f-to", "me")
    await page.click("button:text-is('分派')")
    await page.wait_for_selector("text=已分派给测试seat")
    await on_the_phone(platform, "已由")
    await page.keyboard.press("r")
    await page.keyboard.type("请把工资流水发过来")
    await page.click("button:text-is('发出')")
    await page.wait_for_selector("text=已回复")
    await on_the_phone(platform, "请把工资流水发过来")
    await linked(page)
    await services.disputes.supplement(ticket.number, ticket.person_id, text="流水在这里")
    await page.wait_for_selector("text=流水在这里")  # while the page is open
    await page.wait_for_selector("text=刚有新进展")
    await page.check("input[name=to][value=closed]")
    await page.fill("#f-reason", "公司已补发工资")
    await page.click("button:text-is('转状态')")
    await page.wait_for_selector("text=刚被别人改过")  # the rider has written: look first
    assert await page.input_value("#f-reason") == "公司已补发工资"
    troubles.found.remove("console: Failed to load resource: the server responded with a status of 409 (Conflict)")
    await page.click("button:text-is('转状态')")
    await page.wait_for_selector("text=工单已经结束")
    await on_the_phone(platform, "公司已补发工资")
    await page.wait_for_selector(".timeline .status.good")  # delivered, says the history
    assert await serious(page) == []


async def test_a_talk_is_taken_over_and_given_back(page, wechat):
    address, services, platform, dialogue = wechat
    await log_in(page, address, to="/console/conversations")
    assert await serious(page) == []
    talk = await asks(services, SENDER, text="机器人听不懂，我要人工")
    await page.click("text=机器人听不懂")
    await page.wait_for_selector("#talk h1")
    await page.keyboard.press("a")
    await page.wait_for_selector("#f-text")
    await on_the_phone(platform, "工作人员接上了")
    await linked(page)
    heard = len(dialogue.heard)
    delivery = await platform.text(OPENID, "押金一千块不退")
    assert delivery.content == ""
    assert len(dialogue.heard) == heard  # the bot keeps out
    await page.wait_for_selector(".talk >> text=押金一千块不退")
    await page.focus("#f-text")
    await page.keyboard.type("/sd")
    await page.wait_for_selector("#phrases:not([hidden])")
    assert await serious(page) == []
    await page.keyboard.press("Enter")
    assert (await page.input_value("#f-text")).startswith("收到，您稍等")
    await page.keyboard.press("Control+Enter")
    await page.wait_for_selector(".talk .ours >> text=收到，您稍等")
    assert await page.input_value("#f-text") == ""
    await on_the_phone(platform, "【人工】收到，您稍等")
    await page.wait_for_selector(".talk .ours .status.good", timeout=20_000)
    page.once("dialog", lambda dialog: dialog.accept())
    await page.click("button:text-is('交回机器人')")
    await page.wait_for_selector("text=已交回机器人")
    await on_the_phone(platform, "机器人接着在")
    delivery = await platform.text(OPENID, "谢谢")
    assert "谢谢" in delivery.content  # the bot is back
    assert len(dialogue.heard) == heard + 1
    assert (await services.handoff.talk(talk.id)).state == "closed"


async def test_a_visit_is_moved_and_a_queue_updates_under_a_ticked_box(page, seats):
    address, services = seats
    visit = await booked(services)
    await log_in(page, address, "supervisor-one", to="/console/bookings")
    await page.goto(f"{address}/console/bookings?day=2026-12-02&channel=hp_test")
    await page.click(f"text={visit.number}")
    await page.select_option("#f-to", at(10).isoformat())
    await page.click("button:text-is('改时间')")
    await page.wait_for_selector("text=已改到新的时间")
    assert (await services.hospital.desk.find(visit.number)).starts_at == at(10)

    first, second = await opened(services), await opened(services, "wx:b")
    await page.goto(f"{address}/console/tickets")
    await linked(page)
    await page.check(f"#pick-{first.number}")
    await asks(services, "wx:crisis", text="不想活了", reason="crisis")
    await page.wait_for_selector("header >> text=1 人等人工，有危险的")
    await page.focus(f"#go-{second.number}")
    signs = []
    page.on("request", lambda request: signs.append((request.url, request.headers.get("x-background"))))
    await services.dispute_desk.assign(second.number, "seat-two", to="seat-two")
    await page.wait_for_selector("td:has-text('测试seat二')")
    assert await page.is_checked(f"#pick-{first.number}")
    assert await page.evaluate("document.activeElement.id") == f"go-{second.number}"
    assert {sign for url, sign in signs if "/tickets/list" in url} == {"1"}
    rows = await page.locator("tbody tr a").all_inner_texts()
    assert rows == [first.number, second.number]


async def test_every_page_is_usable_by_all(page, seats):
    address, services = seats
    made = await one_of_each(services)
    ticket, visit, talk = await opened(services), await booked(services), await asks(services)
    await services.handoff.take(talk.id, "supervisor-one")
    await services.dispute_desk.reply(ticket.number, "li", "内部", visible=False)
    await log_in(page, address, "supervisor-one")
    paths = (
        "/console/tickets",
        f"/console/tickets/{ticket.number}",
        "/console/requests",
        f"/console/requests/suggestion/{made['suggestion'].number}",
        "/console/bookings?day=2026-12-02",
        "/console/bookings?day=2026-12-02&view=week",
        f"/console/bookings/{visit.number}",
        "/console/conversations",
        f"/console/conversations/{talk.id}",
        "/console/conversations/phrases",
    )
    for path in paths:
        await page.set_viewport_size({"width": 1366, "height": 768})
        await page.goto(address + path)
        assert await serious(page) == [], path
        for width, height in ((1366, 768), (683, 384), (390, 844)):  # as it is, at 200 %, on a phone
            await page.set_viewport_size({"width": width, "height": height})
            wide = await page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, (path, width, wide, await page.evaluate(WIDEST))


async def test_a_page_that_lost_its_server_says_so_and_comes_back(page, troubles, seats):
    address, services = seats
    await log_in(page, address)
    tries = []

    async def down(route):
        tries.append(route.request.url)
        await (route.fulfill(status=503) if len(tries) == 1 else route.continue_())

    await page.route("**/console/events", down)
    await page.goto(f"{address}/console/tickets")
    await page.wait_for_selector("text=已离线")
    ticket = await opened(services)
    await linked(page)  # tried again by itself
    await page.wait_for_selector(f"text={ticket.number}")
    assert await page.inner_text("#line") == ""
    troubles.found[:] = [one for one in troubles.found if "503" not in one]
