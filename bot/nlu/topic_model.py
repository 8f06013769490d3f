"""Text → calibrated probabilities over the topics of the taxonomy. Knows nothing of Rasa."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import numpy as np
from threadpoolctl import threadpool_limits

from bot.language.normalise import normalise
from bot.nlu.encoders import Encoder, Vector, load_encoder
from bot.nlu.features import fold, grams
from bot.nlu.linear import LinearModel, LinearSettings

logger = logging.getLogger(__name__)

_NAME = "topics"
_SETTINGS = "topic_settings.json"
_USUAL = "usual_sentence.npy"
_COMMON = "encoder_common.json"
_EVERY = 7  # one text in seven is held out to fit the temperature
_TEMPERATURES = np.geomspace(0.5, 20.0, 60)


@dataclass(frozen=True)
class TopicSettings:
    """`encoder`: see :func:`bot.nlu.encoders.load_encoder`; `longest_gram`: in characters or syllables.

    `dimensions`: only this many principal ones of the vectors are trained on: it is quicker, and the
    dev set sees no difference. Nothing of it is left when the model is used.
    """

    encoder: str = "use"
    longest_gram: int = 3
    dimensions: int = 256
    linear: LinearSettings = field(default_factory=LinearSettings)


class TopicModel:
    """The linear model with its features, encoder and temperature."""

    def __init__(
        self,
        model: LinearModel,
        encoder: Encoder | None,
        settings: TopicSettings,
        temperature: float,
        usual: Vector | None,
        common: Sequence[int] = (),
    ) -> None:
        """`usual`: the mean of the sentence vectors, which says nothing of any topic; `common`: see :class:`Encoder`."""
        self._usual = usual
        self._common = list(common)
        if encoder:
            encoder.prepare(self._common)
        self._model = model
        self._encoder = encoder
        self._settings = settings
        self._temperature = temperature

    @property
    def labels(self) -> list[str]:
        """The topics, in the order of the scores."""
        return self._model.labels

    @classmethod
    def fit(cls, texts: Sequence[str], topics: Sequence[str], settings: TopicSettings) -> TopicModel:
        """Train on texts and their topics; a part held out from a first training gives the temperature."""
        encoder = load_encoder(settings.encoder)
        folded = [fold(text) for text in texts]
        documents = [grams(text, settings.longest_gram) for text in folded]
        vectors = encoder.encode_all([normalise(text).text for text in texts]) if encoder else None
        mean, axes = _principal(vectors, settings.dimensions) if vectors is not None else (None, None)
        sentences = None if vectors is None or mean is None or axes is None else (vectors - mean) @ axes
        temperature = _fit_temperature(documents, sentences, topics, settings.linear)
        logger.info("Topic temperature %.2f", temperature)
        model = LinearModel.fit(documents, sentences, topics, settings.linear)
        if mean is not None and axes is not None:
            model = model.before_projection(mean, axes)
        common = encoder.commonest([normalise(text).text for text in texts]) if encoder else []
        return cls(model, encoder, settings, temperature, mean, common)

    def scores(self, text: str) -> Vector:
        """Raw scores of a text, in the order of `labels`."""
        folded = fold(text)
        sentence = self._encoder.encode(normalise(text).text) if self._encoder else None
        return self._model.scores(grams(folded, self._settings.longest_gram), sentence)

    def scores_of(self, texts: Sequence[str]) -> list[Vector]:
        """What `scores` gives for each text; several at once cost little more than one."""
        if not texts:
            return []
        sentences = self._encoder.encode_all([normalise(text).text for text in texts]) if self._encoder else None
        documents = [grams(fold(text), self._settings.longest_gram) for text in texts]
        return [
            self._model.scores(document, None if sentences is None else sentences[at])
            for at, document in enumerate(documents)
        ]

    def guess(self, text: str) -> tuple[str, float]:
        """(topic, probability) by the grams alone: a tenth of the time of `scores`, and less often right."""
        scores = self._model.scores(grams(fold(text), self._settings.longest_gram), self._usual)
        best = int(scores.argmax())
        return self.labels[best], float(self.probabilities(scores)[best])

    def probabilities(self, scores: Vector) -> Vector:
        """Calibrated probabilities for raw scores."""
        return _softmax(scores * self._temperature)

    def ranking(self, scores: Vector, most: int | None = None) -> list[tuple[str, float]]:
        """(topic, probability), best first."""
        probabilities = self.probabilities(scores)
        order = np.argsort(-scores, kind="stable")[:most]
        return [(self.labels[at], float(probabilities[at])) for at in order]

    def save(self, folder: Path) -> None:
        """Write the model's files into the folder."""
        self._model.save(folder, _NAME)
        size = self._encoder.size if self._encoder else 0
        content = {
            "encoder": self._settings.encoder,
            "encoder_size": size,
            "longest_gram": self._settings.longest_gram,
            "temperature": self._temperature,
        }
        (folder / _SETTINGS).write_text(json.dumps(content), encoding="utf-8")
        (folder / _COMMON).write_text(json.dumps(self._common), encoding="utf-8")
        if self._usual is not None:
            np.save(folder / _USUAL, self._usual)

    @classmethod
    def load(cls, folder: Path) -> TopicModel:
        """Read what :meth:`save` wrote. ValueError when another version wrote it, or another encoder was used.

        Keeps the process to one thread in matrix products: those of a message are so small that a second one
        only waits, at twice the processor time and, beside other work, for a hundred milliseconds now and then.
        """
        threadpool_limits(1, "blas")
        try:
            return cls._read(folder)
        except (FileNotFoundError, KeyError) as error:
            raise ValueError(f"this model was written by another version ({error}): train anew (make train)") from error

    @classmethod
    def _read(cls, folder: Path) -> TopicModel:
        content = json.loads((folder / _SETTINGS).read_text(encoding="utf-8"))
        encoder = load_encoder(content["encoder"])
        size = encoder.size if encoder else 0
        if size != content["encoder_size"]:
            raise ValueError(f"encoder {content['encoder']!r} gives {size} numbers, not {content['encoder_size']}")
        settings = TopicSettings(content["encoder"], content["longest_gram"])
        usual = np.load(folder / _USUAL, allow_pickle=False) if encoder else None
        common = json.loads((folder / _COMMON).read_text(encoding="utf-8"))
        return cls(LinearModel.load(folder, _NAME), encoder, settings, content["temperature"], usual, common)


