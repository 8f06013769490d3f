"""A claim keeps what its seat must read, belongs to one person, and is asked where the work is when only a firm is known;
old buttons and "别记了" touch nothing but what they mean.
"""

from __future__ import annotations

import pytest

from bot.services import Services
from tests.dialogue.conftest import Talk
from tests.dialogue.test_dispute import PHONE, person_of

ASKED = "您上班的地方在昆山吗"
CLAIM = "我要投诉 站长欠我工资八千 蓝马物流"


async def test_fear_told_in_a_claim_stands_in_the_words_of_its_ticket(talk: Talk, bot_services: Services) -> None:
    await talk("我要投诉 站长欠我工资八千")
    told = await talk("怕老板报复")
    assert "第30条" in told
    assert "哪家公司" in told
    assert "也记进登记" not in await talk("能匿名吗")
    await talk("蓝马物流")
    read_back = await talk(f"我不敢说名字 电话{PHONE}")
    assert "137****5678" in read_back
    assert "怕老板报复" in read_back
    assert "LD" in await talk("对")
    (ticket,) = await bot_services.disputes.of_person((await person_of(bot_services)).id)
    assert "怕老板报复" in ticket.summary
    assert "我不敢说名字" in ticket.summary
    assert "能匿名吗" not in ticket.summary


async def test_a_firm_kept_back_for_fear_is_not_asked_again(talk: Talk) -> None:
    await talk("公司拖欠工资")
    said = await talk("不敢写公司名字 怕被报复")
    assert "第9条" in said
    assert "哪家公司" not in said
    assert "多少钱" in said


async def test_what_a_fear_tells_besides_is_read_too(talk: Talk) -> None:
    await talk("公司拖欠工资")
    assert ASKED in await talk("苏州迅捷劳务公司 欠我八千 怕老板报复")
    assert "上班地点写花桥" in await talk("花桥")
    read_back = await talk(PHONE)
    assert "单位：苏州迅捷劳务" in read_back
    assert "8000" in read_back


async def _old_button(talk: Talk) -> str:
    """The payload of 改时间 under a plating appointment that has been cancelled; a visit to the hospital is booked."""
    for text in ("约门诊 下周二上午", "第一个", PHONE, "确认", "不用记"):
        await talk(text)
    for text in ("我们公司想约上牌专窗 蓝马物流有限公司 12台", "第一个", PHONE):
        await talk(text)
    assert "改时间" in await talk("对")
    return "/freight/plate_window:move"


async def test_the_button_of_an_appointment_that_is_gone_begins_nothing(talk: Talk, bot_services: Services) -> None:
    button = await _old_button(talk)
    person = (await person_of(bot_services)).id
    ((row, _),) = await bot_services.freight.plating.mine(person)
    await bot_services.freight.plating.cancel(person, row.number)
    outside = await talk(button)
    assert "已经不在了" in outside
    assert "想改到什么时候" not in outside
    await talk("我要投诉 站长欠我工资八千")
    inside = await talk(button)
    assert "上牌专窗预约已经不在了" in inside
    assert "哪家公司" in inside
    assert "手机" in await talk("蓝马物流")


async def test_the_button_of_an_appointment_that_stands_still_moves_it(talk: Talk) -> None:
    assert "想改到什么时候" in await talk(await _old_button(talk))


async def test_not_to_be_recorded_drops_the_form_that_runs_and_no_other(talk: Talk) -> None:
    await talk(f"{CLAIM} {PHONE}")
    await talk("约门诊")
    await talk("先去办那个")
    said = await talk("别记了")
    assert "都删了" in said
    assert "医院预约也没有留" in said
    assert "劳动纠纷登记还留着" in said
    back = await talk("接着办")
    assert "蓝马物流" in back
    assert "137****5678" not in back, "no phone is kept against that word"
    assert "手机号" in back


async def test_not_to_be_recorded_leaves_nothing_of_the_form_it_is_said_in(talk: Talk) -> None:
    await talk(CLAIM)
    assert "两个小时" not in await talk("别记了")
    assert "没有填到一半" in await talk("还是弄吧")
    assert "蓝马" not in await talk("我要投诉")


async def test_not_to_be_recorded_drops_only_the_form_laid_aside_last(talk: Talk) -> None:
    for text in (CLAIM, "算了", "约门诊 下周二上午", "算了"):
        await talk(text)
    assert "医院预约也没有留" in await talk("别记了")
    assert "蓝马物流" in await talk("还是弄吧")


