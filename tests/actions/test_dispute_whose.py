"""Whose claim it is, and which firms are called after another city."""

from __future__ import annotations

import time

import pytest

from bot.actions.dispute_place import of_firm
from bot.actions.dispute_whose import OWN, THEM, is_of_another, whose


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("我老公送外卖的 站长两个月没给他发工资了", "spouse"),
        ("我女朋友跑单被扣钱", "spouse"),
        ("欠我老公八千", "spouse"),
        ("我是帮我老婆问的", "spouse"),
        ("替我爸登记一下 他被欠工资", "father"),
        ("我妈在家政公司上班 被欠工资", "mother"),
        ("我弟跑美团 站点扣他押金", "brother"),
        ("我有个朋友被欠工资", "friend"),
        ("工友被欠工资 帮他登记", "friend"),
        ("帮工友投诉欠薪", "friend"),
        ("帮他登记", THEM),
        ("我朋友叫我来投诉的 站长欠我工资", OWN),
        ("我儿子生病 站长扣我工资", OWN),
        ("我老婆怀孕 公司把我开除了", OWN),
        ("我哥是站长 他公司欠我钱", OWN),
        ("站长欠我们几个兄弟工资", OWN),
        ("公司欠我和工友工资", OWN),
        ("老板不给我发工资", OWN),
        ("我要投诉", None),
        ("我和老公都被欠工资", None),
    ],
)
def test_whose_claim_a_message_is_about(text: str, who: str | None) -> None:
    assert whose(text) == who


@pytest.mark.parametrize("part", ["那个", "我一个", "我老公", "有个朋友 ", "我家"])
def test_no_length_of_words_makes_it_hang(part: str) -> None:
    started = time.perf_counter()
    whose("我" + part * 300)
    assert time.perf_counter() - started < 1


@pytest.mark.parametrize(
    ("told", "text", "another"),
    [
        ("站长欠我工资八千", "我老公也被欠了", True),
        ("公司欠薪八千", "帮他登记", True),
        ("我老公被欠工资", "帮他登记", False),
        ("我老公被欠工资", "帮我朋友投诉欠薪", True),
        ("我老公被欠工资", "欠我工资五千", True),
        ("站长欠我工资八千", "我要投诉", False),
        ("站长欠我工资八千", "/open_dispute", False),
        ("", "我工资没发", False),
    ],
)
def test_a_message_about_another_person_than_the_claim(told: str, text: str, another: bool) -> None:
    assert is_of_another(told, text) is another


@pytest.mark.parametrize(
    ("firm", "told", "city"),
    [
        ("苏州迅捷劳务", "欠薪", "苏州"),
        ("江苏省苏州市迅捷劳务", "欠薪", "苏州"),
        ("上海某某公司", "欠薪", "上海"),
        ("太仓运通", "欠薪", "太仓"),
        ("无锡快达", "我家在昆山", "无锡"),
        ("苏州迅捷劳务", "我不在昆山上班", "苏州"),
        ("苏州迅捷劳务", "我在昆山上班", None),
        ("苏州迅捷劳务花桥站", "欠薪", None),
        ("苏州昆山迅捷", "欠薪", None),
        ("昆山苏州迅捷", "欠薪", None),
        ("上海路快递站", "欠薪", None),
        ("南京东路站", "欠薪", None),
        ("蓝马物流", "欠薪", None),
    ],
)
def test_a_firm_called_after_another_city(firm: str, told: str, city: str | None) -> None:
    assert (of_firm(firm, told) or {}).get("outside") == city
