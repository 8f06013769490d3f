"""The rows to measure on, the lines that were trained on, and the initiative of each topic."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
DEV_FILE = ROOT / "tests" / "data" / "dev.jsonl"
NLU_DIR = ROOT / "data" / "nlu"
# Two files of data/nlu are not initiatives of their own in the taxonomy.
_INITIATIVE = {"out_of_scope": "general", "emergency": "hospital"}
MOMENT = "2026-11-24T10:00:00+08:00"  # what the values of the dev set's times are counted from
_MENTION = re.compile(r"\[([^\]]*)\](?:\([a-z_]+\)|\{[^}]*\})")


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the dev set. `entities`: (type, surface) in order; `style`: plain, colloquial or noisy.

    `means`: for each entity the values, as text, that are right; none where nobody could say or has said.
    """

    text: str
    topic: str
    style: str
    writer: str
    entities: tuple[tuple[str, str], ...]
    means: tuple[frozenset[str], ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """A training line without its annotations."""

    text: str
    topic: str


def read_rows(path: Path = DEV_FILE) -> list[Row]:
    """The rows of a JSON-lines file in the dev set's form. ValueError, naming the line, for a bad one."""
    rows = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        try:
            item = json.loads(line)
            entities = tuple((entity["entity"], entity["value"]) for entity in item["entities"])
            means = tuple(frozenset(map(str, entity.get("means", ()))) for entity in item["entities"])
            rows.append(
                Row(item["text"], item["label"], item.get("style", ""), item.get("writer", ""), entities, means)
            )
        except (ValueError, KeyError, TypeError) as error:
            raise ValueError(f"{path.name} line {number}: {error!r}") from error
    return rows


def read_training(folder: Path = NLU_DIR) -> list[Line]:
    """All examples of the training files."""
    lines = []
    for path in sorted(folder.glob("*.yml")):
        for block in yaml.safe_load(path.read_text(encoding="utf-8")).get("nlu", []):
            for example in block.get("examples", "").splitlines():
                if example.strip().startswith("- "):
                    text = _MENTION.sub(lambda found: found.group(1), example.strip()[2:].strip())
                    lines.append(Line(text, block["intent"]))
    return lines


def initiatives(folder: Path = NLU_DIR) -> Mapping[str, str]:
    """Topic → initiative."""
    found: dict[str, str] = {}
    for path in sorted(folder.glob("*.yml")):
        for block in yaml.safe_load(path.read_text(encoding="utf-8")).get("nlu", []):
            topic = block["intent"]
            found[topic] = _INITIATIVE.get(topic, _INITIATIVE.get(path.stem, path.stem))
    return found
