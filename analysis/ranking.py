"""Where to start: Core20 neighbourhoods in order of residents without a confirmed partner, with the reasons."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.gaps import STATES


def rank_small_areas(classified: pd.DataFrame, areas: pd.DataFrame) -> pd.DataFrame:
    """The classified LSOAs in order of need for a next conversation.

    classified: the result of `gaps.classify`. areas: lsoa21cd, pop_mid2022, imd25_rank for at least those LSOAs. First by
    residents without a confirmed partner (people; a partnered LSOA has none), then by the emptier state, then by deprivation
    rank, then by code so that the order never wavers. Returns classified with people, imd25_rank,
    people_without_confirmed_partner and rank (1 = start here).
    """
    known = areas.set_index("lsoa21cd").loc[classified["lsoa21cd"], ["pop_mid2022", "imd25_rank"]]
    frame = classified.assign(people=known["pop_mid2022"].to_numpy(), imd25_rank=known["imd25_rank"].to_numpy())
    unpartnered = frame["state"] != STATES[0]
    frame["people_without_confirmed_partner"] = np.where(unpartnered, frame["people"], 0)
    frame["_emptier"] = -frame["state"].cat.codes
    frame = frame.sort_values(["people_without_confirmed_partner", "_emptier", "imd25_rank", "lsoa21cd"], ascending=[False, True, True, True])
    frame["rank"] = np.arange(1, len(frame) + 1)
    return frame.drop(columns="_emptier").reset_index(drop=True)


def people_by_state(ranked: pd.DataFrame) -> pd.DataFrame:
    """People and areas in each of the five states, every state present: index state, columns people, areas."""
    grouped = ranked.groupby("state", observed=False)["people"].agg(["sum", "size"])
    return grouped.rename(columns={"sum": "people", "size": "areas"}).reindex(list(STATES)).fillna(0).astype("int64")
