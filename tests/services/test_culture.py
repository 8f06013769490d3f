"""旅游年卡: ranks by open weights, ties together, one's own place; discounts in their dates; libraries."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import insert

from bot.services import Services
from bot.services.culture import IMPORTS, select_workers
from bot.services.errors import NotFound
from bot.services.importing import import_table
from bot.storage.culture import Discount, TourCardMetric, TourCardRound


def metric(work_no: str, months: int, orders: int, satisfaction: float) -> TourCardMetric:
    return TourCardMetric(
        work_no=work_no,
        company="示例",
        tenure_months=months,
        orders=orders,
        satisfaction=satisfaction,
        provenance="demo: test",
    )


def a_round(cards: int, tenure: int = 30, orders: int = 40) -> TourCardRound:
    return TourCardRound(
        code="r",
        name="评选",
        tenure_weight=tenure,
        orders_weight=orders,
        satisfaction_weight=100 - tenure - orders,
        cards=cards,
        final=True,
        provenance="",
    )


def test_scores_follow_the_weights() -> None:
    rows = [metric("A", 10, 1000, 90), metric("B", 20, 2000, 95), metric("C", 30, 3000, 100)]
    selection = select_workers(rows, a_round(cards=1))
    assert [(s.metric.work_no, s.score, s.rank, s.selected) for s in selection.standings] == [
        ("C", 100.0, 1, True),
        ("B", 50.0, 2, False),
        ("A", 0.0, 3, False),
    ]
    assert selection.standings[1].parts == {"tenure": 15.0, "orders": 20.0, "satisfaction": 15.0}
    assert selection.cut == 100.0


def test_a_tie_at_the_cut_is_decided_alike_for_all_of_the_tied() -> None:
    rows = [metric("A", 30, 3000, 100), *(metric(name, 20, 2000, 95) for name in "BCD"), metric("E", 0, 0, 0)]
    assert [(s.rank, s.tied, s.selected) for s in select_workers(rows, a_round(cards=3)).standings] == [
        (1, 1, True),
        (2, 3, False),
        (2, 3, False),
        (2, 3, False),
        (5, 1, False),
    ]
    assert sum(s.selected for s in select_workers(rows, a_round(cards=4)).standings) == 4


def test_equal_values_give_nobody_points_and_no_rows_give_no_ranks() -> None:
    same = select_workers([metric("A", 5, 5, 5), metric("B", 5, 5, 5)], a_round(cards=2))
    assert [(s.score, s.rank, s.selected) for s in same.standings] == [(0.0, 1, True), (0.0, 1, True)]
    assert select_workers([], a_round(cards=2)).cut is None


async def test_ones_own_place_in_the_demo_data(reference_services: Services) -> None:
    standing, selection = await reference_services.culture.standing("DEMO0101")
    assert standing.of == len(selection.standings) == 120
    assert 1 <= standing.rank <= 120
    assert selection.round.provenance.startswith("demo")
    with pytest.raises(NotFound):
        await reference_services.culture.standing("NOBODY")


async def test_a_loaded_round_replaces_the_example_once_it_has_begun(services: Services) -> None:
    spec = IMPORTS[1]
    header = [
        "code",
        "name",
        "tenure_weight",
        "orders_weight",
        "satisfaction_weight",
        "cards",
        "final",
        "starts_on",
    ]
    wrong = await import_table(services.db, spec, [header, ["r1", "一", "50", "40", "20", "5", "0", ""]])
    assert "加起来要是 100" in wrong.errors[0].must
    rows = [
        ["r1", "第一轮", "50", "30", "20", "5", "1", "2026-11-01"],
        ["r2", "第二轮", "20", "30", "50", "5", "0", "2027-01-01"],
    ]
    assert (await import_table(services.db, spec, [header, *rows])).ok
    assert (await services.culture.current_round()).name == "第一轮"


async def test_discounts_outside_their_dates_are_not_shown(services: Services) -> None:
    dates = {
        "open": (None, None),
        "now": (date(2026, 11, 1), date(2026, 11, 25)),
        "over": (None, date(2026, 11, 24)),
        "later": (date(2026, 11, 26), None),
    }
    async with services.db.write() as session:
        await session.execute(
            insert(Discount),
            [
                {"code": code, "kind": "cinema", "title": code, "valid_from": first, "valid_to": last}
                for code, (first, last) in dates.items()
            ],
        )
    assert [row.code for row in await services.culture.discounts("cinema")] == ["now", "open"]
    assert await services.culture.discounts("tourism") == []


async def test_library_stations_by_distance_and_service(reference_services: Services) -> None:
    near = await reference_services.culture.libraries.find((120.9736, 31.3859))
    assert near[0].row.code == "L01"
    assert [one.metres for one in near] == sorted(one.metres for one in near)
    with_salon = await reference_services.culture.libraries.find((120.9736, 31.3859), service="salon", limit=20)
    assert all("salon" in one.row.services for one in with_salon)
    assert [one.row.code for one in await reference_services.culture.libraries.find(limit=2)] == ["L01", "L02"]
