"""Places at the hospital: opening the slots of the coming days, finding free ones, taking and freeing them.

Every change of a channel's places happens under a lock on the channel's row (`lock_channel`), so that two
people, or a person and the waiting list, never decide at once. The conditional updates below and the check
constraints of the tables guard the numbers besides.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, Update, and_, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.language.workdays import is_workday
from bot.services import import_spec as cell
from bot.services.clock import SHANGHAI
from bot.services.errors import AlreadyExists, NotFound
from bot.services.import_spec import Column, Spec, Values
from bot.storage.hospital import HospitalBooking, HospitalChannel, HospitalClosure, HospitalQuota, HospitalSlot

_DAY = timedelta(days=1)
CHANNELS = ("outpatient", "health_cert", "hp_test")


@dataclass(frozen=True)
class Window:
    """When it suits: days (inclusive; None is open) and a time of day (`start` included, `end` not)."""

    first_day: date | None = None
    last_day: date | None = None
    start: time = time(0)
    end: time = time.max

    def holds(self, moment: datetime) -> bool:
        """Whether an aware moment lies in it."""
        local = moment.astimezone(SHANGHAI)
        return (
            (self.first_day is None or self.first_day <= local.date())
            and (self.last_day is None or local.date() <= self.last_day)
            and self.start <= local.time() < self.end
        )


@dataclass(frozen=True)
class FreeSlot:
    """A slot with `left` places still free."""

    id: int
    channel: str
    starts_at: datetime
    left: int


async def get_channel(session: AsyncSession, code: str, *, lock: bool = False) -> HospitalChannel:
    """The channel of that code; NotFound. With `lock` nobody else changes its places until the commit."""
    query = select(HospitalChannel).where(HospitalChannel.code == code)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    channel = await session.scalar(query)
    if channel is None:
        raise NotFound(code)
    return channel


def horizon(channel: HospitalChannel, now: datetime) -> date:
    """The last day that can be booked."""
    return now.astimezone(SHANGHAI).date() + channel.days_ahead * _DAY


async def open_slots(session: AsyncSession, channel: HospitalChannel, now: datetime) -> None:
    """Make the slots of the days up to the horizon that are not there yet (under the channel's lock)."""
    last = horizon(channel, now)
    day = now.astimezone(SHANGHAI).date()
    if channel.opened_until is not None:
        day = max(day, channel.opened_until + _DAY)
    rows: list[dict[str, Any]] = []
    while day <= last:
        if is_workday(day) or not channel.workdays_only:
            rows += [
                {"channel": channel.code, "starts_at": at, "capacity": channel.capacity, "taken": 0}
                for at in _moments(day, channel.slots)
            ]
        day += _DAY
    if rows:
        await session.execute(insert(HospitalSlot), rows)
    if channel.opened_until is None or channel.opened_until < last:
        channel.opened_until = last
        await session.flush()


def _moments(day: date, slots: Sequence[str]) -> list[datetime]:
    return [datetime.combine(day, time.fromisoformat(slot), SHANGHAI) for slot in slots]


def one_key(channel: HospitalChannel, person_id: str, starts_at: datetime) -> str:
    """What may exist once: the person's booking in a channel; with a quota, in a year of it."""
    year = f":{starts_at.astimezone(SHANGHAI).year}" if channel.yearly_quota is not None else ""
    return f"{person_id}:{channel.code}{year}"


async def refuse_second(session: AsyncSession, person_id: str, channel: HospitalChannel, starts_at: datetime) -> None:
    """AlreadyExists when the person has a booking there (for a yearly quota: has or had one that year)."""
    existing = await session.scalar(
        select(HospitalBooking)
        .where(
            HospitalBooking.person_id == person_id,
            HospitalBooking.channel == channel.code,
            (HospitalBooking.status == "booked") | (HospitalBooking.one_key == one_key(channel, person_id, starts_at)),
        )
        .limit(1)
    )
    if existing is not None:
        session.expunge(existing)  # else the rollback would empty it
        raise AlreadyExists(channel.code, existing)


async def free_slots(
    session: AsyncSession, channel: HospitalChannel, now: datetime, window: Window | None = None
) -> list[FreeSlot]:
    """Free slots after `now`, in order of time: not full, not closed, within the year's quota."""
    wanted = window or Window()
    first, last = now, datetime.combine(horizon(channel, now) + _DAY, time(0), SHANGHAI)
    closed = await closed_days(session, channel.code)
    spent = await _spent_years(session, channel)
    rows = await session.scalars(
        select(HospitalSlot)
        .where(
            HospitalSlot.channel == channel.code,
            HospitalSlot.starts_at > first,
            HospitalSlot.starts_at < last,
            HospitalSlot.taken < HospitalSlot.capacity,
        )
        .order_by(HospitalSlot.starts_at)
    )
    return [
        FreeSlot(row.id, row.channel, row.starts_at, row.capacity - row.taken)
        for row in rows
        if wanted.holds(row.starts_at) and row.starts_at.date() not in closed and row.starts_at.year not in spent
    ]


def nearest(free: Sequence[FreeSlot], wanted: datetime, limit: int) -> list[FreeSlot]:
    """Up to `limit` slots around a moment, from both sides where there are any, the nearest first."""
    before = [slot for slot in free if slot.starts_at < wanted][::-1]
    after = [slot for slot in free if slot.starts_at >= wanted]
    half = limit // 2
    take_before = min(len(before), max(half, limit - len(after)))
    chosen = before[:take_before] + after[: limit - take_before]
    return sorted(chosen, key=lambda slot: (abs(slot.starts_at - wanted), slot.starts_at))


async def closed_days(session: AsyncSession, channel: str) -> frozenset[date]:
    days = await session.scalars(
        select(HospitalClosure.day).where(or_(HospitalClosure.channel == channel, HospitalClosure.channel.is_(None)))
    )
    return frozenset(days)


async def _spent_years(session: AsyncSession, channel: HospitalChannel) -> frozenset[int]:
    if channel.yearly_quota is None:
        return frozenset()
    years = await session.scalars(
        select(HospitalQuota.year).where(
            and_(HospitalQuota.channel == channel.code, HospitalQuota.taken >= channel.yearly_quota)
        )
    )
    return frozenset(years) if channel.yearly_quota else frozenset(range(2000, 2100))


async def quota_of(session: AsyncSession, channel: HospitalChannel, year: int) -> HospitalQuota:
    """The year's quota row, made at the first need and kept to the channel's number (under its lock)."""
    query = select(HospitalQuota).where(HospitalQuota.channel == channel.code, HospitalQuota.year == year)
    quota = await session.scalar(query)
    if quota is None:
        quota = HospitalQuota(channel=channel.code, year=year, quota=channel.yearly_quota or 0, taken=0)
        session.add(quota)
        await session.flush()
    elif quota.quota != channel.yearly_quota:  # the operator changed it; what is given out stays given out
        quota.quota = max(channel.yearly_quota or 0, quota.taken)
        await session.flush()
    return quota


async def take_quota(session: AsyncSession, channel: HospitalChannel, year: int) -> bool:
    """Take one of the year's places; True at once for a channel without a quota."""
    if channel.yearly_quota is None:
        return True
    quota = await quota_of(session, channel, year)
    return await _changed_one(
        session,
        update(HospitalQuota)
        .where(HospitalQuota.id == quota.id, HospitalQuota.taken < HospitalQuota.quota)
        .values(taken=HospitalQuota.taken + 1),
    )


async def free_quota(session: AsyncSession, channel: HospitalChannel, year: int) -> None:
    if channel.yearly_quota is None:
        return
    await session.execute(
        update(HospitalQuota)
        .where(HospitalQuota.channel == channel.code, HospitalQuota.year == year, HospitalQuota.taken > 0)
        .values(taken=HospitalQuota.taken - 1)
        .execution_options(synchronize_session=False)
    )


async def take_place(session: AsyncSession, slot_id: int) -> bool:
    """Take one place of a slot; False when it is full."""
    return await _changed_one(
        session,
        update(HospitalSlot)
        .where(HospitalSlot.id == slot_id, HospitalSlot.taken < HospitalSlot.capacity)
        .values(taken=HospitalSlot.taken + 1),
    )


async def free_place(session: AsyncSession, slot_id: int) -> None:
    await session.execute(
        update(HospitalSlot)
        .where(HospitalSlot.id == slot_id, HospitalSlot.taken > 0)
        .values(taken=HospitalSlot.taken - 1)
        .execution_options(synchronize_session=False)
    )


async def _changed_one(session: AsyncSession, statement: Update) -> bool:
    result = await session.execute(statement.execution_options(synchronize_session=False))
    return cast("CursorResult[Any]", result).rowcount == 1


def _check_channel(values: Values) -> list[tuple[str, str]]:
    return [] if values["slots"] else [("slots", "至少一个时刻")]


IMPORTS: tuple[Spec, ...] = (
    Spec(
        kind="hospital-channels",
        title="昆小哥医院预约通道",
        model=HospitalChannel,
        columns=(
            Column("channel", "通道", cell.one_of(*CHANNELS), required=True, field="code"),
            cell.NAME,
            Column("hospital", "医院", cell.text(80), required=True),
            Column("workdays_only", "仅工作日", cell.yes_no, default=True),
            Column("slots", "时刻", cell.list_of(item=cell.clock_time), required=True),
            Column("capacity", "每个时刻名额", cell.whole(1, 10_000), required=True),
            Column("yearly_quota", "全年名额", cell.whole(0, 1_000_000)),
            Column("days_ahead", "可提前天数", cell.whole(0, 365), default=14),
            cell.PROVENANCE,
        ),
        check=_check_channel,
        demo_file="hospital_channels.csv",
    ),
    Spec(
        kind="hospital-closures",
        title="昆小哥医院停诊日",
        model=HospitalClosure,
        columns=(
            Column("channel", "通道", cell.one_of(*CHANNELS)),
            Column("day", "日期", cell.day, required=True),
            Column("reason", "原因", cell.text(200), default=""),
        ),
        key=("channel", "day"),
        references={"channel": (HospitalChannel, "code")},
    ),
)
