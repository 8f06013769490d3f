"""The console on a real database without a model, staff who log in, and a browser at it.

`console` is an aiohttp test client per role: `await console("seat")` is logged in. Parts that need the model ask
for `desk_console` (tests/console/test_desk.py).
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import CookieJar, web
from aiohttp.test_utils import TestClient, TestServer
from argon2 import PasswordHasher

from bot.app import BODY_LIMIT
from bot.console.app import add_console
from bot.services import Services, build_services, passwords
from bot.services.audit import SYSTEM
from bot.services.clock import FixedClock
from bot.settings import Settings
from bot.storage.base import Database
from bot.storage.staff import ROLES
from bot.web.keys import DATABASE, REDIS, SERVICES, SETTINGS
from tests.conftest import NOW, _copied, run_apart

PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True, scope="session")
def cheap_hashes() -> Iterator[None]:
    """Six accounts a test: hashed with little memory. What a hash costs in earnest: test_account.py."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
        yield


def console_app(services: Services, folder: Path, **settings: Any) -> web.Application:
    """An application with nothing but the console."""
    app = web.Application(client_max_size=BODY_LIMIT)
    app[SETTINGS] = Settings(
        database_url=services.db.url, secret_key="s" * 32, file_store=str(folder / "files"), **settings
    )
    app[DATABASE], app[SERVICES], app[REDIS] = services.db, services, None
    add_console(app)
    return app


@pytest.fixture(scope="session")
def reference_template(reference_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo data with the accounts of `add_staff`: hashing their passwords takes a second."""
    path = tmp_path_factory.mktemp("staffed") / "template.db"

    async def add() -> None:
        db = Database(_copied(reference_template, path))
        await add_staff(build_services(db, FixedClock(NOW)))
        await db.close()

    run_apart(add())
    return path


async def add_staff(services: Services) -> None:
    """One account for each role, named like it; nothing where they are already."""
    if await services.staff.users():
        return
    for role in ROLES:
        await services.staff.add(f"{role}-one", f"测试{role}", role, PASSWORD, SYSTEM)
    await services.staff.add("seat-two", "测试seat二", "seat", PASSWORD, SYSTEM)


class Console:
    """A client with a session, and the CSRF token of it."""

    def __init__(self, client: TestClient[Any, Any]) -> None:
        self.client = client
        self.csrf = ""

    async def log_in(self, name: str, password: str = PASSWORD, **more: str) -> Console:
        answer = await self.client.post(
            "/console/login", data={"name": name, "password": password, **more}, allow_redirects=False
        )
        assert answer.status == 303, await answer.text()
        found = re.search(r'"X-CSRF-Token": "([^"]+)"', await self.text("/console/account"))
        assert found
        self.csrf = found[1]
        return self

    async def get(self, path: str, **options: Any) -> Any:
        return await self.client.get(path, allow_redirects=False, **options)

    async def text(self, path: str, *, status: int = 200, **options: Any) -> str:
        answer = await self.get(path, **options)
        text = await answer.text()
        assert answer.status == status, f"{path}: {answer.status} {text[-2000:]}"
        return text

    async def post(self, path: str, data: Any = None, **options: Any) -> Any:
        """With the CSRF token, as htmx sends it."""
        headers = {"X-CSRF-Token": self.csrf, **options.pop("headers", {})}
        return await self.client.post(path, data=data, headers=headers, allow_redirects=False, **options)


Opened = Callable[..., Awaitable[Console]]


@pytest_asyncio.fixture
async def console(reference_services: Services, tmp_path: Path) -> AsyncIterator[Opened]:
    """`await console("seat")`: a client of the seat on the demo data; `await console()` has not logged in."""
    await add_staff(reference_services)
    server = TestServer(console_app(reference_services, tmp_path))
    await server.start_server()
    clients: list[TestClient[Any, Any]] = []

    async def opened(role: str = "", name: str = "") -> Console:
        client = TestClient(server, cookie_jar=CookieJar(unsafe=True))
        clients.append(client)
        made = Console(client)
        return await made.log_in(name or f"{role}-one") if role or name else made

    yield opened
    for client in clients:
        await client.session.close()
    await server.close()


@pytest.fixture
def services_of(reference_services: Services) -> Services:
    """The services behind `console`."""
    return reference_services
