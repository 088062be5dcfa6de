"""Which LSOA and authority a point or a postcode lies in, for many at once, from the snapshot's outlines and live postcodes.

A point takes the LSOA whose outline (simplified, as browsers draw it) holds it; one that no outline holds, such as on a pier, takes that of
the nearest live postcode. Measured on the snapshot's own 35,829 assets inside an LSOA, which the builder placed by unsimplified boundaries:
99.03% get the same LSOA and 99.99% the same authority. By the nearest postcode alone it was 91.8% and 99.85%.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow.parquet as pq
from pyproj import Transformer
from scipy.spatial import cKDTree

from data_loaders.lsoa_outlines import LsoaOutlines

FURTHEST_FROM_A_POSTCODE_M = 25_000.0
IN_THE_SEA_M = 5_000.0
"""Nobody's postcode within this distance of a point given in degrees or metres: it is more likely a slip than a place."""
_TO_GRID = Transformer.from_crs(4326, 27700, always_xy=True)
Floats = npt.NDArray[np.float64]

SWAPPED = "longitude and latitude look swapped: in England the latitude is about 52 and the longitude about 0"
NOUGHT = "the position is 0, 0, which is off West Africa: it was left blank by somebody's software"
NOT_NUMBERS = "the position is not two numbers"
FAR_AWAY = "the position is not in England"
IN_THE_SEA = "the position is more than 5 km from any English postcode, in the sea or across a border"
OUTSIDE = "the position is outside England, across a border or in the sea"


@dataclass(frozen=True, eq=False)
class Placing:
    """Finds where things are. path: the snapshot's postcode table. lsoa21cd, lad24cd: of every small area, in the table's order.
    outlines: of the small areas; without them a point is placed by its nearest postcode alone.

    What it builds to find points takes some 80 MB (110 while it is built), once for the process, on first use.
    """

    path: Path
    lsoa21cd: pd.Series
    lad24cd: pd.Series
    outlines: LsoaOutlines | None = None

    @cached_property
    def _points(self) -> tuple[cKDTree, npt.NDArray[np.intp]]:
        table = pq.read_table(self.path, columns=["easting", "northing", "lsoa_row"])
        points = np.empty((table.num_rows, 2))
        points[:, 0], points[:, 1] = table["easting"].to_numpy(), table["northing"].to_numpy()
        # Not balanced: built in half the time, and asked no slower by points that lie among postcodes.
        return cKDTree(points, balanced_tree=False, compact_nodes=False), table["lsoa_row"].to_numpy()

    @cached_property
    def codes(self) -> dict[str, frozenset[str]]:
        """Every code that there is, by lsoa21cd and lad24cd."""
        return {"lsoa21cd": frozenset(self.lsoa21cd), "lad24cd": frozenset(self.lad24cd)}

    @cached_property
    def _row_of(self) -> pd.Index:
        return pd.Index(self.lsoa21cd)

    def of_points(self, easting: npt.ArrayLike, northing: npt.ArrayLike) -> pd.DataFrame:
        """Where points (EPSG:27700 metres) lie: lsoa21cd, lad24cd, metres (to the nearest postcode), problem (words, else null), in order."""
        xy = np.column_stack([np.asarray(easting, dtype=float), np.asarray(northing, dtype=float)]).reshape(-1, 2)
        longitude, latitude = _TO_GRID.transform(xy[:, 0], xy[:, 1], direction="INVERSE")
        return self._placed(xy, longitude, latitude)

    def of_degrees(self, longitude: npt.ArrayLike, latitude: npt.ArrayLike) -> pd.DataFrame:
        """The same for degrees (EPSG:4326), with easting and northing (EPSG:27700 metres, to 0.1); says where they are swapped or nought."""
        east, north = np.asarray(longitude, dtype=float), np.asarray(latitude, dtype=float)
        swapped = (east >= 49) & (east <= 61) & (north >= -9) & (north <= 3)
        nought = (east == 0) & (north == 0)
        easting, northing = (np.round(values, 1) for values in _TO_GRID.transform(east, north))
        found = self._placed(np.column_stack([easting, northing]).reshape(-1, 2), east, north)
        for mask, words in ((swapped, SWAPPED), (nought, NOUGHT)):
            found.loc[mask, ["lsoa21cd", "lad24cd"]] = None
            found.loc[mask, "problem"] = words
        return found.assign(easting=easting, northing=northing)

    def _placed(self, xy: Floats, longitude: Floats, latitude: Floats) -> pd.DataFrame:
        """Where points lie, given in metres and in degrees."""
        good = np.isfinite(xy).all(axis=1)
        tree, rows = self._points
        metres, row = np.full(len(xy), np.inf), np.full(len(xy), -1)
        if good.any():
            metres[good], nearest = tree.query(xy[good])
            row[good] = rows[nearest]
        inside, outside = np.zeros(len(xy), dtype=bool), np.zeros(len(xy), dtype=bool)
        near = np.flatnonzero(good & (metres <= FURTHEST_FROM_A_POSTCODE_M))
        if self.outlines is not None and len(near):
            held = self.outlines.holding(longitude[near], latitude[near], self.lad24cd.to_numpy(dtype=object)[row[near]])
            found = self._row_of.get_indexer(pd.Index(held.lsoa21cd, dtype="str"))
            inside[near], outside[near] = found >= 0, ~held.near
            row[near] = np.where(found >= 0, found, row[near])
        problem = np.select(
            [~good, metres > FURTHEST_FROM_A_POSTCODE_M, inside, metres > IN_THE_SEA_M, outside],
            [NOT_NUMBERS, FAR_AWAY, "", IN_THE_SEA, OUTSIDE],
            "",
        )
        placed = problem == ""
        return pd.DataFrame(
            {
                "lsoa21cd": pd.Series(self.lsoa21cd.to_numpy()[row], dtype="str").where(placed),
                "lad24cd": pd.Series(self.lad24cd.to_numpy()[row], dtype="str").where(placed),
                "metres": metres,
                "problem": pd.Series(problem, dtype="str").replace("", None).astype("str"),
            }
        )

    def of_postcodes(self, compact: pd.Series) -> pd.DataFrame:
        """Where postcodes (compact) lie: easting, northing (EPSG:27700), lsoa21cd, lad24cd; null where one is not live. The series' index."""
        wanted = sorted(set(compact.dropna())) or [""]  # of none at all, pyarrow cannot tell the type
        columns = ["postcode", "easting", "northing", "lsoa_row"]
        table = pq.read_table(self.path, columns=columns, filters=[("postcode", "in", wanted)]).to_pandas()
        row = table.pop("lsoa_row").to_numpy()
        table["lsoa21cd"], table["lad24cd"] = self.lsoa21cd.to_numpy()[row], self.lad24cd.to_numpy()[row]
        table = table.astype({"easting": "float64", "northing": "float64", "lsoa21cd": "str", "lad24cd": "str"})
        return table.set_index("postcode").reindex(compact).set_axis(compact.index, axis=0)
