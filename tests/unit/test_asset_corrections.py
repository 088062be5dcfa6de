"""What people said is laid over what is published, field by field, and taken back without a trace in what is published."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.asset_corrections import CORRECTED_FIELDS, CORRECTION_COLUMNS, applied, said_in_words
from analysis.asset_records import RECORD_COLUMNS, as_records


def records(*rows: dict[str, Any]) -> pd.DataFrame:
    blank = {
        "name": "Example Hall",
        "category": "community centre",
        "postcode": "E11AA",
        "easting": 534_500.0,
        "northing": 181_600.0,
        "longitude": -0.06,
        "latitude": 51.517,
        "lsoa21cd": "E01004293",
        "lad24cd": "E09000030",
        "position_quality": "building centre",
        "source": "Example Council",
    }
    return as_records(pd.DataFrame([{**blank, **row} for row in rows]))


def corrections(*rows: dict[str, Any]) -> pd.DataFrame:
    blank = {"correction_id": "c", "version": 1, "asset_name": "Example Hall", "lad24cd": "E09000030"}
    flags = {"sensitive": False, "closed": False, "public_premises": False, "draft": False}
    frame = pd.DataFrame([{**blank, **flags, **row} for row in rows], columns=list(CORRECTION_COLUMNS))
    frame["last_confirmed"] = pd.to_datetime(frame["last_confirmed"])
    return frame.astype(CORRECTION_COLUMNS)


TWO = records({"asset_id": "a/1"}, {"asset_id": "a/2", "last_confirmed": "2026-03-01", "confirmed_by_role": "Assured by the publisher"})


def test_without_corrections_records_are_as_published() -> None:
    found = applied(TWO, corrections())
    pd.testing.assert_frame_equal(found[list(RECORD_COLUMNS)], TWO)
    assert not found["corrected"].any() and not found["closed"].any() and found["note"].isna().all()


def test_only_what_is_said_is_changed_and_only_there() -> None:
    found = applied(TWO, corrections({"asset_id": "a/1", "opening": "Mo", "name": "Example Hall and Garden"})).set_index("asset_id")
    assert found.loc["a/1", ["opening", "name", "postcode"]].tolist() == ["Mo", "Example Hall and Garden", "E11AA"]
    assert found["corrected"].tolist() == [True, False]
    pd.testing.assert_series_equal(found.loc["a/2", list(RECORD_COLUMNS)[1:]], TWO.set_index("asset_id").loc["a/2"])


def test_a_draft_is_not_applied_and_two_in_force_are_a_fault() -> None:
    assert not applied(TWO, corrections({"asset_id": "a/1", "opening": "Mo", "draft": True}))["corrected"].any()
    with pytest.raises(ValueError, match="two corrections"):
        applied(TWO, corrections({"asset_id": "a/1", "opening": "Mo"}, {"asset_id": "a/1", "opening": "Tu"}))


@pytest.mark.parametrize(
    ("on", "role", "shown"),
    [("2026-06-01", "Chair", ["2026-06-01", "Chair"]), ("2025-01-01", "Chair", ["2026-03-01", "Assured by the publisher"])],
)
def test_the_later_confirmation_counts_with_its_role(on: str, role: str, shown: list[str]) -> None:
    found = applied(TWO, corrections({"asset_id": "a/2", "last_confirmed": on, "confirmed_by_role": role})).iloc[1]
    assert [f"{found['last_confirmed']:%Y-%m-%d}", found["confirmed_by_role"]] == shown
    assert not found["corrected"], "to confirm is not to correct"


def test_a_new_postcode_does_not_keep_the_old_point() -> None:
    found = applied(TWO, corrections({"asset_id": "a/1", "postcode": "E151AA", "lad24cd": "E09000025"})).iloc[0]
    assert (found["postcode"], found["lad24cd"], found["position_quality"]) == ("E151AA", "E09000025", "not located")
    assert found[["easting", "northing", "longitude", "latitude", "lsoa21cd"]].isna().all() and found["corrected"]


def test_who_decides_is_not_taken_for_where_it_is() -> None:
    mobile = records({"asset_id": "a/1", "lad24cd": None})
    found = applied(mobile, corrections({"asset_id": "a/1", "last_confirmed": "2026-06-01", "confirmed_by_role": "Chair"}))
    assert found["lad24cd"].isna().all() and not found["corrected"].any()


def test_a_sensitive_site_has_no_position_whatever_is_published() -> None:
    shared = TWO.assign(location_id="a/1")
    found = applied(shared, corrections({"asset_id": "a/2", "sensitive": True})).iloc[1]
    assert found[["postcode", "uprn", "easting", "northing", "longitude", "latitude", "lsoa21cd"]].isna().all()
    assert (found["sensitive"], found["lad24cd"], found["position_quality"], found["location_id"]) == (True, "E09000030", "not located", "a/2")


def test_what_its_source_no_longer_publishes_is_not_lost_with_it() -> None:
    known = {"name": "Example Mandir", "category": "place of worship", "easting": 534_000.0, "northing": 181_000.0, "source": "OpenStreetMap"}
    lost = {"asset_id": "osm/way/9", "asset_name": "Example Mandir", "opening": "Su", "as_published": known}
    unknown = {"asset_id": "osm/way/8", "asset_name": "Example Chapel", "closed": True}
    more = TWO.assign(hidden_from_exports=True, neighbourhood="Example")
    found = applied(more, corrections(lost, unknown))
    assert found["asset_id"].tolist() == ["a/1", "a/2", "osm/way/9", "osm/way/8"]
    kept, bare = found.iloc[2], found.iloc[3]
    assert kept[["name", "opening", "easting", "source", "corrected"]].tolist() == ["Example Mandir", "Su", 534_000.0, "register", True]
    assert kept["note"] == "No longer published by OpenStreetMap; kept because of what was decided here."
    assert (bare["name"], bare["closed"], bare["position_quality"]) == ("Example Chapel", True, "not located")
    assert found.dtypes[list(RECORD_COLUMNS)].astype(str).to_dict() == RECORD_COLUMNS
    assert found["hidden_from_exports"].tolist() == [True, True, False, False]


_FIELDS = [name for name in CORRECTED_FIELDS if RECORD_COLUMNS[name] == "str" and name not in ("postcode", "lad24cd", "position_quality", "lsoa21cd")]


_ASSETS = st.sampled_from([f"a/{number}" for number in range(6)])
_SAID = st.dictionaries(st.sampled_from(_FIELDS), st.text("ab", min_size=1, max_size=3))


@given(said=st.dictionaries(_ASSETS, _SAID, max_size=6), closed=st.sets(_ASSETS))
@settings(max_examples=60, deadline=None)
def test_each_record_reads_as_said_and_otherwise_as_published(said: dict[str, dict[str, str]], closed: set[str]) -> None:
    published = records(*({"asset_id": f"a/{number}", "opening": "Mo" if number % 2 else None} for number in range(4)))
    rows = [{"asset_id": one, "closed": one in closed, **fields} for one, fields in said.items()]
    found = applied(published, corrections(*rows)).set_index("asset_id")
    assert set(found.index) == set(published["asset_id"]) | set(said)
    plain = published.set_index("asset_id")
    for asset_id, row in found.iterrows():
        for name in _FIELDS:
            was = plain[name].get(asset_id) if asset_id in plain.index else None
            expected = said.get(str(asset_id), {}).get(name, was)
            if expected is None or pd.isna(expected):
                assert pd.isna(row[name]) or name == "name"
            else:
                assert row[name] == expected
        assert row["closed"] == (asset_id in closed and asset_id in said)


def test_a_correction_is_told_in_short_phrases() -> None:
    row = corrections(
        {"asset_id": "a/1", "opening": "Mo", "easting": 5.0, "closed": True, "last_confirmed": date(2026, 6, 1), "confirmed_by_role": "Chair"}
    ).iloc[0]
    assert said_in_words(row) == ("opening: Mo", "it has closed", "confirmed on 2026-06-01")
