import asyncio
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import func, select

from bot.geo.distance import haversine_m
from bot.geo.files import REFERENCE_DIR
from bot.services.clock import SHANGHAI, FixedClock
from bot.services.errors import AlreadyExists, Invalid, NotFound, QuotaExhausted, WrongState
from bot.services.freight import FreightService
from bot.services.importing import SPECS, import_file, import_table
from bot.services.passage import PassageQuestion
from bot.services.people import PeopleService
from bot.services.reference import OutsideKunshan
from bot.storage.base import Database
from bot.storage.freight import CarrierReport, PlatingAppointment, PlatingSlot
from bot.storage.outbox import OutboxMessage

CENTRE = (120.964, 31.383)
THURSDAY = date(2026, 11, 26)
PHONE = "13812345678"


@pytest.fixture
async def freight(db: Database, clock: FixedClock) -> FreightService:
    for kind in ("berths", "plating-windows"):
        await import_file(db, kind, REFERENCE_DIR / str(SPECS[kind].demo_file))
    return FreightService(db, clock)


@pytest.fixture
async def driver(db: Database, clock: FixedClock) -> str:
    return (await PeopleService(db, clock).ensure("rest:driver")).id


async def people(db: Database, clock: FixedClock, count: int) -> list[str]:
    service = PeopleService(db, clock)
    return [(await service.ensure(f"rest:p{number}")).id for number in range(count)]


async def test_nearest_berths_that_the_vehicle_fits_into(freight: FreightService) -> None:
    rows = await freight.berths()
    assert len(rows) == 100
    page = await freight.find_berth(CENTRE, vehicle_class="medium", length_m=8.0, limit=5)
    assert len(page.items) == 5
    assert page.more
    fit = [row for row in rows if "medium" in row.vehicle_classes and (row.length_m or 0) >= 8.0]
    fit.sort(key=lambda row: haversine_m(*CENTRE, row.lng or 0, row.lat or 0))
    assert [one.berth.code for one in page.items] == [row.code for row in fit[:5]]
    assert (await freight.find_berth(CENTRE, length_m=13.0)).items == ()
    assert (await freight.find_berth(CENTRE, vehicle_class="heavy")).items == ()


async def test_berths_usable_at_a_time_and_past_midnight(freight: FreightService) -> None:
    night = datetime(2026, 11, 25, 2, tzinfo=SHANGHAI)
    page = await freight.find_berth(CENTRE, open_at=night, limit=100)
    assert {one.berth.hours.text for one in page.items} == {"24小时", "每天 20:00-06:30"}
    anyway = await freight.find_berth(CENTRE, limit=100)
    assert {one.usable for one in anyway.items} == {True, False}
    with pytest.raises(OutsideKunshan):
        await freight.find_berth((121.4737, 31.2304))


async def test_passage_is_not_known_until_rules_are_loaded(freight: FreightService, db: Database) -> None:
    question = PassageQuestion(datetime(2026, 11, 25, 8, tzinfo=SHANGHAI), energy="bev", area="中环内")
    assert (await freight.passage(question)).reason == "no_rules"
    spec = SPECS["passage-rules"]
    header = [column.name for column in spec.columns]
    row = [
        "R1",
        "",
        "bev",
        "中环内",
        "",
        "每天",
        "07:00",
        "09:00",
        "permit",
        "2026-01-01",
        "",
        "示例通告1号",
        "demo",
    ]
    assert (await import_table(db, spec, [header, row])).errors == []
    decision = await freight.passage(question)
    assert decision.verdict == "permit"
    assert decision.rule is not None
    assert (decision.rule.source, decision.rule.demo) == ("示例通告1号", True)


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ({"verdict": "也许"}, "verdict"),
        ({"source": ""}, "source"),
        ({"end": ""}, "end"),
        ({"start": "", "end": ""}, "start"),
        ({"end": "07:00"}, "end"),
        ({"start": "24:00"}, "end"),
        ({"valid_to": "2025-12-31"}, "valid_to"),
        ({"energy": "柴油"}, "energy"),
        ({"days": "周三"}, "days"),
        ({"valid_from": "明年"}, "valid_from"),
    ],
)
async def test_rules_that_do_not_hold_together_are_refused(
    freight: FreightService, db: Database, cells: dict[str, str], column: str
) -> None:
    spec = SPECS["passage-rules"]
    row = {
        "code": "R1", "vehicle_class": "light", "energy": "bev", "area": "", "road": "人民路", "days": "每天",
        "start": "07:00", "end": "09:00", "verdict": "forbidden", "valid_from": "2026-01-01", "valid_to": "",
        "source": "示例通告", "provenance": "",
    }  # fmt: skip
    report = await import_table(db, spec, [list(row), list((row | cells).values())])
    assert [error.column for error in report.errors] == [column]


