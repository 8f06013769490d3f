"""The figures on the dev set may not fall by more than a point below those of `quality_baseline.json`.

A change that lifts them should lift the file too: `python -m bot.evaluation` prints them into reports/nlu.json.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bot.evaluation.data import initiatives, read_rows, read_training
from bot.evaluation.metrics import summary
from bot.evaluation.predict import predict

_POINT = 0.01
BASELINE = json.loads((Path(__file__).parents[1] / "data" / "quality_baseline.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def figures(model_path: Path) -> dict[str, Any]:
    rows = read_rows()
    return summary(rows, predict(model_path, [row.text for row in rows]), initiatives())


@pytest.mark.parametrize("name", sorted(BASELINE))
def test_has_not_fallen(figures: dict[str, Any], name: str) -> None:
    least = BASELINE[name] - _POINT
    assert figures[name] >= least, f"{name} fell to {figures[name]:.4f}, baseline {BASELINE[name]:.4f}"


def test_messages_of_one_matter_are_not_taken_apart(figures: dict[str, Any]) -> None:
    assert figures["split_share"] < 0.02


def test_nothing_that_is_measured_is_taught() -> None:
    taught = {_bare(line.text) for line in read_training()}
    assert [row.text for row in read_rows() if _bare(row.text) in taught] == []


def _bare(text: str) -> str:
    return "".join(text.split()).lower()
