"""How several times of one message hang together: 周三或周四 上午, 后天上午吧 9点, 三点半吧 算了四点, 除了周三都行."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from bot.language import TimeSpan

if TYPE_CHECKING:
    from bot.actions.wishes import Wish

    Pair = tuple[TimeSpan, Wish]

_BARRED_BEFORE = re.compile(
    r"(?:除了|除开|除去|除掉|避开|躲开|(?<![特个区分级])别|(?<![要能想行可])不(?:要|想|约|能|想要|愿意)|甭)"
    r"(?:约|在|排|安排|是|到|给我|给我约|选|放在|放)?\s*$"
)
_NOT_ASKED = r"(?!\s*(?:就|的话|再|换|改|那就|要不|吗|么|[?？]))"
_BARRED_AFTER = re.compile(
    r"\s*(?:我|那天|这天|都|要|得|也|可能|实在|肯定|全天|整天|一天|就|还|的号?|约){0,3}\s*"
    rf"(?:没空|没时间|没工夫|不得空|不得闲|不行{_NOT_ASKED}|不可以{_NOT_ASKED}|不方便{_NOT_ASKED}|不合适|有事|有课"
    r"|上班(?![前后路的])|走不开|脱不开身|来不了|去不了|到不了|赶不[上到及]|除外|以外|之外|不约|跑单(?![完前后])|不想[去来约]|不要(?!紧)|不[去来](?![吗么看])|忙(?![完好吗么]))"
)
_BARRED_LIST = re.compile(r"\s*(?:和|跟|、|,|，|还有|或者?|以及)\s*")
_AGAIN = re.compile(
    r"(?:[ ,，。.吧啊呀呢嘛了的那]{0,4})(?P<how>算了?|不对|不是|[哦噢喔啊]?不|[说记写搞]?错了?|(?:要不|我|想)?还是|[改换]成?)"
    r"(?:吧|了|改|换|成|到|为|还是|就|是|约|应该|我|,|，|。| ){0,6}"
)
_PAUSE = re.compile(
    r"[ ,，。.;；、]{0,2}(?:吧|啊|呀|呢|嘛|的|那天|的话|行|可以|就|大概|最好|时间){0,3}[ ,，。.;；、]{0,2}(?:就|大概|最好|想|约|要)?\s*"
)
_NARROWER = re.compile(r"[ ,，。.吧啊呀呢嘛的]{0,3}(?:要不|还是|就|最好|大概|约|想|要){0,2}\s*")
_EITHER = re.compile(r"(?: |,|，|、|或者?|还是|跟|和|要么|都行|都可以|也行|也可以|都成|吧){0,4}")
_ALL_SAME = re.compile(r"(?: |,|，|、|都|也|行|可以|是|在|的|成|就|最好|想){0,4}")
_NOON = time(12)
_HALF_DAY = timedelta(hours=12)


def barred(text: str, pairs: list[Pair]) -> list[Pair]:
    """Those that do not suit become wishes of kind "not": 除了周三都行, 周三没空, 不要上午."""
    found: list[Pair] = []
    end = -1
    for span, wish in pairs:
        after_one = end >= 0 and _BARRED_LIST.fullmatch(text, end, span.start) is not None
        before = _BARRED_BEFORE.search(text, max(0, span.start - 8), span.start) is not None
        asked = re.match(r"\s*(?:行|可以|能约)?[吗么嘛?？]", text[span.end :]) is not None
        named = wish.kind == "at" and not asked and (before or after_one or _BARRED_AFTER.match(text, span.end))
        end = span.end if named and (before or after_one) else -1
        found.append((span, replace(wish, kind="not", exact=False)) if named else (span, wish))
    return found


def joined(text: str, pairs: list[Pair]) -> list[Pair]:
    """What belongs to one time made one, what was taken back left out, what is equally good marked `either`."""
    found: list[Pair] = []
    for span, wish in pairs:
        before = found[-1] if found else None
        made = _made_one(text, before, span, wish) if before is not None else None
        if made is None:
            found.append((span, _on_its_day(found, wish)))
        else:
            found[-1] = (replace(span, start=found[-1][0].start), made)
    return _either(text, found)


def _on_its_day(found: list[Pair], wish: Wish) -> Wish:
    """ "周三上午不行 下午可以": hours after hours that do not suit are of the same day."""
    if wish.kind != "at" or wish.dated or not found:
        return wish
    last = found[-1][1]
    return wish.on(last.first) if last.kind == "not" and last.one_day and last.first and last.hours else wish


def _made_one(text: str, before: Pair, span: TimeSpan, wish: Wish) -> Wish | None:
    earlier_span, earlier = before
    if earlier.kind != "at" or wish.kind != "at":
        return None
    gap = text[earlier_span.end : span.start]
    again = _AGAIN.fullmatch(gap)
    if again is not None and _takes_back(again, text, span):
        return taking_over(wish, earlier)
    if _PAUSE.fullmatch(gap) is not None:
        if earlier.one_day and not earlier.exact and not wish.dated:
            return taking_over(wish, earlier) if wish.exact or not earlier.hours else None
        if wish.one_day and not wish.hours and not earlier.dated:
            return taking_over(wish, earlier)
    if _NARROWER.fullmatch(gap) is not None and wish.exact and not earlier.exact and wish.moment is not None:
        return wish if earlier.window.holds(wish.moment) else None
    return None


def _takes_back(again: re.Match[str], text: str, span: TimeSpan) -> bool:
    """三点半吧 还是四点 and 三点 还是四点吧 take back; 周三还是周四都行 does not."""
    if "还是" not in again["how"]:
        return True
    lead = again[0][: again.start("how") - again.start()]
    return bool(re.search(r"[吧了啊]", lead)) or text[span.end :].strip().startswith("吧")


def taking_over(wish: Wish, earlier: Wish) -> Wish:
    """The later wish with what only the earlier one names: its day, or its hours."""
    if not wish.dated:
        if not earlier.one_day or earlier.first is None:
            return wish
        return _in_that_half(wish, earlier).on(earlier.first)
    if wish.one_day and wish.first is not None and not wish.hours and earlier.hours:
        hours = replace(earlier, first=None, last=None, dated=False, text=earlier.said_hours)
        return hours.on(wish.first)
    return wish


def _in_that_half(wish: Wish, earlier: Wish) -> Wish:
    """ "后天晚上吧 8点" is at 20:00."""
    if not wish.exact or wish.start >= _NOON or not earlier.hours or earlier.start < _NOON:
        return wish
    day = datetime(2000, 1, 1)
    start, end = (datetime.combine(day, at) + _HALF_DAY for at in (wish.start, wish.end))
    return replace(wish, start=start.time(), end=end.time())


def _either(text: str, pairs: list[Pair]) -> list[Pair]:
    """周三或周四 上午: both days in the morning, the earlier first."""
    found: list[Pair] = []
    group: list[Pair] = []
    for pair in pairs:
        gap = text[group[-1][0].end : pair[0].start] if group else ""
        fits = group and pair[1].kind == "at" and _EITHER.fullmatch(gap) is not None
        same_day = fits and pair[1].first == group[-1][1].first and not group[-1][1].hours and len(group) > 1
        if same_day:  # the hours of them all, said once more with the day of the last
            group[-1] = (replace(pair[0], start=group[-1][0].start), pair[1])
            continue
        if fits and pair[1].dated and group[-1][1].dated:
            group.append(pair)
            continue
        if group and len(group) > 1 and pair[1].kind == "at" and not pair[1].dated and _ALL_SAME.fullmatch(gap):
            first = pair[1]
            group = [(span, wish if wish.hours or wish.first is None else first.on(wish.first)) for span, wish in group]
            continue
        found += _ranked(group)
        group = [pair] if pair[1].kind == "at" else []
        if not group:
            found.append(pair)
    return found + _ranked(group)


def _ranked(group: list[Pair]) -> list[Pair]:
    if len(group) < 2:
        return group
    hours = group[-1][1]
    if hours.hours and not any(wish.hours for _, wish in group[:-1]):
        # "周三或周四上午": the morning of both
        group = [(span, taking_over(wish, hours)) for span, wish in group[:-1]] + group[-1:]
    ranked = sorted(group, key=lambda pair: (pair[1].first or datetime.max.date(), pair[1].start))
    return [ranked[0], *((span, replace(wish, either=True)) for span, wish in ranked[1:])]
