"""Where the services of an Open Referral UK feed lie: by their own coordinates, by the postcode of a physical address, or not at all.

A service that cannot be placed is kept, "not located", and it is said why. What this project itself wrote out keeps its grid reference
and its areas where they still fit the point.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from analysis.asset_records import RECORD_COLUMNS
from data_loaders.grid_points import with_degrees
from data_loaders.open_referral_documents import WITHHELD
from data_loaders.placing import Placing

NOT_LOCATED = "not located"
POINTS = ["easting", "northing", "longitude", "latitude"]
_AREAS = ["lsoa21cd", "lad24cd"]
_SAME_POINT_M = 2.0
_QUALITIES = ("surveyed point", "building centre", "address point", "postcode", "nearest", NOT_LOCATED)


def placed(rows: pd.DataFrame, placing: Placing) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Records with points, areas and buildings, and sentences about those that could not be placed.

    rows: as `open_referral_assets` makes them: RECORD_COLUMNS but for these, longitude and latitude in degrees as given, building (the
    feed's identifier of the location), taken_back, and own_… for what a record of ours says of its place.
    """
    if rows.empty:
        return pd.DataFrame(columns=list(RECORD_COLUMNS)), ()
    rows = rows.reset_index(drop=True).astype({"longitude": "float64", "latitude": "float64"})
    given = rows["longitude"].notna() & rows["latitude"].notna()
    found = placing.of_degrees(rows["longitude"].to_numpy(), rows["latitude"].to_numpy())
    good = given & found["problem"].isna().to_numpy()
    notes = tuple(
        f"{count:,} {'service has' if count == 1 else 'services have'} a position that is not used, because {problem}; "
        f"{'it is' if count == 1 else 'they are'} kept without a point."
        for problem, count in found["problem"][given & ~good].value_counts().items()
    )
    for column in ("easting", "northing", *_AREAS):
        rows[column] = found[column].where(good)
    rows[["longitude", "latitude"]] = rows[["longitude", "latitude"]].where(good)
    rows["position_quality"] = np.where(good, "address point", NOT_LOCATED)
    rows = _by_postcode(rows, placing)
    rows = _taken_back(rows, placing)
    return _buildings(_withheld(rows)), notes


def _by_postcode(rows: pd.DataFrame, placing: Placing) -> pd.DataFrame:
    """The point of the postcode where there is no better; not for what we wrote ourselves, which says how its position is known."""
    wanted = rows["easting"].isna() & rows["postcode"].notna() & ~rows["taken_back"] & ~rows["sensitive"]
    if not wanted.any():
        return rows
    there = placing.of_postcodes(rows.loc[wanted, "postcode"].astype("str"))
    there = with_degrees(there[there["easting"].notna()])
    rows.loc[there.index, [*POINTS, *_AREAS]] = there[[*POINTS, *_AREAS]]
    rows.loc[there.index, "position_quality"] = "postcode"
    return rows


def _taken_back(rows: pd.DataFrame, placing: Placing) -> pd.DataFrame:
    """What our own records say of their place, where it still holds: the grid reference within 2 m, areas that there are."""
    own = rows["taken_back"].to_numpy(dtype=bool)
    if not own.any():
        return rows
    grid = {column: pd.to_numeric(rows[f"own_{column}"], errors="coerce") for column in ("easting", "northing")}
    near = own & np.logical_and.reduce([(rows[column] - grid[column]).abs() <= _SAME_POINT_M for column in grid])
    for column, values in grid.items():
        rows[column] = rows[column].where(~near, values)
    for column in _AREAS:
        said_here = rows[f"own_{column}"].dropna().unique()
        known = own & rows[f"own_{column}"].isin([code for code in said_here if code in placing.codes[column]]).to_numpy()
        rows[column] = rows[column].where(~known, rows[f"own_{column}"])
    said = own & rows["own_position_quality"].isin(_QUALITIES).to_numpy()
    # A point that could not be used is not there, whatever the record says of it.
    said &= (rows["easting"].notna() | rows["own_position_quality"].eq(NOT_LOCATED)).to_numpy()
    rows["position_quality"] = rows["position_quality"].where(~said, rows["own_position_quality"])
    return rows


def _withheld(rows: pd.DataFrame) -> pd.DataFrame:
    hidden = rows["sensitive"].to_numpy(dtype=bool)
    empty: dict[str, Any] = {column: np.nan if column in POINTS else None for column in WITHHELD}
    for column, nothing in empty.items():
        rows[column] = rows[column].where(~hidden, nothing)
    rows["position_quality"] = rows["position_quality"].where(~hidden, NOT_LOCATED)
    return rows


def _buildings(rows: pd.DataFrame) -> pd.DataFrame:
    """`location_id`: our own where it is said; otherwise the lowest identifier of what the feed puts at the same location."""
    lowest = rows.groupby("building")["asset_id"].transform("min") if rows["building"].notna().any() else None
    fallback = rows["asset_id"] if lowest is None else lowest.where(rows["building"].notna(), rows["asset_id"])
    rows["location_id"] = rows["location_id"].where(rows["location_id"].notna(), fallback)
    return rows
