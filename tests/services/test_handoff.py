"""Handing over to a human: one open talk a person, urgent first, silence of the bot, office hours."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest

from bot.services import Services
from bot.services.clock import SHANGHAI, FixedClock
from bot.services.errors import WrongState
from bot.services.handoff import IDLE


async def _person(services: Services, name: str = "wx:a") -> str:
    return (await services.people.ensure(name)).id


async def test_a_person_waits_once(services: Services) -> None:
    person = await _person(services)
    asked = await asyncio.gather(*(services.handoff.request(person, text="转人工", key=f"wx:{n}") for n in range(10)))
    assert len({a.handoff.id for a in asked}) == 1
    assert len(await services.handoff.queue()) == 1


async def test_who_is_in_danger_comes_first(services: Services) -> None:
    for name in ("wx:a", "wx:b"):
        await services.handoff.request(await _person(services, name))
    urgent = await services.handoff.request(await _person(services, "wx:c"), reason="crisis")
    assert urgent.ahead == 0
    assert [t.reason for t in await services.handoff.queue()] == ["crisis", "asked", "asked"]
    late = await services.handoff.request(await _person(services, "wx:d"))
    assert late.ahead == 3


async def test_waiting_can_become_urgent(services: Services) -> None:
    person = await _person(services)
    await services.handoff.request(person)
    await services.handoff.request(person, reason="crisis")
    (talk,) = await services.handoff.queue()
    assert talk.urgent


async def test_office_hours(services: Services, clock: FixedClock) -> None:
    person = await _person(services)
    assert (await services.handoff.request(person)).open_now
    clock.moment = datetime(2026, 11, 27, 20, 0, tzinfo=SHANGHAI)  # Friday evening
    closed = await services.handoff.request(person)
    assert not closed.open_now
    assert closed.next_open == datetime(2026, 11, 30, 9, 0, tzinfo=SHANGHAI)


async def test_the_bot_is_silent_while_a_human_talks(services: Services, clock: FixedClock) -> None:
    person = await _person(services)
    talk = (await services.handoff.request(person)).handoff
    assert not await services.handoff.is_silent(person)
    await services.handoff.take(talk.id, "李")
    assert await services.handoff.is_silent(person)
    with pytest.raises(WrongState):
        await services.handoff.take(talk.id, "王")
    with pytest.raises(WrongState):
        await services.handoff.say(talk.id, "王", "您好")
    await services.handoff.say(talk.id, "李", "您好")
    await services.handoff.hear(person, "我的号13712345678", key="wx:9")
    await services.handoff.hear(person, "我的号13712345678", key="wx:9")
    said = await services.handoff.messages(talk.id)
    assert [m.actor for m in said] == ["staff", "person"]
    assert "13712345678" not in said[1].text
    await services.handoff.close(talk.id)
    await services.handoff.close(talk.id)
    assert not await services.handoff.is_silent(person)
    assert len(await services.outbox.claim()) == 3  # taken, said, closed


async def test_a_talk_left_alone_goes_back_to_the_bot(services: Services, clock: FixedClock) -> None:
    person = await _person(services)
    talk = (await services.handoff.request(person)).handoff
    await services.handoff.take(talk.id, "李")
    clock.advance(IDLE + timedelta(seconds=1))
    assert not await services.handoff.is_silent(person)
    assert await services.handoff.close_idle() == 1
    assert await services.handoff.current(person) is None


async def test_the_person_can_leave(services: Services) -> None:
    person = await _person(services)
    await services.handoff.request(person)
    assert await services.handoff.leave(person)
    assert not await services.handoff.leave(person)
    assert await services.handoff.hear(person, "在吗") is None


async def test_the_same_words_of_a_form_are_said_once(services: Services) -> None:
    person = await _person(services)
    talk = (await services.handoff.request(person)).handoff
    await services.handoff.take(talk.id, "li")
    await asyncio.gather(*(services.handoff.say(talk.id, "li", "在的", key="desk:1") for _ in range(5)))
    await services.handoff.say(talk.id, "li", "在的", key="desk:2")  # said again on purpose
    assert [m.text for m in await services.handoff.messages(talk.id)] == ["在的", "在的"]


async def test_who_has_the_talk_ends_it(services: Services) -> None:
    person = await _person(services)
    talk = (await services.handoff.request(person)).handoff
    await services.handoff.take(talk.id, "li")
    with pytest.raises(WrongState):
        await services.handoff.close(talk.id, staff="wang")
    assert (await services.handoff.close(talk.id, staff="li")).state == "closed"
    assert (await services.handoff.close(talk.id, staff="wang")).state == "closed"  # over is over
    assert [t.id for t in await services.handoff.ended("li")] == [talk.id]
    assert await services.handoff.ended("wang") == []
