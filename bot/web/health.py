"""Live, ready, metrics."""

from __future__ import annotations

import prometheus_client
from aiohttp import web
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from bot.web.keys import DATABASE, HOST, REDIS

routes = web.RouteTableDef()


@routes.get("/healthz")
async def healthz(_request: web.Request) -> web.Response:
    return web.json_response({"status": "ok"})


@routes.get("/readyz")
async def readyz(request: web.Request) -> web.Response:
    """200 when model and database answer. A Redis that is down is reported, not fatal: we work without it, slower."""
    checks = {"model": request.app[HOST].ready, "database": await _database_answers(request.app)}
    redis = request.app[REDIS]
    optional = {"redis": await _redis_answers(redis)} if redis is not None else {}
    ready = all(checks.values())
    return web.json_response({"ready": ready, **checks, **optional}, status=200 if ready else 503)


async def _database_answers(app: web.Application) -> bool:
    try:
        async with app[DATABASE].read() as session:
            await session.execute(text("SELECT 1"))
    except (SQLAlchemyError, OSError, TimeoutError):
        return False
    return True


async def _redis_answers(redis: object) -> bool:
    from redis.exceptions import RedisError

    try:
        return bool(await redis.ping())  # type: ignore[attr-defined]
    except (RedisError, OSError):
        return False


@routes.get("/metrics")
async def metrics(_request: web.Request) -> web.Response:
    return web.Response(
        body=prometheus_client.generate_latest(),
        headers={"Content-Type": prometheus_client.CONTENT_TYPE_LATEST},
    )
