"""Words around a place name that say "this is a place": the context in which a doubtful surface may count.

"八成" is a share, "签到" a check-in, "前灯" a headlight; in "我在八成那边" the first is 巴城 heard wrongly.
Texts here are folded (see :mod:`bot.language.normalise`), and positions are offsets into the folded text.
"""

from __future__ import annotations

TRAILING = (
    "附近", "那边", "这边", "旁边", "周边", "边上", "周围", "那里", "这里", "这儿", "那儿", "那块", "这块", "那头", "这头",
    "那片", "这片", "一带", "门口", "对面", "跟前", "边边", "嘎达", "那旮", "镇上", "街上", "老街", "镇里", "村里", "地铁站",
)  # fmt: skip
"""What follows a place: "…附近", "…那边"."""

_LEADING = ("在", "到", "去", "往", "从", "离", "距", "住", "靠近", "位于", "定位", "路过", "经过", "挨着", "临近")
_NOT_LEADING = (
    "现在", "正在", "存在", "实在", "好在", "自在", "充到", "达到", "得到", "收到", "感到", "看到", "遇到", "受到", "直到",
    "迟到", "签到", "拿到", "轮到", "提到", "说到", "涨到", "降到", "跌到", "打到", "想到", "失去", "脱离", "记住", "抓住",
    "堵住", "往往", "挣到", "做到", "干到", "扣到", "电到", "没到", "掉到", "剩到", "用到", "升到",
)  # fmt: skip
_MAY_FOLLOW = frozenset("有哪怎的能找呢啊呀吧吗嘛哈这那附旁边要想上下送跑干做等歇没被出就和跟离周镇街东南西北最近过回开，。？！,.?!;；、 ")
_BLANK = " ，。？！,.?!;；、~～…吧啊呢呀哦噢嗯"
ASKING = ("在哪", "怎么走", "怎么去", "有没有", "哪有", "哪里", "哪儿", "的驿站", "的窗口", "的站", "有驿站", "咋走", "咋去", "怎走")
"""What follows a place in a question. Weaker than :data:`TRAILING`: "签到怎么走" hardly, "签到在哪" easily is no place."""

def trailing_cue(text: str, end: int) -> bool:
    """Does a word such as 附近 stand right after offset ``end``?"""
    return text.startswith(TRAILING, end + text.startswith(" ", end))


def is_asked_for(text: str, start: int, end: int) -> bool:
    """Is ``text[start:end]`` the whole message, or does it open one that goes on with 在哪, 怎么走, …?"""
    before, after = text[:start].strip(_BLANK), text[end:].strip(_BLANK)
    return not before and (not after or after.startswith(ASKING))


def leading_cue(text: str, start: int) -> bool:
    """Does a word such as 在 stand right before offset ``start``, in its local sense?"""
    head = text[max(0, start - 2) : start]
    return head.endswith(_LEADING) and not head.endswith(_NOT_LEADING)


def in_place_context(text: str, start: int, end: int) -> bool:
    """Is ``text[start:end]`` used as a place: 在 X, X 附近, 到 X 怎么走?"""
    if trailing_cue(text, end):
        return True
    return leading_cue(text, start) and (end == len(text) or text[end] in _MAY_FOLLOW)


def strip_cues(name: str) -> str:
    """The name without 我在 / 附近 and the like around it, for a value that is said to be a place."""
    name = name.strip(_BLANK)
    for word in ("我现在在", "我人在", "我就在", "我在", "人在", "就在", "在", "到", "去", "靠近"):
        if name.startswith(word) and len(name) > len(word) + 1:
            name = name[len(word) :]
            break
    for word in TRAILING[:-1]:
        if name.endswith(word) and len(name) > len(word) + 1:
            return name[: -len(word)]
    return name
