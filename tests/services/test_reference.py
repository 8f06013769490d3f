from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from bot.geo.datum import wgs84_to_gcj02
from bot.geo.places import resolve
from bot.services.clock import SHANGHAI
from bot.services.reference import Nearby, OutsideKunshan, PlaceUnknown, Snapshot, bump, from_gcj02, point_of
from bot.storage.base import Database

NOW = datetime(2026, 11, 25, 10, tzinfo=SHANGHAI)
CENTRE = (120.95, 31.38)


@dataclass(frozen=True)
class Spot:
    name: str
    lng: float | None
    lat: float | None
    tags: tuple[str, ...] = ()


def row_of_spots(count: int, tags: Sequence[tuple[str, ...]] = ((),)) -> list[Spot]:
    """Spots going east from the centre, about 95 m apart."""
    return [Spot(str(n), CENTRE[0] + n * 0.001, CENTRE[1], tags[n % len(tags)]) for n in range(count)]


def test_pages_follow_each_other_without_gap_or_repeat() -> None:
    nearby = Nearby(row_of_spots(10))
    seen: list[str] = []
    for skip in (0, 4, 8):
        page, more = nearby.nearest(CENTRE, limit=4, skip=skip)
        seen += [one.row.name for one in page]
        assert more is (skip < 8)
    assert seen == [str(n) for n in range(10)]
    assert nearby.nearest(CENTRE, limit=4, skip=20) == ([], False)


def test_exactly_full_page_has_no_more() -> None:
    assert Nearby(row_of_spots(4)).nearest(CENTRE, limit=4)[1] is False


def test_all_attributes_are_needed_and_rows_without_a_point_are_not_found() -> None:
    spots = [*row_of_spots(6, [("a",), ("b",), ("a", "b")]), Spot("nowhere", None, None, ("a", "b"))]
    nearby = Nearby(spots, lambda row: row.tags)
    assert len(nearby.rows) == 7
    assert [one.row.name for one in nearby.nearest(CENTRE, ["a", "b"], limit=9)[0]] == ["2", "5"]
    assert nearby.nearest(CENTRE, ["c"])[0] == []
    found, _ = nearby.nearest(CENTRE, ["a"], lambda row: row.name != "0", limit=2)
    assert [one.row.name for one in found] == ["2", "3"]


def test_more_attributes_than_an_index_has_bits() -> None:
    tags = [tuple(f"t{n}" for n in range(spot, spot + 20)) for spot in range(100)]
    nearby = Nearby(row_of_spots(100, tags), lambda row: row.tags)
    for number in (0, 63, 64, 90, 118):
        found = [one.row.name for one in nearby.nearest(CENTRE, [f"t{number}"], limit=200)[0]]
        assert found == [str(n) for n in range(max(0, number - 19), min(99, number) + 1)]


def test_an_empty_table_has_nothing_near() -> None:
    assert Nearby([]).nearest(CENTRE) == ([], False)


async def test_a_snapshot_is_built_once_and_again_when_its_counter_moves(db: Database) -> None:
    built = 0

    async def build(session: AsyncSession) -> int:
        nonlocal built
        built += 1
        return built

    snapshot = Snapshot(db, "things", build)
    assert [await snapshot.get() for _ in range(3)] == [1, 1, 1]
    async with db.write() as session:
        await bump(session, "others", NOW)
    assert await snapshot.get() == 1
    for expected in (2, 3):
        async with db.write() as session:
            await bump(session, "things", NOW)
        assert [await snapshot.get() for _ in range(2)] == [expected, expected]


async def test_a_change_that_is_rolled_back_moves_nothing(db: Database) -> None:
    async def build(session: AsyncSession) -> object:
        return object()

    snapshot = Snapshot(db, "things", build)
    before = await snapshot.get()

    async def fail() -> None:
        async with db.write() as session:
            await bump(session, "things", NOW)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()
    assert await snapshot.get() is before


def test_location_messages_are_gcj02() -> None:
    lng, lat = from_gcj02(*wgs84_to_gcj02(120.95, 31.38))
    assert (lng, lat) == (pytest.approx(120.95, abs=1e-6), pytest.approx(31.38, abs=1e-6))
    with pytest.raises(OutsideKunshan):
        from_gcj02(121.4737, 31.2304)


def test_places_without_a_point_and_places_elsewhere() -> None:
    shanghai, north_station = resolve("上海虹桥"), resolve("客运北站")
    assert shanghai is not None
    assert north_station is not None
    with pytest.raises(OutsideKunshan):
        point_of(shanghai.candidates[0])
    with pytest.raises(PlaceUnknown):
        point_of(north_station.candidates[0])
