"""Tables that people keep in spreadsheets: a CSV or XLSX file to rows of text."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from bot.services.errors import Invalid

MAX_ROWS = 200_000
MAX_BYTES = 50_000_000
MAX_UNPACKED = 500_000_000  # bytes of an XLSX: it is a packed folder


def read_table(path: Path) -> list[list[str]]:
    """Cells of a CSV (UTF-8, with or without BOM, or GB 18030) or of the first sheet of an XLSX, stripped."""
    if not path.is_file():
        raise Invalid("file", f"找不到文件 {path.name}")
    if path.stat().st_size > MAX_BYTES:
        raise Invalid("file", f"文件不能超过 {MAX_BYTES // 1_000_000} MB")
    return read_bytes(path.name, path.read_bytes())


def read_bytes(name: str, raw: bytes) -> list[list[str]]:
    """As `read_table`, for a file that was sent; its kind is told by the name. Invalid."""
    if name.lower().endswith(".xlsx"):
        return _read_xlsx(raw)
    if name.lower().endswith(".csv"):
        return _read_csv(raw)
    raise Invalid("file", "文件要是 .csv 或 .xlsx")


def _read_csv(raw: bytes) -> list[list[str]]:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            decoded = raw.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise Invalid("file", "文字编码要是 UTF-8 或 GB18030")
    try:
        rows = csv.reader(io.StringIO(decoded, newline=""), strict=True)
        return _limited([cell.strip() for cell in row] for row in rows)
    except csv.Error as error:
        raise Invalid("file", f"不是完整的 CSV（{error}）") from error


def _read_xlsx(raw: bytes) -> list[list[str]]:
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    # a broken sheet shows only while its rows are read; SyntaxError is that of the XML parser
    broken = (InvalidFileException, zipfile.BadZipFile, LookupError, ValueError, TypeError, OSError, SyntaxError)
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as parts:
            if sum(part.file_size for part in parts.infolist()) > MAX_UNPACKED:
                raise Invalid("file", "这个 .xlsx 展开后太大")
        book = load_workbook(io.BytesIO(raw), read_only=True, data_only=True)
        try:
            sheet = book.worksheets[0]
            return _limited([_cell(value) for value in row] for row in sheet.iter_rows(values_only=True))
        finally:
            book.close()
    except broken as error:
        raise Invalid("file", "打不开这个 .xlsx 文件") from error


def _limited(rows: Iterable[list[str]]) -> list[list[str]]:
    table: list[list[str]] = []
    for row in rows:
        table.append([_unmarked(cell) for cell in row])
        if len(table) > MAX_ROWS:
            raise Invalid("file", f"不能超过 {MAX_ROWS} 行")
    return table


def _unmarked(cell: str) -> str:
    """Without the mark that `exporting.safe_cell` puts before what a spreadsheet would run."""
    return cell[1:] if re.match(r"'[=+\-@]", cell) else cell


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time(0) else value.isoformat(" ", "minutes")
    if isinstance(value, time):
        return value.strftime("%H:%M")
    if isinstance(value, date):
        return value.isoformat()
    return str(value).strip()
