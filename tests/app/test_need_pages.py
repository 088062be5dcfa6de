"""The pages of need as Streamlit runs them: each kind of place opens, links that ask for the impossible are mended and say so.

Boards, lists and maps draw themselves in the browser (tests/browser/test_need_pages.py); here is what stands around them.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from data_loaders.atlas import Atlas
from presentation.view import from_query, to_query

DASHBOARD = Path(__file__).parents[2] / "dashboard.py"
INEQUALITIES, SEVERAL = "pages/inequalities.py", "pages/several_needs.py"
TOWER_HAMLETS, BARNSLEY, AMBER_VALLEY = "E09000030", "E08000016", "E07000032"


@pytest.fixture(autouse=True)
def _nothing_pulled(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What somebody has pulled on this machine is not what is tested."""
    monkeypatch.setenv("COMMON_GROUND_DATA", str(tmp_path))


def open_page(atlas: Atlas, page: str, **query: str) -> AppTest:
    """One page with the view of a link, without the dashboard around it."""
    app = AppTest.from_file(str(DASHBOARD), default_timeout=60)
    app.session_state["view"], notes = from_query(query, atlas.gazetteer)
    assert notes == []
    app.switch_page(page)
    return app.run()


def _title(app: AppTest) -> str:
    assert not app.exception, app.exception
    return str(app.title[0].value)


def _text(app: AppTest) -> str:
    said = [*app.markdown, *app.info, *app.caption, *app.header]
    return "\n".join(str(each.value) for each in said)


def _view(app: AppTest) -> dict[str, str]:
    return to_query(app.session_state["view"])


# Inequalities


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({}, "figures for adults in England."),
        ({"place": "E12000007"}, "figures for adults in London, "),
        ({"place": "E54000029"}, "figures for adults in NHS North East London, "),
        ({"place": "E54000066"}, "figures for adults in NHS Essex, "),
        ({"place": TOWER_HAMLETS}, "figures for adults in Tower Hamlets, "),
        ({"place": TOWER_HAMLETS, "for": "children"}, "for children and young people in Tower Hamlets"),
        ({"place": AMBER_VALLEY}, "figures for adults in Amber Valley, "),
        ({"place": BARNSLEY}, "figures for adults in Barnsley, "),
        ({"place": "E08000019"}, "figures for adults in Sheffield, "),
        ({"place": "U11211"}, "figures for adults in Barking and Dagenham West PCN, "),
        ({"place": TOWER_HAMLETS, "area": "smi"}, "figures for adults in Tower Hamlets, "),
    ],
    ids=lambda value: "-".join(value.values()) or "England" if isinstance(value, dict) else "",
)
def test_the_board_opens_for_every_kind_of_place(atlas: Atlas, query: dict[str, str], said: str) -> None:
    app = open_page(atlas, INEQUALITIES, **query)
    assert said in _title(app)
    assert not app.warning and not app.error
    assert _view(app) == query
    foot = str(app.caption[-1].value)
    assert foot.startswith("Figures: ") and "Quality and Outcomes Framework" in foot and "none in this copy" not in foot


def test_the_sentence_beneath_says_what_recorded_illness_means(atlas: Atlas) -> None:
    assert "illness that is found sooner" in _text(open_page(atlas, INEQUALITIES, place=TOWER_HAMLETS))
    assert "nothing to compare them with" in _text(open_page(atlas, INEQUALITIES))


def test_adults_or_children_and_one_clinical_area_are_chosen_on_the_page(atlas: Atlas) -> None:
    app = open_page(atlas, INEQUALITIES, place=TOWER_HAMLETS)
    app.selectbox(key="control_area").set_value("smi").run()
    assert _view(app) == {"place": TOWER_HAMLETS, "area": "smi"}
    app.get("button_group")[0].set_value("children").run()
    assert "children and young people in Tower Hamlets" in _title(app)
    assert _view(app) == {"place": TOWER_HAMLETS, "for": "children"}, "an area of the other list is left"


def test_any_other_measure_is_opened_by_name(atlas: Atlas) -> None:
    app = open_page(atlas, INEQUALITIES, place=TOWER_HAMLETS)
    box = app.selectbox(key="control_other")
    assert "other measures have a figure here" in box.label
    box.select_index(0).run()
    assert _view(app)["indicator"] and " in Tower Hamlets, " in _title(app)


