"""The map and the directory of community assets in a place: what to ask for, the list, the points, and what can be taken away."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import streamlit as st

from analysis.asset_filter import CHOICES, LONGEST_SEARCH, AssetFilter, offered
from analysis.places import Place
from analysis.vocabularies import ASSET_CATEGORIES, DAY_NAMES, FRESHNESS
from data_loaders.atlas import Atlas, PostcodePoint
from presentation import place_bar
from presentation.area_map import FillClass, Fills, MapView, OutlineLayer
from presentation.asset_points import points_of
from presentation.asset_words import (
    FRESHNESS_COLOURS,
    FRESHNESS_SHORT,
    kind_line,
    kinds_counted,
    name_of,
)
from presentation.components import Callout, FactRow, FactSection, RankedRow, fact_list
from presentation.current_assets import CurrentAssets
from presentation.gaps_list import PAGE_ROWS
from presentation.gaps_map import bounds_of, extent, marker, scale_classes
from presentation.record_form import word_of
from presentation.view import View
from presentation.words import CATEGORY_PLURALS, counted

MOST_POINTS = 800
"""More than this would be too much to send with every rerun: then neighbourhoods are coloured by how many there are."""

COLUMNS = (("name", "Place"), ("where", "Neighbourhood"), ("state", "Freshness"))
NEAR_COLUMNS = (("name", "Place"), ("nearest", "Walk"), ("where", "Neighbourhood"), ("state", "Freshness"))
_LABELS = {
    "kind": "Kind of place",
    "tradition": "Faith tradition",
    "fresh": "Freshness",
    "type": "Type of organisation",
    "activity": "Activity",
    "clinical": "Clinical area",
    "who": "Who it is for",
    "language": "Language",
    "day": "Open on",
}
_FIRST = ("kind", "tradition", "fresh")


def controls(view: View, here: pd.DataFrame) -> None:
    """The search box, the filters that most people use, and the rest in one expander. Only what some asset here says is offered."""
    with st.container(horizontal=True, key="asset_filters", vertical_alignment="bottom"):
        st.session_state["asset_words"] = view.assets.words or ""
        st.text_input(
            "Search by name, faith or activity",
            key="asset_words",
            max_chars=LONGEST_SEARCH,
            on_change=_ask,
            args=("words",),
            placeholder="mosque, food bank, St Mary",
        )
        for name in _FIRST:
            _choice(view, here, name)
    rest = [name for name in _LABELS if name not in _FIRST]
    known = [name for name in rest if getattr(view.assets, name) or offered(here, name)]
    unknown = [_LABELS[name].lower() for name in rest if name not in known]
    with st.expander("More ways to choose", expanded=any(getattr(view.assets, name) for name in rest)):
        with st.container(horizontal=True, key="more_asset_filters"):
            for name in known:
                _choice(view, here, name)
        if unknown:
            st.caption(f"No record here says: {', '.join(unknown)}. Sources rarely do; lists from people who know the place can.")
    if view.assets.asked:
        st.button("Show everything again", key="clear_assets", on_click=_clear, type="tertiary")


def _choice(view: View, here: pd.DataFrame, name: str) -> None:
    value = getattr(view.assets, name)
    options = offered(here, name)
    if value and value not in options:
        options = [value, *options]
    key = f"asset_{name}"
    st.session_state[key] = value
    st.selectbox(
        _LABELS[name], options, format_func=lambda each: _said(name, each), key=key, placeholder="Any", on_change=_ask,
        args=(name,), width=220,
    )


def _said(name: str, value: str) -> str:
    if name == "kind":
        return CATEGORY_PLURALS[value].capitalize()
    if name == "day":
        return DAY_NAMES[value]
    return FRESHNESS_SHORT[value] if name == "fresh" else word_of(value) if name in CHOICES else value


def _ask(name: str) -> None:
    view: View = st.session_state["view"]
    value = st.session_state[f"asset_{name}"]
    text = " ".join(value.split()) if isinstance(value, str) else None
    wanted = {field: getattr(view.assets, field) for field in view.assets.asked} | {name: text or None}
    place_bar.change(assets=AssetFilter(**wanted), page=1, asset=None)


def _clear() -> None:
    place_bar.change(assets=AssetFilter(), page=1, asset=None)


def nearest_first(found: pd.DataFrame, walks: pd.Series | None) -> pd.DataFrame:
    """The assets with `walk_m`, the walk from a postcode, nearest first; as they were where no postcode is chosen (walks: None)."""
    if walks is None:
        return found.assign(walk_m=np.nan)
    return found.assign(walk_m=walks[found.index]).sort_values("walk_m", kind="stable")


def rows(found: pd.DataFrame) -> list[RankedRow]:
    """One page of the directory."""
    return [
        RankedRow(
            id=row["asset_id"],
            name=name_of(row),
            detail=kind_line(row),
            nearest=None if pd.isna(row["walk_m"]) else row["walk_m"],
            state_key=row["freshness"],
            state_label=FRESHNESS_SHORT[row["freshness"]],
            colour=FRESHNESS_COLOURS[row["freshness"]],
            values={"where": _where(row)},
        )
        for row in found.to_dict("records")
    ]


def _where(row: dict[str, object]) -> str:
    if isinstance(row["neighbourhood"], str):
        return str(row['neighbourhood'])
    return str(row["lad24nm"]) if isinstance(row["lad24nm"], str) else "No point: serves an area"


def on_page(found: pd.DataFrame, page: int) -> pd.DataFrame:
    """The rows of one page."""
    return found.iloc[(page - 1) * PAGE_ROWS : page * PAGE_ROWS]


def map_of(
    assets: CurrentAssets, place: Place, found: pd.DataFrame, chosen: str | None, point: PostcodePoint | None, view: View
) -> MapView:
    """Points over PCN footprints and Core20 neighbourhoods, drawn close round a postcode; over a large area, how many there are in each part."""
    atlas = assets.atlas
    drawn = found[found["easting"].notna()]
    alt = (
        f"Map of {place.name}: {kinds_counted(found['category']) or 'no place'} as asked for. "
        "The list has the same places."
    )
    if place.level in ("england", "region") or len(drawn) > MOST_POINTS:
        return _counts_map(atlas, place, drawn, alt)
    inside = atlas.gazetteer.mask(place)
    here = atlas.areas[inside]
    files = atlas.outlines
    # The walk round a postcode may lead over the border: what lies there is drawn too.
    authorities = sorted({*here["lad24cd"], *(drawn["lad24cd"].dropna() if point else ())})
    around = here if point is None else atlas.areas[atlas.areas["lad24cd"].isin(authorities)]
    networks = sorted(around["leading_pcn_code"].unique())
    footprints = sorted({atlas.footprint_files[code] for code in networks if code in atlas.footprint_files})

    def urls(layer: str, keys: Sequence[str]) -> list[str]:
        return [files[layer, key] for key in keys if (layer, key) in files]

    core20 = around.loc[around["core20"].to_numpy(dtype=bool), "lsoa21cd"].tolist()
    return MapView(
        fills=Fills(
            urls("lsoa", authorities),
            [FillClass("core20", "Core20 neighbourhood", "#C3CEDA", core20)],
            "Not in the most deprived fifth of England",
            None if place.level == "lad24" else around["lsoa21cd"].tolist(),
        ),
        bounds=extent(atlas, place, inside) if point is None else _round(atlas, point, view),
        outlines=[
            OutlineLayer(urls("pcn", footprints), "Neighbourhood (PCN footprint)", 1.2, only=networks),
            OutlineLayer(urls("lad24", authorities), "Place (local authority)", 2.2),
        ],
        points=points_of(drawn),
        chosen=chosen,
        labels=urls("labels", authorities),
        marker=None if point is None else marker(atlas, point),
        alt=alt,
    )


def _round(atlas: Atlas, point: PostcodePoint, view: View) -> tuple[float, float, float, float]:
    """West, south, east and north (EPSG:4326) of a little more than the walk round a postcode."""
    metres = 1.25 * view.walk_m / view.detour
    west, south = atlas.to_degrees(point.easting - metres, point.northing - metres)
    east, north = atlas.to_degrees(point.easting + metres, point.northing + metres)
    return west, south, east, north


def _counts_map(atlas: Atlas, place: Place, drawn: pd.DataFrame, alt: str) -> MapView:
    level = "lad24" if place.level in ("england", "region") else "pcn"
    areas = atlas.areas.set_index("lsoa21cd")
    column = "lad24cd" if level == "lad24" else "leading_pcn_code"
    values = drawn["lsoa21cd"].map(areas[column]).value_counts().astype(float)
    # A network that leads mostly elsewhere would be shaded for the few streets of it that are here.
    mostly = pd.Series(atlas.gazetteer.mask(place)).groupby(atlas.areas[column].to_numpy()).mean() > 0.5
    inside = mostly.index[mostly].tolist()
    classes = [
        FillClass(f"class{position}", label.replace(" people", ""), colour, codes)
        for position, (label, colour, codes) in enumerate(scale_classes(values))
    ]
    files = atlas.outlines
    return MapView(
        fills=Fills([files[level, "england"]], classes, "None recorded", None if place.level == "england" else inside),
        bounds=bounds_of(atlas, place),
        outlines=[OutlineLayer([files["rgn", "england"]], "Region", 1.5)],
        labels=[files["labels", "england"]],
        alt=alt,
    )


def legend_of_counts(place: Place, found: pd.DataFrame) -> str:
    """What the shades of a large area's map mean; empty where points are drawn."""
    number = int(found["easting"].notna().sum())
    if place.level in ("england", "region"):
        return "Shaded by how many of them each place (local authority) has. Choose a place to see each one."
    if number > MOST_POINTS:
        return f"{counted(number, 'place')} would hide the map, so neighbourhoods are shaded by how many they have. Choose a place, or ask for fewer."
    return ""


def summary(found: pd.DataFrame) -> None:
    """What the panel says while no place is chosen: how many of each kind, and how fresh they are."""
    st.header("What is here")
    counts = found.groupby(["category", "freshness"]).size().unstack(fill_value=0).reindex(columns=list(FRESHNESS), fill_value=0)
    order = [kind for kind in ASSET_CATEGORIES if kind in counts.index]
    rows = [
        FactRow(
            CATEGORY_PLURALS[kind].capitalize(),
            f"{int(counts.loc[kind].sum()):,}",
            "; ".join(f"{int(counts.at[kind, word]):,} {word}" for word in FRESHNESS if counts.at[kind, word]),
        )
        for kind in order
    ]
    fact_list(
        [FactSection("As asked for, by kind", rows, empty="None recorded that fits.")],
        key="asset_summary",
        callout=Callout(
            "An asset is not a partner",
            "A place on this map is a door to knock on. Choose one to see how to begin, and whether anybody has recorded a relationship.",
        ),
    )
