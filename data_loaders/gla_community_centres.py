"""Greater London Authority Cultural Infrastructure Map: community centres, London only. OGL v3.0."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from data_loaders.columns import read_csv

FILE = "community_assets/gla_cim_Community_centres_2022-11.csv"
SOURCE = "Greater London Authority"
LICENCE = "OGL v3.0"
SOURCE_DATE = "2022-11"
CATEGORY = "community centre"

# What is read. Website, telephone, email and addresses stay behind, so they cannot reach a page. The file's
# latitude and longitude stay behind too: they were computed on the OSGB36 datum and lie about 125 metres from
# the eastings and northings beside them when read as WGS84. The grid references agree with the borough of all
# 903 rows.
COLUMNS = {
    "name": "name of the centre",
    "os_addressbase_uprn": "Unique Property Reference Number, one a row",
    "easting": "metres, British National Grid",
    "northing": "metres, British National Grid",
}


def read(path: Path) -> pd.DataFrame:
    """Every community centre, typed, without any way of contacting it.

    Returns asset_id ("gla/<uprn>"), name, uprn, easting and northing (float metres, EPSG:27700, to 0.1 m) and
    set_aside (why a row cannot be used, with its line in the file; else null), in file order. Raises
    SourceError when the file or one of COLUMNS is missing.
    """
    raw = read_csv(path, list(COLUMNS)).astype("str")
    frame = pd.DataFrame(
        {
            "asset_id": "gla/" + raw["os_addressbase_uprn"].fillna("unknown"),
            "name": raw["name"].str.replace(r"\s+", " ", regex=True).str.strip(),
            "uprn": raw["os_addressbase_uprn"].astype("str"),
            "easting": pd.to_numeric(raw["easting"], errors="coerce").round(1),
            "northing": pd.to_numeric(raw["northing"], errors="coerce").round(1),
            "set_aside": pd.Series(pd.NA, index=raw.index, dtype="str"),
        }
    )
    line = pd.Series("line " + (frame.index + 2).astype(str), index=frame.index)
    bad_uprn = ~frame["uprn"].str.fullmatch(r"\d{1,12}").fillna(False).astype(bool)
    bad_point = ~(frame["easting"].between(0, 700_000) & frame["northing"].between(0, 1_300_000))
    frame.loc[bad_uprn, "set_aside"] = line[bad_uprn] + ": os_addressbase_uprn is not 1 to 12 digits"
    frame.loc[bad_point, "set_aside"] = line[bad_point] + ": easting or northing is not a British National Grid metre"
    return frame
