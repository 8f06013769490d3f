"""Tickets in the console: the queue, one ticket, who may, what is told, what cannot be overwritten or run."""

import asyncio
import io
import re

import pytest
from aiohttp import ClientError
from openpyxl import load_workbook
from sqlalchemy import select

from bot.storage.files import FolderStore
from bot.storage.outbox import OutboxMessage

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00\x00\x00\rIHDR" + bytes(17) + b"\x00\x00\x00\x00IEND\xaeB`\x82"
KEY = "a-key-of-the-form"


async def opened(services, sender="wx:rider", **changes):
    person = (await services.people.ensure(sender)).id
    given = {"dispute_type": "wages", "employer": "蓝马配送", "phone": "13800138000", "summary": "三个月没发"}
    return await services.disputes.open(person_id=person, **(given | changes))


def hidden(text, form="reply"):
    """key and version of a form of the page."""
    part = text[text.index(f'/{form}"') :]
    return {name: re.search(rf'name="{name}" value="([^"]+)"', part)[1] for name in ("key", "seen")}


async def told(services):
    async with services.db.read() as session:
        return [row.text for row in await session.scalars(select(OutboxMessage).order_by(OutboxMessage.id))]


async def test_from_the_queue_to_the_end(console, services_of):
    ticket = await opened(services_of)
    seat = await console("seat")
    assert ticket.number in await seat.text("/console/tickets")
    path = f"/console/tickets/{ticket.number}"

    text = await seat.text(path)
    assert "13800138000" in text  # who works on it may read the phone, and the audit says so
    answer = await seat.post(f"{path}/assign", {"to": "me", **hidden(text, "assign")})
    assert answer.headers["Location"] == path
    text = await seat.text(path)
    assert "已分派给测试seat" in text

    await seat.post(f"{path}/reply", {"kind": "reply", "text": "请把工资流水发来", **hidden(text)})
    text = await seat.text(path)
    assert "请把工资流水发来" in text
    assert "等发送" in text  # what became of the message stands beside it
    await seat.post(f"{path}/reply", {"kind": "note", "text": "站长姓王，打过电话", **hidden(text)})

    text = await seat.text(path)
    answer = await seat.post(f"{path}/move", {"to": "closed", "reason": "", **hidden(text, "move")})
    assert answer.status == 422
    assert "要写明原因" in await answer.text()
    await seat.post(f"{path}/move", {"to": "closed", "reason": "公司已补发", **hidden(text, "move")})
    said = await told(services_of)
    assert len(said) == 3
    assert "请把工资流水发来" in said[1]
    assert "已办结" in said[2]
    assert not any("站长姓王" in text for text in said)  # a note is not for the worker
    view = await services_of.disputes.get(ticket.number, ticket.person_id)
    assert not any("站长姓王" in event.text for event in view.events)
    actions = [one.action for one in await services_of.audit.search(object_id=ticket.number)]
    assert actions.count("ticket.reply") == 2
    assert {"ticket.view", "ticket.assign", "ticket.move"} <= set(actions)
    assert "写回复" in await seat.text(path)
    assert "工单已经结束" in await seat.text(path)


async def test_two_seats_none_overwrites_the_other(console, services_of):
    ticket = await opened(services_of)
    one, two = await console("seat"), await console(name="seat-two")
    path = f"/console/tickets/{ticket.number}"
    first, second = hidden(await one.text(path)), hidden(await two.text(path))
    results = await asyncio.gather(
        one.post(f"{path}/reply", {"kind": "reply", "text": "甲的话", **first}),
        two.post(f"{path}/reply", {"kind": "reply", "text": "乙的话", **second}),
    )
    assert sorted(answer.status for answer in results) == [303, 409]
    (loser, words), (winner, _) = sorted(
        zip(results, ("甲的话", "乙的话"), strict=True), key=lambda pair: -pair[0].status
    )
    text = await loser.text()
    assert "刚被别人改过" in text
    assert f">{words}</textarea>" in text  # what was written is not lost
    again = hidden(text)
    client = one if words == "甲的话" else two
    assert (await client.post(f"{path}/reply", {"kind": "reply", "text": words, **again})).status == 303
    replies = [e.text for e in (await services_of.dispute_desk.ticket(ticket.number)).events if e.kind == "replied"]
    assert sorted(replies) == ["乙的话", "甲的话"]
    assert winner.status == 303


async def test_a_double_click_is_one_reply(console, services_of):
    ticket = await opened(services_of)
    seat = await console("seat")
    path = f"/console/tickets/{ticket.number}"
    form = {"kind": "reply", "text": "一次", **hidden(await seat.text(path))}
    answers = await asyncio.gather(*(seat.post(f"{path}/reply", form) for _ in range(4)))
    assert {answer.status for answer in answers} == {303}
    assert len(await told(services_of)) == 1


async def test_what_a_worker_typed_is_text(console, services_of):
    ticket = await opened(services_of, employer="<script>alert(1)</script>", summary='"><img src=x onerror=alert(2)>')
    await services_of.disputes.supplement(ticket.number, ticket.person_id, text="<b onclick=alert(3)>证据</b>")
    seat = await console("seat")
    for path in ("/console/tickets", f"/console/tickets/{ticket.number}", f"/console/tickets/{ticket.number}/live"):
        text = await seat.text(path)
        assert "<script>alert" not in text
        assert "<img src=x" not in text
        assert "<b onclick" not in text
    assert "&lt;b onclick=alert(3)&gt;证据&lt;/b&gt;" in text


async def test_pictures_are_served_for_their_own_ticket_only(console, services_of, tmp_path):
    files = FolderStore(tmp_path / "files")
    services_of.people.files = files
    mine, other = await opened(services_of), await opened(services_of, "wx:other")
    stored = await files.put(mine.person_id, PNG, "png")
    script = await files.put(mine.person_id, b"<script>alert(1)</script>", "jpg")
    for url in (stored.url, script.url, "https://evil.example/a.png", "/media/../../etc/passwd"):
        await services_of.disputes.supplement(mine.number, mine.person_id, image_url=url)
    seat = await console("seat")
    path = f"/console/tickets/{mine.number}"
    found = re.findall(rf'src="({path}/pictures/\d+)"', await seat.text(path))
    answers = [await seat.get(one) for one in found]
    assert [answer.status for answer in answers] == [200, 404, 404]
    assert answers[0].headers["Content-Type"] == "image/png"
    assert answers[0].headers["X-Content-Type-Options"] == "nosniff"
    assert await answers[0].read() == PNG
    number = found[0].rpartition("/")[2]
    for wrong in (
        f"/console/tickets/{other.number}/pictures/{number}",
        f"{path}/pictures/999",
        f"{path}/pictures/nobody",
        f"/console/tickets/LD20261125-000000/pictures/{number}",
    ):
        assert (await seat.get(wrong)).status == 404, wrong
    assert (await (await console()).get(found[0])).status == 303


async def test_an_auditor_reads_masked_and_changes_nothing(console, services_of):
    ticket = await opened(services_of)
    auditor = await console("auditor")
    path = f"/console/tickets/{ticket.number}"
    text = await auditor.text(path)
    assert "13800138000" not in text
    assert "138****8000" in text
    assert "<textarea" not in text
    for form in ("assign", "move", "reply", "window"):
        assert (await auditor.post(f"{path}/{form}", {"key": KEY, "seen": "1"})).status == 403
    assert (await auditor.get("/console/tickets/export")).status == 403


@pytest.mark.parametrize("number", ["LD20261125-000000", "nobody", "' OR 1=1 --", "%", "%00"])
async def test_numbers_that_are_none(console, services_of, number):
    from urllib.parse import quote

    await opened(services_of)
    seat = await console("seat")
    path = f"/console/tickets/{number if number == '%00' else quote(number)}"
    assert (await seat.get(path)).status == 404
    assert (await seat.post(f"{path}/reply", {"kind": "reply", "text": "x", "key": KEY, "seen": "1"})).status == 404


async def test_an_account_that_works_on_no_tickets_gets_none(console, services_of):
    ticket = await opened(services_of)
    seat = await console("seat")
    path = f"/console/tickets/{ticket.number}"
    form = hidden(await seat.text(path), "assign")
    for to in ("editor-one", "auditor-one", "nobody", ""):
        assert (await seat.post(f"{path}/assign", {"to": to, **form})).status == 404
    assert (await services_of.dispute_desk.ticket(ticket.number)).ticket.assigned_to is None


async def test_views_are_ones_own(console, services_of):
    one, two = await console("seat"), await console(name="seat-two")
    await one.post("/console/tickets/views", {"name": "花桥<超期>", "query": "district=花桥镇&due=late&evil=1"})
    text = await one.text("/console/tickets")
    assert "花桥&lt;超期&gt;" in text
    assert "evil" not in text
    assert "花桥&lt;" not in await two.text("/console/tickets")
    drop = re.search(r'action="(/console/tickets/views/[^"]+/drop)"', text)[1]
    assert (await two.post(drop)).status == 404
    assert (await one.post(drop)).status == 303
    assert (await one.post("/console/tickets/views", {"name": "", "query": ""})).status == 422


async def test_many_at_once(console, services_of):
    numbers = [(await opened(services_of, f"wx:r{n}")).number for n in range(3)]
    lead = await console("supervisor")
    text = await lead.text("/console/tickets")
    picked = re.findall(r'value="(LD[^"]+@\d+)"', text)
    assert len(picked) == 3
    await services_of.dispute_desk.reply(numbers[1], "li", "刚刚有人回过")
    form = {"picked": picked, "step": "assign", "to": "seat-two", "key": KEY, "query": "state=all"}
    answer = await lead.post("/console/tickets/bulk", form)
    assert answer.headers["Location"] == "/console/tickets?state=all"
    text = await lead.text("/console/tickets?state=all")
    assert f"2 张已办，1 张没办：{numbers[1]} 刚被别人改过" in text
    again = await lead.post("/console/tickets/bulk", form)  # a double click: the same two, once
    assert again.status == 303
    events = [e.kind for n in numbers for e in (await services_of.dispute_desk.ticket(n)).events]
    assert events.count("assigned") == 2
    for wrong in ({"picked": []}, {"picked": ["@1"] * 101}, {"step": "withdrawn"}, {"key": ""}):
        assert (await lead.post("/console/tickets/bulk", form | wrong)).status == 422
    assert (await lead.post("/console/tickets/bulk", form | {"to": "editor-one"})).status == 404
    assert (await (await console("seat")).post("/console/tickets/bulk", form)).status == 403


async def test_a_download_runs_nothing_and_is_audited(console, services_of):
    for number, words in enumerate(('=HYPERLINK("http://evil")', "+1+1", "-2", "@SUM(A1)", "\t=1")):
        await opened(services_of, f"wx:r{number}", employer=words, summary=words)
    lead = await console("supervisor")
    text = (await (await lead.get("/console/tickets/export?as=csv")).read()).decode("utf-8-sig")
    assert text.count("LD2026") == 5
    for line in text.splitlines()[1:]:
        for cell in line.split(","):
            assert not cell.strip('"').startswith(("=", "+", "-", "@", "\t"))
    assert "13800138000" not in text
    answer = await lead.get("/console/tickets/export?as=xlsx&type=wages")
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="tickets-')
    sheet = load_workbook(io.BytesIO(await answer.read())).active
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    assert sheet.max_row == 6
    exported = await services_of.audit.search(action="ticket.export")
    assert [(one.object_id, one.detail["rows"]) for one in exported] == [("xlsx", 5), ("csv", 5)]


async def test_a_big_download_goes_out_in_pieces(console, services_of, monkeypatch):
    import bot.console.pages.ticket_lists as lists
    import bot.services.ticket_queue as queue

    for number in range(7):
        await opened(services_of, f"wx:p{number}", employer="A&B <北> \x07站")
    pieces = []
    monkeypatch.setattr(
        lists,
        "_piece",
        lambda writer, tickets, now, made=lists._piece: pieces.append(len(tickets)) or made(writer, tickets, now),
    )
    monkeypatch.setattr(queue.TicketQueue.pieces, "__defaults__", (3,))
    lead = await console("supervisor")
    answer = await lead.get("/console/tickets/export?as=xlsx")
    assert answer.headers["Transfer-Encoding"] == "chunked"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    sheet = load_workbook(io.BytesIO(await answer.read())).active
    assert pieces == [3, 3, 1]
    assert (sheet.title, sheet.max_row, sheet.freeze_panes) == ("工单", 8, "A2")
    assert sheet["A1"].font.b
    assert not sheet["A2"].font.b
    assert {row[5].value for row in sheet.iter_rows(min_row=2)} == {"A&B <北> 站"}
    assert len({row[0].value for row in sheet.iter_rows(min_row=2)}) == 7
    raw = await (await lead.get("/console/tickets/export")).read()
    assert raw.count(b"\xef\xbb\xbf") == 1
    assert raw.decode("utf-8-sig").count("LD2026") == 7
    for module in (lists, queue):
        monkeypatch.setattr(module, "MOST_EXPORTED", 4)
    text = (await (await lead.get("/console/tickets/export")).read()).decode("utf-8-sig")
    assert text.count("LD2026") == 4
    assert "只导出了前 4 张" in text


async def test_a_download_that_breaks_is_not_taken_for_whole(console, services_of, monkeypatch):
    import bot.console.pages.ticket_lists as lists

    await opened(services_of)
    lead = await console("supervisor")

    def breaks(*_):
        raise RuntimeError("the disk is gone")

    monkeypatch.setattr(lists, "_piece", breaks)
    with pytest.raises(ClientError):
        await (await lead.get("/console/tickets/export")).read()
    assert len(await services_of.audit.search(action="ticket.export")) == 1


async def test_filters_and_pages(console, services_of, monkeypatch):
    import bot.services.ticket_queue as queue

    wages = await opened(services_of, place="花桥")
    deposit = await opened(services_of, "wx:b", dispute_type="deposit")
    seat = await console("seat")
    text = await seat.text("/console/tickets?type=deposit")
    assert deposit.number in text
    assert wages.number not in text
    assert wages.number in await seat.text(f"/console/tickets?q={wages.number[-6:]}")
    assert "没有符合条件的工单" in await seat.text("/console/tickets?due=late")
    for wrong in ("x@y", "9999-99-99@1", "2026-11-25@99999999999999999999", "2026-11-25@-1", "@", "2026-11-25"):
        assert wages.number in await seat.text(f"/console/tickets?state=<script>&after={wrong}&order=evil")
    monkeypatch.setattr(queue.TicketQueue.page, "__kwdefaults__", {"after": None, "limit": 1})
    text = await seat.text("/console/tickets?order=new")
    assert deposit.number in text
    more = re.search(r'href="(/console/tickets\?[^"]*after=[^"]+)"', text)[1].replace("&amp;", "&")
    text = await seat.text(more)
    assert wages.number in text
    assert deposit.number not in text
    assert "第一页" in text


async def test_the_window_is_changed_inside(console, services_of):
    ticket = await opened(services_of)
    seat = await console("seat")
    path = f"/console/tickets/{ticket.number}"
    windows = [w for w in await services_of.disputes.windows() if w.code != ticket.window_code]
    form = hidden(await seat.text(path), "window")
    assert (await seat.post(f"{path}/window", {"code": "nowhere", **form})).status == 422
    assert (await seat.post(f"{path}/window", {"code": windows[0].code, **form})).status == 303
    assert windows[0].name in await seat.text(path)
    assert await told(services_of) == []


async def test_an_hour_with_an_expert_of_this_ticket(console, services_of):
    mine, other = await opened(services_of), await opened(services_of, "wx:other")
    hours = await services_of.mediation.free(limit=50)
    online = next(hour for hour in hours if hour.online)
    session = await services_of.mediation.book(
        person_id=mine.person_id, ticket_number=mine.number, slot_id=online.slot_id, online=True
    )
    number = session.session.number
    seat = await console("seat")
    path = f"/console/tickets/{mine.number}"
    form = {"session": number, "kind": "link", "link": "https://meeting.example/1", **hidden(await seat.text(path))}
    assert (await seat.post(f"/console/tickets/{other.number}/mediation", form)).status == 404
    assert (await seat.post(f"{path}/mediation", form | {"link": "javascript:alert(1)"})).status == 422
    assert (await seat.post(f"{path}/mediation", form | {"kind": "evil"})).status == 422
    for _ in range(2):  # a double click is one message
        assert (await seat.post(f"{path}/mediation", form)).status == 303
    assert ["https://meeting.example/1" in line for line in await told(services_of)].count(True) == 1
    assert (await seat.post(f"{path}/mediation", form | {"kind": "held"})).status == 303
    assert "已开" in await seat.text(path)
    assert (await seat.post(f"{path}/mediation", form | {"kind": "missed"})).status == 409


async def test_two_take_a_ticket_from_the_list_one_gets_it(console, services_of):
    ticket = await opened(services_of)
    one, two = await console("seat"), await console(name="seat-two")
    path = f"/console/tickets/{ticket.number}/assign"
    forms = [hidden(await client.text("/console/tickets/list"), "assign") for client in (one, two)]
    answers = await asyncio.gather(
        *(client.post(path, {"to": "me", **form}) for client, form in zip((one, two), forms, strict=True))
    )
    assert sorted(answer.status for answer in answers) == [303, 409]
    winner = ("seat-one", "seat-two")[[answer.status for answer in answers].index(303)]
    assert (await services_of.dispute_desk.ticket(ticket.number)).ticket.assigned_to == winner
    assert len(await told(services_of)) == 1


async def test_who_is_known_by_phone_only_has_to_be_called(console, services_of):
    caller = await services_of.people.ensure_caller("13800138000")
    ticket = await services_of.disputes.open(
        person_id=caller.id, dispute_type="wages", employer="蓝马", phone="13800138000"
    )
    seat = await console("seat")
    path = f"/console/tickets/{ticket.number}"
    await seat.post(f"{path}/reply", {"kind": "reply", "text": "在办", **hidden(await seat.text(path))})
    text = await seat.text(path)
    assert "已回复；系统推送不到本人，请打电话告知" in text
    assert "推送不到，请打电话告知" in text
    assert "等发送" not in text
