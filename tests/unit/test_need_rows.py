"""From figures to the rows of the board: marks in words, remarks, the order of the catalogue, and what is not there said as such."""

from __future__ import annotations

import pytest

from data_loaders.atlas import Atlas
from data_loaders.needs import Needs
from presentation.need_board import need_board_payload
from presentation.need_rows import (
    NOT_IN_THIS_COPY,
    board_areas,
    board_row,
    clinical_areas,
    comparison_mark,
    indicator_of,
    remarks,
    row_id,
    trend_mark,
)
from presentation.need_words import copies
from presentation.place_figures import place_figures

NAN = float("nan")
TOWER_HAMLETS = "E09000030"


def _record(**changes: object) -> dict[str, object]:
    usual = {
        "indicator_id": "219",
        "who": "",
        "age": "All ages",
        "level": "authority",
        "period": "2022/23",
        "value": 9.71,
        "lower_95": 9.5,
        "upper_95": 9.9,
        "england": 14.43,
        "comparison": "lower",
        "trend": "increasing",
        "note": None,
        "own": True,
        "area_said": "Tower Hamlets (the place)",
        "shared_areas": NAN,
        "shared_system": None,
        "fifth": None,
        "fifth_of": NAN,
        "earlier_period": None,
        "earlier_comparison": None,
        "source_id": "s",
    }
    return usual | changes


def test_a_rows_id_holds_its_indicator() -> None:
    assert indicator_of(row_id("ons-life", "Male", "All ages")) == "ons-life"
    assert len({row_id("1", "Male", ""), row_id("1", "", "Male"), row_id("1", "", "")}) == 3


@pytest.mark.parametrize(
    ("changes", "shape", "text", "beneath"),
    [
        ({}, "lower", "Lower than England", None),
        ({"comparison": "worse"}, "worse", "Worse than England", None),
        (
            {"comparison": "not compared", "earlier_comparison": "better", "earlier_period": "2020", "fifth": "lowest fifth"},
            "better",
            "Better than England",
            "in 2020, the newest to compare",
        ),
        (
            {"comparison": "not compared", "england": NAN, "fifth": "lowest fifth", "fifth_of": 33.0},
            "none",
            "Lowest fifth",
            "of 33 places in this copy; England's is not",
        ),
        (
            {"comparison": "not compared", "fifth": "highest fifth", "fifth_of": 42.0, "level": "icb"},
            "none",
            "Highest fifth",
            "of 42 systems in this copy; published without an interval",
        ),
        (
            {"comparison": "not compared", "england": NAN, "fifth": "lowest fifth", "shared_areas": 7.0},
            "none",
            "Not compared",
            "England's is not in this copy",
        ),
        ({"comparison": "not compared", "lower_95": NAN}, "none", "Not compared", "published without an interval"),
        ({"comparison": "not compared", "value": NAN, "earlier_comparison": "better", "earlier_period": "2020"}, "none", "Not compared", None),
    ],
)
def test_a_comparison_in_a_word_and_a_shape(changes: dict[str, object], shape: str, text: str, beneath: str | None) -> None:
    mark = comparison_mark(_record(**changes))
    assert (mark.shape, mark.text, mark.beneath) == (shape, text, beneath)


def test_england_is_not_compared_with_itself() -> None:
    assert comparison_mark(_record(comparison="worse"), england=True).text == "This is England"
    assert board_row(_record(), "High blood pressure", "%", "OHID", True).england is None


def test_a_network_without_fifths_or_shared_figures_can_be_said() -> None:
    """Rows straight from `analysis.board.compared` know neither; the panel of the Gaps page uses them."""
    bare = {name: value for name, value in _record(comparison="not compared").items() if not name.startswith(("fifth", "shared"))}
    assert comparison_mark(bare).text == "Not compared"


def test_a_trend_in_a_word_and_a_shape() -> None:
    up, few = trend_mark(_record()), trend_mark(_record(trend="cannot be calculated"))
    assert up is not None and (up.shape, up.text) == ("up", "Increasing")
    assert few is not None and (few.shape, few.text) == ("none", "Too few years")
    assert trend_mark(_record(value=NAN)) is None


