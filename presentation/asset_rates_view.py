"""Community assets for every 10,000 people, by neighbourhood, place or system, as a map and a list."""

from __future__ import annotations

from datetime import date

import pandas as pd
import streamlit as st

from analysis import asset_rates
from analysis.asset_filter import asked_for
from analysis.places import Place
from presentation import asset_directory, downloads, place_bar, provenance
from presentation.components import RankedRow, ranked_list
from presentation.current_assets import CurrentAssets
from presentation.gaps_list import PAGE_ROWS, pages
from presentation.view import View
from presentation.words import LEVEL_NAMES, counted, people

COLUMNS = (
    ("name", "Area"),
    ("assets", "Places"),
    ("rate", "Per 10,000 residents"),
    ("people", "Core20 people"),
    ("core20_rate", "Per 10,000 Core20 residents"),
)

_HOW = {
    "shares": "by shares: a place counts in part for each network with patients there",
    "best-fit": "by best fit: a place counts for the network that leads there",
}
_RATES = {"rate": "per_10_000", "core20_rate": "per_10_000_core20"}


def show(assets: CurrentAssets, place: Place, view: View, today: date) -> None:
    """The list, the settings that it rests on, and the same to take away."""
    atlas = assets.atlas
    inside = atlas.gazetteer.mask(place)
    level = "lad24" if place.level in ("england", "region") else "pcn"
    asset_directory.controls(view, assets.table[assets.inside(place)])
    counting = assets.table[asked_for(assets.table, view.assets) & ~assets.closed]
    if view.assets.words:
        counting = counting[counting["asset_id"].isin(assets.found(place, view.assets)["asset_id"])]
    found = asset_rates.rates(
        counting, atlas.areas[inside], level, names=atlas.names(level), count=view.count,
        pcn_shares=atlas.pcn_shares if level == "pcn" else None,
    )
    table = found.table.sort_values(["per_10_000_core20", "code"], na_position="last", ignore_index=True)
    how = _HOW[view.count] if level == "pcn" else "where it stands"
    st.header(f"{LEVEL_NAMES[level][0].upper()}{LEVEL_NAMES[level][1:]}: fewest places for their Core20 residents first")
    number_of = counted(round(float(table["assets"].sum())), "place")
    st.markdown(f"{number_of} counted {how}. {_elsewhere(found)} A blank means that no Core20 resident lives there.")
    if level == "pcn":
        st.session_state["asset_count"] = view.count
        st.segmented_control(
            "Count by",
            ["best-fit", "shares"],
            format_func={"best-fit": "Best fit", "shares": "Shares"}.__getitem__,
            key="asset_count",
            on_change=lambda: place_bar.change(count=st.session_state["asset_count"] or "best-fit", page=1),
            required=True,
        )
    number = pages(len(table))
    page = min(view.page, number)
    in_part = level == "pcn" and view.count == "shares"
    ranked_list(
        [ranked(row, in_part) for row in table.iloc[(page - 1) * PAGE_ROWS : page * PAGE_ROWS].to_dict("records")],
        key="asset_rates",
        caption=f"Community places for every 10,000 people in {place.name}",
        columns=COLUMNS,
        page=page,
        pages=number,
        total=len(table),
        empty="No area to list.",
        on_select=lambda code: place_bar.set_view(view.at(code)),
        on_page=lambda turned: place_bar.change(page=turned),
    )
    st.caption("More is not better by itself: where the map is fuller it looks like provision. See what is mapped before comparing.")
    title = f"Community assets for every 10,000 people, {place.name} ({place.code}), counted {how}."
    notes = provenance.asset_notes(title, assets.sources, today)
    name = f"common-ground-{place.code}-asset-rates.csv"
    st.download_button("Download CSV", lambda: downloads.to_csv(table, notes), name, "text/csv", on_click="ignore")


def ranked(row: dict[str, object], in_part: bool) -> RankedRow:
    """An area as a row of the list. in_part: a place counts in part for several areas, so that their numbers are not whole."""
    assets = float(str(row["assets"]))
    return RankedRow(
        id=str(row["code"]),
        name=str(row["name"]),
        detail=f"{people(float(str(row['population'])))} residents",
        people=round(float(str(row["core20_people"]))),
        values={"assets": round(assets, 1) if in_part else round(assets)} | {name: _number(row[column]) for name, column in _RATES.items()},
    )


def _number(value: object) -> float | None:
    """One decimal; blank where nobody lives who could be counted."""
    return None if pd.isna(value) else round(float(str(value)), 1)


def _elsewhere(found: asset_rates.AssetRates) -> str:
    """What is in no row, so that nothing is lost without a word."""
    said = []
    if found.in_no_area:
        said.append(f"{counted(found.in_no_area, 'place')} here {'lies' if found.in_no_area == 1 else 'lie'} in no network's footprint.")
    without = int(found.without_lsoa["assets"].sum())
    if without:
        said.append(f"Places without a point, such as charities, count in no area: {without:,} in England.")
    return " ".join(said)


