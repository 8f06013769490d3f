"""Decision and matters as Rasa components: :mod:`bot.nlu.decision`, :mod:`bot.nlu.matters`."""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu import keys
from bot.nlu.classifier import RANKED_TOPICS
from bot.nlu.decision import Bounds, decide
from bot.nlu.matters import Matter, SplitSettings, split
from bot.nlu.topic_model import TopicModel


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class DecisionMaker(GraphComponent):  # type: ignore[misc]
    """Sets `decision` and `choices`. The topic stays the best guess whatever the decision."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """See :class:`bot.nlu.decision.Bounds`."""
        return asdict(Bounds())

    def __init__(self, config: dict[str, Any]) -> None:
        self._bounds = Bounds(**{field.name: config[field.name] for field in fields(Bounds)})

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> DecisionMaker:
        """It has no state but its bounds."""
        return cls(config)

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Nothing later trains on what this decides."""
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Decide on each text that was classified."""
        for message in messages:
            model: TopicModel | None = message.get(keys.MODEL)
            if model is None:
                continue
            scores = message.get(keys.SCORES)
            ranking = model.ranking(scores, RANKED_TOPICS)
            decision, choices = decide(ranking, float(scores.max()), self._bounds)
            if message.get(keys.SAFETY):
                decision, choices = "sure", []
            message.set(keys.DECISION, decision, add_to_output=True)
            message.set(keys.CHOICES, choices, add_to_output=True)
        return messages


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class MatterSplitter(GraphComponent):  # type: ignore[misc]
    """Sets `matters`: one, or the two or three a message surely holds. A message of safety is one matter."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """See :class:`bot.nlu.matters.SplitSettings`."""
        return asdict(SplitSettings())

    def __init__(self, config: dict[str, Any]) -> None:
        self._settings = SplitSettings(**{field.name: config[field.name] for field in fields(SplitSettings)})

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> MatterSplitter:
        """It has no state but its settings."""
        return cls(config)

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Nothing later trains on what this decides."""
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Take each text apart that was classified."""
        for message in messages:
            model: TopicModel | None = message.get(keys.MODEL)
            if model is None:
                continue
            text, top = message.get(TEXT), message.get(keys.TOPIC_RANKING)[0]
            matters = [Matter(text, 0, len(text), top["name"], top["confidence"])]
            if not message.get(keys.SAFETY):
                ranking = model.ranking(message.get(keys.SCORES), RANKED_TOPICS)
                found = split(text, ranking, message.get(keys.PARTS), self._settings)
                matters = found if len(found) > 1 else matters
            message.set(keys.MATTERS, [asdict(matter) for matter in matters], add_to_output=True)
        return messages
