"""`nuanxin export KIND FILE`: reference data as CSV, in the form that `nuanxin import` reads; and tables as CSV or
XLSX for whoever downloads them. A spreadsheet runs no cell of ours as a formula."""

from __future__ import annotations

import csv
import io
import os
import re
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, Protocol
from xml.sax.saxutils import escape, quoteattr

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


class Writer(Protocol):
    """A download that is made while it goes out: `rows` and `end` return the bytes that are ready."""

    def rows(self, table: Table) -> bytes: ...

    def end(self) -> bytes: ...


class CsvWriter:
    """As `csv_bytes`, piece by piece."""

    def __init__(self) -> None:
        self._begun = False

    def rows(self, table: Table) -> bytes:
        piece = csv_bytes(table)
        piece, self._begun = piece[3 if self._begun else 0 :], True  # one byte order mark a file
        return piece

    def end(self) -> bytes:
        return b""


class XlsxWriter:
    """A workbook of one sheet, piece by piece; its first row is a header that stays in sight. Texts are texts."""

    def __init__(self, title: str) -> None:
        self._pipe = _Pipe()
        self._zip = zipfile.ZipFile(self._pipe, "w", zipfile.ZIP_DEFLATED, compresslevel=5)
        parts = dict(_XLSX_PARTS)
        parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace('"TITLE"', quoteattr(title[:31]))
        for name, text in parts.items():
            self._zip.writestr(name, _XML + text)
        self._sheet = self._zip.open("xl/worksheets/sheet1.xml", "w")
        self._sheet.write((_XML + _SHEET_HEAD).encode())
        self._row = 0

    def rows(self, table: Table) -> bytes:
        for row in table:
            self._row += 1
            style = ' s="1"' if self._row == 1 else ""
            self._sheet.write(
                f'<row r="{self._row}">{"".join(_xlsx_cell(value, style) for value in row)}</row>'.encode()
            )
        return self._pipe.take()

    def end(self) -> bytes:
        self._sheet.write(b"</sheetData></worksheet>")
        self._sheet.close()
        self._zip.close()
        return self._pipe.take()


class _Pipe(io.RawIOBase):
    """What is written, until it is taken; nobody can go back in it."""

    def __init__(self) -> None:
        self._held = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._held += data
        return len(data)

    def take(self) -> bytes:
        taken = bytes(self._held)
        self._held.clear()
        return taken


_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_OOXML = "http://schemas.openxmlformats.org"
_MAIN = f"{_OOXML}/spreadsheetml/2006/main"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_LINKS = f"{_OOXML}/officeDocument/2006/relationships"
_XLSX_PARTS = {
    "[Content_Types].xml": (
        f'<Types xmlns="{_OOXML}/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPE}.worksheet+xml"/></Types>'
    ),
    "_rels/.rels": (
        f'<Relationships xmlns="{_OOXML}/package/2006/relationships">'
        f'<Relationship Id="r1" Type="{_LINKS}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/workbook.xml": (
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_LINKS}">'
        '<sheets><sheet name="TITLE" sheetId="1" r:id="r1"/></sheets></workbook>'
    ),
    "xl/_rels/workbook.xml.rels": (
        f'<Relationships xmlns="{_OOXML}/package/2006/relationships">'
        f'<Relationship Id="r1" Type="{_LINKS}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="r2" Type="{_LINKS}/styles" Target="styles.xml"/></Relationships>'
    ),
    "xl/styles.xml": (
        f'<styleSheet xmlns="{_MAIN}"><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
        '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
        '<fills count="2"><fill><patternFill patternType="none"/></fill>'
        '<fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border/></borders>'
        '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
        '<cellXfs count="2"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
        '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/></cellXfs>'
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
    ),
}
_SHEET_HEAD = (
    f'<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
    '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetData>'
)


def _xlsx_cell(value: Any, style: str) -> str:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f"<c{style}><v>{value}</v></c>"
    text = escape(_CONTROL.sub("", safe_cell(value)))
    return f'<c{style} t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>' if text else f"<c{style}/>"


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
