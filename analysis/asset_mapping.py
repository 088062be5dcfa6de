"""How well the assets of one community are mapped, authority by authority, and how that is said of a place.

Religion: as the coverage of places of worship says for each tradition. Whom an asset is for is not part of any source's coverage: an
authority counts as partly mapped where at least FEWEST_SAID of its records say whom they are for, since one leaflet's worth of records says
nothing of what is missing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.communities import WORSHIP, Community
from analysis.vocabularies import COVERAGE

FEWEST_SAID = 30
MAPPED, PARTLY, NOT_MAPPED = COVERAGE
NOTHING = "Not mapped: nothing can be said from this map."
_WHOM_NOT = "Not mapped: too few of the lists here say whom a place is for, so nothing can be said from this map."
_RANK = {status: rank for rank, status in enumerate(COVERAGE)}


@dataclass(frozen=True, eq=False)
class Mapping:
    """status: one of COVERAGE by authority code; authorities that are not in it are not mapped. notes: a sentence or two by authority code.
    otherwise: what is said where it is not mapped and no note says more."""

    status: pd.Series
    notes: pd.Series
    otherwise: str

    def anywhere(self, authorities: pd.Index) -> npt.NDArray[np.bool_]:
        """Which authorities map it at all, fully or partly."""
        return (self.status.reindex(authorities).fillna(NOT_MAPPED) != NOT_MAPPED).to_numpy(dtype=bool)

    def said(self, authorities: pd.Index) -> tuple[str, str]:
        """How well it is mapped in a place of these authorities: a status and a note. Where they differ, and some map it, "partly"."""
        statuses = self.status.reindex(authorities).fillna(NOT_MAPPED)
        found = set(statuses) or {NOT_MAPPED}
        status = found.pop() if len(found) == 1 else PARTLY
        notes = " ".join(dict.fromkeys(self.notes.reindex(authorities).dropna()))
        if status == NOT_MAPPED:
            return status, f"{self.otherwise} {notes}".strip()
        missing = int((statuses == NOT_MAPPED).sum())
        if missing:
            notes = f"Not mapped in {missing} of the {len(statuses)} authorities. {notes}".strip()
        return status, notes


def of_religion(coverage: pd.DataFrame, traditions: Iterable[str]) -> Mapping:
    """How well places of worship of any of the traditions are mapped: the best status of them, and its note.

    coverage: lad24cd, category, faith_tradition (null for the whole category), status, source, source_date, note. The whole category
    stands in for a tradition only in an authority that has no row for any of them.
    """
    worship = coverage[coverage["category"].eq(WORSHIP)]
    own = worship[worship["faith_tradition"].isin(list(traditions))]
    whole = worship[worship["faith_tradition"].isna() & ~worship["lad24cd"].isin(own["lad24cd"])]
    rows = pd.concat([own, whole])
    rows = rows.assign(rank=rows["status"].map(_RANK)).sort_values("rank", kind="stable").drop_duplicates("lad24cd")
    rows = rows.set_index("lad24cd")
    source = (" Source: " + rows["source"] + ", " + rows["source_date"] + ".").fillna("")
    return Mapping(rows["status"], rows["note"].fillna("").add(source).str.strip().replace("", None), NOTHING)


def of_whom_it_is_for(assets: pd.DataFrame, community: Community) -> Mapping:
    """Where enough records say whom they are for. assets: lad24cd, who_for. Never better than partly: no list claims to be whole."""
    if community.why_not:
        nowhere = pd.Series(dtype="str")
        return Mapping(nowhere, nowhere, community.why_not)
    said = assets.loc[assets["who_for"].notna(), "lad24cd"].value_counts()
    said = said[said >= FEWEST_SAID]
    notes = [f"Only what lists say: {count:,} records here say whom they are for." for count in said]
    return Mapping(
        pd.Series(PARTLY, index=said.index, dtype="str"), pd.Series(notes, index=said.index, dtype="str"), _WHOM_NOT
    )
