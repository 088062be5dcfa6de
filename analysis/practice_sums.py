"""Practices added up: counts of a register to neighbourhoods, places, systems and England, and to tenths by deprivation.

Method: an area's figure is the sum of its practices' counts over the sum of their denominators, as Fingertips aggregates
practices. Tenths: practices in ten national groups by the deprivation of where their patients live.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

MOST_DEPRIVED, LEAST_DEPRIVED = 1, 10
_KEY = ["indicator_id", "period"]


def deprivation_score(registrations: pd.DataFrame, weights: pd.DataFrame, score: pd.Series) -> pd.Series:
    """The patient-weighted deprivation score of each practice, indexed by practice_code.

    registrations: practice_code, lsoa11cd, patients (people). weights: `footprints.carry_weights` (lsoa11cd, lsoa21cd, weight).
    score: Index of Multiple Deprivation score by lsoa21cd, higher is more deprived. Patients outside England count for nothing;
    a practice with no patient in England has no score and is not in the result.
    """
    carried = weights.assign(score=score.reindex(weights["lsoa21cd"]).to_numpy(dtype=float) * weights["weight"])
    by_old = carried.groupby("lsoa11cd")["score"].sum()
    inside = registrations[registrations["lsoa11cd"].isin(by_old.index) & (registrations["patients"] > 0)]
    weighted = inside["patients"] * by_old.reindex(inside["lsoa11cd"]).to_numpy()
    by_practice = (
        pd.DataFrame({"patients": inside["patients"], "weighted": weighted}).groupby(inside["practice_code"]).sum()
    )
    return (by_practice["weighted"] / by_practice["patients"]).rename("deprivation_score").sort_index()


def tenths(score: pd.Series) -> pd.Series:
    """The tenth of each practice, 1 (most deprived) to 10 (least), equal in number of practices to within one.

    score: by practice, higher is more deprived. Practices with equal scores are parted by code, so that the groups do not
    depend on the order of the rows.
    """
    ordered = score.dropna().sort_index().sort_values(ascending=False, kind="stable")
    rank = np.arange(len(ordered))
    return pd.Series(
        (rank * LEAST_DEPRIVED // max(len(ordered), 1) + 1).astype("int8"), index=ordered.index, name="tenth"
    )


def add_up(
    counts: pd.DataFrame, homes: pd.DataFrame, levels: Mapping[str, Sequence[str]], tenth_levels: Sequence[str]
) -> pd.DataFrame:
    """Every area's sum, and at some levels the sum of its practices in each tenth.

    counts: practice_code, indicator_id, period, count, denominator (people), a row for each practice and register. homes: by practice_code,
    a column of area codes for each name in `levels` (empty where the practice counts in no such area) and tenth (1–10 or empty).
    levels: level → its columns of `homes`; two vintages of one level stand beside each other, and an area that is the same in both is kept
    once. tenth_levels: the levels that are also divided. Returns indicator_id, level, area_code, period, tenth (Int8, empty for all practices),
    count, denominator (int64 people), practices (int16), sorted. ValueError where one code stands for two different sets of practices.
    """
    placed = counts.join(homes, on="practice_code")
    parts = []
    for level, columns in levels.items():
        for column in columns:
            for by_tenth in (False, True) if level in tenth_levels else (False,):
                keys = [*_KEY, column, "tenth"] if by_tenth else [*_KEY, column]
                sums = (
                    placed.dropna(subset=keys)
                    .groupby(keys, observed=True)
                    .agg(
                        count=("count", "sum"), denominator=("denominator", "sum"), practices=("practice_code", "size")
                    )
                    .reset_index()
                    .rename(columns={column: "area_code"})
                )
                parts.append(sums.assign(level=level) if by_tenth else sums.assign(level=level, tenth=None))
    total = pd.concat([part.astype({"tenth": "Int8"}) for part in parts]).drop_duplicates()
    key = ["indicator_id", "level", "area_code", "period", "tenth"]
    twice = total.duplicated(key)
    if twice.any():
        raise ValueError(f"{total.loc[twice, 'area_code'].iloc[0]} stands for two different sets of practices")
    total = total.sort_values(key, na_position="first").reset_index(drop=True)
    return total.astype({"count": "int64", "denominator": "int64", "practices": "int16"})[
        [*key, "count", "denominator", "practices"]
    ]
