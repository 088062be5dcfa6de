"""Laying what people have said over what is published, without changing what is published: a correction stands until it is taken back.

Pure. A field that a correction leaves empty is as published; a source that no longer publishes an asset does not take away what somebody
said of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from analysis.asset_records import RECORD_COLUMNS, as_records, parts

REGISTER = "register"
"""The source of an asset that only the register still holds."""
NOT_PUBLISHED = "No longer published by {}; kept because of what was decided here."

_SITE = ("postcode", "uprn", "easting", "northing", "longitude", "latitude", "lsoa21cd", "position_quality")
_POINT = ("easting", "northing", "longitude", "latitude", "lsoa21cd", "position_quality")
_CONFIRMED = ("last_confirmed", "confirmed_by_role")
CORRECTED_FIELDS = tuple(
    name
    for name in RECORD_COLUMNS
    if name not in ("asset_id", "location_id", "hosts", "source", "licence", "source_date", "sensitive", *_CONFIRMED)
)
"""Columns that a correction can give another value."""

CORRECTION_COLUMNS: dict[str, str] = {
    "correction_id": "str",
    "version": "int64",
    "asset_id": "str",
    "asset_name": "str",  # as published when it was first corrected
    **{name: RECORD_COLUMNS[name] for name in CORRECTED_FIELDS},  # null: as published
    "sensitive": "bool",
    "closed": "bool",
    "public_premises": "bool",
    "last_confirmed": "datetime64[us]",
    "confirmed_by_role": "str",
    "as_published": "object",  # a dictionary of what the source said then
    "draft": "bool",  # it waits for an editor, and is not applied
}


def applied(records: pd.DataFrame, corrections: pd.DataFrame) -> pd.DataFrame:
    """Records with what people said of them, and the columns `corrected` (bool), `closed` (bool) and `note` (str, mostly null).

    records: RECORD_COLUMNS, and more if need be. corrections: CORRECTION_COLUMNS, at most one that is no draft for each asset. The later of
    two confirmations counts, with its role. A position is replaced as a whole, with its authority: a new postcode does not keep the old
    point. A site that a person called sensitive has no position at all. An asset of a correction that no record has any more comes last,
    with what was known: source "register", and a note. Order and index of the records are kept otherwise.
    """
    live = corrections[~corrections["draft"]].set_index("asset_id")
    if live.index.has_duplicates:
        raise ValueError("An asset has two corrections that are both published.")
    found = records.assign(corrected=False, closed=False, note=pd.Series(None, index=records.index, dtype="str"))
    if live.empty:
        return found
    lost = live[~live.index.isin(found["asset_id"])]
    if len(lost):
        again = _as_known(lost).reindex(columns=list(found.columns))
        for name in found.select_dtypes("bool"):
            again[name] = again[name].eq(True)
        found = pd.concat([found, again.astype(found.dtypes)], ignore_index=True)
    return _overlaid(found, live)


def _overlaid(found: pd.DataFrame, live: pd.DataFrame) -> pd.DataFrame:
    rows = found.index[found["asset_id"].isin(live.index)]
    said = live.reindex(found.loc[rows, "asset_id"]).set_axis(rows, axis=0)
    moved = said[["postcode", "easting"]].notna().any(axis=1)
    gone = rows[moved]
    _blank(found, gone)
    said["lad24cd"] = said["lad24cd"].where(moved)  # of a correction that moves nothing it only says who decides
    corrected = moved.copy()
    for name in CORRECTED_FIELDS:
        given = rows[said[name].notna()]
        corrected[given] |= (found.loc[given, name] != said.loc[given, name]).fillna(True)
        found.loc[given, name] = said.loc[given, name]
    found.loc[gone, "position_quality"] = found.loc[gone, "position_quality"].fillna("not located")
    hidden = rows[said["sensitive"]]
    _blank(found, hidden)
    found.loc[hidden, "position_quality"] = "not located"
    found.loc[hidden, "location_id"] = found.loc[hidden, "asset_id"]
    found.loc[hidden, "sensitive"] = True
    corrected[hidden] = True
    later = rows[said["last_confirmed"].notna() & ~(found.loc[rows, "last_confirmed"] > said["last_confirmed"])]
    found.loc[later, list(_CONFIRMED)] = said.loc[later, list(_CONFIRMED)]
    found.loc[rows, "corrected"] = corrected | said["public_premises"]
    found.loc[rows, "closed"] = said["closed"]
    return found


def _blank(found: pd.DataFrame, rows: pd.Index) -> None:
    for name in _SITE:
        found.loc[rows, name] = np.nan


def _as_known(lost: pd.DataFrame) -> pd.DataFrame:
    """A record for each asset that is published no more, of what its source said when somebody last decided on it."""
    known = [_flat(as_published) for as_published in lost["as_published"]]
    frame = pd.DataFrame(known, index=lost.index).reset_index()
    frame["name"] = frame["name"].fillna(lost["asset_name"].reset_index(drop=True)) if "name" in frame else lost["asset_name"].to_numpy()
    quality = frame["position_quality"] if "position_quality" in frame else pd.Series(None, index=frame.index, dtype="str")
    frame["position_quality"] = quality.fillna("not located")
    published_by = frame["source"].fillna("its source") if "source" in frame else pd.Series("its source", index=frame.index)
    note = published_by.map(NOT_PUBLISHED.format).astype("str")
    return as_records(frame.assign(source=REGISTER)).assign(note=note)


def _flat(as_published: object) -> Mapping[str, Any]:
    if not isinstance(as_published, Mapping):
        return {}
    return {name: value for name, value in as_published.items() if name in RECORD_COLUMNS}


def said_in_words(correction: Mapping[str, Any]) -> tuple[str, ...]:
    """What a correction (a row of CORRECTION_COLUMNS) says, a short phrase for each thing."""
    told = [name for name in CORRECTED_FIELDS if name not in (*_POINT, "lad24cd") and isinstance(correction[name], str) and parts(correction[name])]
    words = [f"{name.replace('_', ' ')}: {correction[name]}" for name in told]
    words += ["a sensitive site"] if correction["sensitive"] else []
    words += ["it has closed"] if correction["closed"] else []
    words += ["its premises are public"] if correction["public_premises"] else []
    if not pd.isna(correction["last_confirmed"]):
        words.append(f"confirmed on {correction['last_confirmed']:%Y-%m-%d}")
    return tuple(words)
