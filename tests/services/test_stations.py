from datetime import datetime

import pytest
from sqlalchemy import update

from bot.geo.datum import Point
from bot.geo.distance import haversine_m
from bot.geo.places import Place, resolve
from bot.services.clock import SHANGHAI, FixedClock
from bot.services.errors import NotFound
from bot.services.importing import SPECS, import_table, load_demo
from bot.services.reference import OutsideKunshan, PlaceUnknown, bump
from bot.services.stations import StationInfo, StationsService, Wanted
from bot.storage.base import Database
from bot.storage.stations import Station

HUAQIAO: Point = (121.0846, 31.3016)
DAY = datetime(2026, 11, 25, 14, tzinfo=SHANGHAI)
NIGHT = datetime(2026, 11, 25, 23, 30, tzinfo=SHANGHAI)


def place(name: str) -> Place:
    match = resolve(name)
    assert match is not None
    return match.candidates[0]


@pytest.fixture
async def stations(db: Database, clock: FixedClock) -> StationsService:
    await load_demo(db)
    return StationsService(db, clock)


def by_hand(rows: tuple[StationInfo, ...], point: Point, *services: str) -> list[str]:
    """The slow way: every station, sorted by distance."""
    fit = [row for row in rows if set(services) <= set(row.services)]
    fit.sort(key=lambda row: haversine_m(*point, row.lng or 0.0, row.lat or 0.0))
    return [row.code for row in fit]


@pytest.mark.parametrize("services", [(), ("charging",), ("hot_meal", "charging"), ("mother_baby", "parking")])
async def test_nearest_agrees_with_a_scan(stations: StationsService, services: tuple[str, ...]) -> None:
    rows = await stations.all()
    for point in (HUAQIAO, (120.95, 31.38), (120.8472, 31.1168)):
        page = await stations.nearest(point, services=services, limit=12)
        assert [one.station.code for one in page.items] == by_hand(rows, point, *services)[:12]
        metres = [one.metres or 0.0 for one in page.items]
        assert metres == sorted(metres)


async def test_a_district_answers_with_its_own_stations_only(stations: StationsService) -> None:
    for name in ("花桥", "周市", "周庄", "淀山湖"):
        page = await stations.at_place(place(name), Wanted(), limit=5)
        assert len(page.items) == 5
        assert {one.station.district for one in page.items} == {place(name).name}
        assert page.more


async def test_more_are_other_ones_in_order(stations: StationsService) -> None:
    wanted = Wanted(services=("charging",))
    first = await stations.at_place(place("花桥"), wanted, limit=3)
    second = await stations.at_place(place("花桥"), wanted, limit=3, skip=3)
    codes = [one.station.code for one in (*first.items, *second.items)]
    assert len(set(codes)) == 6
    assert second.skip == 3
    assert (first.items[-1].metres or 0) <= (second.items[0].metres or 0)


async def test_open_now_means_surely_open(stations: StationsService) -> None:
    page = await stations.nearest(HUAQIAO, open_at=NIGHT, limit=3)
    assert page.items
    assert all(one.open is True for one in page.items)
    surely = await stations.nearest(HUAQIAO, site_kind="streamer", open_at=DAY, limit=9)
    anyway = await stations.nearest(HUAQIAO, site_kind="streamer", limit=9)
    unknown = {one.station.name for one in anyway.items if one.open is None}
    assert unknown == {"好孩子生态馆“网络主播驿站”"}  # its hours have not been published
    assert {one.station.name for one in surely.items}.isdisjoint(unknown)


async def test_what_was_asked_for_is_named_first(stations: StationsService) -> None:
    page = await stations.nearest(HUAQIAO, services=("reading", "toilet"))
    assert page.items[0].service_names[:2] == ("阅读", "卫生间")
    plain = await stations.nearest(HUAQIAO, services=("charging",))
    assert plain.items[0].service_names[0] == "手机充电"


async def test_demo_rows_say_so_and_have_links(stations: StationsService) -> None:
    station = (await stations.nearest(HUAQIAO)).items[0].station
    assert station.demo
    assert str(station.map_link).startswith("https://apis.map.qq.com/")
    assert str(station.ride_link).startswith("https://uri.amap.com/")


