"""Narrow points of law and traffic, each answered in a few lines with its source (data/knowledge/law_points.yml)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from bot.knowledge.topics import payload

POINTS_FILE = Path(__file__).parents[2] / "data" / "knowledge" / "law_points.yml"


@dataclass(frozen=True)
class LawPoint:
    """matter: what a short follow-up is about after it (road, plate, labour, health). choices: (title, payload)."""

    name: str
    matter: str
    text: str
    source: str
    choices: tuple[tuple[str, str], ...]


@cache
def law_points() -> dict[str, LawPoint]:
    """By name. KeyError when one has no text, source or next step."""
    rows = yaml.safe_load(POINTS_FILE.read_text(encoding="utf-8"))
    return {
        name: LawPoint(
            name, row["matter"], row["text"], row["source"], tuple(_choice(choice) for choice in row["choices"])
        )
        for name, row in rows.items()
    }


def _choice(choice: str | dict[str, str]) -> tuple[str, str]:
    if isinstance(choice, str):
        return payload(choice)
    ((title, sent),) = choice.items()
    return title, sent
