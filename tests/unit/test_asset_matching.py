"""Which records of two lists are one place. Every record here is made up."""

from __future__ import annotations

import pandas as pd
import pytest

from analysis.asset_candidates import CROWD
from analysis.asset_matching import PAIR_COLUMNS, matches
from analysis.asset_names import compared, read_names
from analysis.asset_records import as_records
from benchmarks import assets
from data_loaders.atlas import Atlas

EAST, NORTH = 530_000.0, 180_000.0


def record(asset_id: str, name: str | None = "Example Hall", metres: float | None = 0.0, **said: object) -> dict[str, object]:
    """A record so many metres east of one spot, from the source that its id begins with; None for no point."""
    return {
        "asset_id": asset_id,
        "name": name,
        "category": "community centre",
        "source": asset_id.split("/")[0],
        "easting": None if metres is None else EAST + metres,
        "northing": None if metres is None else NORTH,
        "lad24cd": "E09000030",
        **said,
    }


def church(asset_id: str, name: str | None = "St Luke's Church", metres: float | None = 0.0, **said: object) -> dict[str, object]:
    return record(asset_id, name, metres, **({"category": "place of worship", "faith_tradition": "Christian"} | said))


def pairs(*records: dict[str, object], new: tuple[dict[str, object], ...] | None = None) -> pd.DataFrame:
    return matches(as_records(pd.DataFrame(list(records))), None if new is None else as_records(pd.DataFrame(list(new))))


