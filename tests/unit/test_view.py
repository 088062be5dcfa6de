"""Links: a view is written short, read back the same, and anything impossible gives the nearest valid view and a note."""

from __future__ import annotations

import pytest

from analysis.vocabularies import PLACE_KINDS
from data_loaders.atlas import Atlas
from presentation.view import View, from_query, to_query


def _read(atlas: Atlas, **query: str) -> tuple[View, list[str]]:
    return from_query(query, atlas.gazetteer)


def test_the_usual_view_has_an_empty_link(atlas: Atlas) -> None:
    assert to_query(View()) == {}
    assert _read(atlas) == (View(), [])


def test_a_link_says_only_what_differs() -> None:
    view = View(place="E09000002", lsoa="E01000090", walk_m=1_200, categories=("library",), count="shares", by="neighbourhood", page=3)
    assert to_query(view) == {
        "place": "E09000002",
        "lsoa": "E01000090",
        "reach": "1200",
        "places": "library",
        "count": "shares",
        "by": "neighbourhood",
        "page": "3",
    }


@pytest.mark.parametrize(
    "view",
    [
        View(place="E12000007", by="small-area"),
        View(place="U11211", within="E09000002"),
        View(categories=()),
        View(categories=("place of worship", "library")),
        View(place="E54000029", icb="icb24", detour=1.05),
        View(place="E09000002", postcode="RM96QD", lsoa="E01000090"),
        View(walk_m=100),
        View(walk_m=5_000, detour=3.0),
        View(place="E09000030", audience="children", indicator="90810"),
        View(place="E54000029", needs=("219", "ons-cigarette-smokers"), at_least=1),
    ],
)
def test_a_link_opens_the_same_view(atlas: Atlas, view: View) -> None:
    assert from_query(to_query(view), atlas.gazetteer) == (view, [])


@pytest.mark.parametrize(
    ("query", "field", "value"),
    [
        ({"reach": "-5"}, "walk_m", 100),
        ({"reach": "abc"}, "walk_m", 800),
        ({"reach": "nan"}, "walk_m", 800),
        ({"reach": "1e999"}, "walk_m", 800),
        ({"reach": "99999"}, "walk_m", 5_000),
        ({"reach": ""}, "walk_m", 800),
        ({"detour": "0"}, "detour", 1.0),
        ({"detour": "9"}, "detour", 3.0),
        ({"detour": "x"}, "detour", 1.3),
        ({"place": "Narnia"}, "place", "E92000001"),
        ({"place": "E99999999"}, "place", "E92000001"),
        ({"place": "U19803"}, "place", "E92000001"),
        ({"lsoa": "E01999999"}, "lsoa", None),
        ({"lsoa": "E09000002"}, "lsoa", None),
        ({"count": "both"}, "count", "best-fit"),
        ({"icb": "icb99"}, "icb", "icb26"),
        ({"by": "street"}, "by", None),
        ({"page": "0"}, "page", 1),
        ({"page": "two"}, "page", 1),
        ({"places": "pubs"}, "categories", PLACE_KINDS),
        ({"places": "library,pubs"}, "categories", ("library",)),
    ],
)
def test_what_is_impossible_gives_the_nearest_valid_view_and_one_note(atlas: Atlas, query: dict[str, str], field: str, value: object) -> None:
    view, notes = from_query(query, atlas.gazetteer)
    assert getattr(view, field) == value
    assert len(notes) == 1
    assert view == from_query(to_query(view), atlas.gazetteer)[0]


def test_several_faults_get_a_note_each_and_the_rest_is_kept(atlas: Atlas) -> None:
    view, notes = _read(atlas, place="E09000002", reach="-5", detour="wide", page="3")
    assert (view.place, view.walk_m, view.detour, view.page) == ("E09000002", 100, 1.3, 3)
    assert len(notes) == 2


def test_an_unknown_place_gets_the_nearest_names(atlas: Atlas) -> None:
    _, notes = _read(atlas, place="Barkin and Dagenham")
    assert "Barking and Dagenham (E09000002)" in notes[0]


def test_a_name_or_an_nhs_code_in_a_link_is_read(atlas: Atlas) -> None:
    assert _read(atlas, place="Tower Hamlets")[0].place == "E09000030"
    assert _read(atlas, place="QMF") == (View(place="E54000029"), [])


def test_a_small_area_as_the_place_is_shown_within_its_authority(atlas: Atlas) -> None:
    assert _read(atlas, place="E01000090") == (View(place="E09000002", lsoa="E01000090"), [])


def test_a_bar_that_shows_another_authority_than_the_network_reaches_is_dropped(atlas: Atlas) -> None:
    assert _read(atlas, place="U11211", within="E08000003")[0].within is None
    assert _read(atlas, place="E09000002", within="E09000002")[0].within is None


def test_a_note_repeats_little_of_what_the_link_said(atlas: Atlas) -> None:
    _, notes = _read(atlas, place="<script>" * 500, reach="9" * 5_000 + "x", lsoa="z" * 900, places="y" * 5_000)
    assert len(notes) == 4
    assert all(len(note) < 400 for note in notes)


@pytest.mark.parametrize("asked", ["219;drop", "<script>", "A" * 41, ",".join(str(number) for number in range(13))])
def test_indicators_that_cannot_be_ones_are_left_out_and_said(atlas: Atlas, asked: str) -> None:
    view, notes = _read(atlas, needs=asked)
    assert len(view.needs) <= 12
    assert all(word.isdigit() for word in view.needs)
    assert len(notes) == 1
    assert "left out" in notes[0]
