"""Asking for newer places from the page of community assets, as Streamlit runs it, against the local Overpass."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from data_loaders import overpass
from data_loaders.asset_layers import AssetLayers
from data_loaders.atlas import Atlas
from data_loaders.dated_folders import spoken
from presentation import asset_live_pull, background_pull
from presentation.partner_words import literal
from tests.app.links import by_link
from tests.asset_servers.overpass import Element, OverpassServer
from tests.register.beginnings import TOWER_HAMLETS

DASHBOARD = Path(__file__).parents[2] / "dashboard.py"
PAGE = "pages/community_assets.py"
START = "asset_pull_start"
JOB = f"osm {TOWER_HAMLETS}"
CAME = "OpenStreetMap, asked on {day} for Tower Hamlets: 105 records, 1 set aside. The page shows them."
LAYER = "OpenStreetMap community assets"
ELEMENTS: list[Element] = [
    {"type": kind, "id": number, **where, "tags": tags | {"name": name}}
    for number, (name, kind, where, tags) in enumerate([
        ("Example Pantry", "node", {"lat": 51.5203, "lon": -0.0293}, {"amenity": "food_bank"}),
        ("Example Hall", "way", {"center": {"lat": 51.5150, "lon": -0.0700}}, {"building": "church_hall"}),
        ("Example Mosque", "node", {"lat": 51.5300, "lon": -0.0400}, {"amenity": "place_of_worship", "religion": "muslim"}),
        ("Gone Library", "node", {"lat": 51.5100, "lon": -0.0200}, {"amenity": "library", "disused": "yes"}),
    ], start=1)
]  # fmt: skip


class Borough:
    """Whether an element lies in the borough: each does; the server says so once `go_on` is set, so that a test sees the pull under way."""

    def __init__(self) -> None:
        self.go_on = threading.Event()
        self.go_on.set()

    def __call__(self, element: Element) -> bool:
        return self.go_on.wait(60)


@pytest.fixture
def borough() -> Iterator[Borough]:
    one = Borough()
    yield one
    one.go_on.set()


@pytest.fixture
def server(atlas: Atlas, borough: Borough) -> Iterator[OverpassServer]:
    """What is built in of OpenStreetMap, under names of its own, and the elements above: an answer with far fewer would be refused."""
    built_in: list[Element] = [
        {"type": "node", "id": number, "lat": latitude, "lon": longitude, "tags": {"amenity": "place_of_worship", "name": f"Example {number}"}}
        for number, (latitude, longitude) in enumerate(of_osm(atlas)[["latitude", "longitude"]].itertuples(index=False), start=1_000)
    ]
    with OverpassServer([*ELEMENTS, *built_in], areas={TOWER_HAMLETS: borough}) as running:
        yield running


@pytest.fixture(autouse=True)
def folder(server: OverpassServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A data folder and jobs of its own; asked once and always anew: what a busy moment and a day do is for the tests of the source."""
    monkeypatch.setenv("COMMON_GROUND_DATA", str(tmp_path))
    monkeypatch.setenv("COMMON_GROUND_OVERPASS", server.url)
    monkeypatch.delenv("COMMON_GROUND_LIVE", raising=False)
    monkeypatch.setattr(overpass, "LIMITS", replace(overpass.LIMITS, attempts=1, fresh_for=timedelta(0)))
    background_pull._jobs.clear()
    yield tmp_path
    background_pull._jobs.clear()


def opened(**query: str) -> AppTest:
    app = by_link(AppTest.from_file(str(DASHBOARD), default_timeout=120), **({"place": TOWER_HAMLETS} | query))
    return drawn(app.switch_page(PAGE).run())


def drawn(app: AppTest) -> AppTest:
    assert not app.exception, app.exception
    return app


def asked(app: AppTest) -> AppTest:
    return drawn(app.button(key=START).click().run())


def ended(app: AppTest) -> AppTest:
    """The page once the pull that runs has ended."""
    job = asset_live_pull.PULLS.jobs.latest(JOB)
    assert job is not None
    job.wait(60)
    assert not job.is_running
    return drawn(app.run())


def pull_buttons(app: AppTest) -> list[str]:
    return [str(each.key) for each in app.button if str(each.key).startswith("asset_pull")]


def payload(app: AppTest, key: str) -> dict[str, Any]:
    """What a component of ours was given to draw."""
    (one,) = (each for each in app.get("bidi_component") if each.proto.id.endswith(f"-{key}"))
    found: dict[str, Any] = json.loads(one.proto.json)
    return found


def listed(app: AppTest, words: str) -> list[str]:
    """The names in the table of the page that a search for some words finds."""
    drawn(app.text_input(key="asset_words").set_value(words).run())
    return sorted(row["name"] for row in payload(app, "directory")["rows"])


