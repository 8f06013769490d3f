"""`nuanxin export KIND FILE`: reference data as CSV, in the form that `nuanxin import` reads."""

from __future__ import annotations

import csv
import io
import os
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from bot.services.clock import SHANGHAI
from bot.services.errors import Invalid
from bot.services.importing import SPECS
from bot.storage.base import Database

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


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
        rows = list(await session.scalars(select(spec.model)))
    rows.sort(key=lambda row: tuple(str(getattr(row, attribute)) for attribute in spec.key))
    table = [[_cell(getattr(row, column.attribute)) for column in spec.columns] for row in rows]
    _write(path, [[column.name for column in spec.columns], *table])
    return len(rows)


def _write(path: Path, table: list[list[str]]) -> None:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(table)
    partial = path.with_name(path.name + ".partial")
    # with a byte order mark: spreadsheets then read it as UTF-8
    partial.write_text(text.getvalue(), encoding="utf-8-sig", newline="")
    os.replace(partial, path)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, list):
        return "|".join(_cell(item) for item in value)
    if isinstance(value, datetime):
        return value.astimezone(SHANGHAI).isoformat(" ", "minutes").removesuffix("+08:00")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str) and value.startswith(_FORMULA):
        return "'" + value  # a spreadsheet would run it
    return str(value)
