"""The pages of need in a real browser: the board, one figure opened up, several needs together; at a desk and on a phone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser import atlas_on_disk
from tests.browser.conftest import NewContext
from tests.browser.pages import NORTH_EAST_LONDON, GapsPage, InequalitiesPage, SeveralNeedsPage
from tests.browser.server import Server
from tests.browser.test_phone import _TOO_SMALL, _TOO_WIDE, TOUCH, _after_settling

TOWER_HAMLETS = "E09000030"
HYPERTENSION = "219"


@pytest.fixture
def needs_page(page: Page, server: Server) -> InequalitiesPage:
    return InequalitiesPage(page, server.url)


@pytest.fixture
def several(page: Page, server: Server) -> SeveralNeedsPage:
    return SeveralNeedsPage(page, server.url)


@pytest.fixture
def phone(new_context: NewContext) -> Iterator[Page]:
    context: BrowserContext = new_context(viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True)
    yield context.new_page()


# Each mark, the text that stands beside it, and how large both are.
_MARKS = """() => {
  const within = (root) => [...root.querySelectorAll("*")].flatMap((each) => [each, ...(each.shadowRoot ? within(each.shadowRoot) : [])]);
  return within(document).filter((each) => each.matches("svg.mark")).map((each) => {
    const box = each.parentElement.getBoundingClientRect();
    return [each.getBoundingClientRect().width, each.parentElement.innerText.trim(), box.width];
  });
}"""


def _all_marks_have_words(page: Page) -> int:
    marks = page.evaluate(_MARKS)
    bare = [mark for mark in marks if not mark[1] or (mark[0] > 0 and mark[2] < 40)]
    assert bare == [], "a shape without its word"
    return len(marks)


def _newest(area_code: str, indicator_id: str) -> dict[str, str | float]:
    """The newest published headline of an area, read from the snapshot's file with pandas alone."""
    rows = pd.read_parquet(
        atlas_on_disk.TABLES / "indicator_values.parquet",
        filters=[("area_code", "==", area_code), ("indicator_id", "==", indicator_id)],
    )
    row = rows[rows["category"].isna() | (rows["category"] == "")].sort_values("period_sortable").iloc[-1]
    return {"value": float(row["value"]), "period": str(row["period"])}


def test_the_board_is_a_table_at_a_desk_and_every_mark_has_its_word(needs_page: InequalitiesPage) -> None:
    needs_page.open({"place": TOWER_HAMLETS})
    expect(needs_page.headline).to_contain_text("figures for adults in Tower Hamlets")
    table = needs_page.board.get_by_role("table")
    expect(table.get_by_role("columnheader")).to_have_text(
        ["Measure", "Here", "England", "Compared with England", "Recent trend", "Period and source"]
    )
    expect(needs_page.board.get_by_role("heading", level=3).first).to_be_visible()
    assert needs_page.figures.first.evaluate("each => getComputedStyle(each).display") == "table-row"
    shown = needs_page.figures.count()
    assert int(needs_page.headline.inner_text().split(" figures")[0].split()[-1]) == shown, "the sentence counts the rows"
    assert _all_marks_have_words(needs_page.page) >= shown
    row = needs_page.row_of(HYPERTENSION)
    newest = _newest(TOWER_HAMLETS, HYPERTENSION)
    for words in (f"{newest['value']:.1f}%", newest["period"], "Lower than England", "OHID Fingertips"):
        expect(row).to_contain_text(words)
    expect(needs_page.row_of("93085")).to_contain_text("One figure for seven authorities: published for the system (NHS North East London)")
    expect(needs_page.board.locator("td.gap").filter(has_text="Not in this copy for here").first).to_be_visible()
    assert needs_page.page.evaluate(_TOO_WIDE) == []


def test_a_figure_opened_by_keyboard_and_back_to_the_same_place_of_the_board(needs_page: InequalitiesPage) -> None:
    needs_page.open({"place": TOWER_HAMLETS})
    needs_page.opener(HYPERTENSION).focus()
    needs_page.page.wait_for_function("() => document.querySelector('[data-testid=stMain]').scrollTop > 0")
    scrolled = needs_page.scrolled()
    before = needs_page.figures.all_inner_texts()
    needs_page.page.keyboard.press("Enter")
    expect(needs_page.headline).to_contain_text("High blood pressure recorded by a GP in Tower Hamlets")
    expect(needs_page.headline).to_be_in_viewport()
    needs_page.wait_at_rest()
    assert needs_page.query == {"place": TOWER_HAMLETS, "indicator": HYPERTENSION}
    needs_page.page.go_back()
    needs_page.wait_shown()
    expect(needs_page.figures).to_have_count(len(before))
    assert needs_page.figures.all_inner_texts() == before
    expect(needs_page.opener(HYPERTENSION)).to_be_focused()
    assert needs_page.scrolled() == pytest.approx(scrolled, abs=60), "where it was left"
    assert needs_page.query == {"place": TOWER_HAMLETS}
    needs_page.page.keyboard.press("Enter")
    expect(needs_page.back).to_be_visible()
    needs_page.wait_at_rest()
    needs_page.back.click()
    expect(needs_page.opener(HYPERTENSION)).to_be_focused()
    expect(needs_page.opener(HYPERTENSION)).to_be_in_viewport()


