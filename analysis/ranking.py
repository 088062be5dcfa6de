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
    rows = pd.Index(areas["lsoa21cd"]).get_indexer(classified["lsoa21cd"])
    if (rows < 0).any():
        raise KeyError(f"not among the areas: {', '.join(classified.loc[rows < 0, 'lsoa21cd'].head(3))}")
    people, deprivation = areas["pop_mid2022"].to_numpy()[rows], areas["imd25_rank"].to_numpy()[rows]
    state = classified["state"].cat.codes.to_numpy()
    without = np.where(state > 0, people, 0)
    frame = classified.assign(people=people, imd25_rank=deprivation, people_without_confirmed_partner=without)
    # lexsort takes the most important key last.
    frame = frame.iloc[
        np.lexsort((classified["lsoa21cd"].to_numpy(dtype=str), deprivation, -state, -without.astype("int64")))
    ]
    return frame.assign(rank=np.arange(1, len(frame) + 1)).reset_index(drop=True)


def people_by_state(ranked: pd.DataFrame) -> pd.DataFrame:
    """People and areas in each of the five states, every state present: index state, columns people, areas."""
    codes = ranked["state"].cat.codes.to_numpy()
    people = np.bincount(codes, weights=ranked["people"].to_numpy(dtype=float), minlength=len(STATES))
    return pd.DataFrame(
        {"people": people, "areas": np.bincount(codes, minlength=len(STATES))}, index=pd.Index(STATES, name="state")
    ).astype("int64")
