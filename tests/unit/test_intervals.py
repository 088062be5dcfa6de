"""Intervals against scipy's own, against the distributions that define them, and against figures that Fingertips published."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import optimize, stats

from analysis.intervals import (
    EUROPEAN_STANDARD_POPULATION_2013,
    byars,
    directly_standardised_rate,
    mean_interval,
    rate,
    wilson,
)

RECORDED = "fingertips/recorded/200_learning_disability_qof_sample.csv"
CONFIDENCES = (0.95, 0.998)


@pytest.mark.parametrize("confidence", CONFIDENCES)
def test_wilson_is_scipys(confidence: float) -> None:
    pairs = [(0, 1), (0, 50), (1, 2), (3, 10), (50, 50), (11_317, 61_203), (1, 1_000_000), (999_999, 1_000_000)]
    counts, people = np.array(pairs).T
    value, lower, upper = wilson(counts, people, confidence)
    for i, (count, n) in enumerate(pairs):
        theirs = stats.binomtest(count, n).proportion_ci(confidence, method="wilson")
        assert (value[i], lower[i], upper[i]) == pytest.approx((count / n, theirs.low, theirs.high), abs=1e-12)


def test_wilson_limits_are_where_the_score_test_just_rejects() -> None:
    """What defines the interval: at a limit the value lies exactly z standard errors, of the limit's own, away."""
    value, lower, upper = wilson(37, 412)
    for limit in (float(lower), float(upper)):
        assert abs(float(value) - limit) / math.sqrt(limit * (1 - limit) / 412) == pytest.approx(1.959964, abs=1e-6)


def test_wilson_at_the_edges() -> None:
    value, lower, upper = wilson([0, 20, 0, np.nan, 5], [20, 20, 0, 20, np.nan], multiplier=100)
    assert (value[0], lower[0]) == (0, 0) and upper[0] > 10
    assert (value[1], upper[1]) == (100, 100) and lower[1] < 90
    for result in (value, lower, upper):
        assert np.isnan(result[2:]).all(), "nought out of nought and what is missing have no proportion"


@pytest.mark.parametrize(("count", "denominator"), [(-1, 10), (11, 10), (3, 0)])
def test_what_is_no_proportion_is_refused_and_counted(count: float, denominator: float) -> None:
    with pytest.raises(
        ValueError, match=r"between 0 and its denominator: not so for 1 of 3 \(the first is number 1, from 0\)"
    ):
        wilson([1, count, 2], [10, denominator, 10])


def test_a_confidence_that_is_none_is_refused() -> None:
    for make in (lambda: wilson(1, 2, 95), lambda: byars(1, 0), lambda: mean_interval(1, 1, 9, 1.0)):
        with pytest.raises(ValueError, match="a number between 0 and 1, such as"):
            make()


@pytest.mark.parametrize("confidence", CONFIDENCES)
def test_small_counts_have_the_poisson_limits(confidence: float) -> None:
    """The exact limits solve P(X ≥ count) = tail and P(X ≤ count) = tail, here searched for rather than looked up."""
    tail = (1 - confidence) / 2
    lower, upper = byars(np.arange(10), confidence)
    for count in range(10):
        high = optimize.brentq(lambda mean, count=count: stats.poisson.cdf(count, mean) - tail, 1e-9, 60, xtol=1e-13)
        assert upper[count] == pytest.approx(high, abs=1e-9)
        if count:
            low = optimize.brentq(
                lambda mean, count=count: stats.poisson.sf(count - 1, mean) - tail, 1e-9, 60, xtol=1e-13
            )
            assert lower[count] == pytest.approx(low, abs=1e-9)
    assert lower[0] == 0


def test_byars_by_hand_and_close_to_exact() -> None:
    # 64 events: 64 × (1 − 1/576 − 1.959964/24)³ and 65 × (1 − 1/585 + 1.959964/24.186773)³, worked out step by step.
    lower, upper = byars(64)
    assert float(lower) == pytest.approx(64 * 0.91659872**3, abs=1e-5)
    assert float(upper) == pytest.approx(65 * 1.07932514**3, abs=1e-4)
    counts = np.arange(10, 2_000)
    lower, upper = byars(counts)
    assert lower == pytest.approx(stats.chi2.ppf(0.025, 2 * counts) / 2, rel=2e-3)
    assert upper == pytest.approx(stats.chi2.ppf(0.975, 2 * counts + 2) / 2, rel=2e-3)


def test_ten_events_are_the_first_to_be_approximated() -> None:
    """9 is exact and 10 is Byar's: the two differ in the third figure, so a shifted threshold shows."""
    lower, _ = byars([9, 10])
    assert lower[0] == pytest.approx(stats.chi2.ppf(0.025, 18) / 2, abs=1e-12)
    assert abs(lower[1] - stats.chi2.ppf(0.025, 20) / 2) > 1e-3


