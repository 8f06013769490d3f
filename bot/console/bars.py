"""A plot of bars by month as plain numbers for an SVG: server-rendered, no script, no inline style."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 640, 200
LEFT, BOTTOM, TOP = 36, 28, 12
MOST_MONTHS = 18


@dataclass(frozen=True)
class Bar:
    """One bar: its box, the value and what it stands for. `series` counts from 1."""

    x: float
    y: float
    width: float
    height: float
    value: int
    name: str
    series: int


@dataclass(frozen=True)
class Bars:
    """`rows`: the same numbers for the table beside the picture. `grid`: (y, label); `labels`: (x, text)."""

    width: int
    height: int
    left: int
    base: float
    series: Sequence[str]
    bars: Sequence[Bar]
    grid: Sequence[tuple[float, int]]
    labels: Sequence[tuple[float, str]]
    rows: Sequence[tuple[str, tuple[int, ...]]]


def bars(values: Mapping[str, tuple[int, ...]], series: Sequence[str]) -> Bars:
    """Bars of the last months; `values`: month → a number for each of `series`."""
    rows = list(values.items())[-MOST_MONTHS:]
    highest = max((value for _, one in rows for value in one), default=0)
    step = _step(highest)
    top = step * max(1, -(-highest // step))
    base = HEIGHT - BOTTOM
    tall = base - TOP
    group = (WIDTH - LEFT) / max(1, len(rows))
    wide = min(28.0, group * 0.8 / max(1, len(series)))
    found = []
    for at, (month, one) in enumerate(rows):
        start = LEFT + group * at + (group - wide * len(series)) / 2
        for number, value in enumerate(one):
            height = round(tall * value / top, 1)
            name = f"{month} {series[number]} {value}"
            found.append(
                Bar(
                    round(start + wide * number, 1),
                    round(base - height, 1),
                    round(wide - 2, 1),
                    height,
                    value,
                    name,
                    number + 1,
                )
            )
    grid = [(round(base - tall * value / top, 1), value) for value in range(0, top + 1, step)]
    every = -(-len(rows) // 9) if rows else 1
    labels = [(round(LEFT + group * (at + 0.5), 1), month) for at, (month, _) in enumerate(rows) if at % every == 0]
    return Bars(WIDTH, HEIGHT, LEFT, base, series, found, grid, labels, rows)


def _step(highest: int) -> int:
    """A round step that needs at most five lines."""
    step = 1
    while highest > step * 5:
        step = step * 2 if str(step)[0] in "15" else step * 5 // 2
    return step
