"""Where indicator values come from, behind one interface: Fingertips today, its successor by a setting, not by a rewrite."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

import pandas as pd

MOST_INDICATORS = 100
"""Fingertips answers at most so many indicators in one request."""


@dataclass(frozen=True)
class Fetched:
    """What one question gave.

    values: `indicator_values.VALUE_COLUMNS`. set_aside: the rows of the answer that are not in values, each with `row` (from 1),
    `reason` and `text`; rows in the answer = len(values) + len(set_aside). address: what was asked, without secrets. asked_at:
    when, UTC. stale_since: None for a live answer; otherwise when the kept answer that stands in for it was given, UTC.
    stale_because: why there was no live one, a sentence. absent: indicators asked for of which there is no row → why, a sentence.
    """

    values: pd.DataFrame
    set_aside: pd.DataFrame
    address: str
    asked_at: datetime
    stale_since: datetime | None = None
    stale_because: str = ""
    absent: Mapping[str, str] = field(default_factory=dict)


class IndicatorSource(Protocol):
    """A publisher of indicator values. Every method may raise a `SourceUnavailableError` (data_loaders/errors.py), whose message is one
    sentence for a person: what happened and what to do."""

    name: str
    origin: str

    def metadata(self, indicator_ids: Sequence[str]) -> pd.DataFrame:
        """One row an indicator that exists (`indicator_values.INDICATOR_COLUMNS`), with its polarity as published now."""
        ...

    def available(self, indicator_ids: Sequence[str]) -> dict[str, frozenset[str]]:
        """Indicator → the levels (analysis.area_codes.LEVELS) at which it is published; an indicator that does not exist has none."""
        ...

    def fetch(self, indicator_ids: Sequence[str], level: str, within: str) -> Fetched:
        """Every published value, all periods, of at most MOST_INDICATORS indicators for the areas of a level within an area (a code
        without prefix; England is E92000001), with England's own rows beside them."""
        ...
