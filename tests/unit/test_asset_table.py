"""What becomes of records that are one place. Every record here is made up."""

from __future__ import annotations

import pandas as pd
import pytest

from analysis.asset_matching import CERTAIN, DIFFERENT_PLACES, LIKELY, PAIR_COLUMNS, SAME_PLACE, matches
from analysis.asset_records import RECORD_COLUMNS, as_records
from analysis.asset_table import MERGED_COLUMNS, AssetTable, combine
from analysis.near_duplicates import shared_locations


def record(asset_id: str, **said: object) -> dict[str, object]:
    """A hall far from the others, from the source that its id begins with."""
    source, number = asset_id.split("/")
    place = {"easting": 530_000.0 + 1_000 * int(number), "northing": 180_000.0, "position_quality": "building centre"}
    about = {"name": f"Example Hall {number}", "category": "community centre", "licence": f"Licence {source}", "source_date": "2026"}
    return {"asset_id": asset_id, "source": source} | place | about | said


def records(*rows: dict[str, object] | str) -> pd.DataFrame:
    return as_records(pd.DataFrame([record(row) if isinstance(row, str) else row for row in rows]))


def pair(first: str, second: str, certainty: str = CERTAIN, distance: float = 10.0, score: float = 100.0) -> dict[str, object]:
    told = {"distance_m": distance, "name_score": score, "certainty": certainty, "reason": "made up"}
    return {"first_id": first, "second_id": second} | told


def pairs(*rows: dict[str, object]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=list(PAIR_COLUMNS)).astype(PAIR_COLUMNS)


def decisions(*rows: tuple[str, str, str]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=["first_id", "second_id", "decision"], dtype="str")


def together(table: AssetTable) -> set[frozenset[str]]:
    """The groups of more than one."""
    groups = table.members.groupby(table.members).apply(lambda ids: frozenset(ids.index))
    return {group for group in groups if len(group) > 1}


def asked(table: AssetTable) -> list[tuple[str, str]]:
    return list(zip(table.queue["first_id"], table.queue["second_id"], strict=True))


def test_records_without_pairs_stay_as_they_are() -> None:
    given = records("a/2", "b/1")
    table = combine(given, pairs())
    assert list(table.assets) == [*RECORD_COLUMNS, *MERGED_COLUMNS]
    pd.testing.assert_frame_equal(table.assets[list(RECORD_COLUMNS)], given)
    assert table.assets["merged_ids"].tolist() == table.assets["asset_id"].tolist() == ["a/2", "b/1"]
    assert table.members.to_dict() == {"a/2": "a/2", "b/1": "b/1"}
    assert combine(given.iloc[:0], pairs()).assets.empty


def test_the_fullest_leads_and_takes_what_it_lacks_from_the_others() -> None:
    given = records(
        record("a/1", website="https://a.example.org"),
        record("b/1", website="https://b.example.org", description="A hall", denomination=None),
        record("c/1", space="A room for thirty"),
    )
    table = combine(given, pairs(pair("a/1", "b/1"), pair("a/1", "c/1")))
    row = table.assets.iloc[0]
    assert len(table.assets) == 1
    assert (row["asset_id"], row["website"], row["description"]) == ("b/1", "https://b.example.org", "A hall")
    assert row["space"] == "A room for thirty"
    assert (row["merged_ids"], row["sources"]) == ("b/1; a/1; c/1", "b; a; c")
    assert (row["licences"], row["source_dates"]) == ("Licence b; Licence a; Licence c", "2026")
    assert table.members.to_dict() == dict.fromkeys(["a/1", "b/1", "c/1"], "b/1")


def test_the_latest_confirmation_leads_and_keeps_its_own_role() -> None:
    given = records(
        record("a/1", description="Full", website="https://a.example.org", last_confirmed="2025-01-01", confirmed_by_role="caretaker"),
        record("b/1", last_confirmed="2026-05-01", name="New Name"),
    )
    row = combine(given, pairs(pair("a/1", "b/1"))).assets.iloc[0]
    assert (row["asset_id"], row["name"], row["last_confirmed"]) == ("b/1", "New Name", pd.Timestamp("2026-05-01"))
    assert pd.isna(row["confirmed_by_role"]), "the caretaker confirmed another record, earlier"
    assert row["description"] == "Full"


