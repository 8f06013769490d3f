"""Reference data over HTTP: search, a row with its errors, lost updates, imports looked at before they are applied."""

import csv
import io
import random
import re

import pytest
from aiohttp import FormData
from openpyxl import Workbook, load_workbook

from bot.console.render import templates
from bot.services.reference_desk import spec_of

STATION = "/console/reference/stations/row/S0001"


def fields(page):
    """What a browser would send of the page's form."""
    found = {}
    for tag in re.findall(r"<input[^>]*>", page):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and not ("checkbox" in tag and "checked" not in tag):
            found.setdefault(name[1], []).append(value[1] if value else "")
    for name, body in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>(.*?)</textarea>', page, re.DOTALL):
        found[name] = [body]
    for name, body in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', page, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', body)
        found[name] = [chosen[1] if chosen else ""]
    from html import unescape

    return {name: [unescape(one) for one in values] for name, values in found.items()}


def pairs(values):
    return [(name, one) for name, many in values.items() for one in many]


def upload(name, data, **more):
    form = FormData()
    form.add_field("file", data, filename=name)
    for key, value in more.items():
        form.add_field(key, value)
    return form


async def test_the_tables_are_found_searched_and_paged(console):
    seat = await console("seat")
    index = await seat.text("/console/reference")
    for title in ("驿站", "蓝窗泊位", "建行网点", "劳动维权窗口", "饮品机", "昆小哥医院预约通道", "图书馆爱心驿站"):
        assert title in index
    page = await seat.text("/console/reference/stations")
    assert "第 1 / " in page
    assert page.count("<tr>") == 51
    assert await seat.text("/console/reference/stations?page=2") != page
    found = await seat.text("/console/reference/stations", params={"q": "好孩子"})
    assert "好孩子生态馆" in found
    assert "1 行" in found
    assert "没有符合的行" in await seat.text("/console/reference/stations", params={"q": "没有这样的"})
    assert "新增 <kbd>" not in page  # a seat looks only
    assert "空的" in await seat.text("/console/reference/hospital-closures")


async def test_a_row_is_changed_with_the_errors_of_the_importer(console, services_of):
    editor = await console("editor")
    form = fields(await editor.text(STATION))
    wrong = form | {"lng": ["121.4737"], "lat": ["31.2304"], "hours": ["看情况"]}
    answer = await editor.post(STATION, pairs(wrong))
    text = await answer.text()
    assert answer.status == 422
    assert 'id="f-hours-error"' in text
    assert "看情况" in text  # the words are kept
    answer = await editor.post(STATION, pairs(form | {"lng": ["121.4737"], "lat": ["31.2304"]}))
    assert "昆山范围内" in await answer.text()
    answer = await editor.post(STATION, pairs(form | {"name": ["补给站（新）"], "services": ["water", "rest"]}))
    assert (answer.status, answer.headers["Location"]) == (303, STATION)
    answer = await editor.post(STATION, pairs(form | {"name": ["补给站（新）"], "services": ["water", "rest"]}))
    assert answer.status == 303  # a double click
    assert (await services_of.stations.get("S0001")).station.name == "补给站（新）"
    page = await editor.text(STATION)
    assert "由 editor-one 改" in page
    assert len(await services_of.audit.search(action="reference.edit")) == 1


async def test_two_editors_lose_nothing(console, services_of):
    one, two = await console("editor"), await console("admin")
    form = fields(await one.text(STATION))
    assert (await two.post(STATION, pairs(form | {"address": ["东门路 1 号"]}))).status == 303
    answer = await one.post(STATION, pairs(form | {"name": ["我改的"], "address": ["西门路 2 号"]}))
    text = await answer.text()
    assert answer.status == 409
    assert "东门路 1 号" in text
    assert 'value="西门路 2 号"' in text
    again = fields(text)
    assert (await one.post(STATION, pairs(again))).status == 303
    assert (await services_of.stations.get("S0001")).station.address == "西门路 2 号"


