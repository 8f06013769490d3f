"""The transcript keeps what was said, never numbers that expose or rob a person."""

from __future__ import annotations

from bot.services import Services
from bot.services.transcript import TEXT_LIMIT


async def _record(services: Services, text: str, reply: str = "好") -> None:
    await services.transcript.record(
        sender="wx:o1", text=text, topic="inform", confidence=0.9, reply=reply, milliseconds=12.5
    )


async def test_cards_phones_and_identity_numbers_are_masked(services: Services) -> None:
    await _record(
        services,
        "卡 6222021234567890128 手机13812345678 身份证11010519491231002X",
        "收到 13812345678",
    )
    person = await services.people.ensure("wx:o1")
    (turn,) = await services.transcript.recent(person.id)
    for secret in ("6222021234567890128", "13812345678", "11010519491231002X"):
        assert secret not in turn.text + turn.reply
    assert "138****5678" in turn.text


async def test_the_last_turns_oldest_first(services: Services) -> None:
    for n in range(25):
        await _record(services, f"第{n}句")
    person = await services.people.ensure("wx:o1")
    turns = await services.transcript.recent(person.id, limit=3)
    assert [turn.text for turn in turns] == ["第22句", "第23句", "第24句"]


async def test_hostile_texts_are_kept_short_and_clean(services: Services) -> None:
    await _record(services, "\x00" + "长" * 50_000)
    person = await services.people.ensure("wx:o1")
    (turn,) = await services.transcript.recent(person.id)
    assert len(turn.text) == TEXT_LIMIT
    assert "\x00" not in turn.text
