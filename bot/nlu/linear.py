"""A linear model over counted grams and a sentence vector, kept so that one short text costs microseconds.

Only the weight rows of the grams that occur in a text are read: a sparse-by-dense product of a general
library takes 5 to 25 ms a message for the same sum. A row is kept in whole steps of its own size, one byte a
weight. Stored as plain arrays, no pickled code.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from bot.nlu.encoders import Vector

_CORES = 2
_TOLERANCE = 0.1  # ten times tighter doubles the time and moves no figure of the dev set
_KINDS = ("c", "p")  # what a gram's first letter may be: each kind is scaled to unit length on its own


@dataclass(frozen=True)
class LinearSettings:
    """`min_count`: grams in fewer texts are dropped. `encoder_weight`: factor on the sentence vector.

    `regularisation`: the C of the support vector machines.
    """

    min_count: int = 3
    regularisation: float = 1.0
    encoder_weight: float = 1.0


class GramVectors:
    """Counted grams → the positions and tf-idf weights of those that are known."""

    def __init__(self, vocabulary: Sequence[str], idf: npt.NDArray[np.float32]) -> None:
        self.vocabulary = vocabulary
        self.idf = idf
        self._position = {gram: at for at, gram in enumerate(vocabulary)}
        self._kind = np.array([_KINDS.index(gram[0]) for gram in vocabulary], np.int8)

    @classmethod
    def fit(cls, documents: Sequence[Sequence[str]], min_count: int) -> GramVectors:
        """Learn which grams occur in at least `min_count` documents, and how rare each is."""
        count = Counter(gram for document in documents for gram in set(document))
        kept = sorted(gram for gram, n in count.items() if n >= min_count)
        total = 1 + len(documents)
        idf = np.array([math.log(total / (1 + count[gram])) + 1 for gram in kept], np.float32)
        return cls(kept, idf)

    def vector(self, document: Sequence[str]) -> tuple[npt.NDArray[np.intp], Vector]:
        """Positions and weights of one document's grams; each kind of gram has unit length."""
        count = Counter(map(self._position.get, document))
        count.pop(None, None)
        at = np.fromiter(count.keys(), np.intp, len(count))
        frequency = np.fromiter(count.values(), np.float32, len(count))
        weight = (1 + np.log(frequency)) * self.idf[at]
        kinds = self._kind[at]
        for kind in range(len(_KINDS)):
            chosen = kinds == kind
            length = math.sqrt(float(weight[chosen] @ weight[chosen]))
            if length:
                weight[chosen] /= length
        return at, weight

    def matrix(self, documents: Sequence[Sequence[str]]) -> Any:
        """The documents as a scipy CSR matrix (documents × grams)."""
        from scipy import sparse

        rows = [self.vector(document) for document in documents]
        ends = np.cumsum([0, *(len(at) for at, _ in rows)])
        positions = np.concatenate([at for at, _ in rows])
        weights = np.concatenate([weight for _, weight in rows])
        return sparse.csr_matrix((weights, positions, ends), shape=(len(rows), len(self.vocabulary)))


