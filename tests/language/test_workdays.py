"""Working days, holidays, office hours."""

from datetime import date, datetime, time, timedelta

import pytest

from bot.language import (
    SHANGHAI,
    OfficeHours,
    add_workdays,
    add_working_hours,
    festival,
    is_known_year,
    is_workday,
    next_workday,
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("day", "works"),
    [
        ("2026-11-25", True),
        ("2026-11-28", False),
        ("2026-10-01", False),
        ("2026-10-07", False),
        ("2026-10-08", True),
        ("2026-10-10", True),  # a Saturday made up for National Day
        ("2026-02-14", True),
        ("2026-02-17", False),
        ("2027-01-01", False),
        ("2027-02-06", False),
        ("2027-02-08", False),
        ("2027-10-04", True),
        ("2040-10-02", False),
        ("2040-06-13", True),
    ],
)
def test_is_workday(day, works) -> None:
    assert is_workday(date.fromisoformat(day)) is works


@pytest.mark.parametrize(
    ("day", "count", "result"),
    [
        ("2026-11-25", 0, "2026-11-25"),
        ("2026-11-25", 1, "2026-11-26"),
        ("2026-11-27", 1, "2026-11-30"),
        ("2026-11-28", 1, "2026-11-30"),
        ("2026-09-30", 1, "2026-10-08"),
        ("2026-09-30", 3, "2026-10-10"),
        ("2026-12-31", 1, "2027-01-04"),
        ("2026-10-08", -1, "2026-09-30"),
        ("2026-11-25", 5, "2026-12-02"),
    ],
)
def test_add_workdays(day, count, result) -> None:
    assert add_workdays(date.fromisoformat(day), count) == date.fromisoformat(result)


def test_next_workday() -> None:
    assert next_workday(date(2026, 9, 30)) == date(2026, 10, 8)


def test_known_years() -> None:
    assert is_known_year(2026)
    assert not is_known_year(2050)
    assert not is_known_year(1990)


@pytest.mark.parametrize(
    ("name", "year", "day", "first", "last", "certain"),
    [
        ("national", 2026, "2026-10-01", "2026-10-01", "2026-10-07", True),
        ("spring", 2026, "2026-02-17", "2026-02-15", "2026-02-23", True),
        ("new_year", 2026, "2026-01-01", "2026-01-01", "2026-01-03", True),
        ("mid_autumn", 2025, "2025-10-06", "2025-10-06", "2025-10-06", True),
        ("spring", 2040, None, None, None, None),
        ("national", 2040, "2040-10-01", "2040-10-01", "2040-10-03", False),
    ],
)
def test_festival(name, year, day, first, last, certain) -> None:
    found = festival(name, year)
    if day is None:
        assert found is None
    else:
        assert (f"{found.day}", f"{found.first}", f"{found.last}", found.certain) == (
            day,
            first,
            last,
            certain,
        )


OFFICE = OfficeHours()


@pytest.mark.parametrize(
    ("moment", "opened"),
    [
        ("2026-11-25T09:00", True),
        ("2026-11-25T11:29", True),
        ("2026-11-25T11:30", False),
        ("2026-11-25T13:30", True),
        ("2026-11-25T17:00", False),
        ("2026-11-28T10:00", False),
        ("2026-10-01T10:00", False),
        ("2026-10-10T10:00", True),
    ],
)
def test_is_open(moment, opened) -> None:
    assert OFFICE.is_open(at(moment)) is opened


def test_open_is_read_in_shanghai() -> None:
    assert OFFICE.is_open(datetime.fromisoformat("2026-11-25T02:00:00+00:00"))


@pytest.mark.parametrize(
    ("moment", "opens"),
    [
        ("2026-11-25T10:00", "2026-11-25T10:00"),
        ("2026-11-25T12:00", "2026-11-25T13:30"),
        ("2026-11-25T17:00", "2026-11-26T09:00"),
        ("2026-11-27T18:00", "2026-11-30T09:00"),
        ("2026-09-30T17:30", "2026-10-08T09:00"),
    ],
)
def test_next_open(moment, opens) -> None:
    assert OFFICE.next_open(at(moment)) == at(opens)


@pytest.mark.parametrize(
    ("moment", "hours", "due"),
    [
        ("2026-11-25T10:00", 0, "2026-11-25T10:00"),
        ("2026-11-25T10:00", 1, "2026-11-25T11:00"),
        ("2026-11-25T10:00", 4, "2026-11-25T16:00"),
        ("2026-11-25T16:00", 2, "2026-11-26T10:00"),
        ("2026-11-28T03:00", 1, "2026-11-30T10:00"),
        ("2026-09-30T16:00", 2, "2026-10-08T10:00"),
        ("2026-11-25T10:00", 24, "2026-12-01T10:00"),
    ],
)
def test_add_working_hours(moment, hours, due) -> None:
    assert add_working_hours(at(moment), hours) == at(due)


def test_hours_add_up() -> None:
    start = at("2026-11-25T09:00")
    assert add_working_hours(add_working_hours(start, 5), 7) == add_working_hours(start, 12)


def test_negative_hours() -> None:
    with pytest.raises(ValueError, match="negative"):
        add_working_hours(at("2026-11-25T10:00"), -1)


def test_exceptions_of_the_operator_win() -> None:
    office = OfficeHours(closed=frozenset({date(2026, 11, 25)}), opened=frozenset({date(2026, 11, 28)}))
    assert not office.opens_on(date(2026, 11, 25))
    assert office.opens_on(date(2026, 11, 28))
    assert office.is_certain(date(2026, 11, 28))


def test_every_day_around_the_clock() -> None:
    office = OfficeHours(((time(0), time(23, 59)),), frozenset(range(7)), follow_calendar=False)
    assert office.is_open(at("2026-10-01T03:00"))
    assert office.is_certain(date(2050, 10, 1))


def test_saturday_office_closes_on_holidays() -> None:
    office = OfficeHours(weekdays=frozenset(range(6)))
    assert office.opens_on(date(2026, 11, 28))
    assert not office.opens_on(date(2026, 11, 29))
    assert not office.opens_on(date(2026, 10, 3))


def test_certainty() -> None:
    assert OFFICE.is_certain(date(2026, 12, 31))
    assert not OFFICE.is_certain(date(2050, 1, 4))


def test_never_open() -> None:
    closed = frozenset(date(2026, 11, 25) + timedelta(days=n) for n in range(900))
    office = OfficeHours(closed=closed)
    with pytest.raises(ValueError, match="does not open"):
        office.next_open(at("2026-11-25T10:00"))
    with pytest.raises(ValueError, match="does not open"):
        add_working_hours(at("2026-11-25T10:00"), 1, office)


@pytest.mark.parametrize(
    "sessions",
    [(), ((time(17), time(9)),), ((time(9), time(12)), (time(11), time(13)))],
    ids=["none", "back", "over"],
)
def test_bad_sessions(sessions) -> None:
    with pytest.raises(ValueError, match="sessions"):
        OfficeHours(sessions)


def test_bad_weekdays() -> None:
    with pytest.raises(ValueError, match="weekdays"):
        OfficeHours(weekdays=frozenset({7}))
