"""Intervals, comparison with England and recent trend for every network and register, against one row at a time."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from analysis.comparison import HIGH_IS_GOOD, LOW_IS_GOOD, compare
from analysis.intervals import wilson
from analysis.trend import recent_trend, with_polarity
from benchmarks.measure import Row, timed
from data_loaders.needs import Needs

PROPORTIONS = 33_755
NETWORKS, INDICATORS, YEARS = 1_298, 27, 5
Z = 1.959963984540054


def proportions(many: int = PROPORTIONS, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Counts and denominators of so many generated registers, of the size that networks have."""
    rng = np.random.default_rng(seed)
    people = np.exp(rng.normal(10.7, 0.45, many)).astype(int)
    return rng.binomial(people, rng.beta(1.2, 14, many)), people


def in_the_snapshot() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Every network's figures and England's, as the pages read them: the columns that comparison and trend need."""
    needs = Needs()
    networks, england = needs.at_level("pcn"), needs.of_area("E92000001")
    keys = ["indicator_id", "period_sortable"]
    england = england[england["category"].isna()].drop_duplicates(keys)
    networks = networks.assign(
        indicator_id=networks["indicator_id"].astype(str),
        series=networks.groupby(["indicator_id", "area_code"], observed=True).ngroup(),
        polarity=networks["indicator_id"].astype(object).map(needs.polarity).to_numpy(dtype=object),
        proportion=1.0,
    )
    return networks, england[[*keys, "value"]]


def generated(
    networks: int = NETWORKS, indicators: int = INDICATORS, years: int = YEARS, seed: int = 2
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The same of generated figures with years enough for a trend: some rise, some fall, every third indicator has no counts."""
    rng = np.random.default_rng(seed)
    shape = (networks, indicators, years)
    series = np.broadcast_to(np.arange(networks * indicators).reshape(networks, indicators, 1), shape)
    people = np.broadcast_to(np.exp(rng.normal(10.7, 0.45, (networks, indicators, 1))).astype(int), shape)
    level, drift = rng.beta(1.2, 14, (1, indicators, 1)), rng.normal(0, 0.03, (networks, indicators, 1))
    count = rng.binomial(people, np.clip(level * (1 + drift * np.arange(years)), 0, 1))
    value, lower, upper = wilson(count, people, multiplier=100)
    counted = np.broadcast_to(np.arange(indicators)[None, :, None] % 3 > 0, shape)
    polarities = np.array([LOW_IS_GOOD, HIGH_IS_GOOD, ""], dtype=object)[np.arange(indicators) % 3]
    frame = pd.DataFrame(
        {
            "series": series.ravel(),
            "indicator_id": np.broadcast_to(np.arange(indicators)[None, :, None], shape).astype(str).ravel(),
            "period_sortable": np.broadcast_to(10_000 * np.arange(2018, 2018 + years), shape).ravel(),
            "period_years": 1.0,
            "value": value.ravel(),
            "lower_95": lower.ravel(),
            "upper_95": upper.ravel(),
            "count": np.where(counted, count, np.nan).ravel(),
            "denominator": people.ravel().astype(float),
            "proportion": counted.ravel().astype(float),
            "polarity": np.broadcast_to(polarities[None, :, None], shape).ravel(),
        }
    )
    england = pd.DataFrame(
        {
            "indicator_id": np.repeat(np.arange(indicators), years).astype(str),
            "period_sortable": np.tile(10_000 * np.arange(2018, 2018 + years), indicators),
            "value": (100 * count.sum(axis=0) / people.sum(axis=0)).ravel(),
        }
    )
    return frame, england