def test_a_rate_is_its_count_over_people() -> None:
    value, lower, upper = rate([0, 64, 5, 3], [1_000, 50_000, 0, np.nan], multiplier=1_000)
    assert value[:2].tolist() == [0, 1.28]
    low, high = byars([0, 64])
    assert lower[:2] == pytest.approx(low / np.array([1, 50])) and upper[:2] == pytest.approx(high / np.array([1, 50]))
    assert np.isnan(value[2:]).all() and np.isnan(lower[2:]).all() and np.isnan(upper[2:]).all()
    with pytest.raises(ValueError, match="A count is nought or more"):
        rate(-1, 100)


def test_a_standardised_rate_by_hand() -> None:
    """Two ages, half of the standard each: (20/1,000 + 80/2,000) ÷ 2 = 3%; variance (0.5/1,000)² × 20 + (0.5/2,000)² × 80."""
    value, lower, upper = directly_standardised_rate([20, 80], [1_000, 2_000], [1, 1], multiplier=100)
    scale = math.sqrt(((0.5 / 1_000) ** 2 * 20 + (0.5 / 2_000) ** 2 * 80) / 100)
    low, high = byars(100)
    assert value.tolist() == [pytest.approx(3)]
    assert lower[0] == pytest.approx(100 * (0.03 + scale * (float(low) - 100)))
    assert upper[0] == pytest.approx(100 * (0.03 + scale * (float(high) - 100)))


def test_a_standardised_rate_of_the_standard_is_the_crude_rate() -> None:
    standard = np.array(EUROPEAN_STANDARD_POPULATION_2013)
    counts = np.arange(1, 20)
    assert (standard.sum(), len(standard)) == (100_000, 19)
    ours, crude = directly_standardised_rate(counts, standard), rate(counts.sum(), standard.sum())
    assert [float(each[0]) for each in ours] == pytest.approx([float(each) for each in crude])


def test_a_standardised_rate_needs_ten_events_and_people_in_every_stratum() -> None:
    counts = [[4, 5], [5, 5], [50, 0], [50, np.nan], [50, 5]]
    people = [[100, 100], [100, 100], [100, 0], [100, 100], [100, 0]]
    found = directly_standardised_rate(counts, people, [1, 1])
    for each in found:
        assert np.isnan(each).tolist() == [True, False, True, True, True]
    # Nobody of the standard is in the empty stratum: it takes no part.
    assert directly_standardised_rate([50, 0], [100, 0], [1, 0], multiplier=1)[0].tolist() == [0.5]


def test_shapes_that_do_not_fit_are_named() -> None:
    with pytest.raises(ValueError, match=r"counts are \(1, 2\), populations \(1, 2\) and the standard \(19,\)"):
        directly_standardised_rate([20, 80], [1_000, 2_000])


def test_a_mean_has_the_limits_of_a_t_test() -> None:
    sample = np.array([3.1, 2.7, 4.4, 3.9, 5.0, 2.2])
    theirs = stats.ttest_1samp(sample, 0).confidence_interval(0.95)
    value, lower, upper = mean_interval(sample.mean(), sample.std(ddof=1), len(sample))
    assert (float(value), float(lower), float(upper)) == pytest.approx((sample.mean(), theirs.low, theirs.high))
    _, lower, upper = mean_interval(3.1, 1.0, [0, 1, 2])
    assert np.isnan(lower).tolist() == [True, True, False] == np.isnan(upper).tolist()
    with pytest.raises(ValueError, match="standard deviation"):
        mean_interval(1, -0.1, 5)


def test_the_published_intervals_of_a_proportion(shared_data: Path) -> None:
    """Learning disability by practice, ICB and deprivation: values and both intervals as recorded, rounded to five decimals."""
    recorded = pd.read_csv(shared_data / RECORDED)
    value, lower, upper = wilson(recorded["Count"], recorded["Denominator"], 0.95, multiplier=100)
    _, lower_998, upper_998 = wilson(recorded["Count"], recorded["Denominator"], 0.998, multiplier=100)
    assert len(recorded) == 464
    for ours, column in (
        (value, "Value"),
        (lower, "Lower CI 95.0 limit"),
        (upper, "Upper CI 95.0 limit"),
        (lower_998, "Lower CI 99.8 limit"),
        (upper_998, "Upper CI 99.8 limit"),
    ):
        published = recorded[column].notna().to_numpy()
        assert published.sum() > 400
        assert np.abs(ours - recorded[column].to_numpy())[published].max() < 1e-5
