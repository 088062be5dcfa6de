"""Files to take away: nothing in them runs, sources and settings travel with them, and other programs read them back."""

from __future__ import annotations

import io
import json
from datetime import date

import openpyxl
import pandas as pd
import pytest

from analysis.gaps import empty_partners
from analysis.neighbourhoods import core20_gaps
from analysis.reach import Reach
from analysis.vocabularies import CATEGORIES
from data_loaders.atlas import Atlas
from presentation import downloads, provenance

DANGEROUS = ["=1+1", "+44 20 7946 0000", "-2+3", "@SUM(A1:A9)", "\t=1", '=HYPERLINK("http://example.org","x")', "=cmd|' /C calc'!A0"]
NOTES = ["Core20 neighbourhoods of Exton.", "Settings: a walk of 800 m.", "Two\nlines"]


@pytest.fixture(scope="module")
def barking(atlas: Atlas) -> pd.DataFrame:
    place = atlas.gazetteer.place("E09000002")
    return core20_gaps(
        atlas.areas, atlas.gazetteer.mask(place), atlas.place_index, empty_partners(), today=date(2026, 8, 20), reach=Reach(), categories=CATEGORIES
    )


@pytest.mark.parametrize("name", DANGEROUS)
@pytest.mark.parametrize("dtype", ["str", "object", "category"])
def test_no_cell_of_a_csv_begins_as_a_formula(name: str, dtype: str) -> None:
    frame = pd.DataFrame({"name": pd.Series([name], dtype=dtype), "people": [-3]})
    back = pd.read_csv(io.BytesIO(downloads.to_csv(frame, NOTES)), comment="#", dtype=str, keep_default_na=False)
    assert back["name"].iloc[0][0] == "'"
    assert back["name"].iloc[0][1:] == name
    assert back["people"].iloc[0] == "-3", "a number stays a number"


@pytest.mark.parametrize("name", ["A\r=1+1", "\r=1"])
def test_a_carriage_return_does_not_begin_a_new_row(name: str) -> None:
    back = pd.read_csv(io.BytesIO(downloads.to_csv(pd.DataFrame({"name": [name], "people": [1]}), NOTES)), comment="#", dtype=str)
    assert len(back) == 1


@pytest.mark.parametrize("name", DANGEROUS)
def test_no_cell_of_a_workbook_is_a_formula_or_a_link(name: str) -> None:
    frame = pd.DataFrame({"name": [name, "http://example.org"], "people": [5, 6]})
    book = openpyxl.load_workbook(io.BytesIO(downloads.to_xlsx(frame, [*NOTES, name], "Areas")))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    assert all(cell.hyperlink is None for cell in cells)
    assert str(book["Areas"]["A2"].value) == name
    assert book["Areas"]["B2"].value == 5


def test_notes_are_lines_that_pandas_passes_over() -> None:
    frame = pd.DataFrame({"name": ["Ash", 'Quote " and, comma'], "people": [1, 2]})
    content = downloads.to_csv(frame, NOTES)
    lines = content.decode("utf-8").splitlines()
    assert lines[:4] == ["# Core20 neighbourhoods of Exton.", "# Settings: a walk of 800 m.", "# Two lines", "name,people"]
    pd.testing.assert_frame_equal(pd.read_csv(io.BytesIO(content), comment="#"), frame, check_dtype=False)
    assert b"\r" not in content


def test_without_notes_a_csv_opens_in_excel_as_utf8() -> None:
    assert downloads.to_csv(pd.DataFrame({"name": ["Zoë"]}), []).startswith(b"\xef\xbb\xbf")


def test_a_missing_number_is_an_empty_cell() -> None:
    frame = pd.DataFrame({"near": [1.0, float("nan"), float("inf")], "name": ["a", None, "c"]})
    book = openpyxl.load_workbook(io.BytesIO(downloads.to_xlsx(frame, [], "Areas")))
    assert [book["Areas"].cell(row, 1).value for row in (2, 3, 4)] == [1, None, None]
    assert book["Areas"]["B3"].value is None
    assert json.loads(downloads.to_json(frame, []))["rows"][2]["near"] is None


def test_a_real_table_is_the_same_in_every_form(atlas: Atlas, barking: pd.DataFrame) -> None:
    notes = provenance.notes(
        "Barking and Dagenham", atlas.snapshot.manifests(), provenance.settings(Reach(), CATEGORIES, "best-fit", "none recorded"), date(2026, 8, 20)
    )
    by_csv = pd.read_csv(io.BytesIO(downloads.to_csv(barking, notes)), comment="#")
    by_xlsx = pd.read_excel(io.BytesIO(downloads.to_xlsx(barking, notes, "Neighbourhoods")), sheet_name="Neighbourhoods")
    by_json = pd.DataFrame(json.loads(downloads.to_json(barking, notes))["rows"])
    for back in (by_csv, by_xlsx, by_json):
        assert list(back.columns) == list(barking.columns)
        for column in ("lsoa21cd", "people", "rank", "imd25_rank", "places_in_reach"):
            assert back[column].tolist() == barking[column].tolist()
        assert back["nearest_library_m"].tolist() == pytest.approx(barking["nearest_library_m"].tolist())


def test_a_geojson_has_the_outline_of_every_row_and_its_sources(atlas: Atlas, barking: pd.DataFrame) -> None:
    index = atlas.geometry
    files = index[(index["layer"] == "lsoa") & (index["key"] == "E09000002")]
    found = json.loads(downloads.to_geojson(barking, "lsoa21cd", [atlas.snapshot.static / path for path in files["path"]], NOTES))
    assert found["type"] == "FeatureCollection"
    assert found["metadata"] == NOTES
    assert [feature["id"] for feature in found["features"]] == barking["lsoa21cd"].tolist()
    assert all(feature["geometry"]["type"] in ("Polygon", "MultiPolygon") for feature in found["features"])
    assert found["features"][0]["properties"]["people"] == barking["people"].iloc[0]
    assert found["features"][0]["properties"]["nearest_partner_m"] is None


def test_a_row_without_an_outline_keeps_its_place() -> None:
    found = json.loads(downloads.to_geojson(pd.DataFrame({"code": ["U19803"], "name": ["=1"]}), "code", [], []))
    assert found["features"][0]["geometry"] is None


def test_every_download_names_sources_vintages_licences_and_settings(atlas: Atlas) -> None:
    manifests = atlas.snapshot.manifests()
    notes = "\n".join(
        provenance.notes("T", manifests, provenance.settings(Reach(1_200, 1.5), ("library",), "shares", "none recorded"), date(2026, 8, 20))
    )
    assert all(source.title in notes and source.vintage in notes and source.licence in notes for source in manifests)
    assert "a walk of 1,200 m, detour factor 1.5; libraries" in notes
    assert "2026-08-20" in notes
    assert "ODbL" in notes and "Open Government Licence" in notes
    assert "None recorded means that nobody has told us" in notes


def test_a_column_in_which_nothing_is_recorded_stays_empty_in_a_workbook() -> None:
    nothing = pd.array([None, None], dtype="Int64")
    frame = pd.DataFrame({"name": ["A", None], "nearest_partner_m": nothing, "far": [1.5, float("inf")]})
    sheet = openpyxl.load_workbook(io.BytesIO(downloads.to_xlsx(frame, NOTES, "Areas"))).worksheets[0]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[:2] == [["name", "nearest_partner_m", "far"], ["A", None, 1.5]]
    assert all(value is None for row in rows[2:] for value in row)
