"""Layers on disk: whole or passed over, the newest first, bounded in number, and left as they were by a disk that fails."""

from __future__ import annotations

import errno
import json
import multiprocessing
import os
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest

from data_loaders import whole_folders
from data_loaders.dated_folders import spoken
from data_loaders.errors import SettingError
from data_loaders.indicator_values import INDICATOR_COLUMNS, VALUE_COLUMNS, empty, typed
from data_loaders.layers import KEEP, MOST, About, Layer, LayerError, Layers, Missing, layers_folder
from data_loaders.pull_parts import INDICATORS_SCHEMA, SET_ASIDE_SCHEMA, VALUES_SCHEMA, write_table

NEL = "E54000029"
START = datetime(2026, 8, 1, 9, 30, tzinfo=UTC)
FILES = ("values.parquet", "indicators.parquet", "set_aside.parquet", "layer.json")


def values_of(indicator_ids: list[str], level: str = "pcn", rows: int = 3) -> pd.DataFrame:
    return typed(
        pd.DataFrame(
            [
                {"indicator_id": one, "area_code": f"U{number:05d}", "level": level, "value": 10.0 + number, "period_sortable": 20240000}
                for one in indicator_ids
                for number in range(rows)
            ]
        )
    )


def write(
    layers: Layers,
    day: int = 0,
    ids: tuple[str, ...] = ("219",),
    place: str = NEL,
    level: str = "pcn",
    missing: tuple[Missing, ...] = (),
    stale_since: datetime | None = None,
) -> Layer:
    moment = START + timedelta(days=day)
    layer_id = layers.new_id(place, moment)

    def fill(folder: Path) -> About:
        values = values_of(list(ids), level)
        write_table(values, VALUES_SCHEMA, folder / "values.parquet")
        write_table(empty(INDICATOR_COLUMNS), INDICATORS_SCHEMA, folder / "indicators.parquet")
        write_table(pd.DataFrame({"address": [], "row": [], "reason": [], "text": []}), SET_ASIDE_SCHEMA, folder / "set_aside.parquet")
        return About(
            place_code=place, place_name="NHS North East London", source="OHID Fingertips", origin="fingertips", address="https://example.org/api",
            pulled_at=moment, asked_from=moment, indicator_ids=ids, levels=(level,), holds={level: ids}, rows={"values": len(values)},
            missing=missing, stale_since=stale_since, stale_because="Fingertips could not be reached." if stale_since else "",
        )  # fmt: skip

    return layers.write(layer_id, fill)


@pytest.fixture
def layers(tmp_path: Path) -> Layers:
    return Layers(tmp_path / "layers")


def test_a_layer_is_read_as_it_was_written(layers: Layers) -> None:
    missing = (Missing("94138", ("pcn", "county"), "not published", "Recent reading (94138) is not published for PCNs and counties."),)
    written = write(layers, ids=("219", "253"), missing=missing, stale_since=START - timedelta(days=3))
    found = Layers(layers.folder).open(written.id)
    assert found.about == written.about
    assert found.about.missing == missing
    assert found.about.pulled_at == START
    assert list(found.values().columns) == list(VALUE_COLUMNS)
    plain = found.values().astype(VALUE_COLUMNS)
    pd.testing.assert_frame_equal(plain, values_of(["219", "253"]).astype(VALUE_COLUMNS), check_categorical=False)
    assert dict(found.indicators().dtypes.astype(str)) == {name: str(kind) for name, kind in INDICATOR_COLUMNS.items()}
    assert len(found.set_aside()) == 0


def test_a_layer_says_what_it_is_and_since_when(layers: Layers) -> None:
    assert write(layers).said == "Pulled live from OHID Fingertips for NHS North East London on 1 August 2026."
    stale = write(layers, day=1, stale_since=START - timedelta(days=3))
    assert stale.said.endswith("on 2 August 2026. Some of it is as it was on 29 July 2026: Fingertips could not be reached.")
    assert not stale.about.whole


def test_only_what_asking_again_may_help_makes_a_layer_less_than_whole(layers: Layers) -> None:
    assert write(layers, missing=(Missing("1", ("pcn",), "not published", "No."),)).about.whole
    assert not write(layers, day=1, missing=(Missing("1", ("pcn",), "not answered", "Not now."),)).about.whole