def certainty(*records: dict[str, object]) -> str:
    """What is said of two records."""
    found = pairs(*records)
    assert len(found) < 2
    return found["certainty"].iloc[0] if len(found) else "neither"


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        # Near each other, under one name.
        (church("a/1"), church("b/1", "Saint Lukes", 59), "certain"),
        (church("a/1"), church("b/1", "Saint Lukes", 61), "likely"),
        (church("a/1"), church("b/1", "Saint Lukes", 260), "neither"),
        (church("a/1"), church("b/1", "Saint Lukes", 150, postcode="E11AA"), "likely"),
        (church("a/1", postcode="E11AA"), church("b/1", "Saint Lukes", 150, postcode="E11AA"), "certain"),
        (church("a/1"), church("b/1", "St Peter's Church", 5), "neither"),
        # Kinds.
        (record("a/1"), record("b/1", category="village or church hall"), "certain"),
        (record("a/1"), record("b/1", category="community service"), "certain"),
        (record("a/1"), record("b/1", category="library"), "likely"),
        (church("a/1"), record("b/1", "St Luke's Church Hall", 10), "neither"),
        (church("a/1"), record("b/1", "St Luke's Hall", 10), "neither"),
        (church("a/1"), church("b/1", "St Luke's Church Hall", 10), "likely"),
        (church("a/1"), record("b/1", "St Luke's Church", 0, category="food bank"), "neither"),
        (church("a/1"), record("b/1", "Bow Food Bank, St Luke's Church", 0, category="food bank"), "neither"),
        (record("a/1", "Example Hall"), record("b/1", "Example Centre", 10), "likely"),
        (record("a/1", "Bow Foodbank", category="food bank"), record("b/1", "Bow food bank", category="food bank"), "certain"),
        # A group that meets at a place is not the place.
        (record("a/1", "Example House"), record("b/1", "Example House Toddler Group", category="community service"), "neither"),
        # Belief.
        (church("a/1", "Faith House"), church("b/1", "Faith House", faith_tradition="Muslim"), "neither"),
        (church("a/1", "Bow Church"), church("b/1", "Bow Mosque", faith_tradition=None), "neither"),
        (church("a/1"), church("b/1", faith_tradition=None), "certain"),
        (church("a/1", denomination="Anglican"), church("b/1", denomination="Catholic"), "likely"),
        (church("a/1", denomination="Anglican"), church("b/1", denomination="Anglican"), "certain"),
        (church("a/1", "Bow Church"), church("b/1", "Bow Baptist Church", 20), "neither"),
        (church("a/1", "Bow Church", denomination="Baptist"), church("b/1", "Bow Baptist Church", 20), "certain"),
        (church("a/1", "Bow Church", denomination="Anglican"), church("b/1", "Bow Baptist Church", 200), "neither"),
        (church("a/1", "St John the Baptist", denomination="Anglican"), church("b/1", "St John the Baptist Church"), "certain"),
        # Names that differ where it matters.
        (record("a/1", "12th Example Scouts"), record("b/1", "14th Example Scouts"), "neither"),
        (record("a/1", "The 124th Example Scout Group"), record("b/1", "The 125th Example Scout Group"), "neither"),
        (record("a/1", "Example Estate Green Hall 1"), record("b/1", "Example Estate Green Hall"), "neither"),
        (record("a/1", "Example upon Thames North"), record("b/1", "Example upon Thames South"), "neither"),
        # No name.
        (church("a/1", None), church("b/1", metres=20), "likely"),
        (church("a/1", None, faith_tradition=None), church("b/1", metres=20), "neither"),
        # One UPRN, unless it is repeated far away; another name there is a question.
        (record("a/1", uprn="7"), record("b/1", metres=200, uprn="7"), "certain"),
        (record("a/1", uprn="7"), record("b/1", metres=900, uprn="7"), "likely"),
        (record("a/1", uprn="7"), record("b/1", "Another Name", uprn="7"), "likely"),
        (record("a/1", uprn="7"), record("b/1", metres=None, uprn="7"), "certain"),
        # One charity number.
        (record("a/1", charity_number="1"), record("b/1", metres=200, charity_number="1"), "certain"),
        (record("a/1", charity_number="1"), record("b/1", metres=9_000, charity_number="1"), "neither"),
        (record("a/1", charity_number="1"), record("b/1", metres=None, charity_number="1"), "certain"),
        (record("a/1", charity_number="1"), record("b/1", metres=None, charity_number="1", category="charity"), "likely"),
        (record("a/1", charity_number="1"), record("b/1", metres=None, charity_number="1", lad24cd="E06000001"), "likely"),
        # No point: likely at most, by name with postcode or authority.
        (record("a/1"), record("b/1", metres=None), "likely"),
        (record("a/1", postcode="E11AA"), record("b/1", metres=None, postcode="E11AA", lad24cd=None), "likely"),
        (record("a/1"), record("b/1", metres=None, lad24cd="E06000001"), "neither"),
        # A publisher that lists two says that they are two.
        (record("a/1"), record("a/2", metres=10), "likely"),
        (record("a/1"), record("a/2", metres=100), "neither"),
    ],
)
def test_two_records(one: dict[str, object], other: dict[str, object], expected: str) -> None:
    assert certainty(one, other) == expected
    assert certainty(other, one) == expected


def test_a_pair_says_how_far_apart_how_alike_and_why() -> None:
    library = record("a/9", metres=30, uprn="7", category="library")
    found = pairs(record("b/1", "Example Halls", uprn="7"), library, record("a/1", metres=12, uprn="7"))
    assert found.dtypes.astype(str).to_dict() == PAIR_COLUMNS
    assert (found["first_id"] < found["second_id"]).all()
    pair = found.set_index("first_id").loc["a/1"]
    assert (pair["second_id"], pair["distance_m"], pair["certainty"]) == ("b/1", 12.0, "certain")
    assert 0 < pair["name_score"] < 100
    assert pair["reason"] == "the same UPRN, 12 m apart, names that agree"


def test_names_without_a_point_are_matched_only_where_one_record_of_the_authority_has_them() -> None:
    assert len(pairs(church("a/1"), church("a/2", metres=5_000), church("b/1", metres=None))) == 0


def test_a_charity_with_several_places_does_not_match_by_its_number() -> None:
    many = [record("a/1", charity_number="1"), record("a/2", metres=4_000, charity_number="1")]
    found = pairs(*many, record("b/1", metres=None, charity_number="1", lad24cd=None))
    assert found["certainty"].tolist() == ["likely", "likely"]


