"""Write docs/coverage.md from tests/dialogue/coverage.yml: python scripts/coverage_matrix.py"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.dialogue.coverage import page  # noqa: E402

if __name__ == "__main__":
    (ROOT / "docs" / "coverage.md").write_text(page(), encoding="utf-8")
