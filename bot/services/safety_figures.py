"""The figures of all workers at once, counted by the database: the board must not load years of records."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.services.safety_rules import EDUCATION_THRESHOLD, Label, Tally, label, tally_of
from bot.storage.reference import DEMO_PREFIX, DataVersion
from bot.storage.safety import EducationBooking, SafetyAccident, SafetyViolation


@dataclass(frozen=True)
class WorkerFigures:
    """One worker without the single records. `total`: all that was ever imported; `recent`: the last
    `bot.services.safety.PERIOD`. `counted`: minor violations since the last attended education; 3 or more:
    `needs_education`."""

    work_no: str
    company: str
    total: Tally
    recent: Tally
    counted: int
    needs_education: bool
    educated_at: datetime | None
    label: Label
    demo: bool


@dataclass
class _Counts:
    minor: int = 0
    violations: int = 0
    last: datetime | None = None
    accidents: list[tuple[str, str, int]] = field(default_factory=list)

    def seen(self, moment: datetime | None) -> None:
        if moment is not None and (self.last is None or moment > self.last):
            self.last = moment

    def tally(self) -> Tally:
        return tally_of(self.minor, self.violations - self.minor, self.accidents, self.last)


@dataclass
class _Worker:
    total: _Counts = field(default_factory=_Counts)
    recent: _Counts = field(default_factory=_Counts)
    counted: int = 0
    educated_at: datetime | None = None
    company: str = ""
    demo: bool = False


def _count(*conditions: Any) -> ColumnElement[int]:
    return func.sum(case((and_(*conditions), 1), else_=0))


async def state_of(session: AsyncSession) -> tuple[Any, ...]:
    """Changes whenever the figures may have: with every import, and with everyone who has attended."""
    versions = select(func.coalesce(func.sum(DataVersion.version), 0)).where(
        DataVersion.kind.in_(("table:safety-violations", "table:safety-accidents"))
    )
    attended = select(func.count(), func.max(EducationBooking.changed_at)).where(EducationBooking.status == "attended")
    counts = [select(func.count()).select_from(model) for model in (SafetyViolation, SafetyAccident)]
    row = await session.execute(select(*(query.scalar_subquery() for query in (versions, *counts))))
    return (*row.one(), *(await session.execute(attended)).one())


async def worker_figures(session: AsyncSession, since: datetime) -> list[WorkerFigures]:
    """Every worker with a record, most minor violations first; `recent` is since that moment."""
    workers: dict[str, _Worker] = defaultdict(_Worker)
    for name, minor, count, recent_minor, recent_count, last, last_recent, counted, educated in (
        await session.execute(_violations(since))
    ).tuples():
        one = workers[name]
        one.total.minor, one.total.violations = int(minor), count
        one.recent.minor, one.recent.violations = int(recent_minor), int(recent_count)
        one.total.seen(last)
        one.recent.seen(last_recent)
        one.counted, one.educated_at = int(counted), educated
    for name, severity, fault, recent, count, last in (await session.execute(_accidents(since))).tuples():
        for counts in (workers[name].total, *([workers[name].recent] if recent else [])):
            counts.accidents.append((severity, fault, count))
            counts.seen(last)
    for model in (SafetyAccident, SafetyViolation):  # what violations say counts before what accidents say
        for name, employer, source in (await session.execute(_newest(model))).tuples():
            workers[name].company, workers[name].demo = employer, source.startswith(DEMO_PREFIX)
    found = [_figures(name, one) for name, one in workers.items()]
    return sorted(found, key=lambda one: (-one.counted, one.recent.index, one.work_no))


async def month_counts(session: AsyncSession, company: str | None = None) -> dict[str, tuple[int, int]]:
    """Month → (violations, accidents), in order; months as in Asia/Shanghai."""
    found: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    sqlite = session.get_bind().dialect.name == "sqlite"
    models: tuple[Any, ...] = (SafetyViolation, SafetyAccident)
    for place, model in enumerate(models):
        month: Any = (
            func.strftime("%Y-%m", model.occurred_at, "+8 hours")
            if sqlite
            else func.to_char(func.timezone("Asia/Shanghai", model.occurred_at), "YYYY-MM")
        )
        query = select(month.label("month"), func.count()).group_by("month")
        if company is not None:
            query = query.where(model.company == company)
        for name, count in (await session.execute(query)).tuples():
            found[name][place] = count
    return {name: (found[name][0], found[name][1]) for name in sorted(found)}


def _violations(since: datetime) -> Select[Any]:
    row = SafetyViolation
    educated = (
        select(EducationBooking.work_no, func.max(EducationBooking.starts_at).label("at"))
        .where(EducationBooking.status == "attended", EducationBooking.work_no.is_not(None))
        .group_by(EducationBooking.work_no)
        .subquery()
    )
    recent = row.occurred_at >= since
    return (
        select(
            row.work_no,
            _count(row.minor),
            func.count(),
            _count(row.minor, recent),
            _count(recent),
            func.max(row.occurred_at),
            func.max(case((recent, row.occurred_at))),
            _count(row.minor, or_(educated.c.at.is_(None), row.occurred_at > educated.c.at)),
            educated.c.at,
        )
        .outerjoin(educated, educated.c.work_no == row.work_no)
        .group_by(row.work_no, educated.c.at)
    )


def _accidents(since: datetime) -> Select[Any]:
    row = SafetyAccident
    recent = case((row.occurred_at >= since, 1), else_=0).label("recent")
    query = select(row.work_no, row.severity, row.fault, recent, func.count(), func.max(row.occurred_at))
    return query.group_by(row.work_no, row.severity, row.fault, "recent")


def _newest(model: Any) -> Select[Any]:
    """(work number, company, where it is from) of each worker's newest record."""
    newest = select(model.work_no, func.max(model.occurred_at).label("at")).group_by(model.work_no).subquery()
    return select(model.work_no, model.company, model.provenance).join(
        newest, and_(newest.c.work_no == model.work_no, newest.c.at == model.occurred_at)
    )


def _figures(work_no: str, one: _Worker) -> WorkerFigures:
    needs = one.counted >= EDUCATION_THRESHOLD
    recent = one.recent.tally()
    return WorkerFigures(
        work_no,
        one.company,
        one.total.tally(),
        recent,
        one.counted,
        needs,
        one.educated_at,
        label(recent, needs),
        one.demo,
    )
