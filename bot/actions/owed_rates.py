"""A sum a month (a day) or a head, and for how many of them it is owed: "一个月四千 欠了三个月", "四个人 每人5000"."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.actions.readers import CORRECTING, has_total, show_fen
from bot.language import find_money, find_numbers, normalise

MOST_TIMES = 1000
_COUNT = r"(?:\d{1,3}|半|[一二两三四五六七八九十百]{1,4})"
_UNITS = {"月": r"个?月", "天": r"天"}
_JOINS = r"(?:工资|底薪|薪水|保底|都|就|要|给|会|是|有|大概|差不多|才|拿|发|挣|到手|少|被|扣|罚|欠|我|了|掉|们|\s)*"
_NOT_OWED_FOR = (
    r"(?<![欠拖压])(?<![欠拖压][我了着])(?<!欠我们)(?<![没不][发给结])"  # 欠我一个月工资4000 is a sum, no rate
)
_SAID_BEFORE = {unit: re.compile(rf"(?:每|{_NOT_OWED_FOR}[一1]){words}{_JOINS}$") for unit, words in _UNITS.items()}
_SAID_AFTER = {
    unit: re.compile(rf"\s*(?:块钱?|元)?(?:的?工资)?(?:一|每|/|1){words}(?!前)") for unit, words in _UNITS.items()
}
_MONTHLY_BEFORE = re.compile(rf"(?:月薪|(?<!个)(?<![\d一二两三四五六七八九十])月工资|工资每月){_JOINS}$")
_HELD = r"(?:拖?欠|拖|压|扣|罚|少发|少给|没发|没给|没结|没开|不发|不给|不结|不开|没拿|没领|没收)"
_FILL = r"(?:了|着|我们?|俺们?|咱们?|到|过|工资|薪水|钱|有|快|整整|已经|一共|总共|\s)*"
_NOT_PAID = (
    r"\s*(?:的)?(?:工资|薪水|钱)?(?:了|都|也|还|一直|全|就|到现在|现在|[，,\s])*"
    r"(?:一分钱?|一毛钱?|分文|一分一毛)?(?:都|也)?(?:没|不|未)(?:有|见|拿|领|收)?(?:到|过)?(?:发|给|结|开|到账|钱|工资)"
)
_OF = {"月": r"个(?P<half>半)?月(?P<more>半|多)?(?!份|前|初|底|后)", "天": r"天(?P<half>半)?(?P<more>多)?(?!前|后)"}
_OWED_FOR = {
    unit: (
        re.compile(rf"{_HELD}{_FILL}(?P<count>{_COUNT}){words}"),
        re.compile(rf"(?P<count>{_COUNT}){words}{_NOT_PAID}"),
        re.compile(rf"(?P<count>{_COUNT}){words}(?:的)?(?:工资|薪水)"),
    )
    for unit, words in _OF.items()
}
_EACH_BEFORE = re.compile(
    r"(?:每个?人|人均|一个人|一人|每位|各)(?:都|是|有|就|大概|差不多|拖?欠|被|扣|罚|约|没发|没给|少发|了|着|我们|工资|钱|\s)*$"
)
_EACH_AFTER = re.compile(r"\s*(?:块钱?|元)?(?:一个人|每个?人|一人)")


REST = re.compile(r"还(?:剩|欠|差|有)(?:下|着|我)?(?P<sum>[^，,。；;\s]*?)(?:没[发给结退]|[，,。；;\s]|$)")
_PAID_BEFORE = re.compile(r"(?<![没不])(?:发|给|打|转|还|结|退|补)(?:给)?了(?:我)?\s*[\d一二两三四五六七八九十百千万]")


@dataclass(frozen=True)
class Rate:
    """`each`: fen for one month, day or head; `times`: how many of them are owed, None while nobody has said; `unit`: their name."""

    each: int
    times: float | None
    unit: str

    @property
    def total(self) -> int | None:
        """Fen in all."""
        return None if self.times is None else round(self.each * self.times)

    @property
    def words(self) -> str:
        """一个月4000元、3个月，合计12000元"""
        each = "每人" if self.unit == "人" else f"一{_NAMES[self.unit]}"
        if self.total is None:
            return f"{each}{show_fen(self.each)}"
        return f"{each}{show_fen(self.each)}、{self.times:g}{_NAMES[self.unit]}，合计{show_fen(self.total)}"


_NAMES = {"月": "个月", "天": "天", "人": "个人"}


def rate(told: str, people: int | None = None) -> Rate | None:
    """The one rate of what was told, `people` being how many the claim is for.

    None where a total, a correction or another sum stands beside it: what the sums are together is not for us to say.
    """
    text = normalise(told).text
    sums = find_money(text) or [one for one in find_money(text, bare=True) if _is_said_of(text[: one.start])]
    if len({one.fen for one in sums}) != 1 or has_total(text) or CORRECTING.search(text) or sums[0].high_fen:
        return None
    one = sums[0]
    for unit in _UNITS:
        monthly = _MONTHLY_BEFORE.search(text[: one.start]) if unit == "月" else None
        found = monthly or _SAID_BEFORE[unit].search(text[: one.start]) or _SAID_AFTER[unit].match(text, one.end)
        if found is None:
            continue
        # the words of the rate itself count nothing
        start, end = min(found.start(), one.start), max(found.end(), one.end)
        times = _times(f"{text[:start]} {text[end:]}", unit)
        within = times is None and re.search(r"[扣罚少欠]", found[0]) and "每" not in found[0]  # 一个月扣了两千
        return None if within or times == 1 else Rate(one.fen, times, unit)
    if people and people > 1 and (_EACH_BEFORE.search(text[: one.start]) or _EACH_AFTER.match(text, one.end)):
        return Rate(one.fen, people, "人")
    return None


def _is_said_of(before: str) -> bool:
    """A bare number is a sum after "一天"."""
    return any(words.search(before) for words in _SAID_BEFORE.values())


def still_owed(text: str) -> int | None:
    """Of "昨天给了两千 还欠四千" what is left, in fen; None when nothing was paid."""
    rest = REST.search(text)
    if rest is None or not _PAID_BEFORE.search(text[: rest.start()]):
        return None
    sums = find_money(rest["sum"], bare=True)
    return sums[0].fen if len(sums) == 1 else None


def _times(text: str, unit: str) -> float | None:
    """For how many months or days pay is kept back, by the words for it; None for "两个多月", which is no number."""
    found = next((match for words in _OWED_FOR[unit] if (match := words.search(text))), None)
    if found is None or found["more"] == "多":
        return None
    half = 0.5 if found["half"] or found["more"] else 0.0
    if found["count"] == "半":
        return 0.5
    numbers = find_numbers(found["count"])
    times = float(numbers[0].low) + half if numbers else 0.0
    return times if 0 < times <= MOST_TIMES else None
