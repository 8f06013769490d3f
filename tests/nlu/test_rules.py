from datetime import datetime

import pytest

from bot.language import SHANGHAI
from bot.nlu.found import Found, resolve
from bot.nlu.resolver import belongs
from bot.nlu.rules import find_entities

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("text", "entity", "surface", "value"),
    [
        ("欠我八千五工资", "amount", "八千五", 8500),
        ("电话13812345678", "phone", "13812345678", "13812345678"),
        ("单号ld20261124-0007", "ticket_no", "ld20261124-0007", "LD20261124-0007"),
        ("预约号YY20261125-0003", "booking_no", "YY20261125-0003", "YY20261125-0003"),
        ("约下周三上午", "time", "下周三上午", "2026-12-02/AM"),
        ("约下週三上午", "time", "下週三上午", "2026-12-02/AM"),
        ("查幽门螺旋杆菌", "channel", "幽门螺旋杆菌", "hp_test"),
        ("想读大专", "degree", "大专", "junior_college"),
        ("公司拖欠工资", "dispute_type", "拖欠工资", "wages"),
        ("花桥哪有驿站", "place", "花桥", "花桥镇"),
        ("哪里能热饭", "service", "热饭", "hot_meal"),
        ("哪里有廁所", "service", "廁所", "toilet"),
    ],
)
def test_value_and_surface(text: str, entity: str, surface: str, value: object) -> None:
    found = [item for item in resolve(find_entities(text, NOW)) if item.entity == entity]
    assert [item.surface for item in found] == [surface]
    assert text[found[0].start : found[0].end] == surface
    if entity == "place":
        assert str(found[0].value).startswith("花桥")
    else:
        assert found[0].value == value


def _found(entity: str, start: int, end: int, value: object = "") -> Found:
    return Found(entity, start, end, "x" * (end - start), value, "test")


def test_longer_wins_and_numbers_win_over_all() -> None:
    assert [item.entity for item in resolve([_found("place", 0, 2), _found("employer", 0, 4)])] == ["employer"]
    assert [item.entity for item in resolve([_found("amount", 0, 12), _found("phone", 0, 11)])] == ["phone"]


def test_a_sum_may_stand_inside_a_dispute() -> None:
    kept = resolve([_found("dispute_type", 0, 6), _found("amount", 2, 5)])
    assert [item.entity for item in kept] == ["dispute_type", "amount"]


def test_topic_decides_what_words_mean() -> None:
    service, dispute = _found("service", 0, 2, "reading"), _found("dispute_type", 0, 2)
    assert belongs(service, "find_station")
    assert not belongs(service, "culture/library")
    assert belongs(dispute, "open_dispute")
    assert not belongs(dispute, "bank/mortgage")
    assert belongs(service, None)
    assert not belongs(_found("channel", 0, 2), "hospital/free_clinic")
    assert not belongs(_found("time", 0, 3), "greet")


@pytest.mark.parametrize(
    ("text", "topic", "entities"),
    [
        ("看病约的星期三", "reschedule_booking", ["time"]),
        ("帮我挂个骨科", "book_hospital", ["channel"]),
        ("尽快给我约个门诊", "book_hospital", ["channel"]),
        ("随便哪天都行", "inform", ["time"]),
        ("下大雨夜里没处躲", "find_station", []),
        ("夜里几点关门", "station/hours", ["time"]),
        ("前两天报的那件事", "dispute_status", []),
        ("跑了一万二够不够", "check_tour_card", []),
        ("歇脚点能不能充电", "find_station", ["service"]),
        ("网络主播能进吗", "station/services", []),
        ("中医院是不是那家", "hospital/location", []),
    ],
)
def test_only_what_names_something_is_an_entity(text: str, topic: str, entities: list[str]) -> None:
    found = [item for item in find_entities(text, NOW) if belongs(item, topic)]
    assert [item.entity for item in found] == entities
