"""All generated files, as a mapping from path under ``data/`` to text."""

from __future__ import annotations

import csv
from pathlib import Path

import jieba

from bot.geo.files import GAZETTEER_DIR, read_csv
from bot.geo.places import PLACE_FILES, Gazetteer
from reference_data import points
from reference_data.common import Row, csv_text


def build_all() -> dict[str, str]:
    """Every generated file's text. Reads the hand-kept gazetteer columns, writes nothing."""
    files: dict[str, str] = {}
    tables = {name: read_csv(GAZETTEER_DIR / f"{name}.csv") for name in PLACE_FILES}
    points.fill(tables)
    for name, rows in tables.items():
        files[f"gazetteer/{name}.csv"] = csv_text(_header(GAZETTEER_DIR / f"{name}.csv"), rows)
    files["gazetteer/common_words.csv"] = csv_text(["word"], _common_words(tables))
    return files


def _header(path: Path) -> list[str]:
    with path.open(encoding="utf-8", newline="") as handle:
        return next(csv.reader(handle))


def _common_words(tables: dict[str, list[Row]]) -> list[Row]:
    """Dictionary words (jieba, MIT) that sound like a place: the gazetteer must not hear a place in them."""
    gazetteer = Gazetteer(row for rows in tables.values() for row in rows)
    dictionary = Path(jieba.__file__).with_name("dict.txt").read_text(encoding="utf-8")
    words = {line.split(" ", 1)[0] for line in dictionary.splitlines()}
    return [{"word": word} for word in sorted(words) if gazetteer.sounds_like_a_place(word)]
