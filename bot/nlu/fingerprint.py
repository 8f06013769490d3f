"""What a trained component depends on besides its configuration and the training data.

Rasa keeps a component's result as long as its own source, configuration and inputs stay the same; it does not
see the modules and files a component leans on. A change to those must retrain it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path


def files_hash(paths: Iterable[Path]) -> str:
    """A hash over the names and contents of the files. FileNotFoundError when one is missing."""
    digest = hashlib.sha256()
    for path in sorted(paths, key=lambda path: path.name):
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def modules_hash(*names: str) -> str:
    """A hash over the sources of these modules of bot/, named as "nlu/features", "language/normalise"."""
    bot = Path(__file__).resolve().parents[1]
    return files_hash(bot / f"{name}.py" for name in names)
