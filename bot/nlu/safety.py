"""The guard of :mod:`bot.nlu.guard` as a Rasa component. Stands right after the topic classifier."""

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
from bot.nlu.guard import Thresholds, judge
from bot.nlu.output import set_topic
from bot.nlu.topic_model import TopicModel

_CONFIDENCE = 0.99
SAFETY_TOPICS = ("emergency", "crisis")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class SafetyGuard(GraphComponent):  # type: ignore[misc]
    """Sets `safety`, and makes what it found the topic.

    Where the guard says no, neither of the two topics stands: the best of the others takes the place.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """See :class:`bot.nlu.guard.Thresholds`."""
        return asdict(Thresholds())

    def __init__(self, config: dict[str, Any]) -> None:
        self._thresholds = Thresholds(**{field.name: config[field.name] for field in fields(Thresholds)})

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SafetyGuard:
        """It has no state but its thresholds."""
        return cls(config)

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Nothing later trains on what this decides."""
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Judge each text that was classified."""
        for message in messages:
            model: TopicModel | None = message.get(keys.MODEL)
            if model is None or any(topic not in model.labels for topic in SAFETY_TOPICS):
                continue
            scores = dict(zip(model.labels, map(float, message.get(keys.SCORES)), strict=True))
            verdict = judge(message.get(TEXT), scores, self._thresholds)
            message.set(keys.SAFETY, verdict, add_to_output=True)
            # as_dict drops None, so "safety" is absent from the output of a calm message.
            if message.get(keys.TOPIC) != verdict and (verdict or message.get(keys.TOPIC) in SAFETY_TOPICS):
                ranking = model.ranking(message.get(keys.SCORES), RANKED_TOPICS)
                set_topic(message, _reordered(ranking, verdict), model.labels)
        return messages


def _reordered(ranking: list[tuple[str, float]], verdict: str | None) -> list[tuple[str, float]]:
    others = [(topic, probability) for topic, probability in ranking if topic not in SAFETY_TOPICS]
    if verdict is None:
        return others
    total = sum(probability for _, probability in others) or 1.0
    rest = [(topic, probability / total * (1 - _CONFIDENCE)) for topic, probability in others]
    return [(verdict, _CONFIDENCE), *rest]
