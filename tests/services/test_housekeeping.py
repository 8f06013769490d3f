"""Housekeeping: idle talks go back to the bot, old deliveries go, one failing job does not stop the others."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from bot.services import Services
from bot.services.clock import FixedClock
from bot.services.handoff import IDLE
from bot.services.housekeeping import keep_house, keep_house_for_ever


async def test_a_round(services: Services, clock: FixedClock) -> None:
    person = (await services.people.ensure("u")).id
    asked = await services.handoff.request(person)
    await services.handoff.take(asked.handoff.id, "li")
    await services.inbox.begin("old")
    await services.inbox.finish("old", "好")
    clock.advance(IDLE + timedelta(days=2))
    assert await keep_house(services) == []
    assert await services.handoff.current(person) is None
    assert (await services.inbox.begin("old")).is_new, "the old delivery is forgotten"


async def test_a_failing_job_does_not_stop_the_others(
    services: Services, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken() -> None:
        raise ConnectionError("database away")

    monkeypatch.setattr(services.hospital, "tick", broken)
    person = (await services.people.ensure("u")).id
    asked = await services.handoff.request(person)
    await services.handoff.take(asked.handoff.id, "li")
    clock.advance(IDLE + timedelta(minutes=1))
    assert await keep_house(services) == ["hospital offers"]
    assert await services.handoff.current(person) is None


async def test_it_goes_on_until_cancelled(services: Services, clock: FixedClock) -> None:
    task = asyncio.create_task(keep_house_for_ever(services, pause=0.01))
    await services.inbox.begin("old")
    await services.inbox.finish("old", "好")
    clock.advance(timedelta(days=2))
    for _ in range(500):
        if (await services.inbox.begin("old")).is_new:
            break
        await asyncio.sleep(0.02)
    else:
        pytest.fail("no round was made")
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
