"""Partners: who is working with whom in a place, at what stage, confirmed when; and one partner's record."""

from __future__ import annotations

from datetime import date

import streamlit as st

from presentation import partner_files, partner_page, partner_words, place_bar
from presentation.atlas_cache import open_atlas
from presentation.partner_groups import codes_of
from presentation.record_form import read_again, said
from presentation.register_cache import acting as open_acting
from register import boards

atlas, today = open_atlas(), date.today()
place_bar.place_bar(atlas, st.session_state["view"])
view = st.session_state["view"]
place = atlas.gazetteer.place(view.place)
acting = open_acting()
if acting is None:
    st.title("Partners")
    st.markdown("Partners cannot be shown here now. Gaps can still read partners from a file.")
    st.stop()

said()
if view.partner:
    partner_page.record(acting, atlas, place, view.partner)
else:
    read_again()
    board = boards.of_place(acting, codes_of(atlas, place), today=today)
    st.title(partner_words.headline(place.name, board))
    st.markdown(partner_words.second_sentence(board))
    partner_page.find(acting)
    tab = partner_page.tabs(acting, view)
    partner_page.show(acting, atlas, place, board, tab, today)
    partner_page.add(acting, atlas, place)
    partner_files.show(acting, today, partner_page.may_write(acting))
st.caption(
    f"Register: {acting.register.said}, revision {acting.register.revision():,}. Organisations and roles, never patients. "
    "A person is named only with their consent. None recorded means that nobody has told us."
)
