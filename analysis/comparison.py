"""How a figure compares with England, as Fingertips compares: the interval holds England's value, or lies to one side of it.

Method: OHID, Fingertips, Public Health Technical Guidance, comparing with a benchmark: an area differs where its confidence interval excludes the
benchmark's value (not where it overlaps the benchmark's own interval). With a polarity the difference is better or worse; without one, lower or
higher.
"""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt
import pandas as pd

LOW_IS_GOOD, HIGH_IS_GOOD = "low is good", "high is good"
BETTER, SIMILAR, WORSE = "better", "similar", "worse"
LOWER, HIGHER = "lower", "higher"
NOT_COMPARED = "not compared"
COMPARISONS = (BETTER, SIMILAR, WORSE, LOWER, HIGHER, NOT_COMPARED)
FIFTHS = ("lowest fifth", "second lowest fifth", "middle fifth", "second highest fifth", "highest fifth")

_PUBLISHED = re.compile(r"\s*(better|similar|worse|lower|higher)(?:\s+9[59](?:\.8)?%?)?\s*", re.IGNORECASE)

Floats = npt.NDArray[np.float64]


def compare(
    lower: npt.ArrayLike, upper: npt.ArrayLike, england: npt.ArrayLike, polarity: npt.ArrayLike
) -> npt.NDArray[np.object_]:
    """One of COMPARISONS for each figure, any shapes that broadcast.

    lower, upper: its interval, 95% or, where the indicator is compared so, 99.8%: the caller hands over the one that counts. england: England's
    value in the same unit. polarity: "low is good", "high is good", or anything else including none (neither direction is called better).
    A limit that equals England's value does not exclude it. Without an interval or without England's value nothing is compared.
    """
    low, high, benchmark = np.broadcast_arrays(*(np.asarray(each, dtype=float) for each in (lower, upper, england)))
    said = np.asarray(polarity, dtype=object)
    direction = np.broadcast_to(np.where(pd.isna(said), "", said), low.shape)
    above, below = low > benchmark, high < benchmark
    known = ~(np.isnan(low) | np.isnan(high) | np.isnan(benchmark))
    good_low, good_high = direction == LOW_IS_GOOD, direction == HIGH_IS_GOOD
    either = good_low | good_high
    found = np.full(low.shape, SIMILAR, dtype=object)
    found[above & ~either], found[below & ~either] = HIGHER, LOWER
    found[(above & good_high) | (below & good_low)] = BETTER
    found[(above & good_low) | (below & good_high)] = WORSE
    found[~known] = NOT_COMPARED
    return found


def published_comparison(words: pd.Series) -> pd.Series:
    """Fingertips' own words as one of COMPARISONS: "Better 95%" and "Better" are better, "Higher 99.8" is higher; "Not compared", "" and
    anything else are NOT_COMPARED."""
    unique = {word: _PUBLISHED.fullmatch(word) for word in words.dropna().unique()}
    said = {word: match[1].lower() if match else NOT_COMPARED for word, match in unique.items()}
    return words.astype(object).map(said).where(words.notna(), NOT_COMPARED).astype(object)


def quintile_bands(values: npt.ArrayLike, group: npt.ArrayLike | None = None) -> npt.NDArray[np.int8]:
    """The fifth (1 lowest to 5 highest, in words FIFTHS[fifth - 1]) of each value among all, or among those of its group; 0 where there is none.

    Areas are ranked and cut into five groups of equal numbers, as Fingertips does for indicators that it compares by quintile. Where the
    number does not divide by five the middle of the ranks decides. Equal values share the fifth of the middle of their ranks, so that
    two areas with one value are never told apart; many equal values make fifths unequal.
    """
    numbers = pd.Series(np.asarray(values, dtype=float))
    grouped = numbers.groupby(np.zeros(len(numbers)) if group is None else np.asarray(group))
    rank, many = grouped.rank(method="average").to_numpy(), grouped.transform("count").to_numpy()
    with np.errstate(divide="ignore", invalid="ignore"):
        # Twice the rank is a whole number, so the quotient is exact where it is whole: no area slips over an edge by rounding.
        bands = np.floor((10 * rank - 5) / (2 * many)) + 1
    return np.where(np.isnan(bands), 0, np.minimum(bands, 5)).astype(np.int8)
