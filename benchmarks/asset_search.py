"""Finding community assets: words among 40,000 records, points into small areas, and opening the table of what is published."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd

from analysis.asset_records import RECORD_COLUMNS
from benchmarks import following
from benchmarks.measure import Row, timed
from data_loaders.asset_layers import AssetLayers
from data_loaders.asset_search import AssetSearch
from data_loaders.atlas import Atlas
from data_loaders.published_assets import combined, snapshot_records

RECORDS, BUDGET, OPENING = 40_000, 50, 100
ASKED = {
    "a name": "east london mosque",
    "one of the commonest words": "church",
    "eight of the commonest words": "the church of saint mary christian place of",
    "misspelt": "gurdwra slouhg",
    "no such word": "qqqqzzzz",
    "one letter": "s",
}
LINKS = {
    "Tower Hamlets, libraries alone": ("place=E09000030", "place=E09000030&kind=library"),
    "NHS North East London, a search": ("place=E54000029", "place=E54000029&q=mosque"),
    "England, one faith": ("", "tradition=Muslim"),
    "Tower Hamlets, who are we missing?": ("place=E09000030", "place=E09000030&show=missing"),
}
RERUN_BUDGET = 150


def reruns() -> Iterator[Row]:
    """The page of community assets changed and changed back, in one session of a real server."""
    yield from following.rows("directory", "rerun of community assets", "community-assets", LINKS, RERUN_BUDGET)


def searching() -> Iterator[Row]:
    """The index built for 40,000 records, then what people might type, all matches asked for."""
    atlas = Atlas()
    records, where = _table(atlas)
    fresh = np.random.default_rng(5).choice(["confirmed", "needs checking", "unconfirmed"], len(records))
    search, built = timed(lambda: AssetSearch(records, where, list(fresh)), 3, warm=0)
    yield Row("asset search", "build the index of words", built, counted=f"{len(records):,} records")
    everything = _plain_text(records, where)
    for what, typed in ASKED.items():
        found, ours = timed(partial(search.find, typed, len(records)), 15)
        _, slow = timed(partial(_plainly, everything, typed), 3)
        yield Row(
            "asset search", f"find {what}: {typed}", ours, BUDGET, naive=slow,
            naive_way="each word looked for in the text of every record; no order, no spelling", counted=f"{len(found):,} found",
        )  # fmt: skip


def opening() -> Iterator[Row]:
    """The table of what is published, and points into small areas."""
    atlas = Atlas()
    atlas.snapshot.path("community_assets")
    with TemporaryDirectory() as folder:
        table, ours = timed(lambda: combined(atlas, AssetLayers(Path(folder))), 9)
    yield Row("assets", "open what is published, with no layer", ours, OPENING, counted=f"{len(table.records):,} records")
    records = table.records[table.records["easting"].notna()]
    one = records[records["lad24cd"] == "E09000030"]
    _, first = timed(lambda: _unread(atlas).placing.of_points(one["easting"], one["northing"]), 3, warm=0)
    yield Row("assets", "place the points of one authority, the first of the process", first, 1_000, counted=f"{len(one):,} points")
    _, ours = timed(lambda: atlas.placing.of_points(one["easting"], one["northing"]), 9)
    yield Row("assets", "place the points of one authority again", ours, counted=f"{len(one):,} points")
    found, ours = timed(lambda: atlas.placing.of_points(records["easting"], records["northing"]), 3)
    right = float((found["lsoa21cd"].to_numpy() == records["lsoa21cd"].to_numpy()).mean())
    yield Row("assets", "place the points of all England", ours, counted=f"{len(records):,} points; {right:.2%} as by whole boundaries")


def _unread(atlas: Atlas) -> Atlas:
    """An atlas that has placed nothing yet, though its areas are open, as a server's are."""
    other = Atlas(atlas.snapshot)
    other.__dict__["areas"] = atlas.areas
    return other


def _table(atlas: Atlas) -> tuple[pd.DataFrame, pd.Series]:
    """40,000 records: the snapshot's, and as many of them again as that takes."""
    records = snapshot_records(atlas)
    again = records.head(RECORDS - len(records))
    both = pd.concat([records, again.assign(asset_id="again/" + again["asset_id"])], ignore_index=True)[list(RECORD_COLUMNS)]
    areas = atlas.areas.set_index("lsoa21cd")["msoa21hclnm"]
    where = both["lsoa21cd"].map(areas).fillna("") + " " + both["lad24cd"].map(atlas.names("lad24")).fillna("")
    return both, where


def _plain_text(records: pd.DataFrame, where: pd.Series) -> pd.Series:
    columns = ["name", "category", "faith_tradition", "denomination", "hosts"]
    return (records[columns].fillna("").agg(" ".join, axis=1) + " " + where).str.casefold()


def _plainly(everything: pd.Series, typed: str) -> int:
    mask = np.ones(len(everything), dtype=bool)
    for word in typed.split():
        mask &= everything.str.contains(word, regex=False).to_numpy(dtype=bool)
    return int(mask.sum())
