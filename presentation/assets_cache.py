"""The community assets that every session of this process reads: built once from two sources, and again when either changes, by a new layer of
published assets or a decision in the register.
"""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import date

import streamlit as st

from data_loaders import asset_layers, published_assets
from data_loaders.atlas import Atlas
from data_loaders.errors import SettingError
from data_loaders.published_assets import PublishedAssets
from presentation import register_cache
from presentation.atlas_cache import open_atlas
from presentation.current_assets import CurrentAssets, put_together
from register import asset_decisions
from register.actors import ANYONE
from register.errors import StoreError


def open_assets(today: date) -> CurrentAssets:
    """Community assets now. Problems (a damaged layer, a register that cannot be opened) are sentences in it; what else there is stands."""
    atlas = open_atlas()
    problems: list[str] = []
    try:
        layers = asset_layers.ids(os.environ)
    except SettingError as error:
        layers, problems = (), [str(error)]
    decided = ("", -1)
    try:
        register = register_cache.for_all()
        if register is not None:
            decided = (register.identity(), asset_decisions.revision(register.as_(ANYONE)))
    except (StoreError, SettingError):  # the page says why, where it opens the register for this person
        problems.append("Lists that people kept, and what they corrected and confirmed, are missing from the places shown.")
    return _built(atlas, layers, decided, today, tuple(problems))


@st.cache_resource(show_spinner="Putting the lists of places together", max_entries=2)
def _published(_atlas: Atlas, layers: tuple[str, ...]) -> PublishedAssets:
    return published_assets.current(_atlas, os.environ)


@st.cache_resource(show_spinner=False, max_entries=2)
def _built(
    _atlas: Atlas, layers: tuple[str, ...], decided: tuple[str, int], today: date, problems: tuple[str, ...]
) -> CurrentAssets:
    """layers: what is there now; decided: which register, and its newest decision. So a new layer or decision is read at once. problems: of
    either; they are kept with what stands, so that an outage costs no rerun anything."""
    register = register_cache.for_all() if decided[1] >= 0 else None
    current = put_together(_atlas, _published(_atlas, layers), None if register is None else register.as_(ANYONE), today)
    return replace(current, problems=(*current.problems, *problems))
