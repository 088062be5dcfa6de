"""A pull in the background as a page shows it: begun by a button, followed by a bar, and what came of it said for a while.

The bar is drawn by itself every few seconds; when the pull has ended the whole page is drawn again, once, so that it shows what is new.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Generic, TypeVar

import streamlit as st

from data_loaders.errors import SettingError
from data_loaders.pull_jobs import Job, PullJobs, TooManyPullsError, Work
from presentation.partner_words import literal

VARIABLE = "COMMON_GROUND_LIVE"
_EVERY = 2.0
"""Seconds between two drawings of the bar."""
_SAID_FOR = timedelta(minutes=10)
T = TypeVar("T")


def is_allowed(environment: Mapping[str, str]) -> bool:
    """Whether visitors may pull: `COMMON_GROUND_LIVE`, on unless it is off. SettingError where it is neither."""
    given = environment.get(VARIABLE, "").strip().lower()
    if given not in ("", "on", "off"):
        raise SettingError(f"{VARIABLE} is {given!r}; it may be on (the default) or off.")
    return given != "off"


@st.cache_resource(show_spinner=False, max_entries=10)
def _jobs(kind: str) -> PullJobs[Any]:
    """The pulls of a kind, shared by all who visit this process. There are far fewer kinds than entries: none may be dropped."""
    return PullJobs()


class BackgroundPull(Generic[T]):
    """One kind of pull, which gives T. kind: what its keys begin with, in the session and of its widgets. may_stop: whether its work asks
    `should_stop`, for only then does a button to stop do anything."""

    def __init__(self, kind: str, *, may_stop: bool) -> None:
        self.kind, self.may_stop = kind, may_stop
        self._followed, self._refused = f"{kind}_followed", f"{kind}_refused"

    @property
    def jobs(self) -> PullJobs[T]:
        """The pulls of this kind in this process."""
        return _jobs(self.kind)

    def start(self, code: str, called: str, work: Work[T]) -> None:
        """Begin a pull, or find the one that runs; for a button's `on_click`. code: one at a time of each. called: its name for people.

        Where as many run as may, the next drawing of the page says so (`say_refusal`)."""
        try:
            self.jobs.start(code, called, work)
        except TooManyPullsError as error:
            st.session_state[self._refused] = str(error)

    def say_refusal(self) -> None:
        """Why the pull that this person asked for last was not begun, said once; nothing where it was."""
        refused = st.session_state.pop(self._refused, "")
        if refused:
            st.warning(literal(refused))

    def follow(self, code: str) -> bool:
        """Draw how far the pull that runs has come, whoever began it; false where none runs."""
        job = self.jobs.latest(code)
        if job is None or not job.is_running:
            return False
        st.session_state[self._followed] = job.started
        st.fragment(self._draw, run_every=_EVERY)(job)
        return True

    def outcome(self, code: str) -> T | None:
        """What came of a pull that ended a little while ago in this process. None where there is nothing to say, or where it made nothing:
        then why is said here."""
        job = self.jobs.latest(code)
        if job is None:
            return None
        state = job.state
        if state.ended is None or datetime.now(UTC) - state.ended > _SAID_FOR:
            return None
        if state.pulled is None:
            (st.info if state.stopped else st.error)(literal(state.problem))
        return state.pulled

    def _draw(self, job: Job[T]) -> None:
        """A bar, and a button to stop where that does anything; or, when the pull has ended, the whole page again, once."""
        state = job.state
        if state.ended is not None:
            if st.session_state.pop(self._followed, None) == job.started:
                st.rerun()
            return
        st.progress(state.share, text=literal(f"{job.place_name}: {state.sentence}"))
        if not self.may_stop:
            return
        if job.is_stopping:
            st.caption("Stopping after the question that is under way.")
        else:
            st.button("Stop", key=f"{self.kind}_stop", on_click=job.stop)
