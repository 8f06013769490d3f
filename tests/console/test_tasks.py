"""Tasks on behalf over HTTP: phone first, the same rules as in chat, nothing twice, nothing of others."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta
from html import unescape
from urllib.parse import urlsplit

import pytest

PHONE, OTHER = "13800138000", "13900139000"


async def caller(seat, task="", phone=PHONE, **more):
    """The address after the look-up."""
    answer = await seat.post("/console/people", data={"phone": phone, "task": task, **more})
    assert answer.status == 303, await answer.text()
    return answer.headers["Location"]


def hidden(text):
    """The hidden fields of the page's form."""
    return {
        name: unescape(value)
        for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', text)
        if name != "csrf"
    }


async def register(seat, task, *, where="", status=303, **given):
    """Through form, read-back and the button: (address of the end, the read-back, what was sent)."""
    where = where or await caller(seat, task)
    sent = {**hidden(await seat.text(where)), **given}
    path = urlsplit(where).path
    checked = await seat.post(path, data={**sent, "step": "check"})
    text = await checked.text()
    if checked.status != 200:
        return checked.status, text, sent
    again = {**hidden(text), "step": "register"}
    answer = await seat.post(path, data=again)
    assert answer.status == status, await answer.text()
    return answer.headers.get("Location", ""), text, again


DISPUTE = {
    "dispute_type": "wages",
    "employer": "蓝马配送",
    "amount": "八千五",
    "place": "花桥",
    "since": "去年8月",
    "still": "no",
    "ended": "今年3月",
    "summary": "站长说没钱，电话 13712345678",
}


async def test_a_ticket_is_opened_by_the_rules_of_the_chat(console, services_of):
    seat = await console("seat")
    where = await caller(seat, "dispute")
    assert PHONE not in where
    end, read_back, sent = await register(seat, "dispute", where=where, **DISPUTE)
    assert "8500元" in read_back, read_back[1800:3200]
    assert "2027年3月" in read_back  # one year after the end: 劳动争议调解仲裁法 Art 27
    assert "劳动监察、劳动仲裁" in read_back
    text = await seat.text(end)
    (known,) = (await services_of.callers.look_up(PHONE)).known
    ticket = (await services_of.disputes.of_person(known.person.id))[0]
    assert ticket.number in text
    assert known.person.channel == "hotline"
    assert (ticket.amount_fen, ticket.district, ticket.still_employed) == (850000, "花桥镇", False)
    assert "13712345678" not in ticket.summary
    (opened,) = (await services_of.disputes.get(ticket.number, known.person.id)).events
    assert (opened.actor, opened.kind) == ("staff:seat-one", "opened")
    assert "系统没法自动通知" in text
    # a second click, and the same key from another seat, which is a key of its own
    answer = await seat.post("/console/tasks/dispute", data=sent)
    assert answer.headers["Location"] == end
    assert len(await services_of.disputes.of_person(known.person.id)) == 1
    actions = [entry.action for entry in await services_of.audit.search(staff_name="seat-one")]
    assert {"people.look_up", "people.view", "task.register", "task.registered"} <= set(actions)
    assert PHONE not in str([e.detail for e in await services_of.audit.search()])


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("dispute_type", "nothing", "选一类"),
        ("amount", "好多好多", "没看懂这个数"),
        ("since", "那时候", "没看懂时间"),
        ("group_size", "-3", "写个数字"),
        ("who", "someone-else", "不在这个号码名下"),
    ],
)
async def test_what_cannot_be_comes_back_with_the_words_kept(console, services_of, field, value, told):
    seat = await console("seat")
    status, text, _ = await register(seat, "dispute", **{**DISPUTE, field: value})
    assert status == 422
    assert told in text
    assert "蓝马配送" in text
    assert (await services_of.callers.look_up(PHONE)).known == ()


async def test_the_same_matter_is_not_opened_twice_unless_said_so(console, services_of):
    seat = await console("seat")
    rider = await services_of.people.ensure("wx:o1")
    first = await services_of.disputes.open(person_id=rider.id, dispute_type="wages", employer=None, phone=PHONE)
    status, text, _ = await register(seat, "dispute", **DISPUTE)
    assert status == 422
    assert first.number in text
    assert "微信用户" in text
    end, _, _ = await register(seat, "dispute", **DISPUTE, another="yes")
    assert "/done?" in end


