"""`nuanxin export KIND FILE`: reference data as CSV, in the form that `nuanxin import` reads; and tables as CSV or
XLSX for whoever downloads them. A spreadsheet runs no cell of ours as a formula."""

from __future__ import annotations

import csv
import io
import os
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.services.clock import SHANGHAI
from bot.services.errors import Invalid
from bot.services.import_spec import Spec
from bot.services.importing import SPECS
from bot.storage.base import Database

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")  # what XML cannot hold
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
Table = Sequence[Sequence[Any]]


async def export_kind(db: Database, kind: str, path: Path) -> int:
    """Write all rows of a kind, by key; returns how many. Points are WGS-84.

    Invalid (field `kind`) when there is no such kind, or its file is not one row a row of the table.
    OSError when the file cannot be written.
    """
    spec = SPECS.get(kind)
    if spec is None or spec.store is not None:
        kinds = "、".join(name for name, known in SPECS.items() if known.store is None)
        raise Invalid("kind", f"能导出的数据种类只有 {kinds}")
    async with db.read() as session:
        table = await table_of(session, spec)
    partial = path.with_name(path.name + ".partial")
    partial.write_bytes(csv_bytes(table))
    os.replace(partial, path)
    return len(table) - 1


async def table_of(session: AsyncSession, spec: Spec, *, rows: bool = True) -> list[list[Any]]:
    """The header and all rows of a kind, by key; with `rows` False the header only, to be filled in."""
    table: list[list[Any]] = [[column.name for column in spec.columns]]
    if rows:
        found = list(await session.scalars(select(spec.model)))
        found.sort(key=lambda row: tuple(str(getattr(row, attribute)) for attribute in spec.key))
        table += [[getattr(row, column.attribute) for column in spec.columns] for row in found]
    return table


def csv_bytes(table: Table) -> bytes:
    """UTF-8 with a byte order mark: spreadsheets then read it as UTF-8."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows([safe_cell(value) for value in row] for row in table)
    return text.getvalue().encode("utf-8-sig")


def xlsx_bytes(sheets: Mapping[str, Table]) -> bytes:
    """A workbook of named sheets, the first row of each a header that stays in sight. Texts are texts."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    book = Workbook(write_only=True)
    for name, table in sheets.items():
        sheet: Any = book.create_sheet(name[:31])
        sheet.freeze_panes = "A2"
        for number, row in enumerate(table):
            cells = []
            for value in row:
                plain = isinstance(value, int | float) and not isinstance(value, bool)
                cell = WriteOnlyCell(sheet, value=value if plain else _CONTROL.sub("", safe_cell(value)))
                if not plain:
                    cell.data_type = "s"  # else "=1+1" would be a formula
                if number == 0:
                    cell.font = Font(bold=True)
                cells.append(cell)
            sheet.append(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def safe_cell(value: Any) -> str:
    """What a cell of a download holds: as `cell_text`, with a mark before what a spreadsheet would run."""
    text = cell_text(value)
    return "'" + text if isinstance(value, str | list) and text.startswith(_FORMULA) else text


def cell_text(value: Any) -> str:
    """A value as the importer reads it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, list):
        return "|".join(cell_text(item) for item in value)
    if isinstance(value, datetime):
        return value.astimezone(SHANGHAI).isoformat(" ", "minutes").removesuffix("+08:00")
    if isinstance(value, date):
        return value.isoformat()
    return str(value)
