"""昆小哥医院 in chat: booking in the rider's words, changing one's mind, full times, the waiting list."""

from __future__ import annotations

import asyncio
import re
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update

from bot.dialogue.host import DialogueHost
from bot.services import Services
from bot.services.clock import SHANGHAI, FixedClock
from bot.storage.hospital import HospitalBooking, HospitalChannel, HospitalSlot, HospitalWaiting
from tests.dialogue.conftest import Talk

PHONE = "13700002222"
NUMBER = re.compile(r"YY\d{8}-\d{6}")


async def all_bookings(services: Services) -> list[HospitalBooking]:
    async with services.db.read() as session:
        return list(await session.scalars(select(HospitalBooking).order_by(HospitalBooking.created_at)))


async def book(talk: Talk, text: str = "我要约健康证 下周三上午", sender: str = "A") -> str:
    """Book the first time that is offered; the booking's number."""
    await talk(text, sender=sender)
    await talk("第一个", sender=sender)
    done = await talk(f"手机{PHONE} 确认", sender=sender)
    number = NUMBER.search(done)
    assert number, done
    return number[0]


async def set_quota(services: Services, quota: int) -> None:
    async with services.db.write() as session:
        await session.execute(
            update(HospitalChannel).where(HospitalChannel.code == "hp_test").values(yearly_quota=quota)
        )


# -- booking -----------------------------------------------------------------------------------------------


async def test_a_half_day_is_said_back_with_its_date_and_its_free_times(talk: Talk) -> None:
    said = await talk("我要约健康证 下周三上午")
    assert "12月2日（周三）上午" in said
    assert said.splitlines()[1:] == ["08:30", "09:00", "09:30", "10:00", "10:30"]


@pytest.mark.parametrize(
    ("words", "time"),
    [
        ("早一点的那个", "08:30"),
        ("第一个", "08:30"),
        ("最早的", "08:30"),
        ("晚一点", "10:30"),
        ("最后一个", "10:30"),
        ("第二个吧", "09:00"),
        ("09:30", "09:30"),
        ("十点那个", "10:00"),
        ("3", "09:30"),
    ],
)
async def test_one_of_the_offered_times_is_picked_in_many_ways(talk: Talk, words: str, time: str) -> None:
    await talk("我要约健康证 下周三上午")
    said = await talk(words)
    assert f"12月2日（周三）{time}" in said
    assert "手机号" in said


async def test_phone_and_yes_in_one_message_book_at_once(talk: Talk, bot_services: Services) -> None:
    await talk("我要约健康证 下周三上午")
    await talk("早一点的那个")
    done = await talk("手机13700002222 确认")
    assert NUMBER.search(done)
    for part in ("12月2日（周三）08:30", "昆山市第三人民医院", "健康证", "身份证", "以三院通知为准", "示例"):
        assert part in done
    (booking,) = await all_bookings(bot_services)
    assert (booking.channel, booking.phone) == ("health_cert", PHONE)
    assert booking.starts_at == datetime(2026, 12, 2, 8, 30, tzinfo=SHANGHAI)


async def test_all_in_one_message_only_needs_a_yes(talk: Talk, bot_services: Services) -> None:
    read_back = await talk("帮我约12月3号上午九点的门诊，手机13700002222")
    assert "门诊，12月3日（周四）09:00" in read_back
    assert "137****2222" in read_back
    assert PHONE not in read_back
    assert await all_bookings(bot_services) == []
    assert NUMBER.search(await talk("确认"))


async def test_values_are_corrected_in_the_riders_words_before_the_yes(talk: Talk, bot_services: Services) -> None:
    await talk("约门诊 12月3号上午九点 手机13700002222")
    moved = await talk("不对 改成下周五下午两点")
    assert "12月4日（周五）14:00" in moved
    later = await talk("晚一点")
    assert "12月4日（周五）14:30" in later
    other = await talk("手机改成13812345678")
    assert "138****5678" in other
    assert NUMBER.search(await talk("没问题"))
    (booking,) = await all_bookings(bot_services)
    assert (booking.starts_at.hour, booking.starts_at.minute, booking.phone) == (14, 30, "13812345678")


async def test_a_second_wish_is_taken_when_the_first_is_full(talk: Talk, bot_services: Services) -> None:
    await bot_services.hospital.free_slots("outpatient")
    async with bot_services.db.write() as session:
        await session.execute(
            update(HospitalSlot)
            .where(HospitalSlot.starts_at == datetime(2026, 12, 2, 14, tzinfo=SHANGHAI))
            .values(taken=HospitalSlot.capacity)
        )
    said = await talk("下周三下午两点能约门诊吗 不行就礼拜四上午")
    assert "12月3日（周四）上午" in said


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("我要约昨天下午的门诊", "已经过了"),
        ("约这个周六上午门诊", "不是工作日"),
        ("约门诊 下个月底", "最远约到12月9日"),
        ("约门诊 明天晚上", "不开号"),
    ],
)
async def test_why_a_time_cannot_be_had_and_what_can(talk: Talk, text: str, why: str) -> None:
    said = await talk(text)
    assert why in said
    assert re.search(r"\d{2}:\d{2}", said.splitlines()[-1])


