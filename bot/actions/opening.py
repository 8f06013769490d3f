"""When a place must be open: what "半夜", "星期天", "晚上十点" ask of its hours, and how the answer is said."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from bot.actions.base import Heard
from bot.actions.places import state_zh
from bot.language import find_times
from bot.services.opening_hours import Hours

_NOW = re.compile(r"(?:现在|这会儿?|这时候|此刻|眼下|当下)(?!在|人在|住|没|要去)")
_NOW_IS = re.compile(r"(?:现在|这会儿?|此刻)(?:是|都|已经|快|才)*$")
_WEEK = "一二三四五六日"
_NIGHT_ENDS, _NIGHT_BEGINS = 5, 22  # hours between which "半夜" means this very night
# the hour looked at for a part of the day said without a clock time; it is said in the answer
_HOUR_OF: tuple[tuple[re.Pattern[str], int], ...] = (
    (re.compile("凌晨|[后下]半夜"), 2),
    (re.compile("半夜|三更|深夜|午夜"), 24),
    (re.compile("夜里|夜间|夜晚"), 22),
    (re.compile("晚上|今晚|傍晚|晚间|晚"), 20),
    (re.compile("下午|下晌"), 15),
    (re.compile("中午|晌午"), 12),
    (re.compile("早上|早晨|清早|一早|早"), 8),
    (re.compile("上午"), 10),
)
_NIGHT = re.compile("半夜|三更|深夜|午夜|夜里|夜间|凌晨")


@dataclass(frozen=True)
class When:
    """A moment, or whole days when only they were named."""

    at: datetime | None = None
    days: tuple[date, ...] = ()

    def kept(self) -> dict[str, Any]:
        """For the slot that remembers a search."""
        return {"open": self.at.isoformat() if self.at else None, "days": [day.isoformat() for day in self.days]}

    @classmethod
    def of(cls, wanted: dict[str, Any]) -> When | None:
        """What a remembered search wants; None when it asks nothing of the hours."""
        days = tuple(date.fromisoformat(day) for day in wanted.get("days") or ())
        at = datetime.fromisoformat(wanted["open"]) if wanted.get("open") else None
        return cls(at, days) if at or days else None

    def is_now(self, now: datetime) -> bool:
        """Whether it is the moment at which the search began, give or take the turns since."""
        return self.at is not None and abs(self.at - now) < timedelta(minutes=10)

    def said(self, now: datetime) -> str:
        """今天21:00, 周六和周日."""
        if self.at is not None:
            return f"{_day_zh(self.at.date(), now)}{self.at:%H:%M}"
        if [day.weekday() for day in self.days] == [5, 6]:
            return "周末"
        return "和".join(_day_zh(day, now, weekday=True) for day in self.days)


def when_asked(text: str, now: datetime) -> When | None:
    """The moment or days that the words name; None when they name none."""
    named = [one for one in find_times(text, now, "future") if one.begin and one.grain in ("minute", "part", "day")]
    if not named:
        return When(now) if _NOW.search(text) else None
    one = named[0]
    begin, words = one.begin or now, text[one.start : one.end]
    if one.grain == "minute":
        return When(now if _NOW_IS.search(text[: one.start]) else begin)
    if one.grain == "day":
        count = min(7, max(1, ((one.until or begin) - begin).days))
        days = tuple(begin.date() + timedelta(days=n) for n in range(count))
        return When(days=tuple(day for day in days if day >= now.date()) or days[:1])
    if not one.dated and (_NOW.search(text) or (_NIGHT.search(words) and _is_night(now))):
        return When(now)
    hour = next((hour for part, hour in _HOUR_OF if part.search(words)), begin.hour)
    at = datetime.combine(begin.date(), time(), now.tzinfo) + timedelta(hours=hour)
    return When(at if at >= now or one.dated else at + timedelta(days=1))


def state_then_zh(hours: Hours, when: When | None, is_open: bool | None, heard: Heard) -> str:
    """Whether it is open then: "今天21:00开着，到22:00", "周日09:30-16:00", "周六不开"."""
    if when is None or when.is_now(heard.now) or not hours.known or hours.always:
        return state_zh(hours, is_open, heard)
    if when.at is None:
        return "，".join(_on(hours, day, heard.now) for day in when.days)
    then = hours.open_at(when.at)
    if then is None:
        return f"{hours.text}（节假日先问一下）"
    if not then:
        return f"{when.said(heard.now)}关着（{hours.text}）"
    closes = hours.closes_at(when.at)
    return f"{when.said(heard.now)}开着" + (f"，到{closes:%H:%M}" if closes else "")


def hours_answer(hours: Hours, when: When | None, heard: Heard) -> str:
    """The answer to a question about one place's hours: at the moment asked about, else in full."""
    if when is not None:
        return state_then_zh(hours, when, hours.open_at(heard.now), heard)
    return (
        hours.shown
        if not hours.known or hours.always
        else f"{hours.text}（{state_zh(hours, hours.open_at(heard.now), heard)}）"
    )


def _on(hours: Hours, day: date, now: datetime) -> str:
    stretches = hours.on(day)
    name = _day_zh(day, now, weekday=True)
    if stretches is None:
        return f"{name}不一定（平时{hours.text}，节假日先问一下）"
    return f"{name}{'、'.join(stretches)}开" if stretches else f"{name}不开"


def _is_night(now: datetime) -> bool:
    return now.hour >= _NIGHT_BEGINS or now.hour < _NIGHT_ENDS


def _day_zh(day: date, now: datetime, *, weekday: bool = False) -> str:
    """今天, 明天, 后天, else 周六 in the week ahead, else 2月6日. `weekday`: the weekday rather than 明天."""
    ahead = (day - now.date()).days
    if 0 <= ahead <= 2 and not weekday:
        return ("今天", "明天", "后天")[ahead]
    name = f"周{_WEEK[day.weekday()]}" if 0 <= ahead < 7 else f"{day.month}月{day.day}日"
    return f"今天（{name}）" if weekday and ahead == 0 else name
