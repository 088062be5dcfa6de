"""Opening, looking up and handing over: the snapshot, one postcode, one system's outlines, what maps download."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date

import pandas as pd
import pyarrow.parquet as pq

from analysis.gaps import empty_partners
from analysis.neighbourhoods import core20_gaps
from analysis.reach import Reach
from analysis.vocabularies import CATEGORIES
from benchmarks import naive
from benchmarks.measure import Row, Samples, timed
from data_loaders import postcodes
from data_loaders.atlas import Atlas
from data_loaders.geometry_views import view_bytes, view_files
from data_loaders.snapshot import Snapshot
from presentation import downloads, gaps_map
from presentation.area_map import to_payload
from presentation.view import View

SYSTEM = "E54000029"
TODAY = date(2026, 9, 1)


def open_attributes() -> Iterator[Row]:
    """What the first page reads, checksums included, against reading them out of all the outlines."""
    areas, ours = timed(lambda: Atlas(Snapshot()).areas, 9)
    files = naive.lsoa_files()
    by_file, slow = timed(lambda: naive.attributes(files), 3, warm=0)
    assert len(areas) == len(by_file)
    read = sum(Snapshot().path(table).stat().st_size for table in ("small_areas", "pcn_shares", "pcns"))
    yield Row(
        "open",
        "open attributes for the first page",
        ours,
        50,
        naive=slow,
        naive_way=f"gunzip and parse the {len(files)} GeoJSON files of small areas",
        counted=f"{len(areas):,} rows × {areas.shape[1]} columns; {read / 1e6:.1f} MB hashed",
        note="a fresh Atlas and Snapshot each time: SHA-256 of three tables, their columns, each area's leading network",
    )
    opened = Snapshot()
    Atlas(opened).areas  # noqa: B018 - checks the checksums
    _, warm = timed(lambda: Atlas(opened).areas, 9)
    yield Row("open", "… of which without the checksums", warm, counted=f"{len(areas):,} rows")


def system_geometry() -> Iterator[Row]:
    """The outlines of one system: its GeoJSON download, and the addresses that its map is told."""
    atlas = Atlas()
    place = atlas.gazetteer.place(SYSTEM)
    inside = atlas.gazetteer.mask(place)
    found = core20_gaps(
        atlas.areas, inside, atlas.place_index, empty_partners(), today=TODAY, reach=Reach(), categories=CATEGORIES
    )
    index = atlas.geometry
    files = index[(index["layer"] == "lsoa") & index["key"].isin(found["lad24cd"].unique())]
    paths = [atlas.snapshot.static / path for path in files["path"]]
    content, ours = timed(lambda: downloads.to_geojson(found, "lsoa21cd", paths, []), 9)
    features, slow = timed(lambda: naive.parse(naive.lsoa_files()), 3, warm=0)
    yield Row(
        "geometry",
        f"outlines of {place.name}, as its download",
        ours,
        200,
        naive=slow,
        naive_way="parse the outlines of all England",
        counted=f"{len(found)} of {len(features):,} outlines, {len(content) / 1e6:.1f} MB out",
    )
    view = View(place=SYSTEM)
    payload, ours = timed(
        lambda: to_payload(
            gaps_map.small_area_map(atlas, view, place, found, empty_partners(), None, None, pd.Timestamp(TODAY))
        ),
        20,
    )
    yield Row(
        "geometry",
        f"outlines of {place.name}, as addresses for its map",
        ours,
        200,
        naive=slow,
        naive_way="parse the outlines of all England",
        counted=f"{len(payload['fills']['urls'])} files named, {len(repr(payload)) / 1e3:.0f} KB",
    )


def postcode() -> Iterator[Row]:
    """One postcode, reading the row group that can hold it."""
    atlas = Atlas()
    path, codes = atlas.snapshot.path("postcodes"), atlas.areas["lsoa21cd"]
    file = pq.ParquetFile(path)
    listed = file.read_row_group(file.num_row_groups // 2, columns=["postcode"]).column("postcode").to_pylist()
    wanted = random.Random(20).sample(listed, 20)
    cursor = iter(wanted * 2)
    _, ours = timed(lambda: postcodes.find(path, next(cursor), codes), 20)
    _, slow = timed(lambda: naive.postcode(path, wanted[0], codes), 3)
    assert postcodes.find(path, wanted[0], codes) == naive.postcode(path, wanted[0], codes)
    groups = file.metadata
    one = max(groups.row_group(number).total_byte_size for number in range(file.num_row_groups))
    yield Row(
        "postcode",
        "one postcode",
        ours,
        naive=slow,
        naive_way="read the whole table, then look",
        counted=f"1 of {file.num_row_groups} row groups, {one / 1e3:,.0f} KB of {path.stat().st_size / 1e6:.1f} MB; {groups.num_rows:,} postcodes",
    )


def map_downloads() -> Iterator[Row]:
    """The largest map of each kind, gzipped as a browser fetches it."""
    atlas = Atlas()
    leading = atlas.pcn_shares.loc[atlas.pcn_shares["leading"], ["lsoa21cd", "pcn_code"]]
    sums, files = view_bytes(atlas.geometry, atlas.areas, leading), view_files(atlas.geometry, atlas.areas, leading)
    largest = sums.loc[sums["bytes"].idxmax()]
    mine = files[(files["view"] == largest["view"]) & (files["view_key"] == largest["view_key"])]
    plain = naive.unpacked_bytes(atlas.snapshot.static / path for path in mine["path"])
    each = ", ".join(f"{view} {rows['bytes'].max() / 1e6:.2f}" for view, rows in sums.groupby("view"))
    yield Row(
        "downloads",
        f"largest map: {largest['view']} {largest['view_key']}",
        Samples(sums["bytes"].nlargest(1).div(1e6).tolist(), "MB"),
        1.5,
        naive=Samples([plain / 1e6], "MB"),
        naive_way="the same files without compression",
        counted=f"{largest['files']} files; largest by kind (MB): {each}",
    )
