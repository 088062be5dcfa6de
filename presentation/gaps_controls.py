"""The controls of the Gaps page, what its list holds, and its downloads."""

from __future__ import annotations

from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd
import streamlit as st

from analysis import areas, gaps, ranking
from analysis.places import Place
from analysis.reach import DETOUR_RANGE, WALK_RANGE
from analysis.vocabularies import PLACE_KINDS
from data_loaders.atlas import Atlas
from presentation import downloads, place_bar, provenance
from presentation.components import FactRow, FactSection, fact_list
from presentation.current_assets import CurrentAssets
from presentation.gaps_export import for_download
from presentation.view import ICB_VINTAGES, View
from presentation.words import CATEGORY_PLURALS, LEVEL_NAMES, STATE_COLOURS, STATE_LABELS, STATE_MEANINGS

_COUNT_LABELS = {
    "best-fit": "Best fit: each LSOA counts for its leading network",
    "shares": "Shared: each LSOA's people divided among its networks",
}
_LIST_LABELS = {
    "system": "Systems",
    "place": "Places",
    "neighbourhood": "Neighbourhoods (PCN)",
    "small-area": "Small areas (LSOA)",
}


def is_local(place: Place) -> bool:
    """Whether a place is small enough to be drawn by LSOA: a system or anything within one."""
    return place.level not in ("england", "region")


def _lists(place: Place) -> list[str]:
    if not is_local(place):
        return ["system", "place", "neighbourhood", "small-area"]
    if place.level in ("icb24", "icb26", "sub_icb24", "sub_icb26"):
        return ["small-area", "neighbourhood", "place"]
    return ["small-area", "neighbourhood"] if place.level == "lad24" else ["small-area"]


def list_level(view: View, place: Place) -> str:
    """What the list holds, as a level of `analysis.areas`, or "lsoa"."""
    offered = _lists(place)
    by = view.by if view.by in offered else offered[0]
    return {"system": view.icb, "place": "lad24", "neighbourhood": "pcn", "small-area": "lsoa"}[by]


def _set(name: str, widget: str) -> None:
    value = st.session_state[widget]
    if value is not None:
        place_bar.change(**{name: value, "page": 1})


def _set_categories(offered: tuple[str, ...]) -> None:
    """All that are offered means every kind, those too that somebody maps one day; otherwise the kinds chosen and no other."""
    chosen = st.session_state["control_categories"]
    every = set(chosen) == set(offered)
    place_bar.change(categories=tuple(kind for kind in PLACE_KINDS if every or kind in chosen), page=1)


def controls(view: View, place: Place, kinds: tuple[str, ...]) -> None:
    """How far, how winding, which kinds of place, what the list holds, how networks count, which systems. kinds: those that are mapped."""
    offered = _lists(place)
    with (
        st.expander("Settings: how far is within reach, which places count, how areas are counted"),
        st.container(horizontal=True, key="settings"),
    ):
        st.session_state["control_walk"] = view.walk_m
        st.number_input(
            "Walk, in metres",
            int(WALK_RANGE[0]),
            int(WALK_RANGE[1]),
            step=100,
            key="control_walk",
            on_change=_set,
            args=("walk_m", "control_walk"),
            help="800 m is the usual ten-minute walk.",
        )
        st.session_state["control_detour"] = view.detour
        st.number_input(
            "Detour factor",
            DETOUR_RANGE[0],
            DETOUR_RANGE[1],
            step=0.1,
            format="%.2f",
            key="control_detour",
            on_change=_set,
            args=("detour", "control_detour"),
            help="How much longer a walk is than a straight line. 1.3 is usual for English streets.",
        )
        st.session_state["control_categories"] = [kind for kind in view.categories if kind in kinds]
        st.multiselect(
            "Places that count",
            kinds,
            format_func=lambda category: CATEGORY_PLURALS[category].capitalize(),
            key="control_categories",
            on_change=_set_categories,
            args=(kinds,),
        )
        if len(offered) > 1:
            st.session_state["control_by"] = view.by if view.by in offered else offered[0]
            st.selectbox(
                "List",
                offered,
                format_func=_LIST_LABELS.__getitem__,
                key="control_by",
                on_change=_set,
                args=("by", "control_by"),
            )
        st.session_state["control_count"] = view.count
        st.selectbox(
            "Counting by network",
            list(areas.COUNTS),
            format_func=_COUNT_LABELS.__getitem__,
            key="control_count",
            on_change=_set,
            args=("count", "control_count"),
        )
        st.session_state["control_icb"] = view.icb
        st.selectbox(
            "Systems (Integrated Care Boards) as of",
            list(ICB_VINTAGES),
            format_func=ICB_VINTAGES.__getitem__,
            key="control_icb",
            on_change=_set_icb,
        )


