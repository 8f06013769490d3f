"""Taking messages apart, with a stand-in for the topic model that knows a few words."""

from __future__ import annotations

import numpy as np
import pytest

from bot.nlu.matters import Matter, SplitSettings, find_parts, split

_WORDS = {
    "驿站": "find_station",
    "门诊": "book_hospital",
    "健康证": "hospital/health_cert",
    "律师": "dispute/legal_aid",
}
_LABELS = [*_WORDS.values(), "inform", "chitchat"]


class _Model:
    """Sure of the last topic whose word stands in the text; else of `inform` for digits, else of nothing."""

    labels = _LABELS

    def scores(self, text: str) -> np.ndarray:
        scores = np.full(len(_LABELS), 0.1)
        for word, topic in _WORDS.items():
            if word in text:
                scores[_LABELS.index(topic)] = 9.0
        if scores.max() < 1 and any(character.isdigit() for character in text):
            scores[_LABELS.index("inform")] = 9.0
        return scores

    def guess(self, text: str) -> tuple[str, float]:
        return self.ranking(self.scores(text), 1)[0]

    def ranking(self, scores: np.ndarray, most: int | None = None) -> list[tuple[str, float]]:
        powers = np.exp(scores)
        probabilities = powers / powers.sum()
        order = np.argsort(-scores, kind="stable")[:most]
        return [(_LABELS[at], float(probabilities[at])) for at in order]


def _split(text: str) -> list[Matter]:
    model = _Model()
    parts = [part.about(*model.guess(part.words)) for part in find_parts(text, model)]  # type: ignore[arg-type]
    matters = split(text, model.ranking(model.scores(text)), parts, SplitSettings())
    assert all(matter.text == text[matter.start : matter.end] for matter in matters)
    assert "".join(matter.text for matter in matters) == text
    return matters


@pytest.mark.parametrize(
    "text",
    [
        "花桥哪里有驿站 还有我想约个门诊看看",
        "帮我找驿站，顺便问下门诊怎么约",
        "驿站在哪里呀 门诊怎么约上",
        "驿站在哪里呀？门诊怎么约上？",
        "先找个驿站 另外门诊也要约",
        "找驿站 还有门诊",
    ],
)
def test_two_matters(text: str) -> None:
    assert [matter.topic for matter in _split(text)] == ["find_station", "book_hospital"]


@pytest.mark.parametrize(
    "text",
    ["驿站在哪", "我在花桥，哪里有驿站", "明天下午 门诊约一下", "驿站 驿站 驿站在哪里", "", " ", "还有", "对了 对了"],
)
def test_one_matter(text: str) -> None:
    assert len(_split(text)) == 1


def test_a_value_is_a_matter_only_beside_a_strong_seam() -> None:
    assert [matter.topic for matter in _split("押金是800 对了我没钱请律师咋办")] == ["inform", "dispute/legal_aid"]
    assert len(_split("一共800块钱 请律师怎么办")) == 1


def test_a_story_is_not_taken_apart_at_commas() -> None:
    story = "我昨天在驿站那边等单等了好久都没有等到，" + "后来又下了大雨，" * 3 + "就想着去看个门诊"
    assert len(_split(story)) == 1
