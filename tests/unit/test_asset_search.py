"""Searching assets by words: what is found, in what order, whatever a person types."""

from __future__ import annotations

import threading

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.asset_records import as_records
from data_loaders.asset_search import MOST_WORDS, AssetSearch, words_of
from data_loaders.atlas import Atlas
from data_loaders.published_assets import snapshot_records

ROWS = (
    {"name": "St Mary's Church", "category": "place of worship", "faith_tradition": "Christian"},
    {"name": "Café Rencontre", "category": "community centre", "languages": "French; Somali", "activity_groups": "social"},
    {"name": None, "category": "place of worship", "faith_tradition": "Muslim", "denomination": "Sunni"},
    {"name": "Example Hall", "category": "village or church hall", "clinical_areas": "hypertension", "who_for": "older people"},
    {"name": "Bow Food Bank", "category": "food bank", "description": "Parcels on Thursday", "hosts": "advice", "space": "kitchen"},
    {"name": "Hall of Example Friends", "category": "community centre"},
    {"name": "Example Hall", "category": "community centre"},
    {"name": "Saint Mary Magdalene", "category": "place of worship", "faith_tradition": "Christian"},
    {"name": "Masjid Example", "category": "place of worship", "faith_tradition": "Muslim"},
)
WHERE = ["Bow West"] * 4 + ["Mile End"] * 5
FRESH = ["unconfirmed", "confirmed", "unconfirmed", "unconfirmed", "confirmed", "confirmed", "confirmed", "unconfirmed", "needs checking"]


@pytest.fixture(scope="module")
def search() -> AssetSearch:
    return AssetSearch(as_records(pd.DataFrame(ROWS).assign(asset_id=[f"a/{n}" for n in range(len(ROWS))])), WHERE, FRESH)


@pytest.fixture(scope="module")
def england(atlas: Atlas) -> tuple[AssetSearch, pd.DataFrame]:
    records = snapshot_records(atlas)
    where = records["lad24cd"].map(atlas.names("lad24")).fillna("")
    return AssetSearch(records, where, ["unconfirmed"] * len(records)), records


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("cafe", {1}), ("CAFÉ rencontre", {1}), ("renc", {1}), ("somali", {1}),
        ("St Marys", {0}), ("st mary’s", {0}), ("saint mary", {0, 7}), ("st mary", {0, 7}),
        ("mosque", {2, 8}), ("masjid", {2, 8}), ("sunni", {2}), ("church", {0, 3, 7}),
        ("hypertension", {3}), ("older", {3}), ("thursday parcels", {4}), ("kitchen", {4}), ("advice", {4}),
        ("bow", {0, 1, 2, 3, 4}), ("mile end mosque", {8}), ("community center", {1, 5, 6}),
        ("example hall", {3, 5, 6}), ("bow library", set()), ("", set()), ("  -- ** ", set()),
    ],
)  # fmt: skip
def test_what_is_found(search: AssetSearch, typed: str, found: set[int]) -> None:
    assert set(search.find(typed, 50).tolist()) == found


def test_a_misspelt_word_finds_its_neighbours_where_nothing_else_is_found(search: AssetSearch) -> None:
    assert set(search.find("mosqe", 50)) == {2, 8}
    assert set(search.find("rencontr somalli", 50)) == {1}
    assert set(search.find("exampel hal", 50)) == {3, 5, 6}
    assert set(search.find("xyzzy", 50)) == set()
    assert set(search.find("bwo", 50)) == set(), "three letters are too few to tell"


def test_names_come_first_and_a_stale_record_after_its_equal(search: AssetSearch) -> None:
    """3 and 6 have one name; 6 is confirmed and 3 never was. 5 has the words in a longer name."""
    order = search.find("example hall", 50).tolist()
    assert order.index(6) < order.index(3)
    assert search.find("bow", 50)[0] == 4, "the one whose name says it"
    assert search.find("food", 1).tolist() == [4]


def test_a_stale_record_is_moved_down_and_never_left_out() -> None:
    records = as_records(pd.DataFrame({"asset_id": list("abc"), "name": "Example Hall", "category": "community centre"}))
    search = AssetSearch(records, [""] * 3, ["unconfirmed", "needs checking", "confirmed"])
    assert search.find("hall", 10).tolist() == [2, 1, 0]


def test_the_same_of_very_many(england: tuple[AssetSearch, pd.DataFrame]) -> None:
    """More matches than are ranked one by one: all are found, fresh ones first."""
    _, records = england
    fresh = np.where(np.arange(len(records)) % 100 == 7, "confirmed", "unconfirmed")
    search = AssetSearch(records, [""] * len(records), fresh)
    found = search.find("church", len(records))
    named = records["name"].fillna("").str.contains(r"\bchurch", case=False, regex=True).to_numpy()
    assert named[found[: named.sum()]].mean() > 0.999
    assert set(np.flatnonzero(named)) <= set(found.tolist())
    assert (fresh[found[:100]] == "confirmed").all()
    assert len(set(found.tolist())) == len(found)


def test_england(england: tuple[AssetSearch, pd.DataFrame]) -> None:
    search, records = england
    names = records["name"]
    assert names.iloc[search.find("east london mosque", 5)[0]] == "East London Mosque"
    assert names.iloc[search.find("bethnal green library", 5)[0]].casefold() == "bethnal green library"
    muslim = records["faith_tradition"].eq("Muslim") & records["lad24cd"].eq("E09000030")
    assert set(np.flatnonzero(muslim)) <= set(search.find("mosque tower hamlets", 2_000).tolist())
    assert len(search.find("church", 25)) == 25


@pytest.mark.parametrize(
    "typed",
    [
        '"', "'", "hall OR", "NEAR(hall, 2)", "name:hall", "-hall", "hall*", "^hall", "(hall", "hall)", "{name} : hall", "hall AND NOT",
        "a\x00b", "\ud800", "—", "۳", "ﬁ",
    ],
)  # fmt: skip
def test_nothing_that_is_typed_is_an_error_or_a_command(search: AssetSearch, typed: str) -> None:
    assert isinstance(search.find(typed, 10), np.ndarray)


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=80))
def test_any_text_is_words_and_nothing_else(search: AssetSearch, typed: str) -> None:
    found = search.find(typed, 5)
    assert len(found) <= 5 and len(set(found.tolist())) == len(found)
    assert all(0 <= at < len(ROWS) for at in found)


def test_words_are_bounded(search: AssetSearch) -> None:
    assert len(words_of(" ".join(f"word{n}" for n in range(1_000)))) == MOST_WORDS
    assert max(map(len, words_of("x" * 100_000))) <= 40
    assert search.find("hall " * 10_000, 3).tolist() == search.find("hall", 3).tolist()


def test_no_record_and_no_room(search: AssetSearch) -> None:
    empty = AssetSearch(as_records(pd.DataFrame({"asset_id": []})), [], [])
    assert empty.find("hall", 5).tolist() == []
    assert search.find("hall", 0).tolist() == []


def test_threads_may_search_at_once(england: tuple[AssetSearch, pd.DataFrame]) -> None:
    search, _ = england
    words = ["mosque", "church", "library leeds", "gurdwra", "st mary"]
    alone = {word: search.find(word, 100).tolist() for word in words}
    wrong: list[str] = []

    def ask() -> None:
        wrong.extend(word for _ in range(5) for word in words if search.find(word, 100).tolist() != alone[word])

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
