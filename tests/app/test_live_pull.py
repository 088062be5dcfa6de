"""The panel that says which figures are shown and pulls newer ones, as Streamlit runs it, against the local Fingertips."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from data_loaders.atlas import Atlas
from data_loaders.layers import Layers
from presentation import background_pull, live_pull
from presentation.partner_words import literal
from tests.app.links import by_link
from tests.fingertips_server import Areas, FingertipsServer
from tests.pulling import NEL, areas_of

FEW = ("219", "253", "241", "94140")
START, STOP = "live_pull_start", "live_pull_stop"


def _page() -> None:
    import streamlit as st

    from presentation import background_pull, live_pull
    from presentation.atlas_cache import open_atlas

    atlas = open_atlas()
    place = atlas.gazetteer.place(st.query_params.get("place", "E54000029"))
    st.title(f"{len(live_pull.layers_for(atlas, place).layers)} layers" if background_pull.is_allowed({}) else "")
    live_pull.panel(place)


@pytest.fixture(scope="module")
def areas(atlas: Atlas) -> Areas:
    return areas_of(atlas)


@pytest.fixture
def server(areas: Areas) -> Iterator[FingertipsServer]:
    with FingertipsServer(areas=areas) as running:
        yield running


@pytest.fixture
def folder(server: FingertipsServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A data folder of its own, jobs of its own, and a catalogue of four indicators."""
    monkeypatch.setenv("COMMON_GROUND_DATA", str(tmp_path))
    monkeypatch.setenv("COMMON_GROUND_FINGERTIPS_URL", server.url)
    monkeypatch.delenv("COMMON_GROUND_LIVE", raising=False)
    monkeypatch.setattr(live_pull, "_asked_for", lambda: {one: f"Indicator called {one}" for one in FEW})
    for cached in (background_pull._jobs, live_pull._opened):
        cached.clear()
    yield tmp_path
    job = live_pull.PULLS.jobs.latest(NEL)
    if job is not None:
        job.stop()
        server.behave()
        job.wait(60)
    background_pull._jobs.clear()


def opened(**query: str) -> AppTest:
    return by_link(AppTest.from_function(_page, default_timeout=60), **query)


def said(app: AppTest) -> str:
    assert not app.exception, app.exception
    return "\n".join(str(each.value) for kind in (app.markdown, app.caption, app.success, app.warning, app.error, app.info) for each in kind)


def buttons(app: AppTest) -> dict[str, str]:
    return {str(button.key): button.label for button in app.button}


def ended(app: AppTest) -> AppTest:
    """The page once the pull that runs has ended."""
    job = live_pull.PULLS.jobs.latest(NEL)
    assert job is not None
    job.wait(120)
    assert not job.is_running
    return app.run()


def test_before_any_pull_it_says_that_all_is_built_in(folder: Path) -> None:
    app = opened(place="E09000030")
    assert app.header[0].value == "How new these figures are"
    assert "No live figures for NHS North East London have been pulled yet: all that you see was built into this copy" in said(app)
    assert buttons(app) == {START: "Pull the latest figures for NHS North East London"}
    assert list(folder.iterdir()) == [], "looking writes nothing and asks nothing"


def test_a_pull_from_the_button_is_followed_and_shown(folder: Path, server: FingertipsServer) -> None:
    server.misbehave("all_data", "slow", times=1, seconds=1.5)
    app = opened(place="E09000030").button(key=START).click().run()
    assert buttons(app) == {STOP: "Stop"}
    assert literal("NHS North East London:") in str(app.get("progress")[0].proto.text)
    other = opened(place="E09000002")
    assert buttons(other) == {STOP: "Stop"}, "another visitor of the same system follows the same pull"
    app = ended(app)
    assert app.title[0].value == "1 layers"
    text = said(app)
    assert "The pull for NHS North East London has ended: " in text and "values of 4 indicators, and the page shows them." in text
    assert "Pulled live from OHID Fingertips for NHS North East London on " in text
    assert "that was 1 minute ago" in text.lower()
    assert buttons(app) == {START: "Pull again all the same"}
    assert app.expander[0].label == "What the newest pull could not find: 1"
    assert "Indicator called 94140 (94140) is not published" in app.table[0].value.iloc[0, 0]
    asked = server.count("all_data")
    app.button(key=START).click().run()
    ended(app)
    assert server.count("all_data") == 2 * asked, "again all the same means that the kept answers are not enough"
    assert len(Layers(folder / "layers").ids()) == 2