@pytest.mark.parametrize(
    ("query", "title", "said"),
    [
        ({"place": TOWER_HAMLETS, "indicator": "219"}, "recorded by a GP in Tower Hamlets, ", "networks of NHS North East London"),
        ({"place": "U11211", "indicator": "253"}, "in Barking and Dagenham West PCN, 2021/22: ", "Beside Barking and Dagenham West PCN"),
        ({"indicator": "219"}, "High blood pressure recorded by a GP in England, ", "Across England the figure is "),
        ({"place": BARNSLEY, "indicator": "219"}, "High blood pressure recorded by a GP in Barnsley, ", "Change over time"),
        ({"place": BARNSLEY, "indicator": "ons-healthy-life-expectancy"}, "2022 - 24: females 55.3 years, worse than England; ", "Barnsley"),
        ({"place": "E54000029", "indicator": "93085"}, "no figure for NHS North East London in this copy", "Published for places (local"),
    ],
    ids=["a place", "a network", "England", "a place of two codes", "two sexes", "not at this level"],
)
def test_an_opened_figure(atlas: Atlas, query: dict[str, str], title: str, said: str) -> None:
    app = open_page(atlas, INEQUALITIES, **query)
    assert title in _title(app)
    assert not app.warning and not app.error
    assert said in _text(app)
    assert {"Change over time", "By deprivation", "Networks by their share of Core20 residents"} <= {str(each.value) for each in app.header}
    app.button[[each.label for each in app.button].index("Back to the board")].click().run()
    assert "figures for adults" in _title(app) and "indicator" not in _view(app)


def test_each_chart_has_words_for_those_who_cannot_see_it_and_its_table(atlas: Atlas) -> None:
    app = open_page(atlas, INEQUALITIES, place=TOWER_HAMLETS, indicator="219")
    charts = app.get("plotly_chart")
    tables = [each for each in app.expander if each.label == "The same figures as a table"]
    assert len(charts) == len(tables) == 4
    assert len(app.get("table")) >= 4


def test_a_measure_that_nobody_has_published_here_names_the_geographies(atlas: Atlas) -> None:
    """In the catalogue, but in no recording: continuity of the link, a sentence on where it is, no empty chart."""
    app = open_page(atlas, INEQUALITIES, place=TOWER_HAMLETS, indicator="94121")
    assert _title(app) == "Maternity care started early: no figure for Tower Hamlets in this copy"
    said = str(app.info[0].value)
    assert "no value of it anywhere" in said and "counties" in said and "systems" in said
    assert not app.get("plotly_chart")
    assert "This copy holds no figure for here, so there is no change to show." in [str(each.value) for each in app.markdown]


def test_an_indicator_that_does_not_exist_gives_the_board_one_warning_and_a_mended_link(atlas: Atlas) -> None:
    app = open_page(atlas, INEQUALITIES, place=TOWER_HAMLETS, indicator="999999")
    assert "figures for adults in Tower Hamlets" in _title(app)
    (warning,) = app.warning
    assert "'999999'" in str(warning.value) and "is not in this atlas, so the board is shown" in str(warning.value)
    assert _view(app) == {"place": TOWER_HAMLETS}
    assert "none in this copy" not in str(app.caption[-1].value), "the foot is the board's"


def test_a_clinical_area_that_does_not_exist_is_all_of_them(atlas: Atlas) -> None:
    app = open_page(atlas, INEQUALITIES, place=TOWER_HAMLETS, area="astrology")
    assert "figures for adults in Tower Hamlets" in _title(app)
    assert app.selectbox(key="control_area").value == ""


