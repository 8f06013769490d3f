"""The answer desk's way to the answers: by the words of a caller's topic, by pinyin initials, by number, by text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml
from pypinyin import Style, lazy_pinyin, load_phrases_dict

from bot.knowledge.answers import NLU_DIR, answers
from bot.knowledge.topics import topics

DESK_FILE = Path(__file__).parents[2] / "data" / "knowledge" / "desk.yml"
SHORT = 8  # characters: examples up to this length are found by their initials
DISPUTE_TYPES = {
    "wages": "拖欠工资",
    "deposit": "押金不退",
    "deduction": "扣款罚款",
    "injury": "受伤工伤",
    "contract": "没签合同",
    "dismissal": "被辞退",
    "social_insurance": "不交社保",
    "account_ban": "封号限单",
}
# words of our phrases in which a character is not read as it mostly is
_READINGS = {
    "银行": [["yín"], ["háng"]],
    "建行": [["jiàn"], ["háng"]],
    "调解": [["tiáo"], ["jiě"]],
    "泊位": [["bó"], ["wèi"]],
    "时长": [["shí"], ["cháng"]],
    "便宜": [["pián"], ["yi"]],
    "补给": [["bǔ"], ["jǐ"]],
}
_INTENT = re.compile(r"^\s*- intent: (\S+)")
_EXAMPLE = re.compile(r"^\s*- (.+)$")
_MARKED = re.compile(r"\[([^\]]+)\](?:\([^)]*\)|\{[^}]*\})")
_HAN = re.compile(r"[\u4e00-\u9fff]+")


load_phrases_dict(_READINGS)


@dataclass(frozen=True)
class Hit:
    """`phrase`: what the query was found in; `dispute_type` where the phrase is a kind of dispute."""

    topic: str
    phrase: str
    dispute_type: str = ""


@cache
def _desk() -> Mapping[str, Mapping[str, object]]:
    rows: Mapping[str, Mapping[str, object]] = yaml.safe_load(DESK_FILE.read_text(encoding="utf-8"))
    return rows


def answer_topic(topic: str, dispute_type: str = "") -> str | None:
    """The question topic whose answer is read out; None when there is nothing to read (small talk)."""
    if topic in answers():
        return topic
    row = _desk().get(topic)
    if row is None:
        return None
    by_type = row.get("by_type")
    if isinstance(by_type, dict) and dispute_type in by_type:
        return str(by_type[dispute_type])
    return str(row["answer"])


def by_number(query: str) -> list[Hit]:
    """`1` to `10`, `01` to `10`: everything of an initiative, questions first."""
    if not re.fullmatch(r"0?[1-9]|10", query):
        return []
    of_it = [topic for topic in topics().values() if topic.initiative == int(query)]
    ordered = sorted(of_it, key=lambda topic: not topic.is_question)
    return [Hit(topic.name, topic.title) for topic in ordered if answer_topic(topic.name)]


def by_initials(query: str, most: int = 8) -> list[Hit]:
    """`yjbt` → 押金不退: phrases whose initials are, start with, or hold the letters; the closest first."""
    letters = query.lower()
    if not re.fullmatch(r"[a-z]{2,20}", letters):
        return []
    ranked: dict[tuple[str, str], tuple[tuple[int, int, int], Hit]] = {}
    for place, (initials, hit) in enumerate(_phrases()):
        at = initials.find(letters)
        if at < 0:
            continue
        rank = (0 if initials == letters else 1 if at == 0 else 2, len(initials), place)
        key = (hit.topic, hit.dispute_type)
        if key not in ranked or rank < ranked[key][0]:
            ranked[key] = (rank, hit)
    return [hit for _, hit in sorted(ranked.values(), key=lambda pair: pair[0])][:most]


def by_text(query: str, most: int = 5) -> list[Hit]:
    """Topics whose title or answer holds the words, titles first."""
    words = query.split()
    if not words or sum(map(len, words)) < 2:
        return []
    titled, written = [], []
    for name, topic in topics().items():
        if not answer_topic(name):
            continue
        if all(word in topic.title for word in words):
            titled.append(Hit(name, topic.title))
        elif name in answers() and all(word in answers()[name].text for word in words):
            written.append(Hit(name, topic.title))
    return [*titled, *written][:most]


@cache
def _phrases() -> tuple[tuple[str, Hit], ...]:
    """(initials, hit) of kinds of dispute, titles and short examples, in this order."""
    found = [Hit("open_dispute", name, kind) for kind, name in DISPUTE_TYPES.items()]
    found += [Hit(name, topic.title) for name, topic in topics().items() if answer_topic(name)]
    found += [Hit(topic, text) for topic, text in _short_examples() if answer_topic(topic)]
    return tuple((initials, hit) for hit in found if (initials := initials_of(hit.phrase)))


def initials_of(text: str) -> str:
    """The first letters of the syllables of its Chinese characters: 押金不退 → yjbt."""
    return "".join(lazy_pinyin("".join(_HAN.findall(text)), style=Style.FIRST_LETTER)).lower()


def _short_examples(folder: Path = NLU_DIR) -> Iterator[tuple[str, str]]:
    # read line by line: as YAML it would take seconds
    for path in sorted(folder.glob("*.yml")):
        topic = ""
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.startswith("responses:"):
                break
            intent = _INTENT.match(line)
            if intent:
                topic = intent[1]
            elif topic and (example := _EXAMPLE.match(line)):
                text = _MARKED.sub(r"\1", example[1]).strip()
                if len(text) <= SHORT and _HAN.search(text):
                    yield topic, text
