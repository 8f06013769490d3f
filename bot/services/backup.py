"""A backup of the whole database in one file, readable by either kind: the way from SQLite to PostgreSQL, too.

A zip with `manifest.json` and one `<table>.jsonl` a table, in the order in which rows can be put back. Values are
JSON; moments and days are ISO. It holds personal data in full: keep it as you keep the database. Files that
people sent (FILE_STORE) are not in it.
"""

from __future__ import annotations

import contextlib
import json
import os
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import JSON, Column, Date, Integer, Table, func, insert, null, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.services.clock import Clock
from bot.services.errors import Invalid
from bot.storage import migrate
from bot.storage.base import AwareDateTime, Base, Database

FORMAT = 1
BATCH = 500  # rows


@dataclass(frozen=True)
class BackupReport:
    tables: int
    rows: int
    made_at: datetime


async def export_all(db: Database, path: Path, clock: Clock) -> BackupReport:
    """Write every table as it is at one moment; the file appears whole or not at all, readable by its owner only.

    OSError when it cannot be written.
    """
    made_at, revision = clock.now(), await migrate.current(db)
    partial = path.with_name(path.name + ".partial")
    counts: dict[str, int] = {}
    try:
        async with db.engine.connect() as connection:
            await _hold_still(connection, db)
            with _private(partial) as archive:
                for table in Base.metadata.sorted_tables:
                    counts[table.name] = await _write_table(connection, table, archive)
                manifest = {"format": FORMAT, "revision": revision, "made_at": made_at, "rows": counts}
                archive.writestr("manifest.json", json.dumps(manifest, default=_plain, indent=1))
            await connection.rollback()
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)
    return BackupReport(len(counts), sum(counts.values()), made_at)


async def import_all(db: Database, path: Path) -> BackupReport:
    """Put a backup into a database of the same schema that holds nothing yet, all of it or nothing.

    Invalid (field `file`) when it is no backup, of another schema, or the database holds rows already.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            manifest = json.loads(archive.read("manifest.json"))
            _check(manifest, await migrate.current(db))
            async with db.write() as session:
                connection = await session.connection()
                await _check_empty(connection)
                rows = 0
                for table in Base.metadata.sorted_tables:
                    rows += await _read_table(connection, table, archive)
                    await _continue_numbers(connection, table, db)
                if rows != sum(manifest["rows"].values()):
                    raise Invalid("file", "备份文件里的行数和清单对不上")
    except (zipfile.BadZipFile, KeyError, json.JSONDecodeError, UnicodeDecodeError) as error:
        raise Invalid("file", f"不是完整的备份文件（{error}）") from error
    return BackupReport(len(manifest["rows"]), rows, datetime.fromisoformat(manifest["made_at"]))


async def _hold_still(connection: AsyncConnection, db: Database) -> None:
    """What others change from here on is not seen."""
    if db.is_sqlite:
        await connection.exec_driver_sql("BEGIN")
    else:
        await connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")


@contextlib.contextmanager
def _private(path: Path) -> Iterator[zipfile.ZipFile]:
    with (
        os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        yield archive


async def _write_table(connection: AsyncConnection, table: Table, archive: zipfile.ZipFile) -> int:
    count = 0
    rows = await connection.stream(select(table).order_by(*table.primary_key.columns))
    with archive.open(f"{table.name}.jsonl", "w", force_zip64=True) as file:
        async for row in rows.mappings():
            line = json.dumps(dict(row), ensure_ascii=False, default=_plain, separators=(",", ":"))
            file.write(line.encode() + b"\n")
            count += 1
    return count


def _plain(value: Any) -> str:
    if isinstance(value, date):  # a datetime is one as well
        return value.isoformat()
    raise TypeError(f"a {type(value).__name__} cannot go into a backup")


def _check(manifest: dict[str, Any], revision: str | None) -> None:
    if manifest["format"] != FORMAT:
        raise Invalid("file", f"备份格式是 {manifest['format']}，这个版本只认 {FORMAT}")
    if manifest["revision"] != revision:
        raise Invalid("file", f"备份的数据库版本是 {manifest['revision']}，现在的是 {revision}；两边要一致")
    unknown = set(manifest["rows"]) ^ set(Base.metadata.tables)
    if unknown:
        raise Invalid("file", "备份的表和现在的不一致：" + "、".join(sorted(unknown)))


async def _check_empty(connection: AsyncConnection) -> None:
    for table in Base.metadata.sorted_tables:
        if await connection.scalar(select(func.count()).select_from(table)):
            raise Invalid("file", f"数据库里已经有数据（{table.name}）；备份只能放进空的数据库")


async def _read_table(connection: AsyncConnection, table: Table, archive: zipfile.ZipFile) -> int:
    count = 0
    batch: list[dict[str, Any]] = []
    with archive.open(f"{table.name}.jsonl") as file:
        for line in file:
            values = json.loads(line)
            batch.append({column.name: _value(column, values[column.name]) for column in table.columns})
            if len(batch) == BATCH:
                await connection.execute(insert(table), batch)
                count, batch = count + len(batch), []
    if batch:
        await connection.execute(insert(table), batch)
    return count + len(batch)


def _value(column: Column[Any], value: Any) -> Any:
    if value is None:
        # without this a JSON column would get the JSON value null, which is not NULL
        return null() if isinstance(column.type, JSON) else None
    if isinstance(column.type, AwareDateTime):
        return datetime.fromisoformat(value)
    if isinstance(column.type, Date):
        return date.fromisoformat(value)
    return value


async def _continue_numbers(connection: AsyncConnection, table: Table, db: Database) -> None:
    """PostgreSQL's counters do not notice rows that bring their own number."""
    if db.is_sqlite:
        return
    for column in table.primary_key.columns:
        if isinstance(column.type, Integer) and column.autoincrement in (True, "auto"):
            sequence = "pg_get_serial_sequence(:table, :column)"
            statement = f"SELECT setval({sequence}, (SELECT max({column.name}) FROM {table.name}))"  # noqa: S608
            where = f" WHERE {sequence} IS NOT NULL AND EXISTS (SELECT 1 FROM {table.name})"  # noqa: S608
            await connection.execute(text(statement + where), {"table": table.name, "column": column.name})
