"""The shape that every source of community assets shares: fetch → parse → validate → records.

One module a source. Each has a SOURCE that says what it is, and functions that read its answers (or a file in the same form) into records.
Fetching goes through `http_session.HttpSession` and nothing else; what comes from a file goes through the same `read`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

import pandas as pd

from analysis.asset_records import SET_ASIDE_COLUMNS, as_records


@dataclass(frozen=True)
class AssetSource:
    """What a source is. key: its short name in ids, file names and commands. categories: the kinds of asset that it holds.

    by_place: whether it is asked for one authority at a time, or gives all England at once.
    """

    key: str
    title: str
    publisher: str
    licence: str
    attribution: str
    address: str
    categories: tuple[str, ...]
    by_place: bool
    weak_spots: tuple[str, ...] = ()


@dataclass(frozen=True)
class AssetsRead:
    """What a source gave. records: `analysis.asset_records.RECORD_COLUMNS`. set_aside: SET_ASIDE_COLUMNS, a row for each thing that is
    not among the records. found: how many things the answer held, so that found = records + set aside (+ merged, said in set_aside).
    published: the day of what was published, ISO. asked_at: when the answer was given, None for a file. stale_because: a sentence where
    a kept answer stands in for a live one.
    """

    source: AssetSource
    records: pd.DataFrame
    set_aside: pd.DataFrame
    found: int
    published: str
    asked_at: datetime | None = None
    stale_because: str = ""
    notes: tuple[str, ...] = field(default=())

    def __post_init__(self) -> None:
        object.__setattr__(self, "records", as_records(self.records))
        object.__setattr__(self, "set_aside", self.set_aside.reindex(columns=list(SET_ASIDE_COLUMNS)).astype(SET_ASIDE_COLUMNS))
        if self.found != len(self.records) + len(self.set_aside):
            raise ValueError(
                f"{self.source.title}: {self.found} things were found, but {len(self.records)} are records and {len(self.set_aside)} set aside"
            )
