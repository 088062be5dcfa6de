"""What the map component sends to the browser, and what it refuses to send."""

from __future__ import annotations

import hashlib
import json
import math
import re
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from presentation import area_map as module
from presentation.area_map import (
    FillClass,
    Fills,
    MapView,
    Marker,
    OutlineLayer,
    Partner,
    Places,
    PlaceShape,
    to_payload,
)

STATIC = Path(__file__).parents[2] / "static"
VENDOR = STATIC / "vendor" / "maplibre-gl-6.17.0"
LSOA = "app/static/geometry/lsoa/E09000002.1a2b3c4d5e6f.geojson.gz"


def view(**changes: Any) -> MapView:
    """Return a small, complete view of Barking and Dagenham with some fields replaced."""
    base = MapView(
        fills=Fills(
            urls=[LSOA],
            classes=[
                FillClass("partnered", "Partnered", "#1B7837", ["E01000009"]),
                FillClass("none_recorded", "None recorded", "#762A83", ["E01000030", "E01000012"]),
            ],
            base_label="Not in the most deprived fifth",
        ),
        bounds=(0.0682412, 51.5117321, 0.1902213, 51.599433),
        alt="Barking and Dagenham, three Core20 neighbourhoods.",
    )
    return replace(base, **changes)


def test_payload_carries_codes_and_addresses_and_is_json() -> None:
    payload = json.loads(json.dumps(to_payload(view(selected="E01000012")), allow_nan=False))
    assert payload["fills"]["urls"] == [LSOA]
    assert [c["label"] for c in payload["fills"]["classes"]] == ["Partnered", "None recorded"]
    assert payload["fills"]["only"] is None
    assert payload["selected"] == "E01000012"
    assert payload["bounds"] == [0.06824, 51.51173, 0.19022, 51.59943]
    assert payload["marker"] is None


def test_order_of_codes_does_not_change_the_payload() -> None:
    """The browser compares texts: the same areas in another order must not repaint the map."""
    fills = view().fills
    turned = replace(
        fills, classes=[replace(c, codes=list(reversed(c.codes))) for c in fills.classes], only=None
    )
    assert to_payload(view(fills=turned)) == to_payload(view())
    one = replace(fills, only=["E01000030", "E01000009", "E01000030"])
    other = replace(fills, only=["E01000009", "E01000030"])
    assert to_payload(view(fills=one)) == to_payload(view(fills=other))


def test_payload_of_a_merged_icb_stays_far_under_the_websocket_budget() -> None:
    """All 6,751 Core20 codes of England are the most that classes can ever hold; the budget is 100 KB."""
    codes = [f"E01{number:06d}" for number in range(6751)]
    fills = Fills([LSOA], [FillClass("none_recorded", "None recorded", "#762A83", codes)], "Others")
    size = len(json.dumps(to_payload(view(fills=fills)), separators=(",", ":")).encode())
    assert size < 100_000


def test_points_are_rounded_to_a_metre_and_keep_their_order() -> None:
    payload = to_payload(
        view(
            partners=[Partner(0.1234567, 51.5555555, "St Mark's"), Partner(0.13, 51.5, "Padnall Hall")],
            marker=Marker(0.1, 51.5, "RM9 6QD"),
        )
    )
    assert payload["partners"] == [[0.12346, 51.55556, "St Mark's"], [0.13, 51.5, "Padnall Hall"]]
    assert payload["marker"] == [0.1, 51.5, "RM9 6QD"]


def test_outlines_and_places_are_described() -> None:
    payload = to_payload(
        view(
            outlines=[OutlineLayer(["app/static/geometry/pcn/E54000029.ab.gz"], "PCN footprint", 2, True, only=["U2", "U1", "U2"])],
            places=Places(
                ["app/static/geometry/places/E09000002.cd.geojson.gz"],
                [PlaceShape("library", "Library", "diamond")],
                from_zoom=10.4,
            ),
        )
    )
    assert payload["outlines"] == [
        {
            "urls": ["app/static/geometry/pcn/E54000029.ab.gz"],
            "label": "PCN footprint",
            "width": 2.0,
            "dash": True,
            "only": ["U1", "U2"],
        }
    ]
    assert payload["places"]["from_zoom"] == 10.4
    assert payload["places"]["categories"] == [
        {"category": "library", "label": "Library", "shape": "diamond"}
    ]


@pytest.mark.parametrize(
    "url",
    [
        "https://tiles.example/x.json",
        "//tiles.example/x.json",
        "/etc/passwd",
        "app/static/../secrets",
        "\\\\host",
    ],
)
@pytest.mark.parametrize("where", ["fills", "outlines", "places", "labels"])
def test_addresses_outside_the_app_are_refused(url: str, where: str) -> None:
    changes: dict[str, Any] = {
        "fills": {"fills": Fills([url], [], "Others")},
        "outlines": {"outlines": [OutlineLayer([url], "outlines")]},
        "places": {"places": Places([url])},
        "labels": {"labels": [url]},
    }[where]
    with pytest.raises(ValueError, match=where):
        to_payload(view(**changes))


