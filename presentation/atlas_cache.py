"""The one atlas that every session of this process reads: sources are cached, filters never are."""

from __future__ import annotations

import gc

import streamlit as st

from data_loaders.atlas import Atlas


@st.cache_resource(show_spinner=False, max_entries=1)
def open_atlas() -> Atlas:
    """The snapshot, opened once for the process and read-only. SnapshotError names a file that is missing or altered."""
    atlas = Atlas()
    atlas.snapshot.check_geometry()
    for part in ("areas", "coverage", "gazetteer", "people"):
        getattr(atlas, part)
    # Streamlit collects garbage after every run; what is held for good need not be looked at each time.
    gc.collect()
    gc.freeze()
    return atlas
