"""Keeps TensorFlow out of a process that has no use for it.

Rasa imports TensorFlow wherever it is itself imported; our pipeline has no component that computes with it
(docs/decisions/0006). Measured on two cores, that import is half of the start and 300 MB a process. Here its
place is taken by a module of empty classes, from which Rasa's unused classes can be derived and which does
nothing. A pipeline that names any component of Rasa's own beyond the two rule-like policies gets the real one.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import sys
from collections.abc import Sequence
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

import yaml

from bot.settings import ROOT

PACKAGES = ("tensorflow", "tensorflow_hub", "tensorflow_text", "keras")
PLAIN = frozenset({"RulePolicy", "MemoizationPolicy", "AugmentedMemoizationPolicy"})


def keep_tensorflow_out(config: Path = ROOT / "config.yml") -> bool:
    """Call before the first import of rasa. False, and nothing done, where the real one is needed or in use."""
    if "tensorflow" in sys.modules or not _is_plain(config):
        return False
    for name in PACKAGES:
        # spaCy's thinc asks whether they are there, and shall hear no
        sys.modules[name] = None  # type: ignore[assignment]
    import thinc.compat  # noqa: F401

    for name in PACKAGES:
        del sys.modules[name]
    sys.meta_path.insert(0, _Finder())
    return True


def _is_plain(config: Path) -> bool:
    parts = yaml.safe_load(config.read_text(encoding="utf-8"))
    names = [part["name"] for key in ("pipeline", "policies") for part in parts.get(key) or []]
    return bool(names) and all(name.startswith("bot.") or name in PLAIN for name in names)


class _Empty(type):
    """The metaclass of classes that have every attribute, are called without effect, and may be derived from."""

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _Empty(name, (), {})

    def __call__(cls, *arguments: Any, **options: Any) -> Any:
        if len(arguments) == 1 and isinstance(arguments[0], FunctionType | type) and not options:
            return arguments[0]  # used as a decorator
        return super().__call__()


class _Module(ModuleType):
    __path__: list[str] = []  # noqa: RUF012 - every submodule can be imported

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name != "__version__":
            raise AttributeError(name)
        return _Empty(name, (), {})


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname.partition(".")[0] in PACKAGES:
            return importlib.machinery.ModuleSpec(fullname, self, is_package=True)
        return None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        return _Module(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """There is nothing to run."""
