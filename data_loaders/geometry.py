"""Map geometry for browsers: from ONS boundaries to small, content-hashed GeoJSON files and an index.

File to file and without a clock: the same inputs give the same bytes. Small areas are simplified together and
every outline is dissolved from them, so that an outline runs exactly along the small areas inside it.
Areas are worked in EPSG:27700 metres and written in EPSG:4326.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import shapely

from data_loaders.geometry_coverage import (
    Geometries,
    as_coverage,
    dissolve,
    drop_specks,
    invalid_edges,
    read_boundaries,
    simplify,
    simplify_by_size,
    to_degrees,
)
from data_loaders.geometry_files import LayerWriter, remove_stale, staged

FINE, COARSE, LARGE = 35.0, 100.0, 1_000_000.0
"""Metres of tolerance for small areas, metres between two that are over LARGE, and LARGE in square metres.

The ONS layer is itself generalised to 20 m. One tolerance for all would need 60 m, and twice the error in
towns, to come to the same size."""
OUTLINE_TOLERANCE = 100.0
"""Metres, for a system's own outline, seen at about 100 m a pixel."""
OVERVIEW_TOLERANCE = {"pcn": 250.0, "lad24": 300.0, "icb24": 400.0, "icb26": 400.0, "rgn": 400.0}
"""Metres, for maps of all England, seen at about 600 m a pixel."""
DETAIL_DECIMALS = 5
OVERVIEW_DECIMALS = 4
MAX_VIEW_BYTES = 1_500_000
"""What one map may download, gzipped."""

ENGLAND = "england"
_NEEDED = [
    "lsoa21cd",
    "lsoa21nm",
    "msoa21cd",
    "msoa21hclnm",
    "lad24cd",
    "lad24nm",
    "icb24cd",
    "icb24nm",
    "icb26cd",
    "icb26nm",
    "rgncd",
    "rgnnm",
    "pop_mid2022",
    "pwc_lon",
    "pwc_lat",
]
_SAY_NOTHING: Callable[[str], None] = lambda _: None  # noqa: E731


def build(
    boundaries_path: Path,
    small_areas: pd.DataFrame,
    leading_pcn: pd.DataFrame,
    msoa_names: pd.DataFrame | None,
    assets: pd.DataFrame,
    out_dir: Path,
    progress: Callable[[str], None] = _SAY_NOTHING,
    *,
    keep_old: bool = False,
) -> pd.DataFrame:
    """Build every map layer into `out_dir` (`static/geometry`) and return the index of files.

    Takes: `boundaries_path`, LSOA 2021 polygons as GeoParquet; `small_areas`, a row an LSOA, with names,
    parent codes, pop_mid2022 (people) and pwc_lon, pwc_lat (degrees); `leading_pcn`: lsoa21cd, pcn_code,
    pcn_name (an LSOA without one may be absent); `msoa_names`: msoa21cd, msoa21hclnm, or None to use
    small_areas' own; `assets`: asset_id, name, category, faith_tradition, longitude, latitude, lad24cd (rows
    without a position or an authority are left out and counted). `progress` is told in words what is happening.

    Gives INDEX_COLUMNS: layer, key, path (relative to `out_dir`'s parent), bytes (as downloaded), features,
    west, south, east, north (degrees). Layers and keys: `lsoa`, `labels` (neighbourhood names) and `places`
    (community assets) by lad24cd; `lad24`, `icb24`, `icb26` outlines by their own code; `pcn` by the ICB of
    April 2024 that `pcn_home` gives; and all of `pcn`, `lad24`, `icb24`, `icb26`, `rgn`, `labels` (authority
    names) for "england". An authority without assets has no `places` file.

    A build that fails leaves the last files untouched. Files that the new index does not name are removed
    last; `keep_old` leaves them for a caller that must store the index first and then calls `remove_stale`.
    Errors: SourceError (boundaries), ValueError (the frames).
    """
    areas = _checked(small_areas, msoa_names)
    pcn = areas[["lsoa21cd"]].merge(leading_pcn, on="lsoa21cd", how="left", validate="one_to_one")

    progress("Reading small-area boundaries")
    polygons, repaired = read_boundaries(boundaries_path, areas["lsoa21cd"].tolist())
    polygons, before, cleaned = as_coverage(polygons)
    progress(f"{len(polygons):,} boundaries, {repaired} repaired; unmatched edges in {before}, {cleaned} once cleaned")
    polygons = simplify_by_size(polygons, FINE, COARSE, LARGE)
    progress(f"Simplified to {FINE:g}-{COARSE:g} m; unmatched edges in {invalid_edges(polygons)}")

    with staged(out_dir) as writer:
        _write_small_areas(writer, polygons, areas)
        _write_outlines(writer, polygons, areas, progress)
        _write_pcns(writer, polygons, areas, pcn)
        _write_labels(writer, areas)
        left_out = _write_places(writer, assets)
        index = writer.index()
    if left_out:
        progress(f"{left_out:,} community assets have no position or authority and are not drawn")
    removed = 0 if keep_old else remove_stale(out_dir, index)
    progress(f"{len(index):,} map files, {index['bytes'].sum() / 1e6:.1f} MB; {removed} old ones removed")
    return index