async def test_free_sessions_are_on_coming_working_days(freight: FreightService) -> None:
    times = await freight.plating.times()
    assert (times[0].day, times[0].start, times[0].left) == (THURSDAY, "09:00", 3)
    assert {each.day.isoweekday() for each in times} == {2, 4}
    assert times[-1].day <= date(2026, 12, 25)
    window = await freight.plating.times(date(2026, 12, 1), date(2026, 12, 1))
    assert [(each.day, each.start) for each in window] == [
        (date(2026, 12, 1), "09:00"),
        (date(2026, 12, 1), "14:00"),
    ]
    assert await freight.plating.times(date(2026, 1, 1), date(2026, 11, 25)) == []


async def test_an_appointment_takes_a_place_and_gives_it_back_once(freight: FreightService, driver: str) -> None:
    row = await freight.plating.book(
        person_id=driver, company="某某物流", vehicles=12, phone=PHONE, day=THURSDAY, start="09:00", key="m1"
    )
    assert row.number.startswith("BM20261125-")
    assert (await freight.plating.times(limit=1))[0].left == 2
    again = await freight.plating.book(
        person_id=driver, company="某某物流", vehicles=12, phone=PHONE, day=THURSDAY, start="09:00", key="m1"
    )
    assert again.id == row.id
    with pytest.raises(AlreadyExists) as caught:
        await freight.plating.book(
            person_id=driver, company="别的", vehicles=1, phone=PHONE, day=THURSDAY, start="09:00", key="m2"
        )
    assert caught.value.existing.id == row.id
    for _ in range(2):
        assert (await freight.plating.cancel(driver, row.number)).status == "cancelled"
    assert (await freight.plating.times(limit=1))[0].left == 3
    ((appointment, slot),) = await freight.plating.mine(driver)
    assert (appointment.status, slot.day, slot.start) == ("cancelled", THURSDAY, "09:00")


async def test_an_appointment_moves_and_keeps_its_number(
    freight: FreightService, db: Database, clock: FixedClock
) -> None:
    mine, other = await people(db, clock, 2)
    book = freight.plating.book
    row = await book(person_id=mine, company="甲", vehicles=3, phone=PHONE, day=THURSDAY, start="09:00")
    tuesday = date(2026, 12, 1)
    with pytest.raises(NotFound):
        await freight.plating.move(other, row.number, tuesday, "14:00")
    with pytest.raises(Invalid):
        await freight.plating.move(mine, row.number, date(2026, 11, 27), "09:00")
    for _ in range(2):
        moved = await freight.plating.move(mine, row.number, tuesday, "14:00")
        assert (moved.number, moved.vehicles) == (row.number, 3)
    ((kept, slot),) = await freight.plating.mine(mine)
    assert (kept.status, slot.day, slot.start) == ("booked", tuesday, "14:00")
    free = {(each.day, each.start): each.left for each in await freight.plating.times()}
    assert (free[THURSDAY, "09:00"], free[tuesday, "14:00"]) == (3, 2)
    second = await book(person_id=mine, company="甲", vehicles=1, phone=PHONE, day=THURSDAY, start="09:00")
    with pytest.raises(AlreadyExists):
        await freight.plating.move(mine, second.number, tuesday, "14:00")
    await freight.plating.cancel(mine, second.number)
    with pytest.raises(WrongState):
        await freight.plating.move(mine, second.number, tuesday, "09:00")


