"""Several needs together: what is offered and asked for, how the list and the map say it, what is taken away."""

from __future__ import annotations

import pandas as pd
import pytest

from analysis.several_needs import networks_with_several
from data_loaders.atlas import Atlas
from data_loaders.needs import ENGLAND, Needs
from presentation import several_needs_view
from presentation.need_tables import networks
from presentation.several_needs_view import SIX
from presentation.view import View


@pytest.fixture(scope="module")
def found(atlas: Atlas, needs: Needs) -> pd.DataFrame:
    here = networks(atlas, atlas.gazetteer.place("E54000029"))
    return networks_with_several(needs.board("pcn"), SIX, 2, here)


def test_every_measure_that_networks_have_is_offered_the_catalogues_first(needs: Needs) -> None:
    offered = several_needs_view.offered(needs)
    assert set(offered) == set(needs.board("pcn")["indicator_id"].astype(str)) and set(SIX) <= set(offered)
    known = [each in set(needs.catalogue.ids()) for each in offered]
    assert known == sorted(known, reverse=True)
    rest = [name for name, mine in zip(offered.values(), known, strict=True) if not mine]
    assert rest == sorted(rest)


def test_what_is_asked_for_is_the_links_else_the_six(needs: Needs) -> None:
    offered = several_needs_view.offered(needs)
    assert several_needs_view.asked(View(), offered) == list(SIX)
    assert several_needs_view.asked(View(needs=("253", "219")), offered) == ["253", "219"], "in the order of the link"
    assert several_needs_view.asked(View(needs=("253", "94121")), offered) == ["253"]
    assert several_needs_view.asked(View(needs=("94121",)), offered) == list(SIX)
    assert several_needs_view.asked(View(), {"219": "High blood pressure"}) == ["219"]


def test_what_counts_names_the_measures_without_a_better_direction(needs: Needs) -> None:
    said = several_needs_view.explained(needs, list(SIX))
    sideways = [each for each in SIX if needs.is_sideways(each)]
    assert sideways and all(needs.short_name(each) in said for each in sideways)
    one_way = [each for each in several_needs_view.offered(needs) if not needs.is_sideways(each)]
    assert "neither direction" not in several_needs_view.explained(needs, one_way[:2])


def test_the_list_counts_again_by_hand(atlas: Atlas, needs: Needs, found: pd.DataFrame) -> None:
    """Worse or higher on two of the six, by plain loops over the board."""
    board = needs.board("pcn")[["area_code", "indicator_id", "comparison"]].astype(str).to_dict("records")
    inside = {child.code for child in atlas.gazetteer.children(atlas.gazetteer.place("E54000029"), "pcn")}
    counts: dict[str, int] = {}
    for row in board:
        if row["area_code"] in inside and row["indicator_id"] in SIX and row["comparison"] in ("worse", "higher"):
            counts[row["area_code"]] = counts.get(row["area_code"], 0) + 1
    assert dict(zip(found["code"], found["needs"], strict=True)) == {code: count for code, count in counts.items() if count >= 2}
    assert found["core20_people"].is_monotonic_decreasing and len(found) > 10


def test_a_row_names_its_measures_and_goes_on_counting_on_the_next_page(needs: Needs, found: pd.DataFrame) -> None:
    first, *_ = several_needs_view.rows(found.head(3), needs, 1, 6)
    assert (first.rank, first.id, first.name) == (1, found["code"].iloc[0], found["name"].iloc[0])
    assert first.values["needs"] == f"{found['needs'].iloc[0]} of 6" and first.people == round(found["core20_people"].iloc[0])
    names = [needs.short_name(each) for each in found["which"].iloc[0]]
    assert all(name in (first.detail or "") for name in names) and (first.detail or "").count(" and ") >= 1
    later = several_needs_view.rows(found.head(1), needs, 3, 6)
    assert later[0].rank == 2 * several_needs_view.PAGE_ROWS + 1
    assert several_needs_view.rows(found.iloc[:0], needs, 1, 6) == []


def test_the_map_colours_each_network_once_more_measures_darker(atlas: Atlas, needs: Needs) -> None:
    place = atlas.gazetteer.place("E54000029")
    here = networks(atlas, place)
    found = networks_with_several(needs.board("pcn"), SIX, 1, here)
    drawn = several_needs_view.map_of(atlas, place, found, here)
    coloured = [code for each in drawn.fills.classes for code in each.codes]
    assert sorted(coloured) == sorted(found["code"]) and set(drawn.fills.only or ()) == set(here["code"])
    shades = [several_needs_view.SCALE.index(each.colour) for each in drawn.fills.classes]
    assert shades == sorted(shades) and len(set(shades)) > 1
    assert f"{len(found)} neighbourhoods with several needs together" in drawn.alt and "The list has the same" in drawn.alt
    everywhere = several_needs_view.map_of(atlas, atlas.gazetteer.place(ENGLAND), found, here)
    assert everywhere.fills.only is None
    empty = several_needs_view.map_of(atlas, place, found.iloc[:0], here)
    assert not empty.fills.classes and "0 neighbourhoods" in empty.alt


def test_the_sources_are_those_of_the_measures(needs: Needs) -> None:
    assert several_needs_view.sources(needs, ["848"]) == {"qof_2021_22"}
    assert several_needs_view.sources(needs, ["219", "848"]) == {"qof_2021_22", "qof_2022_23_cvd"}
