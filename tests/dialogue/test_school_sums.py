"""昆小哥学堂: sums to the fen in talk, whatever the way they are told, one turn or several."""

from __future__ import annotations

import pytest

from tests.dialogue.conftest import Talk


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("69块一个学分 75个学分 本科 补多少", ["5175元", "2587.5元"]),
        ("学费4000一学期 五个学期 大专", ["20000元", "10000元"]),
        ("学费4000一学期 读两年半 大专 补多少", ["10000元", "按一年两个学期算"]),
        ("大专学费八千块零五毛 能补多少", ["4000.25元"]),
        ("大专学费九千六百块零五毛 补多少", ["4800.25元"]),
        ("大专学费9600.05元 能补多少", ["4800.02元", "不到一分的零头不算"]),
        ("学费一万到一万二 大专", ["5000元到6000元"]),
        ("本科学费 2万3", ["11500元", "12500元"]),
        ("学费八千多 本科", ["大约4000元", "大约数"]),
        ("专科学费7000本科学费8000都读能补多少", ["3500元", "4000元", "能不能都领没有公布"]),
        ("本科学费八千 书本费六百 补多少", ["4000元", "书本、报名、考试这些费用算不算没有公布"]),
    ],
)
async def test_one_message(talk: Talk, text: str, parts: list[str]) -> None:
    said = await talk(text)
    for part in parts:
        assert part in said
    assert "以学堂审核为准" in said


async def test_the_thousand_is_the_unions_and_no_tuition(talk: Talk) -> None:
    await talk("学费一万二 本科 能补多少")
    said = await talk("还有那一千块呢")
    assert "双千计划" in said
    assert "7000元" in said
    assert "500元" not in said.replace("7500元", "")
    college = await talk("那大专呢")
    assert "大专没有" in college
    assert "6000元" in college


@pytest.mark.parametrize(
    ("correction", "grant"),
    [
        ("改成13,500", "6750元"),
        ("不对 是九千", "4500元"),
        ("错了 9000", "4500元"),
        ("不对，应该是一万三", "6500元"),
        ("算错了吧 应该是7000", "3500元"),
    ],
)
async def test_a_corrected_sum_is_worked_out_again(talk: Talk, correction: str, grant: str) -> None:
    await talk("学费一万二 本科 能补多少")
    assert grant in await talk(correction)


async def test_what_is_told_is_not_asked_again(talk: Talk) -> None:
    await talk("我交了三千八学费 本科")
    said = await talk("补多少")
    assert "1900元" in said
    assert "学费一共多少" not in said


async def test_wife_and_self_and_both(talk: Talk) -> None:
    await talk("本科两万 我是工会会员 补多少")
    beside = await talk("我老婆也读大专 九千")
    assert "4500元" in beside
    assert "15500元" in beside
    both = await talk("我俩一共多少")
    for part in ("15500元", "11000元", "4500元", "各自以学堂审核为准"):
        assert part in both


async def test_the_wife_first(talk: Talk) -> None:
    assert "4500元" in await talk("我老婆读大专 学费九千 能补多少")
    assert "15500元" in await talk("我读本科学费两万 是工会会员 补多少")


async def test_price_of_a_credit_asks_how_many(talk: Talk) -> None:
    asked = await talk("69块一个学分 本科 补多少")
    assert "一共多少个学分" in asked
    assert "34.5元" not in asked
    said = await talk("75")
    assert "5175元" in said
    assert "2587.5元" in said


async def test_price_of_a_term_asks_how_many(talk: Talk) -> None:
    assert "大专还是本科" in await talk("学费4000一学期 五个学期 能补多少")
    assert "10000元" in await talk("大专")
    assert "几个学期" in await talk("一学期4000 大专 能补多少", sender="B")
    assert "10000元" in await talk("五个", sender="B")
    assert "几个学期" in await talk("一学期4000 大专 能补多少", sender="C")
    assert "8000元" in await talk("总共一万六", sender="C")


async def test_who_of_two_is_a_member(talk: Talk) -> None:
    both = await talk("我和老婆都读本科 学费各一万二 能补多少")
    assert "加起来12000元" in both
    assert "加起来13000元" in await talk("我是会员她不是")


async def test_the_money_of_the_union_asked_for_makes_no_member(talk: Talk) -> None:
    await talk("大专学费八千")
    assert "大专没有" in await talk("工会那一千有吗")
    assert "不是会员就是4000元" in await talk("那本科有吗")


async def test_another_sum_right_under_the_first(talk: Talk) -> None:
    await talk("大专学费八千 能补多少")
    assert "2999.5元" in await talk("五千九百九十九")
    assert "毕业后补 50%" not in await talk("站长欠我五千九百九十九")


async def test_books_besides_are_not_added(talk: Talk) -> None:
    await talk("本科学费两万 能补多少")
    said = await talk("再加书本费八百呢")
    assert "没有公布" in said
    assert "10000元" in said
    assert "10400元" not in said


@pytest.mark.parametrize("text", ["改成后天下午", "电话改成13800005555", "改成3点", "不对 是两个人"])
async def test_a_correction_of_something_else_is_no_tuition(talk: Talk, text: str) -> None:
    await talk("学费一万二 本科 能补多少")
    assert "毕业后补 50%" not in await talk(text)


@pytest.mark.parametrize("text", ["驾校学费4800不退", "老板借我8000交学费 要我还利息", "孩子学费一万二 能补吗"])
async def test_another_tuition_is_none_of_this(talk: Talk, text: str) -> None:
    assert "毕业后补 50%" not in await talk(text)
