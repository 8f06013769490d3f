"""Working days, public holidays and office hours in mainland China.

The State Council fixes each year's days off and make-up working days in the preceding autumn; the package
`chinesecalendar` carries what has been announced. Beyond that only the statutory days themselves are known
(国务院《全国年节及纪念日放假办法》, 2024 revision: 元旦 1 day, 春节 4, 清明 1, 劳动节 2, 端午 1, 中秋 1,
国庆节 3), so answers about such years say that they are not certain.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from chinese_calendar import constants

SHANGHAI = ZoneInfo("Asia/Shanghai")
_DAY = timedelta(days=1)
_LONGEST_CLOSURE = 400
_KNOWN_YEARS = range(min(constants.holidays).year, max(constants.holidays).year + 1)

# Solar dates of 春节 (its first day), 清明, 端午 and 中秋, checked against an astronomical lunar calendar.
_LUNAR: Mapping[int, tuple[str, str, str, str]] = {
    2025: ("01-29", "04-04", "05-31", "10-06"),
    2026: ("02-17", "04-05", "06-19", "09-25"),
    2027: ("02-06", "04-05", "06-09", "09-15"),
    2028: ("01-26", "04-04", "05-28", "10-03"),
    2029: ("02-13", "04-04", "06-16", "09-22"),
    2030: ("02-03", "04-05", "06-05", "09-12"),
    2031: ("01-23", "04-05", "06-24", "10-01"),
    2032: ("02-11", "04-04", "06-12", "09-19"),
    2033: ("01-31", "04-04", "06-01", "09-08"),
    2034: ("02-19", "04-05", "06-20", "09-27"),
    2035: ("02-08", "04-05", "06-10", "09-16"),
}
_LUNAR_NAMES = ("spring", "qingming", "dragon_boat", "mid_autumn")
_FIXED = {"new_year": (1, 1), "labour": (5, 1), "national": (10, 1)}
_STATUTORY_DAYS = {
    "new_year": 1,
    "spring": 4,
    "qingming": 1,
    "labour": 2,
    "dragon_boat": 1,
    "mid_autumn": 1,
    "national": 3,
}
_PACKAGE_NAMES = {
    "new_year": "New Year's Day",
    "spring": "Spring Festival",
    "qingming": "Tomb-sweeping Day",
    "labour": "Labour Day",
    "dragon_boat": "Dragon Boat Festival",
    "mid_autumn": "Mid-autumn Festival",
    "national": "National Day",
}
FESTIVALS = tuple(_STATUTORY_DAYS)


@dataclass(frozen=True, slots=True)
class Festival:
    """A holiday of one year: its `day` proper, and the days off `first` to `last`, inclusive.

    `certain` is False while the year's days off have not been announced: only statutory days count then.
    """

    name: str
    day: date
    first: date
    last: date
    certain: bool


def is_known_year(year: int) -> bool:
    """Whether the year's days off have been announced and are in the calendar package."""
    return year in _KNOWN_YEARS


def _day_proper(name: str, year: int) -> date | None:
    if name in _FIXED:
        return date(year, *_FIXED[name])
    if year not in _LUNAR:
        return None
    return date.fromisoformat(f"{year}-{_LUNAR[year][_LUNAR_NAMES.index(name)]}")


@lru_cache(maxsize=256)
def festival(name: str, year: int) -> Festival | None:
    """One of `FESTIVALS` in a year, or None where its date is not known (lunar ones outside 2025 to 2035)."""
    day = _day_proper(name, year)
    if day is None:
        return None
    if not is_known_year(year):
        first = day - _DAY if name == "spring" else day
        return Festival(name, day, first, first + (_STATUTORY_DAYS[name] - 1) * _DAY, False)
    off = sorted(
        other
        for other, label in constants.holidays.items()
        if abs((other - day).days) <= 12 and label == _PACKAGE_NAMES[name]
    )
    first, last = (off[0], off[-1]) if off else (day, day)
    return Festival(name, day, min(first, day), max(last, day), True)


@lru_cache(maxsize=64)
def _statutory(year: int) -> frozenset[date]:
    days: set[date] = set()
    for name in FESTIVALS:
        found = festival(name, year)
        if found is not None:
            days.update(found.first + n * _DAY for n in range((found.last - found.first).days + 1))
    return frozenset(days)


