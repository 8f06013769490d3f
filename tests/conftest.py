"""Fixtures on real parts.

`db` runs a test on SQLite and on PostgreSQL, each time without rows.
`reference_db` is SQLite with the demo data loaded, a copy for each test.
Servers are shared by the whole run; a test that stops or breaks one starts its own (tests/support).
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Coroutine, Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio

import bot.storage  # noqa: F401  (all tables)
from bot.services import Services, build_services
from bot.services.clock import SHANGHAI, FixedClock
from bot.settings import ROOT
from bot.storage.base import Base, Database
from tests.support.postgres import PostgresServer
from tests.support.redis import RedisServer

if TYPE_CHECKING:
    from playwright.async_api import Browser, Page

    from bot.dialogue.host import DialogueHost
    from tests.support.browser import Troubles

NOW = datetime(2026, 11, 25, 10, 0, tzinfo=SHANGHAI)  # a Wednesday
POSTGRES_DATABASE = "nuanxin"


@pytest.fixture
def clock() -> FixedClock:
    """Stands at Wednesday 2026-11-25 10:00 until the test moves it."""
    return FixedClock(NOW)


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    server = PostgresServer()
    yield server
    server.close()


@pytest.fixture(scope="session")
def redis_server() -> Iterator[RedisServer]:
    server = RedisServer()
    yield server
    server.close()


@pytest.fixture
def redis_url(redis_server: RedisServer) -> str:
    """An empty real Redis."""
    redis_server.wipe()
    return redis_server.url


def run_apart(work: Coroutine[Any, Any, None]) -> None:
    """Run to the end on a loop of its own; `asyncio.run` would take the current loop from the tests."""
    loop = asyncio.new_event_loop()
    try:
        loop.run_until_complete(work)
    finally:
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()


async def _create_tables(url: str) -> None:
    database = Database(url)
    async with database.engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    await database.close()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with all tables and no rows."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    run_apart(_create_tables(f"sqlite+aiosqlite:///{path}"))
    return path


@pytest.fixture(scope="session")
def postgres_database(postgres: PostgresServer) -> str:
    """The name of the PostgreSQL database, with all tables, that tests use one after the other."""
    postgres.create(POSTGRES_DATABASE)
    run_apart(_create_tables(postgres.url(POSTGRES_DATABASE)))
    return POSTGRES_DATABASE


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """A fresh SQLite database with all tables."""
    return _copied(sqlite_template, tmp_path / "nuanxin.db")


@pytest.fixture
def postgres_url(postgres: PostgresServer, postgres_database: str) -> str:
    """The PostgreSQL database with all tables and no rows."""
    postgres.empty(postgres_database)
    return postgres.url(postgres_database)


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> str:
    """`sqlite_url`, then `postgres_url`."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest_asyncio.fixture
async def db(database_url: str) -> AsyncIterator[Database]:
    """A database with all tables and no rows, on SQLite and on PostgreSQL."""
    database = Database(database_url)
    yield database
    await database.close()


@pytest.fixture
def services(db: Database, clock: FixedClock) -> Services:
    return build_services(db, clock)


@pytest.fixture(scope="session")
def reference_template(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the demo data loaded at NOW."""
    from bot.services.importing import load_demo

    path = tmp_path_factory.mktemp("reference") / "template.db"

    async def load() -> None:
        database = Database(_copied(sqlite_template, path))
        await load_demo(database, clock=FixedClock(NOW))
        await database.close()

    run_apart(load())
    return path


@pytest.fixture
def reference_url(reference_template: Path, tmp_path: Path) -> str:
    """A copy of the SQLite database with the demo data."""
    return _copied(reference_template, tmp_path / "reference.db")


@pytest_asyncio.fixture
async def reference_db(reference_url: str) -> AsyncIterator[Database]:
    database = Database(reference_url)
    yield database
    await database.close()


@pytest.fixture
def reference_services(reference_db: Database, clock: FixedClock) -> Services:
    return build_services(reference_db, clock)


@pytest.fixture(scope="session")
def model_path() -> Path:
    """The trained model that `make test` prepares."""
    from bot.dialogue.models import newest_model

    return newest_model(ROOT / "models")


@pytest.fixture(scope="session")
def loaded_host(model_path: Path) -> DialogueHost:
    """One host for the session: loading a model takes seconds. Its services are put in per test.

    Its actions may take long: what an answer says is tested, on machines that others load; `tests/test_serving.py`
    and `tests/wechat/` hold the real one to its time.
    """
    from bot.app import make_host

    host = make_host(build_services(Database("sqlite+aiosqlite:///:memory:")), action_seconds=60.0)
    host.load(model_path)
    return host


@pytest_asyncio.fixture
async def browser() -> AsyncIterator[Browser]:
    """Chromium; for several people at once take a context each."""
    from playwright.async_api import async_playwright

    from tests.support.browser import launch

    async with async_playwright() as playwright:
        chromium = await launch(playwright)
        yield chromium
        await chromium.close()


@pytest.fixture
def troubles() -> Troubles:
    """What goes wrong on `page`. The test fails when something is left in `found` at its end."""
    from tests.support.browser import Troubles

    return Troubles()


@pytest_asyncio.fixture
async def page(browser: Browser, troubles: Troubles) -> AsyncIterator[Page]:
    """A page as a member of staff in Kunshan has it: 1366x768, Chinese, Beijing time."""
    context = await browser.new_context(
        viewport={"width": 1366, "height": 768}, locale="zh-CN", timezone_id="Asia/Shanghai"
    )
    opened = await context.new_page()
    troubles.watch(opened)
    yield opened
    await context.close()
    assert troubles.found == []


def _copied(template: Path, path: Path) -> str:
    shutil.copyfile(template, path)
    return f"sqlite+aiosqlite:///{path}"
