"""Lengths of time."""

from decimal import Decimal

import pytest

from bot.language import find_durations


@pytest.mark.parametrize(
    ("text", "surface", "days", "months"),
    [
        ("三个月", "三个月", 90, 3),
        ("仨月", "仨月", 90, 3),
        ("俩月", "俩月", 60, 2),
        ("一个半月", "一个半月", 45, "1.5"),
        ("半个月", "半个月", 15, "0.5"),
        ("两年", "两年", 730, 24),
        ("一年半", "一年半", "547.5", 18),
        ("半年", "半年", "182.5", 6),
        ("10年", "10年", 3650, 120),
        ("两周", "两周", 14, None),
        ("一个礼拜", "一个礼拜", 7, None),
        ("三天半", "三天半", "3.5", None),
        ("45天", "45天", 45, None),
        ("半天", "半天", "0.5", None),
        ("12小时", "12小时", "0.5", None),
        ("一年零两个月", "一年零两个月", 425, 14),
        ("一年两个月", "一年两个月", 425, 14),
        ("干了三个月一分没给", "三个月", 90, 3),
        ("１２个月", "１２个月", 360, 12),
        ("三個月", "三個月", 90, 3),
    ],
)
def test_length(text, surface, days, months) -> None:
    (found,) = find_durations(text)
    assert (found.surface, found.days) == (surface, Decimal(days))
    assert found.months == (None if months is None else Decimal(months))


@pytest.mark.parametrize(
    "text",
    ["8月", "2025年", "二零二五年", "下周三", "上个月", "第三天", "12月3日", "周末", "一分没给", "三点", ""],
)
def test_no_length(text) -> None:
    assert find_durations(text) == []


@pytest.mark.parametrize(("text", "approximate"), [("三个多月", True), ("两三天", True), ("三个月", False)])
def test_approximate(text, approximate) -> None:
    (found,) = find_durations(text)
    assert found.approximate is approximate


def test_two_lengths() -> None:
    assert [found.surface for found in find_durations("干了三个月 欠了两个月")] == ["三个月", "两个月"]
