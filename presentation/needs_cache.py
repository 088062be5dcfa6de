"""The figures of need that every session of this process reads: sources are cached, filters never are."""

from __future__ import annotations

import gc
import logging

import streamlit as st

from analysis.places import Place
from data_loaders.atlas import Atlas
from data_loaders.errors import SettingError
from data_loaders.layers import Layer, LayerError
from data_loaders.needs import Needs
from presentation.live_pull import layers_for

_LOG = logging.getLogger("common_ground")


@st.cache_resource(show_spinner=False, max_entries=4)
def _opened(ids: tuple[str, ...], _layers: list[Layer]) -> Needs:
    """ids: which layers stand above the snapshot, the newest first; none for the snapshot alone."""
    oldest_first = _layers[::-1]
    needs = Needs(
        layers=[layer.values() for layer in oldest_first],
        described=[layer.indicators() for layer in oldest_first],
        live={layer.id: layer.vintage for layer in _layers},
    )
    for part in (
        "values",
        "indicators",
        "catalogue",
        "england_headlines",
        "shared",
        "positions",
        "copies",
    ):
        getattr(needs, part)
    needs.board("pcn")
    # Streamlit collects garbage after every run; what is held for good need not be looked at each time.
    gc.collect()
    gc.freeze()
    return needs


def open_needs(atlas: Atlas, place: Place) -> Needs:
    """The snapshot's figures, and above them those that were pulled live for the place; opened once for the process, read-only.

    Where the data folder cannot be read the snapshot stands alone, and the panel of `live_pull` says so.
    """
    try:
        layers = list(layers_for(atlas, place).layers)
        return _opened(tuple(layer.id for layer in layers), layers)
    except (SettingError, LayerError) as error:
        _LOG.warning("Live figures are left out: %s", error)
        return _opened((), [])
