"""What holds for any records, pairs and decisions."""

from __future__ import annotations

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.asset_matching import CERTAIN, DIFFERENT_PLACES, PAIR_COLUMNS, SAME_PLACE, matches
from analysis.asset_records import as_records, parts
from analysis.asset_table import AssetTable, combine

_NAMES = ("St Luke's Church", "Saint Luke", "St Luke's Hall", "Example Mosque", "Example Centre", "Bow Food Bank", None)
_KINDS = ("place of worship", "community centre", "village or church hall", "food bank", "charity")
_record = st.fixed_dictionaries(
    {
        "source": st.sampled_from(("a", "b", "c")),
        "name": st.sampled_from(_NAMES),
        "category": st.sampled_from(_KINDS),
        "faith_tradition": st.sampled_from(("Christian", "Muslim", None)),
        "easting": st.one_of(st.none(), st.integers(0, 300)),
        "postcode": st.sampled_from(("E11AA", "E12BB", None)),
        "uprn": st.sampled_from(("1", "2", None, None)),
        "charity_number": st.sampled_from(("7", None, None)),
        "website": st.sampled_from(("https://example.org", None)),
        "last_confirmed": st.sampled_from(("2026-01-01", "2025-01-01", None)),
        "sensitive": st.sampled_from((False, False, False, True)),
    }
)
_records = st.lists(_record, min_size=1, max_size=9)
_choices = st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8), st.sampled_from((SAME_PLACE, DIFFERENT_PLACES))), max_size=5)


def _frame(made: list[dict[str, object]]) -> pd.DataFrame:
    frame = pd.DataFrame(made).assign(lad24cd="E09000030")
    frame["asset_id"] = [f"{one['source']}/{number}" for number, one in enumerate(made)]
    frame["easting"] = pd.to_numeric(frame["easting"]).mask(frame["sensitive"])
    frame["northing"] = frame["easting"] * 0
    return as_records(frame)


def _decided(frame: pd.DataFrame, choices: list[tuple[int, int, str]]) -> pd.DataFrame:
    ids = frame["asset_id"].tolist()
    rows = [(ids[one % len(ids)], ids[other % len(ids)], decision) for one, other, decision in choices]
    return pd.DataFrame([row for row in rows if row[0] != row[1]], columns=["first_id", "second_id", "decision"], dtype="str")


def _same(one: AssetTable, other: AssetTable) -> None:
    pd.testing.assert_frame_equal(one.assets, other.assets)
    pd.testing.assert_series_equal(one.members, other.members)
    pd.testing.assert_frame_equal(one.queue, other.queue)


@settings(max_examples=30, deadline=None)
@given(_records, _choices, st.randoms())
def test_the_order_of_rows_does_not_matter(made: list[dict[str, object]], choices: list[tuple[int, int, str]], chance: object) -> None:
    frame = _frame(made)
    order = list(range(len(frame)))
    chance.shuffle(order)  # type: ignore[attr-defined]
    shuffled, decided = frame.iloc[order], _decided(frame, choices)
    pairs = matches(frame)
    pd.testing.assert_frame_equal(pairs, matches(shuffled))
    _same(combine(frame, pairs, decided), combine(shuffled, pairs.iloc[::-1], decided.iloc[::-1]))


@settings(max_examples=30, deadline=None)
@given(_records)
def test_pairs_are_across_sources_when_certain_and_never_of_two_faiths(made: list[dict[str, object]]) -> None:
    frame = _frame(made)
    pairs, by_id = matches(frame), frame.set_index("asset_id")
    assert (pairs["first_id"] < pairs["second_id"]).all() and not pairs.duplicated(["first_id", "second_id"]).any()
    one, other = by_id.loc[pairs["first_id"]], by_id.loc[pairs["second_id"]]
    certain = pairs["certainty"].eq(CERTAIN).to_numpy()
    assert (one["source"].to_numpy() != other["source"].to_numpy())[certain].all()
    faiths = [{a, b} for a, b in zip(one["faith_tradition"], other["faith_tradition"], strict=True)]
    assert {"Christian", "Muslim"} not in faiths
    banks = (one["category"] == "food bank").to_numpy() != (other["category"] == "food bank").to_numpy()
    assert not (certain & banks).any()


