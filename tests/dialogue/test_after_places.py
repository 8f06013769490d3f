"""Riders who look for a place: needs without its name, the moment asked about, and what follows a list."""

from __future__ import annotations

import re
from datetime import datetime

import pytest

from bot.actions.registry import run_by_words
from bot.services import Services
from bot.services.clock import SHANGHAI, FixedClock
from tests.dialogue.conftest import Talk
from tests.dialogue.test_station import names

NIGHT = datetime(2026, 11, 29, 3, 20, tzinfo=SHANGHAI)


async def open_then(services: Services, listed: list[str], moment: datetime) -> list[bool | None]:
    """Whether the listed stations are open at a moment, by their rows."""
    rows = {one.name: one for one in await services.stations.all()}
    return [rows[name].hours.open_at(moment) for name in listed]


@pytest.mark.parametrize(
    "text",
    [
        "现在半夜了 张浦有开着的没",
        "半夜三更的 周市还有开着门的驿站吗",
        "现在半夜 花桥哪里有开门的",
        "现在锦溪有开着的吗",
        "半夜在哪能歇脚 我在陆家",
        "花桥哪有通宵的",
    ],
)
async def test_at_night_only_what_is_open_then(
    talk: Talk, clock: FixedClock, bot_services: Services, text: str
) -> None:
    clock.moment = NIGHT
    said = await talk(text)
    listed = names(said)
    assert listed, said
    assert await open_then(bot_services, listed, NIGHT) == [True] * len(listed), said
    assert "21:00" not in said


async def test_a_clock_time_is_looked_at_as_it_is_said(talk: Talk, clock: FixedClock, bot_services: Services) -> None:
    clock.moment = datetime(2026, 11, 27, 15, tzinfo=SHANGHAI)
    said = await talk("凌晨两点 在花桥 哪里有开门的")
    two = datetime(2026, 11, 28, 2, tzinfo=SHANGHAI)
    assert "明天02:00开着的" in said.splitlines()[0]
    assert await open_then(bot_services, names(said), two) == [True] * 3


@pytest.mark.parametrize(
    ("first", "order"),
    [
        ("蓝窗可以停多久", "帮我约一个 明天早上八点"),
        ("花桥哪有驿站", "帮我约一个"),
        ("花桥哪里能充电", "第一个帮我约下明天"),
        ("昆山有免费图书馆吗", "给我约个位子"),
    ],
)
async def test_what_cannot_be_booked_begins_no_booking(talk: Talk, first: str, order: str) -> None:
    await talk(first)
    said = await talk(order)
    assert "约不了" in said
    assert "要约哪一项" not in said


async def test_where_one_learns_the_learning_is_booked(talk: Talk) -> None:
    await talk("学习教育在哪里学")
    said = await talk("帮我约下 下个礼拜五下午")
    assert "学习方式" in said
    assert "门诊" not in said


async def test_at_the_hospital_the_visit_is_booked(talk: Talk) -> None:
    await talk("三院在哪")
    assert "要约哪一项" in await talk("帮我约一个 明天早上八点")
    await talk("健康证怎么办", sender="B")
    assert "12月2日" in await talk("帮我约一个 下周三上午", sender="B")


@pytest.mark.parametrize(
    ("which", "name"),
    [
        ("地铁的那个", "花桥地铁站"),
        ("地铁那个", "花桥地铁站"),
        ("城际那个吧", "花桥城际站"),
        ("不是地铁的", "花桥城际站"),
    ],
)
async def test_which_of_two_stations(talk: Talk, which: str, name: str) -> None:
    assert "有 2 个" in await talk("我在花桥站 想找个热饭的地方")
    said = (await talk(which)).splitlines()[0]
    assert name in said
    assert "热饭" in said


