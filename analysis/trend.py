"""Recent trend, as Fingertips works it out: five yearly points, a test at p = 0.002, and a slope that no single point decides.

Source: OHID, Fingertips, Public Health Technical Guidance, "Trend markers"; `assign_trend_markers` of its R package PHEindicatormethods;
`TrendMarkerCalculator` of the published server source. Written anew from their formulas, over many series at once.
"""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.comparison import HIGH_IS_GOOD, LOW_IS_GOOD

POINTS = 5
THRESHOLD = 9.5495
"""Chi-squared with one degree of freedom at p = 0.002."""

LIMITS_TO_ERROR = 3.92
"""How many standard errors a 95% interval spans, rounded as Fingertips rounds it."""

INCREASING, DECREASING = "increasing", "decreasing"
NO_CHANGE = "no significant change"
CANNOT_BE_CALCULATED = "cannot be calculated"
TRENDS = (
    INCREASING,
    f"{INCREASING} and getting better",
    f"{INCREASING} and getting worse",
    DECREASING,
    f"{DECREASING} and getting better",
    f"{DECREASING} and getting worse",
    NO_CHANGE,
    CANNOT_BE_CALCULATED,
)
_PUBLISHED = re.compile(r"(increasing|decreasing)(?:\s*(?:and|&)\s*getting\s+(better|worse))?", re.IGNORECASE)
_ALL = tuple(range(POINTS))
_LEFT_OUT = tuple(tuple(point for point in _ALL if point != out) for out in _ALL)

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


def _line(values: Floats, weights: Floats, kept: tuple[int, ...] = _ALL) -> tuple[Floats, Floats]:
    """Slope a period of the weighted line through each row's kept points, and the sum that its variance is the inverse of."""
    year, y, w = np.array(kept, dtype=float), values[:, kept], weights[:, kept]
    offset = year - ((w * year).sum(axis=1) / w.sum(axis=1))[:, None]
    spread = (w * offset**2).sum(axis=1)
    terms = w * offset * y
    moved = terms.sum(axis=1)
    # A level line comes out a hair up or down, and its sign decides below: what rounding alone can make is level.
    moved[np.abs(moved) < 1e-12 * np.abs(terms).sum(axis=1)] = 0.0
    return moved / spread, spread


def _keeps_sign(slope: Floats, values: Floats, weights: Floats) -> Flags:
    """Whether the line slopes the same way whichever point is left out; a level line slopes no way."""
    return np.logical_and.reduce([np.sign(_line(values, weights, kept)[0]) == np.sign(slope) for kept in _LEFT_OUT])


def weighted_regression(values: Floats, errors: Floats) -> tuple[Floats, Floats, Flags]:
    """Slope a period, its chi-squared (slope ÷ its standard error, squared), and whether it keeps its sign when any one point is left out.

    values: series × POINTS, earliest first. errors: their standard errors, above zero, in the same unit.
    """
    weights = errors**-2
    slope, spread = _line(values, weights)
    return slope, slope**2 * spread, _keeps_sign(slope, values, weights)


def proportions_test(counts: Floats, denominators: Floats) -> tuple[Floats, Floats, Flags]:
    """Slope of the log odds a period, chi-squared for trend, and whether the slope keeps its sign when any one point is left out.

    counts, denominators: series × POINTS, earliest first, 0 ≤ count ≤ denominator. Chi-squared for trend in proportions (Cochran–Armitage),
    no continuity correction. Which way it goes is, as in Fingertips, the unweighted line through log odds. The log odds of nought and of
    everything are infinite, where Fingertips has no answer: a series with such a point has half an event added to both sides of each of its
    points (Haldane, 1956). Chi-squared is nan where every point is nought or everything: nothing changes there.
    """
    year = np.arange(POINTS, dtype=float)
    everyone, events = denominators.sum(axis=1), counts.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        moved = everyone * (counts * year).sum(axis=1) - events * (denominators * year).sum(axis=1)
        spread = everyone * (denominators * year**2).sum(axis=1) - (denominators * year).sum(axis=1) ** 2
        chi = everyone * moved**2 / (events * (everyone - events) * spread)
    others = denominators - counts
    half = 0.5 * ((counts == 0) | (others == 0)).any(axis=1, keepdims=True)
    odds = np.log((counts + half) / (others + half))
    slope, _ = _line(odds, np.ones_like(odds))
    return slope, chi, _keeps_sign(slope, odds, np.ones_like(odds))