def _softmax(values: Vector) -> Vector:
    powers = np.exp(values - values.max(-1, keepdims=True))
    return cast(Vector, powers / powers.sum(-1, keepdims=True))


def _principal(vectors: Vector, dimensions: int) -> tuple[Vector, Vector]:
    """The mean of the vectors and their `dimensions` principal axes (vector size × dimensions)."""
    mean = vectors.mean(0)
    centred = vectors - mean
    _, axes = np.linalg.eigh(centred.T @ centred)  # in order of growing variance
    return mean, np.ascontiguousarray(axes[:, ::-1][:, :dimensions])


def _fit_temperature(
    documents: Sequence[Sequence[str]],
    sentences: Vector | None,
    topics: Sequence[str],
    settings: LinearSettings,
) -> float:
    """The factor on the scores under which held-out texts are likeliest."""
    held = np.arange(len(documents)) % _EVERY == _EVERY - 1
    kept = np.flatnonzero(~held)
    model = LinearModel.fit(
        [documents[at] for at in kept],
        sentences[kept] if sentences is not None else None,
        [topics[at] for at in kept],
        settings,
    )
    known = {label: at for at, label in enumerate(model.labels)}
    chosen = [at for at in np.flatnonzero(held) if topics[at] in known]
    if not chosen:
        return 1.0
    scores = np.array([model.scores(documents[at], sentences[at] if sentences is not None else None) for at in chosen])
    right = np.array([known[topics[at]] for at in chosen])
    rows = np.arange(len(chosen))
    losses = [-np.log(_softmax(scores * t)[rows, right] + 1e-9).mean() for t in _TEMPERATURES]
    return float(_TEMPERATURES[int(np.argmin(losses))])
