"""When it suits the rider: the times of a message as windows, kept in a slot, matched against free places.

A wish has days and hours, or is one of 最早的, 都行, 早一点, 晚一点. "下午" or "三点" without a day belong to
the day that was talked about last.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from bot.actions.wish_order import barred, joined
from bot.language import TimeSpan, describe, find_times, normalise, parse_time
from bot.services.clock import SHANGHAI
from bot.services.hospital_places import Window

_MINUTE = timedelta(minutes=1)
_WEEKDAYS = "一二三四五六日"
_BOOKING_WORD = re.compile(r"约(?!好|过|的)|挂|改[到成在]|换[到成个]|[挪推提调延]到|安排|应该是")
_FALLBACK = re.compile(r"不行|要不|要么|不然|实在|没有的话|满了")
_MOVED = re.compile(
    r"^.{0,6}(?:还是|再|想|要|给我|能不能|可以|换|改|约)(?:再|个|约|换|改)*(?:(?P<late>晚|迟|靠后)|早|提前|靠前)(?:一)?[点些](?:的)?[吧吗不呢行]*$"
)
_SHIFT = re.compile(
    r"(?P<way>往后|推迟|推后|延后|延|晚|推|往前|提前|早)(?:推|挪|调|延|个|上)?\s*"
    r"(?P<n>\d{1,2}|[一两二三四五六七八九十])\s*(?:个)?(?P<unit>天|日|周|星期|礼拜)"
)
_BARE_WEEKDAY = re.compile(r"(?:周|星期|礼拜)[一二三四五六日天]")
_BACK = frozenset({"往前", "提前", "早"})
_NTH = re.compile(r"第\s*([一二三四五六123456])\s*(?:个|场|次|段|班)?|^\s*([123456])\s*(?:号)?\s*[吧啊呀]?$")
_FIRST = re.compile(r"头一个|首个|前面(?:那)?个|前一个|前面的|靠前")
_LAST = re.compile(r"最后(?:一|那)?个|末一个|后面(?:那)?个|后一个|后面的|靠后|最晚(?:的|那)")
_DIGITS = dict(zip("一二三四五六七八九十两", (*range(1, 11), 2), strict=True))


_LUNAR = re.compile(
    r"农历|阴历|旧历|[正冬腊]月|腊八|(?<![最当起年大])初[一二三四五六七八九十]{1,2}(?!级|中|班)|廿[一二三四五六七八九]"
)
LUNAR_DAY = "农历的日子我不会换算，麻烦说公历几月几号，或者“下周三”这样说。"


def names_lunar_day(text: str) -> bool:
    """Whether a day of the lunar calendar is named, which is not converted here."""
    return bool(_LUNAR.search(text))


@dataclass(frozen=True)
class Wish:
    """Days and hours as in `Window`. `kind`: at, not (it does not suit), earliest, any, earlier, later.

    `exact`: a clock time was said; `dated`: a day was; `past`: all of it is over; `text`: to say it back;
    `either`: as good as the one before it.
    """

    kind: str
    first: date | None = None
    last: date | None = None
    start: time = time(0)
    end: time = time.max
    exact: bool = False
    dated: bool = True
    past: bool = False
    text: str = ""
    either: bool = False

    @property
    def hours(self) -> bool:
        """Whether it names hours, and not only days."""
        return self.exact or self.start != time(0) or self.end != time.max

    @property
    def said_hours(self) -> str:
        """The hours as they are said back, without the day."""
        return f"{self.start:%H:%M}" if self.exact else self.text.rpartition("）")[2]

    @property
    def window(self) -> Window:
        return Window(self.first, self.last, self.start, self.end)

    @property
    def moment(self) -> datetime | None:
        """Where to look around when nothing in the window is free."""
        return datetime.combine(self.first, self.start, SHANGHAI) if self.first else None

    @property
    def one_day(self) -> bool:
        return self.first is not None and self.first == self.last

    def on(self, day: date) -> Wish:
        """The same hours on a day; a wish that names its own day stays."""
        if self.dated or self.kind != "at":
            return self
        hours = f"{self.start:%H:%M}" if self.exact else self.text
        return replace(self, first=day, last=day, dated=True, past=False, text=f"{say_day(day)}{hours}")

    def to_slot(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "first": self.first.isoformat() if self.first else None,
            "last": self.last.isoformat() if self.last else None,
            "start": self.start.isoformat(),
            "end": self.end.isoformat(),
            "exact": self.exact,
            "dated": self.dated,
            "past": self.past,
            "text": self.text,
            "either": self.either,
        }

    @classmethod
    def from_slot(cls, value: dict[str, Any]) -> Wish:
        return cls(
            kind=value["kind"],
            first=date.fromisoformat(value["first"]) if value["first"] else None,
            last=date.fromisoformat(value["last"]) if value["last"] else None,
            start=time.fromisoformat(value["start"]),
            end=time.fromisoformat(value["end"]),
            exact=value["exact"],
            dated=value["dated"],
            past=value["past"],
            text=value["text"],
            either=bool(value.get("either")),
        )


def read_wishes(text: str, now: datetime) -> list[Wish]:
    """The wishes in a message, the likeliest first, what does not suit (kind "not") last; past times only when there
    is nothing else.

    "下周三不行就周四" keeps its order, of "周四或周三" the earlier comes first; else what follows the word of booking
    or changing comes first.
    """
    spans = find_times(text, now)
    if not spans:
        moved = _MOVED.search(normalise(text).text)
        if moved:
            return [Wish("later" if moved["late"] else "earlier")]
        whole = parse_time(text, now)
        return [Wish(whole.kind)] if whole is not None and whole.kind != "at" else []
    read = [(span, wish) for span in spans if (wish := _wish(span, now)) is not None]
    found = barred(text, read)
    out = [wish for _, wish in found if wish.kind == "not" and not wish.past]
    ahead = [pair for pair in joined(text, [pair for pair in found if not pair[1].past]) if pair[1].kind != "not"]
    ahead = [pair for pair in ahead if not any(_is_within(pair[1], one) for one in out)]
    if len(ahead) > 1 and _FALLBACK.search(text):
        first = ahead[0][1]
        return [first, *(_in_same_week(first, span, wish) for span, wish in ahead[1:]), *out]
    if len(ahead) < 2:
        return [*(wish for _, wish in ahead), *out] or [wish for _, wish in read]
    cue = max((match.end() for match in _BOOKING_WORD.finditer(text)), default=0)
    ordered = sorted(ahead, key=lambda pair: (pair[1].kind != "at", pair[0].end < cue))
    return [*(wish for _, wish in ordered), *out]


def _is_within(wish: Wish, out: Wish) -> bool:
    """ "别约周三 我周三跑单": the second 周三 is the same day that does not suit."""
    same = wish.kind == "at" and wish.dated and (wish.first, wish.last) == (out.first, out.last)
    return same and (not out.hours or (wish.start, wish.end) == (out.start, out.end)) and not wish.exact


def _in_same_week(first: Wish, span: TimeSpan, wish: Wish) -> Wish:
    """ "下周三…不行就礼拜四": a bare weekday after another wish is meant in that wish's week."""
    if first.first is None or wish.first is None or wish.last is None or not _BARE_WEEKDAY.match(span.surface):
        return wish
    weeks = (_monday(first.first) - _monday(wish.first)) // timedelta(days=7)
    if weeks <= 0:
        return wish
    ahead = timedelta(days=7 * weeks)
    day = wish.first + ahead
    hours = wish.text.partition("）")[2]
    return replace(wish, first=day, last=wish.last + ahead, text=f"{say_day(day)}{hours}")


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def read_shift(text: str) -> timedelta | None:
    """How far a visit is to be moved: 往后推一周, 提前两天."""
    found = _SHIFT.search(normalise(text).text)
    if found is None:
        return None
    count = int(found["n"]) if found["n"].isdigit() else _DIGITS[found["n"]]
    days = count * (1 if found["unit"] in "天日" else 7)
    return timedelta(days=-days if found["way"] in _BACK else days)


