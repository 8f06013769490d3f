"""Mobile numbers, and the bank-card and identity numbers that must not be kept.

A mainland mobile number has 11 digits and begins with 13 to 19 (工信部《电信网编号计划》); people type it
with spaces, dashes, in full width, or speak it (幺三八零零…). Bank cards are checked by Luhn's sum (ISO/IEC
7812), identity numbers by the sum of GB 11643-1999.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from bot.language.normalise import Normalised, normalise
from bot.language.spans import Span

SPOKEN_DIGITS = dict(
    zip(
        "零〇○一二三四五六七八九幺两洞拐勾壹贰叁肆伍陆柒捌玖o",
        "00012345678912079123456789" + "0",
        strict=True,
    )
)
_DIGIT = "0-9零〇○一二三四五六七八九幺两洞拐勾"
_GROUP = re.compile(rf"[{_DIGIT}]++")
_RUN = re.compile(rf"(?<![a-z0-9@.])\+?[{_DIGIT}]++(?:[ \-.,、_]{{1,2}}[{_DIGIT}]++)*+(?P<tail>[a-z@]?)")
# the bot's own numbers (LD20261125-123456): their digits are no part of a number behind them
_REFERENCE = re.compile(r"(?<![a-z0-9])(?:ld|yy|jy|bm) ?-? ?20\d{6} ?-? ?\d{6}")
_COUNTRY = re.compile(r"\+? ?(?:00)?86[ -]{0,2}(?=1[3-9])")
_ID_CARD = re.compile(
    r"(?<![0-9a-z])[1-9]\d{5}(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|"
    r"3[01])\d{3}[0-9x](?![0-9a-z])"
)
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_LABEL = re.compile(r"(?:电话|手机|号码|联系|打|微信|tel|phone|mobile)[^0-9]{0,6}$")
_LONGEST, _MOST_GROUPS = 22, 11
_LENGTHS = frozenset({11, 13, 14, 15, 16, 17, 18, 19, 22})
_MASK_KEEP_HEAD, _MASK_KEEP_TAIL = 3, 4

PhoneProblem = Literal["too_short", "too_long", "bad_prefix"]
SecretKind = Literal["phone", "bank_card", "id_card"]


@dataclass(frozen=True, slots=True)
class Phone(Span):
    """`number` is the 11 digits; where `problem` says why it cannot be one, what digits were given."""

    number: str
    problem: PhoneProblem | None = None

    @property
    def valid(self) -> bool:
        """Whether a mainland mobile number was given."""
        return self.problem is None


@dataclass(frozen=True, slots=True)
class Secret(Span):
    """Something that identifies or can rob a person."""

    kind: SecretKind


def to_digits(text: str) -> str:
    """The digits of a folded text, typed or spoken, everything else left out."""
    return "".join(
        character if character.isascii() and character.isdigit() else SPOKEN_DIGITS.get(character, "")
        for character in text
    )


def _without_country(digits: str) -> str:
    for prefix in ("0086", "086", "86"):
        if digits.startswith(prefix) and len(digits) == len(prefix) + 11 and digits[len(prefix)] == "1":
            return digits[len(prefix) :]
    return digits


def check_phone(text: str) -> Phone | None:
    """Read the answer to "您的手机号": the phone, valid or with its problem; None if there is no number."""
    found = find_phones(text, asked=True)
    return next((phone for phone in found if phone.valid), found[0] if found else None)


def find_phones(text: str, asked: bool = False) -> list[Phone]:
    """Mobile numbers in `text`, wrong ones too, with the reason. Never raises.

    A wrong number is reported only where it was meant for one: it begins like a mobile number, or a word such
    as 电话 stands before it, or `asked=True` says the form has just asked for it.
    """
    folded = normalise(text)
    found: list[Phone] = []
    readable = _without_references(folded.text)
    for match in _RUN.finditer(readable):
        pieces = list(_pieces(readable, match))
        phones = [_phone(folded, start, end, digits) for start, end, digits, kind in pieces if kind == "phone"]
        if not pieces and (wrong := _wrong(folded, match, asked)) is not None:
            phones.append(wrong)
        found.extend(phones)
    return found


def _without_references(text: str) -> str:
    return _REFERENCE.sub(lambda found: "#" * len(found[0]), text)


def _pieces(text: str, run: re.Match[str]) -> Iterator[tuple[int, int, str, SecretKind]]:
    """The numbers inside one run of digit groups: each made of whole groups (138 0013 8000), the fewest."""
    groups = [(group.start(), group.end()) for group in _GROUP.finditer(text, run.start(), run.end())]
    index = 0
    while index < len(groups):
        taken = 1
        for count in range(1, min(_MOST_GROUPS, len(groups) - index) + 1):
            start, end = groups[index][0], groups[index + count - 1][1]
            ends_run = index + count == len(groups)
            if sum(stop - begin for begin, stop in groups[index : index + count]) not in _LENGTHS:
                continue
            number = to_digits(text[start:end])
            if count > 1 and _is_sum_and_phone(text, groups[index : index + count]):
                continue
            kind = _kind(number, run["tail"] if ends_run else "", groups[index : index + count])
            if kind is not None:
                taken = count
                stop = end + 1 if kind == "id_card" and len(number) == 17 else end
                yield from _split(text, start, stop, number, kind)
                break
        index += taken


_PHONE_GROUPS = ((11,), (3, 4, 4), (3, 8), (7, 4))


def _is_sum_and_phone(text: str, groups: list[tuple[int, int]]) -> bool:
    """20000 13912345674: the last groups are by themselves a phone as it is written, so what stands before is no part of it."""
    lengths = tuple(end - start for start, end in groups)
    for tail in _PHONE_GROUPS:
        first = len(groups) - len(tail)
        if first < 1 or lengths[first:] != tail:
            continue
        before = to_digits(text[groups[0][0] : groups[first - 1][1]])
        phone = to_digits(text[groups[first][0] : groups[-1][1]])
        return before not in ("86", "086", "0086") and _problem(phone) is None
    return False


def _kind(number: str, tail: str, groups: list[tuple[int, int]]) -> SecretKind | None:
    """What a number made of these groups is. A stray single digit beside a number does not belong to it."""
    lengths = {end - start for start, end in groups}
    if 1 in lengths and len(lengths) > 1:
        return None
    if tail == "x":
        return "id_card" if is_id_card(number + tail) else None
    if tail:
        return None
    if is_id_card(number):
        return "id_card"
    if is_bank_card(number):
        return "bank_card"
    halves = (number[:11], number[11:]) if len(number) == 22 else (_without_country(number),)
    return "phone" if all(_problem(half) is None for half in halves) else None


def _split(
    text: str, start: int, end: int, number: str, kind: SecretKind
) -> Iterator[tuple[int, int, str, SecretKind]]:
    """Two phones written as one are two; a country code is not part of the phone."""
    if kind != "phone":
        yield start, end, number, kind
        return
    if len(number) == 22:
        yield start, start + 11, number[:11], kind
        yield start + 11, end, number[11:], kind
        return
    country = _COUNTRY.match(text, start)
    local = _without_country(number)
    yield (country.end() if country and local != number else start), end, local, kind


def _wrong(folded: Normalised, run: re.Match[str], asked: bool) -> Phone | None:
    digits = to_digits(run[0])
    if run["tail"] or not 7 <= len(digits) <= _LONGEST:
        return None
    if not asked and not _meant(folded.text, run.start(), digits):
        return None
    return _phone(folded, run.start(), run.end(), digits, _problem(digits))


def _meant(text: str, start: int, digits: str) -> bool:
    label = _LABEL.search(text[max(0, start - 12) : start])
    return (bool(label) and not digits.startswith("0")) or (
        digits[:1] == "1" and digits[1:2] in "3456789" and 9 <= len(digits) <= 13
    )


def _problem(digits: str) -> PhoneProblem | None:
    if len(digits) < 11:
        return "too_short"
    if len(digits) > 11:
        return "too_long"
    return None if digits[0] == "1" and digits[1] in "3456789" else "bad_prefix"


def _phone(folded: Normalised, start: int, end: int, digits: str, problem: PhoneProblem | None = None) -> Phone:
    begin, stop = folded.span(start, end)
    return Phone(begin, stop, folded.original[begin:stop], digits, problem)


def mask(phone: str) -> str:
    """138****8000: what may be shown on a list or in a log. Under 8 characters it is all stars."""
    if len(phone) < _MASK_KEEP_HEAD + _MASK_KEEP_TAIL + 1:
        return "*" * len(phone)
    hidden = len(phone) - _MASK_KEEP_HEAD - _MASK_KEEP_TAIL
    return phone[:_MASK_KEEP_HEAD] + "*" * hidden + phone[-_MASK_KEEP_TAIL:]


def is_bank_card(digits: str) -> bool:
    """16 to 19 digits that fit Luhn's sum and do not begin with 0."""
    if not (16 <= len(digits) <= 19 and digits.isascii() and digits.isdigit()) or digits[0] == "0":
        return False
    total = 0
    for index, character in enumerate(reversed(digits)):
        value = int(character) * (2 if index % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def is_id_card(number: str) -> bool:
    """18 characters with a birth date in them and the right check character."""
    lowered = number.lower()
    if _ID_CARD.fullmatch(lowered) is None:
        return False
    total = sum(int(digit) * weight for digit, weight in zip(lowered[:17], _ID_WEIGHTS, strict=True))
    return "10x98765432"[total % 11] == lowered[17]


def find_secrets(text: str) -> list[Secret]:
    """Phones, bank cards and identity numbers in `text`, to be hidden wherever the text is kept or shown."""
    folded = normalise(text)
    found: list[Secret] = []
    readable = _without_references(folded.text)
    for match in _RUN.finditer(readable):
        for start, end, _, kind in _pieces(readable, match):
            begin, stop = folded.span(start, end)
            found.append(Secret(begin, stop, text[begin:stop], kind))
    return found


def redact(text: str) -> str:
    """`text` with phones, bank cards and identity numbers masked; the rest untouched."""
    pieces: list[str] = []
    at = 0
    for secret in find_secrets(text):
        plain = normalise(secret.surface).text
        number = to_digits(plain) + ("X" if secret.kind == "id_card" and plain.endswith("x") else "")
        pieces += [text[at : secret.start], mask(number)]
        at = secret.end
    return "".join([*pieces, text[at:]])
