"""Several needs together: neighbourhoods that differ from England, for the worse, on several measures at once."""

from __future__ import annotations

from datetime import date

import streamlit as st

from analysis.several_needs import networks_with_several
from presentation import place_bar, provenance, several_needs_view
from presentation.area_map import area_map
from presentation.atlas_cache import open_atlas
from presentation.components import ranked_list
from presentation.gaps_list import on_page, pages
from presentation.need_tables import networks
from presentation.need_words import several_headline
from presentation.needs_cache import open_needs

atlas, today = open_atlas(), date.today()
place_bar.place_bar(atlas, st.session_state["view"])
view = st.session_state["view"]
place = atlas.gazetteer.place(view.place)
needs = open_needs(atlas, place)
offered = several_needs_view.offered(needs)
asked = several_needs_view.asked(view, offered)
at_least = min(view.at_least, max(1, len(asked)))

here = networks(atlas, place)
found = networks_with_several(needs.board("pcn"), asked, at_least, here)
in_core20 = int(found["core20_people"].sum())
st.title(several_headline(place.name, len(found), in_core20, at_least, len(asked), len(here)))
st.markdown(several_needs_view.explained(needs, asked))
several_needs_view.controls(view, offered, asked, at_least)

number = pages(len(found))
page = min(view.page, number)
left, right = st.columns([3, 2], gap="medium")
with left, st.container(key="several_list"):
    ranked_list(
        several_needs_view.rows(on_page(found, page), needs, page, len(asked)),
        key="several",
        caption=f"Neighbourhoods in {place.name} with several needs together, most Core20 residents first",
        columns=several_needs_view.COLUMNS,
        page=page,
        pages=number,
        total=len(found),
        empty="No neighbourhood here has so many of the measures chosen. Choose fewer, or other measures.",
        on_select=lambda code: place_bar.set_view(view.at(code)),
        on_page=lambda turned: place_bar.change(page=turned),
    )
with right, st.container(key="several_map"):
    area_map(
        several_needs_view.map_of(atlas, place, found, here),
        key="several_needs_map",
        on_select=lambda code: place_bar.set_view(view.at(code)),
    )
several_needs_view.downloads_row(atlas, needs, place, found, asked, at_least, today)
st.caption(provenance.needs_foot(needs, several_needs_view.sources(needs, asked)))
