"""Reading days, weeks, months and years: 明儿, 下周三, 礼拜六, 12.3号, 月底, 去年8月, 三天后."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

from bot.language.time_clock import NUMERAL, small_number
from bot.language.time_days import YEARS, Days, Now, add_months, choose, month_days, one_day, whole_month
from bot.language.time_holidays import read_holiday
from bot.language.time_patterns import (
    BOOKED_AFTER,
    BOOKED_BEFORE,
    BOOKED_END,
    BOOKED_WITHIN,
    COMPACT,
    DAY_NUMBER,
    FULL,
    IMPOSSIBLE,
    LUNAR,
    MONTH,
    MOVED_TO,
    NUMERIC,
    POINTED,
    POINTED_COMPANY,
    REL_MONTH,
    YEAR,
    YEAR_WORDS,
)
from bot.language.time_relative import read_ago, read_named, read_vague, read_week

_DAY = timedelta(days=1)


def _year_number(text: str) -> int:
    if text.isascii():
        return int(text) if len(text) == 4 else 2000 + int(text)
    digits = "".join(str(small_number(character)) for character in text)
    return int(digits)


def _numbers(match: re.Match[str], *names: str) -> list[int | None]:
    return [small_number(match[name]) if match[name] else None for name in names]


def _read_full(text: str, i: int, now: Now) -> Days | None:
    match = NUMERIC.match(text, i) or COMPACT.match(text, i)
    if match is not None:
        return one_day(match.end(), int(match["y"]), int(match["m"]), int(match["d"]))
    match = FULL.match(text, i)
    if match is None:
        return None
    month, day = _numbers(match, "m", "d")
    year = _year_number(match["y"])
    if day is not None:
        return one_day(match.end(), year, month or 0, day)
    return whole_month(match.end(), year, month or 0, match["third"])


def _read_month(text: str, i: int, now: Now) -> Days | None:
    match = MONTH.match(text, i)
    if match is None:
        return None
    first_month, month, day, second = _numbers(match, "m0", "m", "d", "d2")
    if month is None or not 1 <= month <= 12:
        return None
    given = now.today.year + YEAR_WORDS[match["ry"]] if match["ry"] else None
    years = [given] if given else [now.today.year + offset for offset in range(-4, 5)]
    if first_month is not None and match["join"]:
        if not 1 <= first_month < 13 or day or match["third"]:
            return None
        return choose((_month_range(match.end(), year, first_month, month) for year in years), now, True)
    if day is None:
        return choose((whole_month(match.end(), year, month, match["third"]) for year in years), now, True)
    return choose((_days_of(match.end(), year, month, day, second) for year in years), now, True)


def _month_range(end: int, year: int, first: int, last: int) -> Days | None:
    begin = whole_month(end, year, first)
    until = whole_month(end, year if last > first else year + 1, last)
    return Days(end, begin.first, until.last, "month", True) if begin and until else None


def _days_of(end: int, year: int, month: int, day: int, second: int | None) -> Days | None:
    first = one_day(end, year, month, day)
    last = one_day(end, year, month, second) if second else first
    if first is None or last is None or last.first < first.first:
        return None
    return Days(end, first.first, last.last, "day", last is not first)


def _read_rel_month(text: str, i: int, now: Now) -> Days | None:
    match = REL_MONTH.match(text, i)
    if match is None:
        return None
    if match["alone"]:
        if i and text[i - 1] in "个" + NUMERAL:
            return None
        third = match["alone"][1]
        months = (add_months(now.today.replace(day=1), offset) for offset in range(-1, 3))
        return choose((whole_month(match.end(), month.year, month.month, third) for month in months), now, False)
    rel = match["rel"]
    offset = rel.count("下") - rel.count("上") + rel.count("次")
    month = add_months(now.today.replace(day=1), offset)
    day, second = _numbers(match, "d", "d2")
    if day is not None:
        return _days_of(match.end(), month.year, month.month, day, second)
    return whole_month(match.end(), month.year, month.month, match["third"])


def _read_pointed(text: str, i: int, now: Now) -> Days | None:
    """12.3号, 12/3; 12.3 and 12-3 without 号 only where the sign cannot be a decimal point or a range."""
    match = POINTED.match(text, i)
    if match is None:
        return None
    separator, month, day = match["s"], int(match["m"]), int(match["d"])
    if separator == "-" and match["sign"] and month < day <= month + 7:
        return _read_day_number(text, i, now)
    if separator != "/" and not match["sign"]:
        alone = i == 0 and match.end() == len(text)
        known = alone or MOVED_TO.search(text, max(0, i - 4), i) or POINTED_COMPANY.match(text, match.end())
        if not known:
            return _read_booked(text, i, match, now)
    if separator == "/" and not match["sign"] and (month, day) in {(1, 2), (1, 3), (2, 3), (1, 4)}:
        return None
    return choose((one_day(match.end(), now.today.year + offset, month, day) for offset in range(-4, 5)), now, True)


def _read_booked(text: str, i: int, match: re.Match[str], now: Now) -> Days | None:
    """约门诊 12.3: a date beside a word of booking, when it lies where something can be booked."""
    named = BOOKED_BEFORE.search(text, max(0, i - 8), i) and BOOKED_END.match(text, match.end())
    if not named and not BOOKED_AFTER.match(text, match.end()):
        return None
    month, day = int(match["m"]), int(match["d"])
    if match["s"] == "-" and month < day <= 12:
        return None  # from two to four
    days = [one_day(match.end(), now.today.year + offset, month, day) for offset in (0, 1)]
    near = [one for one in days if one and 0 <= (one.first - now.today).days <= BOOKED_WITHIN]
    return near[0] if near else None


def _read_day_number(text: str, i: int, now: Now) -> Days | None:
    match = DAY_NUMBER.match(text, i)
    if match is None or (i and text[i - 1] in "路街巷弄道村区站室楼院"):
        return None
    start, day = _numbers(match, "d0", "d")
    if day is None or not 1 <= day <= 31 or (start is not None and not 1 <= start < day):
        return None
    base = (now.after.first if now.after else now.today).replace(day=1)
    months = [add_months(base, offset) for offset in range(-2, 4)]
    first = start if start is not None else day
    second = day if start is not None else None
    return choose((_days_of(match.end(), m.year, m.month, first, second) for m in months), now, False)


def _read_year(text: str, i: int, now: Now) -> Days | None:
    match = YEAR.match(text, i)
    before = text[i - 1] if i else ""
    if match is None or (
        before and ((match["alone"] and before in NUMERAL + "每个几") or (match["rel"] == "来年" and before in "十多"))
    ):
        return None
    year = (
        now.today.year
        if match["alone"]
        else (now.today.year + YEAR_WORDS[match["rel"]] if match["rel"] else _year_number(match["y"]))
    )
    if year not in YEARS:
        return None
    part = match["part"] or match["part2"] or match["alone"] or ""
    for sign, first, last in (
        ("底", 12, 12),
        ("末", 12, 12),
        ("初", 1, 1),
        ("上半年", 1, 6),
        ("下半年", 7, 12),
    ):
        if sign in part:
            ends = date(year, last, month_days(year, last))
            return Days(match.end(), date(year, first, 1), ends, "month", first != last, first == last)
    return Days(match.end(), date(year, 1, 1), date(year, 12, 31), "year")


def _read_holiday(text: str, i: int, now: Now) -> Days | None:
    return choose(read_holiday(text, i, now.today), now, True)


_Reader = Callable[[str, int, Now], Days | None]
# In the order they are tried; the longer expressions come first.
_FROM_NUMERALS: tuple[_Reader, ...] = (
    _read_full,
    read_ago,
    _read_holiday,
    _read_month,
    _read_year,
    _read_pointed,
    _read_day_number,
)
_FROM_WORDS: tuple[_Reader, ...] = (
    read_ago,
    _read_holiday,
    _read_month,
    _read_year,
    _read_rel_month,
    read_week,
    read_named,
    read_vague,
)


def _continues_number(before: str, character: str, joined: bool) -> bool:
    """Whether a numeral only goes on from what stands before it: the 8月 of 18月, the 3/4 of 12/3/4."""
    if character not in NUMERAL:
        return False
    if character.isascii():
        return before.isascii() and (before.isalnum() or before in "._" or (before in "/-" and not joined))
    return before in "百千万第" or (before in NUMERAL and not before.isascii())


def read_days(text: str, i: int, now: Now) -> Days | None:
    """The day, days, month or year named at `i` of a folded text, or None."""
    if i and _continues_number(text[i - 1], text[i], now.after is not None):
        return None
    for reader in _FROM_NUMERALS if text[i] in NUMERAL else _FROM_WORDS:
        days = reader(text, i, now)
        if days is not None:
            return days
    return None


def skip_lunar(text: str, i: int) -> int | None:
    """Where a date of the lunar calendar at `i` ends: 三月初五 is not understood, and must not be misread."""
    match = LUNAR.match(text, i)
    return match.end() if match else None


def skip_impossible(text: str, i: int) -> int | None:
    """Where a date or time that cannot be (2月30号, 28点) ends, lest 30号 or 8点 be found inside it."""
    match = IMPOSSIBLE.match(text, i)
    return match.end() if match else None
