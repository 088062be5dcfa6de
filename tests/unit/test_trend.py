"""Recent trends against Fingertips' own words and test cases, and against a plain reference that takes one series at a time."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analysis import trend
from analysis.trend import TRENDS, proportions_test, published_trend, recent_trend, weighted_regression, with_polarity

RECORDED = "fingertips/recorded/200_learning_disability_qof_sample.csv"


def _series(
    values: Sequence[float] | None = None,
    errors: Sequence[float] | float = 0.2,
    counts: Sequence[tuple[float, float]] | None = None,
    years: Sequence[int] | None = None,
    span: float = 1,
    name: object = "A",
) -> pd.DataFrame:
    """Rows of one series; with counts it is a proportion in per cent, and its interval is too wide to tell anything."""
    if counts is not None:
        values = [100 * count / n for count, n in counts]
    assert values is not None
    half = 1.96 * np.broadcast_to(errors, len(values)) if counts is None else 1_000.0
    return pd.DataFrame(
        {
            "series": name,
            "period_sortable": 10_000 * np.array(years or range(2018, 2018 + len(values))),
            "period_years": pd.array([span] * len(values), dtype="Float64"),
            "value": values,
            "lower_95": np.array(values) - half,
            "upper_95": np.array(values) + half,
            "count": [np.nan] * len(values) if counts is None else [count for count, _ in counts],
            "denominator": [np.nan] * len(values) if counts is None else [n for _, n in counts],
            "proportion": 0.0 if counts is None else 1.0,
        }
    )


# The test cases of Fingertips' published server source, each with its chi-squared over five points where that is given, and its marker.
SERVER_CASES = {
    "no change": ([(5405, 18095), (5500, 18170), (5435, 18005), (5480, 17890), (5315, 17860)], 0.018, "no significant change"),
    "a steep fall": ([(22435, 65880), (22445, 67900), (21365, 68705), (20955, 69835), (19055, 70910)], 978.2845, "decreasing"),
    "a fall": ([(621, 3454), (599, 3195), (556, 3256), (535, 3227), (447, 3121)], None, "decreasing"),
    "a rise": ([(2157, 3454), (2090, 3195), (2194, 3256), (2134.81, 3152), (2094, 3062)], None, "increasing"),
    "a slow rise": ([(8116, 91530), (8145, 91773), (8222, 92088), (8506, 92238), (8728, 92665.89)], None, "increasing"),
    "six points": ([(5, 22), (7, 35), (6, 42), (8, 50), (8, 100), (9, 200)], None, "decreasing"),
    # Diabetes: QOF prevalence, England, 2019/20 to 2023/24.
    "diabetes": ([(3455176, 48783947), (3491868, 49122259), (3625401, 49956777), (3774801, 50649129), (3938080, 51441896)], None, "increasing"),
}  # fmt: skip


@pytest.mark.parametrize("case", SERVER_CASES)
def test_the_servers_own_cases(case: str) -> None:
    counts, chi, expected = SERVER_CASES[case]
    assert recent_trend(_series(counts=counts))["A"] == expected
    if chi is not None:
        made, people = np.array(counts).T
        assert round(float(proportions_test(made[None], people[None])[1][0]), 4) == chi


def test_a_rate_from_the_documentation_of_the_r_package() -> None:
    """`assign_trend_markers`, value_type "other": rates per 1,000 with their 95% limits."""
    rows = _series([30.6, 30.2, 28, 24.6, 24.67])
    rows["lower_95"], rows["upper_95"] = [28.98, 28.63, 26.44, 23.15, 23.16], [32.25, 31.9, 29.64, 26.19, 26.25]
    assert recent_trend(rows)["A"] == "decreasing"


def test_every_published_trend(shared_data: Path) -> None:
    """Learning disability by practice, ICB and deprivation decile, nine years to 2022/23, and the word that Fingertips printed beside the last."""
    recorded = pd.read_csv(shared_data / RECORDED)
    key = ["Area Code", "Category Type", "Category"]
    recorded["series"] = recorded.groupby(key, dropna=False).ngroup()
    recorded = recorded.drop_duplicates(["series", "Time period Sortable"])  # England's rows come twice
    rows = recorded.rename(
        columns={
            "Time period Sortable": "period_sortable",
            "Value": "value",
            "Lower CI 95.0 limit": "lower_95",
            "Upper CI 95.0 limit": "upper_95",
            "Count": "count",
            "Denominator": "denominator",
        }
    ).assign(period_years=1)
    published = recorded.dropna(subset="Recent Trend").set_index("series")["Recent Trend"]
    assert published.value_counts().to_dict() == {"No significant change": 14, "Increasing": 11}
    for proportion in (1.0, 0.0):  # by the test of proportions and, as it happens, by intervals too
        ours = recent_trend(rows.assign(proportion=proportion)).loc[published.index]
        assert ours.tolist() == published_trend(published).tolist()


def _by_hand(rows: pd.DataFrame) -> str:
    """One series at a time, by other means: numpy's polyfit for the lines, and N·r² between year and event for the chi-squared."""
    rows = rows.sort_values("period_sortable").tail(5)
    year = np.arange(5.0)
    if rows["proportion"].iloc[0] == 1:
        counts, n = rows["count"].to_numpy(), rows["denominator"].to_numpy()
        half = 0.5 if (counts == 0).any() or (counts == n).any() else 0.0
        y, weights = np.log((counts + half) / (n - counts + half)), np.ones(5)
        years, happened = np.repeat(year, 2), np.tile([1.0, 0.0], 5)
        people = np.column_stack([counts, n - counts]).ravel()
        covariance = np.cov(years, happened, fweights=people.astype(int), ddof=0)
        variances = covariance[0, 0] * covariance[1, 1]
        chi = people.sum() * covariance[0, 1] ** 2 / variances if variances else 0.0
    else:
        errors = (rows["upper_95"] - rows["lower_95"]).to_numpy() / 3.92
        y, weights = rows["value"].to_numpy(), 1 / errors
        covariance = np.linalg.inv(np.array([[(weights**2 * year ** (i + j)).sum() for i in (0, 1)] for j in (0, 1)]))
        chi = np.polyfit(year, y, 1, w=weights)[0] ** 2 / covariance[1, 1]
    slopes = [np.polyfit(np.delete(year, out), np.delete(y, out), 1, w=np.delete(weights, out))[0] for out in range(5)]
    slope = np.polyfit(year, y, 1, w=weights)[0]
    if chi <= 9.5495 or not all(np.sign(each) == np.sign(slope) for each in slopes):
        return "no significant change"
    return "increasing" if slope > 0 else "decreasing"


