"""Suggest a partner: four fields, no sign-in; an editor reads it before anybody else does."""

from __future__ import annotations

import streamlit as st

from analysis import postcodes
from data_loaders.atlas import PostcodeNotFoundError
from presentation import sign_in
from presentation.atlas_cache import open_atlas
from presentation.partner_page import sign_in_key
from presentation.record_form import attempt, said
from presentation.register_cache import acting as open_acting
from register import suggestions

atlas = open_atlas()
acting = open_acting()
st.title("Suggest a group that should be here")
if acting is None or not sign_in.writable():
    st.markdown("Suggestions are not taken here at present. Whoever runs this atlas can say where to send them.")
    st.stop()
st.markdown(
    "Do you know a faith or community group, a voluntary organisation or a social enterprise that helps people near you? Four answers are "
    "enough. Somebody who knows the place reads it before anybody else sees it. Please name the group, not people, and nothing about "
    "anybody's health."
)
said()
# A new form after each suggestion that was taken, so that nobody sends the same one twice; what was refused stays as typed.
turn = st.session_state.setdefault("suggest_turn", 0)
with st.form(f"suggest_{turn}", clear_on_submit=False):
    name = st.text_input("What is the group called?", max_chars=300)
    what = st.text_area("What do they do?", max_chars=2_000)
    where = st.text_input("Where? A postcode, or the name of an area", max_chars=300)
    reach = st.text_input(
        "How can the group be reached? A website, a public email address or telephone number", max_chars=500
    )
    sent = st.form_submit_button("Send", type="primary")
if sent:
    authority = None
    typed = postcodes.read(where)
    if typed.well_formed:
        try:
            authority = str(atlas.areas.iloc[atlas.row(atlas.postcode(typed).lsoa21cd)]["lad24cd"])
        except PostcodeNotFoundError:
            authority = None  # an editor will see what was written
    register = acting
    attempt(
        lambda: suggestions.suggest(
            register, name=name, what=what, where=where, reach=reach, client_key=sign_in_key(), lad24cd=authority
        ),
        "Thank you. It is with the people who keep the register for that place.",
        turn="suggest_turn",
    )