def _checked(small_areas: pd.DataFrame, msoa_names: pd.DataFrame | None) -> pd.DataFrame:
    missing = [column for column in _NEEDED if column not in small_areas]
    if missing:
        raise ValueError(f"small_areas lacks {', '.join(missing)}: every map layer is keyed by it.")
    areas = small_areas[_NEEDED].sort_values("lsoa21cd", ignore_index=True)
    if msoa_names is not None:
        names = areas["msoa21cd"].map(msoa_names.set_index("msoa21cd")["msoa21hclnm"])
        areas["msoa21hclnm"] = names.fillna(areas["msoa21hclnm"])
    doubled = areas["lsoa21cd"][areas["lsoa21cd"].duplicated()]
    if len(doubled):
        raise ValueError(f"small_areas has {doubled.iloc[0]} more than once: keep one row for each LSOA.")
    blank = areas.isna().any()
    if blank.any():
        column = blank.idxmax()
        first = areas.loc[areas[column].isna(), "lsoa21cd"].iloc[0]
        raise ValueError(f"small_areas has no {column} for {first}: an area without it would be missing from the map.")
    return areas


def _properties(codes: pd.Index, names: pd.Series) -> pd.DataFrame:
    return pd.DataFrame({"code": codes, "name": names.loc[codes].to_numpy()})


def _names(frame: pd.DataFrame, code: str, name: str) -> pd.Series:
    return frame.drop_duplicates(code).set_index(code)[name]


def _write_small_areas(writer: LayerWriter, polygons: Geometries, areas: pd.DataFrame) -> None:
    properties = pd.DataFrame({"code": areas["lsoa21cd"], "name": areas["msoa21hclnm"] + " · " + areas["lsoa21nm"]})
    writer.write_by("lsoa", areas["lad24cd"], to_degrees(polygons, DETAIL_DECIMALS), properties)


def _write_overview(writer: LayerWriter, layer: str, outlines: pd.Series, names: pd.Series) -> None:
    tolerance = OVERVIEW_TOLERANCE[layer]
    drawn = drop_specks(simplify(outlines.to_numpy(), tolerance), tolerance**2)
    writer.write(layer, ENGLAND, to_degrees(drawn, OVERVIEW_DECIMALS), _properties(outlines.index, names))


def _write_outlines(
    writer: LayerWriter, polygons: Geometries, areas: pd.DataFrame, progress: Callable[[str], None]
) -> None:
    for layer, code, name in (
        ("lad24", "lad24cd", "lad24nm"),
        ("icb24", "icb24cd", "icb24nm"),
        ("icb26", "icb26cd", "icb26nm"),
        ("rgn", "rgncd", "rgnnm"),
    ):
        progress(f"Drawing outlines: {layer}")
        outlines = dissolve(polygons, areas[code])
        names = _names(areas, code, name)
        _write_overview(writer, layer, outlines, names)
        if layer == "rgn":
            continue
        detail = outlines.to_numpy() if layer == "lad24" else simplify(outlines.to_numpy(), OUTLINE_TOLERANCE)
        properties = _properties(outlines.index, names)
        writer.write_by(layer, properties["code"], to_degrees(detail, DETAIL_DECIMALS), properties)


