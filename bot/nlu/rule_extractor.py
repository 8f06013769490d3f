"""The rules of :mod:`bot.nlu.rules` as a Rasa component."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.language.workdays import SHANGHAI
from bot.nlu import keys
from bot.nlu.rules import find_entities

Clock = Callable[[], datetime]


def shanghai_now() -> datetime:
    """The time in Kunshan."""
    return datetime.now(SHANGHAI)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class RuleEntityExtractor(GraphComponent):  # type: ignore[misc]
    """Adds what the rules find to `found`; the resolver makes entities of it.

    Relative times are counted from the message's metadata key `now` (an aware ISO time) if it has one, so
    that a conversation can be replayed; else from the clock.
    """

    def __init__(self, clock: Clock = shanghai_now) -> None:
        self._clock = clock

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> RuleEntityExtractor:
        """It has no state but the clock."""
        return cls()

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Nothing later trains on what this finds."""
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Read each text."""
        for message in messages:
            text = message.get(TEXT)
            if text:
                found = find_entities(text, self._now(message))
                message.set(keys.FOUND, [*(message.get(keys.FOUND) or []), *found])
        return messages

    def _now(self, message: Message) -> datetime:
        given = (message.get("metadata") or {}).get("now")
        if isinstance(given, str):
            try:
                moment = datetime.fromisoformat(given)
            except ValueError:
                return self._clock()
            return moment.astimezone(SHANGHAI) if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)
        return self._clock()
