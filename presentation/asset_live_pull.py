"""Newer places from publishers: a button for each source that can be asked, a bar while it runs, and a plain sentence for what came of it."""

from __future__ import annotations

import os
from collections.abc import Callable

import streamlit as st

from analysis.places import Place
from data_loaders import asset_pull
from data_loaders.asset_pull import AssetsPulled
from data_loaders.asset_sources import ADDRESS, PLACE, PUBLISHED, SOURCES, AssetPullError, Wanted
from data_loaders.atlas import Atlas
from data_loaders.errors import SettingError
from data_loaders.pull import Progress, PullError
from data_loaders.pull_jobs import Work
from presentation.background_pull import BackgroundPull, is_allowed
from presentation.partner_words import literal

# A source is asked one question, or a few whose answers are of use only together: between them is nowhere to stop.
PULLS: BackgroundPull[AssetsPulled] = BackgroundPull("asset_pull", may_stop=False)
_OFFERED = ("osm", "givefood", "openreferral")
"""Sources that answer within a minute or so; the others are for whoever runs this atlas (`python -m commands assets pull`)."""


def panel(atlas: Atlas, authority: Place | None, may_ask_feeds: bool) -> None:
    """Offer the sources; authority: the place to ask about, None where the page shows a larger area. may_ask_feeds: signed in."""
    st.header("Ask for newer places")
    try:
        allowed = is_allowed(os.environ)
    except SettingError as error:
        st.error(str(error))
        return
    if not allowed:
        st.caption("This copy of the atlas does not ask publishers itself. Whoever runs it can: `python -m commands assets pull`.")
        return
    PULLS.say_refusal()
    chosen = st.selectbox(
        "Source", [key for key in _OFFERED if may_ask_feeds or key != "openreferral"], format_func=lambda key: SOURCES[key].about.title,
        key="asset_pull_source", width=420,
    )
    source = SOURCES[chosen]
    wanted = _wanted(chosen, authority)
    if wanted is None:
        return
    if PULLS.follow(_key(wanted)):
        return
    pulled = PULLS.outcome(_key(wanted))
    if pulled is not None:
        _say_outcome(pulled)
    where = authority.name if PLACE in source.needs and authority else "England" if not wanted.address else "the feed"
    st.button(f"Ask {source.about.publisher} for {where}", key="asset_pull_start", on_click=_start, args=(atlas, wanted, where))
    st.caption(
        f"{source.about.licence}. {source.about.attribution.rstrip('.')}. It runs in the background. What people decided here stays as it is; "
        "where the publisher cannot be reached the page goes on showing what it shows now, with its date."
    )


def _wanted(chosen: str, authority: Place | None) -> Wanted | None:
    """What to ask for; None, with a sentence, where something is still missing."""
    needs = SOURCES[chosen].needs
    if PLACE in needs and authority is None:
        st.markdown("Choose a place (a local authority) above: this source is asked for one at a time.")
        return None
    address = published = ""
    if ADDRESS in needs:
        address = st.text_input(
            "Address of the feed (https)", key="asset_pull_address", max_chars=300, placeholder="https://example.org/open-referral/"
        )
        if not address.strip():
            return None
    if PUBLISHED in needs:
        published = st.text_input("Month of the release, as in 2026-08", key="asset_pull_published", max_chars=10)
    return Wanted(chosen, authority.code if PLACE in needs and authority else None, address.strip(), published=published.strip())


def _key(wanted: Wanted) -> str:
    return f"{wanted.source} {wanted.lad24cd or wanted.address or 'England'}"


def _start(atlas: Atlas, wanted: Wanted, where: str) -> None:
    PULLS.start(_key(wanted), f"{SOURCES[wanted.source].about.title}, {where}", _work(atlas, wanted))


def _work(atlas: Atlas, wanted: Wanted) -> Work[AssetsPulled]:
    """The pull as the thread does it: nothing in it may touch the screen."""

    def work(progress: Progress, should_stop: Callable[[], bool]) -> AssetsPulled:
        progress(0, 1, f"asking {SOURCES[wanted.source].about.publisher}")
        try:
            return asset_pull.pull(atlas, os.environ, wanted)
        except AssetPullError as error:
            raise PullError(str(error)) from error

    return work


def _say_outcome(pulled: AssetsPulled) -> None:
    said = pulled.layer.said
    (st.warning if pulled.layer.about.stale_because else st.success)(literal(f"{said} The page shows them."))
    for note in pulled.layer.about.notes:
        st.caption(literal(note))
    aside = pulled.layer.set_aside()
    if len(aside):
        with st.expander(f"What was set aside, and why: {len(aside):,}"):
            st.dataframe(aside, hide_index=True, alt="What the source gave that is not among the places, and why")

