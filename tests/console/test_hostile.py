"""What nobody would type, at every page, on PostgreSQL: an answer, never an error of ours."""

from urllib.parse import quote

import pytest_asyncio
from aiohttp import CookieJar
from aiohttp.test_utils import TestClient, TestServer

from bot.console.registry import ROUTES
from bot.services import build_services
from bot.services.clock import FixedClock
from bot.services.importing import load_demo
from bot.storage.base import Database
from tests.conftest import NOW
from tests.console.conftest import Console, add_staff, console_app
from tests.console.test_security import example

VALUES = ("\x00", "٣", "99999999999999999999", "9999999999", "-1", "9999-99-99")
NAMES = (
    "q", "page", "before", "day", "state", "type", "kind", "topic", "name", "number", "initiative", "source", "done",
    "view", "channel", "reason", "cards", "seen", "days", "label", "company", "district", "sort", "phone", "action",
)  # fmt: skip


@pytest_asyncio.fixture
async def admin(postgres_url, tmp_path):
    clock = FixedClock(NOW)
    db = Database(postgres_url)
    await load_demo(db, clock=clock)
    services = build_services(db, clock)
    await add_staff(services)
    client = TestClient(TestServer(console_app(services, tmp_path)), cookie_jar=CookieJar(unsafe=True))
    await client.start_server()
    yield await Console(client).log_in("admin-one")
    await client.close()
    await db.close()


async def test_hostile_addresses(admin):
    broken = []
    for route in [r for r in ROUTES if r.method == "GET" and r.permission and r.path != "/console/events"]:
        for value in VALUES:
            text = quote(value, safe="")
            if "{" in route.path:
                path = example(route.path).replace("nobody", text).replace("/kind", "/stations")
            else:
                path = f"{route.path}?" + "&".join(f"{name}={text}" for name in NAMES)
            answer = await admin.get(path)
            if answer.status >= 500:
                broken.append((route.path, value[:20], answer.status))
    assert broken == []


async def test_hostile_forms(admin):
    broken = []
    for route in [r for r in ROUTES if r.method == "POST" and r.permission and r.path != "/console/logout"]:
        for value in VALUES:
            names = (*NAMES, "text", "code", "note", "session", "work_no", "status", "basis", "title", "words", "key")
            answer = await admin.post(example(route.path).replace("/kind", "/discounts"), dict.fromkeys(names, value))
            if answer.status >= 500:
                broken.append((route.path, value[:20], answer.status))
    assert broken == []


async def test_rows_that_cannot_be(admin):
    for row in ("~", "a~b", "%00", "9999-99-99", "x" * 300):
        for kind in ("stations", "hospital-closures", "education-slots"):
            assert (await admin.get(f"/console/reference/{kind}/row/{row}")).status in (404, 422), row
