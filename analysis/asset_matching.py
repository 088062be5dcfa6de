"""Matching records of community assets across sources: which are certainly one service at one location, and which a person should look at.

The rules are written in docs/community-assets.md ("Matching"), and err on the side of two: two rows for one place are seen and mended, a
mosque that was merged into a church is not. Pure: the same records give the same pairs, whatever the order of their rows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.asset_candidates import COLUMNS, LIKELY_M, candidate_pairs, coded, texts
from analysis.asset_names import Names, NamesCompared, compared, read_names
from analysis.near_duplicates import NEAR_M, SAME_UPRN_M, beliefs_compatible

CERTAIN, LIKELY = "certain", "likely"
SAME_PLACE, DIFFERENT_PLACES = "the same place", "different places"
NEARLY = 80.0
"""A name score from which a person is asked whether two records near each other are one."""

PAIR_COLUMNS = {
    "first_id": "str",
    "second_id": "str",
    "distance_m": "float64",  # metres; null where one has no point
    "name_score": "float64",  # 0 to 100
    "certainty": "str",  # "certain" or "likely"
    "reason": "str",  # in words
}
DECISION_COLUMNS = {"first_id": "str", "second_id": "str", "decision": "str"}

# Different kinds that may mean one thing: lists of a council and of a publisher name a hall as they see it.
_ONE_THING = frozenset({"community centre", "village or church hall", "community service"})
# Kinds of which a place has one under a name, so that a longer name is still that one; of services it has many.
_ONE_TO_A_NAME = frozenset({"place of worship", "library", "community centre", "village or church hall"})

Integers = npt.NDArray[np.intp]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class _Pairs:
    """What is known of each candidate pair: arrays of one length."""

    distance: Floats
    names: NamesCompared
    named: Flags  # both have a name
    nameless: Flags  # neither has
    same_source: Flags
    same_kind: Flags
    one_thing: Flags  # kinds that may mean one thing
    one_to_a_name: Flags  # one kind, of which a place has one under a name
    hosted: Flags  # one is a food bank, which is often listed under the name of whoever hosts it
    with_charity: Flags  # one is a charity with no premises
    faith_stated: Flags  # both state the same tradition
    faith_clash: Flags
    beliefs: Flags  # nor do denominations contradict each other
    postcode: Flags
    uprn: Flags
    number: Flags  # one charity number
    only_place: Flags  # … which no other record of either source has


def no_decisions() -> pd.DataFrame:
    """An empty table of people's decisions: first_id, second_id, decision ("the same place" or "different places")."""
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in DECISION_COLUMNS.items()})


def one_each(records: pd.DataFrame) -> pd.DataFrame:
    """Records in the order of asset_id, the last of those with one id, from 0."""
    order = np.argsort(records["asset_id"].to_numpy(dtype=object), kind="stable")
    ids = records["asset_id"].to_numpy(dtype=object)[order]
    last = np.ones(len(ids), bool)
    last[:-1] = ids[:-1] != ids[1:]
    return records.take(order[last]).reset_index(drop=True)


def matches(existing: pd.DataFrame, new: pd.DataFrame | None = None) -> pd.DataFrame:
    """Pairs of records that are, or may be, one service at one location.

    existing, new: `asset_records.RECORD_COLUMNS` (those in `asset_candidates.COLUMNS` are read; easting and northing in EPSG:27700 metres,
    or null). Without `new`, pairs among the existing records; with it, only pairs that have a new record, and a new record replaces an
    existing one of the same asset_id. Two records of one source are likely at most: a publisher that lists two says that they are two.
    Returns PAIR_COLUMNS, first_id < second_id, in the order of the ids.
    """
    frame = existing if new is None else pd.concat([existing[list(COLUMNS)], new[list(COLUMNS)]])
    frame = one_each(frame[list(COLUMNS)])
    fresh = None if new is None else frame["asset_id"].isin(new["asset_id"]).to_numpy(dtype=bool)
    first, second = candidate_pairs(frame, fresh)
    if not len(first):
        return _table(frame, first, second, np.empty(0), np.empty(0), np.empty(0, bool), [])
    involved, positions = np.unique(np.concatenate([first, second]), return_inverse=True)
    few = frame.take(involved).reset_index(drop=True)
    i, j = positions[: len(first)].astype(np.intp), positions[len(first) :].astype(np.intp)
    pairs = _known(few, read_names(few["name"]), i, j, _alone(frame)[involved])
    certain, likely = _certain(pairs), _likely(pairs)
    keep = np.flatnonzero(certain | likely)
    sure = _one_to_one(pairs, certain, i, j, coded(texts(few["source"])))
    reasons = [_reason(pairs, at, bool(certain[at] and not sure[at]), few["source"].iloc[i[at]]) for at in keep.tolist()]
    distance, score = pairs.distance[keep].round(1), pairs.names.score[keep].round(1)
    return _table(frame, first[keep], second[keep], distance, score, sure[keep], reasons)