def test_a_correction_leads_and_yes_of_one_record_is_yes() -> None:
    given = records(record("a/1", description="Long", space="Much"), record("b/1", name="Its Right Name"))
    given = given.assign(corrected=[False, True], closed=[True, False])
    table = combine(given, pairs(pair("a/1", "b/1")))
    assert (table.assets["name"].iloc[0], table.assets["corrected"].iloc[0], table.assets["closed"].iloc[0]) == ("Its Right Name", True, True)


def test_the_place_is_of_the_record_that_is_placed_best_as_a_whole() -> None:
    given = records(
        record("a/1", description="Full", easting=530_040.0, position_quality="postcode", lsoa21cd="E01000001"),
        record("b/1", easting=530_000.0, position_quality="building centre", lsoa21cd="E01000002", postcode="E11AA"),
    )
    row = combine(given, pairs(pair("a/1", "b/1"))).assets.iloc[0]
    assert row["asset_id"] == "a/1"
    assert (row["easting"], row["position_quality"], row["lsoa21cd"], row["postcode"]) == (530_000.0, "building centre", "E01000002", "E11AA")


def test_opening_and_days_come_from_one_record() -> None:
    given = records(record("a/1", opening="By request", description="Full", website="x"), record("b/1", opening="Mo 10:00-12:00", days="Mo"))
    row = combine(given, pairs(pair("a/1", "b/1"))).assets.iloc[0]
    assert (row["asset_id"], row["opening"]) == ("a/1", "By request")
    assert pd.isna(row["days"])


def test_a_sensitive_record_takes_the_point_and_address_from_all_of_its_group() -> None:
    given = records(
        record("a/1", sensitive=True, easting=None, northing=None, position_quality="not located", lad24cd="E09000030"),
        record("b/1", postcode="E11AA", uprn="7", lad24cd="E09000030", description="Full"),
        record("c/1", uprn="7"),
    )
    table = combine(given, pairs(pair("a/1", "b/1"))).assets.set_index("asset_id")
    hidden = table.loc["b/1"]
    assert hidden["sensitive"] and hidden["lad24cd"] == "E09000030"
    assert hidden[["easting", "northing", "longitude", "latitude", "postcode", "uprn"]].isna().all()
    assert hidden["location_id"] == "a/1"
    assert table.loc["c/1", "location_id"] == "c/1", "to share a location with it would say where it is"


def test_a_point_that_a_sensitive_record_should_not_have_goes_no_further() -> None:
    row = combine(records(record("a/1", sensitive=True, longitude=-0.1, latitude=51.5), "b/2"), pairs()).assets.iloc[0]
    assert row[["easting", "northing", "longitude", "latitude"]].isna().all()


def test_services_in_one_building_share_a_location_and_stay_apart() -> None:
    here = {"easting": 530_000.0, "northing": 180_000.0}
    given = records(
        record("a/1", **here, name="St Luke's Church", category="place of worship"),
        record("b/1", **here | {"easting": 530_020.0}, name="Bow Food Bank, St Luke's Church", category="food bank"),
        record("c/1", **here | {"easting": 530_025.0}, name="Another Hall"),
    )
    table = combine(given, matches(given)).assets
    assert table["location_id"].tolist() == ["a/1", "a/1", "c/1"]


def test_locations_are_those_of_the_whole_table_where_nothing_is_merged() -> None:
    near = [record(f"a/{number}", easting=530_000.0 + 9 * number, name=f"Hall {'AB'[number % 2]}") for number in range(9)]
    given = records(*near, record("b/1", uprn="7", easting=530_000.0), record("b/2", uprn="7", easting=530_200.0))
    assert combine(given, pairs()).assets["location_id"].tolist() == shared_locations(given).tolist()


def test_a_persons_no_undoes_a_certain_match_and_a_persons_yes_makes_one() -> None:
    given = records("a/1", "b/1", "c/1")
    found = pairs(pair("a/1", "b/1"), pair("b/1", "c/1", LIKELY))
    before = combine(given, found)
    assert together(before) == {frozenset({"a/1", "b/1"})} and asked(before) == [("b/1", "c/1")]
    after = combine(given, found, decisions(("b/1", "a/1", DIFFERENT_PLACES), ("b/1", "c/1", SAME_PLACE)))
    assert together(after) == {frozenset({"b/1", "c/1"})} and asked(after) == []
    again = combine(given, found, decisions())
    pd.testing.assert_frame_equal(before.assets, again.assets)


