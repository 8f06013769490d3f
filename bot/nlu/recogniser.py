"""The spaCy pipeline of :mod:`bot.nlu.spacy_entities` as a Rasa component."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.constants import TOKENS_NAMES
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu import keys
from bot.nlu.fingerprint import files_hash, modules_hash
from bot.nlu.spacy_entities import (
    EMPLOYER,
    EMPLOYERS_FILE,
    PLACE,
    Annotated,
    EntityRecogniser,
    load,
    train,
)

_FOLDER = "spacy"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class SpacyEntityRecogniser(GraphComponent):  # type: ignore[misc]
    """Adds employers and free places to `found`; the resolver makes entities of it."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`epochs`: passes over the examples."""
        return {"epochs": 10, "seed": 0}

    @staticmethod
    def required_packages() -> list[str]:
        """Packages that must be installed."""
        return ["spacy"]

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Retrain when the list of firms or the pipeline changes."""
        return files_hash([EMPLOYERS_FILE]) + modules_hash("nlu/spacy_entities", "language/normalise")

    def __init__(
        self,
        config: dict[str, Any],
        storage: ModelStorage,
        resource: Resource,
        recogniser: EntityRecogniser | None = None,
    ) -> None:
        self._config = config
        self._storage = storage
        self._resource = resource
        self._recogniser = recogniser

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SpacyEntityRecogniser:
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
    ) -> SpacyEntityRecogniser:
        """The trained one, from the model."""
        with model_storage.read_from(resource) as folder:
            return cls(config, model_storage, resource, load(folder / _FOLDER))

    def train(self, training_data: TrainingData) -> Resource:
        """Train on the annotated examples."""
        examples = [_annotated(example) for example in training_data.intent_examples]
        self._recogniser = EntityRecogniser(train(examples, self._config["epochs"], self._config["seed"]))
        with self._storage.write_to(self._resource) as folder:
            self._recogniser.save(folder / _FOLDER)
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Nothing later trains on what this finds."""
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Read each text."""
        for message in messages:
            text = message.get(TEXT)
            if text and self._recogniser is not None:
                words = message.get(TOKENS_NAMES[TEXT]) or []
                edges = frozenset(edge for word in words for edge in (word.start, word.end))
                found = self._recogniser.find(text, edges)
                message.set(keys.FOUND, [*(message.get(keys.FOUND) or []), *found])
        return messages


def _annotated(example: Message) -> Annotated:
    mentions = tuple(
        (entity["start"], entity["end"], entity["entity"])
        for entity in example.get(ENTITIES) or []
        if entity["entity"] in (EMPLOYER, PLACE)
    )
    return Annotated(example.get(TEXT), mentions)
