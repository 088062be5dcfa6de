"""Files to take away: each carries its sources, their vintages and the settings it was made with. No screen here."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import xlsxwriter

WIDEST_COLUMN_PIXELS = 340

# A cell that a spreadsheet would run as a formula (OWASP: CSV injection).
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")


def safe_text(value: object) -> object:
    """A text cell that no spreadsheet will take for a formula, nor a reader for two rows; anything else unchanged."""
    if not isinstance(value, str):
        return value
    plain = value.replace("\r\n", "\n").replace("\r", "\n")
    return f"'{plain}" if value.startswith(_DANGEROUS) else plain


def _cells(frame: pd.DataFrame) -> pd.DataFrame:
    text = frame.select_dtypes(include=["object", "string", "category"]).columns
    cells = frame.copy()
    for column in text:
        cells[column] = cells[column].astype(object).map(safe_text)
    return cells


def to_csv(frame: pd.DataFrame, notes: Sequence[str]) -> bytes:
    """UTF-8 CSV, its notes first as lines beginning with # (pandas: `comment="#"`)."""
    buffer = io.StringIO()
    for note in notes:
        buffer.write(f"# {' '.join(note.split())}\n")
    _cells(frame).to_csv(buffer, index=False, quoting=csv.QUOTE_MINIMAL, lineterminator="\n")
    return buffer.getvalue().encode("utf-8-sig" if not notes else "utf-8")


def to_xlsx(frame: pd.DataFrame, notes: Sequence[str], sheet: str) -> bytes:
    """A workbook of two sheets: the table, and the notes on sources and settings. Text is never a formula."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(
        buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "nan_inf_to_errors": False}
    )
    bold = book.add_format({"bold": True, "valign": "top"})
    wrap = book.add_format({"text_wrap": True})
    table = book.add_worksheet(sheet[:31])
    table.freeze_panes(1, 0)
    for column, name in enumerate(frame.columns):
        table.write_string(0, column, str(name), bold)
        for row, value in enumerate(frame[name].tolist(), start=1):
            if pd.isna(value) or value in (float("inf"), float("-inf")):
                continue
            if isinstance(value, bool | int | float):
                table.write(row, column, value)
            else:
                table.write_string(row, column, str(value))
    table.autofit(WIDEST_COLUMN_PIXELS)
    about = book.add_worksheet("Sources and settings")
    about.set_column(0, 0, 110)
    for row, note in enumerate(notes):
        about.write_string(row, 0, note, wrap)
    book.close()
    return buffer.getvalue()


def to_geojson(frame: pd.DataFrame, code_column: str, outlines: Iterable[Path], notes: Sequence[str]) -> bytes:
    """A GeoJSON of the rows' outlines (EPSG:4326), each with its row as properties; the notes stand in `metadata`.

    outlines: gzipped GeoJSON files whose features carry `code`. A row without an outline keeps its place, with a null geometry.
    """
    shapes: dict[str, Any] = {}
    wanted = set(frame[code_column])
    for path in outlines:
        for feature in json.loads(gzip.decompress(path.read_bytes()))["features"]:
            if feature["properties"]["code"] in wanted:
                shapes[feature["properties"]["code"]] = feature["geometry"]
    records = json.loads(frame.to_json(orient="records", double_precision=6))
    features = [
        {
            "type": "Feature",
            "id": record[code_column],
            "properties": record,
            "geometry": shapes.get(record[code_column]),
        }
        for record in records
    ]
    return json.dumps(
        {"type": "FeatureCollection", "metadata": list(notes), "features": features},
        ensure_ascii=False,
        separators=(",", ":"),
    ).encode()


def points_to_geojson(frame: pd.DataFrame, id_column: str, notes: Sequence[str]) -> bytes:
    """A GeoJSON of points (EPSG:4326) from longitude and latitude, each with its row as properties; a row without a point has none.

    Days are written as 2026-03-31. The notes stand in `metadata`.
    """
    plain = frame.copy()
    for column in plain.select_dtypes("datetime"):
        plain[column] = plain[column].dt.strftime("%Y-%m-%d")
    features = []
    for record in json.loads(plain.to_json(orient="records", double_precision=6)):
        longitude, latitude = record.pop("longitude"), record.pop("latitude")
        point = None if longitude is None or latitude is None else {"type": "Point", "coordinates": [longitude, latitude]}
        features.append({"type": "Feature", "id": record[id_column], "properties": record, "geometry": point})
    return json.dumps(
        {"type": "FeatureCollection", "metadata": list(notes), "features": features}, ensure_ascii=False, separators=(",", ":")
    ).encode()


def to_json(frame: pd.DataFrame, notes: Sequence[str]) -> bytes:
    """JSON: {"notes": […], "rows": […]}."""
    rows = json.loads(frame.to_json(orient="records", double_precision=6))
    return (json.dumps({"notes": list(notes), "rows": rows}, ensure_ascii=False, indent=1) + "\n").encode()
