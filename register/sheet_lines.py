"""A file that somebody made as lines of cells, whatever it is: which sheet of a workbook, which separator and letters of a CSV.

Bounded: what is too long, too wide or unpacks to too much is refused with a sentence, soon. Nothing in a cell is ever run: a formula is
the value that the spreadsheet last showed, and its own text where it has shown none yet.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, repeat
from typing import Any

from register.exchange_files import (
    MAX_BYTES,
    MAX_COLUMNS,
    MAX_LINES_OF_A_ROW,
    MAX_ROWS,
    ExchangeFileError,
    shown,
    text_of,
)

MAX_UNPACKED_BYTES = 80_000_000
MAX_BLANK_LINES = 5_000
MAX_SHEETS = 40
_LOOKED_AT = 60  # lines of a CSV by which its separator is told
_FORMULA = re.compile(rb"<f[ />]")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SAVE = "Open it where it was made, save it as XLSX or as CSV UTF-8, and try again."

Line = tuple[int, list[str]]


@dataclass(frozen=True)
class Lines:
    """lines: number as a spreadsheet counts, and cells; blank lines are left out. notes: sentences about how it was read.

    ragged: whether a line with more cells than the heading has been shifted by a comma in a cell (CSV) or only has something beside it.
    """

    lines: tuple[Line, ...]
    notes: tuple[str, ...]
    ragged: bool


def lines_of(content: bytes, sheet: str | None = None) -> Lines:
    """The filled lines of a CSV, or of one sheet of an XLSX. ExchangeFileError where the file is something else or is too much.

    sheet: its name; without one, the visible sheet with most lines.
    """
    if len(content) > MAX_BYTES:
        size = f"{len(content) / 1e6:.0f} MB; at most {MAX_BYTES / 1e6:.0f} MB"
        raise ExchangeFileError(f"The file has {size} can be read. Split it by place.")
    _refuse_what_is_no_table(content)
    if content[:4] != b"PK\x03\x04":
        return _csv(content)
    try:
        return _xlsx(content, sheet)
    except ExchangeFileError:
        raise
    except (zipfile.BadZipFile, KeyError, ValueError, TypeError, AttributeError, IndexError, SyntaxError, OSError, EOFError,
            OverflowError, NotImplementedError, RuntimeError) as error:  # fmt: skip
        raise ExchangeFileError(f"The spreadsheet cannot be opened: it is damaged. {_SAVE}") from error


def column_letter(position: int) -> str:
    """What a spreadsheet calls a column: 0 is A, 27 is AB."""
    letters = ""
    position += 1
    while position:
        position, left = divmod(position - 1, 26)
        letters = chr(65 + left) + letters
    return letters


def _refuse_what_is_no_table(content: bytes) -> None:
    start = content[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if not content.strip():
        raise ExchangeFileError("The file is empty. It needs a heading row that names its columns, and a row for each place.")
    if content.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise ExchangeFileError("The spreadsheet is locked with a password. Take the password off, save it again, and try again.")
        raise ExchangeFileError("The file is an old Excel workbook (.xls), which cannot be read. Open it, save it as XLSX, and try again.")
    for mark, kind in ((b"%pdf", "a PDF"), (b"<!doctype html", "a web page"), (b"<html", "a web page"), (b"<table", "a web page"),
                       (b"<?xml", "an XML file"), (b"{\\rtf", "a text document")):  # fmt: skip
        if start.startswith(mark):
            raise ExchangeFileError(f"The file is {kind}, not a table. {_SAVE}")


def _refuse_other_archives(archive: zipfile.ZipFile) -> None:
    names = set(archive.namelist())
    kind = ""
    if "mimetype" in names and archive.getinfo("mimetype").file_size < 200:
        kind = {b"application/vnd.oasis.opendocument.spreadsheet": "an OpenDocument spreadsheet (.ods)"}.get(
            archive.read("mimetype").strip(), "an OpenDocument file"
        )
    kind = kind or next((said for name, said in (("xl/workbook.bin", "a binary Excel workbook (.xlsb)"), ("word/document.xml", "a Word document"),
                                                 ("Index/Document.iwa", "a Numbers spreadsheet")) if name in names), "")  # fmt: skip
    if not kind and "xl/workbook.xml" not in names and "[Content_Types].xml" not in names:
        kind = "a ZIP archive; take the table out of it first"
    if kind:
        raise ExchangeFileError(f"The file is {kind}, not an XLSX or CSV table. {_SAVE}")
    unpacked = sum(part.file_size for part in archive.infolist())
    if unpacked > MAX_UNPACKED_BYTES:
        raise ExchangeFileError(f"The spreadsheet unpacks to more than {MAX_UNPACKED_BYTES / 1e6:.0f} MB. Save the table alone, as CSV UTF-8.")
    if any(part.flag_bits & 1 for part in archive.infolist()):
        raise ExchangeFileError("The spreadsheet is locked with a password. Take the password off, save it again, and try again.")


def _xlsx(content: bytes, wanted: str | None) -> Lines:
    from openpyxl import load_workbook  # type: ignore[import-untyped]  # here: only a spreadsheet needs it

    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        _refuse_other_archives(archive)
        parts = [name for name in archive.namelist() if name.startswith("xl/worksheets/")]
        formulas = any(_FORMULA.search(archive.read(name)) for name in parts)
    book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
    beside = load_workbook(io.BytesIO(content), read_only=True, keep_links=False) if formulas else None
    try:
        sheets = book.worksheets
        if len(sheets) > MAX_SHEETS:
            raise ExchangeFileError(f"The workbook has {len(sheets)} sheets; at most {MAX_SHEETS} can be read. Save the one with the list alone.")
        if wanted is not None and wanted not in book.sheetnames:
            raise ExchangeFileError(f"The workbook has no sheet “{wanted}”. It has: {', '.join(book.sheetnames)}.")
        sheets = [one for one in sheets if one.title == wanted] if wanted is not None else sheets
        found = {one.title: _sheet(one, beside[one.title] if beside else None) for one in sheets}
        hidden = {one.title for one in sheets if one.sheet_state != "visible"}
    finally:
        book.close()
        if beside:
            beside.close()
    return _largest(found, hidden)


def _largest(found: dict[str, tuple[list[Line], list[str]]], hidden: set[str]) -> Lines:
    shown_first = [title for title in found if title not in hidden and found[title][0]] or list(found)
    if not shown_first:
        return Lines((), (), False)
    chosen = max(shown_first, key=lambda title: len(found[title][0]))
    lines, notes = found[chosen]
    others = [f"“{title}” ({len(other):,} {'line' if len(other) == 1 else 'lines'}{', hidden' if title in hidden else ''})"
              for title, (other, _) in found.items() if title != chosen and other]  # fmt: skip
    if others:
        notes = [f"Read: the sheet “{chosen}” ({len(lines):,} lines), the longest. Not read: {', '.join(others)}.", *notes]
    return Lines(tuple(lines), tuple(notes), False)


def _sheet(sheet: Any, beside: Any) -> tuple[list[Line], list[str]]:
    """A sheet's filled lines. beside: the same sheet with its formulas as they are written, where there are any."""
    lines: list[Line] = []
    notes: list[str] = []
    last, unshown = 0, 0
    wide = MAX_COLUMNS + 1  # one more, to see that there is more
    for one in (sheet, beside) if beside else (sheet,):
        one.reset_dimensions()  # what a file says of its own size is often wrong, and rows beyond it would be lost
    written = beside.iter_rows(max_col=wide, values_only=True) if beside else repeat(())
    for number, (row, formulas) in enumerate(zip(sheet.iter_rows(max_col=wide, values_only=True), written, strict=False), start=1):
        if number - last > MAX_BLANK_LINES:
            notes.append(f"Reading stopped at row {number:,}: the {MAX_BLANK_LINES:,} rows before it are blank.")
            break
        if formulas:
            texts = [_formula(formula) if value is None else None for value, formula in zip(row, formulas, strict=False)]
            unshown += sum(text is not None for text in texts)
            row = tuple(value if text is None else text for value, text in zip(row, texts, strict=True))
        if all(value is None for value in row):
            continue
        cells = [shown(value) for value in row]
        if not any(cell.strip() for cell in cells):
            continue
        if cells[MAX_COLUMNS:] and cells[MAX_COLUMNS].strip():
            raise ExchangeFileError(f"Row {number} of the sheet “{sheet.title}” has more than {MAX_COLUMNS} columns, the most that can be read. "
                                    "Keep the columns that describe the places.")  # fmt: skip
        lines.append((number, cells))
        last = number
        if len(lines) > MAX_ROWS + 100:
            raise ExchangeFileError(f"The sheet “{sheet.title}” has more than {MAX_ROWS:,} rows, the most that can be read. Split it by place.")
    if unshown:
        notes.append(f"{unshown:,} {'cell holds a formula' if unshown == 1 else 'cells hold formulas'} that no spreadsheet has worked out: "
                     "kept as text, never run.")  # fmt: skip
    return lines, notes


