"""Engine, session and column types shared by every table."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import DateTime, MetaData, event
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator

SHANGHAI = ZoneInfo("Asia/Shanghai")
UTC = ZoneInfo("UTC")
LOCK_WAIT = 15  # seconds that a writer waits for another on SQLite

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Declarative base; constraint names follow one convention so that migrations can name them."""

    metadata = MetaData(naming_convention=NAMING)


class AwareDateTime(TypeDecorator[datetime]):
    """A moment: stored in UTC, read back in Asia/Shanghai. Naive values are refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"naive datetime {value!r}: give it a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            value = value.replace(tzinfo=UTC)
        moment: datetime = value.astimezone(SHANGHAI)
        return moment


def public_id() -> str:
    """A 128-bit url-safe id for things shown outside (links, people); not guessable."""
    return secrets.token_urlsafe(16)


class Database:
    """One engine and its sessions.

    `read()` is a session for queries. `write()` is one transaction: committed when the block ends, rolled back
    when it raises; `before_commit` may add rows of its own to it. On SQLite a write takes the write lock at once (BEGIN IMMEDIATE), so that a check followed by
    an update cannot fail half-way with "database is locked".
    """

    def __init__(self, url: str, *, pool_size: int = 10) -> None:
        self.url = url
        self.is_sqlite = url.startswith("sqlite")
        options: dict[str, Any] = (
            {"connect_args": {"timeout": LOCK_WAIT}}
            if self.is_sqlite
            else {
                "pool_size": pool_size,
                "max_overflow": pool_size,
                "pool_pre_ping": True,
                "pool_timeout": 3,
            }
        )
        self.engine: AsyncEngine = create_async_engine(url, hide_parameters=True, **options)
        # SQLite waits for its lock in C, with the connection's mutex held: the collector, freeing an old cursor of
        # that connection, then stops the event loop, and with it the writer that is waited for
        self._one_writer = asyncio.Lock() if self.is_sqlite else None
        if self.is_sqlite:
            _prepare_sqlite(self.engine)
        self._sessions = async_sessionmaker(self.engine, expire_on_commit=False)
        self.before_commit: list[Callable[[AsyncSession], None]] = []

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        async with self._sessions() as session:
            yield session

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncSession]:
        async with self._turn(), self._sessions() as session, session.begin():
            if self.is_sqlite:
                await (await session.connection()).exec_driver_sql("BEGIN IMMEDIATE")
            yield session
            for add_rows in self.before_commit:
                add_rows(session)

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        """The writer's turn on SQLite. TimeoutError when it does not come (a write within a write)."""
        if self._one_writer is None:
            yield
            return
        async with asyncio.timeout(LOCK_WAIT):
            await self._one_writer.acquire()
        try:
            yield
        finally:
            self._one_writer.release()

    async def close(self) -> None:
        await self.engine.dispose()


def _prepare_sqlite(engine: AsyncEngine) -> None:
    @event.listens_for(engine.sync_engine, "connect")
    def on_connect(connection: Any, _record: Any) -> None:
        # the driver must not open transactions by itself: write() says BEGIN IMMEDIATE
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", f"busy_timeout={LOCK_WAIT * 1000}"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()
