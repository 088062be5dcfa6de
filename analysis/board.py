"""The figures of an area as a board shows them: the newest of each indicator, England's beside it, comparison and trend.

Every function takes rows in the one shape of indicator values (`data_loaders.indicator_values.VALUE_COLUMNS`) and works on many
areas at once: columns indicator_id, area_code, sex, age, category, period, period_sortable, period_years, value, lower_95, upper_95,
count, denominator, note, trend, compared_to_england, origin.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.comparison import NOT_COMPARED, compare, published_comparison, quintile_bands
from analysis.trend import CANNOT_BE_CALCULATED, published_trend, recent_trend, with_polarity

PERSONS = "Persons"
_SERIES = ["area_code", "indicator_id", "who", "age"]
_EARLIER = {
    "period": "earlier_period",
    "value": "earlier_value",
    "england": "earlier_england",
    "comparison": "earlier_comparison",
}


def headline_rows(values: pd.DataFrame) -> pd.DataFrame:
    """The rows that are headlines (no breakdown), one for each area, indicator, sex, age and period, with `who` and `age` filled.

    `who` is the sex where one is meant and "" for all persons. A row that does not say its age takes the only age that the same
    figure has elsewhere. Of two rows that say the same, one with an interval is kept before one without, one with a value before
    a note. Where persons are published, the rows of each sex are breakdowns and left out.
    """
    rows = values[values["category"].isna().to_numpy()].copy()
    sex, age = rows["sex"].astype(object), rows["age"].astype(object)
    rows["who"] = sex.where(sex.notna() & (sex != PERSONS), "").astype("str")
    rows["age"] = age.where(age.notna(), "").astype("str")
    said = rows.loc[rows["age"] != "", ["indicator_id", "who", "age"]].drop_duplicates()
    only = said[~said.duplicated(["indicator_id", "who"], keep=False)].set_index(["indicator_id", "who"])["age"]
    if len(only):
        silent = rows["age"] == ""
        found = only.reindex(pd.MultiIndex.from_frame(rows.loc[silent, ["indicator_id", "who"]])).fillna("")
        rows.loc[silent, "age"] = found.to_numpy()
    rows["_rank"] = (
        2 * rows["value"].isna().to_numpy(dtype=np.int8)
        + rows["lower_95"].isna().to_numpy(dtype=np.int8)
        + 4 * (rows["value"].isna() & rows["note"].isna()).to_numpy(dtype=np.int8)
    )
    rows = rows.sort_values("_rank", kind="stable").drop_duplicates([*_SERIES, "period_sortable"])
    persons = rows.loc[rows["who"] == "", ["area_code", "indicator_id", "period_sortable"]].drop_duplicates()
    of_persons = pd.MultiIndex.from_frame(rows[["area_code", "indicator_id", "period_sortable"]]).isin(
        pd.MultiIndex.from_frame(persons)
    )
    rows = rows[(rows["who"] == "") | ~of_persons]
    return rows.drop(columns="_rank").sort_index()


def with_england(rows: pd.DataFrame, england: pd.DataFrame) -> pd.Series:
    """England's value for each headline row: same indicator, who, age and period; where the ages are written otherwise, England's only one.

    rows, england: headline rows.
    """
    exact = ["indicator_id", "who", "age", "period_sortable"]
    loose = ["indicator_id", "who", "period_sortable"]
    known = england[england["value"].notna()]
    by_age = known.drop_duplicates(exact).set_index(exact)["value"]
    alone = known[~known.duplicated(loose, keep=False)].set_index(loose)["value"]
    found = by_age.reindex(pd.MultiIndex.from_frame(rows[exact])).to_numpy(dtype=float)
    other = alone.reindex(pd.MultiIndex.from_frame(rows[loose])).to_numpy(dtype=float)
    return pd.Series(np.where(np.isnan(found), other, found), index=rows.index)


def compared(values: pd.DataFrame, england: pd.DataFrame, polarity: pd.Series) -> pd.DataFrame:
    """The newest figure of each area, indicator, sex and age: beside England, compared, with its recent trend.

    values: rows of VALUE_COLUMNS, breakdowns among them. england: England's own `headline_rows`. polarity: by indicator_id, one of
    "low is good", "high is good" and others (neither direction is called better), missing where it is not established.

    Returns the headline rows of the newest period that an area has of an indicator, with `who`, `england` (England's value of
    the same period, nan where there is none), `comparison` and `trend` (words of `analysis.comparison` and `analysis.trend`; where the
    publisher gives its own, by 95% or 99.8% as the indicator says, that is what stands), and, where there is no comparison, the newest
    earlier one: earlier_period, earlier_value, earlier_england, earlier_comparison. A newest figure that was suppressed stays, with its note.
    """
    rows = headline_rows(values)
    rows["england"] = with_england(rows, england)
    direction = rows["indicator_id"].astype(object).map(polarity).to_numpy(dtype=object)
    worked_out = compare(rows["lower_95"], rows["upper_95"], rows["england"], direction)
    worked_out[rows["value"].isna().to_numpy()] = NOT_COMPARED
    said = published_comparison(rows["compared_to_england"]).to_numpy()
    rows["comparison"] = np.where((said != NOT_COMPARED) & rows["value"].notna().to_numpy(), said, worked_out)

    latest = rows.groupby(["area_code", "indicator_id"], observed=True, sort=False)["period_sortable"].transform("max")
    newest = rows[rows["period_sortable"] == latest].drop(columns="trend")
    newest = newest.assign(trend=_trends(rows, newest, polarity))
    earlier = rows[(rows["period_sortable"] != latest) & (rows["comparison"] != NOT_COMPARED)]
    earlier = earlier.sort_values("period_sortable").drop_duplicates(_SERIES, keep="last")
    earlier = earlier.rename(columns=_EARLIER)[[*_SERIES, *_EARLIER.values()]]
    newest = newest.merge(earlier, on=_SERIES, how="left")
    newest.loc[newest["comparison"] != NOT_COMPARED, list(_EARLIER.values())] = np.nan
    return newest


def _trends(rows: pd.DataFrame, newest: pd.DataFrame, polarity: pd.Series) -> np.ndarray:
    """The recent trend of each newest figure: what the publisher says of it, else worked out from its series."""
    said = published_trend(rows.loc[newest.index, "trend"]).to_numpy()
    numbers = pd.MultiIndex.from_frame(rows[_SERIES]).factorize()[0]
    silent = numbers[rows.index.get_indexer(newest.index)][said == CANNOT_BE_CALCULATED]
    inside = np.isin(numbers, silent)
    series = rows[inside].assign(series=numbers[inside])
    proportion = (100 * series["count"] / series["denominator"] - series["value"]).abs() < 0.005
    worked_out = recent_trend(series.assign(proportion=proportion.astype(float)))
    own = pd.Series(numbers, index=rows.index).loc[newest.index].map(worked_out).astype(object)
    direction = newest["indicator_id"].astype(object).map(polarity).to_numpy(dtype=object)
    return np.where(said == CANNOT_BE_CALCULATED, with_polarity(own.fillna(CANNOT_BE_CALCULATED), direction), said)


def positions(rows: pd.DataFrame) -> pd.DataFrame:
    """Where each area stands among the others with the same figure: `fifth` (1 lowest to 5 highest) and `of`, how many have it.

    rows: headline rows of areas of one level. Indexed by area_code, indicator_id, who, age and period_sortable; values alone.
    """
    valued = rows[rows["value"].notna()]
    figure = ["indicator_id", "who", "age", "period_sortable"]
    group = pd.MultiIndex.from_frame(valued[figure]).factorize()[0]
    found = valued[["area_code", *figure]].assign(
        fifth=quintile_bands(valued["value"], group), of=np.bincount(group)[group] if len(group) else 0
    )
    return found.set_index(["area_code", *figure])
