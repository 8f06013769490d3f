"""Composition root: settings → everything wired → one aiohttp application. Start and stop order is here only."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
from collections.abc import AsyncIterator, Coroutine
from typing import TYPE_CHECKING, Any

os.environ["RASA_TELEMETRY_ENABLED"] = "false"  # before the first import of rasa

from aiohttp import web

from bot.settings import Settings

if TYPE_CHECKING:
    from bot.dialogue.host import DialogueHost
    from bot.services import Services

logger = logging.getLogger(__name__)

BODY_LIMIT = 1 << 20  # bytes


def make_host(services: Services, redis: Any | None = None, **limits: float) -> DialogueHost:
    """A dialogue host with every action, no model loaded yet. `limits`: see :class:`DialogueHost`."""
    from rasa.utils.log_utils import configure_structlog

    configure_structlog(logging.WARNING)  # before rasa's modules: else it prints every user text
    logging.getLogger("rasa").setLevel(logging.WARNING)
    from bot.actions import all_actions
    from bot.dialogue.host import DialogueHost

    return DialogueHost(services, all_actions(services), redis=redis, **limits)


def create_app(settings: Settings) -> web.Application:
    """The application, not started. The model is loaded and the background loops begin when it starts."""
    from bot.console.app import add_console
    from bot.services import build_services
    from bot.storage.base import Database
    from bot.storage.files import open_store
    from bot.web import health, pages, rest
    from bot.web import map as map_page
    from bot.web.keys import DATABASE, HOST, REDIS, SERVICES, SETTINGS

    app = web.Application(client_max_size=BODY_LIMIT)
    app[SETTINGS] = settings
    app[DATABASE] = Database(settings.database_url)
    app[REDIS] = _redis(settings)
    app[SERVICES] = build_services(app[DATABASE])
    app[SERVICES].people.files = open_store(settings.file_store)
    app[HOST] = make_host(app[SERVICES], app[REDIS])
    app.add_routes(rest.routes)
    app.add_routes(health.routes)
    app.add_routes(pages.routes)
    add_console(app)
    app.add_routes(map_page.routes)
    app.cleanup_ctx.append(_storage)
    app.cleanup_ctx.append(_dialogue)
    app.cleanup_ctx.append(_housekeeping)
    if settings.wechat_enabled:
        _add_wechat(app)
    return app


def _redis(settings: Settings) -> Any | None:
    if not settings.redis_url:
        return None
    from redis.asyncio import Redis

    return Redis.from_url(settings.redis_url, socket_timeout=1, socket_connect_timeout=1)


async def _storage(app: web.Application) -> AsyncIterator[None]:
    from bot.web.keys import DATABASE, REDIS

    yield
    if app[REDIS] is not None:
        await app[REDIS].aclose()
    await app[DATABASE].close()


async def _dialogue(app: web.Application) -> AsyncIterator[None]:
    from bot.dialogue.models import keep_newest, newest_model
    from bot.web.keys import HOST, SETTINGS

    host, models = app[HOST], app[SETTINGS].model_dir
    host.load(newest_model(models))
    await host.warm_up()
    await host.answers.refresh()
    async with _background(host.answers.keep_fresh(), keep_newest(host, models)):
        yield


async def _housekeeping(app: web.Application) -> AsyncIterator[None]:
    from bot.services.housekeeping import keep_house_for_ever
    from bot.web.keys import SERVICES

    async with _background(keep_house_for_ever(app[SERVICES])):
        yield


@contextlib.asynccontextmanager
async def _background(*endless: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    tasks = [asyncio.create_task(work) for work in endless]
    yield
    for task in tasks:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


def _add_wechat(app: web.Application) -> None:
    from bot.storage.files import open_store
    from bot.web.keys import HOST, REDIS, SERVICES, SETTINGS
    from bot.wechat.channel import WechatChannel
    from bot.wechat.config import WechatConfig

    settings = app[SETTINGS]
    channel = WechatChannel(
        WechatConfig.of(settings), app[SERVICES], app[HOST], open_store(settings.file_store), redis=app[REDIS]
    )
    app.add_routes(channel.routes())

    async def running(_app: web.Application) -> AsyncIterator[None]:
        async with channel.running():
            yield

    app.cleanup_ctx.append(running)
