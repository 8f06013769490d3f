"""Which times of the hospital are offered for a wish, and how that is said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from bot.actions.base import Choice
from bot.actions.wishes import Wish, say_day, short_moment
from bot.language import is_workday
from bot.language.time_value import PART_HOURS, PART_NAMES, Part
from bot.services.clock import SHANGHAI
from bot.services.hospital import HospitalService
from bot.services.hospital_places import FreeSlot, Window
from bot.services.notices import when_zh

MOST_OFFERS = 6
AROUND = 4
_HOURS_OF_A_DAY = 24
WAIT: Choice = ("排队等空位", '/inform{"slot":"wait"}')


@dataclass(frozen=True)
class Offer:
    """What to offer. `chosen`: the one time that fits and is free; else `times` with a `note` about them.

    `may_wait`: what was wished for is full, so waiting makes sense. `day`: the day that was talked about.
    """

    times: tuple[datetime, ...] = ()
    chosen: datetime | None = None
    note: str = ""
    may_wait: bool = False
    day: date | None = None


async def offer_for(
    hospital: HospitalService, channel: str, wishes: Sequence[Wish], day: date | None, now: datetime
) -> Offer:
    """The offer for the first wish that can be met; when none can, what is free around the first."""
    free = await hospital.free_slots(channel)
    if not free:
        return await _nothing(hospital, channel)
    if not wishes:
        return Offer(_first_of_days(free), note="想约哪天？下面是最近有号的日子，也可以直接说，比如“下周三上午”。")
    out = [wish for wish in wishes if wish.kind == "not"]
    kept = [slot for slot in free if not any(wish.window.holds(slot.starts_at) for wish in out)]
    whichever = any(wish.kind in ("earliest", "any") for wish in wishes)
    windows = [w.on(day) if day else w for w in wishes if w.kind == "at"]
    if whichever and not windows and kept:
        return Offer(chosen=kept[0].starts_at, day=kept[0].starts_at.date())
    if not windows:
        return _but(kept or free, out, met=bool(kept))
    refusals: list[str] = []
    full = False
    for group in _groups(windows):
        met = [(wish, inside) for wish in group if (inside := _inside(kept, wish))]
        for wish in group:
            if not any(wish is one for one, _ in met):
                refusal, is_full = await _why_not(hospital, channel, wish, now)
                full = full or (is_full and not refusals)
                refusals.append(refusal)
        if met and whichever:
            earliest = min(inside[0].starts_at for _, inside in met)
            return Offer(chosen=earliest, day=earliest.date())
        if len(met) == 1:
            offer = _of(met[0][1], met[0][0])
            lead = "".join(refusals[-1:]) if len(group) > 1 and offer.chosen is None else ""
            return replace(offer, note=lead + offer.note)
        if met:
            return _of_either(met)
    first = windows[0]
    around = await _around(hospital, channel, first, kept or free, now)
    lead = refusals[0] if refusals else "没找到您说的时间。"
    return Offer(around, note=f"{lead}最近有空的是{named_day(around)}：", may_wait=full, day=first.first)


def _groups(windows: Sequence[Wish]) -> list[list[Wish]]:
    """The windows in their order, those that are equally good together."""
    groups: list[list[Wish]] = []
    for wish in windows:
        if wish.either and groups:
            groups[-1].append(wish)
        else:
            groups.append([wish])
    return groups


def _inside(free: Sequence[FreeSlot], wish: Wish) -> list[FreeSlot]:
    return [slot for slot in free if wish.window.holds(slot.starts_at)] if not wish.past else []


def _of_either(met: Sequence[tuple[Wish, list[FreeSlot]]]) -> Offer:
    """What is free in each of several windows that are equally good, so many from each that all are shown."""
    each = max(1, MOST_OFFERS // len(met))
    times = sorted({slot.starts_at for _, inside in met for slot in inside[:each]})[:MOST_OFFERS]
    text = "或".join(wish.text for wish, _ in met)
    return Offer(tuple(times), note=f"{text}有这些空位，选一个：", day=times[0].date() if named_day(times) else None)


def _but(kept: Sequence[FreeSlot], out: Sequence[Wish], *, met: bool) -> Offer:
    """What is free when only was said what does not suit."""
    texts = "、".join(wish.text for wish in out)
    lead = f"好，避开{texts}。" if met else f"只剩{texts}有号了。"
    return Offer(_first_of_days(kept), note=f"{lead}最近有号的日子，每天最早的是：")


async def neighbour(hospital: HospitalService, channel: str, held: datetime, *, later: bool) -> datetime | None:
    """The next free time after (or before) the one that was chosen."""
    free = [slot.starts_at for slot in await hospital.free_slots(channel)]
    beyond = [at for at in free if (at > held if later else at < held)]
    if not beyond:
        return None
    return beyond[0] if later else beyond[-1]


def choices_of(times: Sequence[datetime], *, may_wait: bool) -> tuple[Choice, ...]:
    """One button a time; the day is left out when all are on one day and the text has said it."""
    one_day = len({at.date() for at in times}) == 1
    buttons = [
        (f"{at:%H:%M}" if one_day else short_moment(at), f'/inform{{"slot":"{at.isoformat()}"}}') for at in times
    ]
    return (*buttons, WAIT) if may_wait else tuple(buttons)


def named_day(times: Sequence[datetime]) -> str:
    """The day of times that are all on one day, whose buttons show hours only; else nothing."""
    return say_day(times[0].date()) if len({at.date() for at in times}) == 1 else ""


def _of(inside: Sequence[FreeSlot], wish: Wish) -> Offer:
    if wish.exact and len({slot.starts_at for slot in inside}) == 1:
        return Offer(chosen=inside[0].starts_at, day=inside[0].starts_at.date())
    days = {slot.starts_at.date() for slot in inside}
    if len(days) > 1:
        times = _first_of_days(inside)
        what = f"{wish.text}有号的日子" if wish.text else "有号的日子"
        return Offer(times, note=f"{what}，每天最早的是：")
    day = inside[0].starts_at.date()
    times = _spread([slot.starts_at for slot in inside])
    text = wish.text if wish.one_day else say_day(day)
    return Offer(times, note=f"{text}有这些空位，选一个：", day=day)


def _spread(times: Sequence[datetime]) -> tuple[datetime, ...]:
    """At most `MOST_OFFERS`, half of them from the afternoon when there is one."""
    if len(times) <= MOST_OFFERS:
        return tuple(times)
    morning = [at for at in times if at.hour < 12]
    afternoon = [at for at in times if at.hour >= 12]
    half = MOST_OFFERS // 2
    take = min(len(morning), max(half, MOST_OFFERS - len(afternoon)))
    return (*morning[:take], *afternoon[: MOST_OFFERS - take])


def _first_of_days(free: Sequence[FreeSlot]) -> tuple[datetime, ...]:
    firsts: dict[date, datetime] = {}
    for slot in free:
        firsts.setdefault(slot.starts_at.date(), slot.starts_at)
    return tuple(firsts.values())[:AROUND]


async def _around(
    hospital: HospitalService, channel: str, wish: Wish | None, free: Sequence[FreeSlot], now: datetime
) -> tuple[datetime, ...]:
    if wish is None or wish.moment is None:
        return _first_of_days(free)
    near = await hospital.nearest_free(channel, max(wish.moment, now), AROUND)
    return tuple(sorted(slot.starts_at for slot in near))


async def _why_not(hospital: HospitalService, channel: str, wish: Wish, now: datetime) -> tuple[str, bool]:
    """Why there is nothing in a wish's window, and whether that is because it is full."""
    last = await hospital.last_day(channel)
    if wish.past:
        return f"{wish.text}已经过了。", False
    if wish.first is not None and wish.first > last:
        return f"现在最远约到{say_day(last)}，{wish.text}还没放号。", False
    if wish.first is not None and wish.last is not None:
        days = [wish.first + timedelta(days=n) for n in range((wish.last - wish.first).days + 1)]
        if not any(is_workday(day) for day in days):
            return f"{wish.text}不是工作日，没有号。", False
        if wish.one_day and await hospital.is_closed(channel, wish.first):
            return f"{say_day(wish.first)}停诊。", False
        row = await hospital.channel(channel)
        hours = [datetime.fromisoformat(f"{days[0]}T{slot}").time() for slot in row.slots]
        if not any(wish.start <= hour < wish.end for hour in hours):
            return f"{wish.text}不开号，开号时间是 {row.slots[0]} 到 {row.slots[-1]}。", False
        if wish.one_day and wish.first == now.astimezone(SHANGHAI).date() and not wish.exact:
            return f"{wish.text}剩下的时间没有号了。", True
    return f"{wish.text}约满了。", True


