from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from bot.services.clock import SHANGHAI, FixedClock
from bot.services.drinks import DrinksService, season_of, seasonal_drink
from bot.services.errors import AlreadyExists, Invalid, NotFound
from bot.services.importing import load_demo
from bot.services.people import PeopleService
from bot.services.reference import OutsideKunshan, bump
from bot.storage.base import Database
from bot.storage.drinks import DrinkMachine, MachineReport
from bot.storage.outbox import OutboxMessage
from bot.storage.stations import Station

CENTRE = (120.9564, 31.3760)


@pytest.fixture
async def drinks(db: Database, clock: FixedClock) -> DrinksService:
    await load_demo(db)
    return DrinksService(db, clock)


@pytest.fixture
async def rider(db: Database, clock: FixedClock) -> str:
    return (await PeopleService(db, clock).ensure("rest:rider")).id


@pytest.mark.parametrize(
    ("day", "season"),
    [
        (date(2026, 5, 31), None),
        (date(2026, 6, 1), "summer"),
        (date(2026, 9, 30), "summer"),
        (date(2026, 10, 1), None),
        (date(2026, 11, 30), None),
        (date(2026, 12, 1), "winter"),
        (date(2027, 2, 28), "winter"),
        (date(2027, 3, 1), None),
    ],
)
def test_our_reading_of_the_seasons(day: date, season: str | None) -> None:
    assert season_of(day) == season


def test_cold_in_summer_hot_in_winter() -> None:
    assert (seasonal_drink("summer"), seasonal_drink("winter")) == ("cold", "hot")


async def test_only_machines_in_order_nearest_first(drinks: DrinksService, clock: FixedClock) -> None:
    page = await drinks.nearest(CENTRE, limit=30)
    assert page.items[0].machine.code == "D13"
    assert {one.machine.status for one in page.items} == {"ok"}
    metres = [one.metres for one in page.items]
    assert metres == sorted(metres)
    assert len(page.items) < len(await drinks.all())
    assert page.season is None
    clock.moment = datetime(2026, 12, 24, 10, tzinfo=SHANGHAI)
    assert (await drinks.nearest(CENTRE)).season == "winter"


async def test_by_drink_district_and_page(drinks: DrinksService) -> None:
    hot = await drinks.nearest(CENTRE, drink="hot", limit=30)
    assert hot.items
    assert all("hot" in one.machine.drinks for one in hot.items)
    lujia = await drinks.nearest(CENTRE, district="陆家镇", limit=9)
    assert {one.machine.district for one in lujia.items} == {"陆家镇"}
    first = await drinks.nearest(CENTRE, limit=2)
    second = await drinks.nearest(CENTRE, limit=2, skip=2)
    assert first.more
    assert {one.machine.code for one in first.items}.isdisjoint(one.machine.code for one in second.items)
    with pytest.raises(OutsideKunshan):
        await drinks.nearest((121.4737, 31.2304))


async def test_a_machine_has_the_hours_and_address_of_its_station(drinks: DrinksService, db: Database) -> None:
    machine = await drinks.get("D13")
    assert (machine.station_name, machine.district, machine.hours.text) == (
        "鹿城路示范驿站", "高新区", "每天 08:30-20:00",
    )  # fmt: skip
    assert machine.demo
    assert str(machine.map_link).startswith("https://apis.map.qq.com/")
    async with db.write() as session:
        await session.execute(update(Station).where(Station.code == "S0013").values(hours="24小时"))
        await bump(session, "drinks", datetime(2026, 11, 25, tzinfo=SHANGHAI))
    assert (await drinks.get("D13")).hours.always
    with pytest.raises(NotFound):
        await drinks.get("D99")


async def test_a_broken_machine_can_still_be_named_and_found_but_a_removed_one_not(
    drinks: DrinksService, db: Database
) -> None:
    (broken,) = await drinks.named("白马泾路")
    assert (broken.code, broken.status) == ("D12", "out_of_order")
    assert len(await drinks.by_distance(CENTRE, limit=20)) == 20
    assert await drinks.named("路") == ()
    async with db.write() as session:
        await session.execute(update(DrinkMachine).where(DrinkMachine.code == "D12").values(status="removed"))
        await bump(session, "drinks", datetime(2026, 11, 25, tzinfo=SHANGHAI))
    assert await drinks.named("白马泾路") == ()


async def test_one_open_report_a_person_and_machine(
    drinks: DrinksService, db: Database, clock: FixedClock, rider: str
) -> None:
    first = await drinks.report_fault(
        person_id=rider, machine_code="D13", fault="empty", text="空的，打我13812345678", key="m1"
    )
    assert first.number.startswith("JY20261125-")
    assert "13812345678" not in first.text
    again = await drinks.report_fault(person_id=rider, machine_code="D13", fault="empty", key="m1")
    assert again.id == first.id
    with pytest.raises(AlreadyExists) as caught:
        await drinks.report_fault(person_id=rider, machine_code="D13", fault="broken", key="m2")
    assert caught.value.existing.number == first.number
    other = (await PeopleService(db, clock).ensure("rest:other")).id
    await drinks.report_fault(person_id=other, machine_code="D13", key="m3")
    await drinks.report_fault(person_id=rider, machine_code="D06", key="m4")
    assert len(await drinks.my_reports(rider)) == 2
    async with db.read() as session:
        assert await session.scalar(select(func.count()).select_from(MachineReport)) == 3


async def test_a_reported_machine_is_doubted_for_some_days(
    drinks: DrinksService, clock: FixedClock, rider: str
) -> None:
    await drinks.report_fault(person_id=rider, machine_code="D13", fault="empty")
    assert [one.doubted for one in (await drinks.nearest(CENTRE)).items] == [True, False]
    clock.advance(timedelta(days=4))
    assert [one.doubted for one in (await drinks.nearest(CENTRE)).items] == [False, False]


async def test_reports_of_nothing(drinks: DrinksService, rider: str) -> None:
    with pytest.raises(NotFound):
        await drinks.report_fault(person_id=rider, machine_code="D99")
    with pytest.raises(Invalid):
        await drinks.report_fault(person_id=rider, machine_code="D13", fault="haunted")


async def test_an_answered_report_is_no_longer_open_and_the_reporter_is_told(
    drinks: DrinksService, db: Database, rider: str
) -> None:
    row = await drinks.report_fault(person_id=rider, machine_code="D13", fault="empty")
    await drinks.answer_report(row.number, "closed", "已加水")
    assert [one.doubted for one in (await drinks.nearest(CENTRE)).items] == [False, False]
    async with db.read() as session:
        (text,) = await session.scalars(select(OutboxMessage.text))
    assert "已加水" in text
    again = await drinks.report_fault(person_id=rider, machine_code="D13", fault="empty")
    assert again.id != row.id


async def test_erasure_keeps_that_the_machine_is_broken(drinks: DrinksService, db: Database, rider: str) -> None:
    await drinks.report_fault(person_id=rider, machine_code="D13", text="我是张三", key="wx:me:1")
    await drinks.forget(rider)
    assert await drinks.my_reports(rider) == []
    assert [one.doubted for one in (await drinks.nearest(CENTRE)).items] == [True, False]
    async with db.read() as session:
        report = (await session.scalars(select(MachineReport))).one()
    assert (report.text, report.source_key, report.open_key) == ("", None, None)
