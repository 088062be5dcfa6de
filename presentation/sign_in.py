"""Signing in on screen: who this session is, controls for the sidebar, and plain words when signing in came to nothing.

Streamlit does the signing in (OpenID Connect, `st.login`) and checks what the provider signed; `presentation/standing.py` decides what
follows from it. The register enforces roles itself: hiding a button here protects nothing.
"""

from __future__ import annotations

import json
import logging
import os
import time
from pathlib import Path

import streamlit as st
from streamlit import config
from streamlit.errors import StreamlitAuthError

from analysis.places import PlaceNotFoundError
from data_loaders.errors import SettingError
from presentation import single_user, start_rules, words
from presentation.atlas_cache import open_atlas
from presentation.people_list import People, read_people
from presentation.sign_in_answers import DECLINED, FAILED, NOTE, UNAVAILABLE, WORDS
from presentation.standing import Kind, Standing, with_provider, without_provider
from presentation.start_check import auth_section
from presentation.start_rules import DEFAULT_PROVIDER, RegisterMode
from register.actors import ANYONE, Actor

_LOG = logging.getLogger("common_ground")
_KEPT_NOTE = "sign_in_note"

_NOTE_SENTENCES = {
    UNAVAILABLE: "The sign-in service did not answer as it should, so you are not signed in. Everything can still be read; "
    "try again in a few minutes.",
    DECLINED: "You are not signed in: signing in was stopped before its end. Everything can still be read.",
    FAILED: "The sign-in service's answer could not be accepted, so you are not signed in: it came too late, had been used before, or "
    "the two clocks differ. Everything can still be read. Try again, and tell whoever runs this atlas if it happens twice.",
}
_ROLES = {
    "reader": "Reader: you may read. Ask a steward of this atlas if you should be able to add or change partners.",
    "contributor": "Contributor: you may add partners and change your own entries; an editor looks at them first.",
    "steward": "Steward: you may change everything in the register.",
}


def actor() -> Actor:
    """Who the person in front of this session is to the register. Ask for it in each run: a sign-in may have ended in between."""
    return standing().actor


def writable() -> bool:
    """Whether anybody may write to the register here, suggestions included: COMMON_GROUND_REGISTER is neither off nor read-only."""
    return register_mode() is RegisterMode.ON


def register_mode() -> RegisterMode:
    """What the register does in this process. A setting that means nothing closes it to writing."""
    try:
        return start_rules.register_mode(os.environ)
    except SettingError:
        return RegisterMode.READ_ONLY


def standing() -> Standing:
    """The standing of this session, in this run."""
    mode = register_mode()
    auth, problem = auth_section()
    if problem:
        return Standing(ANYONE, Kind.CLOSED, mode, ("Sign-in is not set up in full here, so nobody can sign in.",))
    if not auth:
        return without_provider(mode, config.get_option("server.address"), st.context.headers.to_dict())
    try:
        hours = start_rules.sign_in_hours(os.environ)
        people = _people()
    except SettingError:
        note = "The list of who may do what cannot be read here, so everybody is a reader until it has been mended."
        return Standing(ANYONE, Kind.CLOSED, mode, (note,))
    return with_provider(
        mode,
        st.user.to_dict(),
        now=time.time(),
        hours=hours,
        people=people,
        role_claim=os.environ.get(start_rules.ROLE_CLAIM, "").strip() or None,
        find_place=find_place,
    )


def show() -> Standing:
    """Draw who this is and how to sign in or out into the sidebar, and what came of a sign-in above the page; give the standing."""
    now = standing()
    _show_note(now)
    with st.sidebar.container(key="sign_in"):
        if now.kind is Kind.SIGNED_IN:
            _show_signed_in(now)
        elif now.kind is Kind.SINGLE_USER:
            st.caption(single_user.SENTENCE)
        elif now.kind is Kind.CLOSED:
            if now.mode is RegisterMode.READ_ONLY:
                st.caption("The register can be read here and changed by nobody.")
        else:
            if now.kind is Kind.ENDED:
                st.caption("Your sign-in has ended, so you can read but not change anything. Sign in again to go on.")
            _show_sign_in()
        for note in now.notes:
            st.caption(note)
    return now


