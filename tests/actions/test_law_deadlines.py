"""Both periods from the date that was told: neither given up too early nor promised too long."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from bot.actions.law_deadlines import dated, deadline_text, kind_of
from bot.services.clock import SHANGHAI

NOW = datetime(2026, 11, 25, 10, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("told", "earliest", "latest", "ended"),
    [
        ("去年8月就不干了 工资还能要回来不", date(2025, 8, 1), date(2025, 8, 31), True),
        ("去年不干的 工资还能要吗", date(2025, 1, 1), date(2025, 12, 31), True),
        ("前年10月离职的 欠两万", date(2024, 10, 1), date(2024, 10, 31), True),
        ("扣了我去年8月的钱 能告吗", date(2025, 8, 1), date(2025, 8, 31), False),
    ],
)
def test_the_days_that_may_be_meant(told: str, earliest: date, latest: date, ended: bool) -> None:
    found = dated([told], NOW)
    assert found is not None
    assert (found.earliest, found.latest, found.ended) == (earliest, latest, ended)


def test_a_length_is_no_day() -> None:
    found = dated(["我两年前走的 欠我8000"], NOW)
    assert found is not None
    assert found.earliest < date(2024, 9, 1)
    assert found.latest > date(2025, 3, 1)


@pytest.mark.parametrize(
    ("told", "has", "hasnt"),
    [
        ("去年8月就不干了 工资还能要回来不", ["还有路", "2026年8月前后到期", "2027年8月"], ["还来得及"]),
        ("我前年10月离职的 欠两万 现在还能告吗", ["两条路都可能过了期", "12348"], ["还来得及"]),
        ("我今年8月离职的 工资还能要吗", ["还来得及", "2027年8月"], ["到期了"]),
        ("去年就离职了 工资还能要吗", ["要看具体是哪个月", "2026年1月", "2026年12月"], ["可能过了"]),
        ("去年11月离职的 工资还能要吗", ["正好在期限边上", "2026年11月"], ["还来得及", "要看具体"]),
        ("今年春节前的工资没发 现在还能告不", ["在不在那儿干", "还在职的", "离职后一年内"], ["还来得及", "到期了"]),
        ("还在上班 老板欠我去年的工资 还能要吗", ["还在职", "不受一年限制"], ["到期了"]),
    ],
)
def test_what_is_said_of_both_ways(told: str, has: list[str], hasnt: list[str]) -> None:
    text = deadline_text([told], NOW)
    assert text is not None
    assert all(words in text for words in has), text
    assert not any(words in text for words in hasnt), text


def test_inspection_after_it_uses_the_date_told_before() -> None:
    text = deadline_text(["去年8月就不干了 工资还能要回来不", "那监察呢 能查不"], NOW, inspection_only=True)
    assert text is not None
    assert text.startswith("能查")
    assert "2027年8月" in text
    assert "仲裁" not in text
    late = deadline_text(["前年10月离职的", "监察能查不"], NOW, inspection_only=True)
    assert late is not None
    assert "2026年10月" in late
    assert not late.startswith("能查")


def test_no_date_no_period() -> None:
    assert deadline_text(["工资还能要吗"], NOW) is None
    assert kind_of(["欠两万"]) == "wages"
    assert kind_of(["押金不退"]) == "deposit"
    assert kind_of(["你好"]) is None
