"""Community assets: what is mapped in a place, how fresh that is, how to connect, and whom the map may be missing."""

from __future__ import annotations

from datetime import date

import streamlit as st

from presentation import (
    asset_card,
    asset_checking,
    asset_coverage_view,
    asset_decide,
    asset_directory,
    asset_downloads,
    asset_missing,
    asset_rates_view,
    asset_sources,
    asset_words,
    place_bar,
    provenance,
)
from presentation.area_map import area_map
from presentation.assets_cache import open_assets
from presentation.atlas_cache import open_atlas
from presentation.components import ranked_list
from presentation.gaps_list import pages
from presentation.record_form import said
from presentation.register_cache import acting as open_acting
from presentation.view import ASSET_TABS

atlas, today = open_atlas(), date.today()
place_bar.place_bar(atlas, st.session_state["view"])
view = st.session_state["view"]
place = atlas.gazetteer.place(view.place)
assets, acting = open_assets(today), open_acting()
here = assets.table[assets.inside(place)]
point = place_bar.chosen_point(atlas)
walks = None if point is None else assets.walks(point, view.detour)

said()
if point is None or walks is None:
    st.title(asset_words.headline(place.name, here))
    st.markdown(asset_words.second_sentence(here, assets.not_mapped(place)))
else:
    near = assets.table[walks <= view.walk_m]
    st.title(asset_words.headline_near(point.postcode.spoken, view.walk_m, near))
    st.markdown(asset_words.whole_place(place.name, here, assets.nearest(walks) if near.empty else None))
    st.markdown(asset_words.second_sentence(near, assets.not_mapped(place)))
with st.container():
    for problem in assets.problems:
        st.warning(problem)
st.session_state["control_show"] = view.show
st.segmented_control(
    "Show",
    list(ASSET_TABS),
    format_func=ASSET_TABS.__getitem__,
    key="control_show",
    on_change=lambda: place_bar.change(show=st.session_state["control_show"] or "places", page=1),
    required=True,
)

if view.show == "missing":
    asset_missing.show(assets, place, acting, today)
elif view.show == "rates":
    asset_rates_view.show(assets, place, view, today)
elif view.show == "checking":
    asset_checking.show(assets, place, view, acting, today)
elif view.show == "coverage":
    asset_coverage_view.show(assets, place, today)
elif view.show == "sources":
    asset_sources.show(assets, place, acting, today)
else:
    asset_directory.controls(view, here)
    also = None if walks is None else (walks <= view.walk_m).to_numpy()
    found = asset_directory.nearest_first(assets.found(place, view.assets, also), walks)
    number = pages(len(found))
    page = min(view.page, number)
    chosen = assets.at(view.asset) if view.asset else None
    left, right = st.columns([3, 2], gap="medium")
    with left:
        with st.container(key="asset_map"):
            area_map(
                asset_directory.map_of(assets, place, found, None if chosen is None else str(chosen["asset_id"]), point, view),
                key="assets_map",
                on_select=lambda code: place_bar.set_view(view.at(code)) if place.level in ("england", "region") else None,
                on_choose=lambda asset_id: place_bar.change(asset=asset_id),
            )
            st.caption(asset_directory.legend_of_counts(place, found))
        with st.container(key="asset_list"):
            ranked_list(
                asset_directory.rows(asset_directory.on_page(found, page)),
                key="directory",
                caption=f"Community places in {place.name}, {'nearest' if point else 'most lately confirmed'} first",
                columns=asset_directory.NEAR_COLUMNS if point else asset_directory.COLUMNS,
                selected=None if chosen is None else str(chosen["asset_id"]),
                page=page,
                pages=number,
                total=len(found),
                empty="None recorded that fits. Ask for less, or look in a wider place. It may be there and nobody has told us.",
                shows="asset_panel",
                on_select=lambda asset_id: place_bar.change(asset=asset_id),
                on_page=lambda turned: place_bar.change(page=turned),
            )
    with right, st.container(key="asset_panel"):
        if chosen is not None:
            asset_card.show(assets, chosen, acting, lambda: place_bar.change(asset=None))
            asset_decide.show(assets, chosen, acting)
        elif view.asset:
            st.warning("The link's community asset is not in any list now. It may have been taken out by its publisher.")
        else:
            asset_directory.summary(found)
    asset_downloads.row(assets, place, assets.found(place, view.assets) if point else found, view.assets, today)
st.caption(provenance.assets_foot(assets.sources))
