"""The outlines of England that the geometry builder made of the real boundaries, as they are committed.

tests/rebuild/test_snapshot_rebuild.py makes them again from the publishers' files and finds every byte the same, so what holds
here holds of the builder, which takes a minute and need not make them twice.
"""

from __future__ import annotations

import gzip
import json
from typing import Any

import pandas as pd
import pytest
import shapely

from data_loaders import geometry
from data_loaders.atlas import Atlas
from data_loaders.geometry_views import view_bytes


@pytest.fixture(scope="module")
def leading(atlas: Atlas) -> pd.DataFrame:
    """The PCN with most registered patients, by LSOA."""
    return atlas.areas[["lsoa21cd", "leading_pcn_code"]].rename(columns={"leading_pcn_code": "pcn_code"})


def _collection(atlas: Atlas, layer: str, key: str) -> dict[str, Any]:
    index = atlas.geometry
    path = index.loc[(index["layer"] == layer) & (index["key"] == key), "path"].iloc[0]
    found: dict[str, Any] = json.loads(gzip.decompress((atlas.snapshot.static / path).read_bytes()))
    return found


def test_every_lsoa_is_drawn_exactly_once(atlas: Atlas) -> None:
    areas = atlas.areas
    drawn = [feature["properties"]["code"] for key in sorted(areas["lad24cd"].unique()) for feature in _collection(atlas, "lsoa", key)["features"]]
    assert len(drawn) == 33_755
    assert sorted(drawn) == sorted(areas["lsoa21cd"])


def test_layers_have_the_published_counts(atlas: Atlas, leading: pd.DataFrame) -> None:
    index = atlas.geometry
    overview = index[index["key"] == "england"].set_index("layer")["features"]
    assert overview[["lad24", "icb24", "icb26", "rgn", "labels"]].tolist() == [296, 42, 36, 9, 296]
    assert overview["pcn"] == leading["pcn_code"].nunique()
    per_key = index[index["key"] != "england"].groupby("layer")["features"].sum()
    assert per_key["pcn"] == overview["pcn"]
    assert per_key["labels"] == 6_856  # MSOAs in England, Census 2021
    assert per_key[["lad24", "icb24", "icb26"]].tolist() == [296, 42, 36]


def test_no_view_downloads_more_than_its_limit(atlas: Atlas, leading: pd.DataFrame) -> None:
    sizes = view_bytes(atlas.geometry, atlas.areas, leading)
    assert sizes.groupby("view").size()[["icb24", "icb26", "lad24"]].tolist() == [42, 36, 296]
    assert sizes["bytes"].max() <= geometry.MAX_VIEW_BYTES
    assert atlas.geometry["bytes"].sum() <= 13_000_000


def test_barking_and_dagenham_is_where_it_should_be(atlas: Atlas) -> None:
    areas = atlas.areas
    collection = _collection(atlas, "lsoa", "E09000002")
    assert len(collection["features"]) == (areas["lad24cd"] == "E09000002").sum()
    shapes = shapely.from_geojson([json.dumps(feature["geometry"]) for feature in collection["features"]])
    codes = [feature["properties"]["code"] for feature in collection["features"]]
    centres = areas.set_index("lsoa21cd").loc[codes]
    points = shapely.points(centres["pwc_lon"], centres["pwc_lat"])
    # The population-weighted centroid is an independent ONS figure. It lies outside a bent LSOA, rarely.
    assert shapely.contains_properly(shapes, points).mean() > 0.97
    outline = shapely.from_geojson(json.dumps(_collection(atlas, "lad24", "E09000002")["features"][0]["geometry"]))
    assert outline.symmetric_difference(shapely.union_all(shapes)).area / outline.area < 1e-4
