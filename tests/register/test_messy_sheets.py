"""The table inside a sheet that somebody made for people to read."""

from __future__ import annotations

import io

import pytest
from openpyxl import Workbook

from register.exchange_files import ExchangeFileError
from register.messy_sheets import read_messy
from register.sheet_lines import column_letter
from tests.register import council_list

HEADING = "Organisation name,Type,Postcode"


def test_the_workbook_and_its_windows_csv_are_read_as_the_same_table() -> None:
    book, twin = read_messy(council_list.workbook()), read_messy(council_list.windows_csv())
    columns = ("Organisation Name", "Type", "Address Line 1", "Address Line 2", "Address Postcode", "Contact Name", "Contact Email",
               "Coordinates Lat", "Coordinates Long", "Days & times", "Languages spoken", "Last checked")  # fmt: skip
    assert book.columns[:12] == twin.columns[:12] == columns
    assert [row.number for row in book.rows] == [row.number for row in twin.rows] == list(range(5, 19))
    assert [row.cells["Organisation Name"] for row in book.rows] == [row.cells["Organisation Name"] for row in twin.rows]
    assert book.rows[0].cells["Organisation Name"] == "Café Exemple – St Mary’s Hall" and book.rows[0].cells["Last checked"] == "2026-09-01"
    assert any("“Groups” (18 lines), the longest" in note and "“Lookups” (40 lines, hidden)" in note for note in book.notes)
    assert any("Windows-1252" in note for note in twin.notes) and any("rows 3 and 4" in note for note in book.notes)
    for found in (book, twin):
        assert [(one.number, one.why) for one in found.passed_over] == [
            (1, "stands above the heading"), (3, "the heading"), (4, "the heading"), (19, "a total")]  # fmt: skip


@pytest.mark.parametrize(
    "content",
    [
        f"{HEADING}\nCafé,Library,E1 4AA\n".encode(),
        f"{HEADING}\nCafé,Library,E1 4AA\n".encode("utf-8-sig"),
        f"{HEADING}\nCafé,Library,E1 4AA\n".encode("utf-16"),
        f"{HEADING}\nCafé,Library,E1 4AA\n".encode("utf-16-le"),
        f"{HEADING}\r\nCafé,Library,E1 4AA\r\n".encode("cp1252"),
        f"{HEADING}\nCafé,Library,E1 4AA\n".replace(",", ";").encode(),
        f"{HEADING}\nCafé,Library,E1 4AA\n".replace(",", "\t").encode(),
        f"{HEADING}\nCafé,Library,E1 4AA\n".replace(",", "|").encode(),
        f"# a note\n\nCommunity places, 2026\n\n{HEADING}\nCafé,Library,E1 4AA\n".encode(),
    ],
)
def test_letters_separators_and_titles(content: bytes) -> None:
    found = read_messy(content)
    assert found.columns == ("Organisation name", "Type", "Postcode")
    assert [row.cells for row in found.rows] == [{"Organisation name": "Café", "Type": "Library", "Postcode": "E1 4AA"}]


def test_a_group_over_headings_that_would_do_by_themselves_still_tells_whose_they_are() -> None:
    found = read_messy(b"Venue,,Contact,\nName,Postcode,Name,Postcode\nExample Hall,E1 4AA,A. N. Other,E1 4AB\n")
    assert found.columns == ("Venue Name", "Venue Postcode", "Contact Name", "Contact Postcode")
    titled = read_messy(b"Community groups 2026,,\nName,Type,Postcode\nExample Hall,Village hall,E1 4AA\n")
    assert titled.columns == ("Name", "Type", "Postcode"), "a title is no group"


def test_headings_that_are_there_twice_or_not_at_all_are_told_apart() -> None:
    found = read_messy(b"Name,Address,Address,,Postcode\nA,1 High St,Town,loose,E1 4AA\n")
    assert found.columns == ("Name", "Address", "Address (2)", "Column D", "Postcode")
    assert found.rows[0].cells["Column D"] == "loose" and any("“Address (2)”" in note for note in found.notes)
    assert [column_letter(at) for at in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]


def test_the_heading_again_and_totals_are_passed_over_and_a_place_called_total_is_not() -> None:
    rows = "\n".join(f"Example {at},Library,E1 4AA" for at in range(9))
    found = read_messy(f"{HEADING}\n{rows}\n{HEADING}\nTotal Wellbeing Hub,Library,E1 4AA\nTotal,,10\n".encode())
    assert [row.cells["Organisation name"] for row in found.rows] == [*(f"Example {at}" for at in range(9)), "Total Wellbeing Hub"]
    assert [(one.number, one.why) for one in found.passed_over] == [(1, "the heading"), (11, "the heading again"), (13, "a total")]


def test_a_row_with_more_cells_than_columns_is_told_as_shifted() -> None:
    found = read_messy(f"{HEADING}\nExample Hall, Example Town,Library,E1 4AA\nB,Library,E1 4AA\nC,Library,E1 4AA\n".encode())
    assert found.shifted == frozenset({2}) and len(found.rows) == 3


def test_a_sheet_is_chosen_by_name_and_a_formula_is_its_last_value_or_its_own_text() -> None:
    book = Workbook()
    book.active.append(["Name", "Type", "Postcode"])
    book.active.append(["A", "Library", "E1 4AA"])
    other = book.create_sheet("Other")
    other.append(["Name", "Type", "Postcode"])
    other.append(["=1+1", "Library", "E1 4AA"])
    other.append(["B", "Library", "E1 4AA"])
    buffer = io.BytesIO()
    book.save(buffer)
    found = read_messy(buffer.getvalue())
    assert [row.cells["Name"] for row in found.rows] == ["=1+1", "B"] and any("never run" in note for note in found.notes)
    assert [row.cells["Name"] for row in read_messy(buffer.getvalue(), "Sheet").rows] == ["A"]
    with pytest.raises(ExchangeFileError, match=r"no sheet “Nowhere”\. It has: Sheet, Other"):
        read_messy(buffer.getvalue(), "Nowhere")


@pytest.mark.parametrize(("content", "words"), [(b"", "is empty"), (b" \n \n", "is empty"), (f"{HEADING}\n".encode(), "no row below it")])
def test_a_file_without_rows_says_so(content: bytes, words: str) -> None:
    with pytest.raises(ExchangeFileError, match=words):
        read_messy(content)
