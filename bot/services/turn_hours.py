"""Turns of the chat by hour: counted once an hour is over, read by day.

A million turns are never read for a page: `count_hours` (housekeeping) sums every hour that is over into
`turn_hours` and `latency_hours`.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from math import floor, log
from typing import Any

from sqlalchemy import ColumnElement, Date, and_, cast, func, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.knowledge.topics import topics
from bot.services.clock import SHANGHAI
from bot.storage.base import Database
from bot.storage.knowledge import CountedHour, LatencyHour, TurnHour
from bot.storage.transcript import TranscriptTurn

HOUR = timedelta(hours=1)
GRACE = timedelta(minutes=10)  # a turn is written a moment after the time it carries
CHUNK = 6  # hours counted in one transaction
BUDGET = 5.0  # seconds of one round of housekeeping
STEP = 1.1  # from a bucket of reply times to the next: a percentile is right to 5 %
MOST_BUCKET = 150


def bucket_of(milliseconds: float) -> int:
    """The bucket of a reply time: its power of `STEP`, 0 for a millisecond and less."""
    return min(MOST_BUCKET, floor(log(max(milliseconds, 1.0)) / log(STEP)))


def percentile(buckets: Mapping[int, int], part: float) -> float | None:
    """Milliseconds below which `part` of the turns were answered, from counts by bucket; None of none."""
    total, passed = sum(buckets.values()), 0
    for bucket in sorted(buckets):
        passed += buckets[bucket]
        if passed >= part * total:
            return float(STEP ** (bucket + 0.5))
    return None


@dataclass
class Day:
    """Turns of a calendar day: by topic, by hour of the day, by bucket of reply time."""

    topics: Counter[str] = field(default_factory=Counter)
    hours: Counter[int] = field(default_factory=Counter)
    buckets: Counter[int] = field(default_factory=Counter)

    def add(self, other: Day) -> None:
        self.topics += other.topics
        self.hours += other.hours
        self.buckets += other.buckets

    @property
    def initiatives(self) -> Counter[int]:
        """By initiative, 0 for what belongs to none."""
        found: Counter[int] = Counter()
        for name, turns in self.topics.items():
            topic = topics().get(name)
            found[topic.initiative if topic else 0] += turns
        return found

    @property
    def turns(self) -> int:
        return self.topics.total()


async def count_hours(db: Database, now: datetime, budget: float) -> int:
    """Count hours that are over; returns how many. Every replica may: an hour is counted once."""
    until = hour_of(now - GRACE)
    stop, done = time.monotonic() + budget, 0
    while time.monotonic() < stop:
        async with db.read() as session:
            first = await counted_until(session) or await first_hour(session)
        if first is None or first >= until:
            break
        hours = [first + HOUR * n for n in range(CHUNK) if first + HOUR * n < until]
        try:
            await _count(db, hours)
        except IntegrityError:
            continue  # another process has counted it
        done += len(hours)
    return done


async def _count(db: Database, hours: Sequence[datetime]) -> None:
    turns: Counter[tuple[datetime, str]] = Counter()
    buckets: Counter[tuple[datetime, int]] = Counter()
    async with db.write() as session:
        await session.execute(insert(CountedHour), [{"hour": hour} for hour in hours])
        for at, topic, milliseconds in await turns_between(session, hours[0], hours[-1] + HOUR):
            hour = hour_of(at)
            turns[hour, topic] += 1
            buckets[hour, bucket_of(milliseconds)] += 1
        if turns:
            rows: list[dict[str, Any]] = [{"hour": h, "topic": t, "turns": n} for (h, t), n in turns.items()]
            await session.execute(insert(TurnHour), rows)
            rows = [{"hour": h, "bucket": b, "turns": n} for (h, b), n in buckets.items()]
            await session.execute(insert(LatencyHour), rows)


async def counted_days(db: Database, session: AsyncSession, first: date, until: datetime) -> dict[date, Day]:
    """Counted hours from the beginning of `first` until a moment, by day."""
    found: dict[date, Day] = {}
    for table, key in ((TurnHour, TurnHour.topic), (LatencyHour, LatencyHour.bucket)):
        day, within = local_day(db, table.hour), and_(table.hour >= start_of(first), table.hour < until)
        query = select(day, key, func.sum(table.turns)).where(within).group_by(day, key)
        for on, value, turns in (await session.execute(query)).all():
            kept = found.setdefault(date_of(on), Day())
            if table is TurnHour:
                kept.topics[value] += int(turns)
            else:
                kept.buckets[value] += int(turns)
    query = select(TurnHour.hour, func.sum(TurnHour.turns)).group_by(TurnHour.hour)
    for hour, turns in (
        await session.execute(query.where(TurnHour.hour >= start_of(first), TurnHour.hour < until))
    ).all():
        found.setdefault(hour.date(), Day()).hours[hour.hour] += int(turns)
    return found


def local_day(db: Database, column: Any) -> ColumnElement[Any]:
    """The calendar day in Kunshan, in the words of either database (`date_of` reads it)."""
    if db.is_sqlite:
        return func.date(column, "+8 hours")
    return cast(func.timezone("Asia/Shanghai", column), Date)


def hour_of(at: datetime) -> datetime:
    return at.astimezone(SHANGHAI).replace(minute=0, second=0, microsecond=0)


def start_of(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=SHANGHAI)


def date_of(value: Any) -> date:
    return value if isinstance(value, date) else date.fromisoformat(str(value))


async def counted_until(session: AsyncSession) -> datetime | None:
    """The end of the last hour that is counted; None before the first."""
    newest = await session.scalar(select(func.max(CountedHour.hour)))
    return newest + HOUR if newest is not None else None


async def first_hour(session: AsyncSession) -> datetime | None:
    """The hour of the oldest turn; None when there is none."""
    first = await session.scalar(select(func.min(TranscriptTurn.at)))
    return hour_of(first) if first is not None else None


async def turns_between(session: AsyncSession, start: datetime, end: datetime | None) -> Sequence[Any]:
    """(at, topic, milliseconds)."""
    query = select(TranscriptTurn.at, TranscriptTurn.topic, TranscriptTurn.milliseconds)
    query = query.where(TranscriptTurn.at >= start)
    if end is not None:
        query = query.where(TranscriptTurn.at < end)
    return (await session.execute(query)).all()


def by_day(rows: Iterable[Any]) -> dict[date, Day]:
    """Rows of `turns_between`, by day."""
    found: dict[date, Day] = {}
    for at, topic, milliseconds in rows:
        day = found.setdefault(at.date(), Day())
        day.topics[topic] += 1
        day.hours[at.hour] += 1
        day.buckets[bucket_of(milliseconds)] += 1
    return found
