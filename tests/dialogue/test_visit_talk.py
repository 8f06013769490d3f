"""Bookings in talk: days and hours said apart, two channels, two persons, questions beside, another form first."""

from __future__ import annotations

import pytest

from bot.services import Services
from tests.dialogue.conftest import Talk
from tests.dialogue.test_hospital import NUMBER, all_bookings


@pytest.mark.parametrize(
    ("turns", "has"),
    [
        (["约门诊", "大后天下晌"], ["11月28日（周六）", "不是工作日"]),
        (["约门诊", "后天下晌三点"], ["11月27日（周五）15:00"]),
        (["约门诊 半下午 周四"], ["11月26日（周四）下午", "13:30"]),
        (["约门诊 12.3"], ["12月3日（周四）", "08:30"]),
        (["健康证 12.3"], ["12月3日（周四）", "08:30"]),
        (["健康证 后天后半晌能约不"], ["11月27日（周五）下午", "13:30"]),
        (["我要挂号 明天", "后天上午吧 9点"], ["11月27日（周五）09:00"]),
        (["门诊 后天下午三点 13912345678", "不对 是明天"], ["11月26日（周四）15:00", "139****5678"]),
        (["约健康证 周四下午", "三点半吧 算了四点"], ["11月26日（周四）16:00"]),
        (["约健康证 周四下午", "那周五呢"], ["11月27日（周五）下午"]),
        (
            ["约门诊 周四或周五 上午都行"],
            ["11月26日（周四）上午或11月27日（周五）上午", "11/26周四 08:30", "11/27周五 08:30"],
        ),
        (["约门诊 周四或周五 上午都行", "九点"], ["11/26周四 09:00", "11/27周五 09:00"]),
        (["约门诊 除了周四都行"], ["避开11月26日（周四）", "11/27周五 08:30"]),
        (["约门诊 初八"], ["农历", "公历几月几号"]),
    ],
)
async def test_the_time_that_was_said_is_the_one_that_is_offered(talk: Talk, turns: list[str], has: list[str]) -> None:
    said = ""
    for turn in turns:
        said = await talk(turn)
    for part in has:
        assert part in said


async def test_a_day_that_does_not_suit_is_not_offered(talk: Talk) -> None:
    assert "11/26周四" not in await talk("约门诊 除了周四都行")
    assert "11/27" not in await talk("约门诊 别约周五 我周五跑单", sender="B")


async def test_a_second_channel_does_not_take_the_place_of_the_first(talk: Talk, bot_services: Services) -> None:
    await talk("门诊 12月2号上午9点")
    await talk("13833330003")
    said = await talk("再约一个健康证 也是这个点")
    assert "门诊，12月2日（周三）09:00" in said
    assert "接着约健康证" in said
    assert "健康证预约还没办完" in await talk("确认")
    again = await talk("接着办")
    assert "健康证，12月2日（周三）09:00" in again
    assert "138****0003" in again
    assert NUMBER.search(await talk("确认"))
    assert {one.channel for one in await all_bookings(bot_services)} == {"outpatient", "health_cert"}


async def test_another_channel_without_as_well_is_still_a_change(talk: Talk) -> None:
    await talk("门诊 12月2号上午9点")
    assert "改约健康证" in await talk("不对 我要约健康证")


async def test_two_channels_in_one_wish_come_one_after_the_other(talk: Talk) -> None:
    said = await talk("我要办健康证还有查那个幽门 一起约明天上午")
    assert "先约健康证，再约幽门" in said
    assert "11月26日（周四）上午" in said
    await talk("第一个")
    await talk("13833330004")
    assert "幽门螺杆菌免费检查预约还没办完" in await talk("确认")
    assert "11月26日（周四）上午" in await talk("好")


async def test_of_two_channels_the_one_that_is_booked_already_hides_no_other(talk: Talk) -> None:
    await talk("约健康证 下周二上午九点 13833330005")
    await talk("确认")
    said = await talk("健康证和幽门一起约 下周三上午")
    assert "已经约了健康证" in said
    assert "幽门螺杆菌免费检查预约还没办完" in said


@pytest.mark.parametrize(
    "words",
    ["能给我老婆也登记一个不", "我妈也要一个号", "我要跟我兄弟一起 两个号", "我跟我同事俩人", "能带俺媳妇一起不"],
)
async def test_another_person_is_told_at_once_and_the_form_goes_on(talk: Talk, words: str) -> None:
    await talk("约健康证 明天上午")
    said = await talk(words)
    assert "一个微信号每项只能约一个" in said
    assert "11月26日（周四）上午" in said


