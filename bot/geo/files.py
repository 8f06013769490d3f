"""Where the geographic data files are, and how they are read."""

from __future__ import annotations

import csv
from pathlib import Path

DATA_DIR = Path(__file__).resolve().parents[2] / "data"
GAZETTEER_DIR = DATA_DIR / "gazetteer"
REFERENCE_DIR = DATA_DIR / "reference"


def read_csv(path: Path) -> list[dict[str, str]]:
    """Rows of a UTF-8 CSV file with a header row. ValueError, naming file and line, for a ragged row."""
    with path.open(encoding="utf-8", newline="") as handle:
        reader = csv.DictReader(handle, strict=True)
        rows = []
        for row in reader:
            if None in row or None in row.values():
                raise ValueError(f"{path.name} line {reader.line_num}: wrong number of columns")
            rows.append(row)
        return rows


def split_list(cell: str) -> tuple[str, ...]:
    """The parts of a cell that holds a list separated by ``|``; empty parts are dropped."""
    return tuple(part.strip() for part in cell.split("|") if part.strip())
