"""Small areas added up: by best fit and by shares, people conserved, scores weighted by people."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis.areas import COUNTS, LEVELS, summarise
from data_loaders.atlas import Atlas

AREAS = pd.DataFrame(
    {
        "lsoa21cd": ["A", "B", "C"],
        "pop_mid2022": [1_000, 3_000, 500],
        "imd25_score": [40.0, 20.0, 60.0],
        "core20": [True, False, True],
        "lad24cd": ["X", "X", "Y"],
        "lad24nm": ["Exton", "Exton", "Wyeford"],
    }
)
SHARES = pd.DataFrame(
    [("A", "U1", 0.75, True), ("A", "U2", 0.25, False), ("B", "U2", 1.0, True), ("C", "U1", 0.5, True), ("C", "U3", 0.5, False)],
    columns=["lsoa21cd", "pcn_code", "counting_share", "leading"],
)
NAMES = {"X": "Exton", "Y": "Wyeford", "U1": "One PCN", "U2": "Two PCN", "U3": "Three PCN"}
STATE = pd.Series({"A": "partnered", "C": "none_recorded"})


def test_a_weighted_score_by_hand() -> None:
    found = summarise(AREAS, "lad24", names=NAMES).set_index("code")
    assert found.loc["X", "population_weighted_imd_score"] == pytest.approx((1_000 * 40 + 3_000 * 20) / 4_000)
    assert found.loc["Y", "population_weighted_imd_score"] == pytest.approx(60)
    assert found.loc["X", ["population", "core20_lsoas", "core20_people"]].tolist() == [4_000, 1, 1_000]
    assert found.loc["X", "core20_share"] == pytest.approx(0.25)
    assert found["name"].tolist() == ["Exton", "Wyeford"]


def test_people_by_state_add_up_to_core20() -> None:
    found = summarise(AREAS, "lad24", names=NAMES, states=STATE).set_index("code")
    assert found.loc["X", "people_partnered"] == 1_000
    assert found.loc["Y", "people_none_recorded"] == 500
    assert found["core20_people_without_confirmed_partner"].tolist() == [0, 500]
    states = found[[column for column in found if column.startswith("people_")]]
    assert states.sum(axis=1).tolist() == found["core20_people"].tolist()


def test_best_fit_gives_an_lsoa_whole_to_its_leading_pcn() -> None:
    found = summarise(AREAS, "pcn", names=NAMES, pcn_shares=SHARES).set_index("code")
    assert found.index.tolist() == ["U1", "U2"], "a PCN that leads nowhere has no row"
    assert found["population"].tolist() == [1_500, 3_000]
    assert found.loc["U1", "population_weighted_imd_score"] == pytest.approx((1_000 * 40 + 500 * 60) / 1_500)
    assert found["core20_lsoas"].tolist() == [2, 0]


def test_shares_divide_an_lsoa_among_its_pcns() -> None:
    found = summarise(AREAS, "pcn", names=NAMES, count="shares", states=STATE, pcn_shares=SHARES).set_index("code")
    assert found["population"].tolist() == pytest.approx([1_000, 3_250, 250])
    assert found["core20_people"].tolist() == pytest.approx([1_000, 250, 250])
    assert found["core20_lsoas"].tolist() == pytest.approx([1.25, 0.25, 0.5])
    assert found.loc["U2", "population_weighted_imd_score"] == pytest.approx((250 * 40 + 3_000 * 20) / 3_250)
    assert found["people_partnered"].tolist() == pytest.approx([750, 250, 0])
    assert found["core20_people_without_confirmed_partner"].tolist() == pytest.approx([250, 0, 250])


def test_only_the_lsoas_given_are_counted() -> None:
    found = summarise(AREAS.iloc[[2]], "pcn", names=NAMES, count="shares", pcn_shares=SHARES)
    assert found["population"].sum() == pytest.approx(500)


def test_an_unknown_level_or_count_is_refused() -> None:
    with pytest.raises(ValueError, match="level must be one of"):
        summarise(AREAS, "parish", names=NAMES)
    with pytest.raises(ValueError, match="count one of"):
        summarise(AREAS, "lad24", names=NAMES, count="both")
    with pytest.raises(ValueError, match="pcn_shares"):
        summarise(AREAS, "pcn", names=NAMES)


def test_an_area_without_people_has_no_score() -> None:
    empty = summarise(AREAS.assign(pop_mid2022=0), "lad24", names=NAMES)
    assert np.isnan(empty["population_weighted_imd_score"]).all()
    assert (empty["core20_share"] == 0).all()


@pytest.mark.parametrize("count", COUNTS)
@pytest.mark.parametrize("level", LEVELS)
def test_england_has_the_same_totals_whichever_way_it_is_cut(atlas: Atlas, level: str, count: str) -> None:
    states = pd.Series("none_recorded", index=atlas.areas.loc[atlas.areas["core20"], "lsoa21cd"])
    states.iloc[::7] = "partnered"
    found = summarise(atlas.areas, level, names=atlas.names(level), count=count, states=states, pcn_shares=atlas.pcn_shares)
    expected = {"sub_icb24": 106, "icb24": 42, "icb26": 36, "lad24": 296, "region": 9, "pcn": 1_298 if count == "shares" else 1_297}
    assert len(found) == expected[level]
    assert found["name"].notna().all()
    assert found["population"].sum() == pytest.approx(57_112_542, abs=1e-3)
    assert found["core20_people"].sum() == pytest.approx(11_499_917, abs=1e-3)
    assert found["core20_lsoas"].sum() == pytest.approx(6_751, abs=1e-6)
    by_state = found[[column for column in found if column.startswith("people_")]].sum()
    partnered = atlas.areas.set_index("lsoa21cd").loc[states.index[::7], "pop_mid2022"].sum()
    assert by_state["people_partnered"] == pytest.approx(partnered, abs=1e-3)
    assert by_state.sum() == pytest.approx(11_499_917, abs=1e-3)
    score = (found["population_weighted_imd_score"] * found["population"]).sum() / found["population"].sum()
    assert score == pytest.approx((atlas.areas["imd25_score"] * atlas.areas["pop_mid2022"]).sum() / 57_112_542, abs=1e-9)


@pytest.mark.parametrize(
    ("level", "code", "core20"), [("lad24", "E09000002", 32), ("lad24", "E09000030", 73), ("icb24", "E54000029", 293), ("icb26", "E54000029", 293)]
)
def test_places_that_the_project_names(atlas: Atlas, level: str, code: str, core20: int) -> None:
    found = summarise(atlas.areas, level, names=atlas.names(level)).set_index("code")
    assert found.loc[code, "core20_lsoas"] == core20
