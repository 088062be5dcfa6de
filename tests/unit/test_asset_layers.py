"""Layers of community assets on disk: whole or passed over, the newest of each source and scope, bounded in number."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest

from analysis.asset_records import RECORD_COLUMNS, SET_ASIDE_COLUMNS, as_records
from data_loaders import asset_layers, whole_folders
from data_loaders.asset_layers import ENGLAND, KEEP, AssetLayer, AssetLayerError, AssetLayers, Scope, feed_code
from data_loaders.asset_source import AssetSource, AssetsRead
from data_loaders.errors import SettingError

NEWHAM = Scope("E09000025", "Newham")
START = datetime(2026, 8, 1, 9, 30, tzinfo=UTC)
OSM = AssetSource("osm", "Example map", "OpenStreetMap", "ODbL 1.0", "© contributors", "https://example.org", ("library",), True, ("Partly mapped.",))
FILES = ("records.parquet", "set_aside.parquet", "layer.json")


def records(*ids: str, **columns: object) -> pd.DataFrame:
    frame = pd.DataFrame({"asset_id": list(ids), "name": [f"Example {one}" for one in ids], "category": "library", "lad24cd": NEWHAM.code})
    return as_records(frame.assign(**columns))


def given(*ids: str, source: AssetSource = OSM, asked_at: datetime | None = START, stale: str = "", **columns: object) -> AssetsRead:
    aside = pd.DataFrame({"row": ["row 9"], "name": [None], "problem": ["it has no place"]})
    return AssetsRead(source, records(*ids, **columns), aside, len(ids) + 1, "2026-08-01", asked_at, stale, ("A note.",))


def write(layers: AssetLayers, day: int = 0, *ids: str, scope: Scope = NEWHAM, **more: object) -> AssetLayer:
    moment = START + timedelta(days=day)
    return layers.write(given(*(ids or ("osm/node/1",)), asked_at=moment, **more), scope, moment)  # type: ignore[arg-type]


@pytest.fixture
def layers(tmp_path: Path) -> AssetLayers:
    return AssetLayers(tmp_path / "asset-layers")


def test_a_layer_is_read_as_it_was_written(layers: AssetLayers) -> None:
    confirmed = pd.Timestamp("2026-07-01")
    read = given("osm/node/1", "osm/way/2", last_confirmed=[confirmed, pd.NaT], sensitive=[True, False], easting=[1.5, None], stale="It is down.")
    written = layers.write(read, NEWHAM, START, "answer.json")
    found = AssetLayers(layers.folder).open(written.id)
    assert found.about == written.about
    assert (found.about.source, found.about.scope, found.about.found, found.about.records, found.about.set_aside) == (OSM, NEWHAM, 3, 2, 1)
    about = found.about
    assert (about.asked_at, about.file, about.stale_because, about.notes) == (START, "answer.json", "It is down.", ("A note.",))
    pd.testing.assert_frame_equal(found.records(), read.records)
    assert dict(found.records().dtypes.astype(str)) == RECORD_COLUMNS
    pd.testing.assert_frame_equal(found.set_aside(), read.set_aside)
    assert list(found.set_aside().columns) == list(SET_ASIDE_COLUMNS)


def test_a_layer_says_what_it_is(layers: AssetLayers) -> None:
    assert write(layers).said == "OpenStreetMap, asked on 1 August 2026 for Newham: 1 record, 1 set aside."
    file = layers.write(given("a", "b", asked_at=None), NEWHAM, START, "list.csv")
    assert file.said == "OpenStreetMap, read from list.csv on 1 August 2026 for Newham: 2 records, 1 set aside."
    assert write(layers, 1, stale="OpenStreetMap could not be reached.").said.endswith("It is an earlier answer: OpenStreetMap could not be reached.")


def test_the_newest_of_each_source_and_scope_stands(layers: AssetLayers) -> None:
    write(layers, 0)
    new, other = write(layers, 2), write(layers, 1, scope=Scope(ENGLAND, "England"))
    feed = write(layers, 1, scope=Scope(feed_code("https://example.org/"), "all of its feed"))
    assert {layer.id for layer in layers.standing().layers} == {new.id, other.id, feed.id}
    assert [layer.id for layer in layers.standing("osm", NEWHAM.code).layers] == [new.id]
    assert layers.standing("givefood").layers == ()
    assert len(layers.ids()) == 4 and layers.ids()[0] == new.id


def test_two_layers_of_the_same_second_have_two_names(layers: AssetLayers) -> None:
    first, second = write(layers), write(layers)
    assert layers.ids() == (second.id, first.id)


def test_one_address_is_one_feed_however_it_is_typed() -> None:
    assert feed_code("https://Example.org/api/") == feed_code(" https://example.org/api") != feed_code("https://example.org/other")


def test_no_folder_is_no_layer_and_other_names_are_passed_over(layers: AssetLayers) -> None:
    assert layers.ids() == () and layers.standing() == ((), ())
    assert not layers.folder.exists()
    layer = write(layers)
    for name in (".writing-osm-E09000025-20270101T000000Z-abc", "notes", "osm-latest", "osm-E09000025-20270101"):
        (layers.folder / name).mkdir()
    assert layers.ids() == (layer.id,)


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-9])


def _flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("damage", [_cut, _flip, Path.unlink], ids=["cut", "flipped", "missing"])
def test_a_damaged_layer_is_passed_over_and_the_one_before_stands(layers: AssetLayers, file: str, damage: Callable[[Path], None]) -> None:
    good, bad = write(layers, 0), write(layers, 1)
    damage(layers.folder / bad.id / file)
    found = layers.standing()
    assert found.layers == (good,)
    (problem,) = found.problems
    assert bad.id in problem and file in problem
    assert "so those of 1 August 2026 stand in: pull them again, or delete the folder" in problem
    with pytest.raises(AssetLayerError, match=bad.id):
        layers.open(bad.id)


def test_damage_below_a_whole_layer_is_nobodys_concern(layers: AssetLayers) -> None:
    _cut(layers.folder / write(layers, 0).id / "records.parquet")
    good = write(layers, 1)
    assert layers.standing() == ((good,), ())


def test_damage_to_the_only_layer_leaves_what_is_built_in(layers: AssetLayers) -> None:
    _cut(layers.folder / write(layers).id / "records.parquet")
    found = layers.standing()
    assert found.layers == () and "those built into this copy" in found.problems[0]


def test_a_date_altered_by_hand_and_another_format_are_said(layers: AssetLayers) -> None:
    path = layers.folder / write(layers).id / "layer.json"
    whole = path.read_text(encoding="utf-8")
    path.write_text(whole.replace("2026-08-01T", "2026-09-01T"), encoding="utf-8")
    assert "layer.json was altered" in layers.standing().problems[0]
    for change, said in (({"format": 2}, "it is of format 2, and this version reads format 1"), ({"scope": None}, "not as this version writes it")):
        text = json.loads(whole)
        text["content"] |= change
        text["seal"] = whole_folders._seal(text["content"], text["files"])
        path.write_text(json.dumps(text), encoding="utf-8")
        assert said in layers.standing().problems[0]


def test_old_layers_go_and_other_scopes_stay(layers: AssetLayers) -> None:
    other = write(layers, 0, scope=Scope(ENGLAND, "England"))
    written = [write(layers, day) for day in range(5)]
    damaged = write(layers, 6)
    _cut(layers.folder / damaged.id / "records.parquet")
    _cut(layers.folder / written[4].id / "records.parquet")
    assert set(layers.remove_old("osm", NEWHAM.code)) == {written[0].id}, "a damaged one that is newer than every whole one is left to be seen"
    write(layers, 7)
    assert set(layers.remove_old("osm", NEWHAM.code)) == {damaged.id, written[4].id, written[1].id}
    assert len(layers.ids("osm", NEWHAM.code)) == KEEP and other.id in layers.ids()


def test_a_layer_is_removed_by_name_and_only_a_layer(layers: AssetLayers, tmp_path: Path) -> None:
    layer = write(layers)
    (tmp_path / "precious").mkdir()
    for name in ("../precious", "", "osm", "/"):
        with pytest.raises(AssetLayerError, match="is not the name of a layer"):
            layers.remove(name)
    layers.remove(layer.id)
    assert layers.ids() == () and list(layers.folder.iterdir()) == []
    with pytest.raises(AssetLayerError, match="cannot be removed"):
        layers.remove(layer.id)
    with pytest.raises(AssetLayerError, match="reload the page"):
        layer.records()


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EACCES])
def test_a_disk_that_fails_half_way_leaves_everything_as_it_was(layers: AssetLayers, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    good = write(layers)
    before = sorted(layers.folder.rglob("*"))

    def fails(path: Path) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(whole_folders, "_to_disk", fails)
    with pytest.raises(AssetLayerError, match="those that were there are untouched: make room") as caught:
        write(layers, 1)
    assert "\n" not in str(caught.value)
    assert sorted(layers.folder.rglob("*")) == before
    assert layers.standing().layers == (good,)


def test_what_a_killed_writer_left_is_cleared_by_the_next_of_that_source_and_scope(layers: AssetLayers) -> None:
    half, others = (layers.folder / f".writing-osm-{code}-20260101T000000Z-x" for code in (NEWHAM.code, "E09000026"))
    for folder in (half, others):
        folder.mkdir(parents=True)
    write(layers)
    assert not half.exists() and others.exists()


def test_what_is_no_source_and_scope_is_refused_before_anything_is_written(layers: AssetLayers) -> None:
    with pytest.raises(ValueError, match="is not a source and a scope"):
        layers.write(given("a"), Scope("../../etc", "Elsewhere"), START)
    assert not layers.folder.exists()


def test_where_layers_are(tmp_path: Path) -> None:
    environment = {"COMMON_GROUND_DATA": str(tmp_path)}
    assert asset_layers.ids(environment) == ()
    layer = write(asset_layers.layers_in(environment))
    assert layer.folder.parent == tmp_path / "asset-layers" and asset_layers.ids(environment) == (layer.id,)
    with pytest.raises(SettingError, match="not an absolute path"):
        asset_layers.ids({"COMMON_GROUND_DATA": "here"})
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "asset-layers").write_text("in the way", encoding="utf-8")
    assert asset_layers.ids({"COMMON_GROUND_DATA": str(tmp_path / "other")}) == ()
