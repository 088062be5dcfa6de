"""How far a figure differs from the most to the least deprived end: slope and relative index of inequality; and across networks.

Source: OHID's R package PHEindicatormethods (`phe_sii`); Low and Low, "Measuring the gap: quantifying and comparing local health
inequalities" (2004). A line is fitted through groups placed at the midpoints of their population-weighted ranks, from 0 at the most
deprived end to 1 at the least, each group weighted by its share of the population.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy import special, stats

SIMULATIONS = 100_000
SEED = 20_250_101
FEWEST_GROUPS = 3
FEWEST_POINTS = 8
"""Fewer networks than this have no line drawn through them."""

Floats = npt.NDArray[np.float64]
Transform = Literal["none", "log", "logit"]
_TRANSFORMS: dict[str, tuple[Callable[[Floats], Floats], Callable[[Floats], Floats]]] = {
    "none": (lambda values: values, lambda values: values),
    "log": (np.log, np.exp),
    "logit": (special.logit, special.expit),
}


@dataclass(frozen=True)
class SlopeIndex:
    """sii: the figure at the least deprived end less that at the most, in the figure's unit (negative where it is higher at the most
    deprived end); rii: the least over the most, (intercept + slope) ÷ intercept. Each with limits by simulation. fitted: the line at
    each group's midpoint. intercept: its height at the most deprived end, in the figure's unit."""

    sii: float
    lower: float
    upper: float
    rii: float
    rii_lower: float
    rii_upper: float
    fitted: Floats
    transform: str
    simulations: int = SIMULATIONS
    seed: int = SEED
    intercept: float = float("nan")


def rank_midpoints(population: npt.ArrayLike) -> Floats:
    """Where each group stands between 0 (most deprived) and 1 (least): the midpoint of its share of the population, in the order given."""
    people = np.asarray(population, dtype=float)
    share = people / people.sum()
    return np.cumsum(share) - share / 2


def _lines(values: Floats, midpoints: Floats, share: Floats) -> tuple[Floats, Floats]:
    """Intercept and slope of the weighted line through each row of values. values: lines × groups, or groups alone."""
    centre = (share * midpoints).sum()
    spread = (share * (midpoints - centre) ** 2).sum()
    slope = values @ (share * (midpoints - centre)) / spread
    return values @ share - slope * centre, slope


def slope_index_of_inequality(
    value: npt.ArrayLike,
    lower: npt.ArrayLike,
    upper: npt.ArrayLike,
    population: npt.ArrayLike,
    *,
    transform: Transform = "none",
    multiplier: float = 1.0,
    confidence: float = 0.95,
    simulations: int = SIMULATIONS,
    seed: int = SEED,
) -> SlopeIndex:
    """The slope and the relative index of inequality with simulated intervals; the same input gives the same figures.

    value, lower, upper: one a group, the most deprived first, with 95% limits. population: people in each group. transform: "log" for
    rates, "logit" for proportions, which are then given times `multiplier` (100 for per cent).

    Each simulation draws every group from a normal distribution with the standard error that its interval implies on the transformed scale and
    fits the line again; the limits are quantiles of those lines. On a transformed scale the line is fitted there and only its two ends come back
    to the figure's own scale: sii and rii are their difference and ratio. Its limits, as in `phe_sii(transform = TRUE)`, are the same of two lines
    that turn about the height of the fitted line at the middle. Where a group has no interval the limits are nan. ValueError for fewer than
    FEWEST_GROUPS groups, for a group without a value or people, and for a value that the transform cannot take.
    """
    y, low, high, people = (np.asarray(each, dtype=float) for each in (value, lower, upper, population))
    if y.ndim != 1 or not y.shape == low.shape == high.shape == people.shape or len(y) < FEWEST_GROUPS:
        raise ValueError(f"Values, limits and population for {FEWEST_GROUPS} groups or more, one each, were expected.")
    if np.isnan(y).any() or not (people > 0).all():
        raise ValueError("Each group needs a value and people in it: leave out a group that has none.")
    forward, back = _TRANSFORMS[transform]
    with np.errstate(divide="ignore", invalid="ignore"):
        level, widths = forward(y / multiplier), forward(high / multiplier) - forward(low / multiplier)
    if not np.isfinite(level).all():
        raise ValueError(f"A value of nought, or of everything, has no {transform}: use another transform.")
    share, midpoints = people / people.sum(), rank_midpoints(people)

    def indices(at_most: Floats, along: Floats) -> tuple[Floats, Floats]:
        most, least = back(np.asarray(at_most)) * multiplier, back(np.asarray(at_most + along)) * multiplier
        with np.errstate(divide="ignore", invalid="ignore"):
            return least - most, least / most

    intercept, slope = _lines(level, midpoints, share)
    sii, rii = indices(intercept, slope)
    sii_limits, rii_limits = np.full(2, np.nan), np.full(2, np.nan)
    error = widths / (2 * special.ndtri(0.975))
    if np.isfinite(error).all():
        draws = level + np.random.default_rng(seed).standard_normal((simulations, len(level))) * error
        tails = [(1 - confidence) / 2, (1 + confidence) / 2]
        intercepts, slopes = _lines(draws, midpoints, share)
        if transform == "none":
            sii_limits, rii_limits = (np.quantile(each, tails) for each in indices(intercepts, slopes))
        else:
            turned = np.quantile(slopes, tails)
            sii_limits, rii_limits = indices(intercept + slope / 2 - turned / 2, turned)
    return SlopeIndex(
        sii=float(sii),
        lower=float(sii_limits[0]),
        upper=float(sii_limits[1]),
        rii=float(rii),
        rii_lower=float(rii_limits[0]),
        rii_upper=float(rii_limits[1]),
        fitted=back(intercept + slope * midpoints) * multiplier,
        transform=transform,
        simulations=simulations,
        seed=seed,
        intercept=float(back(np.asarray(intercept)) * multiplier),
    )


@dataclass(frozen=True)
class WeightedSlope:
    """A line through points: y = intercept + slope × x, with 95% limits of the slope. points: how many had all that was needed."""

    intercept: float
    slope: float
    lower: float
    upper: float
    points: int


def weighted_slope(
    x: npt.ArrayLike, y: npt.ArrayLike, lower: npt.ArrayLike, upper: npt.ArrayLike, confidence: float = 0.95
) -> WeightedSlope:
    """The least-squares line through points, each weighted by the inverse square of the standard error that its 95% interval implies.

    x: any unit (a share from 0 to 1; a tenth of the slope is then the change for ten percentage points more); y, lower, upper: the figure's unit.
    Points without an x, a y or an interval of some width are left out. The weights say which points are surer, not how far networks lie apart
    for other reasons, so the slope's error is one that does not rely on them: heteroskedasticity-consistent, HC3 (MacKinnon and White, 1985; Long
    and Ervin, 2000, for few points), with Student's t and two degrees of freedom less than there are points. ValueError for fewer than
    FEWEST_POINTS points, or where the x of too few differ for that error.
    """
    across, up, low, high = (np.asarray(each, dtype=float) for each in (x, y, lower, upper))
    error = (high - low) / (2 * special.ndtri(0.975))
    used = np.isfinite(across) & np.isfinite(up) & np.isfinite(error) & (error > 0)
    across, up, weight = across[used], up[used], error[used] ** -2
    if len(across) < FEWEST_POINTS:
        raise ValueError(f"{FEWEST_POINTS} points or more were expected, and {len(across)} can be used.")
    weight = weight / weight.sum()
    offset = across - (weight * across).sum()
    spread = (weight * offset**2).sum()
    leverage = weight * (1 + offset**2 / spread) if np.ptp(across) > 0 else np.ones_like(weight)
    if not (leverage < 1 - 1e-9).all():
        raise ValueError(
            "Points at several places were expected: a line through these would rest on one of them alone."
        )
    slope = (weight * offset * up).sum() / spread
    intercept = (weight * up).sum() - slope * (weight * across).sum()
    residual = up - intercept - slope * across
    of_slope = np.sqrt(((weight * offset * residual / (1 - leverage)) ** 2).sum()) / spread
    half = stats.t.ppf(0.5 + confidence / 2, len(across) - 2) * of_slope
    return WeightedSlope(float(intercept), float(slope), float(slope - half), float(slope + half), len(across))
