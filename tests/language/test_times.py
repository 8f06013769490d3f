"""The table of phrases in times_table.csv, and what a time can be asked."""

import csv
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from bot.language import SHANGHAI, describe, find_times, parse_time

NOW = datetime(2026, 11, 25, 10, tzinfo=SHANGHAI)  # a Wednesday
with Path(__file__).with_name("times_table.csv").open(encoding="utf-8", newline="") as file:
    TABLE = list(csv.DictReader(file))


def iso_of(text: str, now: datetime = NOW, **options) -> str:
    return " ; ".join(span.iso() for span in find_times(text, now, **options)) or "-"


def test_the_table_is_large() -> None:
    assert len(TABLE) >= 500


@pytest.mark.parametrize("row", TABLE, ids=lambda row: f"{row['now'][:10]}-{row['text']}")
def test_phrase(row) -> None:
    now = datetime.fromisoformat(row["now"]).replace(tzinfo=SHANGHAI)
    assert iso_of(row["text"], now) == row["iso"]


@pytest.mark.parametrize(
    ("text", "surface"),
    [
        ("我明儿下午过去", "明儿下午"),
        ("能不能改到 下周三上午 九点半 啊", "下周三上午 九点半"),
        ("１２月３号　下午能约吗", "１２月３号　下午"),
        ("工资从7月到9月都没发", "7月到9月"),
        ("後天下午兩點半", "後天下午兩點半"),
        ("下\u200b周三可以", "下\u200b周三"),
        ("最好是周五之前", "周五之前"),
        ("大概下午三点左右", "下午三点左右"),
    ],
)
def test_surface(text, surface) -> None:
    (span,) = find_times(text, NOW)
    assert span.surface == surface == text[span.start : span.end]


@pytest.mark.parametrize(
    ("text", "begin", "until"),
    [
        ("下周三", "2026-12-02T00:00", "2026-12-03T00:00"),
        ("下周三上午", "2026-12-02T06:00", "2026-12-02T12:00"),
        ("明天晚上", "2026-11-26T17:00", "2026-11-27T00:00"),
        ("周末", "2026-11-28T00:00", "2026-11-30T00:00"),
        ("12月", "2026-12-01T00:00", "2027-01-01T00:00"),
        ("后天两点到四点", "2026-11-27T14:00", "2026-11-27T16:00"),
        ("明天晚上十点到两点", "2026-11-26T22:00", "2026-11-27T02:00"),
        ("明天夜里", "2026-11-26T21:00", "2026-11-27T02:00"),
    ],
)
def test_begin_and_until(text, begin, until) -> None:
    span = parse_time(text, NOW)
    assert span.begin == datetime.fromisoformat(begin).replace(tzinfo=SHANGHAI)
    assert span.until == datetime.fromisoformat(until).replace(tzinfo=SHANGHAI)


def test_a_clock_time_is_a_moment() -> None:
    span = parse_time("下周三下午两点", NOW)
    assert (span.grain, span.until) == ("minute", None)
    assert span.begin == datetime(2026, 12, 2, 14, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("text", "past"),
    [
        ("昨天", True),
        ("今天", False),
        ("这周一", True),
        ("这周三", False),
        ("今天早上八点", True),
        ("今天上午", False),
        ("今天凌晨", True),
        ("11月20号", True),
        ("上个月", True),
        ("这个月", False),
        ("昨天以后", False),
    ],
)
def test_past(text, past) -> None:
    assert parse_time(text, NOW).past is past


@pytest.mark.parametrize(
    ("text", "approximate"),
    [
        ("月底", True),
        ("12月3号", False),
        ("下午三点左右", True),
        ("半个月前", True),
        ("三天后", False),
        ("明年国庆长假", True),
        ("今年国庆长假", False),
    ],
)
def test_approximate(text, approximate) -> None:
    assert parse_time(text, NOW).approximate is approximate


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("都行", "any"),
        ("随便吧", "any"),
        ("你看着办", "any"),
        ("马上", "earliest"),
        ("越快越好！", "earliest"),
        ("早点的", "earlier"),
        ("晚一点", "later"),
    ],
)
def test_whole_answers(text, kind) -> None:
    assert parse_time(text, NOW).kind == kind


@pytest.mark.parametrize("text", ["好的", "我要投诉", "", "   ", "？？？", "8500", "13800138000", "都不行"])
def test_no_time(text) -> None:
    assert parse_time(text, NOW) is None


