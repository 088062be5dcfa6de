"""Places of food banks as records: where each lies, whether that is in England, and what is left aside and why."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis import postcodes
from data_loaders.givefood_rows import FAITH_HOST, FoodBankPlace
from data_loaders.grid_points import with_degrees
from data_loaders.placing import Placing

NAME = "Give Food"
CATEGORY = "food bank"
LICENCE = "Public domain; credit and link asked for"
OVER_THE_BORDER_M = 250.0
"""A place by a border whose postcode is not in the English list counts as English within this distance of an English postcode."""
_POINT = ["easting", "northing", "longitude", "latitude"]
_AREA = ["easting", "northing", "lsoa21cd", "lad24cd"]
_NETWORKS = ("Trussell", "IFAN")
_NO_FOOD_BANK = ("Charity", "Scheme")  # what the older list calls national head offices and government programmes


def records_of(places: list[FoodBankPlace], placing: Placing, published: str) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """A row for each place, in order, and notes. Columns of the asset table, and `problem`: "" for a record, else why it is none.

    A position that cannot be used (0, 0, swapped, in the sea, no number) gives way to the centre of the postcode, where that is live.
    """
    frame = pd.DataFrame([_row(place) for place in places], columns=list(_TYPES)).astype(_TYPES)
    point = placing.of_degrees(frame["longitude"], frame["latitude"])
    home = placing.of_postcodes(frame["postcode"])
    by_postcode = point["problem"].notna() & home["lad24cd"].notna()
    for column in _AREA:
        frame[column] = point[column].where(~by_postcode, home[column])
    degrees = with_degrees(frame.loc[by_postcode, ["easting", "northing"]])
    for column in ("longitude", "latitude"):
        frame.loc[by_postcode, column] = degrees[column]
    frame["position_quality"] = np.where(by_postcode, "postcode", "address point")
    frame["problem"] = _problems(places, frame["asset_id"], point, home["lad24cd"].notna().to_numpy())
    moves = np.array([place.moves for place in places], dtype=bool)
    frame["service_area"] = frame["lad24cd"].where(moves)
    frame.loc[moves, _POINT] = np.nan
    frame["lsoa21cd"] = frame["lsoa21cd"].where(~moves)
    frame.loc[moves, "position_quality"] = "not located"
    kept = frame["problem"].eq("")
    notes = (
        (int((by_postcode & kept & ~moves).sum()), "gave no usable position and stand at the centre of their postcode."),
        (int((moves & kept).sum()), "are vehicles or whole areas: they have an authority and no point."),
    )
    same = {"category": CATEGORY, "activity_groups": "practical", "source": NAME, "licence": LICENCE, "source_date": published or None}
    return frame.assign(**same), tuple(f"{number:,} {words}" for number, words in notes if number)


_TYPES = {
    "asset_id": "str",
    "name": "str",
    "description": "str",
    "hosts": "str",
    "postcode": "str",
    "charity_number": "str",
    "website": "str",
    "longitude": "float64",
    "latitude": "float64",
}


def _row(place: FoodBankPlace) -> dict[str, Any]:
    said = (
        f"A place of {place.service}." if place.place else "",
        f"Also known as {place.also_known_as}." if place.also_known_as else "",
        f"In the {place.network} network." if place.network in _NETWORKS else "",
    )
    return {
        "asset_id": place.asset_id,
        "name": place.name,
        "description": " ".join(filter(None, said)) or None,
        "hosts": FAITH_HOST if place.faith_host else None,
        "postcode": place.postcode,
        "charity_number": place.charity_number,
        "website": place.website,
        "longitude": place.longitude,
        "latitude": place.latitude,
    }


def _problems(
    places: list[FoodBankPlace], asset_id: pd.Series, point: pd.DataFrame, english_postcode: npt.NDArray[np.bool_]
) -> list[str]:
    """Why each place is no record; "" where it is one. english_postcode: whether its postcode is a live English one."""
    again = asset_id.duplicated().to_numpy()
    problem, metres = point["problem"].fillna("").tolist(), point["metres"].to_numpy()
    found = []
    for at, place in enumerate(places):
        elsewhere = "" if english_postcode[at] else _elsewhere(place, float(metres[at]))
        if again[at]:
            found.append("the same place of the same food bank comes again")
        elif place.network in _NO_FOOD_BANK:
            found.append("it is a head office or a programme, not a food bank")
        elif place.closed:
            found.append("it is closed")
        elif elsewhere:
            found.append(elsewhere)
        elif problem[at] and not english_postcode[at]:
            found.append(f"{problem[at]}; and its postcode is not a live English one, so it cannot be placed")
        else:
            found.append("")
    return found


def _elsewhere(place: FoodBankPlace, metres: float) -> str:
    """Why a place without a live English postcode is not in England; "" where it may be. metres: to the nearest English postcode."""
    postcode = postcodes.read(place.postcode or "")
    if postcode.outside:
        return f"it is in {postcode.outside}, by its postcode"
    if place.country and place.country != "England":
        return f"it is in {place.country}"
    if postcode.astride and metres > OVER_THE_BORDER_M:
        return f"it stands by the border and its postcode is not an English one, so it is probably in {postcode.astride}"
    return ""
