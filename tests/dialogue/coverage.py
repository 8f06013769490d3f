"""What coverage.yml says, and the page that is made of it (see scripts/coverage_matrix.py)."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
FILE = Path(__file__).with_name("coverage.yml")
HEAD = """# Coverage: initiative × task × where tested

Made by `python scripts/coverage_matrix.py` from `tests/dialogue/coverage.yml`; do not edit. `tests/dialogue/test_coverage.py`
fails when a test named here does not exist, when a task of the chat has no conversation, when an action, a form or a
scenario stands in no row, and when this page is old. A conversation named for a task is checked to run that task's actions.

Conversations are scenarios of `tests/dialogue/scenarios/` (`test_scenarios.py`): whole talks with the trained model, the real
actions, services and database. {scenarios} of them stand in the table; {rows} tasks.

| initiative | task | conversations | further tests |
|---|---|---|---|
"""


@dataclass(frozen=True)
class Task:
    """One row. `page`: no conversation of its own (a page, an import, what is pushed)."""

    initiative: int
    group: str
    task: str
    runs: frozenset[str] = frozenset()
    also_runs: frozenset[str] = frozenset()
    scenarios: tuple[str, ...] = ()
    tests: tuple[str, ...] = ()
    page: bool = field(default=False)


@cache
def tasks() -> tuple[Task, ...]:
    return tuple(_read())


def _read() -> Iterator[Task]:
    for group in yaml.safe_load(FILE.read_text(encoding="utf-8")):
        for row in group["tasks"]:
            yield Task(
                initiative=int(group["initiative"]),
                group=str(group["name"]),
                task=str(row["task"]),
                runs=frozenset(row.get("runs", ())),
                also_runs=frozenset(row.get("also_runs", ())),
                scenarios=tuple(row.get("scenarios", ())),
                tests=tuple(row.get("tests", ())),
                page=bool(row.get("page", False)),
            )


def wanted_actions(scenario: str) -> Iterator[tuple[str, frozenset[str]]]:
    """(task, its actions) for each row that a scenario stands in."""
    for task in tasks():
        if scenario in task.scenarios:
            yield task.task, task.runs


def missing_tests() -> list[str]:
    """Names in the table that are no test."""
    return [name for task in tasks() for name in task.tests if not _exists(name)]


def _exists(name: str) -> bool:
    file, _, function = name.partition("::")
    path = ROOT / file
    if not path.is_file():
        return False
    functions = {
        node.name
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_")
    }
    return function in functions if function else bool(functions)


def page() -> str:
    """The text of docs/coverage.md."""
    rows = []
    for task in tasks():
        number = f"{task.initiative:02d} " if task.initiative else ""
        talks = ", ".join(f"`{name}`" for name in task.scenarios) or "—"
        further = ", ".join(f"`{name.removeprefix('tests/')}`" for name in task.tests)
        rows.append(f"| {number}{task.group} | {task.task} | {talks} | {further} |")
    count = len({name for task in tasks() for name in task.scenarios})
    return HEAD.format(scenarios=count, rows=len(rows)) + "\n".join(rows) + "\n"
