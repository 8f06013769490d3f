"""Distances, bearings, and how to say them in Chinese. Points are ``(lng, lat)`` in WGS-84 degrees."""

from __future__ import annotations

import math

from bot.geo.datum import check_point

EARTH_RADIUS_M = 6371008.8  # mean radius, IUGG
_DIRECTIONS = ("北", "东北", "东", "东南", "南", "西南", "西", "西北")


def haversine_m(lng1: float, lat1: float, lng2: float, lat2: float) -> float:
    """Great-circle distance in metres. ValueError for NaN, infinity, or degrees off the globe."""
    lng1, lat1 = check_point(lng1, lat1)
    lng2, lat2 = check_point(lng2, lat2)
    phi1, phi2 = math.radians(lat1), math.radians(lat2)
    half = math.sin((phi2 - phi1) / 2.0) ** 2
    half += math.cos(phi1) * math.cos(phi2) * math.sin(math.radians(lng2 - lng1) / 2.0) ** 2
    return 2.0 * EARTH_RADIUS_M * math.asin(min(1.0, math.sqrt(half)))


def bearing_deg(lng1: float, lat1: float, lng2: float, lat2: float) -> float:
    """Initial bearing from the first point to the second, degrees clockwise from north, in [0, 360)."""
    lng1, lat1 = check_point(lng1, lat1)
    lng2, lat2 = check_point(lng2, lat2)
    phi1, phi2, d_lambda = math.radians(lat1), math.radians(lat2), math.radians(lng2 - lng1)
    y = math.sin(d_lambda) * math.cos(phi2)
    x = math.cos(phi1) * math.sin(phi2) - math.sin(phi1) * math.cos(phi2) * math.cos(d_lambda)
    return math.degrees(math.atan2(y, x)) % 360.0


def direction_zh(lng1: float, lat1: float, lng2: float, lat2: float) -> str:
    """The bearing as one of eight Chinese words ("东北"): where the second point lies from the first."""
    return _DIRECTIONS[round(bearing_deg(lng1, lat1, lng2, lat2) / 45.0) % 8]


def distance_zh(metres: float) -> str:
    """Metres as a rider reads them: "约60米", "约800米", "约1.2公里", "约12公里".

    Rounded to 10 m under 100 m, to 50 m under a kilometre, to 100 m under 10 km, else to a kilometre: a
    straight line deserves no more digits. ValueError for NaN, infinity, or a negative distance.
    """
    if not math.isfinite(metres) or metres < 0:
        raise ValueError(f"a distance must be a finite number of metres, not below zero, got {metres}")
    if metres < 95:
        return f"约{max(10, _round_to(metres, 10))}米"
    if metres < 975:
        return f"约{_round_to(metres, 50)}米"
    if metres < 9950:
        return f"约{_round_to(metres, 100) / 1000:.1f}公里".replace(".0公里", "公里")
    return f"约{_round_to(metres, 1000) // 1000}公里"


def _round_to(metres: float, step: int) -> int:
    """Round half up, which is what a reader expects, not half to even."""
    return math.floor(metres / step + 0.5) * step
