"""The sets of areas that one figure may be compared over: networks of a place, places of a system, systems of England."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial

import pandas as pd

from analysis.board import compared
from analysis.places import Place
from data_loaders.atlas import Atlas
from data_loaders.needs import Needs
from presentation.words import counted

# The level of the gazetteer, the level of published figures, what to call the areas, and one of them.
_LEVELS = {
    "pcn": ("pcn", "Neighbourhoods (PCN)", "neighbourhood"),
    "lad24": ("authority", "Places (local authorities)", "place"),
    "icb26": ("icb", "Systems (April 2026)", "system"),
    "icb24": ("icb", "Systems (April 2024)", "system"),
    "region": ("region", "Regions", "region"),
}
_OFFERED = {
    "england": ("icb26", "icb24", "region", "lad24", "pcn"),
    "region": ("icb26", "icb24", "lad24", "pcn"),
    "icb26": ("pcn", "lad24"),
    "icb24": ("pcn", "lad24"),
    "sub_icb24": ("pcn", "lad24"),
    "sub_icb26": ("pcn", "lad24"),
    "lad24": ("pcn",),
}


@dataclass(frozen=True, eq=False)
class ComparisonSet:
    """Areas with the same figure for the same period. noun: one of the areas. find: compares them; only the set that is shown is compared."""

    label: str
    noun: str
    find: Callable[[], pd.DataFrame]

    @cached_property
    def rows(self) -> pd.DataFrame:
        """Highest first: area_code, name, value, lower_95, upper_95, comparison, england, period. No rows where no two have one period."""
        rows = self.find()
        return rows if len(rows) > 1 else rows.iloc[:0]

    @property
    def period(self) -> str:
        """Of every row."""
        return str(self.rows["period"].iloc[0])

    @property
    def england(self) -> float:
        """England's value of that period, nan where there is none."""
        return float(self.rows["england"].iloc[0])


def _named(places: list[Place], later_codes: dict[str, str]) -> dict[str, str]:
    """Code → name, under each code that a publisher may use."""
    names = {place.code: place.name for place in places}
    return names | {later_codes[code]: name for code, name in names.items() if code in later_codes}


def newest_of(needs: Needs, indicator_id: str, level: str, codes: dict[str, str]) -> pd.DataFrame:
    """The figure of each area of a level, all of one period (the newest of most of them) and one group of people, highest first.

    An area that has a newer one as well (of a live pull, for one) stands with its figure of that period.
    """
    board = needs.board(level)
    newest = board[(board["indicator_id"] == indicator_id) & board["area_code"].isin(list(codes))]
    found = newest[newest["value"].notna()]
    if found.empty:
        return found
    usual = found.groupby(["period_sortable", "who", "age"], observed=True).size()
    period, group, age = usual.sort_index(ascending=[False, True, True]).idxmax()
    if (newest["period_sortable"] > period).any():
        rows = needs.of_indicator(indicator_id, level)
        rows = rows[rows["area_code"].isin(list(codes)) & (rows["period_sortable"] <= period)]
        england = needs.england_headlines
        found = compared(rows, england[england["indicator_id"] == indicator_id], needs.polarity)
        found = found[found["value"].notna()]
    found = found[(found["period_sortable"] == period) & (found["who"] == group) & (found["age"] == age)]
    return found.assign(name=found["area_code"].astype(str).map(codes)).sort_values(
        ["value", "name"], ascending=[False, True]
    )


def _one_figure_each(needs: Needs, atlas: Atlas, rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with figures that are copied down from a system as one row: seven boroughs with one figure are one figure."""
    key = ["indicator_id", "who", "age", "period_sortable", "area_code"]
    marked = rows.merge(needs.shared[[*key, "system", "areas"]], on=key, how="left")
    names = {
        system: f"{counted(int(areas), 'place')} of {atlas.gazetteer.place(system).name}, one figure"
        for system, areas in marked.dropna(subset="system")[["system", "areas"]]
        .drop_duplicates("system")
        .itertuples(index=False)
    }
    marked["name"] = marked["system"].map(names).astype(object).fillna(marked["name"])
    repeated = marked["system"].notna() & marked.duplicated("system")
    return marked[~repeated].reset_index(drop=True)


def comparison_sets(atlas: Atlas, needs: Needs, place: Place, indicator_id: str) -> list[ComparisonSet]:
    """The sets that can be drawn for a place: two areas or more with a value. A network is set beside the others of its place."""
    scope = atlas.gazetteer.parent(place, "lad24") if place.level in ("pcn", "ward", "msoa") else place
    valued = needs.areas_with(indicator_id)
    copied = needs.shared[needs.shared["indicator_id"] == indicator_id].drop_duplicates("area_code").set_index("area_code")["system"]
    sets = []
    for level in _OFFERED.get(scope.level, ()):
        published, label, noun = _LEVELS[level]
        codes = _named(atlas.gazetteer.children(scope, level), atlas.later_codes)
        there = valued.loc[valued["level"] == published, "area_code"]
        there = there[there.isin(list(codes))]
        figures = {copied.get(code, atlas.later_codes.get(code, code)) if published == "authority" else code for code in there}
        if len(figures) > 1:
            sets.append(ComparisonSet(label, noun, partial(_areas, atlas, needs, indicator_id, published, codes)))
    return sets


def _areas(atlas: Atlas, needs: Needs, indicator_id: str, published: str, codes: dict[str, str]) -> pd.DataFrame:
    rows = newest_of(needs, indicator_id, published, codes)
    # An authority may be there under its old code and its new one.
    rows = rows[~rows["area_code"].astype(str).replace(atlas.later_codes).duplicated().to_numpy()]
    return _one_figure_each(needs, atlas, rows) if published == "authority" and len(rows) else rows
