"""One message, two matters: 花桥哪里有驿站 还有昆小哥医院是哪家医院.

Most long messages hold one matter and much around it, so a message is taken apart only where every sign
agrees: there is a seam, each part is surely about its own topic, and the message is short or says 顺便, 还有.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from bot.knowledge.topics import topics
from bot.nlu.topic_model import TopicModel

_STRONG = re.compile(
    r"(?:还有(?=.{3})|(?<=[\s，,。；;])还有(?=..))(?!没|多|几|吗|么|啥|什么|哪|个)|顺便|顺带|顺道|另外|对了|再问|还想问|还要问|再就是|再一个|第二个|其次|还有个|还有就是|还有一"
)
_WEAK = re.compile(r"[\s。！？!?；;，,]+")
_COMMA = frozenset("，,")
_ASKED = re.compile("[？?]")
_BLANK = " ，,。.！!？?；;、"
_SHORTEST = 4
_MOST_CHARACTERS = 120
_MOST_PARTS = 5
# The longest message that is taken apart at weak seams alone: in a longer one, a story, commas part sentences.
_SHORT = 40
# The least probability, by the grams alone, with which a part between weak seams is read in full: one split in thirty
# is lost by it, and two readings in three are spared.
_HOPE = 0.1
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
_ONLY_STRONG = frozenset(
    {
        "inform",
        "help",
        "stop",
        "human_handoff",
        "bot_challenge",
        "open_dispute",
        "overview/who_is_covered",
        "overview/responsible_unit",
    }
)
# 请帮我报名, 给我约上: of what was named before.
_POINTS_BACK = re.compile(
    "(?:请|那|也|就|麻烦|你|再)*(?:给|帮|替)?我?也?(?:报|约|登记|申请|预约|办|挂|安排)(?:一下|一个|个|上)*(?:名|号)?"
    "(?:要啥|要什么)?[了吧嘛呗啊哈]*"
)


@dataclass(frozen=True, slots=True)
class Matter:
    """`text[start:end]` of the message, and what it is about."""

    text: str
    start: int
    end: int
    topic: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Part:
    """What stands between two seams of a text, `text[start:end]`, and what it says.

    `strong`: a word such as 顺便 opens it or follows it; `comma`: a mere comma does.
    """

    words: str
    start: int
    end: int
    strong: bool
    comma: bool
    topic: str | None = None
    confidence: float = 0.0

    def about(self, topic: str, confidence: float) -> Part:
        """The same part with its topic."""
        return replace(self, topic=topic, confidence=confidence)


@dataclass(frozen=True)
class SplitSettings:
    """Least probability of a part's topic beside a strong seam (顺便), between weak ones (a blank), at a comma."""

    strong: float = 0.55
    weak: float = 0.9
    comma: float = 0.97


def find_parts(text: str, model: TopicModel) -> list[Part]:
    """The parts of a text, if by its seams and a guess at each part it may hold several matters; else none.

    Most messages have none: reading the parts in full takes nearly as long as reading the message once more.
    """
    if len(text) > _MOST_CHARACTERS:
        return []
    parts = _parts(text)
    strong = any(part.strong for part in parts)
    if not 2 <= len(parts) <= _MOST_PARTS or (len(text) > _SHORT and not strong):
        return []
    guesses = [model.guess(part.words) for part in parts]
    if strong:
        return parts if len({topic for topic, _ in guesses}) > 1 else []
    hopeful = {topic for topic, hope in guesses if hope >= _HOPE} - _NO_MATTER - _ONLY_STRONG
    initiatives = {_initiative(topic) for topic in hopeful}
    return parts if len(initiatives) > 1 or (len(hopeful) > 1 and _ASKED.search(text)) else []


def split(
    text: str, ranking: Sequence[tuple[str, float]], parts: Sequence[Part], settings: SplitSettings
) -> list[Matter]:
    """The matters of a text in reading order; one, the whole text, unless it surely holds more.

    `ranking`: of the whole text. `parts`: from :func:`find_parts`, with their topics.
    """
    whole = [Matter(text, 0, len(text), *ranking[0])]
    judged = _join([_judge(part, settings) for part in parts])
    topics = [part.topic for part in judged]
    if len(judged) < 2 or len(set(topics)) < len(topics):
        return whole
    if len(text) > _SHORT and not all(part.strong for part in judged):
        return whole
    if ranking[0][0] not in topics and not all(part.strong for part in judged):
        return whole
    return [
        Matter(text[part.start : part.end], part.start, part.end, part.topic or "", part.confidence) for part in judged
    ]


def _parts(text: str) -> list[Part]:
    """The text between its seams; what is too short for a matter goes with what stands before it."""
    seams = {match.end(): False for match in _WEAK.finditer(text)}
    seams.update({match.start(): True for match in _STRONG.finditer(text)})
    edges = [0, *sorted(at for at in seams if 0 < at < len(text)), len(text)]
    parts: list[Part] = []
    for start, end in pairwise(edges):
        opens, strong = seams.get(start, False), seams.get(start, False) or seams.get(end, False)
        comma = text[start - 1 : start] in _COMMA or text[end - 1 : end] in _COMMA
        shorter = min(len(text[at:to].strip()) for at, to in [(start, end), *((p.start, p.end) for p in parts[-1:])])
        if parts and not opens and shorter < _SHORTEST:
            parts[-1] = replace(parts[-1], end=end, comma=comma)
        else:
            parts.append(Part("", start, end, strong, comma))
    return [replace(part, words=_STRONG.sub("", text[part.start : part.end]).strip()) for part in parts]


def _judge(part: Part, settings: SplitSettings) -> Part:
    """The part, without its topic where that is none or not sure."""
    least = settings.strong if part.strong else settings.comma if part.comma else settings.weak
    if len(part.words) > 1 and part.topic not in _NO_MATTER and part.confidence >= least:
        return part
    return replace(part, topic=None, confidence=0.0)


def _join(parts: Sequence[Part]) -> list[Part]:
    """Parts without a topic of their own go with their neighbour, as do neighbours on one topic."""
    joined: list[Part] = []
    for part in parts:
        before = joined[-1] if joined else None
        if before is None or (_stands(before) and _stands(part) and not _is_one(before, part)):
            joined.append(part)
            continue
        main = before if _stands(before) or not _stands(part) else part
        joined[-1] = replace(main, start=before.start, end=part.end, strong=before.strong or part.strong)
    return joined


def _stands(part: Part) -> bool:
    """Is the part a matter by itself?"""
    if part.topic is None:
        return False
    return part.strong or not (part.topic in _ONLY_STRONG or _POINTS_BACK.fullmatch(part.words.strip(_BLANK)))


def _is_one(before: Part, part: Part) -> bool:
    """Are they on one topic, or does the second go on about the initiative of the first, at no sign of a new matter?"""
    if before.topic == part.topic:
        return True
    if before.strong or part.strong or before.words.endswith(("？", "?")):
        return False
    return _initiative(before.topic or "") == _initiative(part.topic or "")


def _initiative(topic: str) -> int | str:
    """The number of the topic's initiative; the topic itself where it belongs to none."""
    known = topics().get(topic)
    return (known.initiative if known else 0) or topic