async def test_whose_booking_it_is_and_what_the_own_one_needs(talk: Talk, bot_services: Services) -> None:
    assert "给您老婆约" in await talk("给我老婆约个健康证 后天上午9点")
    await talk("13900002222")
    assert "给您老婆约的" in await talk("确认")
    for words in ("我自己也要约 同一时间", "我自己也约一个 同一天"):
        assert "另一位用自己的微信" in await talk(words)
    assert len(await all_bookings(bot_services)) == 1


async def test_after_a_booking_one_more_is_at_the_same_time(talk: Talk) -> None:
    await talk("门诊 12月2号上午9点 13833330003")
    await talk("确认")
    assert "12月2日（周三）09:00，健康证" in await talk("再约一个健康证 也是这个点")


@pytest.mark.parametrize("words", ["我叫王强", "李梅", "张建国"])
async def test_a_name_is_answered_kindly(talk: Talk, words: str) -> None:
    await talk("约健康证 明天上午九点")
    said = await talk(words)
    assert "不用报名字" in said
    assert "手机号" in said


@pytest.mark.parametrize(
    ("words", "has"),
    [
        ("那边几点关", "08:30 到 16:00"),
        ("周末开不", "工作日"),
        ("远不远", "地图里搜“昆山市第三人民医院”"),
        ("我到时候去几楼", "导诊台"),
        ("还有名额没", "还剩"),
        ("啥时候人少", "没有公布"),
        ("要排队不", "没有公布"),
        ("最早啥时候", "11月25日（周三）10:30"),
    ],
)
async def test_a_question_beside_is_about_this_visit_and_the_form_goes_on(talk: Talk, words: str, has: str) -> None:
    await talk("约门诊 12月2号上午九点")
    said = await talk(words)
    assert has in said
    assert "12月2日（周三）09:00，门诊。留个手机号" in said
    assert "驿站" not in said


async def test_of_the_free_test_the_places_of_the_year_are_told(talk: Talk) -> None:
    await talk("约幽门检查 明天")
    assert "2026 年 100 份，还剩 100 份" in await talk("还有名额没")


async def test_in_a_wage_form_the_health_certificate_can_come_first(talk: Talk, bot_services: Services) -> None:
    await talk("站长欠我三个月工资")
    assert "想约哪天" in await talk("先办健康证")
    assert "11月27日（周五）09:00，健康证" in await talk("后天上午9点")
    await talk("13800005555")
    assert "劳动纠纷登记还没办完" in await talk("确认")
    assert "哪家公司" in await talk("接着办")
    assert "后天上午9点" not in await talk("后天上午9点")
    assert [one.channel for one in await all_bookings(bot_services)] == ["health_cert"]


@pytest.mark.parametrize(
    ("turns", "has"),
    [
        (["约门诊 周五", "我周五上午有课"], ["11月27日（周五）", "13:30"]),
        (["约健康证 周五", "不要上午", "15点"], ["11月27日（周五）15:00"]),
        (["约门诊 周四周五都行 最好下午", "三点", "周五"], ["11月27日（周五）15:00"]),
        (["约门诊 明天", "那周四没空"], ["避开11月26日（周四）", "11/27周五"]),
        (["约门诊", "腊八行不"], ["农历"]),
    ],
)
async def test_the_day_that_is_talked_about_stays(talk: Talk, turns: list[str], has: list[str]) -> None:
    said = ""
    for turn in turns:
        said = await talk(turn)
    for part in has:
        assert part in said
    assert "08:30" not in said or "周五" in said or "农历" in said


async def test_an_hour_for_the_second_channel_is_of_the_day_of_the_first(talk: Talk) -> None:
    await talk("门诊 12月4号上午10点 13511112227")
    await talk("再给我加一个幽门检查 早上八点")
    await talk("确认")
    assert "幽门螺杆菌免费检查，12月4日（周五）08:00" in await talk("好")


async def test_another_channel_on_the_same_day_after_a_booking(talk: Talk) -> None:
    await talk("健康证 12月2号上午9点 13511112222")
    await talk("确认")
    assert "12月2日（周三）下午" in await talk("那帮我约个门诊吧 同一天下午")


@pytest.mark.parametrize(
    "question", ["健康证周末给办吗", "健康证当天能出吗", "吹气下午能做吗", "健康证早上去还是下午去", "门诊晚上看不看"]
)
async def test_a_question_about_a_channel_begins_no_booking(talk: Talk, question: str) -> None:
    said = await talk(question)
    assert "留个手机号" not in said
    assert "选一个：" not in said


async def test_what_about_the_other_one_is_no_yes(talk: Talk, bot_services: Services) -> None:
    await talk("帮我和我老婆都约健康证 下周四上午九点 13511113334")
    assert "一个微信号每项只能约一个" in await talk("她呢")
    assert await all_bookings(bot_services) == []
