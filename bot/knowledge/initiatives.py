"""The ten initiatives: number, name, responsible unit, what to offer first."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

INITIATIVES_FILE = Path(__file__).parents[2] / "data" / "knowledge" / "initiatives.yml"


@dataclass(frozen=True)
class Initiative:
    number: int
    name: str
    short: str
    unit: str
    topics: tuple[str, ...]


@cache
def initiatives() -> tuple[Initiative, ...]:
    rows = yaml.safe_load(INITIATIVES_FILE.read_text(encoding="utf-8"))
    return tuple(Initiative(**{**row, "topics": tuple(row["topics"])}) for row in rows)
