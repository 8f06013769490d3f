"""Talks in the console: one seat a talk, the bot silent meanwhile, words to WeChat, who may read what."""

import asyncio
import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.console.phrases import phrases
from bot.services.handoff import IDLE
from bot.storage.files import FolderStore
from bot.storage.outbox import OutboxMessage
from tests.console.test_tickets import PNG


async def asks(services, sender="wx:rider", text="我要找人工", **more):
    person = await services.people.ensure(sender)
    return (await services.handoff.request(person.id, text=text, **more)).handoff


async def told(services):
    async with services.db.read() as session:
        return [row.text for row in await session.scalars(select(OutboxMessage).order_by(OutboxMessage.id))]


def key(text):
    return re.search(r'name="key" id="say-key" value="([^"]+)"', text)[1]


async def test_take_answer_and_give_back(console, services_of):
    talk = await asks(services_of)
    await services_of.transcript.record(
        sender="wx:rider",
        text="站长不发工资 13912345678",
        topic="open_dispute",
        confidence=0.87,
        reply="您说说什么时候",
        milliseconds=9,
        decision="sure",
    )
    services_of.clock.moment += timedelta(minutes=6)
    seat = await console("seat")
    text = await seat.text("/console/conversations")
    assert "6 分钟" in text
    assert "我要找人工" in text
    path = f"/console/conversations/{talk.id}"
    text = await seat.text(path)
    assert "把握 87% · 确定" in text
    assert "13912345678" not in text
    assert 'id="f-text"' not in text  # first taken, then answered
    assert (await seat.post(f"{path}/take")).status == 303
    assert await services_of.handoff.is_silent(talk.person_id)
    text = await seat.text(path)
    form = {"text": "您好，我看一下", "key": key(text)}
    answers = await asyncio.gather(*(seat.post(f"{path}/say", form) for _ in range(3)))  # clicked three times
    assert {answer.status for answer in answers} == {303}
    await services_of.handoff.hear(talk.person_id, "好的，谢谢")
    text = await seat.text(f"{path}/live")
    assert text.index("您好，我看一下") < text.index("好的，谢谢")
    assert "等发送" in text
    assert (await seat.post(f"{path}/back")).status == 303
    assert not await services_of.handoff.is_silent(talk.person_id)
    assert [line.removeprefix("【人工】")[:6] for line in await told(services_of)] == [
        "工作人员接上",
        "您好，我看一",
        "这次对话结束",
    ]
    actions = {one.action for one in await services_of.audit.search(object_id=str(talk.id))}
    assert {"conversation.view", "conversation.take", "conversation.say", "conversation.back"} <= actions


async def test_two_take_one_gets_it(console, services_of):
    talk = await asks(services_of)
    one, two = await console("seat"), await console(name="seat-two")
    path = f"/console/conversations/{talk.id}"
    answers = await asyncio.gather(one.post(f"{path}/take"), two.post(f"{path}/take"))
    assert sorted(answer.status for answer in answers) == [303, 409]
    loser = next(answer for answer in answers if answer.status == 409)
    assert "已经接上了这通会话" in await loser.text()
    assert len(await told(services_of)) == 1
    other = two if answers[0].status == 303 else one
    # neither read, nor answered, nor ended by another seat
    assert (await other.get(path)).status == 403
    assert (await other.get(f"{path}/live")).status == 403
    say = {"text": "插一句", "key": "a-key-of-mine-123"}
    assert (await other.post(f"{path}/say", say)).status == 409
    assert (await other.post(f"{path}/back")).status == 409
    assert (await services_of.handoff.talk(talk.id)).state == "taken"
    lead = await console("supervisor")
    assert "只看不插话" in await lead.text(path)
    assert (await lead.post(f"{path}/say", say)).status == 409
    assert (await lead.post(f"{path}/back")).status == 303
    assert (await services_of.handoff.talk(talk.id)).state == "closed"
    assert len(await services_of.handoff.messages(talk.id)) == 0


async def test_htmx_says_and_is_told_what_went_wrong_with_the_words_kept(console, services_of):
    talk = await asks(services_of)
    seat = await console("seat")
    path = f"/console/conversations/{talk.id}"
    await seat.post(f"{path}/take")
    first = key(await seat.text(path))
    htmx = {"HX-Request": "true"}
    answer = await seat.post(f"{path}/say", {"text": "在的", "key": first}, headers=htmx)
    text = await answer.text()
    assert "在的" in text
    assert key(text) != first  # the next words are other words
    answer = await seat.post(f"{path}/say", {"text": "  ", "key": key(text)}, headers=htmx)
    assert (answer.status, answer.headers["HX-Retarget"]) == (422, "#say-trouble")
    services_of.clock.moment += IDLE + timedelta(minutes=1)
    await services_of.handoff.close_idle()
    await seat.log_in("seat-one")
    answer = await seat.post(f"{path}/say", {"text": "还在吗", "key": key(text)}, headers=htmx)
    assert answer.status == 409
    assert "交回机器人了" in await answer.text()
    answer = await seat.post(f"{path}/say", {"text": "还在吗", "key": key(text)})
    assert answer.status == 409


