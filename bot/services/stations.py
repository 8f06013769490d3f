"""Initiative 01: stations near a point or in a district, with the services asked for, open at a moment.

The rows are held in memory behind a spatial index (`bot.services.reference`); a search touches the database
for one small counter only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.geo.boundary import in_kunshan
from bot.geo.datum import Point
from bot.geo.links import amap_navigation
from bot.geo.places import Place
from bot.services.clock import Clock
from bot.services.errors import NotFound
from bot.services.import_spec import (
    ADDRESS,
    CODE,
    DISTRICT,
    LAT,
    LNG,
    NAME,
    PROVENANCE,
    Column,
    Problem,
    Spec,
    Values,
    code,
    list_of,
    one_of,
    text,
    yes_no,
)
from bot.services.opening_hours import Hours, hours_cell, parse_hours
from bot.services.reference import Nearby, OutsideKunshan, Snapshot, is_located, map_page, point_of
from bot.storage.base import Database
from bot.storage.stations import (
    SERVICE_CATEGORIES,
    SITE_KINDS,
    STATION_CATEGORIES,
    STATION_STATUSES,
    Station,
    StationService,
)

VERSION = "stations"
DAILY_FIRST = (
    "charging", "hot_meal", "water", "rest", "toilet", "air_conditioning", "battery_swap", "first_aid",
    "rain_gear", "tyre_pump", "wifi", "parking", "reading",
)  # fmt: skip
"""What riders look for, in the order in which a short list of a station's services names them."""


@dataclass(frozen=True, slots=True)
class StationInfo:
    """A station as it is shown. `services` are codes, `lng`/`lat` WGS-84 degrees or None."""

    code: str
    name: str
    category: str
    district: str | None
    address: str | None
    lng: float | None
    lat: float | None
    hours: Hours
    services: tuple[str, ...]
    demo_site: bool
    site_kind: str | None
    demo: bool

    @property
    def located(self) -> bool:
        """Whether it may be said where it is: it has a point, and its address has been published."""
        return is_located(self)

    @property
    def map_link(self) -> str | None:
        """A Tencent map page with a pin, opens inside WeChat."""
        return map_page(self, self.name) if self.located else None

    @property
    def ride_link(self) -> str | None:
        """Amap navigation for two wheels."""
        if self.lng is None or self.lat is None or not self.located:
            return None
        return amap_navigation(self.lng, self.lat, self.name)


@dataclass(frozen=True)
class FoundStation:
    """A station found. `metres`: straight line, None when nothing was measured. `open`: None = not known."""

    station: StationInfo
    metres: float | None
    open: bool | None
    service_names: tuple[str, ...]
    """All services by name: first those asked for, then what riders look for most."""


@dataclass(frozen=True)
class StationPage:
    """Some of the stations that fit, nearest first, and whether there are more after them."""

    items: tuple[FoundStation, ...]
    more: bool
    skip: int
    total: int | None = None
    """How many fit in all, counted for a district only."""


@dataclass(frozen=True)
class Wanted:
    """What a station must have.

    `open_at`: surely open at that moment (unknown hours do not count); `open_on`: at some hour of one of those days;
    `always`: open round the clock.
    """

    services: tuple[str, ...] = ()
    category: str | None = None
    site_kind: str | None = None
    demo_site: bool = False
    open_at: datetime | None = None
    district: str | None = None
    always: bool = False
    open_on: tuple[date, ...] = ()


ANY = Wanted()


@dataclass(frozen=True, slots=True)
class ServiceInfo:
    """One service of the catalogue."""

    code: str
    name: str
    category: str
    category_name: str
    demo: bool


@dataclass(frozen=True)
class _Directory:
    stations: Nearby[StationInfo]
    by_code: dict[str, StationInfo]
    catalogue: tuple[ServiceInfo, ...]
    names: dict[str, str]


