"""`nuanxin import KIND FILE`: reference data from CSV or XLSX, checked row by row, all or nothing.

Every row is checked before anything is written. One wrong cell, and the report names row, column and what it
must be, and the database stays as it was. Rows are known again by their key, so a second import of the same
file changes nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.geo.boundary import in_kunshan
from bot.geo.datum import bd09_to_wgs84, gcj02_to_wgs84
from bot.geo.files import REFERENCE_DIR
from bot.services import (
    bank,
    culture,
    disputes,
    drinks,
    education,
    freight_imports,
    hospital_places,
    mediation,
    safety,
    stations,
    women,
)
from bot.services.clock import Clock, SystemClock
from bot.services.errors import Invalid
from bot.services.import_spec import Column, Spec, Values
from bot.services.reference import bump
from bot.services.reference_words import in_words, to_codes
from bot.services.table_files import read_table
from bot.storage.base import Database
from bot.storage.reference import DEMO_PREFIX

Datum = Literal["wgs84", "gcj02", "bd09"]

# In the order in which a fresh database is filled: a table after those that it refers to.
_OWNERS: tuple[tuple[Spec, ...], ...] = (
    stations.IMPORTS,
    drinks.IMPORTS,
    freight_imports.IMPORTS,
    bank.IMPORTS,
    hospital_places.IMPORTS,
    disputes.IMPORTS,
    mediation.IMPORTS,
    culture.IMPORTS,
    women.IMPORTS,
    safety.IMPORTS,
    education.IMPORTS,
)
SPECS: dict[str, Spec] = {spec.kind: spec for owned in _OWNERS for spec in owned}


@dataclass(frozen=True)
class RowError:
    """`row` is the line as a spreadsheet numbers it (1 is the header); `must` says what was expected."""

    row: int
    column: str
    value: str
    must: str


@dataclass
class ImportReport:
    """What an import did, or would do (`dry_run`). With `errors` nothing was written."""

    kind: str
    rows: int = 0
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0
    demo_left: int = 0
    dry_run: bool = False
    errors: list[RowError] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not self.errors


def table_version(kind: str) -> str:
    """The counter that moves with every change of a table, whether anything of it is held in memory or not."""
    return f"table:{kind}"


class _DryRun(Exception):
    """Ends the transaction of a dry run; never leaves this module."""


async def import_file(
    db: Database,
    kind: str,
    path: Path,
    *,
    dry_run: bool = False,
    datum: Datum = "wgs84",
    replace: bool = False,
    clock: Clock | None = None,
) -> ImportReport:
    """Import one file. `replace` also removes the rows of that kind that the file does not have.

    Invalid (field `kind` or `file`) when the kind is not known or the file cannot be read at all.
    """
    spec = SPECS.get(kind)
    if spec is None:
        raise Invalid("kind", "数据种类只能是 " + "、".join(SPECS))
    return await import_table(db, spec, read_table(path), dry_run=dry_run, datum=datum, replace=replace, clock=clock)


async def import_table(
    db: Database,
    spec: Spec,
    table: list[list[str]],
    *,
    dry_run: bool = False,
    datum: Datum = "wgs84",
    replace: bool = False,
    clock: Clock | None = None,
) -> ImportReport:
    """Import a header row and data rows, as `import_file` does."""
    report = ImportReport(spec.kind, dry_run=dry_run)
    # beside the loop: a big file must not make a chat wait
    numbered = await asyncio.to_thread(_read_rows, spec, table, datum, report)
    report.rows = len(numbered)
    try:
        async with db.write() as session:
            await _check_references(session, spec, numbered, report)
            if report.errors:
                report.errors.sort(key=lambda error: error.row)
                return report
            await _store(session, spec, [values for _, values in numbered], report, replace)
            now = (clock or SystemClock()).now()
            for version in (*spec.versions, table_version(spec.kind)):
                await bump(session, version, now)
            if dry_run:
                raise _DryRun
    except _DryRun:
        pass
    return report


async def read_one(session: AsyncSession, spec: Spec, table: list[list[str]]) -> tuple[Values, list[RowError]]:
    """The values of a header and one row, checked as for an import; empty when there are errors."""
    report = ImportReport(spec.kind, rows=1)
    numbered = _read_rows(spec, table, "wgs84", report)
    await _check_references(session, spec, numbered, report)
    if not numbered and not report.errors:
        report.errors.append(RowError(2, spec.columns[0].name, "", "必填"))
    return ({}, report.errors) if report.errors else (numbered[0][1], [])


async def load_demo(db: Database, folder: Path = REFERENCE_DIR, clock: Clock | None = None) -> dict[str, int]:
    """Fill every table that is still empty from its demo file; returns the rows added per kind.

    ValueError when a committed file does not hold together: that is a fault of the program, not of a user.
    """
    added: dict[str, int] = {}
    for spec in SPECS.values():
        if spec.demo_file is None:
            continue
        async with db.read() as session:
            if await session.scalar(select(func.count()).select_from(spec.model)):
                continue
        report = await import_table(db, spec, read_table(folder / spec.demo_file), clock=clock)
        if report.errors:
            raise ValueError(f"{spec.demo_file}: {report.errors[0]}")
        added[spec.kind] = report.added
    return added


# -- checking ----------------------------------------------------------------------------------------------


def _read_rows(spec: Spec, table: list[list[str]], datum: Datum, report: ImportReport) -> list[tuple[int, Values]]:
    columns = _header(spec, table[0] if table else [], report)
    if report.errors:
        return []
    numbered: list[tuple[int, Values]] = []
    seen: dict[tuple[Any, ...], int] = {}
    for row, cells in enumerate(table[1:], 2):
        if not any(cells):
            continue
        values = _read_row(spec, columns, row, cells, report)
        if values is None:
            continue
        problems = list(spec.check(values)) if spec.check else []
        if spec.point:
            problems += _to_wgs84(values, datum)
        report.errors += [RowError(row, column, _shown(values.get(column)), must) for column, must in problems]
        key = tuple(str(values.get(attribute)) for attribute in spec.key)
        if key in seen:
            must = f"不能和第{seen[key]}行重复"
            report.errors.append(RowError(row, spec.key[0], "、".join(key), must))
        seen.setdefault(key, row)
        numbered.append((row, values))
    return numbered


def _shown(value: Any) -> str:
    return "" if value is None else str(value)


def _header(spec: Spec, header: list[str], report: ImportReport) -> dict[int, Column]:
    known = {name: column for column in spec.columns for name in (column.name, column.label)}
    columns: dict[int, Column] = {}
    for index, title in enumerate(header):
        if not title:
            continue
        column = known.get(title)
        if column is None:
            names = "、".join(f"{column.name}（{column.label}）" for column in spec.columns)
            report.errors.append(RowError(1, title, title, f"没有这一列；可以有 {names}"))
        elif column in columns.values():
            report.errors.append(RowError(1, title, title, "只能出现一次"))
        else:
            columns[index] = column
    for column in spec.columns:
        if column not in columns.values() and not column.optional:
            report.errors.append(RowError(1, column.name, "", f"缺少这一列（{column.label}）"))
    return columns


def _read_row(
    spec: Spec, columns: Mapping[int, Column], row: int, cells: list[str], report: ImportReport
) -> Values | None:
    values: Values = {column.attribute: column.default for column in spec.columns}
    sound = True
    if any(cell for index, cell in enumerate(cells) if index not in columns):
        report.errors.append(RowError(row, "", "", "不能比表头多出内容"))
        sound = False
    for index, column in columns.items():
        cell = cells[index] if index < len(cells) else ""
        try:
            if cell:
                values[column.attribute] = column.read(to_codes(spec.kind, column, cell))
            elif column.required:
                raise ValueError("必填")
        except ValueError as error:
            report.errors.append(RowError(row, column.name, cell, in_words(spec.kind, column, str(error))))
            sound = False
    return values if sound else None


def _to_wgs84(values: Values, datum: Datum) -> list[tuple[str, str]]:
    lng, lat = values.get("lng"), values.get("lat")
    if lng is None and lat is None:
        return []
    if lng is None or lat is None:
        return [("lat" if lat is None else "lng", "经度、纬度要么都填，要么都不填")]
    if datum != "wgs84":
        lng, lat = gcj02_to_wgs84(lng, lat) if datum == "gcj02" else bd09_to_wgs84(lng, lat)
        values["lng"], values["lat"] = round(lng, 6), round(lat, 6)
    if in_kunshan(lng, lat):
        return []
    swapped = "；经纬度好像填反了" if -90 <= lng <= 90 and in_kunshan(lat, lng) else ""
    return [("lng", f"要在昆山范围内{swapped}")]


async def _check_references(
    session: AsyncSession, spec: Spec, numbered: list[tuple[int, Values]], report: ImportReport
) -> None:
    labels = {column.attribute: column.name for column in spec.columns}
    for attribute, (model, target) in spec.references.items():
        known = set(await session.scalars(select(getattr(model, target))))
        for row, values in numbered:
            value = values.get(attribute)
            wanted = value if isinstance(value, list) else [value] if value is not None else []
            missing = [str(item) for item in wanted if item not in known]
            if missing:
                must = f"要是已有的编号；没有 {'、'.join(missing)}"
                report.errors.append(RowError(row, labels[attribute], "|".join(map(str, wanted)), must))


# -- writing -----------------------------------------------------------------------------------------------


async def _store(session: AsyncSession, spec: Spec, rows: list[Values], report: ImportReport, replace: bool) -> None:
    if spec.store is not None:
        report.added, report.changed = await spec.store(session, rows)
        report.unchanged = report.rows - report.added - report.changed
        return
    known: dict[tuple[str, ...], Any] = {}
    for existing in await session.scalars(select(spec.model)):
        known[tuple(str(getattr(existing, attribute)) for attribute in spec.key)] = existing
    fresh: list[Values] = []
    for values in rows:
        row = known.pop(tuple(str(values[attribute]) for attribute in spec.key), None)
        if row is None:
            fresh.append(values)
        elif _update(row, values):
            report.changed += 1
        else:
            report.unchanged += 1
    await session.flush()
    if replace:
        for row in known.values():
            await session.delete(row)
        report.removed = len(known)
        await session.flush()
    else:
        report.demo_left = sum(_is_demo(row) for row in known.values())
    if fresh:
        await session.execute(insert(spec.model), fresh)
        report.added = len(fresh)


def _update(row: Any, values: Values) -> bool:
    changed = [name for name, value in values.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, values[name])
    return bool(changed)


def _is_demo(row: Any) -> bool:
    return str(getattr(row, "provenance", "")).startswith(DEMO_PREFIX)