@pytest.mark.parametrize(
    ("text", "service"),
    [
        ("手机快没电了 在兵希", "手机充电"),
        ("手机没电了快 兵希这边", "手机充电"),
        ("电瓶车没电了 在陆家", "电动车充换电"),
        ("骑车渴死了 在花桥", "饮水"),
        ("尿急 在锦溪哪有", "卫生间"),
    ],
)
async def test_a_need_is_a_search(talk: Talk, text: str, service: str) -> None:
    said = await talk(text)
    assert service in said.splitlines()[0]
    assert len(names(said)) == 3


@pytest.mark.parametrize(
    "text",
    [
        "手机没电了客户催单还扣我钱",
        "站长手机没电了打不通",
        "做两癌前要不要憋尿",
        "手机没电了，先下",
        "寿衣店哪家夜里还开着 我在花桥",
        "渴望涨工资",
    ],
)
async def test_what_is_no_such_need(talk: Talk, text: str) -> None:
    assert not names(await talk(text))


async def test_a_need_waits_for_the_place(talk: Talk) -> None:
    assert "能充电的驿站" in await talk("手机没电了快")
    assert "玉山广场" in (await talk("玉山广场这边")).splitlines()[0]
    said = (await talk("不是 我记错了 在兵希")).splitlines()[0]
    assert "兵希" in said
    assert "手机充电" in said


@pytest.mark.parametrize(
    ("text", "has"),
    [
        ("那晚上开着伐", "20:00"),
        ("晚上开着不", "20:00"),
        ("晚上十点还开吗", "22:00"),
        ("星期天开不开", "周日"),
        ("几点关门", "每天"),
        ("现在还有人吗", "现在开着"),
        ("过年开不开", "节假日可能不一样"),
    ],
)
async def test_hours_are_those_of_the_list(talk: Talk, text: str, has: str) -> None:
    listed = names(await talk("花桥哪里能充电"))
    said = await talk(text)
    assert has in said
    assert all(name in said for name in listed)
    assert "没有统一" not in said


async def test_hours_of_the_one_looked_at(talk: Talk) -> None:
    listed = names(await talk("花桥哪里能充电"))
    await talk("第二个怎么走")
    said = await talk("晚上十点还开吗")
    assert said.startswith(listed[1])
    assert listed[0] not in said
    assert (await talk("远不远")).startswith(listed[1])


@pytest.mark.parametrize(("text", "town"), [("周氏呢", "周市镇"), ("金溪呢", "锦溪镇"), ("那陆家呢", "陆家镇")])
async def test_another_town_by_its_sound(talk: Talk, text: str, town: str) -> None:
    await talk("花桥哪里能充电")
    said = (await talk(text)).splitlines()[0]
    assert said.startswith(town)
    assert "手机充电" in said


async def test_another_city_is_said_not_to_be_here(talk: Talk) -> None:
    await talk("周市哪里能充电")
    said = await talk("太仓呢")
    assert "不在昆山" in said
    assert not names(said)


async def test_a_service_after_a_list(talk: Talk) -> None:
    await talk("花桥哪里能充电")
    assert "饮水" in (await talk("热水呢")).splitlines()[0]
    assert "停车" in (await talk("有停车的没")).splitlines()[0]
    first = names(await talk("花桥哪里能充电"))[0]
    await talk("第一个")
    assert first in (await talk("有厕所没"))
    assert not names(await talk("工资呢"))


async def test_a_place_after_a_general_answer(talk: Talk) -> None:
    assert "没有统一" in await talk("驿站几点开门")
    assert (await talk("花桥")).startswith("花桥镇有")


@pytest.mark.parametrize(
    "text", ["我现在在周市 一会送到陆家 哪边有微波炉", "周市和陆家 哪里能热饭", "从周市送到陆家 路上哪能热饭"]
)
async def test_both_of_two_places(talk: Talk, text: str) -> None:
    said = await talk(text)
    assert "周市镇最近的" in said
    assert "陆家镇最近的" in said
    third = re.findall(r"^3\. ([^（\n]+)", said, re.MULTILINE)[0]
    assert "离陆家镇" in (await talk("第三个怎么走")).splitlines()[0] or third == "鹿银先锋驿站"
    assert (await talk("还有别的吗")).startswith("陆家镇")


