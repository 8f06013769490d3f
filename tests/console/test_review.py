"""What the bot did badly on comes up for review, without personal data, and goes back into the training data."""

from __future__ import annotations

from datetime import timedelta

import pytest
import yaml

from bot.services import Services
from bot.services.audit import Actor
from bot.services.errors import Invalid, NotFound, WrongState
from bot.services.review import STAND_IN, anonymous, as_training_data, clusters

ANN = Actor("ann-id", "ann")


async def turn(services: Services, text: str, topic: str, **more: object) -> None:
    values = {"sender": "wx:o1", "confidence": 0.4, "reply": "好", "milliseconds": 9.0} | more
    await services.transcript.record(text=text, topic=topic, **values)


async def open_texts(services: Services) -> list[tuple[str, str, str]]:
    return [(item.text, item.reason, item.guess) for item in await services.review.open()]


async def test_what_was_not_understood_comes_up(services: Services) -> None:
    await turn(services, "蓝窗能停油车不", "freight/blue_window", confidence=0.9)
    await turn(services, "那个窗咋整", "nlu_fallback", guess="freight/blue_window")
    await turn(services, "给我买张火车票", "out_of_scope", confidence=0.6)
    await turn(services, "给我订外卖", "out_of_scope", confidence=0.95)
    assert sorted(await open_texts(services)) == [
        ("给我买张火车票", "low_confidence", "out_of_scope"),
        ("那个窗咋整", "low_confidence", "freight/blue_window"),
    ]


async def test_answers_to_a_forms_questions_and_taps_do_not(services: Services) -> None:
    await turn(services, "昆山某某劳务公司的张三", "nlu_fallback", in_form=True)
    await turn(services, "/find_station", "nlu_fallback")
    assert await open_texts(services) == []


async def test_a_complaint_puts_up_the_turn_before_it(services: Services, clock) -> None:
    await turn(services, "押金咋退", "dispute/one_window", confidence=0.9)
    await turn(services, "别人的话", "station/hours", sender="wx:o2", confidence=0.9)
    await turn(services, "答得不对", "bot_feedback", confidence=0.9)
    assert await open_texts(services) == [("押金咋退", "disliked", "dispute/one_window")]
    await turn(services, "几点开门", "station/hours", confidence=0.9)
    clock.advance(timedelta(hours=2))
    await turn(services, "你不行", "bot_feedback", confidence=0.9)
    assert len(await open_texts(services)) == 1


async def test_an_unsure_turn_that_was_complained_about_is_one_item(services: Services) -> None:
    await turn(services, "那个窗咋整", "nlu_fallback", guess="freight/blue_window")
    await turn(services, "答非所问", "bot_feedback")
    assert await open_texts(services) == [("那个窗咋整", "disliked", "freight/blue_window")]


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("我叫王强 电话13912340587 查年卡", "我叫某某 电话139****0587 查年卡"),
        ("张师傅说要押金，李经理不退", "某师傅说要押金，某经理不退"),
        ("工号 88123456 查一下", "工号 ******** 查一下"),
        ("身份证11010519491231002X", "身份证110***********002X"),
        ("花桥站\n几点开门\x00", "花桥站 几点开门"),
    ],
)
def test_personal_data_are_taken_out(said: str, kept: str) -> None:
    assert anonymous(said) == kept


async def test_a_seat_records_what_had_no_answer(services: Services) -> None:
    item = await services.review.record_no_answer("  有没有夜间的驿站，我是李明 ", ANN)
    assert (item.text, item.reason, item.recorded_by) == ("有没有夜间的驿站，我是某某", "no_answer", "ann")
    with pytest.raises(Invalid):
        await services.review.record_no_answer("  ", ANN)


async def test_one_decision_for_all_of_a_kind(services: Services) -> None:
    for text in ("那个蓝窗能停油车吗", "蓝窗能停油车不", "蓝窗油车能停么", "健康证丢了补一张", "健康证丢了怎么补"):
        await services.review.record_no_answer(text, ANN)
    found = clusters(await services.review.open())
    assert [len(cluster.items) for cluster in found] == [3, 2]
    ids = [item.id for item in found[0].items]
    assert await services.review.label(ids, "freight/blue_window", actor=ANN) == 3
    assert {item.topic for item in await services.review.labelled()} == {"freight/blue_window"}
    assert await services.review.counts() == {"labelled": 3, "open": 2}
    await services.review.reopen(ids[:1], actor=ANN)
    await services.review.dismiss(ids[1:2], actor=ANN)
    assert await services.review.counts() == {"labelled": 1, "open": 3, "dismissed": 1}


async def test_decisions_about_nothing_are_refused(services: Services) -> None:
    item = await services.review.record_no_answer("蓝窗能停油车不", ANN)
    with pytest.raises(Invalid):
        await services.review.label([item.id], "freight/no_such", actor=ANN)
    with pytest.raises(NotFound):
        await services.review.label([item.id, "another"], "freight/blue_window", actor=ANN)
    await services.review.label([item.id], "freight/blue_window", actor=ANN)
    await services.review.mark_exported([item.id], actor=ANN)
    with pytest.raises(WrongState):
        await services.review.label([item.id], "freight/passage", actor=ANN)


async def test_erasure_takes_a_persons_questions_along(services: Services) -> None:
    await turn(services, "那个窗咋整", "nlu_fallback")
    await turn(services, "另一个人的话", "nlu_fallback", sender="wx:o2")
    person = await services.people.ensure("wx:o1")
    await services.people.erase(person.id)
    assert [text for text, _, _ in await open_texts(services)] == ["另一个人的话"]


def test_the_export_is_training_data_whatever_was_typed() -> None:
    pairs = [
        ("freight/blue_window", "蓝窗 [能](停) {油车} 不"),
        ("freight/blue_window", "蓝窗 [能](停) {油车} 不"),
        ("check_tour_card", "电话139****0587 查年卡"),
        ("station/hours", "- 几点: 开门 # 吗\t\u202e'\""),
        ("station/hours", "  "),
    ]
    loaded = yaml.safe_load(as_training_data(pairs))
    assert loaded["version"] == "3.1"
    blocks = {block["intent"]: block["examples"].splitlines() for block in loaded["nlu"]}
    assert blocks == {
        "station/hours": ["- - 几点: 开门 # 吗 '\""],
        "freight/blue_window": ["- 蓝窗 ［能］（停） ｛油车｝ 不"],
        "check_tour_card": [f"- 电话[{STAND_IN}](phone) 查年卡"],
    }
    assert yaml.safe_load(as_training_data([])) == {"version": "3.1", "nlu": []}
