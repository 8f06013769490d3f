"""The host's own promises: one write a message, the same key the same reply, order of two matters."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.app import make_host
from bot.dialogue.host import DialogueHost
from bot.dialogue.tracker_store import SessionTrackerStore
from bot.services import Services


async def test_the_same_key_gets_the_same_reply_and_no_second_turn(host: DialogueHost) -> None:
    first = await host.handle("A", "我要投诉 押金不退", key="m1")
    again = await host.handle("A", "我要投诉 押金不退", key="m1")
    assert again == first
    tracker = await host.agent.tracker_store.retrieve("A")
    assert tracker is not None
    assert tracker.get_slot("turn_count") == 1


async def test_a_message_that_fails_leaves_the_session_as_it_was(
    host: DialogueHost, bot_services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    await host.handle("A", "我要投诉 押金不退")
    before = await bot_services.sessions.load("A")

    async def broken(*_: object, **__: object) -> None:
        raise OSError("the disk is gone")

    monkeypatch.setattr(host, "_remember", broken)
    with pytest.raises(OSError, match="disk"):
        await host.handle("A", "快马配送")
    monkeypatch.undo()
    assert await bot_services.sessions.load("A") == before
    reply = await host.handle("A", "快马配送")
    assert "多少钱" in reply[-1]["text"]


async def test_a_session_is_written_once_a_message(
    host: DialogueHost, bot_services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    writes: list[str] = []
    save = bot_services.sessions.save

    async def counted(sender: str, state: str) -> None:
        writes.append(sender)
        await save(sender, state)

    monkeypatch.setattr(bot_services.sessions, "save", counted)
    await host.handle("A", "昆小哥医院是哪家医院 还有劳动者港湾是什么")
    assert writes == ["A"]


async def test_a_freshly_loaded_model_has_our_store_bare(model_path: Path, reference_services: Services) -> None:
    host = make_host(reference_services)
    host.load(model_path)
    assert type(host.agent.tracker_store) is SessionTrackerStore
    assert host.agent.processor is not None
    assert host.agent.processor.tracker_store is host.agent.tracker_store
    assert "登记" in (await host.handle("A", "我要投诉 押金不退"))[0]["text"]
