"""The comparison with England, row by row by hand and against what Fingertips published; fifths counted by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis import comparison
from analysis.comparison import COMPARISONS, FIFTHS, compare, published_comparison, quintile_bands
from data_loaders.indicator_values import POLARITIES

RECORDED = "fingertips/recorded/93930_ae_attendances_0-4_GP_PCN_2021-22.csv"
LOW, HIGH = comparison.LOW_IS_GOOD, comparison.HIGH_IS_GOOD


def test_polarities_are_those_that_loaders_write() -> None:
    assert {LOW, HIGH} == {text for text in POLARITIES if text.endswith("is good")}


@pytest.mark.parametrize(
    ("lower", "upper", "england", "polarity", "expected"),
    [
        (10, 12, 9, LOW, "worse"),
        (10, 12, 9, HIGH, "better"),
        (10, 12, 13, LOW, "better"),
        (10, 12, 13, HIGH, "worse"),
        (10, 12, 11, LOW, "similar"),
        (10, 12, 11, "not applicable", "similar"),
        (10, 12, 9, "not applicable", "higher"),
        (10, 12, 13, "blue orange blue", "lower"),
        (10, 12, 9, "", "higher"),
        (10, 12, 9, None, "higher"),
        (10, 12, 9, np.nan, "higher"),
        (10, 12, 10, LOW, "similar"),  # a limit that touches does not exclude
        (10, 12, 12, HIGH, "similar"),
        (np.nan, 12, 9, LOW, "not compared"),
        (10, np.nan, 9, LOW, "not compared"),
        (10, 12, np.nan, LOW, "not compared"),
    ],
)
def test_one_comparison(lower: float, upper: float, england: float, polarity: object, expected: str) -> None:
    assert compare(lower, upper, england, polarity).item() == expected
    assert expected in COMPARISONS


def test_many_at_once_are_each_as_alone() -> None:
    rng = np.random.default_rng(3)
    lower = rng.integers(0, 20, 400).astype(float)
    upper = lower + rng.integers(0, 6, 400)
    england = rng.integers(0, 24, 400).astype(float)
    lower[::17], england[::23] = np.nan, np.nan
    polarity = rng.choice([*POLARITIES, ""], 400).astype(object)

    def by_hand(low: float, high: float, mean: float, said: str) -> str:
        if any(map(np.isnan, (low, high, mean))):
            return "not compared"
        if low <= mean <= high:
            return "similar"
        if said == LOW:
            return "worse" if low > mean else "better"
        if said == HIGH:
            return "better" if low > mean else "worse"
        return "higher" if low > mean else "lower"

    expected = [by_hand(*row) for row in zip(lower, upper, england, polarity, strict=True)]
    assert compare(lower, upper, england, polarity).tolist() == expected
    assert set(expected) == set(COMPARISONS)


def test_the_wider_interval_can_be_the_one_that_counts() -> None:
    """99.8% limits are handed over in place of 95% ones: what was worse becomes similar, never better."""
    assert compare([10.0, 9.5], [12.0, 12.5], 9.8, LOW).tolist() == ["worse", "similar"]


def test_every_published_comparison_of_practices_and_networks(shared_data: Path) -> None:
    """A&E attendances at 0 to 4 (low is good), as recorded: the words that Fingertips printed beside each practice and network."""
    recorded = pd.read_csv(shared_data / RECORDED, low_memory=False)
    who = ["Sex", "Age", "Time period Sortable"]
    england = recorded[(recorded["Area Code"] == "E92000001") & recorded["Category"].isna()].drop_duplicates(who)
    benchmark = recorded[who].merge(england[[*who, "Value"]], how="left", on=who)["Value"]
    ours = compare(recorded["Lower CI 95.0 limit"], recorded["Upper CI 95.0 limit"], benchmark, LOW)
    theirs = published_comparison(recorded["Compared to England value or percentiles"])
    told = (theirs != "not compared").to_numpy()
    assert told.sum() == 7_603
    assert (ours == theirs.to_numpy())[told].all()


def test_published_words() -> None:
    words = pd.Series(
        ["Better 95%", "Worse 99.8%", "Higher 99.8", "lower", "Similar", "Not compared", "Lowest quintile", "", None]
    )
    assert published_comparison(words).tolist() == [
        "better", "worse", "higher", "lower", "similar", "not compared", "not compared", "not compared", "not compared",
    ]  # fmt: skip


def test_fifths_of_ten_areas_in_any_order() -> None:
    assert quintile_bands([50, 10, 20, 30, 40, 60, 70, 80, 90, 100]).tolist() == [3, 1, 1, 2, 2, 3, 4, 4, 5, 5]
    assert len(FIFTHS) == 5


def test_fifths_of_seven_areas_by_hand() -> None:
    """The middles of seven equal parts, 1/14, 3/14 … 13/14, in fifths."""
    assert quintile_bands([1, 2, 3, 4, 5, 6, 7]).tolist() == [1, 2, 2, 3, 4, 4, 5]


def test_equal_values_share_a_fifth_and_what_is_missing_has_none() -> None:
    assert quintile_bands([5, 5, 5, 5, 5, np.nan]).tolist() == [3, 3, 3, 3, 3, 0]
    assert quintile_bands([1, 1, 1, 1, 2, 3, np.nan]).tolist() == [2, 2, 2, 2, 4, 5, 0]
    assert (
        quintile_bands([]).tolist() == []
        and quintile_bands([np.nan]).tolist() == [0]
        and quintile_bands([7]).tolist() == [3]
    )


def test_fifths_within_each_group_are_as_of_the_group_alone() -> None:
    values, group = [1, 50, 2, 60, 3, 70, 4, 80, 5, 90, np.nan, 7], ["a", "b"] * 5 + ["a", "c"]
    assert quintile_bands(values, group).tolist() == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 0, 3]


@pytest.mark.parametrize("many", [5, 6, 8, 32, 42, 152, 1_298])
def test_fifths_are_of_equal_numbers_to_within_one(many: int) -> None:
    bands = quintile_bands(np.random.default_rng(many).permutation(many))
    sizes = np.bincount(bands, minlength=6)
    assert sizes[0] == 0 and np.ptp(sizes[1:]) <= 1
