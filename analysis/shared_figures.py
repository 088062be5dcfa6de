"""Figures that are published once for a larger area and copied down to each authority within it: one figure, not seven.

Fingertips gives smoking at time of delivery (93085), for one, to every borough of a system with the system's value. Read as seven boroughs it
would count one figure seven times. Nothing in the data says so, hence the rule below.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

_FIGURE = ["indicator_id", "who", "age", "period_sortable"]
FEWEST_ALONE = 4
"""So many authorities of a single system, all with the same value, are taken for one figure; two or three may agree by chance."""


def copied_down(rows: pd.DataFrame, system_of: pd.Series) -> pd.DataFrame:
    """Which figures are one for several authorities of a system: indicator_id, who, age, period_sortable, system, areas (a count).

    rows: headline rows (`analysis.board.headline_rows`) of authorities. system_of: the system's code by authority code.

    A figure is copied down where its values agree within every system that has several, in two systems or more that differ from each
    other; or, where only one system is known, in at least FEWEST_ALONE of its authorities. Nought and a hundred are left out: a rate
    of nothing, or of everything, is often equal. Counts that differ show that values only look alike.
    """
    known = rows[rows["value"].notna() & ~rows["value"].isin([0.0, 100.0])]
    known = known.assign(system=known["area_code"].map(system_of))
    known = known[known["system"].notna()]
    grouped = known.groupby([*_FIGURE, "system"], observed=True)
    systems = grouped.agg(
        areas=("area_code", "nunique"),
        low=("value", "min"),
        high=("value", "max"),
        few=("count", "min"),
        many=("count", "max"),
    ).reset_index()
    several = systems[systems["areas"] >= 2].copy()
    several["agree"] = (several["low"] == several["high"]) & ~(several["few"] < several["many"])
    figures = several.groupby(_FIGURE, observed=True).agg(
        systems=("system", "size"), agree=("agree", "all"), different=("low", "nunique"), areas=("areas", "sum")
    )
    shared = figures["agree"] & np.where(
        figures["systems"] >= 2, figures["different"] >= 2, figures["areas"] >= FEWEST_ALONE
    )
    found = several.merge(figures.index[shared.to_numpy()].to_frame(index=False), on=_FIGURE)
    return found[[*_FIGURE, "system", "areas"]]
