"""Until when a worker can still apply: limitation periods of arbitration and of labour inspection.

Sources: 劳动争议调解仲裁法第27条 (one year from when the right was known to be infringed; interrupted by
claiming, complaining or the employer's promise; unpaid wages are not bound by it while the relation lasts,
but must be claimed within one year after it ends); 劳动保障监察条例第20条 (two years from the act, from its
end when it continues). Pure functions; a day counts as a calendar day in Asia/Shanghai.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

LimitState = Literal["no_limit", "running", "soon", "expired", "unknown"]
SOON = timedelta(days=30)
ARBITRATION_YEARS, INSPECTION_YEARS = 1, 2
_CONTINUES_WHILE_EMPLOYED = frozenset({"wages", "deposit", "contract", "social_insurance"})


@dataclass(frozen=True)
class Limit:
    """`until`: the last day, None where there is no limit or it is not known. `law`: the article it rests on.

    `restarts`: claiming or complaining may have interrupted the period, so that `expired` is not final.
    """

    route: Literal["arbitration", "inspection"]
    state: LimitState
    until: date | None
    law: str
    restarts: bool


def limitation(
    dispute_type: str,
    *,
    still_employed: bool | None,
    since_on: date | None,
    ended_on: date | None,
    today: date,
) -> tuple[Limit, Limit]:
    """(arbitration, inspection). `since_on`: when it happened or began; `ended_on`: the last day of work."""
    return (
        _arbitration(dispute_type, still_employed, since_on, ended_on, today),
        _inspection(dispute_type, still_employed, since_on, ended_on, today),
    )


def _arbitration(
    kind: str, still_employed: bool | None, since_on: date | None, ended_on: date | None, today: date
) -> Limit:
    law = "劳动争议调解仲裁法第27条"
    start = since_on
    if kind == "wages":
        if still_employed is True:
            return Limit("arbitration", "no_limit", None, law, True)
        start = ended_on
    elif kind == "dismissal":
        start = ended_on or since_on
    return _limit("arbitration", start, ARBITRATION_YEARS, law, today, restarts=True)


def _inspection(
    kind: str, still_employed: bool | None, since_on: date | None, ended_on: date | None, today: date
) -> Limit:
    law = "劳动保障监察条例第20条"
    start = since_on
    if kind in _CONTINUES_WHILE_EMPLOYED:
        # an act that still goes on has not begun its period
        start = today if still_employed is True else ended_on
    return _limit("inspection", start, INSPECTION_YEARS, law, today, restarts=False)


def _limit(
    route: Literal["arbitration", "inspection"],
    start: date | None,
    years: int,
    law: str,
    today: date,
    *,
    restarts: bool,
) -> Limit:
    if start is None:
        return Limit(route, "unknown", None, law, restarts)
    until = years_later(start, years)
    state: LimitState = "expired" if today > until else "soon" if until - today <= SOON else "running"
    return Limit(route, state, until, law, restarts)


def years_later(day: date, years: int) -> date:
    """The same day `years` later; 29 February becomes 28 February."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)
