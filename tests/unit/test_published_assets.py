"""The table of what is published now: the snapshot's assets, with what layers say in place of them and beside them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest

from analysis.asset_records import RECORD_COLUMNS, as_records
from data_loaders import ace_libraries, givefood, gla_community_centres, overpass, published_assets
from data_loaders.asset_layers import ENGLAND, AssetLayers, Scope, feed_code
from data_loaders.asset_source import AssetSource, AssetsRead
from data_loaders.atlas import Atlas
from data_loaders.open_referral_feed import ABOUT as FEED
from data_loaders.published_assets import BUILT_IN, PublishedAssets, combined, snapshot_records

TOWER_HAMLETS, NEWHAM = Scope("E09000030", "Tower Hamlets"), Scope("E09000025", "Newham")
ALL = Scope(ENGLAND, "England")
START = datetime(2026, 9, 1, 12, tzinfo=UTC)
Table = Callable[[], PublishedAssets]


@pytest.fixture
def layers(tmp_path: Path) -> AssetLayers:
    return AssetLayers(tmp_path / "asset-layers")


def add(layers: AssetLayers, source: AssetSource, scope: Scope, rows: list[dict[str, object]], day: int = 0, asked: int | None = None) -> str:
    records = as_records(pd.DataFrame(rows).assign(source=source.publisher, source_date="2026-08-30", licence=source.licence))
    moment = START + timedelta(days=day)
    asked_at = moment if asked is None else START + timedelta(days=asked)
    read = AssetsRead(source, records, pd.DataFrame(), len(records), "2026-08-30", asked_at)
    return layers.write(read, scope, moment).id


def row(asset_id: str, lad24cd: str | None = TOWER_HAMLETS.code, category: str = "food bank", **more: object) -> dict[str, object]:
    return {"asset_id": asset_id, "name": f"Example {asset_id}", "category": category, "lad24cd": lad24cd, **more}


def osm_rows(published: PublishedAssets, scope: Scope) -> pd.DataFrame:
    records = published.records
    return records[records["source"].eq("OpenStreetMap") & records["lad24cd"].eq(scope.code)]


def test_without_a_layer_it_is_what_is_built_in(atlas: Atlas, layers: AssetLayers) -> None:
    table = combined(atlas, layers)
    built = atlas.snapshot.table("community_assets")
    assert dict(table.records.dtypes.astype(str)) == RECORD_COLUMNS
    assert table.records["asset_id"].tolist() == built["asset_id"].tolist() and table.records["asset_id"].is_unique
    for column in ("name", "category", "hosts", "denomination", "source", "lsoa21cd", "easting", "position_quality"):
        pd.testing.assert_series_equal(table.records[column], built[column])
    assert set(table.layer_of) == {BUILT_IN} and table.layers == () and table.problems == () and table.asked().empty


def test_only_places_of_worship_say_what_kind_of_organisation_they_are_and_nothing_is_confirmed(atlas: Atlas) -> None:
    records = snapshot_records(atlas)
    worship = records["category"].eq("place of worship")
    assert worship.sum() == 32_042
    assert records.loc[worship, "organisation_type"].eq("faith group").all() and records.loc[worship, "faith_kind"].eq("worshipping community").all()
    assert records.loc[~worship, ["organisation_type", "faith_kind"]].isna().all(axis=None)
    assert records["last_confirmed"].isna().all(), "a publication date is not a confirmation"
    assert not records["sensitive"].any()


def test_a_layer_of_openstreetmap_replaces_its_authority_and_no_other(atlas: Atlas, layers: AssetLayers) -> None:
    before = combined(atlas, layers)
    kept = osm_rows(before, TOWER_HAMLETS)["asset_id"].iloc[0]
    rows = [row(kept, category="place of worship"), row("osm/node/1"), row("osm/node/2", category="library")]
    layer_id = add(layers, overpass.SOURCE, TOWER_HAMLETS, rows)
    after = combined(atlas, layers)
    assert set(osm_rows(after, TOWER_HAMLETS)["asset_id"]) == {kept, "osm/node/1", "osm/node/2"}
    assert set(after.records.loc[after.layer_of == layer_id, "asset_id"]) == {kept, "osm/node/1", "osm/node/2"}
    untouched = before.records["lad24cd"].ne(TOWER_HAMLETS.code) | before.records["source"].ne("OpenStreetMap")
    assert set(before.records.loc[untouched, "asset_id"]) == set(after.records.loc[after.layer_of == BUILT_IN, "asset_id"])
    assert len(after.records) == untouched.sum() + 3
    assert after.records["asset_id"].is_monotonic_increasing and after.records["asset_id"].is_unique


def test_a_record_at_a_border_that_two_layers_give_is_there_once_from_the_newer_answer(atlas: Atlas, layers: AssetLayers) -> None:
    """Written later but asked earlier, as where a kept answer stands in, is older."""
    newer = add(layers, overpass.SOURCE, NEWHAM, [row("osm/node/1", NEWHAM.code, name="Newer")], day=1)
    add(layers, overpass.SOURCE, TOWER_HAMLETS, [row("osm/node/1", NEWHAM.code, name="Older"), row("osm/node/2")], day=2, asked=0)
    table = combined(atlas, layers)
    found = table.records["asset_id"].eq("osm/node/1")
    assert found.sum() == 1 and table.records.loc[found, "name"].item() == "Newer" and table.layer_of[found].item() == newer


def test_a_record_that_the_snapshot_has_in_a_neighbour_is_there_once(atlas: Atlas, layers: AssetLayers) -> None:
    neighbour = osm_rows(combined(atlas, layers), NEWHAM)["asset_id"].iloc[0]
    add(layers, overpass.SOURCE, TOWER_HAMLETS, [row(neighbour, category="place of worship")])
    table = combined(atlas, layers)
    assert table.records["asset_id"].is_unique
    assert table.records.set_index("asset_id").loc[neighbour, "lad24cd"] == TOWER_HAMLETS.code


@pytest.mark.parametrize(
    ("source", "category", "there"), [(ace_libraries.ABOUT, "library", 2_926), (gla_community_centres.ABOUT, "community centre", 896)]
)
def test_a_new_release_of_a_list_replaces_the_list(atlas: Atlas, layers: AssetLayers, source: AssetSource, category: str, there: int) -> None:
    assert combined(atlas, layers).records["source"].eq(source.publisher).sum() == there
    add(layers, source, ALL, [row(f"{source.key}/new", category=category)])
    table = combined(atlas, layers)
    assert table.records.loc[table.records["source"] == source.publisher, "asset_id"].tolist() == [f"{source.key}/new"]
    assert len(table.records) == 35_864 - there + 1


def test_other_sources_add_theirs_and_replace_only_their_own(atlas: Atlas, layers: AssetLayers) -> None:
    add(layers, givefood.ABOUT, ALL, [row("givefood/old")])
    add(layers, givefood.ABOUT, ALL, [row("givefood/a"), row("givefood/b", NEWHAM.code)], day=1)
    one, two = (Scope(feed_code(f"https://{name}.example.org"), "all of its feed") for name in ("one", "two"))
    for scope in (one, two):
        add(layers, FEED, scope, [row(f"openreferral/{scope.code}/1", category="community service")])
    table = combined(atlas, layers)
    added = set(table.records.loc[table.layer_of != BUILT_IN, "asset_id"])
    assert added == {"givefood/a", "givefood/b", f"openreferral/{one.code}/1", f"openreferral/{two.code}/1"}
    assert len(table.records) == 35_864 + 4


def test_a_damaged_layer_leaves_the_snapshot_and_says_so(atlas: Atlas, layers: AssetLayers) -> None:
    layer_id = add(layers, overpass.SOURCE, TOWER_HAMLETS, [row("osm/node/1")])
    path = layers.folder / layer_id / "records.parquet"
    path.write_bytes(path.read_bytes()[:-5])
    table = combined(atlas, layers)
    assert len(table.records) == 35_864 and table.layers == ()
    assert len(table.problems) == 1 and layer_id in table.problems[0]


def test_sources_carry_licence_credit_and_date(atlas: Atlas, layers: AssetLayers) -> None:
    add(layers, overpass.SOURCE, TOWER_HAMLETS, [row("osm/node/1")])
    add(layers, ace_libraries.ABOUT, ALL, [row("ace/new", category="library")])
    sources = {(each.publisher, each.where): each for each in combined(atlas, layers).sources()}
    assert set(sources) == {
        ("OpenStreetMap", "England"), ("OpenStreetMap", "Tower Hamlets"), ("Greater London Authority", "England"),
        ("Arts Council England", "England"),
    }  # fmt: skip
    built, live = sources["OpenStreetMap", "England"], sources["OpenStreetMap", "Tower Hamlets"]
    assert "ODbL" in built.licence and built.published == "2026-08-16" and "OpenStreetMap contributors" in built.attribution
    assert (live.published, live.records, live.licence) == ("2026-08-30", 1, "ODbL 1.0") and "asked on 1 September 2026" in live.said
    assert sources["Arts Council England", "England"].records == 1, "the built-in list of libraries is no source of this table any more"
    assert sum(each.records for each in sources.values()) == len(combined(atlas, layers).records)


def test_what_was_asked_where(atlas: Atlas, layers: AssetLayers) -> None:
    add(layers, overpass.SOURCE, TOWER_HAMLETS, [row("osm/node/1")])
    add(layers, givefood.ABOUT, ALL, [row("givefood/a")])
    add(layers, gla_community_centres.ABOUT, ALL, [row("gla/1", category="community centre")])
    scope = Scope(feed_code("https://example.org"), "all of its feed")
    services = [row("openreferral/1", category="community service"), row("openreferral/2", None, service_area="E09000025; E12000007")]
    add(layers, FEED, scope, services)
    asked = combined(atlas, layers).asked()
    assert list(asked.columns) == published_assets.ASKED_COLUMNS
    by_source = {source: set(zip(rows["lad24cd"], rows["category"], strict=True)) for source, rows in asked.groupby("source")}
    assert by_source["OpenStreetMap"] == {("E09000030", category) for category in overpass.SOURCE.categories}, "asked, whether it held any or not"
    assert len(by_source["Give Food"]) == 296
    assert len(by_source["Greater London Authority"]) == 33 and all(code.startswith("E09") for code, _ in by_source["Greater London Authority"])
    assert by_source[FEED.publisher] == {("E09000030", "community service"), ("E09000025", "food bank")}
    assert asked.set_index("source")["kind"].groupby(level=0).first().to_dict() == {
        "OpenStreetMap": "layer", "Give Food": "list", "Greater London Authority": "list", FEED.publisher: "list",
    }  # fmt: skip


def test_lines_for_the_page(atlas: Atlas, layers: AssetLayers) -> None:
    assert published_assets.layer_lines(combined(atlas, layers)) == ["Places are those built into this copy, published from 2022-11 to 2026-08-16."]
    add(layers, overpass.SOURCE, TOWER_HAMLETS, [row("osm/node/1")])
    lines = published_assets.layer_lines(combined(atlas, layers))
    assert lines == ["OpenStreetMap, asked on 1 September 2026 for Tower Hamlets: 1 record.", "The oldest of these answers is of 1 September 2026."]
