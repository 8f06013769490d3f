"""A sum a month (a day) or a head, and for how many of them it is owed: "一个月四千 欠了三个月", "四个人 每人5000"."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.actions.readers import CORRECTING, has_total, show_fen
from bot.language import Money, find_money, find_numbers, normalise

MOST_TIMES = 1000
_LEAST = 1000  # fen of a bare number beside sums: 一分没给 is none
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
_GIVEN_BEFORE = re.compile(
    r"(?<![没不未])(?:(?:给|发|付|打|转|还|结)(?:给|过|到)?(?:了|过)|(?:已经?|先)(?:给|发|付|打|转|还|结)|预支(?:了|过)?|借支(?:了|过)?)"
    r"(?:我们?|一部分|一些|一点|一[次回]|工资|现金|大概|差不多|将近|一共|总共|才|\s)*$"
)
_ONLY = re.compile(r"(?:只|才|就)(?:给|发|付|打|转|还|结)[给过到了我们\s]*$")
_DEPOSIT = r"(?:押金|保证金|装备押金)"
_DEPOSIT_BEFORE = re.compile(rf"{_DEPOSIT}(?:是|有|还|也|都|交了|了|没退|不退|大概|\s)*$")
_DEPOSIT_AFTER = re.compile(rf"(?:块钱?|元)?的?{_DEPOSIT}")
_ALSO = re.compile(r"(?:另外|还有|加上|外加|再加|也欠|还欠|连同|和|跟|[没不未]退)[^，,。；;]{0,6}$")
_STOP = re.compile(r"[，,。；;！!？?\n]")
_WORKED = {
    unit: re.compile(rf"(?:干|做|跑|上班|上|送|[\s，,。；;]|^)(?:了|满|过|共|一共|总共|\s)*(?P<count>{_COUNT}){words}")
    for unit, words in _OF.items()
}
_PAID_BEFORE = re.compile(r"(?<![没不])(?:发|给|打|转|还|结|退|补)(?:给)?了(?:我)?\s*[\d一二两三四五六七八九十百千万]")


@dataclass(frozen=True)
class Rate:
    """`each`: fen for one month, day or head; `times`: how many of them are owed, None while nobody has said; `unit`: their
    name; `paid`: fen of it that were given already; `deposit`: fen of a deposit that is owed besides.
    """

    each: int
    times: float | None
    unit: str
    paid: int = 0
    deposit: int = 0

    @property
    def gross(self) -> int | None:
        """Fen of all the months, days or heads."""
        return None if self.times is None else round(self.each * self.times)

    @property
    def total(self) -> int | None:
        """Fen in all."""
        return None if self.gross is None else self.gross - self.paid + self.deposit

    @property
    def words(self) -> str:
        """一个月4000元、3个月，扣掉已经给的2000元，合计10000元"""
        each = "每人" if self.unit == "人" else f"一{_NAMES[self.unit]}"
        paid = f"，减去已经给的{show_fen(self.paid)}" if self.paid else ""
        deposit = f"，加上押金{show_fen(self.deposit)}" if self.deposit else ""
        if self.total is None:
            return f"{each}{show_fen(self.each)}{paid}{deposit}"
        return (
            f"{each}{show_fen(self.each)}、{self.times:g}{_NAMES[self.unit]}{paid}{deposit}，合计{show_fen(self.total)}"
        )


_NAMES = {"月": "个月", "天": "天", "人": "个人"}


def rate(told: str, people: int | None = None) -> Rate | None:
    """The one rate of what was told, `people` being how many the claim is for; less what of it was paid, with a deposit.

    None where a total, a correction or any other sum stands beside it: what the sums are together is not for us to say.
    """
    text = normalise(told).text
    sums = _sums(text)
    if not sums or has_total(text) or CORRECTING.search(text) or still_owed(text) is not None:
        return None
    for number, one in enumerate(sums):
        found = None if one.high_fen else _rate_of(text, one, sums[:number] + sums[number + 1 :])
        if found is not None:
            return found
    if len({one.fen for one in sums}) != 1 or sums[0].high_fen:
        return None
    one = sums[0]
    if people and people > 1 and (_EACH_BEFORE.search(text[: one.start]) or _EACH_AFTER.match(text, one.end)):
        return Rate(one.fen, people, "人")
    return None


def is_unclear(told: str) -> bool:
    """Whether a rate stands among other sums of which it cannot be said what they make together: that is to be asked."""
    text = normalise(told).text
    sums = _sums(text)
    if len({one.fen for one in sums}) < 2 or has_total(text) or CORRECTING.search(text) or rate(told) is not None:
        return False
    return any(_said_of_unit(text, one) is not None and _counted(text, one) for one in sums)


def _sums(text: str) -> list[Money]:
    """The sums, a bare number after "一天" or "预支了" among them."""
    found = find_money(text)
    taken = {one.start for one in found}
    bare = [
        one
        for one in find_money(text, bare=True)
        if (not found or one.fen >= _LEAST)
        and one.start not in taken
        and (_is_said_of(text[: one.start]) or _is_paid(text, one))
    ]
    return sorted([*found, *bare], key=lambda one: one.start)


def _said_of_unit(text: str, one: Money) -> tuple[str, re.Match[str]] | None:
    """(unit, the words that say so) of a sum for one month or one day."""
    for unit in _UNITS:
        monthly = _MONTHLY_BEFORE.search(text[: one.start]) if unit == "月" else None
        found = monthly or _SAID_BEFORE[unit].search(text[: one.start]) or _SAID_AFTER[unit].match(text, one.end)
        if found is not None:
            return unit, found
    return None


def _counted(text: str, one: Money) -> bool:
    """Whether it is said for how many months or days the rate is owed."""
    said = _said_of_unit(text, one)
    if said is None:
        return False
    rest = _without(text, one, said[1])
    return _times(rest, said[0]) is not None or _worked(rest, said[0]) is not None


def _without(text: str, one: Money, found: re.Match[str]) -> str:
    """The text without the words of the rate itself, which count nothing."""
    start, end = min(found.start(), one.start), max(found.end(), one.end)
    return f"{text[:start]} {text[end:]}"


def _rate_of(text: str, one: Money, others: list[Money]) -> Rate | None:
    """The rate of this sum, if the other sums are part of it."""
    said = _said_of_unit(text, one)
    if said is None:
        return None
    unit, found = said
    if any(_ONLY.search(text[: other.start]) for other in others):
        return None  # "一个月六千 只给了三千 欠了两个月": of each month, or in all?
    paid = sum(other.fen for other in others if _is_paid(text, other))
    rest = _without(text, one, found)
    times = _times(rest, unit)
    if times is None and paid:
        times = _worked(rest, unit)
    deposit = 0
    for other in others:
        if _is_paid(text, other) or other.high_fen:
            continue
        kept = _deposit(text, other)
        if kept is None and other.fen not in (one.fen, times and round(one.fen * times)):
            return None
        deposit += kept or 0
    within = times is None and re.search(r"[扣罚少欠]", found[0]) and "每" not in found[0]  # 一个月扣了两千
    told = Rate(one.fen, times, unit, paid, deposit)
    if within or (times == 1 and not others) or any(other.high_fen for other in others):
        return None
    return None if told.total is not None and told.total <= 0 else told


def _is_paid(text: str, one: Money) -> bool:
    return bool(_GIVEN_BEFORE.search(text[: one.start]))


def _deposit(text: str, one: Money) -> int | None:
    """Fen of a deposit that is owed besides; 0 for one that was only paid in or is back, None for another sum."""
    before, after = _STOP.split(text[: one.start])[-1], _STOP.split(text[one.end :])[0]
    clause = re.split(r"\s", before)[-1]
    if not (_DEPOSIT_BEFORE.search(before) or _DEPOSIT_AFTER.match(after)):
        return None
    if re.search(r"(?<![没不未])退(?:还)?(?:给我)?了|(?<![没不未])(?:退|还)给我", clause + after):
        return 0
    owed = _ALSO.search(before) or re.search(r"[没不未]有?(?:能|肯|给|让)?(?:退|给|还)", clause + after)
    return one.fen if owed else 0


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
    return _count(next((match for words in _OWED_FOR[unit] if (match := words.search(text))), None))


def _worked(text: str, unit: str) -> float | None:
    """For how many months or days there should have been pay, of which a part was given."""
    return _count(_WORKED[unit].search(text))


def _count(found: re.Match[str] | None) -> float | None:
    if found is None or found["more"] == "多":
        return None
    half = 0.5 if found["half"] or found["more"] else 0.0
    if found["count"] == "半":
        return 0.5
    numbers = find_numbers(found["count"])
    times = float(numbers[0].low) + half if numbers else 0.0
    return times if 0 < times <= MOST_TIMES else None
