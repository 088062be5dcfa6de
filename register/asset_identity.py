"""What makes a row of a list the row that it was when the list was last brought in, and a row that is there twice.

A row is known by its name, its kind, and where it is. Of a row that keeps only an area, the postcode is no part of that: whoever tried
every postcode could tell it from the id.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID, uuid5

import pandas as pd

from analysis.near_duplicates import comparable_names
from register.asset_plan import Said

_LISTS = UUID("6f9b2c1e-0a53-5d0f-9a3c-3a2f6f0e5b77")
_SAME_ROW = ("denomination", "description", "activity_groups", "clinical_areas", "who_for", "languages", "opening", "days", "space", "hosts",
             "organisation_type", "faith_kind", "faith_tradition", "service_area", "charity_number", "website", "uprn")  # fmt: skip


def identities(rows: pd.DataFrame) -> pd.Series:
    """An id (UUID 5) for each row, of its comparable name, its postcode or point (to 10 m) or else its charity number or authority, and its
    category. The same whenever the same row comes again; of a private row nothing but its authority is in it."""
    names = comparable_names(rows["name"])
    names = names.where(names.ne(""), rows["name"].fillna("").str.casefold())
    east, north = (rows[axis].map("{:.0f}".format, na_action="ignore").astype("str").str[:-1] for axis in ("easting", "northing"))
    where = rows["postcode"].where(rows["postcode"].notna(), east + "," + north)
    where = where.where(where.notna(), rows["charity_number"].where(rows["category"].eq("charity"))).fillna(rows["lad24cd"])
    keys = names + "|" + where + "|" + rows["category"].fillna("")
    return keys.map(lambda key: str(uuid5(_LISTS, key))).astype("str")


def without_duplicates(rows: pd.DataFrame, numbers: Iterable[int], left: set[int], said: Said) -> tuple[pd.DataFrame, dict[int, int]]:
    """(rows with `source_id`, duplicate → the position that stands for it). numbers: of the rows in the file. left: positions to pass over.

    A row that has another's name, place and kind, and contradicts nothing that it says, is its duplicate; what only the duplicate says goes
    to the one that is kept. Where they contradict each other (two services of one body), both are kept, the later with an id of its own.
    """
    rows = rows.assign(source_id=identities(rows))
    number = list(numbers)
    stands: dict[int, int] = {}
    kept = [at for at in range(len(rows)) if at not in left]
    repeated = rows["source_id"].iloc[kept]
    repeated = repeated[repeated.duplicated(keep=False)]
    for _, group in repeated.groupby(repeated, sort=False):
        firsts: list[int] = []
        for at in group.index:
            match = next((first for first in firsts if not _differing(rows, first, at)), None)
            if match is not None:
                stands[at] = match
                _fill(rows, match, at)
                said.add(at, "name", f"Row {number[match]} has the same name, place and kind, and says nothing else: that one is kept.",
                         "Remove one of the two.")  # fmt: skip
                continue
            firsts.append(at)
            if len(firsts) > 1:
                differs = ", ".join(name.replace("_", " ") for name in _differing(rows, firsts[0], at))
                said.add(at, "name", f"Row {number[firsts[0]]} has the same name, place and kind, but another {differs}: both are kept.",
                         "If they are one, remove one; if not, give each a name of its own.")  # fmt: skip
                rows.loc[at, "source_id"] = str(uuid5(_LISTS, f"{rows['source_id'].iat[at]}|{len(firsts)}"))
    return rows, stands


def _differing(rows: pd.DataFrame, first: int, other: int) -> list[str]:
    """Fields in which both rows say something, and not the same."""
    one, two = rows.loc[first, list(_SAME_ROW)], rows.loc[other, list(_SAME_ROW)]
    return [name for name in _SAME_ROW if pd.notna(one[name]) and pd.notna(two[name]) and _plain(one[name]) != _plain(two[name])]


def _plain(value: object) -> str:
    return "".join(letter for letter in str(value).casefold() if letter.isalnum())


def _fill(rows: pd.DataFrame, first: int, other: int) -> None:
    """Give the row that is kept what only its duplicate says; of two confirmations the later counts."""
    for name in _SAME_ROW:
        if pd.isna(rows.at[first, name]) and pd.notna(rows.at[other, name]):
            rows.loc[first, name] = rows.at[other, name]
    later = rows.at[other, "last_confirmed"]
    if pd.notna(later) and not rows.at[first, "last_confirmed"] >= later:
        rows.loc[first, "last_confirmed"], rows.loc[first, "confirmed_by_role"] = later, rows.at[other, "confirmed_by_role"]
