"""Reading a publisher's table and refusing, by name, one whose columns have changed."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from data_loaders.errors import SourceError

_ACTION = "Check the publisher's release notes, then change the loader; the last snapshot is untouched."


def require_columns(path: Path, present: Iterable[str], needed: Iterable[str]) -> None:
    """Raise SourceError naming every needed column that the file at `path` no longer has."""
    there = list(present)
    missing = [column for column in needed if column not in there]
    if missing:
        raise SourceError(
            path,
            f"column {', '.join(repr(column) for column in missing)} is missing (the file has: {', '.join(map(str, there[:12]))} …)",
            f"the column{'s' if len(missing) > 1 else ''} {', '.join(repr(column) for column in missing)}",
            _ACTION,
        )


def _require_file(path: Path) -> None:
    if not path.is_file():
        raise SourceError(path, "the file is missing", f"it at {path}", "Check --source.")


def read_csv(path: Path, columns: list[str], **options: object) -> pd.DataFrame:
    """Read the named columns of a CSV as text; SourceError if it is missing, empty, cut short or renamed."""
    _require_file(path)
    try:
        header = pd.read_csv(path, nrows=0, encoding="utf-8-sig")
        require_columns(path, header.columns, columns)
        return pd.read_csv(path, usecols=columns, dtype=str, encoding="utf-8-sig", **options)[columns]
    except (pd.errors.EmptyDataError, pd.errors.ParserError, UnicodeDecodeError) as error:
        raise SourceError(
            path, f"it cannot be read as CSV ({error})", "a whole UTF-8 CSV", "Fetch it again."
        ) from error


def read_excel(path: Path, sheet: str | int, columns: list[str]) -> pd.DataFrame:
    """Read one sheet of a workbook, its line breaks in headings turned to spaces, as text."""
    _require_file(path)
    try:
        frame = pd.read_excel(path, sheet_name=sheet, dtype=str)
    except Exception as error:  # openpyxl raises zipfile, key and value errors for a damaged workbook
        raise SourceError(
            path, f"sheet {sheet!r} cannot be read ({error})", "a whole .xlsx workbook", "Fetch it again."
        ) from error
    frame.columns = [" ".join(str(column).split()) for column in frame.columns]
    require_columns(path, frame.columns, columns)
    return frame[columns]


def read_parquet(path: Path, columns: list[str]) -> pd.DataFrame:
    """Read the named columns of a Parquet file; SourceError if it is missing, cut short or renamed."""
    _require_file(path)
    try:
        require_columns(path, pq.read_schema(path).names, columns)
        return pq.read_table(path, columns=columns).to_pandas()
    except (pa.ArrowInvalid, OSError) as error:
        raise SourceError(
            path, f"it cannot be read as Parquet ({error})", "a whole Parquet file", "Fetch it again."
        ) from error
