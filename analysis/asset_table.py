"""The one table of community assets: a row a service at a location, made of every record of it. Nothing is lost and every merge can be undone.

What is computed is never stored: records, pairs and people's decisions go in, the table comes out, so to take a decision back is to leave
it out. Pure, and the same whatever the order of the rows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from analysis.asset_candidates import alike_pairs, coded, crowded, same_names, squares, texts
from analysis.asset_groups import Groups, grouped
from analysis.asset_matching import no_decisions, one_each
from analysis.asset_names import read_names
from analysis.asset_records import RECORD_COLUMNS, joined
from analysis.near_duplicates import SAME_BUILDING_M, pairs_within, shared_locations

MERGED_COLUMNS = ("merged_ids", "sources", "licences", "source_dates")
_POINT = ["easting", "northing", "longitude", "latitude"]
_ADDRESS = ["postcode", "uprn"]
_PLACE = [*_POINT, "lsoa21cd", "lad24cd", "position_quality"]
_OPEN = ["opening", "days"]
_CONFIRMED = ["last_confirmed", "confirmed_by_role"]
_QUALITIES = ("surveyed point", "building centre", "address point", "nearest", "postcode", "not located")

Integers = npt.NDArray[np.intp]


@dataclass(frozen=True)
class AssetTable:
    """assets: asset_records.RECORD_COLUMNS and what other columns the records have, and MERGED_COLUMNS ("; " joined, the leading record's
    first); by asset_id. members: the leading asset_id for each record's asset_id. queue: asset_matching.PAIR_COLUMNS, pairs that a person
    should decide, most certain first.
    """

    assets: pd.DataFrame
    members: pd.Series
    queue: pd.DataFrame


def combine(records: pd.DataFrame, pairs: pd.DataFrame, decisions: pd.DataFrame | None = None) -> AssetTable:
    """Merge records that are one service at one location.

    records: RECORD_COLUMNS, and more columns if need be (`corrected`: a person's correction stands in the record, so it leads; columns of
    yes and no are yes if one record says so). Of records with one asset_id the last counts. pairs: asset_matching.matches. decisions:
    first_id, second_id, decision; see asset_groups for what wins. Of a group the corrected, then the most lately confirmed, then the
    fullest record leads, and its empty fields are filled from the others in that order; point and area together, from the record that is
    placed best; opening and days together; the latest confirmation with its role. A group with a sensitive record has no point, and its
    postcode and UPRN are that record's.
    """
    frame = one_each(records)
    ids = frame["asset_id"].to_numpy(dtype=object)
    publisher = frame["source"].astype(object).where(frame["source"].notna(), None)
    groups, queue = grouped(dict(zip(ids, publisher, strict=True)), pairs, no_decisions() if decisions is None else decisions)
    group, at = _positions(frame, groups)
    location = _locations(frame, group, at)
    table = frame.assign(
        location_id=location,
        merged_ids=frame["asset_id"],
        sources=frame["source"],
        licences=frame["licence"],
        source_dates=frame["source_date"],
    )
    leading = np.arange(len(frame))
    if len(at):
        parts = _in_order(table.take(at), group)
        lead_of = parts.groupby("group")["at"].first()
        leading[parts["at"].to_numpy()] = lead_of.reindex(parts["group"]).to_numpy()
        merged = _merged(parts).set_axis(lead_of.to_numpy(), axis=0).astype(table.dtypes)
        singles = np.setdiff1d(np.arange(len(frame)), at, assume_unique=True)
        table = pd.concat([table.take(singles), merged])
        table = table.take(np.argsort(table.index.to_numpy(), kind="stable")).reset_index(drop=True)
    hidden = table["sensitive"].to_numpy(dtype=bool)
    if table.loc[hidden, _POINT].notna().any(axis=None):  # no source should give one; if one does, it goes no further
        table.loc[hidden, _POINT] = np.nan
    members = pd.Series(ids[leading], index=pd.Index(ids, dtype="str", name="asset_id"), dtype="str", name="leading_id")
    return AssetTable(table, members, queue)


def _positions(frame: pd.DataFrame, groups: Groups) -> tuple[Integers, Integers]:
    """For every record in a group of more than one: the group's number, and the record's position in the frame."""
    position = pd.Index(frame["asset_id"])
    together = sorted(sorted(ids) for ids in groups.together.values())
    group = np.repeat(np.arange(len(together)), [len(ids) for ids in together]).astype(np.intp)
    return group, position.get_indexer([asset_id for ids in together for asset_id in ids]).astype(np.intp)


def _in_order(parts: pd.DataFrame, group: Integers) -> pd.DataFrame:
    """The records of groups, the leading one of each first, with the columns `group`, `at` (position in the frame) and `full`."""
    said = [column for column in RECORD_COLUMNS if column not in ("sensitive", "source", "licence", "asset_id", "location_id")]
    parts = parts.assign(group=group, at=parts.index.to_numpy(), full=parts[said].notna().sum(axis=1))
    corrected = parts["corrected"].eq(True) if "corrected" in parts else pd.Series(False, index=parts.index)
    parts["changed"] = corrected.to_numpy()
    return parts.sort_values(
        ["group", "changed", "last_confirmed", "full", "asset_id"],
        ascending=[True, False, False, False, True],
        na_position="last",
    )


def _merged(parts: pd.DataFrame) -> pd.DataFrame:
    """A row a group, in the order of groups."""
    by = parts.drop(columns=["at", "full", "changed"]).groupby("group")
    whole = by.first()
    for column in whole.select_dtypes("bool"):
        whole[column] = by[column].any()
    opening = parts[parts[_OPEN].notna().any(axis=1)].groupby("group")[_OPEN].nth(0)
    whole[_OPEN] = opening.set_axis(parts.loc[opening.index, "group"], axis=0).reindex(whole.index)
    confirmed = parts.sort_values(["group", "last_confirmed"], ascending=[True, False], na_position="last", kind="stable")
    whole[_CONFIRMED] = confirmed.drop_duplicates("group").set_index("group")[_CONFIRMED]
    whole[_PLACE + _ADDRESS] = _placed(parts, whole[_ADDRESS])
    for column, source in zip(MERGED_COLUMNS, ("asset_id", "source", "licence", "source_date"), strict=True):
        whole[column] = _joined(parts["group"], parts[source], whole.index)
    return whole.reindex(columns=[column for column in parts if column not in ("group", "at", "full", "changed")])


def _joined(group: pd.Series, values: pd.Series, groups: pd.Index) -> pd.Series:
    """The texts of each group joined, each once."""
    said: dict[int, list[str]] = {number: [] for number in groups}
    there = values.notna().to_numpy()
    for number, value in zip(group.to_numpy()[there], values.to_numpy(dtype=object)[there], strict=True):
        said[number].append(value)
    return pd.Series({number: joined(texts) for number, texts in said.items()}, dtype="str")


def _placed(parts: pd.DataFrame, address: pd.DataFrame) -> pd.DataFrame:
    """Point, area and address of each group. address: postcode and UPRN as filled, which stand unless a record is sensitive."""
    order = parts.assign(
        quality=parts["position_quality"].map({name: rank for rank, name in enumerate(_QUALITIES)}).fillna(len(_QUALITIES)),
        pointless=parts["easting"].isna() & ~parts["sensitive"],
        kept=parts["changed"] & parts["easting"].notna(),
    )
    order = order.sort_values(
        ["group", "sensitive", "pointless", "kept", "quality"], ascending=[True, False, True, False, True], kind="stable"
    )
    best = order.drop_duplicates("group").set_index("group")
    hidden = best["sensitive"]
    best.loc[~hidden, _ADDRESS] = address[~hidden]
    return best[_PLACE + _ADDRESS]


def _locations(frame: pd.DataFrame, group: Integers, at: Integers) -> pd.Series:
    """The lowest asset_id of the records that stand in a record's building: near_duplicates.shared_locations, and two cases more.

    Records of one group are in one building; so is a record of another kind within 30 m whose name holds the other's whole name
    ("St Luke's Church Food Bank"). A group with a sensitive record shares its location with nobody: that would say where it is.
    """
    hidden = frame["sensitive"].to_numpy(dtype=bool).copy()
    secret = np.bincount(group, weights=hidden[at], minlength=1)[group] > 0 if len(at) else np.empty(0, bool)
    hidden[at] = hidden[at] | secret
    points, cells = squares(frame)
    cells[hidden] = -1
    many = crowded(cells)
    placed = np.flatnonzero((cells >= 0) & ~many)
    first, second, _ = pairs_within(points[placed, 0], points[placed, 1], SAME_BUILDING_M)
    uprn = frame["uprn"].iloc[placed]
    near = (uprn.notna() & uprn.duplicated(keep=False)).to_numpy(dtype=bool, copy=True)
    near[first] = near[second] = True
    few = frame.take(placed[near]).reset_index(drop=True)
    ids = frame["asset_id"].to_numpy(dtype=object)
    own = pd.Series(np.arange(len(frame)), index=ids)
    lowest = own.reindex(shared_locations(few)).to_numpy(dtype=np.intp)
    holds = _names_hold(frame, placed[first], placed[second])
    head = at[np.searchsorted(group, group, side="left")]
    one, other = _in_crowds(frame, points, cells, many)
    starts = np.concatenate([placed[near], placed[first][holds], at, one])
    ends = np.concatenate([lowest, placed[second][holds], head, other])
    graph = coo_array((np.ones(len(starts)), (starts, ends)), shape=(len(frame), len(frame)))
    _, label = connected_components(graph, directed=False)
    # Records are in the order of their ids, so a component's first is its lowest.
    _, lead = np.unique(label, return_index=True)
    return pd.Series(ids[lead[label]], index=frame.index, dtype="str")


def _in_crowds(
    frame: pd.DataFrame, points: npt.NDArray[np.float64], cells: Integers, many: npt.NDArray[np.bool_]
) -> tuple[Integers, Integers]:
    """Links between records of one building where very many stand in one 250 m square: one name, UPRN or surveyed point there.

    Each with the next only, since links join up: every pair of ten thousand rows at one point would take gigabytes.
    """
    if not many.any():
        return np.empty(0, np.intp), np.empty(0, np.intp)
    surveyed = many & frame["position_quality"].ne("postcode").to_numpy(dtype=bool)
    spots = pd.factorize(pd.MultiIndex.from_arrays(np.round(points).T))[0]
    uprn = coded(texts(frame["uprn"]))
    same_uprn = pd.factorize(pd.MultiIndex.from_arrays([cells, uprn]))[0]
    links = [
        same_names(frame, cells, many),
        alike_pairs(np.where(surveyed, spots, -1), 1),
        alike_pairs(np.where(many & (uprn >= 0), same_uprn, -1), 1),
    ]
    return np.concatenate([link[0] for link in links]), np.concatenate([link[1] for link in links])


def _names_hold(frame: pd.DataFrame, first: Integers, second: Integers) -> npt.NDArray[np.bool_]:
    """Which pairs, of two kinds, have one name of two words or more inside the other's."""
    kind = frame["category"].to_numpy(dtype=object)
    found = np.zeros(len(first), bool)
    at = np.flatnonzero(kind[first] != kind[second])
    involved, place = np.unique(np.concatenate([first[at], second[at]]), return_inverse=True)
    names = read_names(frame["name"].iloc[involved])
    pairs = zip(place[: len(at)], place[len(at) :], strict=True)
    for pair, (i, j) in zip(at, pairs, strict=True):
        held = names.words[i] & names.words[j]
        whole = held in (names.words[i], names.words[j])
        found[pair] = whole and len(held) > 1 and bool(held & (names.telling[i] & names.telling[j]))
    return found
