"""`nuanxin doctor`: is everything there that answering riders needs, and if not, how is it mended?"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

from bot.settings import Settings, SettingsError, load_settings

ROOM = 500 * 1024 * 1024  # bytes that should be free
REDIS_SECONDS = 2
DEAD_LETTERS_OF = timedelta(days=7)


@dataclass(frozen=True)
class Finding:
    """state: ok, warning (works, but mind it) or fault; `mend` says what to do."""

    name: str
    state: str
    text: str
    mend: str = ""


def doctor(*, offline: bool) -> int:
    """Print all findings; 1 when there is a fault, else 0."""
    try:
        settings = load_settings()
    except SettingsError as error:
        _show(Finding("settings", "fault", str(error), "correct it in the environment or .env"))
        return 1
    return asyncio.run(_examine(settings, offline))


async def _examine(settings: Settings, offline: bool) -> int:
    worst = 0
    async for finding in examine(settings, offline=offline):
        _show(finding)
        worst = max(worst, int(finding.state == "fault"))
    return worst


def _show(finding: Finding) -> None:
    sign = {"ok": "✓", "warning": "!", "fault": "✗"}[finding.state]
    print(f"{sign} {finding.name}: {finding.text}" + (f" → {finding.mend}" if finding.mend else ""), flush=True)


async def examine(settings: Settings, *, offline: bool = False) -> AsyncIterator[Finding]:
    """One finding after the other."""
    yield Finding("settings", "ok", "all values are well-formed")
    yield _disk(settings)
    yield _model(settings)
    async for finding in _database(settings):
        yield finding
    yield await _redis(settings)
    yield _access(settings)
    yield await _wechat(settings, offline)


def _disk(settings: Settings) -> Finding:
    folder = next(path for path in (settings.var_dir, *settings.var_dir.parents) if path.exists())
    free = shutil.disk_usage(folder).free
    text = f"{free // 1024 // 1024:,} MB free at {settings.var_dir}"
    if free < ROOM:
        return Finding("disk", "fault", text, "make room: sessions and bookings could not be written")
    return Finding("disk", "ok", text)


def _model(settings: Settings) -> Finding:
    from bot.dialogue.models import NoModel, newest_model
    from bot.training import up_to_date_model

    try:
        served = newest_model(settings.model_dir)
    except NoModel:
        return Finding("model", "fault", f"none in {settings.model_dir}", "run `nuanxin train`")
    if served != up_to_date_model(settings.model_dir):
        return Finding("model", "warning", f"{served.name} is older than its data", "run `nuanxin train`")
    return Finding("model", "ok", served.name)


async def _database(settings: Settings) -> AsyncIterator[Finding]:
    from sqlalchemy.exc import SQLAlchemyError

    from bot.prepare import database_fault
    from bot.storage import migrate
    from bot.storage.base import Database

    kind = "SQLite" if settings.is_sqlite else "PostgreSQL"
    db = Database(settings.database_url)
    try:
        revision = await migrate.current(db)
        if revision != migrate.head():
            text = f"{kind} at revision {revision}, needed is {migrate.head()}"
            yield Finding("database", "fault", text, "run `nuanxin db upgrade`")
            return
        yield Finding("database", "ok", f"{kind} at revision {revision}")
        yield await _reference(db)
        yield await _outbox(db)
    except (SQLAlchemyError, OSError) as error:
        yield Finding("database", "fault", database_fault(error), "start it, or correct DATABASE_URL")
    finally:
        await db.close()


async def _reference(db: object) -> Finding:
    from sqlalchemy import func, select

    from bot.services.importing import SPECS
    from bot.storage.base import Database
    from bot.storage.reference import DEMO_PREFIX

    assert isinstance(db, Database)
    rows = demo = 0
    empty: list[str] = []
    async with db.read() as session:
        for spec in SPECS.values():
            count = await session.scalar(select(func.count()).select_from(spec.model)) or 0
            rows += count
            if not count:
                empty.append(spec.kind)
            provenance = getattr(spec.model, "provenance", None)
            if provenance is not None:
                invented = select(func.count()).where(provenance.startswith(DEMO_PREFIX))
                demo += await session.scalar(invented.select_from(spec.model)) or 0
    text = f"{rows:,} rows" + (f", none of {', '.join(empty)}" if empty else "")
    if demo:
        return Finding("reference data", "warning", f"{text}, {demo:,} of them demo", "`nuanxin import --replace`")
    return Finding("reference data", "ok", text)


async def _outbox(db: object) -> Finding:
    """Messages to riders that were given up, or that have waited too long: nobody else would notice."""
    from sqlalchemy import select

    from bot.services.clock import SystemClock
    from bot.services.deliveries import DeliveryService
    from bot.storage.base import Database
    from bot.storage.outbox import OutboxMessage

    assert isinstance(db, Database)
    clock = SystemClock()
    dead = await DeliveryService(db, clock).dead_letters(clock.now() - DEAD_LETTERS_OF)
    if dead:
        async with db.read() as session:
            newest = select(OutboxMessage.last_error).where(OutboxMessage.state == "dead")
            why = await session.scalar(newest.order_by(OutboxMessage.id.desc()).limit(1))
        text = f"{dead:,} messages given up in {DEAD_LETTERS_OF.days} days, the last one: {why or 'no reason kept'}"
        return Finding("outbox", "warning", text, "see nuanxin_outbox_rows in /metrics; tell those people another way")
    return Finding("outbox", "ok", f"no message given up in {DEAD_LETTERS_OF.days} days")


async def _redis(settings: Settings) -> Finding:
    from redis.asyncio import Redis
    from redis.exceptions import RedisError

    if not settings.redis_url:
        if settings.is_sqlite:
            return Finding("redis", "ok", "not used: one process keeps what Redis would")
        return Finding("redis", "warning", "not set", "set REDIS_URL when more than one replica runs")
    client = Redis.from_url(settings.redis_url, socket_timeout=REDIS_SECONDS, socket_connect_timeout=REDIS_SECONDS)
    try:
        await client.ping()
    except (RedisError, OSError) as error:
        return Finding("redis", "fault", f"no answer ({type(error).__name__})", "start it, or correct REDIS_URL")
    finally:
        await client.aclose()
    return Finding("redis", "ok", "answers")


def _access(settings: Settings) -> Finding:
    if settings.api_token:
        return Finding("API", "ok", "needs its token")
    return Finding("API", "ok", "answers this machine only: no API_TOKEN is set")


async def _wechat(settings: Settings, offline: bool) -> Finding:
    from aiohttp import ClientSession

    from bot.wechat.api import ApiError, WechatApi

    if not settings.wechat_enabled:
        return Finding("wechat", "warning", "off: WECHAT_TOKEN is not set", "see the operator's guide in README")
    mode = "safe mode" if settings.wechat_aes_key else "plain mode"
    if not settings.wechat_aes_key:
        # a plain signature does not cover the body: whoever sees one address can forge messages
        mend = "set WECHAT_AES_KEY and choose 安全模式 on the platform"
        return Finding("wechat", "warning", mode, mend)
    if not settings.wechat_app_secret:
        mend = "set WECHAT_APP_SECRET"
        return Finding("wechat", "warning", f"{mode}; late replies and notices cannot be sent", mend)
    if offline:
        return Finding("wechat", "ok", f"{mode}; the platform was not asked")
    async with ClientSession() as session:
        api = WechatApi(
            session, settings.wechat_app_id or "", settings.wechat_app_secret, base=settings.wechat_api_base
        )
        try:
            await api.tokens.get()
        except ApiError as error:
            hint = {
                40013: "correct WECHAT_APP_ID",
                40125: "correct WECHAT_APP_SECRET",
                40164: "put this machine's address on the account's IP 白名单",
            }.get(error.code or 0, "check the way to WECHAT_API_BASE")
            return Finding("wechat", "fault", f"{mode}; no access token ({error})", hint)
    return Finding("wechat", "ok", f"{mode}; the platform gives access tokens")
