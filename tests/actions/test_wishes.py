"""When it suits the rider: times as windows, picks among the offered, shifts."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest

from bot.actions.wishes import Wish, pick, read_pick, read_shift, read_wishes
from bot.services.clock import SHANGHAI

NOW = datetime(2026, 11, 25, 10, 0, tzinfo=SHANGHAI)  # a Wednesday


@pytest.mark.parametrize(
    ("text", "first", "last", "start", "end"),
    [
        ("下周三上午", date(2026, 12, 2), date(2026, 12, 2), time(6), time(12)),
        ("明早八点", date(2026, 11, 26), date(2026, 11, 26), time(8), time(8, 1)),
        ("周五下午三点以后", date(2026, 11, 27), date(2026, 11, 27), time(15), time.max),
        ("这周末", date(2026, 11, 28), date(2026, 11, 29), time(0), time.max),
        ("下周", date(2026, 11, 30), date(2026, 12, 6), time(0), time.max),
        ("下午", None, None, time(12), time(18)),
        ("9点半", None, None, time(9, 30), time(9, 31)),
    ],
)
def test_a_time_is_a_window(text: str, first: date | None, last: date | None, start: time, end: time) -> None:
    (wish,) = read_wishes(text, NOW)
    assert (wish.kind, wish.first, wish.last, wish.start, wish.end) == ("at", first, last, start, end)
    assert Wish.from_slot(wish.to_slot()) == wish


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("最早的", "earliest"),
        ("哪天都行", "any"),
        ("早一点的那个", "earlier"),
        ("晚一点", "later"),
        ("尽快", "earliest"),
    ],
)
def test_wishes_that_name_no_time(text: str, kind: str) -> None:
    assert [wish.kind for wish in read_wishes(text, NOW)] == [kind]


def test_the_time_after_the_word_of_changing_comes_first() -> None:
    text = "本来约好今天下午去看颈椎，客户的货没装上车，能不能给我改到这周五"
    assert read_wishes(text, NOW)[0].first == date(2026, 11, 27)


def test_a_second_choice_stays_second_and_in_the_same_week() -> None:
    wishes = read_wishes("下周三下午两点能约门诊吗 不行就礼拜四上午", NOW)
    assert [wish.first for wish in wishes] == [date(2026, 12, 2), date(2026, 12, 3)]
    assert wishes[1].text == "12月3日（周四）上午"


def test_what_is_over_counts_only_when_nothing_else_was_said() -> None:
    assert [wish.past for wish in read_wishes("昨天", NOW)] == [True]
    assert [wish.first for wish in read_wishes("昨天没去成 改后天吧", NOW)] == [date(2026, 11, 27)]


def test_hours_without_a_day_belong_to_the_day_talked_about() -> None:
    (wish,) = read_wishes("下午", NOW)
    there = wish.on(date(2026, 12, 2))
    assert (there.first, there.start, there.text) == (date(2026, 12, 2), time(12), "12月2日（周三）下午")
    (dated,) = read_wishes("明天下午", NOW)
    assert dated.on(date(2026, 12, 2)) == dated


@pytest.mark.parametrize(
    ("text", "asked", "number"),
    [
        ("第一个", False, 1),
        ("第2个吧", False, 2),
        ("头一个", False, 1),
        ("最后一个", False, -1),
        ("3", True, 3),
        ("3", False, None),
        ("13812345678", True, None),
        ("明天", True, None),
    ],
)
def test_which_of_the_offered(text: str, asked: bool, number: int | None) -> None:
    assert read_pick(text, asked=asked) == number


def test_picking_what_was_not_offered_is_nothing() -> None:
    assert pick(["a", "b"], 2) == pick(["a", "b"], -1) == "b"
    assert pick(["a", "b"], 3) is None
    assert pick([], 1) is None


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("往后推一周", 7),
        ("提前两天", -2),
        ("推迟3天", 3),
        ("往前挪一天", -1),
        ("延后两个礼拜", 14),
        ("改到下周三", None),
    ],
)
def test_shifts(text: str, days: int | None) -> None:
    assert read_shift(text) == (None if days is None else timedelta(days=days))
