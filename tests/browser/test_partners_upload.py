"""A partners file: the good rows are used, the bad ones listed with the reason, and a file of no use changes nothing."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest
from playwright.sync_api import expect

from tests.browser import atlas_on_disk
from tests.browser.pages import BARKING_AND_DAGENHAM, GapsPage

HOSTILE = "<img src=x onerror=window.ran=1>"
FORMULA = '=HYPERLINK("http://example.invalid","Hall")'


def _partners_csv(area: pd.Series) -> str:
    today = date.today()
    point = f"{area['pwc_lat']},{area['pwc_lon']}"
    recent, tomorrow = today - timedelta(days=30), today + timedelta(days=2)
    return "\n".join(
        [
            "name,stage,latitude,longitude,last_confirmed",
            f"{HOSTILE},doing something together,{point},{recent}",
            f'"{FORMULA.replace(chr(34), chr(34) * 2)}",talking,{point},{recent}',
            f"St Never's,doing something together,{point},{tomorrow}",
            f"Nowhere Hall,doing something together,91,400,{recent}",
            f",talking,{point},{recent}",
        ]
    )


@pytest.fixture
def area() -> pd.Series:
    """The Core20 LSOA of Barking and Dagenham with most people: it leads the list as long as no partner is within its reach."""
    core20 = atlas_on_disk.core20_in("lad24cd", BARKING_AND_DAGENHAM)
    return core20.sort_values("pop_mid2022").iloc[-1]


def test_good_rows_are_used_bad_rows_are_listed_and_nothing_in_them_runs(
    gaps: GapsPage, area: pd.Series, tmp_path: Path
) -> None:
    gaps.open({"place": BARKING_AND_DAGENHAM, "lsoa": area["lsoa21cd"]})
    assert gaps.people_by_state()["Partnered"] == 0
    gaps.upload_partners("ours.csv", _partners_csv(area))

    expect(gaps.headline).to_contain_text("A confirmed partner is within")
    expect(gaps.page.locator(".state-bar .legend li").first).not_to_have_text("Partnered 0")
    states = gaps.people_by_state()
    assert states["Partnered"] >= area["pop_mid2022"]
    assert sum(states.values()) == 60_846
    expect(gaps.headline).to_contain_text(f"{states['Partnered']:,} of them")
    expect(gaps.panel).to_contain_text("Partnered")

    # Names are text: shown as written, and neither run nor read as mark-up.
    expect(gaps.panel.get_by_text(HOSTILE, exact=True)).to_be_visible()
    expect(gaps.panel.get_by_text(FORMULA, exact=True)).to_be_visible()
    assert gaps.page.evaluate("window.ran") is None
    expect(gaps.page.locator("img[src=x]")).to_have_count(0)

    gaps.expand("Partners")
    expect(gaps.notes.filter(has_text="3 rows could not be used")).to_be_visible()
    with gaps.page.expect_download() as taken:
        gaps.page.get_by_role("button", name="All rows not used").click()
    taken.value.save_as(tmp_path / "bad.csv")
    bad = pd.read_csv(tmp_path / "bad.csv", encoding="utf-8-sig").set_index("row")["reason"].to_dict()
    assert list(bad) == [4, 5, 6], "numbered as a spreadsheet does"
    assert "in the future" in bad[4] and "coordinates" in bad[5] and "no name" in bad[6]

    # A file of which nothing can be used: the message says what it lacks, and the partners stay.
    gaps.upload_partners("broken.csv", "title,stage\nSomewhere,talking\n")
    problem = gaps.notes.filter(has_text="broken.csv")
    expect(problem).to_contain_text("name")
    expect(problem).to_contain_text("position")
    expect(gaps.headline).to_contain_text(f"{states['Partnered']:,} of them")
    assert gaps.people_by_state() == states

    # Such a message does not stand in the way of the next file. Windows spreadsheets save "Unicode text": that is UTF-16, tabs between the cells.
    near = atlas_on_disk.postcode_in(area["lsoa21cd"])
    gaps.upload_partners("sheet.csv", f"name\tstage\tpostcode\nSalle Élisabeth\tintroduced\t{near}\n".encode("utf-16"))
    expect(gaps.page.locator(".state-bar .legend li").nth(2)).not_to_have_text("In conversation 0")
    expect(gaps.headline).to_contain_text("No confirmed partner")
    states = gaps.people_by_state()
    assert states["In conversation"] > 0 and states["Partnered"] == 0
    expect(problem).to_have_count(0)
