"""Mobile numbers, and the bank-card and identity numbers that must not be kept.

A mainland mobile number has 11 digits and begins with 13 to 19 (工信部《电信网编号计划》); people type it
with spaces, dashes, in full width, or speak it (幺三八零零…). Bank cards are checked by Luhn's sum (ISO/IEC
7812), identity numbers by the sum of GB 11643-1999.
"""

from __future__ import annotations

import re
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
_RUN = re.compile(
    rf"(?<![a-z0-9@.])(?:\+? ?86[ -]{{0,2}})?[{_DIGIT}](?:[ \-.,、_]{{0,2}}[{_DIGIT}]){{6,22}}+"
    r"(?:x(?![a-z0-9])|"
    r"(?![a-z@]))"
)
_ID_CARD = re.compile(
    r"(?<![0-9a-z])[1-9]\d{5}(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|"
    r"3[01])\d{3}[0-9x](?![0-9a-z])"
)
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_LABEL = re.compile(r"(?:电话|手机|号码|联系|打|微信|tel|phone|mobile)[^0-9]{0,6}$")
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
    for match in _RUN.finditer(folded.text):
        found.extend(_phones_in(folded, match, asked))
    return found


def _phones_in(folded: Normalised, match: re.Match[str], asked: bool) -> list[Phone]:
    positions = [
        index
        for index in range(match.start(), match.end())
        if folded.text[index] in SPOKEN_DIGITS
        or (folded.text[index].isascii() and folded.text[index].isdigit())
    ]
    digits = to_digits(match[0])
    if digits.startswith("86") and len(digits) == 13 and digits[2] == "1":
        digits, positions = digits[2:], positions[2:]
    if _is_card(folded.text[match.start() : match.end()]):
        return []
    if len(digits) == 22 and all(_problem(half) is None for half in (digits[:11], digits[11:])):
        return [_phone(folded, positions[:11], digits[:11]), _phone(folded, positions[11:], digits[11:])]
    problem = _problem(digits)
    if problem is not None and not (asked or _meant(folded.text, match.start(), digits)):
        return []
    return [_phone(folded, positions, digits, problem)]


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


def _phone(
    folded: Normalised, positions: list[int], digits: str, problem: PhoneProblem | None = None
) -> Phone:
    start, end = folded.span(positions[0], positions[-1] + 1)
    return Phone(start, end, folded.original[start:end], digits, problem)


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


def _is_card(surface: str) -> bool:
    number = to_digits(surface) + ("x" if surface.endswith("x") else "")
    return is_id_card(number) or is_bank_card(number)


def find_secrets(text: str) -> list[Secret]:
    """Phones, bank cards and identity numbers in `text`, to be hidden wherever the text is kept or shown."""
    folded = normalise(text)
    found: list[Secret] = []
    for match in _RUN.finditer(folded.text):
        number = to_digits(match[0]) + ("x" if match[0].endswith("x") else "")
        kind: SecretKind
        if is_id_card(number):
            kind = "id_card"
        elif is_bank_card(number):
            kind = "bank_card"
        else:
            found.extend(
                Secret(phone.start, phone.end, phone.surface, "phone")
                for phone in _phones_in(folded, match, asked=False)
                if phone.valid
            )
            continue
        start, end = folded.span(match.start(), match.end())
        found.append(Secret(start, end, text[start:end], kind))
    return found


def redact(text: str) -> str:
    """`text` with phones, bank cards and identity numbers masked; the rest untouched."""
    pieces: list[str] = []
    at = 0
    for secret in find_secrets(text):
        plain = normalise(secret.surface).text
        number = to_digits(plain) + ("X" if secret.kind == "id_card" and plain.endswith("x") else "")
        pieces += [text[at : secret.start], mask(_without_country(number))]
        at = secret.end
    return "".join([*pieces, text[at:]])
