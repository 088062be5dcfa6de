"""Which records are one service at one location, given computed pairs and what people decided; and which questions are left for a person.

The rule for chains: pairs are joined one at a time, a person's "the same place" first (in the order of ids), then certain pairs, nearest
first. A join that would bring into one group two records that a person keeps apart is not made, and neither is a computed join that would
bring in two records of one source. So "different places" always holds, and what it breaks a chain at is the chain's weakest link.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from analysis.asset_matching import CERTAIN, DIFFERENT_PLACES, LIKELY, PAIR_COLUMNS, SAME_PLACE

KEPT_APART = "but that would join what a person keeps apart"
ONE_SOURCE = "but that would join two records of one source"


@dataclass
class Groups:
    """Records by group. of: the group's first record for each record in it; together: the records of each group."""

    source: dict[str, object]
    apart: dict[str, set[str]]
    of: dict[str, str] = field(default_factory=dict)
    together: dict[str, list[str]] = field(default_factory=dict)

    def group(self, asset_id: str) -> str:
        """The id under which a record's group goes: its own until it is joined."""
        return self.of.get(asset_id, asset_id)

    def records(self, group: str) -> list[str]:
        """The ids of a group."""
        return self.together.get(group, [group])

    def kept_apart(self, one: str, other: str) -> bool:
        """Whether a person keeps a record of one group apart from a record of the other."""
        theirs = set(self.records(other))
        return any(self.apart.get(asset_id, set()) & theirs for asset_id in self.records(one))

    def join(self, first: str, second: str, by_a_person: bool) -> str:
        """Join the groups of two records; a sentence's end where that may not be."""
        one, other = self.group(first), self.group(second)
        if one == other:
            return ""
        if self.kept_apart(one, other):
            return KEPT_APART
        sources = {self.source[asset_id] for asset_id in self.records(one)} - {None}
        if not by_a_person and any(self.source[asset_id] in sources for asset_id in self.records(other)):
            return ONE_SOURCE
        whole = self.records(one) + self.records(other)
        self.together.pop(other, None)
        self.together[one] = whole
        self.of.update(dict.fromkeys(whole, one))
        return ""


def _ordered(pairs: pd.DataFrame, columns: list[str], ascending: list[bool]) -> pd.DataFrame:
    by = [*columns, "first_id", "second_id"]
    return pairs.sort_values(by, ascending=[*ascending, True, True], na_position="last")


def _two_ids(frame: pd.DataFrame) -> Iterable[tuple[str, str]]:
    return zip(frame["first_id"].tolist(), frame["second_id"].tolist(), strict=True)


def _in_order_of_ids(frame: pd.DataFrame) -> pd.DataFrame:
    """With the lower id first in each row."""
    first, second = frame["first_id"].to_numpy(dtype=object), frame["second_id"].to_numpy(dtype=object)
    swapped = np.array([a > b for a, b in zip(first, second, strict=True)], dtype=bool)
    return frame.assign(first_id=np.where(swapped, second, first), second_id=np.where(swapped, first, second))


def _known(frame: pd.DataFrame, source: dict[str, object]) -> pd.DataFrame:
    """The rows of which both records are there, and are two."""
    both = [first in source and second in source and first != second for first, second in _two_ids(frame)]
    return frame[np.array(both, dtype=bool)]


def grouped(source: dict[str, object], pairs: pd.DataFrame, decisions: pd.DataFrame) -> tuple[Groups, pd.DataFrame]:
    """Groups of records, and the queue: what a person should decide, most certain first.

    source: the publisher of each asset_id (None where it is not said). pairs: asset_matching.PAIR_COLUMNS. decisions: first_id,
    second_id (in either order), decision; of two for one pair "different places" counts. Pairs and decisions of ids that are not among the
    records wait: they are neither an error nor forgotten by whoever keeps them. Returns PAIR_COLUMNS for the queue: likely pairs and those
    that could not be joined, one for any two groups, without those that a person answered.
    """
    pairs, decisions = _in_order_of_ids(pairs), _in_order_of_ids(decisions)
    pairs, decided = _known(pairs, source), _known(decisions, source)
    groups = Groups(source, {})
    for first, second in _two_ids(decided[decided["decision"] == DIFFERENT_PLACES]):
        groups.apart.setdefault(first, set()).add(second)
        groups.apart.setdefault(second, set()).add(first)
    for first, second in _two_ids(_ordered(decided[decided["decision"] == SAME_PLACE], [], [])):
        groups.join(first, second, by_a_person=True)
    certain = _ordered(pairs[pairs["certainty"] == CERTAIN], ["distance_m", "name_score"], [True, False])
    refused = [groups.join(first, second, by_a_person=False) for first, second in _two_ids(certain)]
    certain = certain.assign(why=pd.Series(refused, certain.index, dtype="str"))
    return groups, _queue(groups, pairs[pairs["certainty"] == LIKELY], certain, set(_two_ids(decided)))


def _queue(groups: Groups, likely: pd.DataFrame, certain: pd.DataFrame, answered: set[tuple[str, str]]) -> pd.DataFrame:
    stopped = certain[certain["why"] != ""]
    stopped = stopped.assign(reason=stopped["reason"] + ", " + stopped["why"], certainty=LIKELY, stopped=True)
    asked = pd.concat([stopped, likely.assign(stopped=False)])
    asked = _ordered(asked, ["stopped", "name_score", "distance_m"], [False, False, True])
    seen: set[tuple[str, str]] = set()
    keep = []
    for first, second, was_stopped in zip(asked["first_id"].tolist(), asked["second_id"].tolist(), asked["stopped"].tolist(), strict=True):
        low, high = sorted((groups.group(first), groups.group(second)))
        known = low == high or (low, high) in seen or (first, second) in answered
        ask = not known and (was_stopped or not groups.kept_apart(low, high))
        keep.append(ask)
        if ask:
            seen.add((low, high))
    return asked.loc[keep, list(PAIR_COLUMNS)].reset_index(drop=True).astype(PAIR_COLUMNS)
