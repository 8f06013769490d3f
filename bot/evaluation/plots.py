"""Pictures of the report, through matplotlib without a display."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np

from bot.evaluation.data import Row
from bot.evaluation.predict import Prediction

matplotlib.use("Agg")
from matplotlib import font_manager, pyplot

_CJK = ("Noto Sans CJK SC", "Source Han Sans SC", "WenQuanYi Zen Hei", "Droid Sans Fallback", "SimHei")


def _prepare() -> None:
    present = {font.name for font in font_manager.fontManager.ttflist}
    chosen = [name for name in _CJK if name in present]
    pyplot.rcParams["font.sans-serif"] = [*chosen, "DejaVu Sans"]


def _save(figure: Any, path: Path) -> None:
    figure.tight_layout()
    figure.savefig(path, dpi=110)
    pyplot.close(figure)


def confusion(
    rows: Sequence[Row], predictions: Sequence[Prediction], initiative: Mapping[str, str], path: Path
) -> None:
    """How many rows of each initiative went to which."""
    _prepare()
    names = sorted(set(initiative.values()))
    at = {name: index for index, name in enumerate(names)}
    table = np.zeros((len(names), len(names)), int)
    for row, found in zip(rows, predictions, strict=True):
        predicted = initiative.get(found.topic)
        if predicted is not None:
            table[at[initiative[row.topic]], at[predicted]] += 1
    figure, axes = pyplot.subplots(figsize=(8, 7))
    axes.imshow(np.log1p(table), cmap="Blues")
    axes.set_xticks(range(len(names)), names, rotation=45, ha="right")
    axes.set_yticks(range(len(names)), names)
    axes.set_xlabel("predicted")
    axes.set_ylabel("labelled")
    for (i, j), count in np.ndenumerate(table):
        if count:
            axes.text(j, i, str(count), ha="center", va="center", fontsize=8, color="w" if i == j else "k")
    _save(figure, path)


def styles(figures: Mapping[str, float], path: Path) -> None:
    """Topic accuracy by style."""
    _prepare()
    names = [key.removeprefix("accuracy_") for key in figures if key.startswith("accuracy_")]
    values = [100 * figures[f"accuracy_{name}"] for name in names]
    figure, axes = pyplot.subplots(figsize=(5, 3.5))
    bars = axes.bar(names, values, color="#4477aa")
    axes.bar_label(bars, fmt="%.1f")
    axes.set_ylim(min(80.0, *values), 101)
    axes.set_ylabel("topic accuracy, %")
    _save(figure, path)


def confidence(rows: Sequence[Row], predictions: Sequence[Prediction], path: Path) -> None:
    """Confidence of right and of wrong topics."""
    _prepare()
    right: list[float] = []
    wrong: list[float] = []
    for row, found in zip(rows, predictions, strict=True):
        (right if row.topic == found.topic else wrong).append(found.confidence)
    figure, axes = pyplot.subplots(figsize=(6, 3.5))
    bins = [float(edge) for edge in np.linspace(0, 1, 21)]
    axes.hist([right, wrong], bins, label=["right", "wrong"], color=["#4477aa", "#cc6677"], log=True)
    axes.set_xlabel("confidence")
    axes.set_ylabel("messages")
    axes.legend()
    _save(figure, path)


def learning_curve(points: Sequence[tuple[int, float]], path: Path) -> None:
    """Topic accuracy over the number of training lines."""
    _prepare()
    figure, axes = pyplot.subplots(figsize=(5, 3.5))
    axes.plot([size for size, _ in points], [100 * value for _, value in points], "o-", color="#4477aa")
    axes.set_xlabel("training lines")
    axes.set_ylabel("topic accuracy, %")
    axes.grid(alpha=0.3)
    _save(figure, path)
