"""The slope and relative index of inequality against published figures and other derivations; the slope across networks likewise."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import optimize, special, stats

from analysis.inequality import FEWEST_POINTS, rank_midpoints, slope_index_of_inequality, weighted_slope

# ONS, Health state life expectancies by national deprivation deciles, England, males at birth, 2015 to 2017: years, most deprived first.
LIFE = [73.9735, 76.1241, 77.4743, 78.7620, 79.7043, 80.4527, 81.0909, 81.5761, 82.2410, 83.3175]
HEALTHY = [51.7182, 56.6479, 58.7618, 61.6578, 63.8382, 64.6954, 66.4610, 67.9231, 68.8129, 70.4463]

# The example in the documentation of `phe_sii`: life expectancy with 95% limits and people by decile in two areas.
EXAMPLES = {
    "Area1": (
        [75.9, 78.3, 83.8, 83.6, 80.5, 81.1, 81.7, 84.2, 80.6, 86.3],
        [72.7, 75.3, 80.9, 80.2, 77.1, 78, 79, 81.4, 75.8, 83.2],
        [79.1, 81.4, 86.8, 87.1, 83.8, 84.2, 84.4, 86.9, 85.4, 89.4],
        [7291, 7997, 6105, 7666, 5790, 6934, 5918, 5974, 7147, 7534],
    ),
    "Area2": (
        [70.5, 71.6, 72.5, 73.5, 73.1, 76.2, 78.7, 80.6, 80.9, 80],
        [70.1, 71.1, 72, 73.1, 72.7, 75.7, 78.2, 80.1, 80.4, 79.5],
        [71, 72.1, 73.2, 73.7, 75.8, 78.8, 79.8, 81.2, 81.3, 80.9],
        [21675, 20065, 19750, 24713, 20112, 19618, 22408, 19752, 18939, 19312],
    ),
}
RATES = ([310, 270, 255, 214, 190, 180, 150, 141, 133, 110], [290, 252, 238, 200, 176, 167, 138, 130, 122, 100],
         [331, 289, 273, 229, 205, 194, 163, 153, 145, 121], EXAMPLES["Area1"][3])  # fmt: skip
SHARES = ([21.8, 19.2, 17.1, 15.5, 14.2, 13.0, 12.4, 11.1, 10.2, 8.9], [20.9, 18.3, 16.2, 14.7, 13.3, 12.2, 11.6, 10.3, 9.5, 8.3],
          [22.8, 20.1, 18.1, 16.4, 15.1, 13.8, 13.3, 11.9, 11.0, 9.6], EXAMPLES["Area1"][3])  # fmt: skip


@pytest.mark.parametrize(("years", "published"), [(LIFE, 9.4), (HEALTHY, 19.1)])
def test_the_published_slopes(years: list[float], published: float) -> None:
    unknown = np.full(10, np.nan)
    found = slope_index_of_inequality(years, unknown, unknown, np.ones(10))
    assert round(found.sii, 1) == published
    assert np.isnan([found.lower, found.upper, found.rii_lower, found.rii_upper]).all(), "no interval, no limits"


def test_midpoints_by_hand() -> None:
    """The documentation of `phe_sii`: a group of 12% stands at 0.06, the next of 10% at 0.12 + 0.05 = 0.17."""
    assert rank_midpoints([12, 10, 78]) == pytest.approx([0.06, 0.17, 0.61])


@pytest.mark.parametrize("area", EXAMPLES)
def test_the_line_by_matrix_algebra_and_by_search(area: str) -> None:
    """The regression as `phe_sii` writes it, Y√a on √a and b√a with no constant; and the line that leaves the least weighted squares."""
    value, lower, upper, people = (np.array(each, dtype=float) for each in EXAMPLES[area])
    found = slope_index_of_inequality(value, lower, upper, people)
    root = np.sqrt(people / people.sum())
    design = np.column_stack([root, root * rank_midpoints(people)])
    intercept, slope = np.linalg.lstsq(design, value * root, rcond=None)[0]
    assert (found.sii, found.intercept) == pytest.approx((slope, intercept))
    assert found.rii == pytest.approx((intercept + slope) / intercept)
    assert found.fitted == pytest.approx(intercept + slope * rank_midpoints(people))

    def squares(line: np.ndarray) -> float:
        return float((people * (value - line[0] - line[1] * rank_midpoints(people)) ** 2).sum() / people.sum())

    searched = optimize.minimize(squares, [80.0, 0.0], method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-12}).x
    assert (found.intercept, found.sii) == pytest.approx(searched, abs=1e-5)


@pytest.mark.parametrize("area", EXAMPLES)
@pytest.mark.parametrize("confidence", [0.95, 0.998])
def test_simulated_limits_are_those_of_the_error_of_the_slope(area: str, confidence: float) -> None:
    """The slope is a weighted sum of independent normal values, so its limits are known without drawing any."""
    value, lower, upper, people = (np.array(each, dtype=float) for each in EXAMPLES[area])
    found = slope_index_of_inequality(value, lower, upper, people, confidence=confidence)
    root = np.sqrt(people / people.sum())
    design = np.column_stack([root, root * rank_midpoints(people)])
    weights = np.linalg.pinv(design)[1] * root
    error = np.sqrt((weights**2 * ((upper - lower) / 2 / 1.959964) ** 2).sum())
    half = stats.norm.ppf(0.5 + confidence / 2) * error
    # 100,000 draws place the limits to a hundredth of the standard error (95%), or five (99.8%).
    within = (0.02 if confidence == 0.95 else 0.1) * error
    assert (found.lower, found.upper) == (
        pytest.approx(found.sii - half, abs=within),
        pytest.approx(found.sii + half, abs=within),
    )


def test_simulated_limits_of_the_ratio_agree_with_fieller() -> None:
    """The ratio of the two ends of the line, least to most: Fieller's limits, from the covariance of the two ends."""
    value, lower, upper, people = (np.array(each, dtype=float) for each in EXAMPLES["Area1"])
    found = slope_index_of_inequality(value, lower, upper, people)
    root = np.sqrt(people / people.sum())
    design = np.column_stack([root, root * rank_midpoints(people)])
    to_ends = np.array([[1.0, 0.0], [1.0, 1.0]]) @ np.linalg.pinv(design) * root
    covariance = to_ends @ np.diag(((upper - lower) / 2 / 1.959964) ** 2) @ to_ends.T
    most, least = to_ends @ value

    def edge(ratio: float) -> float:
        variance = covariance[1, 1] - 2 * ratio * covariance[0, 1] + ratio**2 * covariance[0, 0]
        return float((least - ratio * most) ** 2 - 1.959964**2 * variance)

    low, high = optimize.brentq(edge, 0.9, found.rii), optimize.brentq(edge, found.rii, 1.4)
    assert (found.rii_lower, found.rii_upper) == pytest.approx((low, high), abs=5e-4)