async def _nothing(hospital: HospitalService, channel: str) -> Offer:
    quota = await hospital.quota(channel)
    if quota.left == 0:
        return Offer(
            note=f"{quota.year} 年的 {quota.quota} 份免费检查已经约完了。可以排队，有人退了马上告诉您。", may_wait=True
        )
    return Offer(note="这几天都约满了。可以排队，有人退号马上告诉您。", may_wait=True)


def found_window(wishes: Sequence[Wish]) -> Window | None:
    """The days and hours of the first wish, for the waiting list."""
    first = _waited_for(wishes)
    return first.window if first else None


def say_window(window: Window) -> str:
    """The days and hours of a window as they are said; empty when any time will do."""
    if window.first_day is None and window.last_day is None:
        days = ""
    elif window.first_day == window.last_day and window.first_day is not None:
        days = say_day(window.first_day)
    else:
        first = say_day(window.first_day) if window.first_day else "今天"
        days = f"{first}到{say_day(window.last_day)}" if window.last_day else f"{first}以后"
    return days + say_hours(window)


def say_hours(window: Window) -> str:
    """The hours of a window (上午, 10:00, 13:00到15:00); empty when any hour will do."""
    if (window.start, window.end) == (time(0), time.max):
        return ""
    part = next((PART_NAMES[part] for part in PART_HOURS if _covers(part, window)), "")
    if part:
        return part
    if window.end == (datetime.combine(date.min, window.start) + timedelta(minutes=1)).time():
        return f"{window.start:%H:%M}"
    return f"{window.start:%H:%M}以后" if window.end == time.max else f"{window.start:%H:%M}到{window.end:%H:%M}"


def _covers(part: Part, window: Window) -> bool:
    begin, end = PART_HOURS[part]
    return end < _HOURS_OF_A_DAY and (window.start, window.end) == (time(begin), time(end))


def _waited_for(wishes: Sequence[Wish]) -> Wish | None:
    return next((wish for wish in wishes if wish.kind == "at" and wish.first and not wish.past), None)


def say_moment(value: str) -> str:
    """An ISO moment of a slot as it is said: 12月2日（周三）09:00."""
    return when_zh(datetime.fromisoformat(value))
