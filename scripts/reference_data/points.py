"""Approximate points for gazetteer rows that have no published one.

A derived point says only "somewhere here": it is marked as such in ``point_source`` and carries a radius.
Rules, in the order tried: a metro stop is interpolated between the stops around it that have a point; a row
with ``near`` lies by the place named there; any other row with a district lies around the town's point,
nearer to it than to any other town's, inside the city boundary, by a random stream seeded with its name.
"""

from __future__ import annotations

import math
from itertools import pairwise

from bot.geo.boundary import kunshan
from bot.geo.datum import Point
from bot.geo.distance import haversine_m
from reference_data.common import Row, rng_for

DERIVED = "approximate, derived: "
_RADIUS_M = {"village_社区": 3000, "village_村": 5000, "road": 3000}
_DEFAULT_RADIUS_M = 3000
_NEAR_RADIUS_M = 2500
_METRES_PER_DEGREE = 111_195.0


def offset(point: Point, metres: float, angle: float) -> Point:
    """The point moved by ``metres`` towards ``angle`` (radians, 0 = east), on a local plane."""
    lng, lat = point
    return (
        lng + metres * math.cos(angle) / (_METRES_PER_DEGREE * math.cos(math.radians(lat))),
        lat + metres * math.sin(angle) / _METRES_PER_DEGREE,
    )


def scatter(key: str, centre: Point, radius_m: float, towns: dict[str, Point] | None = None, town: str = "") -> Point:
    """A point within ``radius_m`` of ``centre`` inside Kunshan (and, with ``towns``, nearest to ``town``)."""
    rng = rng_for("point", key)
    while True:
        point = offset(centre, radius_m * math.sqrt(rng.random()), rng.uniform(0.0, 2.0 * math.pi))
        point = (round(point[0], 5), round(point[1], 5))
        if kunshan().contains(*point) and (towns is None or nearest_town(point, towns) == town):
            return point


def nearest_town(point: Point, towns: dict[str, Point]) -> str:
    return min(towns, key=lambda name: haversine_m(*point, *towns[name]))


def fill(tables: dict[str, list[Row]]) -> None:
    """Give every row of the gazetteer tables that may have a derived point its point, in place."""
    for rows in tables.values():
        for row in rows:
            if row["point_source"].startswith(DERIVED):
                row["lng"] = row["lat"] = row["point_source"] = ""
    towns = {row["name"]: _point(row) for row in tables["districts"]}
    _fill_metro(tables["metro"])
    rows = [row for name in ("villages", "landmarks", "roads", "metro") for row in tables[name]]
    known = {row["name"]: row for table in tables.values() for row in table}
    waiting = [row for row in rows if not row["point_source"]]
    while waiting:
        ready = [row for row in waiting if not row["near"] or known[row["near"]]["lng"]]
        if not ready:
            names = ", ".join(row["name"] for row in waiting)
            raise ValueError(f"these rows wait for each other's points: {names}")
        for row in ready:
            _fill_row(row, known, towns)
        waiting = [row for row in waiting if not row["point_source"]]


def _fill_row(row: Row, known: dict[str, Row], towns: dict[str, Point]) -> None:
    if row["near"]:
        point = scatter(row["name"], _point(known[row["near"]]), 300.0)
        rule, radius = f"near {row['near']}", _NEAR_RADIUS_M
    else:
        kind = (
            f"village_{'社区' if row['name'].endswith('社区') else '村'}" if row["kind"] == "village" else row["kind"]
        )
        radius = _RADIUS_M.get(kind, _DEFAULT_RADIUS_M)
        town = row["district"]
        spread = 0.8 * radius if row["kind"] in ("village", "road") else 500.0
        point = scatter(f"{town}/{row['name']}", towns[town], spread, towns, town)
        rule = f"seeded scatter around the town point of {town}"
    _set(row, point, rule, radius)


def _fill_metro(stops: list[Row]) -> None:
    fixed = [index for index, row in enumerate(stops) if row["lng"]]
    for first, last in pairwise(fixed):
        (lng1, lat1), (lng2, lat2) = _point(stops[first]), _point(stops[last])
        for index in range(first + 1, last):
            share = (index - first) / (last - first)
            point = (round(lng1 + share * (lng2 - lng1), 5), round(lat1 + share * (lat2 - lat1), 5))
            between = f"{stops[first]['name']} and {stops[last]['name']}"
            _set(stops[index], point, f"interpolated along the line between {between}", 2000)


def _set(row: Row, point: Point, rule: str, radius_m: int) -> None:
    row["lng"], row["lat"] = f"{point[0]:.5f}", f"{point[1]:.5f}"
    row["radius_m"] = row["radius_m"] or str(radius_m)
    row["point_source"] = DERIVED + rule


def _point(row: Row) -> Point:
    return float(row["lng"]), float(row["lat"])
