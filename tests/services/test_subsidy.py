"""What a student gets back: the examples of the brief, the borders, and properties over all sums."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.services.school import fit
from bot.services.subsidy import AWARD_FEN, LEVELS, Reason, SubsidyCase, calculate

tuitions = st.integers(min_value=1, max_value=100_000_000)


@pytest.mark.parametrize(
    ("case", "grant", "award"),
    [
        (SubsidyCase(720_000, "bachelor", union_member=True), 360_000, 100_000),
        (SubsidyCase(800_000, "junior_college"), 400_000, 0),
        (SubsidyCase(800_000, "junior_college", union_member=True), 400_000, 0),
        (SubsidyCase(720_000, "bachelor", union_member=False), 360_000, 0),
        (SubsidyCase(720_000, "bachelor"), 360_000, None),
        (SubsidyCase(720_000, "bachelor", union_member=True, second_degree=True), 0, 0),
        (SubsidyCase(720_000, "bachelor", union_member=True, graduates=False), 0, 0),
        (SubsidyCase(720_000, "bachelor", union_member=True, open_university=False), 0, 0),
        (SubsidyCase(720_000, "bachelor", union_member=True, part_time=False), 0, 0),
        (SubsidyCase(720_000, "bachelor", union_member=True, unified=False), 0, 100_000),
        (SubsidyCase(333_333, "junior_college"), 166_666, 0),
    ],
)
def test_both_sums(case: SubsidyCase, grant: int, award: int | None) -> None:
    result = calculate(case)
    assert (result.grant_fen, result.award_fen) == (grant, award)


def test_unknown_membership_shows_both_cases() -> None:
    result = calculate(SubsidyCase(720_000, "bachelor"))
    assert (result.total_fen, result.total_if_member_fen) == (360_000, 460_000)
    assert Reason.AWARD_MEMBER_UNKNOWN in result.reasons


def test_every_reason_against_is_named() -> None:
    result = calculate(SubsidyCase(1, "bachelor", second_degree=True, graduates=False, part_time=False))
    assert result.reasons == (Reason.SECOND_DEGREE, Reason.NOT_GRADUATING, Reason.FULL_TIME)
    assert not result.eligible


@pytest.mark.parametrize("tuition", [0, -1, 100_000_001])
def test_a_tuition_that_cannot_be_is_refused(tuition: int) -> None:
    with pytest.raises(ValueError, match="tuition"):
        calculate(SubsidyCase(tuition, "bachelor"))


def test_a_level_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="level"):
        calculate(SubsidyCase(100, "master"))


@given(tuition=tuitions, level=st.sampled_from(LEVELS), member=st.sampled_from([True, False, None]))
def test_never_more_than_half_and_never_an_award_without_its_conditions(
    tuition: int, level: str, member: bool | None
) -> None:
    result = calculate(SubsidyCase(tuition, level, union_member=member))
    assert 0 <= tuition - 2 * result.grant_fen <= 1
    assert result.award_fen in ((AWARD_FEN,) if member and level == "bachelor" else (0, None))
    assert result.total_fen <= result.total_if_member_fen


@pytest.mark.parametrize(
    ("level", "schooling", "expected"),
    [
        ("junior_college", "senior_high", "fits"),
        ("junior_college", "vocational", "fits"),
        ("junior_college", "junior_high", "lacks"),
        ("junior_college", "junior_college", "has_already"),
        ("bachelor", "senior_high", "lacks"),
        ("bachelor", "junior_college", "fits"),
        ("bachelor", "postgraduate", "has_already"),
        ("bachelor", None, "unknown"),
        ("bachelor", "kindergarten", "unknown"),
    ],
)
def test_which_schooling_opens_which_level(level: str, schooling: str | None, expected: str) -> None:
    assert fit(level, schooling) == expected
