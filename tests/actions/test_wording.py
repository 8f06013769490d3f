"""Words that only ask for patience, and those that say something."""

from __future__ import annotations

import time

import pytest

from bot.actions.wording import wants_to_wait


@pytest.mark.parametrize(
    "text",
    [
        "等下",
        "你等一下 我找找合同",
        "我去送个单 等会再弄",
        "等等 我看看有没有空",
        "稍等",
        "我想想",
        "来单了 等会再说",
        "好 等我送完这单",
        "我在骑车 等会填",
        "忙完再弄",
    ],
)
def test_asks_for_patience(text: str) -> None:
    assert wants_to_wait(text)


@pytest.mark.parametrize(
    "text",
    [
        "等等 还是晚一点",
        "等下 能不能改成门诊",
        "想想还是算了",
        "等等 先别删",
        "送餐的",
        "我送外卖",
        "我骑车摔了",
        "查一下我的工单",
        "看看有没有早一点的",
        "晚一点",
        "等通知",
        "好",
        "",
    ],
)
def test_says_something(text: str) -> None:
    assert not wants_to_wait(text)


def test_long_nonsense_is_no_wait_and_takes_no_time() -> None:
    begin = time.process_time()
    assert not wants_to_wait("等我" * 500 + "啊")
    assert not wants_to_wait("先再等" * 500 + "吗")
    assert time.process_time() - begin < 1
