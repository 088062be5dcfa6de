"""The place bar: England → system → place → neighbourhood, or a postcode. And the view that the link holds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from analysis import postcodes
from analysis.places import ENGLAND, Gazetteer, Place
from data_loaders.atlas import Atlas, PostcodeNotFoundError, PostcodePoint
from presentation.atlas_cache import open_atlas
from presentation.view import View, from_query, to_query

_VIEW, _WRITTEN, _NOTES, _PAGE = "view", "query_written", "view_notes", "view_page"


def current_view(atlas: Atlas, page: str) -> View:
    """The view of this session: from the link when it was opened or changed by hand or by going back, otherwise as last set.

    page: the address of the page that is shown. The menu's links carry no view, so going to another page keeps the one in force.
    """
    query = {name: str(value) for name, value in st.query_params.items()}
    moved = st.session_state.get(_PAGE, page) != page
    st.session_state[_PAGE] = page
    if moved and not query and _VIEW in st.session_state:
        st.session_state[_NOTES] = []
        change(indicator=None, partner=None, asset=None)
    elif _VIEW not in st.session_state or query != st.session_state.get(_WRITTEN):
        view, notes = from_query(query, atlas.gazetteer)
        st.session_state[_NOTES] = notes
        set_view(view)
        st.session_state[_WRITTEN] = query
        if view.postcode:
            _find_postcode(atlas, view.postcode, keep=view)
    return st.session_state[_VIEW]


def set_view(view: View) -> None:
    """Look at another view from the next line on; widgets that show it follow."""
    st.session_state[_VIEW] = view


def change(**changes: object) -> None:
    """Change some of the view."""
    set_view(replace(st.session_state[_VIEW], **changes))


def write_link(view: View) -> None:
    """Put the view into the address, so that copying it is sharing it."""
    query = to_query(view)
    if query != {name: str(value) for name, value in st.query_params.items()}:
        st.query_params.from_dict(query)
    st.session_state[_WRITTEN] = query


def gazetteer() -> Gazetteer:
    """The gazetteer of the atlas that every session reads, for callbacks, which run before the page has one."""
    return open_atlas().gazetteer


def notes() -> list[str]:
    """What had to be mended in the link that was opened, or why a postcode was not found."""
    return list(st.session_state.get(_NOTES, []))


def chosen_point(atlas: Atlas) -> PostcodePoint | None:
    """The postcode in force, if there is one."""
    view: View = st.session_state[_VIEW]
    if not view.postcode:
        return None
    try:
        return atlas.postcode(postcodes.read(view.postcode))
    except PostcodeNotFoundError:
        return None


def _find_postcode(atlas: Atlas, text: str, keep: View) -> None:
    try:
        point = atlas.postcode(postcodes.read(text))
    except PostcodeNotFoundError as error:
        st.session_state[_NOTES] = [*notes(), str(error)]
        set_view(replace(keep, postcode=None))
        return
    gazetteer = atlas.gazetteer
    home = gazetteer.parent(gazetteer.place(point.lsoa21cd), "lad24")
    # A link may hold both a postcode and another place that contains it: then it keeps its place.
    place = (
        keep.place
        if keep.place != ENGLAND and gazetteer.mask(gazetteer.place(keep.place))[atlas.row(point.lsoa21cd)]
        else home.code
    )
    set_view(replace(keep, place=place, lsoa=keep.lsoa or point.lsoa21cd, postcode=point.postcode.compact))


def _choose(widget: str, fallback: str) -> Callable[[], None]:
    def on_change() -> None:
        st.session_state[_NOTES] = []
        view: View = st.session_state[_VIEW]
        chosen = st.session_state[widget] or fallback
        within = st.session_state.get("bar_place") if widget == "bar_neighbourhood" and chosen != fallback else None
        set_view(view.at(chosen, within=within))

    return on_change


def _type_postcode(atlas: Atlas) -> None:
    st.session_state[_NOTES] = []
    view: View = st.session_state[_VIEW]
    text = st.session_state["bar_postcode"].strip()
    if text:
        _find_postcode(atlas, text, keep=replace(view, lsoa=None, page=1, by=None, place=ENGLAND, within=None))
        if st.session_state[_VIEW].postcode is None:
            set_view(view)
    else:
        set_view(replace(view, postcode=None))


def trail(atlas: Atlas, view: View) -> tuple[Place | None, Place | None, Place | None]:
    """The system, place and neighbourhood that the bar shows for a view; None where none is chosen."""
    gazetteer = atlas.gazetteer
    scope = gazetteer.place(view.place)
    if scope.level in ("england", "region"):
        return None, None, None
    if scope.level in ("icb24", "icb26"):
        return scope, None, None
    if scope.level in ("sub_icb24", "sub_icb26"):
        return gazetteer.parent(scope, view.icb), None, None
    place = gazetteer.place(view.within) if view.within else gazetteer.parent(scope, "lad24")
    return gazetteer.parent(place, view.icb), place, scope if scope.level == "pcn" else None


def _picker(label: str, options: list[Place], chosen: Place | None, every: str, widget: str, fallback: str) -> None:
    names = {place.code: place.name for place in options}
    if chosen is not None:
        names.setdefault(chosen.code, chosen.name)
    st.session_state[widget] = chosen.code if chosen else ""
    st.selectbox(
        label,
        ["", *names],
        format_func=lambda code: names.get(code, every),
        key=widget,
        on_change=_choose(widget, fallback),
    )


def place_bar(atlas: Atlas, view: View) -> None:
    """Draw the bar. Choosing changes the view at once; the neighbourhood offers the PCN footprints within the place."""
    gazetteer = atlas.gazetteer
    system, place, neighbourhood = trail(atlas, view)
    england = gazetteer.place(ENGLAND)
    with st.container(key="place_bar", horizontal=True, vertical_alignment="bottom"):
        _picker("System", gazetteer.children(england, view.icb), system, "All of England", "bar_system", ENGLAND)
        _picker(
            "Place",
            gazetteer.children(system or england, "lad24"),
            place,
            "All places",
            "bar_place",
            system.code if system else ENGLAND,
        )
        if place is not None:
            _picker(
                "Neighbourhood (PCN)",
                gazetteer.children(place, "pcn"),
                neighbourhood,
                "All neighbourhoods",
                "bar_neighbourhood",
                place.code,
            )
        st.session_state["bar_postcode"] = postcodes.read(view.postcode).spoken if view.postcode else ""
        st.text_input(
            "Postcode", placeholder="RM9 6QD", key="bar_postcode", max_chars=12, on_change=_type_postcode, args=(atlas,)
        )
    with st.container():
        for note in notes():
            st.warning(note)
