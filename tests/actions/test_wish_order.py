"""Several times in one message: taken back, joined after a pause, equally good, excluded."""

from __future__ import annotations

from datetime import datetime

import pytest

from bot.actions.wishes import Wish, read_wishes
from bot.services.clock import SHANGHAI

NOW = datetime(2026, 11, 29, 3, 30, tzinfo=SHANGHAI)  # a Sunday


def said(text: str) -> list[str]:
    return [f"{'' if one.kind == 'at' else f'{one.kind} '}{one.text}".strip() for one in read_wishes(text, NOW)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("后天上午吧 9点", "12月1日（周二）09:00"),
        ("后天上午吧，9点", "12月1日（周二）09:00"),
        ("后天吧 上午9点", "12月1日（周二）09:00"),
        ("后天上午 要不9点", "12月1日（周二）09:00"),
        ("后天下午吧 3点", "12月1日（周二）15:00"),
        ("后天晚上吧 8点", "12月1日（周二）20:00"),
        ("周三吧 下午三点", "12月2日（周三）15:00"),
        ("半下午 周三", "12月2日（周三）下午"),
        ("下午三点 周三吧", "12月2日（周三）15:00"),
        ("三点半吧 算了四点", "16:00"),
        ("三点半 算了 四点吧", "16:00"),
        ("三点 不 四点", "16:00"),
        ("三点半吧 还是四点", "16:00"),
        ("三点半 还是四点吧", "16:00"),
        ("周三三点半 不对 四点", "12月2日（周三）16:00"),
        ("周三三点半 不对 周四", "12月3日（周四）15:30"),
        ("周二下午 不 周三", "12月2日（周三）下午"),
        ("上午吧 算了下午", "下午"),
        ("明天吧 算了后天", "12月1日（周二）"),
    ],
)
def test_what_belongs_together_is_one_time(text: str, expected: str) -> None:
    assert said(text) == [expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("周三或周四 上午都行", ["12月2日（周三）上午", "12月3日（周四）上午"]),
        ("周四或者周三上午", ["12月2日（周三）上午", "12月3日（周四）上午"]),
        ("周三 周四 上午", ["12月2日（周三）上午", "12月3日（周四）上午"]),
        ("周三还是周四都可以 上午", ["12月2日（周三）上午", "12月3日（周四）上午"]),
        ("要么周三要么周四", ["12月2日（周三）", "12月3日（周四）"]),
        ("周三上午或周四下午", ["12月2日（周三）上午", "12月3日（周四）下午"]),
        ("下周三或者下周四 上午九点", ["12月2日（周三）09:00", "12月3日（周四）09:00"]),
        ("周三 9点 或 10点", ["12月2日（周三）09:00", "12月2日（周三）10:00"]),
    ],
)
def test_days_that_are_equally_good_come_in_their_order(text: str, expected: list[str]) -> None:
    wishes = read_wishes(text, NOW)
    assert [one.text for one in wishes] == expected
    assert [one.either for one in wishes] == [False, True]
    assert [Wish.from_slot(one.to_slot()) for one in wishes] == wishes


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("除了周三都行", ["not 12月2日（周三）"]),
        ("周三不行 别的都行", ["not 12月2日（周三）"]),
        ("不要周三", ["not 12月2日（周三）"]),
        ("别约周三", ["not 12月2日（周三）"]),
        ("除了周三和周五 都行", ["not 12月2日（周三）", "not 12月4日（周五）"]),
        ("周三以外都行", ["not 12月2日（周三）"]),
        ("上午不行", ["not 上午"]),
        ("我周三没空 周四吧", ["12月3日（周四）", "not 12月2日（周三）"]),
        ("周三上午不行 下午可以", ["12月2日（周三）下午", "not 12月2日（周三）上午"]),
        ("不要上午 下午吧", ["下午", "not 上午"]),
    ],
)
def test_what_does_not_suit_is_kept_apart(text: str, expected: list[str]) -> None:
    assert said(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("周三不行吗", ["12月2日（周三）"]),
        ("能不能周三", ["12月2日（周三）"]),
        ("要不要周三上午", ["12月2日（周三）上午"]),
        ("下周三上午不行就下周四", ["12月2日（周三）上午", "12月3日（周四）"]),
        ("周三不行的话周四", ["12月2日（周三）", "12月3日（周四）"]),
        ("周三上班前", ["12月2日（周三）"]),
        ("特别周三", ["12月2日（周三）"]),
        ("周三下午忙完过去", ["12月2日（周三）下午"]),
    ],
)
def test_what_only_sounds_like_it(text: str, expected: list[str]) -> None:
    assert said(text) == expected
