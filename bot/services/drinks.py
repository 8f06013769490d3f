"""Initiative 05: the nearest drink machine that works, the season, and reports that one is out of order.

The seed says "夏令冬时…免费提供冷热茶饮" and that machines are piloted in batches at the demonstration sites;
the days on which they run are not published. `season_of` is our reading of it, and whoever shows it says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.geo.boundary import in_kunshan
from bot.geo.datum import Point
from bot.language import redact
from bot.services.clock import Clock
from bot.services.errors import NotFound
from bot.services.import_spec import CODE, LAT, LNG, NAME, PROVENANCE, Column, Spec, code, list_of, one_of
from bot.services.opening_hours import Hours, parse_hours
from bot.services.reference import Nearby, OutsideKunshan, Snapshot, is_located, map_page
from bot.services.submissions import (
    OPEN,
    all_own,
    already,
    check_choice,
    check_text,
    create_once,
    move,
    numbered,
)
from bot.storage.base import Database
from bot.storage.drinks import DRINK_KINDS, FAULTS, MACHINE_STATUSES, SEASONS, DrinkMachine, MachineReport
from bot.storage.stations import Station
from bot.storage.suggestions import REPORT_STATUSES

VERSION = "drinks"
PREFIX = "JY"
REPORT_LIFE = timedelta(days=3)
"""How long riders' reports make others doubt a machine that the operator holds to be in order."""

Season = Literal["summer", "winter"]
Drink = Literal["cold", "hot"]

_SUMMER_MONTHS = range(6, 10)
_WINTER_MONTHS = (12, 1, 2)


def season_of(day: date) -> Season | None:
    """Our reading of 夏令冬时: June to September, December to February; None in between.

    June to September are the months of Jiangsu's heat allowance (高温津贴), December to February the
    meteorological winter. The operator's own dates, once published, take their place.
    """
    if day.month in _SUMMER_MONTHS:
        return "summer"
    return "winter" if day.month in _WINTER_MONTHS else None


def seasonal_drink(season: Season) -> Drink:
    """Cold drinks in summer, hot ones in winter."""
    return "cold" if season == "summer" else "hot"


@dataclass(frozen=True, slots=True)
class MachineInfo:
    """A machine as it is shown; hours and district are those of its station. WGS-84 degrees."""

    code: str
    name: str
    station_code: str | None
    station_name: str | None
    district: str | None
    address: str | None
    lng: float | None
    lat: float | None
    drinks: tuple[str, ...]
    season: tuple[str, ...]
    status: str
    hours: Hours
    demo: bool

    @property
    def located(self) -> bool:
        """Whether it may be said where it is: it has a point, and its station's address is published."""
        return is_located(self)

    @property
    def map_link(self) -> str | None:
        return map_page(self, self.station_name or self.name) if self.located else None


@dataclass(frozen=True)
class FoundMachine:
    """`metres`: straight line. `doubted`: riders have reported it within `REPORT_LIFE`."""

    machine: MachineInfo
    metres: float
    open: bool | None
    doubted: bool


@dataclass(frozen=True)
class MachinePage:
    """Working machines, nearest first. `season` is today's by our reading, None between seasons."""

    items: tuple[FoundMachine, ...]
    more: bool
    skip: int
    season: Season | None


