"""Which LSOA and authority a point or a postcode lies in, for many at once, from the snapshot's live postcodes.

A point takes the LSOA of the nearest live postcode: the snapshot holds no unsimplified boundaries. Checked against point in polygon for
the snapshot's own assets in `tests/rebuild`; a point more than 250 m from every postcode is still placed, and one over 25 km away is not.
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

FURTHEST_FROM_A_POSTCODE_M = 25_000.0
IN_THE_SEA_M = 5_000.0
"""Nobody's postcode within this distance of a point given in degrees or metres: it is more likely a slip than a place."""
_TO_GRID = Transformer.from_crs(4326, 27700, always_xy=True)

SWAPPED = "longitude and latitude look swapped: in England the latitude is about 52 and the longitude about 0"
NOUGHT = "the position is 0, 0, which is off West Africa: it was left blank by somebody's software"
NOT_NUMBERS = "the position is not two numbers"
FAR_AWAY = "the position is not in England"
IN_THE_SEA = "the position is more than 5 km from any English postcode, in the sea or on a far moor"


@dataclass(frozen=True, eq=False)
class Placing:
    """Finds where things are. path: the snapshot's postcode table. lsoa21cd, lad24cd: of every small area, in the table's order.

    What it builds to find points takes some 50 MB, once for the process.
    """

    path: Path
    lsoa21cd: pd.Series
    lad24cd: pd.Series

    @cached_property
    def _points(self) -> tuple[cKDTree, npt.NDArray[np.intp]]:
        table = pq.read_table(self.path, columns=["easting", "northing", "lsoa_row"])
        points = np.column_stack([table["easting"].to_numpy(), table["northing"].to_numpy()]).astype(float)
        return cKDTree(points), table["lsoa_row"].to_numpy()

    def of_points(self, easting: npt.ArrayLike, northing: npt.ArrayLike) -> pd.DataFrame:
        """Where points (EPSG:27700 metres) lie: lsoa21cd, lad24cd, metres (to the nearest postcode), problem (words, else null), in order."""
        xy = np.column_stack([np.asarray(easting, dtype=float), np.asarray(northing, dtype=float)]).reshape(-1, 2)
        good = np.isfinite(xy).all(axis=1)
        tree, rows = self._points
        metres, row = np.full(len(xy), np.inf), np.full(len(xy), -1)
        if good.any():
            metres[good], nearest = tree.query(xy[good])
            row[good] = rows[nearest]
        problem = np.select(
            [~good, metres > FURTHEST_FROM_A_POSTCODE_M, metres > IN_THE_SEA_M], [NOT_NUMBERS, FAR_AWAY, IN_THE_SEA], ""
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

    def of_degrees(self, longitude: npt.ArrayLike, latitude: npt.ArrayLike) -> pd.DataFrame:
        """The same for degrees (EPSG:4326), with easting and northing (EPSG:27700 metres, to 0.1); says where they are swapped or nought."""
        east, north = np.asarray(longitude, dtype=float), np.asarray(latitude, dtype=float)
        swapped = (east >= 49) & (east <= 61) & (north >= -9) & (north <= 3)
        nought = (east == 0) & (north == 0)
        easting, northing = _TO_GRID.transform(east, north)
        found = self.of_points(np.round(easting, 1), np.round(northing, 1))
        for mask, words in ((swapped, SWAPPED), (nought, NOUGHT)):
            found.loc[mask, ["lsoa21cd", "lad24cd"]] = None
            found.loc[mask, "problem"] = words
        return found.assign(easting=np.round(easting, 1), northing=np.round(northing, 1))

    def of_postcodes(self, compact: pd.Series) -> pd.DataFrame:
        """Where postcodes (compact) lie: easting, northing (EPSG:27700), lsoa21cd, lad24cd; null where one is not live. The series' index."""
        wanted = sorted(set(compact.dropna()))
        columns = ["postcode", "easting", "northing", "lsoa_row"]
        table = pq.read_table(self.path, columns=columns, filters=[("postcode", "in", wanted)]).to_pandas()
        row = table.pop("lsoa_row").to_numpy()
        table["lsoa21cd"], table["lad24cd"] = self.lsoa21cd.to_numpy()[row], self.lad24cd.to_numpy()[row]
        table = table.astype({"easting": "float64", "northing": "float64", "lsoa21cd": "str", "lad24cd": "str"})
        return table.set_index("postcode").reindex(compact).set_axis(compact.index, axis=0)
