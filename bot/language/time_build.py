"""From what was read (days, part of the day, clock time) to a time on the calendar."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from bot.language.time_clock import Clock, PartOfDay, to_24_hours
from bot.language.time_days import Days
from bot.language.time_value import Part, TimeSpan, at_hour, part_window

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Read:
    """What was read at one place: days, a part of the day, a clock time, each if it was there."""

    end: int
    days: Days | None = None
    part: PartOfDay | None = None
    clock: Clock | None = None

    @property
    def part_code(self) -> Part | None:
        """The part of the day, if one was named."""
        return self.part.code if self.part else None


def build(now: datetime, read: Read, upper: Read | None) -> TimeSpan | None:
    """The time read, or the range from `read` to `upper`; its place in the text is left for the caller."""
    if read.clock is not None and not (read.days is not None and read.days.is_range):
        span = _clock_time(now, read, upper, read.clock)
    elif read.part is not None:
        span = _part_of_day(now, read, upper, read.part.code)
    elif read.days is not None and upper is not None and upper.days is not None and upper.part is not None:
        whole = replace(read.days, last=upper.days.last, is_range=True)
        span = _part_of_day(now, replace(read, days=whole), None, upper.part.code)
    elif read.days is not None:
        span = _whole_days(now, read.days, upper.days if upper else None)
    else:
        return None
    return _moved_on(now, span, read.days) if span is not None else None


def _moved_on(now: datetime, span: TimeSpan, days: Days | None) -> TimeSpan:
    """Settle `past`; what was said without a date, or with a bare weekday, is still to come."""
    if span.begin is None or (span.until or span.begin) > now or span.bound == "after":
        return span
    rolls = days is None or (days.weekly and span.grain in ("part", "minute"))
    if not rolls:
        return replace(span, past=True)
    shift = _DAY if days is None else 7 * _DAY
    return replace(span, begin=span.begin + shift, until=span.until + shift if span.until else None)


def _whole_days(now: datetime, days: Days, upper: Days | None) -> TimeSpan:
    grain, last, is_range, approximate = days.grain, days.last, days.is_range, days.approximate
    if upper is not None:
        grain = days.grain if days.grain == upper.grain else "day"
        last, is_range, approximate = upper.last, True, approximate or upper.approximate
    return TimeSpan(
        *_NOWHERE,
        grain=grain,
        begin=at_hour(days.first, 0),
        until=at_hour(last + _DAY, 0),
        is_range=is_range,
        bound=days.bound,
        approximate=approximate,
    )


def _part_of_day(now: datetime, read: Read, upper: Read | None, part: Part) -> TimeSpan:
    first = read.days.first if read.days else now.date()
    last = read.days.last if read.days else first
    begin, until = part_window(first, last, part)
    approximate = bool(read.days and read.days.approximate)
    if upper is not None:
        to_part = upper.part_code or part
        to_day = upper.days.last if upper.days else last
        if to_part == part and upper.days is not None:
            last, until = to_day, part_window(first, to_day, part)[1]
        else:
            until = max(part_window(to_day, to_day, to_part)[1], until)
            return TimeSpan(
                *_NOWHERE,
                grain="minute",
                begin=begin,
                until=until,
                dated=read.days is not None,
                is_range=True,
            )
    return TimeSpan(
        *_NOWHERE,
        grain="part",
        begin=begin,
        until=until,
        part=part,
        dated=read.days is not None,
        is_range=last != first,
        approximate=approximate,
    )


def _clock_time(now: datetime, read: Read, upper: Read | None, clock: Clock) -> TimeSpan | None:
    day, part = read.days.first if read.days else now.date(), read.part_code
    begin = at_hour(day, to_24_hours(clock.hour, part, clock.sure), clock.minute)
    until = None
    if clock.to_hour is not None:
        until = _later_hour(begin, day, clock.to_hour, 0, part, False)
    if upper is not None and upper.clock is not None:
        to_day = upper.days.first if upper.days else day
        end = upper.clock
        until = _later_hour(begin, to_day, end.hour, end.minute, upper.part_code or part, end.sure)
    if until is not None and until <= begin:
        return None
    return TimeSpan(
        *_NOWHERE,
        grain="minute",
        begin=begin,
        until=until,
        dated=read.days is not None,
        is_range=until is not None,
        approximate=clock.approximate or bool(read.days and read.days.approximate),
    )


def _later_hour(begin: datetime, day: date, hour: int, minute: int, part: Part | None, sure: bool) -> datetime:
    """The first reading of the second hour that is after the first: 九点到五点 ends at 17:00."""
    moment = at_hour(day, to_24_hours(hour, part, sure), minute)
    if moment <= begin and hour <= 12:
        for shift in (timedelta(hours=12), _DAY):
            if moment + shift > begin:
                return moment + shift
    return moment


_NOWHERE = (0, 0, "")
