"""Complementary groups near one asset: other days, other activities, another kind of place, and nothing taken for known that is not."""

from __future__ import annotations

import pandas as pd
import pytest

from analysis.asset_records import as_records
from analysis.complementary import groups
from analysis.reach import Reach
from data_loaders.atlas import Atlas

REACH = Reach(800, 1.0)


def _asset(asset_id: str, east: float | None = 0.0, **said: object) -> dict[str, object]:
    place = {"easting": None, "northing": None} if east is None else {"easting": 500_000 + east, "northing": 200_000}
    return {"asset_id": asset_id, "name": f"Example {asset_id}", "category": "community centre"} | place | said


def _found(*others: dict[str, object], reach: Reach = REACH, **own: object) -> pd.DataFrame:
    table = as_records(pd.DataFrame([_asset("own", **own), *others]))
    return groups(table, table.iloc[0], reach).set_index("asset_id")


def test_open_on_other_days_in_words() -> None:
    found = _found(_asset("other", 100, days="Mo; We; Th"), days="Mo; Tu")
    assert found.loc["other", "other_days"] == "We; Th"
    assert found.loc["other", "why"] == "Open on Wednesday and Thursday; this one is not."
    assert found.loc["other", "walk_m"] == 100


def test_unknown_days_are_not_closed_days() -> None:
    assert _found(_asset("other", 100, days="Mo; We"), days=None).empty, "nobody knows when this one is open"
    assert _found(_asset("other", 100, days=None), days="Mo").empty, "nobody knows when the other is"


def test_the_same_days_add_nothing() -> None:
    assert _found(_asset("other", 100, days="Mo"), days="Mo; Tu").empty


def test_other_activities_in_words() -> None:
    found = _found(_asset("other", 100, activity_groups="social; practical; emotional"), activity_groups="practical")
    assert found.loc["other", "other_activities"] == "emotional; social"
    assert found.loc["other", "why"] == "Emotional and social activities; this one records none of that kind."
    assert _found(_asset("other", 100, activity_groups="social")).empty, "what this one does is unknown"


def test_another_kind_of_place_in_words() -> None:
    found = _found(_asset("other", 100, category="library"))
    assert found.loc["other", "why"] == "A library; this one is a community centre."
    assert found.loc["other", ["other_days", "other_activities"]].isna().all()


def test_several_reasons_stand_in_one_text() -> None:
    found = _found(_asset("other", 100, category="food bank", days="Th", activity_groups="practical"), days="Mo", activity_groups="social")
    assert found.loc["other", "why"] == (
        "Open on Thursday; this one is not. Practical activities; this one records none of that kind. A food bank; this one is a community centre."
    )


def test_most_reasons_first_then_nearest() -> None:
    found = _found(
        _asset("near library", 10, category="library"),
        _asset("far library", 400, category="library"),
        _asset("thursday", 700, days="Th"),
        _asset("both", 750, category="library", days="Th"),
        days="Mo",
    )
    assert found.index.tolist() == ["both", "thursday", "near library", "far library"]


@pytest.mark.parametrize(("east", "there"), [(615, True), (616, False)])
def test_only_within_the_walk(east: float, there: bool) -> None:
    found = _found(_asset("other", east, category="library"), reach=Reach(800, 1.3))
    assert (len(found) == 1) is there
    if there:
        assert found.loc["other", "walk_m"] == pytest.approx(east * 1.3)


def test_neither_itself_nor_what_has_no_point_nor_what_has_closed() -> None:
    table = as_records(pd.DataFrame([_asset("own"), _asset("nowhere", None, category="library"), _asset("closed", 5, category="library")]))
    table["closed"] = table["asset_id"].eq("closed")
    assert groups(table, table.iloc[0], REACH).empty
    nowhere = table.iloc[1]
    assert groups(table, nowhere, REACH).empty


def test_a_service_in_the_same_building_counts() -> None:
    found = _found(_asset("upstairs", 0, category="food bank", location_id="own"))
    assert found["walk_m"].tolist() == [0]


def test_in_the_snapshot_every_neighbour_is_another_kind(atlas: Atlas) -> None:
    """It records neither days nor activities, so only the kind can differ, and every other kind within the walk is there."""
    table = as_records(atlas.snapshot.table("community_assets"))
    own = table[table["name"].eq("Idea Store Watney Market")].iloc[0]
    found = groups(table, own, Reach())
    straight = ((table["easting"] - own["easting"]) ** 2 + (table["northing"] - own["northing"]) ** 2) ** 0.5
    near = table[(straight * 1.3 <= 800) & table["category"].ne("library")]
    assert set(found["asset_id"]) == set(near["asset_id"])
    assert len(found) > 5
    assert found["walk_m"].is_monotonic_increasing
    assert found[["other_days", "other_activities"]].isna().all(axis=None)
