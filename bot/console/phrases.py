"""Canned phrases for talks: those of `data/console/phrases.yml` for everybody, and a seat's own (`services.kept`)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

import yaml

from bot.settings import ROOT

FILE = ROOT / "data" / "console" / "phrases.yml"
CODE = re.compile(r"[a-z0-9]{1,12}")
LONGEST = 500


@dataclass(frozen=True)
class Phrase:
    code: str
    text: str


@cache
def phrases() -> tuple[Phrase, ...]:
    """The common ones, in the file's order. ValueError for a file that is not right."""
    found = tuple(Phrase(str(row["code"]), str(row["text"])) for row in yaml.safe_load(FILE.read_text("utf-8")))
    codes = [one.code for one in found]
    if len(set(codes)) != len(codes):
        raise ValueError("a code of phrases.yml is there twice")
    for one in found:
        if not CODE.fullmatch(one.code) or not one.text or len(one.text) > LONGEST:
            raise ValueError(f"phrase {one.code!r} of phrases.yml")
    return found
