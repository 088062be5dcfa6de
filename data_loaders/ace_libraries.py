"""Arts Council England's basic dataset for libraries: static libraries open in 2023. OGL v3.0."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from data_loaders.asset_source import AssetSource, AssetsRead
from data_loaders.columns import read_csv
from data_loaders.csv_answers import csv_columns
from data_loaders.grid_points import with_degrees
from data_loaders.http_session import HttpSession
from data_loaders.one_each import assets_read, told_of
from data_loaders.placing import Placing

FILE = "community_assets/ace_libraries_england_2023.csv"
SOURCE = "Arts Council England"
LICENCE = "OGL v3.0"
SOURCE_DATE = "2023-12"
CATEGORY = "library"

ABOUT = AssetSource(
    key="ace",
    title="Basic dataset for libraries",
    publisher=SOURCE,
    licence=LICENCE,
    attribution="Contains information from Arts Council England licensed under the Open Government Licence v3.0.",
    address="https://www.artscouncil.org.uk/supporting-arts-museums-and-libraries/supporting-libraries",
    categories=(CATEGORY,),
    by_place=False,
    weak_spots=(
        "Static libraries without a closing year count as open, less eleven marked closed in 2023 and one in a prison.",
        "No coordinates are published: a library stands at the centre of its postcode, and those whose postcode is no longer live cannot be placed.",
    ),
)

# What is read. Addresses, opening hours, operators and departments stay behind.
COLUMNS = {
    "reporting": "upper-tier library authority that reported the row",
    "name": "library name",
    "postcode": "postcode, or [Unknown] and the like in brackets",
    "uprn": "Unique Property Reference Number: often missing, sometimes another building's",
    "type": "Static Library, Static Local History Library, Mobile Library, Archive …, mixed case",
    "operation_23": "who ran it in 2023: LA, LAU, C, CR, ICL, or Closed, Temporary Closure, [Unknown]",
    "closed": "year it closed, else blank",
    "co_located_other_text": "what else shares the building, in the library's own words",
}
# Flags "X" or "x": what shares the building. Their order here is the order shown.
HOSTS = {
    "co_located_community": "community services",
    "co_located_civic": "council services",
    "co_located_health": "health services",
    "co_located_faithbuildings": "faith building",
    "co_located_schools_colleges": "school or college",
    "co_located_universities_highereducation": "university",
    "co_located_carehome_hostel": "care home or hostel",
    "co_located_archives": "archives",
    "co_located_museum": "museum",
    "co_located_artscentre": "arts centre",
    "co_located_library": "another library",
    "co_located_catering_bars_pub": "café, bar or pub",
    "co_located_retail": "shops",
    "co_located_hotel": "hotel",
    "co_located_industrial_business": "business premises",
    "co_located_other": "other",
}
# Names the reporting column uses for an authority whose official name is another.
AUTHORITY_NAMES = {"southend": "Southend-on-Sea"}


def authority_key(names: pd.Series) -> pd.Series:
    """Authority names made comparable: official where ACE uses another, spaces single, case folded."""
    tidy = names.astype("str").str.replace(r"\s+", " ", regex=True).str.strip().str.casefold()
    return tidy.replace({short: official.casefold() for short, official in AUTHORITY_NAMES.items()})


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.casefold().replace("'", "").replace("\u2019", "")).strip("-")


def _hosts(raw: pd.DataFrame) -> pd.Series:
    flags = raw[list(HOSTS)].apply(lambda column: column.str.strip().str.casefold().eq("x"))
    own_words = (
        raw["co_located_other_text"].fillna("").str.replace(";", ",").str.replace(r"\s+", " ", regex=True).str.strip()
    )
    lists: list[str] = []
    for row, words in zip(flags.to_numpy(dtype=bool), own_words, strict=True):
        labels = [label for label, on in zip(HOSTS.values(), row, strict=True) if on]
        if words:  # "Citizens Advice" says more than "other"
            labels = [label for label in labels if label != "other"] + [words]
        lists.append("; ".join(labels))
    return pd.Series(lists, index=raw.index, dtype="str").replace("", None).astype("str")


def _set_aside(raw: pd.DataFrame) -> pd.Series:
    kind, year = raw["type"].str.strip().str.casefold(), raw["closed"].str.strip().fillna("")
    reason = pd.Series(pd.NA, index=raw.index, dtype="str")
    in_prison = raw["co_located_other_text"].str.strip().str.casefold().eq("prison")
    reason[in_prison] = "inside a prison: not open to the public"
    reason[raw["operation_23"].str.strip().str.casefold().eq("closed")] = "marked Closed in 2023, no closure year given"
    reason[year.ne("")] = "closed in " + year[year.ne("")]
    other = ~kind.str.startswith("static", na=False)
    reason[other] = "not a static library: " + kind[other].fillna("no type given")
    reason[raw["name"].isna()] = "no name given"
    return reason


def read(path: Path | bytes) -> pd.DataFrame:
    """Every row of the dataset, typed, with those that are open static libraries marked.

    `open_static` is the rule that gives the published 2,938: `type` starts with "static" (libraries, local
    history libraries and static archives) and no year stands in `closed`. Eleven of those are nevertheless
    marked Closed in `operation_23` and one is inside a prison; `set_aside` says so and they are not offered
    as possible partners.

    Returns asset_id ("ace/<authority>-<name>-<postcode>" as a slug: the published UPRNs repeat across towns,
    so they cannot identify), name, authority (reporting), postcode (upper case, no space; null when not
    given), uprn (null unless 1 to 12 digits), operation_23 (lower case), hosts ("; " separated words, else
    null), open_static (bool) and set_aside (words, else null), in file order. path: the file, or its bytes.
    Raises SourceError when the file or a column is missing, UnexpectedAnswerError for bytes that are no such table.
    """
    return _typed(csv_columns(SOURCE, path, [*COLUMNS, *HOSTS]) if isinstance(path, bytes) else read_csv(path, [*COLUMNS, *HOSTS]))


def assets(frame: pd.DataFrame, placing: Placing, published: str = SOURCE_DATE) -> AssetsRead:
    """The libraries that are open, in the shape of all community assets. frame: what `read` returns. published: the month of the dataset.

    Ids, names, positions and what shares the building are those of the snapshot, before one library is found to be another's neighbour.
    """
    home = placing.of_postcodes(frame["postcode"])
    placed = with_degrees(frame.assign(**{column: home[column] for column in home.columns}))
    placed = placed.assign(category=CATEGORY, position_quality=np.where(home["easting"].notna(), "postcode", "not located"))
    return assets_read(ABOUT, placed.assign(source=SOURCE, licence=LICENCE, source_date=published), published)


def fetch(session: HttpSession, placing: Placing, addresses: Sequence[str], published: str = SOURCE_DATE) -> AssetsRead:
    """Ask the publisher for the dataset. addresses: where the CSV is: each release has one of its own, found on ABOUT's page.

    Raises a SourceUnavailableError where there is neither a good answer nor a kept one.
    """
    answer = session.get(addresses, [], read, accept="text/csv")
    return told_of(assets(answer.value, placing, published), answer)


def _typed(columns: pd.DataFrame) -> pd.DataFrame:
    raw = columns.astype("str")
    name = raw["name"].str.replace(r"\s+", " ", regex=True).str.strip()
    postcode = raw["postcode"].str.upper().str.replace(r"\s+", "", regex=True)
    postcode = postcode.where(postcode.str.fullmatch(r"[A-Z]{1,2}\d[A-Z\d]?\d[A-Z]{2}").fillna(False).astype(bool))
    open_static = raw["type"].str.strip().str.casefold().str.startswith("static", na=False) & raw[
        "closed"
    ].str.strip().fillna("").eq("")
    keys = raw["reporting"].fillna("") + " " + name.fillna("") + " " + postcode.fillna("")
    return pd.DataFrame(
        {
            "asset_id": "ace/" + keys.map(_slug),
            "name": name,
            "authority": raw["reporting"].str.replace(r"\s+", " ", regex=True).str.strip(),
            "postcode": postcode.astype("str"),
            "uprn": raw["uprn"].where(raw["uprn"].str.fullmatch(r"\d{1,12}").fillna(False).astype(bool)).astype("str"),
            "operation_23": raw["operation_23"].str.strip().str.casefold().astype("str"),
            "hosts": _hosts(raw),
            "open_static": open_static.astype(bool),
            "set_aside": _set_aside(raw),
        }
    )
