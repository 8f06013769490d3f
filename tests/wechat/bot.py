"""A bot for the channel's tests: the real channel and services, a dialogue that is a few lines long.

`serving` runs it in this process; `python -m tests.wechat.bot` as a replica of its own (settings from the
environment, port on the command line).
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from aiohttp import web

from bot.services import Services, build_services
from bot.services.clock import Clock, SystemClock
from bot.settings import Settings
from bot.storage.base import Database
from bot.storage.files import FolderStore
from bot.web import pages
from bot.web.keys import SERVICES, SETTINGS
from bot.wechat.channel import WechatChannel
from bot.wechat.config import WechatConfig
from bot.wechat.speech import SpeechRecognizer
from tests.wechat.platform import Platform

SECRET = "a secret of the tests, long enough to be one"


class ShortDialogue:
    """Answers by the first words of a text; every message leaves one suggestion as its effect.

    慢 N: after N seconds. 长: a long one. 选: choices. 卡: a card. 图: a picture. 默: nothing. 坏: an error.
    删: erases. 号 N: reference numbers.
    """

    def __init__(self, services: Services) -> None:
        self.services = services
        self.begun = asyncio.Event()
        self.heard: list[tuple[str, str, dict[str, Any], str | None]] = []

    async def handle(
        self, sender: str, text: str, *, metadata: dict[str, Any] | None = None, key: str | None = None
    ) -> list[dict[str, Any]]:
        self.begun.set()
        self.heard.append((sender, text, dict(metadata or {}), key))
        person = await self.services.people.ensure(sender)
        left = await self.services.suggestions.leave(person_id=person.id, text=text, key=key)
        word, _, rest = text.partition(" ")
        match word:
            case "慢":
                await asyncio.sleep(float(rest))
                return [{"text": f"慢慢办好了 {left.number}", "buttons": [_button("再来", "/help")]}]
            case "长":
                return [{"text": long_text(), "buttons": [_button("好的", "/affirm")]}]
            case "选":
                return [
                    {"text": "先说一句"},
                    {"text": "要办哪件？", "buttons": [_button("查进度", "/a"), _button("找驿站", "/b")]},
                ]
            case "卡":
                return [{"text": "三个驿站", "custom": {"card": {"title": "党建地图", "url": "/map?x=1"}}}]
            case "图":
                return [{"image": "https://example.org/a.png"}]
            case "删":
                await self.services.people.erase(person.id)
                return [{"text": "都删好了。", "custom": {"erased": True}}]
            case "号":
                return [{"text": f"您的 {rest} 都在办", "buttons": [_button("好", "/affirm")]}]
            case "默":
                return []
            case "坏":
                raise RuntimeError(f"broken on {text}")
        return [{"text": f"{left.number} {text}"}]

    async def parse(self, text: str) -> dict[str, Any]:
        return {"topic": "emergency" if "撞车" in text else "chitchat"}


def long_text() -> str:
    return "".join(f"第{n}句，说的是怎么在昆山申请劳动仲裁和法律援助这件事。" for n in range(60))


def _button(title: str, payload: str) -> dict[str, str]:
    return {"title": title, "payload": payload}


def config_of(platform: Platform, **changes: Any) -> WechatConfig:
    values: dict[str, Any] = {
        "token": platform.token,
        "secret_key": SECRET,
        "app_id": platform.app_id,
        "app_secret": platform.app_secret,
        "aes_key": platform.aes_key,
        "api_base": platform.api_url,
        "public_base_url": "https://bot.example.org",
    }
    return WechatConfig(**(values | changes))


@asynccontextmanager
async def serving(
    platform: Platform,
    db: Database,
    files: Path,
    *,
    clock: Clock | None = None,
    redis: Any | None = None,
    recognizer: SpeechRecognizer | None = None,
    whole: Any | None = None,
    **changes: Any,
) -> AsyncIterator[ShortDialogue]:
    """The bot of `platform`, in this process. `whole`: the real dialogue host instead of the short one."""
    services = build_services(db, clock or SystemClock())
    dialogue = ShortDialogue(services)
    if whole is not None:
        whole.use(services)
    store = FolderStore(files)
    services.people.files = store
    channel = WechatChannel(
        config_of(platform, **changes), services, whole or dialogue, store, redis=redis, recognizer=recognizer
    )
    app = web.Application()
    app.add_routes(channel.routes())
    if whole is not None:
        app[SETTINGS] = Settings(database_url="sqlite+aiosqlite:///unused", secret_key=SECRET)
        app[SERVICES] = services
        app.add_routes(pages.routes)
    runner = web.AppRunner(app)
    async with channel.running():
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        platform.bot_url = f"http://127.0.0.1:{runner.addresses[0][1]}/wechat"
        try:
            yield dialogue
        finally:
            await runner.cleanup()


async def _replica(port: int) -> None:
    from redis.asyncio import Redis

    env = os.environ
    db = Database(env["DATABASE_URL"])
    services = build_services(db)
    redis = Redis.from_url(env["REDIS_URL"], socket_timeout=1)
    config = WechatConfig(
        token=env["WECHAT_TOKEN"],
        secret_key=SECRET,
        app_id=env["WECHAT_APP_ID"],
        app_secret=env["WECHAT_APP_SECRET"],
        aes_key=env["WECHAT_AES_KEY"],
        api_base=env["WECHAT_API_BASE"],
    )
    store = FolderStore(Path(env["FILES"]))
    channel = WechatChannel(config, services, ShortDialogue(services), store, redis=redis)
    app = web.Application()
    app.add_routes(channel.routes())
    runner = web.AppRunner(app)
    async with channel.running():
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_replica(int(sys.argv[1])))
