"""The queue of tickets: filters, pages without gaps, working-day clocks, marks passed, nothing overwritten."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from bot.services import Services
from bot.services.clock import SHANGHAI, FixedClock
from bot.services.dispute_desk import version_of
from bot.services.errors import Changed, Invalid, NotFound
from bot.services.ticket_queue import UNFINISHED, TicketFilter, standing
from bot.storage.disputes import DisputeTicket


async def _open(services: Services, sender: str = "rider", **changes: Any) -> str:
    person = (await services.people.ensure(sender)).id
    values: dict[str, Any] = {"person_id": person, "dispute_type": "wages", "employer": "蓝马", "phone": "13800138000"}
    return (await services.disputes.open(**(values | changes))).number


async def _numbers(services: Services, **wanted: Any) -> list[str]:
    return [t.number for t in (await services.tickets.page(TicketFilter(**wanted))).tickets]


async def test_filters(services: Services, clock: FixedClock) -> None:
    wages = await _open(services, place="花桥")
    deposit = await _open(services, dispute_type="deposit", place="张浦")
    await services.dispute_desk.assign(deposit, "li", to="li")
    done = await _open(services, "other")
    await services.dispute_desk.transition(done, "li", "closed", reason="调解成功")
    assert await _numbers(services, dispute_type="deposit") == [deposit]
    assert await _numbers(services, district="花桥镇") == [wages]
    assert await _numbers(services, assigned_to="li") == [deposit]
    assert await _numbers(services, assigned_to="", states=tuple(UNFINISHED)) == [wages]
    assert await _numbers(services, states=("closed",)) == [done]
    for words in (wages, wages.lower(), wages[:12], wages[-6:]):
        assert wages in await _numbers(services, number=words)
    assert await _numbers(services, number="%") == []
    assert await _numbers(services, due="week", states=tuple(UNFINISHED)) == [wages, deposit]
    assert await _numbers(services, due="late") == []
    counts = await services.tickets.counts()
    assert (counts.by_state, counts.late, counts.unassigned) == ({"received": 1, "assigned": 1}, 0, 1)
    clock.moment = datetime(2026, 12, 8, 9, 0, tzinfo=SHANGHAI)
    assert await _numbers(services, due="late") == [wages, deposit]
    assert (await services.tickets.counts()).late == 2


@pytest.mark.parametrize("order", ["due", "new"])
async def test_pages_have_no_gap_and_no_repeat_while_tickets_come_in(
    services: Services, clock: FixedClock, order: str
) -> None:
    made = []
    for number in range(7):
        clock.moment = datetime(2026, 11, 20 + number // 3, 9, number, tzinfo=SHANGHAI)  # several of one due day
        made.append(await _open(services, f"rider{number}"))
    seen: list[str] = []
    after = None
    while True:
        page = await services.tickets.page(TicketFilter(order=order), after=after, limit=3)
        seen += [ticket.number for ticket in page.tickets]
        if page.after is None:
            break
        after = page.after
        if order == "new":
            await _open(services, f"late{len(seen)}")  # a newer one does not move the pages
    assert seen == (made if order == "due" else made[::-1])


def _ticket(**values: Any) -> DisputeTicket:
    given = {"state": "in_progress", "contact_due": date(2026, 9, 30), "finish_due": date(2026, 10, 9)}
    return DisputeTicket(**(given | {"contacted_at": datetime(2026, 9, 29, tzinfo=SHANGHAI)} | values))


def test_the_clock_knows_holidays() -> None:
    # National Day 2026: 1 to 7 October are free
    found = standing(_ticket(), date(2026, 9, 30))
    assert found is not None
    assert (found.mark, found.days, found.late) == ("finish", 2, False)
    assert standing(_ticket(), date(2026, 10, 9)).days == 0  # type: ignore[union-attr]
    over = standing(_ticket(finish_due=date(2026, 9, 30)), date(2026, 10, 8))
    assert over is not None
    assert (over.days, over.late) == (-1, True)
    weekend = standing(_ticket(finish_due=date(2026, 11, 27)), date(2026, 11, 28))
    assert weekend is not None
    assert weekend.days == -1


def test_the_clock_stands_still_while_the_worker_is_asked() -> None:
    found = standing(_ticket(state="waiting", waiting_since=date(2026, 9, 30)), date(2026, 12, 1))
    assert found is not None
    assert (found.days, found.paused, found.late) == (2, True, False)
    assert standing(_ticket(state="closed"), date(2026, 12, 1)) is None
    first = standing(_ticket(state="received", contacted_at=None), date(2026, 9, 29))
    assert first is not None
    assert (first.mark, first.days) == ("contact", 1)


async def test_a_passed_mark_is_noted_once_and_outdates_no_form(services: Services, clock: FixedClock) -> None:
    number = await _open(services)
    before = version_of(await services.dispute_desk.ticket(number))
    assert await services.tickets.escalate() == 0
    clock.moment = datetime(2026, 11, 30, 9, 0, tzinfo=SHANGHAI)
    assert [await services.tickets.escalate() for _ in range(2)] == [1, 0]
    clock.moment = datetime(2026, 12, 8, 9, 0, tzinfo=SHANGHAI)
    assert [await services.tickets.escalate() for _ in range(2)] == [1, 0]
    view = await services.dispute_desk.ticket(number)
    assert [(e.text, e.visible) for e in view.events if e.kind == "escalated"] == [
        ("contact", False),
        ("finish", False),
    ]
    assert version_of(view) == before
    await services.dispute_desk.assign(number, "li", to="li", seen=before)


async def test_a_form_made_from_an_older_state_changes_nothing(services: Services) -> None:
    number = await _open(services)
    seen = version_of(await services.dispute_desk.ticket(number))
    await services.dispute_desk.reply(number, "li", "第一句", key="a", seen=seen)
    with pytest.raises(Changed):
        await services.dispute_desk.reply(number, "wang", "第二句", key="b", seen=seen)
    await services.dispute_desk.reply(number, "li", "第一句", key="a", seen=seen)  # a double click is no conflict
    with pytest.raises(Changed):
        await services.dispute_desk.transition(number, "wang", "closed", reason="x", seen=seen)
    with pytest.raises(Changed):
        await services.dispute_desk.assign(number, "wang", to="wang", seen=seen)
    replies = [e.text for e in (await services.dispute_desk.ticket(number)).events if e.kind == "replied"]
    assert replies == ["第一句"]


async def test_a_key_used_for_another_ticket_is_no_effect_here(services: Services) -> None:
    one, two = await _open(services, "a"), await _open(services, "b")
    await services.dispute_desk.reply(one, "li", "给甲", key="desk:1")
    await services.dispute_desk.reply(two, "li", "给乙", key="desk:2")
    assert [e.text for e in (await services.dispute_desk.ticket(two)).events if e.kind == "replied"] == ["给乙"]


async def test_what_is_kept_is_ones_own(services: Services) -> None:
    from bot.services.audit import SYSTEM

    one = (await services.staff.add("one", "一", "seat", "correct horse battery", SYSTEM)).id
    two = (await services.staff.add("two", "二", "seat", "correct horse battery", SYSTEM)).id
    kept = await services.kept.keep(one, "tickets", "我的花桥", "district=花桥镇")
    await services.kept.keep(one, "tickets", "我的花桥", "district=花桥镇&due=late")
    assert [k.value for k in await services.kept.of(one, "tickets")] == ["district=花桥镇&due=late"]
    assert await services.kept.of(two, "tickets") == []
    with pytest.raises(NotFound):
        await services.kept.drop(two, kept.id)
    for number in range(29):
        await services.kept.keep(one, "tickets", f"第{number}个", "")
    with pytest.raises(Invalid):
        await services.kept.keep(one, "tickets", "再一个", "")
    await services.kept.drop(one, kept.id)
    assert len(await services.kept.of(one, "tickets")) == 29
