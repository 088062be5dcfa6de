"""The need of one small area beside its partners: its network's six conditions, and Local Health where this copy has it."""

from __future__ import annotations

import math

import pandas as pd
import pyarrow.parquet as pq
import pytest

from data_loaders.atlas import Atlas
from data_loaders.indicator_values import typed
from data_loaders.needs import ENGLAND, Needs
from presentation.gaps_needs import LOCAL_HEALTH, local_section, need_sections, network_section
from presentation.need_board import SHAPES
from presentation.need_words import COMPARISON_MARKS
from presentation.several_needs_view import SIX

LONDON_LSOA = "E01000090"


def _area(atlas: Atlas, lsoa21cd: str) -> pd.Series:
    return atlas.small_area(lsoa21cd)


def test_a_network_has_six_conditions_each_with_its_word_and_shape(atlas: Atlas, needs: Needs) -> None:
    section = network_section(needs, "U11211", "Barking and Dagenham West PCN")
    assert section.heading == "Need in Barking and Dagenham West PCN: recorded by its GP practices"
    assert [row.label for row in section.rows] == [needs.short_name(each) for each in SIX]
    for row in section.rows:
        assert row.mark in SHAPES and row.mark != "none"
        assert row.note is not None
        word, period = row.note.split(", ")
        assert (row.mark, word) in {(mark.shape, mark.text) for mark in COMPARISON_MARKS.values()}
        assert period in ("2021/22", "2022/23")


@pytest.mark.parametrize("indicator_id", ["253", "848"])
def test_a_networks_figures_counted_by_hand(atlas: Atlas, needs: Needs, indicator_id: str) -> None:
    """Value and England from the registers in the snapshot, and Wilson's interval from its formula."""
    rows = [
        row
        for row in pq.read_table(atlas.snapshot.path("qof_counts")).to_pylist()
        if row["indicator_id"] == indicator_id and row["tenth"] is None and row["area_code"] in ("U11211", ENGLAND)
    ]
    period = max(row["period"] for row in rows if row["area_code"] == "U11211")
    mine, england = (
        next(row for row in rows if row["area_code"] == code and row["period"] == period) for code in ("U11211", ENGLAND)
    )
    count, people = mine["count"], mine["denominator"]
    share, whole, z = count / people, 100 * england["count"] / england["denominator"], 1.959963984540054
    half = z * math.sqrt(share * (1 - share) / people + z * z / (4 * people * people)) / (1 + z * z / people)
    centre = (share + z * z / (2 * people)) / (1 + z * z / people)
    word = "Higher" if 100 * (centre - half) > whole else "Lower" if 100 * (centre + half) < whole else "Similar"
    section = network_section(needs, "U11211", "It")
    row = section.rows[SIX.index(indicator_id)]
    assert row.value == f"{100 * share:.1f}% · England {whole:.1f}%"
    assert row.note is not None and row.note.startswith(word) and row.note.endswith(period)


def test_a_network_without_figures_says_so(needs: Needs) -> None:
    section = network_section(needs, "U99999", "Nowhere PCN")
    assert not section.rows and section.empty == "No figures for this network are in this copy."


def test_a_live_figure_without_an_interval_is_not_compared_and_no_fault(atlas: Atlas) -> None:
    layer = typed(
        pd.DataFrame(
            {
                "indicator_id": ["219"],
                "area_code": ["U11211"],
                "level": ["pcn"],
                "sex": ["Persons"],
                "age": ["All ages"],
                "period": ["2030/31"],
                "period_sortable": [20_300_000],
                "value": [11.0],
                "origin": ["fingertips"],
                "source_id": ["layer"],
            }
        )
    )
    row = network_section(Needs(atlas.snapshot, [layer]), "U11211", "It").rows[0]
    assert row.value == "11.0% · England not published"
    assert (row.mark, row.note) == ("none", "Not compared, England's is not in this copy")


def test_london_has_local_health_and_says_that_it_has_no_interval(atlas: Atlas, needs: Needs) -> None:
    area = _area(atlas, LONDON_LSOA)
    section = local_section(needs, str(area["msoa21cd"]), str(area["msoa21hclnm"]))
    assert section is not None and "OHID Local Health" in section.heading and area["msoa21hclnm"] in section.heading
    published = {
        row["indicator_id"]: row
        for row in pq.read_table(atlas.snapshot.path("indicator_values")).to_pylist()
        if row["area_code"] == area["msoa21cd"] and row["value"] is not None
    }
    assert [row.label for row in section.rows] == [needs.short_name(each) for each in LOCAL_HEALTH if each in published]
    for row, indicator in zip(section.rows, [each for each in LOCAL_HEALTH if each in published], strict=True):
        mine = published[indicator]
        assert row.value.startswith(f"{mine['value']:.1f}") and row.note is not None and row.note.startswith(mine["period"])
        assert ("England 100" in row.value) == (needs.unit(indicator) == "per 100"), "a ratio's England is 100"
        assert ("without an interval" in row.note) == (mine["lower_95"] is None or math.isnan(mine["lower_95"]))


def test_elsewhere_there_is_the_network_alone(atlas: Atlas, needs: Needs) -> None:
    assert len(need_sections(atlas, needs, _area(atlas, LONDON_LSOA))) == 2
    outside = atlas.areas[~atlas.areas["lad24cd"].str.startswith("E09")].iloc[0]
    (only,) = need_sections(atlas, needs, _area(atlas, outside["lsoa21cd"]))
    assert outside["leading_pcn_name"] in only.heading and len(only.rows) == 6
    assert local_section(needs, "E02999999", "Nowhere") is None
