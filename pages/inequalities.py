"""Inequalities: Core20PLUS5 for a place as a board, and one figure opened up: within, over time, by deprivation, against Core20."""

from __future__ import annotations

from datetime import date

import streamlit as st

from presentation import live_pull, need_controls, need_detail, need_words, place_bar, provenance
from presentation.atlas_cache import open_atlas
from presentation.need_board import need_board
from presentation.need_rows import board_areas, indicator_of
from presentation.needs_cache import open_needs
from presentation.place_figures import place_figures

atlas, today = open_atlas(), date.today()
place_bar.place_bar(atlas, st.session_state["view"])
view = st.session_state["view"]
place = atlas.gazetteer.place(view.place)
needs = open_needs(atlas, place)

if view.indicator and not needs.is_known(view.indicator):
    st.warning(f"The link's indicator ({view.indicator!r}) is not in this atlas, so the board is shown.")
    place_bar.change(indicator=None)
    view = st.session_state["view"]
figures = place_figures(atlas, needs, place, view.indicator)
if view.indicator:
    need_detail.opened(atlas, needs, place, view, figures)
else:
    shown = need_controls.of_audience(figures, needs.catalogue, view.audience)
    own = shown[shown["own"].astype(bool)]
    st.title(need_words.headline(place.name, view.audience, own["standing"]))
    st.markdown(need_words.second_sentence(shown, place.level == "england"))
    only = need_controls.choices(view, needs.catalogue)
    need_board(
        board_areas(
            shown,
            needs.catalogue,
            view.audience,
            needs.indicators,
            need_words.copies(needs.copies, needs.live),
            only,
            place.level == "england",
        ),
        key="need_board",
        caption=f"Core20PLUS5 figures for {place.name}, compared with England",
        empty="No clinical area is in the catalogue.",
        on_open=lambda row: place_bar.change(indicator=indicator_of(row)),
    )
    need_controls.legend()
    need_controls.any_other(needs, figures, needs.catalogue)
    need_controls.board_downloads(atlas, needs, place, shown, today)

live_pull.panel(place)
st.caption(provenance.needs_foot(needs, set(figures["source_id"].dropna().astype(str))))
