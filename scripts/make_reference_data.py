"""Write ``data/reference/*.csv`` and the derived parts of ``data/gazetteer/``: same input, same bytes.

Usage: ``python scripts/make_reference_data.py`` (write) or ``… --check`` (exit 1 and name the files that
differ). Hand-kept: names, aliases, misspellings and published points in ``data/gazetteer/``; the seed's
facts in ``scripts/reference_data/``. Everything synthetic is marked ``demo`` in its ``provenance`` column.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "scripts")]

from reference_data.build import build_all  # noqa: E402  (the path must be set first)
from reference_data.common import write  # noqa: E402


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing, exit 1 if a file would change")
    args = parser.parse_args(argv)
    changed = []
    for relative, text in build_all().items():
        path = ROOT / "data" / relative
        if path.exists() and path.read_bytes() == text.encode("utf-8"):
            continue
        changed.append(relative)
        if not args.check:
            write(path, text)
    for relative in changed:
        print(f"{'differs' if args.check else 'wrote'}: data/{relative}")
    return 1 if args.check and changed else 0


if __name__ == "__main__":
    sys.exit(main())
