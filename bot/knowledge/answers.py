"""The answers that come with the program: text, choices, source, unit, owner, dates (data/nlu, `responses:`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import yaml

NLU_DIR = Path(__file__).parents[2] / "data" / "nlu"
_SECTION = "\nresponses:"


@dataclass(frozen=True)
class Answer:
    """The approved answer of a question topic. `buttons`: (title, payload); `review`: to be looked at by then."""

    topic: str
    text: str
    buttons: tuple[tuple[str, str], ...]
    source: str
    unit: str
    owner: str
    effective: date
    review: date


@cache
def answers(folder: Path = NLU_DIR) -> Mapping[str, Answer]:
    """Topic → answer. ValueError when one has no source, unit, owner or dates."""
    found: dict[str, Answer] = {}
    for path in sorted(folder.glob("*.yml")):
        content = path.read_text(encoding="utf-8")
        start = content.find(_SECTION)  # the examples above it are long and not wanted here
        if start < 0:
            continue
        for name, variants in yaml.load(content[start:], yaml.CSafeLoader)["responses"].items():
            topic = name.removeprefix("utter_")
            found[topic] = _answer(topic, variants[0])
    return found


@cache
def payloads() -> frozenset[str]:
    """What buttons of the program's own answers send."""
    return frozenset(payload for answer in answers().values() for _, payload in answer.buttons)


def _answer(topic: str, response: dict[str, object]) -> Answer:
    facts = response.get("metadata")
    buttons = response.get("buttons") or []
    if not isinstance(facts, dict) or not isinstance(buttons, list):
        raise ValueError(f"the answer of {topic} has no metadata")
    try:
        return Answer(
            topic=topic,
            text=str(response["text"]),
            buttons=tuple((str(button["title"]), str(button["payload"])) for button in buttons),
            source=str(facts["source"]),
            unit=str(facts["unit"]),
            owner=str(facts["owner"]),
            effective=date.fromisoformat(str(facts["effective"])),
            review=date.fromisoformat(str(facts["review"])),
        )
    except KeyError as error:
        raise ValueError(f"the answer of {topic} has no {error}") from error
