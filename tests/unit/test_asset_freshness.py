"""How fresh records are, who relies on them and which to check first: windows by hand, people against plain distances."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from analysis.asset_freshness import counts, freshness, relied_upon, review_order
from analysis.asset_records import as_records
from analysis.reach import Reach
from analysis.vocabularies import FRESHNESS
from data_loaders.atlas import Atlas
from register import freshness as of_the_register

TODAY = date(2026, 9, 15)


def _days(*values: str | None) -> pd.Series:
    return pd.Series(pd.to_datetime(list(values))).astype("datetime64[us]")


@pytest.mark.parametrize(
    ("day", "word"),
    [
        ("2026-09-15", "confirmed"),
        ("2025-09-15", "confirmed"),  # the last day of twelve months
        ("2025-09-14", "needs checking"),
        ("2024-09-15", "needs checking"),  # the last day of twenty-four
        ("2024-09-14", "unconfirmed"),
        (None, "unconfirmed"),
        ("2026-09-16", "confirmed"),  # tomorrow already, where it was written
        ("2062-09-15", "unconfirmed"),  # a slip of the pen confirms nothing
    ],
)
def test_the_windows_by_hand(day: str | None, word: str) -> None:
    assert freshness(_days(day), TODAY).tolist() == [word]


def test_months_end_where_the_calendar_ends_them() -> None:
    assert freshness(_days("2023-02-28", "2023-02-27"), date(2024, 2, 29)).tolist() == ["confirmed", "needs checking"]


def test_the_register_has_the_same_rule() -> None:
    assert of_the_register.freshness is freshness
    assert of_the_register.FRESHNESS == FRESHNESS
    assert of_the_register.freshness_of(date(2025, 9, 14), TODAY) == "needs checking"


def test_the_index_is_kept() -> None:
    days = _days("2026-01-01", None).set_axis(["b", "a"])
    assert freshness(days, TODAY).to_dict() == {"b": "confirmed", "a": "unconfirmed"}


def test_counts_keep_noughts_and_add_up() -> None:
    found = counts(freshness(_days("2026-01-01", None, None), TODAY))
    assert found.to_dict() == {"confirmed": 1, "needs checking": 0, "unconfirmed": 2}
    assert counts(pd.Series(dtype="str")).to_dict() == dict.fromkeys(FRESHNESS, 0)


AREAS = pd.DataFrame(
    {
        "pwc_e": [500_000.0, 500_600.0, 500_000.0, 509_000.0],
        "pwc_n": [200_000.0, 200_000.0, 200_300.0, 200_000.0],
        "core20": [True, True, False, True],
        "pop_mid2022": [1_000, 500, 4_000, 70],
    }
)


def test_only_core20_residents_within_the_walk_rely_on_it() -> None:
    assets = pd.DataFrame(
        {"easting": [500_300.0, 500_000.0, None, 560_000.0], "northing": [200_000.0, 200_000.0, None, 200_000.0], "category": "library"},
        index=list("abcd"),
    )
    found = relied_upon(assets, AREAS, Reach(520, 1.3))  # 400 metres in a straight line
    assert found["a"] == 1_500
    assert found["b"] == 1_000
    assert np.isnan(found["c"]), "what has no point is not known to be near nobody"
    assert found["d"] == 0


def test_no_assets_and_no_core20_areas() -> None:
    nothing = pd.DataFrame({"easting": [], "northing": [], "category": []}, dtype=float)
    assert relied_upon(nothing, AREAS, Reach()).empty
    one = pd.DataFrame({"easting": [500_000.0], "northing": [200_000.0], "category": ["library"]})
    assert relied_upon(one, AREAS.assign(core20=False), Reach()).tolist() == [0]


def test_relied_upon_in_england_against_plain_distances(atlas: Atlas) -> None:
    sample = atlas.places.sample(40, random_state=5)
    core20 = atlas.areas[atlas.areas["core20"]]
    away = np.hypot(
        core20["pwc_e"].to_numpy()[:, None] - sample["easting"].to_numpy(), core20["pwc_n"].to_numpy()[:, None] - sample["northing"].to_numpy()
    )
    by_hand = (core20["pop_mid2022"].to_numpy()[:, None] * (away * 1.3 <= 800)).sum(axis=0)
    assert relied_upon(sample, atlas.areas, Reach(800, 1.3)).tolist() == by_hand.tolist()
    assert by_hand.any()


def test_the_oldest_and_most_relied_upon_come_first() -> None:
    assets = as_records(
        pd.DataFrame(
            {
                "asset_id": ["checking", "fresh", "few", "many", "never", "old", "nowhere"],
                "last_confirmed": _days("2025-01-01", "2026-09-01", None, "2020-01-01", None, "2019-01-01", None),
            }
        )
    )
    people = pd.Series([9_000.0, 9_000.0, 10.0, 5_000.0, 300.0, 300.0, np.nan])
    queue = review_order(assets, people, TODAY)
    # Unconfirmed first, by people; of the same people never before long ago; no point last of them; what is confirmed is not in it.
    assert queue["asset_id"].tolist() == ["many", "never", "old", "few", "nowhere", "checking"]
    assert queue["freshness"].tolist() == ["unconfirmed"] * 5 + ["needs checking"]
    assert queue["relied_upon"].tolist()[:4] == [5_000, 300, 300, 10]


def test_the_order_does_not_hang_on_the_order_of_the_rows() -> None:
    assets = as_records(pd.DataFrame({"asset_id": list("badc"), "last_confirmed": _days(None, None, "2019-01-01", None)}))
    people = pd.Series(5.0, index=assets.index)
    shuffled = assets.sample(frac=1, random_state=1)
    assert review_order(assets, people, TODAY)["asset_id"].tolist() == ["a", "b", "c", "d"]
    assert review_order(shuffled, people.reindex(shuffled.index), TODAY)["asset_id"].tolist() == ["a", "b", "c", "d"]
