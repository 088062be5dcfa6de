"""Assets for every 10,000 people: by hand on three small areas, and conserved over England both ways."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis.asset_rates import rates
from analysis.asset_records import as_records
from data_loaders.atlas import Atlas

AREAS = pd.DataFrame(
    {
        "lsoa21cd": ["A", "B", "C"],
        "pop_mid2022": [1_000, 3_000, 500],
        "imd25_score": [40.0, 20.0, 60.0],
        "core20": [True, False, True],
        "lad24cd": ["X", "X", "Y"],
    }
)
SHARES = pd.DataFrame(
    [("A", "U1", 0.75, True), ("A", "U2", 0.25, False), ("B", "U2", 1.0, True)], columns=["lsoa21cd", "pcn_code", "counting_share", "leading"]
)
NAMES = {"X": "Exton", "Y": "Wyeford", "U1": "One PCN", "U2": "Two PCN", "U3": "Three PCN"}
# Four in A, one in B, two in C; one outside England, three that have no LSOA.
ASSETS = pd.DataFrame(
    [("A", "X")] * 4 + [("B", "X")] + [("C", "Y")] * 2 + [("W01000001", None), (None, "Y"), (None, None), (None, "Y")],
    columns=["lsoa21cd", "lad24cd"],
)


def test_rates_of_places_by_hand() -> None:
    found = rates(ASSETS, AREAS, "lad24", names=NAMES)
    table = found.table.set_index("code")
    assert table["name"].to_dict() == {"X": "Exton", "Y": "Wyeford"}
    assert table["assets"].tolist() == [5, 2]
    assert table["core20_assets"].tolist() == [4, 2]
    assert table.loc["X", "per_10_000"] == pytest.approx(5 / 4_000 * 10_000)
    assert table.loc["X", "per_10_000_core20"] == pytest.approx(5 / 1_000 * 10_000)
    assert table.loc["X", "core20_assets_per_10_000_core20"] == pytest.approx(4 / 1_000 * 10_000)
    assert found.total == len(ASSETS)


def test_what_has_no_lsoa_is_said_by_its_authority() -> None:
    found = rates(ASSETS, AREAS, "lad24", names=NAMES)
    said = found.without_lsoa
    assert said["assets"].tolist() == [2, 1]
    assert said["lad24cd"].iloc[0] == "Y"
    assert said["lad24cd"].isna().tolist() == [False, True]
    assert found.elsewhere == 1


def test_shares_divide_assets_as_they_divide_people() -> None:
    found = rates(ASSETS, AREAS, "pcn", names=NAMES, count="shares", pcn_shares=SHARES)
    table = found.table.set_index("code")
    assert table["assets"].tolist() == pytest.approx([3, 2])
    assert table["population"].tolist() == pytest.approx([750, 3_250])
    assert table.loc["U2", "per_10_000_core20"] == pytest.approx(2 / 250 * 10_000)
    assert found.in_no_area == 2, "C has no registrations in a PCN"
    assert found.people_in_no_area == 500
    assert found.total == len(ASSETS)


def test_best_fit_gives_them_to_the_leading_pcn() -> None:
    found = rates(ASSETS, AREAS, "pcn", names=NAMES, pcn_shares=SHARES)
    assert found.table["assets"].tolist() == [4, 1]
    assert found.in_no_area == 2
    assert found.total == len(ASSETS)


def test_nobody_gives_no_rate_and_never_infinity() -> None:
    table = rates(ASSETS, AREAS, "pcn", names=NAMES, pcn_shares=SHARES, every=True).table.set_index("code")
    rated = [column for column in table if "per_10_000" in column]
    assert table.loc["U3", rated].isna().all(), "a PCN that leads no area"
    assert np.isnan(table.loc["U2", "per_10_000_core20"]), "nobody of it lives in Core20"
    assert not np.isinf(table[rated].to_numpy(dtype=float)).any()


def test_an_lsoa_without_a_code_of_the_level_is_in_no_area() -> None:
    areas = AREAS.assign(lad24cd=["X", None, "Y"])
    found = rates(ASSETS, areas, "lad24", names=NAMES)
    assert found.table["assets"].tolist() == [4, 2]
    assert (found.in_no_area, found.people_in_no_area, found.total) == (1, 3_000, len(ASSETS))


def test_pcns_need_their_shares() -> None:
    with pytest.raises(ValueError, match="give pcn_shares"):
        rates(ASSETS, AREAS, "pcn", names=NAMES)
    with pytest.raises(ValueError, match="level must be one of"):
        rates(ASSETS, AREAS, "parish", names=NAMES)


def test_no_assets_at_all() -> None:
    found = rates(ASSETS.iloc[:0], AREAS, "lad24", names=NAMES)
    assert found.table["assets"].tolist() == [0, 0]
    assert found.table["per_10_000"].tolist() == [0, 0]
    assert found.total == 0


@pytest.mark.parametrize("level", ["pcn", "lad24", "icb24", "icb26", "region"])
@pytest.mark.parametrize("count", ["best-fit", "shares"])
def test_all_of_england_is_conserved(atlas: Atlas, level: str, count: str) -> None:
    assets = as_records(atlas.snapshot.table("community_assets"))
    found = rates(assets, atlas.areas, level, names=atlas.names(level), count=count, pcn_shares=atlas.pcn_shares)
    assert found.table["assets"].sum() == pytest.approx(35_833)
    assert found.table["population"].sum() == pytest.approx(57_112_542)
    assert found.without_lsoa["assets"].sum() == 31
    assert (found.in_no_area, found.elsewhere) == (0, 0)
    assert found.total == pytest.approx(len(assets))
    core20 = atlas.areas.loc[atlas.areas["core20"], "lsoa21cd"]
    assert found.table["core20_assets"].sum() == pytest.approx(assets["lsoa21cd"].isin(core20).sum())


def test_tower_hamlets(atlas: Atlas) -> None:
    table = rates(as_records(atlas.snapshot.table("community_assets")), atlas.areas, "lad24", names=atlas.names("lad24")).table.set_index("code")
    here = table.loc["E09000030"]
    assert here["assets"] == 151, "102 places of worship, 41 community centres, 8 libraries"
    people = atlas.areas.loc[atlas.areas["lad24cd"] == "E09000030", "pop_mid2022"].sum()
    assert here["per_10_000"] == pytest.approx(151 / people * 10_000)
