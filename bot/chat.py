"""The bot in the terminal: the same host, services and database as when serving."""

from __future__ import annotations

import asyncio
import sys
from typing import Any

from bot.settings import Settings

SENDER = "chat:terminal"
HELP = "直接打字就行。/位置 31.30,121.10 发位置（GCJ-02 纬度,经度），/重来 从头开始，/退出 或 Ctrl-D 结束。"


async def chat(settings: Settings) -> None:
    """Read lines from stdin, print the replies; numbers choose a button of the last reply."""
    from bot.lean import keep_tensorflow_out

    keep_tensorflow_out()
    from bot.app import make_host
    from bot.dialogue.models import newest_model
    from bot.dialogue.plain import converse
    from bot.services import build_services
    from bot.storage.base import Database

    db = Database(settings.database_url)
    services = build_services(db)
    host = make_host(services)
    host.load(newest_model(settings.model_dir))
    print(HELP)
    buttons: list[dict[str, Any]] = []
    try:
        while True:
            line = await asyncio.to_thread(_ask)
            if line is None or line in ("/退出", "/quit"):
                return
            if line == "/重来":
                await host.forget(SENDER)
                continue
            text, metadata = _read(line, buttons)
            if not text and not metadata:
                continue
            await host.answers.refresh()  # what was approved in the console meanwhile
            replies = await converse(host, services, SENDER, text, metadata=metadata)
            buttons = [button for reply in replies for button in reply.get("buttons") or []]
            _show(replies)
    finally:
        await db.close()


def _ask() -> str | None:
    try:
        return input("> " if sys.stdin.isatty() else "").strip()
    except EOFError:
        return None


def _read(line: str, buttons: list[dict[str, Any]]) -> tuple[str, dict[str, Any]]:
    """What is sent for a line: a button by its number, a location, or the text."""
    if line.isdigit() and 1 <= int(line) <= len(buttons):
        return str(buttons[int(line) - 1]["payload"]), {}
    if line.startswith("/位置"):
        try:
            lat, lng = (float(part) for part in line.removeprefix("/位置").replace("，", ",").split(","))
        except ValueError:
            print("写成 /位置 31.30,121.10")
            return "", {}
        return "", {"location": {"lat": lat, "lng": lng}}
    return line, {}


def _show(replies: list[dict[str, Any]]) -> None:
    number = 0
    for reply in replies:
        if reply.get("text"):
            print(reply["text"])
        for button in reply.get("buttons") or []:
            number += 1
            print(f"  {number}. {button['title']}")