def test_one_string_is_not_a_list_of_addresses() -> None:
    with pytest.raises(ValueError, match="one string"):
        to_payload(view(labels=LSOA))


def test_an_area_in_two_classes_is_named() -> None:
    classes = [
        FillClass("partnered", "Partnered", "#1B7837", ["E01000009"]),
        FillClass("none_recorded", "None recorded", "#762A83", ["E01000009"]),
    ]
    with pytest.raises(ValueError, match=r"E01000009.*'partnered'.*'none_recorded'"):
        to_payload(view(fills=Fills([LSOA], classes, "Others")))


@pytest.mark.parametrize("colour", ["red", "#FFF", "#1B7837;x", "url(//host)"])
def test_colours_are_plain_hex(colour: str) -> None:
    with pytest.raises(ValueError, match="RRGGBB"):
        to_payload(view(fills=Fills([LSOA], [FillClass("a", "A", colour, [])], "Others")))


@pytest.mark.parametrize(
    "bounds",
    [
        (1, 51, 0, 52),
        (0, 52, 1, 51),
        (0, math.nan, 1, 52),
        (0, 51, math.inf, 52),
        (530000, 180000, 540000, 190000),
    ],
)
def test_impossible_bounds_are_refused(bounds: module.Bounds) -> None:
    """The last case is British National Grid metres, the likeliest slip."""
    with pytest.raises(ValueError, match="bounds"):
        to_payload(view(bounds=bounds))


@pytest.mark.parametrize("lon, lat", [(math.nan, 51.5), (0.1, math.nan), (545000.0, 187000.0)])
def test_impossible_points_are_named(lon: float, lat: float) -> None:
    with pytest.raises(ValueError, match="Padnall Hall"):
        to_payload(view(partners=[Partner(lon, lat, "Padnall Hall")]))


def test_unknown_or_repeated_place_shapes_are_refused() -> None:
    with pytest.raises(ValueError, match="spiral"):
        to_payload(view(places=Places([], [PlaceShape("library", "Library", "spiral")])))  # type: ignore[arg-type]
    twice = [PlaceShape("library", "Library", "circle"), PlaceShape("library", "Libraries", "square")]
    with pytest.raises(ValueError, match="twice"):
        to_payload(view(places=Places([], twice)))


def test_a_map_without_words_is_refused() -> None:
    with pytest.raises(ValueError, match="alt"):
        to_payload(view(alt=" "))


@pytest.mark.parametrize("sent", [None, 3, "", "<script>", "x" * 21, ["E01000009"]])
def test_only_an_area_code_comes_back(sent: object) -> None:
    assert module._code(SimpleNamespace(selected=sent)) is None
    assert module._code(SimpleNamespace(selected="E01000009")) == "E01000009"
    assert module._code(None) is None


def test_selection_reaches_the_callback_and_the_caller(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: dict[str, Any] = {}

    def mount(**arguments: Any) -> SimpleNamespace:
        calls.update(arguments)
        return SimpleNamespace(selected="E01000030")

    monkeypatch.setattr(module, "_MOUNT", mount)
    monkeypatch.setattr(module.st, "session_state", {"map": SimpleNamespace(selected="E01000030")})
    chosen: list[str] = []
    assert module.area_map(view(), key="map", on_select=chosen.append) == "E01000030"
    assert calls["key"] == "map" and calls["data"] == to_payload(view())
    calls["on_selected_change"]()
    assert chosen == ["E01000030"]


def test_vendored_maplibre_is_the_published_one() -> None:
    """SHA-256 of the files in the npm package maplibre-gl 6.17.0, so that a later edit does not go unseen."""
    published = {
        "LICENSE.txt": "ee5fc05a0677eaf69601d2c7db0d9ecd6cc27c3abc1d0733bc9ed34707cf8ef2",
        "maplibre-gl.css": "a90798a1953017790e590f7e1bd35ff103a8a4263972cb47290b78adf86f8c20",
        "maplibre-gl.mjs": "e02cb08c572fd0950a75343cd558099c2a1dbbaf67f26b0c96f115431962d1ae",
        "maplibre-gl-worker.mjs": "73d7a024a4efe1a46e49db193e18cfe33271e3ecc652ec7542c281a4ef5f0f04",
    }
    found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in VENDOR.iterdir()}
    assert found == published


def test_scripts_of_the_map_build_no_html_and_name_no_host() -> None:
    scripts = sorted((STATIC / "components").glob("area_map*.js"))
    assert len(scripts) >= 5
    for path in scripts:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"(inner|outer|set|insertAdjacent)HTML|document\.write", text), path.name
        hosts = set(re.findall(r"https?://[^\s\"']+", text)) - {"http://www.w3.org/2000/svg"}
        assert hosts == set(), path.name
