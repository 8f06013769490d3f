"""Lengths of time: 三个月, 仨月, 一个半月, 两年, 半个月, 三天半, 一年零两个月."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from bot.language.normalise import normalise
from bot.language.numbers import Number, read_number
from bot.language.spans import Span

_UNIT = re.compile(
    r"(个?多?)(半)?(年|月|(?:星期|礼拜|周)(?![一二三四五六日天](?!年|个|周|天|分|毛))|天|日(?!元)|小时|钟头|分钟)"
    r"(?!份|底|初|末|中旬|上旬|下旬|号|薪|租|前|后)(半|多|来)?(?:的?时间)?"
)
_HOURS = {
    "年": 24 * 365,
    "月": 24 * 30,
    "星期": 168,
    "礼拜": 168,
    "周": 168,
    "天": 24,
    "日": 24,
    "小时": 1,
    "钟头": 1,
}

_NOT_BEFORE = re.compile(r"[第下上每周期拜a-z/.:\-]$")


@dataclass(frozen=True, slots=True)
class Duration(Span):
    """`days` counts a month as 30 and a year as 365; `months` is given where months or years were named."""

    days: Decimal
    months: Decimal | None
    approximate: bool


def find_durations(text: str) -> list[Duration]:
    """Lengths of time in `text`; calendar months (8月, 上个月) and dates are none. Never raises."""
    folded = normalise(text)
    found: list[Duration] = []
    i = 0
    while i < len(folded.text):
        number = read_number(folded.text, i)
        match = _UNIT.match(folded.text, number.end) if number else None
        if number is None:
            i += 1
        elif match is None or not _is_length(folded.text, i, number, match):
            i = number.end
        else:
            i = _append(found, folded.span(i, match.end()), text, number, match)
            i = match.end()
    return found


def _is_length(text: str, i: int, number: Number, match: re.Match[str]) -> bool:
    """8月 and 2026年 are names of months and years; 8个月 and 两年 are lengths."""
    if number.low <= 0 or number.low > 1_000 or _NOT_BEFORE.search(text[max(0, i - 1) : i]):
        return False
    unit, measured = match[3], "个" in match[1] or bool(match[2])
    if unit == "月" and not measured:
        return text[i] in "俩仨两半"
    return not (unit == "日" and not measured)


def _append(found: list[Duration], span: tuple[int, int], text: str, number: Number, match: re.Match[str]) -> int:
    half = Decimal("0.5") if match[2] or match[4] == "半" else Decimal(0)
    amount, unit = number.low + half, match[3]
    days = amount / (24 * 60) if unit == "分钟" else amount * _HOURS[unit] / 24
    months = amount * 12 if unit == "年" else amount if unit == "月" else None
    approximate = number.approximate or "多" in match[1] or match[4] in {"多", "来"} or number.high is not None
    start, end = span
    previous = found[-1] if found else None
    if previous is not None and text[previous.end : start].strip() in {"", "零", "又", "加"} and previous.days > days:
        joined = None if previous.months is None or months is None else previous.months + months
        found[-1] = Duration(
            previous.start,
            end,
            text[previous.start : end],
            previous.days + days,
            joined,
            previous.approximate or approximate,
        )
    else:
        found.append(Duration(start, end, text[start:end], days, months, approximate))
    return end
