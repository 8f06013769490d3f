"""The inbox: one of many deliveries works, all get its reply, a dead worker's message is taken over."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from bot.services.clock import FixedClock
from bot.services.inbox import LEASE, InboxService
from bot.storage.base import Database


async def test_one_of_many_concurrent_deliveries_wins(db: Database, clock: FixedClock) -> None:
    inbox = InboxService(db, clock)
    begun = await asyncio.gather(*(inbox.begin("wx:1") for _ in range(50)))
    assert [b.is_new for b in begun].count(True) == 1
    assert all(b.in_work and b.reply is None for b in begun)


async def test_later_deliveries_get_the_stored_reply(db: Database, clock: FixedClock) -> None:
    inbox = InboxService(db, clock)
    await inbox.begin("wx:1")
    await inbox.finish("wx:1", "<xml>一</xml>")
    await inbox.finish("wx:1", "<xml>二</xml>")
    again = await inbox.begin("wx:1")
    assert (again.is_new, again.reply, again.in_work) == (False, "<xml>一</xml>", False)


async def test_wait_gets_the_reply_of_the_worker(db: Database, clock: FixedClock) -> None:
    inbox = InboxService(db, clock)
    await inbox.begin("wx:1")
    waiting = asyncio.create_task(inbox.wait("wx:1", 3))
    await asyncio.sleep(0.05)
    await inbox.finish("wx:1", "好")
    assert await waiting == "好"


async def test_wait_gives_up_in_time(db: Database, clock: FixedClock) -> None:
    inbox = InboxService(db, clock)
    await inbox.begin("wx:1")
    assert await inbox.wait("wx:1", 0.05) is None
    assert await inbox.wait("never seen", 3) is None


async def test_a_dead_workers_message_is_taken_over_once(db: Database, clock: FixedClock) -> None:
    inbox = InboxService(db, clock)
    await inbox.begin("wx:1")
    clock.advance(LEASE + timedelta(seconds=1))
    begun = await asyncio.gather(*(inbox.begin("wx:1") for _ in range(10)))
    assert [b.is_new for b in begun].count(True) == 1


async def test_old_messages_expire(db: Database, clock: FixedClock) -> None:
    inbox = InboxService(db, clock)
    await inbox.begin("wx:old")
    clock.advance(timedelta(days=1, seconds=1))
    await inbox.begin("wx:fresh")
    assert await inbox.expire() == 1
    assert (await inbox.begin("wx:old")).is_new
    assert not (await inbox.begin("wx:fresh")).is_new


@pytest.mark.parametrize("key", ["", "x" * 201])
async def test_keys_that_cannot_be_kept_apart_are_refused(db: Database, clock: FixedClock, key: str) -> None:
    with pytest.raises(ValueError, match="inbox key"):
        await InboxService(db, clock).begin(key)
