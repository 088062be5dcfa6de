"""The smaller sources against the publishers' files and the committed snapshot."""

from __future__ import annotations

import json
import re
from types import ModuleType

import numpy as np
import pandas as pd
import pytest

from data_loaders import ace_libraries, givefood, gla_community_centres
from data_loaders.atlas import Atlas
from data_loaders.placing import Placing
from tests.conftest import SHARED_DATA


@pytest.fixture(scope="module")
def placing(atlas: Atlas) -> Placing:
    return Placing(atlas.snapshot.path("postcodes"), atlas.areas["lsoa21cd"], atlas.areas["lad24cd"])


@pytest.mark.parametrize(
    ("module", "kept", "aside", "lsoa", "authority"),
    [(ace_libraries, 2_926, 561, 0.99, 1.0), (gla_community_centres, 903, 0, 0.90, 0.995)],
)
def test_the_records_are_the_snapshots(
    atlas: Atlas, placing: Placing, module: ModuleType, kept: int, aside: int, lsoa: float, authority: float
) -> None:
    """Every row of the snapshot with its id and words; only what the snapshot merged is more. Areas: nearest postcode for polygon."""
    found = module.assets(module.read(SHARED_DATA / module.FILE), placing)
    assert (len(found.records), len(found.set_aside)) == (kept, aside)
    assets = atlas.snapshot.table("community_assets")
    snapshot = assets[assets["source"].eq(module.SOURCE)].set_index("asset_id")
    records = found.records.set_index("asset_id")
    matches = atlas.snapshot.table("asset_matches")
    merged = set(matches.loc[matches["decision"].eq("merged"), "other_id"])
    assert set(records.index) - set(snapshot.index) <= merged and set(snapshot.index) <= set(records.index)
    records = records.loc[snapshot.index]
    same = [column for column in snapshot.columns if column not in ("lsoa21cd", "lad24cd", "location_id")]
    pd.testing.assert_frame_equal(records[same], snapshot[same], check_dtype=False, rtol=0, atol=1e-9)
    for column, share in (("lsoa21cd", lsoa), ("lad24cd", authority)):
        assert (records[column].fillna("") == snapshot[column].fillna("")).mean() >= share, column


@pytest.mark.parametrize("module", [ace_libraries, gla_community_centres])
def test_bytes_are_read_as_the_file_is(module: ModuleType) -> None:
    path = SHARED_DATA / module.FILE
    pd.testing.assert_frame_equal(module.read(path), module.read(path.read_bytes()))


def test_every_recorded_food_bank_is_kept_or_told(placing: Placing) -> None:
    path = SHARED_DATA / givefood.RECORDED
    found = givefood.read(path, placing, published=givefood.RECORDED_MONTH)
    assert (found.found, len(found.records), len(found.set_aside)) == (306, 233, 73)
    assert found.notes == ("233 places of 163 food banks.",)
    rows = json.loads(path.read_text(encoding="utf-8"))
    numbers = found.set_aside["row"].str.removeprefix("row ").astype(int)
    said = dict(zip(numbers, found.set_aside["problem"], strict=True))
    # The 49 that the list itself says are elsewhere, and none that is told to be in England by a postcode of England.
    assert all("it is in" in said[number] for number, row in enumerate(rows, 1) if row["country"] != "England")
    # A food bank's country is not its place's: the Salvation Army's in Cardiff, Inverness and Belfast are listed as England.
    wrong = [rows[number - 1]["postcode"][:2] for number, problem in said.items() if rows[number - 1]["country"] == "England" and "is in" in problem]
    assert len(wrong) == 17 and {"CF", "IV", "BT"} <= set(wrong)
    assert sum("not a food bank" in problem for problem in said.values()) == 6


def test_recorded_points_agree_with_their_own_postcodes(placing: Placing) -> None:
    """An independent reference: the Ordnance Survey's centre of each postcode."""
    records = givefood.read(SHARED_DATA / givefood.RECORDED, placing).records
    home = placing.of_postcodes(records["postcode"])
    metres = np.hypot(home["easting"] - records["easting"], home["northing"] - records["northing"])
    assert metres.notna().mean() > 0.98 and metres.median() < 60 and metres.max() < 3_000
    assert (home["lad24cd"] == records["lad24cd"]).mean() > 0.98


def test_the_hint_of_a_faith_host_is_narrower_than_a_keyword_test(placing: Placing) -> None:
    """A bare keyword test finds faith hosts in 63% of this list: it takes streets named after churches for churches."""
    records = givefood.read(SHARED_DATA / givefood.RECORDED, placing).records
    rows = json.loads((SHARED_DATA / givefood.RECORDED).read_text(encoding="utf-8"))
    words = re.compile(r"church|chapel|salvation army|st\.? \w+'?s\b|methodist|baptist|mosque|temple|christian|parish", re.IGNORECASE)
    bare = sum(words.search(f"{row['name']} {row['location_name']} {row['address']}") is not None for row in rows) / len(rows)
    hinted = records["hosts"].notna().mean()
    assert bare > 0.6 and 0.35 < hinted < 0.5
    assert records[["faith_kind", "faith_tradition"]].isna().all(axis=None)
