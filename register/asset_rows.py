"""The rows of a list as the register keeps them: checked one by one, each with an id that the next version of the list finds again.

An id is made of the list, what the row calls itself and where it is, with the register's own secret: without that, trying every postcode
would tell where a sensitive site is.
"""

from __future__ import annotations

import hashlib
import hmac
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import numpy as np
import pandas as pd

from analysis.asset_records import RECORD_COLUMNS, parts
from register.derived import folded
from register.errors import FieldProblem, ValidationError
from register.model_assets import DESCRIBED_FIELDS, LIST_FIELDS, SITE_FIELDS
from register.validation import cleaned

KEPT_FIELDS = ("name", *DESCRIBED_FIELDS, "last_confirmed", "confirmed_by_role")
"""Fields of a row that the register keeps; the other columns of RECORD_COLUMNS follow from the list."""
OWN_FIELDS = ("row_number", "source_id")
"""What a row may say besides RECORD_COLUMNS: where it stood in the file, counted from 1, and its id there."""
PROBLEM_COLUMNS = ["row_number", "name", "field", "problem"]

Fields = dict[str, Any]


@dataclass(frozen=True)
class Checked:
    """rows: fields as they can be stored, in the order given. problems: PROBLEM_COLUMNS, a line for each thing to mend."""

    rows: tuple[Fields, ...]
    problems: pd.DataFrame


def checked(rows: pd.DataFrame | Iterable[Mapping[str, Any]], kept_for: str, today: date) -> Checked:
    """Check each row by itself. rows: RECORD_COLUMNS and OWN_FIELDS, lists as lists or joined by "; ". kept_for: the list's lad24cd.

    A sensitive site and a charity lose what tells where they are. A row with a problem is not among `rows`; each has `row_number`
    (its place in what was given, if it does not say) and `identity` (what it is known by in its list) besides the fields of `Asset`.
    """
    good: list[Fields] = []
    problems: list[dict[str, Any]] = []
    for position, row in enumerate(_mappings(rows), 1):
        number = plain_cell(row.get("row_number")) or position
        said = {name: plain_cell(row.get(name)) for name in KEPT_FIELDS if name in row}
        try:
            values = _checked_row(row, said, kept_for, today)
        except ValidationError as error:
            problems += [
                {"row_number": number, "name": said.get("name"), "field": one.field, "problem": one.message}
                for one in error.problems
            ]
            continue
        good.append({**values, "row_number": int(number), "identity": _identity(row, values["name"])})
    return Checked(tuple(good), pd.DataFrame(problems, columns=PROBLEM_COLUMNS))


def _checked_row(row: Mapping[str, Any], said: Fields, kept_for: str, today: date) -> Fields:
    unknown = [name for name in row if name not in RECORD_COLUMNS and name not in OWN_FIELDS]
    if unknown:
        raise ValidationError([FieldProblem(name, f"A record of a list has no field “{name}”.") for name in unknown])
    values = {name: list(parts(value)) if name in LIST_FIELDS and isinstance(value, str) else value for name, value in said.items()}
    if values.get("sensitive") or values.get("category") == "charity":
        values |= dict.fromkeys(SITE_FIELDS)
    clean = cleaned("asset", {**values, "asset_list_id": "new", "kept_for": kept_for, "asset_id": "new"}, today)
    return {name: value for name, value in clean.items() if name not in ("asset_list_id", "asset_id")}


def _mappings(rows: pd.DataFrame | Iterable[Mapping[str, Any]]) -> Iterable[Mapping[str, Any]]:
    return rows.to_dict("records") if isinstance(rows, pd.DataFrame) else rows


def plain_cell(value: Any) -> Any:
    """A value of a frame as Python has it; an empty cell as None."""
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or value is pd.NaT or value is pd.NA or (isinstance(value, float) and value != value):
        return None
    return value


def _identity(row: Mapping[str, Any], name: str) -> str:
    own = plain_cell(row.get("source_id"))
    if own:
        return f"id|{own}"
    easting, northing = plain_cell(row.get("easting")), plain_cell(row.get("northing"))
    point = f"{easting:.0f},{northing:.0f}" if easting is not None and northing is not None else ""
    where = plain_cell(row.get("uprn")) or plain_cell(row.get("postcode")) or point
    return f"{folded(name)}|{where}"


def with_ids(rows: Sequence[Fields], list_key: str, secret: str) -> list[Fields]:
    """The rows with `asset_id` in place of `identity`. Rows of one identity are told apart by their order in the list."""
    seen: Counter[str] = Counter()
    found = []
    for row in rows:
        seen[row["identity"]] += 1
        known = f"{list_key}|{row['identity']}|{seen[row['identity']]}"
        sealed = hmac.new(secret.encode(), known.encode(), hashlib.sha256).hexdigest()
        values = {name: value for name, value in row.items() if name != "identity"}
        found.append({**values, "asset_id": f"list/{uuid5(NAMESPACE_URL, sealed)}"})
    return found


def found_again(rows: Sequence[Fields], there: Mapping[str, Mapping[str, Any]]) -> list[Fields]:
    """The rows with the ids that they had before, where a row moved: an old and a new row of one name that is each list's only such one.

    there: the records of the list by asset_id.
    """
    ids = {row["asset_id"] for row in rows}
    gone: dict[str, list[str]] = {}
    for asset_id, row in there.items():
        if asset_id not in ids:
            gone.setdefault(folded(row["name"]), []).append(asset_id)
    new = Counter(folded(row["name"]) for row in rows if row["asset_id"] not in there)
    again = []
    for row in rows:
        name = folded(row["name"])
        moved = row["asset_id"] not in there and new[name] == 1 and len(gone.get(name, ())) == 1
        again.append({**row, "asset_id": gone[name][0]} if moved else row)
    return again
