"""Coordinate systems in use in China: WGS-84 (GPS), GCJ-02 (Tencent, Amap, WeChat), BD-09 (Baidu).

Every function takes and returns ``(lng, lat)`` in degrees. The forward formulas are the ones that are
publicly known for GCJ-02 and BD-09; the inverses are found by iteration on the forward formula, so that a
round trip is exact to well under a millimetre instead of the metres which a one-step inverse loses.

GCJ-02 is defined for mainland China only; outside a rectangle around it the shift is zero.
"""

from __future__ import annotations

import math
from collections.abc import Callable

Point = tuple[float, float]

_AXIS_M = 6378245.0  # Krasovsky 1940 semi-major axis, as GCJ-02 uses it
_ECC2 = 0.00669342162296594323
_BD_PI = math.pi * 3000.0 / 180.0
_CHINA = (72.004, 137.8347, 0.8293, 55.8271)  # lng min, lng max, lat min, lat max
_TOLERANCE_DEG = 1e-11  # about a micrometre
_MAX_STEPS = 60


def check_point(lng: float, lat: float) -> Point:
    """Return ``(lng, lat)`` as floats; ValueError for NaN, infinity, or degrees off the globe."""
    lng, lat = float(lng), float(lat)
    if not (math.isfinite(lng) and math.isfinite(lat)):
        raise ValueError(f"coordinates must be finite numbers, got lng={lng}, lat={lat}")
    if not (-180.0 <= lng <= 180.0 and -90.0 <= lat <= 90.0):
        raise ValueError(f"coordinates out of range, got lng={lng}, lat={lat}")
    return lng, lat


def _in_china(lng: float, lat: float) -> bool:
    west, east, south, north = _CHINA
    return west <= lng <= east and south <= lat <= north


def _shift(lng: float, lat: float) -> Point:
    """The GCJ-02 offset in degrees at a WGS-84 point."""
    x, y = lng - 105.0, lat - 35.0
    root = math.sqrt(abs(x))
    waves = (20.0 * math.sin(6.0 * x * math.pi) + 20.0 * math.sin(2.0 * x * math.pi)) * 2.0 / 3.0
    d_lat = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + waves
    d_lat += (20.0 * math.sin(y * math.pi) + 40.0 * math.sin(y / 3.0 * math.pi)) * 2.0 / 3.0
    d_lat += (160.0 * math.sin(y / 12.0 * math.pi) + 320.0 * math.sin(y * math.pi / 30.0)) * 2.0 / 3.0
    d_lng = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + waves
    d_lng += (20.0 * math.sin(x * math.pi) + 40.0 * math.sin(x / 3.0 * math.pi)) * 2.0 / 3.0
    d_lng += (150.0 * math.sin(x / 12.0 * math.pi) + 300.0 * math.sin(x / 30.0 * math.pi)) * 2.0 / 3.0
    phi = math.radians(lat)
    magic = 1.0 - _ECC2 * math.sin(phi) ** 2
    root_magic = math.sqrt(magic)
    d_lat = d_lat * 180.0 / ((_AXIS_M * (1.0 - _ECC2)) / (magic * root_magic) * math.pi)
    d_lng = d_lng * 180.0 / (_AXIS_M / root_magic * math.cos(phi) * math.pi)
    return d_lng, d_lat


def _forward_gcj(lng: float, lat: float) -> Point:
    d_lng, d_lat = _shift(lng, lat)
    return lng + d_lng, lat + d_lat


def _forward_bd(lng: float, lat: float) -> Point:
    z = math.hypot(lng, lat) + 0.00002 * math.sin(lat * _BD_PI)
    theta = math.atan2(lat, lng) + 0.000003 * math.cos(lng * _BD_PI)
    return z * math.cos(theta) + 0.0065, z * math.sin(theta) + 0.006


def _invert(forward: Callable[[float, float], Point], lng: float, lat: float) -> Point:
    """Solve ``forward(p) == (lng, lat)``: the shift changes slowly, so plain fixed-point steps converge."""
    guess_lng, guess_lat = lng, lat
    for _ in range(_MAX_STEPS):
        got_lng, got_lat = forward(guess_lng, guess_lat)
        err_lng, err_lat = lng - got_lng, lat - got_lat
        guess_lng, guess_lat = guess_lng + err_lng, guess_lat + err_lat
        if abs(err_lng) < _TOLERANCE_DEG and abs(err_lat) < _TOLERANCE_DEG:
            break
    return guess_lng, guess_lat


def wgs84_to_gcj02(lng: float, lat: float) -> Point:
    """WGS-84 degrees to GCJ-02 degrees; unchanged outside China. ValueError for what is no point."""
    lng, lat = check_point(lng, lat)
    return _forward_gcj(lng, lat) if _in_china(lng, lat) else (lng, lat)


def gcj02_to_wgs84(lng: float, lat: float) -> Point:
    """GCJ-02 degrees to WGS-84 degrees, the exact inverse of :func:`wgs84_to_gcj02` inside China."""
    lng, lat = check_point(lng, lat)
    return _invert(_forward_gcj, lng, lat) if _in_china(lng, lat) else (lng, lat)


def gcj02_to_bd09(lng: float, lat: float) -> Point:
    """GCJ-02 degrees to BD-09 degrees; unchanged outside China."""
    lng, lat = check_point(lng, lat)
    return _forward_bd(lng, lat) if _in_china(lng, lat) else (lng, lat)


def bd09_to_gcj02(lng: float, lat: float) -> Point:
    """BD-09 degrees to GCJ-02 degrees, the exact inverse of :func:`gcj02_to_bd09` inside China."""
    lng, lat = check_point(lng, lat)
    return _invert(_forward_bd, lng, lat) if _in_china(lng, lat) else (lng, lat)


def wgs84_to_bd09(lng: float, lat: float) -> Point:
    """WGS-84 degrees to BD-09 degrees."""
    return gcj02_to_bd09(*wgs84_to_gcj02(lng, lat))


def bd09_to_wgs84(lng: float, lat: float) -> Point:
    """BD-09 degrees to WGS-84 degrees."""
    return gcj02_to_wgs84(*bd09_to_gcj02(lng, lat))
