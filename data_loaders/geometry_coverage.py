"""Polygon coverages: read, repair, simplify together, dissolve, take to longitude and latitude.

A coverage is a set of polygons that do not overlap and whose neighbours have the same vertices along the
edge they share. Everything here keeps it one: areas are simplified all at once, never one by one, so that no
gap or overlap opens between neighbours. Metres are EPSG:27700 (British National Grid), degrees EPSG:4326.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from data_loaders.columns import require_columns
from data_loaders.errors import SourceError

Geometries = npt.NDArray[Any]

METRES = 27700
DEGREES = 4326


def read_boundaries(path: Path, codes: Sequence[str]) -> tuple[Geometries, int]:
    """Read LSOA 2021 polygons in the order of `codes`, in EPSG:27700, each valid.

    `path` is GeoParquet with LSOA21CD and geometry, in any coordinate system that it declares. Codes that
    are in the file but not asked for (Wales) are left out. Returns the polygons and how many were repaired.
    SourceError: a missing file or column, no coordinate system, a code missing, doubled or without an area.
    """
    if not path.is_file():
        raise SourceError(path, "the file is missing", f"it at {path}", "Check --source.")
    try:
        require_columns(path, pq.read_schema(path).names, ["LSOA21CD", "geometry"])
        frame = gpd.read_parquet(path, columns=["LSOA21CD", "geometry"])
    except (pa.ArrowInvalid, OSError, ValueError) as error:
        raise SourceError(
            path, f"it cannot be read as GeoParquet ({error})", "a whole file", "Fetch it again."
        ) from error
    if frame.crs is None:
        raise SourceError(path, "it declares no coordinate system", "EPSG:4326 or EPSG:27700", "Fetch it again.")

    doubled = frame["LSOA21CD"][frame["LSOA21CD"].duplicated()]
    if len(doubled):
        raise SourceError(path, f"LSOA21CD has {_some(doubled)} more than once", "each code once", "Fetch it again.")
    frame = frame.set_index("LSOA21CD")
    absent = pd.Index(codes).difference(frame.index)
    if len(absent):
        raise SourceError(
            path, f"column LSOA21CD lacks {_some(absent)}", "a polygon for each small area", "Fetch it again."
        )
    frame = frame.loc[list(codes)].to_crs(METRES)
    geometries, repaired = repair(np.asarray(frame.geometry.array, dtype=object))
    empty = shapely.is_empty(geometries) | shapely.is_missing(geometries)
    if empty.any():
        raise SourceError(
            path, f"no area is left of {_some(frame.index[empty])}", "a polygon for each", "Fetch it again."
        )
    return geometries, repaired


def _some(codes: pd.Index | pd.Series) -> str:
    first = ", ".join(map(str, codes[:3]))
    return f"{len(codes)} codes (first: {first})" if len(codes) > 3 else first


def repair(geometries: Geometries) -> tuple[Geometries, int]:
    """Make invalid polygons valid (`shapely.make_valid`, linework method), keeping their areal parts only.

    Returns a new array and the number repaired. One of no area at all becomes an empty polygon, which the
    caller decides about. On the ONS layer this leaves every edge matched; the structure method, which fills
    a shell drawn inside another, lays five polygons over their neighbours.
    """
    geometries = geometries.copy()
    bad = np.flatnonzero(~shapely.is_valid(geometries))
    for i, fixed in zip(bad, shapely.make_valid(geometries[bad]), strict=True):
        areal = [part for part in shapely.get_parts(fixed) if part.geom_type in ("Polygon", "MultiPolygon")]
        geometries[i] = shapely.union_all(areal) if areal else shapely.Polygon()
    return geometries, len(bad)


def invalid_edges(geometries: Geometries) -> int:
    """How many polygons have an edge that a neighbour overlaps or does not match; 0 is a valid coverage."""
    return int((~shapely.is_empty(shapely.coverage_invalid_edges(geometries))).sum())


def as_coverage(geometries: Geometries) -> tuple[Geometries, int, int]:
    """Make polygons in metres a valid coverage, touching nothing when they already are one.

    Returns the polygons and the number with invalid edges before and after. Method: `shapely.coverage_clean`
    (GEOS 3.14), which gives each overlap to the neighbour with the longest border and matches edges. Snapping
    to a grid was tried on the ONS layer and made a valid coverage invalid (47 polygons at 0.5 m, 111 at 1 m).
    """
    before = invalid_edges(geometries)
    if before == 0:
        return geometries, 0, 0
    cleaned = np.asarray(shapely.coverage_clean(geometries), dtype=object)
    if shapely.is_empty(cleaned).any():
        # A polygon wholly under another would vanish; better a drawing with an overlap than one without it.
        return geometries, before, before
    return cleaned, before, invalid_edges(cleaned)


def simplify(geometries: Geometries, tolerance: float) -> Geometries:
    """Simplify a coverage so that neighbours still share edges.

    `tolerance` is metres: vertices whose triangle with their neighbours is smaller than its square go
    (Visvalingam-Whyatt on the coverage's edges, `shapely.coverage_simplify`).
    """
    return np.asarray(shapely.coverage_simplify(geometries, tolerance), dtype=object)


def simplify_by_size(geometries: Geometries, fine: float, coarse: float, large: float) -> Geometries:
    """Simplify a coverage, more where areas are large: `coarse` between areas over `large` square metres.

    `fine` and `coarse` are metres as in `simplify`. A large area is looked at from further away and has most
    of the vertices. Its edges with other large ones are simplified first while every other edge stays as it
    is, so that the whole is still a coverage when all of it is simplified to `fine`.
    """
    geometries = geometries.copy()
    big = shapely.area(geometries) > large
    if big.any():
        geometries[big] = shapely.coverage_simplify(geometries[big], coarse, simplify_boundary=False)
    return simplify(geometries, fine)


def dissolve(geometries: Geometries, keys: pd.Series) -> pd.Series:
    """Union the polygons of a coverage by key; rows without a key are left out.

    `keys` is aligned with `geometries` by position. Returns geometries indexed by key, in key order, which
    again form a coverage and run along exactly the same vertices.
    """
    keys = keys.reset_index(drop=True)
    groups = keys.groupby(keys, sort=True).indices
    return pd.Series({key: shapely.coverage_union_all(geometries[rows]) for key, rows in groups.items()}, dtype=object)


def drop_specks(geometries: Geometries, area: float) -> Geometries:
    """Drop parts smaller than `area` (square metres), always keeping the largest part of each geometry."""
    parts, owner = shapely.get_parts(geometries, return_index=True)
    size = shapely.area(parts)
    largest = pd.Series(size).groupby(owner).transform("max").to_numpy()
    keep = (size >= area) | (size == largest)
    kept, owner = parts[keep], owner[keep]
    out: Geometries = np.array([shapely.Polygon()] * len(geometries), dtype=object)
    single = np.bincount(owner, minlength=len(geometries)) == 1
    alone = single[owner]
    out[owner[alone]] = kept[alone]
    many = np.flatnonzero(~alone)
    shapely.multipolygons(kept[many], indices=owner[many], out=out)
    return out


def to_degrees(geometries: Geometries, decimals: int) -> Geometries:
    """Take polygons from EPSG:27700 to EPSG:4326, rounded, valid, wound as RFC 7946 asks.

    Rounding moves a shared vertex alike on both sides. A geometry that rounding makes cross itself is
    repaired on the same grid; one that would vanish keeps its full precision.
    """
    exact = np.asarray(gpd.GeoSeries(geometries, crs=METRES).to_crs(DEGREES).array, dtype=object)
    rounded = shapely.transform(exact, lambda xy: np.round(xy, decimals))
    bad = np.flatnonzero(~shapely.is_valid(rounded))
    if len(bad):
        # Structure, not linework: rounding can fold a ring flat, which linework refuses beside areas.
        fixed = shapely.make_valid(rounded[bad], method="structure", keep_collapsed=False)
        fixed = shapely.set_precision(fixed, 10.0**-decimals)
        fixed = shapely.transform(fixed, lambda xy: np.round(xy, decimals))
        rounded[bad] = np.where(shapely.is_empty(fixed) | ~shapely.is_valid(fixed), exact[bad], fixed)
    return np.asarray(shapely.orient_polygons(rounded), dtype=object)
