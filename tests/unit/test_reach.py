"""What is within a walk: by hand on a small grid, and against plain NumPy distances on a large one."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis.reach import PlaceIndex, Reach, category_mask, origins, within_reach_of
from data_loaders.atlas import Atlas

# One area at the origin of a grid 400 metres wide: places straight east at 0, 400, 800 and 1,200 m, and one library north at 500 m.
PLACES = pd.DataFrame(
    {
        "name": ["here", "near", "far", "further", "books"],
        "category": ["place of worship"] * 4 + ["library"],
        "easting": [500_000.0, 500_400.0, 500_800.0, 501_200.0, 500_000.0],
        "northing": [200_000.0, 200_000.0, 200_000.0, 200_000.0, 200_500.0],
    }
)
ORIGIN = np.array([[500_000.0, 200_000.0]])


def _index(places: pd.DataFrame = PLACES) -> PlaceIndex:
    return PlaceIndex(places)


@pytest.mark.parametrize(
    ("walk_m", "detour", "count"),
    [(800, 1.0, 4), (799, 1.0, 3), (800, 1.3, 3), (520, 1.3, 2), (519, 1.3, 1), (1_200, 1.0, 5), (1_560, 1.3, 5), (1_559, 1.3, 4), (100, 1.0, 1)],
)
def test_counts_on_a_small_grid_by_hand(walk_m: float, detour: float, count: int) -> None:
    assert _index().count_within(ORIGIN, Reach(walk_m, detour)).tolist() == [count]


def test_distances_are_walks_not_straight_lines() -> None:
    _, rows, walk = _index().within(ORIGIN, Reach(800, 1.3))
    assert dict(zip(PLACES["name"].iloc[rows], walk.round(6), strict=True)) == {"here": 0.0, "near": 520.0, "books": 650.0}


def test_only_the_chosen_categories_count() -> None:
    index = _index()
    assert index.count_within(ORIGIN, Reach(800, 1.0), category_mask(index, ["library"])).tolist() == [1]
    assert index.count_within(ORIGIN, Reach(800, 1.0), category_mask(index, [])).tolist() == [0]


def test_within_reach_of_one_area_is_nearest_first() -> None:
    area = pd.Series({"pwc_e": 500_000.0, "pwc_n": 200_000.0})
    found = within_reach_of(area, PLACES, _index(), Reach(1_000, 1.0), ["place of worship", "library"])
    assert found["name"].tolist() == ["here", "near", "books", "far"]
    assert found["walk_m"].tolist() == [0, 400, 500, 800]


def test_nearest_is_measured_whatever_the_reach() -> None:
    distance, row = _index().nearest(ORIGIN, "library", Reach(100, 2.0))
    assert distance.tolist() == [1_000.0]
    assert row.tolist() == [4]


def test_a_category_with_no_place_is_infinitely_far() -> None:
    distance, row = _index().nearest(ORIGIN, "community centre", Reach())
    assert np.isinf(distance).all()
    assert row.tolist() == [-1]


def test_an_empty_index_finds_nothing() -> None:
    empty = _index(PLACES.iloc[:0])
    assert len(empty) == 0
    assert empty.count_within(ORIGIN, Reach()).tolist() == [0]
    assert np.isinf(empty.nearest(ORIGIN, "library", Reach())[0]).all()


def test_no_origins_give_no_counts() -> None:
    nobody = np.empty((0, 2))
    assert _index().count_within(nobody, Reach()).tolist() == []
    assert _index().nearest(nobody, "library", Reach())[0].tolist() == []


def test_a_place_without_coordinates_is_refused() -> None:
    with pytest.raises(ValueError, match="without coordinates"):
        _index(PLACES.assign(easting=[np.nan, 1, 2, 3, 4]))


@pytest.mark.parametrize(
    ("walk_m", "detour"), [(99.9, 1.3), (5_000.1, 1.3), (-5, 1.3), (np.nan, 1.3), (np.inf, 1.3), (800, 0.99), (800, 3.01), (800, np.nan)]
)
def test_a_reach_outside_its_bounds_is_refused(walk_m: float, detour: float) -> None:
    with pytest.raises(ValueError, match="must be from"):
        Reach(walk_m, detour)


@pytest.mark.parametrize(("walk_m", "detour"), [(100, 1), (5_000, 3), (800, 1.3)])
def test_a_reach_at_its_bounds_is_accepted(walk_m: float, detour: float) -> None:
    assert Reach(walk_m, detour).straight_m == walk_m / detour


def _random_places(count: int) -> tuple[pd.DataFrame, np.ndarray]:
    random = np.random.default_rng(2)
    places = pd.DataFrame(
        {
            "category": random.choice(["place of worship", "library", "community centre"], count),
            "easting": random.uniform(0, 20_000, count),
            "northing": random.uniform(0, 20_000, count),
        }
    )
    return places, random.uniform(0, 20_000, (150, 2))


def test_within_agrees_with_every_distance_worked_out() -> None:
    places, points = _random_places(600)
    reach = Reach(1_500, 1.3)
    straight = np.sqrt(((points[:, None, :] - places[["easting", "northing"]].to_numpy()[None, :, :]) ** 2).sum(axis=2))
    expected = {(int(i), int(j)) for i, j in np.argwhere(straight * 1.3 <= 1_500)}
    rows, which, walk = _index(places).within(points, reach)
    assert set(zip(rows.tolist(), which.tolist(), strict=True)) == expected
    assert len(rows) == len(expected) > 100, "no pair twice, and enough of them to mean something"
    np.testing.assert_allclose(walk, straight[rows, which] * 1.3, rtol=1e-9)
    assert _index(places).count_within(points, reach).tolist() == (straight * 1.3 <= 1_500).sum(axis=1).tolist()


def test_nearest_agrees_with_every_distance_worked_out() -> None:
    places, points = _random_places(600)
    for category in ("place of worship", "library", "community centre"):
        rows = np.flatnonzero(places["category"] == category)
        straight = np.sqrt(((points[:, None, :] - places[["easting", "northing"]].to_numpy()[rows][None, :, :]) ** 2).sum(axis=2))
        distance, row = _index(places).nearest(points, category, Reach(800, 1.2))
        np.testing.assert_allclose(distance, straight.min(axis=1) * 1.2, rtol=1e-9)
        assert row.tolist() == rows[straight.argmin(axis=1)].tolist()


def test_a_real_place_is_counted_as_by_hand(atlas: Atlas) -> None:
    areas = atlas.areas[atlas.areas["lad24cd"] == "E09000002"].head(20)
    straight = np.hypot(
        atlas.places["easting"].to_numpy()[None, :] - areas["pwc_e"].to_numpy()[:, None],
        atlas.places["northing"].to_numpy()[None, :] - areas["pwc_n"].to_numpy()[:, None],
    )
    assert atlas.place_index.count_within(origins(areas), Reach()).tolist() == (straight <= 800 / 1.3).sum(axis=1).tolist()
