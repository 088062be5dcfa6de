"""The ranked table of Core20 neighbourhoods for one place: what the page shows and the command line prints."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis import gaps, ranking
from analysis.reach import PlaceIndex, Reach

_LABELS = [
    "lsoa21nm",
    "msoa21hclnm",
    "leading_pcn_code",
    "leading_pcn_name",
    "leading_pcn_share",
    "imd25_decile",
    "lad24cd",
    "lad24nm",
    "icb24cd",
    "icb26cd",
    "low_registration",
]
_COLUMNS = ["lsoa21cd", *_LABELS, "pop_mid2022", "imd25_rank", "pwc_e", "pwc_n"]


def core20_gaps(
    areas: pd.DataFrame,
    inside: npt.NDArray[np.bool_],
    places: PlaceIndex,
    partners: pd.DataFrame,
    *,
    today: date,
    reach: Reach,
    categories: Sequence[str],
) -> pd.DataFrame:
    """Every Core20 LSOA of a place, ranked, with its state and what it rests on.

    areas: the small-area table (one row an LSOA; see `gaps.classify` and `ranking.rank_small_areas`), with names and leading PCN.
    inside: which rows lie in the place. Returns one row a Core20 LSOA in rank order: lsoa21cd, lsoa21nm, neighbourhood, people, state,
    rank, leading PCN and share (0–1), counts in reach, nearest by category (walking metres), deprivation, authority and systems.
    """
    # Only the columns needed: a table of strings is dear to filter.
    core20 = areas.loc[inside & areas["core20"].to_numpy(dtype=bool), _COLUMNS]
    classified = gaps.classify(core20, places, partners, today=today, reach=reach, categories=categories)
    ranked = ranking.rank_small_areas(classified, core20)
    rows = pd.Index(core20["lsoa21cd"]).get_indexer(ranked["lsoa21cd"])
    labels = core20[_LABELS].iloc[rows].reset_index(drop=True).rename(columns={"msoa21hclnm": "neighbourhood"})
    table = pd.concat([ranked, labels], axis=1)
    nearest = [gaps.nearest_column(category) for category in categories]
    order = [
        "lsoa21cd",
        "lsoa21nm",
        "neighbourhood",
        "people",
        "state",
        "rank",
        "leading_pcn_code",
        "leading_pcn_share",
        "places_in_reach",
        *nearest,
        "nearest_partner_m",
        "partners_in_reach",
        "confirmed_in_reach",
        "people_without_confirmed_partner",
        "leading_pcn_name",
        "imd25_rank",
        "imd25_decile",
        "lad24cd",
        "lad24nm",
        "icb24cd",
        "icb26cd",
        "low_registration",
    ]
    return table[order]