def is_workday(day: date) -> bool:
    """Whether offices work on that day, make-up Saturdays and Sundays included.

    For years not yet announced: Monday to Friday except the statutory days (see `is_known_year`).
    """
    if is_known_year(day.year):
        return day in constants.workdays or (day.weekday() < 5 and day not in constants.holidays)
    return day.weekday() < 5 and day not in _statutory(day.year)


def next_workday(day: date) -> date:
    """The first working day after `day`."""
    return add_workdays(day, 1)


def add_workdays(day: date, count: int) -> date:
    """The day `count` working days after `day` (before it, if negative); `day` itself does not count."""
    step = _DAY if count > 0 else -_DAY
    for _ in range(abs(count)):
        day += step
        while not is_workday(day):
            day += step
    return day


@dataclass(frozen=True)
class OfficeHours:
    """When a window is open. Times are Asia/Shanghai wall-clock times.

    `weekdays`: 0 is Monday. With `follow_calendar` public holidays close and make-up working days open the
    office. `closed` and `opened` are the operator's own exceptions and win over everything.
    """

    sessions: tuple[tuple[time, time], ...] = ((time(9), time(11, 30)), (time(13, 30), time(17)))
    weekdays: frozenset[int] = frozenset(range(5))
    follow_calendar: bool = True
    closed: frozenset[date] = field(default_factory=frozenset)
    opened: frozenset[date] = field(default_factory=frozenset)

    def __post_init__(self) -> None:
        edges = [edge for session in self.sessions for edge in session]
        if not edges or edges != sorted(set(edges)):
            raise ValueError("sessions must be in order, not empty and not overlapping")
        if not (self.weekdays or self.opened) or not self.weekdays <= set(range(7)):
            raise ValueError("weekdays must be numbers from 0 (Monday) to 6")

    def opens_on(self, day: date) -> bool:
        """Whether there are office hours on that day."""
        if day in self.opened:
            return True
        if day in self.closed:
            return False
        if not self.follow_calendar:
            return day.weekday() in self.weekdays
        if day.weekday() < 5:
            return day.weekday() in self.weekdays and is_workday(day)
        return is_workday(day) or (day.weekday() in self.weekdays and day not in _off(day.year))

    def is_certain(self, day: date) -> bool:
        """False where the answer for that day rests on the weekday rule alone."""
        return not self.follow_calendar or is_known_year(day.year) or day in self.opened or day in self.closed

    def sessions_on(self, day: date) -> list[tuple[datetime, datetime]]:
        """The stretches of that day in which the office is open, in order."""
        if not self.opens_on(day):
            return []
        return [
            (datetime.combine(day, start, SHANGHAI), datetime.combine(day, end, SHANGHAI))
            for start, end in self.sessions
        ]

    def is_open(self, moment: datetime) -> bool:
        """Whether the office is open at an aware `moment` (a session's end is no longer open)."""
        local = moment.astimezone(SHANGHAI)
        return any(start <= local < end for start, end in self.sessions_on(local.date()))

    def next_open(self, moment: datetime) -> datetime:
        """`moment` itself if the office is open, else when it opens next. ValueError if it never does."""
        start, _ = next(self._from(moment))
        return start

    def _from(self, moment: datetime) -> Iterator[tuple[datetime, datetime]]:
        local = moment.astimezone(SHANGHAI)
        day, idle = local.date(), 0
        while idle <= _LONGEST_CLOSURE:
            sessions = [(max(start, local), end) for start, end in self.sessions_on(day) if end > local]
            idle = 0 if sessions else idle + 1
            yield from sessions
            day += _DAY
        raise ValueError("the office does not open again")


@lru_cache(maxsize=64)
def _off(year: int) -> frozenset[date]:
    if is_known_year(year):
        return frozenset(day for day in constants.holidays if day.year == year)
    return _statutory(year)


def add_working_hours(moment: datetime, hours: float, office: OfficeHours | None = None) -> datetime:
    """When `hours` of office time have passed since an aware `moment`; ValueError if `hours` is negative."""
    if hours < 0:
        raise ValueError("hours must not be negative")
    left = timedelta(hours=hours)
    office = office or OfficeHours()
    for start, end in office._from(moment):
        if left <= end - start:
            return start + left
        left -= end - start
    raise ValueError("the office does not open again")
