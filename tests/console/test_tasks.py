"""Tasks on behalf over HTTP: phone first, the same rules as in chat, nothing twice, nothing of others."""

from __future__ import annotations

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
