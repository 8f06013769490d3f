"""Payloads, seen as Rasa sees them: through the component and Rasa's own last node."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.nlu.classifiers.regex_message_handler import RegexMessageHandler
from rasa.shared.core.domain import Domain
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.payload import PayloadParser


@pytest.fixture
def parser(tmp_path: Path) -> PayloadParser:
    storage, resource = LocalModelStorage.create(tmp_path), Resource("payload")
    examples = [
        Message({"text": "驿站在哪", "intent": "find_station"}),
        Message({"text": "几点开", "intent": "station", "intent_response_key": "station/hours"}),
        Message({"text": "救命", "intent": "emergency"}),
    ]
    PayloadParser(storage, resource, frozenset()).train(TrainingData(examples))
    return PayloadParser.load({}, storage, resource, None)


def _parse(parser: PayloadParser, text: str) -> dict[str, Any]:
    messages = parser.process([Message({"text": text}, output_properties={"text"})])
    domain = Domain.from_yaml("intents: [find_station, station, emergency]\nentities: [place]")
    handled = RegexMessageHandler().process(messages, domain)
    return handled[0].as_dict(only_output_properties=True)


def test_plain_topic(parser: PayloadParser) -> None:
    parsed = _parse(parser, "/find_station")
    assert parsed["text"] == "/find_station"
    assert parsed["intent"] == {"name": "find_station", "confidence": 1.0}
    assert parsed["topic"] == "find_station"
    assert parsed["decision"] == "sure"
    assert parsed["entities"] == []


def test_retrieval_topic_fills_the_response_selector(parser: PayloadParser) -> None:
    parsed = _parse(parser, "/station/hours")
    assert parsed["intent"]["name"] == "station"
    assert parsed["topic"] == "station/hours"
    selected = parsed["response_selector"]["station"]["response"]
    assert selected["utter_action"] == "utter_station/hours"
    assert parsed["response_selector"]["all_retrieval_intents"] == ["station"]


def test_entities_of_the_payload(parser: PayloadParser) -> None:
    text = '/find_station{"place": "花桥", "service": ["charging", "toilet"]}'
    parsed = _parse(parser, text)
    found = [(entity["entity"], entity["value"]) for entity in parsed["entities"]]
    assert found == [("place", "花桥"), ("service", "charging"), ("service", "toilet")]
    entity = parsed["entities"][0]
    assert json.loads(text[entity["start"] : entity["end"]])["place"] == "花桥"


def test_safety_of_a_payload(parser: PayloadParser) -> None:
    assert _parse(parser, "/emergency")["safety"] == "emergency"
    assert "safety" not in _parse(parser, "/find_station")


@pytest.mark.parametrize(
    "text", ["/unheard_of", "/find_station{broken", "/find_station[1]", "/", "//// /x", "/你好", "/station"]
)
def test_other_texts_with_a_slash_are_texts(parser: PayloadParser, text: str) -> None:
    parsed = _parse(parser, text)
    assert parsed["text"] == text
    assert "topic" not in parsed
    assert "intent" not in parsed
