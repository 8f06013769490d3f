"""The Markdown report. Goals are those that were set for the project, see `docs/nlu.md`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from bot.evaluation.data import Row
from bot.evaluation.metrics import Score, entity_scores, topic_scores, value_scores
from bot.evaluation.predict import Prediction

# (figure, what it is, goal, whether more is better)
_GOALS: tuple[tuple[str, str, float, bool], ...] = (
    ("topic_accuracy", "topic accuracy, 91 topics", 0.95, True),
    ("macro_f1", "topic macro-F1", 0.94, True),
    ("initiative_accuracy", "initiative accuracy", 0.98, True),
    ("accuracy_noisy", "topic accuracy, noisy third", 0.91, True),
    ("emergency_recall", "emergency recall", 0.99, True),
    ("emergency_precision", "emergency precision", 0.96, True),
    ("crisis_recall", "crisis recall", 0.99, True),
    ("crisis_precision", "crisis precision", 0.96, True),
    ("out_of_scope_f1", "out_of_scope F1", 0.90, True),
    ("entity_f1", "entity F1", 0.93, True),
    ("values_right", "values right of the entities found", 0.97, True),
    ("p50_ms", "milliseconds a message, p50", 2.5, False),
    ("p99_ms", "milliseconds a message, p99", 6.0, False),
)
_WEAKEST = 15
_MOST_WRONG = 40


def markdown(
    rows: Sequence[Row],
    predictions: Sequence[Prediction],
    figures: Mapping[str, Any],
    pictures: Sequence[tuple[str, str]],
    baseline: Mapping[str, Any] | None,
) -> str:
    """The whole report. `pictures`: (file name, caption); `baseline`: figures of Rasa's default pipeline."""
    parts = [f"# Understanding, measured on {figures['rows']} held-out lines\n", _goals(figures, baseline)]
    parts += [f"![{caption}]({name})\n\n{caption}\n" for name, caption in pictures]
    parts += [_decisions(figures), _entities(rows, predictions), _weakest(rows, predictions)]
    parts.append(_wrong(rows, predictions))
    return "\n".join(parts)


def _show(key: str, value: float) -> str:
    return f"{value:.2f}" if key.endswith("_ms") else f"{100 * value:.1f} %"


def _goals(figures: Mapping[str, Any], baseline: Mapping[str, Any] | None) -> str:
    head = "| figure | goal | reached | |" + (" Rasa's default pipeline |" if baseline else "")
    lines = [head, "|---|---|---|---|" + ("---|" if baseline else "")]
    for key, name, goal, more in _GOALS:
        value = figures[key]
        good = value >= goal if more else value <= goal
        bound = f"{'≥' if more else '≤'} {_show(key, goal)}"
        line = f"| {name} | {bound} | {_show(key, value)} | {'✓' if good else '✗'} |"
        lines.append(line + (f" {_show(key, baseline[key])} |" if baseline else ""))
    for key in figures:
        if key.startswith("accuracy_") and key != "accuracy_noisy":
            line = f"| topic accuracy, {key.removeprefix('accuracy_')} | | {_show(key, figures[key])} | |"
            lines.append(line + (f" {_show(key, baseline[key])} |" if baseline else ""))
    return "\n".join(lines) + "\n"


def _decisions(figures: Mapping[str, Any]) -> str:
    return (
        "## Decisions\n\n"
        f"Called sure: {_show('', figures['sure_share'])} of the messages, and of those "
        f"{_show('', figures['sure_accuracy'])} are right. "
        f"Taken for two matters or more: {_show('', figures['split_share'])} "
        "(the dev set holds one matter a line, so this is the share wrongly split).\n"
    )


def _row(name: str, score: Score) -> str:
    return (
        f"| {name} | {score.hits + score.missed} | {100 * score.precision:.1f} | {100 * score.recall:.1f} "
        f"| {100 * score.f1:.1f} |"
    )


def _entities(rows: Sequence[Row], predictions: Sequence[Prediction]) -> str:
    scores = entity_scores(rows, predictions)
    values = value_scores(rows, predictions)
    lines = [
        "## Entities\n",
        "| type | mentions | precision | recall | F1 | value right |",
        "|---|---|---|---|---|---|",
    ]
    lines += [
        f"{_row(name, score)} {100 * values.get(name, Score()).precision:.1f} |" for name, score in scores.items()
    ]
    whole, right = sum(scores.values(), Score()), sum(values.values(), Score())
    lines.append(f"{_row('all', whole)} {100 * right.precision:.1f} |")
    return "\n".join(lines) + "\n"


def _weakest(rows: Sequence[Row], predictions: Sequence[Prediction]) -> str:
    scores = sorted(topic_scores(rows, predictions).items(), key=lambda item: item[1].f1)[:_WEAKEST]
    lines = ["## Weakest topics\n", "| topic | lines | precision | recall | F1 |", "|---|---|---|---|---|"]
    return "\n".join(lines + [_row(name, score) for name, score in scores]) + "\n"


def _wrong(rows: Sequence[Row], predictions: Sequence[Prediction]) -> str:
    pairs = Counter(
        (row.topic, found.topic) for row, found in zip(rows, predictions, strict=True) if row.topic != found.topic
    )
    lines = ["## Commonest confusions\n", "| labelled | predicted | lines |", "|---|---|---|"]
    lines += [f"| {label} | {found} | {count} |" for (label, found), count in pairs.most_common(_MOST_WRONG)]
    return "\n".join(lines) + "\n"
