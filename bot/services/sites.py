"""Small directories of places (micro-homes, library stations), held in memory and found by distance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.geo.datum import Point
from bot.services import import_spec as cell
from bot.services.errors import NotFound
from bot.services.import_spec import Column
from bot.services.reference import Found, Nearby, Snapshot, map_page
from bot.storage.base import Base, Database


@dataclass(frozen=True)
class Site:
    """One place; the point is WGS-84 degrees, None where not known. `demo`: say that it is an example."""

    code: str
    name: str
    district: str | None
    address: str | None
    lng: float | None
    lat: float | None
    hours: str | None
    services: tuple[str, ...]
    demo: bool

    @property
    def map_link(self) -> str | None:
        """A page with the point on a map, None where it is not known."""
        return map_page(self, self.name)


def site_columns(*services: str) -> tuple[Column, ...]:
    """The columns of such a table for import; `services` are the allowed codes."""
    return (
        *cell.PLACE,
        Column("hours", "开放时间", cell.text(120)),
        Column("services", "服务", cell.list_of(*services), default=[]),
        cell.PROVENANCE,
    )


class SiteDirectory:
    """The rows of one table of sites; `kind` names its counter (`bot.services.reference.bump`)."""

    def __init__(self, db: Database, kind: str, model: type[Base]) -> None:
        self._model = model
        self._held: Snapshot[Nearby[Site]] = Snapshot(db, kind, self._load)

    async def _load(self, session: AsyncSession) -> Nearby[Site]:
        model: Any = self._model
        rows = await session.scalars(select(model).order_by(model.code))
        return Nearby([_site(row) for row in rows], lambda site: [f"service:{s}" for s in site.services])

    async def find(
        self,
        point: Point | None = None,
        *,
        service: str | None = None,
        district: str | None = None,
        limit: int = 3,
        skip: int = 0,
    ) -> Sequence[Found[Site]]:
        """Nearest first from a WGS-84 point; without one in order of code, with a distance of 0 metres."""
        held = await self._held.get()
        need = [f"service:{service}"] if service else []
        if point is not None:
            in_district = (lambda site: site.district == district) if district else None
            return held.nearest(point, need, in_district, limit=limit, skip=skip)[0]
        rows = [site for site in held.rows if service in (None, *site.services) and district in (None, site.district)]
        return [Found(site, 0.0) for site in rows[skip : skip + limit]]

    async def get(self, code: str) -> Site:
        """One site by its code. NotFound."""
        held = await self._held.get()
        found = next((site for site in held.rows if site.code == code), None)
        if found is None:
            raise NotFound(code)
        return found


def _site(row: Any) -> Site:
    return Site(
        code=row.code,
        name=row.name,
        district=row.district,
        address=row.address,
        lng=row.lng,
        lat=row.lat,
        hours=row.hours,
        services=tuple(row.services),
        demo=row.demo,
    )
