"""Numbers the bot itself gives out: LD20261124-0007 (ticket), YY… (booking), JY… (suggestion), BM… (sign-up).

People copy them in lower case, in full width, with spaces, without the dash, or give only the tail.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from bot.language.normalise import normalise
from bot.language.spans import Span

IdKind = Literal["ticket", "booking", "suggestion", "signup", "other"]
PREFIXES: dict[str, IdKind] = {"LD": "ticket", "YY": "booking", "JY": "suggestion", "BM": "signup"}
_NUMBER = re.compile(
    r"(?<![a-z0-9])([a-z]{2}) ?[-_]? ?(20\d{2}) ?[-/.]? ?(\d{2}) ?[-/.]? ?(\d{2})"
    r" {0,2}(?:[-_—–#] ?)?(\d{3,8})(?![a-z0-9])"
)


@dataclass(frozen=True, slots=True)
class ReferenceNumber(Span):
    """`value` in the form the bot prints (LD20261124-0007), `kind` by its two capitals."""

    kind: IdKind
    value: str


def find_ids(text: str) -> list[ReferenceNumber]:
    """The bot's own reference numbers in `text`, in reading order. Never raises."""
    folded = normalise(text)
    found: list[ReferenceNumber] = []
    for match in _NUMBER.finditer(folded.text):
        letters, year, month, day, serial = match.groups()
        if not (1 <= int(month) <= 12 and 1 <= int(day) <= 31):
            continue
        prefix = letters.upper()
        start, end = folded.span(match.start(), match.end())
        value = f"{prefix}{year}{month}{day}-{serial}"
        found.append(ReferenceNumber(start, end, text[start:end], PREFIXES.get(prefix, "other"), value))
    return found


def find_ticket_numbers(text: str) -> list[ReferenceNumber]:
    """The dispute ticket numbers (LD…) among them."""
    return [number for number in find_ids(text) if number.kind == "ticket"]


def find_booking_numbers(text: str) -> list[ReferenceNumber]:
    """The booking numbers (YY…) among them."""
    return [number for number in find_ids(text) if number.kind == "booking"]
