"""A list as a council really sends it: invented places, laid out for people to read, once as a workbook and once as its Windows-1252 CSV."""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import Any

from openpyxl import Workbook

TITLE = "Exampleshire Council – community directory, updated October 2026"
ABOVE = ["Organisation Name", "Type", "Address", "", "", "Contact", "", "Coordinates", "", "Days & times", "Languages spoken", "Last checked",
         "Notes"]  # fmt: skip
BELOW = ["", "", "Line 1", "Line 2", "Postcode", "Name", "Email", "Lat", "Long", "", "", "", ""]
NUMBER_OF_TITLE_LINES = 4  # the title, a blank line, two rows of heading

ROWS: list[list[Any]] = [
    ["Café Exemple – St Mary’s Hall", "Village hall", "1 Example Street", "Example Town", "E1 4AA", "A. N. Other", "hall@example.org", "n/a", "n/a",
     "Tues & Thurs 10-2", "English; Bangla", date(2026, 9, 1), ""],
    ["Example Mosque", "Mosque", "2 Example Street", "Example Town", "E1 4AB", "A. N. Other", "", 51.52, -0.05, "Daily", "Bengali, Arabic", "", ""],
    ["Example Food Bank", "Foodbank", "3 Example Street", "London E1 4AX", "", "", "", 0, 0, "weekdays", "", "31/12/2026", "see website"],
    ["Example Library", "Library", "4 Example Street", "Example Town", "E1 4AX", "", "", -0.05, 51.52, "Mon-Sat", "", "", ""],
    ['=HYPERLINK("https://example.org","Example Club")', "Youth club", "5 Example Street", "", "E1 4AA", "", "", "", "", "Fri 6-8pm", "", "", ""],
    ["Café Exemple - St. Marys Hall", "Village hall", "1 Example St", "Example Town", "E1 4AA", "", "", "n/a", "n/a", "", "", "", ""],
    ["Example Trust", "Charity", "6 Example Street", "Example Town", "E1 4AX", "A. N. Other", "", "", "", "", "", "", ""],
    ["Example House", "Women’s refuge", "7 Example Street", "Example Town", "E1 4AX", "", "", 51.52, -0.05, "24/7", "", "", ""],
    ["", "Community centre", "8 Example Street", "Example Town", "E1 4AX", "", "", "", "", "", "", "", ""],
    ["EXAMPLE NORTH", "", "", "", "", "", "", "", "", "", "", "", ""],
    ["Example Lunch Club, ring 020 7946 0000", "Community centre", "9 Example Street", "Example Town", "E1 9ZZ", "", "", "", "", "", "", "", ""],
    ["Example Hall of Wales", "Community hall", "10 Example Street", "Example Town", "CF10 1EP", "", "", "", "", "", "", "", ""],
    ["Example Sea Scouts", "Scout hut", "11 Example Street", "Example Town", "", "", "", 54.0, 2.5, "", "", "", ""],
    ["Example Chapel", "Chapel", "12 Example Street", "Example Town", "E1 4AA", "", "", 52.4862, -1.8904, "Sundays", "", "", ""],
]  # fmt: skip
TOTAL = ["Total: 14", "", "", "", "", "", "", "", "", "", "", "", ""]


def workbook() -> bytes:
    """The workbook: merged title and headings, a sheet of notes, a hidden sheet of look-ups, a total."""
    book = Workbook()
    notes = book.active
    notes.title = "Read me"
    notes.append(["Maintained by the Example team"])
    sheet = book.create_sheet("Groups")
    for line in ([TITLE], [], ABOVE, BELOW, *ROWS, TOTAL):
        sheet.append(line)
    for cells in ("A1:M1", "A3:A4", "B3:B4", "C3:E3", "F3:G3", "H3:I3"):
        sheet.merge_cells(cells)
    hidden = book.create_sheet("Lookups")
    hidden.sheet_state = "hidden"
    for at in range(40):
        hidden.append([f"look-up {at}", at])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def windows_csv() -> bytes:
    """The same table as Excel saves it as CSV in Britain: semicolons, day before month, Windows-1252."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";", lineterminator="\r\n")
    width = len(ABOVE)
    for line in ([TITLE], [], ABOVE, BELOW, *ROWS, TOTAL):
        cells = [cell.strftime("%d/%m/%Y") if isinstance(cell, date) else cell for cell in line]
        writer.writerow(cells + [""] * (width - len(cells)))
    return buffer.getvalue().encode("cp1252")