async def test_it_is_put_to_the_wechat_user_only_when_the_seat_says_so(console, services_of):
    seat = await console("seat")
    rider = await services_of.people.ensure("wx:o1")
    await services_of.disputes.open(person_id=rider.id, dispute_type="injury", employer=None, phone=PHONE)
    end, _, _ = await register(seat, "dispute", **DISPUTE)
    assert "系统没法自动通知" in await seat.text(end)
    assert len(await services_of.disputes.of_person(rider.id)) == 1
    end, _, _ = await register(seat, "dispute", **DISPUTE, who=rider.id, another="yes")
    assert "系统没法自动通知" not in await seat.text(end)
    assert len(await services_of.disputes.of_person(rider.id)) == 2


async def test_a_number_that_is_none_is_refused_at_its_field(console):
    seat = await console("seat")
    answer = await seat.post("/console/people", data={"phone": "<b>12", "task": "dispute"})
    text = await answer.text()
    assert answer.status == 422
    assert "11 位手机号" in text
    assert "<b>12" not in text


async def test_a_sealed_caller_opens_for_nobody_else_and_not_for_ever(console, services_of, clock):
    seat, two = await console("seat"), await console(name="seat-two")
    where = await caller(seat)
    assert PHONE in await seat.text(where)
    assert (await two.get(where)).status == 404
    assert (await seat.get(where[:-3])).status == 404
    assert (await seat.get("/console/tasks/dispute?caller=made-up")).status == 404
    clock.advance(timedelta(hours=13))
    again = await console("seat")
    assert (await again.get(where)).status == 404


async def test_the_end_of_another_callers_task_is_not_shown(console):
    seat = await console("seat")
    end, _, _ = await register(seat, "dispute", **DISPUTE)
    number = end.rpartition("number=")[2]
    other = (await caller(seat, "dispute", OTHER)).partition("?")[2]
    assert (await seat.get(f"/console/tasks/dispute/done?{other}&number={number}")).status == 404


async def test_what_a_rider_typed_is_text(console, services_of):
    seat = await console("seat")
    await register(seat, "dispute", **{**DISPUTE, "employer": "<script>alert(1)</script>"})
    status, text, _ = await register(seat, "dispute", **DISPUTE | {"employer": '"><script>alert(2)</script>'})
    assert status == 422
    assert "<script>alert" not in text
    assert "&lt;script&gt;" in text or "&#34;&gt;&lt;script" in text


async def test_a_visit_is_booked_by_the_callers_words(console, services_of):
    seat = await console("seat")
    status, text, _ = await register(seat, "hospital", channel="health_cert", when="下周三上午")
    assert status == 422  # several times: the seat picks one
    picked = re.search(r'name="slot" value="(2026-12-02T09:00[^"]+)"', text)
    assert picked
    end, read_back, _ = await register(seat, "hospital", channel="health_cert", when="下周三上午", slot=picked[1])
    assert "12月2日（周三）09:00" in read_back
    assert "示例号源" in read_back
    text = await seat.text(end)
    assert "约好了" in text
    assert "前一天提醒您" not in text  # there is nobody to remind
    (known,) = (await services_of.callers.look_up(PHONE)).known
    (booking,) = await services_of.hospital.bookings(known.person.id)
    assert booking.phone == PHONE
    status, text, _ = await register(seat, "hospital", channel="health_cert", when="明天上午9点")
    assert status == 422
    assert booking.number in text


async def test_an_exact_time_needs_no_picking_and_nonsense_is_asked_again(console):
    seat = await console("seat")
    _, read_back, _ = await register(seat, "hospital", channel="outpatient", when="明天下午两点")
    assert "11月26日（周四）14:00" in read_back
    status, text, _ = await register(seat, "hospital", channel="hp_test", when="等我有空")
    assert (status, "没看懂时间" in text) == (422, True)
    status, text, _ = await register(seat, "hospital", channel="hp_test", when="周日上午")
    assert (status, "不是工作日" in text) == (422, True)
    for slot in ("2026-11-26T03:00:00+08:00", "nonsense"):
        status, text, _ = await register(seat, "hospital", channel="hp_test", slot=slot)
        assert (status, "另选一个" in text) == (422, True)
    slots = await seat.text("/console/tasks/hospital/slots", params={"channel": "hp_test", "when": "周五"})
    assert 'name="slot" value="2026-11-27T08:00' in slots
    assert "还剩 100 份" in slots


