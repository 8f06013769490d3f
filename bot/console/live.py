"""Live pages: one look at the database each half second for all who watch, pushed to them over SSE.

    watch("tickets", newest(DisputeEvent), permission="tickets.view")

A watched statement returns one row; when it differs from the last time, everyone who may see the topic gets
`{"topic": "tickets", "version": 7}`. Versions only grow, so that what arrives late is known to be old. Pages say
`hx-trigger="live-tickets from:body"` on the part that fetches itself anew.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import time
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass
from typing import Any

from aiohttp import web
from sqlalchemy import Select, func, select
from sqlalchemy.exc import SQLAlchemyError

from bot.console.registry import Staff, find_staff, page
from bot.storage.base import Base, Database
from bot.web.keys import DATABASE

logger = logging.getLogger(__name__)

PAUSE = 0.5  # seconds between two looks
HEARTBEAT = 15.0  # seconds; also how soon an ended session loses its stream
RETRY = 2000  # milliseconds until a browser that lost us tries again
TAIL = 300  # rows


@dataclass(frozen=True)
class Topic:
    name: str
    statement: Select[Any]
    permission: str


TOPICS: dict[str, Topic] = {}


def watch(name: str, statement: Select[Any], *, permission: str) -> None:
    TOPICS[name] = Topic(name, statement, permission)


def newest(table: type[Base]) -> Select[Any]:
    """Changes with every new row of a table with a growing integer `id`: its highest and how many of the last
    are there, because a row with a lower id may be committed later."""
    column = table.__table__.c.id
    top = select(func.max(column)).scalar_subquery()
    return select(func.max(column), func.count()).where(column > top - TAIL)


class LiveBus:
    """The newest version of every topic; looks only while somebody watches."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._seen: dict[str, tuple[Any, ...]] = {}
        self._changed = asyncio.Condition()
        self._watchers = 0
        self.versions: dict[str, int] = {}
        self.closed = False

    async def look(self) -> None:
        """One look at all topics."""
        changed = False
        async with self._db.read() as session:
            for topic in TOPICS.values():
                row = tuple((await session.execute(topic.statement)).one())
                if self._seen.get(topic.name) != row:
                    self._seen[topic.name] = row
                    self.versions[topic.name] = self.versions.get(topic.name, 0) + 1
                    changed = True
        if changed:
            async with self._changed:
                self._changed.notify_all()

    async def run(self) -> None:
        while True:
            if self._watchers:
                await self._look_safely()
            await asyncio.sleep(PAUSE)

    async def _look_safely(self) -> None:
        try:
            await self.look()
        except (SQLAlchemyError, OSError) as error:
            # the database away for a moment: the next look tells what was missed
            logger.error("live updates: %s", type(error).__name__)

    async def changes(self) -> AsyncGenerator[dict[str, int], None]:
        """What has changed since the last time; empty after `HEARTBEAT` seconds of quiet.

        The first one is empty and comes at once: from there on nothing is missed.
        """
        self._watchers += 1
        try:
            if self._watchers == 1:
                await self._look_safely()  # what happened while nobody watched is no news
            sent = dict(self.versions)
            yield {}
            while not self.closed:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(HEARTBEAT), self._changed:
                        await self._changed.wait_for(lambda: self.closed or self.versions != sent)
                news = {name: number for name, number in self.versions.items() if sent.get(name) != number}
                sent.update(news)
                yield news
        finally:
            self._watchers -= 1

    async def close(self) -> None:
        self.closed = True
        async with self._changed:
            self._changed.notify_all()


BUS: web.AppKey[LiveBus] = web.AppKey("live_bus", LiveBus)


async def running(app: web.Application) -> AsyncIterator[None]:
    """For `cleanup_ctx`: the loop beside the application."""
    app[BUS] = LiveBus(app[DATABASE])
    task = asyncio.create_task(app[BUS].run(), name="live updates")
    yield
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


async def shut(app: web.Application) -> None:
    """For `on_shutdown`: open streams end, else they would keep us from stopping."""
    await app[BUS].close()


@page("GET", "/console/events", permission="own")
async def events(request: web.Request, staff: Staff) -> web.StreamResponse:
    response = web.StreamResponse(
        headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    )
    async with contextlib.aclosing(request.app[BUS].changes()) as changes:
        # a page fetches itself anew when the stream opens: what comes after that moment must be news
        await anext(changes)
        await response.prepare(request)
        with contextlib.suppress(ConnectionResetError):
            await response.write(f"retry: {RETRY}\n\n".encode())
            await _tell(request, staff, response, changes)
    return response


async def _tell(
    request: web.Request, staff: Staff, response: web.StreamResponse, changes: AsyncIterator[dict[str, int]]
) -> None:
    checked = time.monotonic()
    async for news in changes:
        if time.monotonic() - checked >= HEARTBEAT:  # on a busy day too, when there is never quiet
            checked = time.monotonic()
            found = await find_staff(request, touch=False)  # looking on is no sign of life
            if found is None:
                await response.write(b"event: ended\ndata: {}\n\n")
                return
            staff = found
        if not news:
            await response.write(b": still here\n\n")
        for name, version in news.items():
            if staff.may(TOPICS[name].permission):
                data = json.dumps({"topic": name, "version": version})
                await response.write(f"data: {data}\n\n".encode())
