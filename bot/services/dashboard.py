"""What the dashboard shows: turns by day and hour, and counts of tickets, bookings, hand-overs.

Turns are counted once an hour is over (`turn_hours.py`); days that are over are kept in memory; only the hours since
are read as turns.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median
from typing import Any

from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.knowledge.topics import topics
from bot.services import turn_hours
from bot.services.clock import Clock
from bot.services.dispute_states import OPEN
from bot.services.turn_hours import (
    BUDGET,
    HOUR,
    Day,
    by_day,
    counted_days,
    counted_until,
    date_of,
    first_hour,
    local_day,
    start_of,
    turns_between,
)
from bot.storage.base import Database
from bot.storage.disputes import DisputeTicket
from bot.storage.handoff import Handoff
from bot.storage.hospital import HospitalBooking, HospitalChannel, HospitalQuota
from bot.storage.knowledge import ReviewItem
from bot.storage.transcript import TranscriptTurn

Read = Callable[[AsyncSession, datetime, datetime], Awaitable[Counter[Any]]]

KEPT = 60.0  # seconds that counts of past days are kept
WARM = 89  # days before today that are held in memory from the start
BEHIND = timedelta(hours=12)  # more than that uncounted is left out of the page, which says so
WAITS = 2000  # hand-overs that the median of waiting is taken of
PAGE = 100  # turns


@dataclass(frozen=True)
class Turns:
    """Every calendar day of the range, oldest first; `unanswered` and `disliked`: questions up for review by day.

    `counted_until`: later hours are missing when `behind`.
    """

    days: Mapping[date, Day]
    unanswered: Mapping[date, int]
    disliked: Mapping[date, int]
    counted_until: datetime | None
    behind: bool


@dataclass(frozen=True)
class Tickets:
    """Tickets opened in the range, by type and by 区镇 (None: not said); `clock`: unfinished ones now."""

    by_type: Mapping[str, int]
    by_district: Mapping[str | None, int]
    clock: Mapping[str, int]

    @property
    def total(self) -> int:
        return sum(self.by_type.values())


@dataclass(frozen=True)
class Channel:
    """`statuses`: visits of the range; `ahead`: booked from now on; `quota`: (taken, given a year)."""

    code: str
    name: str
    statuses: Mapping[str, int]
    ahead: int
    quota: tuple[int, int] | None


@dataclass(frozen=True)
class Handoffs:
    """`wait`: median until a seat took it, over the latest `WAITS` of the range that were taken."""

    by_day: Mapping[date, int]
    by_reason: Mapping[str, int]
    waiting: int
    taken: int
    wait: timedelta | None


@dataclass(frozen=True)
class TurnFilter:
    """What of the turns is listed; what is None leaves everything in. `weekday`: 1 Monday to 7; `last` inclusive."""

    first: date
    last: date
    initiative: int | None = None
    topic: str | None = None
    weekday: int | None = None
    hour: int | None = None
    slow: bool = False


class DashboardService:
    def __init__(self, db: Database, clock: Clock) -> None:
        self._db, self._clock = db, clock
        self._closed: dict[date, Day] = {}  # days that cannot change any more
        self._lock = asyncio.Lock()
        self._kept: dict[tuple[str, datetime, datetime], tuple[float, Counter[Any] | None]] = {}

    async def count_hours(self, budget: float = BUDGET) -> int:
        """Count hours that are over; returns how many. Every replica may: an hour is counted once."""
        done = await turn_hours.count_hours(self._db, self._clock.now(), budget)
        today = self._clock.now().date()
        if today - timedelta(days=1) not in self._closed:
            await self.turns(today - timedelta(days=WARM), today)  # so that nobody waits for it
        return done

    # -- reading ---------------------------------------------------------------------------------------------------

    async def turns(self, first: date, last: date) -> Turns:
        """Both days inclusive."""
        days = {first + timedelta(days=n): Day() for n in range((last - first).days + 1)}
        async with self._lock, self._db.read() as session:
            until = await counted_until(session)
            closed = until.date() if until else first  # days before this one are over and counted
            wanted = [day for day in days if day < closed]
            missing = [day for day in wanted if day not in self._closed]
            if missing:
                read = await counted_days(self._db, session, missing[0], start_of(missing[-1]) + timedelta(days=1))
                self._closed |= {day: read.get(day, Day()) for day in missing}
            for day in wanted:
                days[day] = self._closed[day]
            behind = False
            if last >= closed:
                today = max(closed, first)
                rest = await counted_days(self._db, session, today, until) if until else {}
                since = until or await first_hour(session)
                behind = since is not None and self._clock.now() - since > BEHIND
                live = {} if behind or since is None else by_day(await turns_between(session, since, None))
                for part in (rest, live):
                    for day, found in part.items():
                        if day in days:
                            days[day].add(found)
            reviewed = await self._counted(session, self._reviewed, first, last)
        by_reason: dict[str, dict[date, int]] = {"low_confidence": {}, "disliked": {}}
        for (reason, day), count in reviewed.items():
            by_reason.setdefault(reason, {})[day] = count
        return Turns(days, by_reason["low_confidence"], by_reason["disliked"], until, behind)

    async def _reviewed(self, session: AsyncSession, start: datetime, end: datetime) -> Counter[Any]:
        """Questions of the chat that came up for review, by (reason, day)."""
        day = local_day(self._db, ReviewItem.created_at)
        query = (
            select(ReviewItem.reason, day, func.count())
            .where(ReviewItem.created_at >= start, ReviewItem.created_at < end)
            .group_by(ReviewItem.reason, day)
        )
        return Counter({(reason, date_of(on)): int(n) for reason, on, n in (await session.execute(query)).all()})

    async def _opened(self, session: AsyncSession, start: datetime, end: datetime) -> Counter[Any]:
        """Tickets opened, by (type, 区镇)."""
        by = (DisputeTicket.dispute_type, DisputeTicket.district)
        within = and_(DisputeTicket.created_at >= start, DisputeTicket.created_at < end)
        rows = (await session.execute(select(*by, func.count()).where(within).group_by(*by))).all()
        return Counter({(kind, district): int(count) for kind, district, count in rows})

    async def _counted(self, session: AsyncSession, read: Read, first: date, last: date) -> Counter[Any]:
        """What `read` counts; days before today, where next to nothing changes, are asked for once in `KEPT`."""
        today, end = start_of(self._clock.now().date()), start_of(last) + timedelta(days=1)
        start, found = start_of(first), Counter[Any]()
        if start < today:
            key = (read.__name__, start, min(end, today))
            since, held = self._kept.get(key, (0.0, None))
            if held is None or time.monotonic() - since > KEPT:
                held = await read(session, start, min(end, today))
                self._kept = {k: v for k, v in self._kept.items() if time.monotonic() - v[0] <= KEPT}
                self._kept[key] = (time.monotonic(), held)
            found += held
        if end > today:
            found += await read(session, max(start, today), end)
        return found

    async def tickets(self, first: date, last: date) -> Tickets:
        today = self._clock.now().date()
        quiet = and_(DisputeTicket.contacted_at.is_(None), DisputeTicket.contact_due < today)
        clock = case(
            (DisputeTicket.state == "waiting", "waiting"),
            (or_(DisputeTicket.finish_due < today, quiet), "late"),
            (DisputeTicket.finish_due == today, "today"),
            else_="on_time",
        )
        by_type, by_district = Counter[str](), Counter[str | None]()
        async with self._db.read() as session:
            for (kind, district), count in (await self._counted(session, self._opened, first, last)).items():
                by_type[kind] += count
                by_district[district] += count
            standing = select(clock, func.count()).where(DisputeTicket.state.in_(sorted(OPEN))).group_by(clock)
            found = {str(name): int(count) for name, count in (await session.execute(standing)).all()}
        return Tickets(by_type, by_district, found)

    async def bookings(self, first: date, last: date) -> list[Channel]:
        now = self._clock.now()
        visits: dict[str, Counter[str]] = {}
        async with self._db.read() as session:
            channels = list(await session.scalars(select(HospitalChannel).order_by(HospitalChannel.code)))
            query = (
                select(HospitalBooking.channel, HospitalBooking.status, func.count())
                .where(
                    HospitalBooking.starts_at >= start_of(first),
                    HospitalBooking.starts_at < start_of(last) + timedelta(days=1),
                )
                .group_by(HospitalBooking.channel, HospitalBooking.status)
            )
            for code, status, count in (await session.execute(query)).all():
                visits.setdefault(code, Counter())[status] += int(count)
            coming = (
                select(HospitalBooking.channel, func.count())
                .where(HospitalBooking.starts_at >= now, HospitalBooking.status == "booked")
                .group_by(HospitalBooking.channel)
            )
            ahead = {code: int(count) for code, count in (await session.execute(coming)).all()}
            used = {
                row.channel: row.taken
                for row in await session.scalars(select(HospitalQuota).where(HospitalQuota.year == now.year))
            }
        return [
            Channel(
                code=row.code,
                name=row.name,
                statuses=visits.get(row.code, Counter()),
                ahead=ahead.get(row.code, 0),
                quota=(used.get(row.code, 0), row.yearly_quota) if row.yearly_quota is not None else None,
            )
            for row in channels
        ]

    async def handoffs(self, first: date, last: date) -> Handoffs:
        day = local_day(self._db, Handoff.created_at)
        within = and_(Handoff.created_at >= start_of(first), Handoff.created_at < start_of(last) + timedelta(days=1))
        by_day, by_reason = Counter[date](), Counter[str]()
        async with self._db.read() as session:
            query = select(day, Handoff.reason, func.count()).where(within).group_by(day, Handoff.reason)
            for on, reason, count in (await session.execute(query)).all():
                by_day[date_of(on)] += int(count)
                by_reason[reason] += int(count)
            waits = select(Handoff.created_at, Handoff.taken_at).where(within, Handoff.taken_at.is_not(None))
            pairs = (await session.execute(waits.order_by(Handoff.id.desc()).limit(WAITS))).all()
            open_now = select(Handoff.state, func.count()).where(Handoff.state != "closed").group_by(Handoff.state)
            states = {str(state): int(count) for state, count in (await session.execute(open_now)).all()}
        seconds = [(taken - created).total_seconds() for created, taken in pairs if taken is not None]
        wait = timedelta(seconds=median(seconds)) if seconds else None
        return Handoffs(by_day, by_reason, states.get("waiting", 0), states.get("taken", 0), wait)

    async def list_turns(self, wanted: TurnFilter, *, before: int | None = None) -> list[TranscriptTurn]:
        """The newest `PAGE` turns that fit, those below the id `before`; with `slow` the slowest."""
        query = select(TranscriptTurn)
        if wanted.topic is not None:
            query = query.where(TranscriptTurn.topic == wanted.topic)
        if wanted.initiative is not None:
            names = [one.name for one in topics().values() if one.initiative and one.initiative == wanted.initiative]
            ours = [one.name for one in topics().values() if one.initiative]
            within = TranscriptTurn.topic.in_(names) if wanted.initiative else TranscriptTurn.topic.not_in(ours)
            query = query.where(within)
        if before is not None:
            query = query.where(TranscriptTurn.id < before)
        order = TranscriptTurn.milliseconds if wanted.slow else TranscriptTurn.at
        query = query.order_by(order.desc(), TranscriptTurn.id.desc())
        found: list[TranscriptTurn] = []
        async with self._db.read() as session:
            for start, end in _stretches(wanted):
                stretch = query.where(TranscriptTurn.at >= start, TranscriptTurn.at < end)
                found += await session.scalars(stretch.limit(PAGE if wanted.slow else PAGE - len(found)))
                if len(found) >= PAGE and not wanted.slow:
                    break
        if wanted.slow:
            found.sort(key=lambda turn: (turn.milliseconds, turn.id), reverse=True)
        return found[:PAGE]


def _stretches(wanted: TurnFilter) -> list[tuple[datetime, datetime]]:
    """The filter's time from the newest on, without what lies between its weekdays and hours: the index on the
    time finds each, where a test of every turn's weekday would read 90 days of them."""
    first, last, day = wanted.first, wanted.last, timedelta(days=1)
    if wanted.weekday is None and wanted.hour is None:
        return [(start_of(first), start_of(last) + day)]
    days = (last - day * n for n in range((last - first).days + 1))
    fitting = [one for one in days if wanted.weekday in (None, one.isoweekday())]
    if wanted.hour is None:
        return [(start_of(one), start_of(one) + day) for one in fitting]
    return [(begins, begins + HOUR) for begins in (start_of(one) + HOUR * wanted.hour for one in fitting)]
