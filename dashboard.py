"""Common Ground: the front door. `streamlit run dashboard.py` works by itself; `make run` starts it through server.py."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from data_loaders.errors import SnapshotError
from presentation import place_bar, sign_in
from presentation.atlas_cache import open_atlas
from presentation.pages import PAGES

ASSETS = Path(__file__).parent / "assets"

st.set_page_config(page_title="Common Ground", layout="wide", initial_sidebar_state=220)
st.html(ASSETS / "style.css")

page = st.navigation(
    [st.Page(entry.file, title=entry.title, url_path=entry.url_path, default=entry.default) for entry in PAGES]
)
st.logo(ASSETS / f"logo-{st.context.theme.type or 'light'}.svg", size="large")
st.sidebar.caption("Published need, mapped places and the partnerships between them, for England")

try:
    atlas = open_atlas()
except SnapshotError as problem:
    st.title("The data that this atlas shows cannot be opened")
    st.error(f"{problem}")
    st.stop()

sign_in.show()
view = place_bar.current_view(atlas, page.url_path)
page.run()
place_bar.write_link(st.session_state["view"])
