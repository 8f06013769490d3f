"""May a goods vehicle drive there then? Decided by the rules that an operator has loaded, nothing else.

No public rule of passage in Kunshan is known, so none is built in: with no rule loaded the answer is "not
known". Pure functions over rules; `FreightService` reads them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from bot.services.opening_hours import parse_hours

Verdict = Literal["allowed", "permit", "forbidden"]
Reason = Literal["rule", "no_rules", "no_match", "need", "calendar"]

_STRICTNESS = {"allowed": 0, "permit": 1, "forbidden": 2}


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule; an empty field means "any". `hours`: "DAYS HH:MM-HH:MM", empty for always."""

    code: str
    vehicle_class: tuple[str, ...]
    energy: tuple[str, ...]
    area: str | None
    road: str | None
    hours: str
    verdict: Verdict
    valid_from: date | None
    valid_to: date | None
    source: str
    demo: bool = False

    @property
    def rank(self) -> tuple[int, ...]:
        """The more exact rule decides: a road before an area before the rest."""
        exact = (self.road, self.area, self.energy, self.vehicle_class, self.hours)
        return tuple(1 if each else 0 for each in exact)


@dataclass(frozen=True)
class PassageQuestion:
    """What is asked. None is "not said"."""

    moment: datetime
    vehicle_class: str | None = None
    energy: str | None = None
    area: str | None = None
    road: str | None = None


@dataclass(frozen=True)
class Decision:
    """`verdict` None is "not known", and `reason` says why.

    rule: `rule` decided. no_rules: none is loaded. no_match: none speaks of it. need: it depends on `need`
    (vehicle_class, energy, area, road), which was not said. calendar: the day is a public holiday or a worked
    weekend, of which the rules say nothing.
    """

    verdict: Verdict | None
    reason: Reason
    rule: Rule | None = None
    need: tuple[str, ...] = ()


def decide(rules: Sequence[Rule], question: PassageQuestion) -> Decision:
    """The verdict of the most exact rule that fits; of equal ones the strictest, then the newest."""
    day = question.moment.date()
    valid = [
        rule
        for rule in rules
        if (rule.valid_from is None or rule.valid_from <= day) and (rule.valid_to is None or day <= rule.valid_to)
    ]
    if not valid:
        return Decision(None, "no_rules")
    fits: list[Rule] = []
    may_fit: list[tuple[Rule, frozenset[str]]] = []
    for rule in valid:
        open_points = _unsaid(rule, question)
        if open_points is None:
            continue
        if open_points:
            may_fit.append((rule, open_points))
        else:
            fits.append(rule)
    best = max(fits, key=_precedence, default=None)
    doubts = [
        points
        for rule, points in may_fit
        if best is None or (_precedence(rule) > _precedence(best) and rule.verdict != best.verdict)
    ]
    if doubts:
        need = tuple(sorted(frozenset.union(*doubts) - {"calendar"}))
        return Decision(None, "need" if need else "calendar", need=need)
    if best is None:
        return Decision(None, "no_match")
    return Decision(best.verdict, "rule", best)


def _precedence(rule: Rule) -> tuple[tuple[int, ...], int, date]:
    return rule.rank, _STRICTNESS[rule.verdict], rule.valid_from or date.min


def _unsaid(rule: Rule, question: PassageQuestion) -> frozenset[str] | None:
    """What the rule asks for and the question does not say; None when the rule does not fit."""
    unsaid: set[str] = set()
    pairs = (
        ("vehicle_class", rule.vehicle_class, question.vehicle_class),
        ("energy", rule.energy, question.energy),
        ("area", (rule.area,) if rule.area else (), question.area),
        ("road", (rule.road,) if rule.road else (), question.road),
    )
    for name, wanted, said in pairs:
        if not wanted:
            continue
        if said is None:
            unsaid.add(name)
        elif said not in wanted:
            return None
    if rule.hours:
        within = parse_hours(rule.hours).open_at(question.moment)
        if within is False:
            return None
        if within is None:
            unsaid.add("calendar")
    return frozenset(unsaid)
