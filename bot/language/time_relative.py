"""Reading days from today: 明儿, 下周三, 礼拜六, 三天后, 半个月前, 这两天."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta

from bot.language.time_clock import NUMERAL, small_number
from bot.language.time_days import Days, Now, add_months, choose
from bot.language.time_patterns import (
    AGO,
    NAMED,
    NOT_BEFORE,
    NOT_BEFORE_SHORT,
    SHORT,
    SHORT_OFFSETS,
    VAGUE,
    VAGUE_RE,
    WEEK,
    WEEKDAY,
    WEEKDAY_RUN,
)

_DAY = timedelta(days=1)


def _monday(day: date) -> date:
    return day - day.weekday() * _DAY


def _weekday_number(character: str) -> int:
    return 6 if character in "日天七7" else 1 if character == "两" else (small_number(character) or 1) - 1


def _in_week(end: int, monday: date, character: str) -> Days:
    if character == "末":
        return Days(end, monday + 5 * _DAY, monday + 6 * _DAY, "day", True)
    day = monday + _weekday_number(character) * _DAY
    return Days(end, day, day, "day")


def _counts_weeks(text: str, i: int) -> bool:
    """一周三次, 两个星期三千: the weeks are counted; but 周六周日 names two days, and 约个周日 one."""
    before = text[i - 1 : i]
    if before == "个":
        return i > 1 and text[i] != "周" and text[i - 2] in NUMERAL + "几多"
    return bool(before) and (before in "每多" or (before in NUMERAL and text[i - 2 : i - 1] not in {"周", "期", "拜"}))


def _run_of_weekdays(match: re.Match[str], monday: date) -> Days | None:
    """下周二三四: days in a row; anything else said this way is not understood as days."""
    said = (match["d"] + match["run"]).replace("天", "日")
    if said not in WEEKDAY_RUN:
        return replace(_in_week(match.end("d"), monday, match["d"]), week=monday)
    first = monday + _weekday_number(said[0]) * _DAY
    return Days(match.end(), first, first + (len(said) - 1) * _DAY, "day", True, week=monday)


def read_week(text: str, i: int, now: Now) -> Days | None:
    match = WEEK.match(text, i)
    if match is not None and not (i and text[i - 1] in "一早晚以路网线马边" and text[i] in "上下"):
        rel = match["rel"]
        monday = _monday(now.today) + 7 * (rel.count("下") - rel.count("上") + rel.count("次")) * _DAY
        if match["run"]:
            return _run_of_weekdays(match, monday)
        if match["d"]:
            return replace(_in_week(match.end(), monday, match["d"]), week=monday)
        if match["third"]:
            first, last = {"初": (0, 1), "中": (2, 3), "底": (4, 6)}[match["third"]]
            return Days(match.end(), monday + first * _DAY, monday + last * _DAY, "day", True, True, week=monday)
        return Days(match.end(), monday, monday + 6 * _DAY, "day", True, week=monday)
    match = WEEKDAY.match(text, i)
    if match is None or _counts_weeks(text, i):
        return None
    character = match["d"] or "末"
    if now.after is not None and now.after.week is not None and character != "末":
        inherited = _in_week(match.end(), now.after.week, character)
        if inherited.first > now.after.first:
            return replace(inherited, week=now.after.week)
    base = _monday(now.today)
    chosen = choose((_in_week(match.end(), base + 7 * offset * _DAY, character) for offset in range(-1, 3)), now, False)
    return replace(chosen, weekly=now.prefer != "past" and now.after is None) if chosen else None


def _counted(text: str, i: int) -> bool:
    """三天后天气 counts days up to 后; 明天后天 names two days."""
    return i > 1 and text[i - 1] in "天日周月年期拜时" and text[i - 2] in NUMERAL + "几半个多星礼小"


def read_named(text: str, i: int, now: Now) -> Days | None:
    match = NAMED.match(text, i)
    before = text[i - 1] if i else ""
    if match is not None:
        if (before and before in NOT_BEFORE.get(text[i], "")) or (text[i] == "后" and _counted(text, i)):
            return None
        day = now.today + (int((match.lastgroup or "d9")[1:]) - 9) * _DAY
        return Days(match.end(), day, day, "day")
    short = SHORT.match(text, i)
    if (
        short is None
        or (before and before in NOT_BEFORE_SHORT.get(text[i], ""))
        or (before and before in "午点分号段")
        or (text[i] in "前后" and _counted(text, i))
    ):
        return None
    day = now.today + SHORT_OFFSETS[short["w"]] * _DAY
    return Days(short.end(), day, day, "day")


def read_ago(text: str, i: int, now: Now) -> Days | None:
    """三天后, 半个月前, 两年前; 三天内 and 这两天 are stretches."""
    match = AGO.match(text, i)
    if match is None or (i and text[i - 1] in NUMERAL + "百千万.第"):
        return None
    unit = match["u"]
    few, half = match["n"] == "几", match["n"] == "半"
    if match["within"] and (few or unit == "年"):
        return None
    if unit == "月" and not (match["g"] or match["n"] in {"半", "俩", "仨"}):
        return None
    number = 3 if few else {"俩": 2, "仨": 3}.get(match["n"]) or (0 if half else _count(match["n"]))
    if number is None or (half and unit in "天日") or (unit == "年" and number > 60) or (unit == "月" and number > 720):
        return None
    halved = bool(half or match["half"] or match["half2"])
    sign = -1 if match["dir"] and "前" in match["dir"] else 1
    day = _shift(now.today, unit, sign * number, sign if halved else 0)
    vague = few or bool(match["some"] or match["more"] or match["more2"]) or unit in "月年"
    if match["within"]:
        return Days(match.end(), now.today, day, "day", True)
    return Days(match.end(), day, day, "day", False, vague)


def _count(text: str) -> int | None:
    """三四天 counts as three."""
    if text.isascii():
        return int(text)
    return small_number(text if "十" in text else text[0])


def _shift(day: date, unit: str, count: int, half: int) -> date:
    if unit in {"周", "星期", "礼拜"}:
        return day + (7 * count + 3 * half) * _DAY
    if unit == "月":
        return add_months(day, count) + 15 * half * _DAY
    return add_months(day, 12 * count + 6 * half) if unit == "年" else day + count * _DAY


def read_vague(text: str, i: int, now: Now) -> Days | None:
    match = VAGUE_RE.match(text, i)
    if match is None or not match.lastgroup or (i and text[i - 1] in "提之以"):
        return None
    first, last, _ = VAGUE[int(match.lastgroup[1:])]
    return Days(match.end(), now.today + first * _DAY, now.today + last * _DAY, "day", True, True)
