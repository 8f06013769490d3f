"""骑手安全 and the tour card in chat: only behind a code; sessions, quiz and pledge."""

from __future__ import annotations

import re

from sqlalchemy import select, update

from bot.services import Services
from bot.services.clock import FixedClock
from bot.storage.safety import EducationBooking, EducationSession, QuizAttempt, SignedPledge
from tests.dialogue.conftest import Talk

WORK_NO = "DEMO0409"


async def code_for(services: Services, work_no: str = WORK_NO) -> str:
    return await services.safety.binding.issue(work_no, "示例快递公司丁", "console:test")


async def test_no_record_by_name_or_number_alone(talk: Talk) -> None:
    said = await talk("我叫周涛 查一下我有几次违法")
    assert "绑定工号" in said
    assert "次（" not in said
    said = await talk(WORK_NO)
    assert "绑定码" in said
    said = await talk("没有绑定码")
    assert "站长或公司" in said
    assert "12345" in said


async def test_a_code_opens_ones_own_record_and_nobody_elses(talk: Talk, bot_services: Services) -> None:
    code = await code_for(bot_services)
    await talk("查一下我有几次违法")
    await talk(f"工号{WORK_NO}")
    assert "对不上" in await talk("00000000" if code != "00000000" else "11111111")
    said = await talk(code)
    assert "轻微违法累计 4 次" in said
    assert "要参加学习教育" in said
    assert "示例数据" in said
    assert "不是交警公布的" in said
    assert "轻微违法累计 4 次" in await talk("我违章几次了")
    assert "绑定" in await talk("我违章几次了", sender="B")


async def test_number_and_code_in_one_message(talk: Talk, bot_services: Services) -> None:
    code = await code_for(bot_services)
    await talk("我有几次违法")
    assert "累计" in await talk(f"工号{WORK_NO} 绑定码{code}")


async def test_the_tour_card_says_rank_and_why(talk: Talk, bot_services: Services) -> None:
    code = await code_for(bot_services)
    assert "工号" in await talk("我够不够格拿旅游年卡")
    await talk(WORK_NO)
    said = await talk(code)
    assert re.search(r"您排第 \d+ 名", said)
    for part in ("服务时长", "派送单数", "满意率", "没有公布", "示例规则"):
        assert part in said


# -- education ---------------------------------------------------------------------------------------------


async def bookings(services: Services) -> list[EducationBooking]:
    async with services.db.read() as session:
        return list(await session.scalars(select(EducationBooking)))


async def test_a_session_is_chosen_booked_seen_and_cancelled(talk: Talk, bot_services: Services) -> None:
    assert "哪种学习方式" in await talk("我要预约去学习")
    offered = await talk("看视频")
    assert "客运北站" in offered
    assert "11月26日（周四）09:00" in offered
    await talk("第一个")
    read_back = await talk("13812345678")
    assert "观看宣传视频，11月26日（周四）09:00" in read_back
    done = await talk("确认")
    assert re.search(r"BM\d{8}-\d{6}", done)
    assert "示例" in done
    assert "没有公布" in done
    assert "已经约了" in await talk("我要预约去学习 执勤")
    assert "客运北站" in await talk("查我的预约")
    assert "取消好了" in await talk("取消这次学习")
    assert [one.status for one in await bookings(bot_services)] == ["cancelled"]


async def test_place_and_day_are_taken_from_the_first_message(talk: Talk) -> None:
    said = await talk("我要去绣衣岗亭执勤 下周一 给我约上")
    assert "11月30日（周一）16:30" in said or "手机" in said
    said = await talk("手机13812345678 确认")
    assert "绣衣岗亭" in said
    assert "11月30日（周一）16:30" in said


async def test_a_day_without_sessions_offers_the_nearest(talk: Talk) -> None:
    said = await talk("我想约周日去绣衣岗亭执勤")
    assert "11月29日（周日）没有场次" in said
    assert "最近的场次" in said


async def fill_up(services: Services, *forms: str) -> None:
    """Every session of these kinds that is open for booking has no place left."""
    await services.safety.education.free_sessions("video")  # opens the days
    async with services.db.write() as session:
        of_kind = update(EducationSession).where(EducationSession.form.in_(forms))
        await session.execute(of_kind.values(taken=EducationSession.capacity))


async def test_where_nothing_is_free_the_other_kinds_are_offered(talk: Talk, bot_services: Services) -> None:
    await fill_up(bot_services, "video")
    await talk("我要预约去学习")
    said = await talk("看视频")
    assert "这两周没有能约的场次" in said
    assert "在线做题" in said
    assert "观看宣传视频" not in said
    assert "第 1/5 题" in await talk('/inform{"edu_kind":"quiz"}')


async def test_the_last_place_taken_while_it_was_confirmed(talk: Talk, bot_services: Services) -> None:
    await talk("我要预约去学习")
    await talk("看视频")
    await talk("第一个")
    await talk("13812345678")
    await fill_up(bot_services, "video")
    said = await talk("确认")
    assert "刚刚满了" in said
    assert "还有这些" not in said
    assert "在线做题" in said


async def test_the_quiz_tells_right_from_wrong_with_the_law(talk: Talk, bot_services: Services) -> None:
    said = await talk('/book_education{"edu_kind":"quiz"}')
    assert "第 1/5 题" in said
    for number in range(2, 6):
        said = await talk("A")
        assert f"第 {number}/5 题" in said
        assert "答对了" in said or "不对，是" in said
        assert re.search(r"法|条例|规定", said)
    done = await talk("选A")
    assert re.search(r"5 题答对 \d 题", done)
    assert "以交警认定为准" in done
    async with bot_services.db.read() as session:
        attempt = await session.scalar(select(QuizAttempt))
    assert attempt is not None
    assert attempt.answers == ["A"] * 5
    assert attempt.passed == (attempt.correct >= 4)


async def test_a_pledge_is_shown_before_it_is_signed(talk: Talk, bot_services: Services, clock: FixedClock) -> None:
    shown = await talk('/book_education{"edu_kind":"sign"}')
    assert "我承诺：骑行戴头盔" in shown
    async with bot_services.db.read() as session:
        assert await session.scalar(select(SignedPledge)) is None
    assert "签好了" in await talk("我承诺")
    async with bot_services.db.read() as session:
        signed = await session.scalar(select(SignedPledge))
    assert signed is not None
    assert signed.signed_at == clock.now()
