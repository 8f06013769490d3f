"""The bot as its own process: it serves, it ends in order, and it talks to nobody outside."""

import asyncio
import os
import signal
import subprocess
import sys
import time

import aiohttp
import pytest
import pytest_asyncio

from bot.settings import ROOT
from bot.storage import migrate
from bot.storage.base import Database
from tests.support.server import BotServer, OutwardWatch

RIDER = {"sender": "rider-1", "message": "花桥附近哪里能充电"}


@pytest.fixture
def migrated_url(tmp_path):
    """A SQLite database made by the migrations, as in production, with the demo data."""
    env = {**os.environ, "VAR_DIR": str(tmp_path)}
    for command in (["db", "upgrade"], ["import", "--demo"]):
        subprocess.run([sys.executable, "-m", "bot", *command], env=env, cwd=ROOT, check=True)
    return f"sqlite+aiosqlite:///{tmp_path}/nuanxin.db"


@pytest.fixture
def watch(tmp_path):
    return OutwardWatch(tmp_path)


@pytest.fixture
def server(tmp_path, migrated_url, watch):
    running = BotServer(tmp_path, DATABASE_URL=migrated_url, **watch.env)
    yield running
    running.close()


@pytest_asyncio.fixture
async def client(server):
    async with aiohttp.ClientSession(server.url) as session:
        yield session


async def test_it_answers_ends_in_order_and_reaches_nobody_outside(server, client, watch):
    async with client.get("/healthz") as answer:
        assert answer.status == 200
    async with client.post("/model/parse", json={"text": RIDER["message"]}) as answer:
        assert (await answer.json())["topic"] == "find_station"
    async with client.post("/webhooks/rest/webhook", json=RIDER) as answer:
        replies = await answer.json()
    assert any("示例数据" in reply.get("text", "") for reply in replies)
    for message in ("老板欠我三个月工资", "算了不弄了", "我想约三院门诊", "你好"):
        async with client.post("/webhooks/rest/webhook", json={**RIDER, "message": message}) as answer:
            assert answer.status == 200
            assert await answer.json()

    assert "花桥附近哪里能充电" not in server.said(), "what riders write does not go into the log"
    assert server.stop() == 0
    assert watch.strangers == []
    assert "Traceback" not in server.said()


async def test_a_message_in_work_is_answered_before_it_ends(server, client):
    assert await _say(client, RIDER) == 200  # the first message of a process takes longest
    sent = [
        asyncio.create_task(_say(client, {"sender": f"rider-{number}", "message": "张浦哪里能歇脚"}))
        for number in range(8)
    ]
    await asyncio.sleep(0.03)
    code = await asyncio.to_thread(server.stop)
    answered = [await task for task in sent]
    assert code == 0
    assert all(status in (200, None) for status in answered)
    assert 200 in answered


async def _say(client, body):
    """The status, None when the connection was never taken."""
    try:
        async with client.post("/webhooks/rest/webhook", json=body) as answer:
            await answer.read()
            return answer.status
    except aiohttp.ClientConnectionError:
        return None


async def test_a_second_start_is_quick(server):
    server.stop()
    began = time.monotonic()
    server.start()
    assert time.monotonic() - began < 30, "a second start takes seconds (10 on a machine that does nothing else)"


async def test_after_a_kill_it_starts_again_on_the_same_database(server, client, migrated_url):
    await _say(client, {"sender": "rider-1", "message": "我要投诉欠薪"})
    server.stop(signal.SIGKILL)
    server.start()
    async with aiohttp.ClientSession(server.url) as afterwards:  # the other's connections died with the process
        assert await _say(afterwards, RIDER) == 200
    database = Database(migrated_url)
    assert await migrate.current(database) == migrate.head()
    await database.close()


def test_without_a_model_the_start_ends_in_one_line(tmp_path, migrated_url):
    env = {**os.environ, "VAR_DIR": str(tmp_path), "MODEL_DIR": str(tmp_path / "none"), "PORT": "18973"}
    done = subprocess.run(
        [sys.executable, "-m", "bot", "serve"], env=env, cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1] == f"nuanxin: no model in {tmp_path}/none: run 'make train'"
    assert "Traceback" not in done.stderr


def test_the_terminal_client_talks_to_the_same_bot(tmp_path, migrated_url, watch):
    env = {**os.environ, "VAR_DIR": str(tmp_path), **watch.env}
    lines = "花桥附近哪里能充电\n\n/位置 somewhere\n/位置 31.30,121.10\n/重来\n/退出\n"
    done = subprocess.run(
        [sys.executable, "-m", "bot", "chat"],
        env=env,
        cwd=ROOT,
        input=lines,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert "示例数据" in done.stdout
    assert "写成 /位置 31.30,121.10" in done.stdout
    assert "  1. " in done.stdout
    assert watch.strangers == []