async def test_points_and_places_elsewhere(stations: StationsService) -> None:
    with pytest.raises(OutsideKunshan):
        await stations.nearest((121.4737, 31.2304))
    with pytest.raises(OutsideKunshan):
        await stations.at_place(place("苏州园区"), Wanted())
    with pytest.raises(PlaceUnknown):
        await stations.at_place(place("客运北站"), Wanted())


async def test_the_demonstration_sites_by_kind(stations: StationsService) -> None:
    assert len(await stations.demo_sites()) == 30
    streamers = await stations.demo_sites("streamer")
    assert streamers[0].station.name == "好孩子生态馆“网络主播驿站”"
    assert {one.station.site_kind for one in streamers} == {"streamer"}
    assert await stations.demo_sites("no_such_kind") == ()
    near = await stations.nearest(HUAQIAO, demo_site=True, limit=30)
    assert len(near.items) == 30


async def test_one_station_by_code_or_name(stations: StationsService) -> None:
    assert (await stations.get("S0004")).station.site_kind == "streamer"
    with pytest.raises(NotFound):
        await stations.get("S9999")
    assert [one.station.code for one in await stations.named("鹿银先锋")] == ["S0005"]
    assert await stations.named("鹿") == ()
    assert len(await stations.named("党群服务")) == 5


async def test_the_catalogue_has_four_categories_and_thirty_services(stations: StationsService) -> None:
    catalogue = await stations.catalogue()
    assert len(catalogue) == 30
    assert {one.category_name for one in catalogue} == {"党建服务", "公共服务", "生活服务", "建议信箱"}
    assert (await stations.service_names())["hot_meal"] == "热饭"


async def test_changes_are_seen_at_the_next_question(stations: StationsService, db: Database) -> None:
    nearest = (await stations.nearest(HUAQIAO)).items[0].station
    async with db.write() as session:
        await session.execute(update(Station).where(Station.code == nearest.code).values(status="paused"))
        await bump(session, "stations", NIGHT)
    assert (await stations.nearest(HUAQIAO)).items[0].station.code != nearest.code
    with pytest.raises(NotFound):
        await stations.get(nearest.code)


async def test_an_import_is_seen_and_a_station_without_a_point_is_listed_but_not_near(
    stations: StationsService, db: Database
) -> None:
    await stations.nearest(HUAQIAO)
    header = [column.name for column in SPECS["stations"].columns]
    row = ["T1", "新来的驿站", "shop", "花桥镇", "", "121.0846", "31.3016", "", "", "", "", "", "operator"]
    lost = ["T2", "没坐标的驿站", "shop", "", "", "", "", "", "", "", "", "", ""]
    report = await import_table(db, SPECS["stations"], [header, row, lost])
    assert report.errors == []
    nearest = (await stations.nearest(HUAQIAO)).items[0]
    assert (nearest.station.code, nearest.station.demo, nearest.open) == ("T1", False, None)
    assert (await stations.get("T2")).station.map_link is None


async def test_with_no_stations_there_is_an_empty_page(db: Database, clock: FixedClock) -> None:
    page = await StationsService(db, clock).nearest(HUAQIAO)
    assert (page.items, page.more) == ((), False)


async def test_round_the_clock_and_how_many_there_are_in_a_district(stations: StationsService) -> None:
    page = await stations.at_place(place("花桥"), Wanted(services=("charging",), always=True))
    rows = [row for row in await stations.all() if row.district == "花桥镇" and "charging" in row.services]
    assert page.total == sum(row.hours.always for row in rows)
    assert all(one.station.hours.always for one in page.items)
    assert (await stations.at_place(place("花桥"), Wanted(services=("charging",)))).total == len(rows)
    assert (await stations.nearest(HUAQIAO)).total is None


async def test_a_station_named_in_a_text(stations: StationsService) -> None:
    found = await stations.mentioned("人民路示范驿站怎么走啊")
    assert found is not None
    assert found.station.code == "S0006"
    assert await stations.mentioned("人民路怎么走") is None
