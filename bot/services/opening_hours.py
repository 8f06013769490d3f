"""The `hours` cells of reference data, read into an answer to "is it open then?".

Grammar (data/reference/README.md): parts separated by `；`, each `DAYS HH:MM-HH:MM`; DAYS is one of 每天,
周一至周五, 周一至周六, 周二至周日, 周六周日; or `24小时`; or empty for *not known*. 24:00 ends a day; an end
before its start runs past midnight. Several stretches of one day are several parts. Public holidays are not
in the grammar, so on one (and on a weekend day that is worked) what is not 每天 is not known.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

from bot.language import is_workday
from bot.services.clock import SHANGHAI

DAYS: dict[str, frozenset[int]] = {
    "每天": frozenset(range(7)),
    "周一至周五": frozenset(range(5)),
    "周一至周六": frozenset(range(6)),
    "周二至周日": frozenset(range(1, 7)),
    "周六周日": frozenset((5, 6)),
}
ALL_DAY = "24小时"
UNKNOWN_TEXT = "时间未公布"
_PART = re.compile(f"({'|'.join(DAYS)}) ?(\\d{{1,2}}):(\\d{{2}}) ?[-–—~] ?(\\d{{1,2}}):(\\d{{2}})")
_DAY_MINUTES = 24 * 60
_MUST = "如“周一至周五 09:00-17:00；周六周日 09:30-16:00”或“24小时”，不知道就留空"


@dataclass(frozen=True)
class _Part:
    days: frozenset[int]
    start: int
    end: int
    """Minutes after the day's midnight; the end may lie on the next day."""


@dataclass(frozen=True)
class Hours:
    """Opening hours; without parts they are not known."""

    text: str
    parts: tuple[_Part, ...]

    @property
    def known(self) -> bool:
        return bool(self.parts)

    @property
    def always(self) -> bool:
        return self.text == ALL_DAY

    @property
    def shown(self) -> str:
        """As a rider reads them."""
        return self.text or UNKNOWN_TEXT

    def open_at(self, moment: datetime) -> bool | None:
        """True or False at an aware moment; None when not known (no hours given, or a public holiday)."""
        if not self.parts:
            return None
        local = moment.astimezone(SHANGHAI)
        minute = local.hour * 60 + local.minute
        verdicts = [
            self._within(local.date(), minute),
            self._within(local.date() - timedelta(days=1), minute + _DAY_MINUTES),
        ]
        if True in verdicts:
            return True
        return None if None in verdicts else False

    def on(self, day: date) -> tuple[str, ...] | None:
        """The stretches of a day ("09:00-17:00"), empty when it is closed on it; None when not known."""
        if not self.parts or any(self._depends_on_calendar(part, day) for part in self.parts):
            return None
        return tuple(
            f"{_clock(part.start)}-{_clock(part.end) if part.end <= _DAY_MINUTES else '次日' + _clock(part.end - _DAY_MINUTES)}"
            for part in sorted(self.parts, key=lambda part: part.start)
            if day.weekday() in part.days
        )

    def closes_at(self, moment: datetime) -> datetime | None:
        """When it closes, if it is surely open at the moment and not round the clock."""
        local = moment.astimezone(SHANGHAI)
        midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
        minute = local.hour * 60 + local.minute
        ends: list[datetime] = []
        for back in (0, 1):
            day, at = local.date() - timedelta(days=back), minute + back * _DAY_MINUTES
            for part in self.parts:
                if self._applies(part, day) and part.start <= at < part.end:
                    ends.append(midnight + timedelta(minutes=part.end - back * _DAY_MINUTES))
        return None if self.always or not ends else max(ends)

    def opens_next(self, moment: datetime) -> datetime | None:
        """When it surely opens next, within eight days of a moment at which it is closed."""
        local = moment.astimezone(SHANGHAI)
        midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
        starts = [
            midnight + timedelta(days=ahead, minutes=part.start)
            for ahead in range(9)
            for part in self.parts
            if self._applies(part, local.date() + timedelta(days=ahead))
        ]
        return min((start for start in starts if start > local), default=None)

    def _within(self, day: date, minute: int) -> bool | None:
        """Is that minute in a stretch that began on `day`? None when it depends on a public holiday."""
        unsure = False
        for part in self.parts:
            if part.start <= minute < part.end:
                if self._applies(part, day):
                    return True
                unsure = unsure or self._depends_on_calendar(part, day)
        return None if unsure else False

    def _applies(self, part: _Part, day: date) -> bool:
        return day.weekday() in part.days and not self._depends_on_calendar(part, day)

    def _depends_on_calendar(self, part: _Part, day: date) -> bool:
        """A holiday on a weekday, or a Saturday that is worked: days of the week say nothing sure then."""
        if len(part.days) == 7:
            return False
        return is_workday(day) != (day.weekday() < 5)


@lru_cache(maxsize=4096)
def parse_hours(text: str | None) -> Hours:
    """Read an `hours` cell. ValueError, with what it must be, for anything outside the grammar."""
    cell = (text or "").strip()
    if not cell:
        return Hours("", ())
    if cell in (ALL_DAY, "每天 00:00-24:00"):
        return Hours(ALL_DAY, (_Part(DAYS["每天"], 0, _DAY_MINUTES),))
    parts, shown = [], []
    for piece in re.split("[；;]", cell):
        found = _PART.fullmatch(piece.strip().replace("：", ":"))
        if found is None:
            raise ValueError(_MUST)
        start = _minutes(found[2], found[3])
        end = _minutes(found[4], found[5])
        if start >= _DAY_MINUTES or start == end:
            raise ValueError(_MUST)
        parts.append(_Part(DAYS[found[1]], start, end if end > start else end + _DAY_MINUTES))
        shown.append(f"{found[1]} {_clock(start)}-{_clock(end)}")
    return Hours("；".join(shown), tuple(parts))


def _minutes(hour: str, minute: str) -> int:
    value = int(hour) * 60 + int(minute)
    if int(minute) > 59 or value > _DAY_MINUTES:
        raise ValueError(_MUST)
    return value


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def hours_cell(cell: str) -> str:
    """Import reader: the cell in its plain form."""
    return parse_hours(cell).text