def _set_icb() -> None:
    """Another vintage of systems: a system that has merged or is not yet born gives way to the one with most of its people."""
    view: View = st.session_state["view"]
    vintage = st.session_state["control_icb"]
    gazetteer = place_bar.gazetteer()
    place = gazetteer.place(view.place)
    if place.level in ("icb24", "icb26"):
        place = gazetteer.parent(place, vintage)
    place_bar.change(icb=vintage, place=place.code, page=1)


def summary(atlas: Atlas, view: View, inside: npt.NDArray[np.bool_], level: str, found: pd.DataFrame) -> pd.DataFrame:
    """The areas of a level within the place, most Core20 residents without a confirmed partner first.

    Only the part of an area that lies in the place is counted, so that the list adds up to the place.
    """
    table = areas.summarise(
        atlas.areas[inside],
        level,
        names=atlas.names(level),
        count=view.count,
        states=found.set_index("lsoa21cd")["state"].astype(str),
        pcn_shares=atlas.pcn_shares if level == "pcn" else None,
    )
    return table.sort_values(["core20_people_without_confirmed_partner", "code"], ascending=[False, True]).reset_index(
        drop=True
    )


def row_elsewhere(
    assets: CurrentAssets, view: View, area: pd.Series, partners: pd.DataFrame, today: date
) -> dict[str, object] | None:
    """The gaps row of a chosen Core20 LSOA that lies outside the place looked at; None for one that is not Core20."""
    if not area["core20"]:
        return None
    row = assets.atlas.row(str(area["lsoa21cd"]))
    one = assets.atlas.areas.iloc[[row]]
    classified = gaps.classify(
        one, assets.index, partners, today=today, reach=view.reach, categories=view.categories
    )
    record: dict[str, object] = ranking.rank_small_areas(classified, one).to_dict("records")[0]
    return record


def how_to_read(place: Place) -> None:
    """What the panel says while no neighbourhood is chosen: the next step, and what the five states mean."""
    st.header("Choose where to look")
    if is_local(place):
        st.markdown(
            "There is no Core20 neighbourhood to list here. Click an area on the map, or type a postcode, to see what is within reach of it."
        )
    else:
        st.markdown("Choose a row of the list, an area on the map, or a system and a place above. Or type a postcode.")
    st.markdown(
        "*An asset is not a partner.* Almost every neighbourhood has a church or a library within a walk; what may be missing is the relationship. "
        "**Core20** neighbourhoods are the most deprived fifth of England's small areas (LSOAs). Each is in one of five states, best first:"
    )
    rows = [
        FactRow(label, "", f"{STATE_MEANINGS[state].capitalize()}.", STATE_COLOURS[state])
        for state, label in STATE_LABELS.items()
    ]
    fact_list([FactSection("", rows)], key="five_states")


def downloads_row(
    assets: CurrentAssets, view: View, place: Place, level: str, table: pd.DataFrame, partners: str, today: date
) -> None:
    """The list to take away as CSV, XLSX and GeoJSON, each with its sources, vintages and settings. Made when asked for."""
    atlas = assets.atlas
    what = "Core20 neighbourhoods" if level == "lsoa" else LEVEL_NAMES[level]

    def notes() -> list[str]:
        title = f"{what.capitalize()} in {place.name} ({place.code}), most residents without a confirmed partner first. {len(table):,} rows."
        return provenance.notes(
            title,
            atlas.snapshot.manifests(),
            provenance.settings(view.reach, view.categories, view.count, partners),
            today,
            assets.not_built_in,
        )

    def exported() -> pd.DataFrame:
        return for_download(table, view.categories) if level == "lsoa" else table

    def outlines() -> bytes:
        index = atlas.geometry
        if level == "lsoa":
            files = index[(index["layer"] == "lsoa") & index["key"].isin(table["lad24cd"].unique())]
            return downloads.to_geojson(
                exported(), "lsoa21cd", [atlas.snapshot.static / path for path in files["path"]], notes()
            )
        files = index[(index["layer"] == level) & (index["key"] == "england")]
        return downloads.to_geojson(table, "code", [atlas.snapshot.static / path for path in files["path"]], notes())

    name = f"common-ground-{place.code}-{level}"
    with st.container(horizontal=True, key="downloads"):
        st.download_button(
            "Download CSV", lambda: downloads.to_csv(exported(), notes()), f"{name}.csv", "text/csv", on_click="ignore"
        )
        st.download_button(
            "Download XLSX",
            lambda: downloads.to_xlsx(exported(), notes(), "Neighbourhoods" if level == "lsoa" else "Areas"),
            f"{name}.xlsx",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            on_click="ignore",
        )
        st.download_button("Download GeoJSON", outlines, f"{name}.geojson", "application/geo+json", on_click="ignore")
