"""Recent trend, as Fingertips works it out: five yearly points, a test at p = 0.002, and a slope that no single point decides.

Source: OHID, Fingertips guidance, "Recent trends"; the published server source of 2020 (see FINGERTIPS in docs/fingertips.md).
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

Floats = npt.NDArray[np.float64]


def _slopes(position: Floats, values: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """Slope of the weighted line through each row, and the sum that its variance is the inverse of."""
    total = weights.sum(axis=1, keepdims=True)
    offset = position - (weights * position).sum(axis=1, keepdims=True) / total
    spread = (weights * offset**2).sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return (weights * offset * values).sum(axis=1) / spread, spread


def _by_intervals(values: Floats, errors: Floats) -> tuple[Floats, Floats]:
    """Slope and its chi-squared from a regression weighted by standard errors. values, errors: series × POINTS, earliest first."""
    position = np.arange(values.shape[1], dtype=float)[None, :]
    with np.errstate(divide="ignore", invalid="ignore"):
        slope, spread = _slopes(position, values, errors**-2)
        return slope, slope**2 * spread


def _by_counts(counts: Floats, denominators: Floats) -> tuple[Floats, Floats]:
    """Direction and chi-squared of the Cochran–Armitage test for trend in proportions. Inputs: series × points, earliest first."""
    position = np.arange(counts.shape[1], dtype=float)[None, :]
    n = denominators.sum(axis=1, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        p = counts.sum(axis=1, keepdims=True) / n
        moved = (position * (counts - denominators * p)).sum(axis=1)
        spread = (denominators * position**2).sum(axis=1) - (denominators * position).sum(axis=1) ** 2 / n[:, 0]
        return moved, moved**2 / (p[:, 0] * (1 - p[:, 0]) * spread)


def _keeps_sign(whole: Floats, parts: list[Floats]) -> npt.NDArray[np.bool_]:
    return np.logical_and.reduce([np.sign(part) == np.sign(whole) for part in parts])


def _recent_points(rows: pd.DataFrame) -> pd.DataFrame:
    """The latest POINTS yearly, non-overlapping points of each series that has them all: rows with `back` (0 the latest)."""
    years = rows["period_years"].to_numpy(dtype=float, na_value=np.nan)
    start = rows["period_sortable"].to_numpy() // 10_000
    usable = rows.assign(start=start, span=years)[(years >= 1) & np.isfinite(rows["value"].to_numpy(dtype=float))]
    grouped = usable.groupby("series", sort=False)
    usable = usable[usable["span"] == grouped["span"].transform("last")]
    latest = usable.groupby("series", sort=False)["start"].transform("max")
    back = (latest - usable["start"]) / usable["span"]
    usable = usable.assign(back=back)[(back < POINTS) & (back % 1 == 0)]
    usable = usable.drop_duplicates(["series", "back"])
    return usable[usable.groupby("series", sort=False)["back"].transform("size") == POINTS]


def recent_trend(rows: pd.DataFrame) -> pd.Series:
    """"increasing", "decreasing", "no significant change" or "cannot be calculated" for each series, indexed by series.

    rows: series, period_sortable (yyyymmdd-like), period_years, value, lower_95, upper_95 and, where they are known, count,
    denominator and proportion (whether value is count ÷ denominator). Of rolling periods every so many are used, so that none overlap:
    of three-year averages every third. Proportions with counts take the Cochran–Armitage test; everything else a regression
    weighted by standard errors of (upper − lower) ÷ 3.92. Either is significant over THRESHOLD, and only where the slope keeps its sign
    when any one point is left out.
    """
    found = pd.Series(CANNOT_BE_CALCULATED, index=pd.Index(rows["series"].unique(), name="series"), dtype=object)
    points = _recent_points(rows.sort_values(["series", "period_sortable"], kind="stable"))
    if points.empty:
        return found
    points = points.sort_values(["series", "back"], ascending=[True, False], kind="stable")
    series = points["series"].to_numpy()[::POINTS]

    def grid(column: str) -> Floats:
        if column not in points:
            return np.full((len(series), POINTS), np.nan)
        return points[column].to_numpy(dtype=float, na_value=np.nan).reshape(-1, POINTS)

    values, errors = grid("value"), (grid("upper_95") - grid("lower_95")) / 3.92
    counts, denominators = grid("count"), grid("denominator")
    told = np.isfinite(errors).all(axis=1) & (errors > 0).all(axis=1)
    counted = np.isfinite(counts).all(axis=1) & (denominators > 0).all(axis=1) & (grid("proportion") == 1).all(axis=1)
    errors = np.where(told[:, None], errors, 1.0)
    others = [np.delete(np.arange(POINTS), left_out) for left_out in range(POINTS)]

    slope, chi = _by_intervals(values, errors)
    holds = _keeps_sign(slope, [_by_intervals_at(values, errors, kept) for kept in others])
    moved, chi_counts = _by_counts(counts, denominators)
    holds_counts = _keeps_sign(moved, [_by_counts_at(counts, denominators, kept) for kept in others])
    slope, chi, holds = (
        np.where(counted, of_counts, of_intervals)
        for of_counts, of_intervals in ((moved, slope), (chi_counts, chi), (holds_counts, holds))
    )
    significant = (chi > THRESHOLD) & holds
    words = np.where(significant, np.where(slope > 0, INCREASING, DECREASING), NO_CHANGE).astype(object)
    words[~(told | counted)] = CANNOT_BE_CALCULATED
    found.loc[series] = words
    return found


def _by_intervals_at(values: Floats, errors: Floats, kept: npt.NDArray[np.intp]) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        return _slopes(kept[None, :].astype(float), values[:, kept], errors[:, kept] ** -2)[0]


def _by_counts_at(counts: Floats, denominators: Floats, kept: npt.NDArray[np.intp]) -> Floats:
    position = kept[None, :].astype(float)
    some, n = counts[:, kept], denominators[:, kept]
    with np.errstate(divide="ignore", invalid="ignore"):
        p = some.sum(axis=1, keepdims=True) / n.sum(axis=1, keepdims=True)
    return (position * (some - n * p)).sum(axis=1)


def with_polarity(trends: npt.ArrayLike, polarity: npt.ArrayLike) -> npt.NDArray[np.object_]:
    """Trends with what they mean: an increase of what is better high is "increasing and getting better"."""
    words, direction = np.broadcast_arrays(np.asarray(trends, dtype=object), np.asarray(polarity, dtype=object))
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
