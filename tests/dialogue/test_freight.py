"""Berths, passage, plating, reports of carriers in chat."""

from __future__ import annotations

import re

from bot.services import Services
from bot.services.importing import SPECS, import_table
from bot.storage.base import Database
from tests.dialogue.conftest import Talk

PHONE = "13712345678"


async def test_berths_that_fit_the_vehicle(talk: Talk) -> None:
    said = await talk("找个蓝窗泊位 前进中路 我的车8米5")
    assert "能停8.5米车的蓝窗泊位" in said.splitlines()[0]
    lengths = [float(metres) for metres in re.findall(r"长([\d.]+)米", said)]
    assert len(lengths) == 3
    assert min(lengths) >= 8.5
    assert "示例数据" in said
    assert "没查到能停13米" in await talk("13米的半挂在人民路能停哪个蓝窗", sender="B")


async def test_berths_follow_ups(talk: Talk) -> None:
    await talk("人民路附近的蓝窗泊位")
    now = await talk("现在能用的呢")
    assert "这会儿不能停" not in now
    assert "这会儿能停" in now
    detail = await talk("/find_berth:first")
    assert "限停" in detail


async def test_passage_is_not_known_without_rules_and_the_police_are_named(talk: Talk) -> None:
    said = await talk("早上8点能不能进人民路送货 我是D牌")
    assert "我不知道" in said
    assert "纯电动货车" in said
    assert "走人民路" in said
    assert "12345" in said
    assert "可以走" not in said


async def load_rules(db: Database, *rows: dict[str, str]) -> None:
    spec = SPECS["passage-rules"]
    header = [column.name for column in spec.columns]
    report = await import_table(db, spec, [header, *([row.get(name, "") for name in header] for row in rows)])
    assert report.errors == []


async def test_passage_by_loaded_rules_names_the_rule(talk: Talk, bot_services: Services) -> None:
    rule = {"code": "R1", "road": "人民路", "days": "每天", "start": "07:00", "end": "09:00"}
    await load_rules(bot_services.db, rule | {"verdict": "forbidden", "source": "示例通告1号", "provenance": "demo"})
    said = await talk("明天早上8点能不能进人民路送货")
    assert "不能走" in said
    assert "示例通告1号" in said
    assert "示例数据" in said
    assert "没写到不等于能走" in await talk("明天早上10点能不能进人民路送货", sender="B")


async def test_passage_asks_what_decides_and_takes_the_answer(talk: Talk, bot_services: Services) -> None:
    await load_rules(
        bot_services.db,
        {"code": "R1", "area": "中环内", "energy": "bev", "verdict": "allowed", "source": "示例1号"},
        {"code": "R2", "area": "中环内", "energy": "fuel", "verdict": "forbidden", "source": "示例2号"},
    )
    asked = await talk("现在中环内货车能走吗")
    assert "什么动力" in asked
    said = await talk("/freight/passage:fuel")
    assert "不能走" in said
    assert "示例2号" in said


async def test_a_plating_appointment_from_words_to_cancelling(talk: Talk, bot_services: Services) -> None:
    assert "哪家公司" in await talk("我们想预约专窗")
    assert "几台" in await talk("蓝马物流")
    offered = await talk("12台")
    assert "11月26日（周四）09:00" in offered
    assert "手机" in await talk("下周二下午")
    read_back = await talk(PHONE)
    assert "12月1日（周二）14:00" in read_back
    assert PHONE not in read_back
    done = await talk("/affirm", key="m1")
    assert re.search(r"BM\d{8}-\d{6}", done)
    person = await bot_services.people.find("A")
    assert person is not None
    ((row, slot),) = await bot_services.freight.plating.mine(person.id)
    assert (row.company, row.vehicles, row.phone) == ("蓝马物流", 12, PHONE)
    assert (slot.day.isoformat(), slot.start) == ("2026-12-01", "14:00")
    assert row.number in await talk("/leave_suggestion:mine")
    assert "取消了" in await talk("/freight/plate_window:cancel")
    assert "没有上牌专窗的预约" in await talk("/freight/plate_window:cancel")


