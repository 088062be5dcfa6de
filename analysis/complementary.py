"""Groups near an asset that go well with it: open when it is not, doing what it does not, or another kind of place.

Said only where it is known. Days and activities that nobody has recorded are unknown: a place whose days are unknown is never taken for
closed, and one whose activities are unknown is never said to lack any.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.asset_records import parts
from analysis.reach import Reach
from analysis.vocabularies import ACTIVITY_GROUPS, DAY_NAMES

REASONS = ("other_days", "other_activities", "other_kind")


def groups(assets: pd.DataFrame, asset: pd.Series, reach: Reach) -> pd.DataFrame:
    """The assets within the walk of one asset that add something: their rows, with walk_m (metres), REASONS and why (a sentence).

    assets: RECORD_COLUMNS; those with `closed` true, or without a point, are left out. asset: a row of them; without a point it has
    no neighbours. other_days, other_activities: what the other has and this one has not ("; " joined in the vocabulary's order, null for
    none); other_kind: whether it is of another category. Order: most reasons first (a day or an activity is worth more than a kind of place,
    of which there is always another), then nearest, then by name. Walk = straight line × detour factor (`analysis.reach`), from point to point.
    """
    near = _near(assets, asset, reach)
    days = [_added(theirs, asset["days"], tuple(DAY_NAMES)) for theirs in near["days"]]
    activities = [_added(theirs, asset["activity_groups"], ACTIVITY_GROUPS) for theirs in near["activity_groups"]]
    near["other_days"] = pd.Series(["; ".join(some) or None for some in days], index=near.index, dtype="str")
    near["other_activities"] = pd.Series(["; ".join(some) or None for some in activities], index=near.index, dtype="str")
    near["other_kind"] = near["category"].ne(asset["category"])
    near["why"] = pd.Series(
        [
            _why(day, activity, category if other else None, str(asset["category"]))
            for day, activity, category, other in zip(days, activities, near["category"], near["other_kind"], strict=True)
        ],
        index=near.index,
        dtype="str",
    )
    worth = 2 * near["other_days"].notna() + 2 * near["other_activities"].notna() + near["other_kind"]
    near = near.assign(worth=worth)[worth > 0]
    order = near.sort_values(["worth", "walk_m", "name"], ascending=[False, True, True], kind="stable")
    return order.drop(columns="worth").reset_index(drop=True)


def _near(assets: pd.DataFrame, asset: pd.Series, reach: Reach) -> pd.DataFrame:
    across = assets["easting"].to_numpy(dtype=float) - float(asset["easting"])
    up = assets["northing"].to_numpy(dtype=float) - float(asset["northing"])
    straight = np.hypot(across, up)  # NaN where either has no point, and so never within
    within = (straight <= reach.straight_m) & assets["asset_id"].ne(asset["asset_id"]).to_numpy(dtype=bool)
    if "closed" in assets:
        within &= ~assets["closed"].eq(True).to_numpy(dtype=bool)
    return assets[within].assign(walk_m=straight[within] * reach.detour)


def _added(theirs: object, its: object, vocabulary: tuple[str, ...]) -> list[str]:
    """What the other has and this one has not, in order; nothing where what this one has is unknown."""
    own = parts(its)
    return [value for value in vocabulary if own and value in parts(theirs) and value not in own]


def _why(days: list[str], activities: list[str], other: str | None, category: str) -> str:
    said = []
    if days:
        said.append(f"open on {_listed([DAY_NAMES[day] for day in days])}; this one is not")
    if activities:
        said.append(f"{_listed(activities)} activities; this one records none of that kind")
    if other:
        said.append(f"a {other}; this one is a {category}")
    text = ". ".join(part[:1].upper() + part[1:] for part in said)
    return f"{text}." if text else ""


def _listed(values: list[str]) -> str:
    return values[0] if len(values) == 1 else f"{', '.join(values[:-1])} and {values[-1]}"
