import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.geo.distance import bearing_deg, direction_zh, distance_zh, haversine_m

LNG = st.floats(-180.0, 180.0)
LAT = st.floats(-90.0, 90.0)


def test_a_degree_of_latitude() -> None:
    assert haversine_m(121.0, 31.0, 121.0, 32.0) == pytest.approx(111_195, abs=1)


@given(LNG, LAT, LNG, LAT)
@settings(max_examples=200, deadline=None, derandomize=True)
def test_distance_is_symmetric_and_bounded(lng1, lat1, lng2, lat2) -> None:
    there = haversine_m(lng1, lat1, lng2, lat2)
    assert there == pytest.approx(haversine_m(lng2, lat2, lng1, lat1), abs=1e-6)
    assert 0.0 <= there <= 20_015_200


@given(LNG, LAT)
@settings(max_examples=100, deadline=None, derandomize=True)
def test_a_point_is_at_no_distance_from_itself(lng, lat) -> None:
    assert haversine_m(lng, lat, lng, lat) == 0.0


@pytest.mark.parametrize(
    ("metres", "words"),
    [
        (0, "约10米"),
        (58, "约60米"),
        (94.9, "约90米"),
        (95, "约100米"),
        (812, "约800米"),
        (825, "约850米"),
        (974, "约950米"),
        (975, "约1公里"),
        (1180, "约1.2公里"),
        (1250, "约1.3公里"),
        (2000, "约2公里"),
        (9949, "约9.9公里"),
        (9950, "约10公里"),
        (12_499, "约12公里"),
        (123_456, "约123公里"),
    ],
)
def test_distance_in_words(metres, words) -> None:
    assert distance_zh(metres) == words


@pytest.mark.parametrize("metres", [math.nan, math.inf, -1.0])
def test_no_words_for_what_is_no_distance(metres) -> None:
    with pytest.raises(ValueError, match="distance"):
        distance_zh(metres)


@pytest.mark.parametrize(
    ("d_lng", "d_lat", "word"),
    [
        (0.0, 0.1, "北"),
        (0.1, 0.0856, "东北"),
        (0.1, 0.0, "东"),
        (0.1, -0.0856, "东南"),
        (0.0, -0.1, "南"),
        (-0.1, -0.0856, "西南"),
        (-0.1, 0.0, "西"),
        (-0.1, 0.0856, "西北"),
        (-0.001, 0.1, "北"),
    ],
)
def test_direction(d_lng, d_lat, word) -> None:
    assert direction_zh(121.0, 31.3, 121.0 + d_lng, 31.3 + d_lat) == word


def test_bearing_is_below_360() -> None:
    assert 0.0 <= bearing_deg(121.0, 31.3, 121.0 - 1e-12, 31.4) < 360.0