def test_many_series_at_once_are_each_as_alone() -> None:
    rng = np.random.default_rng(11)
    frames = []
    for number in range(300):
        drift = rng.choice([0, 0.2, -0.2, 0.6, -0.6])
        if number % 2:
            n = rng.integers(40, 900, 6)
            share = np.clip(rng.uniform(0, 0.5) * (1 + drift * np.arange(6) / 3), 0, 1)
            frames.append(_series(counts=list(zip(rng.binomial(n, share), n, strict=True)), name=number))
        else:
            errors = rng.uniform(0.2, 1.5, 6)
            frames.append(_series(20 + drift * np.arange(6) + rng.normal(0, errors), errors, name=number))
    rows = pd.concat(frames)
    expected = {number: _by_hand(frame) for number, frame in enumerate(frames)}
    assert recent_trend(rows.sample(frac=1, random_state=1)).to_dict() == expected
    assert set(expected.values()) == {"increasing", "decreasing", "no significant change"}


def test_the_regression_is_the_textbooks() -> None:
    """Slope and chi-squared by matrix algebra: (XᵀWX)⁻¹XᵀWy, and the slope over its own standard error."""
    y, errors = np.array([3.0, 4.5, 4.0, 6.5, 7.0]), np.array([0.5, 0.4, 0.9, 0.3, 0.6])
    design, weight = np.column_stack([np.ones(5), np.arange(5)]), np.diag(errors**-2)
    covariance = np.linalg.inv(design.T @ weight @ design)
    beta = covariance @ design.T @ weight @ y
    slope, chi, keeps = weighted_regression(y[None], errors[None])
    assert (slope[0], chi[0], keeps[0]) == (
        pytest.approx(beta[1]),
        pytest.approx(beta[1] ** 2 / covariance[1, 1]),
        True,
    )


def test_the_threshold_is_p_of_two_in_a_thousand() -> None:
    assert stats.chi2.isf(0.002, 1) == pytest.approx(trend.THRESHOLD, abs=1e-4)


def test_one_point_alone_decides_nothing() -> None:
    """Four level years and one outlier: significant by chi-squared, and not once the outlier is left out."""
    rows = _series([5.0, 5.1, 5.0, 4.9, 9.0], 0.1)
    _, chi, keeps = weighted_regression(rows["value"].to_numpy()[None], np.full((1, 5), 0.1))
    assert chi[0] > 100 and not keeps[0]
    assert recent_trend(rows)["A"] == "no significant change"
    counts = [(500, 1_000), (500, 1_000), (501, 1_000), (499, 1_000), (900, 1_000)]
    assert recent_trend(_series(counts=counts))["A"] == "no significant change"


@pytest.mark.parametrize(
    "counts",
    [
        # Without its first year the share falls and its log odds rise: the line is through log odds.
        [(135, 1_000), (579, 1_000), (721, 1_000), (845, 1_000), (525, 1_000)],
        # Without its last year the line would fall if the years of 10,000 weighed ten times those of 1,000: they weigh the same.
        [(2_000, 10_000), (1_000, 10_000), (300, 1_000), (300, 1_000), (2_000, 10_000)],
    ],
)
def test_the_way_of_a_proportion_is_that_of_an_unweighted_line_through_log_odds(
    counts: list[tuple[float, float]],
) -> None:
    rows = _series(counts=counts)
    assert recent_trend(rows)["A"] == _by_hand(rows) == "increasing"


