"""Fold the many ways of typing one character into one, without losing where it stood.

Full-width and compatibility forms (NFKC), traditional characters, capitals and invisible marks are folded
one original character at a time, so every position of the folded text leads back to the original text.
Folding by character rather than by phrase is on purpose: OpenCC's phrase tables change lengths and guess.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from opencc import OpenCC

_TRADITIONAL = OpenCC("t2s")
_CACHED_LENGTH = 2_000
_INVISIBLE = frozenset({"Cf", "Cc", "Mn", "Me", "Cs"})


@dataclass(frozen=True, slots=True)
class Normalised:
    """A folded text and, for each of its characters, the slice of the original it came from."""

    original: str
    text: str
    starts: Sequence[int]
    ends: Sequence[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Offsets in the original text of the folded slice `[start, end)`, which must not be empty."""
        if not 0 <= start < end <= len(self.text):
            raise ValueError(f"no such slice: [{start}, {end}) of {len(self.text)} characters")
        return self.starts[start], self.ends[end - 1]

    def surface(self, start: int, end: int) -> str:
        """The original characters behind the folded slice `[start, end)`."""
        begin, stop = self.span(start, end)
        return self.original[begin:stop]


@lru_cache(maxsize=16_384)
def fold_character(character: str) -> str:
    """One original character folded: one character, or none if invisible.

    What would become several characters (½, …, ㎏) stays as it is: no two spans may share a character.
    """
    if character.isascii():
        return character.lower() if character.isprintable() else " " if character.isspace() else ""
    if character.isspace():
        return " "
    if unicodedata.category(character) in _INVISIBLE:
        return ""
    folded = unicodedata.normalize("NFKC", character).lower()
    if len(folded) != 1:
        return character
    return _simplified(folded) if "\u3400" <= folded <= "\u9fff" else folded


def _simplified(character: str) -> str:
    simplified = _TRADITIONAL.convert(character)
    return simplified if len(simplified) == 1 else character


def _normalise(text: str) -> Normalised:
    pieces = [fold_character(character) for character in text]
    folded = "".join(pieces)
    if len(folded) == len(text):
        return Normalised(text, folded, range(len(text)), range(1, len(text) + 1))
    origin = [index for index, piece in enumerate(pieces) if piece]
    return Normalised(text, folded, origin, [index + 1 for index in origin])


_normalise_cached = lru_cache(maxsize=64)(_normalise)


def normalise(text: str) -> Normalised:
    """Fold `text`: NFKC, simplified characters, lower case, every space a plain space, invisible marks gone.

    Takes time linear in the text. Short texts are remembered, since every finder of this room asks anew.
    """
    return _normalise_cached(text) if len(text) <= _CACHED_LENGTH else _normalise(text)
