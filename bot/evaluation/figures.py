"""The figures of one model on some files of rows, as JSON: for who compares models (`nuanxin retrain`).

    python -m bot.evaluation.figures --model M --out figures.json dev.jsonl more.jsonl

A process of its own, so that two models are never in one memory; the model is loaded once for all files.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from bot.evaluation.data import initiatives, read_rows
from bot.evaluation.metrics import summary
from bot.evaluation.predict import predict


def main(arguments: Sequence[str] | None = None) -> int:
    """Writes a list with the `summary` of each file, in their order."""
    parser = argparse.ArgumentParser(prog="python -m bot.evaluation.figures", description=__doc__)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("rows", type=Path, nargs="+", help="JSON lines in the form of tests/data/dev.jsonl")
    options = parser.parse_args(arguments)
    files = [read_rows(path) for path in options.rows]
    predictions = iter(predict(options.model, [row.text for rows in files for row in rows]))
    initiative = initiatives()
    found = [summary(rows, [next(predictions) for _ in rows], initiative) for rows in files]
    options.out.write_text(json.dumps(found), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