def test_charts_are_painted_each_with_words_and_a_table_and_a_link_restores_them(needs_page: InequalitiesPage) -> None:
    query = {"place": TOWER_HAMLETS, "indicator": HYPERTENSION}
    needs_page.open(query)
    needs_page.wait_charts(4)
    page = needs_page.page
    for chart in needs_page.charts.all():
        image = chart.locator("[aria-label], [alt]").or_(chart.locator("xpath=ancestor-or-self::*[@aria-label]"))
        assert image.count(), "a chart without words"
    tables = page.get_by_test_id("stExpander").filter(has_text="The same figures as a table")
    expect(tables).to_have_count(4)
    tables.first.locator("summary").click()
    expect(tables.first.get_by_role("table")).to_be_visible()
    rows = tables.first.get_by_role("row").count() - 1
    assert needs_page.charts.first.locator("path.point").count() == rows, "a point for each row of the table"
    assert _all_marks_have_words(page) >= 0
    expect(page.get_by_role("link", name="This measure on Fingertips, with its full definition")).to_have_attribute(
        "href", re.compile(rf"^https://fingertips\.phe\.org\.uk/search/{HYPERTENSION}\b")
    )
    assert needs_page.query == query


def test_an_indicator_that_does_not_exist_gives_the_board_and_a_mended_address(needs_page: InequalitiesPage) -> None:
    needs_page.open({"place": TOWER_HAMLETS, "indicator": "999999"})
    expect(needs_page.figures.first).to_be_visible()
    expect(needs_page.notes.filter(has_text="'999999'")).to_have_count(1)
    assert needs_page.query == {"place": TOWER_HAMLETS}


def test_the_menu_keeps_the_place(needs_page: InequalitiesPage, several: SeveralNeedsPage) -> None:
    needs_page.open({"place": TOWER_HAMLETS, "indicator": HYPERTENSION})
    needs_page.go_to("Several needs together")
    several.wait_shown()
    expect(several.headline).to_contain_text("in Tower Hamlets")
    assert several.query == {"place": TOWER_HAMLETS}
    several.go_to("Gaps")
    expect(several.headline).to_contain_text("in Tower Hamlets live in Core20")
    several.go_to("Inequalities")
    needs_page.wait_shown()
    expect(needs_page.headline).to_contain_text("figures for adults in Tower Hamlets")
    expect(needs_page.figures.first).to_be_visible()


def test_the_list_and_the_map_of_several_needs(several: SeveralNeedsPage) -> None:
    several.open({"place": NORTH_EAST_LONDON, "needs": "253,241,90581"})
    several.wait_painted()
    said = several.headline.inner_text()
    assert "at least two of the three measures chosen" in said
    assert several.rows.count() == min(int(said.split(" of ")[0]), 25)
    several.at_least.fill("1")
    several.at_least.press("Enter")
    expect(several.headline).not_to_have_text(said)
    several.wait_at_rest()
    assert several.query == {"place": NORTH_EAST_LONDON, "needs": "253,241,90581", "atleast": "1"}
    code = several.rows.first.get_attribute("data-id")
    several.rows.first.get_by_role("button").click()
    expect(several.headline).to_contain_text("The neighbourhood in ")
    several.wait_at_rest()
    assert several.query["place"] == code


def test_the_gaps_panel_has_need_beside_partners(page: Page, server: Server) -> None:
    gaps = GapsPage(page, server.url).open({"place": "E09000002"})
    expect(gaps.panel.get_by_role("heading", name="recorded by its GP practices")).to_be_visible()
    assert _all_marks_have_words(page) == 6


def test_the_board_taken_away_says_where_it_comes_from(needs_page: InequalitiesPage, tmp_path: Path) -> None:
    needs_page.open({"place": TOWER_HAMLETS})
    with needs_page.page.expect_download() as taken:
        needs_page.page.get_by_role("button", name="Download CSV", exact=True).click()
    path = tmp_path / taken.value.suggested_filename
    taken.value.save_as(path)
    assert path.name == f"common-ground-{TOWER_HAMLETS}-needs.csv"
    table = pd.read_csv(path, comment="#", dtype={"indicator_id": str})
    assert len(table) == needs_page.figures.count()
    assert table[["period", "publisher", "copy", "direction"]].notna().all(axis=None)
    notes = [line for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("# ")]
    assert sum(line.startswith("# Source: ") and "Open Government Licence" in line for line in notes) > len(set(table["copy"])) - 1
    assert any("never zero" in line for line in notes)


# On a phone


def test_the_board_is_cards_on_a_phone_and_an_opened_figure_fits(phone: Page, server: Server) -> None:
    board = InequalitiesPage(phone, server.url).open({"place": TOWER_HAMLETS})
    assert board.figures.first.evaluate("each => getComputedStyle(each).display") == "grid"
    assert _after_settling(phone, _TOO_WIDE) == [] and phone.evaluate(_TOO_SMALL, TOUCH) == []
    assert _all_marks_have_words(phone) >= board.figures.count()
    phone.set_viewport_size({"width": 320, "height": 640})
    assert _after_settling(phone, _TOO_WIDE) == [] and phone.evaluate(_TOO_SMALL, TOUCH) == []
    phone.set_viewport_size({"width": 390, "height": 844})
    board.opener(HYPERTENSION).tap()
    expect(board.back).to_be_visible()
    board.wait_charts(4)
    assert _after_settling(phone, _TOO_WIDE) == []
    phone.set_viewport_size({"width": 320, "height": 640})
    assert _after_settling(phone, _TOO_WIDE) == []


def test_several_needs_fit_a_phone(phone: Page, server: Server) -> None:
    several = SeveralNeedsPage(phone, server.url).open({"place": NORTH_EAST_LONDON})
    several.wait_painted()
    assert _after_settling(phone, _TOO_WIDE) == [] and phone.evaluate(_TOO_SMALL, TOUCH) == []
    phone.set_viewport_size({"width": 320, "height": 640})
    assert _after_settling(phone, _TOO_WIDE) == [] and phone.evaluate(_TOO_SMALL, TOUCH) == []
