"""The figures on the dev set and on strangers' lines may not fall by more than a point below `quality_baseline.json`.

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
_DATA = Path(__file__).parents[1] / "data"
BASELINE = json.loads((_DATA / "quality_baseline.json").read_text(encoding="utf-8"))
MEASURED = {name: read_rows(_DATA / f"{name}.jsonl") for name in BASELINE}


@pytest.fixture(scope="module")
def figures(model_path: Path) -> dict[str, dict[str, Any]]:
    found = iter(predict(model_path, [row.text for rows in MEASURED.values() for row in rows]))
    return {name: summary(rows, [next(found) for _ in rows], initiatives()) for name, rows in MEASURED.items()}


@pytest.mark.parametrize(("rows", "name"), [(rows, name) for rows in BASELINE for name in sorted(BASELINE[rows])])
def test_has_not_fallen(figures: dict[str, dict[str, Any]], rows: str, name: str) -> None:
    reached, baseline = figures[rows][name], BASELINE[rows][name]
    assert reached >= baseline - _POINT, f"{name} on {rows} fell to {reached:.4f}, baseline {baseline:.4f}"


@pytest.mark.parametrize("rows", sorted(BASELINE))
def test_messages_of_one_matter_are_not_taken_apart(figures: dict[str, dict[str, Any]], rows: str) -> None:
    assert figures[rows]["split_share"] < 0.02


@pytest.mark.parametrize("rows", sorted(BASELINE))
def test_nothing_that_is_measured_is_taught(rows: str) -> None:
    taught = {_bare(line.text) for line in read_training()}
    assert [row.text for row in MEASURED[rows] if _bare(row.text) in taught] == []


def _bare(text: str) -> str:
    return "".join(text.split()).lower()
