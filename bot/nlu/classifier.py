"""The topic classifier as a Rasa component; the model itself is :mod:`bot.nlu.topic_model`."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu import keys
from bot.nlu.fingerprint import modules_hash
from bot.nlu.linear import LinearSettings
from bot.nlu.matters import find_parts
from bot.nlu.output import set_topic
from bot.nlu.topic_model import TopicModel, TopicSettings

RANKED_TOPICS = 20


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class TopicClassifier(GraphComponent, IntentClassifier):  # type: ignore[misc]
    """Fills topic, intent, response selector and rankings."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """See :class:`TopicSettings` and :class:`LinearSettings`."""
        return {
            "encoder": "use",
            "longest_gram": 3,
            "dimensions": 256,
            "min_count": 3,
            "regularisation": 1.0,
            "encoder_weight": 1.0,
        }

    @staticmethod
    def required_packages() -> list[str]:
        """Packages that must be installed."""
        return ["sklearn", "pypinyin"]

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Retrain when the features or the model's arithmetic change."""
        return modules_hash(
            "nlu/features", "nlu/pinyin", "nlu/linear", "nlu/encoders", "nlu/topic_model", "language/normalise"
        )

    def __init__(
        self,
        config: dict[str, Any],
        storage: ModelStorage,
        resource: Resource,
        model: TopicModel | None = None,
    ) -> None:
        self._config = config
        self._storage = storage
        self._resource = resource
        self._model = model

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> TopicClassifier:
        """An untrained one, for training."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> TopicClassifier:
        """The trained one, from the model."""
        with model_storage.read_from(resource) as folder:
            return cls(config, model_storage, resource, TopicModel.load(folder))

    def train(self, training_data: TrainingData) -> Resource:
        """Train on every example that has an intent."""
        examples = training_data.intent_examples
        linear = LinearSettings(
            min_count=self._config["min_count"],
            regularisation=self._config["regularisation"],
            encoder_weight=self._config["encoder_weight"],
        )
        settings = TopicSettings(
            self._config["encoder"], self._config["longest_gram"], self._config["dimensions"], linear
        )
        texts = [str(example.get(TEXT)) for example in examples]
        model = TopicModel.fit(texts, [example.get_full_intent() for example in examples], settings)
        with self._storage.write_to(self._resource) as folder:
            model.save(folder)
        self._model = model
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Nothing later trains on what this finds."""
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Classify each text; a message without text (a payload, a picture) stays as it is."""
        for message in messages:
            text = message.get(TEXT)
            if self._model is None or not text or not text.strip():
                if not message.get(INTENT):
                    message.set(INTENT, {"name": None, "confidence": 0.0}, add_to_output=True)
                continue
            parts = find_parts(text, self._model)
            scores, *of_parts = self._model.scores_of([text, *(part.words for part in parts)])
            topics = [self._model.ranking(own, 1)[0] for own in of_parts]
            message.set(keys.PARTS, [part.about(*topic) for part, topic in zip(parts, topics, strict=True)])
            message.set(keys.SCORES, scores)
            message.set(keys.MODEL, self._model)
            set_topic(message, self._model.ranking(scores, RANKED_TOPICS), self._model.labels)
        return messages