@pytest.mark.parametrize(
    ("transform", "multiplier", "data", "forward", "back"),
    [("log", 1.0, RATES, np.log, np.exp), ("logit", 100.0, SHARES, special.logit, special.expit)],
)
def test_a_transformed_line_comes_back_at_its_two_ends(transform, multiplier, data, forward, back) -> None:  # type: ignore[no-untyped-def]
    value, lower, upper, people = (np.array(each, dtype=float) for each in data)
    found = slope_index_of_inequality(value, lower, upper, people, transform=transform, multiplier=multiplier)
    slope, intercept = np.polyfit(rank_midpoints(people), forward(value / multiplier), 1, w=np.sqrt(people))
    most, least = multiplier * back(intercept), multiplier * back(intercept + slope)
    assert (found.sii, found.rii) == pytest.approx((least - most, least / most))
    assert found.sii < 0 < found.rii < 1, "more at the most deprived end: a negative slope and a ratio under one"
    assert found.lower < found.sii < found.upper and found.rii_lower < found.rii < found.rii_upper
    # As in phe_sii: limits of the slope on the transformed scale, about the height of the fitted line at the middle.
    error = (forward(upper / multiplier) - forward(lower / multiplier)) / 2 / 1.959964
    root = np.sqrt(people / people.sum())
    weights = np.linalg.pinv(np.column_stack([root, root * rank_midpoints(people)]))[1] * root
    half = 1.959964 * np.sqrt((weights**2 * error**2).sum())
    for limit, ratio, along in (
        (found.lower, found.rii_lower, slope - half),
        (found.upper, found.rii_upper, slope + half),
    ):
        middle = intercept + slope / 2
        top, bottom = multiplier * back(middle + along / 2), multiplier * back(middle - along / 2)
        assert limit == pytest.approx(top - bottom, abs=0.02 * abs(found.upper - found.lower))
        assert ratio == pytest.approx(top / bottom, abs=0.02 * (found.rii_upper - found.rii_lower))


