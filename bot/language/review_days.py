"""Whether the days for the review of a traffic finding are over (道路交通事故处理程序规定 Art 71), by what was said; pure."""

from __future__ import annotations

import re

from bot.language.durations import find_durations
from bot.language.normalise import normalise

DAYS = 3  # 道路交通事故处理程序规定 Art 71: from the day on which the finding was received
REVIEW = frozenset(
    {
        "finding_review",
        "review_late",
        "review_in_time",
        "review_when",
        "review_cost",
        "review_where",
        "review_docs",
        "review_long",
    }
)
"""The points that are about it."""

# of a length of time that is not the finding's: 出事五天了 认定书刚下来
_JUST_RECEIVED = re.compile(
    r"(?:刚刚?|今天|昨天|才|早上|上午|下午)[^,，。]{0,3}(?:拿到|收到|下来|出来|给我|领到|到手|送来)"
)
_SINCE_THEN = re.compile(
    r"(?:过了?|超过?了?|都|已经|有|拿到|收到|下来|出来|认定书?|领了?|快)(?:都|已经|有|快|差不多|大概|了|书|\s)*$"
)
_RECEIVED = re.compile(r"拿到|收到|下来|出来|到手|领")
_LONG_AGO = re.compile(
    r"上个?月|去年|大?前年|好久|很久|老早|早就|半个月|上上周|上上个?(?:星期|礼拜)|(?:好|老)?几个?(?:月|星期|礼拜|周)|个把月"
)
_IN_TIME = re.compile(
    r"来得及|来不及|晚不晚|晚了|太晚|过期|过了(?:时间|期限|期|日子)|超期|超时|还(?:能|行|可以|成|收|管|算|有用)|(?:能|行|收)不(?:能|行|收)|时效"
)
_ELLIPTIC = re.compile(
    r"那|但是?|可是?|不过|我们?|这个?|都|已经|现在|今天|认定书?|责任|书|单子|拿到|收到|下来|出来|复核|申请|的话|要是|如果|过期|过|超过?|有没有|有|还|能不能|能|行不行|行"
    r"|来得及|来不及|来不来得及|晚不晚|晚|太|吗|么|嘛|呢|不|没|了|的|啊|呀|吧|伐|可以|成|收不收|收|管用|管|用|算|咋办|咋整|怎么办|前|才|刚|就|是|好|快|差不多|大概|期限?|时间|时效"
    r"|办|交|提|到|得|会|够|多|几|天|去|再|[\s,，。.?？!！]"
)


def is_late(text: str) -> bool:
    """Whether a text that asks for the review tells that the days are over: "交警认定我全责 过了五天了 还能复核吗"."""
    folded = normalise(text).text
    if _JUST_RECEIVED.search(folded):
        return False
    return any(one.days > DAYS and _SINCE_THEN.search(folded[: one.start]) for one in find_durations(folded))


def asks_if_in_time(text: str) -> str | None:
    """The point that answers "过了五天了 还行不", "昨天刚拿到 来得及吗" and nothing more; None when it says something else."""
    folded = normalise(text).text
    spans = find_durations(folded)
    rest = folded
    for one in reversed(spans):
        rest = rest[: one.start] + rest[one.end :]
    rest, long_ago = _LONG_AGO.subn("", rest)
    rest, lately = re.subn(r"(?:今天|昨天|前天|今早|昨晚)", "", rest)
    if _ELLIPTIC.sub("", rest):
        return None
    if long_ago or any(one.days > DAYS for one in spans):
        return "review_late"
    if spans or (lately and (_IN_TIME.search(folded) or _RECEIVED.search(folded))):
        return "review_in_time"
    return "review_when" if _IN_TIME.search(folded) else None
