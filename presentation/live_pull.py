"""Live figures on a page: which are shown, and a button that pulls newer ones in the background."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import streamlit as st

from analysis.places import Place
from data_loaders import catalogue
from data_loaders.atlas import Atlas
from data_loaders.data_folder import data_folder
from data_loaders.errors import SettingError
from data_loaders.http_session import Limits
from data_loaders.indicator_sources import open_source
from data_loaders.layers import Found, Layer, LayerError, Layers, layers_folder
from data_loaders.pull import Progress, Pulled, pull, pulled_lately
from data_loaders.pull_jobs import Work
from data_loaders.pull_places import PullPlace, layer_codes, pull_place
from presentation.atlas_cache import open_atlas
from presentation.background_pull import BackgroundPull, is_allowed

PULLS: BackgroundPull[Pulled] = BackgroundPull("live_pull", may_stop=True)


def layers_for(atlas: Atlas, place: Place) -> Found:
    """The whole layers that bear on a place, newest first, and a sentence for each damaged one. Opened once for the process.

    SettingError and LayerError where the data folder cannot be used or read.
    """
    layers, codes = Layers(layers_folder(os.environ)), _codes(atlas, place.code)
    return _opened(layers.folder, layers.ids(codes), codes)


@st.cache_resource(show_spinner=False, max_entries=200)
def _codes(_atlas: Atlas, code: str) -> frozenset[str]:
    return layer_codes(_atlas, _atlas.gazetteer.place(code))


@st.cache_resource(show_spinner=False, max_entries=20, ttl=timedelta(minutes=10))
def _opened(folder: Path, ids: tuple[str, ...], codes: frozenset[str]) -> Found:
    """ids: what is there now, so that a new layer is opened at once; checksums are read again after a while."""
    return Layers(folder).whole(codes)


@st.cache_resource(show_spinner=False, max_entries=200)
def _home(_atlas: Atlas, code: str) -> PullPlace:
    return pull_place(_atlas, _atlas.gazetteer.place(code))


@st.cache_resource(show_spinner=False, max_entries=1)
def _asked_for() -> dict[str, str]:
    """Indicator → its plain name, for all of the catalogue that the publisher can be asked for."""
    known = catalogue.read()
    return {one: known.indicator(one).name for one in known.ids(origin="fingertips")}


def panel(place: Place) -> None:
    """Say which figures the page shows and when they were pulled; offer to pull newer ones, or follow a pull that runs."""
    atlas = open_atlas()
    home = _home(atlas, place.code)
    st.header("How new these figures are")
    try:
        allowed, found = is_allowed(os.environ), layers_for(atlas, place)
    except (SettingError, LayerError) as error:
        st.error(str(error))
        return
    own = [layer for layer in found.layers if layer.about.place_code == home.code]
    _say_which(home, found, own)
    if not allowed:
        st.caption(
            "This copy of the atlas does not ask publishers itself. Whoever runs it refreshes the figures with "
            f"`python -m commands pull --place {home.code}`."
        )
        return
    if PULLS.follow(home.code):
        return
    pulled = PULLS.outcome(home.code)
    if pulled is not None:
        _say_outcome(home, pulled)
    _offer(home, found)


def _say_which(home: PullPlace, found: Found, own: list[Layer]) -> None:
    for problem in found.problems:
        st.warning(problem)
    if not found.layers:
        st.markdown(f"No live figures for {home.name} have been pulled yet: all that you see was built into this copy, each with its period.")
        return
    lines = [layer.said for layer in (own[:1] or list(found.layers[:1]))]
    if found.layers[1:]:
        lines.append(f"Older pulls ({len(found.layers) - 1:,}) fill in what it lacks, and what was built into this copy fills in the rest.")
    else:
        lines.append("What was built into this copy fills in what it lacks.")
    st.markdown(" ".join(lines))
    if own and own[0].about.missing:
        missing = own[0].about.missing
        rows = [{"Not in the newest pull, and why": reason} for reason in dict.fromkeys(each.reason for each in missing)]
        with st.expander(f"What the newest pull could not find: {len(rows):,}"):
            st.table(rows, hide_index=True, alt=f"Indicators that the newest pull for {home.name} lacks, each with the reason")


def _offer(home: PullPlace, found: Found) -> None:
    """The button; or, soon after a pull, that there is nothing newer, and a button for those who do not believe it."""
    lately = pulled_lately(found.layers, home, list(_asked_for()), datetime.now(UTC))
    PULLS.say_refusal()
    if lately is None:
        st.button(f"Pull the latest figures for {home.name}", key="live_pull_start", on_click=_start, args=(home, False))
        st.caption("It takes some minutes, in the background: the page can be used meanwhile, and closed.")
        return
    minutes = max(1, round((datetime.now(UTC) - lately.about.pulled_at).total_seconds() / 60))
    st.markdown(f"That was {minutes} {'minute' if minutes == 1 else 'minutes'} ago, and publishers change figures once a day at most.")
    st.button("Pull again all the same", key="live_pull_start", on_click=_start, args=(home, True))


def _start(home: PullPlace, force: bool) -> None:
    PULLS.start(home.code, home.name, _work(home, force))


def _work(home: PullPlace, force: bool) -> Work[Pulled]:
    """The pull as the thread does it: nothing in it may touch the screen, so names are read before."""
    names = dict(_asked_for())

    def work(progress: Progress, should_stop: Callable[[], bool]) -> Pulled:
        source = open_source(os.environ, Limits(fresh_for=timedelta(0)) if force else None)
        folder = data_folder(os.environ)
        return pull(source, home, list(names), folder, names=names, progress=progress, should_stop=should_stop)

    return work


def _say_outcome(home: PullPlace, pulled: Pulled) -> None:
    """What came of a pull of this place."""
    about = pulled.layer.about
    indicators = {one for those in about.holds.values() for one in those}
    said = f"The pull for {home.name} has ended: {about.rows['values']:,} values of {len(indicators):,} indicators, and the page shows them."
    left = {each.indicator_id for each in about.missing if each.kind == "not answered"}
    if about.stale_since is not None:
        st.warning(f"{said} Some of them are not new: {about.stale_because}")
    elif left:
        number = f"{len(left):,} {'indicator' if len(left) == 1 else 'indicators'}"
        st.warning(f"{said} Something about {number} was not answered, as listed above: pull again to ask for that alone.")
    else:
        st.success(said)
