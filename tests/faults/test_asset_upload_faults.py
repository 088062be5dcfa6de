"""Bad lists: each a sentence that says what to do, in bounded time and memory, and nothing else of the list lost."""

from __future__ import annotations

import csv
import io
import tracemalloc
import zipfile
from collections.abc import Callable

import pandas as pd
import pytest
from openpyxl import Workbook

from data_loaders.atlas import Atlas
from data_loaders.placing import Placing
from register.asset_import import plan_assets
from register.asset_plan import KEPT, KEPT_WITHOUT_POINT, REFUSED, AssetPlan, Defaults
from register.exchange_files import MAX_BYTES, MAX_COLUMNS, MAX_ROWS, ExchangeFileError
from register.messy_sheets import read_messy
from tests.register.beginnings import TODAY, TOWER_HAMLETS

HEADING = "Organisation name,Type,Postcode"
DEFAULTS = Defaults("Example CVS", "CC BY 4.0", TOWER_HAMLETS, "2026-10")
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1016)
MOST_MEMORY = 400_000_000


@pytest.fixture(scope="module")
def placing(atlas: Atlas) -> Placing:
    return Placing(atlas.snapshot.path("postcodes"), atlas.areas["lsoa21cd"], atlas.areas["lad24cd"])


def _plan(placing: Placing, content: str | bytes) -> AssetPlan:
    data = content.encode() if isinstance(content, str) else content
    return plan_assets(data, None, placing, today=TODAY, defaults=DEFAULTS)


