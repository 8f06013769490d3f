"""The main pages fit their window: a desk, a desk at 200 %, a phone. With NUANXIN_PICTURES=1 the pictures of
docs/console/ are taken anew."""

import io
import os
from datetime import datetime, timedelta
from pathlib import Path

import pytest_asyncio
from aiohttp.test_utils import TestServer
from PIL import Image

from bot.services.audit import Actor
from bot.services.clock import SHANGHAI
from bot.services.housekeeping import keep_house
from bot.settings import ROOT
from bot.storage.transcript import TranscriptTurn
from tests.console.conftest import PASSWORD, console_app

FOLDER = ROOT / "docs" / "console"
LARGEST = 120_000  # bytes of a picture
WINDOWS = {"desk": (1366, 768), "200 %": (683, 384), "phone": (390, 844)}
PAGES = {
    "desk": "/console/?q=yjbt",
    "guided": "/console/guided/2",
    "tasks": "/console/tasks",
    "tickets": "/console/tickets",
    "ticket": "/console/tickets/{ticket}",
    "bookings": "/console/bookings?day=2026-12-02&channel=hp_test",
    "conversations": "/console/conversations",
    "conversation": "/console/conversations/{talk}",
    "requests": "/console/requests",
    "knowledge": "/console/knowledge",
    "review": "/console/review",
    "reference": "/console/reference/stations",
    "map": "/console/reference/stations/row/S0001",
    "safety": "/console/safety",
    "selection": "/console/selection",
    "dashboard": "/console/dashboard",
    "staff": "/console/staff",
    "audit": "/console/audit",
}


TOPICS = (
    "open_dispute", "find_station", "hospital/health_cert", "open_dispute", "find_drinks", "my_safety_record",
    "school/what_is", "bank/harbor", "culture/tour_card", "women/what_is", "freight/passage", "dispute/where",
)  # fmt: skip


async def somebody(services, number):
    return (await services.people.ensure(f"wx:rider{number}")).id


async def a_morning(services):
    """What has come in when a seat opens the console: tickets, visits, a talk, questions without an answer."""
    kinds = ("wages", "deposit", "injury", "deduction", "account_ban", "contract")
    towns = ("花桥镇", "周市镇", "张浦镇", "陆家镇", "巴城镇", "千灯镇")
    tickets = []
    for number, (kind, town) in enumerate(zip(kinds, towns, strict=True)):
        tickets.append(
            await services.disputes.open(
                person_id=await somebody(services, number),
                dispute_type=kind,
                employer=f"示例配送站{number + 1}",
                place=town,
                phone=f"1380013800{number}",
                summary="<b>三个月没发工资</b>，站长说下个月一起给",
            )
        )
    for number in range(3):
        at = datetime(2026, 12, 2, 9 + number // 2, 30 * (number % 2), tzinfo=SHANGHAI)
        await services.hospital.book(await somebody(services, number), "hp_test", at, f"1380013800{number}")
    talk = (await services.handoff.request(await somebody(services, 1), text="我要找人工")).handoff
    for words, topic in (("站长不发工资", "open_dispute"), ("健康证去哪办", "hospital/health_cert")):
        await services.transcript.record(
            sender="wx:rider1", text=words, topic=topic, confidence=0.87, reply="您说说什么时候", milliseconds=9,
            decision="sure",
        )  # fmt: skip
    for words in ("能不能帮我买票", "小孩上学的事问谁"):
        await services.review.record_no_answer(words, Actor(None, "seat-one"))
    async with services.db.write() as session:
        for number in range(600):  # a month of questions, fewer at night and at weekends
            at = services.clock.now() - timedelta(hours=number * 1.2)
            if 8 <= at.hour < 22 and (at.weekday() < 5 or number % 2):
                row = {"text": "问", "reply": "答", "person_id": None, "confidence": 0.9, "at": at}
                topic, unsure = TOPICS[number * 7 % len(TOPICS)], number % 11 == 0
                took = 20 + number * 13 % 90
                session.add(
                    TranscriptTurn(**row, topic=topic, milliseconds=took, decision="unsure" if unsure else "sure")
                )
    services.clock.moment += timedelta(minutes=6)
    await keep_house(services)
    return {"ticket": tickets[0].number, "talk": talk.id}


@pytest_asyncio.fixture
async def site(reference_services, tmp_path):
    ids = await a_morning(reference_services)
    server = TestServer(console_app(reference_services, tmp_path))
    await server.start_server()
    yield lambda path: str(server.make_url(path.format(**ids)))
    await server.close()


def kept(path: Path, raw: bytes) -> None:
    """With few colours: the pages have no photographs."""
    out = io.BytesIO()
    Image.open(io.BytesIO(raw)).convert("RGB").quantize(64, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    path.write_bytes(out.getvalue())


async def test_pages_fit_their_window(page, site, troubles):
    await page.goto(site("/console/login"))
    await page.fill("#name", "admin-one")
    await page.fill("#password", PASSWORD)
    await page.keyboard.press("Enter")
    await page.wait_for_selector("nav.side")
    wide = []
    for name, path in PAGES.items():
        answer = await page.goto(site(path))
        assert answer.status == 200, path
        for window, (width, height) in WINDOWS.items():
            await page.set_viewport_size({"width": width, "height": height})
            if await page.evaluate("document.documentElement.scrollWidth") > width:
                wide.append((name, window))
            if window == "desk" and os.environ.get("NUANXIN_PICTURES"):
                await page.evaluate("document.activeElement.blur()")
                kept(FOLDER / f"{name}.png", await page.screenshot(caret="initial"))
        assert troubles.found == [], name
    assert wide == []


def test_pictures_are_small_and_shown():
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    for name in PAGES:
        assert (FOLDER / f"{name}.png").stat().st_size < LARGEST, name
        assert f"({name}.png)" in text, name
