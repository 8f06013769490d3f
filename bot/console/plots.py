"""Plots as SVG, made on the server: shapes with CSS classes, a title and a description for screen readers.

A plot is a picture (role img); the numbers, and the links to their rows, stand in the table behind it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

from markupsafe import Markup, escape

WIDTH, HEIGHT = 640, 200
LEFT, RIGHT, TOP, BOTTOM = 46, 18, 10, 24
HEAT_STEPS = 5  # shades


@dataclass(frozen=True)
class Series:
    """A line; None leaves a gap. `style`: CSS class, one of s1 (whole), s2 (dashed): not by colour alone."""

    name: str
    style: str
    values: Sequence[float | None]


def _svg(key: str, title: str, description: str, width: int, height: int, body: str, more: str = "") -> Markup:
    return Markup(  # noqa: S704 - every text in it is escaped
        f'<svg class="plot{more}" role="img" aria-labelledby="{key}-t {key}-d" viewBox="0 0 {width} {height}">'
        f'<title id="{key}-t">{escape(title)}</title><desc id="{key}-d">{escape(description)}</desc>{body}</svg>'
    )


def lines(
    key: str, title: str, description: str, labels: Sequence[str], series: Sequence[Series], unit: str = ""
) -> Markup:
    """Lines over time. `key`: unique on the page; `unit` stands behind the numbers of the axis."""
    top, step = nice_top(max((v for one in series for v in one.values if v is not None), default=0.0))
    body = _grid(top, step, unit) + _labels(labels, [_x(place, len(labels)) for place in range(len(labels))])
    for one in series:
        path, pen = [], "M"
        for place, value in enumerate(one.values):
            if value is None:
                pen = "M"
                continue
            path.append(f"{pen}{_x(place, len(labels)):.1f} {_y(value, top):.1f}")
            pen = "L"
        body += f'<path class="line {one.style}" d="{"".join(path)}"/>'
        if len(labels) <= 31:
            body += "".join(
                f'<circle class="dot {one.style}" cx="{_x(place, len(labels)):.1f}" cy="{_y(value, top):.1f}" r="2.5"/>'
                for place, value in enumerate(one.values)
                if value is not None
            )
    return _svg(key, title, description, WIDTH, HEIGHT, body)


def columns(key: str, title: str, description: str, labels: Sequence[str], values: Sequence[int]) -> Markup:
    """Upright bars over time."""
    top, step = nice_top(max(values, default=0))
    room = (WIDTH - LEFT - RIGHT) / max(len(values), 1)
    body = _grid(top, step, "")
    for place, value in enumerate(values):
        y = _y(value, top)
        body += (
            f'<rect class="bar" x="{LEFT + room * place + room * 0.15:.1f}" y="{y:.1f}" '
            f'width="{room * 0.7:.1f}" height="{HEIGHT - BOTTOM - y:.1f}"/>'
        )
    body += _labels(labels, [LEFT + room * (place + 0.5) for place in range(len(labels))])
    return _svg(key, title, description, WIDTH, HEIGHT, body)


def heat(
    key: str, title: str, description: str, rows: Sequence[str], columns: Sequence[str], values: Sequence[Sequence[int]]
) -> Markup:
    """A table of shades; the busiest cells also carry their number."""
    cell, left, top = 25, 40, 20
    most = max((value for row in values for value in row), default=0)
    body = "".join(
        f'<text class="axis" x="{left + cell * place + cell / 2}" y="14" text-anchor="middle">{escape(name)}</text>'
        for place, name in enumerate(columns)
    )
    for line, name in enumerate(rows):
        y = top + cell * line
        body += f'<text class="axis" x="{left - 6}" y="{y + 17}" text-anchor="end">{escape(name)}</text>'
        for place, value in enumerate(values[line]):
            shade = ceil(HEAT_STEPS * value / most) if most else 0
            x = left + cell * place
            body += f'<rect class="heat h{shade}" x="{x}" y="{y}" width="{cell - 2}" height="{cell - 2}" rx="3"/>'
            if shade == HEAT_STEPS and value < 1000:
                middle = x + cell / 2 - 1
                body += f'<text class="hot" x="{middle}" y="{y + 16}" text-anchor="middle">{value}</text>'
    width, height = left + cell * len(columns), top + cell * len(rows)
    return _svg(key, title, description, width, height, body, " wide")


def spark(values: Sequence[float]) -> Markup:
    """A small line beside a number that says the same: nothing for screen readers."""
    most, last = max(values, default=0) or 1, max(len(values) - 1, 1)
    path = "".join(
        f"{'L' if place else 'M'}{120 * place / last:.1f} {22 - 20 * value / most:.1f}"
        for place, value in enumerate(values)
    )
    return Markup(  # noqa: S704 - numbers only
        f'<svg class="spark" aria-hidden="true" focusable="false" viewBox="0 0 120 24">'
        f'<path class="line s1" d="{path}"/></svg>'
    )


def bar(value: float, most: float, style: str = "") -> Markup:
    """A lying bar beside a number that says the same."""
    width = 160 * value / most if most else 0
    return Markup(  # noqa: S704 - numbers only
        f'<svg class="lying" aria-hidden="true" focusable="false" viewBox="0 0 160 12">'
        f'<rect class="rail" width="160" height="12" rx="2"/>'
        f'<rect class="bar {escape(style)}" width="{min(width, 160):.1f}" height="12" rx="2"/></svg>'
    )


def nice_top(most: float) -> tuple[float, float]:
    """(end of the axis, distance of its marks): 1, 2 or 5 times a power of ten, at most five marks."""
    if most <= 0:
        return 1.0, 1.0
    rough = most / 4
    power = 10.0 ** floor(log10(rough))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough)
    if most >= 4:
        step = max(step, 1.0)
    return step * ceil(most / step), step


def _x(place: int, count: int) -> float:
    return LEFT + (WIDTH - LEFT - RIGHT) * (place / (count - 1) if count > 1 else 0.5)


def _y(value: float, top: float) -> float:
    return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / top


def _grid(top: float, step: float, unit: str) -> str:
    body = ""
    for mark in range(round(top / step) + 1):
        y, value = _y(mark * step, top), mark * step
        body += f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
        body += f'<text class="axis" x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{value:g}{escape(unit)}</text>'
    return body


def _labels(labels: Sequence[str], places: Sequence[float]) -> str:
    """At most eight, counted from the right: the last one is what people look for."""
    every = max(1, ceil(len(labels) / 8))
    return "".join(
        f'<text class="axis" x="{x:.1f}" y="{HEIGHT - 6}" text-anchor="middle">{escape(name)}</text>'
        for place, (name, x) in enumerate(zip(labels, places, strict=True))
        if (len(labels) - 1 - place) % every == 0
    )