async def test_the_last_place_goes_to_one_caller(console, services_of):
    seat = await console("seat")
    wanted = {"channel": "hp_test", "when": "周五上午8点"}
    for number in range(2):
        other = await services_of.people.ensure(f"wx:o{number}")
        (at,) = [s.starts_at for s in await services_of.hospital.free_slots("hp_test") if s.starts_at.day == 27][:1]
        await services_of.hospital.book(other.id, "hp_test", at, OTHER)
    status, text, _ = await register(seat, "hospital", **wanted)
    assert status == 422
    assert "约满了" in text


async def test_a_visit_of_somebody_else_with_the_number_is_asked_about(console, services_of):
    seat = await console("seat")
    rider = await services_of.people.ensure("wx:o1")
    at = (await services_of.hospital.free_slots("outpatient"))[0].starts_at
    first = await services_of.hospital.book(rider.id, "outpatient", at, PHONE)
    status, text, _ = await register(seat, "hospital", channel="outpatient", when="明天下午两点")
    assert (status, first.number in text) == (422, True)
    end, _, _ = await register(seat, "hospital", channel="outpatient", when="明天下午两点", another="yes")
    assert "/done?" in end


async def test_a_visit_is_moved_and_cancelled(console, services_of):
    seat = await console("seat")
    rider = await services_of.people.ensure("wx:o1")
    at = (await services_of.hospital.free_slots("hp_test"))[0].starts_at
    booking = await services_of.hospital.book(rider.id, "hp_test", at, PHONE)
    end, read_back, sent = await register(seat, "move", number=booking.number, do="move", when="周五上午9点")
    assert "11月27日（周五）09:00" in read_back
    assert "改好了" in await seat.text(end)
    await seat.post("/console/tasks/move", data=sent)  # a double click
    (moved,) = await services_of.hospital.bookings(rider.id)
    assert (moved.number, moved.starts_at.day, moved.version) == (booking.number, 27, 1)
    assert (await services_of.hospital.quota("hp_test")).left == 99
    end, _, sent_again = await register(seat, "move", number=booking.number, do="cancel")
    assert "作废" in await seat.text(end)
    assert (await seat.post("/console/tasks/move", data=sent_again)).headers["Location"] == end
    assert (await services_of.hospital.quota("hp_test")).left == 100
    where = await caller(seat, "move", OTHER)
    status, text, _ = await register(seat, "move", where=where, number=booking.number, do="cancel")
    assert (status, "没有还没到时间的" in text) == (422, True)


@pytest.mark.parametrize(
    ("task", "given", "told"),
    [
        ("school", {"level": "bachelor", "schooling": "senior_high", "major": "物流"}, "国民教育系列专科"),
        ("screening", {"whom": "relative", "age": "六十六"}, "35–64 岁"),
        ("alliance", {"needs": "legal", "district": "花桥镇", "note": "卡号 6222021234567890123"}, "第48条"),
        ("callback", {"bank_topic": "mortgage", "wish": "下午三点后"}, "验证码"),
    ],
)
async def test_sign_ups_are_told_the_rules_and_never_made_twice(console, services_of, task, given, told):
    seat = await console("seat")
    end, read_back, sent = await register(seat, task, **given)
    assert told in read_back
    (matter,) = (await services_of.callers.look_up(PHONE)).matters
    assert matter.number in await seat.text(end)
    assert (await seat.post(f"/console/tasks/{task}", data=sent)).headers["Location"] == end
    status, text, _ = await register(seat, task, **given)
    assert status == 422
    assert "已经登记过" in text
    assert matter.number in text
    assert len((await services_of.callers.look_up(PHONE)).matters) == 1
    assert "6222021234567890123" not in await seat.text(end)


@pytest.mark.parametrize(
    ("task", "given", "told"),
    [
        ("school", {"level": "phd"}, "选大专还是本科"),
        ("screening", {"whom": "self", "age": "3"}, "写个岁数"),
        ("screening", {"whom": "dog", "age": "40"}, "问一下给谁报"),
        ("alliance", {"district": "玉山镇"}, "从列表里选"),
        ("callback", {"bank_topic": "shares"}, "选一项"),
        ("hospital", {"channel": "dentist"}, "选一项"),
        ("move", {"number": "YY20261125-1", "do": "move"}, "没有还没到时间的"),
    ],
)
async def test_wrong_sign_ups_register_nothing(console, services_of, task, given, told):
    seat = await console("seat")
    status, text, _ = await register(seat, task, **given)
    assert (status, told in text) == (422, True)
    assert (await services_of.callers.look_up(PHONE)).known == ()


