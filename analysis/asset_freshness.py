"""How fresh each record of a community asset is, how many people rely on it, and which to check first.

A mapping exercise is out of date very quickly. Up to 12 months after somebody last confirmed it a record is confirmed, up to 24 it needs
checking, beyond that or never it is unconfirmed (the project's domain notes). When a list was published is not a confirmation. Freshness is
derived each time and never stored. `register.freshness` has the same rule for relationships: it calls this one.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from analysis.gaps import Freshness
from analysis.reach import PlaceIndex, Reach, origins
from analysis.vocabularies import FRESHNESS

CONFIRMED_MONTHS = Freshness().confirmed_months
UNCONFIRMED_MONTHS = 24
CONFIRMED, NEEDS_CHECKING, UNCONFIRMED = FRESHNESS


def freshness(last_confirmed: pd.Series, today: date) -> pd.Series:
    """One of FRESHNESS for each day of confirmation (datetime64, may be null), with the same index. The last day of a window is in it.

    A day later than tomorrow (it may be tomorrow already where the record was made) is a slip of the pen and confirms nothing.
    """
    now = pd.Timestamp(today)
    said = pd.Series(UNCONFIRMED, index=last_confirmed.index, dtype="str")
    said[last_confirmed >= now - pd.DateOffset(months=UNCONFIRMED_MONTHS)] = NEEDS_CHECKING
    said[last_confirmed >= now - pd.DateOffset(months=CONFIRMED_MONTHS)] = CONFIRMED
    said[last_confirmed > now + pd.DateOffset(days=1)] = UNCONFIRMED
    return said


def counts(fresh: pd.Series) -> pd.Series:
    """How many records are of each freshness: indexed by FRESHNESS in order, noughts kept; the sum is the number of records."""
    return fresh.value_counts().reindex(list(FRESHNESS), fill_value=0).astype("int64").rename("records")


def relied_upon(assets: pd.DataFrame, areas: pd.DataFrame, reach: Reach) -> pd.Series:
    """How many Core20 residents have each asset within their walk, in the order of `assets`.

    assets: easting, northing (EPSG:27700 metres, may be null), category. areas: pwc_e, pwc_n (metres), core20, pop_mid2022. An LSOA's people
    all count where its population-weighted centroid is within the walk, and none where it is not. An asset without a point is missing
    (NaN), not nought: nothing can be near what has no place.
    """
    core20 = areas[areas["core20"].to_numpy(dtype=bool)]
    people = core20["pop_mid2022"].to_numpy(dtype=float)
    placed = np.flatnonzero((assets["easting"].notna() & assets["northing"].notna()).to_numpy())
    found = np.full(len(assets), np.nan)
    # The categories do not matter here, and one for all is quicker to index than each apart.
    points = assets.iloc[placed][["easting", "northing"]].assign(category="asset")
    origin, place, _ = PlaceIndex(points).within(origins(core20), reach)
    found[placed] = np.bincount(place, weights=people[origin], minlength=len(placed))
    return pd.Series(found, index=assets.index, name="relied_upon")


def review_order(assets: pd.DataFrame, relied_upon: pd.Series, today: date) -> pd.DataFrame:
    """The records to check, the first to check first: rows of `assets` that are not confirmed, with freshness and relied_upon (people).

    assets: asset_id, last_confirmed. relied_upon: Core20 residents for each, the same index (missing where there is no point). The oldest and most
    relied-upon come first: unconfirmed before needs checking; inside each by Core20 residents relying on the record, most first (no point
    last); then never confirmed before the longest ago; then by id, so that the order is always the same.
    """
    queue = assets.assign(freshness=freshness(assets["last_confirmed"], today), relied_upon=relied_upon)
    queue = queue[queue["freshness"] != CONFIRMED]
    keys = pd.DataFrame(
        {
            "checking": queue["freshness"] == NEEDS_CHECKING,
            "people": -queue["relied_upon"].fillna(-1.0),
            "day": queue["last_confirmed"].fillna(pd.Timestamp.min.as_unit("us")),
            "asset_id": queue["asset_id"],
        }
    )
    return queue.loc[keys.sort_values(list(keys), kind="stable").index]
