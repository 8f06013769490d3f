"""Free drinks and machines out of order in chat."""

from __future__ import annotations

import re
from datetime import datetime

from bot.services import Services
from bot.services.clock import SHANGHAI, FixedClock
from tests.dialogue.conftest import Talk


async def test_between_seasons_it_is_said_and_water_is_offered(talk: Talk) -> None:
    said = await talk("哪有免费喝的 我在人民路")
    assert "夏令冬时" in said
    assert "没公布" in said
    assert "人民路示范驿站" in said
    assert "平时能喝水的驿站" in said
    assert "示例数据" in said


async def test_in_summer_cold_drinks(talk: Talk, clock: FixedClock) -> None:
    clock.moment = datetime(2026, 7, 20, 14, tzinfo=SHANGHAI)
    said = await talk("热死了 鹿城路哪有冰的喝")
    assert "夏令冬时" not in said
    assert "冷饮｜" in said
    assert "热饮｜" not in said


async def test_a_broken_machine_is_not_offered(talk: Talk) -> None:
    said = await talk("白马泾路附近哪有免费饮品机")
    assert "白马泾路示范驿站" not in said  # out of order in the demo data


async def test_pointing_at_a_machine(talk: Talk) -> None:
    await talk("哪有免费喝的 我在人民路")
    assert (await talk("第一个怎么走")).startswith("人民路示范驿站的饮品机")
    assert "江浦路" not in (await talk("还有别的吗")).splitlines()[1]


async def test_a_report_after_a_search(talk: Talk, bot_services: Services) -> None:
    await talk("哪有免费喝的 我在人民路")
    asked = await talk("/find_drinks:broken")
    assert "是哪一台" in asked
    assert "人民路示范驿站" in asked
    await talk("第一台")
    read_back = await talk("/inform:empty")
    assert "空了没水" in read_back
    done = await talk("/affirm", key="m1")
    number = re.search(r"JY\d{8}-\d{6}", done)
    assert number, done
    person = await bot_services.people.find("A")
    assert person is not None
    (row,) = await bot_services.drinks.my_reports(person.id)
    assert (row.machine_code, row.fault) == ("D06", "empty")
    assert "报修过" in await talk("哪有免费喝的 我在人民路")
    await talk("/find_drinks:broken")
    await talk("/inform:first")
    await talk("/inform:empty")
    assert f"编号 {number[0]}" in await talk("/affirm", key="m2")


async def test_a_report_in_one_sentence(talk: Talk, bot_services: Services) -> None:
    read_back = await talk("人民路那台饮品机空了没人加")
    assert "人民路示范驿站" in read_back
    assert "空了没水" in read_back
    assert "编号 JY" in await talk("/affirm")


async def test_a_machine_that_cannot_be_told(talk: Talk) -> None:
    await talk("/drinks/program:broken")
    assert "没对上" in await talk("我家楼下那个")
    assert "毛病" in await talk("鹿城路")


async def test_the_machine_is_corrected_in_the_riders_words(talk: Talk) -> None:
    await talk("人民路那台饮品机空了没人加")
    said = await talk("不对，是鹿城路那台")
    assert "鹿城路示范驿站" in said
    assert "人民路示范驿站" not in said


async def test_a_third_matter_after_the_offer_to_switch_does_not_end_the_form(talk: Talk) -> None:
    await talk("人民路那台饮品机空了没人加")
    assert "先放一放" in await talk("我要预约门诊")
    said = await talk("花桥哪里能热饭")
    assert "热饭" in said
    assert "这样报上去" in said
    assert "编号 JY" in await talk("/affirm")
