"""Button and menu payloads: "/topic" or "/topic{json of entities}" stand for themselves.

Rasa's last node reads every text that begins with "/" once more, knows plain intents only, and drops what
the pipeline found. A payload message therefore hides its text from all later nodes; what is output does not
change, for output is taken from the message's data.
"""

from __future__ import annotations

import json
import re
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu import keys
from bot.nlu.output import set_topic

_PAYLOAD = re.compile(r"\s*/([a-z_]+(?:/[a-z_]+)?)\s*(\{.*\})?\s*", re.DOTALL)
_LEADING = re.compile(r"^[\s/]+")
_FILE = "topics.json"


class PayloadMessage(Message):  # type: ignore[misc]
    """A message whose later readers see `seen` in place of its text."""

    def __init__(self, message: Message, seen: str) -> None:
        super().__init__(message.data, message.output_properties, message.time, message.features)
        self._seen = seen

    def get(self, prop: str, default: Any = None) -> Any:
        """What the message holds under `prop`; of the text only what is to be seen."""
        return self._seen if prop == TEXT else super().get(prop, default)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class PayloadParser(GraphComponent):  # type: ignore[misc]
    """Reads payloads whose topic occurs in the training data. Stands first in the pipeline."""

    def __init__(self, storage: ModelStorage, resource: Resource, topics: frozenset[str]) -> None:
        self._storage = storage
        self._resource = resource
        self._topics = topics

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> PayloadParser:
        """An untrained one, for training."""
        return cls(model_storage, resource, frozenset())

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> PayloadParser:
        """The trained one, from the model."""
        with model_storage.read_from(resource) as folder:
            topics = json.loads((folder / _FILE).read_text(encoding="utf-8"))
        return cls(model_storage, resource, frozenset(topics))

    def train(self, training_data: TrainingData) -> Resource:
        """Remember which topics there are."""
        self._topics = frozenset(example.get_full_intent() for example in training_data.intent_examples)
        with self._storage.write_to(self._resource) as folder:
            (folder / _FILE).write_text(json.dumps(sorted(self._topics)), encoding="utf-8")
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Training examples are no payloads."""
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Fill topic and entities of payloads; of other texts hide a leading slash from Rasa's last node."""
        return [self._read(message) for message in messages]

    def _read(self, message: Message) -> Message:
        text: str = message.get(TEXT) or ""
        if not text.lstrip().startswith("/"):
            return message
        match = _PAYLOAD.fullmatch(text)
        entities = _entities(text, match.group(2), match.start(2)) if match else None
        if match is None or entities is None or match.group(1) not in self._topics:
            rest = _LEADING.sub("", text)
            return PayloadMessage(message, " " * (len(text) - len(rest)) + rest)
        topic = match.group(1)
        payload = PayloadMessage(message, "")
        set_topic(payload, [(topic, 1.0)], sorted(self._topics))
        payload.set(ENTITIES, entities, add_to_output=True)
        payload.set(keys.DECISION, "sure", add_to_output=True)
        payload.set(keys.CHOICES, [], add_to_output=True)
        payload.set(
            keys.MATTERS,
            [{"text": text, "start": 0, "end": len(text), "topic": topic, "confidence": 1.0}],
            add_to_output=True,
        )
        safety = topic if topic in ("emergency", "crisis") else None
        payload.set(keys.SAFETY, safety, add_to_output=True)
        return payload


def _entities(text: str, written: str | None, start: int) -> list[dict[str, Any]] | None:
    """The entities of a payload's JSON; None when it is no JSON object."""
    if written is None:
        return []
    try:
        given = json.loads(written)
    except (ValueError, RecursionError):
        return None
    if not isinstance(given, dict):
        return None
    return [
        {
            "entity": entity,
            "value": value,
            "start": start,
            "end": start + len(written),
            "extractor": "PayloadParser",
            "confidence": 1.0,
        }
        for entity, values in given.items()
        for value in (values if isinstance(values, list) else [values])
    ]
