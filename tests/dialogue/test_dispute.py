"""Disputes in chat: registering, looking, adding, taking back, requests, triage."""

from __future__ import annotations

import re

from bot.services import Services
from bot.storage.people import Person
from tests.dialogue.conftest import Talk

PHONE = "13712345678"


async def person_of(services: Services, sender: str = "A") -> Person:
    person = await services.people.find(sender)
    assert person is not None
    return person


async def register(talk: Talk, kind: str = "wages", employer: str = "蓝马物流", sender: str = "A") -> str:
    """Register a dispute through the form; the ticket's number."""
    await talk("/open_dispute", sender=sender)
    await talk(f'/inform{{"dispute_type":"{kind}"}}', sender=sender)
    await talk(employer, sender=sender)
    if kind in ("wages", "deposit", "deduction"):
        await talk("8500", sender=sender)
    said = await talk(PHONE, sender=sender)
    if "手机号吗" not in said:
        said = await talk("/affirm", sender=sender)
    number = re.search(r"LD\d{8}-\d{6}", said)
    assert number, said
    return number[0]


async def test_the_read_back_tells_the_limitation_and_the_done_message_the_joint_intake(
    talk: Talk, bot_services: Services
) -> None:
    await talk("/open_dispute")
    await talk('/inform{"dispute_type":"wages"}')
    await talk("蓝马物流")
    await talk("8500")
    read_back = await talk(PHONE)
    assert "8,500" in read_back or "8500" in read_back
    assert "离职后要在一年内" in read_back
    assert "两年" in read_back
    assert PHONE not in read_back
    done = await talk("/affirm")
    assert "同一个窗口受理监察和仲裁" in done
    assert "联系日是11月26日" in done
    assert "不是法定期限" in done
    ticket = (await bot_services.disputes.of_person((await person_of(bot_services)).id))[0]
    assert (ticket.amount_fen, ticket.employer, ticket.phone) == (850_000, "蓝马物流", PHONE)
    assert ticket.routes == ["inspection", "arbitration"]


async def test_colleagues_and_still_employed_are_read_along(talk: Talk, bot_services: Services) -> None:
    await talk("/open_dispute")
    await talk('/inform{"dispute_type":"wages"}')
    await talk("蓝马物流")
    said = await talk("我们8个人，一共欠8500元，都离职了")
    assert "手机" in said
    read_back = await talk(PHONE)
    assert "8 人一起" in read_back
    assert "已离职" in read_back
    await talk("/affirm")
    ticket = (await bot_services.disputes.of_person((await person_of(bot_services)).id))[0]
    assert ticket.group_size == 8
    assert ticket.still_employed is False


async def test_status_is_shown_to_the_owner_only(talk: Talk) -> None:
    assert "还没有工单" in await talk("/dispute_status")
    number = await register(talk)
    mine = await talk("/dispute_status")
    assert number in mine
    assert "等窗口安排人" in mine
    assert "不是法定期限" in mine
    assert "没查到您名下" in await talk(f'/dispute_status{{"ticket_no":"{number}"}}', sender="B")


async def test_status_tells_the_windows_reply(talk: Talk, bot_services: Services) -> None:
    number = await register(talk)
    await bot_services.dispute_desk.assign(number, "李", to="李")
    await bot_services.dispute_desk.reply(number, "李", "请把流水发来")
    said = await talk("/dispute_status")
    assert "请把流水发来" in said


async def test_an_addition_is_asked_for_and_kept(talk: Talk, bot_services: Services) -> None:
    number = await register(talk)
    assert "要补什么" in await talk("/supplement_dispute")
    said = await talk("我在花桥上班，去年10月开始欠的")
    assert number in said
    assert "补进" in said
    view = await bot_services.disputes.get(number, (await person_of(bot_services)).id)
    assert [a.text for a in view.attachments] == ["我在花桥上班，去年10月开始欠的"]
    assert view.ticket.district == "花桥镇"


async def test_a_picture_is_offered_to_the_open_ticket(talk: Talk, bot_services: Services) -> None:
    number = await register(talk)
    asked = await talk("", image_url="https://example.org/p.jpg")
    assert f"补到 {number}" in asked
    said = await talk(f"补到 {number}")
    assert "图片补进" in said
    view = await bot_services.disputes.get(number, (await person_of(bot_services)).id)
    assert [a.image_url for a in view.attachments] == ["https://example.org/p.jpg"]


async def test_with_two_tickets_it_asks_which(talk: Talk, bot_services: Services) -> None:
    first = await register(talk)
    second = await register(talk, "dismissal", "绿鸟速运")
    asked = await talk("/supplement_dispute")
    assert first in asked
    assert second in asked
    await talk(f'/inform{{"ticket_no":"{first}"}}')
    assert first in await talk("这是补的情况说明")
    person = (await person_of(bot_services)).id
    assert len((await bot_services.disputes.get(first, person)).attachments) == 1
    assert (await bot_services.disputes.get(second, person)).attachments == ()


async def test_nothing_to_add_to_or_take_back(talk: Talk) -> None:
    assert "没有在办的工单" in await talk("/supplement_dispute")
    assert "没有在办的工单" in await talk("/withdraw_dispute")


async def test_a_ticket_is_taken_back_after_one_question(talk: Talk, bot_services: Services) -> None:
    number = await register(talk)
    asked = await talk("/withdraw_dispute")
    assert number in asked
    assert "确定撤回" in asked
    assert "撤回了" in await talk("/affirm")
    person = (await person_of(bot_services)).id
    assert (await bot_services.disputes.get(number, person)).ticket.state == "withdrawn"


