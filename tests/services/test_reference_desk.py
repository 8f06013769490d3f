"""One row of reference data changed in the console: the importer's rules, where it came from, who else was there."""

import io
import json
from datetime import timedelta

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from bot.services import build_services
from bot.services.audit import Actor
from bot.services.errors import AlreadyExists, NotFound, WrongState
from bot.services.exporting import csv_bytes, xlsx_bytes
from bot.services.import_spec import ListOf, OneOf
from bot.services.importing import SPECS, import_table
from bot.services.reference_desk import RowInvalid, StaleRow
from bot.services.reference_words import WORDS, words_of
from bot.services.stations import Wanted
from bot.services.table_files import read_table
from bot.storage.base import Database
from bot.storage.stations import Station

EDITOR = Actor("e1", "editor-one")


def test_every_code_has_a_word_and_every_word_a_code() -> None:
    for spec in SPECS.values():
        for column in spec.columns:
            if isinstance(column.read, OneOf | ListOf) and column.read.allowed:
                words = words_of(spec.kind, column)
                assert set(words) == set(column.read.allowed), (spec.kind, column.name)
                assert len(set(words.values())) == len(words)
    names = {(spec.kind, column.name) for spec in SPECS.values() for column in spec.columns}
    assert set(WORDS) <= names


async def test_a_change_keeps_the_source_says_who_and_reaches_what_is_in_memory(reference_services, clock):
    desk, stations = reference_services.reference, reference_services.stations
    other = build_services(Database(reference_services.db.url), clock)  # a second replica
    code = (await stations.all())[0].code
    await other.stations.all()
    row = await desk.row("stations", code)
    assert row.demo
    clock.advance(timedelta(hours=1))
    saved = await desk.save("stations", code, row.cells | {"name": "新名字驿站"}, row.basis, EDITOR)
    assert saved.changed == "2026-11-25 11:00 由 editor-one 改"
    assert saved.demo
    assert saved.cells["provenance"] == row.cells["provenance"]
    for services in (reference_services, other):
        assert (await services.stations.get(code)).station.name == "新名字驿站"
    again = await desk.save("stations", code, saved.cells | {"lat": "31.3801", "lng": "120.98"}, saved.basis, EDITOR)
    async with reference_services.db.read() as session:
        source = await session.scalar(select(Station.provenance).where(Station.code == code))
    assert source.count("由 editor-one 改") == 1
    found = await other.stations.search((120.98, 31.3801), Wanted(), limit=3)
    assert code in [one.station.code for one in found.items]
    assert again.point == (120.98, 31.3801)
    entries = await reference_services.audit.search(action="reference.edit")
    assert [(e.object_id, e.staff_name, e.detail["columns"]) for e in entries] == [
        (f"stations/{code}", "editor-one", ["lat", "lng"]),
        (f"stations/{code}", "editor-one", ["name"]),
    ]
    await other.db.close()


async def test_wrong_cells_are_named_and_nothing_is_written(reference_services):
    desk = reference_services.reference
    row = await desk.row("stations", "S0001")
    wrong = {"district": "浦东", "lng": "121.47", "lat": "31.23", "status": "坏了"}
    with pytest.raises(RowInvalid) as error:
        await desk.save("stations", "S0001", row.cells | wrong, row.basis, EDITOR)
    assert set(error.value.problems) >= {"district", "status"}
    assert "开放（open）" in error.value.problems["status"]
    with pytest.raises(RowInvalid) as error:
        await desk.save("stations", "S0001", row.cells | {"lng": "121.47", "lat": "31.23"}, row.basis, EDITOR)
    assert "昆山" in error.value.problems["lng"]
    with pytest.raises(RowInvalid, match="编号不能改"):
        await desk.save("stations", "S0001", row.cells | {"code": "S9"}, row.basis, EDITOR)
    with pytest.raises(RowInvalid):
        await desk.save("drink-machines", None, {}, "", EDITOR)
    assert await desk.row("stations", "S0001") == row
    assert not await reference_services.audit.search(action="reference")


