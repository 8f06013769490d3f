"""文体旅游购物大礼包: the selection for the tour card, discounts, library stations (seed, initiative 09).

The seed says the tour card goes to people selected by service time, orders delivered and satisfaction. The
weights have not been published: a round of the selection is data that an operator loads; without one the
weights below are used and said to be an example.

Score of a worker = Σ weight × (value − lowest) ÷ (highest − lowest), over all workers reported (min–max, so
each part is 0 to 1; 0 for everyone when all are equal), times 100. Equal scores share a rank (1, 2, 2, 4).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from bot.services import import_spec as cell
from bot.services.clock import SHANGHAI, Clock
from bot.services.errors import NotFound
from bot.services.import_spec import Column, Spec, Values
from bot.services.sites import SiteDirectory, site_columns
from bot.storage.base import Database
from bot.storage.culture import Discount, LibraryStation, TourCardMetric, TourCardRound

LIBRARIES = "library_stations"
LIBRARY_SERVICES = ("borrowing", "salon", "family", "mental_care")
PARTS = ("tenure", "orders", "satisfaction")
EXAMPLE_ROUND = TourCardRound(
    code="example",
    name="示例评选",
    tenure_weight=30,
    orders_weight=40,
    satisfaction_weight=30,
    cards=20,
    final=False,
    provenance="demo: example weights, none have been published",
)
_VALUES: dict[str, Callable[[TourCardMetric], float]] = {
    "tenure": lambda row: float(row.tenure_months),
    "orders": lambda row: float(row.orders),
    "satisfaction": lambda row: float(row.satisfaction),
}


@dataclass(frozen=True)
class Standing:
    """One worker in a round. `score` 0 to 100; `parts`: points each part gave, of its weight."""

    metric: TourCardMetric
    score: float
    parts: dict[str, float]
    rank: int
    tied: int
    of: int
    selected: bool


@dataclass(frozen=True)
class Selection:
    """A whole round, best first."""

    round: TourCardRound
    standings: tuple[Standing, ...]

    def of(self, work_no: str) -> Standing | None:
        return next((one for one in self.standings if one.metric.work_no == work_no), None)

    @property
    def cut(self) -> float | None:
        """The score of the last one who gets a card, None when there are no cards."""
        chosen = [one.score for one in self.standings if one.selected]
        return chosen[-1] if chosen else None


def weights_of(one: TourCardRound) -> dict[str, int]:
    """Percent of each part; they add up to 100."""
    return {
        "tenure": one.tenure_weight,
        "orders": one.orders_weight,
        "satisfaction": one.satisfaction_weight,
    }


def select_workers(rows: Sequence[TourCardMetric], one: TourCardRound) -> Selection:
    """Rank all workers. A tie at the cut leaves every one of the tied out or in together: in, if they fit."""
    weights = weights_of(one)
    ranges = {part: _range(rows, _VALUES[part]) for part in PARTS}
    scored: list[tuple[float, dict[str, float], TourCardMetric]] = []
    for row in rows:
        parts = {part: round(weights[part] * _share(_VALUES[part](row), *ranges[part]), 2) for part in PARTS}
        scored.append((round(sum(parts.values()), 2), parts, row))
    scored.sort(key=lambda item: (-item[0], item[2].work_no))
    ranks: dict[float, int] = {}
    for place, (score, _, _) in enumerate(scored, 1):
        ranks.setdefault(score, place)
    ties = Counter(score for score, _, _ in scored)
    standings = []
    for score, parts, row in scored:
        rank, tied = ranks[score], ties[score]
        fits = rank + tied - 1 <= one.cards
        standings.append(Standing(row, score, parts, rank, tied, len(rows), fits))
    return Selection(one, tuple(standings))


def _range(rows: Sequence[TourCardMetric], value: Callable[[TourCardMetric], float]) -> tuple[float, float]:
    values = [value(row) for row in rows]
    return (min(values), max(values)) if values else (0.0, 0.0)


def _share(value: float, low: float, high: float) -> float:
    return (value - low) / (high - low) if high > low else 0.0


class CultureService:
    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock
        self.libraries = SiteDirectory(db, LIBRARIES, LibraryStation)

    async def current_round(self) -> TourCardRound:
        """The latest round that has begun, else the example (which says it is one)."""
        today = self._clock.now().astimezone(SHANGHAI).date()
        async with self._db.read() as session:
            rows = list(await session.scalars(select(TourCardRound)))
        begun = [row for row in rows if row.starts_on is None or row.starts_on <= today]
        return max(begun, key=lambda row: (row.starts_on or date.min, row.id), default=EXAMPLE_ROUND)

    async def selection(self) -> Selection:
        """The current round over all workers reported."""
        async with self._db.read() as session:
            rows = list(await session.scalars(select(TourCardMetric)))
        return select_workers(rows, await self.current_round())

    async def standing(self, work_no: str) -> tuple[Standing, Selection]:
        """A worker's own place. NotFound when the work number was not reported."""
        selection = await self.selection()
        standing = selection.of(work_no)
        if standing is None:
            raise NotFound(work_no)
        return standing, selection

    async def discounts(self, kind: str | None = None) -> list[Discount]:
        """Offers that are valid today or whose dates are not published, not the expired ones."""
        today = self._clock.now().astimezone(SHANGHAI).date()
        async with self._db.read() as session:
            rows = await session.scalars(select(Discount).order_by(Discount.code))
            return [
                row
                for row in rows
                if (kind is None or row.kind == kind)
                and (row.valid_from is None or row.valid_from <= today)
                and (row.valid_to is None or today <= row.valid_to)
            ]


