"""Both limitation periods from what a rider tells in passing ("去年8月就不干了"): a range of days, never a made-up one.

The periods themselves are `bot.services.limitation` (劳动争议调解仲裁法 Art 27, 劳动保障监察条例 Art 20).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.language import find_dispute_types, find_durations, find_times, read_still_employed
from bot.services.limitation import INSPECTION_YEARS, Limit, limitation, years_later

_GONE = re.compile(r"离职|辞职|辞了|不干|没干|走的|走人|走了|不做|没做|不跑|开除|辞退|开了|离开|结束")
_PROMISED = re.compile(r"答应|承诺|保证(?!金)|(?:说|讲|微信里?)[^,，。]{0,6}(?:会给|要给|再给|就给|给我|会发|会结)")
_AGO = re.compile(r"[年月]多?(?:以)?前")
YEAR, MONTH = 365, 28  # days from which a length was told in years, in months
_LOOSE = ((YEAR, timedelta(days=180)), (MONTH, timedelta(days=15)))  # how far "两年前" may be off


@dataclass(frozen=True)
class Told:
    """The days between which it may have been; `ended`: the work ended then, else it happened or began."""

    earliest: date
    latest: date
    ended: bool
    still: bool | None


def dated(told: list[str], now: datetime) -> Told | None:
    """The latest of the messages that names a past time."""
    for text in reversed(told):
        days = _range(text, now)
        if days is not None:
            ended = bool(_GONE.search(text))
            return Told(*days, ended, False if ended else read_still_employed(text))
    return None


def _range(text: str, now: datetime) -> tuple[date, date] | None:
    today = now.date()
    for span in find_times(text, now, "past"):
        if span.kind != "at" or not span.dated or span.begin is None or span.begin.date() > today:
            continue
        first, last = span.begin.date(), (span.until - timedelta(days=1) if span.until else span.begin).date()
        if _AGO.search(span.surface):  # "两年前" is no day
            loose = next((slack for least, slack in _LOOSE if (today - first).days >= least), timedelta())
            first, last = first - loose, last + loose
        return first, min(last, today)
    for length in find_durations(text):
        days = int(length.days)
        if 0 < days < YEAR * 60:
            loose = next((slack for least, slack in _LOOSE if days >= least), timedelta())
            middle = today - timedelta(days=days)
            return middle - loose, min(middle + loose, today)
    return None


def kind_of(told: list[str]) -> str | None:
    """The kind of dispute named last; pay where only money is named."""
    for text in reversed(told):
        kinds = [label.value for label in find_dispute_types(text)]
        if "wages" in kinds:
            return "wages"
        if kinds:
            return str(kinds[0])
        if re.search(r"工资|薪|欠", text):
            return "wages"
    return None


def deadline_text(told: list[str], now: datetime, *, inspection_only: bool = False) -> str | None:
    """What may still be applied for, from the date that was told; None when none was."""
    last = dated(told, now)
    if last is None:
        return None
    kind = kind_of(told) or "wages"
    first, late = _limits(kind, last, last.earliest, now.date()), _limits(kind, last, last.latest, now.date())
    if inspection_only and (late[1].until is not None or years_later(last.earliest, INSPECTION_YEARS) >= now.date()):
        return _of_inspection(first[1], late[1])
    doubtful = any(a.state == "expired" and b.state != "expired" for a, b in zip(first, late, strict=True))
    arbitration, inspection = late
    lines = [
        f"· {name}：{words}"
        for name, early, limit in (
            ("仲裁（从离职起一年）" if last.ended else "仲裁（一年）", first[0], arbitration),
            ("监察（两年）", first[1], inspection),
        )
        if (words := _until(early, limit))
    ]
    if doubtful and last.latest - last.earliest <= timedelta(days=MONTH + 3):
        head = "正好在期限边上："
        tail = "今天就登记，一天也别等；过没过期由窗口判断，离职证明、最后一天的记录找出来。"
    elif doubtful:
        head = "过没过期，要看具体是哪个月："
        tail = "您说个月份，我再算一遍。不管过没过，今天就能登记，让窗口判断。"
    elif arbitration.state == "unknown":
        head = "要看您还在不在那儿干："
        tail = "您说一声还在职，还是哪个月离职的，我再算。今天就能登记，让窗口判断。"
    elif {arbitration.state, inspection.state} == {"expired"}:
        head = "照您说的日子，两条路都可能过了期，但别自己放弃："
        tail = "那一年里要过钱、投诉过，或者单位答应过给，仲裁会重新算（调解仲裁法第27条），把记录找出来，打 12348 免费问律师；有工资欠条的可以直接起诉。"
    elif arbitration.state == "expired":
        head = "照您说的日子，还有路：监察还在两年里，仲裁的一年可能过了。"
        tail = (
            "那一年里要过钱、投诉过，或者单位答应过给，仲裁会重新算（调解仲裁法第27条），把聊天记录找出来。今天就登记。"
        )
    else:
        head = "照您说的日子，还来得及："
        tail = "别再等，今天就登记；证据先留好，过没过期最后由窗口判断。"
    promised = "\n单位后来答应给的那句话很有用，截图留好。" if any(_PROMISED.search(text) for text in told) else ""
    return "\n".join((head, *lines, tail)) + promised


def _limits(kind: str, told: Told, day: date, today: date) -> tuple[Limit, Limit]:
    return limitation(kind, still_employed=told.still, since_on=day, ended_on=day if told.ended else None, today=today)


def _until(early: Limit, late: Limit) -> str:
    """ "2025年10月前后到期了"; of a month that was told no day is known, so none is said."""
    if late.state == "no_limit":
        return "您还在职，欠薪不受一年限制。"
    if late.until is None or early.until is None:
        if late.route == "inspection":
            return "还在欠着、还在职的能查，离职的查两年内的。"
        return "还在职的，欠薪不受一年限制；离职了的，离职后一年内要申请。"
    if late.state == "expired":
        return f"{_month(late.until)}前后到期了。"
    if early.state == "expired" and _month(early.until) == _month(late.until):
        return f"就在{_month(late.until)}到期，看是哪一天。"
    if early.state == "expired":
        return f"最早{_month(early.until)}就到期了，最晚到{_month(late.until)}。"
    return f"大约到{_month(early.until)}{'，抓紧' if early.state == 'soon' else ''}。"


def _of_inspection(early: Limit, late: Limit) -> str:
    rule = "监察查两年内的（劳动保障监察条例第20条）"
    if early.until is None or late.until is None:
        return f"能查：{rule}。昆山的维权窗口就收，今天就登记。"
    if late.state == "expired":
        return (
            f"{rule}：照您说的日子，{_month(late.until)}前后就满了，可能不收。\n"
            "别自己放弃，先登记，收不收由窗口判断；也打 12348 免费问律师。"
        )
    if early.state == "expired":
        return f"{rule}：过没过要看具体是哪个月，最晚到{_month(late.until)}。\n您说个月份，我再算；先登记也行，由窗口判断。"
    return (
        f"能查：{rule}，照您说的日子，大约到{_month(early.until)}。\n"
        "去干活所在县市的劳动监察；昆山的维权窗口就收。别再等，今天就登记。"
    )


def _month(day: date) -> str:
    return f"{day.year}年{day.month}月"
