import time
from dataclasses import replace
from pathlib import Path

import pytest
from openpyxl import Workbook
from sqlalchemy import func, select

from bot.geo.datum import wgs84_to_bd09, wgs84_to_gcj02
from bot.geo.files import REFERENCE_DIR
from bot.services import stations
from bot.services.errors import Invalid
from bot.services.importing import SPECS, import_file, import_table, load_demo
from bot.storage.base import Database
from bot.storage.reference import DataVersion
from bot.storage.stations import Station, StationService

CELLS = {
    "code": "X1", "name": "测试驿站", "category": "shop", "district": "花桥", "address": "花安路1号",
    "lng": "121.0846", "lat": "31.3016", "hours": "每天 08:00-20:00", "services": "water|rest",
    "demo_site": "0", "site_kind": "", "status": "", "provenance": "operator",
}  # fmt: skip
HEADER, ROW = list(CELLS), list(CELLS.values())


@pytest.fixture
async def catalogue(db: Database) -> None:
    async with db.write() as session:
        for code in ("water", "rest"):
            session.add(StationService(code=code, name=code, category="life", category_name="生活服务"))


def changed(**cells: str) -> list[str]:
    return list((CELLS | cells).values())


def csv_of(path: Path, *rows: list[str], encoding: str = "utf-8") -> Path:
    path.write_text("\n".join(",".join(row) for row in rows) + "\n", encoding=encoding)
    return path


async def all_stations(db: Database) -> list[Station]:
    async with db.read() as session:
        return list(await session.scalars(select(Station).order_by(Station.id)))


async def test_a_row_arrives_as_it_was_meant(db: Database, catalogue: None, tmp_path: Path) -> None:
    report = await import_file(db, "stations", csv_of(tmp_path / "a.csv", HEADER, ROW))
    assert (report.errors, report.rows, report.added) == ([], 1, 1)
    (row,) = await all_stations(db)
    assert (row.code, row.district, row.services, row.status) == ("X1", "花桥镇", ["water", "rest"], "open")
    assert (row.lng, row.lat, row.demo_site, row.site_kind, row.demo) == (
        121.0846,
        31.3016,
        False,
        None,
        False,
    )


async def test_the_same_file_again_changes_nothing_and_a_change_is_one(
    db: Database, catalogue: None, tmp_path: Path
) -> None:
    path = csv_of(tmp_path / "a.csv", HEADER, ROW, changed(code="X2"))
    await import_file(db, "stations", path)
    again = await import_file(db, "stations", path)
    assert (again.added, again.changed, again.unchanged) == (0, 0, 2)
    third = await import_file(db, "stations", csv_of(path, HEADER, changed(name="改名驿站"), changed(code="X2")))
    assert (third.added, third.changed, third.unchanged) == (0, 1, 1)
    assert [row.name for row in await all_stations(db)] == ["改名驿站", "测试驿站"]


async def test_one_wrong_row_and_nothing_is_written(db: Database, catalogue: None, tmp_path: Path) -> None:
    path = csv_of(tmp_path / "a.csv", HEADER, ROW, changed(code="X2", category="餐馆"))
    report = await import_file(db, "stations", path)
    assert [(error.row, error.column, error.value) for error in report.errors] == [(3, "category", "餐馆")]
    assert "party_center" in report.errors[0].must
    assert await all_stations(db) == []


