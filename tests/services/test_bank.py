import asyncio
from datetime import datetime

import pytest
from sqlalchemy import func, select

from bot.geo.distance import haversine_m
from bot.geo.files import REFERENCE_DIR
from bot.services.bank import BankService, without_secrets
from bot.services.clock import SHANGHAI, FixedClock
from bot.services.errors import AlreadyExists, Invalid, NotFound, WrongState
from bot.services.importing import import_file
from bot.services.people import PeopleService
from bot.services.reference import OutsideKunshan
from bot.storage.bank import CallbackRequest
from bot.storage.base import Database
from bot.storage.outbox import OutboxMessage

CENTRE = (120.9564, 31.3760)
PHONE = "13812345678"
CARD = "6217001180012345676"


@pytest.fixture
async def bank(db: Database, clock: FixedClock) -> BankService:
    await import_file(db, "bank-outlets", REFERENCE_DIR / "bank_outlets.csv")
    return BankService(db, clock)


@pytest.fixture
async def rider(db: Database, clock: FixedClock) -> str:
    return (await PeopleService(db, clock).ensure("rest:rider")).id


async def test_nearest_outlets_by_service_hours_and_district(bank: BankService) -> None:
    rows = await bank.all()
    assert len(rows) == 30
    page = await bank.nearest(CENTRE, services=("wheelchair",), limit=4)
    fit = [row for row in rows if "wheelchair" in row.services]
    fit.sort(key=lambda row: haversine_m(*CENTRE, row.lng or 0, row.lat or 0))
    assert [one.outlet.code for one in page.items] == [row.code for row in fit[:4]]
    assert "轮椅" in page.items[0].outlet.service_names
    assert [one.open for one in page.items] == [True] * 4  # Wednesday, ten o'clock
    night = datetime(2026, 11, 25, 22, tzinfo=SHANGHAI)
    assert (await bank.nearest(CENTRE, open_at=night)).items == ()
    assert [one.outlet.district for one in (await bank.nearest(CENTRE, district="周庄镇")).items] == ["周庄镇"]
    with pytest.raises(OutsideKunshan):
        await bank.nearest((121.4737, 31.2304))


async def test_one_open_request_a_person_and_topic(bank: BankService, db: Database, rider: str) -> None:
    row = await bank.request_callback(person_id=rider, topic="mortgage", phone="138 1234 5678", wish="晚上", key="m1")
    assert (row.phone, row.number[:3]) == (PHONE, "BM2")
    same = await bank.request_callback(person_id=rider, topic="mortgage", phone=PHONE, key="m1")
    assert same.id == row.id
    with pytest.raises(AlreadyExists) as caught:
        await bank.request_callback(person_id=rider, topic="mortgage", phone=PHONE, key="m2")
    assert caught.value.existing.id == row.id
    await bank.request_callback(person_id=rider, topic="insurance", phone=PHONE)
    assert len(await bank.my_callbacks(rider)) == 2
    for _ in range(2):
        assert (await bank.cancel_callback(rider, row.number)).status == "cancelled"
    again = await bank.request_callback(person_id=rider, topic="mortgage", phone=PHONE)
    assert again.id != row.id


async def test_two_messages_at_once_make_one_open_request(bank: BankService, db: Database, rider: str) -> None:
    async def ask(key: str) -> bool:
        try:
            await bank.request_callback(person_id=rider, topic="mortgage", phone=PHONE, key=key)
        except AlreadyExists:
            return False
        return True

    assert sorted(await asyncio.gather(*(ask(f"m{n}") for n in range(5)))) == [False] * 4 + [True]
    async with db.read() as session:
        assert await session.scalar(select(func.count()).select_from(CallbackRequest)) == 1


async def test_only_the_owner_and_only_before_the_bank_called(
    bank: BankService, db: Database, clock: FixedClock, rider: str
) -> None:
    row = await bank.request_callback(person_id=rider, topic="other", phone=PHONE)
    other = (await PeopleService(db, clock).ensure("rest:other")).id
    with pytest.raises(NotFound):
        await bank.cancel_callback(other, row.number)
    assert await bank.my_callbacks(other) == []
    async with db.write() as session:
        (await session.get_one(CallbackRequest, row.id)).status = "called"
    with pytest.raises(WrongState):
        await bank.cancel_callback(rider, row.number)


@pytest.mark.parametrize(
    ("topic", "phone", "field"),
    [("stocks", PHONE, "topic"), ("other", "1381234", "phone"), ("other", "不给", "phone")],
)
async def test_requests_that_cannot_be(bank: BankService, rider: str, topic: str, phone: str, field: str) -> None:
    with pytest.raises(Invalid) as caught:
        await bank.request_callback(person_id=rider, topic=topic, phone=phone)
    assert caught.value.field == field


async def test_no_card_number_or_code_is_kept(bank: BankService, db: Database, rider: str) -> None:
    await bank.request_callback(
        person_id=rider, topic="other", phone=PHONE, wish="卡号" + CARD, note=f"卡{CARD} 验证码是 483920"
    )
    async with db.read() as session:
        row = (await session.scalars(select(CallbackRequest))).one()
    assert CARD not in f"{row.wish}{row.note}"
    assert "483920" not in str(row.note)


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("验证码483920", "483920"),
        ("验证码是：48 39 20", "48 39 20"),
        ("取款密码 123456 别告诉别人", "123456"),
        ("CVV 321", "321"),
        (f"卡号 {CARD}", CARD),
        ("身份证32058319900101001X", "19900101"),
    ],
)
def test_secrets_are_masked(text: str, hidden: str) -> None:
    assert hidden not in without_secrets(text)


def test_ordinary_numbers_stay() -> None:
    text = "想贷20万分36期，花桥附近，8点以后打"
    assert without_secrets(text) == text


async def test_the_bank_moves_a_request_and_the_person_is_told_and_may_ask_again(
    bank: BankService, db: Database, rider: str
) -> None:
    row = await bank.request_callback(person_id=rider, topic="other", phone=PHONE)
    await bank.answer_callback(row.number, "unreachable")
    async with db.read() as session:
        (text,) = await session.scalars(select(OutboxMessage.text))
    assert row.number in text
    assert PHONE not in text
    again = await bank.request_callback(person_id=rider, topic="other", phone=PHONE)
    assert again.id != row.id
    with pytest.raises(Invalid):
        await bank.answer_callback(row.number, "sold")
    await bank.forget(rider)
    assert await bank.my_callbacks(rider) == []
