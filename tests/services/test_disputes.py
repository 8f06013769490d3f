"""Dispute tickets: opened once, only the owner's, moved by the table, clocked on working days."""

from __future__ import annotations

import asyncio
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.services import Services, build_services
from bot.services.clock import SHANGHAI, FixedClock
from bot.services.dispute_clock import DisputeClock, after_waiting, workdays_between
from bot.services.dispute_rows import day_of, district_of
from bot.services.dispute_states import TRANSITIONS, check_move
from bot.services.errors import Invalid, NotFound, WrongState
from bot.services.importing import load_demo
from bot.storage.base import Database
from bot.storage.disputes import TICKET_STATES, DisputeEvent, DisputeTicket
from bot.storage.outbox import OutboxMessage


async def _person(services: Services, sender: str = "rider") -> str:
    return (await services.people.ensure(sender)).id


async def _open(services: Services, person: str, **changes: Any) -> DisputeTicket:
    values: dict[str, Any] = {
        "person_id": person,
        "dispute_type": "wages",
        "employer": "蓝马配送",
        "amount_fen": 850_000,
        "phone": "13800138000",
    }
    return await services.disputes.open(**(values | changes))


# -- opening -----------------------------------------------------------------------------------------------


async def test_a_crowd_with_one_key_opens_one_ticket(db: Database, clock: FixedClock) -> None:
    services = build_services(db, clock)
    person = await _person(services)
    tickets = await asyncio.gather(*(_open(services, person, key="wx:42") for _ in range(200)))
    assert len({ticket.number for ticket in tickets}) == 1
    async with db.read() as session:
        assert len(list(await session.scalars(select(DisputeTicket)))) == 1
        assert len(list(await session.scalars(select(DisputeEvent)))) == 1


async def test_what_is_kept(services: Services) -> None:
    person = await _person(services)
    ticket = await _open(
        services,
        person,
        place="花桥绿地大道",
        since="去年8月",
        still_employed=False,
        ended="上个月15号",
        summary="站长叫王五 卡号 6222021234567890128 电话13912345678 一直不发",
        routes=["arbitration", "inspection"],
        group_size=8,
    )
    assert ticket.number.startswith("LD20261125-")
    assert (ticket.district, ticket.since_on, ticket.ended_on) == (
        "花桥镇",
        date(2025, 8, 1),
        date(2026, 10, 15),
    )
    assert ticket.routes == ["inspection", "arbitration"]
    assert "6222021234567890128" not in ticket.summary
    assert "13912345678" not in ticket.summary
    assert (ticket.contact_due, ticket.finish_due) == (date(2026, 11, 26), date(2026, 12, 2))
    assert ticket.group_size == 8
    assert ticket.state == "received"


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("phone", {"phone": "12345"}),
        ("dispute_type", {"dispute_type": "weather"}),
        ("amount_fen", {"amount_fen": -1}),
        ("routes", {"routes": ["court"]}),
        ("group_size", {"group_size": 0}),
    ],
)
async def test_impossible_values_are_refused(services: Services, field: str, change: dict[str, Any]) -> None:
    with pytest.raises(Invalid) as caught:
        await _open(services, await _person(services), **change)
    assert caught.value.field == field


async def test_window_goes_by_the_district(services: Services, db: Database) -> None:
    await load_demo(db)
    windows = await services.disputes.windows()
    assert len(windows) == 12
    assert windows[0].level == "city"
    for place, district in (
        ("花桥", "花桥镇"),
        ("在周市上班", "周市镇"),
        ("玉山镇", "高新区"),
        ("开发区", "开发区"),
    ):
        window = await services.disputes.window_for(place)
        assert window is not None
        assert window.district == district, place
    for place in (None, "不知道在哪", "上海浦东"):
        window = await services.disputes.window_for(place)
        assert window is not None
        assert window.level == "city", place


async def test_without_windows_the_city_one_is_named(services: Services) -> None:
    assert await services.disputes.window_for("花桥") is None
    ticket = await _open(services, await _person(services), place="花桥")
    assert "昆山市" in ticket.window_name


def test_words_become_days() -> None:
    now = datetime(2026, 11, 25, 10, 0, tzinfo=SHANGHAI)
    assert day_of("今年8月", now) == date(2026, 8, 1)
    assert day_of("三个月", now) == now.date() - timedelta(days=90)
    assert day_of("一直都这样", now) is None
    assert day_of(None, now) is None


def test_two_candidates_are_no_district() -> None:
    assert district_of("花桥") == "花桥镇"
    assert district_of("") is None
    assert district_of("北京") is None


