"""A human is asked for, or only when humans are there."""

from __future__ import annotations

import pytest

from bot.actions.people import asks_hours


@pytest.mark.parametrize(
    "text",
    [
        "你们人工几点上班",
        "人工几点在线",
        "人工的坐席几点上班？上班了替我接过去",
        "人工什么时候回我",
        "人工什么时候在",
        "几点下班",
        "什么时候能接通",
        "几点到几点",
        "周末有人吗",
        "半夜有人在吗",
        "你们上班时间是啥",
    ],
)
def test_the_hours_are_asked(text: str) -> None:
    assert asks_hours(text)


@pytest.mark.parametrize(
    "text",
    [
        "转人工",
        "转人工 问问什么时候发钱",
        "转人工问什么时候发工资",
        "我要找人工 我的工单什么时候有结果",
        "给我接人工，健康证什么时候能拿",
        "找人工 押金几点到账没人说",
    ],
)
def test_a_human_is_asked_for(text: str) -> None:
    assert not asks_hours(text)
