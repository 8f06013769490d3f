"""Words around a place name that say "this is a place": the context in which a doubtful surface may count.

"八成" is a share, "签到" a check-in, "前灯" a headlight; in "我在八成那边" the first is 巴城 heard wrongly.
Texts here are folded (see :mod:`bot.language.normalise`), and positions are offsets into the folded text.
"""

from __future__ import annotations

import re

_TRAILING = re.compile(
    " ?(?:附近|那边|这边|旁边|周边|边上|周围|那里|这里|这儿|那儿|那块|这块|那头|这头|那片|这片|一带|门口|对面"
    "|跟前|边边|嘎达|那旮|镇上|街上|老街|镇里|村里|地铁站)"
)
_LEADING_WORD = re.compile("在|到|去|往|从|离|距|住|靠近|位于|定位|路过|经过|挨着|临近")
_LEADING = re.compile(f"(?:{_LEADING_WORD.pattern})$")
# Words that end like one of those: 现在 does not say where, 充到八成 not where to.
_NOT_LEADING = re.compile(
    "(?:现在|正在|存在|实在|好在|自在|失去|往往|脱离|[记抓堵]住"
    "|[充达得收感看遇受直迟签拿轮提说涨降跌打想挣做干扣电没掉剩用升]到)$"
)
_MAY_FOLLOW = re.compile(
    "[有哪怎的能找呢啊呀吧吗嘛哈这那附旁边要想上下送跑干做等歇没被出就和跟离周镇街东南西北最近过回开"
    "，。？！,.?!;；、 ]|$"
)
# What follows a place in a question: a weaker sign than a word such as 附近, see "签到在哪".
_ASKING = re.compile("$|在哪|怎么走|怎么去|有没有|有驿站|哪有|哪里|哪儿|的驿站|的窗口|的站|咋走|咋去|怎走")
_SAID_BEFORE = re.compile("^(?:我现在在|我人在|我就在|我在|人在|就在|在|到|去|靠近)(?=.{2})")
_SAID_AFTER = re.compile(f"(?<=.{{2}}){_TRAILING.pattern}$")
_BLANK = " ，。？！,.?!;；、~～…吧啊呢呀哦噢嗯"


def trailing_cue(text: str, end: int) -> bool:
    """Does a word such as 附近 stand right after offset ``end``?"""
    return _TRAILING.match(text, end) is not None


def leading_cue(text: str, start: int) -> bool:
    """Does a word such as 在 stand right before offset ``start``, in its local sense?"""
    head = text[max(0, start - 2) : start]
    return _LEADING.search(head) is not None and _NOT_LEADING.search(head) is None


def cue_offsets(text: str) -> tuple[list[int], list[int]]:
    """Where a place may end because a word such as 附近 follows, and where one may start after 在."""
    ends = [found.start() for found in _TRAILING.finditer(text)]
    starts = [found.end() for found in _LEADING_WORD.finditer(text)]
    return ends, [start for start in starts if leading_cue(text, start)]


def in_place_context(text: str, start: int, end: int) -> bool:
    """Is ``text[start:end]`` used as a place: 在 X, X 附近, 到 X 怎么走?"""
    if trailing_cue(text, end):
        return True
    return leading_cue(text, start) and _MAY_FOLLOW.match(text, end) is not None


def is_asked_for(text: str, start: int, end: int) -> bool:
    """Is ``text[start:end]`` the whole message, or does it open one that goes on with 在哪, 怎么走, …?"""
    return not text[:start].strip(_BLANK) and _ASKING.match(text[end:].strip(_BLANK)) is not None


def strip_cues(name: str) -> str:
    """The name without 我在 / 附近 and the like around it, for a value that is said to be a place."""
    return _SAID_AFTER.sub("", _SAID_BEFORE.sub("", name.strip(_BLANK)))
