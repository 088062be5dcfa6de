"""What every page that pulls in the background shows of it, as Streamlit runs it: with works of our own in place of a publisher."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest
from streamlit.testing.v1 import AppTest

from data_loaders.pull import Progress, PullError, PullStoppedError
from presentation import background_pull
from presentation.background_pull import BackgroundPull
from presentation.partner_words import literal
from tests.app.links import by_link

CODE = "E09000030"


def _page() -> None:
    """Counts how often it is drawn; where no pull runs it does what the bar does by itself at its next turn."""
    import streamlit as st

    from presentation.background_pull import BackgroundPull

    pulls: BackgroundPull[str] = BackgroundPull("example", may_stop=st.query_params.get("stop") != "no")
    st.session_state["drawn"] = st.session_state.get("drawn", 0) + 1
    pulls.say_refusal()
    if not pulls.follow("E09000030"):
        st.markdown(f"Came: {pulls.outcome('E09000030')}")
        job = pulls.jobs.latest("E09000030")
        if job is not None:
            pulls._draw(job)


@pytest.fixture
def pulls() -> Iterator[BackgroundPull[str]]:
    background_pull._jobs.clear()
    yield BackgroundPull("example", may_stop=True)
    background_pull._jobs.clear()


class Waits:
    """A pull that says that it is half-way, waits to be let on, and then gives three places or raises."""

    def __init__(self, problem: Exception | None = None) -> None:
        self.problem, self.half_way, self.go_on = problem, threading.Event(), threading.Event()

    def __call__(self, progress: Progress, should_stop: Callable[[], bool]) -> str:
        progress(1, 2, "asking *everybody*")
        self.half_way.set()
        assert self.go_on.wait(60)
        if self.problem is not None:
            raise self.problem
        return "three places"


@pytest.fixture
def work() -> Iterator[Waits]:
    waits = Waits()
    yield waits
    waits.go_on.set()


def began(pulls: BackgroundPull[str], work: Waits) -> None:
    pulls.start(CODE, "Tower Hamlets", work)
    assert work.half_way.wait(60)


def ended(pulls: BackgroundPull[str], work: Waits) -> None:
    work.go_on.set()
    job = pulls.jobs.latest(CODE)
    assert job is not None
    job.wait(60)
    assert not job.is_running


def opened(**query: str) -> AppTest:
    return by_link(AppTest.from_function(_page, default_timeout=60), **query)


def test_who_followed_a_pull_sees_the_page_drawn_again_once_when_it_has_ended(pulls: BackgroundPull[str], work: Waits) -> None:
    began(pulls, work)
    app, other = opened(), opened()
    (bar,) = app.get("progress")
    assert (bar.proto.value, bar.proto.text) == (50, literal("Tower Hamlets: asking *everybody*"))
    assert app.session_state["drawn"] == 1
    ended(pulls, work)
    for each in (app, other):
        each.run()
        assert each.markdown[0].value == "Came: three places" and not each.get("progress")
        assert each.session_state["drawn"] == 3, "once for the person's own click, once because the pull has ended"
        each.run()
        assert each.session_state["drawn"] == 4
    assert opened().session_state["drawn"] == 1, "who came later did not follow it"


def test_there_is_a_button_to_stop_only_where_that_does_anything(pulls: BackgroundPull[str], work: Waits) -> None:
    began(pulls, work)
    assert [each.key for each in opened(stop="no").button] == []
    app = opened()
    assert [each.key for each in app.button] == ["example_stop"]
    app.button(key="example_stop").click().run()
    assert [each.key for each in app.button] == []
    assert app.caption[0].value == "Stopping after the question that is under way."


@pytest.mark.parametrize(("problem", "kind"), [(PullError("It *failed*."), "error"), (PullStoppedError("It was *stopped*."), "info")])
def test_why_nothing_came_is_said_as_it_was_written(pulls: BackgroundPull[str], work: Waits, problem: Exception, kind: str) -> None:
    work.problem = problem
    began(pulls, work)
    ended(pulls, work)
    app = opened()
    assert [each.value for each in app.get(kind)] == [literal(str(problem))]
    assert app.markdown[0].value == "Came: None"


def test_kinds_of_pull_do_not_wait_for_one_another(pulls: BackgroundPull[str], work: Waits) -> None:
    other: BackgroundPull[str] = BackgroundPull("another example", may_stop=True)
    for number in range(2):
        other.jobs.start(f"E0900000{number}", "A place", work)
    began(pulls, work)
    assert pulls.jobs.latest(CODE) is not None and other.jobs.latest(CODE) is None