async def test_a_full_session_leaves_the_appointment_where_it_is(
    freight: FreightService, db: Database, clock: FixedClock
) -> None:
    mine, *others = await people(db, clock, 4)
    row = await freight.plating.book(person_id=mine, company="甲", vehicles=1, phone=PHONE, day=THURSDAY, start="09:00")
    for one in others:
        await freight.plating.book(person_id=one, company="乙", vehicles=1, phone=PHONE, day=THURSDAY, start="14:00")
    with pytest.raises(QuotaExhausted) as full:
        await freight.plating.move(mine, row.number, THURSDAY, "14:00")
    assert full.value.alternatives
    ((kept, slot),) = await freight.plating.mine(mine)
    assert (kept.status, slot.start) == ("booked", "09:00")
    assert {(each.day, each.start): each.left for each in await freight.plating.times()}[THURSDAY, "09:00"] == 2


async def test_only_the_owner_can_cancel(freight: FreightService, db: Database, clock: FixedClock) -> None:
    mine, other = await people(db, clock, 2)
    row = await freight.plating.book(person_id=mine, company="甲", vehicles=1, phone=PHONE, day=THURSDAY, start="09:00")
    with pytest.raises(NotFound):
        await freight.plating.cancel(other, row.number)
    async with db.write() as session:
        (await session.get_one(PlatingAppointment, row.id)).status = "done"
    with pytest.raises(WrongState):
        await freight.plating.cancel(mine, row.number)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"company": "  "}, "company"),
        ({"vehicles": 0}, "vehicles"),
        ({"vehicles": 501}, "vehicles"),
        ({"phone": "1381234"}, "phone"),
        ({"phone": "没有"}, "phone"),
        ({"day": date(2026, 11, 25)}, "day"),
        ({"day": date(2026, 11, 28)}, "day"),
        ({"day": date(2026, 12, 29)}, "day"),
        ({"day": date(2026, 11, 27)}, "start"),
        ({"start": "10:00"}, "start"),
    ],
)
async def test_what_cannot_be_booked(
    freight: FreightService, db: Database, driver: str, change: dict[str, object], field: str
) -> None:
    wish = {"company": "甲", "vehicles": 2, "phone": PHONE, "day": THURSDAY, "start": "09:00"} | change
    with pytest.raises(Invalid) as caught:
        await freight.plating.book(person_id=driver, **wish)  # type: ignore[arg-type]
    assert caught.value.field == field
    async with db.read() as session:
        assert await session.scalar(select(func.count()).select_from(PlatingSlot)) == 0


async def test_a_session_is_never_oversold(freight: FreightService, db: Database, clock: FixedClock) -> None:
    async def book(person: str) -> str | QuotaExhausted:
        try:
            row = await freight.plating.book(
                person_id=person, company="甲", vehicles=1, phone=PHONE, day=THURSDAY, start="14:00"
            )
        except QuotaExhausted as full:
            return full
        return row.number

    results = await asyncio.gather(*(book(person) for person in await people(db, clock, 12)))
    booked = {result for result in results if isinstance(result, str)}
    assert len(booked) == 3
    full = [result for result in results if isinstance(result, QuotaExhausted)]
    assert len(full) == 9
    assert {(each.alternatives[0].day, each.alternatives[0].start) for each in full} == {(THURSDAY, "09:00")}
    async with db.read() as session:
        assert await session.scalar(select(PlatingSlot.taken)) == 3
        assert await session.scalar(select(func.count()).select_from(PlatingAppointment)) == 3


async def test_one_message_processed_twice_at_once_makes_one_report(
    freight: FreightService, db: Database, driver: str
) -> None:
    rows = await asyncio.gather(
        *(
            freight.report_carrier(person_id=driver, kind="tricycle", place="人民路", seen_at="今天上午", key="m1")
            for _ in range(6)
        )
    )
    assert len({row.id for row in rows}) == 1
    async with db.read() as session:
        assert await session.scalar(select(func.count()).select_from(CarrierReport)) == 1


async def test_reports_belong_to_their_owner_and_hide_numbers(
    freight: FreightService, db: Database, clock: FixedClock
) -> None:
    mine, other = await people(db, clock, 2)
    first = await freight.report_carrier(
        person_id=mine, kind="tricycle", place="人民路", seen_at="今天", text="电话13812345678 老在这"
    )
    clock.advance(timedelta(minutes=5))
    second = await freight.report_carrier(person_id=mine, kind="passenger", place="花桥", seen_at="昨天")
    assert "13812345678" not in first.text
    assert [row.id for row in await freight.my_carrier_reports(mine)] == [second.id, first.id]
    assert await freight.my_carrier_reports(other) == []


