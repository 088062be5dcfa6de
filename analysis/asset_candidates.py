"""Which pairs of community asset records are worth comparing: near each other, or alike in a key. Never all with all.

Pairs come from a KD-tree in British National Grid metres, and from equal postcodes, UPRNs and charity numbers. Where very many records
stand at one spot or share one key (a feed that gives the town hall for each of its services), only equal names are paired there, so that
time and memory stay bounded whatever a file holds.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.near_duplicates import NEAR_M, comparable_names, pairs_within

LIKELY_M = 250.0
CROWD = 200
"""More records than this in one 250 m square, or with one key, are a crowd: of them only equal names are paired."""

Integers = npt.NDArray[np.intp]
Flags = npt.NDArray[np.bool_]
Texts = npt.NDArray[np.object_]

COLUMNS = (
    "asset_id",
    "name",
    "category",
    "faith_tradition",
    "denomination",
    "postcode",
    "uprn",
    "charity_number",
    "easting",
    "northing",
    "lad24cd",
    "source",
)
"""The columns of a record that matching reads."""


def texts(column: pd.Series) -> Texts:
    """A column of texts as an array; "" where there is none."""
    return column.astype(object).where(column.notna(), "").to_numpy(dtype=object)


def coded(keys: Texts) -> Integers:
    """A number for each key, -1 for ""."""
    codes, kinds = pd.factorize(keys)
    empty = np.flatnonzero(kinds == "")
    return np.where(codes == empty[0], -1, codes) if len(empty) else codes


def alike_pairs(codes: Integers, furthest: int) -> tuple[Integers, Integers]:
    """Pairs of positions with one code (-1 is none), at most `furthest` places apart in the order of codes, then positions."""
    at = np.flatnonzero(codes >= 0)
    at = at[np.argsort(codes[at], kind="stable")]
    ordered = codes[at]
    firsts, seconds = [np.empty(0, np.intp)], [np.empty(0, np.intp)]
    for apart in range(1, min(furthest, len(at) - 1) + 1):
        same = np.flatnonzero(ordered[:-apart] == ordered[apart:])
        if not len(same):
            break
        firsts.append(at[same])
        seconds.append(at[same + apart])
    return np.concatenate(firsts), np.concatenate(seconds)


def crowded(codes: Integers) -> Flags:
    """Which records are in a crowd: more than CROWD have their code."""
    sizes = np.bincount(codes[codes >= 0], minlength=1)
    return (codes >= 0) & (sizes[np.maximum(codes, 0)] > CROWD)


def same_names(frame: pd.DataFrame, codes: Integers, which: Flags) -> tuple[Integers, Integers]:
    """Neighbours, in the order of ids, among the records of one code that have one name."""
    at = np.flatnonzero(which)
    names = comparable_names(frame["name"].iloc[at])
    both = pd.Series(codes[at].astype(str)).str.cat(names.reset_index(drop=True), sep=" ").to_numpy(dtype=object)
    first, second = alike_pairs(coded(np.where(names.to_numpy() == "", "", both)), 1)
    return at[first], at[second]


def _by_key(frame: pd.DataFrame, codes: Integers) -> tuple[Integers, Integers]:
    """Pairs of records with one key."""
    many = crowded(codes)
    first, second = alike_pairs(np.where(many, -1, codes), CROWD)
    if not many.any():
        return first, second
    more, others = same_names(frame, codes, many)
    return np.concatenate([first, more]), np.concatenate([second, others])


def squares(frame: pd.DataFrame) -> tuple[npt.NDArray[np.float64], Integers]:
    """(easting and northing of each record, the number of the 250 m square that it is in, -1 without a point)."""
    points = frame[["easting", "northing"]].to_numpy(dtype=float)
    placed = np.flatnonzero(np.isfinite(points).all(axis=1))
    corners = np.floor(points[placed] / LIKELY_M).astype(np.int64)
    cells = np.full(len(frame), -1, dtype=np.intp)
    cells[placed] = pd.factorize(corners[:, 0] * 1_000_000 + corners[:, 1])[0]
    return points, cells


def _by_distance(frame: pd.DataFrame, source: Integers) -> tuple[Integers, Integers]:
    """Pairs within 250 m; of one source, which knows its own records, within 60 m."""
    points, cells = squares(frame)
    placed, many = np.flatnonzero(cells >= 0), crowded(cells)
    loose = placed[~many[placed]]
    first, second, distance = pairs_within(points[loose, 0], points[loose, 1], LIKELY_M)
    first, second = loose[first], loose[second]
    useful = (source[first] != source[second]) | (distance <= NEAR_M)
    first, second = first[useful], second[useful]
    if not many.any():
        return first, second
    more, others = same_names(frame, cells, many)
    return np.concatenate([first, more]), np.concatenate([second, others])


def _only_names(frame: pd.DataFrame, fresh: Flags | None) -> tuple[Integers, Integers]:
    """Pairs with one name in one authority where one has no point, if just one other record there has that name."""
    lad = coded(texts(frame["lad24cd"]))
    pointless = frame["easting"].isna().to_numpy(dtype=bool) & (lad >= 0)
    if not pointless.any():
        return np.empty(0, np.intp), np.empty(0, np.intp)
    wanted = np.unique(lad[pointless])
    if fresh is not None:
        wanted = np.intersect1d(wanted, lad[fresh])
    at = np.flatnonzero(np.isin(lad, wanted))
    names = comparable_names(frame["name"].iloc[at]).to_numpy(dtype=object)
    keys = np.array([f"{code} {name}" if name else "" for code, name in zip(lad[at], names, strict=True)], dtype=object)
    codes = coded(keys)
    alone = np.bincount(codes[codes >= 0], minlength=1)[np.maximum(codes, 0)] == 2
    first, second = alike_pairs(np.where(alone, codes, -1), 1)
    first, second = at[first], at[second]
    either = pointless[first] | pointless[second]
    return first[either], second[either]


def candidate_pairs(frame: pd.DataFrame, fresh: Flags | None = None) -> tuple[Integers, Integers]:
    """Every pair of positions (first < second) that may be one place, each once, in order.

    frame: COLUMNS, in the order of asset_id, easting and northing in EPSG:27700 metres or null. fresh: which rows are new; given it, a
    pair has a new row at least. A record without a point is paired by its keys, or by a name that is found once in its authority.
    """
    source = coded(texts(frame["source"]))
    found = [_by_distance(frame, source), _only_names(frame, fresh)]
    found += [_by_key(frame, coded(texts(frame[key]))) for key in ("postcode", "uprn", "charity_number")]
    first = np.concatenate([pair[0] for pair in found])
    second = np.concatenate([pair[1] for pair in found])
    if fresh is not None:
        new = fresh[first] | fresh[second]
        first, second = first[new], second[new]
    low, high = np.minimum(first, second).astype(np.int64), np.maximum(first, second)
    each = np.unique(low * max(len(frame), 1) + high)
    return (each // max(len(frame), 1)).astype(np.intp), (each % max(len(frame), 1)).astype(np.intp)