async def test_a_second_click_that_moves_to_the_last_place_is_no_failure(console, services_of):
    seat = await console("seat")
    people = [await services_of.people.ensure(f"wx:o{n}") for n in range(2)]
    free = [slot.starts_at for slot in await services_of.hospital.free_slots("hp_test")]
    await services_of.hospital.book(people[0].id, "hp_test", free[1], OTHER)  # capacity 2: one is left there
    booking = await services_of.hospital.book(people[1].id, "hp_test", free[0], PHONE)
    given = {"number": booking.number, "do": "move", "slot": free[1].isoformat()}
    end, _, sent = await register(seat, "move", **given)
    assert (await seat.post("/console/tasks/move", data=sent)).headers["Location"] == end


@pytest.mark.parametrize(
    ("query", "task", "shown"),
    [
        ({"topic": "bank/mortgage"}, "callback", '<option value="mortgage" selected>'),
        ({"topic": "hospital/hp_test"}, "hospital", 'value="hp_test" checked'),
        ({"q": "健康证到期了"}, "hospital", 'value="health_cert" checked'),
        ({"q": "高中毕业想读大专"}, "school", '<option value="senior_high" selected>'),
        ({"type": "deposit", "q": "押金不退"}, "dispute", '<option value="deposit" selected>'),
        ({"q": "站长把我开除了"}, "dispute", '<option value="dismissal" selected>'),
    ],
)
async def test_what_the_desk_knows_is_in_the_form(console, query, task, shown):
    seat = await console("seat")
    assert shown in await seat.text(await caller(seat, task, **query))


async def test_what_was_registered_by_telephone_is_erased_on_request(console, services_of):
    seat, lead = await console("seat"), await console("supervisor")
    await register(seat, "alliance", needs="family")
    await register(seat, "dispute", **DISPUTE)  # nobody has worked on it: it goes
    rider = await services_of.people.ensure("wx:o1")
    kept = await services_of.disputes.open(person_id=rider.id, dispute_type="wages", employer=None, phone=PHONE)
    where = await caller(seat)
    assert "要求删除" not in await seat.text(where)
    assert (await seat.post(where + "/erase", data={"sure": "yes"})).status == 403
    where = await caller(lead)
    assert "要求删除" in await lead.text(where)
    assert (await lead.post(where + "/erase")).status == 422
    assert (await lead.post(where + "/erase", data={"sure": "yes"})).status == 303
    (known,) = (await services_of.callers.look_up(PHONE)).known
    assert [m.number for m in known.matters] == [kept.number]
    assert (await lead.post(where + "/erase", data={"sure": "yes"})).status == 404
    assert len(await services_of.audit.search(action="people.erase")) == 1


async def test_a_lesson_and_a_plating_session_are_booked_once(console, services_of):
    seat = await console("seat")
    end, read_back, sent = await register(
        seat, "education", lesson="video", slot=await first_slot(seat, "lesson=video")
    )
    assert "观看宣传视频" in read_back
    assert "前一天提醒您" not in await seat.text(end)
    assert (await seat.post("/console/tasks/education", data=sent)).headers["Location"] == end
    status, text, _ = await register(seat, "education", lesson="video")
    assert status == 422
    slot = await first_slot(seat, "lesson=video")
    status, text, _ = await register(seat, "education", lesson="video", slot=slot)
    assert (status, "是另一个人请勾选" in text) == (422, True)

    where = "/console/tasks/plating"
    status, text, _ = await register(seat, "plating", company="快马物流", vehicles="十几台", when="下周")
    assert (status, "写 1 到 500 的准数" in text) == (422, True)
    slot = re.search(r'name="slot" value="([^"]+)"', text)[1]
    end, read_back, sent = await register(seat, "plating", company="快马物流", vehicles="十二台", slot=slot)
    assert "12 台" in read_back
    assert "快马物流 12 台" in await seat.text(end)
    assert (await seat.post(where, data=sent)).headers["Location"] == end
    assert {m.kind for m in (await services_of.callers.look_up(PHONE)).matters} == {"education", "plating"}


