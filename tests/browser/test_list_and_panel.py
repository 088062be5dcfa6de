"""Map and list are one thing: choosing a row, by mouse or keyboard, or a shape on the map, shows the same panel."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser import atlas_on_disk
from tests.browser.pages import BARKING_AND_DAGENHAM, GapsPage


@pytest.fixture
def barking(gaps: GapsPage) -> GapsPage:
    return gaps.open({"place": BARKING_AND_DAGENHAM})


def test_a_row_chosen_by_mouse_or_keyboard_shows_the_panel_of_that_lsoa(barking: GapsPage) -> None:
    areas = atlas_on_disk.small_areas().set_index("lsoa21cd")
    expect(barking.pager).to_contain_text("of 32")
    assert set(barking.row_codes()) <= set(atlas_on_disk.core20_in("lad24cd", BARKING_AND_DAGENHAM)["lsoa21cd"])

    code = barking.choose_row(4)
    expect(barking.panel_heading).to_have_text(areas.loc[code, "msoa21hclnm"])
    expect(barking.panel).to_contain_text(areas.loc[code, "lsoa21nm"])
    expect(barking.panel).to_contain_text(f"{areas.loc[code, 'pop_mid2022']:,} people in mid-2022")
    expect(barking.chosen_row).to_have_count(1)
    expect(barking.chosen_row).to_have_attribute("data-id", code)

    # From the row just chosen, Tab leads to the next row's button, and Enter chooses it. The focus stays where it was.
    following = barking.row_codes()[5]
    barking.row_of(code).get_by_role("button").focus()
    barking.page.keyboard.press("Tab")
    expect(barking.row_of(following).get_by_role("button")).to_be_focused()
    barking.page.keyboard.press("Enter")
    barking.wait_chosen(following)
    expect(barking.chosen_row).to_have_attribute("data-id", following)
    expect(barking.row_of(following).get_by_role("button")).to_be_focused()


def test_the_next_page_of_the_list_goes_on_where_the_first_one_ends(barking: GapsPage) -> None:
    first = barking.row_codes()
    barking.pager.get_by_role("button", name="Next").click()
    barking.wait_link(page="2")
    expect(barking.rows.locator("td.rank").first).to_have_text(str(len(first) + 1))
    second = barking.row_codes()
    assert not set(first) & set(second)
    barking.pager.get_by_role("button", name="Previous").click()
    expect(barking.rows.locator("td.rank").first).to_have_text("1")
    assert barking.row_codes() == first


def test_a_shape_clicked_on_the_map_is_the_one_in_the_panel(barking: GapsPage) -> None:
    barking.wait_painted()
    outlines = atlas_on_disk.outlines(BARKING_AND_DAGENHAM)
    core20 = set(atlas_on_disk.core20_in("lad24cd", BARKING_AND_DAGENHAM)["lsoa21cd"])
    others = sorted(core20 - {barking.panel_code()}, key=lambda code: outlines[code].area)
    size = barking.canvas.bounding_box()
    assert size is not None
    shown = atlas_on_disk.projection(BARKING_AND_DAGENHAM, size["width"], size["height"])
    for code in (others[-1], others[len(others) // 2]):
        inside = outlines[code].representative_point()
        x, y = shown.pixel(inside.x, inside.y)
        barking.canvas.click(position={"x": x, "y": y})
        barking.wait_chosen(code)
    expect(barking.chosen_row.or_(barking.pager)).not_to_have_count(0)
    expect(barking.page).to_have_url(re.compile(f"place={BARKING_AND_DAGENHAM}"))
