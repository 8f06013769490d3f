import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.geo.datum import (
    bd09_to_gcj02,
    bd09_to_wgs84,
    check_point,
    gcj02_to_bd09,
    gcj02_to_wgs84,
    wgs84_to_bd09,
    wgs84_to_gcj02,
)
from bot.geo.distance import haversine_m

CHINA_LNG = st.floats(75.0, 134.0)
CHINA_LAT = st.floats(4.0, 53.0)
SETTINGS = settings(max_examples=300, deadline=None, derandomize=True)

PAIRS = [
    (wgs84_to_gcj02, gcj02_to_wgs84),
    (gcj02_to_bd09, bd09_to_gcj02),
    (wgs84_to_bd09, bd09_to_wgs84),
]
ALL = [function for pair in PAIRS for function in pair]


def test_known_gcj02_point() -> None:
    lng, lat = wgs84_to_gcj02(121.5272106, 31.1774276)
    assert (lng, lat) == pytest.approx((121.531541859215, 31.17530398364597), abs=1e-9)


def test_known_bd09_point_of_a_kunshan_office() -> None:
    assert haversine_m(*bd09_to_wgs84(120.984417, 31.391332), 120.973676, 31.387163) < 0.5


def test_shift_in_kunshan_is_some_hundred_metres() -> None:
    assert 300 < haversine_m(120.97, 31.38, *wgs84_to_gcj02(120.97, 31.38)) < 700
    assert 700 < haversine_m(120.97, 31.38, *wgs84_to_bd09(120.97, 31.38)) < 1600


@pytest.mark.parametrize(("forward", "backward"), PAIRS)
@given(lng=CHINA_LNG, lat=CHINA_LAT)
@SETTINGS
def test_round_trip_is_exact(forward, backward, lng, lat) -> None:
    assert haversine_m(lng, lat, *backward(*forward(lng, lat))) < 1e-3
    assert haversine_m(lng, lat, *forward(*backward(lng, lat))) < 1e-3


@pytest.mark.parametrize("convert", ALL)
@pytest.mark.parametrize("point", [(-0.1276, 51.5072), (139.69, 35.68), (151.2, -33.9)])
def test_unchanged_outside_china(convert, point) -> None:
    assert convert(*point) == point


@pytest.mark.parametrize("convert", [*ALL, check_point])
@pytest.mark.parametrize(
    "point",
    [(math.nan, 31.0), (121.0, math.nan), (math.inf, 31.0), (121.0, -math.inf), (181.0, 31.0), (121.0, 90.5)],
)
def test_refuses_what_is_no_point(convert, point) -> None:
    with pytest.raises(ValueError, match="coordinates"):
        convert(*point)
