"""Nearest places that have what is asked for, among any number, without a scan.

A packed tree: places are sorted along a space-filling curve, and every :data:`FANOUT` neighbours share a
node that knows the box around them and the union of their attribute bits. A search opens nodes in order of
distance and skips those whose union lacks a bit that is asked for. Boxes are in three dimensions on the unit
sphere, so distances are exact (great circle), at the date line too.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from bot.geo.datum import check_point
from bot.geo.distance import EARTH_RADIUS_M

FANOUT = 48
_CURVE_BITS = 16

Floats = npt.NDArray[np.float64]
Bits = npt.NDArray[np.uint64]


class Near(NamedTuple):
    """A place found: its position in the arrays that the index was built from, and how far it is."""

    item: int
    metres: float


class _Level(NamedTuple):
    box: Floats  # (6, nodes): low x, y, z, then high ones negated: one subtraction serves both sides
    bits: Bits


class SpatialIndex:
    """Immutable index over points, each with up to 64 attribute bits (services, category, …)."""

    def __init__(self, lngs: Sequence[float], lats: Sequence[float], bits: Sequence[int] | Bits) -> None:
        """Degrees, all of one datum. ValueError for lengths that differ, or a point that is none."""
        lng, lat = np.asarray(lngs, dtype=np.float64), np.asarray(lats, dtype=np.float64)
        masks = np.asarray(bits, dtype=np.uint64)
        if not lng.shape == lat.shape == masks.shape or lng.ndim != 1:
            raise ValueError("lngs, lats and bits must be flat and of one length")
        if not (np.all(np.abs(lng) <= 180.0) and np.all(np.abs(lat) <= 90.0)):
            raise ValueError("coordinates must be finite and on the globe")
        order = np.argsort(_curve(lng, lat), kind="stable")
        self._items = order
        xyz = _sphere(lng[order], lat[order])
        self._levels = [_Level(np.concatenate([xyz, -xyz]), masks[order])]
        while self._levels[-1].bits.size > FANOUT:
            self._levels.append(_parents(self._levels[-1]))

    def __len__(self) -> int:
        return int(self._items.size)

    def nearest(
        self,
        lng: float,
        lat: float,
        k: int = 3,
        *,
        need: int = 0,
        accept: Callable[[int], bool] | None = None,
        within_m: float = math.inf,
    ) -> list[Near]:
        """The ``k`` nearest items that have all bits of ``need`` and that ``accept`` takes, nearest first.

        ``accept`` gets an item's position and is called in order of distance, only for items that have the
        bits: it may be as dear as looking up opening hours. Fewer than ``k`` come back when no more are
        within ``within_m`` metres.
        """
        found: list[Near] = []
        if k > 0:
            for near in self.by_distance(lng, lat, need=need, within_m=within_m):
                if accept is None or accept(near.item):
                    found.append(near)
                    if len(found) == k:
                        break
        return found

    def by_distance(self, lng: float, lat: float, *, need: int = 0, within_m: float = math.inf) -> Iterator[Near]:
        """All items that have the bits of ``need``, one by one, nearest first, ties as in the input."""
        lng, lat = check_point(lng, lat)
        if math.isnan(within_m):
            raise ValueError("within_m must be a number of metres")
        if not len(self):
            return
        xyz = _sphere(np.array([lng]), np.array([lat]))
        target = np.concatenate([xyz, -xyz])
        wanted = np.uint64(need)
        limit = math.inf if math.isinf(within_m) else (2.0 * math.sin(_half_angle(within_m))) ** 2
        # (squared chord, order among equals, level): a node may hide an item at its own distance, so nodes
        # go first.
        heap: list[tuple[float, int, int, int]] = []
        self._push(heap, len(self._levels) - 1, 0, target, wanted, limit)
        while heap:
            chord2, _, level, node = heapq.heappop(heap)
            if level == 0:
                half_chord = min(1.0, math.sqrt(chord2) / 2.0)
                yield Near(int(self._items[node]), 2.0 * EARTH_RADIUS_M * math.asin(half_chord))
            else:
                self._push(heap, level - 1, node * FANOUT, target, wanted, limit)

    def _push(self, heap: list[Any], level: int, first: int, target: Floats, wanted: np.uint64, limit: float) -> None:
        """Put the nodes (level > 0) or items (level 0) from ``first`` on into the heap, if they may count."""
        box, bits = self._levels[level]
        nodes = slice(first, first + FANOUT)
        fit = np.flatnonzero((bits[nodes] & wanted) == wanted)
        gap = box[:, nodes][:, fit] - target
        np.maximum(gap, 0.0, out=gap)
        chord2 = np.einsum("ij,ij->j", gap, gap)
        for offset, distance in zip(fit.tolist(), chord2.tolist(), strict=True):
            if distance <= limit:
                node = first + offset
                tie = int(self._items[node]) if level == 0 else -1
                heapq.heappush(heap, (distance, tie, level, node))


def _half_angle(metres: float) -> float:
    return min(math.pi / 2.0, max(0.0, metres) / (2.0 * EARTH_RADIUS_M))


def _sphere(lng: Floats, lat: Floats) -> Floats:
    """Unit vectors as an array of shape (3, n)."""
    lam, phi = np.radians(lng), np.radians(lat)
    return np.stack([np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)])


def _curve(lng: Floats, lat: Floats) -> npt.NDArray[np.int64]:
    """Place on a Hilbert curve over the points' own bounding box: neighbours on it are near each other."""
    x, y = _cells(lng), _cells(lat)
    code = np.zeros(lng.size, dtype=np.int64)
    for bit in range(_CURVE_BITS - 1, -1, -1):
        side = 1 << bit
        right, upper = (x & side) > 0, (y & side) > 0
        code += side * side * ((3 * right) ^ upper)
        # Turn the quadrant so that the curve runs on without a jump.
        mirror = right & ~upper
        x, y = (
            np.where(mirror, side - 1 - (x & (side - 1)), x),
            np.where(mirror, side - 1 - (y & (side - 1)), y),
        )
        x, y = np.where(upper, x, y), np.where(upper, y, x)
    return code


def _cells(values: Floats) -> npt.NDArray[np.int64]:
    low = values.min(initial=180.0)
    span = max(float(values.max(initial=-180.0) - low), 1e-12)
    cells: npt.NDArray[np.int64] = ((values - low) / span * float(2**_CURVE_BITS - 1)).astype(np.int64)
    return cells


def _parents(level: _Level) -> _Level:
    starts = np.arange(0, level.bits.size, FANOUT)
    return _Level(
        np.minimum.reduceat(level.box, starts, axis=1),
        np.bitwise_or.reduceat(level.bits, starts),
    )
