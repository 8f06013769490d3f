"""After the ticket is made: what it says wrongly is put right, with a trace; what cannot be is said."""

from __future__ import annotations

from sqlalchemy import select

from bot.services import Services
from bot.storage.base import Database
from bot.storage.disputes import DisputeEvent, DisputeTicket
from tests.dialogue.conftest import Talk
from tests.dialogue.test_dispute import PHONE, person_of

CLAIM = f"老板欠我4000 圆通 {PHONE}"


async def _ticket(services: Services) -> DisputeTicket:
    return (await services.disputes.of_person((await person_of(services)).id))[0]


async def test_sum_firm_and_phone_are_put_right_with_a_trace(
    talk: Talk, bot_services: Services, reference_db: Database
) -> None:
    await talk(CLAIM)
    assert "LD" in await talk("对")
    assert "现在是6000元，原来写4000元" in await talk("金额写错了 是6000")  # though "要我记住吗" is open
    assert "现在是饿了么，原来写圆通" in await talk("单位写错了 是饿了么")
    assert "137****3347" in await talk("我电话换了 13700003347")
    assert "137****3348" in await talk("电话最后一位是8")
    assert "写的就是6000元" in await talk("金额不对 应该是6000")
    ticket = await _ticket(bot_services)
    assert (ticket.amount_fen, ticket.employer, ticket.phone) == (600_000, "饿了么", "13700003348")
    async with reference_db.read() as session:
        rows = await session.scalars(select(DisputeEvent).where(DisputeEvent.ticket_id == ticket.id))
        changed = [row.text for row in rows if row.kind == "changed"]
    assert changed == ["amount_fen", "employer", "phone", "phone"]
    view = await bot_services.disputes.get(ticket.number, (await person_of(bot_services)).id)
    added = [attachment.text for attachment in view.attachments]
    assert "金额写错了 是6000" in added
    assert "我电话换了 137****3347" in added


async def test_part_paid_and_the_job_left(talk: Talk, bot_services: Services) -> None:
    await talk(CLAIM)
    await talk("对")
    await talk("不用记")
    assert "还剩多少您说一声" in await talk("老板今天发了一千")
    assert (await _ticket(bot_services)).amount_fen == 400_000
    assert "还欠的2000元" in await talk("老板今天又发了一千 还剩两千")
    assert (await _ticket(bot_services)).amount_fen == 200_000
    await talk("花桥哪里能充电")
    await talk("查工单进度")
    assert "已离职" in await talk("我离职了")
    ticket = await _ticket(bot_services)
    assert ticket.still_employed is False
    assert ticket.ended_on is not None


async def test_what_is_right_may_follow_by_itself(talk: Talk, bot_services: Services) -> None:
    await talk(CLAIM)
    await talk("对")
    await talk("不用记")
    assert "应该是多少" in await talk("金额写错了")
    assert "现在是6000元" in await talk("6000")
    assert "应该是什么" in await talk("单位写错了")
    assert "现在是蓝天快跑" in await talk("蓝天快跑")
    ticket = await _ticket(bot_services)
    assert (ticket.amount_fen, ticket.employer) == (600_000, "蓝天快跑")


async def test_another_fine_or_a_question_puts_nothing_right(talk: Talk, bot_services: Services) -> None:
    await talk(CLAIM)
    await talk("对")
    await talk("不用记")
    await talk("又罚了两百")
    await talk("不用")
    await talk("金额是多少")
    await talk("老板还没给钱")
    ticket = await _ticket(bot_services)
    assert (ticket.amount_fen, ticket.employer, ticket.phone) == (400_000, "圆通", PHONE)


async def test_a_closed_ticket_is_not_changed_and_it_is_said(talk: Talk, bot_services: Services) -> None:
    await talk(CLAIM)
    await talk("对")
    ticket = await _ticket(bot_services)
    await bot_services.disputes.withdraw(ticket.number, (await person_of(bot_services)).id)
    assert "改不了了" in await talk("金额写错了 是6000")
    assert (await _ticket(bot_services)).amount_fen == 400_000


async def test_the_day_of_leaving_goes_into_the_ticket_and_is_not_asked(talk: Talk, bot_services: Services) -> None:
    await talk(f"老板欠我工资8000 圆通 {PHONE}")
    await talk("9月12号到10月3号 已经走了")
    await talk("对")
    ticket = await _ticket(bot_services)
    assert str(ticket.ended_on) == "2026-10-03"
    await talk("补上时间地点")
    assert "什么时候离开" not in await talk("在陆家")
