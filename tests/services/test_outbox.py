"""The outbox: with the caller's transaction, once a key, one worker a row, pauses that grow, nothing stuck."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.services import Services, outbox
from bot.services.clock import FixedClock
from bot.services.outbox import LEASE, MOST_ATTEMPTS, PAUSES
from bot.storage.outbox import OutboxMessage


async def _person(services: Services, sender: str = "u") -> str:
    return (await services.people.ensure(sender)).id


async def _put(services: Services, person: str | None, key: str, **more: Any) -> None:
    async with services.db.write() as session:
        more.setdefault("due", services.clock.now())
        await outbox.enqueue(session, person_id=person, text=f"文 {key}", key=key, **more)


async def _row(services: Services, key: str) -> OutboxMessage:
    async with services.db.read() as session:
        return (await session.scalars(select(OutboxMessage).where(OutboxMessage.key == key))).one()


async def test_a_key_is_written_once_also_by_a_crowd(services: Services) -> None:
    person = await _person(services)
    await asyncio.gather(*(_put(services, person, "k") for _ in range(20)))
    assert (await services.outbox.counts()) == {"waiting": 1}


async def test_it_is_written_with_the_transaction_or_not_at_all(services: Services) -> None:
    person = await _person(services)

    async def fail() -> None:
        async with services.db.write() as session:
            await outbox.enqueue(session, person_id=person, text="文", key="k", due=services.clock.now())
            raise ValueError("something later went wrong")

    with pytest.raises(ValueError, match="later"):
        await fail()
    assert await services.outbox.counts() == {}


async def test_to_nobody_is_dropped(services: Services) -> None:
    await _put(services, None, "k")
    assert await services.outbox.counts() == {}


async def test_each_row_is_claimed_by_one_worker(services: Services) -> None:
    person = await _person(services)
    for n in range(30):
        await _put(services, person, f"k{n}", buttons=[("好", "/affirm")])
    claimed = await asyncio.gather(*(services.outbox.claim(7) for _ in range(8)))
    rows = [row for some in claimed for row in some]
    assert len(rows) == len({row.key for row in rows}) == 30
    assert all(row.buttons == [["好", "/affirm"]] for row in rows)


async def test_what_is_not_due_waits(services: Services, clock: FixedClock) -> None:
    person = await _person(services)
    await _put(services, person, "later", due=clock.now() + timedelta(hours=1))
    assert await services.outbox.claim() == []
    assert await services.outbox.take_due(person) == []
    clock.advance(timedelta(hours=1))
    assert [row.key for row in await services.outbox.claim()] == ["later"]


async def test_a_dead_workers_row_is_taken_over(services: Services, clock: FixedClock) -> None:
    await _put(services, await _person(services), "k")
    await services.outbox.claim()
    clock.advance(LEASE - timedelta(seconds=1))
    assert await services.outbox.claim() == []
    clock.advance(timedelta(seconds=2))
    assert [row.attempts for row in await services.outbox.claim()] == [2]


async def test_pauses_grow_and_then_it_is_given_up(services: Services, clock: FixedClock) -> None:
    await _put(services, await _person(services), "k")
    pauses: list[float] = []
    for _ in range(MOST_ATTEMPTS):
        (row,) = await services.outbox.claim()
        await services.outbox.mark_failed(row.id, "45015 window closed" + "x" * 500)
        kept = await _row(services, "k")
        assert len(kept.last_error or "") <= 200
        if kept.state == "dead":
            break
        pauses.append((kept.due - clock.now()).total_seconds())
        clock.moment = kept.due
    assert pauses == list(PAUSES)
    assert (await _row(services, "k")).state == "dead"
    clock.advance(timedelta(days=30))
    assert await services.outbox.claim() == []


async def test_a_window_can_say_when_to_try_again(services: Services, clock: FixedClock) -> None:
    await _put(services, await _person(services), "k")
    (row,) = await services.outbox.claim()
    when = clock.now() + timedelta(hours=5)
    await services.outbox.mark_failed(row.id, "45009 quota", retry_at=when)
    assert (await _row(services, "k")).due == when


async def test_kept_messages_are_shown_once(services: Services) -> None:
    person, other = await _person(services), await _person(services, "other")
    for n in range(5):
        await _put(services, person, f"k{n}")
    for row in await services.outbox.claim():
        await services.outbox.keep(row.id, "no permission")
    assert await services.outbox.take_kept(other) == []
    assert [row.key for row in await services.outbox.take_kept(person)] == ["k0", "k1", "k2"]
    assert [row.key for row in await services.outbox.take_due(person)] == ["k3", "k4"]
    assert await services.outbox.take_kept(person) == []


async def test_sent_and_withdrawn_are_not_sent_again(services: Services, clock: FixedClock) -> None:
    person = await _person(services)
    await _put(services, person, "sent")
    await _put(services, person, "taken back", due=clock.now() + timedelta(days=1))
    (row,) = await services.outbox.claim()
    await services.outbox.mark_sent(row.id)
    async with services.db.write() as session:
        await outbox.withdraw(session, "taken back")
        await outbox.withdraw(session, "sent")
    clock.advance(timedelta(days=2))
    assert await services.outbox.claim() == []
    assert await services.outbox.counts() == {"sent": 1, "withdrawn": 1}


async def test_two_takers_of_due_messages_show_each_once(services: Services) -> None:
    person = await _person(services)
    for n in range(3):
        await _put(services, person, f"k{n}")
    shown = await asyncio.gather(*(services.outbox.take_due(person) for _ in range(5)))
    keys = [row.key for rows in shown for row in rows]
    assert sorted(keys) == ["k0", "k1", "k2"]
