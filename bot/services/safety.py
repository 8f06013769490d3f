"""骑手行车安全: monthly records, analysis, the education list, one's own record (seed, initiative 04).

Records come from the police month by month (`nuanxin import safety_violations FILE`); a row is known again by
its record number. Formulas and labels are in `safety_rules`, bound work numbers in `safety_binding`,
education in `education`.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.services import import_spec as cell
from bot.services.clock import SHANGHAI, Clock
from bot.services.education_desk import EducationDesk
from bot.services.education_proofs import EducationProofs
from bot.services.import_spec import Column, Spec, Values
from bot.services.safety_binding import WorkBindings, fold
from bot.services.safety_figures import WorkerFigures, month_counts, state_of, worker_figures
from bot.services.safety_rules import (
    EDUCATION_THRESHOLD,
    FAULTS,
    SEVERITIES,
    VIOLATIONS,
    Tally,
    company_index,
    label,
    tally,
    together,
)
from bot.storage.base import Database
from bot.storage.safety import EducationBooking, SafetyAccident, SafetyCompany, SafetyViolation

PERIOD = timedelta(days=180)
"""How far back index and label look."""


@dataclass(frozen=True)
class WorkerRecord(WorkerFigures):
    """One worker with the single records, newest first. `data_until`: the newest record of anyone, so how far the data
    reach."""

    violations: tuple[SafetyViolation, ...]
    accidents: tuple[SafetyAccident, ...]
    data_until: datetime | None


@dataclass(frozen=True)
class CompanyReport:
    """One company over the last `PERIOD`. `riders_known`: False when the index rests on those with a record only."""

    company: str
    riders: int
    riders_known: bool
    tally: Tally
    index: float
    labels: dict[str, int]
    to_educate: tuple[str, ...]


@dataclass(frozen=True)
class _Records:
    violations: Sequence[SafetyViolation]
    accidents: Sequence[SafetyAccident]
    educated: datetime | None


class SafetyService:
    """Rules over the records; work numbers, education and its proofs are parts of it."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock
        self.binding = WorkBindings(db, clock)
        self.education = EducationDesk(db, clock)
        self.proofs = EducationProofs(db, clock)
        self._counting = asyncio.Lock()
        self._held: tuple[tuple[Any, ...], list[WorkerFigures]] | None = None

    async def record_of(self, person_id: str) -> WorkerRecord:
        """The record behind the person's bound work number. NotFound: nothing is bound."""
        binding = await self.binding.of(person_id)
        return await self.record(binding.work_no, binding.company)

    async def record(self, work_no: str, company: str = "") -> WorkerRecord:
        """One worker's record; a clean one when nothing was ever imported for the number."""
        wanted = fold(work_no)
        async with self._db.read() as session:
            held = await _load(session, wanted)
            until = await _data_until(session)
        return self._worker(wanted, company, held, until)

    async def education_list(self, company: str | None = None) -> list[WorkerFigures]:
        """Workers (of a company) with 3 or more minor violations since their last education, most first."""
        return [one for one in await self.workers() if one.needs_education and company in (None, one.company)]

    async def workers(self) -> list[WorkerFigures]:
        """Every worker with a record, most minor violations first; counted anew when there is something new."""
        since = self._since()
        async with self._counting, self._db.read() as session:
            state = (since, *await state_of(session))
            if self._held is None or self._held[0] != state:
                self._held = state, await worker_figures(session, since)
            return self._held[1]

    async def companies(self, workers: Sequence[WorkerFigures] | None = None) -> list[CompanyReport]:
        """A report per company over the last `PERIOD`, the lowest index first; of `workers`, if they are at hand."""
        by_company: dict[str, list[WorkerFigures]] = defaultdict(list)
        for worker in await self.workers() if workers is None else workers:
            by_company[worker.company].append(worker)
        async with self._db.read() as session:
            riders = {row.company: row.riders for row in await session.scalars(select(SafetyCompany))}
        reports = [_company(name, found, riders.get(name)) for name, found in by_company.items()]
        return sorted(reports, key=lambda one: (one.index, one.company))

    async def trend(self, company: str | None = None) -> dict[str, tuple[int, int]]:
        """Month → (violations, accidents), over all that was imported, in order."""
        async with self._db.read() as session:
            return await month_counts(session, company)

    async def data_until(self) -> datetime | None:
        """When the newest record happened; None without any."""
        async with self._db.read() as session:
            return await _data_until(session)

    async def forget(self, person_id: str) -> None:
        """Erase the person's link to a work number and to education; the police's records stay theirs."""
        await self.binding.unbind(person_id)
        await self.education.forget(person_id)
        await self.proofs.forget(person_id)

    def _since(self) -> datetime:
        """The first moment of the day `PERIOD` ago, so that figures stand for a day."""
        today = self._clock.now().astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)
        return today - PERIOD

    def _worker(self, work_no: str, company: str, held: _Records, until: datetime | None) -> WorkerRecord:
        since = self._since()
        educated = held.educated
        violations = sorted(held.violations, key=lambda one: one.occurred_at, reverse=True)
        accidents = sorted(held.accidents, key=lambda one: one.occurred_at, reverse=True)
        recent = tally(_since(violations, since), _since(accidents, since))
        counted = sum(one.minor for one in violations if educated is None or one.occurred_at > educated)
        needs = counted >= EDUCATION_THRESHOLD
        newest: Any = next(iter([*violations, *accidents]), None)
        return WorkerRecord(
            work_no=work_no,
            company=newest.company if newest else company,
            total=tally(violations, accidents),
            recent=recent,
            counted=counted,
            needs_education=needs,
            educated_at=educated,
            label=label(recent, needs),
            violations=tuple(violations),
            accidents=tuple(accidents),
            data_until=until,
            demo=bool(newest and newest.demo),
        )


