"""The one table of community assets: its columns, whichever source a record came from. An asset is not a partner.

A record is a service, or a community, at a location; records that stand in one building share its `location_id`. Texts that hold several
values are joined by "; ". A record without a point (a charity, a mobile service, a sensitive site) has areas instead.
"""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

SEPARATOR = "; "

RECORD_COLUMNS: dict[str, str] = {
    "asset_id": "str",  # "<source>/<its id there>", the same at every fetch
    "location_id": "str",  # the lowest asset_id of the records that stand in the building
    "name": "str",
    "category": "str",  # vocabularies.ASSET_CATEGORIES
    "organisation_type": "str",  # ORGANISATION_TYPES
    "faith_kind": "str",  # FAITH_KINDS
    "faith_tradition": "str",  # TRADITIONS
    "denomination": "str",
    "description": "str",
    "activity_groups": "str",  # ACTIVITY_GROUPS, joined
    "clinical_areas": "str",  # ids of CLINICAL_AREAS, joined
    "who_for": "str",  # WHO_FOR, joined
    "languages": "str",  # English names of languages, joined
    "opening": "str",  # when it is open, as the source says it
    "days": "str",  # DAYS on which it is open, joined
    "space": "str",  # what space it could offer
    "hosts": "str",  # what else shares the building
    "service_area": "str",  # codes of areas that it serves beyond its pin, joined
    "postcode": "str",  # compact: no space, upper case
    "uprn": "str",
    "charity_number": "str",
    "website": "str",
    "easting": "float64",  # EPSG:27700 metres
    "northing": "float64",
    "longitude": "float64",  # EPSG:4326 degrees
    "latitude": "float64",
    "lsoa21cd": "str",
    "lad24cd": "str",
    "position_quality": "str",  # surveyed point, building centre, address point, postcode, nearest, not located
    "sensitive": "bool",  # a refuge or the like: an area, never a point
    "source": "str",  # the publisher, as people say it
    "licence": "str",
    "source_date": "str",  # ISO day, month or year of what was published
    "last_confirmed": "datetime64[us]",  # the day on which somebody last said that it is right
    "confirmed_by_role": "str",  # in what role
}

SET_ASIDE_COLUMNS = {"row": "str", "name": "str", "problem": "str"}
"""What a source gave that is not among its records: where it stands there, its name, and why, a sentence."""


def as_records(frame: pd.DataFrame) -> pd.DataFrame:
    """A frame with all of RECORD_COLUMNS in order and typed; what it lacks is empty, and other columns are left out.

    `sensitive` is no unless said; `location_id` is the record's own id unless said.
    """
    full = frame.reindex(columns=list(RECORD_COLUMNS))
    full["sensitive"] = full["sensitive"].eq(True)
    full["location_id"] = full["location_id"].where(full["location_id"].notna(), full["asset_id"])
    full["last_confirmed"] = pd.to_datetime(full["last_confirmed"])
    return full.astype(RECORD_COLUMNS)


def joined(values: Iterable[str]) -> str | None:
    """Several values as one text, each once, in the order given; None where there is none."""
    return SEPARATOR.join(dict.fromkeys(value for value in values if value)) or None


def parts(text: object) -> tuple[str, ...]:
    """The values of a joined text."""
    return tuple(text.split(SEPARATOR)) if isinstance(text, str) and text else ()


def has_part(column: pd.Series, value: str) -> pd.Series:
    """Which rows of a joined column hold a value."""
    framed = SEPARATOR + column.fillna("") + SEPARATOR
    return framed.str.contains(SEPARATOR + value + SEPARATOR, regex=False)