async def first_slot(seat, query):
    text = await seat.text(f"/console/tasks/education/slots?{query}")
    return re.search(r'name="slot" value="([^"]+)"', text)[1]


async def test_the_owner_of_a_chat_hears_what_was_done_for_them(console, services_of):
    seat = await console("seat")
    rider = await services_of.people.ensure("wx:o1")
    await services_of.disputes.open(person_id=rider.id, dispute_type="injury", employer=None, phone=PHONE)
    await register(seat, "dispute", **DISPUTE, who=rider.id)
    at = (await services_of.hospital.free_slots("outpatient"))[0].starts_at
    booking = await services_of.hospital.book(rider.id, "outpatient", at, PHONE)
    _, _, sent = await register(seat, "move", number=booking.number, do="move", when="周五上午九点")
    await seat.post("/console/tasks/move", data=sent)
    told = [m.text for m in await services_of.outbox.take_due(rider.id, 9)]
    assert [text.partition("，编号")[0] for text in told] == [
        "热线坐席照您电话里说的办了：登记劳动纠纷",
        "热线坐席照您电话里说的办了：改医院预约的时间",
    ]
    assert "11月27日（周五）09:00" in told[1]
    await register(seat, "alliance", needs="family")
    (by_phone, *_) = (await services_of.callers.look_up(PHONE)).known
    assert await services_of.outbox.take_due(by_phone.person.id) == []


async def test_a_suggestion_is_put_into_the_box(console, services_of):
    seat = await console("seat")
    where = await caller(seat, "suggestion", q="花桥驿站的冷饮机坏了没人修")
    text = await seat.text(where)
    assert '<option value="repair" selected>' in text
    given = {"words": "花桥驿站的冷饮机坏了没人修", "place": "昆山南站"}
    end, read_back, _ = await register(seat, "suggestion", where=where, **given)
    assert "报修" in read_back
    (matter,) = (await services_of.callers.look_up(PHONE)).matters
    assert (matter.kind, matter.about) == ("suggestion", "repair")
    assert matter.number in await seat.text(end)
    assert (await register(seat, "suggestion", words=""))[0] == 422


async def test_the_subsidy_is_worked_out_by_the_rule_of_the_chat(console):
    editor = await console("editor")
    assert "算一下" in await editor.text("/console/subsidy")
    text = await editor.text("/console/subsidy?tuition=七千二&level=bachelor&member=yes")
    assert "3600元" in text
    assert "4600元" in text
    text = await editor.text("/console/subsidy?tuition=7200&level=junior_college&second=yes")
    assert "二学历" in text
    text = await editor.text("/console/subsidy?tuition=<script>&level=phd", status=422)
    assert "写学费总数" in text
    assert "<script>&" not in text


async def test_two_seats_at_once_do_not_oversell_the_last_place(console, services_of):
    first, second = await console("seat"), await console(name="seat-two")
    rider = await services_of.people.ensure("wx:o1")
    free = [slot.starts_at for slot in await services_of.hospital.free_slots("hp_test")]
    await services_of.hospital.book(rider.id, "hp_test", free[0], "13700137000")  # one of two is left
    ready = []
    for seat, phone in ((first, PHONE), (second, OTHER)):
        where = await caller(seat, "hospital", phone)
        sent = {**hidden(await seat.text(where)), "channel": "hp_test", "slot": free[0].isoformat(), "step": "check"}
        text = await (await seat.post("/console/tasks/hospital", data=sent)).text()
        ready.append((seat, {**hidden(text), "step": "register"}))
    answers = await asyncio.gather(*(seat.post("/console/tasks/hospital", data=sent) for seat, sent in ready))
    assert sorted(answer.status for answer in answers) == [303, 422]
    (refused,) = [answer for answer in answers if answer.status == 422]
    assert "另选一个" in await refused.text()
    assert free[0] not in [slot.starts_at for slot in await services_of.hospital.free_slots("hp_test")]
    assert (await services_of.hospital.quota("hp_test")).left == 98


async def test_a_number_in_the_callers_words_stands_in_the_field(console):
    seat = await console("seat")
    text = await seat.text("/console/tasks/dispute", params={"q": "我是13800138000，押金不退"})
    assert re.search(r'id="f-phone"[^>]*value="13800138000"', text)
