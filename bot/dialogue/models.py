"""Which model is served: the newest in the folder. A newer one is taken in while messages go on."""

from __future__ import annotations

import asyncio
import gc
import logging
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.dialogue.host import DialogueHost

logger = logging.getLogger(__name__)

PAUSE = 2.0  # seconds between two looks into the folder


class NoModel(RuntimeError):
    """There is no trained model; the message says how to make one."""


def newest_model(folder: Path) -> Path:
    """The newest trained model. Raises `NoModel`."""
    models = sorted(folder.glob("*.tar.gz"), key=lambda p: p.stat().st_mtime)
    if not models:
        raise NoModel(f"no model in {folder}: run 'make train'")
    return models[-1]


async def keep_newest(host: DialogueHost, folder: Path, pause: float = PAUSE) -> None:
    """Swap in whatever model becomes the newest, until cancelled. One that cannot be loaded is named in the log
    once, and the former goes on answering."""
    refused: Path | None = None
    while True:
        await asyncio.sleep(pause)
        try:
            newest = newest_model(folder)
        except (NoModel, FileNotFoundError):  # an old one may go while we look
            continue
        if newest in (host.model, refused):
            continue
        try:
            await host.swap(newest)
        except Exception as error:
            refused = newest
            logger.exception("%s cannot be served (%s); %s goes on", newest.name, type(error).__name__, host.model)
            continue
        refused = None
        logger.warning("now serving %s", newest.name)
        _clear_away()


def _clear_away() -> None:
    """The former model was frozen with all that the start had made, and the collector passes over what is frozen."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()
