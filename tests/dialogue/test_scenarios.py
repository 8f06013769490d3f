"""Whole conversations, each turn checked. Format: see scenarios/README.md."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.dialogue.conftest import Talk

FOLDER = Path(__file__).parent / "scenarios"
SCENARIOS: list[dict[str, Any]] = [
    scenario for file in sorted(FOLDER.glob("*.yml")) for scenario in yaml.safe_load(file.read_text(encoding="utf-8"))
]


def _plain(text: str) -> str:
    return re.sub(r"(?<=\d),(?=\d)", "", re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)))


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda s: str(s["id"]))
async def test_conversation(scenario: dict[str, Any], talk: Talk) -> None:
    caught: dict[str, str] = {}
    for number, turn in enumerate(scenario["turns"], 1):
        text = str(turn["user"])
        for name, value in caught.items():
            text = text.replace(f"{{{name}}}", value)
        metadata = {k: turn[k] for k in ("location", "image_url", "event") if k in turn}
        reply = await talk(text, sender=str(turn.get("as", "A")), **metadata)
        plain = _plain(reply)
        where = f"{scenario['id']} turn {number}: {text!r} → {reply!r}"
        assert plain, where
        for group in turn.get("has", []):
            options = [str(o).format(**caught) for o in (group if isinstance(group, list) else [group])]
            assert any(_plain(str(o)) in plain for o in options), f"{where}\nhas none of {options}"
        for unwanted in turn.get("hasnt", []):
            assert _plain(str(unwanted)) not in plain, f"{where}\nhas {unwanted!r}"
        if "catch" in turn:
            found = re.search(r"[A-Z]{2}\d{8}-\d{6}", reply)
            assert found, f"{where}\nno number to catch"
            caught[str(turn["catch"])] = found[0]
