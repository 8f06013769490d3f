from pathlib import Path

import numpy as np

from bot.nlu.features import fold, grams
from bot.nlu.linear import GramVectors, LinearModel, LinearSettings

TEXTS = [
    "驿站在哪",
    "哪里有驿站",
    "附近的驿站",
    "工资没发",
    "拖欠工资",
    "欠我工资",
    "你好",
    "您好呀",
    "你好啊",
]
LABELS = ["find"] * 3 + ["wages"] * 3 + ["greet"] * 3


def _fit(sentences: np.ndarray | None = None) -> LinearModel:
    documents = [grams(fold(text)) for text in TEXTS]
    return LinearModel.fit(documents, sentences, LABELS, LinearSettings(min_count=1))


def test_learns_and_survives_saving(tmp_path: Path) -> None:
    model = _fit()
    model.save(tmp_path, "m")
    loaded = LinearModel.load(tmp_path, "m")
    for text, label in zip(["驿站哪有", "工资欠着", "你好"], ["find", "wages", "greet"], strict=True):
        document = grams(fold(text))
        scores = loaded.scores(document, None)
        assert loaded.labels[int(scores.argmax())] == label
        assert np.allclose(scores, model.scores(document, None))


def test_gathered_rows_give_what_the_whole_matrix_gives() -> None:
    model = _fit()
    matrix = model.vectors.matrix([grams(fold(text)) for text in TEXTS])
    whole = matrix @ (model.rows * model.steps[:, None]) + model.bias
    ours = np.array([model.scores(grams(fold(text)), None) for text in TEXTS])
    assert np.allclose(whole, ours, atol=1e-5)


def test_sentence_vector_counts() -> None:
    sentences = np.eye(3, dtype=np.float32)[np.repeat([0, 1, 2], 3)]
    model = _fit(sentences)
    unknown = grams("𠀀")
    assert model.labels[int(model.scores(unknown, np.array([0, 1, 0], np.float32)).argmax())] == "wages"


def test_each_kind_of_gram_has_unit_length() -> None:
    vectors = GramVectors.fit([["ca", "cb", "pa"], ["ca", "pa", "pb"]], 1)
    at, weight = vectors.vector(["ca", "ca", "cb", "pb", "never seen"])
    kinds = np.array([vectors.vocabulary[position][0] for position in at])
    assert np.isclose(np.linalg.norm(weight[kinds == "c"]), 1)
    assert np.isclose(np.linalg.norm(weight[kinds == "p"]), 1)
    assert len(vectors.vector([])[0]) == 0
