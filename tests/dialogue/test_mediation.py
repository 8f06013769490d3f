"""Mediation hours and the joint intake in chat, started by the buttons of the answers about them."""

from __future__ import annotations

import re

from bot.services import Services
from tests.dialogue.conftest import Talk
from tests.dialogue.test_dispute import person_of, register

BOOK = "/dispute/expert_mediation:book"
JOINT = "/dispute/one_window:joint"


async def _booked(talk: Talk) -> str:
    """Book the first hour that is offered; its number."""
    await talk(BOOK)
    said = await talk("第一个")
    if "线上谈还是" in said:
        await talk("现场")
    done = await talk("/affirm")
    number = re.search(r"BM\d{8}-\d{6}", done)
    assert number, done
    return number[0]


async def test_without_a_ticket_there_is_nothing_to_mediate(talk: Talk) -> None:
    said = await talk(BOOK)
    assert "要先有工单" in said
    assert "登记劳动纠纷" in said
    assert "申请登记" not in await talk("先登记调解意愿", sender="B")


async def test_an_hour_is_offered_chosen_confirmed_and_cancelled(talk: Talk, bot_services: Services) -> None:
    ticket = await register(talk)
    offered = await talk(BOOK)
    assert "示例数据" in offered
    assert re.search(r"1\. 1[12]月\d+日", offered)
    said = await talk("第一个")
    if "线上谈还是" in said:
        said = await talk("线上")
        assert "线上" in said
    assert ticket in said
    assert "请核对" in said
    done = await talk("/affirm")
    assert "约好了" in done
    assert "http" not in done, "no link is made up"
    booked = await bot_services.mediation.of_person((await person_of(bot_services)).id)
    assert len(booked) == 1
    assert booked[0].session.number in await talk(BOOK)
    assert "取消了" in await talk("取消这次调解")
    assert await bot_services.mediation.of_person((await person_of(bot_services)).id) == []


async def test_another_hour_can_be_chosen_before_it_is_booked(talk: Talk) -> None:
    await register(talk)
    await talk(BOOK)
    first = await talk("第一个")
    if "线上谈还是" in first:
        first = await talk("现场")
    again = await talk("换个时间")
    assert "约哪一个" in again
    second = await talk("第二个")
    if "线上谈还是" in second:
        second = await talk("现场")
    time = re.compile(r"时间：(.+)")
    assert time.search(first)[1] != time.search(second)[1]  # type: ignore[index]


async def test_a_time_that_is_not_free_is_said_to_be_so(talk: Talk) -> None:
    await register(talk)
    await talk(BOOK)
    said = await talk("周日晚上八点")
    assert "没有空的" in said
    assert "约哪一个" in said


async def test_nobody_sees_or_cancels_anothers_hour(talk: Talk, bot_services: Services) -> None:
    await register(talk)
    number = await _booked(talk)
    assert number not in await talk(BOOK, sender="B")
    assert "没有约好的调解" in await talk("/dispute/expert_mediation:cancel", sender="B")
    assert len(await bot_services.mediation.of_person((await person_of(bot_services)).id)) == 1


async def test_the_same_yes_twice_books_once(talk: Talk, bot_services: Services) -> None:
    await register(talk)
    await talk(BOOK)
    said = await talk("第一个")
    if "线上谈还是" in said:
        await talk("现场")
    await talk("/affirm", key="k1")
    await talk("/affirm", key="k1")
    assert len(await bot_services.mediation.of_person((await person_of(bot_services)).id)) == 1


async def test_joint_intake_explains_by_the_tickets_facts(talk: Talk, bot_services: Services) -> None:
    number = await register(talk)
    person = (await person_of(bot_services)).id
    await bot_services.disputes.tell(number, person, still_employed=True)
    said = await talk(JOINT)
    assert "不受一年限制" in said
    assert "不收费" in said
    assert "60 个工作日" in said
    done = await talk("只要仲裁")
    assert "劳动仲裁" in done
    assert "口头申请" in done
    assert (await bot_services.disputes.get(number, person)).ticket.routes == ["arbitration"]
    await talk(JOINT)
    await talk("两个都要")
    assert (await bot_services.disputes.get(number, person)).ticket.routes == ["inspection", "arbitration"]


async def test_joint_intake_with_two_tickets_asks_which(talk: Talk, bot_services: Services) -> None:
    await register(talk)
    await talk("不用记")
    second = await register(talk, "deposit", "绿鸟速运")
    assert "哪一个" in await talk(JOINT)
    assert "两个都勾" in await talk(second)
    await talk("听窗口的")
    person = (await person_of(bot_services)).id
    assert (await bot_services.disputes.get(second, person)).ticket.routes == []


async def test_joint_intake_without_a_ticket(talk: Talk) -> None:
    assert "先登记工单" in await talk(JOINT)


async def test_details_are_asked_one_by_one_and_tell_the_periods(talk: Talk, bot_services: Services) -> None:
    number = await register(talk)
    await talk("不用记")
    assert "哪片上班" in await talk("/supplement_dispute:details")
    assert "什么时候开始" in await talk("千灯")
    assert "还在那里干" in await talk("今年3月")
    assert "什么时候离开" in await talk("不干了")
    said = await talk("今年8月15号")
    assert "千灯" in said
    assert "2027年8月15日" in said, "a year after the end: arbitration of unpaid wages"
    assert "2028年8月15日" in said, "two years: inspection"
    ticket = (await bot_services.disputes.get(number, (await person_of(bot_services)).id)).ticket
    assert ticket.district == "千灯镇"
    assert ticket.still_employed is False
    assert ticket.window_name.startswith("千灯")


async def test_details_can_be_skipped_and_are_not_asked_again(talk: Talk, bot_services: Services) -> None:
    number = await register(talk)
    await talk("不用记")
    person = (await person_of(bot_services)).id
    await bot_services.disputes.tell(number, person, place="花桥")
    assert "什么时候开始" in await talk("/supplement_dispute:details")
    assert "还在那里干" in await talk("不知道")
    said = await talk("还在干")
    assert number in said
    assert "不受一年限制" in said


async def test_details_without_a_ticket(talk: Talk) -> None:
    assert "先登记" in await talk("/supplement_dispute:details")
