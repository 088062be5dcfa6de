"""Placing points: by the outlines that the app serves, otherwise by the nearest postcode; held to what the builder found by whole boundaries."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from data_loaders import lsoa_outlines, placing
from data_loaders.atlas import Atlas
from data_loaders.lsoa_outlines import LsoaOutlines
from data_loaders.placing import Placing

TOWER_HAMLETS = "E09000030"


@pytest.fixture(scope="module")
def assets(atlas: Atlas) -> pd.DataFrame:
    """The snapshot's assets that stand inside an LSOA: the builder placed them by the unsimplified boundaries."""
    frame = atlas.snapshot.table("community_assets")
    return frame[frame["lsoa21cd"].notna() & frame["position_quality"].ne("nearest")].reset_index(drop=True)


def fresh(atlas: Atlas, folder: Path | None = None) -> Placing:
    """A placing with outlines of its own, to see what it reads."""
    outlines = LsoaOutlines(atlas.geometry, folder or atlas.snapshot.static)
    return Placing(atlas.snapshot.path("postcodes"), atlas.areas["lsoa21cd"], atlas.areas["lad24cd"], outlines)


def test_nearly_every_asset_gets_the_lsoa_and_authority_that_the_whole_boundaries_give_it(atlas: Atlas, assets: pd.DataFrame) -> None:
    found = atlas.placing.of_points(assets["easting"], assets["northing"])
    assert found["problem"].isna().all()
    assert (found["lsoa21cd"].to_numpy() == assets["lsoa21cd"].to_numpy()).mean() >= 0.99
    assert (found["lad24cd"].to_numpy() == assets["lad24cd"].to_numpy()).mean() >= 0.9998
    alone = Placing(atlas.placing.path, atlas.placing.lsoa21cd, atlas.placing.lad24cd).of_points(assets["easting"], assets["northing"])
    assert (alone["lsoa21cd"].to_numpy() == assets["lsoa21cd"].to_numpy()).mean() < 0.93, "the outlines are what makes the difference"


def test_degrees_and_metres_say_the_same(atlas: Atlas, assets: pd.DataFrame) -> None:
    some = assets.sample(300, random_state=2)
    by_degrees = atlas.placing.of_degrees(some["longitude"], some["latitude"])
    by_metres = atlas.placing.of_points(by_degrees["easting"], by_degrees["northing"])
    assert (by_degrees["lsoa21cd"] == by_metres["lsoa21cd"]).mean() > 0.995
    assert np.hypot(by_degrees["easting"].to_numpy() - some["easting"], by_degrees["northing"].to_numpy() - some["northing"]).max() < 1


def test_one_authority_reads_its_own_file_and_few_others(atlas: Atlas, assets: pd.DataFrame) -> None:
    mine = fresh(atlas)
    some = assets[assets["lad24cd"] == TOWER_HAMLETS]
    found = mine.of_points(some["easting"], some["northing"])
    assert found["lad24cd"].eq(TOWER_HAMLETS).all()
    assert mine.outlines is not None
    read = set(mine.outlines._kept)
    assert TOWER_HAMLETS in read and len(read) <= 3


def test_outlines_that_are_kept_are_bounded(atlas: Atlas, assets: pd.DataFrame) -> None:
    mine = fresh(atlas)
    one_each = assets.drop_duplicates("lad24cd").head(40)
    assert len(one_each) == 40
    mine.of_points(one_each["easting"], one_each["northing"])
    assert mine.outlines is not None
    assert len(mine.outlines._kept) == lsoa_outlines.KEPT_AT_ONCE


@pytest.mark.parametrize(
    ("name", "longitude", "latitude", "problem"),
    [
        ("Chepstow, in Wales, 500 m from an English postcode", -2.6755, 51.6414, placing.OUTSIDE),
        ("Gretna, in Scotland", -3.07, 54.996, placing.OUTSIDE),
        ("the sea off Eastbourne", 0.2, 50.70, placing.OUTSIDE),
        ("the North Sea", 2.5, 54.0, placing.FAR_AWAY),
        ("swapped", 51.5, -0.1, placing.SWAPPED),
        ("nought", 0.0, 0.0, placing.NOUGHT),
        ("nothing", float("nan"), 51.0, placing.NOT_NUMBERS),
        ("infinity", float("inf"), 51.0, placing.NOT_NUMBERS),
    ],
)
def test_what_is_not_in_england_is_told_so(atlas: Atlas, name: str, longitude: float, latitude: float, problem: str) -> None:
    found = atlas.placing.of_degrees([longitude], [latitude]).iloc[0]
    assert found["problem"] == problem, name
    assert pd.isna(found["lsoa21cd"]) and pd.isna(found["lad24cd"])


