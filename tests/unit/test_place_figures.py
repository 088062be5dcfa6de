"""The figures of a place on the committed snapshot: of itself, else of the area that holds it; copied-down figures marked once."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pyarrow.parquet as pq
import pytest

from analysis.comparison import FIFTHS
from data_loaders.atlas import Atlas
from data_loaders.indicator_values import typed
from data_loaders.needs import ENGLAND, Needs
from presentation.need_controls import of_audience
from presentation.need_rows import comparison_mark
from presentation.place_figures import place_figures

TOWER_HAMLETS, NORTH_EAST_LONDON, CITY_OF_LONDON = "E09000030", "E54000029", "E09000001"
BARNSLEY, BARNSLEY_2025 = "E08000016", "E08000038"
AMBER_VALLEY, DERBYSHIRE = "E07000032", "E10000007"
FIGURE = ["indicator_id", "who", "age"]


def _figures(atlas: Atlas, needs: Needs, code: str) -> pd.DataFrame:
    return place_figures(atlas, needs, atlas.gazetteer.place(code))


@pytest.mark.parametrize("code", [ENGLAND, "E12000007", NORTH_EAST_LONDON, "E54000066", TOWER_HAMLETS, AMBER_VALLEY, BARNSLEY, "U11211"])
def test_each_figure_of_a_place_stands_once(atlas: Atlas, needs: Needs, code: str) -> None:
    figures = _figures(atlas, needs, code)
    assert len(figures) and not figures.duplicated(FIGURE).any()
    assert figures[["own", "area_said", "standing", "period", "comparison"]].notna().all(axis=None)
    assert figures.loc[figures["value"].isna(), "standing"].eq("not compared").all()


@pytest.mark.parametrize("code", [ENGLAND, BARNSLEY, AMBER_VALLEY, "U11211"])
def test_one_indicator_alone_has_the_figures_that_it_has_among_all(atlas: Atlas, needs: Needs, code: str) -> None:
    figures, place = _figures(atlas, needs, code), atlas.gazetteer.place(code)
    assert place_figures(atlas, needs, place, "none of them").empty
    for indicator_id in figures["indicator_id"].unique()[::6]:
        among = figures[figures["indicator_id"] == indicator_id].reset_index(drop=True)
        alone = place_figures(atlas, needs, place, indicator_id)
        pd.testing.assert_frame_equal(alone, among, check_dtype=False)


def test_a_place_with_a_new_code_has_the_figures_of_both(atlas: Atlas, needs: Needs) -> None:
    """Barnsley: ONS life expectancy is under the code of 2025, everything else under the older one."""
    figures = _figures(atlas, needs, BARNSLEY)
    values = pq.read_table(atlas.snapshot.path("indicator_values"), columns=["area_code", "indicator_id", "category"]).to_pylist()
    wanted = {row["indicator_id"] for row in values if row["area_code"] in (BARNSLEY, BARNSLEY_2025) and not row["category"]}
    assert wanted <= set(figures["indicator_id"]) and figures["own"].all()
    assert set(figures["area_code"]) == {BARNSLEY, BARNSLEY_2025}


def test_one_figure_under_both_codes_stands_once_and_is_the_newer(atlas: Atlas) -> None:
    rows = typed(
        pd.DataFrame(
            {
                "indicator_id": "219",
                "area_code": [BARNSLEY_2025] * 2,
                "level": "authority",
                "sex": "Persons",
                "age": "All ages",
                "period": ["2030/31", "2029/30"],
                "period_sortable": [20_300_000, 20_290_000],
                "value": [2.0, 1.0],
                "origin": "fingertips",
                "source_id": "layer",
            }
        )
    )
    figures = _figures(atlas, Needs(atlas.snapshot, [rows]), BARNSLEY)
    mine = figures[figures["indicator_id"] == "219"]
    assert mine[["area_code", "period", "value"]].to_numpy().tolist() == [[BARNSLEY_2025, "2030/31", 2.0]]


def test_a_district_borrows_from_its_county_and_says_so(atlas: Atlas, needs: Needs) -> None:
    figures = _figures(atlas, needs, AMBER_VALLEY)
    borrowed = figures[~figures["own"]]
    assert len(borrowed) and set(borrowed["area_code"]) == {DERBYSHIRE}
    assert set(borrowed["area_said"]) == {"Derbyshire (the county)"}
    assert not set(borrowed["indicator_id"]) & set(figures.loc[figures["own"], "indicator_id"]), "only what it has not itself"
    assert set(figures.loc[figures["own"], "area_code"]) == {AMBER_VALLEY}


def test_a_network_borrows_from_its_place_and_england_from_nobody(atlas: Atlas, needs: Needs) -> None:
    network = _figures(atlas, needs, "U11211")
    assert set(network.loc[~network["own"], "area_said"]) == {"Barking and Dagenham (the place)"}
    assert {"219", "253", "241"} <= set(network.loc[network["own"], "indicator_id"])
    england = _figures(atlas, needs, ENGLAND)
    assert england["own"].all() and set(england["area_code"]) == {ENGLAND}
    assert set(england["comparison"]) == set(england["standing"]) == {"not compared"} and england["earlier_comparison"].isna().all()


def test_a_figure_copied_down_says_for_how_many_and_whose(atlas: Atlas, needs: Needs) -> None:
    figures = _figures(atlas, needs, TOWER_HAMLETS).set_index("indicator_id")
    smoking = figures.loc["93085"]
    assert smoking["shared_areas"] == 7 and smoking["shared_system"] == "NHS North East London"
    assert pd.isna(figures.loc["219", "shared_areas"])
    values = pq.read_table(atlas.snapshot.path("indicator_values")).to_pylist()
    same = {
        row["area_code"]
        for row in values
        if (row["indicator_id"], row["period"], row["value"]) == ("93085", smoking["period"], smoking["value"]) and row["level"] == "authority"
    }
    north_east = {"E09000002", "E09000012", "E09000016", "E09000025", "E09000026", "E09000030", "E09000031"}
    assert north_east <= same, "the snapshot does hold it under seven codes"


def test_where_it_stands_among_its_kind_is_said_only_without_a_comparison(atlas: Atlas, needs: Needs) -> None:
    figures = _figures(atlas, needs, TOWER_HAMLETS)
    told = figures[figures["fifth"].notna()]
    assert len(told) and set(told["comparison"]) == {"not compared"} and set(told["fifth"]) <= set(FIFTHS)
    assert (told["fifth_of"] >= 20).all()
    record = told[told["note"].isna() & told["shared_areas"].isna() & told["earlier_comparison"].isna()].iloc[0]
    others = needs.of_indicator(record["indicator_id"], "authority")
    others = others[others["category"].isna() & (others["period"] == record["period"]) & others["value"].notna()]
    if record["who"]:
        others = others[others["sex"] == record["who"]]
    values = others.drop_duplicates("area_code")["value"].tolist()
    below, equal = sum(value < record["value"] for value in values), sum(value == record["value"] for value in values)
    assert len(values) == record["fifth_of"]
    assert FIFTHS.index(record["fifth"]) == min(4, int(5 * (below + equal / 2) / len(values)))


@pytest.mark.parametrize("code", [TOWER_HAMLETS, CITY_OF_LONDON, AMBER_VALLEY, "E12000007"])
@pytest.mark.parametrize("audience", ["adults", "children"])
def test_the_sentence_counts_what_the_board_shows(atlas: Atlas, needs: Needs, code: str, audience: str) -> None:
    shown = of_audience(_figures(atlas, needs, code), needs.catalogue, audience)
    marks = [comparison_mark(record).shape for record in shown.to_dict("records")]
    standing = ["none" if each == "not compared" else each for each in shown["standing"]]
    assert marks == standing


def test_an_area_without_any_figure_gives_no_rows_and_the_same_columns(atlas: Atlas, needs: Needs) -> None:
    nowhere = replace(atlas.gazetteer.place("E12000007"), code="E12999999", name="Nowhere")
    bare = place_figures(atlas, needs, nowhere)
    assert bare.empty
    assert set(_figures(atlas, needs, TOWER_HAMLETS)) <= set(bare)
