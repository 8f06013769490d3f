"""The short questions that are put about the topic just answered ("要钱吗", "外地户口呢"), and the line for each."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

FOLLOW_UPS_FILE = Path(__file__).parents[2] / "data" / "knowledge" / "follow_ups.yml"
MOST = 3  # lines of one message

# what may stand around the question without changing it
_FILLER = re.compile(
    r"一个月|每个月|那么?|请问|问一?下|想问|再问|这个|那个|这|它|咱们?|我们|我|你们|您|自己|能不能|可不可以|行不行|好不好|要不要|会不会|有没有|是不是"
    r"|能够|能|可以|可|行|得|会|给|有|是|要|去|到|来|办|做|查|用|加入|加|参加|帮忙?|报名|报|领|买|享受|算|进|现在|到底|大概|一般|具体|还|也|就|都|又|或者|如果|要是|一共|总共"
    r"|另外|然后|对了|时候|一下|一个|的话|话|一年|一次|每次|多少|几成|才够|才|够|带着?|不好|一起|刚才?|什么样|评|选|开|今年|去年|明年|上次"
    r"|吗|嘛|么|呢|吧|呀|啊|哦|喔|哈|不|没|伐|了|的|里|个|啦|哇|嘞|和|跟"
)
_SIGNS = re.compile(r"[\s，,。.、？?！!~～…；;：:“”\"']+")


@dataclass(frozen=True)
class Line:
    """One line of answer: `key` names it within its topic."""

    topic: str
    key: str
    text: str


@dataclass(frozen=True)
class FollowUps:
    """What may be asked about one topic. `asks`: (key, words), those to be tried first in front. `of_task`: topics of
    tasks after which this topic is being talked about, too."""

    topic: str
    names: re.Pattern[str]
    source: str
    of_task: tuple[str, ...]
    asks: tuple[tuple[str, re.Pattern[str]], ...]
    lines: Mapping[str, str]

    def asked(self, text: str) -> tuple[Line, ...]:
        """The lines for all that the text asks; empty when it says anything besides."""
        rest = _SIGNS.sub(" ", text).strip()
        found: list[str] = []
        for key, words in self.asks:
            left = words.sub(" ", rest)
            if left != rest:
                found.append(key)
                rest = left
        if not found or len(found) > MOST or _SIGNS.sub("", _FILLER.sub(" ", self.names.sub(" ", rest))):
            return ()
        return tuple(Line(self.topic, key, self.lines[key]) for key in self.lines if key in found)

    def is_named(self, text: str) -> bool:
        """Whether the text names the topic itself."""
        return bool(self.names.search(text))


@cache
def follow_ups(path: Path = FOLLOW_UPS_FILE) -> Mapping[str, FollowUps]:
    """Topic → its follow-ups. ValueError when a line has no words that ask for it."""
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    return {topic: _read(topic, row, content["asks"]) for topic, row in content["topics"].items()}


def lines(topic: str, keys: Sequence[str]) -> str:
    """The text of these lines of a topic; empty when there is none."""
    row = follow_ups().get(topic)
    return "\n".join(row.lines[key] for key in keys if row and key in row.lines)


def talked_about(topic: str) -> str | None:
    """The topic that short questions are about after this one was asked about, or after that task."""
    if topic in follow_ups():
        return topic
    return next((name for name, row in follow_ups().items() if topic in row.of_task), None)


def _read(topic: str, row: dict[str, object], common: dict[str, str]) -> FollowUps:
    lines, own, first = row["lines"], row.get("words") or {}, row.get("first") or []
    if not isinstance(lines, dict) or not isinstance(own, dict) or not isinstance(first, list):
        raise ValueError(f"the follow-ups of {topic} are no table")
    order = [*first, *(key for key in lines if key not in first)]
    asks = []
    for key in order:
        patterns = [pattern for pattern in (own.get(key), common.get(key)) if pattern]
        if not patterns or key not in lines:
            raise ValueError(f"nothing asks for {key} of {topic}")
        asks.append((str(key), re.compile("|".join(f"(?:{pattern})" for pattern in patterns))))
    of_task = row.get("of_task") or []
    return FollowUps(
        topic=topic,
        names=re.compile(str(row["names"])),
        source=str(row["source"]),
        of_task=tuple(of_task) if isinstance(of_task, list) else (),
        asks=tuple(asks),
        lines={str(key): str(text) for key, text in lines.items()},
    )
