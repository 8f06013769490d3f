"""Toneless pinyin keys: what two names share when one was typed or transcribed by its sound."""

from __future__ import annotations

from functools import lru_cache

from pypinyin import Style, pinyin

_INITIALS = {"zh": "z", "ch": "c", "sh": "s"}


@lru_cache(maxsize=8192)
def syllable(char: str) -> str:
    """The commonest toneless reading of one Han character, or "" for anything else.

    Character by character, not by phrase: a misheard name has no phrase to look up, so both sides must be
    read alike.
    """
    if not "\u4e00" <= char <= "\u9fff":
        return ""
    reading = pinyin(char, style=Style.NORMAL, errors="ignore")
    return reading[0][0] if reading else ""


def pinyin_key(text: str) -> str | None:
    """Syllables joined by spaces ("ba cheng"); None when a character has no reading."""
    syllables = [syllable(char) for char in text]
    return " ".join(syllables) if syllables and all(syllables) else None


def folded_key(key: str) -> str:
    """The key as southern ears hear it: zh=z, ch=c, sh=s, ng=n, n=l at the start of a syllable."""
    return " ".join(map(_fold, key.split(" ")))


def _fold(one: str) -> str:
    one = _INITIALS.get(one[:2], one[:2]) + one[2:]
    if one.endswith("ng"):
        one = one[:-1]
    return "l" + one[1:] if one.startswith("n") and len(one) > 1 else one
