"""Where the rows of a list are: by their coordinates, else by their postcode, all at once; what is wrong with either is said.

A position is never guessed. Numbers that are in each other's column are put right only where one reading is in England and the other is
not, or only one of them is near the row's own postcode.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd
from pyproj import Transformer

from analysis import postcodes
from analysis.cell_shapes import POSTCODE, is_blank, number
from register.asset_plan import Said

DISAGREE_M = 2_000.0
_AT_THE_POSTCODE_M = 15.0  # coordinates this near to their postcode's own were made from it
_MOST_DEGREES = 90.0
_TO_DEGREES = Transformer.from_crs(27700, 4326, always_xy=True)
_CHECK = "Check that it is where it should be."
_HALF = "Give both, or a live postcode."

Floats = npt.NDArray[np.float64]
Pair = tuple[Floats, Floats]


class Placing(Protocol):
    """Finds where many things are at once (`data_loaders.placing.Placing`)."""

    def of_points(self, easting: npt.ArrayLike, northing: npt.ArrayLike) -> pd.DataFrame:
        """Points of EPSG:27700, metres → lsoa21cd, lad24cd, metres, problem (words where one is not in England, else null), in order."""

    def of_degrees(self, longitude: npt.ArrayLike, latitude: npt.ArrayLike) -> pd.DataFrame:
        """The same for degrees of EPSG:4326, with easting and northing."""

    def of_postcodes(self, compact: pd.Series) -> pd.DataFrame:
        """Compact postcodes → easting, northing, lsoa21cd, lad24cd; null where one is not live. The series' index."""


def placed(cells: pd.DataFrame, placing: Placing, said: Said) -> pd.DataFrame:
    """Where each row is. cells: text by field, indexed 0 to n−1; what is not among the fields of a position is not looked at.

    Gives, by the same index: postcode (compact, live), easting, northing (EPSG:27700, to 0.1 m), longitude, latitude (EPSG:4326), lsoa21cd,
    lad24cd, position_quality; and contact_lad24cd, where a contact's postcode is. A row that is in another country is refused.
    """
    public, private = _postcodes(cells, said)
    known = _live(sorted({*public.dropna(), *private.dropna()}), placing)
    by_postcode = known.reindex(public).set_axis(cells.index, axis=0)
    _say_unknown(public, by_postcode, said)
    by_point = _by_coordinates(cells, placing, by_postcode, said)
    _refuse_abroad(public, by_point, by_postcode, said)
    has_point = by_point["lad24cd"].notna()
    found = by_point.where(has_point, by_postcode[["easting", "northing", "lsoa21cd", "lad24cd"]])
    apart = np.hypot(by_point["easting"] - by_postcode["easting"], by_point["northing"] - by_postcode["northing"])
    for at in np.flatnonzero((apart > DISAGREE_M) & has_point):
        problem = f"The coordinates are {apart[at] / 1000:.1f} km from the postcode {postcodes.read(public[at]).spoken}. The coordinates were used."
        said.add(int(at), _COORDINATES + _POSTCODES, problem, "Check which is right.")
    longitude, latitude = _TO_DEGREES.transform(found["easting"].to_numpy(float), found["northing"].to_numpy(float))
    placed_at = found["lad24cd"].notna()
    quality = np.select([~placed_at, ~has_point | (apart <= _AT_THE_POSTCODE_M)], ["not located", "postcode"], "address point")
    return found.assign(
        longitude=np.where(placed_at, np.round(longitude, 6), np.nan),
        latitude=np.where(placed_at, np.round(latitude, 6), np.nan),
        postcode=public.where(by_postcode["lad24cd"].notna()),
        position_quality=quality,
        contact_lad24cd=known["lad24cd"].reindex(private).set_axis(cells.index, axis=0),
    )


def _live(wanted: list[str], placing: Placing) -> pd.DataFrame:
    """Where postcodes are, by the postcode: asked for once, all together, and not at all where there is none."""
    if wanted:
        return placing.of_postcodes(pd.Series(wanted, dtype="str")).set_axis(wanted, axis=0)
    return pd.DataFrame(columns=["easting", "northing", "lsoa21cd", "lad24cd"]).astype(
        {"easting": "float64", "northing": "float64", "lsoa21cd": "str", "lad24cd": "str"}
    )


_GRID, _DEGREES = ("easting", "northing"), ("longitude", "latitude")
_COORDINATES = (*_GRID, *_DEGREES, "position")
_POSTCODES = ("postcode", "address")


