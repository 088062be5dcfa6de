"""What is within walking reach of where people live.

Distances start at each LSOA's population-weighted centroid (ONS), in British National Grid metres (EPSG:27700): polygon
centroids fall outside their own LSOA 1,214 times. Streets are not modelled; a straight line understates a walk, so it is
multiplied by an explicit detour factor: walking distance = straight line × detour factor.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.spatial import cKDTree

DEFAULT_WALK_M = 800.0
DEFAULT_DETOUR = 1.3
WALK_RANGE = (100.0, 5_000.0)
DETOUR_RANGE = (1.0, 3.0)

Points = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Reach:
    """How far counts as within reach: a walk in metres, and how much longer a walk is than a straight line."""

    walk_m: float = DEFAULT_WALK_M
    detour: float = DEFAULT_DETOUR

    def __post_init__(self) -> None:
        for value, (low, high), what in (
            (self.walk_m, WALK_RANGE, "walk (metres)"),
            (self.detour, DETOUR_RANGE, "detour factor"),
        ):
            if not low <= value <= high:
                raise ValueError(f"{what} must be from {low:g} to {high:g}, not {value:g}")

    @property
    def straight_m(self) -> float:
        """The straight-line radius in metres that the walk comes to."""
        return self.walk_m / self.detour


class PlaceIndex:
    """Places indexed for reach: built once for a source, asked many times.

    places: a frame with easting, northing (EPSG:27700 metres, no nulls) and category; its order is the order of the
    indices that `within` returns.
    """

    def __init__(self, places: pd.DataFrame) -> None:
        self.xy: Points = places[["easting", "northing"]].to_numpy(dtype=float).reshape(-1, 2)
        if np.isnan(self.xy).any():
            raise ValueError("places without coordinates cannot be indexed: leave them out first")
        self.category = places["category"].to_numpy(dtype=str)
        self._tree = cKDTree(self.xy) if len(self.xy) else None
        self._rows = {name: np.flatnonzero(self.category == name) for name in np.unique(self.category)}
        self._trees = {name: cKDTree(self.xy[rows]) for name, rows in self._rows.items()}

    def __len__(self) -> int:
        return len(self.xy)

    def of(self, categories: Iterable[str]) -> npt.NDArray[np.bool_]:
        """Which places are of the categories, as a mask."""
        mask = np.zeros(len(self.xy), dtype=bool)
        for category in categories:
            mask[self._rows.get(category, [])] = True
        return mask

    def within(
        self, origins: Points, reach: Reach, keep: npt.NDArray[np.bool_] | None = None
    ) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp], Points]:
        """Every (origin, place) pair within reach: origin row, place row, walking metres.

        origins: n × 2 EPSG:27700 metres. keep: places that count (a mask), all by default. Unsorted.
        """
        if self._tree is None or not len(origins):
            empty = np.empty(0, dtype=np.intp)
            return empty, empty, np.empty(0)
        pairs = cKDTree(origins).sparse_distance_matrix(self._tree, reach.straight_m, output_type="ndarray")
        if keep is not None:
            pairs = pairs[keep[pairs["j"]]]
        return pairs["i"], pairs["j"], pairs["v"] * reach.detour

    def count_within(
        self, origins: Points, reach: Reach, keep: npt.NDArray[np.bool_] | None = None
    ) -> npt.NDArray[np.int64]:
        """How many places are within reach of each origin."""
        rows, _, _ = self.within(origins, reach, keep)
        return np.bincount(rows, minlength=len(origins)).astype(np.int64)

    def nearest(self, origins: Points, category: str, reach: Reach) -> tuple[Points, npt.NDArray[np.intp]]:
        """Walking metres to the nearest place of a category from each origin, and its row; infinity and −1 where the category has none."""
        tree = self._trees.get(category)
        if tree is None or not len(origins):
            return np.full(len(origins), np.inf), np.full(len(origins), -1, dtype=np.intp)
        distance, index = tree.query(origins)
        return distance * reach.detour, self._rows[category][index]


def origins(areas: pd.DataFrame) -> Points:
    """Population-weighted centroids of the areas, n × 2, EPSG:27700 metres."""
    return np.column_stack([areas["pwc_e"].to_numpy(dtype=float), areas["pwc_n"].to_numpy(dtype=float)])


def category_mask(index: PlaceIndex, categories: Iterable[str]) -> npt.NDArray[np.bool_]:
    """Which places of the index are of the chosen categories."""
    return index.of(categories)


def within_reach_of(
    area: pd.Series, places: pd.DataFrame, index: PlaceIndex, reach: Reach, categories: Sequence[str]
) -> pd.DataFrame:
    """The places within reach of one area, nearest first: the rows of `places` with walk_m (metres)."""
    point = np.array([[area["pwc_e"], area["pwc_n"]]], dtype=float)
    _, rows, walk = index.within(point, reach, category_mask(index, categories))
    return places.iloc[rows].assign(walk_m=walk).sort_values(["walk_m", "name"], kind="stable").reset_index(drop=True)
