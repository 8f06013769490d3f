from dataclasses import replace
from datetime import date, datetime

import pytest

from bot.services.clock import SHANGHAI
from bot.services.passage import PassageQuestion, Rule, decide

WEDNESDAY_8 = datetime(2026, 11, 25, 8, tzinfo=SHANGHAI)
ANY = Rule("R", (), (), None, None, "", "allowed", None, None, "示例通告")
INNER = replace(ANY, code="A", area="中环内", hours="每天 07:00-09:00", verdict="forbidden")
INNER_BEV = replace(ANY, code="B", area="中环内", energy=("bev",), vehicle_class=("micro", "light"))
ROAD = replace(ANY, code="C", road="人民路", hours="每天 07:00-19:00", verdict="permit")
ASKED = PassageQuestion(WEDNESDAY_8, vehicle_class="light", energy="bev", area="中环内", road="前进中路")


def test_without_rules_nothing_is_known() -> None:
    decision = decide((), ASKED)
    assert (decision.verdict, decision.reason, decision.rule) == (None, "no_rules", None)


def test_rules_not_yet_or_no_longer_valid_are_no_rules() -> None:
    past = replace(ANY, valid_to=date(2026, 11, 24))
    future = replace(ANY, valid_from=date(2026, 11, 26))
    assert decide((past, future), ASKED).reason == "no_rules"
    today = replace(ANY, valid_from=date(2026, 11, 25), valid_to=date(2026, 11, 25))
    assert decide((past, today, future), ASKED).rule == today


def test_the_more_exact_rule_decides_and_is_named() -> None:
    decision = decide((INNER, INNER_BEV), ASKED)
    assert (decision.verdict, decision.reason, decision.rule) == ("allowed", "rule", INNER_BEV)
    fuel = replace(ASKED, energy="fuel")
    assert decide((INNER, INNER_BEV), fuel).rule == INNER
    on_the_road = replace(ASKED, road="人民路")
    assert decide((INNER, INNER_BEV, ROAD), on_the_road).rule == ROAD


def test_outside_the_hours_of_a_rule_it_says_nothing() -> None:
    later = replace(ASKED, energy="fuel", moment=WEDNESDAY_8.replace(hour=10))
    decision = decide((INNER,), later)
    assert (decision.verdict, decision.reason) == (None, "no_match")


def test_of_equally_exact_rules_the_strictest_and_then_the_newest() -> None:
    yes = replace(INNER, code="Y", verdict="allowed")
    assert decide((yes, INNER), ASKED).rule == INNER
    assert decide((INNER, yes), ASKED).rule == INNER
    newer = replace(INNER, code="N", valid_from=date(2026, 1, 1))
    assert decide((newer, INNER), ASKED).rule == newer


@pytest.mark.parametrize(
    ("unsaid", "need"),
    [
        ({"area": None}, ("area",)),
        ({"energy": None}, ("energy",)),
        ({"vehicle_class": None}, ("vehicle_class",)),
        ({"energy": None, "vehicle_class": None}, ("energy", "vehicle_class")),
        ({"area": None, "energy": None, "vehicle_class": None}, ("area", "energy", "vehicle_class")),
    ],
)
def test_what_was_not_said_is_asked_for_when_it_matters(unsaid: dict[str, None], need: tuple[str, ...]) -> None:
    decision = decide((INNER, INNER_BEV), replace(ASKED, **unsaid))
    assert (decision.verdict, decision.reason, decision.need) == (None, "need", need)


def test_what_was_not_said_is_not_asked_for_when_it_changes_nothing() -> None:
    same = replace(INNER_BEV, verdict="forbidden")
    decision = decide((INNER, same), replace(ASKED, energy=None))
    assert (decision.verdict, decision.rule) == ("forbidden", INNER)
    weaker = replace(ANY, code="W", energy=("fuel",), verdict="allowed")  # less exact than the road's rule
    decision = decide((ROAD, weaker), replace(ASKED, road="人民路", energy=None))
    assert (decision.verdict, decision.rule) == ("permit", ROAD)


def test_a_public_holiday_leaves_weekday_rules_open() -> None:
    weekdays = replace(INNER, hours="周一至周五 07:00-09:00")
    holiday = replace(ASKED, moment=datetime(2026, 10, 1, 8, tzinfo=SHANGHAI))
    decision = decide((weekdays,), holiday)
    assert (decision.verdict, decision.reason, decision.need) == (None, "calendar", ())
    assert decide((INNER,), holiday).rule == INNER
