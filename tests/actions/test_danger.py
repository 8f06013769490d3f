"""After an accident: what says that help was called, and what only sounds like it."""

from __future__ import annotations

import pytest

from bot.actions.danger import help_called


@pytest.mark.parametrize(
    "text",
    [
        "/affirm",
        "打了",
        "打过120了",
        "120打过了 车马上到",
        "打通了",
        "打了 车在路上了",
        "已经打了",
        "叫了救护车",
        "救护车来了",
        "来了",
        "医生到了",
        "五分钟就到",
        "交警到了",
        "送医院了",
        "报过警了",
    ],
)
def test_help_was_called(text: str) -> None:
    assert help_called(text)


@pytest.mark.parametrize(
    "text",
    [
        "还没打通",
        "没打过120",
        "我还没有打过",
        "120打不通",
        "打了 打不通",
        "没人报了警",
        "血都流出来了",
        "他已经昏过去了",
        "撞到了一个老人",
        "头碰到了马路牙子",
        "人起不来了",
        "被人打了",
        "要不要送医院",
        "该送医院吗",
        "救护车来了吗",
        "腿动不了",
    ],
)
def test_what_only_sounds_like_it(text: str) -> None:
    assert not help_called(text)
