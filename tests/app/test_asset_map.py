"""What the map of community assets sends with every rerun, counted for every system of England."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from pyproj import Geod

from analysis import postcodes
from analysis.asset_filter import AssetFilter
from data_loaders.atlas import Atlas
from presentation import asset_directory
from presentation.area_map import to_payload
from presentation.assets_cache import open_assets
from presentation.view import View

MOST_BYTES = 80_000


def test_the_map_of_no_system_is_too_much_to_send_with_every_rerun(atlas: Atlas, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMMON_GROUND_DATA", str(tmp_path))
    assets = open_assets(date.today())
    drawn = {}
    for place in atlas.gazetteer.children(atlas.gazetteer.place("E92000001"), "icb26"):
        found = assets.found(place, AssetFilter())
        map_view = asset_directory.map_of(assets, place, found, None, None, View(place.code))
        drawn[place.name] = len(map_view.points.items)
        assert len(json.dumps(to_payload(map_view))) < MOST_BYTES, place.name
        assert drawn[place.name] in (0, int(found["easting"].notna().sum())), "all of them, or how many in each part"
    assert drawn["NHS Derby and Derbyshire"] == 745 and drawn["NHS North East London"] == 0


def test_a_network_that_leads_mostly_outside_is_not_shaded_for_the_streets_of_it_that_are_inside(
    atlas: Atlas, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COMMON_GROUND_DATA", str(tmp_path))
    assets, place = open_assets(date.today()), atlas.gazetteer.place("E54000029")
    drawn = asset_directory.map_of(assets, place, assets.found(place, AssetFilter()), None, None, View(place.code)).fills
    leading = set(atlas.areas.loc[atlas.gazetteer.mask(place), "leading_pcn_code"])
    assert len(leading) == 49 and leading - set(drawn.only or ()) == {"U01096"}, "one of its 36 areas is in North East London"


def test_the_map_round_a_postcode_goes_over_the_border(atlas: Atlas, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMMON_GROUND_DATA", str(tmp_path))
    assets, place = open_assets(date.today()), atlas.gazetteer.place("E09000030")
    point = atlas.postcode(postcodes.read("E1 6PL"))
    walks = assets.walks(point, 1.3)
    found = assets.found(place, AssetFilter(), (walks <= 800).to_numpy())
    drawn = asset_directory.map_of(assets, place, found, None, point, View(place.code))
    core20 = set(drawn.fills.classes[0].codes)
    three = atlas.areas[atlas.areas["lad24cd"].isin(["E09000030", "E09000012", "E09000001"])]
    assert len(drawn.fills.urls) == 3 and core20 == set(three.loc[three["core20"].astype(bool), "lsoa21cd"])
    west, south, east, north = drawn.bounds
    across, up = (Geod(ellps="WGS84").line_length([west, to_east], [south, to_north]) for to_east, to_north in ((east, south), (west, north)))
    # A little more than the walk each way; the grid is turned against the meridians, so that the box is not quite as asked.
    assert across == pytest.approx(2 * 1.25 * 800 / 1.3, rel=0.1) and up == pytest.approx(2 * 1.25 * 800 / 1.3, rel=0.1)
    assert len(json.dumps(to_payload(drawn))) < 60_000
