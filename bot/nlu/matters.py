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
_WEAK = re.compile(r"[\s。！？!?；;]+")  # a comma seldom parts two matters
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
    strong: bool  # a word such as 顺便 opens it or follows it, not a mere comma
    topic: str | None = None
    confidence: float = 0.0


@dataclass(frozen=True)
class SplitSettings:
    """Least probability of a part's topic beside a strong seam (顺便) and between weak ones (a blank).

    `short`: the longest message, in characters, that is taken apart at weak seams alone. In a longer one, a story,
    commas part sentences and not matters.
    """

    strong: float = 0.55
    weak: float = 0.9
    short: int = 40


def split(text: str, ranking: Sequence[tuple[str, float]], model: TopicModel, settings: SplitSettings) -> list[Matter]:
    """The matters of a text in reading order; one, the whole text, unless it surely holds more."""
    whole = [Matter(text, 0, len(text), *ranking[0])]
    if len(text) > _MOST_CHARACTERS:
        return whole
    parts = _parts(text)
    if not 2 <= len(parts) <= _MOST_PARTS:
        return whole
    judged = _join([_judge(text, part, model, settings) for part in parts])
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
        if (parts and not opens and len(text[start:end].strip()) < _SHORTEST) or (
            parts and not opens and len(text[parts[-1].start : parts[-1].end].strip()) < _SHORTEST
        ):
            parts[-1] = replace(parts[-1], end=end)
        else:
            parts.append(_Part(start, end, strong))
    return parts


def _judge(text: str, part: _Part, model: TopicModel, settings: SplitSettings) -> _Part:
    said = _STRONG.sub("", text[part.start : part.end]).strip()
    if len(said) < 2:
        return part
    topic, confidence = model.ranking(model.scores(said), 1)[0]
    least = settings.strong if part.strong else settings.weak
    if topic in _NO_MATTER or confidence < least:
        return part
    return replace(part, topic=topic, confidence=confidence)


def _join(parts: Sequence[_Part]) -> list[_Part]:
    """Parts without a topic go with their neighbour, as do neighbours on one topic."""
    joined: list[_Part] = []
    for part in parts:
        before = joined[-1] if joined else None
        weak_topic = part.topic in _ONLY_STRONG and not part.strong and before is not None
        if before is not None and (
            part.topic is None or before.topic is None or before.topic == part.topic or weak_topic
        ):
            topic = before.topic or part.topic
            confidence = max(before.confidence, part.confidence if part.topic == topic else 0.0)
            strong = before.strong if before.topic else before.strong or part.strong
            joined[-1] = _Part(before.start, part.end, strong, topic, confidence)
        else:
            joined.append(part)
    return joined