def test_a_line_that_is_level_without_one_point_slopes_no_way_either_way_round() -> None:
    """Without the first the rest, 1.1, 10.7, 10.7, 1.1, are level but for rounding."""
    values = [1.0, 1.1, 10.7, 10.7, 1.1]
    assert (
        recent_trend(_series(values, 1.0))["A"]
        == recent_trend(_series(values[::-1], 1.0))["A"]
        == "no significant change"
    )


RISE = [10.0, 11.0, 12.0, 13.0, 14.0]


def test_what_cannot_be_calculated() -> None:
    cases = {
        "four": _series(RISE[:4]),
        "a gap": _series(RISE, years=[2017, 2019, 2020, 2021, 2022]),
        "two years together": pd.concat([_series(RISE), _series(RISE[:1], years=[2022])]),
        "the latest suppressed": _series([*RISE, np.nan]),
        "one suppressed": _series([10, 11, np.nan, 13, 14, 15]),
        "no width": _series(RISE, [0.2, 0.2, 0, 0.2, 0.2]),
        "upside down": _series(RISE, -0.2),
        "no interval": _series(RISE, np.nan),
        "quarters": _series(RISE, span=np.nan),
        "rolling, five in a row": _series(RISE, span=3),
    }
    found = recent_trend(pd.concat([rows.assign(series=name) for name, rows in cases.items()]))
    assert found.index.tolist() == list(cases)
    assert set(found) == {"cannot be calculated"}
    assert recent_trend(pd.concat(cases.values()).iloc[:0]).empty


def test_the_same_points_can_be_calculated_when_nothing_is_amiss() -> None:
    fine = {
        "five": _series(RISE),
        "a gap before the five": _series([99, *RISE], years=[2011, *range(2018, 2023)]),
        "suppressed before the five": _series([np.nan, *RISE]),
        "any order": _series(RISE).iloc[[3, 0, 4, 1, 2]],
        "a longer period before": pd.concat([_series([50.0], years=[2017], span=3), _series(RISE)]),
    }
    assert set(recent_trend(pd.concat([rows.assign(series=name) for name, rows in fine.items()]))) == {"increasing"}


def test_of_rolling_periods_every_third_is_taken() -> None:
    """2001–03 to 2013–15 three years wide. The periods between them fall steeply; taken end to end the figure rises."""
    values = [10 + year / 3 if year % 3 == 0 else 100 - 5 * year for year in range(13)]
    rows = _series(values, years=range(2001, 2014), span=3)
    assert recent_trend(rows)["A"] == "increasing"
    assert recent_trend(rows[rows["period_sortable"] >= 20_020_000])["A"] == "cannot be calculated"


def test_a_proportion_without_counts_takes_its_intervals() -> None:
    rows = _series(RISE).assign(proportion=1.0)
    assert recent_trend(rows)["A"] == "increasing"
    assert recent_trend(rows.drop(columns=["count", "denominator", "proportion"]))["A"] == "increasing"
    # Counts count only where the value is their proportion: a rate's events are no proportion of its people.
    counted = _series(counts=SERVER_CASES["a steep fall"][0])
    assert recent_trend(counted.assign(proportion=0.0))["A"] == "no significant change"


def test_nought_and_everything_have_an_answer() -> None:
    assert recent_trend(_series(counts=[(0, 900), (2, 900), (9, 900), (20, 900), (40, 900)]))["A"] == "increasing"
    assert (
        recent_trend(_series(counts=[(900, 900), (890, 900), (870, 900), (860, 900), (830, 900)]))["A"] == "decreasing"
    )
    assert recent_trend(_series(counts=[(0, 900)] * 5))["A"] == "no significant change"
    assert recent_trend(_series(counts=[(900, 900)] * 5))["A"] == "no significant change"


def test_polarity_says_which_way_is_better() -> None:
    words = [
        "increasing",
        "increasing",
        "decreasing",
        "decreasing",
        "increasing",
        "decreasing",
        "no significant change",
        "increasing",
    ]
    polarity = [
        "high is good",
        "low is good",
        "high is good",
        "low is good",
        "not applicable",
        "",
        "high is good",
        None,
    ]
    found = with_polarity(words, np.array(polarity, dtype=object)).tolist()
    assert found == [
        "increasing and getting better",
        "increasing and getting worse",
        "decreasing and getting worse",
        "decreasing and getting better",
        "increasing",
        "decreasing",
        "no significant change",
        "increasing",
    ]
    assert set(found) < set(TRENDS)


def test_published_words() -> None:
    words = pd.Series(
        ["Increasing", "Decreasing and getting better", "Increasing & getting worse", "No significant change", "", None]
    )
    assert published_trend(words).tolist() == [
        "increasing", "decreasing and getting better", "increasing and getting worse",
        "no significant change", "cannot be calculated", "cannot be calculated",
    ]  # fmt: skip