def _formula(value: Any) -> str | None:
    text = getattr(value, "text", value)  # an array formula is an object that holds its text
    return text if isinstance(text, str) and text.startswith("=") else None


def _csv(content: bytes) -> Lines:
    csv.field_size_limit(MAX_BYTES)
    text = text_of(content)
    start = text[:4_000]
    if sum(letter < " " and letter not in "\t\r\n" for letter in start) > len(start) / 10:
        raise ExchangeFileError(f"The file is not a table of text: it holds bytes that no CSV has. {_SAVE}")
    text = text.replace("\x00", "")
    notes = []
    utf16 = content[:2] in (b"\xff\xfe", b"\xfe\xff") or content[:200].count(0) > len(content[:200]) / 4
    if not utf16 and not _is_utf8(content):
        notes.append("The letters were read as Windows-1252, as Excel saves CSV in Britain: check names with accents.")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text))
    return Lines(tuple(_csv_lines(reader)), tuple(notes), True)


def _csv_lines(reader: Any) -> Iterator[Line]:
    before, filled = 0, 0
    try:
        for number, cells in enumerate(reader, start=1):
            if reader.line_num - before > MAX_LINES_OF_A_ROW:
                raise ExchangeFileError(f"Row {number} begins a quotation that does not end for {MAX_LINES_OF_A_ROW} lines. "
                                        "Close the quotation mark and try again.")  # fmt: skip
            before = reader.line_num
            if not any(cell.strip() for cell in cells):
                continue
            if any(cell.strip() for cell in cells[MAX_COLUMNS:]):
                raise ExchangeFileError(f"Row {number} has {len(cells):,} columns; at most {MAX_COLUMNS} can be read.")
            filled += 1
            if filled > MAX_ROWS + 100:
                raise ExchangeFileError(f"The file has more than {MAX_ROWS:,} rows, the most that can be read at once. Split it by place.")
            yield number, cells[:MAX_COLUMNS]
    except csv.Error as error:
        raise ExchangeFileError(f"The file cannot be read as CSV ({error}). Save it as CSV UTF-8 and try again.") from error


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _separator(text: str) -> str:
    """Of comma, semicolon, tab and bar: the one by which most of the first lines have the same number of cells, and more than one."""

    def agreement(separator: str) -> tuple[int, int]:
        try:
            rows = islice(csv.reader(io.StringIO(text[:200_000], newline=""), delimiter=separator), _LOOKED_AT)
            widths = Counter(len(row) for row in rows if len(row) > 1)
        except csv.Error:
            return 0, 0
        return max(((lines, width) for width, lines in widths.items()), default=(0, 0))

    return max((",", ";", "\t", "|"), key=agreement)
