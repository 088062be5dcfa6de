"""Our intervals against OHID's PHStatsMethods on generated inputs, to 1e-9. Runs where that package is installed: `make oracle`.

It is under the GNU General Public Licence, so it is installed in an environment of its own and only asked for answers. Rates have no counts of
nought here: its upper limit of a count refuses nought.
"""

from __future__ import annotations

import contextlib
import io

import numpy as np
import pandas as pd
import pytest

from analysis.intervals import directly_standardised_rate, mean_interval, rate, wilson

oracle = pytest.importorskip("PHStatsMethods", reason="PHStatsMethods is not installed here: run `make oracle`")

CONFIDENCES = (0.95, 0.998)
TOLERANCE = 1e-9


def _agree(ours: tuple[np.ndarray, ...], theirs: pd.DataFrame, confidence: float, what: str) -> None:
    """Value and both limits to TOLERANCE, relative to figures over one; missing in the same places. Prints the greatest difference."""
    level = {0.95: "95", 0.998: "99_8"}[confidence]
    columns = ["Value", f"lower_{level}_ci", f"upper_{level}_ci"]
    expected = theirs[columns].to_numpy(dtype=float)
    got = np.column_stack(ours)
    assert (np.isnan(got) == np.isnan(expected)).all()
    difference = np.abs(got - expected) / np.maximum(1, np.abs(expected))
    print(f"{what}, {confidence:.1%}: {len(got):,} compared, greatest difference {np.nanmax(difference):.1e}")
    assert np.nanmax(difference) < TOLERANCE


def _random(seed: int) -> np.random.Generator:
    return np.random.default_rng(seed)


@pytest.mark.parametrize("confidence", CONFIDENCES)
@pytest.mark.parametrize("multiplier", [1, 100])
def test_proportions(confidence: float, multiplier: int) -> None:
    rng = _random(1)
    people = np.unique(np.r_[1, 2, 3, np.exp(rng.uniform(0, 16, 3_000)).astype(int)])
    counts = np.ceil(people * rng.uniform(0, 1, len(people)) ** 3).astype(int)
    counts[::50] = people[::50]
    counts[::41] = 0
    frame = pd.DataFrame({"area": range(len(people)), "count": counts, "people": people})
    theirs = oracle.ph_proportion(frame, "count", "people", "area", confidence=confidence, multiplier=multiplier)
    _agree(wilson(counts, people, confidence, multiplier), theirs, confidence, f"proportions times {multiplier}")


@pytest.mark.parametrize("confidence", CONFIDENCES)
def test_rates(confidence: float) -> None:
    rng = _random(2)
    counts = np.r_[np.arange(1, 200), np.exp(rng.uniform(0, 13, 1_500)).astype(int)]
    people = np.exp(rng.uniform(4, 16, len(counts))).astype(int)
    frame = pd.DataFrame({"area": range(len(counts)), "count": counts, "people": people})
    theirs = oracle.ph_rate(frame, "count", "people", "area", confidence=confidence, multiplier=100_000)
    _agree(rate(counts, people, confidence), theirs, confidence, "rates per 100,000")


@pytest.mark.parametrize("confidence", CONFIDENCES)
def test_directly_standardised_rates(confidence: float) -> None:
    """400 areas by the 19 ages of the European Standard Population 2013, some with too few events for a rate."""
    rng = _random(3)
    people = np.exp(rng.uniform(4, 11, (400, 19))).astype(int)
    counts = rng.poisson(people * np.exp(rng.uniform(-12, -4, (400, 1))) * np.linspace(0.2, 3, 19))
    counts[:, -1] += 1
    ages = [*(f"{age}-{age + 4}" for age in range(0, 90, 5)), "90+"]
    frame = pd.DataFrame(
        {"area": np.repeat(np.arange(400), 19), "age": ages * 400, "count": counts.ravel(), "people": people.ravel()}
    )
    with contextlib.redirect_stdout(io.StringIO()):  # it prints which ages it took for which
        theirs = oracle.ph_dsr(frame, "count", "people", "age", "area", confidence=confidence).sort_values("area")
    few = counts.sum(axis=1) < 10
    assert 20 < few.sum() < 380
    assert theirs["Value"].isna().tolist() == few.tolist()
    _agree(directly_standardised_rate(counts, people, confidence=confidence), theirs, confidence, "standardised rates")


@pytest.mark.parametrize("confidence", CONFIDENCES)
def test_means(confidence: float) -> None:
    rng = _random(4)
    area = np.repeat(np.arange(300), rng.integers(2, 40, 300))
    frame = pd.DataFrame({"area": area, "value": rng.gamma(2, 10, len(area))})
    theirs = oracle.ph_mean(frame, "value", "area", confidence=confidence)
    by_area = frame.groupby("area")["value"]
    ours = mean_interval(by_area.mean(), by_area.std(), by_area.size(), confidence)
    _agree(ours, theirs, confidence, "means")
