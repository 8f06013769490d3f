"""The fixtures themselves: what others rely on."""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
from urllib.parse import quote

import pytest
import redis.asyncio
from aiohttp import web
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from bot.storage.base import Database
from bot.storage.reference import DataVersion
from bot.storage.stations import Station
from tests.conftest import NOW
from tests.support.postgres import PostgresServer
from tests.support.processes import free_port
from tests.support.redis import RedisServer
from tests.support.server import OutwardWatch


@pytest.mark.parametrize("turn", [1, 2])
async def test_each_test_finds_an_empty_database(db, turn):
    async with db.write() as session:
        session.add(DataVersion(kind="stations", version=turn, changed_at=NOW))
    async with db.read() as session:
        assert await session.scalar(select(func.count()).select_from(DataVersion)) == 1


@pytest.mark.parametrize("turn", [1, 2])
async def test_each_test_finds_all_demo_data(reference_db, turn):
    async with reference_db.write() as session:
        assert await session.scalar(select(func.count()).select_from(Station)) >= 1100
        await session.execute(text("DELETE FROM station_services"))
        await session.execute(text("DELETE FROM stations"))


async def test_both_databases_are_real(services, database_url):
    async with services.db.read() as session:
        question = "SELECT sqlite_version()" if "sqlite" in database_url else "SHOW server_version"
        assert await session.scalar(text(question))


@pytest.fixture
def no_system_servers(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.setattr("tests.support.postgres.SYSTEM", "nowhere/*/bin")


@pytest.mark.usefixtures("no_system_servers")
async def test_postgres_from_the_wheel_survives_a_crash():
    server = PostgresServer(durable=True)
    try:
        database = Database(server.url("postgres"))
        async with database.engine.begin() as connection:
            await connection.execute(text("CREATE TABLE kept AS SELECT 7 AS number"))
        server.stop(signal.SIGQUIT)
        with pytest.raises((DBAPIError, OSError)):
            async with database.read() as session:
                await session.scalar(text("SELECT 1"))
        server.start()
        async with database.read() as session:
            assert await session.scalar(text("SELECT number FROM kept")) == 7
        await database.close()
    finally:
        server.close()
    assert not server.home.exists()


@pytest.mark.usefixtures("no_system_servers")
async def test_redis_from_the_wheel_can_be_stopped_suspended_and_wiped():
    server = RedisServer()
    try:
        client = redis.asyncio.from_url(server.url, socket_timeout=0.3)
        assert await client.set("key", "value")
        server.suspend()
        with pytest.raises(redis.exceptions.TimeoutError):
            await client.get("key")
        server.resume()
        assert await client.get("key") == b"value"
        server.wipe()
        assert await client.get("key") is None
        server.stop()
        with pytest.raises(redis.exceptions.ConnectionError):
            await client.get("key")
        server.start()
        assert await client.set("key", "again")
        await client.aclose()
    finally:
        server.close()


async def test_the_shared_redis_is_empty_at_first(redis_url):
    client = redis.asyncio.from_url(redis_url)
    assert await client.dbsize() == 0
    await asyncio.gather(*(client.incr("n") for _ in range(10)))
    assert await client.get("n") == b"10"
    await client.aclose()


@pytest.fixture
async def site():
    """A page of ours, served on this machine."""
    html = "<!doctype html><meta charset=utf-8><title>暖新</title><p id=now></p><script>NOW</script>"

    async def serve(request):
        script = request.query.get("script", "document.querySelector('#now').textContent = new Date(0).getHours()")
        return web.Response(text=html.replace("NOW", script), content_type="text/html")

    app = web.Application()
    app.router.add_get("/", serve)
    app.router.add_get("/favicon.ico", lambda request: web.Response())
    runner = web.AppRunner(app)
    await runner.setup()
    port = free_port()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    yield f"http://127.0.0.1:{port}/"
    await runner.cleanup()


async def test_the_browser_is_one_in_kunshan(page, site):
    await page.goto(site)
    assert await page.title() == "暖新"
    assert await page.text_content("#now") == "8"
    assert await page.evaluate("navigator.language") == "zh-CN"


@pytest.mark.parametrize(
    ("script", "trouble"),
    [
        ("console.error('broken')", "console: broken"),
        ("setTimeout(() => { throw new Error('lost') })", "uncaught: lost"),
        ("new Image().src = 'http://192.0.2.1/pixel.png'", "request: http://192.0.2.1/pixel.png"),
    ],
)
async def test_troubles_on_a_page_are_seen(page, site, troubles, script, trouble):
    await page.goto(f"{site}?script={quote(script)}", wait_until="commit")
    for _ in range(100):
        if troubles.found:
            break
        await asyncio.sleep(0.02)
    assert troubles.found[0] == trouble
    troubles.found.clear()
    await page.close()
    troubles.found.clear()


def test_the_watch_sees_who_is_spoken_to(tmp_path):
    watch = OutwardWatch(tmp_path)
    code = (
        "import socket\n"
        "for where in (('127.0.0.1', 1), ('192.0.2.1', 1)):\n"
        "    s = socket.socket(); s.setblocking(False)\n"
        "    try: s.connect(where)\n"
        "    except OSError: pass\n"
        "try: socket.getaddrinfo('reports.example.invalid', 443)\n"
        "except OSError: pass\n"
    )
    subprocess.run([sys.executable, "-c", code], env={**os.environ, **watch.env}, check=True)
    assert len(watch.seen) == 3
    assert watch.strangers == [
        "socket.connect ('192.0.2.1', 1)",
        "socket.getaddrinfo ('reports.example.invalid', 443)",
    ]
