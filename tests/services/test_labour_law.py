"""Limitation periods and the three classes of platform workers, case by case."""

from __future__ import annotations

from datetime import date

import pytest

from bot.services.limitation import limitation, years_later
from bot.services.triage import worker_class

TODAY = date(2026, 11, 25)

CASES = [
    # type, employed, since, ended → arbitration (state, until), inspection (state, until)
    ("wages", True, date(2023, 1, 1), None, ("no_limit", None), ("running", date(2028, 11, 25))),
    (
        "wages",
        False,
        date(2025, 8, 1),
        date(2025, 8, 31),
        ("expired", date(2026, 8, 31)),
        ("running", date(2027, 8, 31)),
    ),
    ("wages", False, None, date(2025, 12, 10), ("soon", date(2026, 12, 10)), ("running", date(2027, 12, 10))),
    ("wages", False, date(2026, 8, 1), None, ("unknown", None), ("unknown", None)),
    ("wages", None, None, None, ("unknown", None), ("unknown", None)),
    (
        "deduction",
        True,
        date(2025, 11, 25),
        None,
        ("soon", date(2026, 11, 25)),
        ("running", date(2027, 11, 25)),
    ),
    (
        "deduction",
        None,
        date(2024, 11, 24),
        None,
        ("expired", date(2025, 11, 24)),
        ("expired", date(2026, 11, 24)),
    ),
    (
        "dismissal",
        False,
        date(2026, 1, 1),
        date(2026, 6, 1),
        ("running", date(2027, 6, 1)),
        ("running", date(2028, 1, 1)),
    ),
    (
        "deposit",
        False,
        date(2024, 1, 1),
        date(2024, 10, 1),
        ("expired", date(2025, 1, 1)),
        ("expired", date(2026, 10, 1)),
    ),
]


@pytest.mark.parametrize(("kind", "employed", "since", "ended", "arbitration", "inspection"), CASES)
def test_periods(
    kind: str,
    employed: bool | None,
    since: date | None,
    ended: date | None,
    arbitration: tuple[str, date | None],
    inspection: tuple[str, date | None],
) -> None:
    first, second = limitation(kind, still_employed=employed, since_on=since, ended_on=ended, today=TODAY)
    assert (first.state, first.until) == arbitration
    assert (second.state, second.until) == inspection
    assert "27条" in first.law
    assert "20条" in second.law
    assert first.restarts
    assert not second.restarts


def test_leap_day() -> None:
    assert years_later(date(2024, 2, 29), 1) == date(2025, 2, 28)
    assert years_later(date(2024, 2, 29), 4) == date(2028, 2, 29)


@pytest.mark.parametrize(
    ("contract", "managed", "free_login", "expected"),
    [
        ("labour", None, None, "labour_relation"),
        ("labour", False, True, "labour_relation"),
        ("none", True, False, "labour_relation"),
        ("agreement", True, False, "labour_relation"),
        ("agreement", True, True, "managed"),
        ("none", False, False, "managed"),
        ("none", None, False, "managed"),
        ("agreement", False, True, "self_employed"),
        ("none", None, None, "unclear"),
        (None, None, True, "unclear"),
        (None, False, None, "unclear"),
    ],
)
def test_three_classes(contract: str | None, managed: bool | None, free_login: bool | None, expected: str) -> None:
    assert worker_class(contract, managed, free_login) == expected  # type: ignore[arg-type]