@pytest.mark.parametrize(
    ("name", "longitude", "latitude", "lad24cd"),
    [
        ("Cross Fell, 4 km from a postcode", -2.487, 54.703, "E06000064"),
        ("Inner Farne, an island", -1.6556, 55.6165, "E06000057"),
        ("St Mary's, Isles of Scilly", -6.314, 49.914, "E06000053"),
        ("half-way along Brighton's pier, which no outline holds", -0.1369, 50.8172, "E06000043"),
    ],
)
def test_far_moors_islands_and_piers_are_in_england(atlas: Atlas, name: str, longitude: float, latitude: float, lad24cd: str) -> None:
    found = atlas.placing.of_degrees([longitude], [latitude]).iloc[0]
    assert pd.isna(found["problem"]) and found["lad24cd"] == lad24cd, name


@pytest.mark.parametrize("content", [None, b"not gzip", b""], ids=["missing", "damaged", "empty"])
def test_without_an_authoritys_outlines_the_nearest_postcode_stands_in(
    atlas: Atlas, assets: pd.DataFrame, tmp_path: Path, content: bytes | None, caplog: pytest.LogCaptureFixture
) -> None:
    index = atlas.geometry
    file = tmp_path / str(index[(index["layer"] == "lsoa") & (index["key"] == TOWER_HAMLETS)]["path"].iloc[0])
    file.parent.mkdir(parents=True)
    if content is not None:
        file.write_bytes(content)
    some = assets[assets["lad24cd"] == TOWER_HAMLETS].head(50)
    index_of_one = index[(index["layer"] == "lsoa") & (index["key"] == TOWER_HAMLETS)]
    mine = Placing(atlas.placing.path, atlas.placing.lsoa21cd, atlas.placing.lad24cd, LsoaOutlines(index_of_one, tmp_path))
    found = mine.of_points(some["easting"], some["northing"])
    alone = Placing(mine.path, mine.lsoa21cd, mine.lad24cd).of_points(some["easting"], some["northing"])
    assert found["lsoa21cd"].equals(alone["lsoa21cd"]) and found["problem"].isna().all()
    assert "nearest postcode" in caplog.text


def test_threads_find_the_same(atlas: Atlas, assets: pd.DataFrame) -> None:
    mine, some = fresh(atlas), assets.sample(800, random_state=3)
    wanted = atlas.placing.of_points(some["easting"], some["northing"])["lsoa21cd"]
    answers: list[pd.Series] = []
    threads = [threading.Thread(target=lambda: answers.append(mine.of_points(some["easting"], some["northing"])["lsoa21cd"])) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 4 and all(each.equals(wanted) for each in answers)


def test_no_point_is_no_row(atlas: Atlas) -> None:
    assert len(atlas.placing.of_points([], [])) == 0
    assert list(atlas.placing.of_degrees([], []).columns) == ["lsoa21cd", "lad24cd", "metres", "problem", "easting", "northing"]


def test_postcodes_that_are_not_live_and_none_at_all(atlas: Atlas) -> None:
    found = atlas.placing.of_postcodes(pd.Series(["RM96QD", None, "ZZ99ZZ", "RM96QD"], index=[5, 6, 7, 8]))
    assert found["lsoa21cd"].fillna("").tolist() == ["E01000090", "", "", "E01000090"] and found.index.tolist() == [5, 6, 7, 8]
    assert found["lad24cd"].fillna("").tolist() == ["E09000002", "", "", "E09000002"]
    for nothing in (pd.Series([None, None], dtype="str"), pd.Series([], dtype="str")):
        none = atlas.placing.of_postcodes(nothing)
        assert len(none) == len(nothing) and none["easting"].isna().all()
