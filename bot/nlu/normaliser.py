"""First reading of a message: its folded text, once, for every later component.

The folded text serves features and look-ups; the message's own text stays as typed, so offsets stay true.
Emoji stay in the folded text as characters of their own, without skin tones: 🙏 and 😭 tell a lot.
"""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.language.normalise import normalise
from bot.nlu import keys


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class TextNormaliser(GraphComponent):  # type: ignore[misc]
    """Sets `folded_text`."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> TextNormaliser:
        """It has no state."""
        return cls()

    @staticmethod
    def required_packages() -> list[str]:
        """Packages that must be installed."""
        return ["opencc"]

    def process(self, messages: list[Message]) -> list[Message]:
        """Fold each text."""
        for message in messages:
            message.set(keys.FOLDED, normalise(message.get(TEXT) or "").text)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """The components that train fold for themselves."""
        return training_data
