"""What the topic model sees of a text: runs of characters and runs of syllables.

Characters carry Chinese words without a segmenter's mistakes; toneless syllables bring homophones together
("驿站" typed as "译站", "yizhan"). Both are counted over the folded text (:mod:`bot.language.normalise`).
"""

from __future__ import annotations

import re

from bot.language.normalise import normalise
from bot.nlu.pinyin import syllables

_REPEATED = re.compile(r"(.)\1{2,}")
_PUNCTUATION = re.compile(r"[\s。．.，,、；;：:…~～\-—_\"'“”‘’「」『』()（）\[\]【】《》<>*#|/\\]+")
_DIGIT = re.compile(r"\d")


def fold(text: str) -> str:
    """The text as the topic model reads it: folded, digits alike, no blanks, no runs of one character."""
    folded = _DIGIT.sub("0", normalise(text).text)
    return _REPEATED.sub(r"\1\1", _PUNCTUATION.sub("", folded))


def grams(folded: str, longest: int = 3) -> list[str]:
    """Runs of 1 to `longest` characters ("c…") and syllables ("p…"), with the text's ends marked."""
    characters = f"^{folded}$"
    sounds = ["^", *syllables(folded), "$"]
    found: list[str] = []
    for size in range(1, longest + 1):
        found += ["c" + characters[at : at + size] for at in range(len(characters) - size + 1)]
        found += ["p" + " ".join(run) for run in zip(*(sounds[at:] for at in range(size)), strict=False)]
    return found
