"""A message that was not understood keeps its values until the rider says what it was about."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.dialogue.host import DialogueHost
from bot.services.clock import FixedClock
from tests.dialogue.conftest import Talk

DOUBTFUL = "挂个那个 下周四下午三点 13700030002"


@pytest.fixture
def doubtful(host: DialogueHost, monkeypatch: pytest.MonkeyPatch) -> None:
    """The understanding is not sure about `DOUBTFUL`, whatever the trained model makes of it."""
    parse = host.parse

    async def read(text: str) -> dict[str, Any]:
        found = await parse(text)
        if text != DOUBTFUL:
            return found
        likely = ["book_hospital", "hospital/outpatient_channel"]
        return {
            **found,
            "topic": "hospital/outpatient_channel",
            "decision": "ambiguous",
            "choices": likely,
            "matters": [],
        }

    monkeypatch.setattr(host, "parse", read)


@pytest.mark.parametrize("answer", ["预约昆小哥医院", "对", "第一个"])
async def test_what_was_said_is_not_asked_again(talk: Talk, doubtful: None, answer: str) -> None:
    asked = await talk(DOUBTFUL)
    assert "是这个吗" in asked
    assert "要约哪一项" in await talk(answer)
    read_back = await talk("门诊")
    assert "12月3日（周四）15:00" in read_back
    assert "137****0002" in read_back


async def test_none_of_these_leaves_it_behind(talk: Talk, doubtful: None) -> None:
    await talk(DOUBTFUL)
    assert "驿站" in await talk("都不是")
    assert "12月3日" not in await talk("帮我约门诊")


@pytest.mark.parametrize("text", ["站长对我动手动脚的", "老板老骚扰我，摸我手", "他给我发黄图", "后面有人一直跟着我"])
async def test_hands_laid_on_a_rider_are_heard(talk: Talk, text: str) -> None:
    said = await talk(text)
    assert "110" in said
    assert "12338" in said


@pytest.mark.parametrize(
    "text", ["公司占我便宜，每单少给一块", "贷款的老打电话骚扰我", "花桥驿站饮水机的水发黄", "短信骚扰我怎么办"]
)
async def test_what_only_sounds_like_it_gets_its_own_answer(talk: Talk, text: str) -> None:
    assert "这不是您的错" not in await talk(text)


@pytest.mark.parametrize(
    ("text", "not_said"),
    [("看门诊不想排队，有啥门路是专给骑手的", "没有"), ("别留我的名额了，让给站里老李吧", "手机号")],
)
async def test_words_of_leaving_in_another_matter_leave_nothing(talk: Talk, text: str, not_said: str) -> None:
    assert not_said not in (await talk(text)).split("\n")[0]


async def test_a_stopped_form_waits_two_hours_and_no_longer(talk: Talk, clock: FixedClock) -> None:
    await talk("我要投诉 站长欠我工资八千 蓝马配送")
    assert "两个小时" in await talk("算了")
    clock.advance(timedelta(minutes=110))
    assert "蓝马配送" in await talk("还是弄吧")
    await talk("算了")
    clock.advance(timedelta(minutes=121))
    late = await talk("还是弄吧")
    assert "没有填到一半" in late
    assert "蓝马" not in late
    assert "蓝马" not in await talk("我要投诉")


async def _book_visit(talk: Talk) -> None:
    await talk("约门诊 下周二上午")
    await talk("第一个")
    await talk("13812345678")
    assert "YY" in await talk("确认")


async def _book_plating(talk: Talk) -> None:
    await talk("我们公司想约上牌专窗 蓝马物流有限公司 12台")
    await talk("第一个")
    await talk("13812345678")
    assert "约好了" in await talk("对")


async def test_another_time_is_for_what_was_booked_last(talk: Talk, clock: FixedClock) -> None:
    await _book_visit(talk)
    clock.advance(timedelta(minutes=5))
    await _book_plating(talk)
    assert "改到12月1日（周二）09:00" in await talk("改到下周二上午")
    await talk("不改了")
    named = await talk("门诊改到周五上午")
    assert "11月27日" in named
    assert "上牌" not in named


async def test_another_time_is_for_the_visit_booked_after_the_window(talk: Talk, clock: FixedClock) -> None:
    await _book_plating(talk)
    clock.advance(timedelta(minutes=5))
    await _book_visit(talk)
    said = await talk("改到周五")
    assert "11月27日（周五）有这些空位" in said
    assert "上牌" not in said


async def test_what_has_no_time_of_ours_is_meant_only_while_it_is_fresh(talk: Talk, clock: FixedClock) -> None:
    await _book_visit(talk)
    clock.advance(timedelta(minutes=5))
    await talk("帮公司做个法律体检 蓝马物流 30人")
    await talk("13812345678")
    await talk("对")
    assert "时间还没定" in await talk("改到周五上午")
    clock.advance(timedelta(hours=3))
    assert "11月27日" in await talk("改到周五上午")
