"""What someone studies and has studied, and whether they are in the union, in the words of the school's matters."""

from __future__ import annotations

import re

from bot.actions.base import Heard
from bot.actions.subsidy_wording import LEVEL_NAMES
from bot.language import find_degrees, normalise, read_study

_NOT_MEMBER = re.compile(
    r"(?:不是|没(?:有)?(?:加|入|参加|进)|还没(?:加|入)?|未(?:加|入)|没得|不算|非|不在)(?:入|过|上|了)?(?:什么|啥)?"
    r"(?:工会|会员|入会)|工会(?:没|未|还没)(?:加|入|有)|没工会"
)
MEMBER = re.compile(r"工会|会员|入(?:了)?会")
SECOND = re.compile(r"二学历|第二学历|第二个(?:大专|本科|文凭|学历)|(?:再|又)(?:读|念|拿)一?个(?:大专|本科)")
_NOT_SECOND = re.compile(r"不是(?:第)?二学历|第一(?:个)?学历|首个学历")
# the schooling one has, put in ways that sound like an aim: 大专刚毕业, 早就有个本科了
_DEGREE = r"(?P<{}>大专|专科|高职|本科)"
_HAD = re.compile(
    _DEGREE.format("after") + r"(?:都|已经|已|刚刚?|早就?|也|都?是)+(?:毕业|毕了业|读完|念完|上完)"
    r"|(?:已经|早就?|之前|以前|本来)(?:就)?(?:有|是|读过|拿过|念过)了?(?:一?个|张)?" + _DEGREE.format("before")
)
_RANKS = ("junior_college", "bachelor", "postgraduate")


def read_level(heard: Heard) -> str | None:
    tapped = heard.first("degree")
    study = read_study(heard.text)
    if study.aim and study.has is None and read_had(heard.text) == study.aim and len(find_degrees(heard.text)) == 1:
        return None  # the only degree named is the one already had
    return study.aim or (str(tapped) if tapped in LEVEL_NAMES and not study.has else None)


def read_had(text: str) -> str | None:
    """The schooling that is had already (codes of `bot.language.SCHOOLING`), None when none is said."""
    has = read_study(text).has
    found = None if has else _HAD.search(normalise(text).text)
    if found is None:
        return has
    return "bachelor" if (found["after"] or found["before"]) == "本科" else "junior_college"


# "工会那一千有吗" asks for the money of the union and tells of no membership
_MONEY_OF_UNION = re.compile(r"工会(?:[的那这个笔给奖励]){0,4}(?=一千|1000|1千|1k|钱|块)|工会奖励?")


def read_member(heard: Heard) -> bool | None:
    text = _MONEY_OF_UNION.sub("", normalise(heard.text).text)
    if _NOT_MEMBER.search(text):
        return False
    tapped = heard.first("member")
    if isinstance(tapped, bool):
        return tapped
    if re.search(r"(?:什么|啥)是?会员|要不要|是不是|怎么(?:加|入)|如果不", text):
        return None
    return True if MEMBER.search(text) and "计划" not in text else None


def read_second_degree(heard: Heard) -> bool | None:
    text = normalise(heard.text).text
    if _NOT_SECOND.search(text):
        return False
    aim, has = read_study(heard.text).aim, read_had(heard.text)
    if aim and has in _RANKS:
        return is_second(str(has), aim)
    return True if SECOND.search(text) else None


def is_second(has: str, level: str) -> bool:
    """Whether someone with that schooling studies for a degree of the same or a lower rank."""
    return has in _RANKS and _RANKS.index(has) >= _RANKS.index(level)
