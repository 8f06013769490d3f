"""A trained model for tests that need one: NUANXIN_MODEL, the newest in models/, or a fresh one."""

from __future__ import annotations

import asyncio
import logging
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
ROOT = Path(__file__).resolve().parents[2]
Parse = Callable[[str], dict[str, Any]]


@pytest.fixture(scope="session")
def model_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    given = os.environ.get("NUANXIN_MODEL")
    if given:
        return Path(given)
    models = sorted((ROOT / "models").glob("*.tar.gz"), key=lambda path: path.stat().st_mtime)
    if models:
        return models[-1]
    folder = tmp_path_factory.mktemp("model")
    command = [sys.executable, "-m", "rasa", "train", "nlu", "--nlu", "data/nlu", "--config", "config.yml"]
    command += ["--domain", "domain.yml", "--out", str(folder), "--fixed-model-name", "nlu"]
    subprocess.run(command, cwd=ROOT, check=True)
    return folder / "nlu.tar.gz"


@pytest.fixture(scope="session")
def parse(model_path: Path) -> Parse:
    from rasa.utils.log_utils import configure_structlog

    configure_structlog(logging.WARNING)
    from rasa.core.agent import Agent

    agent = Agent.load(str(model_path))
    assert agent.is_ready()
    loop = asyncio.new_event_loop()
    return lambda text: loop.run_until_complete(agent.parse_message(text))
