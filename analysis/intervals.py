"""Confidence intervals of proportions, counts, rates, directly standardised rates and means, over arrays.

Source: OHID, Technical Guide: Confidence Intervals; its R package PHEindicatormethods, whose formulas these are. A confidence of 0.95 gives
95% limits. What is missing stays missing: nan in, nan out. What cannot be (a count below zero, more events than people in a proportion) is
a ValueError, since a limit for it would look like any other.
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
        first = int(np.flatnonzero(~held)[0])
        raise ValueError(
            f"{what}: not so for {int((~held).sum())} of {held.size} (the first is number {first}, from 0)."
        )


def wilson(
    count: npt.ArrayLike, denominator: npt.ArrayLike, confidence: float = 0.95, multiplier: float = 1.0
) -> tuple[Floats, Floats, Floats]:
    """A proportion and its Wilson score limits, times `multiplier` (100 for per cent): value, lower, upper.

    count, denominator: people or events, any shapes that broadcast. Source: Wilson (1927), without continuity correction, as `phe_proportion`.
    nan where either is missing and for nought out of nought. ValueError for a count below zero or above its denominator.
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
    return p * multiplier, lower * multiplier, upper * multiplier


def byars(count: npt.ArrayLike, confidence: float = 0.95) -> tuple[Floats, Floats]:
    """Limits of a count of events: lower, upper. nan where it is missing; ValueError below zero.

    Source: Byar's approximation (Breslow and Day, 1987); below EXACT_BELOW the exact limits of a Poisson count, which are halved quantiles
    of the chi-squared distribution (here as the gamma distribution, which is the same). Nought has a lower limit of nought.
    """
    (observed,) = _floats(count)
    _require(~(observed < 0), "A count is nought or more")
    z = _z(confidence)
    tail = (1 - confidence) / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        lower = observed * (1 - 1 / (9 * observed) - z / (3 * np.sqrt(observed))) ** 3
    upper = (observed + 1) * (1 - 1 / (9 * (observed + 1)) + z / (3 * np.sqrt(observed + 1))) ** 3
    few = np.where(observed < EXACT_BELOW, observed, 1.0)
    exact_lower = np.where(few == 0, 0.0, special.gammaincinv(np.where(few == 0, 1.0, few), tail))
    exact_upper = special.gammainccinv(few + 1, tail)
    exact = observed < EXACT_BELOW
    return np.where(exact, exact_lower, lower), np.where(exact, exact_upper, upper)


def rate(
    count: npt.ArrayLike, denominator: npt.ArrayLike, confidence: float = 0.95, multiplier: float = 100_000.0
) -> tuple[Floats, Floats, Floats]:
    """A crude rate with Byar's limits (exact for small counts), times `multiplier`: value, lower, upper.

    count: events; denominator: people or person-years. A rate may have more events than people. Source: `phe_rate`. nan where either is
    missing or the denominator is not above zero; ValueError for a count below zero.
    """
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

    counts (events), populations (people): areas × strata; one area may come as a plain list. standard: people of the standard population in
    each stratum, the same order. Source: Dobson et al. (1991) with Byar's limits of the total count, as `calculate_dsr`. nan for fewer than
    FEWEST_EVENTS events in all, for a missing count and for a stratum that the standard has people in and the area has none.
    ValueError for shapes that do not fit and for a count below zero.
    """
    events, people = np.atleast_2d(np.asarray(counts, dtype=float)), np.atleast_2d(np.asarray(populations, dtype=float))
    weights = np.asarray(standard, dtype=float)
    if events.shape != people.shape or weights.shape != (events.shape[1],):
        raise ValueError(
            f"counts are {events.shape}, populations {people.shape} and the standard {weights.shape}: "
            "areas × strata twice, and strata, were expected."
        )
    _require(~(events < 0), "A count is nought or more")
    share = weights / weights.sum()
    per_person = np.where(share > 0, share / np.where(people > 0, people, np.nan), 0.0)
    total = events.sum(axis=1)
    total = np.where(total >= FEWEST_EVENTS, total, np.nan)
    value = np.where(np.isnan(total), np.nan, (per_person * events).sum(axis=1))
    low, high = byars(total, confidence)
    scale = np.sqrt((per_person**2 * events).sum(axis=1) / total)
    return (
        value * multiplier,
        (value + scale * (low - total)) * multiplier,
        (value + scale * (high - total)) * multiplier,
    )


def mean_interval(
    mean: npt.ArrayLike, standard_deviation: npt.ArrayLike, observations: npt.ArrayLike, confidence: float = 0.95
) -> tuple[Floats, Floats, Floats]:
    """A mean with Student's t limits: value, lower, upper, in the unit of the mean.

    standard_deviation: of the sample (divided by one less than there are observations). Source: `phe_mean`. The limits are nan for fewer than
    two observations. ValueError for a standard deviation below zero.
    """
    middle, spread, n = _floats(mean, standard_deviation, observations)
    _z(confidence)
    _require(~(spread < 0), "A standard deviation is nought or more")
    n = np.where(n >= 2, n, np.nan)
    half = stats.t.ppf(0.5 + confidence / 2, n - 1) * spread / np.sqrt(n)
    return middle, middle - half, middle + half
