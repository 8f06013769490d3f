"""What `make run` does before serving, each step only when it is needed: model, schema, demo data."""

from __future__ import annotations

import asyncio
import errno
import ipaddress
import socket
import subprocess
import sys
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from bot.settings import ROOT, Settings

if TYPE_CHECKING:
    from bot.storage.base import Database

DEMO = "demo_data"  # the counter that says: the demo data was loaded here once


class NotReady(RuntimeError):
    """Something outside keeps us from starting; the message is one line that says what to do."""


def check_port(host: str, port: int) -> None:
    """NotReady when nobody could listen there, before minutes are spent on other things."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise NotReady(f"port {port} is taken: stop what uses it, or choose another with PORT=…") from None
        raise NotReady(f"cannot listen on {host}:{port} ({error.strerror}): set HOST and PORT") from None


def check_start(settings: Settings) -> None:
    """For serving without preparation: the schema must be current. NotReady says how to mend it."""
    _on_database(settings, _check_schema)


async def _check_schema(db: Database) -> None:
    from bot.storage import migrate

    revision, wanted = await migrate.current(db), migrate.head()
    if revision != wanted:
        at = f"at revision {revision}" if revision else "empty"
        raise NotReady(f"the database is {at}, needed is revision {wanted}: run `nuanxin db upgrade`")


def database_fault(error: Exception) -> str:
    """One line for what keeps us from the database; no password is in it."""
    reason = str(getattr(error, "orig", None) or error).splitlines()
    if any("disk is full" in line or "No space left" in line for line in reason):
        return "the disk is full: make room where DATABASE_URL points to"
    return f"DATABASE_URL must be a database that answers: {reason[0] if reason else type(error).__name__}"


def prepare(settings: Settings) -> None:
    """Train when out of date, migrate, load the demo data once. Says what it does. Raises NotReady."""
    from bot.training import select, up_to_date_model

    model = up_to_date_model(settings.model_dir)
    if model is None:
        # a process of its own: what training leaves in memory is not carried along while serving
        trained = subprocess.run([sys.executable, "-m", "bot", "train"], cwd=ROOT)
        if trained.returncode:
            raise NotReady("training failed: the reason is above")
    else:
        select(model)
        print(f"==> model: {model.name}", flush=True)
    steps = [_migrate, _load_demo_once]
    if _is_loopback(settings.host):
        steps.append(_make_demo_account)
    _on_database(settings, *steps)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def load_demo_once(settings: Settings) -> None:
    """The demo data, where it has not been loaded before. Raises NotReady."""
    check_start(settings)
    _on_database(settings, _load_demo_once)


def _on_database(settings: Settings, *steps: Callable[[Database], Awaitable[None]]) -> None:
    from sqlalchemy.exc import SQLAlchemyError

    from bot.storage.base import Database

    async def run() -> None:
        db = Database(settings.database_url)
        try:
            for step in steps:
                await step(db)
        finally:
            await db.close()

    try:
        asyncio.run(run())
    except (SQLAlchemyError, OSError) as error:
        raise NotReady(database_fault(error)) from error


async def _migrate(db: Database) -> None:
    from bot.storage import migrate

    before = await migrate.current(db)
    await migrate.upgrade(db)
    after = await migrate.current(db)
    changed = f"migrated from {before or 'nothing'} to {after}" if before != after else f"at {after}"
    print(f"==> database: {'SQLite' if db.is_sqlite else 'PostgreSQL'}, {changed}", flush=True)


async def _load_demo_once(db: Database) -> None:
    from sqlalchemy import select

    from bot.services.clock import SystemClock
    from bot.services.importing import load_demo
    from bot.services.reference import bump
    from bot.storage.reference import DataVersion

    async with db.read() as session:
        if await session.scalar(select(DataVersion.version).where(DataVersion.kind == DEMO)):
            return
    added = await load_demo(db)
    async with db.write() as session:
        await bump(session, DEMO, SystemClock().now())
    print(f"==> demo data: {sum(added.values())} rows, every one marked as such to the reader", flush=True)


async def _make_demo_account(db: Database) -> None:
    from bot.console_users import DEMO_NAME, make_demo_account
    from bot.services import build_services

    password = await make_demo_account(build_services(db))
    if password is not None:
        print(f"==> console: /console/, account {DEMO_NAME}, password {password} (shown this once)", flush=True)