class LinearModel:
    """One score a label: bias + grams · rows + sentence vector · columns."""

    def __init__(
        self,
        labels: Sequence[str],
        vectors: GramVectors,
        rows: npt.NDArray[np.int8],
        steps: Vector,
        columns: Vector,
        bias: Vector,
    ) -> None:
        """`rows` (grams × labels) count in `steps` (one a gram)."""
        self.labels = list(labels)
        self.vectors = vectors
        self.rows = rows
        self.steps = steps
        self.columns = columns
        self.bias = bias

    @classmethod
    def fit(
        cls,
        documents: Sequence[Sequence[str]],
        sentences: Vector | None,
        labels: Sequence[str],
        settings: LinearSettings,
        vectors: GramVectors | None = None,
    ) -> LinearModel:
        """Train one-against-rest support vector machines. `sentences`: a unit vector a document, or None."""
        from scipy import sparse

        vectors = vectors or GramVectors.fit(documents, settings.min_count)
        matrix = vectors.matrix(documents)
        if sentences is not None:
            matrix = sparse.hstack([matrix, sparse.csr_matrix(sentences * settings.encoder_weight)]).tocsr()
        names = sorted(set(labels))
        weights, bias = _machines(matrix, labels, names, settings)
        grams = len(vectors.vocabulary)
        columns = weights[grams:] * np.float32(settings.encoder_weight)
        return cls(names, vectors, *_in_steps(weights[:grams]), columns, bias)

    def before_projection(self, mean: Vector, axes: Vector) -> LinearModel:
        """The same model for sentence vectors v where this one was trained on `(v - mean) @ axes`."""
        columns = axes @ self.columns
        return LinearModel(self.labels, self.vectors, self.rows, self.steps, columns, self.bias - mean @ columns)

    def scores(self, document: Sequence[str], sentence: Vector | None) -> Vector:
        """One number a label, in the order of `labels`; above 0 the label's own machine says yes."""
        at, weight = self.vectors.vector(document)
        total: Vector = self.bias + (weight * self.steps[at]) @ self.rows[at].astype(np.float32)
        if sentence is not None and len(self.columns):
            total = total + sentence @ self.columns
        return total

    def save(self, folder: Path, name: str) -> None:
        """Write `name`.npz and `name`.json into the folder."""
        np.savez(
            folder / f"{name}.npz",
            idf=self.vectors.idf,
            rows=self.rows,
            steps=self.steps,
            columns=self.columns,
            bias=self.bias,
        )
        content = {"labels": self.labels, "vocabulary": list(self.vectors.vocabulary)}
        (folder / f"{name}.json").write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path, name: str) -> LinearModel:
        """Read what :meth:`save` wrote."""
        content = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
        with np.load(folder / f"{name}.npz", allow_pickle=False) as arrays:
            vectors = GramVectors(content["vocabulary"], arrays["idf"])
            parts = (arrays[part] for part in ("rows", "steps", "columns", "bias"))
            return cls(content["labels"], vectors, *parts)


def _in_steps(weights: Vector) -> tuple[npt.NDArray[np.int8], Vector]:
    """Each row in 127 steps up to its greatest weight, and the size of its step."""
    steps = np.maximum(np.abs(weights).max(1), np.finfo(np.float32).tiny) / 127
    return np.rint(weights / steps[:, None]).astype(np.int8), steps.astype(np.float32)


def _machines(
    matrix: Any, labels: Sequence[str], names: Sequence[str], settings: LinearSettings
) -> tuple[Vector, Vector]:
    """Weights (features × names) and biases of one machine a name.

    Each machine knows its own name from the rest only, so the names are shared out over the cores: in every
    share all other names become one, whose machine is thrown away.
    """
    shares = [names[at::_CORES] for at in range(_CORES) if names[at::_CORES]]
    with ThreadPoolExecutor(len(shares)) as pool:
        found = list(pool.map(lambda share: _share_of_machines(matrix, labels, share, settings), shares))
    weights = np.empty((matrix.shape[1], len(names)), np.float32)
    bias = np.empty(len(names), np.float32)
    for at, (share_weights, share_bias) in enumerate(found):
        weights[:, at :: len(shares)] = share_weights
        bias[at :: len(shares)] = share_bias
    return weights, bias


def _share_of_machines(
    matrix: Any, labels: Sequence[str], share: Sequence[str], settings: LinearSettings
) -> tuple[Vector, Vector]:
    from sklearn.svm import LinearSVC

    number = {name: at + 1 for at, name in enumerate(share)}
    machine = LinearSVC(
        C=settings.regularisation,
        dual=True,
        tol=_TOLERANCE,
        random_state=0,
    ).fit(matrix, np.array([number.get(label, 0) for label in labels]))
    weights, bias = machine.coef_, np.atleast_1d(machine.intercept_)
    if len(machine.classes_) == 2:  # scikit-learn then keeps one machine, that of the second class
        weights, bias = np.vstack([-weights, weights]), np.concatenate([-bias, bias])
    known = {int(label): at for at, label in enumerate(machine.classes_)}
    order = [known[number[name]] for name in share]
    return weights[order].T.astype(np.float32), bias[order].astype(np.float32)