def test_the_same_input_gives_the_same_limits_and_another_seed_others() -> None:
    one, two = (slope_index_of_inequality(*EXAMPLES["Area1"], simulations=2_000) for _ in range(2))
    assert (one.lower, one.upper, one.rii_lower, one.rii_upper) == (two.lower, two.upper, two.rii_lower, two.rii_upper)
    other = slope_index_of_inequality(*EXAMPLES["Area1"], simulations=2_000, seed=7)
    assert other.sii == one.sii and other.lower != one.lower
    assert (other.simulations, other.seed) == (2_000, 7)


def test_groups_that_cannot_be_used_are_refused() -> None:
    value, lower, upper, people = EXAMPLES["Area1"]
    with pytest.raises(ValueError, match="3 groups or more"):
        slope_index_of_inequality(value[:2], lower[:2], upper[:2], people[:2])
    with pytest.raises(ValueError, match="3 groups or more, one each"):
        slope_index_of_inequality(value, lower, upper, people[:9])
    with pytest.raises(ValueError, match="Each group needs a value and people"):
        slope_index_of_inequality([np.nan, *value[1:]], lower, upper, people)
    with pytest.raises(ValueError, match="Each group needs a value and people"):
        slope_index_of_inequality(value, lower, upper, [0, *people[1:]])
    with pytest.raises(ValueError, match="has no log: use another transform"):
        slope_index_of_inequality([0, *value[1:]], lower, upper, people, transform="log")
    # A lower limit of nought has no logarithm either: the line stands, its limits are unknown.
    found = slope_index_of_inequality(value, [0, *lower[1:]], upper, people, transform="log")
    assert found.sii > 0 and np.isnan([found.lower, found.rii_upper]).all()


def _networks(many: int, seed: int, between: float = 1.0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Shares of Core20 residents, figures that rise by 5 from none to all, and standard errors by the size of each network."""
    rng = np.random.default_rng(seed)
    share, error = rng.beta(1, 3, many), 60 / np.sqrt(rng.lognormal(10.7, 0.5, many))
    return share, 10 + 5 * share + rng.normal(0, between, many) + rng.normal(0, error), error


def test_the_slope_across_networks_by_matrix_algebra() -> None:
    x, y, error = _networks(40, 5)
    found = weighted_slope(x, y, y - 1.959964 * error, y + 1.959964 * error)
    design, weight = np.column_stack([np.ones(40), x]), np.diag(error**-2)
    bread = np.linalg.inv(design.T @ weight @ design)
    beta = bread @ design.T @ weight @ y
    leverage = np.diag(design @ bread @ design.T @ weight)
    meat = design.T @ weight @ np.diag(((y - design @ beta) / (1 - leverage)) ** 2) @ weight @ design
    half = stats.t.ppf(0.975, 38) * np.sqrt((bread @ meat @ bread)[1, 1])
    assert (found.intercept, found.slope) == pytest.approx(beta)
    assert (found.lower, found.upper) == pytest.approx((beta[1] - half, beta[1] + half))
    assert np.polyfit(x, y, 1, w=1 / error) == pytest.approx([found.slope, found.intercept])


@pytest.mark.parametrize("many", [12, 60])
def test_the_interval_of_the_slope_holds_the_truth_as_often_as_it_says(many: int) -> None:
    """400 sets of networks that differ for reasons of their own, which the weights know nothing of: 95% of intervals, give or take 3."""
    held = 0
    for seed in range(400):
        x, y, error = _networks(many, seed)
        found = weighted_slope(x, y, y - 1.96 * error, y + 1.96 * error)
        held += found.lower <= 5 <= found.upper
    assert 0.92 <= held / 400 <= 0.98


def test_points_that_cannot_be_used_are_left_out_and_too_few_refused() -> None:
    x, y, error = _networks(20, 1)
    low, high = y - error, y + error
    whole = weighted_slope(x, y, low, high)
    extra = weighted_slope(
        [*x, np.nan, 0.5, 0.5, 0.5], [*y, 1, np.nan, 1, 1], [*low, 0, 0, np.nan, 1], [*high, 2, 2, 2, 1]
    )
    assert extra == whole and whole.points == 20
    with pytest.raises(ValueError, match=f"{FEWEST_POINTS} points or more were expected, and 7 can be used"):
        weighted_slope(x[:7], y[:7], low[:7], high[:7])
    with pytest.raises(ValueError, match="Points at several places"):
        weighted_slope(np.full(20, 0.3), y, low, high)
    with pytest.raises(ValueError, match="rest on one of them alone"):
        weighted_slope([0.9, *[0.3] * 19], y, low, high)
