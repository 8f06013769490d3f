"""Starts the platform stand-in, the bot beside it, and the phone page. Ctrl-C ends all three.

DEMO_PORT is the page's port (8090). The bot keeps its data of the demo apart, under var/demo-wechat.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from pathlib import Path

from tests.support.processes import free_port
from tests.wechat.demo.phone import Phones
from tests.wechat.platform import Platform

ROOT = Path(__file__).resolve().parents[3]
PATIENCE = 1200  # seconds; the first start may have to train the model


def environment(platform: Platform, port: int) -> dict[str, str]:
    """The bot's settings, those of an operator with an account in safe mode."""
    return os.environ | {
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "VAR_DIR": os.environ.get("VAR_DIR", "var/demo-wechat"),
        "WECHAT_APP_ID": platform.app_id,
        "WECHAT_APP_SECRET": platform.app_secret,
        "WECHAT_TOKEN": platform.token,
        "WECHAT_AES_KEY": platform.aes_key or "",
        "WECHAT_API_BASE": platform.api_url,
        "PUBLIC_BASE_URL": f"http://127.0.0.1:{port}",
    }


async def _answers(port: int, bot: asyncio.subprocess.Process) -> None:
    """Wait until the bot listens. RuntimeError when it ends before."""
    for _ in range(PATIENCE * 2):
        if bot.returncode is not None:
            raise RuntimeError(f"the bot ended with code {bot.returncode}")
        with contextlib.suppress(OSError):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.close()
            return
        await asyncio.sleep(0.5)
    raise RuntimeError(f"the bot did not answer within {PATIENCE} s")


async def _end(bot: asyncio.subprocess.Process) -> None:
    if bot.returncode is None:
        bot.terminate()
    try:
        async with asyncio.timeout(20):
            await bot.wait()
    except TimeoutError:
        bot.kill()
        await bot.wait()


async def main() -> int:
    platform = Platform()
    await platform.start()
    port = free_port()
    env = environment(platform, port)
    bot = await asyncio.create_subprocess_exec(sys.executable, "-m", "bot", "serve", "--prepare", env=env, cwd=ROOT)
    phones = Phones(platform)
    try:
        await _answers(port, bot)
        platform.bot_url = f"http://127.0.0.1:{port}/wechat"
        menu = await asyncio.create_subprocess_exec(sys.executable, "-m", "bot", "wechat", "menu", env=env, cwd=ROOT)
        await menu.wait()
        address = await phones.start(int(os.environ.get("DEMO_PORT", "8090")))
        print(f"==> the phone: {address}  (Ctrl-C ends it)", flush=True)
        await bot.wait()
    except RuntimeError as error:
        print(f"demo-wechat: {error}", file=sys.stderr)
        return 1
    finally:
        await phones.stop()
        await _end(bot)
        await platform.stop()
    return 0


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        sys.exit(asyncio.run(main()))
