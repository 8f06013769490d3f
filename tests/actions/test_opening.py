"""What "半夜", "晚上", "星期天" ask of opening hours, and how it is said whether a place is open then."""

from __future__ import annotations

from datetime import datetime

import pytest

from bot.actions.base import Heard
from bot.actions.opening import When, hours_answer, state_then_zh, when_asked
from bot.services.clock import SHANGHAI
from bot.services.opening_hours import parse_hours

NIGHT = datetime(2026, 11, 29, 3, 20, tzinfo=SHANGHAI)  # a Sunday
AFTERNOON = datetime(2026, 11, 27, 15, tzinfo=SHANGHAI)  # a Friday
BANK = parse_hours("周一至周五 09:00-17:00；周六周日 09:30-16:00")


def heard(now: datetime) -> Heard:
    return Heard("", "find_station", 1.0, [], {}, now)


@pytest.mark.parametrize(
    ("now", "text", "said"),
    [
        (NIGHT, "现在半夜了 张浦有开着的没", "今天03:20"),
        (NIGHT, "半夜三更的 周市还有开着门的驿站吗", "今天03:20"),
        (NIGHT, "后半夜还有开的吗", "今天03:20"),
        (NIGHT, "现在凌晨两点", "今天03:20"),  # said to be now
        (NIGHT, "凌晨两点 在花桥", "明天02:00"),
        (NIGHT, "早上五点", "今天05:00"),
        (NIGHT, "周末开吗", "今天（周日）"),
        (AFTERNOON, "半夜还开着吗", "明天00:00"),
        (AFTERNOON, "今晚开着不", "今天20:00"),
        (AFTERNOON, "周六晚上", "明天20:00"),
        (AFTERNOON, "晚上十点还开吗", "今天22:00"),
        (AFTERNOON, "周末开吗", "周末"),
        (AFTERNOON, "我现在在周市 晚上还开着的", "今天20:00"),  # 现在 says where, not when
    ],
)
def test_the_moment_that_is_asked_about(now: datetime, text: str, said: str) -> None:
    when = when_asked(text, now)
    assert when is not None
    assert when.said(now) == said


def test_no_moment_is_made_up() -> None:
    assert when_asked("几点开门", NIGHT) is None
    assert when_asked("花桥哪有驿站", NIGHT) is None


def test_a_search_keeps_its_moment() -> None:
    for text in ("晚上十点还开吗", "周末开吗"):
        when = when_asked(text, AFTERNOON)
        assert when is not None
        assert When.of(when.kept()) == when
    assert When.of({}) is None


@pytest.mark.parametrize(
    ("text", "now", "said"),
    [
        ("周末开吗", NIGHT, "今天（周日）09:30-16:00开"),
        ("现在开着吗", NIGHT, "现在关着，今天09:30开"),
        ("晚上开吗", NIGHT, "今天20:00关着（周一至周五 09:00-17:00；周六周日 09:30-16:00）"),
        ("下午三点开吗", NIGHT, "今天15:00开着，到16:00"),
        ("周末开吗", AFTERNOON, "周六09:30-16:00开，周日09:30-16:00开"),
    ],
)
def test_open_is_said_of_the_moment_asked_about_only(text: str, now: datetime, said: str) -> None:
    when = when_asked(text, now)
    assert state_then_zh(BANK, when, BANK.open_at(now), heard(now)) == said


def test_a_holiday_is_not_known() -> None:
    when = when_asked("国庆开吗", AFTERNOON)
    assert "不一定" in state_then_zh(BANK, when, None, heard(AFTERNOON))


def test_hours_that_are_not_known_stay_unknown() -> None:
    unknown = parse_hours("")
    assert "未公布" in state_then_zh(unknown, When(AFTERNOON), None, heard(NIGHT))
    assert "未公布" in hours_answer(unknown, None, heard(NIGHT))
    assert hours_answer(parse_hours("24小时"), None, heard(NIGHT)) == "24小时"
