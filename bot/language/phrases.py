"""Finding the values of a small closed list in a text by patterns, earliest and longest first."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.language.normalise import normalise
from bot.language.spans import Span, without_overlaps


@dataclass(frozen=True, slots=True)
class Labelled(Span):
    """A stretch of text and the value of the closed list it stands for."""

    value: str


@dataclass(frozen=True)
class PhraseTable:
    """Patterns over folded text, each with the value it means."""

    rows: Sequence[tuple[str, re.Pattern[str]]]

    @classmethod
    def of(cls, table: dict[str, Sequence[str]]) -> PhraseTable:
        """Build from value → patterns. A pattern must not match the empty string."""
        return cls([(value, re.compile("|".join(patterns))) for value, patterns in table.items()])

    def find(self, text: str) -> list[Labelled]:
        """All matches in reading order; where two overlap the longer one."""
        folded = normalise(text)
        found: list[Labelled] = []
        for value, pattern in self.rows:
            for match in pattern.finditer(folded.text):
                start, end = folded.span(match.start(), match.end())
                found.append(Labelled(start, end, text[start:end], value))
        return without_overlaps(found)
