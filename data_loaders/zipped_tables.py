"""One table in a zip, row by row and within bounds: JSON (an array of objects) or text with tabs. Nothing is unpacked to disk.

Only the columns asked for are kept of a row, while it is read: what is not asked for is never in anything that is returned.
"""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import IO

Row = dict[str, object]
_PIECE = 1 << 20
_BEGINNING = 1 << 24
_LONGEST_ROW = 1 << 24
_FIRST_ROWS = 1_000
_BETWEEN = re.compile(r"[ \t\r\n,]*")


@dataclass(frozen=True)
class Bounds:
    """most_bytes: of the zip. most_unpacked: of the table, in bytes, as counted while it is read, whatever the zip says of itself.

    most_folded: how many times larger the table may be than it was packed, once it is over 16 MB: registers of text come to about
    ten or fifteen, a zip bomb to a thousand.
    """

    most_bytes: int = 250_000_000
    most_unpacked: int = 2_000_000_000
    most_folded: int = 100


class TableProblemError(Exception):
    """A zip that cannot be used. found: what it is, to come after "it is". cut: it ends in the middle, so a new one may be whole.
    over: the bound in bytes that it is over, 0 where it is over none.
    """

    def __init__(self, found: str, expected: str, details: str = "", *, cut: bool = False, over: int = 0) -> None:
        self.found, self.expected, self.details, self.cut, self.over = found, expected, details, cut, over
        super().__init__(f"{found}: expected {expected}")


def rows(file: IO[bytes] | bytes, columns: Sequence[str], bounds: Bounds | None = None) -> Iterator[Row]:
    """The rows of the one table in a zip, each with those of `columns` that it has. TableProblemError at what cannot be used.

    A zip holds one .json or .txt file. Every column must be in the heading of text, or in one of the first thousand objects of JSON (an
    object may leave out what is empty).
    """
    limits = bounds or Bounds()
    source = io.BytesIO(file) if isinstance(file, bytes) else file
    size = source.seek(0, io.SEEK_END)
    source.seek(0)
    if size > limits.most_bytes:
        raise TableProblemError(f"a zip of over {limits.most_bytes / 1e6:,.0f} MB", "a smaller one", over=limits.most_bytes)
    try:
        with zipfile.ZipFile(source) as archive:
            member = _member(archive, limits)
            with archive.open(member) as packed:
                bounded = io.TextIOWrapper(io.BufferedReader(_Bounded(packed, member, limits), _PIECE), "utf-8-sig", newline="")
                yield from (_json_rows if member.filename.lower().endswith(".json") else _tabbed_rows)(bounded, columns)
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise TableProblemError("a zip that is not whole", "a whole one", str(error), cut=True) from error
    except UnicodeDecodeError as error:
        raise TableProblemError("text that is not UTF-8", "UTF-8", str(error)) from error
    except (csv.Error, RecursionError) as error:
        raise TableProblemError("a table that cannot be read", "JSON or text with tabs", str(error)) from error
    except (NotImplementedError, RuntimeError) as error:  # a way of packing that Python does not know; a password
        raise TableProblemError("a zip that cannot be opened", "one without a password, packed as usual", str(error)) from error


def _member(archive: zipfile.ZipFile, limits: Bounds) -> zipfile.ZipInfo:
    tables = [one for one in archive.infolist() if one.filename.lower().endswith((".json", ".txt", ".tsv"))]
    if len(tables) != 1:
        raise TableProblemError(f"a zip with {len(tables)} tables in it", "one .json or .txt file", ", ".join(archive.namelist()[:5]))
    if tables[0].file_size > limits.most_unpacked:
        raise _too_large(limits, f"{tables[0].file_size:,} bytes announced")
    return tables[0]


def _too_large(limits: Bounds, details: str) -> TableProblemError:
    found = f"a table of over {limits.most_unpacked / 1e6:,.0f} MB unpacked"
    return TableProblemError(found, "a smaller one", details, over=limits.most_unpacked)


class _Bounded(io.RawIOBase):
    """A packed file that stops at the bounds: never more than a piece of it is held."""

    def __init__(self, packed: IO[bytes], member: zipfile.ZipInfo, limits: Bounds) -> None:
        self._packed, self._member, self._limits = packed, member, limits
        self._read = 0

    def readable(self) -> bool:
        """Yes."""
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """The next piece."""
        piece = self._packed.read(len(buffer))
        self._read += len(piece)
        if self._read > self._limits.most_unpacked:
            raise _too_large(self._limits, "more than it says of itself")
        if self._read > max(_BEGINNING, self._member.compress_size * self._limits.most_folded):
            details = f"{self._member.compress_size:,} bytes packed, {self._read:,} so far"
            raise TableProblemError("a zip that unpacks to far more than any register would", "a table", details)
        buffer[: len(piece)] = piece
        return len(piece)


def _needed(there: Sequence[str], columns: Sequence[str]) -> None:
    missing = [column for column in columns if column not in there]
    if missing:
        named = " or ".join(map(repr, missing[:2]))
        raise TableProblemError(f"a table without the column {named}", "it as agreed", f"the columns: {list(there)[:40]}")


def _tabbed_rows(text: IO[str], columns: Sequence[str]) -> Iterator[Row]:
    """Tabs between cells, no quotation marks: one in a name is a letter like any other."""
    reader = csv.reader(text, delimiter="\t", quoting=csv.QUOTE_NONE)
    heading = next(reader, [])
    _needed(heading, columns)
    places = [(column, heading.index(column)) for column in columns]
    for cells in reader:
        if len(cells) == len(heading):
            yield {column: cells[place] for column, place in places}
        elif cells:
            yield {}


def _json_rows(text: IO[str], columns: Sequence[str]) -> Iterator[Row]:
    """An array of objects, one at a time, out of a buffer of a few megabytes."""
    wanted = frozenset(columns)
    decoder = json.JSONDecoder(object_pairs_hook=lambda pairs: {key: value for key, value in pairs if key in wanted})
    buffer = text.read(_PIECE).lstrip()
    if not buffer.startswith("["):
        raise TableProblemError("JSON that is not a list", "an array of records", repr(buffer[:100]))
    at, number = 1, 0
    there: set[str] = set()
    while True:
        at = _BETWEEN.match(buffer, at).end()  # type: ignore[union-attr]
        if at < len(buffer) and buffer[at] == "]":
            if 0 < number < _FIRST_ROWS:
                _needed(sorted(there), columns)
            return
        try:
            value, end = decoder.raw_decode(buffer, at)
        except json.JSONDecodeError as error:
            more = text.read(_PIECE)
            if not more:
                raise TableProblemError("a table that breaks off", "a whole one", str(error), cut=True) from error
            if len(buffer) - at > _LONGEST_ROW:
                raise TableProblemError("a table that cannot be read", "JSON", str(error)) from error
            buffer, at = buffer[at:] + more, 0
            continue
        row = value if isinstance(value, dict) else {}
        number += 1
        if number <= _FIRST_ROWS:
            there.update(row)
        if number == _FIRST_ROWS:
            _needed(sorted(there), columns)
        yield row
        at = end
