"""Reference data held in memory: rows with points, found by distance, rebuilt when the table changes.

Whoever changes rows (import, console) calls `bump` in the same transaction; every process sees the new
counter at its next question and reloads.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, Protocol, TypeVar

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.geo.boundary import in_kunshan
from bot.geo.datum import Point, gcj02_to_wgs84
from bot.geo.index import SpatialIndex
from bot.geo.links import tencent_marker
from bot.geo.places import Place
from bot.services.errors import ServiceError
from bot.storage.base import Database
from bot.storage.reference import DataVersion

_MAX_BITS = 64


class OutsideKunshan(ServiceError):
    """The point or place is not in Kunshan."""


class PlaceUnknown(ServiceError):
    """The place is known by name only: nobody has published where it is."""


class Located(Protocol):
    """A row with a WGS-84 point in degrees, None when not known."""

    @property
    def lng(self) -> float | None: ...

    @property
    def lat(self) -> float | None: ...


class Sited(Located, Protocol):
    """A row with a point and an address."""

    @property
    def address(self) -> str | None: ...


T = TypeVar("T", bound=Located)
V = TypeVar("V")


@dataclass(frozen=True)
class Found(Generic[T]):
    """A row and how far it is, in metres (straight line)."""

    row: T
    metres: float


class Nearby(Generic[T]):
    """An immutable set of rows with attributes ("service:charging"), searched by distance."""

    def __init__(self, rows: Sequence[T], attributes: Callable[[T], Iterable[str]] = lambda row: ()) -> None:
        self.rows = tuple(rows)
        self._placed = [row for row in self.rows if row.lng is not None and row.lat is not None]
        self._attributes = [frozenset(attributes(row)) for row in self._placed]
        # What does not fit into the index's 64 bits is checked row by row.
        names = dict.fromkeys(name for found in self._attributes for name in sorted(found))
        self._bit = {name: 1 << place for place, name in enumerate(list(names)[:_MAX_BITS])}
        self._index = SpatialIndex(
            [float(row.lng or 0.0) for row in self._placed],
            [float(row.lat or 0.0) for row in self._placed],
            [sum(self._bit.get(name, 0) for name in found) for found in self._attributes],
        )

    def by_distance(
        self, point: Point, need: Iterable[str] = (), accept: Callable[[T], bool] | None = None
    ) -> Iterator[Found[T]]:
        """Rows that have all attributes of `need` and that `accept` takes, nearest first, one by one."""
        wanted = frozenset(need)
        bits = sum(self._bit.get(name, 0) for name in wanted)
        rest = frozenset(name for name in wanted if name not in self._bit)
        for near in self._index.by_distance(*point, need=bits):
            row = self._placed[near.item]
            if rest <= self._attributes[near.item] and (accept is None or accept(row)):
                yield Found(row, near.metres)

    def nearest(
        self,
        point: Point,
        need: Iterable[str] = (),
        accept: Callable[[T], bool] | None = None,
        *,
        limit: int = 3,
        skip: int = 0,
    ) -> tuple[list[Found[T]], bool]:
        """A page of `limit` rows after the first `skip`, and whether there are more behind it."""
        found: list[Found[T]] = []
        for number, one in enumerate(self.by_distance(point, need, accept)):
            if number >= skip + limit:
                return found, True
            if number >= skip:
                found.append(one)
        return found, False


class Snapshot(Generic[V]):
    """A value built from tables, at the first use and again whenever the counter of `kind` has moved."""

    def __init__(self, db: Database, kind: str, build: Callable[[AsyncSession], Awaitable[V]]) -> None:
        self._db, self._kind, self._build = db, kind, build
        self._lock = asyncio.Lock()
        self._held: tuple[int, V] | None = None

    async def get(self) -> V:
        async with self._db.read() as session:
            held, version = self._held, await version_of(session, self._kind)
            if held is not None and held[0] == version:
                return held[1]
        async with self._lock, self._db.read() as session:
            # The counter first, the rows after it: a change in between is then seen next time.
            held, version = self._held, await version_of(session, self._kind)
            if held is None or held[0] != version:
                held = self._held = version, await self._build(session)
            return held[1]


async def version_of(session: AsyncSession, kind: str) -> int:
    return await session.scalar(select(DataVersion.version).where(DataVersion.kind == kind)) or 0


async def bump(session: AsyncSession, kind: str, now: datetime) -> None:
    """Say, in the transaction that changes rows, that what is held in memory of `kind` is out of date."""
    raised = await session.execute(
        update(DataVersion)
        .where(DataVersion.kind == kind)
        .values(version=DataVersion.version + 1, changed_at=now)
        .returning(DataVersion.version)
    )
    if raised.scalar() is None:
        await session.execute(insert(DataVersion).values(kind=kind, version=1, changed_at=now))


def is_published(address: str | None) -> bool:
    """Whether it is known where a place is. The demo data name real sites whose address nobody has published:
    their points stand in for it, and must not be shown as a place on a map or as a distance."""
    return bool(address) and "未公布" not in str(address)


def is_located(row: Sited) -> bool:
    """Whether it may be said where it is: it has a point, and its address has been published."""
    return row.lng is not None and row.lat is not None and is_published(row.address)


def map_page(row: Sited, name: str) -> str | None:
    """A Tencent map page with a pin of that name, opens inside WeChat; None where the point is not known."""
    if row.lng is None or row.lat is None:
        return None
    return tencent_marker(row.lng, row.lat, name, row.address or "")


def from_gcj02(lng: float, lat: float) -> Point:
    """The WGS-84 point of a location message (GCJ-02). OutsideKunshan when it is not in the city.

    ValueError for what is no point.
    """
    point = gcj02_to_wgs84(lng, lat)
    if not in_kunshan(*point):
        raise OutsideKunshan(f"{point}")
    return point


def point_of(place: Place) -> Point:
    """Where to measure from for a named place, WGS-84. OutsideKunshan, or PlaceUnknown without a point."""
    if place.outside:
        raise OutsideKunshan(place.name)
    if place.point is None:
        raise PlaceUnknown(place.name)
    return place.point
