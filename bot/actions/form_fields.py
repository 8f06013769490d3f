"""What a form asks for: its fields, their questions, and the values they may have."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bot.actions.base import Choice, Heard

SKIPPED = "skipped"  # the rider does not know or will not say; shown as 没说
CONFIRM = "confirmed"
Values = dict[str, Any]
Reader = Callable[[Heard], Any]


@dataclass(frozen=True)
class Question:
    """One question with what can be tapped instead of typed."""

    text: str
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True)
class Field:
    """One thing a form needs.

    read: finds the value in any message, asked for or not (strict: only what is surely this field).
    read_answer: finds it when this very field was asked for (may be lenient); default: `read`.
    needed: whether it applies, given the values so far.
    optional: may be skipped ("不知道").
    show: the value as it is read back.
    free_text: the answer is the rider's own words, not a value of a closed kind.
    weak: a value of it alone does not show that the message is meant for this form (a place, a time).
    """

    name: str
    label: str
    ask: Callable[[Values], Question]
    read: Reader
    read_answer: Reader | None = None
    needed: Callable[[Values], bool] = lambda values: True
    optional: bool = False
    show: Callable[[Any], str] = str
    free_text: bool = False
    weak: bool = False


class Refused(Exception):
    """A reader saw the value but it cannot be right; the message says why, in words for the rider."""
