"""The geometry builder on the real boundaries of England (the build takes about a minute)."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import shapely

from data_loaders import geometry
from data_loaders.geometry_coverage import invalid_edges, read_boundaries, simplify_by_size, to_degrees
from data_loaders.geometry_views import view_bytes

SOURCE = Path(__file__).parents[2].parent / "shared" / "data"
BOUNDARIES = SOURCE / "geography" / "lsoa21_boundaries_bgc.parquet"
ATTRIBUTES = SOURCE / "geography" / "lsoa21_attributes.parquet"
REGISTRATIONS = SOURCE / "primary_care" / "gp_reg_practice_lsoa11_2023-07.parquet"
MEMBERSHIPS = SOURCE / "primary_care" / "gp-reg-pat-prac-map_2026-01.csv"
PLACES = SOURCE / "community_assets" / "osm_places_of_worship_2026-08-16.csv"
_NEEDED = [BOUNDARIES, ATTRIBUTES, REGISTRATIONS, MEMBERSHIPS, PLACES]
_ABSENT = [str(path) for path in _NEEDED if not path.exists()]
pytestmark = [pytest.mark.rebuild, pytest.mark.skipif(bool(_ABSENT), reason=f"source data missing: {', '.join(_ABSENT)}")]


@pytest.fixture(scope="module")
def areas() -> pd.DataFrame:
    return pd.read_parquet(ATTRIBUTES)


@pytest.fixture(scope="module")
def leading(areas: pd.DataFrame) -> pd.DataFrame:
    """The PCN with most registered patients by LSOA, where the LSOA 2011 code still stands in 2021."""
    registered = pd.read_parquet(REGISTRATIONS)
    practices = pd.read_csv(MEMBERSHIPS, usecols=["PRACTICE_CODE", "PCN_CODE", "PCN_NAME"])
    practices = practices[practices["PCN_CODE"] != "U"]
    joined = registered.merge(practices, left_on="practice_code", right_on="PRACTICE_CODE")
    sums = joined.groupby(["lsoa11cd", "PCN_CODE", "PCN_NAME"], as_index=False)["patients"].sum()
    sums = sums[sums["lsoa11cd"].isin(areas["lsoa21cd"])].sort_values("patients", ascending=False)
    sums = sums.rename(columns={"lsoa11cd": "lsoa21cd", "PCN_CODE": "pcn_code", "PCN_NAME": "pcn_name"})
    return sums.drop_duplicates("lsoa21cd")[["lsoa21cd", "pcn_code", "pcn_name"]]


@pytest.fixture(scope="module")
def assets() -> pd.DataFrame:
    rows = pd.read_csv(PLACES).rename(columns={"lon": "longitude", "lat": "latitude", "area_code": "lad24cd", "faith": "faith_tradition"})
    rows["asset_id"] = "osm/" + rows["osm_type"] + "/" + rows["osm_id"].astype(str)
    return rows.drop_duplicates("asset_id").assign(category="worship")


@pytest.fixture(scope="module")
def england(tmp_path_factory: pytest.TempPathFactory, areas: pd.DataFrame, leading: pd.DataFrame, assets: pd.DataFrame) -> tuple[Path, pd.DataFrame]:
    """All England, built once: about a minute."""
    static = tmp_path_factory.mktemp("static")
    drawn = assets[assets["lad24cd"].isin(areas["lad24cd"])]
    return static, geometry.build(BOUNDARIES, areas, leading, None, drawn, static / "geometry")


def _collection(england: tuple[Path, pd.DataFrame], layer: str, key: str) -> dict[str, Any]:
    static, index = england
    path = index.loc[(index["layer"] == layer) & (index["key"] == key), "path"].iloc[0]
    return json.loads(gzip.decompress((static / path).read_bytes()))


def test_every_lsoa_is_drawn_exactly_once(england: tuple[Path, pd.DataFrame], areas: pd.DataFrame) -> None:
    drawn = [feature["properties"]["code"] for key in sorted(areas["lad24cd"].unique()) for feature in _collection(england, "lsoa", key)["features"]]
    assert len(drawn) == 33_755
    assert sorted(drawn) == sorted(areas["lsoa21cd"])


def test_layers_have_the_published_counts(england: tuple[Path, pd.DataFrame], leading: pd.DataFrame) -> None:
    _, index = england
    overview = index[index["key"] == "england"].set_index("layer")["features"]
    assert overview[["lad24", "icb24", "icb26", "rgn", "labels"]].tolist() == [296, 42, 36, 9, 296]
    assert overview["pcn"] == leading["pcn_code"].nunique()
    per_key = index[index["key"] != "england"].groupby("layer")["features"].sum()
    assert per_key["pcn"] == overview["pcn"]
    assert per_key["labels"] == 6_856  # MSOAs in England, Census 2021
    assert per_key[["lad24", "icb24", "icb26"]].tolist() == [296, 42, 36]


def test_no_view_downloads_more_than_its_limit(england: tuple[Path, pd.DataFrame], areas: pd.DataFrame, leading: pd.DataFrame) -> None:
    sizes = view_bytes(england[1], areas, leading)
    assert sizes.groupby("view").size()[["icb24", "icb26", "lad24"]].tolist() == [42, 36, 296]
    assert sizes["bytes"].max() <= geometry.MAX_VIEW_BYTES
    assert england[1]["bytes"].sum() <= 13_000_000


def test_barking_and_dagenham_is_where_it_should_be(england: tuple[Path, pd.DataFrame], areas: pd.DataFrame) -> None:
    collection = _collection(england, "lsoa", "E09000002")
    assert len(collection["features"]) == (areas["lad24cd"] == "E09000002").sum()
    shapes = shapely.from_geojson([json.dumps(f["geometry"]) for f in collection["features"]])
    codes = [f["properties"]["code"] for f in collection["features"]]
    centres = areas.set_index("lsoa21cd").loc[codes]
    points = shapely.points(centres["pwc_lon"], centres["pwc_lat"])
    # The population-weighted centroid is an independent ONS figure. It lies outside a bent LSOA, rarely.
    assert shapely.contains_properly(shapes, points).mean() > 0.97
    outline = shapely.from_geojson(json.dumps(_collection(england, "lad24", "E09000002")["features"][0]["geometry"]))
    assert outline.symmetric_difference(shapely.union_all(shapes)).area / outline.area < 1e-4


def test_simplified_london_keeps_its_edges_and_areas(areas: pd.DataFrame) -> None:
    london = areas.loc[areas["rgncd"] == "E12000007", "lsoa21cd"].tolist()
    polygons, _ = read_boundaries(BOUNDARIES, london)
    assert invalid_edges(polygons) == 0
    simple = simplify_by_size(polygons, geometry.FINE, geometry.COARSE, geometry.LARGE)
    assert invalid_edges(simple) == 0
    change = np.abs(shapely.area(simple) / shapely.area(polygons) - 1)
    assert np.median(change) < 0.005
    # London's areas are the smallest and so the worst: 4.2% at the 99th percentile, England 2.6%.
    assert np.quantile(change, 0.99) < 0.05
    assert np.abs(shapely.area(simple).sum() / shapely.area(polygons).sum() - 1) < 1e-3
    assert shapely.is_valid(to_degrees(simple, geometry.DETAIL_DECIMALS)).all()
