"""Longest match of a list of surfaces in a folded text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Generic, TypeVar

from bot.language.normalise import normalise

Value = TypeVar("Value")


class Lexicon(Generic[Value]):
    """Surfaces, folded, with the value each stands for."""

    def __init__(self, surfaces: Mapping[str, Value]) -> None:
        self._values = {normalise(surface).text: value for surface, value in surfaces.items()}
        self._values.pop("", None)
        lengths: dict[str, set[int]] = {}
        for surface in self._values:
            lengths.setdefault(surface[0], set()).add(len(surface))
        self._lengths = {first: sorted(found, reverse=True) for first, found in lengths.items()}

    def find(self, folded: str) -> Iterator[tuple[int, int, Value]]:
        """(start, end, value) of each match in reading order, the longest at its place, none overlapping."""
        at = 0
        while at < len(folded):
            for length in self._lengths.get(folded[at], ()):
                surface = folded[at : at + length]
                if len(surface) == length and surface in self._values and whole_word(folded, at, at + length):
                    yield at, at + length, self._values[surface]
                    at += length
                    break
            else:
                at += 1


def whole_word(text: str, start: int, end: int) -> bool:
    """Latin surfaces (UU, EMS, WiFi) count only as whole words."""
    first, last = text[start], text[end - 1]
    before, after = text[start - 1 : start], text[end : end + 1]
    return not (
        (first.isascii() and first.isalnum() and before.isascii() and before.isalnum())
        or (last.isascii() and last.isalnum() and after.isascii() and after.isalnum())
    )