@pytest.mark.parametrize(
    ("cells", "column", "must"),
    [
        ({"code": ""}, "code", "必填"),
        ({"code": "一号"}, "code", "编号"),
        ({"name": ""}, "name", "必填"),
        ({"district": "浦东"}, "district", "11个区镇之一"),
        ({"district": "昆山南站"}, "district", "11个区镇之一"),
        ({"lng": ""}, "lng", "要么都填"),
        ({"lng": "abc"}, "lng", "-180 到 180"),
        ({"lng": "nan"}, "lng", "-180 到 180"),
        ({"lng": "121.47", "lat": "31.23"}, "lng", "昆山范围内"),
        ({"lng": "31.3016", "lat": "89"}, "lng", "昆山范围内"),
        ({"hours": "看情况"}, "hours", "留空"),
        ({"services": "water|桑拿"}, "services", "编号"),
        ({"services": "water|sauna"}, "services", "没有 sauna"),
        ({"demo_site": "大概"}, "demo_site", "1 或 0"),
        ({"demo_site": "1"}, "site_kind", "示范阵地要填类型"),
        ({"site_kind": "streamer"}, "site_kind", "其他驿站留空"),
        ({"status": "废弃"}, "status", "open"),
        ({"name": "长" * 81}, "name", "不超过80个字"),
    ],
)
async def test_each_wrong_cell_is_named_with_what_it_must_be(
    db: Database, catalogue: None, tmp_path: Path, cells: dict[str, str], column: str, must: str
) -> None:
    report = await import_file(db, "stations", csv_of(tmp_path / "a.csv", HEADER, changed(**cells)))
    assert [(error.row, error.column) for error in report.errors] == [(2, column)]
    assert must in report.errors[0].must
    assert await all_stations(db) == []


async def test_swapped_degrees_are_pointed_out(db: Database, catalogue: None) -> None:
    report = await import_table(db, SPECS["stations"], [HEADER, changed(lng="31.3016", lat="121.0846")])
    assert report.errors[0].column == "lat"  # 121 degrees north is no latitude
    spec = replace(SPECS["stations"], references={})
    report = await import_table(db, spec, [HEADER, changed(lng="31.3016", lat="31.3016")])
    assert "昆山范围内" in report.errors[0].must


async def test_headers_are_checked_first_and_may_be_chinese(db: Database, catalogue: None) -> None:
    spec = SPECS["stations"]
    missing = await import_table(db, spec, [HEADER[:-2], ROW[:-2]])
    assert [(error.row, error.column) for error in missing.errors] == [(1, "status")]
    unknown = await import_table(db, spec, [[*HEADER, "备注"], [*ROW, "x"]])
    assert [(error.row, error.column) for error in unknown.errors] == [(1, "备注")]
    twice = await import_table(db, spec, [[*HEADER, "名称"], [*ROW, "x"]])
    assert [(error.row, error.must) for error in twice.errors] == [(1, "只能出现一次")]
    chinese = [column.label for column in spec.columns]
    assert (await import_table(db, spec, [chinese, ROW])).added == 1
    assert not (await import_table(db, spec, [])).ok


async def test_rows_too_long_repeated_or_blank(db: Database, catalogue: None) -> None:
    spec = SPECS["stations"]
    long = await import_table(db, spec, [HEADER, [*ROW, "多出来"]])
    assert [(error.row, error.must) for error in long.errors] == [(2, "不能比表头多出内容")]
    twice = await import_table(db, spec, [HEADER, ROW, [], ["", ""], ROW])
    assert [(error.row, error.must) for error in twice.errors] == [(5, "不能和第2行重复")]
    blank = await import_table(db, spec, [HEADER, [], ROW, [""] * 13])
    assert (blank.rows, blank.added, blank.ok) == (1, 1, True)


async def test_a_dry_run_reports_and_writes_nothing(db: Database, catalogue: None, tmp_path: Path) -> None:
    report = await import_file(db, "stations", csv_of(tmp_path / "a.csv", HEADER, ROW), dry_run=True)
    assert (report.ok, report.added, report.dry_run) == (True, 1, True)
    assert await all_stations(db) == []
    async with db.read() as session:
        assert await session.scalar(select(DataVersion.version)) is None


@pytest.mark.parametrize("datum", ["gcj02", "bd09"])
async def test_other_datums_are_converted(db: Database, catalogue: None, datum: str) -> None:
    convert = wgs84_to_gcj02 if datum == "gcj02" else wgs84_to_bd09
    lng, lat = convert(121.0846, 31.3016)
    table = [HEADER, changed(lng=f"{lng:.7f}", lat=f"{lat:.7f}")]
    assert (await import_table(db, SPECS["stations"], table, datum=datum)).ok  # type: ignore[arg-type]
    (row,) = await all_stations(db)
    assert (row.lng, row.lat) == (pytest.approx(121.0846, abs=1e-6), pytest.approx(31.3016, abs=1e-6))


