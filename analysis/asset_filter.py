"""Which community assets a person asks to see: kind, type of organisation, tradition, activity, clinical area, language, day, freshness.

An asset that says nothing of a thing is not among those that say it: whoever asks for Thursday sees what is known to be open on Thursday.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.asset_records import has_part
from analysis.vocabularies import (
    ACTIVITY_GROUPS,
    ASSET_CATEGORIES,
    CLINICAL_AREAS,
    DAYS,
    FRESHNESS,
    ORGANISATION_TYPES,
    TRADITIONS,
    WHO_FOR,
)

LONGEST_SEARCH = 80


@dataclass(frozen=True)
class AssetFilter:
    """What is asked for; None asks for everything. words: what was typed to search for. kind: a category of asset."""

    words: str | None = None
    kind: str | None = None
    type: str | None = None
    tradition: str | None = None
    activity: str | None = None
    clinical: str | None = None
    who: str | None = None
    language: str | None = None
    day: str | None = None
    fresh: str | None = None

    @property
    def asked(self) -> tuple[str, ...]:
        """The names of what is asked for."""
        return tuple(field.name for field in fields(self) if getattr(self, field.name) is not None)


CHOICES: dict[str, tuple[str, ...]] = {
    "kind": ASSET_CATEGORIES,
    "type": ORGANISATION_TYPES,
    "tradition": TRADITIONS,
    "activity": ACTIVITY_GROUPS,
    "clinical": CLINICAL_AREAS,
    "who": WHO_FOR,
    "day": DAYS,
    "fresh": FRESHNESS,
}
"""What may be asked for, by name; languages are whatever the assets say."""

_EXACT = {"kind": "category", "type": "organisation_type", "tradition": "faith_tradition", "fresh": "freshness"}
_AMONG = {
    "activity": "activity_groups",
    "clinical": "clinical_areas",
    "who": "who_for",
    "language": "languages",
    "day": "days",
}


def asked_for(assets: pd.DataFrame, wanted: AssetFilter) -> npt.NDArray[np.bool_]:
    """Which rows are asked for, words left aside (they are searched for elsewhere). assets: RECORD_COLUMNS and freshness."""
    mask = np.ones(len(assets), dtype=bool)
    for name, column in _EXACT.items():
        value = getattr(wanted, name)
        if value is not None:
            mask &= assets[column].eq(value).to_numpy(dtype=bool)
    for name, column in _AMONG.items():
        value = getattr(wanted, name)
        if value is not None:
            mask &= has_part(assets[column], value).to_numpy(dtype=bool)
    return mask


def offered(assets: pd.DataFrame, name: str) -> list[str]:
    """What can be asked for of a name with any answer among these assets, in the vocabulary's order; languages by name."""
    column = assets[(_EXACT | _AMONG)[name]].dropna()
    there = {part for text in column.unique() for part in str(text).split("; ")}
    return [value for value in CHOICES[name] if value in there] if name in CHOICES else sorted(there)
