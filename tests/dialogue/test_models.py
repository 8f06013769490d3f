"""A newly trained model is taken in by a bot that is answering; one that is no model changes nothing."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.app import make_host
from bot.dialogue.host import DialogueHost
from bot.dialogue.models import keep_newest
from bot.services import Services


@pytest.fixture
def folder(model_path: Path, tmp_path: Path) -> Path:
    shutil.copy(model_path, tmp_path / "nuanxin-first.tar.gz")
    os.utime(tmp_path / "nuanxin-first.tar.gz", (1, 1))
    return tmp_path


@pytest_asyncio.fixture
async def serving(folder: Path, bot_services: Services) -> AsyncIterator[DialogueHost]:
    host = make_host(bot_services)
    host.load(folder / "nuanxin-first.tar.gz")
    watch = asyncio.create_task(keep_newest(host, folder, pause=0.05))
    yield host
    watch.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await watch


async def test_a_new_model_comes_while_messages_go_on(serving: DialogueHost, folder: Path) -> None:
    first = serving.agent
    partial = folder / ".partial"
    shutil.copy(folder / "nuanxin-first.tar.gz", partial)
    os.replace(partial, folder / "nuanxin-second.tar.gz")
    said, before, during = 0, 0, 0.0
    loop = asyncio.get_running_loop()
    while serving.agent is first or said < before + 5:
        begun = loop.time()
        replies = await serving.handle(f"rider-{said % 3}", "花桥附近哪里能充电")
        during = max(during, loop.time() - begun)
        assert "驿站" in str(replies) or "充电" in str(replies)
        said += 1
        if serving.agent is first:
            before = said
    assert before > 0
    assert during < 4.5  # the time that WeChat gives
    assert serving.model == folder / "nuanxin-second.tar.gz"
    # what was said before the change is remembered after it
    assert "人在哪" not in str(await serving.handle("rider-0", "第一个怎么走"))


async def test_what_is_no_model_is_named_once_and_changes_nothing(
    serving: DialogueHost, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR, "bot.dialogue.models")
    first = serving.agent
    (folder / "nuanxin-broken.tar.gz").write_bytes(b"no model")
    for _ in range(100):
        await asyncio.sleep(0.05)
        if caplog.records:
            break
    await asyncio.sleep(0.3)
    assert [record.getMessage().split()[0] for record in caplog.records] == ["nuanxin-broken.tar.gz"]
    assert serving.agent is first
    assert await serving.handle("rider", "你好")