def test_of_two_records_of_a_source_the_nearer_is_certain_and_the_other_is_asked() -> None:
    found = pairs(church("a/1", metres=50), church("a/2", metres=0), church("b/1", metres=10)).set_index(["first_id", "second_id"])
    assert found["certainty"].to_dict() == {("a/1", "a/2"): "likely", ("a/1", "b/1"): "likely", ("a/2", "b/1"): "certain"}
    assert found.loc[("a/1", "b/1"), "reason"].endswith("another record of the same source fits better")
    assert found.loc[("a/1", "a/2"), "reason"].endswith("but a lists them as two")


def test_with_new_records_only_their_pairs_are_told() -> None:
    old = (church("a/1"), church("b/1"))
    assert len(pairs(*old)) == 1
    found = pairs(*old, new=(church("c/1"), church("d/1")))
    assert set(zip(found["first_id"], found["second_id"], strict=True)) == {
        ("a/1", "c/1"), ("a/1", "d/1"), ("b/1", "c/1"), ("b/1", "d/1"), ("c/1", "d/1"),
    }  # fmt: skip


def test_a_record_that_comes_again_is_not_matched_with_itself() -> None:
    assert len(pairs(church("a/1"), church("b/1", metres=5_000), new=(church("a/1"),))) == 0
    moved = pairs(church("a/1"), church("b/1", metres=5_000), new=(church("a/1", metres=5_000),))
    assert moved["certainty"].tolist() == ["certain"], "the new record stands for the old one"


def test_a_crowd_at_one_spot_is_paired_by_equal_names_alone() -> None:
    """A feed that puts everything at the town hall must not cost every pair of its rows."""
    many = [record(f"a/{number:04d}", f"Group {number}", postcode="E11AA") for number in range(CROWD + 50)]
    found = pairs(*many, record("b/1", "Group 7", postcode="E11AA"), record("b/2", "Grroup 7", postcode="E11AA"))
    assert found[["first_id", "second_id", "certainty"]].to_numpy().tolist() == [["a/0007", "b/1", "certain"]]


def test_ten_thousand_rows_at_one_spot_with_one_name_stay_a_few_pairs() -> None:
    many = [record(f"{'ab'[number % 2]}/{number:05d}", postcode="E11AA", uprn="7") for number in range(10_000)]
    assert len(pairs(*many)) < 10_000


def test_on_a_known_truth_certain_is_certain() -> None:
    """5,000 disturbed, neighbouring and new rows against the snapshot and moved copies of it: what the benchmark prints."""
    tried = assets.trial()
    precision, recall, asked = assets.found(matches(tried.existing, tried.new), tried.truth)
    assert precision > 0.99 and recall > 0.9 and asked > recall


def test_the_sources_of_the_snapshot_are_not_merged_by_towns_that_they_share() -> None:
    """Balham Library is not Balham Mosque; a library and a centre under one name in one building are a question."""
    table = as_records(Atlas().snapshot.table("community_assets"))
    found = matches(table)
    assert found["certainty"].eq("likely").all()
    names = table.set_index("asset_id")["name"]
    assert names[found["first_id"]].tolist() == names[found["second_id"]].tolist() == [
        "Artizan Street Library & Community Centre", "Ordnance Unity Centre", "The Salvation Army", "Chelsea Old Church",
    ]  # fmt: skip


def test_nothing_comes_of_nothing() -> None:
    none = as_records(pd.DataFrame(columns=["asset_id"]))
    assert len(matches(none)) == 0 and list(matches(none, none)) == list(PAIR_COLUMNS)
    assert len(matches(none, as_records(pd.DataFrame([record("a/1")])))) == 0


def test_names_say_what_they_say() -> None:
    names = read_names(pd.Series(["Bow Foodbank Ltd", "Bow Food Bank", "Masjid Example", None], dtype="str"))
    assert names.texts.tolist() == ["bow food bank", "bow food bank", "masjid example", ""]
    assert names.faiths[2] == {"Muslim"} and names.buildings[2] == {"mosque"}
    both = compared(names, *(pd.Series(at).to_numpy() for at in ([0, 0], [1, 3])), pd.Series([False, False]).to_numpy())
    assert both.score.tolist() == [100.0, 0.0] and both.same.tolist() == [True, False]
