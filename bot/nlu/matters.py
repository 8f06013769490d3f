"""One message, two matters: 花桥哪里有驿站 还有昆小哥医院是哪家医院.

Most long messages hold one matter and much around it, so a message is taken apart only where every sign
agrees: there is a seam, each part is surely about its own topic, and the message is short or says 顺便, 还有.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from bot.nlu.topic_model import TopicModel

_STRONG = re.compile(
    r"还有(?=.{3})(?!没|多|几|吗|么|啥|什么|哪|个)|顺便|顺带|顺道|另外|对了|再问|还想问|还要问|再就是|再一个|第二个|其次|还有个|还有就是|还有一"
)
_WEAK = re.compile(r"[\s。！？!?；;，,]+")
_COMMA = frozenset("，,")
_SHORTEST = 4
_MOST_CHARACTERS = 120
_MOST_PARTS = 5
# Said around a matter, never a matter of their own.
_NO_MATTER = frozenset(
    {
        "greet",
        "goodbye",
        "thank",
        "affirm",
        "deny",
        "chitchat",
        "bot_feedback",
        "out_of_scope",
        "emergency",
        "crisis",
    }
)
# A matter after 顺便; between blanks and commas a part of what stands beside it.
_ONLY_STRONG = frozenset({"inform", "help", "stop", "human_handoff", "bot_challenge", "open_dispute"})


@dataclass(frozen=True, slots=True)
class Matter:
    """`text[start:end]` of the message, and what it is about."""

    text: str
    start: int
    end: int
    topic: str
    confidence: float


@dataclass(frozen=True, slots=True)
class _Part:
    start: int
    end: int
    strong: bool  # a word such as 顺便 opens it or follows it
    comma: bool  # a mere comma opens it or follows it
    topic: str | None = None
    confidence: float = 0.0


@dataclass(frozen=True)
class SplitSettings:
    """Least probability of a part's topic beside a strong seam (顺便), between weak ones (a blank), at a comma.

    `short`: the longest message, in characters, that is taken apart at weak seams alone. In a longer one, a story,
    commas part sentences and not matters. `hope`: the least probability, by the grams alone, with which a part between
    weak seams is read in full: one split in thirty is lost by it, and two readings in three are spared.
    """

    strong: float = 0.55
    weak: float = 0.9
    comma: float = 0.97
    short: int = 40
    hope: float = 0.1


def split(text: str, ranking: Sequence[tuple[str, float]], model: TopicModel, settings: SplitSettings) -> list[Matter]:
    """The matters of a text in reading order; one, the whole text, unless it surely holds more."""
    whole = [Matter(text, 0, len(text), *ranking[0])]
    if len(text) > _MOST_CHARACTERS:
        return whole
    parts = _parts(text)
    if not 2 <= len(parts) <= _MOST_PARTS:
        return whole
    if len(text) > settings.short and not any(part.strong for part in parts):
        return whole
    # Most messages end here: reading the parts in full takes as long as reading the message once more.
    guesses = [model.guess(_said(text, part)) for part in parts]
    if not any(part.strong for part in parts):
        guesses = [(topic, hope) for topic, hope in guesses if hope >= settings.hope and topic not in _NO_MATTER]
    if len({topic for topic, _ in guesses}) < 2:
        return whole
    judged = _join(_judged(text, parts, model, settings))
    topics = [part.topic for part in judged]
    if len(judged) < 2 or len(set(topics)) < len(topics):
        return whole
    if len(text) > settings.short and not all(part.strong for part in judged):
        return whole
    if ranking[0][0] not in topics and not all(part.strong for part in judged):
        return whole
    return [
        Matter(text[part.start : part.end], part.start, part.end, part.topic or "", part.confidence) for part in judged
    ]


def _parts(text: str) -> list[_Part]:
    """The text between its seams; what is too short for a matter goes with what stands before it."""
    seams = {match.end(): False for match in _WEAK.finditer(text)}
    seams.update({match.start(): True for match in _STRONG.finditer(text)})
    edges = [0, *sorted(at for at in seams if 0 < at < len(text)), len(text)]
    parts: list[_Part] = []
    for start, end in pairwise(edges):
        opens, strong = seams.get(start, False), seams.get(start, False) or seams.get(end, False)
        comma = text[start - 1 : start] in _COMMA or text[end - 1 : end] in _COMMA
        shorter = min(len(text[at:to].strip()) for at, to in [(start, end), *((p.start, p.end) for p in parts[-1:])])
        if parts and not opens and shorter < _SHORTEST:
            parts[-1] = replace(parts[-1], end=end, comma=comma)
        else:
            parts.append(_Part(start, end, strong, comma))
    return parts


def _said(text: str, part: _Part) -> str:
    return _STRONG.sub("", text[part.start : part.end]).strip()


def _judged(text: str, parts: Sequence[_Part], model: TopicModel, settings: SplitSettings) -> list[_Part]:
    """The parts with their topics, where they surely have one."""
    said = [_said(text, part) for part in parts]
    scores = iter(model.scores_of([words for words in said if len(words) > 1]))
    return [
        _judge(part, *model.ranking(next(scores), 1)[0], settings) if len(words) > 1 else part
        for part, words in zip(parts, said, strict=True)
    ]


def _judge(part: _Part, topic: str, confidence: float, settings: SplitSettings) -> _Part:
    least = settings.strong if part.strong else settings.comma if part.comma else settings.weak
    if topic in _NO_MATTER or confidence < least:
        return part
    return replace(part, topic=topic, confidence=confidence)


def _join(parts: Sequence[_Part]) -> list[_Part]:
    """Parts without a topic of their own go with their neighbour, as do neighbours on one topic."""
    joined: list[_Part] = []
    for part in parts:
        before = joined[-1] if joined else None
        if before is None or (_stands(before) and _stands(part) and before.topic != part.topic):
            joined.append(part)
            continue
        main = before if _stands(before) or not _stands(part) else part
        joined[-1] = replace(main, start=before.start, end=part.end, strong=before.strong or part.strong)
    return joined


def _stands(part: _Part) -> bool:
    """Is the part a matter by itself?"""
    return part.topic is not None and (part.strong or part.topic not in _ONLY_STRONG)