async def test_a_row_is_added_and_removed(console, services_of):
    editor = await console("editor")
    new = "/console/reference/hospital-closures/new"
    await editor.text(new)
    data = {"channel": "outpatient", "day": "2026-12-03", "reason": "<script>alert(1)</script>"}
    for _ in range(2):
        answer = await editor.post(new, data)
        assert (answer.status, answer.headers["Location"]) == (
            303,
            "/console/reference/hospital-closures/row/outpatient~2026-12-03",
        )
    answer = await editor.post(new, data | {"reason": "别的"})
    assert answer.status == 409
    page = await editor.text(answer.request_info.url.path.replace("new", "row/outpatient~2026-12-03"))
    assert "&lt;script&gt;" in page
    assert "<script>alert" not in page
    answer = await editor.post("/console/reference/hospital-closures/row/outpatient~2026-12-03/remove", fields(page))
    assert answer.status == 303
    assert not (await services_of.reference.page("hospital-closures")).total
    station = fields(await editor.text("/console/reference/hospital-channels/row/outpatient"))
    path = "/console/reference/hospital-channels/row/outpatient/remove"
    assert (await editor.post(path, pairs(station))).status == 409
    assert (await editor.post(new.replace("hospital-closures", "discounts"), {})).status == 422


async def test_a_broken_file_is_explained_row_by_row_and_writes_nothing(console, services_of):
    editor, path = await console("editor"), "/console/reference/import/drink-machines"
    assert "只读第一张表" in await editor.text(path)
    book = Workbook()
    sheet = book.active
    sheet.append([column.label for column in spec_of("drink-machines").columns])
    sheet.append(["D900", "S0001", "<b>好机器</b>", 121.0, 31.35, "冷饮|热饮", "夏季", "正常", "操作员"])
    sheet.append(["D901", "S9999", "没有这个驿站", 121.0, 31.35, "冷饮", "夏季", "正常", "操作员"])
    sheet.append(["D902", "S0001", "在上海", 121.4737, 31.2304, "奶茶", "春季", "坏了", "操作员"])
    data = io.BytesIO()
    book.save(data)
    answer = await editor.post(path, upload("机器.xlsx", data.getvalue()))
    text = await answer.text()
    assert answer.status == 422
    rows = re.findall(r'<tr><td class="num">(\d+)</td><td>([^<]+)<', text)
    assert ("3", "驿站编号") in rows
    assert {name for row, name in rows if row == "4"} >= {"饮品", "季节", "状态"}
    assert "2" not in {row for row, _ in rows}
    assert "冷饮（cold）" in text
    assert "确认导入" not in text
    assert "<b>好机器" not in text
    with pytest.raises(Exception, match="D900"):
        await services_of.reference.row("drink-machines", "D900")
    for name, raw in (("a.xlsx", b"no zip"), ("a.txt", b"x"), ("a.csv", b"\xff\xfe\xff"), ("a.csv", b"")):
        assert (await editor.post(path, upload(name, raw))).status == 422, name
    assert (await editor.post(path, {})).status == 422
    assert not await services_of.audit.search(action="reference")


async def test_a_file_is_applied_only_as_it_was_looked_at(console, services_of):
    editor, path = await console("editor"), "/console/reference/import/discounts"
    text = "编号,种类,名称,说明,生效日期,截止日期,适用商家\nN1,餐饮,午餐九折,,2026-11-01,2026-12-31,甲店|乙店\n"
    answer = await editor.post(path, upload("优惠.csv", text.encode("gb18030")))
    page = await answer.text()
    assert answer.status == 200
    assert "检查通过，还没有写入" in page
    assert [one.code for one in await services_of.culture.discounts() if one.code == "N1"] == []
    form = {name: values[0] for name, values in fields(page).items() if name in ("datum", "packed", "sign")}
    for bad in (form | {"sign": "0" * 64}, form | {"packed": "eJw="}, form | {"replace": "1"}, {}):
        assert (await editor.post(path + "/apply", bad)).status == 422
    other = await console("admin")
    assert (await other.post(path + "/apply", form)).status == 422  # signed for another session
    answer = await editor.post(path + "/apply", form)
    assert (answer.status, answer.headers["Location"]) == (303, "/console/reference/discounts")
    assert "新增 1" in await editor.text("/console/reference/discounts")
    assert (await editor.post(path + "/apply", form)).status == 303
    assert "未变 1" in await editor.text("/console/reference/discounts")
    assert [one.title for one in await services_of.culture.discounts() if one.code == "N1"] == ["午餐九折"]
    assert [e.object_id for e in await services_of.audit.search(action="reference.import")] == ["discounts"] * 2


