from datetime import datetime

import pytest

from bot.geo.files import REFERENCE_DIR, read_csv
from bot.services.clock import SHANGHAI
from bot.services.opening_hours import parse_hours

WORK_AND_WEEKEND = "周一至周五 09:00-17:00；周六周日 09:30-16:00"


def at(day: int, hour: int, minute: int = 0, month: int = 11, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("hours", "moment", "expected"),
    [
        ("", at(25, 10), None),
        ("24小时", at(25, 3), True),
        ("每天 08:00-21:00", at(25, 8), True),
        ("每天 08:00-21:00", at(25, 7, 59), False),
        ("每天 08:00-21:00", at(25, 21), False),
        (WORK_AND_WEEKEND, at(25, 16, 59), True),  # a Wednesday
        (WORK_AND_WEEKEND, at(28, 9, 15), False),  # a Saturday
        (WORK_AND_WEEKEND, at(28, 9, 30), True),
        ("周一至周五 09:00-17:00", at(29, 10), False),
        ("周一至周六 09:00-17:00", at(28, 10), True),
        ("周二至周日 09:00-17:00", at(23, 10), False),
        ("周二至周日 09:00-17:00", at(29, 10), True),
        ("每天 08:00-24:00", at(25, 23, 59), True),
        ("每天 08:00-24:00", at(26, 0), False),
        ("每天 20:00-06:30", at(26, 6, 29), True),
        ("每天 20:00-06:30", at(26, 6, 30), False),
        ("每天 20:00-06:30", at(26, 12), False),
        ("周一至周五 20:00-06:00", at(28, 5), True),  # the night that began on Friday
        ("周一至周五 20:00-06:00", at(23, 5), False),  # the night before Monday is Sunday's
        ("周一至周五 09:00-12:00；周一至周五 13:00-17:00", at(25, 12, 30), False),
        ("周一至周五 09:00-12:00；周一至周五 13:00-17:00", at(25, 13, 30), True),
    ],
)
def test_open_at_a_moment(hours: str, moment: datetime, expected: bool | None) -> None:
    assert parse_hours(hours).open_at(moment) is expected


def test_public_holidays_and_worked_weekends_are_not_known_unless_open_every_day() -> None:
    national_day = at(1, 10, month=10)  # 2026-10-01, a Thursday
    assert parse_hours("周一至周五 09:00-17:00").open_at(national_day) is None
    assert parse_hours("每天 09:00-17:00").open_at(national_day) is True
    assert parse_hours("周一至周五 09:00-17:00").open_at(national_day.replace(hour=20)) is False
    worked_sunday = at(20, 10, month=9)  # 2026-09-20, worked for the National Day week
    assert parse_hours("周一至周五 09:00-17:00").open_at(worked_sunday) is None
    assert parse_hours("周六周日 09:00-17:00").open_at(worked_sunday) is None
    assert parse_hours("周一至周五 09:00-17:00").open_at(worked_sunday.replace(hour=20)) is False


def test_another_time_zone_is_read_as_beijing_time() -> None:
    from zoneinfo import ZoneInfo

    assert parse_hours("每天 08:00-21:00").open_at(datetime(2026, 11, 25, 1, tzinfo=ZoneInfo("UTC"))) is True


def test_when_it_closes_and_when_it_opens_next() -> None:
    hours = parse_hours(WORK_AND_WEEKEND)
    assert hours.closes_at(at(25, 10)) == at(25, 17)
    assert hours.closes_at(at(25, 18)) is None
    assert hours.opens_next(at(25, 18)) == at(26, 9)
    assert hours.opens_next(at(27, 18)) == at(28, 9, 30)
    assert parse_hours("每天 20:00-06:30").closes_at(at(26, 2)) == at(26, 6, 30)
    assert parse_hours("24小时").closes_at(at(26, 2)) is None
    assert parse_hours("").opens_next(at(26, 2)) is None
    assert parse_hours("周一至周五 09:00-17:00").opens_next(at(30, 18, month=9)) == at(8, 9, month=10)


@pytest.mark.parametrize(
    "cell",
    [
        "早上到晚上",
        "每天",
        "周三 09:00-17:00",
        "每天 9-17",
        "每天 09:00-09:00",
        "每天 25:00-26:00",
        "每天 09:61-10:00",
        "每天 24:00-08:00",
        "每天 09:00-17:00；",
        "24 小时营业",
    ],
)
def test_what_is_not_in_the_grammar_is_refused_with_what_it_must_be(cell: str) -> None:
    with pytest.raises(ValueError, match="留空"):
        parse_hours(cell)


def test_is_forgiving_about_width_and_dashes_and_shows_the_plain_form() -> None:
    assert parse_hours(" 每天 8：30–20:00 ").shown == "每天 08:30-20:00"
    assert parse_hours(None).shown == "时间未公布"
    assert parse_hours("每天 00:00-24:00").shown == "24小时"


def test_every_reference_row_can_be_read() -> None:
    read = 0
    for path in REFERENCE_DIR.glob("*.csv"):
        for row in read_csv(path):
            if "hours" in row:
                parse_hours(row["hours"])
                read += 1
    assert read > 1000
