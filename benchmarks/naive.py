"""The naive ways, done honestly: what a first version would do, with the same answers."""

from __future__ import annotations

import gzip
import json
import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow.parquet as pq

from analysis.reach import Reach

ROOT = Path(__file__).parents[1]


def lsoa_files() -> list[Path]:
    """The outline files of every small area in England, one an authority."""
    return sorted((ROOT / "static" / "geometry" / "lsoa").glob("E0*.geojson.gz"))


def parse(files: Iterable[Path]) -> list[dict[str, Any]]:
    """The features of gzipped GeoJSON files as Python objects."""
    return [feature for path in files for feature in json.loads(gzip.decompress(path.read_bytes()))["features"]]


def attributes(files: Iterable[Path]) -> pd.DataFrame:
    """The attributes that travel inside GeoJSON, as a frame."""
    return pd.DataFrame([feature["properties"] for feature in parse(files)])


def unpacked_bytes(files: Iterable[Path]) -> int:
    """What the files come to inline, where nothing compresses them."""
    return sum(len(gzip.decompress(path.read_bytes())) for path in files)


def _points(frame: pd.DataFrame, x: str, y: str) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        frame[[column for column in frame if column not in (x, y)]],
        geometry=gpd.points_from_xy(frame[x], frame[y]),
        crs=27700,
    )


def in_reach(areas: pd.DataFrame, places: pd.DataFrame, reach: Reach, categories: Sequence[str]) -> pd.DataFrame:
    """Places in reach of each area and the walk to the nearest of each category, by spatial joins: index lsoa21cd.

    areas: lsoa21cd, pwc_e, pwc_n; places: category, easting, northing (EPSG:27700 metres).
    """
    homes = _points(areas[["lsoa21cd", "pwc_e", "pwc_n"]].reset_index(drop=True), "pwc_e", "pwc_n")
    assets = _points(places[["category", "easting", "northing"]].reset_index(drop=True), "easting", "northing")
    near = gpd.sjoin(homes, assets[assets["category"].isin(categories)], predicate="dwithin", distance=reach.straight_m)
    result = (
        pd.DataFrame({"places_in_reach": near.groupby("lsoa21cd").size()})
        .reindex(areas["lsoa21cd"])
        .fillna(0)
        .astype("int64")
    )
    for category in categories:
        nearest = gpd.sjoin_nearest(
            homes, assets[assets["category"] == category], distance_col="straight_m"
        ).drop_duplicates("lsoa21cd")
        result[category] = nearest.set_index("lsoa21cd")["straight_m"].reindex(result.index) * reach.detour
    return result


def rolled_up(areas: pd.DataFrame, reached: pd.DataFrame, code: pd.Series) -> pd.DataFrame:
    """Core20 people with and without a mapped place in reach, one row an area: index code."""
    frame = areas.assign(code=code.to_numpy()).merge(reached[["places_in_reach"]], left_on="lsoa21cd", right_index=True)
    frame["mapped"] = frame["pop_mid2022"].where(frame["places_in_reach"] > 0, 0)
    frame["unmapped"] = frame["pop_mid2022"].where(frame["places_in_reach"] == 0, 0)
    return frame.groupby("code")[["mapped", "unmapped"]].sum()


def reach_grid(
    points: npt.NDArray[np.float64],
    places: pd.DataFrame,
    walks: Sequence[float],
    detours: Sequence[float],
    categories: Sequence[str],
) -> npt.NDArray[np.bool_]:
    """Whether anything of a category is in reach, area by area in Python: areas × walks × detours × categories."""
    xy = {
        category: places.loc[places["category"] == category, ["easting", "northing"]].to_numpy()
        for category in categories
    }
    found = np.zeros((len(points), len(walks), len(detours), len(categories)), dtype=bool)
    for number, (easting, northing) in enumerate(points):
        for kind, category in enumerate(categories):
            straight = np.hypot(xy[category][:, 0] - easting, xy[category][:, 1] - northing)
            for i, walk in enumerate(walks):
                for j, detour in enumerate(detours):
                    found[number, i, j, kind] = bool((straight <= walk / detour).any()) if len(straight) else False
    return found


def postcode(path: Path, wanted: str, lsoa21cd: pd.Series) -> tuple[str, int, int] | None:
    """One postcode by reading the whole table."""
    table = pq.read_table(path).to_pandas()
    rows = table[table["postcode"] == wanted]
    if rows.empty:
        return None
    row = rows.iloc[0]
    return str(lsoa21cd.iloc[int(row["lsoa_row"])]), int(row["easting"]), int(row["northing"])


def seconds_to_scale(sample: int, whole: int) -> float:
    """How many times longer the whole takes than a sample of it."""
    return whole / sample if sample else math.nan