def test_remarks_say_whose_a_figure_is_what_it_shares_and_the_publishers_note() -> None:
    assert remarks(_record()) == []
    said = remarks(_record(own=False, shared_areas=7.0, shared_system="NHS North East London", note="Value estimated "))
    assert said == [
        "For Tower Hamlets (the place).",
        "One figure for seven authorities: published for the system (NHS North East London) and copied to each.",
        "Value estimated.",
    ]


def test_a_row_is_finished_text() -> None:
    row = board_row(_record(who="Female", age="25-49 yrs"), "High blood pressure", "%", "OHID Fingertips, copy of 2026", False)
    assert (row.here, row.interval, row.england) == ("9.7%", "9.5 to 9.9", "14.4%")
    assert (row.who, row.period, row.origin) == ("Females, aged 25 to 49", "2022/23", "OHID Fingertips, copy of 2026")
    long = board_row(_record(), "Admissions", "per 100,000", "OHID", False)
    assert (long.here, long.interval, long.england) == ("9.7", "9.5 to 9.9 per 100,000", "14.4"), "a long unit once, beneath"
    years = board_row(_record(), "Life expectancy", "Years", "ONS", False)
    assert years.here == "9.7 years"


def test_a_suppressed_figure_is_a_row_that_says_so_and_never_a_zero() -> None:
    row = board_row(_record(value=NAN, lower_95=NAN, upper_95=NAN, comparison="not compared", note="Suppressed"), "COPD", "%", "OHID", False)
    assert (row.here, row.interval) == ("not published", None)
    assert row.trend is None and row.remarks == ["Suppressed."]
    assert "0" not in row.here


def test_the_two_lists_of_five_and_what_stands_beside_the_adults(needs: Needs) -> None:
    adults, children = clinical_areas(needs.catalogue, "adults"), clinical_areas(needs.catalogue, "children")
    assert sum(area.audience == "adults" for area in adults) == 5 and len(children) == 5
    assert {area.audience for area in children} == {"children"}
    assert {area.audience for area in adults[5:]} == {"all"} and len(adults) > 5


@pytest.mark.parametrize("audience", ["adults", "children"])
def test_the_board_has_every_measure_of_the_catalogue_as_a_row_or_as_absent(atlas: Atlas, needs: Needs, audience: str) -> None:
    figures = place_figures(atlas, needs, atlas.gazetteer.place(TOWER_HAMLETS))
    areas = board_areas(figures, needs.catalogue, audience, needs.indicators, copies(needs.copies, {}))
    there = set(figures["indicator_id"])
    for made, area in zip(areas, clinical_areas(needs.catalogue, audience), strict=True):
        assert (made.name, made.asks) == (area.name, area.asks)
        shown = list(dict.fromkeys(indicator_of(row.id) for row in made.rows))
        assert shown == [entry.indicator_id for entry in area.indicators if entry.indicator_id in there], "in the catalogue's order"
        absent = [entry.name for entry in area.indicators if entry.indicator_id not in there]
        said = [f"{NOT_IN_THIS_COPY}: {'; '.join(absent)}."] if absent else []
        assert list(made.gaps) == [*said, *area.gaps], "what nobody publishes is said"
        assert all(row.origin and row.period for row in made.rows)
    need_board_payload(areas, caption="Board", empty="Nothing")


def test_one_clinical_area_alone(atlas: Atlas, needs: Needs) -> None:
    figures = place_figures(atlas, needs, atlas.gazetteer.place(TOWER_HAMLETS))
    third = clinical_areas(needs.catalogue, "adults")[2]
    (only,) = board_areas(figures, needs.catalogue, "adults", needs.indicators, {}, third.id)
    assert only.name == third.name
    every = board_areas(figures, needs.catalogue, "adults", needs.indicators, {})
    assert [row.id for row in only.rows] == [row.id for row in every[2].rows]


def test_a_place_without_figures_has_a_board_of_absences(needs: Needs, atlas: Atlas) -> None:
    nothing = place_figures(atlas, needs, atlas.gazetteer.place(TOWER_HAMLETS)).iloc[:0]
    areas = board_areas(nothing, needs.catalogue, "adults", needs.indicators, {})
    assert not [row for area in areas for row in area.rows] and all(area.gaps for area in areas)
