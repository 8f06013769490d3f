"""At the card that is read back a question is answered and the card stays: it agrees to nothing and changes nothing."""

from __future__ import annotations

import pytest

from bot.services import Services
from tests.dialogue.conftest import Talk
from tests.dialogue.test_dispute import person_of

PHONE = "13800010009"
CLAIM = f"美团欠我工资 5000 {PHONE}"


async def test_a_claim_is_not_filed_by_a_question(talk: Talk, bot_services: Services) -> None:
    await talk(CLAIM)
    for text in ("多久能处理好", "哪个对", "走监察好还是仲裁好", "你好", "对不对"):
        reply = await talk(text)
        assert "登记好了" not in reply
        assert "请核对" in reply, text
        assert "想走" not in reply
    assert not await bot_services.disputes.of_person((await person_of(bot_services)).id)
    assert "登记好了" in await talk("这回对了")


@pytest.mark.parametrize(
    ("text", "has"),
    [
        ("尾号是不是0008", "不是0008，留的手机号是138****0009"),
        ("电话对吗 是不是0119", "不是0119"),
        ("尾号0009 对不对", "对，留的手机号是138****0009"),
        ("尾号0810 对不对", "不是0810"),
        ("金额是不是6000", "金额写的是5000元"),
        ("单位是不是顺丰", "单位写的是美团"),
    ],
)
async def test_a_question_changes_no_value(talk: Talk, text: str, has: str) -> None:
    await talk(CLAIM)
    reply = await talk(text)
    assert has in reply
    for kept in ("金额：5000元", "单位：美团", "手机：138****0009"):
        assert kept in reply


async def test_what_is_told_still_changes_the_value(talk: Talk) -> None:
    await talk(CLAIM)
    assert "138****0008" in await talk("尾号是0008")
    assert "金额：6000元" in await talk("金额是6000")
    assert "单位：饿了么" in await talk("单位是饿了么")  # no question


async def test_a_visit_is_not_booked_by_a_question(talk: Talk, bot_services: Services) -> None:
    await talk(f"约门诊 下周四下午3点 {PHONE}")
    for text in ("几点去好", "要多久才好", "时间是不是周五"):
        reply = await talk(text)
        assert "约好了" not in reply
        assert "12月3日（周四）15:00" in reply, text
    assert not await bot_services.hospital.bookings((await person_of(bot_services)).id)
    assert "约好了" in await talk("对")


async def test_a_report_and_a_withdrawal_wait_for_a_yes(talk: Talk, bot_services: Services) -> None:
    await talk("花桥驿站空调坏了", sender="B")
    assert "收到了" not in await talk("啥时候修好", sender="B")
    await talk(CLAIM)
    await talk("对")
    await talk("不用记")
    await talk("撤销工单")
    assert "撤回了" not in await talk("多久能撤好")
    (ticket,) = await bot_services.disputes.of_person((await person_of(bot_services)).id)
    assert ticket.state == "received"
    assert "撤回了" in await talk("撤吧")