async def test_not_to_keep_the_phone_keeps_the_form(talk: Talk) -> None:
    await talk(f"{CLAIM} {PHONE}")
    said = await talk("别记我的手机号")
    assert "都删了" in said
    assert "确定删吗" not in said
    assert "留个手机号" in said
    assert "蓝马物流" in await talk(PHONE)


@pytest.mark.parametrize(
    ("mine", "another"),
    [
        (f"{CLAIM} {PHONE}", "我老公也被站长欠了工资 帮他登记"),
        (CLAIM, "我朋友也被欠工资了 帮他登记一下"),
        ("我老公送外卖的 蓝马物流欠他八千", "我要投诉 站长欠我工资"),
    ],
)
async def test_the_values_of_one_person_are_not_those_of_another(talk: Talk, mine: str, another: str) -> None:
    await talk(mine)
    assert "先停下" in await talk("算了")
    said = await talk(another)
    assert "哪家公司" in said
    assert "蓝马" not in said
    assert "八千" not in said
    assert "8000" not in said
    read_back = [await talk(text) for text in ("绿鸟速运", "五千", "13912345678")][-1]
    assert "蓝马" not in read_back
    assert "139****5678" in read_back


@pytest.mark.parametrize("again", ["我要投诉", "我要投诉 站长欠我工资"])
async def test_the_same_person_goes_on(talk: Talk, again: str) -> None:
    await talk(CLAIM)
    await talk("算了")
    assert "蓝马物流" in await talk(again)


async def test_a_husbands_claim_goes_on_as_his(talk: Talk) -> None:
    await talk("我老公送外卖的 蓝马物流欠他八千")
    await talk("算了")
    assert "蓝马物流" in await talk("我要投诉 我老公被欠工资")


async def test_what_was_asked_for_oneself_is_not_told_of_a_friend(talk: Talk) -> None:
    await talk("蓝马物流欠我工资八千 能去告吗")
    await talk("算了")
    said = await talk("我朋友被公司欠工资了 帮他登记")
    assert "蓝马" not in said
    assert "哪家公司" in said


@pytest.mark.parametrize(
    ("answer", "noted", "place"),
    [
        ("在昆山上班", "上班地点写昆山", "昆山"),
        ("在昆山", "上班地点写昆山", "昆山"),
        ("是的", "上班地点写昆山", "昆山"),
        ("花桥", "上班地点写花桥", "花桥"),
        ("不在昆山", "照样登记", "别处（不在昆山）"),
        ("不在", "照样登记", "别处（不在昆山）"),
        ("在太仓", "照样登记", "太仓（不在昆山）"),
        ("说不准", "先不填", "没说"),
        ("不知道", "先不填", "没说"),
    ],
)
async def test_a_firm_called_after_another_city_is_asked_about_once(
    talk: Talk, answer: str, noted: str, place: str
) -> None:
    asked = await talk("苏州迅捷劳务欠我工资八千")
    assert ASKED in asked
    assert "不一定管得了" not in asked
    said = await talk(answer)
    assert noted in said
    assert "手机号" in said
    assert ASKED not in said
    assert f"上班地点：{place}" in await talk(PHONE)


async def test_the_firm_named_later_is_asked_about_and_nothing_is_made_up(talk: Talk, bot_services: Services) -> None:
    await talk("我要投诉 欠薪")
    assert ASKED in await talk("上海某某公司")
    assert ASKED not in await talk("八千")
    assert "上班地点：没说" in await talk(PHONE)
    assert "LD" in await talk("对")
    (ticket,) = await bot_services.disputes.of_person((await person_of(bot_services)).id)
    assert (ticket.employer, ticket.place) == ("上海某某公司", None)


@pytest.mark.parametrize(
    "text",
    [
        "太仓运通物流公司扣我押金500 我在花桥上班",
        "苏州迅捷劳务昆山分公司欠我工资八千",
        "我在昆山送外卖 苏州迅捷劳务欠我工资八千",
        "上海路站点欠我工资八千",
        CLAIM,
    ],
)
async def test_where_kunshan_is_told_nothing_is_asked(talk: Talk, text: str) -> None:
    said = await talk(text)
    assert ASKED not in said
    assert "不在昆山" not in said
