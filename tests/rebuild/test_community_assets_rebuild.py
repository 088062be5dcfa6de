"""The community assets built from the published files: the figures that DATA.md promises."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest

from data_loaders import (
    ace_libraries,
    community_assets,
    faith_covenant,
    gla_community_centres,
    osm_places_of_worship,
    snapshot_schemas,
)

SHARED = Path(__file__).parents[2].parent / "shared" / "data"
pytestmark = pytest.mark.skipif(not SHARED.is_dir(), reason=f"the published files are not at {SHARED}")


@pytest.fixture(scope="module")
def areas() -> pd.DataFrame:
    """Codes and names of each LSOA's authorities."""
    return pd.read_parquet(
        SHARED / "geography/lsoa21_attributes.parquet",
        columns=["lsoa21cd", "lad24cd", "lad24nm", "utlacd", "utlanm"],
    )


@pytest.fixture(scope="module")
def built(areas: pd.DataFrame) -> community_assets.CommunityAssets:
    """The whole build, once."""
    return community_assets.build(
        osm_places_of_worship.read(SHARED / osm_places_of_worship.FILE),
        ace_libraries.read(SHARED / ace_libraries.FILE),
        gla_community_centres.read(SHARED / gla_community_centres.FILE),
        pd.read_parquet(
            SHARED / "postcodes/postcode_england_lookup.parquet", columns=["pcds", "easting", "northing"]
        ),
        gpd.read_parquet(
            SHARED / "geography/lsoa21_boundaries_bgc.parquet", columns=["LSOA21CD", "geometry"]
        ),
        areas,
    )


def test_the_published_counts_are_found() -> None:
    osm = osm_places_of_worship.read(SHARED / osm_places_of_worship.FILE)
    assert (len(osm), int(osm["country"].eq("E").sum())) == (37_757, 32_350)
    assert round(osm["name"].notna().mean(), 2) == 0.96
    libraries = ace_libraries.read(SHARED / ace_libraries.FILE)
    assert (len(libraries), int(libraries["open_static"].sum())) == (3_487, 2_938)
    assert len(gla_community_centres.read(SHARED / gla_community_centres.FILE)) == 903


def test_every_row_is_kept_merged_or_set_aside(built: community_assets.CommunityAssets) -> None:
    counts = built.counts.pivot(index="source", columns="step", values="records").fillna(0)
    aside = counts.filter(like="set aside").sum(axis=1)
    assert (counts["rows in the file"] == counts["records kept"] + counts["merged"] + aside).all()


def test_every_frame_keeps_the_promise_of_its_schema(
    built: community_assets.CommunityAssets, areas: pd.DataFrame
) -> None:
    snapshot_schemas.community_assets.validate(built.assets)
    snapshot_schemas.asset_coverage.validate(built.coverage)
    snapshot_schemas.asset_matches.validate(built.report)
    covenant = faith_covenant.match(faith_covenant.read(SHARED / faith_covenant.FILE), areas)
    snapshot_schemas.faith_covenant.validate(covenant)
    assert (len(covenant), int(covenant[["lad24cd", "utlacd"]].isna().all(axis=1).sum())) == (33, 4)


def test_every_record_in_the_table_has_an_lsoa_or_says_why_not(
    built: community_assets.CommunityAssets,
) -> None:
    assets = built.assets
    assert (assets["lsoa21cd"].isna() == assets["position_quality"].eq("not located")).all()
    assert assets.loc[assets["position_quality"].eq("not located"), "category"].eq("library").all()
    libraries = assets[assets["category"].eq("library")]
    assert libraries["lsoa21cd"].notna().mean() > 0.92  # what DATA.md promises of geocoding


def test_centres_lie_in_the_borough_their_publisher_names(built: community_assets.CommunityAssets) -> None:
    raw = pd.read_csv(SHARED / gla_community_centres.FILE, dtype=str)
    borough = raw.set_index("gla/" + raw["os_addressbase_uprn"])["borough_code"]
    centres = built.assets[built.assets["category"].eq("community centre")].set_index("asset_id")
    assert (centres["lad24cd"] == borough.reindex(centres.index)).all()


def test_the_point_in_polygon_agrees_with_the_postcode_lookup(
    built: community_assets.CommunityAssets,
) -> None:
    """An independent reference: ONS's own LSOA for the postcodes of the libraries."""
    lookup = pd.read_parquet(
        SHARED / "postcodes/postcode_england_lookup.parquet", columns=["pcds", "lsoa21cd"]
    )
    codes = lookup.set_axis(lookup["pcds"].str.replace(" ", ""))["lsoa21cd"].astype("str")
    raw = (
        ace_libraries.read(SHARED / ace_libraries.FILE)
        .drop_duplicates("asset_id")
        .set_index("asset_id")["postcode"]
    )
    libraries = built.assets.query("category == 'library'").dropna(subset="lsoa21cd").set_index("asset_id")
    official = codes.reindex(raw.reindex(libraries.index)).to_numpy()
    assert (libraries["lsoa21cd"].to_numpy() == official).mean() > 0.97


def test_tower_hamlets_keeps_its_mosques(built: community_assets.CommunityAssets) -> None:
    here = built.assets.query("lad24cd == 'E09000030' and category == 'place of worship'")
    assert 98 <= len(here) <= 109
    assert 28 <= int(here["faith_tradition"].eq("Muslim").sum()) <= 30


def test_coverage_answers_for_every_authority_and_category(built: community_assets.CommunityAssets) -> None:
    whole = built.coverage[built.coverage["faith_tradition"].isna()]
    assert whole.groupby("category").size().to_dict() == {
        "community centre": 296,
        "library": 296,
        "place of worship": 296,
    }
    centres = whole[whole["category"].eq("community centre")]
    assert centres.groupby("status").size().to_dict() == {"mapped": 33, "not mapped": 263}
    located = built.assets.dropna(subset="lad24cd").groupby("category").size()
    assert whole.groupby("category")["records"].sum().to_dict() == located.to_dict()
    unreported = whole.query("category == 'library' and status == 'not mapped'")["lad24cd"].tolist()
    assert unreported == ["E06000053"]  # the Isles of Scilly
