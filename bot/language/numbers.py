"""Numerals as people type and say them: 八千五, 1w2, 3千6, 两千零五十, 五六百, 壹万贰仟, 半.

`read_number` is a hand-written scanner over folded text (see `normalise`): it looks at each character a
bounded number of times, so no input makes it slow. Which nouns a number counts is for the callers to say.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal

from bot.language.normalise import normalise
from bot.language.spans import Span

DIGITS = {
    "零": 0,
    "〇": 0,
    "○": 0,
    "一": 1,
    "二": 2,
    "两": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
}
_FORMAL = {"壹": 1, "贰": 2, "叁": 3, "参": 3, "肆": 4, "伍": 5, "陆": 6, "柒": 7, "捌": 8, "玖": 9}
_UNITS = {"十": 10, "百": 100, "千": 1_000, "拾": 10, "佰": 100, "仟": 1_000}
_MYRIADS = {"万": 10_000, "w": 10_000, "亿": 100_000_000}
_LETTER_UNITS = {"k": 1_000, "w": 10_000}
_TENS = {"廿": 20, "卅": 30, "卌": 40}
_PAIRS = {"俩": 2, "仨": 3}
_SOME = "几"
_MORE = frozenset("多来余")
_STARTS = frozenset({*DIGITS, *_FORMAL, *_UNITS, *_TENS, *_PAIRS, *"万亿半", _SOME})
_LONGEST = 24
_ARABIC = re.compile(r"\d{1,3}(?:,\d{3}){1,4}(?!\d)(?:\.\d{1,4})?|\d{1,15}(?:\.\d{1,4}(?![\d.]))?")
_ARABIC_TAIL = re.compile(r"零?(\d{1,4})(?![\d.:])")
_ONE_OF = re.compile(r"个|学[期年分]|门|期|天|年|次|单|人|位|名|趟|件|月|台|共|直|起|样|分[钱没不]|毛")
_NOT_NUMERALS = (
    *(f"一{character}" for character in "共起直样下定般切些边会旦律"),
    "万一",
    "千万",
    "百度",
    "万达",
    "万分",
    "十分",
    "千灯",
    "万象",
    "百事",
    "百世",
    "千元",
    "百元",
    "万元",
)


@dataclass(frozen=True, slots=True)
class Number:
    """A numeral at one place: `low` alone, or `low` to `high`; `scaled` if it used 百千万, k or w."""

    end: int
    low: Decimal
    high: Decimal | None = None
    approximate: bool = False
    scaled: bool = False
    arabic: bool = False
    digits: int = 0
    """How many digits were spelt out one by one (二零二六 → 4), 0 where place values were used."""


@dataclass(frozen=True, slots=True)
class NumberSpan(Span):
    """A numeral in a text; `high` only for ranges such as 五六百 (500 to 600) and 几百 (200 to 900)."""

    low: Decimal
    high: Decimal | None
    approximate: bool


def _formal_at(text: str, i: int) -> int | None:
    """壹贰叁 count only next to 拾佰仟万: 陆, 伍 and 参 are surnames, a town and half of 参加."""
    value = _FORMAL.get(text[i])
    if value is None:
        return None
    after, before = text[i + 1 : i + 2], text[i - 1 : i] if i else ""
    if after and (after in "拾佰仟" or (after in "万元圆整" and text[i] not in "陆参") or after in _FORMAL):
        return value
    return value if before and (before in "拾佰仟万零" or before in _FORMAL) else None


def _digit_at(text: str, i: int) -> int | None:
    if i >= len(text):
        return None
    value = DIGITS.get(text[i])
    return value if value is not None else _formal_at(text, i)


def read_number(text: str, start: int) -> Number | None:
    """The longest numeral of folded `text` that begins at `start`, or None."""
    if start >= len(text):
        return None
    if text[start].isascii():
        return _read_arabic(text, start) if text[start].isdigit() else None
    if text[start] not in _STARTS:
        return None
    if text.startswith(_NOT_NUMERALS, start) and not text.startswith("万元", start + 1):
        return None
    return _read_chinese(text, start)


def _read_arabic(text: str, start: int) -> Number | None:
    match = _ARABIC.match(text, start)
    if match is None:
        return None
    value, end = Decimal(match[0].replace(",", "")), match.end()
    unit_end, unit = _arabic_unit(text, end)
    if unit == 1:
        digits = len(match[0].partition(".")[0].replace(",", ""))
        plain = Number(end, value, arabic=True, digits=digits)
        more = _with_more(text, plain) if value and value % 10 == 0 else plain
        return replace(more, scaled=False, digits=digits)
    total = value * unit
    tail = _read_tail(text, unit_end, unit)
    if tail is not None:
        return Number(tail[0], total + tail[1], scaled=True, arabic=True)
    return _with_more(text, Number(unit_end, total, scaled=True, arabic=True))


def _arabic_unit(text: str, i: int) -> tuple[int, int]:
    """The multiplier after Arabic digits (w, k, 千, 百万 …) and where it ends; 1 where there is none."""
    unit, end = 1, i
    letter = _LETTER_UNITS.get(text[i : i + 1])
    if letter is not None:
        follower = text[i + 1 : i + 2]
        return (i + 1, letter) if not ("a" <= follower <= "z") else (i, 1)
    while end < min(len(text), i + 3) and (text[end] in _UNITS or text[end] in "万亿") and text[end] != "十":
        unit *= _UNITS.get(text[end], 0) or _MYRIADS[text[end]]
        end += 1
    return end, unit


def _read_tail(text: str, i: int, unit: int) -> tuple[int, Decimal] | None:
    """What follows 1w / 3千: a smaller number with its own unit (2千), or one bare digit (3千6 → 600)."""
    match = _ARABIC_TAIL.match(text, i)
    if match is not None:
        digits, end = match[1], match.end()
        small_end, small = _arabic_unit(text, end)
        if small != 1:
            if int(digits) * small >= unit:
                return None
            rest = _read_tail(text, small_end, small)
            more = rest[1] if rest else Decimal(0)
            return (rest[0] if rest else small_end), Decimal(int(digits) * small) + more
        if len(digits) == 1 and match[0] == digits:
            return end, Decimal(int(digits) * unit) / 10
        # 1万500, 3千200: as many digits as the place has room for
        whole = match[0] != digits or (len(digits) >= 3 and digits[0] != "0")
        return (end, Decimal(int(digits))) if int(digits) < unit and whole else None
    digit = _digit_at(text, i)
    if digit is None:
        return None
    inner = _read_chinese(text, i)
    if inner is None or inner.high is not None or inner.low >= unit:
        return None
    if inner.end == i + 1 and not inner.scaled and digit:
        return inner.end, Decimal(digit) * unit / 10
    return (inner.end, inner.low) if inner.scaled or digit == 0 else None


def _with_more(text: str, number: Number) -> Number:
    """Take in 多/来/余 after a round number (五百多, 六百来), unless 来 begins a verb (来昆山)."""
    follower = text[number.end : number.end + 1]
    if follower not in _MORE or not follower:
        return number
    after = text[number.end + 1 : number.end + 2]
    if follower == "来" and not (after and after in "块元万千个天人单号斤米岁公钱"):
        return number
    if follower == "多" and after and after in "少次久远大":
        return number
    end = number.end + 1
    total, high = number.low, number.high
    if after and after in "万亿":
        factor = _MYRIADS[after]
        end, total, high = end + 1, total * factor, high * factor if high is not None else None
    return Number(end, total, high, True, True, number.arabic)


class _Reader:
    """Place-value reading of a Chinese numeral: sections below 万, joined by 万 and 亿."""

    def __init__(self, text: str, start: int) -> None:
        self.text, self.start, self.i = text, start, start
        self.total = self.section = 0
        self.pending: list[int] = []
        self.last_unit = 0
        self.zero = self.some = self.used_unit = False
        self.spread = 0

    def run(self) -> Number | None:
        """Consume as much as is a numeral."""
        while self.i < len(self.text) and self.i - self.start < _LONGEST and self._step():
            pass
        return self._finish() if self.i > self.start else None

    def _step(self) -> bool:
        character = self.text[self.i]
        digit = _digit_at(self.text, self.i)
        if digit is not None:
            self.pending.append(digit)
            if digit == 0 and self.used_unit and len(self.pending) == 1:
                self.zero, self.pending = True, []
        elif character == _SOME and not self.pending and not self.some:
            self.some = True
        elif character in _UNITS or self._mistyped_thousand():
            return self._unit(_UNITS.get(character, 1_000))
        elif character in "万亿":
            return self._myriad(_MYRIADS[character])
        elif character in _TENS and not self.pending and (not self.last_unit or self.last_unit > 10):
            self.section += _TENS[character]
            self.last_unit, self.used_unit = 10, True
        else:
            return False
        self.i += 1
        return True

    def _mistyped_thousand(self) -> bool:
        """八干五 for 八千五: between two digits only."""
        follower = _digit_at(self.text, self.i + 1)
        return self.text[self.i] == "干" and len(self.pending) == 1 and bool(self.pending[0]) and bool(follower)

    def _unit(self, unit: int) -> bool:
        if (self.last_unit and unit >= self.last_unit) or len(self.pending) > 2:
            return False
        if len(self.pending) == 2 and not self._ascending():
            return False
        if not self.pending and not self.some:
            bare_ten = unit == 10 and self.text[self.i] == "十"
            if not bare_ten and not self._bare_unit_allowed():
                return False
        self.section += self._take(unit)
        self.last_unit, self.used_unit, self.zero = unit, True, False
        self.i += 1
        return True

    def _myriad(self, unit: int) -> bool:
        if self.total and unit == 100_000_000:
            return False
        if len(self.pending) > 2 or (len(self.pending) == 2 and not self._ascending()):
            return False
        if not (self.section or self.pending or self.some) and not self._bare_unit_allowed():
            return False
        below = self.section + (self._take(1) if self.pending or self.some or not self.section else 0)
        self.total, self.section, self.spread = self.total + below * unit, 0, self.spread * unit
        self.last_unit, self.used_unit, self.zero = unit, True, False
        self.i += 1
        return True

    def _bare_unit_allowed(self) -> bool:
        """百八, 千二 and 百把 begin with the unit itself; 百姓 and 万达 do not count anything."""
        after = self.text[self.i + 1 : self.i + 2]
        return self.i == self.start and bool(after) and after in "二三四五六七八九把多来几十"

    def _ascending(self) -> bool:
        low, high = self.pending
        return 0 < low < high

    def _take(self, unit: int) -> int:
        if self.some:
            self.some, self.spread = False, 7 * unit
            return 2 * unit
        if len(self.pending) == 2:
            low, high = self.pending
            self.pending, self.spread = [], (high - low) * unit
            return low * unit
        value = self.pending[0] if self.pending else 1
        self.pending = []
        return value * unit

    def _finish(self) -> Number | None:
        if not self.used_unit:
            return self._plain()
        end, section = self.i, self.section
        if self.some:
            self.spread, section, self.some = 8, section + 1, False
        elif len(self.pending) == 1 and self._counts_on():
            end -= 1
        elif len(self.pending) == 1:
            shorthand = self.last_unit >= 100 and not self.zero
            section += self.pending[0] * (self.last_unit // 10 if shorthand else 1)
        elif len(self.pending) == 2 and self._counts_on(1):
            # 六十九一个 is 69 for one, 六千五一年 6500 for one
            shorthand = self.last_unit >= 100 and not self.zero
            section += self.pending[0] * (self.last_unit // 10 if shorthand else 1)
            end -= 1
        elif len(self.pending) == 2 and self._ascending() and not self.zero:
            place = self.last_unit // 10 if self.last_unit >= 100 else 1
            section, self.spread = (
                section + self.pending[0] * place,
                (self.pending[1] - self.pending[0]) * place,
            )
        elif self.pending:
            end -= len(self.pending)
        if self.zero and not self.pending and self.text[end - 1] in "零〇○":
            end -= 1
        low = Decimal(self.total + section)
        if self.text[end : end + 1] == "把" and self.text[end - 1] in "百千万" and end == self.start + 1:
            return Number(end + 1, low, low * 2, True, True)
        high = low + self.spread if self.spread else None
        return _with_more(self.text, Number(end, low, high, bool(self.spread), self.last_unit >= 100 or low >= 100))

    def _counts_on(self, last: int = 0) -> bool:
        """七千一个月 is 7000 for one month, not 7100."""
        large = self.last_unit >= 100 or last
        return bool(large) and self.pending[last] == 1 and _ONE_OF.match(self.text, self.i) is not None

    def _plain(self) -> Number | None:
        if self.some:
            return Number(self.i, Decimal(2), Decimal(9), True)
        if len(self.pending) == 1:
            return Number(self.i, Decimal(self.pending[0]), digits=1)
        if len(self.pending) == 2 and self._ascending() and self.pending[1] - self.pending[0] <= 2:
            return Number(self.i, Decimal(self.pending[0]), Decimal(self.pending[1]), True, digits=2)
        value = Decimal("".join(map(str, self.pending)))
        return Number(self.i, value, digits=len(self.pending))


def _read_chinese(text: str, start: int) -> Number | None:
    character = text[start]
    if character in _PAIRS:
        return Number(start + 1, Decimal(_PAIRS[character]))
    if character == "半":
        return Number(start + 1, Decimal("0.5"))
    number = _Reader(text, start).run()
    if number is None or number.high is not None:
        return number
    return _decimal_point(text, number)


_POINT = re.compile(r"点([零〇一二三四五六七八九]{1,4})(?=[万千百亿kw元块米倍折%]|公里)")


def _decimal_point(text: str, number: Number) -> Number:
    """三点五万 is a decimal; 三点五分 and 三点十分 are clock times, so a unit must follow."""
    match = _POINT.match(text, number.end)
    if match is None:
        return number
    value = number.low + Decimal("0." + "".join(str(DIGITS[digit]) for digit in match[1]))
    end, unit = _arabic_unit(text, match.end())
    return Number(end, value * unit, scaled=unit != 1)


def find_numbers(text: str) -> list[NumberSpan]:
    """Every numeral of `text`, whatever it counts, in reading order. Never raises."""
    folded = normalise(text)
    found: list[NumberSpan] = []
    i = 0
    while i < len(folded.text):
        number = read_number(folded.text, i)
        if number is None or number.end == i:
            i += 1
            continue
        start, end = folded.span(i, number.end)
        found.append(NumberSpan(start, end, text[start:end], number.low, number.high, number.approximate))
        i = number.end
    return found


def parse_number(text: str) -> Decimal | None:
    """The value of a text that is one numeral and nothing else (a range gives its lower end), or None."""
    folded = normalise(text.strip()).text.replace(" ", "")
    number = read_number(folded, 0) if folded else None
    return number.low if number is not None and number.end == len(folded) else None
