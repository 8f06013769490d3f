"""The menu under the chat: read from `data/wechat/menu.yml`, checked, pushed by `nuanxin wechat menu`.

Source: developers.weixin.qq.com, "自定义菜单": at most 3 buttons with 5 below each; names ≤ 16 bytes (top)
and ≤ 60 bytes (below), key ≤ 128 bytes, url ≤ 1024 bytes. A menu made in the platform's own console stops
working once the server mode is on, so this one is the only one. A `topic` is a taxonomy name: a tap starts it
without any understanding in between.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from bot.wechat.render import absolute

MENU_FILE = Path(__file__).resolve().parents[2] / "data" / "wechat" / "menu.yml"
TOP, BELOW = 3, 5
TOP_NAME, BELOW_NAME, KEY, URL = 16, 60, 128, 1024  # bytes


class MenuError(ValueError):
    """The menu file breaks a limit; the message names the button and says what is wrong."""


def load_menu(
    path: Path = MENU_FILE, *, base_url: str | None = None, knows: Callable[[str], bool] = lambda topic: True
) -> dict[str, Any]:
    """The menu as the platform takes it.

    base_url completes a button's `page`; without it the button falls back to its `topic`. knows: whether a
    topic exists. Raises MenuError, OSError, yaml.YAMLError.
    """
    with path.open(encoding="utf-8") as file:
        data = yaml.safe_load(file)
    buttons = data.get("buttons") if isinstance(data, dict) else None
    if not isinstance(buttons, list) or not 1 <= len(buttons) <= TOP:
        raise MenuError(f"buttons: 1 to {TOP} of them")
    return {"button": [_top(button, base_url, knows) for button in buttons]}


def _top(button: Any, base_url: str | None, knows: Callable[[str], bool]) -> dict[str, Any]:
    name = _name(button, TOP_NAME)
    below = button.get("buttons")
    if below is None:
        return _leaf(button, name, base_url, knows)
    if not isinstance(below, list) or not 1 <= len(below) <= BELOW:
        raise MenuError(f"{name}: 1 to {BELOW} buttons below it")
    return {"name": name, "sub_button": [_leaf(b, _name(b, BELOW_NAME), base_url, knows) for b in below]}


def _leaf(button: Any, name: str, base_url: str | None, knows: Callable[[str], bool]) -> dict[str, Any]:
    topic, page = button.get("topic"), button.get("page")
    if page is not None:
        url = absolute(page, base_url)
        if url:
            if len(url.encode()) > URL:
                raise MenuError(f"{name}: its address is longer than {URL} bytes")
            return {"type": "view", "name": name, "url": url}
    if not isinstance(topic, str) or not topic:
        raise MenuError(f"{name}: needs a topic" + (" for when PUBLIC_BASE_URL is not set" if page else ""))
    if len(topic.encode()) > KEY:
        raise MenuError(f"{name}: its topic is longer than {KEY} bytes")
    if not knows(topic):
        raise MenuError(f"{name}: there is no topic {topic}")
    return {"type": "click", "name": name, "key": topic}


def _name(button: Any, limit: int) -> str:
    name = button.get("name") if isinstance(button, dict) else None
    if not isinstance(name, str) or not name.strip():
        raise MenuError("a button without a name")
    if len(name.encode()) > limit:
        raise MenuError(f"{name}: its name is longer than {limit} bytes ({len(name.encode())})")
    return name
