"""The console's part of the application: every page of `bot.console.pages`, static files, live updates."""

from __future__ import annotations

import importlib
import pkgutil

from aiohttp import web

from bot.console import live, pages
from bot.console.registry import HEADERS, ROUTES
from bot.console.render import STATIC

TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
FOR_EVER = "public, max-age=31536000, immutable"


def add_console(app: web.Application) -> None:
    for module in pkgutil.iter_modules(pages.__path__):
        importlib.import_module(f"{pages.__name__}.{module.name}")
    for route in ROUTES:
        app.router.add_route(route.method, route.path, route.handler)
    app.router.add_get("/console", _to_start)
    app.router.add_get("/console/static/{name:[a-z0-9_./-]+}", _static)
    app.cleanup_ctx.append(live.running)
    app.on_shutdown.append(live.shut)


async def _to_start(_request: web.Request) -> web.Response:
    raise web.HTTPSeeOther("/console/")


async def _static(request: web.Request) -> web.StreamResponse:
    path = (STATIC / request.match_info["name"]).resolve()
    kind = TYPES.get(path.suffix)
    if kind is None or not path.is_relative_to(STATIC.resolve()) or not path.is_file():
        raise web.HTTPNotFound
    return web.FileResponse(
        path,
        headers={
            "Cache-Control": FOR_EVER if "v" in request.query else "no-cache",
            "Content-Type": f"{kind}; charset=utf-8",
            "Content-Security-Policy": HEADERS["Content-Security-Policy"],
            "X-Content-Type-Options": "nosniff",
        },
    )
