"""The committed snapshot keeps what its schemas and its manifests promise, and England has its figures."""

from __future__ import annotations

import gzip
import hashlib
import json
from pathlib import Path

import pandas as pd
import pytest

from data_loaders import manifests
from data_loaders.atlas import Atlas
from data_loaders.snapshot_schemas import CATEGORIES, COVERAGE, SCHEMAS


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_table_is_as_its_schema_says(atlas: Atlas, name: str) -> None:
    frame = atlas.snapshot.table(name)
    SCHEMAS[name].validate(frame, lazy=True)
    assert len(frame) == atlas.snapshot.contents()["tables"][name]["rows"]


def test_no_table_is_without_a_schema_or_the_other_way_round(atlas: Atlas) -> None:
    files = {path.stem for path in atlas.snapshot.folder.glob("*.parquet")}
    assert files == set(SCHEMAS) == set(atlas.snapshot.contents()["tables"])


def test_england_has_its_figures(atlas: Atlas) -> None:
    areas = atlas.areas
    assert len(areas) == 33_755
    assert areas["pop_mid2022"].sum() == 57_112_542
    core20 = areas[areas["core20"]]
    assert (len(core20), core20["pop_mid2022"].sum()) == (6_751, 11_499_917)
    assert sorted(core20["imd25_rank"]) == list(range(1, 6_752)), "the most deprived fifth nationally, by rank"
    by_place = core20.groupby("lad24cd").size()
    assert (by_place["E09000002"], by_place["E09000030"]) == (32, 73)
    for vintage, systems in (("icb24", 42), ("icb26", 36)):
        assert core20.groupby(f"{vintage}cd").size()["E54000029"] == 293
        assert areas[f"{vintage}cd"].nunique() == systems


def test_deciles_follow_ranks(atlas: Atlas) -> None:
    by_decile = atlas.areas.groupby("imd25_decile")["imd25_rank"].agg(["min", "max", "size"])
    assert by_decile.index.tolist() == list(range(1, 11))
    assert (by_decile["min"].iloc[1:].to_numpy() == by_decile["max"].iloc[:-1].to_numpy() + 1).all()
    assert set(by_decile["size"]) == {3_375, 3_376}
    assert (atlas.areas.sort_values("imd25_rank")["imd25_score"].diff().dropna() <= 1e-9).all()


def test_every_pcn_leads_somewhere_but_one_which_says_why(atlas: Atlas) -> None:
    pcns = atlas.pcns
    assert len(pcns) == 1_298
    nowhere = pcns[pcns["leading_lsoas"] == 0]
    assert nowhere["pcn_code"].tolist() == ["U19803"]
    assert "digital-first" in nowhere["not_leading_why"].iloc[0]
    assert not nowhere["is_place"].iloc[0]
    assert pcns.loc[pcns["leading_lsoas"] > 0, "not_leading_why"].isna().all()
    assert pcns["leading_lsoas"].sum() == 33_755
    led = atlas.areas.groupby("leading_pcn_code").size()
    assert (pcns.set_index("pcn_code")["leading_lsoas"].drop("U19803").sort_index().to_numpy() == led.sort_index().to_numpy()).all()


def test_patients_are_conserved_and_counted_in_the_manifest(atlas: Atlas) -> None:
    used = next(source for source in atlas.snapshot.manifests() if source.id == "gp_registrations").used
    assert float(used["percent_of_english_patients_used"]) >= 99.4
    assert float(used["patients_used_after_carrying_to_lsoa21"]) == pytest.approx(float(used["patients_used"]), abs=0.5)
    assert float(used["patients_used"]) / float(used["patients_with_an_english_lsoa"]) == pytest.approx(
        float(used["percent_of_english_patients_used"]) / 100, abs=1e-5
    )
    assert atlas.pcns["registered_patients"].sum() == pytest.approx(float(used["patients_used"]), abs=1)
    assert atlas.snapshot.table("small_areas", ["registered_patients"])["registered_patients"].sum() == pytest.approx(
        float(used["patients_used"]), abs=1
    )


def test_shares_are_of_all_patients_of_an_lsoa(atlas: Atlas) -> None:
    shares = atlas.snapshot.table("pcn_shares")
    registered = atlas.snapshot.table("small_areas", ["lsoa21cd", "registered_patients"]).set_index("lsoa21cd")["registered_patients"]
    expected = shares["patients"] / registered.loc[shares["lsoa21cd"]].to_numpy()
    assert (shares["share"] - expected).abs().max() < 1e-9
    kept = shares.groupby("lsoa21cd")["share"].sum()
    assert kept.between(0.7, 1 + 1e-9).all(), "what falls away is small"


@pytest.mark.parametrize(("authority", "percent"), [("E09000025", 57), ("E09000002", 49), ("E09000030", 76)])
def test_the_leading_share_where_the_project_names_it(atlas: Atlas, authority: str, percent: int) -> None:
    assert round(100 * atlas.areas.loc[atlas.areas["lad24cd"] == authority, "leading_pcn_share"].mean()) == pytest.approx(percent, abs=1)


