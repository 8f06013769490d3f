"""昆小哥医院 at the desk: visits moved and cancelled for people, capacity, closures taken back."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
import pytest_asyncio
from sqlalchemy import select

from bot.geo.files import REFERENCE_DIR
from bot.services import Services
from bot.services.clock import SHANGHAI, FixedClock
from bot.services.errors import Changed, Invalid, NotFound, QuotaExhausted, WrongState
from bot.services.hospital_places import IMPORTS
from bot.services.importing import import_table
from bot.services.table_files import read_table
from bot.storage.outbox import OutboxMessage

DAY = date(2026, 12, 2)


@pytest_asyncio.fixture
async def ready(services: Services, clock: FixedClock) -> Services:
    """The channels of the demo data."""
    table = read_table(REFERENCE_DIR / "hospital_channels.csv")
    assert (await import_table(services.db, IMPORTS[0], table, clock=clock)).errors == []
    return services


def at(hour: int, minute: int = 0, day: int = 2) -> datetime:
    return datetime(2026, 12, day, hour, minute, tzinfo=SHANGHAI)


async def _book(services: Services, sender: str = "wx:a", channel: str = "hp_test", hour: int = 9) -> str:
    person = (await services.people.ensure(sender)).id
    return (await services.hospital.book(person, channel, at(hour), "13800138000")).number


async def _told(services: Services) -> list[str]:
    async with services.db.read() as session:
        query = select(OutboxMessage).where(OutboxMessage.state == "waiting", OutboxMessage.due <= services.clock.now())
        return [row.text for row in await session.scalars(query.order_by(OutboxMessage.id))]


async def _left(services: Services, channel: str, moment: datetime) -> int:
    return {s.starts_at: s.capacity - s.taken for s in await services.hospital.desk.slots(DAY, DAY, channel)}[moment]


async def test_a_visit_is_moved_once_and_the_person_is_told(ready: Services) -> None:
    desk = ready.hospital.desk
    number = await _book(ready)
    before = await _left(ready, "hp_test", at(9))
    quota = (await ready.hospital.quota("hp_test")).left
    for _ in range(2):
        moved = await desk.move(number, at(10), version=0)
    assert (moved.starts_at, moved.version) == (at(10), 1)
    assert await _left(ready, "hp_test", at(9)) == before + 1
    assert (await ready.hospital.quota("hp_test")).left == quota
    (text,) = await _told(ready)
    assert "12月2日（周三）10:00" in text
    with pytest.raises(Changed):
        await desk.move(number, at(10, 30), version=0)
    with pytest.raises(QuotaExhausted):
        await desk.move(number, at(3), version=1)
    assert (await desk.find(number)).starts_at == at(10)


async def test_a_visit_is_cancelled_with_a_reason(ready: Services) -> None:
    desk = ready.hospital.desk
    number = await _book(ready)
    quota = (await ready.hospital.quota("hp_test")).left
    with pytest.raises(Invalid):
        await desk.cancel(number, "  ", version=0)
    for _ in range(2):
        assert (await desk.cancel(number, "医生临时出诊", version=0)).status == "cancelled"
    assert (await ready.hospital.quota("hp_test")).left == (quota or 0) + 1
    (text,) = await _told(ready)
    assert "医生临时出诊" in text
    with pytest.raises(WrongState):
        await desk.move(number, at(10), version=0)
    with pytest.raises(NotFound):
        await desk.cancel("YY20261125-000000", "x", version=0)


async def test_nobody_is_missing_before_the_time(ready: Services, clock: FixedClock) -> None:
    desk = ready.hospital.desk
    number = await _book(ready)
    with pytest.raises(Invalid):
        await desk.mark(number, "no_show")
    clock.moment = at(9, 30)
    assert (await desk.mark(number, "no_show")).status == "no_show"


async def test_capacity_goes_down_to_what_is_taken_and_up_to_who_waits(ready: Services) -> None:
    desk = ready.hospital.desk
    services = ready
    await _book(services, "wx:a", "outpatient")
    await _book(services, "wx:b", "outpatient")
    assert await desk.set_capacity("outpatient", DAY, 1) == 1
    assert await _left(services, "outpatient", at(9)) == 0
    assert await _left(services, "outpatient", at(9, 30)) == 1
    for wrong in (-1, 1001):
        with pytest.raises(Invalid):
            await desk.set_capacity("outpatient", DAY, wrong)
    with pytest.raises(Invalid):
        await desk.set_capacity("outpatient", DAY + timedelta(days=300), 5)
    with pytest.raises(NotFound):
        await desk.set_capacity("nothing", DAY, 5)


async def test_a_closed_day_is_opened_again(ready: Services) -> None:
    services, desk = ready, ready.hospital.desk
    number = await _book(services)
    assert await desk.close_day(DAY, "设备检修", "hp_test") == 1
    assert (await desk.find(number)).status == "cancelled"
    (closure,) = await desk.closures(DAY)
    with pytest.raises(QuotaExhausted):
        await _book(services, "wx:b")
    await desk.open_day(closure.id)
    await _book(services, "wx:b")
    with pytest.raises(NotFound):
        await desk.open_day(closure.id)