@settings(max_examples=30, deadline=None)
@given(_records, _records)
def test_new_records_match_as_they_would_among_all(old: list[dict[str, object]], new: list[dict[str, object]]) -> None:
    frame = _frame(old + new)
    existing, fresh = frame.iloc[: len(old)], frame.iloc[len(old) :]
    every = matches(frame)
    either = every["first_id"].isin(fresh["asset_id"]) | every["second_id"].isin(fresh["asset_id"])
    found = matches(existing, fresh)
    assert found[["first_id", "second_id"]].to_numpy().tolist() == every.loc[either, ["first_id", "second_id"]].to_numpy().tolist()


@settings(max_examples=40, deadline=None)
@given(_records, _choices)
def test_every_record_is_in_the_table_once_and_no_is_no(made: list[dict[str, object]], choices: list[tuple[int, int, str]]) -> None:
    frame = _frame(made)
    decided = _decided(frame, choices)
    table = combine(frame, matches(frame), decided)
    inside = [asset_id for joined in table.assets["merged_ids"] for asset_id in parts(joined)]
    assert sorted(inside) == sorted(frame["asset_id"]) == table.members.index.tolist()
    assert set(table.members) == set(table.assets["asset_id"])
    apart = decided[decided["decision"] == DIFFERENT_PLACES]
    assert (table.members[apart["first_id"]].to_numpy() != table.members[apart["second_id"]].to_numpy()).all()
    answered = {frozenset(pair) for pair in zip(decided["first_id"], decided["second_id"], strict=True)}
    asked = [frozenset(pair) for pair in zip(table.queue["first_id"], table.queue["second_id"], strict=True)]
    assert not answered & set(asked)
    hidden = table.assets[table.assets["sensitive"]]
    assert hidden["easting"].isna().all()
    assert not table.assets.loc[~table.assets["sensitive"], "location_id"].isin(hidden["location_id"]).any()


@settings(max_examples=30, deadline=None)
@given(_records, _choices, _choices)
def test_to_take_a_decision_back_restores_the_table(
    made: list[dict[str, object]], kept: list[tuple[int, int, str]], withdrawn: list[tuple[int, int, str]]
) -> None:
    frame = _frame(made)
    pairs, decided = matches(frame), _decided(frame, kept)
    given_frame, before = frame.copy(), combine(frame, pairs, decided)
    combine(frame, pairs, pd.concat([decided, _decided(frame, withdrawn)], ignore_index=True))
    _same(before, combine(frame, pairs, decided))
    pd.testing.assert_frame_equal(frame, given_frame)


@settings(max_examples=30, deadline=None)
@given(_records, _choices)
def test_a_person_can_undo_any_merge(made: list[dict[str, object]], choices: list[tuple[int, int, str]]) -> None:
    """A "different places" between every two records of a group leaves each of them as it came."""
    frame = _frame(made)
    ids = frame["asset_id"].tolist()
    every = pd.DataFrame([(a, b, DIFFERENT_PLACES) for a in ids for b in ids if a < b], columns=["first_id", "second_id", "decision"], dtype="str")
    table = combine(frame, matches(frame), pd.concat([_decided(frame, choices), every], ignore_index=True))
    columns = [column for column in frame if column != "location_id"]
    pd.testing.assert_frame_equal(table.assets[columns], frame.sort_values("asset_id", ignore_index=True)[columns])
    assert table.queue.empty


@settings(max_examples=25, deadline=None)
@given(_records)
def test_a_copy_of_the_records_changes_nothing(made: list[dict[str, object]]) -> None:
    frame = _frame(made)
    again = pd.concat([frame, frame], ignore_index=True)
    pd.testing.assert_frame_equal(matches(frame), matches(frame, frame))
    assert list(matches(frame)) == list(PAIR_COLUMNS)
    _same(combine(frame, matches(frame)), combine(again, matches(again)))
