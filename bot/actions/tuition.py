"""What a course costs, as people say it: the whole sum, or so much a credit, a term, a year, and how many of those.

A range (一万到一万二) keeps both ends, an about (八千多) is kept as one. Whole fen; nothing here is a price of ours.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import ROUND_FLOOR, Decimal
from typing import Any

from bot.actions.readers import CORRECTING
from bot.language import Money, find_durations, find_money, find_numbers, format_yuan, normalise
from bot.services.subsidy import AWARD_FEN

UNIT_NAMES = {"credit": "学分", "course": "门课", "term": "学期", "month": "个月", "year": "年"}
_ASK_COUNT = {
    "credit": "一个学分{each}，全程一共多少个学分？",
    "course": "一门课{each}，全程一共多少门课？",
    "term": "一学期{each}，全程一共几个学期？",
    "month": "一个月{each}，全程一共交几个月？",
}
TERMS_A_YEAR = 2
_WHOLE = re.compile(r"一共|总共|合计|总额|总数|全部|全程|加起来")
_NTH_YEAR = re.compile(r"第[一二三四五1-5](?:学)?年")
_FEE = re.compile(r"学费|总共|一共|合计|总额|共")
_OTHER_FEE = re.compile(
    r"(?:书本|书|教材|报名|注册|考试|资料|住宿|工会|奖励|双千|补|领)(?:费|金|了|我|能|的|要|是|还|交)*$"
)
EXTRA_FEE = re.compile(r"(?:书本|买书|书|教材|报名|注册|考试|资料|住宿)费")
_EACH = r"(?<![第十])(?:每一|一|每|(?<!\d)1|/)\s?个?\s?(?:(?P<credit>学分)|(?P<term>学?期)|(?P<year>学?年(?![半级多零]))|(?P<month>月)|(?P<course>门课?|课))"
_EACH_AFTER = re.compile(r"(?:钱|元|块|的|学费|,|\s)*" + _EACH)
_EACH_BEFORE = re.compile(_EACH + r"(?:学费|收费|单价|的|是|要|收|交|得|就|大概|大约|差不多|:|,|\s)*$")
_FEE_OF_UNIT = re.compile(
    r"(?:(?P<credit>(?<![\d个一二三四五六七八九十百])学分(?:费|学费|单价)?)|(?:(?P<term>学期)|(?P<year>年))(?:费|学费|单价))"
    r"(?:是|要|收|一个|:|,|\s)*$"
)
PRICED = re.compile(_EACH + "|学分")
_TIMES = re.compile(r"\s?(?:元|块钱?)?\s?(?:[×x*✕]|乘以?)\s?$")
_COUNTED = re.compile(r"\s?个?\s?(?:(?P<credit>学分)|(?P<term>学?期)|(?P<year>学年)|(?P<course>门课?))")
_COUNT_OF_SOME = re.compile(r"\s?个(?![学月人半小钟])")
_MENDED = re.compile(r"不对|错了|说错|记错|应该是|[哦噢喔啊]不|改成|改为|换成")
_LONGEST_COUNT = 500
LEAST_FEN = 10_000  # what is less is hardly the tuition of a course


@dataclass(frozen=True)
class Fee:
    """A tuition in fen. `fen` is the whole of it (the lower end of a range); `each_fen` what one `unit` costs.

    `unit` without `count`: how many there are was not said, `fen` is then that of one.
    """

    fen: int
    high_fen: int | None = None
    about: bool = False
    each_fen: int | None = None
    unit: str = ""
    count: Decimal | None = None
    halves: str = ""  # "两年半" where terms were counted from years

    @property
    def pending(self) -> bool:
        """Whether it is the price of one of something and not known how many. A year alone is worked out as it is."""
        return bool(self.unit) and self.unit != "year" and self.count is None

    def kept(self) -> dict[str, Any]:
        """For a slot."""
        count = float(self.count) if self.count is not None else None
        return {
            "tuition": self.fen,
            "high": self.high_fen,
            "about": self.about,
            "each": self.each_fen,
            "unit": self.unit,
            "count": count,
        }

    @classmethod
    def of_kept(cls, case: dict[str, Any]) -> Fee:
        count = case.get("count")
        return cls(
            int(case["tuition"]),
            case.get("high"),
            bool(case.get("about")),
            case.get("each"),
            str(case.get("unit") or ""),
            Decimal(str(count)) if count is not None else None,
        )

    def times(self, count: Decimal, halves: str = "") -> Fee:
        """So many of the unit. Half a fen is dropped, as in `bot.services.subsidy`."""
        each = self.each_fen or self.fen
        scale = Decimal(self.high_fen) / self.fen if self.high_fen else None
        whole = int((each * count).to_integral_value(ROUND_FLOOR))
        high = int((each * count * scale).to_integral_value(ROUND_FLOOR)) if scale else None
        return replace(self, fen=whole, high_fen=high, each_fen=each, count=count, halves=halves)

    def said(self) -> str:
        """ "总额12000元", "总额10000元到12000元", "总额5175元（69元×75学分）"."""
        whole = f"总额{amount(self.fen, self.high_fen, about=self.about)}"
        if self.count is None or self.each_fen is None or self.high_fen:
            return whole
        return f"{whole}（{format_yuan(self.each_fen)}×{self.count.normalize():f}{UNIT_NAMES.get(self.unit, '')}）"


def amount(low: int, high: int | None, *, about: bool) -> str:
    """A sum in words: exact, a range, or about."""
    if high is not None and high > low:
        return f"{format_yuan(low)}到{format_yuan(high)}"
    return f"大约{format_yuan(low)}" if about else format_yuan(low)


def read_fee(text: str, *, bare: bool = False) -> Fee | None:
    """The tuition said in one message; None when none is, or when it is better asked.

    bare: a lone number is a sum, because a sum was asked for.
    """
    folded = normalise(text).text
    text = folded if len(folded) == len(text) else text
    mended = _mended(text, bare=bare)
    if mended is not None:
        return mended
    sums = fee_sums(text, bare=bare or bool(PRICED.search(text)))
    if not sums:
        return None
    years_named = len(_NTH_YEAR.findall(text))
    if years_named >= 2:  # one sum a year, or better ask for the total
        return (
            Fee(sum(m.fen for m in sums), about=any(m.approximate for m in sums)) if len(sums) == years_named else None
        )
    chosen = _chosen(text, sums)
    fee = Fee(chosen.fen, chosen.high_fen, chosen.approximate)
    before, after = text[max(0, chosen.start - 14) : chosen.start], text[chosen.end :]
    if _WHOLE.search(before[-6:]) and not _FEE_OF_UNIT.search(before) and not _EACH_AFTER.match(after):
        return fee
    unit = _unit(before, after)
    count, halves = _count(text, chosen, unit)
    if not unit and count is None:
        yearly = re.search(r"(?:一|每|1)(?:学)?年(?![半级多零])|年(?:费|学费)", text)
        if yearly is None or _WHOLE.search(text):
            return fee
        unit = "year"
        count, halves = _count(text, chosen, unit)
    fee = replace(fee, unit=unit, each_fen=chosen.fen)
    return fee.times(count, halves) if count is not None else fee


def _mended(text: str, *, bare: bool) -> Fee | None:
    """ "一万二 不对 一万三": what stands after the last correction, when it is a sum."""
    found = list(_MENDED.finditer(text))
    if not found:
        return None
    after = text[found[-1].end() :]
    if not fee_sums(after, bare=True):
        return None
    fee = read_fee(after, bare=True)
    before = read_fee(text[: found[-1].start()], bare=bare)
    if fee is None or before is None or fee.unit or not before.unit or _WHOLE.search(after):
        return fee
    again = replace(before, fen=fee.fen, each_fen=fee.fen, high_fen=fee.high_fen, about=fee.about)
    counted = with_count(again, after) if read_counts(after) else None
    return counted or (again.times(before.count) if before.count is not None else again)


def fee_sums(text: str, *, bare: bool = False) -> list[Money]:
    """The sums that may be a tuition: no book fee, no award, no number of credits."""
    found = [m for m in find_money(text, bare=bare) if m.surface != "半" and not is_other_fee(text, m)]
    return [
        m
        for m in found
        if not _TIMES.search(text[max(0, m.start - 6) : m.start])
        and not (m.fen < 50_000 and _COUNTED.match(text, m.end))
    ]


def is_other_fee(text: str, money: Money) -> bool:
    before = text[max(0, money.start - 8) : money.start]
    return bool(_OTHER_FEE.search(before)) or (
        money.fen == AWARD_FEN and bool(re.search(r"工会|双[千钱]|那|奖励?|还有|另外", text)) and "学费" not in before
    )


def _chosen(text: str, sums: list[Money]) -> Money:
    """The sum that is the tuition: the one called all of it, else the one called so, else the first."""
    for m in sums:
        if _WHOLE.search(text[max(0, m.start - 5) : m.start]) and not _EACH_AFTER.match(text, m.end):
            return m
    fee = next((m for m in sums if _FEE.search(text[max(0, m.start - 8) : m.start])), None)
    return fee or next((m for m in sums if _unit(text[max(0, m.start - 14) : m.start], text[m.end :])), sums[0])


def _unit(before: str, after: str) -> str:
    """What the sum is for one of, by the words at its side."""
    found = _EACH_AFTER.match(after) or _EACH_BEFORE.search(before) or _FEE_OF_UNIT.search(before)
    return str(found.lastgroup) if found is not None and found.lastgroup else ""


def _count(text: str, chosen: Money | None, unit: str) -> tuple[Decimal | None, str]:
    """(how many of the unit, the years they were reckoned from)."""
    if chosen is not None:
        times = re.match(r"\s?(?:[×x*✕]|乘以?)\s?", text[chosen.end :])
        if times is not None:
            number = next((n for n in find_numbers(text) if n.start == chosen.end + times.end()), None)
            if number is not None and number.low <= _LONGEST_COUNT:
                return number.low, ""
    counts = read_counts(text)
    if unit in counts:
        return counts[unit], ""
    if unit == "term" and "year" in counts and counts["year"] >= 1:
        return counts["year"] * TERMS_A_YEAR, f"{counts['year'].normalize():f}年"
    if unit == "month" and "year" in counts:
        return counts["year"] * 12, ""
    if unit in ("credit", "term", "course") and not counts:
        some = [n for n in find_numbers(text) if n.low > 1 and n.high is None and _COUNT_OF_SOME.match(text, n.end)]
        if len(some) == 1 and some[0].low <= _LONGEST_COUNT:
            return some[0].low, ""
    return None, ""


def read_counts(text: str) -> dict[str, Decimal]:
    """How many credits, terms, courses, years are named; one of each is a price ("一学期"), not a length."""
    found: dict[str, Decimal] = {}
    for number in find_numbers(text):
        after = _COUNTED.match(text, number.end)
        if after is None or not after.lastgroup or not 1 < number.low <= _LONGEST_COUNT or number.high is not None:
            continue
        if text[max(0, number.start - 1) : number.start] != "第":
            found.setdefault(str(after.lastgroup), number.low)
    months = [Decimal(d.months) for d in find_durations(text) if d.months and d.months > 1]
    years = [m / 12 for m in months if m > 12]
    if years:
        found.setdefault("year", years[0])
    by_month = [Decimal(d.months) for d in find_durations(text) if d.months and d.months > 1 and "月" in d.surface]
    if by_month:
        found.setdefault("month", by_month[0])
    return found


def lone_count(text: str) -> Decimal | None:
    """ "75", "七十五个", "一共五个" as the answer to how many."""
    counts = read_counts(text)
    if len(counts) == 1:
        return next(iter(counts.values()))
    numbers = find_numbers(text)
    if len(numbers) != 1 or find_money(text) or not 0 < numbers[0].low <= _LONGEST_COUNT or numbers[0].high is not None:
        return None
    return numbers[0].low


def with_count(fee: Fee, text: str) -> Fee | None:
    """The price of one, with the number that a later message tells."""
    counts = read_counts(text)
    count, halves = _count(text, None, fee.unit)
    if count is None and not counts:
        count = lone_count(text)
    return fee.times(count, halves) if count is not None else None


def ask_fee(said: str) -> str:
    """The question for the tuition, after what was said of it."""
    fee = read_fee(said)
    if fee is not None and fee.pending and fee.each_fen:
        return _ASK_COUNT[fee.unit].format(each=format_yuan(fee.each_fen)) + "（知道总数就直接说总数）"
    return "学费一共多少钱？（读完全程的总数，一年的也行，告诉我读几年）"


def changed(text: str, before: Fee) -> tuple[Fee, str]:
    """The tuition of a what-if: a new sum, another length, or the one before; with a note that it was guessed how."""
    correction = bool(CORRECTING.search(text) or re.match(r"按", text))
    new = read_fee(text, bare=correction)
    counts = read_counts(text)
    whole = bool(_WHOLE.search(text))
    if new is not None and not new.unit and not before.unit and new.fen < LEAST_FEN:
        new = None  # "五毛呢" is no tuition
    if new is not None and (new.unit or whole or not before.unit):
        if not new.unit and not whole and "year" in counts:
            return replace(new, unit="year", each_fen=new.fen).times(counts["year"]), ""
        if new.unit and new.count is None and new.unit == before.unit and before.count is not None:
            return new.times(before.count), ""
        return new, ""
    if new is not None:
        again = replace(before, fen=new.fen, each_fen=new.fen, high_fen=new.high_fen, about=new.about)
        return (again.times(before.count) if before.count is not None else again), ""
    if before.unit:
        count, halves = _count(text, None, before.unit)
        return (before.times(count, halves), "") if count is not None else (before, "")
    if "year" in counts:
        yearly = replace(before, unit="year", each_fen=before.fen).times(counts["year"])
        said = format_yuan(before.fen)
        years = f"{counts['year'].normalize():f}"
        return yearly, f"按一年{said}、读{years}年算；{said}要是总数，就补{{grant}}。"
    return before, ""