def _check_round(values: Values) -> list[tuple[str, str]]:
    total = values["tenure_weight"] + values["orders_weight"] + values["satisfaction_weight"]
    return [] if total == 100 else [("orders_weight", f"三项权重加起来要是 100，现在是 {total}")]


def _check_discount(values: Values) -> list[tuple[str, str]]:
    first, last = values["valid_from"], values["valid_to"]
    return [("valid_to", "不能早于生效日期")] if first and last and last < first else []


def _weight(name: str, label: str) -> Column:
    return Column(f"{name}_weight", f"{label}权重", cell.whole(0, 100), required=True)


IMPORTS: tuple[Spec, ...] = (
    Spec(
        kind="tour-card-metrics",
        title="旅游年卡评选数据",
        model=TourCardMetric,
        columns=(
            Column("work_no", "工号", cell.code, required=True),
            Column("company", "单位", cell.text(120), required=True),
            Column("tenure_months", "服务月数", cell.whole(0, 720), required=True),
            Column("orders", "派送单数", cell.whole(0, 10_000_000), required=True),
            Column("satisfaction", "满意率", cell.decimal(0, 100), required=True),
            cell.PROVENANCE,
        ),
        key=("work_no",),
        demo_file="tour_card_metrics_demo.csv",
    ),
    Spec(
        kind="tour-card-rounds",
        title="旅游年卡评选规则",
        model=TourCardRound,
        columns=(
            cell.CODE,
            cell.NAME,
            _weight("tenure", "服务时长"),
            _weight("orders", "派送单数"),
            _weight("satisfaction", "满意率"),
            Column("cards", "年卡张数", cell.whole(0, 100_000), required=True),
            Column("final", "结果已定", cell.yes_no, default=False),
            Column("starts_on", "开始日期", cell.day),
            cell.PROVENANCE,
        ),
        check=_check_round,
    ),
    Spec(
        kind="discounts",
        title="优享卡优惠",
        model=Discount,
        columns=(
            cell.CODE,
            Column("kind", "种类", cell.one_of("cinema", "catering", "tourism"), required=True),
            Column("title", "名称", cell.text(80), required=True),
            Column("detail", "说明", cell.text(400), default=""),
            Column("valid_from", "生效日期", cell.day),
            Column("valid_to", "截止日期", cell.day),
            Column("merchants", "适用商家", cell.list_of(), default=[]),
            cell.PROVENANCE,
        ),
        check=_check_discount,
        demo_file="discounts.csv",
    ),
    Spec(
        kind="library-stations",
        title="图书馆爱心驿站",
        model=LibraryStation,
        columns=site_columns(*LIBRARY_SERVICES),
        point=True,
        demo_file="library_stations.csv",
        versions=(LIBRARIES,),
    ),
)
