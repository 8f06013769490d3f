"""Seeded randomness, CSV writing, and the words that mark a row as demonstration data."""

from __future__ import annotations

import csv
import hashlib
import io
import random
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

SEED = 20251029
DEMO = f"demo: synthetic, seed {SEED}"
DEMO_MARK = "（示例数据）"
SEED_ARTICLE = "seed article (第一昆山网, 昆山市暖心聚“新”十大党建重点项目)"

Row = dict[str, str]


def rng_for(*key: object) -> random.Random:
    """A random stream of its own for each key, so that adding one row leaves all others as they were."""
    digest = hashlib.sha256("|".join(map(str, (SEED, *key))).encode()).digest()
    return random.Random(int.from_bytes(digest[:8], "big"))


def csv_text(columns: Sequence[str], rows: Iterable[Mapping[str, object]]) -> str:
    """UTF-8 CSV with a header row and ``\\n`` line ends; a row with a column too many is a ValueError."""
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, columns, lineterminator="\n", restval="")
    writer.writeheader()
    writer.writerows(rows)
    return buffer.getvalue()


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode("utf-8"))