def _write_pcns(writer: LayerWriter, polygons: Geometries, areas: pd.DataFrame, pcn: pd.DataFrame) -> None:
    if pcn["pcn_code"].isna().all():
        raise ValueError("leading_pcn names none of the small areas: check that its lsoa21cd are LSOA 2021 codes.")
    outlines = dissolve(polygons, pcn["pcn_code"])
    names = _names(pcn.dropna(subset=["pcn_code"]), "pcn_code", "pcn_name")
    home = pcn_home(areas, pcn).loc[outlines.index]
    _write_overview(writer, "pcn", outlines, names)
    shapes = to_degrees(outlines.to_numpy(), DETAIL_DECIMALS)
    writer.write_by("pcn", home, shapes, _properties(outlines.index, names))


def pcn_home(small_areas: pd.DataFrame, leading_pcn: pd.DataFrame) -> pd.Series:
    """The ICB (icb24cd) whose `pcn` file holds a PCN: where most people live in the LSOAs that it leads.

    Indexed by pcn_code. A tie goes to the lower code, so that a rebuild files it in the same place.
    """
    led = leading_pcn[["lsoa21cd", "pcn_code"]].dropna()
    people = led.merge(small_areas[["lsoa21cd", "icb24cd", "pop_mid2022"]], on="lsoa21cd")
    return _where_most_live(people, "pcn_code", "icb24cd")


def _where_most_live(frame: pd.DataFrame, code: str, parent: str) -> pd.Series:
    people = frame.groupby([code, parent])["pop_mid2022"].sum().reset_index(name="people")
    ranked = people.sort_values([code, "people", parent], ascending=[True, False, True])
    most: pd.Series = ranked.drop_duplicates(code).set_index(code)[parent]
    return most


def _weighted_points(frame: pd.DataFrame, by: str) -> pd.DataFrame:
    """Population-weighted mean of centroids (degrees) and people, by code.

    Averaging degrees instead of metres moves a point by tens of metres at most: less than a label is wide.
    """
    weight = frame["pop_mid2022"].to_numpy(dtype=float)
    moments = pd.DataFrame({"x": frame["pwc_lon"] * weight, "y": frame["pwc_lat"] * weight, "weight": weight})
    sums = moments.groupby(frame[by], sort=True).sum()
    return pd.DataFrame(
        {
            "lon": sums["x"] / sums["weight"],
            "lat": sums["y"] / sums["weight"],
            "weight": sums["weight"].astype(int),
        }
    )


def _points(lon: pd.Series, lat: pd.Series) -> Geometries:
    degrees = np.column_stack([lon.to_numpy(dtype=float), lat.to_numpy(dtype=float)])
    return np.asarray(shapely.points(np.round(degrees, DETAIL_DECIMALS)), dtype=object)


def _write_labels(writer: LayerWriter, areas: pd.DataFrame) -> None:
    msoas = _weighted_points(areas, "msoa21cd")
    msoas["name"] = _names(areas, "msoa21cd", "msoa21hclnm")
    # An MSOA that a boundary change split between authorities is named in the one where most of it lives.
    authority = _where_most_live(areas, "msoa21cd", "lad24cd").loc[msoas.index]
    writer.write_by("labels", authority, _points(msoas["lon"], msoas["lat"]), msoas[["name", "weight"]])

    places = _weighted_points(areas, "lad24cd")
    places["name"] = _names(areas, "lad24cd", "lad24nm")
    writer.write("labels", ENGLAND, _points(places["lon"], places["lat"]), places[["name", "weight"]])


def _write_places(writer: LayerWriter, assets: pd.DataFrame) -> int:
    """Write community assets by authority; return how many have no position or authority."""
    drawn = assets.dropna(subset=["longitude", "latitude", "lad24cd"]).sort_values("asset_id", ignore_index=True)
    properties = drawn[["asset_id", "name", "category", "faith_tradition"]].rename(
        columns={"asset_id": "id", "faith_tradition": "faith"}
    )
    writer.write_by("places", drawn["lad24cd"], _points(drawn["longitude"], drawn["latitude"]), properties)
    return len(assets) - len(drawn)