def test_a_real_time_wins_over_a_wish() -> None:
    assert parse_time("越快越好，最好下周三", NOW).iso() == "2026-12-02"


@pytest.mark.parametrize(
    ("text", "prefer", "iso"),
    [
        ("3月5号", "future", "2027-03-05"),
        ("3月5号", "past", "2026-03-05"),
        ("8月", "future", "2027-08"),
        ("8月", "past", "2026-08"),
        ("周五", "past", "2026-11-20"),
        ("周三", "past", "2026-11-25"),
        ("5号", "past", "2026-11-05"),
        ("国庆", "future", "2027-10-01"),
        ("8月工资没发", "future", "2027-08"),
    ],
)
def test_prefer(text, prefer, iso) -> None:
    assert iso_of(text, prefer=prefer) == iso


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("下周三上午", "12月2日（周三）上午"),
        ("明天两点半", "11月26日（周四）14:30"),
        ("3月5号", "2027年3月5日（周五）"),
        ("两点半", "14:30"),
        ("下午", "下午"),
        ("周末", "11月28日（周六）至11月29日（周日）"),
        ("周末上午", "11月28日（周六）至11月29日（周日）每天上午"),
        ("7月到9月", "7月至9月"),
        ("去年11月到今年1月", "2025年11月至2026年1月"),
        ("明天两点到四点", "11月26日（周四）14:00至16:00"),
        ("周五之前", "11月27日（周五）以前"),
        ("12月3号以后", "12月3日（周四）以后"),
        ("下午三点左右", "15:00左右"),
        ("2025年", "2025年"),
        ("尽快", "最早能安排的时间"),
        ("哪天都行", "任意时间"),
    ],
)
def test_describe(text, said) -> None:
    assert describe(parse_time(text, NOW), NOW) == said


def test_an_undated_time_goes_to_the_day_it_is_put_on() -> None:
    span = parse_time("下午三点", NOW)
    assert not span.dated
    placed = span.on(date(2026, 12, 2))
    assert (placed.iso(), placed.dated) == ("2026-12-02T15:00", True)
    assert parse_time("下午", NOW).on(date(2026, 12, 2)).iso() == "2026-12-02/PM"
    assert parse_time("两点到四点", NOW).on(date(2026, 12, 2)).iso() == "2026-12-02T14:00/2026-12-02T16:00"


@pytest.mark.parametrize(("text", "begins"), [("八点", "2026-11-26T08:00"), ("十一点", "2026-11-25T11:00")])
def test_an_undated_time_begins_next(text, begins) -> None:
    assert parse_time(text, NOW).begin == datetime.fromisoformat(begins).replace(tzinfo=SHANGHAI)


def test_first_and_last_day() -> None:
    span = parse_time("下周", NOW)
    assert (span.first_day, span.last_day) == (date(2026, 11, 30), date(2026, 12, 6))
    assert parse_time("尽快", NOW).first_day is None


def test_now_must_be_aware() -> None:
    with pytest.raises(ValueError, match="aware"):
        find_times("明天", datetime(2026, 11, 25))


def test_now_is_read_in_shanghai() -> None:
    late_in_london = datetime.fromisoformat("2026-11-25T20:00:00+00:00")
    assert iso_of("今天", late_in_london) == "2026-11-26"


@pytest.mark.parametrize("offset", range(0, 800, 7))
def test_what_is_said_back_is_understood(offset) -> None:
    day = NOW.date() + timedelta(days=offset)
    span = parse_time(f"{day.year}年{day.month}月{day.day}日下午3点20", NOW)
    assert parse_time(describe(span, NOW), NOW).iso() == span.iso() == f"{day}T15:20"


@pytest.mark.parametrize("weekday", range(7))
def test_weekdays_from_every_day_of_a_week(weekday) -> None:
    now = datetime(2026, 11, 23 + weekday, 9, tzinfo=SHANGHAI)
    for number, name in enumerate("一二三四五六日"):
        this_week = date(2026, 11, 23) + timedelta(days=number)
        assert iso_of(f"这周{name}", now) == f"{this_week}"
        assert iso_of(f"下周{name}", now) == f"{this_week + timedelta(days=7)}"
        assert iso_of(f"上周{name}", now) == f"{this_week - timedelta(days=7)}"
        coming = this_week if number >= weekday else this_week + timedelta(days=7)
        assert iso_of(f"周{name}", now) == f"{coming}"
