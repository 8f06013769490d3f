"""jieba with a dictionary of its own.

Rasa's JiebaTokenizer loads its dictionary into the tokenizer of the whole process and leaves it out of the
fingerprint, so that an edited dictionary is silently ignored until something else changes; and it hands out
blanks as tokens. Here the tokenizer is private, the dictionary travels with the model and its hash counts.
"""

from __future__ import annotations

import logging
import shutil
from importlib.resources import files
from pathlib import Path
from typing import Any

import jieba
from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.geo.files import GAZETTEER_DIR
from bot.language.normalise import normalise
from bot.nlu.fingerprint import files_hash

_FILE = "jieba_dict.txt"
_MOST_CHARACTERS = 2_000
_RARE = 20  # counts in jieba's corpus
jieba.setLogLevel(logging.WARNING)


def private_tokenizer(dictionary: Path) -> jieba.Tokenizer:
    """A jieba tokenizer that knows the words of the file besides jieba's common ones, apart from every other one."""
    tokenizer = jieba.Tokenizer()
    tokenizer.FREQ, tokenizer.total = _common_words()
    tokenizer.initialized = True
    with dictionary.open(encoding="utf-8") as lines:
        tokenizer.load_userdict(lines)
    return tokenizer


def _common_words() -> tuple[dict[str, int], int]:
    """jieba's own table (word → count, 0 for the beginnings of words) and the sum, without what is rare: three words
    in five, 40 MB, hardly any of which a rider types.
    """
    counts: dict[str, int] = {}
    with (files("jieba") / "dict.txt").open(encoding="utf-8") as lines:
        for line in lines:
            word, count, _ = line.split(" ", 2)
            if int(count) >= _RARE:
                counts[word] = int(count)
    for word in list(counts):
        for end in range(1, len(word)):
            counts.setdefault(word[:end], 0)
    return counts, sum(counts.values())


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=True)
class PrivateJiebaTokenizer(Tokenizer):  # type: ignore[misc]
    """Splits texts into words, none of them blank."""

    @staticmethod
    def supported_languages() -> list[str]:
        """Chinese alone."""
        return ["zh"]

    @staticmethod
    def required_packages() -> list[str]:
        """Packages that must be installed."""
        return ["jieba"]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Rasa's own settings of a tokenizer, all off, and two of ours.

        `dictionary`: its path, None for the gazetteer's. `training_tokens`: whether training examples are
        split too. None of our components trains on words, and Rasa takes half a minute to hash the tokens of
        20,000 examples; a pipeline with DIET needs them.
        """
        return {
            "dictionary": None,
            "training_tokens": False,
            "intent_tokenization_flag": False,
            "intent_split_symbol": "_",
            "token_pattern": None,
            "prefix_separator_symbol": None,
        }

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """An edited dictionary retrains."""
        return files_hash([_dictionary(config)])

    def __init__(
        self,
        config: dict[str, Any],
        storage: ModelStorage,
        resource: Resource,
        dictionary: Path | None = None,
    ) -> None:
        super().__init__(config)
        self._storage = storage
        self._resource = resource
        self._jieba = private_tokenizer(dictionary or _dictionary(config))

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> PrivateJiebaTokenizer:
        """With the dictionary of the configuration, for training."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> PrivateJiebaTokenizer:
        """With the dictionary that was trained with."""
        with model_storage.read_from(resource) as folder:
            return cls(config, model_storage, resource, folder / _FILE)

    def train(self, training_data: TrainingData) -> Resource:
        """Put the dictionary into the model."""
        with self._storage.write_to(self._resource) as folder:
            shutil.copyfile(_dictionary(self._config), folder / _FILE)
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Split the examples if `training_tokens` says so."""
        if not self._config["training_tokens"]:
            return training_data
        split: TrainingData = super().process_training_data(training_data)
        return split

    def tokenize(self, message: Message, attribute: str) -> list[Token]:
        """The words of the attribute, with offsets in its text; of a paste those of 2,000 characters."""
        folded = normalise(message.get(attribute)[:_MOST_CHARACTERS])
        found = []
        for word, first, last in self._jieba.tokenize(folded.text):
            if word.strip():
                start, end = folded.span(first, last)
                found.append(Token(folded.original[start:end], start, end))
        tokens: list[Token] = self._apply_token_pattern(found)
        return tokens


def _dictionary(config: dict[str, Any]) -> Path:
    return Path(config["dictionary"]) if config.get("dictionary") else GAZETTEER_DIR / _FILE
