"""Practices added up, by hand: nobody is lost, a code stands for one set of practices, tenths are of equal size."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.practice_sums import add_up, deprivation_score, tenths

LEVELS = {"england": ("england",), "icb": ("icb24cd", "icb26cd"), "pcn": ("pcn_code",)}


def _counts(*rows: tuple[str, int, int]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["practice_code", "count", "denominator"])
    return frame.assign(indicator_id="219", period="2021/22")


def _homes(rows: dict[str, tuple[str | None, str | None, str | None, int | None]]) -> pd.DataFrame:
    frame = pd.DataFrame.from_dict(rows, orient="index", columns=["pcn_code", "icb24cd", "icb26cd", "tenth"])
    return frame.assign(england="E92000001").astype({"tenth": "Int8"})


def test_sums_by_hand() -> None:
    homes = _homes({"A": ("U1", "E1", "E9", 1), "B": ("U1", "E2", "E9", 10), "C": (None, "E2", "E9", None)})
    sums = add_up(_counts(("A", 5, 50), ("B", 7, 100), ("C", 1, 10)), homes, LEVELS, ("england",))
    columns = ["level", "area_code", "tenth", "count", "denominator", "practices"]
    got = {
        (level, code, None if pd.isna(tenth) else int(tenth)): (count, people, practices)
        for level, code, tenth, count, people, practices in sums[columns].itertuples(index=False)
    }
    assert got == {
        ("england", "E92000001", None): (13, 160, 3),
        ("england", "E92000001", 1): (5, 50, 1),
        ("england", "E92000001", 10): (7, 100, 1),
        ("icb", "E1", None): (5, 50, 1),
        ("icb", "E2", None): (8, 110, 2),
        ("icb", "E9", None): (13, 160, 3),
        ("pcn", "U1", None): (12, 150, 2),
    }


def test_an_area_that_is_the_same_in_both_vintages_stands_once() -> None:
    homes = _homes({"A": ("U1", "E1", "E1", 1), "B": ("U1", "E2", "E3", 2)})
    sums = add_up(_counts(("A", 5, 50), ("B", 7, 100)), homes, LEVELS, ())
    assert sums.loc[sums["level"] == "icb", "area_code"].tolist() == ["E1", "E2", "E3"]


def test_one_code_for_two_sets_of_practices_is_an_error() -> None:
    homes = _homes({"A": ("U1", "E1", "E1", 1), "B": ("U1", "E2", "E1", 2)})
    with pytest.raises(ValueError, match="E1 stands for two different sets of practices"):
        add_up(_counts(("A", 5, 50), ("B", 7, 100)), homes, LEVELS, ())


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 90), st.integers(1, 900), st.integers(0, 3), st.integers(0, 2), st.none() | st.integers(1, 10)),
        min_size=1,
        max_size=30,
    )
)
def test_nobody_is_lost_or_counted_twice(rows: list[tuple[int, int, int, int, int | None]]) -> None:
    counts = _counts(*((f"P{number}", count, people) for number, (count, people, *_) in enumerate(rows)))
    homes = _homes(
        {
            f"P{number}": (f"U{pcn}" if pcn else None, f"E{icb}", f"F{icb // 2}", tenth)
            for number, (_, _, pcn, icb, tenth) in enumerate(rows)
        }
    )
    sums = add_up(counts, homes, LEVELS, ("england", "icb"))
    whole = sums[sums["tenth"].isna()]
    england = whole[whole["level"] == "england"].iloc[0]
    assert (england["count"], england["denominator"]) == (counts["count"].sum(), counts["denominator"].sum())
    icb = whole[whole["level"] == "icb"]
    for vintage in "EF":
        assert icb.loc[icb["area_code"].str.startswith(vintage), "denominator"].sum() == england["denominator"]
    outside = sum(people for _, people, pcn, _, _ in rows if not pcn)
    assert whole.loc[whole["level"] == "pcn", "denominator"].sum() + outside == england["denominator"]
    no_tenth = sum(people for _, people, _, _, tenth in rows if tenth is None)
    divided = sums[sums["tenth"].notna() & (sums["level"] == "england")]
    assert divided["denominator"].sum() + no_tenth == england["denominator"]


def test_the_score_is_weighted_by_patients_and_split_lsoas_are_shared() -> None:
    registrations = pd.DataFrame(
        {"practice_code": ["A", "A", "A", "B", "W"], "lsoa11cd": ["E01a", "E01b", "W01x", "E01b", "W01x"], "patients": [30, 10, 500, 1, 9]}
    )
    weights = pd.DataFrame({"lsoa11cd": ["E01a", "E01b", "E01b"], "lsoa21cd": ["x", "y", "z"], "weight": [1.0, 0.25, 0.75]})
    score = deprivation_score(registrations, weights, pd.Series({"x": 10.0, "y": 40.0, "z": 20.0}))
    assert score.to_dict() == {"A": (30 * 10 + 10 * 25) / 40, "B": 25.0}


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 20), min_size=10, max_size=70))
def test_tenths_are_equal_in_practices_and_follow_the_score(scores: list[int]) -> None:
    score = pd.Series(scores, index=[f"P{number:03}" for number in range(len(scores))], dtype=float)
    tenth = tenths(score)
    sizes = tenth.value_counts()
    assert len(sizes) == 10 and sizes.max() - sizes.min() <= 1
    by_tenth = score.groupby(tenth).agg(["min", "max"])
    assert (by_tenth["min"].iloc[:-1].to_numpy() >= by_tenth["max"].iloc[1:].to_numpy()).all(), "1 is the most deprived"
    assert tenths(score.sample(frac=1, random_state=1)).sort_index().equals(tenth.sort_index()), "not by the order of rows"
