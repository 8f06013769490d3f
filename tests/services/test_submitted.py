"""The queue of all that people hand in: nothing missing, in order of coming, answered once by its own rules."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from bot.services import Services
from bot.services.clock import FixedClock
from bot.services.errors import Changed, Invalid, NotFound
from bot.services.submitted import KINDS
from bot.storage.outbox import OutboxMessage

PHONE = "13800138000"


async def _hand_in(services: Services, clock: FixedClock) -> list[tuple[str, str]]:
    """(kind, number) of what needs no reference data, in order of coming."""
    me = (await services.people.ensure("wx:a")).id
    made = []
    for source, work in (
        ("suggestion", services.suggestions.leave(person_id=me, text="灯坏了")),
        ("request", services.requests.submit(person_id=me, kind="legal_aid", phone=PHONE)),
        ("callback", services.bank.request_callback(person_id=me, topic="other", phone=PHONE)),
        ("enrolment", services.school.enrol(me, "bachelor", PHONE)),
        ("claim", services.school.open_claim(me, "bachelor")),
        ("alliance", services.women.join(me, phone=PHONE, needs=["legal"])),
        ("screening", services.women.sign_up(me, "35_64", PHONE)),
        (
            "carrier",
            services.freight.report_carrier(person_id=me, kind="other", place="花桥", seen_at="刚才", text="x"),
        ),
    ):
        made.append((source, (await work).number))
        clock.moment += timedelta(minutes=1)
    return made


async def test_all_of_it_in_order_of_coming(services: Services, clock: FixedClock) -> None:
    made = await _hand_in(services, clock)
    assert [(e.source, e.number) for e in await services.submitted.queue()] == made
    assert [(e.source, e.number) for e in await services.submitted.queue(limit=3)] == made[:3]
    assert await services.submitted.counts() == {name: int(name in dict(made)) for name in KINDS}
    assert await services.submitted.queue(done=True) == []
    with pytest.raises(NotFound):
        await services.submitted.queue("people")
    for source, number in made:
        assert (await services.submitted.entry(source, number)).open
        with pytest.raises(NotFound):
            await services.submitted.entry(source, "BM20261125-000000")


async def test_one_answer_wins_and_is_told_once(services: Services, clock: FixedClock) -> None:
    for source, number in await _hand_in(services, clock):
        entry = await services.submitted.entry(source, number)
        to = entry.moves[0]
        before = await _told(services)
        clock.moment += timedelta(minutes=1)
        await asyncio.gather(
            *(services.submitted.answer(source, number, to, "周五来", staff="li", seen=entry.seen) for _ in range(4))
        )
        assert await _told(services) == before + 1, source
        after = await services.submitted.entry(source, number)
        assert after.status == to
        if after.moves:
            with pytest.raises(Changed):
                await services.submitted.answer(source, number, after.moves[-1], "别的", staff="wang", seen=entry.seen)
        with pytest.raises(Invalid):
            await services.submitted.answer(source, number, "cancelled", "x", staff="li", seen=after.seen)


async def _told(services: Services) -> int:
    async with services.db.read() as session:
        return await session.scalar(select(func.count()).select_from(OutboxMessage)) or 0
