"""The view is in the link: opening it elsewhere restores it, and a bad one gives the nearest valid view and a note."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NewContext
from tests.browser.pages import BARKING_AND_DAGENHAM, GapsPage
from tests.browser.server import Server


def test_a_link_copied_is_the_same_view_elsewhere(gaps: GapsPage, new_context: NewContext, server: Server) -> None:
    gaps.open({"place": BARKING_AND_DAGENHAM})
    usual = gaps.headline.inner_text()
    gaps.open_settings()
    gaps.set_walk(300)
    expect(gaps.headline).not_to_have_text(usual)
    gaps.detour.fill("1.5")
    gaps.detour.press("Enter")
    gaps.wait_link(detour="1.5")
    code = gaps.choose_row(6)
    mine = (gaps.headline.inner_text(), gaps.people_by_state(), gaps.row_codes(), gaps.panel.inner_text())

    page = new_context().new_page()
    page.goto(gaps.page.url)
    theirs = GapsPage(page, server.url)
    theirs.wait_listed()
    expect(theirs.chosen_row).to_have_attribute("data-id", code)
    assert (
        theirs.headline.inner_text(),
        theirs.people_by_state(),
        theirs.row_codes(),
        theirs.panel.inner_text(),
    ) == mine
    theirs.open_settings()
    expect(theirs.walk).to_have_value("300")
    expect(theirs.detour).to_have_value("1.50")
    expect(theirs.notes).to_have_count(0)
    assert theirs.query == gaps.query


def test_going_back_returns_to_the_view_before(gaps: GapsPage) -> None:
    gaps.open({"place": BARKING_AND_DAGENHAM})
    first = gaps.choose_row(1)
    second = gaps.choose_row(2)
    gaps.page.go_back()
    gaps.wait_chosen(first)
    expect(gaps.chosen_row).to_have_attribute("data-id", first)
    gaps.page.go_forward()
    gaps.wait_chosen(second)
    expect(gaps.chosen_row).to_have_attribute("data-id", second)


def test_choosing_a_system_then_a_place_leads_there(gaps: GapsPage) -> None:
    gaps.open()
    expect(gaps.headline).to_contain_text("11,499,917 people in England")
    gaps.pick("System", "NHS North East London")
    gaps.wait_link(place="E54000029")
    expect(gaps.headline).to_contain_text("NHS North East London")
    gaps.pick("Place", "Tower Hamlets")
    gaps.wait_link(place="E09000030")
    expect(gaps.headline).to_contain_text("in Tower Hamlets")
    expect(gaps.pager).to_contain_text("of 73")


@pytest.mark.parametrize(
    ("query", "notes", "kept", "walk", "detour"),
    [
        pytest.param({"place": "Atlantis"}, ["Atlantis"], {}, "800", "1.30", id="an unknown place is England"),
        pytest.param(
            {"place": BARKING_AND_DAGENHAM, "reach": "-5", "detour": "9", "lsoa": "E0199"},
            ["-5", "9", "E0199"],
            {"place": BARKING_AND_DAGENHAM, "reach": "100", "detour": "3"},
            "100",
            "3.00",
            id="figures out of range are the nearest in it",
        ),
        pytest.param(
            {"place": BARKING_AND_DAGENHAM, "reach": "abc", "page": "0", "places": "pubs"},
            ["abc", "page", "pubs"],
            {"place": BARKING_AND_DAGENHAM},
            "800",
            "1.30",
            id="what is not a figure is the usual",
        ),
    ],
)
def test_a_bad_link_gives_the_nearest_view_and_a_note(
    gaps: GapsPage, query: dict[str, str], notes: list[str], kept: dict[str, str], walk: str, detour: str
) -> None:
    gaps.open(query)
    expect(gaps.notes).to_have_count(len(notes))
    for number, words in enumerate(notes):
        expect(
            gaps.notes.filter(has_text=words).nth(0), f"no note on {words} ({number + 1} of {len(notes)})"
        ).to_be_visible()
    expect(gaps.headline).to_contain_text(
        "in Barking and Dagenham live in Core20" if kept else "in England live in Core20"
    )
    gaps.open_settings()
    expect(gaps.walk).to_have_value(walk)
    expect(gaps.detour).to_have_value(detour)
    assert gaps.query == kept, "the address is mended too"
    expect(gaps.page.get_by_test_id("stException")).to_have_count(0)