async def test_a_download_comes_back_and_runs_nothing(console, services_of):
    editor = await console("editor")
    evil = {"code": "E1", "kind": "tourism", "title": "=HYPERLINK(1)", "detail": "+1"}
    assert (await editor.post("/console/reference/discounts/new", evil)).status == 303
    answer = await editor.get("/console/reference/discounts/export?as=csv")
    rows = list(csv.reader(io.StringIO((await answer.read()).decode("utf-8-sig"))))
    assert [cell for row in rows for cell in row if cell[:1] in "=+-@" and cell] == []
    answer = await editor.get("/console/reference/discounts/export?as=xlsx")
    assert "filename*=UTF-8''" in answer.headers["Content-Disposition"]
    raw = await answer.read()
    sheet = load_workbook(io.BytesIO(raw)).active
    assert [cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"] == []
    page = await (await editor.post("/console/reference/import/discounts", upload("a.xlsx", raw))).text()
    assert "<dt>未变</dt><dd>5" in page or re.search(r"<dt>更新</dt><dd>0</dd>", page)
    assert (await editor.get("/console/reference/discounts/export?as=exe")).status == 404
    assert (await editor.get("/console/reference/import/discounts/form")).status == 200
    seat = await console("seat")
    assert (await seat.get("/console/reference/discounts/export?as=csv")).status == 403
    assert len(await services_of.audit.search(action="reference.export")) == 2


def discounts_of(megabytes):
    """A CSV of discounts with long words that no packing makes small."""
    dice = random.Random(5)
    hanzi = [chr(0x4E00 + number) for number in range(2000)]
    rows, size = ["编号,种类,名称,说明,生效日期,截止日期,适用商家,来源"], 0
    while size < megabytes << 20:
        detail, source = ("".join(dice.choices(hanzi, k=many)) for many in (400, 500))
        rows.append(f"B{len(rows):05d},餐饮,优惠{len(rows)},{detail},2026-11-01,2026-12-31,甲店|乙店,{source}")
        size += len(rows[-1].encode())
    return "\n".join(rows).encode(), len(rows) - 1


async def test_a_file_of_five_megabytes_is_imported(console, services_of):
    editor, path = await console("editor"), "/console/reference/import/discounts"
    raw, count = discounts_of(5)
    answer = await editor.post(path, upload("优惠.csv", raw, csrf=editor.csrf))
    page = await answer.text()
    assert answer.status == 200
    assert f"<dt>文件里的行</dt><dd>{count}</dd>" in page
    form = {name: values[0] for name, values in fields(page).items() if name in ("datum", "packed", "sign")}
    assert len(form["packed"]) > 3 << 20
    answer = await editor.post(path + "/apply", aiohttp_form(form))
    assert answer.status == 303, await answer.text()
    assert (await services_of.reference.page("discounts", search="B00001")).rows[0].cells["provenance"] in raw.decode()
    assert count > 1000
    assert (await services_of.reference.page("discounts", search="优惠")).total >= count


def aiohttp_form(values):
    """As a browser sends a form with enctype="multipart/form-data"."""
    writer = FormData(default_to_multipart=True)
    for name, value in values.items():
        writer.add_field(name, value)
    return writer


async def test_a_file_that_is_too_big_gets_one_line(console, services_of):
    editor, path = await console("editor"), "/console/reference/import/discounts"
    before = (await services_of.reference.page("discounts")).total
    for size, status in (((11 << 20), 413), ((10 << 20) + 10, 422)):
        answer = await editor.post(path, upload("优惠.csv", b"x" * size))
        text = await answer.text()
        assert answer.status == status
        assert len(re.findall("文件太大了，最多 10 MB", text)) == 1
    assert 'data-most="10485760"' in text
    assert (await services_of.reference.page("discounts")).total == before
    # elsewhere nothing has become wider
    answer = await editor.post("/console/reference/discounts/new", upload("a.csv", b"x" * (1 << 20)))
    assert answer.status == 413
    assert "最多 1 MB" in await answer.text()


def test_the_pages_before_and_after_keep_the_rest_of_the_query():
    links = templates().from_string("{{ pager(page, 3, asked) }}")
    asked = {"q": "<a&b>", "page": 7}
    middle = links.render(page=2, asked=asked)
    assert 'rel="prev" href="?q=%3Ca%26b%3E&amp;page=1"' in middle
    assert 'rel="next" href="?q=%3Ca%26b%3E&amp;page=3"' in middle
    assert 'rel="prev"' not in links.render(page=1, asked=asked)
    assert 'rel="next"' not in links.render(page=3, asked=asked)
    assert templates().from_string("{{ pager(1, 1, {}) }}").render().strip() == ""