class StationsService:
    def __init__(self, db: Database, clock: Clock) -> None:
        self._clock = clock
        self._directory = Snapshot(db, VERSION, _load)

    async def nearest(
        self,
        point: Point,
        *,
        services: Iterable[str] = (),
        category: str | None = None,
        site_kind: str | None = None,
        demo_site: bool = False,
        open_at: datetime | None = None,
        district: str | None = None,
        limit: int = 3,
        skip: int = 0,
    ) -> StationPage:
        """Stations nearest to a WGS-84 point. OutsideKunshan when the point is not in the city."""
        wanted = Wanted(tuple(services), category, site_kind, demo_site, open_at, district)
        return await self.search(point, wanted, limit=limit, skip=skip)

    async def search(self, point: Point, wanted: Wanted, *, limit: int = 3, skip: int = 0) -> StationPage:
        """The same for conditions that are kept together."""
        if not in_kunshan(*point):
            raise OutsideKunshan(f"{point}")
        directory = await self._directory.get()
        need, accept = frozenset(_needed(wanted)), _accepts(wanted)
        found, more = directory.stations.nearest(point, need, accept, limit=limit, skip=skip)
        items = tuple(self._shown(directory, one.row, one.metres, wanted) for one in found)
        total = None
        if wanted.district is not None:
            total = sum(1 for row in directory.stations.rows if need <= set(_attributes(row)) and accept(row))
        return StationPage(items, more, skip, total)

    async def at_place(self, place: Place, wanted: Wanted, *, limit: int = 3, skip: int = 0) -> StationPage:
        """Stations nearest to a named place; for a district only those in it, nearest to its centre first.

        OutsideKunshan for a place elsewhere; PlaceUnknown when nobody has published where the place is.
        """
        if place.kind == "district" and not place.outside:
            wanted = replace(wanted, district=place.name)
        return await self.search(point_of(place), wanted, limit=limit, skip=skip)

    async def listed(self, wanted: Wanted, *, limit: int = 3, skip: int = 0) -> StationPage:
        """Stations that fit in the order of the table, measured from nowhere, and how many there are."""
        directory = await self._directory.get()
        need, accept = frozenset(_needed(wanted)), _accepts(wanted)
        rows = [row for row in directory.stations.rows if need <= set(_attributes(row)) and accept(row)]
        items = tuple(self._shown(directory, row, None, wanted) for row in rows[skip : skip + limit])
        return StationPage(items, len(rows) > skip + limit, skip, len(rows))

    async def demo_sites(self, site_kind: str | None = None) -> tuple[FoundStation, ...]:
        """The demonstration sites, or those of one kind, in the order of the table."""
        directory = await self._directory.get()
        return tuple(
            self._shown(directory, row)
            for row in directory.stations.rows
            if row.demo_site and site_kind in (None, row.site_kind)
        )

    async def get(self, station_code: str) -> FoundStation:
        """One station by its code. NotFound."""
        directory = await self._directory.get()
        row = directory.by_code.get(station_code)
        if row is None:
            raise NotFound(station_code)
        return self._shown(directory, row)

    async def named(self, name: str, limit: int = 5) -> tuple[FoundStation, ...]:
        """Stations whose name holds `name` (three characters or more), shortest names first."""
        directory = await self._directory.get()
        rows = [row for row in directory.stations.rows if len(name) >= 3 and name in row.name]
        rows.sort(key=lambda row: (len(row.name), row.code))
        return tuple(self._shown(directory, row) for row in rows[:limit])

    async def mentioned(self, text: str) -> FoundStation | None:
        """The station whose full name stands in the text, the longest name if several do."""
        directory = await self._directory.get()
        rows = [row for row in directory.stations.rows if row.name in text]
        return self._shown(directory, max(rows, key=lambda row: len(row.name))) if rows else None

    async def all(self) -> tuple[StationInfo, ...]:
        """Every open station, for the map."""
        return (await self._directory.get()).stations.rows

    async def catalogue(self) -> tuple[ServiceInfo, ...]:
        """The services in the order of the table."""
        return (await self._directory.get()).catalogue

    async def service_names(self) -> dict[str, str]:
        """Code -> name of every service."""
        return (await self._directory.get()).names

    def _shown(
        self,
        directory: _Directory,
        row: StationInfo,
        metres: float | None = None,
        wanted: Wanted = ANY,
    ) -> FoundStation:
        services = _in_order(row.services, (*wanted.services, *DAILY_FIRST))
        return FoundStation(
            row,
            metres,
            row.hours.open_at(wanted.open_at or self._clock.now()),
            tuple(directory.names.get(each, each) for each in services),
        )


