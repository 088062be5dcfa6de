"""A table that somebody made, CSV or XLSX, as rows of text counted as a spreadsheet counts them. Nothing in a cell is ever run.

A formula in a spreadsheet is read as the value that the spreadsheet last showed. What the safe export put before a cell that looks like
a formula (an apostrophe) is taken off again by `unescaped`, so that a file which went out comes back as it was.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from register.errors import RegisterError

MAX_BYTES = 20_000_000
MAX_UNPACKED_BYTES = 200_000_000
MAX_ROWS = 20_000
MAX_COLUMNS = 200
MAX_LINES_OF_A_ROW = 400  # a note may have many lines; a quotation mark that nobody closed has more
CLEAR = "CLEAR"
"""What a cell says to empty a field; a blank cell leaves the field as it is."""

_ESCAPED = re.compile(r"'(?=[=+\-@\t\r])")
_EMPTY = "The file is empty. It needs a heading row that names its columns, and a row for each entry."


class ExchangeFileError(RegisterError):
    """A file of which no row can be used. The message says what is wrong and what to do."""


@dataclass(frozen=True)
class Row:
    """One row. number: as a spreadsheet counts, the heading row first. cells: column → text as it stands in the file."""

    number: int
    cells: dict[str, str]


@dataclass(frozen=True)
class Sheet:
    """A table: its columns in small letters with underscores, in the file's order, and its rows."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]


def read(content: bytes) -> Sheet:
    """Read a CSV (UTF-8, UTF-16 or Windows-1252; commas, semicolons or tabs) or the first sheet of an XLSX. ExchangeFileError otherwise.

    Blank rows and lines that begin with # before the heading are passed over.
    """
    if len(content) > MAX_BYTES:
        raise ExchangeFileError(
            f"The file has {len(content) / 1e6:.0f} MB; at most {MAX_BYTES / 1e6:.0f} MB can be read. Split it by place."
        )
    lines = _xlsx(content) if content[:4] == b"PK\x03\x04" else _csv(text_of(content))
    filled = ((number, cells) for number, cells in lines if any(cell.strip() for cell in cells))
    heading: list[str] | None = None
    rows: list[Row] = []
    for number, cells in filled:
        if heading is None:
            if not cells[0].startswith("#"):
                heading = _heading(cells)
            continue
        if len(rows) >= MAX_ROWS:
            raise ExchangeFileError(
                f"The file has more than {MAX_ROWS:,} rows, the most that can be read at once. Split it by place."
            )
        beyond = [cell for cell in cells[len(heading) :] if cell.strip()]
        if beyond:
            cells = [*cells[: len(heading) - 1], *cells[len(heading) - 1 :]]
        rows.append(Row(number, {name: cell for name, cell in zip(heading, cells, strict=False) if name}))
    if heading is None:
        raise ExchangeFileError(_EMPTY)
    return Sheet(tuple(name for name in heading if name), tuple(rows))


def unescaped(cell: str) -> str:
    """A cell without the apostrophe that an export put before what looks like a formula."""
    return _ESCAPED.sub("", cell, count=1) if cell.startswith("'") else cell


def _heading(cells: list[str]) -> list[str]:
    names = [re.sub(r"[\s\-]+", "_", cell.strip().casefold()) for cell in cells]
    twice = sorted({name for name in names if name and names.count(name) > 1})
    if twice:
        raise ExchangeFileError(
            f"The heading row has {', '.join(twice)} twice. Rename or remove one, so that it is clear which counts."
        )
    return names


def text_of(content: bytes) -> str:
    """A CSV's letters: UTF-8, UTF-16 with or without its mark, else Windows-1252. ExchangeFileError where it is none of them."""
    encodings: tuple[str, ...] = ("utf-8-sig", "cp1252")
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encodings = ("utf-16",)
    elif content[:200].count(0) > len(content[:200]) / 4:  # a stray zero byte is no sign of UTF-16
        start = content[
            :200
        ]  # without a mark: Latin letters have their zero byte first in one order and second in the other
        encodings = ("utf-16-be",) if start[::2].count(0) > start[1::2].count(0) else ("utf-16-le",)
    for encoding in encodings:
        try:
            return content.decode(encoding).lstrip("\ufeff")
        except UnicodeDecodeError:
            continue
    raise ExchangeFileError("The file's letters cannot be read. Save it as CSV UTF-8 or as XLSX and try again.")


def _csv(text: str) -> Iterator[tuple[int, list[str]]]:
    csv.field_size_limit(MAX_BYTES)
    first = next((line for line in text.splitlines() if line.strip() and not line.startswith("#")), "")
    separator = max((",", ";", "\t"), key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    line = 0
    try:
        for number, row in enumerate(reader, start=1):
            if reader.line_num - line > MAX_LINES_OF_A_ROW:
                raise ExchangeFileError(
                    f"Row {number} begins a quotation that does not end for {MAX_LINES_OF_A_ROW} lines. Close the quotation mark and try again."
                )
            line = reader.line_num
            if len(row) > MAX_COLUMNS:
                raise ExchangeFileError(f"Row {number} has {len(row):,} columns; at most {MAX_COLUMNS} can be read.")
            if row:
                yield number, row
    except csv.Error as error:
        raise ExchangeFileError(
            f"The file cannot be read as CSV ({error}). Save it as CSV UTF-8 and try again."
        ) from error


def _xlsx(content: bytes) -> Iterator[tuple[int, list[str]]]:
    from openpyxl import load_workbook  # type: ignore[import-untyped]  # here: only a spreadsheet needs it
    from openpyxl.utils.exceptions import InvalidFileException  # type: ignore[import-untyped]

    wrong = "The spreadsheet cannot be opened: it is damaged, locked with a password, or not an XLSX. Save it again as XLSX or CSV."
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(part.file_size for part in archive.infolist()) > MAX_UNPACKED_BYTES:
                raise ExchangeFileError(
                    f"The spreadsheet unpacks to more than {MAX_UNPACKED_BYTES / 1e6:.0f} MB. Save the table alone, as CSV UTF-8."
                )
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        try:
            sheet = book.worksheets[0] if book.worksheets else None
            rows: Iterable[tuple[Any, ...]] = sheet.iter_rows(max_col=MAX_COLUMNS, values_only=True) if sheet else ()
            for number, row in enumerate(rows, start=1):
                if number > MAX_ROWS * 2:
                    raise ExchangeFileError(
                        f"The sheet has more than {MAX_ROWS:,} rows, the most that can be read at once. Split it by place."
                    )
                if any(value is not None for value in row):
                    yield number, [shown(value) for value in row]
        finally:
            book.close()
    except ExchangeFileError:
        raise
    except (
        zipfile.BadZipFile,
        InvalidFileException,
        KeyError,
        ValueError,
        TypeError,
        SyntaxError,
        OSError,
        EOFError,
    ) as error:
        raise ExchangeFileError(wrong) from error


def shown(value: Any) -> str:
    """A spreadsheet's value as text: days as 2026-03-31, whole numbers without a point."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return (
            value.date().isoformat() if (value.hour, value.minute, value.second) == (0, 0, 0) else value.isoformat(" ")
        )
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)