async def test_a_full_time_offers_the_nearest_on_both_sides(talk: Talk, bot_services: Services) -> None:
    for name in ("x", "y"):
        person = await bot_services.people.ensure(name)
        await bot_services.hospital.book(person.id, "hp_test", datetime(2026, 12, 2, 9, tzinfo=SHANGHAI), PHONE)
    said = await talk("约幽门检查 下周三上午九点")
    assert "约满了" in said
    assert said.splitlines()[1:] == ["08:00", "08:30", "09:30", "10:00", "排队等空位"]


async def test_a_wrong_phone_is_explained_and_asked_again(talk: Talk) -> None:
    await talk("约健康证 下周三上午")
    await talk("第一个")
    said = await talk("1370000222")
    assert "11 位" in said
    assert "手机号" in said


async def test_a_question_in_the_middle_is_answered_and_the_form_goes_on(talk: Talk) -> None:
    await talk("约健康证 下周三上午")
    said = await talk("健康证要带什么？")
    assert "身份证带上" in said
    assert "12月2日（周三）上午" in said
    assert "手机号" in await talk("第一个")


async def test_leaving_books_nothing(talk: Talk, bot_services: Services) -> None:
    for words in ("算了", "取消预约"):
        await talk("约健康证 下周三上午")
        assert "没有提交" in await talk(words)
    assert await all_bookings(bot_services) == []


async def test_one_booking_a_channel_and_another_channel_beside_it(talk: Talk, bot_services: Services) -> None:
    number = await book(talk)
    said = await talk("再约一个健康证")
    assert number in said
    assert "改时间" in said
    await book(talk, "约个门诊 下周四上午")
    status = await talk("查我的预约")
    assert "健康证" in status
    assert "门诊" in status
    assert len(await all_bookings(bot_services)) == 2


async def test_the_channel_of_the_question_before_is_understood(talk: Talk) -> None:
    await talk("幽门螺杆菌免费检查有什么条件")
    assert "要约哪一项" not in await talk("帮我预约")


async def test_a_repeated_message_books_once(host: DialogueHost, bot_services: Services) -> None:
    await host.handle("A", "约门诊 12月3号上午九点 手机13700002222")
    first = await host.handle("A", "确认", key="wx:7")
    assert NUMBER.search(str(first))
    await bot_services.hospital.tick()
    again = await bot_services.hospital.book(
        (await all_bookings(bot_services))[0].person_id or "",
        "outpatient",
        datetime(2026, 12, 3, 9, tzinfo=SHANGHAI),
        PHONE,
        key="wx:7",
    )
    assert again.number in str(first)
    assert len(await all_bookings(bot_services)) == 1


async def test_many_riders_for_the_last_places_are_each_told_the_truth(talk: Talk, bot_services: Services) -> None:
    await set_quota(bot_services, 3)
    riders = [f"R{n}" for n in range(8)]
    for rider in riders:
        assert "请核对" in await talk(f"约幽门检查 下周三上午九点 手机{PHONE}", sender=rider) or rider
    replies = await asyncio.gather(*(talk("确认", sender=rider) for rider in riders))
    booked = [reply for reply in replies if NUMBER.search(reply)]
    offered = [reply for reply in replies if "刚刚" in reply]
    assert len(booked) == 2  # the slot holds two
    assert len(offered) == 6
    assert len(await all_bookings(bot_services)) == 2


# -- afterwards --------------------------------------------------------------------------------------------


async def test_status_names_what_when_where_and_how_to_prepare(talk: Talk) -> None:
    number = await book(talk, "约幽门检查 下周三上午")
    said = await talk("我约的是啥时候来着")
    for part in (number, "12月2日（周三）08:00", "第三人民医院", "先问医生"):
        assert part in said


async def test_rescheduling_reads_back_and_keeps_the_number(talk: Talk, bot_services: Services) -> None:
    number = await book(talk)
    offered = await talk("我约的那个能不能改成后天早上")
    assert "11月27日（周五）上午" in offered
    read_back = await talk("第二个")
    assert "12月2日（周三）08:30" in read_back
    assert "11月27日（周五）09:00" in read_back
    assert (await all_bookings(bot_services))[0].starts_at.day == 2
    done = await talk("确认")
    assert number in done
    assert (await all_bookings(bot_services))[0].starts_at.day == 27


async def test_a_booking_is_pushed_back_by_some_days(talk: Talk) -> None:
    await book(talk)
    assert "12月4日（周五）" in await talk("能不能帮我把预约往后推两天")


