"""What the map of community assets sends with every rerun, counted for every system of England."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from analysis.asset_filter import AssetFilter
from data_loaders.atlas import Atlas
from presentation import asset_directory
from presentation.area_map import to_payload
from presentation.current_assets import open_assets
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