async def test_an_anonymous_report_keeps_no_trace_of_the_person(
    freight: FreightService, db: Database, driver: str
) -> None:
    for _ in range(2):
        row = await freight.report_carrier(
            person_id=driver, kind="other", place="花桥", seen_at="刚才", anonymous=True, key="wx:openid:42"
        )
    assert row.person_id is None
    assert "openid" not in str(row.source_key)
    assert await freight.my_carrier_reports(driver) == []
    async with db.read() as session:
        assert await session.scalar(select(func.count()).select_from(CarrierReport)) == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [({"kind": "ship"}, "kind"), ({"place": " "}, "place"), ({"seen_at": ""}, "seen_at")],
)
async def test_a_report_needs_kind_place_and_time(
    freight: FreightService, driver: str, change: dict[str, str], field: str
) -> None:
    report = {"kind": "tricycle", "place": "人民路", "seen_at": "今天"} | change
    with pytest.raises(Invalid) as caught:
        await freight.report_carrier(person_id=driver, **report)  # type: ignore[arg-type]
    assert caught.value.field == field


async def test_staff_answers_a_report_and_the_reporter_is_told(
    freight: FreightService, db: Database, driver: str
) -> None:
    row = await freight.report_carrier(person_id=driver, kind="tricycle", place="人民路", seen_at="今天")
    for _ in range(2):  # the second time there is nothing new to tell
        await freight.answer_carrier_report(row.number, "answered", "已安排巡查")
    async with db.read() as session:
        texts = list(await session.scalars(select(OutboxMessage.text)))
    assert len(texts) == 1
    assert row.number in texts[0]
    assert "已安排巡查" in texts[0]
    hidden = await freight.report_carrier(
        person_id=driver, kind="tricycle", place="人民路", seen_at="今天", anonymous=True
    )
    await freight.answer_carrier_report(hidden.number, "closed")
    async with db.read() as session:
        assert await session.scalar(select(func.count()).select_from(OutboxMessage)) == 1
    with pytest.raises(NotFound):
        await freight.answer_carrier_report("JY20261125-000000", "closed")
    with pytest.raises(Invalid):
        await freight.answer_carrier_report(row.number, "burnt")


async def test_erasure_gives_places_back_and_cuts_reports_from_the_person(
    freight: FreightService, db: Database, driver: str
) -> None:
    await freight.plating.book(
        person_id=driver, company="甲", vehicles=1, phone=PHONE, day=THURSDAY, start="09:00", key="wx:me:1"
    )
    await freight.report_carrier(
        person_id=driver, kind="tricycle", place="人民路", seen_at="今天", text="我是张三", key="wx:me:2"
    )
    for _ in range(2):
        await freight.forget(driver)
    assert (await freight.plating.times(limit=1))[0].left == 3
    assert await freight.plating.mine(driver) == []
    async with db.read() as session:
        report = (await session.scalars(select(CarrierReport))).one()
    assert (report.person_id, report.text, report.source_key, report.place) == (None, "", None, "人民路")


async def test_two_cancellations_at_once_give_back_one_place(
    freight: FreightService, db: Database, clock: FixedClock
) -> None:
    first, second = await people(db, clock, 2)
    booked = [
        await freight.plating.book(person_id=person, company="甲", vehicles=1, phone=PHONE, day=THURSDAY, start="09:00")
        for person in (first, second)
    ]
    await asyncio.gather(*(freight.plating.cancel(first, booked[0].number) for _ in range(4)))
    assert (await freight.plating.times(limit=1))[0].left == 2


async def test_an_appointment_whose_hour_has_come_does_not_move(
    freight: FreightService, db: Database, clock: FixedClock
) -> None:
    (mine,) = await people(db, clock, 1)
    row = await freight.plating.book(person_id=mine, company="甲", vehicles=1, phone=PHONE, day=THURSDAY, start="09:00")
    clock.moment = datetime(2026, 11, 26, 9, 0, tzinfo=SHANGHAI)
    with pytest.raises(WrongState):
        await freight.plating.move(mine, row.number, date(2026, 12, 1), "14:00")