async def test_urgent_ones_first_and_the_office_hours_said(console, services_of):
    await asks(services_of)
    crisis = await asks(services_of, "wx:crisis", text="不想活了", reason="crisis")
    seat = await console("seat")
    text = await seat.text("/console/conversations/list")
    assert text.index("不想活了") < text.index("我要找人工")
    assert "现在不是人工时间" not in text
    assert "12356" in await seat.text(f"/console/conversations/{crisis.id}")
    services_of.clock.moment = services_of.clock.moment.replace(hour=20)
    await seat.log_in("seat-one")
    text = await seat.text("/console/conversations/list")
    assert "现在不是人工时间，下次上班 11月26日 09:00" in text


async def test_what_a_person_typed_is_text(console, services_of):
    talk = await asks(services_of, text="<script>alert(1)</script>")
    await services_of.transcript.record(
        sender="wx:rider", text="<img src=x onerror=a>", topic="<b>", confidence=1, reply="<i>", milliseconds=1
    )
    await services_of.handoff.hear(talk.person_id, '"><svg onload=alert(2)>')
    seat = await console("seat")
    for path in ("/console/conversations", f"/console/conversations/{talk.id}"):
        text = await seat.text(path)
        for markup in ("<script>alert", "<img src=x", "<svg onload", "<i>"):
            assert markup not in text
    assert "&lt;svg onload=alert(2)&gt;" in text


@pytest.mark.parametrize("number", ["999", "nobody", "0", "-1", "1%20OR%201=1", "9999999999999"])
async def test_talks_that_are_none(console, services_of, number):
    await asks(services_of)
    lead = await console("supervisor")
    for path in ("", "/live", "/pictures/1"):
        assert (await lead.get(f"/console/conversations/{number}{path}")).status == 404
    for path in ("take", "back"):
        assert (await lead.post(f"/console/conversations/{number}/{path}")).status == 404
    say = {"text": "x", "key": "a-key-of-mine-123"}
    assert (await lead.post(f"/console/conversations/{number}/say", say)).status == 404


async def test_pictures_of_the_talk_and_of_the_person_only(console, services_of, tmp_path):
    files = FolderStore(tmp_path / "files")
    services_of.people.files = files
    talk = await asks(services_of)
    stranger = await services_of.people.ensure("wx:stranger")
    mine, theirs = await files.put(talk.person_id, PNG, "png"), await files.put(stranger.id, PNG, "png")
    messages = [await services_of.handoff.hear(talk.person_id, f"（图片）{stored.url}") for stored in (mine, theirs)]
    seat = await console("seat")
    path = f"/console/conversations/{talk.id}"
    answers = [await seat.get(f"{path}/pictures/{message.id}") for message in messages]
    assert [answer.status for answer in answers] == [200, 404]  # a reference typed by hand opens nothing
    assert answers[0].headers["Content-Type"] == "image/png"
    assert "/media/" not in await seat.text(path)
    other = await asks(services_of, "wx:stranger")
    assert (await seat.get(f"/console/conversations/{other.id}/pictures/{messages[0].id}")).status == 404


async def test_phrases_are_ones_own(console, services_of):
    assert len(phrases()) >= 10
    one, two = await console("seat"), await console(name="seat-two")
    page = "/console/conversations/phrases"
    assert (await one.post(page, {"code": "XX", "text": "<b>请到窗口</b>"})).status == 303
    assert (await one.post(page, {"code": "x x", "text": ""})).status == 422
    text = await one.text(page)
    assert "&lt;b&gt;请到窗口&lt;/b&gt;" in text
    assert "请到窗口" not in await two.text(page)
    drop = re.search(rf'action="({page}/[^"]+/drop)"', text)[1]
    assert (await two.post(drop)).status == 404
    talk = await asks(services_of)
    await one.post(f"/console/conversations/{talk.id}/take")
    text = await one.text(f"/console/conversations/{talk.id}")
    assert 'data-code="xx"' in text
    assert 'data-code="nh"' in text
    assert (await one.post(drop)).status == 303


async def test_a_page_that_updates_itself_keeps_no_session_alive(console, services_of):
    await asks(services_of, reason="crisis")
    seat = await console("seat")
    for minutes in (20, 20):  # 30 without a sign of life end a session
        services_of.clock.moment += timedelta(minutes=minutes)
        answer = await seat.get("/console/conversations/waiting", headers={"X-Background": "1", "HX-Request": "true"})
        if answer.status == 200:
            assert "1 人等人工，有危险的" in await answer.text()
    assert answer.status == 401