def _table(
    frame: pd.DataFrame, first: Integers, second: Integers, distance: Floats, score: Floats, sure: Flags, reasons: list[str]
) -> pd.DataFrame:
    ids = frame["asset_id"].to_numpy(dtype=object)
    columns = {
        "first_id": ids[first],
        "second_id": ids[second],
        "distance_m": distance,
        "name_score": score,
        "certainty": np.where(sure, CERTAIN, LIKELY),
        "reason": reasons,
    }
    return pd.DataFrame(columns).astype(PAIR_COLUMNS)


def _alone(frame: pd.DataFrame) -> Flags:
    """Which records are the only one of their source with their charity number: of several, it says nothing of which place."""
    numbers = frame["charity_number"]
    return (numbers.notna() & ~frame.duplicated(["source", "charity_number"], keep=False)).to_numpy(dtype=bool)


def _beliefs(few: pd.DataFrame, names: Names, i: Integers, j: Integers) -> tuple[Flags, Flags, Flags, Flags]:
    """(both state one faith, the faiths contradict, all is compatible, denominations confirm) for each pair.

    A record that states no tradition or denomination has what its name implies ("mosque", "Baptist"), and otherwise goes with any.
    """
    stated = texts(few["faith_tradition"])
    implied = [next(iter(faiths)) if len(faiths) == 1 else "" for faiths in names.faiths]
    faith = np.where(stated != "", stated, np.array(implied, dtype=object))
    silent = (faith[i] == "") | (faith[j] == "")
    clash = ~silent & (faith[i] != faith[j])
    size = len(i)
    given = few["denomination"]
    denomination = given.astype(object).where(given.notna(), pd.Series(names.denominations, dtype=object)).to_numpy(dtype=object)
    both = pd.DataFrame(
        {
            "faith_tradition": np.where(np.tile(silent, 2), "", np.concatenate([faith[i], faith[j]])),
            "denomination": denomination[np.concatenate([i, j])],
        }
    )
    compatible, confirmed = beliefs_compatible(both, np.arange(size), np.arange(size, 2 * size))
    return (stated[i] != "") & (stated[i] == stated[j]), clash, compatible, confirmed


def _known(few: pd.DataFrame, names: Names, i: Integers, j: Integers, alone: Flags) -> _Pairs:
    kind, lad = texts(few["category"]), texts(few["lad24cd"])
    one_thing = np.isin(kind, list(_ONE_THING))
    points = few[["easting", "northing"]].to_numpy(dtype=float)
    stated, clash, compatible, confirmed = _beliefs(few, names, i, j)

    def same(column: str) -> Flags:
        codes = coded(texts(few[column]))
        return (codes[i] == codes[j]) & (codes[i] >= 0)

    same_lad = (lad[i] == lad[j]) | (lad[i] == "") | (lad[j] == "")
    return _Pairs(
        distance=np.hypot(*(points[i] - points[j]).T),
        names=compared(names, i, j, confirmed),
        named=names.named[i] & names.named[j],
        nameless=~(names.named[i] | names.named[j]),
        same_source=same("source"),
        same_kind=kind[i] == kind[j],
        one_thing=(kind[i] == kind[j]) | (one_thing[i] & one_thing[j]),
        one_to_a_name=(kind[i] == kind[j]) & np.isin(kind[i], list(_ONE_TO_A_NAME)),
        hosted=(kind[i] == "food bank") | (kind[j] == "food bank"),
        with_charity=(kind[i] == "charity") | (kind[j] == "charity"),
        faith_stated=stated,
        faith_clash=clash,
        beliefs=compatible & ~clash,
        postcode=same("postcode"),
        uprn=same("uprn"),
        number=same("charity_number"),
        only_place=alone[i] & alone[j] & same_lad,
    )


