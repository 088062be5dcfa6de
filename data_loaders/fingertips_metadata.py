"""Indicators' metadata out of Fingertips' two answers: JSON for most of it, CSV for the polarity, which only that has."""

from __future__ import annotations

import csv
import html
import io
import json
import logging
import re
from collections.abc import Mapping
from typing import Any

import pandas as pd

from data_loaders.errors import UnexpectedAnswerError
from data_loaders.indicator_values import INDICATOR_COLUMNS, typed

logger = logging.getLogger(__name__)

# How polarity is written by Fingertips (padded with spaces in some answers) and by its successor → one of indicator_values.POLARITIES.
_POLARITIES = {
    "rag - low is good": "low is good",
    "rag - high is good": "high is good",
    "not applicable": "not applicable",
    "bob - blue orange blue": "blue orange blue",
    "lower-is-better": "low is good",
    "higher-is-better": "high is good",
    "no-polarity": "blue orange blue",
    "no-comparison-possible": "not applicable",
}


def polarity(written: object) -> str:
    """One of indicator_values.POLARITIES, or "" for a text that is not known: better no colour than the wrong one."""
    text = " ".join(str(written or "").split()).lower()
    if text and text not in _POLARITIES:
        logger.warning("The polarity %r is not known and is left empty", written)
    return _POLARITIES.get(text, "")


def read_json(body: bytes, source: str, kind: type) -> Any:
    """The JSON of a body. kind: dict or list, as expected. UnexpectedAnswerError for anything else."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise UnexpectedAnswerError(source, "text that is not JSON", "JSON", f"{error}: {body[:200]!r}", passing=True) from error
    if not isinstance(found, kind):
        raise UnexpectedAnswerError(source, f"JSON of another shape ({type(found).__name__})", f"a {kind.__name__}", repr(body[:200]))
    return found


def read_polarities(body: bytes, source: str) -> dict[str, str]:
    """Indicator → polarity, out of `indicator_metadata/csv/by_indicator_id`. UnexpectedAnswerError where a column is missing."""
    text = body.decode("utf-8-sig", "replace")
    if text.lstrip()[:1] in ("<", "{", "["):
        raise UnexpectedAnswerError(source, "something else", "a CSV of metadata", repr(body[:200]))
    csv.field_size_limit(max(csv.field_size_limit(), 1_000_000))
    try:
        rows = list(csv.reader(io.StringIO(text, newline="")))
    except csv.Error as error:
        raise UnexpectedAnswerError(source, f"a CSV that cannot be read ({error})", "a CSV of metadata", str(error)) from error
    if not rows:
        return {}
    plain = [re.sub(r"[^a-z0-9]", "", name.lower()) for name in rows[0]]
    lost = [name for name in ("Indicator ID", "Polarity") if name.replace(" ", "").lower() not in plain]
    if lost:
        raise UnexpectedAnswerError(source, f"a table that lacks the column {' and '.join(map(repr, lost))}", "the columns agreed", str(rows[0]))
    identifier, written = plain.index("indicatorid"), plain.index("polarity")
    return {row[identifier].strip(): polarity(row[written]) for row in rows[1:] if len(row) == len(plain) and row[identifier].strip()}


def metadata_frame(
    described: Mapping[str, Any], polarities: Mapping[str, str], polarity_source: str, source_id: str = "fingertips"
) -> pd.DataFrame:
    """`indicator_values.INDICATOR_COLUMNS`, a row an indicator of the JSON.

    described: the answer of `indicator_metadata/by_indicator_id`, by id as text. polarities: `read_polarities`. polarity_source:
    where those were read.
    """
    rows = []
    for identifier, entry in described.items():
        if not isinstance(entry, dict):
            continue
        descriptive, unit = _part(entry, "Descriptive"), _part(entry, "Unit")
        known = polarities.get(str(identifier), "")
        rows.append(
            {
                "indicator_id": str(identifier),
                "name": _plain(descriptive.get("Name")),
                "unit": _plain(unit.get("Label")),
                "multiplier": float(unit["Value"]) if isinstance(unit.get("Value"), int | float) else float("nan"),
                "value_type": _plain(_part(entry, "ValueType").get("Name")),
                "year_type": _plain(_part(entry, "YearType").get("Name")),
                "polarity": known,
                "polarity_source": polarity_source if known else "",
                "interval_method": _plain(_part(entry, "ConfidenceIntervalMethod").get("Name")),
                "data_source": _plain(descriptive.get("DataSource")),
                "definition": _plain(descriptive.get("Definition")),
                "updated": str(_part(entry, "DataChange").get("LastUploadedAt") or "")[:10],
                "source_id": source_id,
            }
        )
    return typed(pd.DataFrame(rows, columns=list(INDICATOR_COLUMNS)), INDICATOR_COLUMNS)


def _part(entry: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = entry.get(name)
    return part if isinstance(part, dict) else {}


def _plain(text: object) -> str:
    """Text without the tags that definitions are written with."""
    return " ".join(html.unescape(re.sub(r"<[^<>]{0,500}>", " ", str(text or ""))).split())
