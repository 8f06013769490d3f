"""The whole pipeline on a trained model: what the dialogue and `/model/parse` rely on."""

from __future__ import annotations

import pytest

from tests.nlu.conftest import Parse


def test_retrieval_topic_as_rasa_users_expect(parse: Parse) -> None:
    parsed = parse("驿站晚上几点关门")
    assert parsed["topic"] == "station/hours"
    assert parsed["intent"]["name"] == "station"
    assert parsed["response_selector"]["station"]["response"]["utter_action"] == "utter_station/hours"
    assert parsed["topic_ranking"][0]["name"] == "station/hours"
    assert parsed["intent_ranking"][0]["name"] == "station"
    assert parsed["decision"] == "sure"


def test_entities_point_at_the_surface(parse: Parse) -> None:
    text = "花橋附近哪裡能熱飯"
    parsed = parse(text)
    assert parsed["topic"] == "find_station"
    surfaces = {entity["entity"]: text[entity["start"] : entity["end"]] for entity in parsed["entities"]}
    assert surfaces == {"place": "花橋", "service": "熱飯"}


@pytest.mark.parametrize(
    ("text", "safety"),
    [
        ("我不想活了，活着没意思", "crisis"),
        ("快来人啊有人被车撞了流了好多血", "emergency"),
        ("急诊绿色通道怎么走", None),
        ("累死了今天", None),
    ],
)
def test_safety(parse: Parse, text: str, safety: str | None) -> None:
    parsed = parse(text)
    assert parsed.get("safety") == safety
    assert (parsed["topic"] in ("crisis", "emergency")) == (safety is not None)
    if safety:
        assert parsed["topic"] == safety
        assert parsed["intent"]["confidence"] > 0.9


def test_two_matters(parse: Parse) -> None:
    parsed = parse("优享卡看电影打几折 学堂学费补几成")
    assert [matter["topic"] for matter in parsed["matters"]] == ["culture/discount_card", "school/subsidy_rule"]


def test_payload(parse: Parse) -> None:
    parsed = parse('/find_station{"place":"花桥"}')
    assert parsed["topic"] == "find_station"
    assert [(entity["entity"], entity["value"]) for entity in parsed["entities"]] == [("place", "花桥")]


def test_nothing_to_read(parse: Parse) -> None:
    parsed = parse("   ")
    assert parsed["intent"] == {"name": None, "confidence": 0.0}
    assert parsed["entities"] == []
