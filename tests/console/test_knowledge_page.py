"""The knowledge page over HTTP: list, edit, a second person, history, rollback, lost updates."""

import re
from datetime import date, timedelta

from bot.console.compare import by_line, by_sign
from bot.knowledge.answers import answers
from bot.services.knowledge import BUTTONS_MAX
from bot.wechat.render import render_responses

TOPIC = "dispute/where"
TEXT = "去最近的维权窗口，出门前先打 12345 问清地址和时间。"


def form(text=TEXT, basis=0, **changes):
    answer = answers()[TOPIC]
    made = {"topic": TOPIC, "basis": str(basis), "text": text, "note": "改短"}
    made |= {name: str(getattr(answer, name)) for name in ("source", "unit", "owner", "effective", "review")}
    for place in range(BUTTONS_MAX):
        name, payload = answer.buttons[place] if place < len(answer.buttons) else ("", "")
        made |= {f"button{place}": name, f"payload{place}": payload}
    return made | changes


async def propose(client, **changes):
    answer = await client.post("/console/knowledge/edit", data=form(**changes))
    assert answer.status == 303, await answer.text()


async def waiting_id(services):
    (row,) = await services.knowledge.waiting()
    return row.id


async def test_the_list_shows_every_answer_and_its_facts(console):
    seat = await console("seat")
    text = await seat.text("/console/knowledge")
    assert text.count('href="/console/knowledge/answer?topic=') == len(answers())
    assert "人社局内容编辑" in text
    only = await seat.text("/console/knowledge?initiative=6")
    assert "健康证怎么办" in only
    assert "去哪里维权" not in only
    found = await seat.text("/console/knowledge", params={"q": "蓝窗 装卸"})
    assert found.count('href="/console/knowledge/answer?topic=') == 1
    assert "没有符合条件" in await seat.text("/console/knowledge", params={"q": "没有这个词"})
    part = await seat.text("/console/knowledge", headers={"HX-Request": "true"})  # what the live list fetches
    assert 'id="waiting"' in part
    assert "<html" not in part


async def test_edit_approve_by_another_and_the_desk_reads_it(console, services_of):
    editor, other, seat = await console("editor"), await console("supervisor"), await console("seat")
    assert answers()[TOPIC].source in await editor.text(f"/console/knowledge/edit?topic={TOPIC}")
    await propose(editor)
    assert answers()[TOPIC].text.splitlines()[0] in await seat.text(f"/console/desk/answer?topic={TOPIC}")
    version = await waiting_id(services_of)
    refused = await editor.post(f"/console/knowledge/versions/{version}/approve")
    assert refused.status == 409
    assert "另一个人" in await refused.text()
    assert "<del>" in await other.text(f"/console/knowledge/answer?topic={TOPIC}")
    approved = await other.post(f"/console/knowledge/versions/{version}/approve", data={"note": "好"})
    assert approved.status == 303
    assert TEXT in await seat.text(f"/console/desk/answer?topic={TOPIC}")
    page = await seat.text(f"/console/knowledge/answer?topic={TOPIC}")
    assert "第 1 版在用" in page
    assert "回到第" not in page  # a seat changes nothing
    assert (await other.post(f"/console/knowledge/versions/{version}/approve")).status == 409
    actions = [one.action for one in await services_of.audit.search(object_kind="answer")]
    assert actions == ["answer.approve", "answer.propose"]


async def test_a_seat_may_not_edit_or_approve(console, services_of):
    editor, seat = await console("editor"), await console("seat")
    await propose(editor)
    version = await waiting_id(services_of)
    assert (await seat.get(f"/console/knowledge/edit?topic={TOPIC}")).status == 403
    for path in ("edit", "preview", "rollback", f"versions/{version}/approve", f"versions/{version}/reject"):
        assert (await seat.post(f"/console/knowledge/{path}", data=form())).status == 403, path


async def test_turned_down_with_a_reason_and_rolled_back(console, services_of):
    editor, other = await console("editor"), await console("supervisor")
    await propose(editor)
    version = await waiting_id(services_of)
    assert (await other.post(f"/console/knowledge/versions/{version}/reject", data={"note": " "})).status == 422
    said = {"note": "少了工会的热线"}
    assert (await other.post(f"/console/knowledge/versions/{version}/reject", data=said)).status == 303
    assert "少了工会的热线" in await editor.text(f"/console/knowledge/answer?topic={TOPIC}")
    await propose(editor)
    await other.post(f"/console/knowledge/versions/{await waiting_id(services_of)}/approve")
    assert answers()[TOPIC].text in await editor.text(f"/console/knowledge/edit?topic={TOPIC}&from=0")
    assert (await editor.get(f"/console/knowledge/edit?topic={TOPIC}&from=9")).status == 404
    assert (await editor.get(f"/console/knowledge/edit?topic={TOPIC}&from=x")).status == 422
    back = {"topic": TOPIC, "number": "0", "basis": "2"}
    assert (await editor.post("/console/knowledge/rollback", data=back)).status == 303
    await other.post(f"/console/knowledge/versions/{await waiting_id(services_of)}/approve")
    assert (await services_of.knowledge.entry(TOPIC)).answer.text == answers()[TOPIC].text
    assert (await editor.post("/console/knowledge/rollback", data=back)).status == 409
    assert (await editor.post("/console/knowledge/rollback", data={**back, "topic": "x"})).status == 404
    assert (await editor.post("/console/knowledge/rollback", data={**back, "number": "77", "basis": "3"})).status == 404


