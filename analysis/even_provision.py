"""What even provision would look like, and how far chance alone takes a count from it.

Even provision: every asset is as likely to stand near one resident of the community that it is for as near another, of those who live
where such assets are mapped, in towns and in the country apart (England has three times as many churches to a Christian in the country
as in towns, so one rate for both would find too few in every town). The expected count of an area is then rate × residents, an indirect
standardisation, and over the whole reference the expected counts add up to the assets.

Chance: given all assets of the reference, the number that falls in one part of it is binomial (the part is inside the reference, so the
two are not independent counts). With towns and country apart it is a sum of two binomials, whose tails are no heavier than those of the
one binomial with the same total and mean (Hoeffding, Annals of Mathematical Statistics 1956; 27: 713–721), so the limits err to the wide
side. With a large reference they are the Poisson limits of a funnel plot (Spiegelhalter, Statistics in Medicine 2005; 24: 1185–1202).

Unevenness: authorities differ by more than chance, by history and by how well they are mapped. It is measured as Spiegelhalter proposes
(Quality and Safety in Health Care 2005; 14: 347–351): φ, the mean of winsorised squared z-scores, and τ², the variance between authorities of the
ratio of observed to expected, which widens limits as a negative binomial with variance E + τ²E².
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import stats

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.intp]
Mask = npt.NDArray[np.bool_]

FEWEST_EXPECTED = 5.0
"""Authorities that expect fewer say little of unevenness: a z-score of so small a count is far from normal."""
FEWEST_AUTHORITIES = 10
"""With fewer authorities than this, unevenness is not measured."""
WINSORISED = 0.1


@dataclass(frozen=True)
class Unevenness:
    """phi: the mean winsorised squared z-score, about 1 where chance explains the differences. tau2: the variance between authorities of
    observed ÷ expected beyond chance. Both NaN where too few authorities expect enough. authorities: how many did."""

    phi: float
    tau2: float
    authorities: int


def expected(assets: Integers, residents: Floats, stratum: Integers, reference: Mask) -> Floats:
    """The assets that each area would have under even provision; nought outside the reference.

    assets, residents: counts by area. stratum: a small number by area (town or country). reference: the areas in which such assets are mapped.
    The sum over the reference is the number of its assets, but for a stratum in which no such resident lives.
    """
    levels = int(stratum.max(initial=0)) + 1
    there = np.where(reference, residents, 0.0)
    people = np.bincount(stratum, weights=there, minlength=levels)
    found = np.bincount(stratum, weights=np.where(reference, assets, 0), minlength=levels)
    rate = np.divide(found, people, out=np.zeros(levels), where=people > 0)
    return rate[stratum] * there


def limits(expectation: Floats, total: Floats, tail: float) -> tuple[Floats, Floats]:
    """The counts that chance explains: lowest, highest. A count below the lowest has a probability under `tail`; so has one above the highest.

    expectation: expected counts; total: assets of the reference of each. NaN where the expectation is. The expectation always lies between
    the two, though the probability of more than nought may be under `tail` for a very small one.
    """
    p = np.divide(expectation, total, out=np.full(len(expectation), np.nan), where=total > 0)
    low = stats.binom.ppf(tail, total, np.clip(p, 0.0, 1.0))
    high = stats.binom.ppf(1 - tail, total, np.clip(p, 0.0, 1.0))
    return np.minimum(low, np.floor(expectation)), np.maximum(high, np.ceil(expectation))


def usual_limits(expectation: Floats, tau2: Floats, total: Floats, tail: float) -> tuple[Floats, Floats]:
    """The same, widened by the unevenness that is usual between authorities: never narrower than chance. NaN where tau2 is."""
    low, high = limits(expectation, total, tail)
    widened = tau2 * expectation > 1e-6  # below that it is chance, and a negative binomial has no figures for it
    size = np.divide(1.0, tau2, out=np.ones(len(tau2)), where=widened)
    p = size / (size + np.where(widened, expectation, 1.0))
    low = np.where(widened, np.minimum(low, stats.nbinom.ppf(tail, size, p)), low)
    high = np.where(widened, np.maximum(high, stats.nbinom.ppf(1 - tail, size, p)), high)
    unknown = np.isnan(tau2)
    return np.where(unknown, np.nan, low), np.where(unknown, np.nan, high)


def unevenness(observed: Floats, expectation: Floats) -> Unevenness:
    """How much authorities differ beyond chance. observed, expectation: counts by authority.

    z = (O − E) ÷ √E of authorities that expect FEWEST_EXPECTED, its lowest and highest tenth drawn in to the tenth's edge; φ their mean
    square; τ² by moments (DerSimonian and Laird) with weights E, nought where φ is what chance gives.
    """
    enough = expectation >= FEWEST_EXPECTED
    count = int(enough.sum())
    if count < FEWEST_AUTHORITIES:
        return Unevenness(float("nan"), float("nan"), count)
    weight = expectation[enough]
    z = (observed[enough] - weight) / np.sqrt(weight)
    z = np.clip(z, *np.quantile(z, [WINSORISED, 1 - WINSORISED]))
    phi = float(np.mean(z**2))
    between = (count * phi - (count - 1)) / (weight.sum() - (weight**2).sum() / weight.sum())
    return Unevenness(phi, max(0.0, float(between)), count)