def _certain(pairs: _Pairs) -> Flags:
    """One service without doubt, before it is asked which source has it twice."""
    placed = np.isfinite(pairs.distance)
    here = ~placed | (pairs.distance <= SAME_UPRN_M)
    place = (pairs.uprn & here) | (pairs.distance <= NEAR_M) | (pairs.postcode & placed & here)
    place |= pairs.number & here & (placed | pairs.only_place)
    agree = np.where(pairs.one_to_a_name, pairs.names.alike | pairs.names.same, pairs.names.same)
    return place & agree & ~pairs.names.clash & pairs.one_thing & pairs.beliefs & ~pairs.same_source


def _likely(pairs: _Pairs) -> Flags:
    """What a person should look at."""
    close = pairs.distance <= NEAR_M
    near = pairs.distance <= LIKELY_M
    placed = np.isfinite(pairs.distance)
    key = pairs.postcode | pairs.uprn
    at_one = close | (key & (near | ~placed))
    alike = pairs.names.alike | pairs.names.same
    nearly = alike | (pairs.names.score >= NEARLY)
    # "Vaine House Toddler Group" meets in Vaine House and is not it: nobody need be asked.
    nearly &= pairs.one_to_a_name | pairs.names.same | ~pairs.names.adds
    kinds = pairs.one_thing & pairs.beliefs
    elsewhere = ~pairs.same_source
    asked = kinds & nearly & (near | pairs.postcode | pairs.uprn) & elsewhere
    # The same name for another kind, or another denomination: one place that two people saw differently, or two.
    asked |= ~pairs.one_thing & ~pairs.hosted & pairs.names.whole & at_one & ~pairs.faith_clash & elsewhere
    asked |= pairs.one_thing & alike & nearly & ~pairs.faith_clash & at_one & elsewhere
    # One property or one charity under two names, where a place has one of a kind; a nameless one where faith is stated.
    asked |= kinds & pairs.one_to_a_name & (pairs.uprn | pairs.number) & near & elsewhere
    asked |= ~pairs.named & kinds & pairs.same_kind & pairs.faith_stated & close & elsewhere
    asked |= pairs.number & nearly & (pairs.one_thing | pairs.with_charity) & ~pairs.faith_clash & ~placed
    asked |= ~placed & pairs.names.same & (kinds | pairs.with_charity) & ~pairs.faith_clash & elsewhere
    return asked | (pairs.same_source & pairs.same_kind & pairs.beliefs & pairs.names.same & at_one)


def _one_to_one(pairs: _Pairs, certain: Flags, i: Integers, j: Integers, source: Integers) -> Flags:
    """The certain pairs that stand when each record has one partner in another source at most: its surest, then nearest."""
    at = np.flatnonzero(certain)
    far = np.where(np.isfinite(pairs.distance[at]), pairs.distance[at], np.inf)
    order = np.lexsort((j[at], i[at], -pairs.names.score[at], far, ~pairs.number[at], ~pairs.uprn[at]))
    taken: set[tuple[int, int]] = set()
    stands = np.zeros(len(certain), bool)
    for pair in at[order]:
        one, other = (int(i[pair]), int(source[j[pair]])), (int(j[pair]), int(source[i[pair]]))
        if one not in taken and other not in taken:
            taken |= {one, other}
            stands[pair] = True
    return stands


def _reason(pairs: _Pairs, at: int, beaten: bool, source: object) -> str:
    """Why, in words: the place, the names, then what speaks against it."""
    said = []
    for flags, text in ((pairs.uprn, "the same UPRN"), (pairs.number, "the same charity number"), (pairs.postcode, "the same postcode")):
        if flags[at]:
            said.append(text)
    if np.isfinite(pairs.distance[at]):
        said.append(f"{pairs.distance[at]:.0f} m apart")
    elif not said:
        said.append("the same authority and no point")
    if not pairs.named[at]:
        said.append("neither has a name" if pairs.nameless[at] else "one has no name")
    elif pairs.names.same[at]:
        said.append("the same name")
    else:
        score = pairs.names.score[at]
        said.append("names that agree" if pairs.names.alike[at] else "names nearly alike" if score >= NEARLY else "different names")
    if not pairs.same_kind[at]:
        said.append("kinds that may mean one thing" if pairs.one_thing[at] else "another kind of place")
    if pairs.names.clash[at]:
        said.append("their names say different buildings")
    if not pairs.beliefs[at]:
        said.append("another denomination")
    if pairs.same_source[at]:
        said.append(f"but {source or 'one source'} lists them as two")
    elif beaten:
        said.append("but another record of the same source fits better")
    return ", ".join(said)