# -- the owner ---------------------------------------------------------------------------------------------


async def test_nobody_else_sees_or_touches_a_ticket(services: Services) -> None:
    owner, other = await _person(services, "a"), await _person(services, "b")
    number = (await _open(services, owner)).number
    assert await services.disputes.of_person(other) == []
    for attempt in (
        services.disputes.get(number, other),
        services.disputes.supplement(number, other, text="加一句"),
        services.disputes.tell(number, other, place="花桥"),
        services.disputes.withdraw(number, other),
        services.disputes.get("LD20261125-000000", owner),
    ):
        with pytest.raises(NotFound):
            await attempt
    assert (await services.disputes.get(number, owner)).ticket.state == "received"


async def test_supplement_by_words_and_picture_once_a_key(services: Services) -> None:
    person = await _person(services)
    number = (await _open(services, person)).number
    for _ in range(2):
        await services.disputes.supplement(number, person, text="流水 6222021234567890128", key="k1")
        await services.disputes.supplement(number, person, image_url="/media/p/x.jpg", key="k2")
    view = await services.disputes.get(number, person)
    assert len(view.attachments) == 2
    assert "6222021234567890128" not in str(view.attachments[0].text)
    assert [event.kind for event in view.events] == ["opened", "supplemented", "supplemented"]
    with pytest.raises(Invalid):
        await services.disputes.supplement(number, person, text="  ")


async def test_concurrent_supplements_all_arrive(services: Services) -> None:
    person = await _person(services)
    number = (await _open(services, person)).number
    await asyncio.gather(
        *(services.disputes.supplement(number, person, text=f"第{n}张", key=f"k{n % 10}") for n in range(20))
    )
    assert len((await services.disputes.get(number, person)).attachments) == 10


async def test_particulars_told_later_move_the_window(services: Services, db: Database) -> None:
    await load_demo(db)
    person = await _person(services)
    number = (await _open(services, person)).number
    ticket = await services.disputes.tell(number, person, place="千灯", still_employed=True, since="今年9月")
    assert (ticket.district, ticket.still_employed, ticket.since_on) == ("千灯镇", True, date(2026, 9, 1))
    assert ticket.window_name.startswith("千灯")
    await services.dispute_desk.assign(number, "zhou", to="zhou")
    ticket = await services.disputes.tell(number, person, place="花桥")
    assert ticket.district == "花桥镇"
    assert ticket.window_name.startswith("千灯"), "taken up: staff moves it"


async def test_withdraw_twice_is_one(services: Services) -> None:
    person = await _person(services)
    number = (await _open(services, person)).number
    await services.disputes.withdraw(number, person, reason="谈好了", key="k")
    ticket = await services.disputes.withdraw(number, person, key="k2")
    assert ticket.state == "withdrawn"
    assert ticket.closed_at is not None
    with pytest.raises(WrongState):
        await services.disputes.supplement(number, person, text="再补")
    assert await services.disputes.of_person(person, only_open=True) == []


async def test_similar_open_ticket_is_found(services: Services) -> None:
    person = await _person(services)
    first = await _open(services, person)
    found = await services.disputes.similar(person, "wages", "蓝马配送")
    assert found is not None
    assert found.number == first.number
    assert await services.disputes.similar(person, "deposit", "蓝马配送") is None
    await services.disputes.withdraw(first.number, person)
    assert await services.disputes.similar(person, "wages", "蓝马配送") is None


# -- the desk ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", TICKET_STATES)
@pytest.mark.parametrize("to", TICKET_STATES)
def test_state_table(state: str, to: str) -> None:
    if to in TRANSITIONS[state]:
        check_move(state, to, "因为")
    else:
        with pytest.raises(WrongState):
            check_move(state, to, "因为")


@pytest.mark.parametrize(
    ("state", "to"), [("assigned", "waiting"), ("waiting", "resolved"), ("resolved", "in_progress")]
)
def test_moves_that_need_a_reason(state: str, to: str) -> None:
    with pytest.raises(Invalid):
        check_move(state, to, "  ")


