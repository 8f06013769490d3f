"""Since when a dispute has been going on, and when the rider left, in the rider's own words."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

from bot.actions.base import Heard
from bot.language import find_times
from bot.services.dispute_rows import day_of

_JOINS = re.compile(r"[\s、,，和跟与到至~—-]{0,3}(?:还有)?")
_LEFT_AFTER = re.compile(
    r"(?:份|号|日|底|初|左右)?(?:的时候)?(?:我|俺)?(?:就|才|已经|主动|自己)?"
    r"(?:走(?!路|法)|离职|离开|辞(?!退)|不干|没干|不做|没做|不跑|没跑|没去|不去|自离)"
)
_LEFT_BEFORE = re.compile(r"(?:离职|离开|走)(?:的?(?:时间|日期))?(?:是|在|于|:|：)\s*$")
_MOST_JOINED = 12  # months of one row


def since(heard: Heard) -> str | None:
    """The words of a time that has begun (去年8月, 三个月, 9月和10月); not 夜间 or 明天, nor the day somebody left."""
    told = [e for e in heard.all("time") if day_of(heard.words_of(e), heard.now) is not None]
    begun = [e for e in told if not _is_leaving(heard.text, e.get("start"), e.get("end"))]
    if not begun:
        return None
    first = begun[0]
    words = heard.words_of(first)
    start, end = first.get("start"), first.get("end")
    for entity in begun[1:_MOST_JOINED]:
        begins, ends = entity.get("start"), entity.get("end")
        if not (isinstance(start, int) and isinstance(end, int) and isinstance(begins, int) and isinstance(ends, int)):
            break
        if begins < end or not _JOINS.fullmatch(heard.text[end:begins]):
            break
        end = ends
        words = heard.text[start:end]
    return words


def _is_leaving(text: str, start: Any, end: Any) -> bool:
    if not (isinstance(start, int) and isinstance(end, int)):
        return False
    return bool(_LEFT_AFTER.match(text, end) or _LEFT_BEFORE.search(text[:start]))


def left(told: str, now: datetime) -> str | None:
    """The words for when the rider left ("10月3号走的"), the last of what was told; None when nothing says it."""
    found = [span.surface for span in find_times(told, now, "past") if _is_leaving(told, span.start, span.end)]
    return found[-1] if found and day_of(found[-1], now) is not None else None


def end_of(words: str | None, now: datetime) -> str | None:
    """The last day of "9月12号到10月3号", in words; None when no end is said or it has not come."""
    for span in find_times(words, now, "past") if words else ():
        if span.is_range and span.until is not None and span.until <= now:
            last = span.until - timedelta(days=1)
            return f"{last.year}年{last.month}月{last.day}日"
    return None