@pytest.mark.parametrize("nearer", ["a/1", "c/1"])
def test_a_chain_never_joins_what_a_person_keeps_apart_and_breaks_at_its_weakest_link(nearer: str) -> None:
    """A is B and B is C, certainly; a person says that A is not C."""
    given = records("a/1", "b/1", "c/1")
    found = pairs(pair("a/1", "b/1", distance=5 if nearer == "a/1" else 30), pair("b/1", "c/1", distance=20))
    table = combine(given, found, decisions(("a/1", "c/1", DIFFERENT_PLACES)))
    assert together(table) == {frozenset({nearer, "b/1"})}
    other = {"a/1": ("b/1", "c/1"), "c/1": ("a/1", "b/1")}[nearer]
    assert asked(table) == [other], "which of the two it is, a person can say"
    assert table.queue["reason"].iloc[0].endswith("would join what a person keeps apart")


def test_a_persons_yes_comes_before_what_is_computed() -> None:
    given = records("a/1", "b/1", "c/1")
    found = pairs(pair("a/1", "b/1", distance=0), pair("b/1", "c/1", distance=30))
    table = combine(given, found, decisions(("a/1", "c/1", DIFFERENT_PLACES), ("b/1", "c/1", SAME_PLACE)))
    assert together(table) == {frozenset({"b/1", "c/1"})}


def test_of_two_answers_to_one_question_no_counts() -> None:
    given = records("a/1", "b/1")
    for order in (1, -1):
        both = decisions(("a/1", "b/1", SAME_PLACE), ("b/1", "a/1", DIFFERENT_PLACES)).iloc[::order]
        assert together(combine(given, pairs(), both)) == set()


def test_a_computed_chain_does_not_join_two_records_of_one_source_but_a_person_may() -> None:
    given = records("a/1", "a/2", "b/1", "c/1")
    found = pairs(pair("a/1", "b/1", distance=1), pair("b/1", "c/1", distance=2), pair("a/2", "c/1", distance=3))
    table = combine(given, found)
    assert together(table) == {frozenset({"a/1", "b/1", "c/1"})}
    assert asked(table) == [("a/2", "c/1")]
    told = combine(given, found, decisions(("a/1", "a/2", SAME_PLACE)))
    assert together(told) == {frozenset({"a/1", "a/2", "b/1", "c/1"})} and asked(told) == []


def test_one_question_for_two_groups_and_the_surest_first() -> None:
    given = records("a/1", "b/1", "c/1", "d/1", "e/1")
    found = pairs(
        pair("a/1", "b/1"),
        pair("a/1", "c/1", LIKELY, score=81),
        pair("b/1", "c/1", LIKELY, score=90),
        pair("d/1", "e/1", LIKELY, score=95),
    )
    assert asked(combine(given, found)) == [("d/1", "e/1"), ("b/1", "c/1")]
    # Kept apart from one of the group is kept apart from the group.
    assert asked(combine(given, found, decisions(("a/1", "c/1", DIFFERENT_PLACES)))) == [("d/1", "e/1")]


def test_what_is_said_of_records_that_are_not_there_waits() -> None:
    given = records("a/1")
    table = combine(given, pairs(pair("a/1", "b/1")), decisions(("a/1", "gone/1", SAME_PLACE)))
    assert together(table) == set() and table.members.to_dict() == {"a/1": "a/1"}


def test_a_copy_of_the_same_records_changes_nothing() -> None:
    given = records("a/1", record("b/1", easting=531_005.0, name="Example Hall 1"), "c/5")
    once, twice = combine(given, matches(given)), combine(pd.concat([given, given]), matches(given, given))
    assert len(once.assets) == 2
    pd.testing.assert_frame_equal(once.assets, twice.assets)
    pd.testing.assert_series_equal(once.members, twice.members)


def test_very_many_records_at_one_spot_are_one_location_and_cost_few_links() -> None:
    """Ten thousand rows at a town hall: every pair of them would be fifty million."""
    spot = {"easting": 530_000.0, "northing": 180_000.0}
    many = pd.DataFrame([record(f"a/{number:05d}", **spot, name=f"Group {number}") for number in range(10_000)])
    table = combine(as_records(pd.concat([many, pd.DataFrame([record("b/1")])], ignore_index=True)), pairs()).assets
    assert table.groupby("location_id").size().to_dict() == {"a/00000": 10_000, "b/1": 1}
    by_postcode = combine(as_records(many.assign(position_quality="postcode")), pairs()).assets
    assert by_postcode["location_id"].tolist() == by_postcode["asset_id"].tolist(), "many buildings share a postcode's point"