async def test_a_time_that_the_window_does_not_have_gets_offers(talk: Talk) -> None:
    await talk("/freight/plate_window:book")
    await talk("蓝马物流")
    await talk("3台")
    said = await talk("下周三上午")
    assert "不开或约满" in said
    assert "12月1日（周二）" in said
    assert "手机" in await talk("第一个")


async def test_a_report_of_a_carrier_can_be_anonymous(talk: Talk, bot_services: Services) -> None:
    asked = await talk("我要举报，人民路今天上午有电动三轮拉货")
    assert "匿名" in asked
    read_back = await talk("/inform:anonymous")
    assert "人民路" in read_back
    assert "电动三轮" in read_back
    done = await talk("/affirm", key="m1")
    assert "编号 JY" in done
    assert "没记您是谁" in done
    person = await bot_services.people.find("A")
    assert person is not None
    assert await bot_services.freight.my_carrier_reports(person.id) == []


async def test_a_report_step_by_step_with_a_picture(talk: Talk, bot_services: Services) -> None:
    await talk("/freight/enforcement:report")
    await talk("/inform:passenger")
    await talk("花桥")
    await talk("/inform:now")
    await talk("/inform:named")
    assert "照片：1 张" in await talk("", image_url="https://example.org/a.jpg")
    assert "编号 JY" in await talk("/affirm")
    person = await bot_services.people.find("A")
    assert person is not None
    (row,) = await bot_services.freight.my_carrier_reports(person.id)
    assert (row.kind, row.place, row.seen_at) == ("passenger", "花桥", "刚才")
    assert row.image_url == "https://example.org/a.jpg"


async def test_how_to_report_is_a_question(talk: Talk) -> None:
    said = await talk("怎么举报三轮拉货")
    assert "要举报" in said
    assert "我要举报" in said  # the button


async def test_a_road_is_said_back_as_it_was_said(talk: Talk) -> None:
    said = await talk("绿牌货车早高峰能走前进路吗")
    assert "走前进路" in said
    assert "前进中路" not in said


async def test_blue_windows_near_a_place_are_searched(talk: Talk) -> None:
    assert "您在哪儿" in await talk("附近有蓝窗泊位吗")


async def test_everything_about_the_appointment_in_one_message(talk: Talk) -> None:
    await talk("/freight/plate_window:book")
    read_back = await talk(f"蓝马物流有限公司 20台车 下周二下午 {PHONE}")
    assert "蓝马物流有限公司" in read_back
    assert "20 台" in read_back
    assert "12月1日（周二）14:00" in read_back
    fixed = await talk("改成15台")
    assert "15 台" in fixed
    assert "约好了" in await talk("对")


async def test_a_question_in_the_middle_is_answered_and_the_form_goes_on(talk: Talk) -> None:
    await talk("/freight/plate_window:book")
    said = await talk("蓝窗泊位一共有多少个？")
    assert "100" in said
    assert "哪家公司" in said


async def test_an_accident_in_the_middle_comes_first_and_the_report_is_taken_up_again(talk: Talk) -> None:
    await talk("我要举报大巴车拉货")
    said = await talk("有人撞车了 头流血了")
    assert said.startswith("请马上打 120")
    assert "举报" not in said
    await talk("已经打了120")
    resumed = await talk("接着办刚才的")
    assert "在哪儿看到的" in resumed
    assert "什么时候" in await talk("花桥国际博览中心")
    await talk("昨天下午")
    read_back = await talk("/inform:named")
    assert "花桥" in read_back
    assert "昨天下午" in read_back


async def test_far_from_the_ring_it_is_said_where_blue_windows_are(talk: Talk) -> None:
    assert "中环区域里" in await talk("淀山湖镇哪里有蓝窗泊位")
