"""Degrees for points of the National Grid, as the snapshot rounds them."""

from __future__ import annotations

import pandas as pd
from pyproj import Transformer

_TO_DEGREES = Transformer.from_crs(27700, 4326, always_xy=True)


def with_degrees(frame: pd.DataFrame) -> pd.DataFrame:
    """Add longitude and latitude (EPSG:4326, six places) to easting and northing (EPSG:27700 metres); null where those are."""
    longitude, latitude = _TO_DEGREES.transform(frame["easting"].to_numpy(float), frame["northing"].to_numpy(float))
    placed = frame["easting"].notna() & frame["northing"].notna()
    return frame.assign(
        longitude=pd.Series(longitude, index=frame.index, dtype="float64").where(placed).round(6),
        latitude=pd.Series(latitude, index=frame.index, dtype="float64").where(placed).round(6),
    )