def test_newest_first_and_by_place(layers: Layers) -> None:
    old, new, other = write(layers, 0), write(layers, 2), write(layers, 1, place="E92000001")
    assert layers.ids() == (new.id, other.id, old.id)
    assert layers.ids([NEL]) == (new.id, old.id)
    assert layers.ids(["E54000030"]) == ()
    assert layers.whole([NEL]).newest == new
    assert [layer.id for layer in layers.whole([NEL, "E92000001"]).layers] == [new.id, other.id, old.id]


def test_two_layers_of_the_same_second_have_two_names(layers: Layers) -> None:
    first, second = write(layers, 0), write(layers, 0)
    assert first.id != second.id
    assert layers.ids() == (second.id, first.id)


def test_no_folder_is_no_layer(layers: Layers) -> None:
    assert layers.ids() == ()
    assert layers.whole().newest is None
    assert not layers.folder.exists()


def test_names_that_are_not_layers_are_passed_over(layers: Layers) -> None:
    layer = write(layers)
    for name in (".writing-E54000029-20270101T000000Z-abc", "notes", "E54000029-latest", ".DS_Store"):
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
def test_a_damaged_layer_is_passed_over_and_the_one_before_stands(layers: Layers, file: str, damage: Callable[[Path], None]) -> None:
    good, bad = write(layers, 0), write(layers, 1)
    damage(layers.folder / bad.id / file)
    found = layers.whole([NEL])
    assert found.layers == (good,)
    (problem,) = found.problems
    assert bad.id in problem and file in problem
    assert "so those pulled on 1 August 2026 stand in: pull them again, or delete the folder" in problem
    with pytest.raises(LayerError, match=bad.id):
        layers.open(bad.id)


def test_a_date_altered_by_hand_is_noticed(layers: Layers) -> None:
    layer = write(layers)
    path = layers.folder / layer.id / "layer.json"
    path.write_text(path.read_text(encoding="utf-8").replace("2026-08-01", "2026-09-01"), encoding="utf-8")
    assert "layer.json was altered" in layers.whole().problems[0]


def test_damage_to_the_only_layer_leaves_what_is_built_in(layers: Layers) -> None:
    _cut(layers.folder / write(layers).id / "values.parquet")
    found = layers.whole()
    assert found.newest is None
    assert "so those built into this copy stand in" in found.problems[0]


def test_another_format_is_said(layers: Layers) -> None:
    layer = write(layers)
    path = layers.folder / layer.id / "layer.json"
    text = json.loads(path.read_text(encoding="utf-8"))
    text["content"]["format"] = 2
    text["seal"] = whole_folders._seal(text["content"], text["files"])
    path.write_text(json.dumps(text), encoding="utf-8")
    assert "it is of format 2, and this version reads format 1" in layers.whole().problems[0]


def test_the_newest_are_kept_and_older_ones_that_have_nothing_of_their_own_go(layers: Layers) -> None:
    written = [write(layers, day) for day in range(6)]
    assert set(layers.remove_old(NEL)) == {layer.id for layer in written[:3]}
    assert layers.ids() == tuple(layer.id for layer in reversed(written[3:]))
    assert len(layers.ids()) == KEEP


def test_an_older_layer_stays_while_it_is_the_newest_to_have_something(layers: Layers) -> None:
    whole = write(layers, 0, ids=("219", "253"))
    later = [write(layers, day, ids=("219",)) for day in range(1, 6)]
    layers.remove_old(NEL)
    assert layers.ids() == (*(layer.id for layer in reversed(later[-3:])), whole.id)


def test_disk_is_bounded_whatever_is_pulled(layers: Layers) -> None:
    for day in range(MOST + 5):
        write(layers, day, ids=(str(100 + day),))
    layers.remove_old(NEL)
    assert len(layers.ids()) == MOST
    assert layers.ids()[0].endswith("20260817T093000Z"), "the newest of the seventeen"


def test_removing_old_layers_leaves_other_places_and_a_damaged_newest_alone(layers: Layers) -> None:
    other = write(layers, 0, place="E54000030")
    damaged_old, good, damaged_new = write(layers, 0), write(layers, 1), write(layers, 2)
    for layer in (damaged_old, damaged_new):
        _cut(layers.folder / layer.id / "values.parquet")
    assert layers.remove_old(NEL) == (damaged_old.id,)
    assert set(layers.ids()) == {other.id, good.id, damaged_new.id}


