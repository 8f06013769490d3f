"""What an operator does on the WeChat platform from the command line."""

from __future__ import annotations

import asyncio
import json
import sys

from bot.settings import Settings, SettingsError


def push_menu(settings: Settings, *, dry_run: bool) -> int:
    """Put the menu of data/wechat/menu.yml under the chat, or print it. Returns the exit code."""
    from bot.wechat.menu import MenuError, load_menu

    try:
        menu = load_menu(base_url=settings.public_base_url)
    except MenuError as error:
        print(f"nuanxin: data/wechat/menu.yml: {error}", file=sys.stderr)
        return 1
    if dry_run:
        print(json.dumps(menu, ensure_ascii=False, indent=2))
        return 0
    if not (settings.wechat_app_id and settings.wechat_app_secret):
        raise SettingsError("WECHAT_APP_ID and WECHAT_APP_SECRET must be set: the menu is made through the API")
    return asyncio.run(_send(settings, menu))


async def _send(settings: Settings, menu: dict[str, object]) -> int:
    from aiohttp import ClientSession

    from bot.wechat.api import ApiError, WechatApi

    async with ClientSession() as session:
        api = WechatApi(
            session,
            settings.wechat_app_id or "",
            settings.wechat_app_secret or "",
            base=settings.wechat_api_base,
        )
        try:
            await api.create_menu(menu)
        except ApiError as error:
            print(f"nuanxin: the platform refused the menu ({error})", file=sys.stderr)
            return 1
    print("==> menu: live; followers see it within minutes, at once after following again")
    return 0