def _column(cells: pd.DataFrame, field: str) -> pd.Series:
    return cells[field] if field in cells else pd.Series("", index=cells.index, dtype="str")


def first_postcode(text: str, *, last: bool = False) -> str | None:
    """The first postcode in a text, or the last, compact; None where it has none."""
    found = POSTCODE.findall(text)
    return postcodes.read("".join(found[-1 if last else 0])).compact if found else None


def _postcodes(cells: pd.DataFrame, said: Said) -> tuple[pd.Series, pd.Series]:
    """Each row's own postcode and its contact's, compact; null where it has none."""
    own, address, contact = (_column(cells, field) for field in ("postcode", "address", "contact_postcode"))
    public = own.map(first_postcode).astype("str")
    for at in np.flatnonzero(public.isna()):
        if not is_blank(own[at].strip()):
            said.add(int(at), "postcode", f"“{own[at][:40]}” is not a postcode.", "Write it like RM9 6QD.")
    public = public.where(public.notna(), address.map(lambda text: first_postcode(text, last=True))).astype("str")
    return public, contact.map(first_postcode).astype("str")


def _say_unknown(public: pd.Series, by_postcode: pd.DataFrame, said: Said) -> None:
    for at in np.flatnonzero(public.notna() & by_postcode["lad24cd"].isna()):
        read = postcodes.read(public[at])
        if read.outside:
            continue  # said where the row is refused for it, unless its coordinates are in England
        problem = f"{read.spoken} is not a live English postcode: it has a slip, has ended, or is newer than the list of postcodes."
        said.add(int(at), _POSTCODES, problem, "Check it, or give coordinates.")


def _numbers(cells: pd.DataFrame, field: str, said: Said) -> Floats:
    texts = _column(cells, field)
    known = {text: number(text.replace("°", "")) for text in texts.unique()}
    values = texts.map(known).to_numpy(dtype=float, na_value=np.nan, copy=True)
    for at in np.flatnonzero(np.isnan(values)):
        if not is_blank(texts[at].strip()):
            said.add(int(at), field, f"“{texts[at][:40]}” is not a number.", "Write coordinates as numbers only.")
    return values


def _by_coordinates(cells: pd.DataFrame, placing: Placing, near: pd.DataFrame, said: Said) -> pd.DataFrame:
    """easting, northing, lsoa21cd, lad24cd by coordinates; null where there are none that are in England."""
    grid = _numbers(cells, "easting", said), _numbers(cells, "northing", said)
    degrees = _numbers(cells, "longitude", said), _numbers(cells, "latitude", said)
    _read_pairs(cells, degrees, said)
    for pair, fields in ((grid, _GRID), (degrees, _DEGREES)):
        half = np.isnan(pair[0]) != np.isnan(pair[1])
        said.each(pd.Series(half), (*fields, "position"), "Only one of the two coordinates can be read.", _HALF)
    _move(grid, degrees, said)
    found = pd.DataFrame({"easting": np.nan, "northing": np.nan, "lsoa21cd": None, "lad24cd": None}, index=cells.index)
    found = found.astype({"lsoa21cd": "str", "lad24cd": "str"})
    for pair, fields, is_grid in ((degrees, _DEGREES, False), (grid, _GRID, True)):  # the grid last: it is what England surveys by
        rows = np.flatnonzero(np.isfinite(pair[0]) & np.isfinite(pair[1]))
        if len(rows):
            good = _england(rows, pair, fields, is_grid, placing, near, said)
            found.loc[good.index, ["easting", "northing", "lsoa21cd", "lad24cd"]] = good
    return found


def _read_pairs(cells: pd.DataFrame, degrees: Pair, said: Said) -> None:
    """Fill in degrees from a column of pairs, latitude first as maps give them."""
    for at, text in enumerate(_column(cells, "position")):
        values = [number(part) for part in text.strip(" ()").replace(";", ",").replace(",", " ").split()]
        if len(values) == 2 and None not in values:
            if np.isnan(degrees[0][at]) and np.isnan(degrees[1][at]):
                degrees[1][at], degrees[0][at] = values[0] or 0.0, values[1] or 0.0
        elif not is_blank(text.strip()):
            said.add(at, "position", f"“{text[:40]}” is not a pair of degrees.", "Write it like 51.5165, 0.1445.")


