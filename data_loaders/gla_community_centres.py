"""Greater London Authority Cultural Infrastructure Map: community centres, London only. OGL v3.0."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from data_loaders.asset_source import AssetSource, AssetsRead
from data_loaders.columns import read_csv
from data_loaders.csv_answers import csv_columns
from data_loaders.grid_points import with_degrees
from data_loaders.http_session import HttpSession
from data_loaders.one_each import assets_read, told_of
from data_loaders.placing import Placing

FILE = "community_assets/gla_cim_Community_centres_2022-11.csv"
SOURCE = "Greater London Authority"
LICENCE = "OGL v3.0"
SOURCE_DATE = "2022-11"
CATEGORY = "community centre"

ABOUT = AssetSource(
    key="gla",
    title="Cultural Infrastructure Map: community centres",
    publisher=SOURCE,
    licence=LICENCE,
    attribution="Contains information from the Greater London Authority licensed under the Open Government Licence v3.0.",
    address="https://data.london.gov.uk/dataset/cultural-infrastructure-map",
    categories=(CATEGORY,),
    by_place=False,
    weak_spots=(
        "London only: elsewhere community centres are not mapped by this source, which is not the same as absent.",
        "Collected from 2019; some will have moved or closed.",
        "Its latitudes and longitudes are on an older datum, about 125 m off; the grid references beside them are used.",
    ),
)

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


def read(path: Path | bytes) -> pd.DataFrame:
    """Every community centre, typed, without any way of contacting it.

    Returns asset_id ("gla/<uprn>"), name, uprn, easting and northing (float metres, EPSG:27700, to 0.1 m) and
    set_aside (why a row cannot be used, with its line in the file; else null), in file order. path: the file, or its bytes.
    Raises SourceError when the file or one of COLUMNS is missing, UnexpectedAnswerError for bytes that are no such table.
    """
    return _typed(csv_columns(SOURCE, path, list(COLUMNS)) if isinstance(path, bytes) else read_csv(path, list(COLUMNS)))


def assets(frame: pd.DataFrame, placing: Placing, published: str = SOURCE_DATE) -> AssetsRead:
    """The community centres, in the shape of all community assets. frame: what `read` returns. published: the month of the map.

    Ids, names and positions are those of the snapshot, before one centre is found to be another's neighbour. A centre whose point is
    nowhere near a postcode is set aside.
    """
    found = placing.of_points(frame["easting"], frame["northing"]).set_index(frame.index)
    placed = with_degrees(frame).assign(lsoa21cd=found["lsoa21cd"], lad24cd=found["lad24cd"], set_aside=frame["set_aside"].fillna(found["problem"]))
    placed = placed.assign(category=CATEGORY, position_quality="address point")
    return assets_read(ABOUT, placed.assign(source=SOURCE, licence=LICENCE, source_date=published), published)


def fetch(session: HttpSession, placing: Placing, addresses: Sequence[str], published: str = SOURCE_DATE) -> AssetsRead:
    """Ask the publisher for the map. addresses: where the CSV is: each release has one of its own, found on ABOUT's page.

    Raises a SourceUnavailableError where there is neither a good answer nor a kept one.
    """
    answer = session.get(addresses, [], read, accept="text/csv")
    return told_of(assets(answer.value, placing, published), answer)


def _typed(columns: pd.DataFrame) -> pd.DataFrame:
    raw = columns.astype("str")
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