# Several needs together


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({}, " of 1,297 neighbourhoods in England are worse than England, or higher, on at least two of the six measures chosen."),
        ({"place": "E54000029"}, "neighbourhoods in NHS North East London are"),
        ({"place": BARNSLEY}, "in Barnsley"),
        ({"place": "U11211"}, "Barking and Dagenham West PCN"),
        ({"place": BARNSLEY, "needs": "253", "atleast": "1"}, "on the measure chosen."),
        ({"place": BARNSLEY, "needs": "253,219", "atleast": "2"}, "on all of the two measures chosen."),
        ({"place": BARNSLEY, "needs": "253", "atleast": "12"}, "on the measure chosen."),
    ],
)
def test_several_needs_open_for_every_kind_of_place(atlas: Atlas, query: dict[str, str], said: str) -> None:
    app = open_page(atlas, SEVERAL, **query)
    assert said in _title(app).replace("1297", "1,297")
    assert not app.warning and not app.error
    assert str(app.caption[-1].value).startswith("Figures: ")


def test_measures_of_a_link_that_networks_do_not_have_are_named_and_left_out(atlas: Atlas) -> None:
    app = open_page(atlas, SEVERAL, place=BARNSLEY, needs="253,94121,nonsense")
    (warning,) = app.warning
    assert "94121 and nonsense" in str(warning.value) and "no figures for neighbourhoods" in str(warning.value)
    assert "on the measure chosen" in _title(app)
    only = open_page(atlas, SEVERAL, place=BARNSLEY, needs="94121")
    assert "of the six measures chosen" in _title(only) and len(only.warning) == 1


def test_measures_and_how_many_are_chosen_on_the_page(atlas: Atlas) -> None:
    app = open_page(atlas, SEVERAL, place=BARNSLEY)
    app.multiselect(key="control_needs").set_value(["253", "241", "219"]).run()
    assert "at least two of the three measures chosen" in _title(app)
    app.number_input(key="control_at_least").set_value(3).run()
    assert "on all of the three measures chosen" in _title(app)
    assert _view(app) == {"place": BARNSLEY, "needs": "253,241,219", "atleast": "3"}


# From page to page


def test_the_place_goes_along_from_page_to_page() -> None:
    app = AppTest.from_file(str(DASHBOARD), default_timeout=60)
    app.query_params["place"] = TOWER_HAMLETS
    app.run()
    assert "in Tower Hamlets live in Core20" in _title(app)
    app.switch_page(INEQUALITIES).run()
    assert "figures for adults in Tower Hamlets" in _title(app)
    app.switch_page(SEVERAL).run()
    assert "in Tower Hamlets" in _title(app)


def _shows_the_view() -> None:
    import streamlit as st

    from presentation.atlas_cache import open_atlas
    from presentation.place_bar import current_view, write_link

    view = current_view(open_atlas(), st.session_state["at"])
    st.text(f"{view.place} {view.indicator} {view.audience}")
    write_link(view)


def test_the_menu_keeps_the_view_and_closes_what_was_opened() -> None:
    """The menu's links carry no view. A link that does carry one, on any page, is obeyed."""
    app = AppTest.from_function(_shows_the_view, default_timeout=60)
    app.session_state["at"] = "inequalities"
    app.query_params.update({"place": TOWER_HAMLETS, "indicator": "219", "for": "children"})
    assert app.run().text[0].value == f"{TOWER_HAMLETS} 219 children"
    app.session_state["at"] = "several-needs-together"
    app.query_params.clear()
    assert app.run().text[0].value == f"{TOWER_HAMLETS} None children"
    app.session_state["at"] = "inequalities"
    app.query_params.clear()
    app.query_params.update({"place": BARNSLEY})
    assert app.run().text[0].value == f"{BARNSLEY} None adults"


def test_the_gaps_panel_opens_with_need_beside_partners(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sections are drawn by a component; what the page hands over is looked at here."""
    from presentation import gaps_needs

    asked: list[str] = []
    real = gaps_needs.need_sections

    def told(atlas: Atlas, needs: object, area: object) -> object:
        sections = real(atlas, needs, area)  # type: ignore[arg-type]
        asked.extend(section.heading for section in sections)
        return sections

    monkeypatch.setattr(gaps_needs, "need_sections", told)
    app = AppTest.from_file(str(DASHBOARD), default_timeout=60)
    app.query_params["place"], app.query_params["lsoa"] = "E09000002", "E01000090"
    app.run()
    assert not app.exception
    assert any(heading.startswith("Need in ") and heading.endswith("recorded by its GP practices") for heading in asked)
    assert any("OHID Local Health" in heading for heading in asked)
