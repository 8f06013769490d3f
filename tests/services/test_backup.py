"""A backup holds everything, can be put into either kind of database, and nothing by halves."""

import json
import stat
import zipfile

import pytest
from sqlalchemy import func, insert, select, update

from bot.services import build_services
from bot.services.backup import export_all, import_all
from bot.services.errors import Invalid
from bot.services.exporting import export_kind
from bot.services.importing import SPECS, import_file
from bot.services.table_files import read_table
from bot.storage import migrate
from bot.storage.base import Base, Database
from bot.storage.stations import Station
from bot.storage.suggestions import Suggestion

TEXT = '他说:"别走",\n我走了 🛵 \\u0000 </script>'


@pytest.fixture
def no_revision(monkeypatch):
    """The test databases are made from the models, without the table of revisions."""

    async def same(_db):
        return "tested"

    monkeypatch.setattr(migrate, "current", same)


@pytest.fixture
async def lived_in(reference_db, clock):
    """Demo data, and people who have done things."""
    services = build_services(reference_db, clock)
    for number in range(3):
        person = await services.people.ensure(f"wx:openid-{number}")
        await services.people.set_consent(person.id, True)
        await services.people.set_place(person.id, 121.0854, 31.3035, "花桥")
        await services.suggestions.leave(person_id=person.id, text=TEXT, key=f"key-{number}")
        await services.sessions.save(f"wx:openid-{number}", json.dumps([{"event": "slot"}]))
    return reference_db


def contents(path):
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.mark.usefixtures("no_revision")
async def test_there_and_back_is_the_same(lived_in, db, clock, tmp_path):
    first, second = tmp_path / "first.zip", tmp_path / "second.zip"
    report = await export_all(lived_in, first, clock)
    assert report.rows > 1700
    assert stat.S_IMODE(first.stat().st_mode) == 0o600

    restored = await import_all(db, first)
    assert restored == report
    await export_all(db, second, clock)
    assert contents(second) == contents(first)
    assert [path.name for path in tmp_path.glob("*.partial")] == []


@pytest.mark.usefixtures("no_revision")
async def test_a_restored_system_goes_on(lived_in, db, clock, tmp_path):
    await export_all(lived_in, tmp_path / "backup.zip", clock)
    await import_all(db, tmp_path / "backup.zip")
    services = build_services(db, clock)
    person = await services.people.ensure("wx:openid-1")
    assert (await services.people.place(person.id))[2] == "花桥"
    again = await services.suggestions.leave(person_id=person.id, text=TEXT, key="key-1")
    new = await services.suggestions.leave(person_id=person.id, text="再提一条", key="key-9")
    assert again.id != new.id, "numbers go on where they were"
    async with db.read() as session:
        assert await session.scalar(select(func.count()).select_from(Suggestion)) == 4


@pytest.mark.usefixtures("no_revision")
async def test_it_is_one_moment_while_others_write(lived_in, clock, tmp_path, monkeypatch):
    from bot.services import backup

    original = backup._write_table

    async def slowly(connection, table, archive):
        if table is Base.metadata.sorted_tables[1]:  # the first has been read: the moment is fixed
            async with lived_in.write() as session:
                await session.execute(update(Station).values(name="改了"))
        return await original(connection, table, archive)

    monkeypatch.setattr(backup, "_write_table", slowly)
    await export_all(lived_in, tmp_path / "backup.zip", clock)
    assert "改了".encode() not in contents(tmp_path / "backup.zip")["stations.jsonl"]


@pytest.mark.usefixtures("no_revision")
async def test_a_database_in_use_is_not_overwritten(lived_in, clock, tmp_path):
    await export_all(lived_in, tmp_path / "backup.zip", clock)
    with pytest.raises(Invalid, match="只能放进空的数据库"):
        await import_all(lived_in, tmp_path / "backup.zip")


async def rewritten(path, target, change):
    files = contents(path)
    change(files)
    with zipfile.ZipFile(target, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)


def other_revision(files):
    manifest = json.loads(files["manifest.json"])
    files["manifest.json"] = json.dumps({**manifest, "revision": "0000"}).encode()


def other_format(files):
    manifest = json.loads(files["manifest.json"])
    files["manifest.json"] = json.dumps({**manifest, "format": 99}).encode()


def cut_off(files):
    files["stations.jsonl"] = files["stations.jsonl"][:-40]


def without_a_table(files):
    del files["people.jsonl"]


def without_rows(files):
    files["discounts.jsonl"] = b""


@pytest.mark.usefixtures("no_revision")
@pytest.mark.parametrize("change", [other_revision, other_format, cut_off, without_a_table, without_rows])
async def test_a_damaged_or_foreign_backup_changes_nothing(lived_in, db, clock, tmp_path, change):
    await export_all(lived_in, tmp_path / "good.zip", clock)
    await rewritten(tmp_path / "good.zip", tmp_path / "bad.zip", change)
    with pytest.raises(Invalid):
        await import_all(db, tmp_path / "bad.zip")
    async with db.read() as session:
        for table in Base.metadata.sorted_tables:
            assert await session.scalar(select(func.count()).select_from(table)) == 0


@pytest.mark.usefixtures("no_revision")
async def test_any_other_file_is_said_to_be_none(db, tmp_path):
    (tmp_path / "notes.zip").write_text("no zip at all")
    with pytest.raises(Invalid, match="不是完整的备份文件"):
        await import_all(db, tmp_path / "notes.zip")


@pytest.mark.parametrize("kind", [kind for kind, spec in SPECS.items() if spec.store is None])
async def test_what_is_exported_can_be_imported_unchanged(reference_db: Database, kind, tmp_path):
    path = tmp_path / f"{kind}.csv"
    count = await export_kind(reference_db, kind, path)
    assert len(read_table(path)) == count + 1
    report = await import_file(reference_db, kind, path, dry_run=True, replace=True)
    assert report.errors == []
    assert (report.rows, report.added, report.changed, report.removed) == (count, 0, 0, 0)


async def test_formulas_do_not_run_in_a_spreadsheet(reference_db, tmp_path):
    async with reference_db.write() as session:
        values = {"name": "=HYPERLINK(1)", "category": "bank", "services": [], "provenance": "@x"}
        await session.execute(insert(Station).values(code="FORMULA", demo_site=False, status="open", **values))
    await export_kind(reference_db, "stations", tmp_path / "stations.csv")
    (line,) = [line for line in (tmp_path / "stations.csv").read_text("utf-8-sig").splitlines() if "FORMULA" in line]
    assert ",'=HYPERLINK(1)," in line
    assert ",'@x" in line
    [row] = [row for row in read_table(tmp_path / "stations.csv") if row[0] == "FORMULA"]
    assert "=HYPERLINK(1)" in row, "what is read in again is what it was"


async def test_only_known_kinds_are_exported(reference_db, tmp_path):
    with pytest.raises(Invalid, match="能导出的数据种类只有"):
        await export_kind(reference_db, "people", tmp_path / "people.csv")
    assert list(tmp_path.glob("people.csv*")) == []