def test_a_layer_is_removed_by_name_and_only_a_layer(layers: Layers, tmp_path: Path) -> None:
    layer = write(layers)
    (tmp_path / "precious").mkdir()
    for name in ("../precious", "", "E54000029", "/"):
        with pytest.raises(LayerError, match="is not the name of live figures"):
            layers.remove(name)
    layers.remove(layer.id)
    assert layers.ids() == ()
    assert list(layers.folder.iterdir()) == []
    with pytest.raises(LayerError, match="cannot be removed"):
        layers.remove(layer.id)


def test_a_reader_that_has_a_layer_open_learns_that_it_went(layers: Layers) -> None:
    layer = write(layers)
    layers.remove(layer.id)
    with pytest.raises(LayerError, match="reload the page"):
        layer.values()


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EACCES])
def test_a_disk_that_fails_half_way_leaves_everything_as_it_was(layers: Layers, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    good = write(layers)
    before = sorted(layers.folder.rglob("*"))

    def fails(path: Path) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(whole_folders, "_to_disk", fails)
    with pytest.raises(LayerError, match="those that were there are untouched: make room") as caught:
        write(layers, 1)
    assert "\n" not in str(caught.value)
    assert sorted(layers.folder.rglob("*")) == before
    assert layers.whole().newest == good


def test_a_folder_that_is_a_file_is_said(tmp_path: Path) -> None:
    (tmp_path / "layers").write_text("in the way", encoding="utf-8")
    assert Layers(tmp_path / "layers").ids() == ()
    with pytest.raises(LayerError, match="cannot be kept in"):
        write(Layers(tmp_path / "layers"))


def test_what_a_killed_writer_left_is_cleared_by_the_next_of_that_place(layers: Layers) -> None:
    half = layers.folder / f".writing-{NEL}-20260101T000000Z-x"
    others = layers.folder / ".writing-E54000030-20260101T000000Z-x"
    for folder in (half, others):
        folder.mkdir(parents=True)
    write(layers)
    assert not half.exists()
    assert others.exists()


def _reads(folder: Path, stop: multiprocessing.synchronize.Event, seen: multiprocessing.Queue) -> None:  # type: ignore[type-arg]
    layers, problems, reads = Layers(folder), [], 0
    while not stop.is_set() or reads == 0:
        found = layers.whole([NEL])
        problems += found.problems
        try:
            if found.newest is not None and len(found.newest.values()) != 3:
                problems.append("half of a layer")
        except LayerError as error:
            problems += [] if "reload the page" in str(error) else [str(error)]
        reads += 1
    seen.put((reads, problems))


def test_processes_read_whole_layers_while_one_writes_and_removes(layers: Layers) -> None:
    context = multiprocessing.get_context("spawn")
    stop, seen = context.Event(), context.Queue()
    readers = [context.Process(target=_reads, args=(layers.folder, stop, seen)) for _ in range(2)]
    for reader in readers:
        reader.start()
    for day in range(25):
        write(layers, day)
        layers.remove_old(NEL)
    stop.set()
    outcomes = [seen.get(timeout=60) for _ in readers]
    for reader in readers:
        reader.join(30)
    assert all(reads > 0 for reads, _ in outcomes)
    assert [problem for _, problems in outcomes for problem in problems] == []


def test_threads_may_open_the_same_layer(layers: Layers) -> None:
    layer = write(layers)
    counts: list[int] = []
    threads = [threading.Thread(target=lambda: counts.append(len(layers.open(layer.id).values()))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counts == [3] * 8


def test_where_layers_are(tmp_path: Path) -> None:
    assert layers_folder({"COMMON_GROUND_DATA": str(tmp_path)}) == tmp_path / "layers"
    with pytest.raises(SettingError, match="not an absolute path"):
        layers_folder({"COMMON_GROUND_DATA": "figures"})


def test_a_date_as_people_say_it() -> None:
    assert spoken(datetime(2026, 8, 6, 23, 59, tzinfo=UTC)) == "6 August 2026"
