"""What the ticket form reads from a rider's words."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from bot.actions.base import Heard
from bot.actions.dispute import DisputeForm
from bot.actions.dispute_story import particulars, still_in
from bot.actions.joint_intake import _ticks, period
from bot.services.clock import SHANGHAI
from bot.services.limitation import Limit

NOW = datetime(2026, 11, 25, 10, 0, tzinfo=SHANGHAI)


def _heard(text: str, topic: str = "inform") -> Heard:
    return Heard(text, topic, 0.9, [], {}, NOW)


def _asked(name: str, text: str) -> Any:
    field = next(f for f in DisputeForm.all_fields() if f.name == name)
    return (field.read_answer or field.read)(_heard(text))


@pytest.mark.parametrize(
    ("text", "firm"),
    [
        ("快马配送周市站", "快马配送周市站"),
        ("美团", "美团"),
        ("公司是蓝马物流", "蓝马物流"),
        ("写错了 单位是好运速递", "好运速递"),
        ("对", None),
        ("就是那个站点", None),
        ("老板不让说", None),
        ("这算不算违法？", None),
    ],
)
def test_the_answer_to_which_firm(text: str, firm: str | None) -> None:
    assert _asked("employer", text) == firm


@pytest.mark.parametrize(
    ("text", "fen"),
    [("8500", 850_000), ("八千五", 850_000), ("大概一万二", 1_200_000), ("不记得了", None)],
)
def test_the_answer_to_how_much(text: str, fen: int | None) -> None:
    assert _asked("amount", text) == fen


@pytest.mark.parametrize(
    ("text", "people"), [("我们8个人", 8), ("一共三个同事", 3), ("就我一个人", None), ("八个月没发", None)]
)
def test_how_many_it_speaks_for(text: str, people: int | None) -> None:
    assert _asked("dispute_group", text) == people


@pytest.mark.parametrize(("text", "still"), [("还在干", "yes"), ("上个月离职了", "no"), ("欠我八千", None)])
def test_still_employed(text: str, still: str | None) -> None:
    assert still_in(_heard(text)) == still


def test_an_addition_tells_place_and_employment() -> None:
    assert particulars("我在花桥上班，还在职") == {"place": "花桥", "still_employed": True}
    assert particulars("流水在手机里") == {}


@pytest.mark.parametrize(
    ("text", "ticks"),
    [
        ("两个都申请", "both"),
        ("监察和仲裁", "both"),
        ("只要仲裁", "arbitration"),
        ("监察吧", "inspection"),
        ("我不懂 听窗口的", "window"),
        ("明天再说", None),
    ],
)
def test_what_is_ticked(text: str, ticks: str | None) -> None:
    assert _ticks(_heard(text)) == ticks


def test_a_period_is_told_with_its_day_and_doubt() -> None:
    law = "劳动争议调解仲裁法第27条"
    day = NOW.date()
    assert "不受一年限制" in period(Limit("arbitration", "no_limit", None, law, True))
    assert "2026年11月25日" in period(Limit("arbitration", "soon", day, law, True))
    assert "重新算" in period(Limit("arbitration", "expired", day, law, True))
    assert "重新算" not in period(Limit("inspection", "expired", day, law, False))
    assert period(Limit("inspection", "unknown", None, law, False)) == ""
