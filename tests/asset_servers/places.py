"""A little England of six postcodes, to place things in without the snapshot."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from pyproj import Transformer

from data_loaders.placing import Placing

_TO_DEGREES = Transformer.from_crs(27700, 4326, always_xy=True)
STRATFORD, HOVE, BORDER = "E01000001", "E01000002", "E01000003"
POINTS = {
    "E151AA": (538_500, 184_500, 0),
    "E151AB": (538_700, 184_600, 0),
    "E151AC": (538_900, 184_300, 0),
    "BN31AA": (528_900, 104_900, 1),
    "BN31AB": (529_100, 105_000, 1),
    "SY101AA": (328_000, 330_000, 2),
}
"""Postcode → easting, northing (EPSG:27700 metres) and the row of its small area."""


def small_placing(folder: Path) -> Placing:
    """A Placing over POINTS: three small areas in Newham, Brighton and Hove, and Shropshire."""
    path = folder / "postcodes.parquet"
    table = pd.DataFrame.from_dict(POINTS, orient="index", columns=["easting", "northing", "lsoa_row"])
    table.rename_axis("postcode").reset_index().sort_values("postcode").to_parquet(path, index=False)
    return Placing(path, pd.Series([STRATFORD, HOVE, BORDER], dtype="str"), pd.Series(["E09000025", "E06000043", "E06000051"], dtype="str"))


def lat_lng(postcode: str, east: float = 0.0) -> str:
    """Latitude and longitude of a postcode, so many metres to the east of it, as Give Food writes them; one not in POINTS is at the first."""
    easting, northing, _ = POINTS.get(postcode, POINTS["E151AA"])
    longitude, latitude = _TO_DEGREES.transform(easting + east, northing)
    return f"{latitude:.7f},{longitude:.7f}"
