"""The 91 topics: the short title a rider taps, and the initiative each belongs to."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

TOPICS_FILE = Path(__file__).parents[2] / "data" / "knowledge" / "topics.yml"


@dataclass(frozen=True)
class Topic:
    """name: taxonomy name; initiative: 1–10, 0 when it belongs to none of the ten."""

    name: str
    title: str
    initiative: int

    @property
    def is_question(self) -> bool:
        """A faq topic: a fixed, sourced answer."""
        return "/" in self.name

    @property
    def payload(self) -> str:
        return f"/{self.name}"


@cache
def topics() -> dict[str, Topic]:
    rows = yaml.safe_load(TOPICS_FILE.read_text(encoding="utf-8"))
    return {name: Topic(name, row["title"], row["initiative"]) for name, row in rows.items()}


def title(name: str) -> str:
    """The short title of a topic; the name itself when there is none."""
    topic = topics().get(name)
    return topic.title if topic else name


def payload(name: str) -> tuple[str, str]:
    """(title, payload) of a topic, as a tappable choice."""
    return title(name), f"/{name}"
