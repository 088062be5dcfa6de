"""Gaps: which Core20 neighbourhoods have a partner, which have only a building nearby, and where to start."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pandas as pd
import streamlit as st

from analysis import ranking
from analysis.neighbourhoods import core20_gaps
from presentation import (
    gaps_controls,
    gaps_list,
    gaps_map,
    gaps_needs,
    gaps_panel,
    partners,
    place_bar,
    provenance,
    words,
)
from presentation.area_map import area_map
from presentation.assets_cache import open_assets
from presentation.atlas_cache import open_atlas
from presentation.components import StateSegment, fact_list, ranked_list, state_bar
from presentation.needs_cache import open_needs

atlas, today = open_atlas(), date.today()
place_bar.place_bar(atlas, st.session_state["view"])
view = st.session_state["view"]
place = atlas.gazetteer.place(view.place)
inside = atlas.gazetteer.mask(place)
known, assets = partners.current(atlas, today), open_assets(today)
# What the page shows of the view: a kind of place that no source maps anywhere neither counts nor is spoken of.
asked = view
view = replace(view, categories=tuple(kind for kind in view.categories if kind in assets.kinds))
found = core20_gaps(
    atlas.areas, inside, assets.index, known.table, today=today, reach=view.reach, categories=view.categories
)
states = ranking.people_by_state(found)
places_here = len(assets.counting(place, view.categories))

st.title(words.headline(place.name, states, view.walk_m, unread=known.unread))
with st.container():
    for problem in assets.problems:
        st.warning(problem)
st.markdown(
    words.second_sentence(
        place.name, places_here, view.categories, states, view.walk_m, len(known.table), unread=known.unread
    )
)
segments = [
    StateSegment(key, label, words.STATE_COLOURS[key], int(states.loc[key, "people"]), int(states.loc[key, "areas"]))
    for key, label in words.STATE_LABELS.items()
]
st.caption(
    words.size_sentence(place.level, int(atlas.areas.loc[inside, "pop_mid2022"].sum()), int(states["people"].sum()))
)
state_bar(
    segments,
    key="states",
    alt="People in Core20 neighbourhoods by state: " + "; ".join(f"{s.label} {s.people:,}" for s in segments),
)
gaps_controls.controls(view, place, assets.kinds)

level = gaps_controls.list_level(view, place)
if level == "lsoa":
    table, column = found, "lsoa21cd"
else:
    table, column = gaps_controls.summary(atlas, view, inside, level, found), "code"
lsoa = (
    view.lsoa
    if view.lsoa is not None
    else (str(found["lsoa21cd"].iloc[0]) if len(found) and gaps_controls.is_local(place) else None)
)
pages = gaps_list.pages(len(table))
page = min(view.page, pages)

# Whoever typed a postcode wants its answer first: on a phone this panel then comes before the list.
panel = "postcode_panel" if view.postcode else "gaps_panel"
wide_left, wide_right = st.columns([3, 2], gap="medium")
with wide_left:
    with st.container(key="gaps_map"):
        if gaps_controls.is_local(place):
            drawn = gaps_map.small_area_map(
                assets, view, place, found, known.table, place_bar.chosen_point(atlas), lsoa, pd.Timestamp(today)
            )
            area_map(drawn, key="map", on_select=lambda code: place_bar.change(lsoa=code))
        else:
            coarse = level if level != "lsoa" else view.icb
            summary = table if level != "lsoa" else gaps_controls.summary(atlas, view, inside, coarse, found)
            drawn = gaps_map.england_map(atlas, place, coarse, summary)
            area_map(drawn, key="map", on_select=lambda code: place_bar.set_view(asked.at(code)))
    with st.container(key="gaps_list"):
        rows = gaps_list.on_page(table, page)
        listed = "Core20 neighbourhoods" if level == "lsoa" else words.LEVEL_NAMES[level].capitalize()
        caption = f"{listed} in {place.name}, most residents without a confirmed partner first"
        if level == "lsoa":
            ranked_list(
                gaps_list.small_area_rows(rows, view.categories),
                key="list",
                caption=caption,
                selected=lsoa,
                page=page,
                pages=pages,
                total=len(table),
                shows=panel,
                on_select=lambda code: place_bar.change(lsoa=code),
                on_page=lambda number: place_bar.change(page=number),
            )
        else:
            ranked_list(
                gaps_list.area_rows(
                    rows, 1 + (page - 1) * gaps_list.PAGE_ROWS, level if place.level == "england" else None
                ),
                key="areas",
                caption=caption,
                columns=gaps_list.AREA_COLUMNS,
                page=page,
                pages=pages,
                total=len(table),
                on_select=lambda code: place_bar.set_view(asked.at(code)),
                on_page=lambda number: place_bar.change(page=number),
            )
with wide_right, st.container(key=panel):
    if lsoa is None:
        gaps_controls.how_to_read(place)
    else:
        area = atlas.small_area(lsoa)
        rows_of = found[found["lsoa21cd"] == lsoa].to_dict("records")
        row = rows_of[0] if rows_of else gaps_controls.row_elsewhere(assets, view, area, known.table, today)
        st.header(area["msoa21hclnm"])
        st.caption(gaps_panel.headline_facts(area))
        fact_list(
            [
                gaps_panel.state_section(row, view.categories),
                gaps_panel.partners_section(area, known, view, today),
                gaps_panel.places_section(assets, area, view),
            ],
            key="reach",
            callout=gaps_panel.next_conversation(row, area["lad24nm"]),
        )
        fact_list(gaps_needs.need_sections(atlas, open_needs(atlas, place), area), key="need")
        covenant = gaps_panel.faith_covenant_line(atlas.faith_covenant, area["lad24cd"], area["utlacd"])
        if covenant:
            st.caption(covenant)
        fact_list(
            [
                gaps_panel.pcn_section(atlas, lsoa, bool(area["low_registration"])),
                gaps_panel.notable_section(area, atlas.england),
                gaps_panel.coverage_section(assets, area["lad24cd"]),
            ],
            key="about",
        )
        with st.expander("Everyone who lives here: age, ethnic group, religion, disability"):
            fact_list(gaps_panel.people_sections(area, atlas.england), key="people")
        fact_list([gaps_panel.deprivation_section(area)], key="deprivation")

# The section's own label must not change: a new label is a new section, which would forget the file chosen in it.
with st.expander("Partners", expanded=bool(st.session_state.get("partners_problem"))):
    partners.upload(atlas, known, today)
partners.say_what_was_not_used(known)
gaps_controls.downloads_row(assets, view, place, level, table, known.source, today)
st.caption(provenance.foot(assets.sources, view.reach, view.categories, view.count, known.source))
