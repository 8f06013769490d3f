"""Reading holidays: 国庆节, 明年五一, 元旦后第一天, 春节前, 年三十."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

from bot.language.time_days import Days
from bot.language.workdays import festival, next_workday

_DAY = timedelta(days=1)
_OFFSETS = {"前年": -2, "去年": -1, "今年": 0, "明年": 1, "来年": 1, "后年": 2}
_NOT_MEASURED = r"(?![个条单次百千万十块下起样直天路号点一二三四五六七八九零〇两])"
_NAMES: tuple[tuple[str, str], ...] = (
    ("new_year", r"元旦|阳历年|新年(?!新|愿|级)"),
    (
        "spring",
        r"春节|过(?:完|了)?年(?!级|轻|会|检|审|货)|大年初(?P<nth_day>[一二三四五六七八])|年三十|除夕|大年夜",
    ),
    ("qingming", "清明"),
    ("labour", r"五一(?:劳动节)?" + _NOT_MEASURED + r"|劳动节|51劳动节"),
    ("dragon_boat", "端午"),
    ("mid_autumn", "中秋|八月半"),
    ("national", r"国庆|十一(?=长假|假期|黄金周|放假|节后|假后)"),
)
_FIXED_DAYS = {
    "情人节": (2, 14),
    "六一儿童节": (6, 1),
    "六一节": (6, 1),
    "儿童节": (6, 1),
    "六一": (6, 1),
    "光棍节": (11, 11),
    "双十一": (11, 11),
    "双11": (11, 11),
    "双十二": (12, 12),
    "双12": (12, 12),
    "圣诞": (12, 25),
    "妇女节": (3, 8),
    "三八节": (3, 8),
}
_WISHES = re.compile(r"节?(?:快乐|安康|好(?!吗|不)|吉祥|愉快|大吉|档)")
_BEFORE_SPRING = re.compile(r"年(?P<way>前|后)(?![面头天日])")
_HOLIDAY = re.compile(
    r"(?:(?P<y>20\d{2})年|(?P<rel>前年|去年|今年|明年|来年|后年))?的?(?:"
    + "|".join(f"(?P<{name}>{words})" for name, words in _NAMES)
    + "|(?P<fixed>"
    + "|".join(_FIXED_DAYS)
    + ")"
    + _NOT_MEASURED
    + ")节?"
    r"(?P<span>(?:长|小长)?假期?(?!后|前)(?:期间|里)?|放假(?:期间)?|黄金周|期间|那几天|那两天)?"
    r"(?:(?P<dir>(?:假期?|放假)?(?:[以之]?[前后]|过后))(?![面果台天日儿])(?P<nth>的?(?:第一个工作日|"
    r"(?:第一|头)天?上班(?:第一天|的?时候)?|上班第一天|第一天|头一天|一天|次日))?)?"
)


def read_holiday(text: str, i: int, today: date) -> Iterator[Days]:
    """The holiday named at `i` in each of the years it may mean; lunar ones only from 2025 to 2035."""
    before = text[i - 1] if i else ""
    around_new_year = _BEFORE_SPRING.match(text, i)
    if around_new_year is not None and (
        not before or before not in "一二两三四五六七八九十几多半个今去明前后当常早每往百0123456789"
    ):
        yield from _around_new_year(around_new_year, today)
        return
    match = _HOLIDAY.match(text, i)
    if (
        match is None
        or _WISHES.match(text, match.end())
        or (before and before in "一二三四五六七八九十0123456789双幺周张王李刘陈赵吴")
    ):
        return
    given = int(match["y"]) if match["y"] else today.year + _OFFSETS[match["rel"]] if match["rel"] else None
    for year in [given] if given else range(today.year - 1, today.year + 2):
        days = _in_year(match, year)
        if days is not None:
            yield days


def _around_new_year(match: re.Match[str], today: date) -> Iterator[Days]:
    """年前 and 年后 are before and after the coming Spring Festival's days off."""
    for year in (today.year, today.year + 1):
        spring = festival("spring", year)
        if spring is not None and spring.last >= today:
            before = match["way"] == "前"
            day = spring.first - _DAY if before else spring.last + _DAY
            yield Days(match.end(), day, day, "day", False, not spring.certain, bound="before" if before else "after")
            return


def _in_year(match: re.Match[str], year: int) -> Days | None:
    end = match.end()
    if match["fixed"]:
        day = first = last = date(year, *_FIXED_DAYS[match["fixed"]])
        certain = True
    else:
        name = next(name for name, _ in _NAMES if match[name])
        found = festival(name, year)
        if found is None:
            return None
        day, first, last, certain = found.day, found.first, found.last, found.certain
        if match[name] in {"年三十", "除夕", "大年夜"}:
            day -= _DAY
        elif match["nth_day"]:
            day += "一二三四五六七八".index(match["nth_day"]) * _DAY
        elif match[name] in {"过年", "过完年", "过了年"} and not match["dir"]:
            return _loose_new_year(match, name, end, day, last, certain)
    if match["dir"]:
        return _beside(match, end, first, last, certain)
    if match["span"]:
        return Days(end, first, last, "day", first != last, not certain)
    return Days(end, day, day, "day")


def _loose_new_year(match: re.Match[str], name: str, end: int, day: date, last: date, certain: bool) -> Days:
    """过年 is about the festival; 过完年 is when it is over."""
    if match[name] == "过年":
        return Days(end, day, day, "day", False, True)
    return Days(end, last + _DAY, last + _DAY, "day", False, not certain, bound="after")


def _beside(match: re.Match[str], end: int, first: date, last: date, certain: bool) -> Days:
    """Before or after the days off: 元旦后第一天 is the next day, 第一个工作日 the next working day."""
    nth = match["nth"] or ""
    if "前" in match["dir"]:
        day = first - _DAY
        return Days(end, day, day, "day", False, not certain, bound=None if nth else "before")
    day = next_workday(last) if "工作日" in nth or "上班" in nth else last + _DAY
    return Days(end, day, day, "day", False, not certain, bound=None if nth else "after")
