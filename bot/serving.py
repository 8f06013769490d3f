"""Running the application: listening, one line when ready, an orderly end."""

from __future__ import annotations

import asyncio
import gc
import logging
import signal
import sys

from aiohttp import web

from bot.lean import keep_tensorflow_out
from bot.settings import Settings

GRACE = 10.0  # seconds that requests in work get when we are told to stop


def serve(settings: Settings) -> int:
    """Serve until SIGINT or SIGTERM. Returns the exit code."""
    gc.disable()  # until all is loaded: nothing of it is rubbish
    logging.basicConfig(
        level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s %(message)s", stream=sys.stderr
    )
    logging.getLogger("rasa_sdk").setLevel(logging.WARNING)  # it names every action at the start
    logging.captureWarnings(True)  # libraries deprecate each other at length, and rasa resets the filters
    logging.getLogger("py.warnings").setLevel(logging.ERROR)
    keep_tensorflow_out()
    return asyncio.run(_serve(settings))


async def _serve(settings: Settings) -> int:
    from bot.app import create_app
    from bot.dialogue.models import NoModel

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    runner = web.AppRunner(create_app(settings), access_log=None, shutdown_timeout=GRACE)
    try:
        await runner.setup()
        await web.TCPSite(runner, settings.host, settings.port).start()
    except (NoModel, OSError) as error:
        print(f"nuanxin: {error}", file=sys.stderr)
        await runner.cleanup()
        return 2
    gc.freeze()  # the model lives as long as we do: looking through its million objects is time lost
    gc.enable()
    shown = f"[{settings.host}]" if ":" in settings.host else settings.host
    print(f"==> ready: http://{shown}:{settings.port}", flush=True)
    await stop.wait()
    await runner.cleanup()
    return 0