async def test_life_of_a_ticket_tells_the_worker_each_step(services: Services, db: Database, clock: FixedClock) -> None:
    person = await _person(services)
    number = (await _open(services, person)).number
    desk = services.dispute_desk
    await desk.assign(number, "zhou", to="li", key="s1")
    await desk.assign(number, "zhou", to="li", key="s1")
    await desk.transition(number, "li", "in_progress", key="s2")
    await desk.reply(number, "li", "公司答应周五给钱。", key="s3")
    await desk.reply(number, "li", "内部：老板电话打不通", visible=False)
    await desk.transition(number, "li", "resolved", reason="工资已付清")
    await desk.transition(number, "li", "closed", reason="本人确认")
    view = await services.disputes.get(number, person)
    assert view.ticket.state == "closed"
    assert view.ticket.contacted_at is not None
    assert not any("内部" in event.text for event in view.events)
    assert any("内部" in event.text for event in (await desk.ticket(number)).events)
    async with db.read() as session:
        pushed = list(await session.scalars(select(OutboxMessage.text).order_by(OutboxMessage.id)))
    assert len(pushed) == 5
    assert all(number in text for text in pushed)
    with pytest.raises(WrongState):
        await desk.transition(number, "li", "in_progress", reason="再办")


async def test_staff_may_not_withdraw(services: Services) -> None:
    number = (await _open(services, await _person(services))).number
    with pytest.raises(Invalid):
        await services.dispute_desk.transition(number, "li", "withdrawn", reason="x")


async def test_waiting_stops_the_clock(services: Services, clock: FixedClock) -> None:
    person = await _person(services)
    number = (await _open(services, person)).number
    await services.dispute_desk.assign(number, "li", to="li")
    await services.dispute_desk.transition(number, "li", "waiting", reason="请发工资流水")
    clock.advance(timedelta(days=7))  # Wednesday to Wednesday: five working days
    ticket = await services.disputes.supplement(number, person, image_url="/media/p/x.jpg")
    assert ticket.state == "in_progress"
    assert ticket.waiting_since is None
    assert ticket.finish_due == date(2026, 12, 9)


async def test_late_tickets(services: Services, clock: FixedClock) -> None:
    person = await _person(services)
    quiet = (await _open(services, person)).number
    answered = (await _open(services, person, employer="别家")).number
    await services.dispute_desk.assign(answered, "li", to="li")
    await services.dispute_desk.reply(answered, "li", "收到")
    clock.advance(timedelta(days=2))
    assert [t.number for t in await services.dispute_desk.tickets(late=True)] == [quiet]
    clock.advance(timedelta(days=7))
    assert {t.number for t in await services.dispute_desk.tickets(late=True)} == {quiet, answered}
    assert await services.dispute_desk.counts() == {"received": 1, "assigned": 1}


@pytest.mark.parametrize(
    ("received", "contact", "finish"),
    [
        (date(2026, 11, 25), date(2026, 11, 26), date(2026, 12, 2)),  # a plain week
        (date(2026, 11, 27), date(2026, 11, 30), date(2026, 12, 4)),  # Friday
        (
            date(2026, 9, 30),
            date(2026, 10, 8),
            date(2026, 10, 13),
        ),  # the National Day week, 10 October is worked
    ],
)
def test_marks_skip_holidays(received: date, contact: date, finish: date) -> None:
    marks = DisputeClock()
    assert (marks.contact_due(received), marks.finish_due(received)) == (contact, finish)


def test_working_days_between() -> None:
    assert workdays_between(date(2026, 11, 25), date(2026, 11, 25)) == 0
    assert workdays_between(date(2026, 11, 27), date(2026, 11, 30)) == 1
    assert after_waiting(date(2026, 12, 2), date(2026, 11, 25), date(2026, 11, 27)) == date(2026, 12, 4)


async def test_history_cannot_be_changed(services: Services, db: Database) -> None:
    await _open(services, await _person(services))

    async def tamper() -> None:
        async with db.write() as session:
            event = (await session.scalars(select(DisputeEvent))).one()
            event.text = "改过"

    with pytest.raises(RuntimeError, match="written once"):
        await tamper()


# -- erasure -----------------------------------------------------------------------------------------------


async def test_erasing_a_person(services: Services, db: Database) -> None:
    person = await _person(services)
    fresh = (await _open(services, person, employer="甲")).number
    worked = (await _open(services, person, employer="乙", summary="站长姓赵")).number
    await services.disputes.supplement(worked, person, text="流水照片", image_url="/media/p/x.jpg")
    await services.dispute_desk.assign(worked, "li", to="li")
    await services.people.erase(person)
    await services.people.erase(person)
    assert await services.people.find("rider") is None
    with pytest.raises(NotFound):
        await services.dispute_desk.ticket(fresh)
    view = await services.dispute_desk.ticket(worked)
    assert (view.ticket.person_id, view.ticket.phone, view.ticket.summary) == (None, None, "")
    assert view.ticket.state == "withdrawn"
    assert view.ticket.erased_at is not None
    assert view.attachments == ()
    assert not any("流水" in event.text for event in view.events)
    async with db.read() as session:
        assert list(await session.scalars(select(OutboxMessage))) == []
