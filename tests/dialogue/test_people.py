"""A human, being remembered, being erased: in chat, with real actions and services."""

from __future__ import annotations

from datetime import datetime

from bot.dialogue.host import DialogueHost
from bot.services import Services
from bot.services.clock import SHANGHAI, FixedClock
from tests.dialogue.conftest import Talk
from tests.dialogue.test_dispute import PHONE, person_of, register


async def test_the_queue_in_office_hours(talk: Talk, bot_services: Services) -> None:
    said = await talk("/human_handoff")
    assert "排上人工" in said
    assert "12345" in said
    assert len(await bot_services.handoff.queue()) == 1
    assert "不排了" in await talk("不等人工了")
    assert await bot_services.handoff.queue() == []


async def test_the_queue_at_night(talk: Talk, clock: FixedClock) -> None:
    clock.moment = datetime(2026, 11, 27, 22, 0, tzinfo=SHANGHAI)
    said = await talk("/human_handoff")
    assert "11月30日（周一）09:00" in said
    assert "12345" in said


async def test_a_form_is_laid_aside_for_a_human(talk: Talk) -> None:
    await talk("/open_dispute")
    await talk('/inform{"dispute_type":"wages"}')
    await talk("/human_handoff")
    assert "接着办" in await talk("接着填")


async def test_consent_is_asked_once_and_then_the_phone_is_known(talk: Talk, bot_services: Services) -> None:
    await register(talk)  # asks after the ticket
    assert "记住了" in await talk("记住")
    assert (await person_of(bot_services)).phone == PHONE
    await talk("/open_dispute")
    await talk('/inform{"dispute_type":"dismissal"}')
    assert "137****5678" in await talk("绿鸟速运")


async def test_without_consent_nothing_is_remembered(talk: Talk, bot_services: Services) -> None:
    await register(talk)
    await talk("不用记")
    person = await person_of(bot_services)
    assert person.phone is None
    assert person.consent_at is None
    await register(talk, "dismissal", "绿鸟速运")
    assert (await person_of(bot_services)).phone is None


async def test_erasure_explains_asks_and_does_it(talk: Talk, host: DialogueHost, bot_services: Services) -> None:
    await register(talk)
    asked = await talk("/delete_my_data")
    assert "会留下" in asked
    assert "确定" in asked
    assert "都删好了" in await talk("/affirm")
    assert await bot_services.people.find("A") is None
    assert await bot_services.sessions.load("A") is None
    assert "还没有工单" in await talk("/dispute_status")


async def test_erasure_can_be_declined(talk: Talk, bot_services: Services) -> None:
    number = await register(talk)
    await talk("/delete_my_data")
    assert "没有删" in await talk("/deny")
    assert number in await talk("/dispute_status")


async def test_only_the_phone_can_be_forgotten(talk: Talk, bot_services: Services) -> None:
    number = await register(talk)
    await talk("记住")
    await talk("/delete_my_data")
    assert "都删了" in await talk("只删手机号和位置")
    assert (await person_of(bot_services)).phone is None
    assert number in await talk("/dispute_status")


async def test_staff_can_read_how_sure_the_bot_was(talk: Talk, bot_services: Services) -> None:
    await talk("站长拖欠工资八千五", sender="A")
    await talk("/help", sender="A")
    person = await bot_services.people.find("A")
    assert person is not None
    said, tapped = await bot_services.transcript.recent(person.id)
    assert (said.topic, said.decision) == ("open_dispute", "sure")
    assert tapped.decision is None
