"""What holds for any places, people and reach."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.reach import DETOUR_RANGE, WALK_RANGE, PlaceIndex, Reach

_points = st.lists(st.tuples(st.integers(0, 6_000), st.integers(0, 6_000)), max_size=25)
_walks = st.floats(*WALK_RANGE)
_detours = st.floats(*DETOUR_RANGE)


def _index(points: list[tuple[int, int]]) -> PlaceIndex:
    return PlaceIndex(pd.DataFrame(points, columns=["easting", "northing"], dtype=float).assign(category="library"))


def _origins(points: list[tuple[int, int]]) -> np.ndarray:
    return np.array(points, dtype=float).reshape(-1, 2)


def _pairs(index: PlaceIndex, origins: np.ndarray, reach: Reach) -> set[tuple[int, int]]:
    rows, which, _ = index.within(origins, reach)
    return set(zip(rows.tolist(), which.tolist(), strict=True))


@settings(max_examples=60, deadline=None)
@given(_points, _points, _walks, _walks, _detours)
def test_a_longer_walk_never_loses_a_place(
    places: list[tuple[int, int]], people: list[tuple[int, int]], one: float, other: float, detour: float
) -> None:
    shorter, longer = Reach(min(one, other), detour), Reach(max(one, other), detour)
    index, origins = _index(places), _origins(people)
    assert _pairs(index, origins, shorter) <= _pairs(index, origins, longer)


@settings(max_examples=60, deadline=None)
@given(_points, _points, _walks, _detours, _detours)
def test_more_winding_streets_never_gain_a_place(
    places: list[tuple[int, int]], people: list[tuple[int, int]], walk: float, one: float, other: float
) -> None:
    index, origins = _index(places), _origins(people)
    assert _pairs(index, origins, Reach(walk, max(one, other))) <= _pairs(index, origins, Reach(walk, min(one, other)))


@settings(max_examples=60, deadline=None)
@given(_points, _points, _walks, _detours)
def test_nothing_within_reach_is_nearer_than_the_nearest(
    places: list[tuple[int, int]], people: list[tuple[int, int]], walk: float, detour: float
) -> None:
    reach, index, origins = Reach(walk, detour), _index(places), _origins(people)
    rows, _, walked = index.within(origins, reach)
    nearest, _ = index.nearest(origins, "library", reach)
    assert (nearest[rows] <= walked + 1e-6).all()
    assert (walked <= walk * (1 + 1e-9)).all()
    # And where the nearest is within reach, something is found.
    assert ((index.count_within(origins, reach) > 0) == (nearest / detour <= reach.straight_m)).all()


@settings(max_examples=60, deadline=None)
@given(_points, _points, _walks, _detours)
def test_counts_are_the_number_of_pairs(places: list[tuple[int, int]], people: list[tuple[int, int]], walk: float, detour: float) -> None:
    reach, index, origins = Reach(walk, detour), _index(places), _origins(people)
    counts = index.count_within(origins, reach)
    assert counts.shape == (len(people),)
    assert counts.sum() == len(index.within(origins, reach)[0])
    assert index.count_within(origins, reach, np.zeros(len(index), dtype=bool)).sum() == 0
