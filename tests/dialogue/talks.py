"""The scenarios of `scenarios/*.yml`, and whether a reply is what a turn wants."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent / "scenarios"
NUMBER = re.compile(r"[A-Z]{2}\d{8}-\d{6}")


@cache
def scenarios() -> dict[str, dict[str, Any]]:
    """Id → scenario, in the order of the files."""
    found: dict[str, dict[str, Any]] = {}
    for file in sorted(FOLDER.glob("*.yml")):
        for scenario in yaml.safe_load(file.read_text(encoding="utf-8")):
            assert scenario["id"] not in found, f"two scenarios are called {scenario['id']}"
            found[scenario["id"]] = scenario
    return found


def plain(text: str) -> str:
    """Without spaces, width and the commas of thousands."""
    return re.sub(r"(?<=\d),(?=\d)", "", re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)))


def said_in(turn: dict[str, Any], caught: dict[str, str]) -> tuple[str, dict[str, Any]]:
    """(text, metadata) of a turn; `caught`: the numbers of earlier replies by name."""
    text = str(turn["user"])
    for name, value in caught.items():
        text = text.replace(f"{{{name}}}", value)
    return text, {key: turn[key] for key in ("location", "image_url", "event") if key in turn}


def check(turn: dict[str, Any], reply: str, caught: dict[str, str], where: str) -> None:
    """The reply has what the turn wants and not what it does not; keeps a number to be caught."""
    shown = plain(reply)
    assert shown, where
    for group in turn.get("has", []):
        options = [str(o).format(**caught) for o in (group if isinstance(group, list) else [group])]
        assert any(plain(option) in shown for option in options), f"{where}\nhas none of {options}"
    for unwanted in turn.get("hasnt", []):
        assert plain(str(unwanted)) not in shown, f"{where}\nhas {unwanted!r}"
    if "catch" in turn:
        found = NUMBER.search(reply)
        assert found, f"{where}\nno number to catch"
        caught[str(turn["catch"])] = found[0]
