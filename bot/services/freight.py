"""Initiative 03: loading berths, passage, reports of illegal carriers; plating is in `plating`."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.geo.boundary import in_kunshan
from bot.geo.datum import Point
from bot.language import redact
from bot.services.clock import Clock
from bot.services.opening_hours import Hours, parse_hours
from bot.services.passage import Decision, PassageQuestion, Rule, Verdict, decide
from bot.services.plating import PlatingDesk
from bot.services.reference import Nearby, OutsideKunshan, Snapshot, map_page
from bot.services.submissions import (
    all_own,
    check_choice,
    check_text,
    create_once,
    move,
    numbered,
)
from bot.storage.base import Database
from bot.storage.freight import (
    CARRIER_KINDS,
    Berth,
    CarrierReport,
    PassageRule,
)
from bot.storage.suggestions import REPORT_STATUSES

VERSION = "freight"
REPORT_PREFIX = "JY"


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
        return map_page(self, self.name)


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


class FreightService:
    def __init__(self, db: Database, clock: Clock) -> None:
        self._db, self._clock = db, clock
        self.plating = PlatingDesk(db, clock)
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

    async def answer_carrier_report(
        self, number: str, status: str, note: str = "", *, seen: datetime | None = None
    ) -> CarrierReport:
        """Staff moves a report; the person is told, unless it is anonymous. NotFound; Invalid."""
        check_choice("status", status, REPORT_STATUSES)
        now = self._clock.now()
        return await move(self._db, CarrierReport, number, status, now, tell="您的举报", note=note, seen=seen)

    async def forget(self, person_id: str) -> None:
        """Appointments go (see there); reports of carriers become anonymous, without words and picture."""
        await self.plating.forget(person_id)
        async with self._db.write() as session:
            await session.execute(
                update(CarrierReport)
                .where(CarrierReport.person_id == person_id)
                .values(person_id=None, text="", image_url=None, source_key=None)
            )


def hours_of(days: str | None, start: str | None, end: str | None) -> str:
    """The cells of a berth or rule in the grammar of opening_hours; empty when nothing is given."""
    if not start or not end:
        return ""
    return f"{days or '每天'} {start}-{end}"


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
