"""Which LSOA's outline holds a point, from the outlines that the app serves to browsers: one authority's file at a time, a few kept.

The outlines are simplified by 35 m (100 m where an LSOA is over a square kilometre) from boundaries generalised to 20 m, all together, so
that they neither overlap nor leave gaps. Of the snapshot's own assets, placed by the unsimplified boundaries, 99.0% come out the same.
"""

from __future__ import annotations

import gzip
import logging
import re
import threading
import zlib
from collections import OrderedDict
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

logger = logging.getLogger(__name__)

LAYER = "lsoa"
NEAR_M = 350.0
"""How far outside every outline a point may lie and still belong to England: the 250 m that the snapshot allows for piers and moorings,
and the 100 m by which a coast may have been simplified."""
KEPT_AT_ONCE = 24
"""Authorities whose outlines are kept: some 4 MB; all of England would be 60."""
_CODE = re.compile(rb'"code":"(E01\d{6})"')
_METRES_A_DEGREE = 111_320.0

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


class Held(NamedTuple):
    """lsoa21cd: of the outline that holds each point, None where none does. near: whether one is within NEAR_M (held ones are)."""

    lsoa21cd: npt.NDArray[np.object_]
    near: Flags


class _Authority(NamedTuple):
    """Outlines in metres east and north of 0, 0 as they are at the authority's middle latitude, good to about 1% within it."""

    codes: npt.NDArray[np.object_]
    tree: shapely.STRtree
    scale: Floats


@dataclass(frozen=True, eq=False)
class LsoaOutlines:
    """Outlines by authority. index: the snapshot's `geometry` table. folder: the one that its paths begin in (`static`).

    Safe to use from several threads. A file that is missing or damaged is passed over and logged: `Snapshot.check_geometry` says so to people.
    """

    index: pd.DataFrame
    folder: Path
    _kept: OrderedDict[str, _Authority | None] = field(default_factory=OrderedDict, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def holding(self, longitude: npt.ArrayLike, latitude: npt.ArrayLike, first: npt.ArrayLike) -> Held:
        """Which outline holds each point (EPSG:4326 degrees). first: the lad24cd to look in first, such as its nearest postcode's; None
        where there is none. Other authorities are looked in only where their box holds the point, or is as near as NEAR_M."""
        points = np.column_stack([np.asarray(longitude, dtype=float), np.asarray(latitude, dtype=float)]).reshape(-1, 2)
        held = Held(np.full(len(points), None, dtype=object), np.zeros(len(points), dtype=bool))
        first = np.asarray(first, dtype=object)
        for lad24cd, at in pd.Series(first).groupby(first, sort=True).indices.items():
            if not self._look(str(lad24cd), points, np.asarray(at, dtype=np.intp), held):
                held.near[at] = True  # nothing is known against it
        lost = np.flatnonzero(pd.isna(held.lsoa21cd) & np.isfinite(points).all(axis=1))
        for lad24cd, box in zip(self._boxes.index, self._boxes.to_numpy(), strict=True):
            x, y = points[lost].T
            inside = (x >= box[0]) & (y >= box[1]) & (x <= box[2]) & (y <= box[3]) & (first[lost] != lad24cd)
            if inside.any():
                self._look(str(lad24cd), points, lost[inside], held)
                lost = lost[pd.isna(held.lsoa21cd[lost])]
        return held

    @cached_property
    def _boxes(self) -> pd.DataFrame:
        """lad24cd → west, south, east, north, NEAR_M larger on every side."""
        margin = NEAR_M / _METRES_A_DEGREE
        rows = self.index[self.index["layer"] == LAYER].set_index("key")
        sides = {"west": -2 * margin, "south": -margin, "east": 2 * margin, "north": margin}  # a degree east is over half of one north
        return pd.DataFrame({name: rows[name] + more for name, more in sides.items()})

    def _look(self, lad24cd: str, points: Floats, at: npt.NDArray[np.intp], held: Held) -> bool:
        """Note which of the points at `at` one authority's outlines hold, or come near. Whether there are outlines to look in."""
        authority = self._authority(lad24cd)
        if authority is None:
            return False
        spots = shapely.points(points[at] * authority.scale)
        which, polygon = authority.tree.query(spots, predicate="intersects")
        order = np.lexsort((authority.codes[polygon].astype(str), which))[::-1]  # on a shared edge the lower code comes last, and stays
        held.lsoa21cd[at[which[order]]] = authority.codes[polygon[order]]
        held.near[at[which]] = True
        out = np.setdiff1d(np.arange(len(at)), which)
        if len(out):
            close = authority.tree.query(spots[out], predicate="dwithin", distance=NEAR_M)[0]
            held.near[at[out[close]]] = True
        return True

    def _authority(self, lad24cd: str) -> _Authority | None:
        with self._lock:
            if lad24cd in self._kept:
                self._kept.move_to_end(lad24cd)
            else:
                self._kept[lad24cd] = self._read(lad24cd)
                if len(self._kept) > KEPT_AT_ONCE:
                    self._kept.popitem(last=False)
            return self._kept[lad24cd]

    def _read(self, lad24cd: str) -> _Authority | None:
        """One authority's outlines; None where it has no file, or one that cannot be read."""
        row = self.index[(self.index["layer"] == LAYER) & (self.index["key"] == lad24cd)]
        if row.empty:
            return None
        path = self.folder / str(row["path"].iloc[0])
        try:
            raw = gzip.decompress(path.read_bytes())
            polygons: npt.NDArray[Any] = shapely.get_parts(shapely.from_geojson(raw))
        except (OSError, EOFError, zlib.error, shapely.errors.GEOSException) as error:
            logger.warning("The outlines %s cannot be read (%s): places there are found by the nearest postcode", path.name, error)
            return None
        codes = np.array([code.decode() for code in _CODE.findall(raw)], dtype=object)
        if len(codes) != len(polygons):
            logger.warning("The outlines %s are not one for each LSOA: places there are found by the nearest postcode", path.name)
            return None
        middle = np.radians((float(row["south"].iloc[0]) + float(row["north"].iloc[0])) / 2)
        scale = np.array([_METRES_A_DEGREE * np.cos(middle), _METRES_A_DEGREE])
        return _Authority(codes, shapely.STRtree(shapely.transform(polygons, lambda degrees: degrees * scale)), scale)
