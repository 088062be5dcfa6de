"""Every live English postcode, its LSOA and its point; and looking one up without reading the rest."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyarrow.parquet as pq

from data_loaders.columns import read_parquet

LOOKUP = "postcodes/postcode_england_lookup.parquet"
NEAREST_LIMIT = 250.0


def read(path: Path, boundaries: gpd.GeoDataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Live English postcodes sorted for fast lookup, and the rows set aside.

    boundaries: unsimplified LSOA polygons with lsoa21cd, EPSG:27700. Returns (postcodes, set_aside). postcodes: postcode
    (seven characters at most, no space), lsoa21cd, easting, northing (EPSG:27700 whole metres). A postcode on water
    without an LSOA takes the nearest within 250 m; one that lies in Wales is set aside with the reason.
    """
    frame = read_parquet(path, ["pcds", "easting", "northing", "lsoa21cd"])
    frame["lsoa21cd"] = frame["lsoa21cd"].astype("str")
    frame["postcode"] = frame["pcds"].astype("str").str.replace(" ", "", regex=False)
    unplaced = ~frame["lsoa21cd"].isin(boundaries["lsoa21cd"])
    points = gpd.GeoDataFrame(
        frame[unplaced],
        geometry=gpd.points_from_xy(frame.loc[unplaced, "easting"], frame.loc[unplaced, "northing"]),
        crs=27700,
    )
    waterside = ~points["lsoa21cd"].str.startswith("W")
    nearest = gpd.sjoin_nearest(
        points[waterside].drop(columns="lsoa21cd"), boundaries[["lsoa21cd", "geometry"]], max_distance=NEAREST_LIMIT
    )
    nearest = nearest[~nearest.index.duplicated()]
    frame.loc[nearest.index, "lsoa21cd"] = nearest["lsoa21cd"]
    still = ~frame["lsoa21cd"].isin(boundaries["lsoa21cd"])
    set_aside = frame.loc[still, ["pcds", "lsoa21cd"]].assign(reason="no English LSOA within 250 m of its point")
    kept = (
        frame.loc[~still, ["postcode", "lsoa21cd", "easting", "northing"]]
        .drop_duplicates("postcode")
        .sort_values("postcode")
    )
    return kept.astype({"easting": "int32", "northing": "int32"}).reset_index(drop=True), set_aside.reset_index(
        drop=True
    )


def find(path: Path, postcode: str, lsoa21cd: pd.Series) -> tuple[str, int, int] | None:
    """LSOA code, easting and northing (EPSG:27700 metres) of one postcode, or None where it is not in the live list.

    path: the snapshot's postcode table. postcode: without spaces, upper case. lsoa21cd: codes in the order of the small-area
    table, which the stored row number points into. Reads the one row group that can hold it, not the table.
    """
    table = pq.read_table(path, filters=[("postcode", "==", postcode)])
    if table.num_rows == 0:
        return None
    row = table.to_pylist()[0]
    return str(lsoa21cd.iloc[row["lsoa_row"]]), row["easting"], row["northing"]


def find_many(path: Path, wanted: list[str]) -> pd.DataFrame:
    """Points of those of the wanted postcodes (compact) that are live: postcode, easting, northing (EPSG:27700 metres)."""
    return pq.read_table(
        path, columns=["postcode", "easting", "northing"], filters=[("postcode", "in", wanted)]
    ).to_pandas()


def sector_exists(path: Path, sector: str) -> bool:
    """Whether any live postcode starts with `sector` (such as RM96): tells an ended postcode from one that never was."""
    upper = sector + "\uffff"
    return (
        pq.read_table(
            path, columns=["postcode"], filters=[("postcode", ">=", sector), ("postcode", "<", upper)]
        ).num_rows
        > 0
    )
