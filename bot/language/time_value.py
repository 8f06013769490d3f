"""The value a time expression stands for, its ISO form and how to say it back in Chinese."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Literal

from bot.language.spans import Span
from bot.language.workdays import SHANGHAI

Grain = Literal["minute", "part", "day", "month", "year", "none"]
Kind = Literal["at", "earliest", "any", "earlier", "later"]
Part = Literal["DAWN", "AM", "NOON", "PM", "EVENING", "NIGHT"]
Bound = Literal["before", "after"]

# Hours each part of the day covers; past 24 runs into the next day.
PART_HOURS: dict[Part, tuple[int, int]] = {
    "DAWN": (0, 6),
    "AM": (6, 12),
    "NOON": (11, 14),
    "PM": (12, 18),
    "EVENING": (17, 24),
    "NIGHT": (21, 26),
}
PART_NAMES: dict[Part, str] = {
    "DAWN": "凌晨",
    "AM": "上午",
    "NOON": "中午",
    "PM": "下午",
    "EVENING": "晚上",
    "NIGHT": "夜里",
}
KIND_NAMES: dict[Kind, str] = {
    "at": "",
    "earliest": "最早能安排的时间",
    "any": "任意时间",
    "earlier": "早一点的时间",
    "later": "晚一点的时间",
}
_WEEKDAYS = "一二三四五六日"
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class TimeSpan(Span):
    """A time named in a text.

    `kind`: "at" for a real time; "earliest" (尽快), "any" (都行), "earlier", "later" (早一点的) have none.
    `begin`, `until`: aware Asia/Shanghai datetimes, `until` exclusive; a clock time has no `until`.
    `grain`: what the ends are given in; both ends of a range share it.
    `is_range`: begin and until were named or implied as two ends (周末, 7月到9月, 两点到四点).
    `part`: the part of the day, if one was named without a clock time. `dated`: whether a day was named; if
    not (下午, 三点), begin is its next occurrence and `on(day)` puts it elsewhere.
    `bound`: 之前 and 之后 make it open at one end. `approximate`: 左右, 月底, a holiday not yet announced.
    `past`: all of it lies before now.
    """

    kind: Kind = "at"
    grain: Grain = "none"
    begin: datetime | None = None
    until: datetime | None = None
    part: Part | None = None
    dated: bool = True
    is_range: bool = False
    bound: Bound | None = None
    approximate: bool = False
    past: bool = False

    def iso(self) -> str:
        """The normalised value.

        "2026-12-02" a day; "2026-12-02/AM" a part of it (DAWN, AM, NOON, PM, EVENING, NIGHT);
        "2026-12-02T14:00" a clock time; "2025-08" a month; "2026" a year; "a/b" a range, both ends included;
        "../a" and "a/.." what 之前 and 之后 leave open (ISO 8601-2); "AM" or "T14:00" where no day was named;
        "2026-11-28/2026-11-29/AM" a part of each of several days; and "earliest", "any", "earlier", "later".
        """
        if self.kind != "at" or self.begin is None:
            return self.kind
        if self.bound == "after":
            return f"{self._edge(self.begin)}/.."
        if self.bound == "before":
            return f"../{self._edge(self._last())}"
        if self.grain == "part" and not self.dated:
            return str(self.part)
        value = self._edge(self.begin)
        if self.is_range:
            value += f"/{self._edge(self._last())}"
        return f"{value}/{self.part}" if self.grain == "part" else value

    def _last(self) -> datetime:
        """The last moment, day or month that still belongs to it."""
        if self.begin is None or self.until is None:
            return self.begin or self.until or datetime.min
        return self.until if self.grain == "minute" else self.until - timedelta(microseconds=1)

    def _edge(self, moment: datetime) -> str:
        if self.grain == "minute":
            return f"{moment:T%H:%M}" if not self.dated else f"{moment:%Y-%m-%dT%H:%M}"
        if self.grain == "month":
            return f"{moment:%Y-%m}"
        return f"{moment:%Y}" if self.grain == "year" else f"{moment:%Y-%m-%d}"

    @property
    def first_day(self) -> date | None:
        """The (first) day meant, if any."""
        return self.begin.date() if self.begin else None

    @property
    def last_day(self) -> date | None:
        """The last day meant, inclusive."""
        return self._last().date() if self.begin else None

    def on(self, day: date) -> TimeSpan:
        """The same part of the day or clock time on another day: 下午 answered after 下周三."""
        if self.begin is None:
            return self
        shift = timedelta(days=(day - self.begin.date()).days)
        until = self.until + shift if self.until else None
        return replace(self, begin=self.begin + shift, until=until, dated=True)


def part_window(first: date, last: date, part: Part) -> tuple[datetime, datetime]:
    """When a part of the day begins on `first` and ends on `last`."""
    start, end = PART_HOURS[part]
    return at_hour(first, start), at_hour(last, end)


def at_hour(day: date, hour: int, minute: int = 0) -> datetime:
    """Midnight of `day` plus hours (24 and more reach into the next day)."""
    return datetime.combine(day + timedelta(days=hour // 24), time(hour % 24, minute), SHANGHAI)


def describe(span: TimeSpan, now: datetime | None = None) -> str:
    """Say a time back, to be confirmed: 12月2日（周三）上午. The year is said when it is not `now`'s."""
    if span.kind != "at" or span.begin is None:
        return KIND_NAMES[span.kind]
    year = now.astimezone(SHANGHAI).year if now else span.begin.year
    text = _describe_edge(span, span.begin, year)
    if span.bound:
        edge = span.begin if span.bound == "after" else span._last()
        return _describe_edge(span, edge, year) + ("以前" if span.bound == "before" else "以后")
    if span.is_range:
        last = span._last()
        same_day = span.grain == "minute" and (last.date() == span.begin.date() or not span.dated)
        text += "至" + (f"{last:%H:%M}" if same_day else _describe_edge(span, last, span.begin.year))
    if span.part and span.grain == "part":
        text += ("每天" if span.is_range else "") + PART_NAMES[span.part]
    return text + ("左右" if span.approximate and span.grain == "minute" else "")


def _describe_edge(span: TimeSpan, moment: datetime, year: int) -> str:
    prefix = f"{moment.year}年" if moment.year != year else ""
    if span.grain == "year":
        return f"{moment.year}年"
    if span.grain == "month":
        return f"{prefix}{moment.month}月"
    day = f"{prefix}{moment.month}月{moment.day}日（周{_WEEKDAYS[moment.weekday()]}）" if span.dated else ""
    return f"{day}{moment:%H:%M}" if span.grain == "minute" else day