class DrinksService:
    def __init__(self, db: Database, clock: Clock) -> None:
        self._db, self._clock = db, clock
        self._machines = Snapshot(db, VERSION, _load)

    async def nearest(
        self,
        point: Point,
        *,
        drink: str | None = None,
        district: str | None = None,
        limit: int = 2,
        skip: int = 0,
    ) -> MachinePage:
        """Machines that the operator holds to be in order, nearest to a WGS-84 point first.

        Without a district, one whose address is not published is near to nothing: the order may not tell its point.
        `drink`: only those that can give it (cold, hot). OutsideKunshan when the point is not in the city.
        """
        if not in_kunshan(*point):
            raise OutsideKunshan(f"{point}")
        machines = await self._machines.get()
        need = ["working", *([f"drink:{drink}"] if drink else [])]
        found, more = machines.nearest(
            point,
            need,
            lambda row: row.located if district is None else row.district == district,
            limit=limit,
            skip=skip,
        )
        now = self._clock.now()
        doubted = await self._doubted()
        items = tuple(
            FoundMachine(one.row, one.metres, one.row.hours.open_at(now), one.row.code in doubted) for one in found
        )
        return MachinePage(items, more, skip, season_of(now.date()))

    async def get(self, machine_code: str) -> MachineInfo:
        """One machine, in order or not. NotFound."""
        for row in (await self._machines.get()).rows:
            if row.code == machine_code:
                return row
        raise NotFound(machine_code)

    async def by_distance(self, point: Point, limit: int = 4) -> tuple[MachineInfo, ...]:
        """Machines around a point whatever their state, to say which one is meant."""
        found, _ = (await self._machines.get()).nearest(point, limit=limit)
        return tuple(one.row for one in found)

    async def all(self) -> tuple[MachineInfo, ...]:
        """Every machine that stands, in the order of the table."""
        return (await self._machines.get()).rows

    async def named(self, words: str, limit: int = 4) -> tuple[MachineInfo, ...]:
        """Machines whose own or station's name holds `words` (two characters or more)."""
        rows = (await self._machines.get()).rows
        return tuple(row for row in rows if len(words) >= 2 and words in f"{row.name} {row.station_name or ''}")[:limit]

    async def report_fault(
        self,
        *,
        person_id: str,
        machine_code: str,
        fault: str = "other",
        text: str = "",
        image_url: str | None = None,
        key: str | None = None,
    ) -> MachineReport:
        """Report a machine. AlreadyExists when the person's earlier report of it is still open; NotFound."""
        check_choice("fault", fault, FAULTS)
        kept = redact(check_text("text", text, 1000, required=False))
        open_key = f"{person_id}:{machine_code}"

        async def build(session: AsyncSession) -> MachineReport:
            if await session.scalar(select(DrinkMachine.id).where(DrinkMachine.code == machine_code)) is None:
                raise NotFound(machine_code)
            earlier = await session.scalar(select(MachineReport).where(MachineReport.open_key == open_key))
            if earlier is not None:
                raise already(session, earlier)
            now = self._clock.now()
            return MachineReport(
                number=numbered(PREFIX, now.date()),
                person_id=person_id,
                machine_code=machine_code,
                fault=fault,
                text=kept,
                image_url=image_url,
                open_key=open_key,
                created_at=now,
                updated_at=now,
                source_key=key,
            )

        return await create_once(self._db, MachineReport, key, build)

    async def my_reports(self, person_id: str) -> Sequence[MachineReport]:
        """The person's latest reports, newest first."""
        async with self._db.read() as session:
            return await all_own(session, MachineReport, person_id)

    async def answer_report(
        self, number: str, status: str, note: str = "", *, seen: datetime | None = None
    ) -> MachineReport:
        """Staff moves a report; the person is told. The machine's own status is set in its table."""
        check_choice("status", status, REPORT_STATUSES)
        now = self._clock.now()
        return await move(self._db, MachineReport, number, status, now, tell="您报修的饮品机", note=note, seen=seen)

    async def forget(self, person_id: str) -> None:
        """That a machine is broken stays; who said so, in what words, with what picture, goes."""
        async with self._db.write() as session:
            await session.execute(
                update(MachineReport)
                .where(MachineReport.person_id == person_id)
                .values(person_id=None, text="", image_url=None, source_key=None, open_key=None)
            )

    async def _doubted(self) -> frozenset[str]:
        since = self._clock.now() - REPORT_LIFE
        query = (
            select(MachineReport.machine_code)
            .where(MachineReport.status.in_(OPEN), MachineReport.created_at >= since)
            .distinct()
        )
        async with self._db.read() as session:
            return frozenset(await session.scalars(query))


async def _load(session: AsyncSession) -> Nearby[MachineInfo]:
    query = (
        select(DrinkMachine, Station)
        .outerjoin(Station, Station.code == DrinkMachine.station_code)
        .where(DrinkMachine.status != "removed")
        .order_by(DrinkMachine.id)
    )
    machines = [
        MachineInfo(
            code=row.code,
            name=row.name,
            station_code=row.station_code,
            station_name=station.name if station else None,
            district=station.district if station else None,
            address=station.address if station else None,
            lng=row.lng,
            lat=row.lat,
            drinks=tuple(row.drinks),
            season=tuple(row.season),
            status=row.status,
            hours=parse_hours(station.hours if station else None),
            demo=row.demo,
        )
        for row, station in await session.execute(query)
    ]
    return Nearby(machines, _attributes)


def _attributes(row: MachineInfo) -> Iterator[str]:
    if row.status == "ok":
        yield "working"
    yield from (f"drink:{each}" for each in row.drinks)


IMPORTS = (
    Spec(
        kind="drink-machines",
        title="饮品机",
        model=DrinkMachine,
        columns=(
            CODE,
            Column("station_code", "驿站编号", code),
            NAME,
            LNG,
            LAT,
            Column("drinks", "饮品", list_of(*DRINK_KINDS), required=True),
            Column("season", "季节", list_of(*SEASONS), required=True),
            Column("status", "状态", one_of(*MACHINE_STATUSES), default="ok"),
            PROVENANCE,
        ),
        references={"station_code": (Station, "code")},
        point=True,
        demo_file="drink_machines.csv",
        versions=(VERSION,),
    ),
)