async def test_a_later_edit_over_a_changed_answer_keeps_the_words_and_shows_the_newest(console, services_of):
    editor, other, third = await console("editor"), await console("supervisor"), await console("admin")
    await propose(editor)
    blocked = await third.post("/console/knowledge/edit", data=form("第三个人也在改，写了别的话。"))
    assert blocked.status == 409
    assert "第三个人也在改" in await blocked.text()
    await other.post(f"/console/knowledge/versions/{await waiting_id(services_of)}/approve")
    stale = await third.post("/console/knowledge/edit", data=form("第三个人也在改，写了别的话。"))
    text = await stale.text()
    assert stale.status == 409
    assert "第三个人也在改" in text
    assert "第 1 版" in text
    assert "出门前先打 12345" in re.sub(r"</?(ins|del)>", "", text)
    assert 'name="basis" value="1"' in text


async def test_sent_twice_is_one_edit(console, services_of):
    editor = await console("editor")
    await propose(editor)
    await propose(editor)
    assert len(await services_of.knowledge.history(TOPIC)) == 1


async def test_what_is_wrong_is_said_at_its_field_and_the_words_stay(console, services_of):
    editor = await console("editor")
    for changes, said in (
        ({"text": "打站长手机 13812345678 问问他，他会帮您办。"}, "不是公布过的公共热线"),
        ({"text": "长" * 601}, "现在 601 个"),
        ({"review": "明年"}, "2026-11-25 这样的日期"),
        ({"review": "2026-01-01"}, "复核日期要晚于今天"),
        ({"payload0": ""}, "没有选好要去哪里"),
        ({"basis": "x"}, "请刷新"),
    ):
        answer = await editor.post("/console/knowledge/edit", data=form(**{"owner": "<b>我</b>", **changes}))
        text = await answer.text()
        assert answer.status == 422
        assert said in text
        assert "&lt;b&gt;我&lt;/b&gt;" in text
        assert changes.get("text", TEXT) in text
    assert await services_of.knowledge.waiting() == []


async def test_the_preview_counts_and_escapes(console):
    editor = await console("editor")
    shown = await (await editor.post("/console/knowledge/preview", data=form("<script>x</script>太" * 2))).text()
    assert "&lt;script&gt;" in shown
    assert "<script>" not in shown
    assert "38 字" in shown
    assert "登记我的纠纷" in shown
    for length in (440, 520, 530, 540, 560, 600):  # what the channel itself does with it
        text = "字" * length
        said = await (await editor.post("/console/knowledge/preview", data=form(text))).text()
        buttons = [{"title": name, "payload": payload} for name, payload in answers()[TOPIC].buttons]
        pages = render_responses([{"text": text, "buttons": buttons}])
        assert ("一条放不下" in said) == (len(pages) > 1), length


async def test_overdue_answers_stand_first_to_be_looked_at(console, services_of, clock):
    editor, other = await console("editor"), await console("supervisor")
    await propose(editor, review=str(date(2026, 12, 1)))
    await other.post(f"/console/knowledge/versions/{await waiting_id(services_of)}/approve")
    assert "没有过了复核日期的答案" in await editor.text("/console/knowledge?state=overdue")
    clock.advance(timedelta(days=7))
    editor = await console("editor")
    text = await editor.text("/console/knowledge?state=overdue")
    assert text.count('href="/console/knowledge/answer?topic=') == 1
    assert "该复核了" in text


def test_changes_are_shown_by_signs_and_by_lines():
    assert by_sign("打 12345 问清楚", "先打 12333 问清楚") == [
        ("out", "打 12345"),
        ("in", "先打 12333"),
        ("same", " 问清楚"),
    ]
    assert by_sign("一样", "一样") == [("same", "一样")]
    assert by_line("a\nb\nc\nd\ne\nf\ng", "a\nb\nX\nd\ne\nf\ng", 1) == [
        ("same", "b"),
        ("out", "c"),
        ("in", "X"),
        ("same", "d"),
    ]
