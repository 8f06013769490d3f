"""Initiative 03: loading berths, appointments for batch plating, passage, reports of illegal carriers."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from bot.geo.boundary import in_kunshan
from bot.geo.datum import Point
from bot.geo.links import tencent_marker
from bot.language import check_phone, is_workday, redact
from bot.services.clock import Clock
from bot.services.errors import Invalid, NotFound, QuotaExhausted, WrongState
from bot.services.opening_hours import Hours, parse_hours
from bot.services.passage import Decision, PassageQuestion, Rule, Verdict, decide
from bot.services.reference import Nearby, OutsideKunshan, Snapshot
from bot.services.submissions import all_own, already, check_choice, check_text, create_once, numbered, own
from bot.storage.base import Database
from bot.storage.freight import (
    CARRIER_KINDS,
    Berth,
    CarrierReport,
    PassageRule,
    PlatingAppointment,
    PlatingSlot,
    PlatingWindow,
)

VERSION = "freight"
REPORT_PREFIX = "JY"
APPOINTMENT_PREFIX = "BM"
DAYS_AHEAD = 30
MAX_VEHICLES = 500
"""More than that in one appointment is a slip of the finger, not a fleet."""


@dataclass(frozen=True, slots=True)
class BerthInfo:
    """A berth as it is shown. Metres, minutes, WGS-84 degrees."""

    code: str
    name: str
    district: str | None
    address: str | None
    lng: float | None
    lat: float | None
    length_m: float | None
    width_m: float | None
    vehicle_classes: tuple[str, ...]
    hours: Hours
    max_minutes: int | None
    demo: bool

    @property
    def map_link(self) -> str | None:
        if self.lng is None or self.lat is None:
            return None
        return tencent_marker(self.lng, self.lat, self.name, self.address or "")


@dataclass(frozen=True)
class FoundBerth:
    """`metres`: straight line. `usable`: within its hours at the moment asked; None = not known."""

    berth: BerthInfo
    metres: float
    usable: bool | None


@dataclass(frozen=True)
class BerthPage:
    items: tuple[FoundBerth, ...]
    more: bool
    skip: int


@dataclass(frozen=True)
class PlatingTime:
    """A session of the batch window with `left` appointments still free."""

    day: date
    start: str
    end: str
    left: int


class FreightService:
    def __init__(self, db: Database, clock: Clock) -> None:
        self._db, self._clock = db, clock
        self._berths = Snapshot(db, VERSION, _load_berths)
        self._rules = Snapshot(db, VERSION, _load_rules)

    # -- berths --------------------------------------------------------------------------------------------

    async def find_berth(
        self,
        point: Point,
        *,
        vehicle_class: str | None = None,
        length_m: float | None = None,
        width_m: float | None = None,
        open_at: datetime | None = None,
        district: str | None = None,
        limit: int = 3,
        skip: int = 0,
    ) -> BerthPage:
        """Berths nearest to a WGS-84 point that the vehicle fits into (a size not known does not count).

        `open_at`: only those usable at that moment. OutsideKunshan when the point is not in the city.
        """
        if not in_kunshan(*point):
            raise OutsideKunshan(f"{point}")

        def accept(row: BerthInfo) -> bool:
            return (
                (district is None or row.district == district)
                and (length_m is None or (row.length_m is not None and row.length_m >= length_m))
                and (width_m is None or (row.width_m is not None and row.width_m >= width_m))
                and (open_at is None or row.hours.open_at(open_at) is True)
            )

        need = [f"class:{vehicle_class}"] if vehicle_class else []
        found, more = (await self._berths.get()).nearest(point, need, accept, limit=limit, skip=skip)
        now = open_at or self._clock.now()
        items = tuple(FoundBerth(one.row, one.metres, one.row.hours.open_at(now)) for one in found)
        return BerthPage(items, more, skip)

    async def berths(self) -> tuple[BerthInfo, ...]:
        """Every open berth, in the order of the table."""
        return (await self._berths.get()).rows

    # -- passage -------------------------------------------------------------------------------------------

    async def passage(self, question: PassageQuestion) -> Decision:
        """What the loaded rules say; with none loaded, that nothing is known."""
        return decide(await self._rules.get(), question)

    # -- batch plating -------------------------------------------------------------------------------------

    async def plating_times(
        self, first: date | None = None, last: date | None = None, limit: int | None = None
    ) -> list[PlatingTime]:
        """Free sessions of the batch window on the working days from tomorrow on, in order of time."""
        today = self._clock.now().date()
        start = max(first or today, today + timedelta(days=1))
        end = min(last or date.max, today + timedelta(days=DAYS_AHEAD))
        async with self._db.read() as session:
            windows = (await session.scalars(select(PlatingWindow))).all()
            slots = await session.scalars(select(PlatingSlot).where(PlatingSlot.day.between(start, end)))
            left = {(slot.day, slot.start): slot.capacity - slot.taken for slot in slots}
        times = [
            PlatingTime(day, window.start, window.end, left.get((day, window.start), window.capacity))
            for day in _workdays(start, end)
            for window in sorted(windows, key=lambda one: one.start)
            if window.weekday == day.isoweekday()
        ]
        return [each for each in times if each.left > 0][:limit]

    async def book_plating(
        self,
        *,
        person_id: str,
        company: str,
        vehicles: int,
        phone: str,
        day: date,
        start: str,
        key: str | None = None,
    ) -> PlatingAppointment:
        """Book a session for a company's vehicles.

        Invalid for a company, number or phone that cannot be, or a session that the window does not have;
        QuotaExhausted with the nearest free sessions; AlreadyExists when the person has that session.
        """
        company = check_text("company", company, 80)
        if not 1 <= vehicles <= MAX_VEHICLES:
            raise Invalid("vehicles", f"1 到 {MAX_VEHICLES} 的整数")
        read = check_phone(phone)
        if read is None or not read.valid:
            raise Invalid("phone", "11位手机号")
        number = read.number

        async def build(session: AsyncSession) -> PlatingAppointment:
            slot = await self._slot(session, day, start)
            active = f"{person_id}:{slot.id}"
            earlier = await session.scalar(
                select(PlatingAppointment).where(PlatingAppointment.active_key == active)
            )
            if earlier is not None:
                raise already(session, earlier)
            taken = await session.execute(
                update(PlatingSlot)
                .where(PlatingSlot.id == slot.id, PlatingSlot.taken < PlatingSlot.capacity)
                .values(taken=PlatingSlot.taken + 1)
            )
            if cast(CursorResult[Any], taken).rowcount != 1:
                raise QuotaExhausted("session full")
            now = self._clock.now()
            return PlatingAppointment(
                number=numbered(APPOINTMENT_PREFIX, now.date()),
                person_id=person_id,
                slot_id=slot.id,
                company=company,
                vehicles=vehicles,
                phone=number,
                active_key=active,
                created_at=now,
                updated_at=now,
                source_key=key,
            )

        try:
            return await create_once(self._db, PlatingAppointment, key, build)
        except QuotaExhausted as full:
            free = await self.plating_times()
            free.sort(key=lambda each: abs((each.day - day).days))
            raise QuotaExhausted(str(full), list(free[:3])) from full

    async def cancel_plating(self, person_id: str, number: str) -> PlatingAppointment:
        """Give the session back; once only. NotFound; WrongState when it is over."""
        async with self._db.write() as session:
            row = await own(session, PlatingAppointment, person_id, number)
            if row.status == "cancelled":
                return row
            if row.status != "booked":
                raise WrongState(row.status)
            row.status, row.active_key, row.updated_at = "cancelled", None, self._clock.now()
            await session.execute(
                update(PlatingSlot)
                .where(PlatingSlot.id == row.slot_id, PlatingSlot.taken > 0)
                .values(taken=PlatingSlot.taken - 1)
            )
        return row

    async def my_appointments(self, person_id: str) -> Sequence[tuple[PlatingAppointment, PlatingSlot]]:
        """The person's latest appointments with their sessions, newest first."""
        async with self._db.read() as session:
            rows = await all_own(session, PlatingAppointment, person_id)
            ids = [row.slot_id for row in rows]
            found = await session.scalars(select(PlatingSlot).where(PlatingSlot.id.in_(ids)))
            slots = {slot.id: slot for slot in found}
        return [(row, slots[row.slot_id]) for row in rows]

    async def _slot(self, session: AsyncSession, day: date, start: str) -> PlatingSlot:
        """The session's row, made now if this is its first booking."""
        today = self._clock.now().date()
        if not today < day <= today + timedelta(days=DAYS_AHEAD) or not is_workday(day):
            raise Invalid("day", f"明天起{DAYS_AHEAD}天内的工作日")
        window = await session.scalar(
            select(PlatingWindow).where(
                PlatingWindow.weekday == day.isoweekday(), PlatingWindow.start == start
            )
        )
        if window is None:
            raise Invalid("start", "专窗开放的时段")
        insert = sqlite.insert if self._db.is_sqlite else postgresql.insert
        values = {
            "day": day, "start": start, "end": window.end, "capacity": window.capacity, "taken": 0,
        }  # fmt: skip
        await session.execute(insert(PlatingSlot).values(**values).on_conflict_do_nothing())
        found = await session.scalar(
            select(PlatingSlot).where(PlatingSlot.day == day, PlatingSlot.start == start)
        )
        if found is None:
            raise NotFound(f"{day} {start}")
        return found

    # -- illegal carriers ----------------------------------------------------------------------------------

    async def report_carrier(
        self,
        *,
        person_id: str,
        kind: str,
        place: str,
        seen_at: str,
        text: str = "",
        image_url: str | None = None,
        anonymous: bool = False,
        key: str | None = None,
    ) -> CarrierReport:
        """Report goods carried illegally. An anonymous report keeps no trace of the person.

        `seen_at`: when, in the person's words. Invalid for an empty place or time, or an unknown kind.
        """
        check_choice("kind", kind, CARRIER_KINDS)
        where = check_text("place", place, 120)
        when = check_text("seen_at", seen_at, 80)
        kept = redact(check_text("text", text, 1000, required=False))
        if anonymous and key is not None:
            key = hashlib.sha256(key.encode()).hexdigest()  # the plain key holds the person's channel id

        async def build(session: AsyncSession) -> CarrierReport:
            now = self._clock.now()
            return CarrierReport(
                number=numbered(REPORT_PREFIX, now.date()),
                person_id=None if anonymous else person_id,
                kind=kind,
                place=where,
                seen_at=when,
                text=kept,
                image_url=image_url,
                created_at=now,
                updated_at=now,
                source_key=key,
            )

        return await create_once(self._db, CarrierReport, key, build)

    async def my_carrier_reports(self, person_id: str) -> Sequence[CarrierReport]:
        """The person's latest reports, newest first; anonymous ones belong to nobody."""
        async with self._db.read() as session:
            return await all_own(session, CarrierReport, person_id)


