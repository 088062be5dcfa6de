"""What the browser ought to show, read from the snapshot's files with pandas alone: none of the app's code is asked."""

from __future__ import annotations

import gzip
import json
import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd
import shapely
from shapely.geometry import shape

from tests.browser.server import ROOT

TABLES = ROOT / "assets" / "snapshot"
PADDING = 16  # pixels that the map leaves free around what it shows


@cache
def small_areas() -> pd.DataFrame:
    """One row an LSOA."""
    return pd.read_parquet(TABLES / "small_areas.parquet")


def core20_in(column: str, code: str) -> pd.DataFrame:
    """The Core20 LSOAs of an authority, a system …"""
    areas = small_areas()
    return areas[(areas[column] == code) & areas["core20"]]


def postcodes(first: str, last: str) -> pd.DataFrame:
    """Live postcodes (compact) from `first` up to `last`, with their LSOA."""
    found = pd.read_parquet(TABLES / "postcodes.parquet", filters=[("postcode", ">=", first), ("postcode", "<=", last)])
    return found.assign(lsoa21cd=small_areas()["lsoa21cd"].to_numpy()[found["lsoa_row"]])


def postcode_in(lsoa21cd: str) -> str:
    """A live postcode (compact) of an LSOA."""
    row = int((small_areas()["lsoa21cd"] == lsoa21cd).to_numpy().argmax())
    found: str = pd.read_parquet(TABLES / "postcodes.parquet", filters=[("lsoa_row", "==", row)])["postcode"].iloc[0]
    return found


@cache
def outlines(lad24cd: str) -> dict[str, shapely.Geometry]:
    """LSOA outlines of an authority, EPSG:4326, by code."""
    (path,) = (ROOT / "static" / "geometry" / "lsoa").glob(f"{lad24cd}.*.geojson.gz")
    return {
        each["properties"]["code"]: shape(each["geometry"])
        for each in json.loads(gzip.decompress(path.read_bytes()))["features"]
    }


@dataclass(frozen=True)
class Projection:
    """Web Mercator as a map of `width` × `height` pixels shows an extent, whole and centred. Longitude and latitude to pixels."""

    west: float
    south: float
    east: float
    north: float
    width: float
    height: float

    @property
    def scale(self) -> float:
        """Pixels across the whole world."""
        (left, bottom), (right, top) = _world(self.west, self.south), _world(self.east, self.north)
        return min((self.width - 2 * PADDING) / (right - left), (self.height - 2 * PADDING) / (bottom - top))

    def pixel(self, longitude: float, latitude: float) -> tuple[float, float]:
        """Pixels from the map's top left corner."""
        (left, bottom), (right, top) = _world(self.west, self.south), _world(self.east, self.north)
        x, y = _world(longitude, latitude)
        return self.width / 2 + (x - (left + right) / 2) * self.scale, self.height / 2 + (
            y - (bottom + top) / 2
        ) * self.scale

    def drawn(self, outlines: Iterable[shapely.Geometry]) -> shapely.Geometry:
        """Outlines (EPSG:4326) as one shape in pixels."""
        return shapely.union_all(
            [
                shapely.transform(each, lambda points: np.array([self.pixel(*point) for point in points.tolist()]))
                for each in outlines
            ]
        )


def _world(longitude: float, latitude: float) -> tuple[float, float]:
    y = 0.5 - math.log(math.tan(math.pi / 4 + math.radians(latitude) / 2)) / (2 * math.pi)
    return longitude / 360 + 0.5, y


def projection(lad24cd: str, width: float, height: float) -> Projection:
    """How a map of this size shows an authority."""
    west, south, east, north = shapely.total_bounds(list(outlines(lad24cd).values()))
    return Projection(west, south, east, north, width, height)
