"""What has changed between two texts, for people to read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

Piece = tuple[str, str]  # ("same" | "out" | "in", text)
TINY = 2  # signs that stayed between two changes; left there they would tear the words around them
_SIGNS = re.compile(r"\d+|[A-Za-z]+|.", re.DOTALL)


def by_sign(old: str, new: str) -> list[Piece]:
    """The new text with what was taken out and put in, in reading order; a number or a Latin word is one sign."""
    before, after = _SIGNS.findall(old), _SIGNS.findall(new)
    pieces: list[Piece] = []
    for same, old_from, old_to, new_from, new_to in _joined(
        SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    ):
        if same:
            pieces.append(("same", "".join(after[new_from:new_to])))
            continue
        pieces += [("out", "".join(before[old_from:old_to]))] * (old_to > old_from)
        pieces += [("in", "".join(after[new_from:new_to]))] * (new_to > new_from)
    return pieces


def by_line(old: str, new: str, around: int = 2) -> list[Piece]:
    """Changed lines with `around` unchanged ones before and after; ("gap", "") where lines were left out."""
    before, after = old.splitlines(), new.splitlines()
    pieces: list[Piece] = []
    for group in SequenceMatcher(None, before, after, autojunk=False).get_grouped_opcodes(around):
        pieces += [("gap", "")] * bool(pieces)
        for tag, old_from, old_to, new_from, new_to in group:
            if tag == "equal":
                pieces += [("same", line) for line in after[new_from:new_to]]
                continue
            pieces += [("out", line) for line in before[old_from:old_to]]
            pieces += [("in", line) for line in after[new_from:new_to]]
    return pieces


def _joined(codes: Sequence[tuple[str, int, int, int, int]]) -> list[tuple[bool, int, int, int, int]]:
    """(stayed, from and to in the old, from and to in the new): changes side by side as one, also over a tiny part
    that stayed."""
    joined: list[tuple[bool, int, int, int, int]] = []
    for place, (tag, old_from, old_to, new_from, new_to) in enumerate(codes):
        same = tag == "equal" and (old_to - old_from > TINY or place in (0, len(codes) - 1))
        if joined and not same and not joined[-1][0]:
            joined[-1] = (False, joined[-1][1], old_to, joined[-1][3], new_to)
        else:
            joined.append((same, old_from, old_to, new_from, new_to))
    return joined
