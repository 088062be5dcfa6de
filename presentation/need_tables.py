"""The table behind each chart of one figure: the same rows, in words. No screen here."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from analysis.places import Place
from data_loaders.atlas import Atlas
from data_loaders.needs import Needs
from presentation.need_comparisons import newest_of
from presentation.need_words import COMPARISON_MARKS, figure, interval
from presentation.words import percent

MOST_DRAWN = 60
"""So many areas are drawn one beneath the other; a table can hold more."""


def _values(rows: pd.DataFrame, unit: str | None) -> dict[str, list[str]]:
    return {
        "Value": [figure(value, unit) for value in rows["value"]],
        "95% interval": [
            interval(low, high) or "none published"
            for low, high in zip(rows["lower_95"], rows["upper_95"], strict=True)
        ],
    }


def compared(rows: pd.DataFrame, unit: str | None) -> pd.DataFrame:
    """Areas compared with England. rows: as in `need_comparisons.ComparisonSet`."""
    return pd.DataFrame(
        {
            "Area": rows["name"].tolist(),
            **_values(rows, unit),
            "Compared with England": [COMPARISON_MARKS[key].text for key in rows["comparison"]],
            "Period": rows["period"].astype(str).tolist(),
        }
    )


def over_time(series: Sequence[tuple[str, pd.DataFrame]], unit: str | None) -> pd.DataFrame:
    """Values by period, a block of rows for each series."""
    parts = []
    for name, rows in series:
        drawn = rows.sort_values("period_sortable")
        parts.append(
            pd.DataFrame({"Area": name, "Period": drawn["period"].astype(str).tolist(), **_values(drawn, unit)})
        )
    return pd.concat(parts, ignore_index=True)


def by_deprivation(rows: pd.DataFrame, unit: str | None) -> pd.DataFrame:
    """Values by tenth of deprivation. rows: category, value, lower_95, upper_95, denominator."""
    people = [f"{count:,.0f}" if pd.notna(count) else "not published" for count in rows["denominator"]]
    return pd.DataFrame({"Tenth": rows["category"].astype(str).tolist(), **_values(rows, unit), "People": people})


def against_core20(rows: pd.DataFrame, unit: str | None) -> pd.DataFrame:
    """Networks with their share of Core20 residents, most first."""
    drawn = rows.sort_values("core20_share", ascending=False)
    return pd.DataFrame(
        {
            "Network": drawn["name"].tolist(),
            "Residents in Core20 neighbourhoods": [percent(share) for share in drawn["core20_share"]],
            **_values(drawn, unit),
        }
    )


def networks(atlas: Atlas, place: Place) -> pd.DataFrame:
    """The networks within or across a place, whole: code, name, population, core20_people, core20_share (0–1). Digital-first ones lead nowhere."""
    table = atlas.network_people
    inside = {child.code for child in atlas.gazetteer.children(place, "pcn")} if place.level != "pcn" else {place.code}
    return table[table["code"].isin(inside)].reset_index(drop=True)


def networks_by_core20(atlas: Atlas, needs: Needs, place: Place, indicator_id: str) -> tuple[pd.DataFrame, str]:
    """The networks to draw against Core20, and whose they are: those of the place's system, or of England or the region that is looked at."""
    scope = place if place.level in ("england", "region", "icb24", "icb26") else atlas.gazetteer.parent(place, "icb26")
    people = networks(atlas, scope)
    names = dict(zip(people["code"], people["name"], strict=True))
    rows = newest_of(needs, indicator_id, "pcn", names)
    if rows.empty:
        return rows.assign(core20_share=[]), scope.name
    shares = people.set_index("code")["core20_share"]
    return rows.assign(core20_share=rows["area_code"].astype(str).map(shares).to_numpy()), scope.name
