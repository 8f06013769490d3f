"""Times in riders' words: 明儿下午, 下周三上午, 礼拜六上午10点, 12.3号, 月底, 两点半, 7月到9月, 尽快.

Libraries for this are silently wrong on such phrases, so the rules are our own. Their choices:

- Weeks start on Monday. 下周三 is the Wednesday of the next calendar week; a bare 周三 is the coming one,
  today's if its hour is still to come; 这周三 may be past.
- A bare hour from 1 to 6 is in the afternoon (两点半 is 14:30), 7 to 11 in the morning, 12 at noon.
- 月初, 月中 and 月底 are the three thirds of a month (1–10, 11–20, 21–end).
- A month, or a day of a month, without a year is the nearest one; words beside it that look back
  (8月工资没发) make it the last one. 5号 alone lies ahead unless the words look back.
- Lunar dates (三月初五, 正月十五) are not understood: nothing is returned for them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from bot.language.normalise import Normalised, normalise
from bot.language.spans import without_overlaps
from bot.language.time_build import Read, build
from bot.language.time_clock import (
    JOIN,
    NUMERAL,
    PART_TRIGGERS,
    read_clock,
    read_part,
    small_number,
)
from bot.language.time_dates import read_days, skip_impossible, skip_lunar
from bot.language.time_days import Days, Now, Prefer
from bot.language.time_patterns import DATE_TRIGGERS
from bot.language.time_value import TimeSpan, describe
from bot.language.time_wishes import find_wishes, read_wish
from bot.language.workdays import SHANGHAI

_DAY = timedelta(days=1)
_SEPARATOR = re.compile(r"(?: |的|,|那天|当天|这天|大概|大约){0,3}")
_BRACKETED_WEEKDAY = re.compile(r" ?\(? ?(?:周|星期|礼拜)[一二三四五六日天1-7] ?\)?")
_JOIN_RE = re.compile(JOIN)
_UNTIL_NOW = re.compile(r"(?:到|至)(?:现在|今|目前)(?!天|年|日)|至今")
_ABOUT = re.compile(r" ?(?:左右|前后|上下|附近)")
_BOUND = re.compile(r" ?(?:的时候)?(?P<way>[以之]?[前后]|过后|往后)(?![天日儿个面来续果台悔门轮男夫妻途辈列晚早半])")
_OFFSET = re.compile(
    r"(?P<n>半|\d{1,3}|[一二两三四五六七八九十]{1,3})个?(?P<half>半)?(?:多)?(?P<u>小时|钟头|分钟|"
    r"刻钟)(?P<way>[以之]?[前后]|过后)(?!面|台)"
)
_LIST_GAP = re.compile(
    r"(?: |,|、|;|\.|。|或者?|还是|和|跟|要么|以及|不行就?|就|也|都|行|可以|能约吗|吗|\?|再|要不|那|"
    r"实在){0,8}"
)
# 每周三, 每天下午两点, 每个月15号 are habits, not times to come.
_RECURS = re.compile(r"每(?:个|到)?(?:天|日|周|月|年|星期|礼拜)?(?:的|都)?$")
_TRIGGER = re.compile(f"[差{NUMERAL}{DATE_TRIGGERS}{PART_TRIGGERS}]")
_LOOKS_BACK_AFTER = re.compile(
    r"(?:.{0,5})(?:没发|没给|没结|没到账|没拿到|拖|欠|扣|罚|摔|撞|受伤|离职|辞|不干了|入职|进的?站|"
    r"开始[干跑做上]|以来|到现在|至今|发生|出的?事|被|就没|就不|封的?|约过|(?:来|办|交|签|做|去|投诉|报)的(?!话|时))"
)
_LOOKS_BACK_BEFORE = re.compile(r"(?:欠|拖|扣|自从|打从|我从|早在|没发|没给|记得)(?:我|了|的|到)?$")


@dataclass(frozen=True, slots=True)
class _Scene:
    text: str
    now: datetime
    prefer: Prefer

    @property
    def today(self) -> date:
        return self.now.date()


def find_times(text: str, now: datetime, prefer: Prefer = "auto") -> list[TimeSpan]:
    """The times named in `text`, in reading order, spans in the original text.

    `now` must be aware (ValueError otherwise) and is read in Asia/Shanghai. `prefer` says whether days
    without a year lie ahead or behind; "auto" goes by the words around them. Never raises on any text.
    """
    if now.tzinfo is None:
        raise ValueError("now must be an aware datetime")
    folded = normalise(text)
    scene = _Scene(folded.text, now.astimezone(SHANGHAI), prefer)
    found: list[TimeSpan] = []
    i, previous, previous_end = 0, None, 0
    taken: set[int] = set()
    for kind, start, end in find_wishes(folded.text):
        begin, stop = folded.span(start, end)
        found.append(TimeSpan(begin, stop, text[begin:stop], kind=kind))
        taken.update(range(start, end))
    while (hit := _TRIGGER.search(folded.text, i)) is not None:
        i = hit.start()
        in_list = previous is not None and _LIST_GAP.fullmatch(folded.text[previous_end:i][:24]) is not None
        span, days, end = _read_span(scene, folded, i, previous if in_list else None)
        if span is None or i in taken:
            i = end
            continue
        if _RECURS.search(folded.text, max(0, i - 4), i) is None:
            found.append(span)
            previous, previous_end = days or previous, end
        i = end
    return without_overlaps(found)


def parse_time(text: str, now: datetime, prefer: Prefer = "auto") -> TimeSpan | None:
    """The time an answer gives: the first real one in it, else 尽快, 都行 and the like, else None."""
    wish = read_wish(normalise(text).text)
    if wish is not None:
        return TimeSpan(0, len(text), text, kind=wish)
    found = find_times(text, now, prefer)
    return next((span for span in found if span.kind == "at"), found[0] if found else None)


def _read_span(
    scene: _Scene, folded: Normalised, i: int, listed: Days | None
) -> tuple[TimeSpan | None, Days | None, int]:
    """A whole time expression at `i`: the span, the days it names, and where to go on."""
    offset = _read_offset(scene, folded, i)
    if offset is not None:
        return offset
    lunar = skip_lunar(scene.text, i)
    if lunar is not None:
        return None, None, max(lunar, i + 1)
    read = _read_one(scene, i, Now(scene.today, scene.prefer, listed if listed and listed.week else None))
    if read is None:
        return None, None, max(skip_impossible(scene.text, i) or 0, _past_numeral(scene.text, i))
    if scene.prefer == "auto" and _looks_back(scene.text, i, read.end):
        again = _read_one(scene, i, Now(scene.today, "past"))
        read = again or read
        scene = replace(scene, prefer="past")
    if read.days is None and listed is not None:
        read = replace(read, days=replace(listed, end=i))
    upper = _read_upper(scene, read)
    span = build(scene.now, read, upper)
    if span is None:
        return None, None, max(read.end, i + 1)
    end = upper.end if upper else read.end
    span, end = _with_suffix(scene, span, end)
    start, stop = folded.span(i, end)
    days = upper.days if upper and upper.days else read.days
    if days is not None and span.begin is not None and days.weekly:
        days = replace(days, first=span.begin.date(), last=span.begin.date())
    return replace(span, start=start, end=stop, surface=folded.original[start:stop]), days, end


def _past_numeral(text: str, i: int) -> int:
    """Go on after a whole run of numerals, lest 13点 be found in 213点."""
    if text[i] not in NUMERAL:
        return i + 1
    end = i + 1
    while text[i].isdigit() and text[i].isascii() and end < len(text) and text[end].isdigit():
        end += 1
    return end


def _looks_back(text: str, start: int, end: int) -> bool:
    if _LOOKS_BACK_BEFORE.search(text[max(0, start - 4) : start]):
        return True
    return bool(_LOOKS_BACK_AFTER.match(re.split(r"[,。!?;]", text[end : end + 9])[0]))


def _read_offset(scene: _Scene, folded: Normalised, i: int) -> tuple[TimeSpan, None, int] | None:
    """半小时后, 两个小时前: clock times counted from now."""
    match = _OFFSET.match(scene.text, i)
    if match is None or (i and scene.text[i - 1] in NUMERAL):
        return None
    raw = match["n"]
    count = 0.5 if raw == "半" else float(int(raw) if raw.isascii() else small_number(raw) or 0)
    count += 0.5 if match["half"] else 0
    minutes = count * {"小时": 60, "钟头": 60, "分钟": 1, "刻钟": 15}[match["u"]]
    moment = scene.now + timedelta(minutes=minutes) * (-1 if "前" in match["way"] else 1)
    moment = moment.replace(second=0, microsecond=0)
    start, stop = folded.span(i, match.end())
    surface = folded.original[start:stop]
    return TimeSpan(start, stop, surface, "at", "minute", moment, past=moment <= scene.now), None, match.end()


def _read_one(scene: _Scene, i: int, now: Now, joined: bool = False) -> Read | None:
    """Days, part of the day and clock time, in that order, at least one of them. `joined`: after 到 or -."""
    text = scene.text
    days = read_days(text, i, now)
    if days is not None:
        days = _with_weekday(text, days, now)
    end = days.end if days else i
    at = _skip(text, end) if days else i
    part = read_part(text, at, days is not None) if at < len(text) else None
    if part is not None:
        end, at = part.end, _skip(text, part.end)
    clock = read_clock(text, at, joined or days is not None or part is not None) if at < len(text) else None
    if clock is not None:
        end = clock.end
    if days is None and part is None and clock is None:
        return None
    if days is not None and days.grain in ("month", "year") and (part or clock):
        part = clock = None
        end = days.end
    return Read(end, days, part, clock)


def _with_weekday(text: str, days: Days, now: Now) -> Days:
    """Take in what says the same day again: 12月2日（周三）, 周三12月2号."""
    bare_weekday = days.week is not None or days.weekly
    if not bare_weekday:
        weekday = _BRACKETED_WEEKDAY.match(text, days.end)
        return replace(days, end=weekday.end()) if weekday is not None and days.grain == "day" else days
    at = _skip(text, days.end)
    bracket = text.startswith("(", at)
    at += bracket
    again = read_days(text, at, replace(now, after=None)) if at < len(text) else None
    if again is None or again.grain != "day" or again.week is not None or again.weekly or again.is_range:
        return days
    if again.first.weekday() != days.first.weekday():
        return days
    return replace(again, end=again.end + text.startswith(")", again.end)) if bracket else again


def _skip(text: str, i: int) -> int:
    match = _SEPARATOR.match(text, i)
    return match.end() if match else i


def _read_upper(scene: _Scene, read: Read) -> Read | None:
    """The second end of a range, which takes over the day and the part of the day of the first."""
    until_now = _UNTIL_NOW.match(scene.text, read.end)
    if until_now is not None and read.days is not None and read.days.first <= scene.today:
        today = Days(until_now.end(), scene.today, scene.today, "day")
        return Read(until_now.end(), today)
    join = _JOIN_RE.match(scene.text, read.end)
    if join is None or join.end() >= len(scene.text):
        return None
    upper = _read_one(scene, join.end(), Now(scene.today, scene.prefer, read.days), joined=True)
    if upper is None:
        return None
    if (
        upper.days is None
        and upper.clock is None
        and (read.clock is not None or upper.part is None or read.part is None)
    ):
        return None
    if upper.days is not None and read.days is None:
        return None
    if (upper.clock is None) != (read.clock is None):
        return None
    if upper.days is not None and read.days is not None and upper.days.last < read.days.first:
        return None
    return upper


def _with_suffix(scene: _Scene, span: TimeSpan, end: int) -> tuple[TimeSpan, int]:
    about = _ABOUT.match(scene.text, end)
    if about is not None:
        return replace(span, approximate=True), about.end()
    bound = _BOUND.match(scene.text, end)
    if bound is None or (span.is_range and span.grain == "minute"):
        return span, end
    if "前" in bound["way"]:
        return replace(span, bound="before"), bound.end()
    return replace(span, bound="after", past=False), bound.end()


__all__ = ["TimeSpan", "describe", "find_times", "parse_time"]