def test_a_pull_may_be_stopped_and_taken_up(folder: Path, server: FingertipsServer) -> None:
    server.misbehave("all_data", "slow", times=1, seconds=1.5)
    app = opened().button(key=START).click().run()
    app.button(key=STOP).click().run()
    assert "Stopping after the question that is under way." in said(app) or not live_pull.PULLS.jobs.latest(NEL).is_running  # type: ignore[union-attr]
    app = ended(app)
    assert next(str(each.value) for each in app.info).startswith("The pull for NHS North East London was stopped")
    assert buttons(app) == {START: "Pull the latest figures for NHS North East London"}
    app.button(key=START).click().run()
    ended(app)
    assert len(Layers(folder / "layers").ids()) == 1


def test_a_failure_says_what_is_shown_instead(folder: Path, server: FingertipsServer) -> None:
    server.misbehave("available_data", "400")
    app = ended(opened().button(key=START).click().run())
    (error,) = app.error
    assert error.value == literal(
        "Fingertips refused the question (status 400): check what was asked for, and whether its address has changed; until then the "
        "pages show the figures built into this copy."
    )
    assert buttons(app) == {START: "Pull the latest figures for NHS North East London"}


def test_an_outcome_is_not_told_for_ever(folder: Path, server: FingertipsServer, monkeypatch: pytest.MonkeyPatch) -> None:
    server.misbehave("available_data", "400")
    app = ended(opened().button(key=START).click().run())
    monkeypatch.setattr(background_pull, "_SAID_FOR", timedelta(0))
    assert not app.run().error


def test_two_other_places_at_once_are_enough(folder: Path) -> None:
    gate = threading.Event()

    def waits(progress: object, should_stop: object) -> None:
        gate.wait(60)
        raise live_pull.LayerError("Stopped for the test.")

    try:
        for code, name in (("E54000030", "NHS South East London"), ("E54000031", "NHS South West London")):
            live_pull.PULLS.jobs.start(code, name, waits)  # type: ignore[arg-type]
        app = opened().button(key=START).click().run()
        assert "Pulls for NHS South East London and for NHS South West London are under way, and no more may run at once" in said(app)
        assert buttons(app) == {START: "Pull the latest figures for NHS North East London"}
    finally:
        gate.set()


def test_an_operator_may_switch_it_off(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMMON_GROUND_LIVE", "off")
    app = opened()
    assert buttons(app) == {}
    assert "`python -m commands pull --place E54000029`" in said(app)
    assert "have been pulled yet" in said(app)


@pytest.mark.parametrize(("name", "value"), [("COMMON_GROUND_LIVE", "perhaps"), ("COMMON_GROUND_DATA", "figures")])
def test_a_setting_that_cannot_be_used_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    app = AppTest.from_string(
        "from presentation import live_pull\nfrom presentation.atlas_cache import open_atlas\n"
        "live_pull.panel(open_atlas().gazetteer.place('E54000029'))",
        default_timeout=60,
    )
    monkeypatch.setenv(name, value)
    app.run()
    assert not app.exception
    assert f"{name} is '{value}'" in str(app.error[0].value)


def test_a_wrong_address_is_named_by_the_job(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMMON_GROUND_INDICATORS", "somebody")
    app = ended(opened().button(key=START).click().run())
    assert literal("COMMON_GROUND_INDICATORS is 'somebody'") in str(app.error[0].value)


def test_a_damaged_layer_is_said_and_the_one_before_is_shown(folder: Path) -> None:
    app = ended(opened().button(key=START).click().run())
    ended(app.button(key=START).click().run())
    layers = Layers(folder / "layers")
    new, old = layers.ids()
    values = folder / "layers" / new / "values.parquet"
    values.write_bytes(values.read_bytes()[:-3])
    live_pull._opened.clear()
    app.run()
    assert app.title[0].value == "1 layers"
    assert any(new in str(warning.value) and "stand in" in str(warning.value) for warning in app.warning)
    assert layers.whole().newest.id == old  # type: ignore[union-attr]
