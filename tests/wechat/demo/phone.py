"""The page that looks like a phone: what is done on it goes to the platform stand-in, and so to the bot."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from aiohttp import web

from tests.wechat.platform import Delivery, Platform

HERE = Path(__file__).parent
FILES = {"/": ("page.html", "text/html"), "/phone.css": ("phone.css", "text/css"),
         "/phone.js": ("phone.js", "text/javascript")}  # fmt: skip
HEADERS = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data: https: http:; base-uri 'none'",
    "Cache-Control": "no-store",
}
POLL_SECONDS = 20.0
_PERSON = re.compile(r"o[A-Za-z0-9]{10,40}")


class Phones:
    """Any number of phones, one a browser; each has an openid of its own."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform
        self._runner: web.AppRunner | None = None

    async def start(self, port: int) -> str:
        """Serve on the loopback address; returns where."""
        app = web.Application(client_max_size=12 << 20)
        for path in FILES:
            app.router.add_get(path, self._file)
        app.router.add_get("/api/menu", self._menu)
        app.router.add_get("/api/messages", self._messages)
        app.router.add_post("/api/{act}", self._act)
        self._runner = web.AppRunner(app, shutdown_timeout=0.5)  # long polls would hold it up
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", port).start()
        return f"http://127.0.0.1:{self._runner.addresses[0][1]}/"

    async def stop(self) -> None:
        if self._runner:
            await self._runner.cleanup()

    async def _file(self, request: web.Request) -> web.Response:
        name, kind = FILES[request.path]
        text = await asyncio.to_thread((HERE / name).read_text, encoding="utf-8")
        return web.Response(text=text, content_type=kind, headers=HEADERS)

    async def _menu(self, _request: web.Request) -> web.Response:
        return web.json_response(self.platform.menu or {"button": []})

    async def _messages(self, request: web.Request) -> web.Response:
        """What the phone has been shown after the first `after` things; waits for something new."""
        shown = self.platform.phones[_person(request.query.get("person", ""))]
        after = int(request.query.get("after", "0"))
        for _ in range(int(POLL_SECONDS / 0.05)):
            if len(shown) > after:
                break
            await asyncio.sleep(0.05)
        return web.json_response([asdict(one) for one in shown[after:]])

    async def _act(self, request: web.Request) -> web.Response:
        act = self._acts().get(request.match_info["act"])
        if act is None:
            raise web.HTTPNotFound
        person = _person(request.query.get("person", ""))
        delivery = await act(person, request)
        seconds = sum(attempt[2] for attempt in delivery.attempts)
        return web.json_response({"attempts": len(delivery.attempts), "milliseconds": round(seconds * 1000)})

    def _acts(self) -> dict[str, Callable[[str, web.Request], Awaitable[Delivery]]]:
        platform = self.platform

        async def text(person: str, request: web.Request) -> Delivery:
            said = await request.json()
            return await platform.text(person, str(said["text"]), said.get("choice"))

        async def location(person: str, request: web.Request) -> Delivery:
            said = await request.json()
            return await platform.location(person, float(said["lat"]), float(said["lng"]), str(said["label"]))

        async def picture(person: str, request: web.Request) -> Delivery:
            return await platform.picture(person, await request.read(), request.content_type)

        async def voice(person: str, request: web.Request) -> Delivery:
            return await platform.voice(person)

        async def click(person: str, request: web.Request) -> Delivery:
            return await platform.click(person, str((await request.json())["key"]))

        async def subscribe(person: str, request: web.Request) -> Delivery:
            said: dict[str, Any] = await request.json()
            return await platform.subscribe(person, said.get("scene") or None)

        async def unsubscribe(person: str, request: web.Request) -> Delivery:
            return await platform.deliver(platform.event(person, "unsubscribe", EventKey=""))

        acts = (text, location, picture, voice, click, subscribe, unsubscribe)
        return {act.__name__: act for act in acts}


def _person(openid: str) -> str:
    if not _PERSON.fullmatch(openid):
        raise web.HTTPBadRequest(text="person")
    return openid