def find_place(code: str) -> str | None:
    """The lad24cd of the authority that a code means, or None when the snapshot knows no such authority."""
    try:
        place = open_atlas().gazetteer.place(code)
    except PlaceNotFoundError:
        return None
    return place.code if place.level == "lad24" else None


def role_sentence(who: Actor) -> str:
    """What somebody may do, in one sentence that begins with the role's name."""
    if who.role != "editor":
        return _ROLES[who.role]
    gazetteer = open_atlas().gazetteer
    names = sorted(gazetteer.place(code).name for code in who.places)
    return f"Editor: you may change what is recorded for {words.listed(names)}, and decide on what others add there."


def _show_signed_in(now: Standing) -> None:
    # A name comes from outside: st.text reads no Markdown and no HTML.
    st.text(f"Signed in as {now.actor.name}" if now.actor.name else "Signed in")
    st.caption(role_sentence(now.actor))
    if now.actor.role == "reader":
        with st.expander("What a steward needs to give you a role"):
            # Written as the list of people takes it; JSON's quoting is TOML's.
            issuer, _, subject = now.actor.subject.partition("#")
            st.code(f"subject = {json.dumps(subject)}\nissuer = {json.dumps(issuer)}", language=None, wrap_lines=True)
    if st.button("Sign out", key="sign_out", width="stretch"):
        st.logout()


def _show_sign_in() -> None:
    auth, _ = auth_section()
    names = start_rules.providers(auth)
    for name in names:
        label = "Sign in" if len(names) == 1 else f"Sign in with {'the default service' if name == DEFAULT_PROVIDER else name}"
        if st.button(label, key=f"sign_in_{name}", width="stretch"):
            st.session_state.pop(_KEPT_NOTE, None)
            try:
                st.login(None if name == DEFAULT_PROVIDER else name)
            except StreamlitAuthError as error:
                _LOG.error("Nobody can sign in: %s", error)
                st.session_state[_KEPT_NOTE] = UNAVAILABLE
                st.rerun()
    st.caption("For people who keep the register of partners. Reading needs no sign-in.")


def _show_note(now: Standing) -> None:
    """A word that `SignInAnswers` put into the address, as a sentence; it stays until it is closed or somebody signs in."""
    word = st.query_params.get(NOTE)
    if word is not None:
        del st.query_params[NOTE]
        if word in WORDS:
            st.session_state[_KEPT_NOTE] = word
    if now.kind is Kind.SIGNED_IN:
        st.session_state.pop(_KEPT_NOTE, None)
    kept = st.session_state.get(_KEPT_NOTE)
    if kept in _NOTE_SENTENCES:
        with st.container(key="sign_in_note"):
            st.warning(_NOTE_SENTENCES[kept])
            st.button("Close this message", on_click=lambda: st.session_state.pop(_KEPT_NOTE, None))


def _people() -> People | None:
    """The list of people as it stands on disk now, or None when no list is named. SettingError when it cannot be read."""
    named = os.environ.get(start_rules.PEOPLE, "").strip()
    if not named:
        return None
    try:
        state = Path(named).stat()
    except OSError:
        state = None
    return _read_people(named, (state.st_mtime_ns, state.st_size, state.st_ino) if state else None)


@st.cache_resource(show_spinner=False, max_entries=2)
def _read_people(path: str, version: tuple[int, int, int] | None) -> People:
    """Read again when the file has changed, and not in every run."""
    people = read_people(Path(path), find_place)
    for problem in people.problems:
        _LOG.warning("%s", problem)  # by number: neither a name nor an address
    return people
