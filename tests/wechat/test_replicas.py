"""Two processes, one PostgreSQL, one Redis: every message delivered three times, and replicas killed."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import ClientError
from sqlalchemy import func, select

from bot.storage.base import Database
from bot.storage.inbox import InboxMessage
from bot.storage.suggestions import Suggestion
from tests.support.processes import accepts, end, free_port, wait_until
from tests.wechat.platform import Platform

ROOT = Path(__file__).resolve().parents[2]
PEOPLE, MESSAGES = 50, 500
PEOPLE_IN_THE_MIDDLE, KILLS = 6, 3
AT_ONCE = 6  # messages in flight, each three times; two cores run everything


class Replicas:
    """Bots of their own processes, behind one address each."""

    def __init__(self, platform: Platform, database_url: str, redis_url: str, home: Path) -> None:
        self.home = home
        self.env = os.environ | {
            "DATABASE_URL": database_url,
            "REDIS_URL": redis_url,
            "WECHAT_TOKEN": platform.token,
            "WECHAT_APP_ID": platform.app_id,
            "WECHAT_APP_SECRET": platform.app_secret,
            "WECHAT_AES_KEY": platform.aes_key or "",
            "WECHAT_API_BASE": platform.api_url,
            "FILES": str(home / "files"),
            "PYTHONPATH": str(ROOT),
        }
        self.ports = [free_port(), free_port()]
        self.running = [self.start(port) for port in self.ports]
        for number in range(len(self.ports)):
            self.wait(number)

    def start(self, port: int) -> subprocess.Popen[bytes]:
        with (self.home / f"{port}.log").open("ab") as log:
            command = [sys.executable, "-m", "tests.wechat.bot", str(port)]
            return subprocess.Popen(command, env=self.env, cwd=ROOT, stdout=log, stderr=log)

    def kill(self, number: int) -> None:
        """Kill one without warning, start it again at the same port, wait until it answers."""
        end(self.running[number], signal.SIGKILL)
        self.running[number] = self.start(self.ports[number])
        self.wait(number)

    def wait(self, number: int) -> None:
        port = self.ports[number]
        wait_until(lambda: accepts(port), "a replica", seconds=150, log=self.home / f"{port}.log")

    def url(self, number: int) -> str:
        return f"http://127.0.0.1:{self.ports[number]}/wechat"

    def close(self) -> None:
        for process in self.running:
            end(process)


@pytest_asyncio.fixture
async def platform(postgres_url: str) -> AsyncIterator[Platform]:
    stand_in = Platform()
    await stand_in.start()
    yield stand_in
    await stand_in.stop()


@pytest.fixture
def replicas(platform: Platform, postgres_url: str, redis_url: str, tmp_path: Path) -> object:
    both = Replicas(platform, postgres_url, redis_url, tmp_path)
    yield both
    both.close()


async def _post(platform: Platform, url: str, fields: dict[str, object]) -> tuple[int, str, float]:
    """One attempt at one replica: (status, decrypted reply, seconds)."""
    from tests.wechat.platform import to_xml

    body, query = platform.sealed(to_xml(fields))
    began = time.perf_counter()
    assert platform._session
    async with platform._session.post(url, params=query, data=body.encode()) as response:
        status, raw = response.status, await response.text()
    seconds = time.perf_counter() - began
    return status, platform._open(raw), seconds


@pytest.mark.timeout(600)
async def test_500_messages_three_times_over_two_processes(
    platform: Platform, replicas: Replicas, postgres_url: str
) -> None:
    chance = random.Random(20261124)
    people = [f"oRep{n:024d}" for n in range(PEOPLE)]
    messages = [platform.message(people[n % PEOPLE], "text", Content=f"第{n}条建议") for n in range(MESSAGES)]
    at_once = asyncio.Semaphore(AT_ONCE)

    async def one(fields: dict[str, object], pause: float, replica: int) -> tuple[int, str, float]:
        await asyncio.sleep(pause)
        return await _post(platform, replicas.url(replica), fields)

    async def thrice(fields: dict[str, object]) -> list[tuple[int, str, float]]:
        async with at_once:
            attempts = [one(fields, chance.random() * 0.15, chance.randrange(2)) for _ in range(3)]
            return await asyncio.gather(*attempts)

    results = await asyncio.gather(*(thrice(fields) for fields in messages))
    for fields, attempts in zip(messages, results, strict=True):
        assert {status for status, _, _ in attempts} == {200}
        assert len({reply for _, reply, _ in attempts}) == 1
        assert str(fields["Content"]) in attempts[0][1]
    slowest = max(seconds for attempts in results for _, _, seconds in attempts)
    assert slowest < 5.0
    db = Database(postgres_url)
    async with db.read() as session:
        assert await session.scalar(select(func.count()).select_from(Suggestion)) == MESSAGES
        assert await session.scalar(select(func.count()).select_from(InboxMessage)) == MESSAGES
        texts = set(await session.scalars(select(Suggestion.text)))
    assert texts == {str(fields["Content"]) for fields in messages}
    await db.close()


@pytest.mark.timeout(600)
async def test_replicas_killed_in_the_middle(platform: Platform, replicas: Replicas, postgres_url: str) -> None:
    """The platform tries again at the other replica: one effect a message, and everyone is answered."""
    chance = random.Random(7)
    people = [f"oKill{n:023d}" for n in range(PEOPLE_IN_THE_MIDDLE)]
    killed = asyncio.Event()

    async def kill() -> None:
        try:
            for number in range(KILLS):
                await asyncio.sleep(1 + chance.random())
                await asyncio.to_thread(replicas.kill, number % 2)
        finally:
            killed.set()

    async def deliver(fields: dict[str, object]) -> str | None:
        """Three attempts, each through a balancer that goes to the replica that is up."""
        for _ in range(3):
            for number in chance.sample((0, 1), 2):
                try:
                    async with asyncio.timeout(5):
                        status, reply, _ = await _post(platform, replicas.url(number), fields)
                except (ClientError, OSError, TimeoutError):
                    continue
                assert status == 200
                return reply
        return None

    sent: list[str] = []
    answered: list[str] = []

    async def person(openid: str) -> None:
        while not killed.is_set():
            content = f"{openid[-3:]}说第{len(sent)}句"
            sent.append(content)
            if await deliver(platform.message(openid, "text", Content=content)) is not None:
                answered.append(content)
            await asyncio.sleep(chance.random())

    await asyncio.gather(kill(), *(person(openid) for openid in people))
    db = Database(postgres_url)
    deadline = time.monotonic() + 30
    texts: list[str] = []
    while not set(answered) <= set(texts) and time.monotonic() < deadline:
        await asyncio.sleep(0.3)
        async with db.read() as session:
            texts = list(await session.scalars(select(Suggestion.text)))
    await db.close()
    assert len(texts) == len(set(texts))  # nothing twice
    assert set(answered) <= set(texts)  # nothing that was answered is lost
    assert len(answered) >= len(sent) * 0.95
