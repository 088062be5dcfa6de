"""However an area is divided, nobody is lost and nobody is counted twice."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.areas import summarise
from analysis.footprints import Membership, carry_weights, pcn_shares, registered_by_pcn
from data_loaders.atlas import Atlas

_patients = st.lists(
    st.tuples(st.integers(0, 11), st.integers(0, 8), st.floats(0.01, 5_000, allow_nan=False)), min_size=1, max_size=60, unique_by=lambda row: row[:2]
)


@settings(max_examples=60, deadline=None)
@given(_patients, st.lists(st.integers(0, 4_000), min_size=12, max_size=12))
def test_generated_shares_conserve_people(rows: list[tuple[int, int, float]], people: list[int]) -> None:
    patients = pd.DataFrame(rows, columns=["lsoa21cd", "pcn_code", "patients"])
    patients = patients.assign(lsoa21cd="A" + patients["lsoa21cd"].astype(str), pcn_code="U" + patients["pcn_code"].astype(str))
    shares = pcn_shares(patients, not_a_place=("U8",))
    assert shares.groupby("lsoa21cd")["counting_share"].sum().to_numpy() == pytest.approx(1)
    assert (shares.groupby("lsoa21cd")["leading"].sum() <= 1).all()
    assert not (shares["leading"] & (shares["pcn_code"] == "U8")).any()
    codes = [f"A{number}" for number in range(12)]
    areas = pd.DataFrame({"lsoa21cd": codes, "pop_mid2022": people, "imd25_score": 10.0, "core20": [number % 2 == 0 for number in range(12)]})
    covered = areas[areas["lsoa21cd"].isin(shares["lsoa21cd"])]
    shared = summarise(areas, "pcn", names={}, count="shares", pcn_shares=shares)
    assert shared["population"].sum() == pytest.approx(covered["pop_mid2022"].sum())
    assert shared["core20_people"].sum() == pytest.approx(covered.loc[covered["core20"], "pop_mid2022"].sum())
    led = areas[areas["lsoa21cd"].isin(shares.loc[shares["leading"], "lsoa21cd"])]
    assert summarise(areas, "pcn", names={}, pcn_shares=shares)["population"].sum() == led["pop_mid2022"].sum()


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=30, unique=True),
    st.lists(st.integers(1, 3_000), min_size=10, max_size=10),
    st.lists(st.tuples(st.integers(0, 5), st.integers(0, 9), st.integers(1, 900)), min_size=1, max_size=40),
)
def test_any_lookup_conserves_patients(pairs: list[tuple[int, int]], census: list[int], registered: list[tuple[int, int, int]]) -> None:
    lookup = pd.DataFrame([(f"O{old}", f"N{new}") for old, new in pairs], columns=["lsoa11cd", "lsoa21cd"])
    weights = carry_weights(lookup, pd.Series(census, index=[f"N{number}" for number in range(10)]))
    registrations = pd.DataFrame([(f"P{p}", f"O{o}", n) for p, o, n in registered], columns=["practice_code", "lsoa11cd", "patients"])
    membership = Membership(
        pd.DataFrame(
            {"pcn_code": [f"U{number % 2}" for number in range(6)]}, index=pd.Index([f"P{number}" for number in range(6)], name="practice_code")
        )
    )
    carried = registered_by_pcn(registrations, weights, membership)
    known = registrations[registrations["lsoa11cd"].isin(lookup["lsoa11cd"])]
    assert carried["patients"].sum() == pytest.approx(known["patients"].sum())


@settings(max_examples=12, deadline=None)
@given(
    level=st.sampled_from(["sub_icb24", "icb24", "icb26", "lad24", "region", "pcn"]),
    count=st.sampled_from(["best-fit", "shares"]),
    seed=st.integers(0, 10_000),
)
def test_any_part_of_england_is_conserved(atlas: Atlas, level: str, count: str, seed: int) -> None:
    part = atlas.areas[np.random.default_rng(seed).random(len(atlas.areas)) < 0.1]
    found = summarise(part, level, names=atlas.names(level), count=count, pcn_shares=atlas.pcn_shares)
    assert found["population"].sum() == pytest.approx(part["pop_mid2022"].sum(), abs=1e-3)
    assert found["core20_people"].sum() == pytest.approx(part.loc[part["core20"], "pop_mid2022"].sum(), abs=1e-3)
