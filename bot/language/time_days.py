"""Days that were read, and the arithmetic and choices every reader of days shares."""

from __future__ import annotations

import calendar
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from bot.language.time_patterns import THIRDS
from bot.language.time_value import Bound, Grain

Prefer = Literal["auto", "future", "past"]
YEARS = range(1950, 2101)


@dataclass(frozen=True, slots=True)
class Days:
    """Days, months or years read up to `end`; `last` is inclusive.

    `week`: the Monday of a week that was named, which a following bare weekday shares. `weekly`: a bare
    weekday, which moves on a week if its hour has passed today.
    """

    end: int
    first: date
    last: date
    grain: Grain
    is_range: bool = False
    approximate: bool = False
    week: date | None = None
    weekly: bool = False
    bound: Bound | None = None


@dataclass(frozen=True, slots=True)
class Now:
    """What a reading rests on: today, whether the text looks back, and the day named just before."""

    today: date
    prefer: Prefer = "auto"
    after: Days | None = None


def month_days(year: int, month: int) -> int:
    return calendar.monthrange(year, month)[1]


def add_months(day: date, months: int) -> date:
    """The same day of another month, or its last day if there is no such day."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, month_days(year, month + 1)))


def whole_month(end: int, year: int, month: int, third: str | None = None) -> Days | None:
    if year not in YEARS or not 1 <= month <= 12:
        return None
    last = month_days(year, month)
    if third is None:
        return Days(end, date(year, month, 1), date(year, month, last), "month")
    first_day, last_day = THIRDS[third]
    return Days(
        end,
        date(year, month, first_day),
        date(year, month, min(last, last_day)),
        "day",
        True,
        third in "初中底末",
    )


def one_day(end: int, year: int, month: int, day: int) -> Days | None:
    if year not in YEARS or not 1 <= month <= 12 or not 1 <= day <= month_days(year, month):
        return None
    only = date(year, month, day)
    return Days(end, only, only, "day")


def choose(candidates: Iterable[Days | None], now: Now, lean: bool) -> Days | None:
    """Of the same words in several years, months or weeks: the one meant.

    Ahead by default; behind if the text looks back. `lean`: without a sign, 8月 said in November is last
    August, since that is nearer than the next.
    """
    found = sorted((days for days in candidates if days is not None), key=lambda days: days.first)
    if now.after is not None:
        following = [days for days in found if days.last >= now.after.first]
        return following[0] if following else None
    ahead = next((days for days in found if days.last >= now.today), None)
    behind = next((days for days in reversed(found) if days.first <= now.today), None)
    if ahead is None or behind is None:
        return ahead or behind
    if now.prefer == "past" and ahead.first > now.today:
        return behind
    if now.prefer == "future" or not lean or behind.last >= now.today:
        return ahead
    since, until = (now.today - behind.last).days, (ahead.first - now.today).days
    return behind if since < until else ahead
