"""A correction belongs to what was done last; a ticket is not changed by what is said of a booking or a sum."""

from __future__ import annotations

import pytest

from bot.services import Services
from bot.storage.disputes import DisputeTicket
from tests.dialogue.conftest import Talk
from tests.dialogue.test_dispute import person_of

PHONE = "13800010009"
OTHER = "13912345678"
VISIT = ("约门诊 下周四下午3点", PHONE, "对")


async def _ticket(services: Services) -> DisputeTicket:
    return (await services.disputes.of_person((await person_of(services)).id))[0]


async def _told(talk: Talk, *texts: str) -> str:
    reply = ""
    for text in texts:
        reply = await talk(text)
    return reply


async def _file(talk: Talk) -> None:
    assert "LD" in await _told(talk, f"美团欠我工资 5000 {PHONE}", "对")


@pytest.mark.parametrize("text", ["改成周五", "改到周五吧", "换到周三", "写错了 是周五"])
async def test_the_day_of_a_visit_is_no_sum(talk: Talk, bot_services: Services, text: str) -> None:
    await _file(talk)
    await _told(talk, *VISIT)
    assert "空位" in await talk(text)
    assert (await _ticket(bot_services)).amount_fen == 500_000


@pytest.mark.parametrize(
    ("asked", "text", "has"),
    [
        ("我学费7000 大专 能补多少", "改成9000", "4500"),
        ("学费6000 大专 能补多少", "改成5500", "2750"),
        ("学费一万 本科 补多少", "不对 是一万二", "12000"),
    ],
)
async def test_a_sum_worked_out_after_the_ticket_is_the_one_corrected(
    talk: Talk, bot_services: Services, asked: str, text: str, has: str
) -> None:
    await _file(talk)
    await talk(asked)
    assert has in await talk(text)
    assert (await _ticket(bot_services)).amount_fen == 500_000


async def test_where_it_may_be_either_it_is_asked(talk: Talk, bot_services: Services) -> None:
    await _file(talk)
    await talk("学费一万 本科 补多少")
    assert "哪个的金额" in await talk("金额写错了 是6000")
    assert (await _ticket(bot_services)).amount_fen == 500_000
    assert "现在是6000元" in await talk("工单的金额改成6000元")
    await _told(talk, *VISIT)
    assert "是要改工单" in await talk("不对 是7000")
    assert (await _ticket(bot_services)).amount_fen == 600_000


async def test_the_phone_of_a_visit_or_of_the_ticket(talk: Talk, bot_services: Services) -> None:
    await _file(talk)
    await _told(talk, *VISIT)
    assert "哪个的手机号" in await talk(f"电话换成{OTHER}")
    assert (await _ticket(bot_services)).phone == PHONE
    assert "预约" in await talk(f"预约的手机号改成{OTHER}")
    (visit,) = await bot_services.hospital.bookings((await person_of(bot_services)).id)
    assert (visit.phone, (await _ticket(bot_services)).phone) == (OTHER, PHONE)
    await talk(f"工单的手机号改成{OTHER}")
    assert (await _ticket(bot_services)).phone == OTHER


async def test_a_search_between_takes_nothing_from_the_ticket(talk: Talk, bot_services: Services) -> None:
    await _file(talk)
    await _told(talk, "花桥哪里能充电", "单位写错了 是饿了么")
    assert (await _ticket(bot_services)).employer == "饿了么"


@pytest.mark.parametrize(
    ("text", "firm"),
    [
        ("不是美团 是顺丰", "顺丰"),
        ("不是美团 是美团外卖张浦站", "美团外卖张浦站"),
        ("写错了 是顺丰", "顺丰"),
        ("不对 是饿了么", "饿了么"),
    ],
)
async def test_the_firm_is_put_right_though_it_is_asked_what_to_remember(
    talk: Talk, bot_services: Services, text: str, firm: str
) -> None:
    await _file(talk)
    assert "改好了" in await talk(text)
    assert (await _ticket(bot_services)).employer == firm
    assert "记住了" in await talk("记住")


async def test_a_question_about_the_phone_of_the_ticket(talk: Talk, bot_services: Services) -> None:
    await _file(talk)
    assert "不是0008" in await talk("电话尾号是不是0008")
    assert (await _ticket(bot_services)).phone == PHONE


async def test_a_visit_and_its_phone_right_after_booking(talk: Talk, bot_services: Services) -> None:
    await _told(talk, *VISIT)
    assert "改好了" in await talk(f"电话写错了 是{OTHER}")
    (visit,) = await bot_services.hospital.bookings((await person_of(bot_services)).id)
    assert visit.phone == OTHER
    assert "11月30日" in await talk("写错了 是下周一")


async def test_the_place_of_a_report(talk: Talk, bot_services: Services) -> None:
    await _told(talk, "花桥驿站空调坏了", "对")
    assert "地点现在是锦溪" in await talk("写错了 是锦溪")
    (row,) = await bot_services.suggestions.mine((await person_of(bot_services)).id)
    assert row.place == "锦溪"
    assert "更正" in row.text


@pytest.mark.parametrize("text", ["钱给我了", "老板把钱给我了", "工资结清了", "钱都到账了"])
async def test_what_was_owed_has_come(talk: Talk, bot_services: Services, text: str) -> None:
    await _file(talk)
    reply = await talk(text)
    assert "记进工单" in reply
    assert "撤销工单" in reply
    ticket = await _ticket(bot_services)
    assert (ticket.state, ticket.amount_fen) == ("received", 500_000)
    view = await bot_services.disputes.get(ticket.number, (await person_of(bot_services)).id)
    assert text in [attachment.text for attachment in view.attachments]


async def test_an_identity_card_is_named_and_its_return_is_no_consent(talk: Talk, bot_services: Services) -> None:
    assert "什么事：扣证件（身份证）" in await talk(f"美团扣我身份证不还 {PHONE}")
    await talk("对")
    reply = await talk("他还给我了")
    assert "记进工单" in reply
    assert "记住了" not in reply
    assert (await person_of(bot_services)).consent_at is None
    assert "扣证件（身份证）" in await talk("查工单进度")


@pytest.mark.parametrize("text", ["老板还没给我", "他又不给了", "老板骂我了", "扣我钱了"])
async def test_other_news_is_not_that_it_was_paid(talk: Talk, text: str) -> None:
    await _file(talk)
    assert "都拿到了" not in await talk(text)
