"""Is a point in Kunshan? The city's polygon and tests against it, in WGS-84 degrees.

The polygon has 84 corners (source in the GeoJSON's ``properties``), so its edge is right to a few hundred
metres: callers who must not turn a resident away pass a tolerance.
"""

from __future__ import annotations

import json
import math
from functools import lru_cache
from pathlib import Path

from bot.geo.datum import Point, check_point
from bot.geo.distance import EARTH_RADIUS_M
from bot.geo.files import REFERENCE_DIR

BORDER_TOLERANCE_M = 300.0
"""How far outside the simplified polygon a point may lie and still count as in the city."""


class Boundary:
    """An area bounded by one or more simple rings of ``(lng, lat)`` corners, without holes."""

    def __init__(self, rings: list[list[Point]]) -> None:
        if not rings or any(len(ring) < 3 for ring in rings):
            raise ValueError("a boundary needs at least one ring of at least three corners")
        self.rings = [[check_point(*corner) for corner in ring] for ring in rings]
        lngs = [lng for ring in self.rings for lng, _ in ring]
        lats = [lat for ring in self.rings for _, lat in ring]
        self.bbox = (min(lngs), min(lats), max(lngs), max(lats))

    @classmethod
    def from_geojson(cls, path: Path) -> Boundary:
        """Read the first feature (Polygon or MultiPolygon) of a FeatureCollection."""
        geometry = json.loads(path.read_text(encoding="utf-8"))["features"][0]["geometry"]
        polygons = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
        if any(len(polygon) != 1 for polygon in polygons):
            raise ValueError(f"{path.name}: holes are not supported")
        return cls([[(lng, lat) for lng, lat in polygon[0]] for polygon in polygons])

    def contains(self, lng: float, lat: float, tolerance_m: float = 0.0) -> bool:
        """True inside, or outside by no more than ``tolerance_m`` metres. ValueError for NaN or infinity."""
        lng, lat = check_point(lng, lat)
        if any(_in_ring(lng, lat, ring) for ring in self.rings):
            return True
        return tolerance_m > 0 and self.border_distance_m(lng, lat) <= tolerance_m

    def border_distance_m(self, lng: float, lat: float) -> float:
        """Metres to the nearest edge, whether the point is inside or outside."""
        lng, lat = check_point(lng, lat)
        return min(_edge_distance_m(lng, lat, ring) for ring in self.rings)


def _in_ring(lng: float, lat: float, ring: list[Point]) -> bool:
    inside = False
    x1, y1 = ring[-1]
    for x2, y2 in ring:
        if (y1 > lat) != (y2 > lat) and lng < (x2 - x1) * (lat - y1) / (y2 - y1) + x1:
            inside = not inside
        x1, y1 = x2, y2
    return inside


def _edge_distance_m(lng: float, lat: float, ring: list[Point]) -> float:
    """Nearest edge on a plane tangent at the point: exact enough (0.1 %) within some tens of kilometres."""
    to_m = math.radians(1.0) * EARTH_RADIUS_M
    scale = to_m * math.cos(math.radians(lat))
    best = math.inf
    x1, y1 = (ring[-1][0] - lng) * scale, (ring[-1][1] - lat) * to_m
    for corner_lng, corner_lat in ring:
        x2, y2 = (corner_lng - lng) * scale, (corner_lat - lat) * to_m
        dx, dy = x2 - x1, y2 - y1
        length2 = dx * dx + dy * dy
        along = 0.0 if length2 == 0 else min(1.0, max(0.0, -(x1 * dx + y1 * dy) / length2))
        best = min(best, math.hypot(x1 + along * dx, y1 + along * dy))
        x1, y1 = x2, y2
    return best


@lru_cache(maxsize=1)
def kunshan() -> Boundary:
    """The boundary of Kunshan (code 320583), read once."""
    return Boundary.from_geojson(REFERENCE_DIR / "boundary.geojson")


def in_kunshan(lng: float, lat: float) -> bool:
    """Is the WGS-84 point in Kunshan, give or take :data:`BORDER_TOLERANCE_M`?"""
    return kunshan().contains(lng, lat, BORDER_TOLERANCE_M)
