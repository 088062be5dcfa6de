"""Which Core20 neighbourhoods have a partner, and which have only a building nearby.

An asset is not a partner: a mapped place says nothing of a relationship. Each Core20 LSOA is in one of five states, best
first (docs/methods in the app; definitions agreed in the project's domain notes):

1. partnered: a partner confirmed within the freshness window is within reach;
2. needs_checking: a partner is within reach, but nobody has confirmed it within the window, or it has gone quiet;
3. in_conversation: a relationship at an earlier stage is within reach;
4. possible_partners: mapped places within reach, no relationship recorded;
5. none_recorded: nothing mapped within reach.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.reach import PlaceIndex, Reach, category_mask, origins

STATES = ("partnered", "needs_checking", "in_conversation", "possible_partners", "none_recorded")

STAGES = ("known of, no contact", "introduced", "talking", "doing something together", "formal or funded", "dormant")
_WORKING_TOGETHER = ("doing something together", "formal or funded")
_EARLIER = ("introduced", "talking")

# How a partner counts, in the same order of preference as the states it leads to.
CONFIRMED, TO_CHECK, TALKING, KNOWN_OF = 0, 1, 2, 3


@dataclass(frozen=True)
class Freshness:
    """How long a confirmation lasts and how long silence may last, in months."""

    confirmed_months: int = 12
    dormant_months: int = 6


def _months_ago(today: date, months: int) -> pd.Timestamp:
    return pd.Timestamp(today) - pd.DateOffset(months=months)


def partner_standing(partners: pd.DataFrame, today: date, freshness: Freshness | None = None) -> npt.NDArray[np.int8]:
    """How each partner counts today: CONFIRMED, TO_CHECK, TALKING or KNOWN_OF.

    partners: stage (one of STAGES), last_confirmed and last_contact (datetime64, may be null). Working together and confirmed
    within the window counts as confirmed. It needs checking when the confirmation is older or was never made, when the stage is
    dormant, or when the last contact logged is over six months ago, at any stage after the first contact. No contact logged at
    all is not evidence of silence, so it changes nothing.
    """
    if partners.empty:
        return np.empty(0, dtype=np.int8)
    freshness = freshness or Freshness()
    stage = partners["stage"].to_numpy(dtype=str)
    confirmed = (partners["last_confirmed"] >= _months_ago(today, freshness.confirmed_months)).to_numpy(dtype=bool)
    latest_sign = partners[["last_contact", "last_confirmed"]].max(axis=1)
    quiet = (partners["last_contact"].notna() & (latest_sign < _months_ago(today, freshness.dormant_months))).to_numpy(
        dtype=bool
    )
    quiet = quiet | (stage == "dormant")
    together, earlier = np.isin(stage, _WORKING_TOGETHER), np.isin(stage, _EARLIER)
    standing = np.full(len(partners), KNOWN_OF, dtype=np.int8)
    standing[earlier] = TALKING
    standing[together | quiet & (stage != STAGES[0])] = TO_CHECK
    standing[together & confirmed & ~quiet] = CONFIRMED
    return standing


def classify(
    areas: pd.DataFrame,
    places: PlaceIndex,
    partners: pd.DataFrame,
    *,
    today: date,
    reach: Reach | None = None,
    categories: Sequence[str],
    freshness: Freshness | None = None,
) -> pd.DataFrame:
    """The state of each area and what it rests on.

    areas: one row an LSOA with lsoa21cd, pwc_e, pwc_n (EPSG:27700). places: mapped community assets. partners: easting,
    northing, category, stage, last_confirmed, last_contact; may be empty. categories: the categories of place that count.
    Returns, in the order of `areas`: lsoa21cd, state (ordered categorical of STATES), places_in_reach, partners_in_reach,
    confirmed_in_reach (counts), nearest_<category>_m for each category and nearest_partner_m (walking metres; infinity where
    there is none at all). A partner counts whatever its category: the relationship is what matters.
    """
    reach = reach or Reach()
    points = origins(areas)
    places_in_reach = places.count_within(points, reach, category_mask(places, categories))

    standing = partner_standing(partners, today, freshness)
    partner_index = PlaceIndex(partners.assign(category="partner"))
    rows, which, _ = partner_index.within(points, reach)
    best = np.full(len(areas), KNOWN_OF + 1, dtype=np.int8)
    np.minimum.at(best, rows, standing[which])

    state = np.where(places_in_reach > 0, 3, 4)
    # A group that is known of but never contacted is a possible partner, mapped or not.
    state = np.where(best == KNOWN_OF, 3, state)
    state = np.where(best < KNOWN_OF, best, state)
    nearest = {nearest_column(category): places.nearest(points, category, reach)[0] for category in categories}
    # One frame at the end: adding its columns one by one costs more than finding what they hold.
    return pd.DataFrame(
        {
            "lsoa21cd": areas["lsoa21cd"].array,
            "state": pd.Categorical.from_codes(state, categories=list(STATES), ordered=True),
            "places_in_reach": places_in_reach,
            "partners_in_reach": np.bincount(rows, weights=standing[which] < KNOWN_OF, minlength=len(areas)).astype(
                np.int64
            ),
            "confirmed_in_reach": np.bincount(rows, weights=standing[which] == CONFIRMED, minlength=len(areas)).astype(
                np.int64
            ),
            **nearest,
            "nearest_partner_m": partner_index.nearest(points, "partner", reach)[0],
        }
    )


def nearest_column(category: str) -> str:
    """The column that holds the walk to the nearest place of a category: "place of worship" → nearest_place_of_worship_m."""
    return f"nearest_{category.replace(' ', '_')}_m"


def empty_partners() -> pd.DataFrame:
    """A partner table with no rows, typed as `classify` reads it."""
    return _empty_partners().copy()


@cache
def _empty_partners() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "name": pd.Series(dtype="str"),
            "category": pd.Series(dtype="str"),
            "stage": pd.Series(dtype="str"),
            "easting": pd.Series(dtype="float64"),
            "northing": pd.Series(dtype="float64"),
            "longitude": pd.Series(dtype="float64"),
            "latitude": pd.Series(dtype="float64"),
            "last_confirmed": pd.Series(dtype="datetime64[us]"),
            "last_contact": pd.Series(dtype="datetime64[us]"),
        }
    )
