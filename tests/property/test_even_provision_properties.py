"""What holds of even provision whatever the figures: limits hold the expectation, and chance alone seldom raises a prompt."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.asset_records import as_records
from analysis.communities import COMMUNITIES
from analysis.even_provision import expected, limits, usual_limits
from analysis.representation import all_england, representation

_tails = st.sampled_from([0.025, 0.025 / 6, 0.025 / 15])


@settings(max_examples=200, deadline=None)
@given(st.integers(1, 40_000), st.floats(0, 1), st.floats(0, 2), _tails)
def test_limits_hold_the_expectation_and_unevenness_only_widens(total: int, share: float, tau2: float, tail: float) -> None:
    expectation = np.array([total * share])
    low, high = limits(expectation, np.array([float(total)]), tail)
    wide_low, wide_high = usual_limits(expectation, np.array([tau2]), np.array([float(total)]), tail)
    assert 0 <= wide_low[0] <= low[0] <= expectation[0] <= high[0] <= wide_high[0]


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 3_000), st.booleans(), st.booleans()), min_size=1, max_size=40))
def test_expected_adds_up_to_what_is_there(rows: list[tuple[int, int, bool, bool]]) -> None:
    assets, people, urban, mapped = (np.array(column) for column in zip(*rows, strict=True))
    stratum = urban.astype(np.intp)
    found = expected(assets.astype(np.intp), people.astype(float), stratum, mapped)
    assert (found[~mapped] == 0).all()
    for level in (0, 1):
        here = mapped & (stratum == level)
        if people[here].sum():
            np.testing.assert_allclose(found[here].sum(), assets[here].sum())
        else:
            assert found[here].sum() == 0


def _england(random: np.random.Generator) -> pd.DataFrame:
    """Two hundred small areas in ten places, with communities of very different sizes; no two areas within a walk."""
    areas = pd.DataFrame({"lsoa21cd": [f"A{number:03}" for number in range(200)], "lad24cd": np.repeat([f"P{n}" for n in range(10)], 20)})
    for column in ("msoa21cd", "wd24cd", "utlacd", "rgncd", "sicbl24cd", "icb24cd", "icb26cd"):
        areas[column] = areas["lad24cd"]
    areas["ruc21nm"] = np.where(np.arange(200) % 5 == 0, "Smaller rural: Nearer to a major town or city", "Urban: Nearer to a major town or city")
    areas["core20"] = np.arange(200) % 4 < 2
    areas["pwc_e"], areas["pwc_n"] = 400_000.0 + 5_000 * np.arange(200), 300_000.0
    for community in COMMUNITIES:
        areas[community.column] = random.gamma(1.0, 250.0, 200).astype(int)
    return areas.assign(pop_census2021=2_000)


def test_under_even_provision_chance_raises_few_prompts() -> None:
    """Assets fall where residents of their community live, by lot: no more than one place in forty may be asked about anything."""
    random = np.random.default_rng(2026)
    faiths = {"Christian": 1_500, "Muslim": 400, "Sikh": 120, "Jewish": 60}
    coverage = pd.DataFrame(
        [(f"P{n}", faith, "partly") for n in range(10) for faith in faiths], columns=["lad24cd", "faith_tradition", "status"]
    ).assign(category="place of worship", source="OpenStreetMap", source_date="2026-08-16", note="By example.")
    places = prompts = 0
    for _ in range(20):
        areas = _england(random)
        parts = []
        for faith, count in faiths.items():
            people = areas[next(one.column for one in COMMUNITIES if one.name == faith)].to_numpy(dtype=float)
            # Town and country each have a rate of their own; within each, any resident is as near to one as any other.
            weight = people * np.where(areas["ruc21nm"].str.startswith("Urban"), 1.0, 3.0)
            where = random.choice(200, size=count, p=weight / weight.sum())
            parts.append(pd.DataFrame({"faith_tradition": faith, "lsoa21cd": areas["lsoa21cd"].to_numpy()[where]}))
        assets = pd.concat(parts, ignore_index=True)
        assets = as_records(assets.assign(asset_id=[f"a{n}" for n in range(len(assets))], category="place of worship"))
        for place in ("P0", "P3", "P7"):
            found = representation(all_england(areas, assets, coverage), areas["lad24cd"].eq(place).to_numpy())
            places += 1
            prompts += bool(found["prompt"].any())
    assert places == 60
    assert prompts <= 4, "1 in 40 of 60 is 1.5; more than 4 would come about by chance in fewer than one such test in fifty"