def read_pick(text: str, *, asked: bool) -> int | None:
    """Which of the offered ones: 1, 2, …; -1 the last. A bare digit counts only when it was asked for."""
    folded = normalise(text).text
    nth = _NTH.search(folded)
    if nth and (nth[1] or asked):
        digit = nth[1] or nth[2]
        return _DIGITS.get(digit) or int(digit)
    if _FIRST.search(folded):
        return 1
    return -1 if _LAST.search(folded) else None


def pick(offers: Sequence[str], number: int) -> str | None:
    """The offered one with that number, None when there is none."""
    if not offers:
        return None
    if number == -1:
        return offers[-1]
    return offers[number - 1] if 1 <= number <= len(offers) else None


def say_day(day: date) -> str:
    """12月2日（周三）"""
    return f"{day.month}月{day.day}日（周{_WEEKDAYS[day.weekday()]}）"


def short_moment(moment: datetime) -> str:
    """12/2周三 09:00, for a button."""
    return f"{moment.month}/{moment.day}周{_WEEKDAYS[moment.weekday()]} {moment:%H:%M}"


def _wish(span: TimeSpan, now: datetime) -> Wish | None:
    if span.kind != "at":
        return Wish(span.kind)
    if span.begin is None or span.grain == "year":
        return None
    text = describe(span, now)
    begin, until = span.begin, span.until
    first: date | None = begin.date()
    last = span.last_day
    start, end = begin.time(), time.max
    exact = False
    if span.grain == "minute":
        last = first if until is None else until.date()
        exact = until is None and span.bound is None
        if exact:
            end = (begin + _MINUTE).time()
        elif span.bound == "before":
            start, end = time(0), begin.time()
        elif until is not None and until.date() == begin.date():
            end = until.time()
    elif span.grain == "part" and until is not None:
        end = until.time() if until.date() == begin.date() or span.is_range else time.max
        end = end if end > start else time.max
    else:
        start = time(0)
    if span.grain != "minute" and span.bound == "after":
        last = None
    elif span.grain != "minute" and span.bound == "before":
        first = now.date()
    if not span.dated:
        first = last = None
    past = span.past or (exact and span.dated and begin <= now)
    return Wish("at", first, last, start, end, exact, span.dated, past, text)
