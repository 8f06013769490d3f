"""The selection over HTTP: figures, trial weights, ties, publishing, and what the worker is told afterwards."""

import io
import re

from aiohttp import FormData
from openpyxl import load_workbook

from bot.actions.culture import standing_text

PATH = "/console/selection"
HEADER = "工号,单位,服务月数,派送单数,满意率\n"
ROWS = ("A1,甲,24,9000,99", "A2,甲,12,5000,98", "A3,乙,12,5000,98", "A4,乙,0,0,90")
ROUND = {
    "code": "2026-1",
    "name": "2026年第一轮",
    "tenure_weight": "30",
    "orders_weight": "40",
    "satisfaction_weight": "30",
    "cards": "2",
    "starts_on": "2026-11-01",
    "provenance": "示例文件",
}


def file(*rows):
    form = FormData()
    form.add_field("file", (HEADER + "\n".join(rows) + "\n").encode(), filename="数据.csv")
    form.add_field("replace", "1")
    return form


async def load(client, *rows):
    path = f"{PATH}/import/tour-card-metrics"
    page = await (await client.post(path, file(*rows))).text()
    form = {
        name: re.search(f'name="{name}" value="([^"]*)"', page)[1] for name in ("datum", "replace", "packed", "sign")
    }
    assert (await client.post(f"{path}/apply", form)).status == 303


def basis(page):
    return re.search(r'name="basis" value="([^"]+)"', page)[1]


def ranks(page):
    return re.findall(r'<td class="num">(\d+)(?:<small> 并列 (\d+) 人</small>)?</td><td>(\w+)</td>', page)


async def test_the_ranking_with_ties_and_a_trial_of_weights(console):
    lead = await console("supervisor")
    page = await lead.text(PATH)
    assert "示例规则或示例数据" in page
    assert "公布结果" not in page  # the example is no round
    await load(lead, *ROWS)
    assert (await lead.post(f"{PATH}/round", ROUND)).status == 303
    page = await lead.text(PATH)
    assert ranks(page) == [("1", "", "A1"), ("2", "2", "A2"), ("2", "2", "A3"), ("4", "", "A4")]
    assert page.count(">入选</span>") == 1  # one card is left for two with the same score: neither has it
    query = {"tenure_weight": "0", "orders_weight": "0", "satisfaction_weight": "100", "cards": "3"}
    tried = await lead.text(PATH, params=query)
    assert "试算，没有保存" in tried
    assert tried.count(">入选</span>") == 3
    assert (await lead.text(PATH)).count(">入选</span>") == 1
    wrong = await lead.text(PATH, params=query | {"orders_weight": "10"}, status=422)
    assert "加起来要是 100，现在是 110" in wrong
    assert "整数" in await lead.text(PATH, params=query | {"cards": "x"}, status=422)


async def test_rules_change_until_the_result_is_published_and_the_worker_reads_it(console, services_of):
    lead, other = await console("supervisor"), await console("admin")
    await load(lead, *ROWS)
    for wrong in ({}, ROUND | {"orders_weight": "50"}, ROUND | {"cards": "-1"}):
        assert (await lead.post(f"{PATH}/round", wrong)).status == 422
    assert (await lead.post(f"{PATH}/round", ROUND)).status == 303
    form = ROUND | {"basis": basis(await lead.text(f"{PATH}/round/2026-1"))}
    assert (await other.post(f"{PATH}/round/2026-1", form | {"cards": "3"})).status == 303
    answer = await lead.post(f"{PATH}/round/2026-1", form | {"cards": "1"})
    text = await answer.text()
    assert answer.status == 409
    assert "3 张" in text
    assert 'value="1"' in text
    assert (await lead.post(f"{PATH}/round/2026-1/publish", {"basis": form["basis"]})).status == 409  # has changed
    page = await lead.text(PATH)
    assert (await lead.post(f"{PATH}/round/2026-1/publish", {"basis": basis(page)})).status == 303
    standing, selection = await services_of.culture.standing("A2")
    assert "最后结果已入选" in standing_text(standing, selection)
    page = await lead.text(PATH)
    assert "已公布" in page
    form["basis"] = basis(page)
    assert (await lead.post(f"{PATH}/round/2026-1", form)).status == 409
    refused = await lead.post(f"{PATH}/import/tour-card-metrics", file("A9,甲,1,1,90"))
    assert refused.status == 422
    assert "已公布" in await refused.text()
    assert (await lead.post(f"{PATH}/round/2026-1/withdraw", {"basis": basis(page)})).status == 303
    standing, selection = await services_of.culture.standing("A2")
    assert "最后结果还没定" in standing_text(standing, selection)
    actions = [entry.action for entry in await services_of.audit.search(action="selection")]
    assert actions == ["selection.withdraw", "selection.publish"]


async def test_who_may_and_what_is_not_there(console, services_of):
    auditor, lead = await console("auditor"), await console("supervisor")
    assert "导入数据" not in await auditor.text(PATH)
    assert (await auditor.get(f"{PATH}/export")).status == 403
    assert (await auditor.post(f"{PATH}/round", ROUND)).status == 403
    assert (await lead.get(f"{PATH}/round/nobody")).status == 404
    assert (await lead.post(f"{PATH}/round/nobody/publish", {})).status in (404, 409)
    assert (await lead.post(f"{PATH}/round/nobody/dance", {})).status == 422
    await load(lead, "E1,=1+1,3,4,95", "E2,<script>alert(1)</script>,3,4,95")
    assert "<script>alert" not in await lead.text(PATH)
    book = load_workbook(io.BytesIO(await (await lead.get(f"{PATH}/export")).read()))
    assert [c for sheet in book for row in sheet.iter_rows() for c in row if c.data_type == "f"] == []
    assert [row[2].value for row in book["名次"].iter_rows(min_row=2)] == ["E1", "E2"]
    assert (await lead.get(f"{PATH}/export?as=exe")).status == 404