def hours_of(days: str | None, start: str | None, end: str | None) -> str:
    """The cells of a berth or rule in the grammar of opening_hours; empty when nothing is given."""
    if not start or not end:
        return ""
    return f"{days or '每天'} {start}-{end}"


def _workdays(first: date, last: date) -> Iterator[date]:
    day = first
    while day <= last:
        if is_workday(day):
            yield day
        day += timedelta(days=1)


async def _load_berths(session: AsyncSession) -> Nearby[BerthInfo]:
    rows = await session.scalars(select(Berth).where(Berth.status == "open").order_by(Berth.id))
    berths = [
        BerthInfo(
            code=row.code,
            name=row.name,
            district=row.district,
            address=row.address,
            lng=row.lng,
            lat=row.lat,
            length_m=row.length_m,
            width_m=row.width_m,
            vehicle_classes=tuple(row.vehicle_classes),
            hours=parse_hours(hours_of(row.days, row.start, row.end)),
            max_minutes=row.max_minutes,
            demo=row.demo,
        )
        for row in rows
    ]
    return Nearby(berths, lambda row: (f"class:{each}" for each in row.vehicle_classes))


async def _load_rules(session: AsyncSession) -> tuple[Rule, ...]:
    rows = await session.scalars(select(PassageRule).order_by(PassageRule.id))
    return tuple(
        Rule(
            code=row.code,
            vehicle_class=tuple(row.vehicle_class),
            energy=tuple(row.energy),
            area=row.area,
            road=row.road,
            hours=hours_of(row.days, row.start, row.end),
            verdict=cast(Verdict, row.verdict),
            valid_from=row.valid_from,
            valid_to=row.valid_to,
            source=row.source,
            demo=row.demo,
        )
        for row in rows
    )
