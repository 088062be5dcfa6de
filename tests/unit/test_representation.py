"""Who are we missing: Tower Hamlets by hand, and constructed places in which the answer is known."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analysis.asset_mapping import FEWEST_SAID, of_religion
from analysis.asset_records import as_records
from analysis.communities import CENSUS_COLUMNS, COMMUNITIES, for_community
from analysis.even_provision import expected
from analysis.reach import Reach
from analysis.representation import COLUMNS, all_england, catchment, centres, representation
from analysis.vocabularies import COVERAGE
from data_loaders.atlas import Atlas

TOWER_HAMLETS = "E09000030"
FAITHS = {"Buddhist": 102, "Christian": 30_140, "Hindu": 146, "Jewish": 208, "Muslim": 1_256, "Sikh": 185}
"""Buildings in England by tradition: sites in the snapshot, less five that share theirs with another of the same tradition."""


@pytest.fixture(scope="module")
def areas(atlas: Atlas) -> pd.DataFrame:
    return atlas.snapshot.table("small_areas", CENSUS_COLUMNS)


@pytest.fixture(scope="module")
def assets(atlas: Atlas) -> pd.DataFrame:
    return as_records(atlas.snapshot.table("community_assets"))


@pytest.fixture(scope="module")
def tower_hamlets(atlas: Atlas, areas: pd.DataFrame, assets: pd.DataFrame) -> pd.DataFrame:
    inside = areas["lad24cd"].eq(TOWER_HAMLETS).to_numpy()
    return representation(all_england(areas, assets, atlas.coverage), inside).set_index("community")


def test_tower_hamlets_people_by_hand(areas: pd.DataFrame, tower_hamlets: pd.DataFrame) -> None:
    """Its 73 Core20 LSOAs at Census 2021."""
    muslim = tower_hamlets.loc["Muslim"]
    assert muslim["residents"] == 71_463
    assert muslim["share"] == pytest.approx(71_463 / 133_814)
    for community, people in {"Sikh": 318, "Asian": 72_644, "Children aged 0 to 14": 27_444, "Disabled people": 20_074}.items():
        assert tower_hamlets.loc[community, "residents"] == people
    home = areas[areas["lad24cd"].eq(TOWER_HAMLETS) & areas["core20"]]
    assert len(home) == 73


def test_tower_hamlets_catchment_and_expectation_by_hand(
    areas: pd.DataFrame, assets: pd.DataFrame, tower_hamlets: pd.DataFrame
) -> None:
    home = areas[areas["lad24cd"].eq(TOWER_HAMLETS) & areas["core20"]]
    away = np.hypot(
        areas["pwc_e"].to_numpy()[:, None] - home["pwc_e"].to_numpy(), areas["pwc_n"].to_numpy()[:, None] - home["pwc_n"].to_numpy()
    )
    around = areas[(away * 1.3 <= 800).any(axis=1)]
    muslim = tower_hamlets.loc["Muslim"]
    assert muslim["in_catchment"] == around["rel_muslim"].sum() == 115_455
    mosques = assets[assets["faith_tradition"].eq("Muslim")].drop_duplicates("location_id")
    assert muslim["observed"] == mosques["lsoa21cd"].isin(around["lsoa21cd"]).sum() == 28
    # The catchment is all in London, so the rate is that of towns.
    urban = areas[areas["ruc21nm"].str.startswith("Urban")]
    rate = mosques["lsoa21cd"].isin(urban["lsoa21cd"]).sum() / urban["rel_muslim"].sum()
    assert muslim["expected"] == pytest.approx(rate * 115_455)
    tail = 0.025 / 6  # six religions have a figure
    assert muslim["low"] == stats.binom.ppf(tail, len(mosques), muslim["expected"] / len(mosques)) == 23
    assert not muslim["prompt"]
    assert (muslim["usual_low"], muslim["usual_high"]) == (10, 87)


def test_what_is_not_mapped_says_so_and_asks_nothing(tower_hamlets: pd.DataFrame) -> None:
    silent = tower_hamlets[tower_hamlets["mapped"].eq("not mapped")]
    assert set(tower_hamlets.index) - set(silent.index) == set(FAITHS)
    assert silent["expected"].isna().all()
    assert silent[["low", "high", "usual_low"]].isna().all(axis=None)
    assert not silent["prompt"].any()
    assert silent["mapping_note"].str.contains("nothing can be said").all()
    assert silent.loc["Other religion", "in_catchment"] > 0, "people are counted all the same"


def test_how_well_a_faith_is_mapped_is_said(tower_hamlets: pd.DataFrame) -> None:
    assert tower_hamlets.loc["Muslim", "mapped"] == "partly"
    assert "6 in 10 registered mosque charities" in tower_hamlets.loc["Muslim", "mapping_note"]
    assert "OpenStreetMap, 2026-08-16" in tower_hamlets.loc["Muslim", "mapping_note"]
    assert tower_hamlets.loc["Muslim", "reference_authorities"] == 296


def test_the_frame_has_its_columns_and_every_community(atlas: Atlas, areas: pd.DataFrame, assets: pd.DataFrame) -> None:
    found = representation(all_england(areas, assets, atlas.coverage), areas["lad24cd"].eq("E06000017").to_numpy())
    assert found.columns.tolist() == COLUMNS
    assert found["community"].tolist() == [community.name for community in COMMUNITIES]
    assert found["mapped"].isin(COVERAGE).all()
    known = found[found["expected"].notna()]
    assert ((known["low"] <= known["expected"]) & (known["expected"] <= known["high"])).all()


def test_rutland_has_no_core20_and_so_no_prompt(atlas: Atlas, areas: pd.DataFrame, assets: pd.DataFrame) -> None:
    inside = areas["lad24cd"].eq("E06000017").to_numpy()
    assert not areas.loc[inside, "core20"].any()
    found = representation(all_england(areas, assets, atlas.coverage), inside)
    assert found["residents"].eq(0).all()
    assert found["share"].isna().all()
    assert not found["prompt"].any()


@pytest.mark.parametrize("faith", FAITHS)
def test_expected_adds_up_to_what_is_there_over_england(areas: pd.DataFrame, assets: pd.DataFrame, faith: str) -> None:
    community = next(one for one in COMMUNITIES if one.name == faith)
    sites = assets[for_community(assets, community)].drop_duplicates("location_id")
    assert len(sites) == FAITHS[faith]
    each = sites["lsoa21cd"].value_counts().reindex(areas["lsoa21cd"]).fillna(0).to_numpy()
    stratum = areas["ruc21nm"].str.startswith("Urban").to_numpy(dtype=int)
    england = expected(each, areas[community.column].to_numpy(dtype=float), stratum, np.ones(len(areas), dtype=bool))
    places = pd.Series(england).groupby(areas["lad24cd"].to_numpy()).sum()
    assert places.sum() == pytest.approx(FAITHS[faith]), "authorities divide England"


# A small England: four places of 10 LSOAs each, far apart; the first of each is Core20 with the second next to it, the rest apart.
def _england(residents: int = 1_000) -> pd.DataFrame:
    frame = pd.DataFrame({"place": np.repeat(list("WXYZ"), 10), "number": np.tile(np.arange(10), 4)})
    frame["lad24cd"] = frame["place"]
    frame["lsoa21cd"] = frame["place"] + frame["number"].astype(str)
    for column in ("msoa21cd", "wd24cd", "utlacd", "rgncd", "sicbl24cd", "icb24cd", "icb26cd"):
        frame[column] = column + frame["place"]
    frame["ruc21nm"] = "Urban: Nearer to a major town or city"
    frame["core20"] = frame["number"].eq(0)
    frame["pwc_e"] = 400_000.0 + frame["place"].map({"W": 0, "X": 100_000, "Y": 200_000, "Z": 300_000}) + frame["number"] * 500.0
    frame["pwc_n"] = 300_000.0
    for community in COMMUNITIES:
        frame[community.column] = residents
    frame["pop_census2021"] = residents * 4
    return frame


def _mosques(per_lsoa: dict[str, int], **others: object) -> pd.DataFrame:
    ids = [f"{code}-{number}" for code, count in per_lsoa.items() for number in range(count)]
    frame = pd.DataFrame({"asset_id": ids, "lsoa21cd": [one.split("-")[0] for one in ids]}, dtype="str")
    frame["lad24cd"] = frame["lsoa21cd"].str[0]
    return as_records(frame.assign(**{"category": "place of worship", "faith_tradition": "Muslim", **others}))


def _coverage(status: dict[str, str]) -> pd.DataFrame:
    frame = pd.DataFrame({"lad24cd": list(status), "status": list(status.values())})
    return frame.assign(category="place of worship", faith_tradition="Muslim", source="OpenStreetMap", source_date="2026-08-16", note="By example.")


MAPPED = _coverage(dict.fromkeys("WXYZ", "partly"))
EVEN = {code: 12 for code in _england()["lsoa21cd"]}


def _of_w(assets: pd.DataFrame, coverage: pd.DataFrame = MAPPED, areas: pd.DataFrame | None = None, **settings: object) -> pd.DataFrame:
    areas = _england() if areas is None else areas
    found = representation(all_england(areas, assets, coverage), areas["lad24cd"].eq("W").to_numpy(), **settings)  # type: ignore[arg-type]
    return found.set_index("community")


def test_a_place_with_good_provision_raises_no_prompt() -> None:
    found = _of_w(_mosques(EVEN))
    assert found.loc["Muslim", ["observed", "expected"]].tolist() == [24, 24]
    assert not found["prompt"].any()
    assert found.loc["Muslim", "residents"] == 1_000
    assert found.loc["Muslim", "in_catchment"] == 2_000, "its Core20 LSOA and the one 500 metres off"


def test_a_shortfall_beyond_chance_is_asked_about() -> None:
    few = _mosques(EVEN | {"W0": 1, "W1": 2})
    muslim = _of_w(few).loc["Muslim"]
    assert muslim["observed"] == 3
    assert muslim["low"] == stats.binom.ppf(0.025, len(few), muslim["expected"] / len(few)) > 3
    assert muslim["prompt"]
    assert not muslim["unusual"], "four authorities are too few to say what is usual"


def test_the_prompt_begins_below_the_limit() -> None:
    low = int(_of_w(_mosques(EVEN | {"W0": 0})).loc["Muslim", "low"])
    asked = {count: bool(_of_w(_mosques(EVEN | {"W0": 0, "W1": count, "W5": 24 - count})).loc["Muslim", "prompt"]) for count in (low - 1, low)}
    assert asked == {low - 1: True, low: False}


def test_few_residents_are_not_asked_about() -> None:
    few = _mosques(EVEN | {"W0": 0, "W1": 0})
    assert _of_w(few, fewest=1_000).loc["Muslim", "prompt"]
    assert not _of_w(few, fewest=1_001).loc["Muslim", "prompt"]


def test_a_community_asked_about_beside_others_has_wider_limits() -> None:
    muslims = _mosques(EVEN)
    hindus = _mosques(EVEN, faith_tradition="Hindu")
    hindus["asset_id"] = hindus["location_id"] = "h" + hindus["asset_id"]
    both = pd.concat([MAPPED, MAPPED.assign(faith_tradition="Hindu")])
    alone, beside = _of_w(muslims).loc["Muslim"], _of_w(pd.concat([muslims, hindus]), both).loc["Muslim"]
    assert beside["expected"] == alone["expected"]
    assert beside["low"] < alone["low"]


def test_a_building_counts_once_however_many_records_it_has() -> None:
    twice = _mosques(EVEN)
    again = twice.assign(asset_id="again-" + twice["asset_id"])
    assert _of_w(pd.concat([twice, again])).loc["Muslim", "observed"] == 24


def test_what_has_closed_does_not_count() -> None:
    closed = _mosques(EVEN).assign(closed=lambda frame: frame["lsoa21cd"].isin(["W0"]))
    assert _of_w(closed).loc["Muslim", "observed"] == 12


def test_a_place_that_nobody_mapped_has_no_figure_whatever_others_have() -> None:
    found = _of_w(_mosques(EVEN | {"W0": 1, "W1": 0}), _coverage({"X": "partly", "Y": "mapped", "Z": "partly", "W": "not mapped"})).loc["Muslim"]
    assert found["mapped"] == "not mapped"
    assert np.isnan(found["expected"])
    assert found["observed"] == 1, "what is recorded is shown all the same"
    assert not found["prompt"]
    assert found["reference_authorities"] == 3


def test_only_where_it_is_mapped_is_anything_compared() -> None:
    """W is mapped alone: what is there is spread over W, and what lies elsewhere is neither provision nor people."""
    found = _of_w(_mosques(EVEN | {"X0": 500}), _coverage({"W": "partly"})).loc["Muslim"]
    assert found["expected"] == pytest.approx(24)
    assert found["reference_authorities"] == 1


def test_mapped_but_none_recorded_anywhere_is_nothing_to_compare_with() -> None:
    found = _of_w(_mosques({}), MAPPED).loc["Muslim"]
    assert found["mapped"] == "partly"
    assert np.isnan(found["expected"])
    assert "nothing to compare with" in found["mapping_note"]
    assert not found["prompt"]


def test_a_catchment_across_a_border_counts_only_the_mapped_side() -> None:
    areas = _england()
    areas.loc[areas["lsoa21cd"].eq("W1"), "lad24cd"] = "V"
    found = _of_w(_mosques(EVEN), MAPPED, areas).loc["Muslim"]
    assert found[["in_catchment", "observed"]].tolist() == [1_000, 12]
    assert "left out" in found["mapping_note"]


def test_town_and_country_are_compared_apart() -> None:
    areas = _england()
    country = areas["lad24cd"].isin(["Y", "Z"])
    areas.loc[country, "ruc21nm"] = "Smaller rural: Nearer to a major town or city"
    many = EVEN | {code: 100 for code in areas.loc[country, "lsoa21cd"]}
    assert _of_w(_mosques(many), MAPPED, areas).loc["Muslim", "expected"] == pytest.approx(24)


def test_what_serves_the_catchment_from_elsewhere_is_counted_apart() -> None:
    here = _mosques(EVEN)
    away = _mosques({"X5": 2}).assign(asset_id=["s1", "s2"], location_id=["s1", "s2"], service_area=["X; W", "X"])
    nowhere = away.assign(asset_id=["s3", "s4"], location_id=["s3", "s4"], lsoa21cd=None, service_area=["icb26cdW", None])
    inside = _mosques({"W0": 1}).assign(asset_id="s5", location_id="s5", service_area="W")
    found = _of_w(pd.concat([here, away, nowhere, inside], ignore_index=True)).loc["Muslim"]
    assert found["in_service_area"] == 2
    assert found["observed"] == 25


def test_a_church_food_bank_is_not_a_place_of_worship() -> None:
    food = _mosques({"W0": 3}, category="food bank")
    congregation = _mosques({"W0": 1}, category="community centre", faith_kind="worshipping community").assign(asset_id="c", location_id="c")
    assert for_community(food, COMMUNITIES[4]).sum() == 0
    assert for_community(congregation, COMMUNITIES[4]).sum() == 1
    assert COMMUNITIES[4].name == "Muslim"


def test_whom_it_is_for_needs_lists_that_say_so() -> None:
    few = _mosques({"W0": FEWEST_SAID - 1}, category="community service", faith_tradition=None, who_for="Black communities; women")
    found = _of_w(few).loc["Black"]
    assert found["mapped"] == "not mapped"
    assert found["observed"] == FEWEST_SAID - 1
    enough = _mosques({"W9": FEWEST_SAID, "X0": FEWEST_SAID}, category="community service", faith_tradition=None, who_for="Black communities")
    found = _of_w(enough)
    assert found.loc["Black", "mapped"] == "partly"
    assert found.loc["Black", "expected"] == pytest.approx(60 * 2 / 20)
    assert found.loc["Black", "prompt"], "6 expected of 60, and 0 recorded"
    assert found.loc["Asian", "mapped"] == "partly"
    assert np.isnan(found.loc["Asian", "expected"]), "no list says it of anything"
    assert not found.loc["White", "prompt"]
    assert found.loc["White", "mapped"] == "not mapped"


def test_the_best_row_of_a_tradition_counts_and_the_whole_category_stands_in() -> None:
    rows = pd.DataFrame(
        [
            ("W", "Jain", "not mapped"),
            ("W", "Bahá'í", "partly"),
            ("W", None, "mapped"),
            ("X", None, "partly"),
            ("Y", "Jain", "not mapped"),
            ("Y", None, "partly"),
        ],
        columns=["lad24cd", "faith_tradition", "status"],
    ).assign(category="place of worship", source=None, source_date=None, note="A note.")
    mapping = of_religion(rows, ("Jain", "Bahá'í", "Other"))
    assert mapping.status.to_dict() == {"W": "partly", "X": "partly", "Y": "not mapped"}
    assert mapping.said(pd.Index(["W"])) == ("partly", "A note.")
    status, note = mapping.said(pd.Index(["W", "Y"]))
    assert status == "partly"
    assert note.startswith("Not mapped in 1 of the 2 authorities.")


def test_a_longer_walk_takes_in_more() -> None:
    areas = _england()
    home = areas["lsoa21cd"].eq("W0").to_numpy()
    assert areas.loc[catchment(centres(areas), home, Reach(500, 1.0)), "lsoa21cd"].tolist() == ["W0", "W1"]
    assert areas.loc[catchment(centres(areas), home, Reach(1_000, 1.0)), "lsoa21cd"].tolist() == ["W0", "W1", "W2"]
    assert not catchment(centres(areas), np.zeros(len(areas), dtype=bool), Reach()).any()