def compared(networks: pd.DataFrame, england: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """The comparison of every row with England, and the trend of every series with what it means."""
    keys = ["indicator_id", "period_sortable"]
    benchmark = england.set_index(keys)["value"].reindex(pd.MultiIndex.from_frame(networks[keys])).to_numpy()
    comparisons = compare(networks["lower_95"], networks["upper_95"], benchmark, networks["polarity"])
    trends = recent_trend(networks)
    polarity = networks.drop_duplicates("series").set_index("series")["polarity"]
    return comparisons, with_polarity(trends, polarity.reindex(trends.index).to_numpy(dtype=object))


def wilson_by_row(counts: np.ndarray, people: np.ndarray) -> list[tuple[float, float, float]]:
    """Wilson's formula for one pair at a time."""
    found = []
    for count, n in zip(counts.tolist(), people.tolist(), strict=True):
        p, root = count / n, math.sqrt(Z**2 + 4 * count * (1 - count / n))
        found.append(
            (p, (2 * count + Z**2 - Z * root) / 2 / (n + Z**2), (2 * count + Z**2 + Z * root) / 2 / (n + Z**2))
        )
    return found


def _slope(points: list[tuple[float, float, float]]) -> tuple[float, float]:
    """Slope and chi-squared of a weighted line through (year, value, weight)."""
    a, b, c, d, e = (
        sum(w * year**i * y**j for year, y, w in points) for i, j in ((0, 0), (1, 1), (1, 0), (0, 1), (2, 0))
    )
    slope = (a * b - c * d) / (a * e - c * c)
    return slope, slope**2 * (a * e - c * c) / a


def _trend_by_row(rows: list[Any]) -> str:
    """Fingertips' rule for one series: its published steps in plain Python."""
    rows = sorted(rows, key=lambda row: row.period_sortable)[-YEARS:]
    starts = [row.period_sortable // 10_000 for row in rows]
    if len(rows) < YEARS or starts != list(range(starts[0], starts[0] + YEARS)):
        return "cannot be calculated"
    if all(row.proportion == 1 for row in rows):
        n, r = sum(row.denominator for row in rows), sum(row.count for row in rows)
        nt = sum(row.denominator * t for t, row in enumerate(rows))
        rt = sum(row.count * t for t, row in enumerate(rows))
        ntt = sum(row.denominator * t * t for t, row in enumerate(rows))
        chi = n * (n * rt - r * nt) ** 2 / (r * (n - r) * (n * ntt - nt**2)) if 0 < r < n else 0.0
        half = 0.5 if any(row.count in (0, row.denominator) for row in rows) else 0.0
        points = [
            (t, math.log((row.count + half) / (row.denominator - row.count + half)), 1.0) for t, row in enumerate(rows)
        ]
    else:
        points = [(t, row.value, ((row.upper_95 - row.lower_95) / 3.92) ** -2) for t, row in enumerate(rows)]
        chi = _slope(points)[1]
    slope = _slope(points)[0]
    kept = [_slope(points[:out] + points[out + 1 :])[0] for out in range(YEARS)]
    if chi <= 9.5495 or not all(each * slope > 0 for each in kept):
        return "no significant change"
    return "increasing" if slope > 0 else "decreasing"


def compared_by_row(networks: pd.DataFrame, england: pd.DataFrame) -> tuple[list[str], list[str]]:
    """The same, one row and one series at a time."""
    means = {(row.indicator_id, row.period_sortable): row.value for row in england.itertuples()}
    comparisons, series = [], {}
    for row in networks.itertuples():
        mean = means.get((row.indicator_id, row.period_sortable), math.nan)
        above, below = row.lower_95 > mean, row.upper_95 < mean
        if math.isnan(mean) or math.isnan(row.lower_95) or math.isnan(row.upper_95):
            word = "not compared"
        elif not (above or below):
            word = "similar"
        elif row.polarity in (LOW_IS_GOOD, HIGH_IS_GOOD):
            word = "better" if above == (row.polarity == HIGH_IS_GOOD) else "worse"
        else:
            word = "higher" if above else "lower"
        comparisons.append(word)
        series.setdefault(row.series, []).append(row)
    trends = []
    for rows in series.values():
        word, polarity = _trend_by_row(rows), rows[0].polarity
        if word in ("increasing", "decreasing") and polarity in (LOW_IS_GOOD, HIGH_IS_GOOD):
            good = (word == "increasing") == (polarity == HIGH_IS_GOOD)
            word = f"{word} and getting {'better' if good else 'worse'}"
        trends.append(word)
    return comparisons, trends


def _row(what: str, networks: pd.DataFrame, england: pd.DataFrame) -> Row:
    (comparisons, trends), fast = timed(lambda: compared(networks, england), 9)
    (by_row, trends_by_row), slow = timed(lambda: compared_by_row(networks, england), 1, warm=0)
    wrong = int((comparisons != np.array(by_row, dtype=object)).sum())
    wrong += int((trends != np.array(trends_by_row, dtype=object)).sum())
    return Row(
        "statistics",
        f"comparison and trend, {what}",
        fast,
        500,
        naive=slow,
        naive_way="itertuples over the figures, then Fingertips' published steps for one series at a time",
        counted=f"{len(comparisons):,} figures in {len(trends):,} series; {wrong} answers differ",
        note="the registers of the snapshot have two years at most, too few for a trend; the generated ones have five",
    )


def statistics() -> Iterator[Row]:
    """Wilson's intervals, then comparison and trend."""
    counts, people = proportions()
    ours, fast = timed(lambda: np.column_stack(wilson(counts, people)), 15)
    reference, slow = timed(lambda: wilson_by_row(counts, people), 3, warm=1)
    yield Row(
        "intervals",
        "Wilson intervals of proportions",
        fast,
        20,
        naive=slow,
        naive_way="the formula in plain Python for one proportion at a time",
        counted=f"{len(counts):,} proportions; greatest difference {np.abs(ours - np.array(reference)).max():.0e}",
    )
    yield _row("every network and register in the snapshot", *in_the_snapshot())
    yield _row("as many networks and indicators with five years", *generated())
