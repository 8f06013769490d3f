"""Channels that cannot push: notices come with the next reply, a human's talk is theirs, safety is answered."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.dialogue.plain import converse
from bot.services import Services, outbox
from bot.services.clock import FixedClock

SENDER = "rest:A"


class Echo:
    """Stands for the dialogue host: answers with what it heard."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    async def handle(
        self, sender: str, text: str, *, metadata: dict[str, Any] | None = None, key: str | None = None
    ) -> list[dict[str, Any]]:
        self.heard.append(text)
        return [{"text": f"答：{text}"}]

    async def parse(self, text: str) -> dict[str, Any]:
        return {"topic": "emergency" if "救命" in text else "inform"}


@pytest.fixture
def echo() -> Echo:
    return Echo()


async def _say(echo: Echo, services: Services, text: str, **metadata: Any) -> list[str]:
    replies = await converse(echo, services, SENDER, text, metadata=metadata)
    return [reply["text"] for reply in replies]


async def test_nobody_known_is_no_obstacle(echo: Echo, services: Services) -> None:
    assert await _say(echo, services, "你好") == ["答：你好"]
    assert await services.people.find(SENDER) is None


async def test_a_notice_is_shown_once_and_not_before_it_is_due(
    echo: Echo, services: Services, clock: FixedClock
) -> None:
    person = (await services.people.ensure(SENDER)).id
    async with services.db.write() as session:
        due = clock.now() + timedelta(hours=1)
        await outbox.enqueue(session, person_id=person, text="窗口回复了", key="n", due=due)
    assert await _say(echo, services, "一") == ["答：一"]
    clock.advance(timedelta(hours=2))
    assert await _say(echo, services, "二") == ["窗口回复了", "答：二"]
    assert await _say(echo, services, "三") == ["答：三"]


async def test_status_changes_of_a_ticket_arrive_with_their_buttons(echo: Echo, services: Services) -> None:
    person = (await services.people.ensure(SENDER)).id
    ticket = await services.disputes.open(person_id=person, dispute_type="wages", employer="甲", phone="13800138000")
    await services.dispute_desk.assign(ticket.number, "li", to="li")
    first, second = await converse(echo, services, SENDER, "在吗")
    assert ticket.number in first["text"]
    assert {"title": "查进度", "payload": "/dispute_status"} in first["buttons"]
    assert second == {"text": "答：在吗"}


async def test_the_bot_is_silent_while_a_human_has_the_talk(echo: Echo, services: Services) -> None:
    person = (await services.people.ensure(SENDER)).id
    asked = await services.handoff.request(person, text="帮我")
    assert await _say(echo, services, "还没人") == ["答：还没人"], "waiting: the bot goes on"
    await services.handoff.take(asked.handoff.id, "li")
    assert await _say(echo, services, "我在") == ["【人工】工作人员接上了，您直接说。这期间机器人不插话。"]
    await services.handoff.say(asked.handoff.id, "li", "您好，我看一下")
    assert await _say(echo, services, "看图", image_url="/media/p/x.jpg") == ["【人工】您好，我看一下"]
    said = [message.text for message in await services.handoff.messages(asked.handoff.id)]
    assert "我在" in said
    assert "看图 （图片）/media/p/x.jpg" in said
    assert echo.heard == ["还没人"]
    await services.handoff.close(asked.handoff.id)
    assert (await _say(echo, services, "谢谢"))[-1] == "答：谢谢"


async def test_an_emergency_is_answered_even_then(echo: Echo, services: Services) -> None:
    person = (await services.people.ensure(SENDER)).id
    asked = await services.handoff.request(person)
    await services.handoff.take(asked.handoff.id, "li")
    assert (await _say(echo, services, "救命 撞车了"))[-1] == "答：救命 撞车了"
    said = [message.text for message in await services.handoff.messages(asked.handoff.id)]
    assert "救命 撞车了" in said, "the human sees it too"
