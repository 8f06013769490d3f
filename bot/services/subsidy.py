"""What a student of 昆小哥学堂 gets back (seed article, initiative 07). Pure; money in whole fen.

Two separate sums, both only after the diploma of 江苏开放大学 (part-time, first degree, in the stated time):
- “昆玉‘新’才” grant: half of the whole tuition, junior college and bachelor alike, for students in the
  programme's unified management. Half a fen is rounded down: nobody is promised what is not paid.
- “双千计划” award of the trade union: 1000 yuan, bachelor only, for union members who meet its conditions.
How many years "the stated time" is has not been published: there is no number for it here.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

AWARD_FEN = 100_000
MOST_TUITION_FEN = 100_000_000  # a million yuan: a slip of the keyboard beyond it
LEVELS = ("junior_college", "bachelor")


class Reason(StrEnum):
    """Why a sum is what it is; the action words it."""

    HALF_OF_TUITION = "half_of_tuition"
    SECOND_DEGREE = "second_degree"
    NOT_GRADUATING = "not_graduating"
    NOT_UNIFIED = "not_unified"
    OTHER_SCHOOL = "other_school"
    FULL_TIME = "full_time"
    AWARD_BACHELOR_MEMBER = "award_bachelor_member"
    AWARD_NEEDS_BACHELOR = "award_needs_bachelor"
    AWARD_NEEDS_MEMBER = "award_needs_member"
    AWARD_MEMBER_UNKNOWN = "award_member_unknown"


@dataclass(frozen=True)
class SubsidyCase:
    """One case. `tuition_fen`: the whole tuition of the course. `union_member` None: not known.

    The rest is what the rule takes for granted unless the person says otherwise.
    """

    tuition_fen: int
    level: str
    union_member: bool | None = None
    second_degree: bool = False
    graduates: bool = True
    unified: bool = True
    open_university: bool = True
    part_time: bool = True


@dataclass(frozen=True)
class Subsidy:
    """`award_fen` is None while the union membership is not known; `award_if_member_fen` is then the sum."""

    grant_fen: int
    award_fen: int | None
    award_if_member_fen: int
    reasons: tuple[Reason, ...]

    @property
    def total_fen(self) -> int:
        """What is certain: the grant, and the award where membership is known."""
        return self.grant_fen + (self.award_fen or 0)

    @property
    def total_if_member_fen(self) -> int:
        return self.grant_fen + self.award_if_member_fen

    @property
    def eligible(self) -> bool:
        return self.grant_fen > 0


def calculate(case: SubsidyCase) -> Subsidy:
    """Both sums with their reasons. ValueError: a tuition that cannot be, a level that is none."""
    if not 0 < case.tuition_fen <= MOST_TUITION_FEN:
        raise ValueError(f"tuition {case.tuition_fen} fen")
    if case.level not in LEVELS:
        raise ValueError(f"level {case.level!r}")
    against = _against(case)
    if against:
        return Subsidy(0, 0, 0, tuple(against))
    reasons = [Reason.HALF_OF_TUITION] if case.unified else [Reason.NOT_UNIFIED]
    grant = case.tuition_fen // 2 if case.unified else 0
    if case.level != "bachelor":
        return Subsidy(grant, 0, 0, (*reasons, Reason.AWARD_NEEDS_BACHELOR))
    if case.union_member is None:
        return Subsidy(grant, None, AWARD_FEN, (*reasons, Reason.AWARD_MEMBER_UNKNOWN))
    if not case.union_member:
        return Subsidy(grant, 0, AWARD_FEN, (*reasons, Reason.AWARD_NEEDS_MEMBER))
    return Subsidy(grant, AWARD_FEN, AWARD_FEN, (*reasons, Reason.AWARD_BACHELOR_MEMBER))


def _against(case: SubsidyCase) -> list[Reason]:
    """What rules out both sums."""
    checks = (
        (case.second_degree, Reason.SECOND_DEGREE),
        (not case.graduates, Reason.NOT_GRADUATING),
        (not case.open_university, Reason.OTHER_SCHOOL),
        (not case.part_time, Reason.FULL_TIME),
    )
    return [reason for holds, reason in checks if holds]