def _in_order(services: Sequence[str], first: Sequence[str]) -> Iterator[str]:
    yield from (each for each in dict.fromkeys(first) if each in services)
    yield from (each for each in services if each not in first)


def _attributes(row: StationInfo) -> Iterator[str]:
    yield from (f"service:{each}" for each in row.services)
    yield f"category:{row.category}"
    if row.demo_site:
        yield "demo_site"
        yield f"kind:{row.site_kind}"


def _needed(wanted: Wanted) -> Iterator[str]:
    yield from (f"service:{each}" for each in wanted.services)
    if wanted.category:
        yield f"category:{wanted.category}"
    if wanted.site_kind:
        yield f"kind:{wanted.site_kind}"
    if wanted.demo_site:
        yield "demo_site"


def _accepts(wanted: Wanted) -> Callable[[StationInfo], bool]:
    def accept(row: StationInfo) -> bool:
        if wanted.district is not None and row.district != wanted.district:
            return False
        if wanted.always and not row.hours.always:
            return False
        if wanted.open_on and not any(row.hours.on(day) for day in wanted.open_on):
            return False
        return wanted.open_at is None or row.hours.open_at(wanted.open_at) is True

    return accept


async def _load(session: AsyncSession) -> _Directory:
    rows = await session.scalars(select(Station).where(Station.status == "open").order_by(Station.id))
    stations = [
        StationInfo(
            code=row.code,
            name=row.name,
            category=row.category,
            district=row.district,
            address=row.address,
            lng=row.lng,
            lat=row.lat,
            hours=parse_hours(row.hours),
            services=tuple(row.services),
            demo_site=row.demo_site,
            site_kind=row.site_kind,
            demo=row.demo,
        )
        for row in rows
    ]
    services = await session.scalars(select(StationService).order_by(StationService.id))
    catalogue = tuple(ServiceInfo(row.code, row.name, row.category, row.category_name, row.demo) for row in services)
    return _Directory(
        Nearby(stations, _attributes),
        {row.code: row for row in stations},
        catalogue,
        {row.code: row.name for row in catalogue},
    )


def _check_station(values: Values) -> list[Problem]:
    if values["demo_site"] != (values["site_kind"] is not None):
        return [("site_kind", "示范阵地要填类型，其他驿站留空")]
    return []


IMPORTS = (
    Spec(
        kind="services",
        title="驿站服务目录",
        model=StationService,
        columns=(
            CODE,
            NAME,
            Column("category", "类别编号", one_of(*SERVICE_CATEGORIES), required=True),
            Column("category_name", "类别", text(20), required=True),
            PROVENANCE,
        ),
        demo_file="services.csv",
        versions=(VERSION,),
    ),
    Spec(
        kind="stations",
        title="驿站",
        model=Station,
        columns=(
            CODE,
            NAME,
            Column("category", "类别", one_of(*STATION_CATEGORIES), required=True),
            DISTRICT,
            ADDRESS,
            LNG,
            LAT,
            Column("hours", "开放时间", hours_cell),
            Column("services", "服务", list_of(item=code), default=[]),
            Column("demo_site", "示范阵地", yes_no, default=False),
            Column("site_kind", "示范阵地类型", one_of(*SITE_KINDS)),
            Column("status", "状态", one_of(*STATION_STATUSES), default="open"),
            PROVENANCE,
        ),
        check=_check_station,
        references={"services": (StationService, "code")},
        point=True,
        demo_file="stations.csv",
        versions=(VERSION, "drinks"),  # a drink machine has its station's hours and address
    ),
)
