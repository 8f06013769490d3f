"""Answers are edited by one person, approved by another, live everywhere, and can be taken back."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.knowledge.answers import answers
from bot.knowledge.hotlines import HOTLINES, unknown_numbers
from bot.services import Services, build_services
from bot.services.audit import Actor
from bot.services.errors import Invalid, NotFound, WrongState
from bot.services.knowledge import SamePerson, StaleEdit

ANN, BEN = Actor("ann-id", "ann"), Actor("ben-id", "ben")
TOPIC = "dispute/where"


def edited(text: str = "去最近的维权窗口，出门前先打 12345 问清地址和时间。", **changes: object):
    return replace(answers()[TOPIC], text=text, **changes)


async def approved(services: Services, answer, basis: int = 0) -> None:
    row = await services.knowledge.propose(answer, basis=basis, note="改短", actor=ANN)
    await services.knowledge.approve(row.id, actor=BEN)


async def test_every_answer_of_the_program_is_listed_with_its_facts(services: Services) -> None:
    entries = await services.knowledge.entries()
    assert {entry.topic for entry in entries} == set(answers())
    assert all(entry.answer.source and entry.answer.unit and entry.answer.owner for entry in entries)
    assert [entry.topic for entry in await services.knowledge.entries(search="蓝窗 装卸")] == ["freight/blue_window"]
    assert {entry.initiative for entry in await services.knowledge.entries(initiative=6)} == {6}


async def test_an_edit_is_live_only_once_another_person_approves(services: Services) -> None:
    row = await services.knowledge.propose(edited(), basis=0, note="改短", actor=ANN)
    assert (await services.knowledge.entry(TOPIC)).number == 0
    with pytest.raises(SamePerson):
        await services.knowledge.approve(row.id, actor=ANN)
    await services.knowledge.approve(row.id, actor=BEN, note="好")
    entry = await services.knowledge.entry(TOPIC)
    assert (entry.number, entry.pending) == (1, None)
    assert entry.answer.text.startswith("去最近的维权窗口")
    actions = [(one.action, one.staff_name) for one in await services.audit.search(object_kind="answer")]
    assert actions == [("answer.approve", "ben"), ("answer.propose", "ann")]


async def test_an_edit_over_a_changed_answer_is_refused(services: Services) -> None:
    first = await services.knowledge.propose(edited(), basis=0, note="", actor=ANN)
    with pytest.raises(WrongState):
        await services.knowledge.propose(edited("别人也在改这一条，先去窗口。"), basis=0, note="", actor=BEN)
    await services.knowledge.approve(first.id, actor=BEN)
    with pytest.raises(StaleEdit):
        await services.knowledge.propose(edited("看的是旧的那一版，写了新的。"), basis=0, note="", actor=ANN)
    with pytest.raises(WrongState):
        await services.knowledge.approve(first.id, actor=BEN)


async def test_two_approvals_at_once_make_one(services: Services) -> None:
    row = await services.knowledge.propose(edited(), basis=0, note="", actor=ANN)
    results = await asyncio.gather(
        *(services.knowledge.approve(row.id, actor=Actor(f"p{n}", f"p{n}")) for n in range(4)),
        return_exceptions=True,
    )
    assert sum(not isinstance(result, Exception) for result in results) == 1
    assert all(isinstance(result, WrongState) for result in results if isinstance(result, Exception))


async def test_a_rollback_is_an_edit_that_needs_approval(services: Services) -> None:
    await approved(services, edited())
    back = await services.knowledge.roll_back(TOPIC, 0, basis=1, note="", actor=BEN)
    assert back.number == 2
    assert back.note == "回到第 0 版"
    assert (await services.knowledge.entry(TOPIC)).number == 1
    await services.knowledge.approve(back.id, actor=ANN)
    assert (await services.knowledge.entry(TOPIC)).answer.text == answers()[TOPIC].text
    states = [(row.number, row.state) for row in await services.knowledge.history(TOPIC)]
    assert states == [(2, "approved"), (1, "superseded")]


async def test_an_own_waiting_edit_is_replaced_and_a_refusal_says_why(services: Services) -> None:
    await services.knowledge.propose(edited(), basis=0, note="", actor=ANN)
    second = await services.knowledge.propose(
        edited("再改一遍：先打 12345 问清楚再出门。"), basis=0, note="", actor=ANN
    )
    assert [row.state for row in await services.knowledge.history(TOPIC)] == ["pending", "superseded"]
    with pytest.raises(Invalid):
        await services.knowledge.reject(second.id, actor=BEN, note=" ")
    refused = await services.knowledge.reject(second.id, actor=BEN, note="少了仲裁的时限")
    assert (refused.state, refused.decision) == ("rejected", "少了仲裁的时限")
    assert await services.knowledge.waiting() == []


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("text", {"text": "窗口电话 0512-57551234，上班时间都有人接。"}),
        ("text", {"text": "有事打站长手机 13812345678，他会帮您办。"}),
        ("text", {"text": "请打银行客服 95533 问清楚再过去办理。"}),
        ("text", {"text": "太短"}),
        ("text", {"text": "长" * 601}),
        ("source", {"source": " "}),
        ("owner", {"owner": ""}),
        ("review", {"review": date(2026, 11, 25)}),
        ("buttons", {"buttons": (("去哪", "/nowhere"),)}),
        ("buttons", {"buttons": (("点", "https://example.com"),)}),
        ("buttons", {"buttons": (("按钮上的字太长了放不下去的", "/find_station"),)}),
    ],
)
async def test_what_may_not_go_live(services: Services, field: str, changes: dict[str, object]) -> None:
    text = {"text": "去最近的维权窗口，出门前先打 12345 问清。"}
    with pytest.raises(Invalid) as caught:
        await services.knowledge.propose(replace(answers()[TOPIC], **(text | changes)), basis=0, note="", actor=ANN)
    assert caught.value.field == field


async def test_unchanged_or_unknown_is_no_edit(services: Services) -> None:
    with pytest.raises(Invalid):
        await services.knowledge.propose(answers()[TOPIC], basis=0, note="", actor=ANN)
    with pytest.raises(NotFound):
        await services.knowledge.propose(replace(edited(), topic="dispute/nothing"), basis=0, note="", actor=ANN)
    with pytest.raises(NotFound):
        await services.knowledge.approve("nothing", actor=BEN)


async def test_answers_come_up_for_review(services: Services, clock) -> None:
    assert await services.knowledge.overdue() == []
    await approved(services, edited(review=date(2026, 12, 1)))
    clock.advance(timedelta(days=6))
    assert [entry.topic for entry in await services.knowledge.overdue()] == [TOPIC]
    clock.advance(timedelta(days=365))
    assert len(await services.knowledge.overdue()) == len(answers())


async def test_another_process_sees_the_approved_edit(services: Services, clock) -> None:
    other = build_services(services.db, clock)
    before = await other.knowledge.counter()
    assert (await other.knowledge.entry(TOPIC)).number == 0
    await approved(services, edited())
    assert await other.knowledge.counter() != before
    assert (await other.knowledge.entry(TOPIC)).number == 1


def test_the_answers_of_the_program_name_public_hotlines_only() -> None:
    assert {topic: found for topic, one in answers().items() if (found := unknown_numbers(one.text))} == {}
    assert unknown_numbers("110 120 122 都行，2026-11-24 起；10000元，100份，第127条") == []
    assert unknown_numbers("12306 和 114，400-820-8820，0512 5755 1234") == [
        "12306",
        "114",
        "400-820-8820",
        "0512 5755 1234",
    ]
    assert all(number.isdigit() for number in HOTLINES)