def _book(*lines: list[object]) -> bytes:
    book = Workbook()
    for line in lines:
        book.active.append(line)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _with_part(content: bytes, part: str, made: Callable[[str], str]) -> bytes:
    """A workbook with one of its parts written anew."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            text = old.read(name)
            new.writestr(name, made(text.decode()) if name == part else text)
    return buffer.getvalue()


def _archive(**parts: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), text)
    return buffer.getvalue()


def _bomb() -> bytes:
    row = "<row r='1'>" + "<c><v>1</v></c>" * 10 + "</row>"
    return _with_part(_book(["Name"], ["A"]), "xl/worksheets/sheet1.xml", lambda _: f"<worksheet><sheetData>{row * 900_000}</sheetData></worksheet>")


def _entities() -> bytes:
    levels = "".join(f'<!ENTITY e{at} "{f"&e{at - 1};" * 10}">' for at in range(1, 10))
    sheet = '<worksheet><sheetData><row><c t="str"><v>&e9;</v></c></row></sheetData></worksheet>'
    made = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e0 "boom">{levels}]>{sheet}'
    return _with_part(_book(["Name"], ["A"]), "xl/worksheets/sheet1.xml", lambda _: made)


SHEET = "xl/worksheets/sheet1.xml"
FILES: dict[str, tuple[Callable[[], bytes], str]] = {
    "zip bomb": (_bomb, "unpacks to more than 80 MB"),
    "entities that grow": (_entities, "cannot be opened: it is damaged"),
    "cut off": (lambda: _book(["Name"], ["A"])[:2_000], "cannot be opened: it is damaged"),
    "ten thousand columns": (lambda: _book([f"Column {at}" for at in range(10_000)], ["x"] * 10_000), f"more than {MAX_COLUMNS} columns"),
    "ten thousand columns of CSV": (lambda: (",".join(["x"] * 10_000) + "\n").encode() * 3, "10,000 columns; at most 200"),
    "too many rows": (lambda: (HEADING + "\nA,Library,E1 4AA" * (MAX_ROWS + 200)).encode(), f"more than {MAX_ROWS:,} rows"),
    "a few rows too many": (lambda: (HEADING + "\nA,Library,E1 4AA" * (MAX_ROWS + 1)).encode(), f"more than {MAX_ROWS:,} rows"),
    "too many bytes": (lambda: b"a" * (MAX_BYTES + 1), "at most 20 MB"),
    "a quotation that does not end": (lambda: (HEADING + '\n"A,Library\n' + "B,Library\n" * 900).encode(), "begins a quotation"),
    "password": (lambda: OLE + "EncryptedPackage".encode("utf-16-le") + bytes(512), "locked with a password"),
    "old Excel": (lambda: OLE + "Workbook".encode("utf-16-le") + bytes(512), r"old Excel workbook \(\.xls\)"),
    "OpenDocument": (lambda: _archive(mimetype="application/vnd.oasis.opendocument.spreadsheet"), r"OpenDocument spreadsheet \(\.ods\)"),
    "binary Excel": (lambda: _archive(xl__workbook_dot_bin="x"), r"\.xlsb"),
    "Word": (lambda: _archive(word__document_dot_xml="x"), "a Word document"),
    "some archive": (lambda: _archive(list_dot_csv="x"), "a ZIP archive"),
    "web page": (lambda: b"<!DOCTYPE html><html><body>Sign in</body></html>", "a web page, not a table"),
    "web page called xls": (lambda: b"<html xmlns:x='urn:schemas-microsoft-com:office:excel'><table><tr><td>A", "a web page, not a table"),
    "PDF": (lambda: b"%PDF-1.7\n", "a PDF, not a table"),
    "bytes": (lambda: b"\x01\x00\x02" * 500, "not a table of text|cannot be read"),
    "empty": (lambda: b"\n\n", "is empty"),
}


@pytest.mark.parametrize("fault", FILES)
def test_a_file_that_cannot_be_used_says_why_within_bounds(fault: str) -> None:
    make, words = FILES[fault]
    content = make()
    tracemalloc.start()
    try:
        with pytest.raises(ExchangeFileError, match=words) as refused:
            read_messy(content)
        assert tracemalloc.get_traced_memory()[1] < MOST_MEMORY
    finally:
        tracemalloc.stop()
    said = str(refused.value)
    assert said.endswith(".") and "Traceback" not in said and len(said) < 320


def test_a_row_said_to_be_the_millionth_millionth_does_not_keep_anybody_waiting() -> None:
    far = _with_part(_book(["Name", "Type"], ["A", "Library"], ["B", "Library"]), SHEET, lambda text: text.replace('r="3"', 'r="999999999999"'))
    found = read_messy(far)
    assert [row.cells["Name"] for row in found.rows] == ["A"] and any("Reading stopped" in note for note in found.notes)


def test_a_sheet_that_says_it_is_smaller_than_it_is_loses_no_row() -> None:
    lying = _with_part(_book(["Name", "Type"], ["A", "Library"], ["B", "Library"]), SHEET, lambda text: text.replace('ref="A1:B3"', 'ref="A1"'))
    assert [row.cells for row in read_messy(lying).rows] == [{"Name": "A", "Type": "Library"}, {"Name": "B", "Type": "Library"}]


def test_a_cell_said_to_be_in_a_column_that_no_spreadsheet_has_is_not_made_room_for() -> None:
    far = _with_part(_book(["Name", "Type"], ["A", "Library"]), SHEET, lambda text: text.replace('r="B2"', 'r="ZZZ2"'))
    try:
        assert [row.cells["Name"] for row in read_messy(far).rows] == ["A"]
    except ExchangeFileError as refused:
        assert "cannot be opened" in str(refused)


def test_of_ten_thousand_rows_one_bad_one_is_refused_and_the_others_kept(placing: Placing, atlas: Atlas) -> None:
    postcodes = pd.read_parquet(atlas.snapshot.path("postcodes"), columns=["postcode"])["postcode"].iloc[:: 1_480_000 // 10_000].head(10_000)
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(HEADING.split(","))
    writer.writerows([f"Example Group {at}" if at != 6_000 else "", "Village hall", postcode] for at, postcode in enumerate(postcodes))
    plan = _plan(placing, buffer.getvalue())
    assert (plan.count(KEPT), plan.count(REFUSED), len(plan.outcomes)) == (9_999, 1, 10_000)
    bad = next(one for one in plan.outcomes if one.outcome == REFUSED)
    assert bad.row == 6_002 and bad.problems[0].problem == "The row has no name."
    assert plan.problems_frame()["row"].tolist() == [6_002]


@pytest.mark.parametrize(
    ("line", "outcome", "said"),
    [
        ("-0.045,51.52,E1 4AA", KEPT, "put right"),
        ("51.52,-0.045,E1 4AA", KEPT, ""),
        ("0,0,E1 4AA", KEPT, "0, 0"),
        ("0,0,", KEPT_WITHOUT_POINT, "0, 0"),
        ("54.5,3.0,", KEPT_WITHOUT_POINT, "left out"),  # the North Sea
        ("54.5,3.0,E1 4AA", KEPT, "the postcode was used"),
        ("48.85,2.35,", KEPT_WITHOUT_POINT, "left out"),  # Paris
        ("inf,nan,", KEPT_WITHOUT_POINT, "not a number"),
        ("9e99,9e99,", KEPT_WITHOUT_POINT, "not degrees"),
    ],
)
def test_a_position_that_is_wrong_loses_no_row(placing: Placing, line: str, outcome: str, said: str) -> None:
    plan = _plan(placing, f"Organisation name,Type,Latitude,Longitude,Postcode\nExample Hall,Village hall,{line}\nB,Library,51.52,-0.045,E1 4AA\n")
    assert plan.outcomes[0].outcome == outcome and plan.outcomes[1].outcome == KEPT
    assert said in " ".join(problem.problem for problem in plan.outcomes[0].problems)
    assert plan.records["lad24cd"].eq(TOWER_HAMLETS).all()


def test_a_charity_whose_only_postcode_is_a_home_is_nowhere_on_the_map_nor_in_any_file(placing: Placing) -> None:
    plan = _plan(placing, "Charity name,Type,Charity no,Contact postcode\nExample Trust,Charity,1234567,E1 4AA\nExample Aid,Charity,1234568,E1 4AB\n")
    assert plan.count(KEPT_WITHOUT_POINT) == 2 and plan.records["easting"].isna().all() and plan.records["lad24cd"].eq(TOWER_HAMLETS).all()
    taken = plan.records.to_csv() + plan.problems_frame().to_csv()
    assert "E14A" not in taken and "E1 4A" not in taken


def test_control_characters_and_half_letters_lose_no_row(placing: Placing) -> None:
    plan = _plan(placing, f"{HEADING}\nExample\x07 Hall\x1b,Village hall,E1 4AA\n\u202eExample Club,Youth club,E1 4AA\n")
    assert plan.count(KEPT) == 2 and plan.records["name"].iloc[0] == "Example Hall"
    assert plan.outcomes[0].problems[0].problem.startswith("A character that no screen can show")
