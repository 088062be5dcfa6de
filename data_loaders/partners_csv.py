"""Partners from a CSV, checked row by row: the good rows are used, the bad ones are listed with the reason.

Schema (docs/partners-csv.md): `name` and `stage` are required, and a position: `postcode`, or `latitude` and `longitude`
(EPSG:4326), or `easting` and `northing` (EPSG:27700). Optional: `category`, `last_confirmed`, `last_contact` (dates).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from pyproj import Transformer
from scipy.spatial import cKDTree

from analysis.gaps import STAGES

MAX_BYTES = 20_000_000
MAX_ROWS = 100_000
MAX_NAME = 300
MAX_LINES_OF_A_ROW = 20
FURTHEST_FROM_PEOPLE_M = 25_000.0
REQUIRED = ("name", "stage")
POSITIONS = (("postcode",), ("latitude", "longitude"), ("easting", "northing"))
OPTIONAL = ("category", "last_confirmed", "last_contact")
# A cell may be as long as the file: one that is too long is one bad row, not the end of the file.
csv.field_size_limit(MAX_BYTES)
_EMPTY = (
    "The file is empty. It needs a heading row with name, stage and a position (postcode, or latitude and longitude)."
)
_DATE_FORMATS = ("%Y-%m-%d", "%d/%m/%Y", "%d %B %Y")
_TO_BNG = Transformer.from_crs(4326, 27700, always_xy=True)
_TO_DEGREES = Transformer.from_crs(27700, 4326, always_xy=True)

FindPostcodes = Callable[[list[str]], pd.DataFrame]


class PartnersFileError(Exception):
    """A partners file of which no row can be used; the message says what is wrong and what to do."""


@dataclass(frozen=True)
class Partners:
    """What was read of a partners file.

    good: name, category, stage, easting, northing (EPSG:27700), longitude, latitude, last_confirmed, last_contact, row (of the file).
    bad: row, name, reason: the rows set aside, counted as a spreadsheet does (the heading is row 1).
    """

    good: pd.DataFrame
    bad: pd.DataFrame


def decode(content: bytes) -> str:
    """The text of an uploaded file: UTF-8 (with or without a mark), UTF-16 or Windows-1252. PartnersFileError for anything else."""
    if len(content) > MAX_BYTES:
        raise PartnersFileError(
            f"The file has {len(content) / 1e6:.0f} MB; at most {MAX_BYTES / 1e6:.0f} MB can be read. Split it by place."
        )
    if content[:4] == b"PK\x03\x04":
        raise PartnersFileError(
            "This is a spreadsheet (.xlsx), not a CSV. In the spreadsheet, choose Save as, CSV UTF-8, and try again."
        )
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encodings: tuple[str, ...] = ("utf-16",)
    elif b"\x00" in content[:200]:
        # Without a mark: Latin letters have their zero byte first in one order and second in the other.
        start = content[:200]
        encodings = ("utf-16-be",) if start[::2].count(0) > start[1::2].count(0) else ("utf-16-le",)
    else:
        encodings = ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            return content.decode(encoding).lstrip("\ufeff")
        except UnicodeDecodeError:
            continue
    raise PartnersFileError("The file's letters cannot be read. Save it as CSV UTF-8 and try again.")


def _rows(text: str, separator: str) -> list[list[str]]:
    """Rows as a spreadsheet counts them. A quotation mark that nobody closed would swallow all that follows, so a row of
    more lines than any cell holds is a reason to read each line by itself: then one bad row is one bad row.
    """
    reader = csv.reader(io.StringIO(text, newline=None), delimiter=separator)
    rows, line = [], 0
    for row in reader:
        if reader.line_num - line > MAX_LINES_OF_A_ROW:
            return [next(csv.reader([alone], delimiter=separator), []) for alone in text.splitlines()]
        line = reader.line_num
        rows.append(row)
    return rows


def _table(text: str) -> pd.DataFrame:
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    if not lines:
        raise PartnersFileError(_EMPTY)
    try:
        separator = csv.Sniffer().sniff(lines[0], delimiters=",;\t").delimiter
    except csv.Error:
        separator = ","
    try:
        rows = _rows(text, separator)
    except csv.Error as error:
        raise PartnersFileError(
            f"The file cannot be read as CSV ({error}). Save it as CSV UTF-8 and try again."
        ) from error
    numbered = [
        (number, row)
        for number, row in enumerate(rows, start=1)
        if any(cell.strip() for cell in row) and not row[0].startswith("#")
    ]
    if not numbered:
        raise PartnersFileError(_EMPTY)
    heading = [cell.strip().lower().replace(" ", "_") for cell in numbered[0][1]]
    body = numbered[1:]
    if len(body) > MAX_ROWS:
        raise PartnersFileError(
            f"The file has {len(body):,} rows; at most {MAX_ROWS:,} can be read. Split it by place."
        )
    width = len(heading)
    frame = pd.DataFrame([(row + [""] * width)[:width] for _, row in body], columns=heading, dtype=str)
    frame = frame.loc[:, ~frame.columns.duplicated()]
    frame["row"] = [number for number, _ in body]
    return frame


def _check_heading(frame: pd.DataFrame) -> None:
    missing = [column for column in REQUIRED if column not in frame]
    position = any(all(column in frame for column in pair) for pair in POSITIONS)
    if not position:
        missing.append("a position (postcode, or latitude and longitude, or easting and northing)")
    if missing:
        found = ", ".join(column for column in frame.columns if column != "row") or "nothing"
        raise PartnersFileError(
            f"The heading row lacks {' and '.join(missing)}. It has: {found}. Rename or add the column and try again."
        )


def _dates(text: pd.Series, today: date) -> tuple[pd.Series, pd.Series]:
    """Dates read (null where blank) and, for each row, what is wrong ("" where nothing is)."""
    text = text.str.strip()
    read = pd.Series(pd.NaT, index=text.index, dtype="datetime64[us]")
    for form in _DATE_FORMATS:
        read = read.fillna(
            pd.to_datetime(text.where(text != ""), format=form, errors="coerce").astype("datetime64[us]")
        )
    wrong = pd.Series("", index=text.index)
    wrong[(text != "") & read.isna()] = "is not a date (write 2026-03-31 or 31/03/2026)"
    wrong[read > pd.Timestamp(today)] = "is in the future"
    return read, wrong


def _positions(frame: pd.DataFrame, find_postcodes: FindPostcodes) -> tuple[pd.DataFrame, pd.Series]:
    """easting and northing of each row, from the first position it gives; and what is wrong with it ("" where nothing is)."""
    numbers = {
        column: pd.to_numeric(frame[column].str.strip(), errors="coerce")
        if column in frame
        else pd.Series(np.nan, index=frame.index)
        for column in ("easting", "northing", "latitude", "longitude")
    }
    numbers = {column: value.where(np.isfinite(value)) for column, value in numbers.items()}
    east, north = numbers["easting"].copy(), numbers["northing"].copy()
    degrees = (east.isna() | north.isna()) & numbers["latitude"].between(49, 61) & numbers["longitude"].between(-9, 3)
    if degrees.any():
        east[degrees], north[degrees] = _TO_BNG.transform(numbers["longitude"][degrees], numbers["latitude"][degrees])
    wrong = pd.Series("", index=frame.index)
    swapped = (east.isna() | north.isna()) & numbers["longitude"].between(49, 61) & numbers["latitude"].between(-9, 3)
    given = pd.Series(False, index=frame.index)
    for column in ("easting", "northing", "latitude", "longitude"):
        given |= frame[column].str.strip().ne("") if column in frame else False
    compact = (
        frame["postcode"].str.upper().str.replace(r"[^A-Z0-9]", "", regex=True)
        if "postcode" in frame
        else pd.Series("", index=frame.index)
    )
    wanted = (east.isna() | north.isna()) & ~swapped & (compact != "")
    if wanted.any():
        found = find_postcodes(compact[wanted].unique().tolist()).set_index("postcode")
        east[wanted] = compact[wanted].map(found["easting"]).astype(float)
        north[wanted] = compact[wanted].map(found["northing"]).astype(float)
    unplaced = east.isna() | north.isna()
    wrong[unplaced & wanted] = "the postcode is not a live English one"
    wrong[unplaced & ~wanted & given] = "the coordinates are not numbers in England"
    wrong[unplaced & ~wanted & ~given] = "there is no position"
    wrong[swapped] = "latitude and longitude look swapped"
    return pd.DataFrame({"easting": east, "northing": north}), wrong


def read(content: bytes, *, today: date, find_postcodes: FindPostcodes, people: cKDTree) -> Partners:
    """Read a partners CSV.

    content: the file's bytes. today: dates after it are refused. find_postcodes: compact postcodes → a frame of postcode, easting,
    northing for those that are live. people: population-weighted centroids (EPSG:27700), to refuse a point far from anyone in England.
    Raises PartnersFileError when no row can be used at all. Text is text: nothing in a cell is ever evaluated.
    """
    frame = _table(decode(content))
    _check_heading(frame)
    reasons: list[pd.Series] = []
    name = frame["name"].str.replace(r"[\x00-\x1f\x7f]", " ", regex=True).str.strip()
    reasons.append(
        pd.Series(
            np.where(
                name == "",
                "there is no name",
                np.where(name.str.len() > MAX_NAME, f"the name is longer than {MAX_NAME} letters", ""),
            ),
            index=frame.index,
        )
    )
    stage = frame["stage"].str.strip().str.lower()
    reasons.append(
        pd.Series(np.where(stage.isin(STAGES), "", "the stage is not one of: " + "; ".join(STAGES)), index=frame.index)
    )
    dates = {}
    for column in ("last_confirmed", "last_contact"):
        dates[column], wrong = _dates(frame[column] if column in frame else pd.Series("", index=frame.index), today)
        reasons.append(wrong.where(wrong == "", f"{column} " + wrong))
    position, wrong = _positions(frame, find_postcodes)
    placed = wrong == ""
    far = pd.Series(False, index=frame.index)
    if placed.any():
        distance, _ = people.query(position[placed].to_numpy(dtype=float))
        far[placed] = distance > FURTHEST_FROM_PEOPLE_M
    reasons.append(wrong.where(~far, "the point is over 25 km from anyone in England"))

    reason = pd.Series(["; ".join(filter(None, row)) for row in zip(*reasons, strict=True)], index=frame.index)
    good = pd.DataFrame(
        {
            "row": frame["row"],
            "name": name,
            "category": frame["category"].str.strip() if "category" in frame else "",
            "stage": stage,
            **position,
            **dates,
        }
    )
    duplicate = good.duplicated(["name", "easting", "northing"]) & (reason == "")
    reason[duplicate] = "the same name at the same point is already in the file"
    bad = pd.DataFrame({"row": frame["row"], "name": name.str.slice(0, MAX_NAME), "reason": reason})[reason != ""]
    good = good[reason == ""].reset_index(drop=True)
    good["longitude"], good["latitude"] = _TO_DEGREES.transform(
        good["easting"].to_numpy(dtype=float), good["northing"].to_numpy(dtype=float)
    )
    return Partners(good, bad.reset_index(drop=True))
