"""How fresh a record is, derived each time and never stored: confirmed, needs checking, unconfirmed; and whether a relationship is quiet.

A mapping exercise is out of date very quickly. Up to 12 months after it was last confirmed a record is confirmed, up to 24 it needs
checking, beyond that or never it is unconfirmed: the rule is `analysis.asset_freshness.freshness`, for assets and relationships alike. How
a relationship counts for a neighbourhood is `analysis.gaps.partner_standing`.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pandas as pd

from analysis.asset_freshness import freshness
from analysis.gaps import CONFIRMED, KNOWN_OF, TALKING, TO_CHECK, Freshness, partner_standing
from analysis.vocabularies import FRESHNESS

__all__ = ["FRESHNESS", "STANDINGS", "WINDOWS", "aware", "days", "freshness", "freshness_of", "is_dormant", "standings"]

WINDOWS = Freshness()

STANDINGS = {CONFIRMED: "confirmed", TO_CHECK: "needs checking", TALKING: "in conversation", KNOWN_OF: "known of"}
"""How a relationship counts, in words, best first."""


def days(values: Any) -> pd.Series:
    """Days as a typed column."""
    return pd.Series(pd.to_datetime(pd.Series(values, dtype=object)).astype("datetime64[us]"))


def freshness_of(last_confirmed: date | None, today: date) -> str:
    """The same for one record."""
    return str(freshness(days([last_confirmed]), today).iloc[0])


def standings(relationships: pd.DataFrame, today: date) -> pd.Series:
    """How each relationship counts today, as a code of STANDINGS. Columns: stage, last_confirmed, last_contact (datetime64)."""
    return pd.Series(partner_standing(relationships, today, WINDOWS), index=relationships.index, dtype="int8")


def is_dormant(relationships: pd.DataFrame, today: date) -> pd.Series:
    """Whether nothing has been heard for six months, or the stage says so. No contact logged at all is not evidence of silence."""
    latest = relationships[["last_contact", "last_confirmed"]].max(axis=1)
    quiet = relationships["last_contact"].notna() & (
        latest < pd.Timestamp(today) - pd.DateOffset(months=WINDOWS.dormant_months)
    )
    return quiet | (relationships["stage"] == "dormant")


def aware(moment: datetime) -> datetime:
    """The moment, refused without a time zone."""
    if moment.tzinfo is None:
        raise ValueError("Say in which time zone the moment is.")
    return moment
