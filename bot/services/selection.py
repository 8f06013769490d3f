"""The selection for the tour card as staff run it: rounds, a trial of weights, publishing (seed, initiative 09).

A published round stands: its weights and the figures it rests on change only after it is withdrawn, because workers
have been told their place. Rules and scores are those of `culture`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy import func, select

from bot.services.audit import Actor, AuditService
from bot.services.clock import SHANGHAI, Clock
from bot.services.culture import EXAMPLE_ROUND, PARTS, CultureService, Selection, select_workers
from bot.services.errors import NotFound, WrongState
from bot.services.reference_desk import ReferenceDesk, Row, RowInvalid
from bot.storage.base import Database
from bot.storage.culture import TourCardMetric, TourCardRound

ROUNDS, METRICS = "tour-card-rounds", "tour-card-metrics"


class Published(WrongState):
    """The round is published; withdraw it first."""


class SelectionDesk:
    def __init__(
        self, db: Database, clock: Clock, audit: AuditService, culture: CultureService, desk: ReferenceDesk
    ) -> None:
        self._db, self._clock, self._audit, self._culture, self._desk = db, clock, audit, culture, desk

    async def rounds(self) -> list[TourCardRound]:
        """The newest first."""
        async with self._db.read() as session:
            rows = list(await session.scalars(select(TourCardRound)))
        return sorted(rows, key=lambda row: (row.starts_on or date.min, row.id), reverse=True)

    async def row(self, code: str) -> Row | None:
        """What a form for a round is made from; None for the example, which is no row."""
        try:
            return await self._desk.row(ROUNDS, code)
        except NotFound:
            return None

    async def trial(self, weights: Mapping[str, int], cards: int) -> Selection:
        """The ranking as it would be. RowInvalid for weights that do not add up to 100."""
        wrong = {f"{part}_weight": "0 到 100 的整数" for part in PARTS if not 0 <= weights[part] <= 100}
        if not wrong and sum(weights.values()) != 100:
            wrong = {"orders_weight": f"三项权重加起来要是 100，现在是 {sum(weights.values())}"}
        if not 0 <= cards <= 100_000:
            wrong["cards"] = "0 到 100000 的整数"
        if wrong:
            raise RowInvalid(wrong)
        current = await self._culture.current_round()
        tried = TourCardRound(
            code=current.code,
            name=current.name,
            tenure_weight=weights["tenure"],
            orders_weight=weights["orders"],
            satisfaction_weight=weights["satisfaction"],
            cards=cards,
            final=False,
            starts_on=current.starts_on,
            provenance=current.provenance,
        )
        async with self._db.read() as session:
            return select_workers(list(await session.scalars(select(TourCardMetric))), tried)

    async def save(self, code: str | None, cells: Mapping[str, str], basis: str, actor: Actor) -> Row:
        """A round, a new one when `code` is None. RowInvalid, AlreadyExists, StaleRow; Published."""
        if code is not None:
            await self._open(code)
        return await self._desk.save(ROUNDS, code, {**cells, "final": "0"}, basis, actor)

    async def publish(self, code: str, basis: str, actor: Actor) -> Row:
        """Make the current round's ranking the result. NotFound, StaleRow; WrongState when it is not the current
        round, or nobody was reported."""
        async with self._db.read() as session:
            reported = await session.scalar(select(func.count()).select_from(TourCardMetric))
        if (await self._culture.current_round()).code != code or not reported:
            raise WrongState(code)
        return await self._final(code, True, basis, actor)

    async def withdraw(self, code: str, basis: str, actor: Actor) -> Row:
        """Take a result back: it is "not yet" again for whoever asks."""
        return await self._final(code, False, basis, actor)

    async def metrics_closed(self) -> bool:
        """Whether the figures may not change now."""
        return (await self._culture.current_round()).final

    def next_round(self) -> dict[str, str]:
        """What a new round starts with; the weights are the example's until somebody decides."""
        today = self._clock.now().astimezone(SHANGHAI).date()
        return {
            "code": f"{today:%Y%m}",
            "name": f"{today.year}年旅游年卡评选",
            "tenure_weight": str(EXAMPLE_ROUND.tenure_weight),
            "orders_weight": str(EXAMPLE_ROUND.orders_weight),
            "satisfaction_weight": str(EXAMPLE_ROUND.satisfaction_weight),
            "cards": str(EXAMPLE_ROUND.cards),
            "starts_on": today.isoformat(),
            "provenance": "",
        }

    async def _open(self, code: str) -> None:
        async with self._db.read() as session:
            held = await session.scalar(select(TourCardRound).where(TourCardRound.code == code))
        if held is None:
            raise NotFound(code)
        if held.final:
            raise Published(code)

    async def _final(self, code: str, final: bool, basis: str, actor: Actor) -> Row:
        row = await self._desk.row(ROUNDS, code)
        action = "selection.publish" if final else "selection.withdraw"
        async with self._audit.of(actor, action, "selection", code):
            return await self._desk.save(ROUNDS, code, {**row.cells, "final": "1" if final else "0"}, basis, actor)