@pytest.mark.parametrize(
    ("text", "only"),
    [
        ("我不在周市 在陆家 哪能充电", "陆家镇"),
        ("花桥海星路哪能热饭", "海星路"),
        ("人民路和前进路路口 哪能充电", "人民路"),
        ("陆家这边哪能充电 之前在周市跑", "陆家镇"),
    ],
)
async def test_one_place_stays_one(talk: Talk, text: str, only: str) -> None:
    assert (await talk(text)).startswith(only)


async def test_water_is_near_and_machines_stand_behind(talk: Talk) -> None:
    said = await talk("淀山湖这边哪有热水喝")
    assert len(names(said)) == 3
    assert "饮水" in said.splitlines()[0]
    assert "是不是热的没有登记" in said
    metres = [int(one) for one in re.findall(r"（约(\d+)米）", said)]
    assert metres
    assert max(metres) < 1000
    assert (await talk("第一个怎么走")).startswith(names(said)[0])


async def test_machines_of_another_town_are_said_to_be(talk: Talk) -> None:
    assert "花桥镇没查到" in await talk("花桥哪里有姜茶")
    said = await talk("饮料机空了 在花桥海星路", sender="B")
    assert "附近没查到登记的饮品机" in said
    assert "都不是" in said


async def test_the_place_of_a_repair_is_kept_whole(talk: Talk) -> None:
    await talk("想提个意见 微波炉坏了半个月没人管")
    assert "地点：巴城那个邮政的" in await talk("巴城那个邮政的")
    await talk("想提个意见 插座坏了", sender="B")
    said = await talk("在周市万达旁边那个便利店", sender="B")
    assert "内容：插座坏了" in said
    assert "地点：周市万达旁边那个便利店" in said


@pytest.mark.parametrize("text", ["花桥的建行周末开吗", "花桥建行星期天上不上班"])
async def test_a_bank_is_not_open_at_another_moment(talk: Talk, clock: FixedClock, text: str) -> None:
    clock.moment = NIGHT
    said = await talk(text)
    assert "09:30-16:00" in said
    assert "现在开着" not in said


async def test_a_list_of_banks_and_the_weekend(talk: Talk, clock: FixedClock) -> None:
    clock.moment = NIGHT
    await talk("花桥建行在哪")
    said = await talk("周末开吗")
    assert "周日）09:30-16:00开" in said
    assert "不开" in said
    assert "现在开着" not in said
    assert "现在关着" in await talk("现在开着吗")


async def test_the_bank_without_a_place(talk: Talk) -> None:
    assert "各网点时间不一样" in await talk("建行周末开吗")
    assert "周六" in await talk("花桥")
    assert "最近的建行网点。" not in await talk("建行几点放款", sender="B")
    for other in ("我老婆在建行上班 周末开会吗", "建行卡几点能用", "站长说银行周末开了才发工资", "银行几点放款"):
        assert run_by_words("bank/harbor", other) != "action_find_bank", other


@pytest.mark.parametrize(
    ("first", "text", "has"),
    [
        ("三院在哪", "几点开门", "三院几点开门"),
        ("昆小哥医院在哪", "周末开不开", "三院几点开门"),
        ("你好", "三院几点开门", "三院几点开门"),
        ("昆山有免费图书馆吗", "几点开门", "图书馆爱心驿站几点开门"),
        ("花桥建行在哪", "几点开门", "09:00-17:00"),
    ],
)
async def test_the_hours_of_what_was_named_last(talk: Talk, first: str, text: str, has: str) -> None:
    await talk(first)
    said = await talk(text)
    assert has in said
    assert "驿站没有统一" not in said