async def test_a_number_of_nobodys_is_not_said_to_be_closed(talk: Talk) -> None:
    await register(talk)
    await register(talk, "dismissal", "绿鸟速运")
    await talk("/withdraw_dispute")
    asked = await talk('/inform{"ticket_no":"LD20261124-000001"}')
    assert "确定撤回" in asked
    said = await talk("/affirm")
    assert "没查到您名下的这个工单" in said
    assert "办结" not in said


async def test_as_many_tickets_are_told_as_can_be_tapped(talk: Talk) -> None:
    numbers = [
        await register(talk, kind, employer)
        for kind, employer in (
            ("wages", "蓝马物流"),
            ("dismissal", "绿鸟速运"),
            ("injury", "红驼快递"),
            ("deposit", "白鹭配送"),
            ("contract", "黑猫同城"),
        )
    ]
    said = await talk("/dispute_status")
    assert "5 个工单（最近的 4 个，别的报工单号查）" in said
    assert numbers[0] not in said
    for number in numbers[1:]:
        assert said.count(number) == 2  # in the text, and on its button
    assert numbers[0] in await talk(f"查工单 {numbers[0]}")


async def test_a_ticket_is_kept_when_the_rider_says_no(talk: Talk, bot_services: Services) -> None:
    number = await register(talk)
    await talk("/withdraw_dispute")
    assert "照常办" in await talk("/deny")
    person = (await person_of(bot_services)).id
    assert (await bot_services.disputes.get(number, person)).ticket.state == "received"


async def test_withdrawing_while_registering_just_stops(talk: Talk, bot_services: Services) -> None:
    await talk("/open_dispute")
    await talk('/inform{"dispute_type":"wages"}')
    assert "没有提交" in await talk("/withdraw_dispute")
    assert await bot_services.disputes.of_person((await person_of(bot_services)).id) == []


async def test_legal_aid_is_requested_from_its_answer(talk: Talk, bot_services: Services) -> None:
    answer = await talk("/dispute/legal_aid")
    assert "申请法律援助" in answer
    assert "一句话" in await talk("申请法律援助")
    await talk("站点欠我两个月工资")
    read_back = await talk(PHONE)
    assert "法律援助申请" in read_back
    assert PHONE not in read_back
    done = await talk("/affirm")
    assert re.search(r"BM\d{8}-\d{6}", done)
    row = (await bot_services.requests.of_person((await person_of(bot_services)).id))[0]
    assert (row.kind, row.note) == ("legal_aid", "站点欠我两个月工资")


async def test_a_request_inside_a_form_lays_the_form_aside(talk: Talk) -> None:
    await talk("/open_dispute")
    await talk('/inform{"dispute_type":"wages"}')
    assert "手机号" in await talk("/hospital/free_clinic:apply")
    await talk(PHONE)
    assert "接着办吗" in await talk("/affirm")


async def test_triage_in_three_questions(talk: Talk) -> None:
    assert "签的是什么" in await talk("/dispute/rights_consult:triage")
    assert "排班" in await talk("/inform:agreement")
    assert "上线" in await talk("/affirm")
    assert "第一类" in await talk("/deny")


async def test_a_labour_contract_settles_it_at_once(talk: Talk) -> None:
    await talk("/dispute/rights_consult:triage")
    assert "第一类" in await talk("劳动合同")


async def test_an_unsure_question_in_a_form_is_clarified_and_the_form_goes_on(talk: Talk) -> None:
    await talk("/open_dispute")
    await talk('/inform{"dispute_type":"deposit"}')
    said = await talk("饿了么花桥站")
    assert "押金是多少" in said
    said = await talk("我想先问下有没有夜间的驿站")
    assert "押金是多少" in said
    assert "夜间" not in await talk("500"), "a time by the way is not since when"


async def test_not_knowing_the_phone_is_answered_plainly(talk: Talk) -> None:
    await talk("/open_dispute")
    await talk('/inform{"dispute_type":"dismissal"}')
    await talk("蓝马物流")
    said = await talk("不知道")
    assert "没有号码" in said
    assert "手机号" in said


async def test_choices_of_an_earlier_reply_still_work(talk: Talk) -> None:
    await register(talk)
    await talk("不用记")
    await talk("/greet")
    assert "哪片上班" in await talk("补上时间地点")


async def test_what_follows_the_wish_to_add_is_the_addition(talk: Talk, bot_services: Services) -> None:
    number = await register(talk)
    await talk("不用记")
    assert number in await talk("我想补充 站长叫王五 还有转账记录")
    person = (await person_of(bot_services)).id
    (added,) = (await bot_services.disputes.get(number, person)).attachments
    assert "转账记录" in str(added.text)


async def test_more_of_a_matter_goes_to_its_ticket_word_for_word(talk: Talk, bot_services: Services) -> None:
    first = await register(talk)
    second = await register(talk, "dismissal", "绿鸟速运")
    assert second in await talk("又罚了两百")
    assert f"补进工单 {second}" in await talk("好")
    person = (await person_of(bot_services)).id
    assert [a.text for a in (await bot_services.disputes.get(second, person)).attachments] == ["又罚了两百"]
    assert (await bot_services.disputes.get(first, person)).attachments == ()
    assert len(await bot_services.disputes.of_person(person)) == 2


async def test_one_of_two_tickets_by_a_part_of_its_number_or_with_blanks(talk: Talk) -> None:
    first = await register(talk)
    second = await register(talk, "dismissal", "绿鸟速运")
    said = await talk(f"尾号{first[-6:]}的工单到哪了")
    assert first in said
    assert second not in said
    assert second in await talk(f"帮我查工单 {second[:2].lower()} {second[2:10]} {second[-6:]}")