async def test_which_of_several_is_asked_and_understood(talk: Talk, bot_services: Services) -> None:
    await book(talk)
    outpatient = await book(talk, "约个门诊 下周四上午")
    assert "是哪一个" in await talk("我要取消预约")
    asked = await talk("门诊那个")
    assert "门诊" in asked
    assert "确定吗" in asked
    assert outpatient in await talk("确定取消")
    assert [one.status for one in await all_bookings(bot_services)] == ["booked", "cancelled"]


async def test_a_cancelled_booking_can_be_made_again(talk: Talk, bot_services: Services) -> None:
    first = await book(talk)
    await talk("帮我把预约取消了")
    assert "取消好了" in await talk("对")
    assert "没查到" in await talk("查我的预约")
    assert await book(talk) != first


async def test_keeping_it_after_all(talk: Talk, bot_services: Services) -> None:
    await book(talk)
    await talk("帮我把预约取消了")
    assert "没取消" in await talk("不取消了") or (await all_bookings(bot_services))[0].status == "booked"
    assert (await all_bookings(bot_services))[0].status == "booked"


async def test_nobody_sees_or_touches_anothers_booking(talk: Talk, bot_services: Services) -> None:
    number = await book(talk)
    said = await talk(f"查一下 {number}", sender="B")
    assert "不在您名下" in said
    assert "健康证" not in said.replace("预约", "")
    assert "没查到" in await talk(f"把 {number} 取消", sender="B")
    assert (await all_bookings(bot_services))[0].status == "booked"


# -- the waiting list --------------------------------------------------------------------------------------


async def test_waiting_for_a_place_and_taking_it(talk: Talk, bot_services: Services, clock: FixedClock) -> None:
    await set_quota(bot_services, 1)
    await book(talk, "约幽门检查 下周三上午", sender="A")
    said = await talk("我要约幽门检查", sender="B")
    assert "约完了" in said
    await talk("排队等空位", sender="B")
    await talk("13812345678", sender="B")
    assert "排上队了" in await talk("对", sender="B")
    assert "前面还有 0 人" in await talk("查我的预约", sender="B")
    await talk("取消预约", sender="A")
    await talk("确定取消", sender="A")
    assert "排队等到的号" in await talk("要这个号", sender="B")
    assert NUMBER.search(await talk("确认预约", sender="B"))
    assert "约完了" in await talk("我要约幽门检查", sender="C")


async def test_an_offer_lapses_after_ten_minutes(talk: Talk, bot_services: Services, clock: FixedClock) -> None:
    await set_quota(bot_services, 1)
    await book(talk, "约幽门检查 下周三上午", sender="A")
    await talk("我要约幽门检查", sender="B")
    await talk("排队等空位", sender="B")
    await talk("13812345678", sender="B")
    await talk("对", sender="B")
    await talk("取消预约", sender="A")
    await talk("确定取消", sender="A")
    clock.advance(timedelta(minutes=11))
    await bot_services.hospital.tick()
    assert "排队等到的号" not in await talk("要这个号", sender="B")
    assert await bot_services.hospital.free_slots("hp_test") != []


async def test_leaving_the_queue(talk: Talk, bot_services: Services) -> None:
    await set_quota(bot_services, 0)
    await talk("我要约幽门检查")
    await talk("排队等空位")
    await talk("13812345678")
    await talk("对")
    assert "排队取消了" in await talk("取消排队")


async def test_who_waits_for_an_hour_is_shown_and_offered_that_hour_only(talk: Talk, bot_services: Services) -> None:
    """The hours before it were free all along: they are not what was waited for."""
    await bot_services.hospital.free_slots("outpatient")
    ten = datetime(2026, 12, 4, 10, tzinfo=SHANGHAI)

    async def taken(count: int | None) -> None:
        async with bot_services.db.write() as session:
            value = HospitalSlot.capacity if count is None else count
            await session.execute(update(HospitalSlot).where(HospitalSlot.starts_at == ten).values(taken=value))

    await taken(None)
    await talk("约门诊 12月4号")
    assert "约满了" in await talk("上午10点")
    assert "12月4日（周五）10:00" in await talk("排队等空位")
    assert "12月4日（周五）10:00" in await talk("13812345678")
    assert "排上队了" in await talk("对")
    await bot_services.hospital.tick()
    assert "12月4日（周五）10:00" in await talk("查我的预约")
    assert "排队等到的号" not in await talk("要这个号", sender="B")
    assert await bot_services.hospital.waiting.offer((await _waiting(bot_services)).person_id) is None
    await taken(0)
    await bot_services.hospital.tick()
    offer = await bot_services.hospital.waiting.offer((await _waiting(bot_services)).person_id)
    assert offer is not None
    assert offer[1] == ten


async def _waiting(services: Services) -> HospitalWaiting:
    async with services.db.read() as session:
        return (await session.scalars(select(HospitalWaiting))).one()
