"""Training the model, and knowing when it is out of date.

A model's file is named by the fingerprint of what it was trained from, so "has anything changed?" needs no
stamp file. Rasa's own check is not used: it does not see a change in a helper of a component.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bot.lean import keep_tensorflow_out
from bot.settings import ROOT

# folders and files, below the project, that a model depends on; the lock stands for the versions of libraries
SOURCES = (
    "config.yml",
    "domain.yml",
    "requirements.lock",
    "data/nlu",
    "data/stories",
    "data/gazetteer",
    "bot/nlu",
    "bot/language",
    "bot/geo",
)
TRAINING_DATA = ("data/nlu", "data/stories")
KEPT = 3  # models that stay: the new one and two to go back to


class TrainingFailed(RuntimeError):
    """Rasa did not produce a model; the reason is in the log above."""


def fingerprint(root: Path = ROOT) -> str:
    """12 hex digits over names and contents of all that a model depends on."""
    digest = hashlib.sha256()
    for path in _sources(root):
        digest.update(str(path.relative_to(root)).encode() + b"\0")
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:12]


def _sources(root: Path) -> Iterator[Path]:
    for name in SOURCES:
        path = root / name
        if path.is_file():
            yield path
        for found in sorted(path.rglob("*")) if path.is_dir() else ():
            if found.is_file() and "__pycache__" not in found.parts and not found.name.startswith("."):
                yield found


def up_to_date_model(models: Path, root: Path = ROOT) -> Path | None:
    """The model trained from what is here now, None when there is none."""
    path = models / f"nuanxin-{fingerprint(root)}.tar.gz"
    return path if path.is_file() else None


def select(model: Path) -> None:
    """Make this the newest model: that is the one which is served."""
    os.utime(model)


def train(models: Path, root: Path = ROOT) -> Path:
    """Train from what is here now; the model appears in `models` whole or not at all. Raises TrainingFailed.

    Changes the working folder to `root`; meant for a process of its own.
    """
    name = f"nuanxin-{fingerprint(root)}"
    os.chdir(root)
    os.environ["RASA_MAX_CACHE_SIZE"] = "0"  # its cache does not see changes in our helpers
    os.environ["TQDM_DISABLE"] = "1"
    logging.captureWarnings(True)  # libraries deprecate each other at length, and rasa resets the filters
    logging.getLogger("py.warnings").setLevel(logging.ERROR)
    logging.getLogger("rasa").setLevel(logging.INFO)
    logging.getLogger("spacy").propagate = False  # it has a handler of its own
    keep_tensorflow_out(root / "config.yml")
    from rasa.utils.log_utils import configure_structlog

    configure_structlog(logging.INFO)
    from rasa.model_training import train as rasa_train

    models.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=".training-", dir=models))
    asyncio.set_event_loop(asyncio.new_event_loop())  # rasa asks for the current loop
    try:
        result = rasa_train(
            domain=str(root / "domain.yml"),
            config=str(root / "config.yml"),
            training_files=[str(root / folder) for folder in TRAINING_DATA],
            output=str(work),
            force_training=True,
            fixed_model_name=name,
        )
        if result.code != 0 or not result.model:
            raise TrainingFailed("training did not produce a model; the reason is above")
        model = models / f"{name}.tar.gz"
        os.replace(result.model, model)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    forget_old(models)
    return model


def forget_old(models: Path) -> None:
    """Keep the newest `KEPT` models."""
    ours = sorted(models.glob("nuanxin-*.tar.gz"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in ours[KEPT:]:
        path.unlink()
