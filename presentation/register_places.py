"""Where things are, from the atlas, for what the register itself has no map for: imports, and the Open Referral feed. No screen here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow.parquet as pq
from pyproj import Transformer
from scipy.spatial import cKDTree

from analysis import postcodes
from data_loaders.atlas import Atlas, PostcodeNotFoundError
from presentation.open_referral_feed import PostcodeUnknownError
from presentation.open_referral_search import Whereabouts
from register.exchange_plan import Placed

FURTHEST_FROM_A_POSTCODE_M = 25_000.0
_TO_GRID = Transformer.from_crs(4326, 27700, always_xy=True)
_LEVELS = ("region", "sub_icb24", "icb24", "icb26", "lad24", "pcn")
_SMALL = (("lsoa21cd", "lsoa21nm"), ("msoa21cd", "msoa21hclnm"), ("wd24cd", "wd24nm"))
_CODES = (
    "lsoa21cd",
    "msoa21cd",
    "wd24cd",
    "lad24cd",
    "lad25cd",
    "rgncd",
    "sicbl24cd",
    "sicbl26cd",
    "icb24cd",
    "icb26cd",
    "leading_pcn_code",
)
_ENGLAND = "E92000001"


@dataclass(frozen=True, eq=False)
class AtlasPlaces:
    """The atlas as `register.exchange_plan.Places`, and for the feed. What it builds to find points (some 50 MB) goes with it."""

    atlas: Atlas

    @cached_property
    def _points(self) -> tuple[cKDTree, np.ndarray]:
        """Every live English postcode's point, and the row of its LSOA: the nearest tells which LSOA a point lies in."""
        table = pq.read_table(self.atlas.snapshot.path("postcodes"), columns=["easting", "northing", "lsoa_row"])
        points = np.column_stack([table["easting"].to_numpy(), table["northing"].to_numpy()]).astype(float)
        return cKDTree(points), table["lsoa_row"].to_numpy()

    @cached_property
    def _names(self) -> dict[str, str]:
        """Code → name, for every level that people use as a service area."""
        found: dict[str, str] = {_ENGLAND: "England"}
        for code, name in _SMALL:
            unique = self.atlas.areas[[code, name]].drop_duplicates(code)
            found |= dict(zip(unique[code], unique[name], strict=True))
        for level in _LEVELS:
            found |= self.atlas.names(level)
        found |= dict(self.atlas.counties.values())
        return found

    def by_postcode(self, wanted: Sequence[str]) -> Mapping[str, Placed | str]:
        """Postcodes as written → where each is, or a sentence that says why it cannot be placed."""
        return {text: self._postcode(text) for text in wanted}

    def _postcode(self, text: str) -> Placed | str:
        try:
            found = self.atlas.postcode(postcodes.read(text))
        except PostcodeNotFoundError as error:
            return str(error)
        return self._placed(float(found.easting), float(found.northing), found.lsoa21cd)

    def at(self, easting: float, northing: float) -> Placed | str:
        """A point of the British National Grid, in the LSOA of the nearest live postcode; a sentence where that is over 25 km away."""
        if not (np.isfinite(easting) and np.isfinite(northing)):
            return "The position is not two numbers."
        tree, rows = self._points
        distance, nearest = tree.query((easting, northing))
        if distance > FURTHEST_FROM_A_POSTCODE_M:
            return "The point is over 25 km from any English postcode. Check the numbers, and that neither pair is swapped."
        return self._placed(easting, northing, str(self.atlas.areas["lsoa21cd"].iloc[int(rows[int(nearest)])]))

    def at_degrees(self, longitude: float, latitude: float) -> Placed | str:
        """A point in degrees; a sentence where it is not in England."""
        if 49 <= longitude <= 61 and -9 <= latitude <= 3:
            return "Longitude and latitude look swapped: in England the latitude is about 52 and the longitude about 0."
        easting, northing = _TO_GRID.transform(longitude, latitude)
        return self.at(easting, northing)

    def _placed(self, easting: float, northing: float, lsoa21cd: str) -> Placed:
        longitude, latitude = self.atlas.to_degrees(easting, northing)
        lad24cd = str(self.atlas.areas["lad24cd"].iloc[self.atlas.row(lsoa21cd)])
        return Placed(easting, northing, longitude, latitude, lsoa21cd, lad24cd)

    def whereabouts(self, postcode: str) -> Whereabouts:
        """A postcode's point and the codes of every area that holds it, for the feed. PostcodeUnknownError says why not."""
        try:
            found = self.atlas.postcode(postcodes.read(postcode))
        except PostcodeNotFoundError as error:
            raise PostcodeUnknownError(str(error)) from error
        row = self.atlas.areas.iloc[self.atlas.row(found.lsoa21cd)]
        codes = {str(row[name]) for name in _CODES if row[name] is not None}
        county = self.atlas.counties.get(str(row["lad24cd"]))
        return Whereabouts(
            found.easting, found.northing, frozenset({*codes, _ENGLAND, *(county[:1] if county else ())})
        )

    def area_name(self, code: str) -> str:
        """The name of an area as people say it; its code where it is not one that the atlas knows."""
        return self._names.get(code, code)