async def test_excel_files_with_numbers_and_the_encoding_of_chinese_excel(
    db: Database, catalogue: None, tmp_path: Path
) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(HEADER)
    sheet.append([*ROW[:5], 121.0846, 31.3016, *ROW[7:9], 0, None, None, "operator"])
    sheet.append([1002.0, *ROW[1:5], 121.0846, 31.3016, *ROW[7:9], True, "streamer", None, None])
    book.save(tmp_path / "a.xlsx")
    report = await import_file(db, "stations", tmp_path / "a.xlsx")
    assert (report.errors, report.added) == ([], 2)
    assert [(row.code, row.demo_site) for row in await all_stations(db)] == [("X1", False), ("1002", True)]
    gbk = csv_of(tmp_path / "b.csv", HEADER, changed(code="X3"), encoding="gb18030")
    assert (await import_file(db, "stations", gbk)).added == 1
    assert (await import_file(db, "stations", csv_of(tmp_path / "c.csv", HEADER, ROW, encoding="utf-8-sig"))).ok


async def test_files_that_cannot_be_read(db: Database, tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(b"no zip")
    (tmp_path / "a.txt").write_text("x")
    (tmp_path / "a.csv").write_text('code,name\n"open quote')
    for name in ("a.xlsx", "a.txt", "a.csv", "missing.csv"):
        with pytest.raises(Invalid) as caught:
            await import_file(db, "stations", tmp_path / name)
        assert caught.value.field == "file"
    with pytest.raises(Invalid) as caught:
        await import_file(db, "nothing", tmp_path / "a.csv")
    assert (caught.value.field, "stations" in caught.value.reason) == ("kind", True)


async def test_replace_removes_what_the_file_does_not_have_and_demo_rows_are_counted(
    db: Database, catalogue: None
) -> None:
    spec = SPECS["stations"]
    await import_table(db, spec, [HEADER, changed(code="D1", provenance="demo: x"), changed(code="X9")])
    kept = await import_table(db, spec, [HEADER, ROW])
    assert (kept.added, kept.removed, kept.demo_left) == (1, 0, 1)
    replaced = await import_table(db, spec, [HEADER, ROW], replace=True)
    assert (replaced.unchanged, replaced.removed, replaced.demo_left) == (1, 2, 0)
    assert [row.code for row in await all_stations(db)] == ["X1"]


async def test_each_import_moves_the_counter(db: Database, catalogue: None) -> None:
    for expected in (1, 2):
        await import_table(db, SPECS["stations"], [HEADER, ROW])
        async with db.read() as session:
            assert (
                await session.scalar(select(DataVersion.version).where(DataVersion.kind == stations.VERSION))
                == expected
            )


async def test_demo_data_fills_an_empty_database_once_and_fast(db: Database) -> None:
    started = time.monotonic()
    added = await load_demo(db)
    assert time.monotonic() - started < 5.0
    assert added["stations"] >= 1100
    assert added["services"] == 30
    assert not any((await load_demo(db)).values())
    async with db.read() as session:
        assert await session.scalar(select(func.count()).select_from(Station)) == added["stations"]
    again = await import_file(db, "stations", REFERENCE_DIR / "stations.csv")
    assert (again.added, again.changed, again.unchanged) == (0, 0, added["stations"])


def test_kinds_are_filled_after_those_they_refer_to() -> None:
    order = {spec.model: place for place, spec in enumerate(SPECS.values())}
    for place, spec in enumerate(SPECS.values()):
        assert all(order[model] < place for model, _ in spec.references.values()), spec.kind
        attributes = {column.attribute for column in spec.columns}
        assert attributes >= {*spec.key, *spec.references}, spec.kind
