"""A postcode leads to its place and its panel; one that cannot be placed says why, each in its own words."""

from __future__ import annotations

import string

from playwright.sync_api import expect

from tests.browser import atlas_on_disk
from tests.browser.pages import BARKING_AND_DAGENHAM, GapsPage

LIVE = "RM9 6QD"


def _ended() -> str:
    """A unit that no live postcode has, in a sector where others live."""
    live = set(atlas_on_disk.postcodes("RM96AA", "RM96ZZ")["postcode"])
    assert live
    letters = [letter for letter in string.ascii_uppercase if letter not in "CIKMOV"]
    unit = next(first + second for first in letters for second in letters if f"RM96{first}{second}" not in live)
    return f"RM9 6{unit}"


def test_a_postcode_leads_to_its_place_and_panel(gaps: GapsPage) -> None:
    lsoa = atlas_on_disk.postcodes("RM96QD", "RM96QD")["lsoa21cd"].item()
    area = atlas_on_disk.small_areas().set_index("lsoa21cd").loc[lsoa]
    gaps.open()
    gaps.type_postcode(LIVE.lower().replace(" ", ""))
    gaps.wait_chosen(lsoa)
    gaps.wait_link(place=area["lad24cd"], postcode="RM96QD")
    expect(gaps.panel_heading).to_have_text(area["msoa21hclnm"])
    expect(gaps.headline).to_contain_text(f"in {area['lad24nm']}")
    expect(gaps.postcode).to_have_value(LIVE)
    expect(gaps.notes).to_have_count(0)


def test_a_postcode_that_cannot_be_placed_says_why_and_leaves_the_view_alone(gaps: GapsPage) -> None:
    gaps.open({"place": BARKING_AND_DAGENHAM})
    before = gaps.headline.inner_text(), gaps.panel_code(), gaps.query
    said: dict[str, str] = {}
    cases = {
        "not one": ("potato", "not a postcode"),
        "Scottish": ("EH1 1YZ", "Scotland"),
        "ended": (_ended(), "ended"),
        "nowhere": ("RM99 9AA", "No live English postcode"),
    }
    for kind, (typed, words) in cases.items():
        gaps.type_postcode(typed)
        expect(gaps.notes).to_have_count(1)
        expect(gaps.notes, f"{typed} is {kind}").to_contain_text(words)
        gaps.wait_at_rest()
        said[kind] = gaps.notes.inner_text()
        assert (gaps.headline.inner_text(), gaps.panel_code(), gaps.query) == before
    assert len(set(said.values())) == len(cases), "each says so differently"

    # After all that, one that is live still works, and the note goes.
    gaps.type_postcode(LIVE)
    gaps.wait_link(postcode="RM96QD")
    expect(gaps.notes).to_have_count(0)
