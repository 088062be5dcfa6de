"""What a person takes away: the list as CSV, XLSX and GeoJSON, each with its sources, vintages and settings."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from playwright.sync_api import Page

from tests.browser import atlas_on_disk
from tests.browser.pages import BARKING_AND_DAGENHAM, GapsPage

WORDS = (
    "a walk of 1,200 m",
    "detour factor 1.3",
    "Indices of Deprivation 2025",
    "Open Government Licence",
    "ODbL",
    "OpenStreetMap",
    "2022",
)


def _take(page: Page, button: str, folder: Path) -> Path:
    with page.expect_download() as taken:
        page.get_by_role("button", name=button, exact=True).click()
    path = folder / taken.value.suggested_filename
    taken.value.save_as(path)
    return path


def test_each_download_holds_the_rows_and_says_where_they_come_from(gaps: GapsPage, tmp_path: Path) -> None:
    core20 = atlas_on_disk.core20_in("lad24cd", BARKING_AND_DAGENHAM).set_index("lsoa21cd")
    titles = [
        json.loads(path.read_text(encoding="utf-8"))["title"]
        for path in (atlas_on_disk.TABLES / "manifests").glob("*.json")
    ]
    assert titles
    gaps.open({"place": BARKING_AND_DAGENHAM, "reach": "1200"})

    def check(codes: list[str], people: list[int], notes: str, what: str) -> None:
        assert dict(zip(codes, people, strict=True)) == core20["pop_mid2022"].to_dict(), what
        assert [words for words in (*WORDS, *titles) if words not in notes] == [], f"{what} does not say"

    path = _take(gaps.page, "Download CSV", tmp_path)
    assert path.name.startswith("common-ground") and path.suffix == ".csv"
    table = pd.read_csv(path, comment="#")
    check(
        table["lsoa21cd"].tolist(),
        table["people"].tolist(),
        "\n".join(line for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("#")),
        "CSV",
    )

    book = openpyxl.load_workbook(_take(gaps.page, "Download XLSX", tmp_path), read_only=True)
    first, about = (list(sheet.iter_rows(values_only=True)) for sheet in book.worksheets)
    sheet = pd.DataFrame(first[1:], columns=first[0])
    check(sheet["lsoa21cd"].tolist(), sheet["people"].tolist(), "\n".join(str(row[0]) for row in about), "XLSX")

    shapes = json.loads(_take(gaps.page, "Download GeoJSON", tmp_path).read_text(encoding="utf-8"))
    rows = pd.DataFrame([feature["properties"] for feature in shapes["features"]])
    check(rows["lsoa21cd"].tolist(), rows["people"].tolist(), "\n".join(shapes["metadata"]), "GeoJSON")
    assert {feature["geometry"]["type"] for feature in shapes["features"]} <= {"Polygon", "MultiPolygon"}
    assert table["rank"].tolist() == list(range(1, 33))
    assert table["people"].sum() == pytest.approx(60_846)
