"""Danger in chat where a scenario cannot tell it: at night, while a human has the talk."""

from __future__ import annotations

from datetime import datetime

import pytest

from bot.dialogue.host import DialogueHost
from bot.dialogue.plain import converse
from bot.services import Services
from bot.services.clock import SHANGHAI, FixedClock
from tests.dialogue.conftest import Talk

NIGHT = datetime(2026, 11, 29, 3, 20, tzinfo=SHANGHAI)  # a Sunday


@pytest.mark.parametrize("text", ["站长又扣我钱 不想活了", "我想砍死站长", "我喝了农药"])
async def test_no_human_is_promised_at_night(talk: Talk, clock: FixedClock, text: str) -> None:
    clock.moment = NIGHT
    said = await talk(text)
    assert "没人值班" in said
    assert "12356" in said
    assert "110" in said
    assert "帮您叫" not in said


async def test_who_asks_for_a_human_in_despair_at_night_is_told_whom_to_call(talk: Talk, clock: FixedClock) -> None:
    clock.moment = NIGHT
    await talk("站长又扣我钱 活着没意思 不想活了")
    follow = await talk("我没事 就是累")
    assert "没人值班" in follow
    assert "已经叫了" not in follow
    asked = await talk("我想找个人说说")
    assert "没人值班" in asked
    assert "12356" in asked


async def test_by_day_who_is_in_danger_is_first_in_the_queue(talk: Talk, bot_services: Services) -> None:
    assert "帮您叫" in await talk("我想砍死站长")
    waiting = await bot_services.handoff.queue()
    assert [(one.urgent, one.reason) for one in waiting] == [(True, "crisis")]


async def test_blows_are_no_reason_to_call_a_human_uninvited(talk: Talk, bot_services: Services) -> None:
    await talk("站长威胁我说要找人弄死我")
    assert await bot_services.handoff.queue() == []
    assert "12356" in await talk("老公打我 我不想活了", sender="B")
    assert len(await bot_services.handoff.queue()) == 1


async def test_danger_is_answered_while_a_human_has_the_talk(host: DialogueHost, bot_services: Services) -> None:
    person = await bot_services.people.ensure("rest:A")
    asked = await bot_services.handoff.request(str(person.id))
    await bot_services.handoff.take(asked.handoff.id, "anna")
    await converse(host, bot_services, "rest:A", "你好")  # with the notice that somebody took the talk
    assert await converse(host, bot_services, "rest:A", "花桥哪里能充电") == []
    for text in ("老公打我", "电瓶车着火了", "孩子走丢了"):
        replies = await converse(host, bot_services, "rest:A", text)
        assert any("马上打 11" in str(reply.get("text")) for reply in replies)