def _since(rows: Sequence[Any], since: datetime) -> list[Any]:
    return [row for row in rows if row.occurred_at >= since]


def _company(name: str, workers: Sequence[WorkerFigures], riders: int | None) -> CompanyReport:
    total = together(worker.recent for worker in workers)
    labels: dict[str, int] = {}
    for worker in workers:
        labels[worker.label] = labels.get(worker.label, 0) + 1
    return CompanyReport(
        company=name,
        riders=riders or len(workers),
        riders_known=bool(riders),
        tally=total,
        index=company_index(total.points, riders or len(workers)),
        labels=labels,
        to_educate=tuple(worker.work_no for worker in workers if worker.needs_education),
    )


async def _load(session: AsyncSession, work_no: str) -> _Records:
    found: list[list[Any]] = []
    for model in (SafetyViolation, SafetyAccident):
        found.append(list(await session.scalars(select(model).where(model.work_no == work_no))))
    attended = select(func.max(EducationBooking.starts_at)).where(
        EducationBooking.status == "attended", EducationBooking.work_no == work_no
    )
    return _Records(found[0], found[1], await session.scalar(attended))


async def _data_until(session: AsyncSession) -> datetime | None:
    newest: list[datetime] = []
    for model in (SafetyViolation, SafetyAccident):
        moment = await session.scalar(select(model.occurred_at).order_by(model.occurred_at.desc()).limit(1))
        if moment is not None:
            newest.append(moment)
    return max(newest, default=None)


# -- import ------------------------------------------------------------------------------------------------


def _work_no(value: str) -> str:
    return fold(cell.code(value))


def _in_the_past(values: Values) -> list[tuple[str, str]]:
    moment: datetime = values["occurred_at"]
    if moment.year < 2000:
        return [("occurred_at", "2000 年以后的时间")]
    return []


_RECORD = (
    Column("record_no", "记录号", cell.code, required=True),
    Column("work_no", "工号", _work_no, required=True),
    Column("company", "单位", cell.text(120), required=True),
    Column("occurred_at", "时间", cell.moment, required=True),
)
_WHERE = (Column("place", "地点", cell.text(120)), cell.PROVENANCE)

IMPORTS: tuple[Spec, ...] = (
    Spec(
        kind="safety-violations",
        title="骑手交通违法（月度）",
        model=SafetyViolation,
        columns=(
            *_RECORD,
            Column("kind", "违法种类", cell.one_of(*VIOLATIONS), required=True),
            Column("minor", "轻微", cell.yes_no, required=True),
            *_WHERE,
        ),
        key=("record_no",),
        check=_in_the_past,
        demo_file="safety_violations_demo.csv",
    ),
    Spec(
        kind="safety-accidents",
        title="骑手交通事故（月度）",
        model=SafetyAccident,
        columns=(
            *_RECORD,
            Column("severity", "后果", cell.one_of(*SEVERITIES), required=True),
            Column("fault", "责任", cell.one_of(*FAULTS), required=True),
            *_WHERE,
        ),
        key=("record_no",),
        check=_in_the_past,
        demo_file="safety_accidents_demo.csv",
    ),
    Spec(
        kind="safety-companies",
        title="企业骑手人数",
        model=SafetyCompany,
        columns=(
            Column("company", "单位", cell.text(120), required=True),
            Column("riders", "骑手人数", cell.whole(1, 1_000_000), required=True),
            cell.PROVENANCE,
        ),
        key=("company",),
        demo_file="safety_companies_demo.csv",
    ),
)