async def test_whoever_saves_over_a_newer_state_is_told(reference_services):
    desk = reference_services.reference
    row = await desk.row("bank-outlets", (await desk.page("bank-outlets")).rows[0].id)
    first = await desk.save(row.kind, row.id, row.cells | {"name": "甲改的"}, row.basis, EDITOR)
    with pytest.raises(StaleRow):
        await desk.save(row.kind, row.id, row.cells | {"name": "乙改的"}, row.basis, EDITOR)
    assert await desk.save(row.kind, row.id, first.cells, first.basis, Actor("x", "x")) == first  # nothing changed
    with pytest.raises(StaleRow):
        await desk.remove(row.kind, row.id, row.basis, EDITOR)
    with pytest.raises(NotFound):
        await desk.row("stations", "nobody")
    with pytest.raises(NotFound):
        await desk.row("passwords", "1")


async def test_rows_are_added_once_and_removed_unless_others_hang_on_them(services):
    desk = services.reference
    channel = {"channel": "outpatient", "name": "门诊", "hospital": "三院", "slots": "09:00", "capacity": "3"}
    with pytest.raises(RowInvalid, match="要是已有的编号"):
        await desk.save("hospital-closures", None, {"channel": "门诊", "day": "2026-12-01"}, "", EDITOR)
    await desk.save("hospital-channels", None, channel, "", EDITOR)
    cells = {"channel": "门诊", "day": "2026-12-01", "reason": "设备检修"}
    row = await desk.save("hospital-closures", None, cells, "", EDITOR)
    assert (row.id, row.cells["channel"]) == ("outpatient~2026-12-01", "outpatient")
    with pytest.raises(AlreadyExists):
        await desk.save("hospital-closures", None, cells, "", EDITOR)
    everywhere = await desk.save("hospital-closures", None, cells | {"channel": ""}, "", EDITOR)
    assert (await desk.row("hospital-closures", "~2026-12-01")) == everywhere
    assert [one.id for one in (await desk.page("hospital-closures", search="检修 门诊")).rows] == [row.id]
    await desk.remove("hospital-closures", row.id, row.basis, EDITOR)
    with pytest.raises(NotFound):
        await desk.row("hospital-closures", row.id)
    with pytest.raises(WrongState):
        await desk.remove("hospital-channels", "outpatient", "", EDITOR)


async def test_pages_and_words(reference_services):
    desk = reference_services.reference
    first, last = await desk.page("stations"), await desk.page("stations", page=999)
    assert first.total > 1000
    assert (len(first.rows), last.page) == (50, first.pages)
    shops = await desk.page("stations", search="商超")
    assert 0 < shops.total < first.total
    assert {row.cells["category"] for row in shops.rows} == {"shop"}
    assert (await desk.page("stations", search="%_")).total == 0
    assert not (await desk.page("dispute_windows", demo=True)).rows


async def test_an_import_may_say_words_and_what_goes_out_comes_back(services, tmp_path):
    spec = SPECS["discounts"]
    header = ["编号", "种类", "名称", "说明", "生效日期", "截止日期", "适用商家"]
    table = [header, ["O1", "观影", "=1+1", "@SUM(A1)"], ["O2", "餐饮", "-5 元", "普通", "", "", "甲店、乙店"]]
    report = await import_table(services.db, spec, table)
    assert (report.errors, report.added) == ([], 2)
    out = await services.reference.table("discounts", EDITOR)
    for name, data in (("a.csv", csv_bytes(out)), ("a.xlsx", xlsx_bytes({"优惠": out}))):
        (tmp_path / name).write_bytes(data)
        text = json.dumps(read_table(tmp_path / name), ensure_ascii=False)
        assert "'=1+1" not in text
        again = await import_table(services.db, spec, read_table(tmp_path / name))
        assert (again.errors, again.changed, again.unchanged) == ([], 0, 2)
    assert "'=1+1" in csv_bytes(out).decode("utf-8-sig")
    sheet = load_workbook(io.BytesIO(xlsx_bytes({"优惠": out})))["优惠"]
    formulas = [cell.value for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    assert formulas == []
    bad = await import_table(services.db, spec, [header, ["O3", "唱歌", "x"]])
    assert bad.errors[0].must == "只能是 观影（cinema）、餐饮（catering）、旅游（tourism）"
