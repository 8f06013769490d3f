"""What is read from words about places, vehicles, machines and the box."""

from __future__ import annotations

from datetime import datetime

import pytest

from bot.actions import bank, carrier, drink_machine, freight, mine, plating, station, suggestion
from bot.actions.base import Heard
from bot.actions.places import place_in, state_zh, unknown_name
from bot.actions.registry import run_by_words
from bot.actions.vehicles import read_class, read_energy, read_length
from bot.services.clock import SHANGHAI
from bot.services.opening_hours import parse_hours

NOW = datetime(2026, 11, 25, 10, tzinfo=SHANGHAI)  # a Wednesday
USED = (bank, carrier, drink_machine, freight, mine, plating, station)  # their phrases are registered on import


def heard(text: str, now: datetime = NOW) -> Heard:
    return Heard(text=text, topic="inform", confidence=1.0, entities=[], metadata={}, now=now)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("天鹅湾附近有厕所吗", "天鹅湾"),
        ("我在天鹅湾那边", "天鹅湾"),
        ("花桥附近哪里能充电", None),
        ("我附近有驿站吗", None),
        ("附近哪里能充电", None),
        ("公司门口", None),
        ("等单附近有啥", None),
        ("手机没电了 这附近", None),
        ("人民路那边", None),
        ("昆山南站旁边的", None),
    ],
)
def test_a_name_that_is_no_known_place(text: str, name: str | None) -> None:
    assert unknown_name(text) == name


def test_the_exact_place_before_its_town() -> None:
    match = place_in("我在花桥绿地大道这边")
    assert match is not None
    assert match.surface.endswith("绿地大道")
    assert place_in("中环里面能走吗") is None


@pytest.mark.parametrize(
    ("text", "metres"),
    [
        ("我的车4米2", 4.2),
        ("4.2米厢货", 4.2),
        ("六米八的车", 6.8),
        ("13米的半挂", 13.0),
        ("500米以内", None),
        ("离我3米远", None),
        ("二十五米", None),
        ("长度不知道", None),
    ],
)
def test_the_length_of_a_vehicle(text: str, metres: float | None) -> None:
    assert read_length(text) == metres


@pytest.mark.parametrize(
    ("text", "vehicle", "energy"),
    [
        ("我是D牌轻卡", "light", "bev"),
        ("绿牌微面", "micro", "bev"),
        ("柴油重卡", "heavy", "fuel"),
        ("F牌的中型货车", "medium", "phev"),
        ("氢能半挂", "heavy", "fcev"),
        ("货车能走吗", None, None),
    ],
)
def test_class_and_energy_of_a_vehicle(text: str, vehicle: str | None, energy: str | None) -> None:
    assert (read_class(text), read_energy(text)) == (vehicle, energy)


@pytest.mark.parametrize(
    ("hours", "now", "said"),
    [
        ("", NOW, "开放时间未公布"),
        ("24小时", NOW, "24小时开放"),
        ("每天 08:00-20:00", NOW, "现在开着，到20:00"),
        ("每天 08:00-20:00", NOW.replace(hour=6), "现在关着，今天08:00开"),
        ("每天 08:00-20:00", NOW.replace(hour=21), "现在关着，明天08:00开"),
        ("周一至周五 09:00-17:00", NOW.replace(day=28), "现在关着，后天09:00开"),
        ("周六周日 09:30-16:00", NOW, "现在关着，周六09:30开"),
        (
            "周一至周五 09:00-17:00",
            datetime(2026, 10, 1, 10, tzinfo=SHANGHAI),
            "周一至周五 09:00-17:00（节假日先问一下）",
        ),
    ],
)
def test_opening_hours_as_they_are_said(hours: str, now: datetime, said: str) -> None:
    read = parse_hours(hours)
    assert state_zh(read, read.open_at(now), heard("", now)) == said


@pytest.mark.parametrize(
    ("topic", "text", "runs"),
    [
        ("freight/enforcement", "我要举报，人民路有电动三轮拉货", "carrier_form"),
        ("freight/enforcement", "刚才看到大巴捎货的客车", "carrier_form"),
        ("freight/enforcement", "怎么举报三轮拉货", None),
        ("freight/enforcement", "举报电话多少", None),
        ("freight/enforcement", "三轮车拉货抓不抓", None),
        ("freight/plate_window", "我们想预约专窗", "plating_form"),
        ("freight/plate_window", "帮我约个上牌时间", "plating_form"),
        ("freight/plate_window", "批量上牌要不要预约", None),
        ("freight/plate_window", "专窗在哪", None),
        ("freight/plate_window", "取消专窗的预约", "action_cancel_plating"),
        ("cancel_booking", "取消上牌预约", "action_cancel_plating"),
        ("cancel_booking", "取消门诊预约", None),
        ("freight/passage", "早上8点能进人民路吗", "action_passage"),
        ("freight/passage", "货车通行证怎么办", None),
        ("freight/blue_window", "蓝窗是什么", None),
        ("freight/blue_window", "花桥有蓝窗吗", "action_find_berth"),
        ("drinks/program", "冷饮机空的呀 没人加", "machine_form"),
        ("drinks/program", "饮料机有哪些喝的", None),
        ("leave_suggestion", "饮品机坏了", "machine_form"),
        ("leave_suggestion", "微波炉坏了", None),
        ("leave_suggestion", "我提的建议有回复吗", "action_my_submissions"),
        ("station/demo_sites", "主播驿站在哪", "action_demo_sites"),
        ("station/demo_sites", "示范阵地有哪些", None),
        ("station/hours", "人民路示范驿站几点开门", "action_find_station"),
        ("station/hours", "驿站几点开门", None),
        ("bank/mortgage", "让客户经理给我回电话", "callback_form"),
        ("bank/mortgage", "房贷利率多少", None),
        ("bank/what_is", "有人让我先交保证金才放款", "action_fraud_warning"),
        ("bank/what_is", "昆小哥银行是什么", None),
        ("chitchat", "我的卡号6222021234567890128", "action_fraud_warning"),
        ("human_handoff", "转人工", None),
    ],
)
def test_words_that_start_something_and_words_that_only_ask(topic: str, text: str, runs: str | None) -> None:
    assert USED
    assert run_by_words(topic, text) == runs


@pytest.mark.parametrize(
    ("text", "kind", "matter"),
    [
        ("想提个意见 微波炉坏了半个月没人管", "repair", "微波炉坏了半个月没人管"),
        ("我要提建议", "suggestion", None),
        ("表扬花桥驿站的大姐，特别热心", "praise", "表扬花桥驿站的大姐，特别热心"),
        ("反映一下，保安不让进还骂人", "complaint", "保安不让进还骂人"),
    ],
)
def test_what_is_put_into_the_box(text: str, kind: str, matter: str | None) -> None:
    assert suggestion.kind_of(text) == kind
    assert suggestion.matter_of(text) == matter