def test_few_lsoas_have_low_registration(atlas: Atlas) -> None:
    assert atlas.areas["low_registration"].sum() == pytest.approx(123, abs=3)


def test_nearly_every_core20_lsoa_has_an_asset_nearby(atlas: Atlas) -> None:
    from analysis.reach import Reach, origins

    core20 = atlas.areas[atlas.areas["core20"]]
    found = atlas.place_index.count_within(origins(core20), Reach(800, 1.0)) > 0
    assert found.mean() == pytest.approx(0.965, abs=0.01)


def test_coverage_is_said_for_every_authority_and_category(atlas: Atlas) -> None:
    whole = atlas.coverage[atlas.coverage["faith_tradition"].isna()]
    assert len(whole) == 296 * len(CATEGORIES)
    assert not whole.duplicated(["lad24cd", "category"]).any()
    assert set(whole["status"]) <= set(COVERAGE)
    centres = whole[whole["category"] == "community centre"].merge(atlas.areas[["lad24cd", "rgncd"]].drop_duplicates(), on="lad24cd")
    assert set(centres.loc[centres["rgncd"] != "E12000007", "status"]) == {"not mapped"}


def test_no_table_holds_a_way_to_contact_a_person(atlas: Atlas) -> None:
    columns = {column.casefold() for schema in SCHEMAS.values() for column in schema.columns}
    assert not {column for column in columns if any(word in column for word in ("phone", "email", "website", "contact", "address"))}
    assert not atlas.places["name"].fillna("").str.contains(r"@\w+\.|https?://", regex=True).any()


def test_every_source_is_described_with_a_checksum(atlas: Atlas) -> None:
    found = atlas.snapshot.manifests()
    assert sorted(source.id for source in found) == manifests.source_ids()
    for source in found:
        assert len(source.sha256) == 64
        assert source.rows > 0
        assert source.used


def test_every_row_of_the_indicator_sources_is_accounted_for(atlas: Atlas) -> None:
    """Rows in = values in the snapshot + rows set aside, each kind of them counted with its reason."""
    values = atlas.snapshot.table("indicator_values", ["source_id"]).groupby("source_id").size()
    told = {source.id: source for source in atlas.snapshot.manifests()}
    profiles = told["fingertips_london_profiles"].used
    assert int(profiles["rows_without_the_repeats_under_other_profiles"]) == values["fingertips_london_profiles"] + int(
        profiles["replaced_by_a_figure_with_an_interval"]
    )
    assert profiles["of_those_differing_from_it"] == 0
    for source_id, count in values.items():
        used = told[str(source_id)].used
        assert used["values"] == count
        if str(source_id).startswith("els_"):
            aside = sum(int(part.split(" ")[0].replace(",", "")) for part in str(used["set_aside"]).split("; ") if part)
            assert told[str(source_id)].rows == count - int(used["rows_added_for_the_smaller_of_two_areas_published_together"]) + aside
    extract = told["fingertips_icb_extract"]
    assert extract.rows == values["fingertips_icb_extract"] + int(extract.used["rows_of_asthma_left_out"])


def test_the_tables_of_indicators_are_small(atlas: Atlas) -> None:
    listed = atlas.snapshot.contents()["tables"]
    assert sum(listed[name]["bytes"] for name in ("indicator_values", "qof_counts", "indicators")) < 4_000_000


def test_snapshot_and_outlines_are_under_40_megabytes(atlas: Atlas) -> None:
    assert _size(atlas.snapshot.folder) + _size(atlas.snapshot.static / "geometry") < 40_000_000
    assert atlas.snapshot.table("geometry")["bytes"].max() <= 1_500_000


def test_outlines_are_the_files_listed_and_named_after_what_is_in_them(atlas: Atlas) -> None:
    atlas.snapshot.check_geometry()
    listed = {atlas.snapshot.static / path for path in atlas.geometry["path"]}
    assert {path for path in (atlas.snapshot.static / "geometry").rglob("*.gz")} == listed
    for path in sorted(listed)[::25]:
        content = gzip.decompress(path.read_bytes())
        assert path.name.split(".")[-3] == hashlib.sha256(content).hexdigest()[:12]
        assert json.loads(content)["type"] == "FeatureCollection"


def test_every_lsoa_is_drawn_once(atlas: Atlas) -> None:
    files = atlas.geometry[atlas.geometry["layer"] == "lsoa"]
    assert files["features"].sum() == 33_755
    assert sorted(files["key"]) == sorted(atlas.areas["lad24cd"].unique())


def test_postcodes_point_into_the_small_areas(atlas: Atlas) -> None:
    table = pd.read_parquet(atlas.snapshot.path("postcodes"), columns=["lsoa_row", "easting", "northing"])
    assert len(table) > 1_480_000
    assert table["lsoa_row"].nunique() > 33_700
    points = atlas.areas[["pwc_e", "pwc_n"]].to_numpy()[table["lsoa_row"].to_numpy()]
    distance = ((points - table[["easting", "northing"]].to_numpy()) ** 2).sum(axis=1) ** 0.5
    assert pd.Series(distance).median() < 500
