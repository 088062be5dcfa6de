"""The pages as Streamlit runs them: they open, links that ask for the impossible are mended, and faults are said plainly.

Components draw themselves in the browser (tests/browser); here is what stands around them.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from data_loaders.atlas import Atlas
from data_loaders.errors import SnapshotError
from presentation import atlas_cache
from presentation.view import to_query
from tests.app.links import by_link

DASHBOARD = Path(__file__).parents[2] / "dashboard.py"


def open_link(**query: str) -> AppTest:
    return by_link(AppTest.from_file(str(DASHBOARD), default_timeout=60), **query)


def _title(app: AppTest) -> str:
    assert not app.exception, app.exception
    return str(app.title[0].value)


def _warnings(app: AppTest) -> list[str]:
    return [str(warning.value) for warning in app.warning]


def _link(app: AppTest) -> dict[str, str]:
    return {name: value[0] if isinstance(value, list) else value for name, value in app.query_params.items()}


def _shared(app: AppTest) -> dict[str, str]:
    """The link that the view would be given: after a widget changes, AppTest runs the page alone, without what writes the link."""
    return to_query(app.session_state["view"])


def test_england_opens_with_people_first() -> None:
    app = open_link()
    people, partners = _title(app).split(". ")
    assert people == "11,499,917 people in England live in Core20 neighbourhoods"
    assert partners == "No confirmed partner has been recorded within a ten-minute walk of any of them."
    assert _warnings(app) == []
    assert any("No partner has been recorded" in str(text.value) for text in app.markdown)
    assert _link(app) == {}


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("E09000002", "in Barking and Dagenham live in Core20"),
        ("E54000029", "in NHS North East London live in Core20"),
        ("E12000007", "in London live in Core20"),
        ("U11211", "in Barking and Dagenham West PCN"),
        ("E06000017", "No neighbourhood in Rutland is among"),
    ],
)
def test_a_place_opens(place: str, said: str) -> None:
    app = open_link(place=place)
    assert said in _title(app)
    assert _warnings(app) == []
    assert _link(app) == {"place": place}


def test_the_headline_has_the_places_people(atlas: Atlas) -> None:
    people = atlas.areas.loc[(atlas.areas["lad24cd"] == "E09000002") & atlas.areas["core20"], "pop_mid2022"].sum()
    assert _title(open_link(place="E09000002")).startswith(f"{people:,} people in Barking and Dagenham")


def test_a_chosen_small_area_has_its_panel() -> None:
    app = open_link(place="E09000002", lsoa="E01000090")
    _title(app)
    assert [header.value for header in app.header]
    assert _link(app) == {"place": "E09000002", "lsoa": "E01000090"}


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"place": "E09000002", "reach": "-5"}, "outside 100 to 5000, so 100 is shown"),
        ({"place": "E09000002", "reach": "abc"}, "is not a number, so the usual 800 is shown"),
        ({"place": "Narnia"}, "is not in this atlas, so England is shown"),
        ({"lsoa": "E01999999"}, "is not an LSOA of 2021"),
        ({"places": "pubs"}, "kinds of place that are not in this atlas"),
        ({"count": "x"}, "way of counting"),
    ],
)
def test_a_link_that_asks_for_the_impossible_gives_a_page_and_a_note(query: dict[str, str], said: str) -> None:
    app = open_link(**query)
    assert "live in Core20 neighbourhoods" in _title(app)
    assert len(_warnings(app)) == 1
    assert said in _warnings(app)[0]


def test_a_postcode_in_a_link_leads_to_its_small_area() -> None:
    app = open_link(postcode="RM9 6QD")
    assert "Barking and Dagenham" in _title(app)
    assert _link(app) == {"place": "E09000002", "lsoa": "E01000090", "postcode": "RM96QD"}


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("hello", "That is not a postcode"),
        ("EH1 1YZ", "EH1 1YZ is in Scotland"),
        ("RM9 6QX", "it has probably ended"),
        ("ZZ1 1AA", "No live English postcode begins ZZ1 1"),
    ],
)
def test_each_postcode_that_is_not_found_has_its_sentence_and_the_view_stays(typed: str, said: str) -> None:
    app = open_link(place="E09000030")
    app.text_input(key="bar_postcode").set_value(typed).run()
    assert "Tower Hamlets" in _title(app)
    assert len(_warnings(app)) == 1
    assert said in _warnings(app)[0]


def test_typing_a_postcode_goes_there() -> None:
    app = open_link()
    app.text_input(key="bar_postcode").set_value("ig11 7nb").run()
    assert "Barking and Dagenham" in _title(app)
    assert _shared(app)["lsoa"] == "E01034474"


def test_choosing_in_the_place_bar_goes_there_and_back() -> None:
    app = open_link()
    app.selectbox(key="bar_system").set_value("E54000029").run()
    assert "NHS North East London" in _title(app)
    app.selectbox(key="bar_place").set_value("E09000002").run()
    assert "Barking and Dagenham" in _title(app)
    app.selectbox(key="bar_neighbourhood").set_value("U11211").run()
    assert "Barking and Dagenham West PCN" in _title(app)
    app.selectbox(key="bar_system").set_value("").run()
    assert "in England" in _title(app)


def test_settings_change_the_view_and_its_link() -> None:
    app = open_link(place="E09000002")
    app.number_input(key="control_walk").set_value(1_600).run()
    assert "twenty-minute walk" in _title(app)
    assert _shared(app) == {"place": "E09000002", "reach": "1600"}
    app.selectbox(key="control_count").set_value("shares").run()
    assert _shared(app) == {"place": "E09000002", "reach": "1600", "count": "shares"}
    app.multiselect(key="control_categories").set_value([]).run()
    assert not app.exception
    assert _shared(app)["places"] == "nothing"


@pytest.mark.parametrize("by", ["system", "place", "neighbourhood", "small-area"])
@pytest.mark.parametrize("icb", ["icb24", "icb26"])
def test_every_list_of_england_opens(by: str, icb: str) -> None:
    app = open_link(by=by, icb=icb, page="2")
    assert "in England" in _title(app)


def test_a_partners_file_named_at_the_start_is_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "ours.csv"
    file.write_text(
        "name,stage,postcode,last_confirmed\nExample Hub,formal or funded,RM9 6QD,2020-01-01\nNowhere,talking,EH1 1YZ,\n", encoding="utf-8"
    )
    monkeypatch.setenv("COMMON_GROUND_PARTNERS", str(file))
    app = open_link(place="E09000002")
    _title(app)
    assert any("1 rows could not be used" in warning or "1 row could not be used" in warning for warning in _warnings(app))
    assert any("1 from ours.csv" in str(text.value) for text in app.markdown)


def test_a_partners_file_that_cannot_be_used_is_said_and_the_page_stays(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("COMMON_GROUND_PARTNERS", str(tmp_path / "nowhere.csv"))
    app = open_link(place="E09000002")
    assert "Barking and Dagenham" in _title(app)
    assert any("nowhere.csv cannot be read" in str(error.value) for error in app.error)


def test_sources_and_methods_opens() -> None:
    app = open_link()
    app.switch_page("pages/sources_and_methods.py").run()
    assert _title(app) == "Sources and methods"
    assert {"Sources", "Methods", "Glossary"} <= {str(header.value) for header in app.header}


def test_a_missing_snapshot_is_said_plainly(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> Atlas:
        raise SnapshotError("pcns.parquet", "the file is missing")

    monkeypatch.setattr(atlas_cache, "open_atlas", broken)
    app = open_link()
    assert "cannot be opened" in _title(app)
    said = str(app.error[0].value)
    assert "pcns.parquet: the file is missing" in said
    assert "make snapshot" in said
    assert "Traceback" not in said
