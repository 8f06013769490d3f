"""Figures from rows and predictions. Pure; shares are between 0 and 1."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.evaluation.data import Row
from bot.evaluation.predict import Prediction

SAFETY = ("emergency", "crisis")


@dataclass(frozen=True, slots=True)
class Score:
    """Hits, false finds and misses of one class."""

    hits: int = 0
    false: int = 0
    missed: int = 0

    @property
    def precision(self) -> float:
        """Share of what was found that is right; 1 when nothing was found."""
        return self.hits / (self.hits + self.false) if self.hits + self.false else 1.0

    @property
    def recall(self) -> float:
        """Share of what is there that was found; 1 when nothing is there."""
        return self.hits / (self.hits + self.missed) if self.hits + self.missed else 1.0

    @property
    def f1(self) -> float:
        """Harmonic mean of both."""
        total = 2 * self.hits + self.false + self.missed
        return 2 * self.hits / total if total else 1.0

    def __add__(self, other: Score) -> Score:
        return Score(self.hits + other.hits, self.false + other.false, self.missed + other.missed)


def share(flags: Iterable[bool]) -> float:
    """How many of the flags are true; 0 of none."""
    values = list(flags)
    return sum(values) / len(values) if values else 0.0


def topic_scores(rows: Sequence[Row], predictions: Sequence[Prediction]) -> dict[str, Score]:
    """The score of each topic that is in the rows or was predicted."""
    hits, false, missed = Counter[str](), Counter[str](), Counter[str]()
    for row, found in zip(rows, predictions, strict=True):
        if row.topic == found.topic:
            hits[row.topic] += 1
        else:
            missed[row.topic] += 1
            false[found.topic] += 1
    topics = sorted({*hits, *false, *missed})
    return {topic: Score(hits[topic], false[topic], missed[topic]) for topic in topics}


def macro_f1(rows: Sequence[Row], predictions: Sequence[Prediction]) -> float:
    """The mean F1 over the topics of the rows."""
    scores, topics = topic_scores(rows, predictions), {row.topic for row in rows}
    return sum(scores[topic].f1 for topic in topics) / len(topics) if topics else 0.0


def entity_scores(rows: Sequence[Row], predictions: Sequence[Prediction]) -> dict[str, Score]:
    """By type: right when the type is right and one surface contains the other, each mention used once.

    Rows that are out of scope do not count: nobody asks what is said in them.
    """
    scores: dict[str, Score] = {}
    for row, found in zip(rows, predictions, strict=True):
        if row.topic == "out_of_scope":
            continue
        matches = _matches(row, found)
        for at, (entity, *_) in enumerate(found.entities):
            scores[entity] = scores.get(entity, Score()) + (Score(hits=1) if at in matches else Score(false=1))
        for at, (entity, _) in enumerate(row.entities):
            if at not in matches.values():
                scores[entity] = scores.get(entity, Score()) + Score(missed=1)
    return dict(sorted(scores.items()))


def value_scores(rows: Sequence[Row], predictions: Sequence[Prediction]) -> dict[str, Score]:
    """By type, of the mentions that were found and that have a right value: was it that one?"""
    scores: dict[str, Score] = {}
    for row, found in zip(rows, predictions, strict=True):
        for at, gold in _matches(row, found).items():
            entity, _, value = found.entities[at]
            if row.topic != "out_of_scope" and row.means and row.means[gold]:
                right = str(value) in row.means[gold]
                scores[entity] = scores.get(entity, Score()) + (Score(hits=1) if right else Score(false=1))
    return dict(sorted(scores.items()))


def _matches(row: Row, found: Prediction) -> dict[int, int]:
    """Which of the entities found (by position) is which of the row's."""
    matches: dict[int, int] = {}
    for at, (entity, surface, _) in enumerate(found.entities):
        for gold, (label, words) in enumerate(row.entities):
            if gold not in matches.values() and label == entity and (words in surface or surface in words):
                matches[at] = gold
                break
    return matches


def percentile(values: Sequence[float], part: float) -> float:
    """The value below which `part` of the values lie; 0 of none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))] if ordered else 0.0


def summary(rows: Sequence[Row], predictions: Sequence[Prediction], initiative: Mapping[str, str]) -> dict[str, Any]:
    """The figures of the goals table, plain numbers for JSON."""
    right = [row.topic == found.topic for row, found in zip(rows, predictions, strict=True)]
    scores = topic_scores(rows, predictions)
    entities = entity_scores(rows, predictions)
    whole = sum(entities.values(), Score())
    styles = sorted({row.style for row in rows})
    times = [found.milliseconds for found in predictions]
    figures: dict[str, Any] = {
        "rows": len(rows),
        "topic_accuracy": share(right),
        "macro_f1": macro_f1(rows, predictions),
        "initiative_accuracy": share(
            initiative.get(row.topic) == initiative.get(found.topic)
            for row, found in zip(rows, predictions, strict=True)
        ),
        "out_of_scope_f1": scores.get("out_of_scope", Score()).f1,
        "entity_f1": whole.f1,
        "values_right": sum(value_scores(rows, predictions).values(), Score()).precision,
        "sure_share": share(found.decision == "sure" for found in predictions),
        "sure_accuracy": share(ok for ok, found in zip(right, predictions, strict=True) if found.decision == "sure"),
        "split_share": share(found.matters > 1 for found in predictions),
        "p50_ms": percentile(times, 0.5),
        "p99_ms": percentile(times, 0.99),
    }
    for style in styles:
        figures[f"accuracy_{style}"] = share(ok for ok, row in zip(right, rows, strict=True) if row.style == style)
    for topic in SAFETY:
        figures[f"{topic}_recall"] = scores.get(topic, Score()).recall
        figures[f"{topic}_precision"] = scores.get(topic, Score()).precision
    return figures
