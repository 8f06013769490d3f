"""The safety board over HTTP: the month's files, whom they lead to, a place given, who came, codes, a report."""

import io
import re

from aiohttp import FormData
from openpyxl import load_workbook
from sqlalchemy import select

from bot.services.safety import VIOLATIONS
from bot.services.safety_rules import LABEL_NAMES
from bot.storage.outbox import OutboxMessage

BOARD = "/console/safety"
HEADER = "记录号,工号,单位,时间,违法种类,轻微,地点\n"


def month(*rows):
    form = FormData()
    form.add_field("file", (HEADER + "\n".join(rows) + "\n").encode("utf-8"), filename="十一月.csv")
    return form


def three(name="甲站"):
    return [f"N{number},ks77,{name},2026-11-{number:02} 08:00,闯红灯,是,前进西路" for number in (2, 9, 16)]


async def imported(client, *rows):
    path = f"{BOARD}/import/safety-violations"
    page = await (await client.post(path, month(*rows))).text()
    form = {name: re.search(f'name="{name}" value="([^"]*)"', page)[1] for name in ("datum", "packed", "sign")}
    assert (await client.post(f"{path}/apply", form)).status == 303
    return await client.text(BOARD)


async def test_the_board_shows_formula_labels_and_trend(console):
    lead = await console("supervisor")
    page = await lead.text(BOARD)
    assert "示例快递公司丁" in page
    assert "不是交警公布的" in page
    assert "扣分 ÷ 骑手人数 × 10" in page
    assert all(f">{name}</span>" in page for name in LABEL_NAMES.values())
    assert page.count('<rect class="series1"') == page.count('<rect class="series2"') > 1
    assert "含示例数据" in page
    seat = await console("seat")
    assert (await seat.get(BOARD)).status == 403


async def test_the_month_is_imported_once_and_names_whom_to_educate(console, services_of):
    lead = await console("supervisor")
    path = f"{BOARD}/import/safety-violations"
    bad = month(*three(), "N17,ks77,甲站,2026-13-40,跳舞,大概,")
    page = await (await lead.post(path, bad)).text()
    faults = re.findall(r'<tr><td class="num">(\d+)</td><td>([^<]+)<', page)
    assert faults == [("5", "时间"), ("5", "违法种类"), ("5", "轻微")]
    assert "闯红灯（red_light）" in page
    assert "KS77" not in await lead.text(f"{BOARD}/workers")
    board = await imported(lead, *three())
    assert "新增 3" in board
    assert "KS77" in await lead.text(f"{BOARD}/workers", params={"label": "due", "q": "ks77"})
    assert "未变 3" in await imported(lead, *three())
    record = await services_of.safety.record("KS77")
    assert (record.counted, record.needs_education, record.demo) == (3, True, False)
    worker = await lead.text(f"{BOARD}/workers/KS77")
    assert worker.count(VIOLATIONS["red_light"]) == 3
    assert "满 3 次，要参加学习" in worker
    assert len(await services_of.audit.search(action="reference.import")) == 2
    assert [e.object_id for e in await services_of.audit.search(action="safety.view")] == ["KS77"]


async def test_a_place_is_given_told_and_attendance_takes_the_worker_off_the_list(console, services_of, clock):
    lead = await console("supervisor")
    await imported(lead, *three())
    path = f"{BOARD}/workers/KS77"
    code_page = await (await lead.post(f"{path}/code")).text()
    code = re.search(r'id="code">(\d{8})<', code_page)[1]
    rider = (await services_of.people.ensure("rest:rider")).id
    await services_of.safety.binding.bind(rider, "KS77", code)
    page = await lead.text(path)
    assert "已绑定" in page
    assert code not in page
    chosen = re.findall(r'<option value="(\d+)">', page)
    key = re.search(r'name="key" value="([^"]+)"', page)[1]
    assert (await lead.post(f"{path}/assign", {"session": ""})).status == 422
    assert (await lead.post(f"{path}/assign", {"session": "99999999"})).status == 404
    for _ in range(2):  # a double click is one place
        assert (await lead.post(f"{path}/assign", {"session": chosen[0], "key": key})).status == 303
    answer = await lead.post(f"{path}/assign", {"session": chosen[1]})
    assert answer.status == 409
    assert "先取消那一场" in await answer.text()
    (booking,) = await services_of.safety.education.of_worker("KS77")
    async with services_of.db.read() as session:
        assert any(booking.number in text for text in await session.scalars(select(OutboxMessage.text)))
    lesson = f"{BOARD}/education/{booking.session_id}"
    assert booking.number in await lead.text(lesson)
    assert "来了</button>" not in await lead.text(lesson)  # it has not begun
    clock.advance(booking.starts_at - clock.now())
    lead = await console("supervisor")
    assert "来了</button>" in await lead.text(lesson)
    mark = f"{BOARD}/bookings/{booking.number}"
    assert (await lead.post(mark, {"status": "danced"})).status == 422
    assert (await lead.post(mark, {"status": "attended"})).status == 303
    assert (await lead.post(mark, {"status": "cancelled"})).status == 409
    assert not (await services_of.safety.record("KS77")).needs_education
    actions = {entry.action for entry in await services_of.audit.search(action="safety", limit=50)}
    assert {"safety.code", "safety.assign", "safety.attended", "safety.view", "safety.lesson"} <= actions


async def test_codes_go_out_once_for_any_number(console, services_of):
    lead = await console("supervisor")
    path = f"{BOARD}/codes"
    for wrong in ({}, {"work_no": "一号", "company": "甲"}, {"work_no": "A1", "company": ""}):
        assert (await lead.post(path, wrong)).status == 422
    page = await (await lead.post(path, {"work_no": "a 1", "company": "<script>alert(1)</script>"})).text()
    code = re.search(r'id="code">(\d{8})<', page)[1]
    assert "<script>alert" not in page
    assert code not in await lead.text(path)
    rider = (await services_of.people.ensure("rest:rider")).id
    assert (await services_of.safety.binding.bind(rider, "A1", code)).work_no == "A1"
    entries = await services_of.audit.search(action="safety.code")
    assert [(entry.object_id, code in str(entry.detail)) for entry in entries] == [("A1", False)]
    auditor = await console("auditor")
    assert (await auditor.get(path)).status == 403
    assert (await auditor.post(f"{BOARD}/workers/DEMO0409/code")).status == 403


async def test_the_report_of_a_company_is_a_workbook(console, services_of):
    lead = await console("supervisor")
    evil = '=HYPERLINK("x")'
    await imported(lead, *[row.replace("甲站", f'"{evil.replace(chr(34), chr(34) * 2)}"') for row in three()])
    answer = await lead.get(f"{BOARD}/report", params={"name": evil})
    book = load_workbook(io.BytesIO(await answer.read()))
    assert book.sheetnames == ["概况", "骑手", "每月"]
    assert [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "f"] == []
    assert [row[0].value for row in book["骑手"].iter_rows(min_row=2)] == ["KS77"]
    page = await lead.text(f"{BOARD}/company", params={"name": evil})
    report = next(one for one in await services_of.safety.companies() if one.company == evil)
    assert f"{report.index:.1f}" in page
    for missing in ("report", "company", "workers/nobody", "education/nobody", "education/999999"):
        assert (await lead.get(f"{BOARD}/{missing}")).status == 404, missing
    assert [e.action for e in await services_of.audit.search(action="safety.report")] == ["safety.report"]