def foot(app: AppTest) -> str:
    (one,) = (str(each.value) for each in app.caption if str(each.value).startswith("Places: "))
    return one


def of_osm(atlas: Atlas) -> pd.DataFrame:
    """What was built in of OpenStreetMap in the borough."""
    built_in = atlas.snapshot.table("community_assets")
    return built_in[built_in["source"].eq("OpenStreetMap") & built_in["lad24cd"].eq(TOWER_HAMLETS)]


def test_newer_places_come_by_the_button_and_are_in_the_table_and_credited(
    atlas: Atlas, folder: Path, server: OverpassServer, borough: Borough
) -> None:
    before = opened()
    assert f"{len(of_osm(atlas))} places of worship" in before.title[0].value and LAYER not in foot(before)
    assert listed(before, "Example Pantry") == []

    borough.go_on.clear()
    app = asked(opened(show="sources"))
    (bar,) = app.get("progress")
    assert bar.proto.text == literal("OpenStreetMap community assets, Tower Hamlets: asking OpenStreetMap")
    assert pull_buttons(app) == [], "neither a second pull, nor a button to stop what does not stop"
    other = opened(show="sources")
    assert len(other.get("progress")) == 1 and pull_buttons(other) == [], "another visitor follows the same pull"

    borough.go_on.set()
    app = ended(app)
    (layer,) = AssetLayers(folder / "asset-layers").standing().layers
    assert [each.value for each in app.success] == [literal(CAME.format(day=spoken(layer.about.given_at)))]
    assert not app.error and not app.warning and pull_buttons(app) == [START]
    assert app.expander[0].label == "What was set aside, and why: 1" and len(app.dataframe[0].value) == 1
    assert len(server.questions) == 1
    assert f"{LAYER} (Aug 2026)" in foot(app) and "© OpenStreetMap contributors." in foot(app)
    sources = {row["label"]: row for row in payload(app, "asset_sources")["sections"][0]["rows"]}
    assert sources[LAYER]["value"] == "105 records"

    page = opened()
    assert f"{len(of_osm(atlas)) + 1} places of worship" in page.title[0].value, "the layer stands in for what was built in of OpenStreetMap there"
    assert listed(page, "Example Pantry") == ["Example Pantry"] and listed(page, "Example Mosque") == ["Example Mosque"]
    assert listed(page, "Gone Library") == []
    assert LAYER in foot(page)


@pytest.mark.parametrize(
    ("kind", "options", "words"),
    [
        ("504", {}, "OpenStreetMap has a fault of its own (status 504): nothing to do here but try again later"),
        ("429", {}, "OpenStreetMap asks us to slow down: try again in an hour or so"),
        ("html", {}, "OpenStreetMap answered with a web page instead of data: try again later"),
    ],
)
def test_where_the_server_is_busy_one_sentence_says_so_and_the_places_stand(
    atlas: Atlas, folder: Path, server: OverpassServer, kind: str, options: dict[str, Any], words: str
) -> None:
    server.misbehave("", kind, **options)
    app = ended(asked(opened(show="sources")))
    assert [each.value for each in app.error] == [literal(f"{words}; until then the pages show the places built into this copy.")]
    assert not app.success and not app.warning and pull_buttons(app) == [START], "it may be asked again"
    assert AssetLayers(folder / "asset-layers").ids() == ()
    page = opened()
    assert f"{len(of_osm(atlas))} places of worship" in page.title[0].value and LAYER not in foot(page)


def test_an_answer_with_far_fewer_places_is_refused_with_a_sentence_and_the_places_stand(atlas: Atlas, server: OverpassServer) -> None:
    del server.elements[3:]
    app = ended(asked(opened(show="sources")))
    (error,) = app.error
    assert literal(f"where the pages show {len(of_osm(atlas))}: fewer than half") in error.value
    assert f"{len(of_osm(atlas))} places of worship" in opened().title[0].value


def test_an_outage_after_a_good_pull_leaves_its_places_with_their_day(folder: Path, server: OverpassServer) -> None:
    app = ended(asked(opened(show="sources")))
    (layer,) = AssetLayers(folder / "asset-layers").standing().layers
    shown = (app.title[0].value, foot(app))
    server.misbehave("", "504")
    app = ended(asked(app))
    (error,) = app.error
    assert error.value.endswith(f"; until then the pages show the places that OpenStreetMap gave on {spoken(layer.about.given_at)}.")
    assert (app.title[0].value, foot(app)) == shown
    server.behave()
    assert ended(asked(app)).success, "and it heals by asking again"
