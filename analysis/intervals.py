"""Confidence intervals for proportions, counts, rates, directly standardised rates and means, over arrays.

Source: OHID, Technical Guide: Confidence Intervals; its R package PHEindicatormethods. Each function gives an empty interval (nan) where
there is nothing to base one on, and lets a missing input through as a missing result. A confidence of 0.95 gives 95% limits.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import special, stats

EXACT_BELOW = 10
"""Counts below this take exact limits instead of Byar's approximation."""

FEWEST_EVENTS = 10
"""A directly standardised rate is not given for fewer events in all."""

# European Standard Population 2013 (Eurostat), ages 0–4, 5–9, …, 85–89, 90 and over, to 100,000 people.
EUROPEAN_STANDARD_POPULATION_2013 = (
    5_000, 5_500, 5_500, 5_500, 6_000, 6_000, 6_500, 7_000, 7_000, 7_000, 7_000, 6_500, 6_000, 5_500, 5_000, 4_000, 2_500, 1_500, 1_000,
)  # fmt: skip

Floats = npt.NDArray[np.float64]


def _floats(*arrays: npt.ArrayLike) -> tuple[Floats, ...]:
    return tuple(np.broadcast_arrays(*(np.asarray(array, dtype=float) for array in arrays)))


def _z(confidence: float) -> float:
    if not 0 < confidence < 1:
        raise ValueError(f"confidence is {confidence}: a number between 0 and 1, such as 0.95, was expected.")
    return float(special.ndtri(0.5 + confidence / 2))


def _require(held: npt.NDArray[np.bool_], what: str) -> None:
    if not held.all():
        raise ValueError(f"{what}; {int((~held).sum())} of {held.size} are not so.")


def wilson(
    count: npt.ArrayLike, denominator: npt.ArrayLike, confidence: float = 0.95, multiplier: float = 1.0
) -> tuple[Floats, Floats, Floats]:
    """A proportion and its Wilson score limits, times `multiplier` (100 for per cent): value, lower, upper.

    Source: Wilson (1927), without continuity correction. nan where the denominator is zero or missing. ValueError for a count below
    zero or above its denominator: that is no proportion.
    """
    observed, n = _floats(count, denominator)
    _require(~((observed < 0) | (observed > n)), "A count lies between 0 and its denominator")
    z = _z(confidence)
    n = np.where(n > 0, n, np.nan)
    p = observed / n
    centre = (p + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2)) / (1 + z**2 / n)
    # At nought and at all the limit is the value itself; rounding must not put it a hair on the wrong side.
    lower = np.minimum(np.where(observed == 0, 0.0, centre - half), p)
    upper = np.maximum(np.where(observed == n, 1.0, centre + half), p)
    empty = np.isnan(p)
    return p * multiplier, np.where(empty, np.nan, lower) * multiplier, np.where(empty, np.nan, upper) * multiplier


def byars(count: npt.ArrayLike, confidence: float = 0.95) -> tuple[Floats, Floats]:
    """Limits of a count: Byar's approximation, and exact (from the chi-squared distribution) below EXACT_BELOW. ValueError below zero."""
    (observed,) = _floats(count)
    _require(~(observed < 0), "A count is nought or more")
    z = _z(confidence)
    tail = (1 - confidence) / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        lower = observed * (1 - 1 / (9 * observed) - z / (3 * np.sqrt(observed))) ** 3
        upper = (observed + 1) * (1 - 1 / (9 * (observed + 1)) + z / (3 * np.sqrt(observed + 1))) ** 3
        few = observed < EXACT_BELOW
        exact_lower = np.where(observed == 0, 0.0, stats.chi2.ppf(tail, 2 * observed) / 2)
        exact_upper = stats.chi2.ppf(1 - tail, 2 * observed + 2) / 2
    return np.where(few, exact_lower, lower), np.where(few, exact_upper, upper)


def rate(
    count: npt.ArrayLike, denominator: npt.ArrayLike, confidence: float = 0.95, multiplier: float = 100_000.0
) -> tuple[Floats, Floats, Floats]:
    """A crude rate with Byar's limits (exact for small counts), times `multiplier`: value, lower, upper. nan for an empty denominator."""
    observed, n = _floats(count, denominator)
    n = np.where(n > 0, n, np.nan)
    low, high = byars(observed, confidence)
    return observed / n * multiplier, low / n * multiplier, high / n * multiplier


def directly_standardised_rate(
    counts: npt.ArrayLike,
    populations: npt.ArrayLike,
    standard: npt.ArrayLike = EUROPEAN_STANDARD_POPULATION_2013,
    confidence: float = 0.95,
    multiplier: float = 100_000.0,
) -> tuple[Floats, Floats, Floats]:
    """Directly standardised rates with Dobson's limits: value, lower, upper, one an area.

    counts, populations: areas × strata. standard: the standard population of each stratum. Source: Dobson et al. (1991), with Byar's
    limits of the total count. nan for fewer than FEWEST_EVENTS events in all, and where a stratum with a standard has nobody in it.
    """
    events, people = np.atleast_2d(np.asarray(counts, dtype=float)), np.atleast_2d(np.asarray(populations, dtype=float))
    weights = np.asarray(standard, dtype=float)
    if events.shape != people.shape or weights.shape != (events.shape[1],):
        raise ValueError(
            f"counts are {events.shape}, populations {people.shape} and the standard {weights.shape}: areas × strata twice, and strata, were expected."
        )
    share = weights / weights.sum()
    with np.errstate(divide="ignore", invalid="ignore"):
        per_person = np.where(people > 0, share / people, np.nan)
    value = (per_person * events).sum(axis=1)
    total = events.sum(axis=1)
    variance = (per_person**2 * events).sum(axis=1)
    enough = np.where(np.isnan(total), 0, total) >= FEWEST_EVENTS
    low, high = byars(np.where(enough, total, np.nan), confidence)
    with np.errstate(divide="ignore", invalid="ignore"):
        scale = np.sqrt(variance / total)
    value = np.where(enough, value, np.nan)
    return (
        value * multiplier,
        (value + scale * (low - total)) * multiplier,
        (value + scale * (high - total)) * multiplier,
    )


def mean_interval(
    mean: npt.ArrayLike, standard_deviation: npt.ArrayLike, observations: npt.ArrayLike, confidence: float = 0.95
) -> tuple[Floats, Floats, Floats]:
    """A mean with Student's t limits: value, lower, upper. nan for fewer than two observations."""
    middle, spread, n = _floats(mean, standard_deviation, observations)
    _z(confidence)
    n = np.where(n >= 2, n, np.nan)
    half = stats.t.ppf(0.5 + confidence / 2, n - 1) * spread / np.sqrt(n)
    return middle, middle - half, middle + half