def _move(grid: Pair, degrees: Pair, said: Said) -> None:
    """Degrees in the columns of the grid and metres in those of degrees go where they belong, where nothing stands there."""
    for here, there, wrong, fields, words in (
        (grid, degrees, np.abs(np.array(grid)).max(axis=0) <= _MOST_DEGREES, _GRID, "degrees, not metres"),
        (degrees, grid, np.abs(np.array(degrees)).min(axis=0) > 1_000, _DEGREES, "metres of the National Grid, not degrees"),
    ):
        moved = wrong & np.isnan(there[0]) & np.isnan(there[1]) & (np.abs(here[0]) + np.abs(here[1]) > 0)
        for one, other in zip(there, here, strict=True):
            one[moved], other[moved] = other[moved], np.nan
        said.each(pd.Series(moved), (*fields, "position"), f"The coordinates are {words}: they were read as that.", _CHECK)


def _england(
    rows: npt.NDArray[np.intp], pair: Pair, fields: tuple[str, str], is_grid: bool, placing: Placing, near: pd.DataFrame, said: Said
) -> pd.DataFrame:
    """Where those rows are whose coordinates lie in England, as they stand or the other way round."""
    across, up = pair[0][rows], pair[1][rows]
    straight = _located(placing, across, up, is_grid)
    postcode = near.loc[rows, ["easting", "northing"]].to_numpy(float)
    far = _far(straight, postcode)
    doubtful = np.flatnonzero(straight["problem"].notna() | (far > DISAGREE_M))
    chosen = straight
    if len(doubtful):
        turned = _located(placing, up[doubtful], across[doubtful], is_grid)
        fits = turned["problem"].isna().to_numpy() & (
            straight["problem"].notna().to_numpy()[doubtful] | (_far(turned, postcode[doubtful]) <= DISAGREE_M)
        )
        swapped = doubtful[fits]
        chosen.loc[swapped] = turned[fits].set_axis(swapped, axis=0)
        for at in rows[swapped]:
            said.add(int(at), (*fields, "position"),
                     f"The {fields[0]} and the {fields[1]} were in each other's place: they were put right.", _CHECK)  # fmt: skip
    bad = chosen["problem"].notna().to_numpy()
    for at, why in zip(rows[bad], chosen["problem"][bad], strict=True):
        nought = pair[0][at] == 0 and pair[1][at] == 0
        words = "The coordinates are 0, 0, which somebody's software wrote for nothing" if nought else _sentence(why)
        used = "the postcode was used" if pd.notna(near["lad24cd"].iloc[at]) else "they were left out"
        said.add(int(at), (*fields, "position"), f"{words}: {used}.", "Correct them, or leave them blank.")
    return chosen.loc[~bad, ["easting", "northing", "lsoa21cd", "lad24cd"]].set_axis(rows[~bad], axis=0)


def _sentence(words: str) -> str:
    words = words.rstrip(". ").replace(":", ",")
    return words[:1].upper() + words[1:]


def _located(placing: Placing, across: Floats, up: Floats, is_grid: bool) -> pd.DataFrame:
    if is_grid:
        return placing.of_points(across, up).assign(easting=np.round(across, 1), northing=np.round(up, 1)).reset_index(drop=True)
    possible = (np.abs(up) <= _MOST_DEGREES) & (np.abs(across) <= 2 * _MOST_DEGREES)
    found = placing.of_degrees(np.where(possible, across, 0.0), np.where(possible, up, 0.0)).reset_index(drop=True)
    found.loc[~possible, "problem"] = "the coordinates are not degrees"
    return found


def _far(found: pd.DataFrame, postcode: Floats) -> Floats:
    """Metres from each point to the row's own postcode; nothing (not a number) where it has none."""
    metres: Floats = np.hypot(found["easting"].to_numpy(float) - postcode[:, 0], found["northing"].to_numpy(float) - postcode[:, 1])
    return metres


def _refuse_abroad(public: pd.Series, point: pd.DataFrame, postcode: pd.DataFrame, said: Said) -> None:
    """Refuse rows of which all that is known is that they are in another country."""
    for at in np.flatnonzero(public.notna() & point["lad24cd"].isna() & postcode["lad24cd"].isna()):
        outside = postcodes.read(public[at]).outside
        if outside:
            said.add(int(at), _POSTCODES, f"It is in {outside}, outside England.", "Leave it out, or correct its postcode.", refused=True)
