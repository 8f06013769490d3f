import math
import time
from itertools import islice

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.geo.distance import haversine_m
from bot.geo.index import FANOUT, Near, SpatialIndex

POINTS = st.tuples(st.floats(-180.0, 180.0), st.floats(-90.0, 90.0))
TOWN_POINTS = st.tuples(st.floats(120.80, 121.15), st.floats(31.10, 31.54))


def brute_force(rows, lng, lat, k, need=0, accept=None, within_m=math.inf) -> list[Near]:
    found = [
        Near(item, haversine_m(lng, lat, x, y))
        for item, (x, y, bits) in enumerate(rows)
        if bits & need == need and (accept is None or accept(item))
    ]
    found = [near for near in found if near.metres <= within_m]
    return sorted(found, key=lambda near: near.metres)[:k]


def build(rows) -> SpatialIndex:
    return SpatialIndex([row[0] for row in rows], [row[1] for row in rows], [row[2] for row in rows])


def assert_same_distances(found, expected) -> None:
    assert [near.metres for near in found] == pytest.approx([near.metres for near in expected], rel=1e-6, abs=0.5)


@pytest.mark.parametrize("points", [POINTS, TOWN_POINTS])
@given(data=st.data(), k=st.integers(1, 6), need=st.integers(0, 7))
@settings(max_examples=120, deadline=None, derandomize=True)
def test_equals_brute_force(points, data, k, need) -> None:
    rows = data.draw(st.lists(st.tuples(points, st.integers(0, 15)).map(lambda row: (*row[0], row[1])), max_size=250))
    lng, lat = data.draw(points)
    found = build(rows).nearest(lng, lat, k, need=need)
    assert_same_distances(found, brute_force(rows, lng, lat, k, need))
    assert all(rows[near.item][2] & need == need for near in found)


@pytest.mark.parametrize("size", [1, FANOUT, FANOUT + 1, FANOUT**2, FANOUT**2 + 1])
def test_equals_brute_force_at_the_edges_of_a_level(size) -> None:
    rng = np.random.default_rng(size)
    rows = list(
        zip(
            rng.uniform(120.8, 121.1, size),
            rng.uniform(31.1, 31.5, size),
            rng.integers(0, 8, size).tolist(),
            strict=True,
        )
    )
    index = build(rows)
    for lng, lat in zip(rng.uniform(120.8, 121.1, 10), rng.uniform(31.1, 31.5, 10), strict=True):
        assert_same_distances(index.nearest(lng, lat, 5, need=2), brute_force(rows, lng, lat, 5, need=2))


def test_accept_and_reach() -> None:
    rng = np.random.default_rng(7)
    rows = [(x, y, 1) for x, y in zip(rng.uniform(120.9, 121.0, 500), rng.uniform(31.3, 31.4, 500), strict=True)]
    index = build(rows)
    asked: list[int] = []

    def odd(item: int) -> bool:
        asked.append(item)
        return item % 2 == 1

    found = index.nearest(120.95, 31.35, 4, need=1, accept=odd, within_m=3000)
    expected = brute_force(rows, 120.95, 31.35, 4, need=1, accept=lambda item: item % 2 == 1, within_m=3000)
    assert_same_distances(found, expected)
    distances = [haversine_m(120.95, 31.35, *rows[item][:2]) for item in asked]
    assert distances == sorted(distances)
    assert len(asked) < 30
    assert index.nearest(120.95, 31.35, 4, within_m=0.001) == []


def test_by_distance_gives_everything_in_order() -> None:
    rng = np.random.default_rng(8)
    rows = [(x, y, 0) for x, y in zip(rng.uniform(-180, 180, 300), rng.uniform(-90, 90, 300), strict=True)]
    found = list(build(rows).by_distance(10.0, 50.0))
    assert sorted(near.item for near in found) == list(range(300))
    assert [near.metres for near in found] == sorted(near.metres for near in found)


def test_ties_come_in_the_order_of_the_input() -> None:
    rows = [(121.0, 31.3, 1)] * 200
    assert [near.item for near in build(rows).nearest(121.0, 31.3, 5)] == [0, 1, 2, 3, 4]


def test_across_the_date_line() -> None:
    rows = [(179.9, 0.0, 0), (0.0, 0.0, 0)]
    found = build(rows).nearest(-179.9, 0.0, 1)
    assert found[0].item == 0
    assert found[0].metres == pytest.approx(22_239, abs=5)


def test_nothing_asked_or_nothing_there() -> None:
    assert build([]).nearest(121.0, 31.0) == []
    assert len(build([])) == 0
    assert build([(121.0, 31.0, 1)]).nearest(121.0, 31.0, 0) == []
    assert build([(121.0, 31.0, 1)]).nearest(121.0, 31.0, 3, need=2) == []


def test_the_highest_bit_counts() -> None:
    index = build([(121.0, 31.0, 1 << 63), (121.0, 31.0, 0)])
    assert [near.item for near in index.nearest(121.0, 31.0, 3, need=1 << 63)] == [0]


@pytest.mark.parametrize(
    ("lngs", "lats", "bits"),
    [
        ([121.0], [31.0, 32.0], [0]),
        ([math.nan], [31.0], [0]),
        ([121.0], [91.0], [0]),
        ([math.inf], [31.0], [0]),
    ],
)
def test_refuses_bad_input(lngs, lats, bits) -> None:
    with pytest.raises(ValueError, match="must be"):
        SpatialIndex(lngs, lats, bits)


def test_refuses_a_bad_question() -> None:
    index = build([(121.0, 31.0, 0)])
    with pytest.raises(ValueError, match="coordinates"):
        index.nearest(math.nan, 31.0)
    with pytest.raises(ValueError, match="within_m"):
        index.nearest(121.0, 31.0, within_m=math.nan)


@pytest.mark.parametrize(("size", "limit_ms"), [(1_100, 0.3), (100_000, 0.5), (1_000_000, 1.0)])
def test_speed_with_a_service_filter(size, limit_ms) -> None:
    rng = np.random.default_rng(size)
    lngs, lats = rng.uniform(120.81, 121.14, size), rng.uniform(31.11, 31.53, size)
    bits = np.zeros(size, dtype=np.uint64)
    for service in range(30):
        bits |= (rng.random(size) < 0.3).astype(np.uint64) << np.uint64(service)
    index = SpatialIndex(lngs, lats, bits)
    took = []
    for lng, lat in zip(rng.uniform(120.81, 121.14, 200), rng.uniform(31.11, 31.53, 200), strict=True):
        start = time.thread_time()
        found = index.nearest(lng, lat, 3, need=0b1001)
        took.append(time.thread_time() - start)
        assert len(found) == 3
    # CPU time, and the median: what the work costs, not what else runs on the machine.
    assert sorted(took)[100] * 1000 <= limit_ms


def test_no_scan_for_a_service_that_nobody_has() -> None:
    rng = np.random.default_rng(5)
    size = 200_000
    index = SpatialIndex(rng.uniform(120.8, 121.1, size), rng.uniform(31.1, 31.5, size), np.ones(size, dtype=np.uint64))
    opened = 0
    push = index._push

    def counting(*args) -> None:
        nonlocal opened
        opened += 1
        push(*args)

    index._push = counting  # type: ignore[method-assign]
    assert index.nearest(120.95, 31.3, 3, need=2) == []
    assert opened == 1
    assert len(list(islice(index.by_distance(120.95, 31.3, need=1), 3))) == 3
    assert opened < 20
