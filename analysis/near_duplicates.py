"""Finding records of one place that were entered twice, and records that stand at one building.

Pairs come from a KD-tree in British National Grid metres; names are compared with RapidFuzz (token set
ratio). Pure functions on frames: nothing is read, nothing is dropped without a row that says so.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from rapidfuzz import fuzz, process
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

NEAR_M = 60.0
SAME_BUILDING_M = 30.0
SAME_UPRN_M = 250.0  # a UPRN repeated further away than this is an error in the source, not one building
SAME_POINT_M = 1.0  # OpenStreetMap coordinates are given to five decimals, about a metre
SAME_NAME = 90.0

MATCH_COLUMNS = ["kept_id", "other_id", "distance_m", "decision", "reason"]
MERGED, NEIGHBOURS = "merged", "close neighbours, kept"

# Words that say what kind of place it is, not which: two churches are not one because both are "Church".
_KIND_WORDS = (
    r"\b(?:the|of|and|church|chapel|parish|mosque|masjid|temple|synagogue|gurdwara|centre|center|hall|community|"
    r"association|tenants?|residents?|library|room|building|worship|place)\b"
)
_APOSTROPHE = r"[\u2019'`\u00b4]"
_POSSESSIVE = _APOSTROPHE + r"s\b"
# Denominations under which mappers enter one congregation.
_FAMILY = {"Roman Catholic": "Catholic", "Presbyterian": "United Reformed", "Elim Pentecostal": "Pentecostal"}

Integers = npt.NDArray[np.intp]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Resolution:
    """kept: records that stay (same columns); matches: MATCH_COLUMNS, a row a merge or neighbours."""

    kept: pd.DataFrame
    matches: pd.DataFrame


def comparable_names(names: pd.Series) -> pd.Series:
    """Names without accents, case, possessives and punctuation, "Saint" as "st"; "" when unnamed.

    >>> comparable_names(pd.Series(["Saint Mary's Church"])).tolist()
    ['st mary church']
    """
    text = names.fillna("").astype("str").str.normalize("NFKD").str.replace(r"[\u0300-\u036f]", "", regex=True)
    text = text.str.casefold().str.replace(_POSSESSIVE, "", regex=True).str.replace(_APOSTROPHE, "", regex=True)
    text = (
        text.str.replace("&", " and ")
        .str.replace(r"[^\w]+", " ", regex=True)
        .str.replace(r"\bsaint\b", "st", regex=True)
    )
    # "St Marys" without its apostrophe; names that truly end in s lose it on both sides alike.
    text = text.str.replace(r"\bst (\w{3,}?)s\b", r"st \1", regex=True)
    return text.str.replace(r"\s+", " ", regex=True).str.strip()


def telling_words(names: pd.Series) -> pd.Series:
    """The words of comparable names that say which place it is, not what kind of place: a list of words each."""
    return names.str.replace(_KIND_WORDS, " ", regex=True).str.split()


def pairs_within(easting: Floats, northing: Floats, metres: float) -> tuple[Integers, Integers, Floats]:
    """Every pair (i < j) within `metres`, and its distance in metres. Inputs: EPSG:27700, no nulls."""
    points = np.column_stack([easting, northing]).astype(float)
    if len(points) < 2:
        return np.empty(0, np.intp), np.empty(0, np.intp), np.empty(0)
    pairs = cKDTree(points).query_pairs(metres, output_type="ndarray")
    pairs = pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]
    first, second = pairs[:, 0], pairs[:, 1]
    return first, second, np.hypot(*(points[first] - points[second]).T)


def names_agree(names: pd.Series, first: Integers, second: Integers, confirmed: Flags | None = None) -> Flags:
    """Whether each pair of comparable names is one name: token set ratio of the telling words >= 90.

    That ratio is 100 as soon as one name's words stand in the other, so two guards follow. Where one name
    holds the other, it may add two words, but no more words than they share (three where `confirmed`: both
    records give the same denomination): "Keighley Library" is not "Keighley Local Studies and Archives".
    Where each has words of its own, the whole must be alike too: two congregations of one national church are
    two. Names with no more than the kind of place ("Community Centre") are compared whole; an empty name
    agrees with none.
    """
    if not len(first):
        return np.empty(0, bool)
    telling = telling_words(names)
    words = [frozenset(found) for found in telling]
    text, whole = telling.str.join(" ").to_numpy(dtype=object), names.to_numpy(dtype=object)
    sure = np.zeros(len(first), bool) if confirmed is None else confirmed
    shared = np.array([len(words[i] & words[j]) for i, j in zip(first, second, strict=True)])
    added = np.array([len(words[i] ^ words[j]) for i, j in zip(first, second, strict=True)])
    holds = np.array([words[i] <= words[j] or words[j] <= words[i] for i, j in zip(first, second, strict=True)])
    few = added <= np.where(sure, 3, np.minimum(2, shared))
    alike = process.cpdist(text[first], text[second], scorer=fuzz.token_sort_ratio) >= SAME_NAME
    by_telling = process.cpdist(text[first], text[second], scorer=fuzz.token_set_ratio) >= SAME_NAME
    by_telling &= np.where(holds, few, alike)
    by_whole = process.cpdist(whole[first], whole[second], scorer=fuzz.ratio) >= SAME_NAME
    said = (text[first] != "") & (text[second] != "")
    named = (whole[first] != "") & (whole[second] != "")
    agreed: Flags = np.where(said, by_telling, by_whole) & named
    return agreed


def _parts(denomination: object) -> frozenset[str]:
    if not isinstance(denomination, str):
        return frozenset()
    return frozenset(_FAMILY.get(part, part) for part in denomination.replace(" and ", ", ").split(", "))


def beliefs_compatible(records: pd.DataFrame, first: Integers, second: Integers) -> tuple[Flags, Flags]:
    """(compatible, confirmed) for each pair of records, from faith_tradition and denomination.

    compatible: same faith, and denominations that share one or are not given. confirmed: both give one and
    share it.
    """
    faith = records["faith_tradition"].fillna("").to_numpy(dtype=object)
    parts = [_parts(value) for value in records["denomination"].to_numpy(dtype=object)]
    shared = np.array([bool(parts[i] & parts[j]) for i, j in zip(first, second, strict=True)], dtype=bool)
    silent = np.array([not parts[i] or not parts[j] for i, j in zip(first, second, strict=True)], dtype=bool)
    same_faith = faith[first] == faith[second]
    return same_faith & (shared | silent), same_faith & shared


def _nearest_named_only(first: Integers, second: Integers, distance: Floats, named: Flags, edge: Flags) -> Flags:
    """Leave an unnamed record one partner, its nearest named one: it must not bridge two named places."""
    kept = edge.copy()
    lone = np.flatnonzero(edge & (named[first] != named[second]))
    unnamed = np.where(named[first[lone]], second[lone], first[lone])
    order = np.lexsort((lone, distance[lone], unnamed))
    later = np.ones(len(lone), bool)
    later[order[np.unique(unnamed[order], return_index=True)[1]]] = False
    kept[lone[later]] = False
    taken = np.zeros(len(named), bool)
    taken[unnamed] = True
    kept &= named[first] | named[second] | ~(taken[first] | taken[second])
    return kept


def _keepers(size: int, first: Integers, second: Integers, rank: Integers) -> tuple[Integers, Integers]:
    """(kept, merged) positions: a connected component's best-ranked record takes those paired with it.

    Records of the component that are not paired with the best one themselves are looked at again without it,
    so a chain A to B to C never merges A with C.
    """
    kept_all, merged_all = [], []
    while len(first):
        _, label = connected_components(
            coo_array((np.ones(len(first)), (first, second)), shape=(size, size)), directed=False
        )
        best = np.full(label.max() + 1, size, dtype=np.intp)
        np.minimum.at(best, label, rank)
        is_best = rank == best[label]
        touches = is_best[first] | is_best[second]
        keeper = np.where(is_best[first], first, second)[touches]
        other = np.where(is_best[first], second, first)[touches]
        kept_all.append(keeper)
        merged_all.append(other)
        gone = np.zeros(size, bool)
        gone[other] = True
        gone[keeper] = True
        left = ~(gone[first] | gone[second])
        first, second = first[left], second[left]
    if not kept_all:
        return np.empty(0, np.intp), np.empty(0, np.intp)
    return np.concatenate(kept_all), np.concatenate(merged_all)


def resolve_near_duplicates(records: pd.DataFrame, within_m: float = NEAR_M) -> Resolution:
    """Merge records of one category that are one place entered twice; list neighbours that were left apart.

    records: asset_id (unique), name, category, faith_tradition, denomination, hosts, position_quality,
    easting, northing (EPSG:27700 metres; rows without a point are kept untouched). Two records of a category
    within `within_m` metres are one when faith is the same, denominations do not contradict, and either the
    names agree or one of them is unnamed (it joins its nearest named neighbour). The record that says more is
    kept (name, denomination, a building rather than a point; then the lower asset_id) and takes what it
    lacked from the other.
    """
    frame = records.sort_values("asset_id", ignore_index=True)
    placed = frame[frame["easting"].notna()].reset_index(drop=True)
    first, second, distance = pairs_within(
        placed["easting"].to_numpy(float), placed["northing"].to_numpy(float), within_m
    )
    category = placed["category"].to_numpy(dtype=object)
    alike = category[first] == category[second]
    first, second, distance = first[alike], second[alike], distance[alike]

    names = comparable_names(placed["name"])
    named = names.ne("").to_numpy(dtype=bool)
    compatible, confirmed = beliefs_compatible(placed, first, second)
    same_name = names_agree(names, first, second, confirmed)
    unnamed = ~(named[first] & named[second])
    edge = _nearest_named_only(first, second, distance, named, compatible & (same_name | unnamed))

    says = (
        4 * names.ne("").astype(int)
        + 2 * placed["denomination"].notna().astype(int)
        + placed["hosts"].notna().astype(int)
        + placed["position_quality"].eq("building centre").astype(int)
    ).to_numpy(dtype=int)
    rank = np.empty(len(placed), np.intp)
    rank[np.lexsort((np.arange(len(placed)), -says))] = np.arange(len(placed))
    kept, merged = _keepers(len(placed), first[edge], second[edge], rank)

    ids = placed["asset_id"].to_numpy(dtype=object)
    for column in ("name", "denomination", "hosts"):
        filling = placed[column].iloc[merged].groupby(kept).first()
        placed[column] = placed[column].fillna(filling)
    points = placed[["easting", "northing"]].to_numpy(float)
    why = np.where(
        named[kept] & named[merged],
        "same name and category",
        "one of the two has no name, nothing contradicts",
    )
    merges = pd.DataFrame(
        {
            "kept_id": ids[kept],
            "other_id": ids[merged],
            "distance_m": np.hypot(*(points[kept] - points[merged]).T),
            "decision": MERGED,
            "reason": why,
        }
    )

    dropped = np.zeros(len(placed), bool)
    dropped[merged] = True
    apart = ~(dropped[first] | dropped[second])
    reasons = np.select(
        [~compatible & same_name, ~compatible, unnamed & compatible, same_name],
        [
            "same name, another faith or denomination",
            "another faith or denomination",
            "unnamed, nearer to another record",
            "name shared with another record that was kept apart",
        ],
        "different names",
    )
    neighbours = pd.DataFrame(
        {
            "kept_id": ids[first],
            "other_id": ids[second],
            "distance_m": distance,
            "decision": NEIGHBOURS,
            "reason": reasons,
        }
    )[apart]
    matches = pd.concat([merges, neighbours]).astype(
        {column: "str" for column in MATCH_COLUMNS if column != "distance_m"}
    )
    matches["distance_m"] = matches["distance_m"].round(1)
    kept_rows = pd.concat([placed[~dropped], frame[frame["easting"].isna()]])
    return Resolution(
        kept_rows.sort_values("asset_id", ignore_index=True)[records.columns.tolist()],
        matches.sort_values(["decision", "kept_id", "other_id"], ignore_index=True),
    )


def shared_locations(records: pd.DataFrame) -> pd.Series:
    """The location_id of each record: the lowest asset_id among the records that stand at one building.

    records: asset_id, name, uprn, position_quality, easting, northing (EPSG:27700 metres, null where not
    located). One building: the same UPRN within 250 m, the same name within 30 m in any category, or one and
    the same surveyed point (within 1 m; postcode positions, which many buildings share, do not count).
    """
    location = records["asset_id"].copy()
    placed = records[records["easting"].notna()]
    first, second, distance = pairs_within(
        placed["easting"].to_numpy(float), placed["northing"].to_numpy(float), SAME_UPRN_M
    )
    uprn = placed["uprn"].fillna("").to_numpy(dtype=object)
    surveyed = placed["position_quality"].ne("postcode").to_numpy(dtype=bool)
    names = comparable_names(placed["name"]).to_numpy(dtype=object)
    edge = (uprn[first] == uprn[second]) & (uprn[first] != "")
    edge |= (distance <= SAME_POINT_M) & surveyed[first] & surveyed[second]
    close = np.flatnonzero((distance <= SAME_BUILDING_M) & (names[first] != "") & (names[second] != ""))
    if len(close):
        # Word order aside, the whole name: "Kingston Library" and "Kingston Church" are two buildings.
        edge[close] |= (
            process.cpdist(names[first[close]], names[second[close]], scorer=fuzz.token_sort_ratio) >= SAME_NAME
        )
    graph = coo_array((np.ones(int(edge.sum())), (first[edge], second[edge])), shape=(len(placed), len(placed)))
    _, label = connected_components(graph, directed=False)
    location.loc[placed.index] = placed["asset_id"].groupby(label).transform("min")
    return location.astype("str")
