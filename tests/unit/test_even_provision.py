"""What even provision would look like and what chance explains: by hand, and against the distributions' own sums."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from analysis.even_provision import expected, limits, unevenness, usual_limits

EVERYWHERE = np.ones(4, dtype=bool)
ONE = np.zeros(4, dtype=np.intp)


def test_expected_is_the_rate_times_residents() -> None:
    found = expected(np.array([3, 0, 1, 0]), np.array([100.0, 200.0, 100.0, 0.0]), ONE, EVERYWHERE)
    assert found.tolist() == [1, 2, 1, 0]


def test_town_and_country_have_rates_of_their_own() -> None:
    stratum = np.array([0, 0, 1, 1])
    found = expected(np.array([6, 0, 1, 1]), np.array([100.0, 200.0, 100.0, 300.0]), stratum, EVERYWHERE)
    assert found == pytest.approx([2, 4, 0.5, 1.5])


def test_what_is_not_mapped_neither_gives_nor_takes() -> None:
    reference = np.array([True, True, False, False])
    found = expected(np.array([3, 0, 50, 0]), np.array([100.0, 200.0, 100.0, 400.0]), ONE, reference)
    assert found.tolist() == [1, 2, 0, 0]


def test_a_stratum_without_such_residents_expects_none() -> None:
    assert expected(np.array([3, 0]), np.array([0.0, 0.0]), np.array([0, 1]), EVERYWHERE[:2]).tolist() == [0, 0]


@pytest.mark.parametrize("expectation", [0.001, 0.4, 3.0, 17.3, 250.0])
@pytest.mark.parametrize("tail", [0.025, 0.025 / 16])
def test_chance_goes_beyond_a_limit_less_often_than_the_tail(expectation: float, tail: float) -> None:
    total = 2_000
    low, high = (one[0] for one in limits(np.array([expectation]), np.array([float(total)]), tail))
    each = stats.binom.pmf(np.arange(total + 1), total, expectation / total)
    assert each[: int(low)].sum() < tail
    assert each[int(high) + 1 :].sum() <= tail
    assert low <= expectation <= high
    if expectation > 10:  # and the limits are no wider than they need be
        assert each[: int(low) + 1].sum() >= tail
        assert each[int(high) :].sum() > tail


def test_a_large_reference_gives_the_limits_of_a_funnel_plot() -> None:
    low, high = limits(np.array([12.0]), np.array([1e7]), 0.025)
    assert (low[0], high[0]) == (stats.poisson.ppf(0.025, 12), stats.poisson.ppf(0.975, 12)) == (6, 19)


def test_the_whole_reference_is_what_it_is() -> None:
    low, high = limits(np.array([40.0]), np.array([40.0]), 0.001)
    assert (low[0], high[0]) == (40, 40), "compared with itself, nothing can be few"


def test_no_expectation_has_no_limits() -> None:
    low, high = limits(np.array([np.nan, np.nan]), np.array([0.0, 10.0]), 0.025)
    assert np.isnan([*low, *high]).all()


def test_one_binomial_is_no_narrower_than_town_and_country_apart() -> None:
    """Hoeffding (1956): the sum of two binomials with the same total and mean has no heavier tails."""
    total, parts = 300, [(200, 0.02), (100, 0.16)]  # expect 4 and 16
    both = np.convolve(*(stats.binom.pmf(np.arange(n + 1), n, p) for n, p in parts))
    low, _ = limits(np.array([20.0]), np.array([float(total)]), 0.025)
    assert both[: int(low[0])].sum() < 0.025


def test_usual_limits_are_those_of_a_negative_binomial() -> None:
    expectation, tau2 = np.array([38.0]), np.array([0.12])
    low, high = usual_limits(expectation, tau2, np.array([1_256.0]), 0.025)
    spread = stats.nbinom(1 / 0.12, 1 / (1 + 0.12 * 38))
    assert spread.mean() == pytest.approx(38)
    assert spread.var() == pytest.approx(38 + 0.12 * 38**2)
    assert (low[0], high[0]) == (spread.ppf(0.025), spread.ppf(0.975))
    chance = limits(expectation, np.array([1_256.0]), 0.025)
    assert low[0] < chance[0][0]
    assert high[0] > chance[1][0]


def test_no_unevenness_leaves_chance_and_an_unknown_one_says_nothing() -> None:
    expectation, total = np.array([38.0, 38.0, 0.0]), np.array([1_256.0, 1_256.0, 10.0])
    low, high = usual_limits(expectation, np.array([0.0, np.nan, 0.1]), total, 0.025)
    chance = limits(expectation, total, 0.025)
    assert (low[0], high[0]) == (chance[0][0], chance[1][0])
    assert np.isnan([low[1], high[1]]).all()
    assert (low[2], high[2]) == (0, 0)


def test_unevenness_by_hand() -> None:
    # Ten authorities that expect 16 each: z of −1 and 1 in turn, so φ = 1; the two tenths at the edges are all at the edge already.
    found = unevenness(np.array([12.0, 20.0] * 5), np.full(10, 16.0))
    assert found.phi == pytest.approx(1)
    # (10 × 1 − 9) ÷ (160 − 10 × 256 ÷ 160)
    assert found.tau2 == pytest.approx(1 / 144)
    assert found.authorities == 10


def test_outliers_are_drawn_in() -> None:
    observed = np.array([12.0, 20.0] * 10)
    wild = observed.copy()
    wild[0] = 4_000.0
    assert unevenness(wild, np.full(20, 16.0)).phi == pytest.approx(unevenness(observed, np.full(20, 16.0)).phi)


def test_few_or_small_authorities_are_not_measured() -> None:
    assert np.isnan(unevenness(np.full(9, 10.0), np.full(9, 16.0)).phi)
    small = unevenness(np.full(50, 4.0), np.full(50, 4.9))
    assert np.isnan(small.tau2)
    assert small.authorities == 0


def test_unevenness_is_found_where_it_was_put() -> None:
    random = np.random.default_rng(11)
    expectation = random.uniform(10, 60, 4_000)
    even = unevenness(random.poisson(expectation).astype(float), expectation)
    assert even.phi < 1.1
    assert even.tau2 < 0.005
    truth = 0.12
    uneven = unevenness(random.poisson(expectation * random.gamma(1 / truth, truth, 4_000)).astype(float), expectation)
    assert 0.05 < uneven.tau2 < truth, "winsorising takes about half of it away"