def _recent_points(rows: pd.DataFrame) -> pd.DataFrame:
    """The latest POINTS non-overlapping points of each series that has them all, once: with `back` (0 the latest), sorted by series and back."""
    span = rows["period_years"].to_numpy(dtype=float, na_value=np.nan)
    start = rows["period_sortable"].to_numpy(dtype=np.int64) // 10_000
    series = pd.factorize(rows["series"])[0]
    yearly = np.flatnonzero(span >= 1)
    yearly = yearly[np.lexsort((start[yearly], series[yearly]))]
    series, start, span = series[yearly], start[yearly], span[yearly]
    if not len(series):
        return rows.iloc[:0].assign(back=0.0)
    last = np.r_[series[1:] != series[:-1], True]
    size = np.diff(np.flatnonzero(np.r_[True, last]))
    back = (np.repeat(start[last], size) - start) / span
    with_value = np.isfinite(rows["value"].to_numpy(dtype=float, na_value=np.nan)[yearly])
    fits = (span == np.repeat(span[last], size)) & (back < POINTS) & (back % 1 == 0) & with_value
    yearly, series, back = yearly[fits], series[fits], back[fits]
    # Within a series back is a whole number under POINTS: all five, each once, add up to both of these and nothing else does.
    found = np.bincount(series, minlength=series.max(initial=0) + 1)
    different = np.bincount(series, weights=2.0**back, minlength=len(found))
    complete = ((found == POINTS) & (different == 2**POINTS - 1))[series]
    return rows.iloc[yearly[complete]].assign(back=back[complete])


def recent_trend(rows: pd.DataFrame) -> pd.Series:
    """What each series does, indexed by series: "increasing", "decreasing", "no significant change" or "cannot be calculated".

    rows: series, period_sortable (yyyymmdd-like, its year is the period's first), period_years (how many it spans), value, lower_95, upper_95
    (the value's unit) and, where they are known, count, denominator and proportion (whether value is count ÷ denominator). In any order.

    The latest POINTS points, end to end and each with a value: a series with a gap, a suppressed value or a period twice among them, or shorter,
    cannot be calculated. Fingertips tests yearly figures alone; of rolling periods every so many are taken here, so that none overlap: of
    three-year averages every third. Proportions with counts take `proportions_test`; all else, and proportions without counts, take
    `weighted_regression` with standard errors of (upper − lower) ÷ LIMITS_TO_ERROR, and cannot be calculated where an interval is missing or
    has no width. Either is significant over THRESHOLD and only where the slope keeps its sign when any one point is left out.
    """
    found = pd.Series(CANNOT_BE_CALCULATED, index=pd.Index(rows["series"].unique(), name="series"), dtype=object)
    points = _recent_points(rows)
    if points.empty:
        return found

    def grid(column: str) -> Floats:
        """A column as series × POINTS, earliest first; nan where there is no such column."""
        if column not in points:
            return np.full((len(points) // POINTS, POINTS), np.nan)
        return points[column].to_numpy(dtype=float, na_value=np.nan).reshape(-1, POINTS)

    errors = (grid("upper_95") - grid("lower_95")) / LIMITS_TO_ERROR
    counts, denominators = grid("count"), grid("denominator")
    by_counts = (
        (grid("proportion") == 1)
        & (counts >= 0)
        & (counts <= denominators)
        & (denominators > 0)
        & np.isfinite(denominators)
    ).all(axis=1)
    by_intervals = (np.isfinite(errors) & (errors > 0)).all(axis=1) & ~by_counts
    words = np.full(len(errors), CANNOT_BE_CALCULATED, dtype=object)
    for told, (slope, chi, keeps) in (
        (by_counts, proportions_test(counts[by_counts], denominators[by_counts])),
        (by_intervals, weighted_regression(grid("value")[by_intervals], errors[by_intervals])),
    ):
        way = np.where(slope > 0, INCREASING, DECREASING)
        words[told] = np.where((chi > THRESHOLD) & keeps & (slope != 0), way, NO_CHANGE)
    found.loc[points["series"].to_numpy()[::POINTS]] = words
    return found


def with_polarity(trends: npt.ArrayLike, polarity: npt.ArrayLike) -> npt.NDArray[np.object_]:
    """Trends with what they mean: an increase of what is better high is "increasing and getting better". Any shapes that broadcast."""
    words, direction = np.broadcast_arrays(np.asarray(trends, dtype=object), np.asarray(polarity, dtype=object))
    direction = np.where(pd.isna(direction), "", direction)
    found = words.copy()
    for word, good, bad in ((INCREASING, HIGH_IS_GOOD, LOW_IS_GOOD), (DECREASING, LOW_IS_GOOD, HIGH_IS_GOOD)):
        found[(words == word) & (direction == good)] = f"{word} and getting better"
        found[(words == word) & (direction == bad)] = f"{word} and getting worse"
    return found


def published_trend(words: pd.Series) -> pd.Series:
    """Fingertips' own words as one of TRENDS: "Increasing and getting worse", "No significant change"; anything else cannot be calculated."""

    def read(text: str) -> str:
        if match := _PUBLISHED.fullmatch(text.strip()):
            return f"{match[1].lower()} and getting {match[2].lower()}" if match[2] else match[1].lower()
        return NO_CHANGE if text.strip().lower() == NO_CHANGE else CANNOT_BE_CALCULATED

    said = {text: read(text) for text in words.dropna().unique()}
    return words.astype(object).map(said).where(words.notna(), CANNOT_BE_CALCULATED).astype(object)
