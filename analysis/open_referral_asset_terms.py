"""Community assets' own columns as Open Referral terms, so that an asset goes out with all that is known of it and comes back the same.

What HSDS-UK 3.0 has a place for goes there (name, description, website, status, schedule, point, UPRN, assured date, areas served). The rest
goes in `attributes[].taxonomy_term`: words of closed lists as terms of the taxonomies that partners use too, and single values (a licence,
a postcode) as terms of open taxonomies, one a column, whose name is the value.
"""

from __future__ import annotations

from functools import cache, lru_cache

from analysis.open_referral_terms import (
    ACTIVITIES,
    CLINICAL_AREAS,
    FAITH_ORGANISATIONS,
    FAITHS,
    ORGANISATIONS,
    PLUS,
    Taxonomy,
    Term,
    identifier,
    term,
)
from analysis.vocabularies import (
    ACTIVITY_GROUPS,
    ASSET_CATEGORIES,
    FAITH_KINDS,
    ORGANISATION_TYPES,
    TRADITIONS,
    WHO_FOR,
)
from analysis.vocabularies import CLINICAL_AREAS as CLINICAL_AREA_IDS

CATEGORIES = Taxonomy("asset_categories", "Kinds of community asset", "What sort of community asset it is.")
AUDIENCES = Taxonomy("who_for", "Whom it is for", "Whom a community asset says that it is for.")

CLOSED: dict[str, tuple[Taxonomy, tuple[str, ...], str]] = {
    "category": (CATEGORIES, ASSET_CATEGORIES, "service type"),
    "activity_groups": (ACTIVITIES, ACTIVITY_GROUPS, "service type"),
    "clinical_areas": (CLINICAL_AREAS, CLINICAL_AREA_IDS, "service type"),
    "who_for": (AUDIENCES, WHO_FOR, "intended audience"),
    "organisation_type": (ORGANISATIONS, ORGANISATION_TYPES, "organisation"),
    "faith_kind": (FAITH_ORGANISATIONS, FAITH_KINDS, "organisation"),
    "faith_tradition": (FAITHS, TRADITIONS, "organisation"),
}
"""Column of `asset_records.RECORD_COLUMNS` → its taxonomy, the values that it may hold, and the type of link."""

LISTS = ("activity_groups", "clinical_areas", "who_for", "languages", "service_area")
"""Columns that hold several values."""

_OPEN = {
    "asset_id": "Identifier",
    "location_id": "Building: the identifier that everything in it shares",
    "denomination": "Denomination",
    "languages": "Language",
    "space": "Space that it could offer",
    "hosts": "What else shares the building",
    "service_area": "Area that it serves beyond its pin",
    "postcode": "Postcode",
    "uprn": "Unique property reference number",
    "charity_number": "Registered charity number",
    "website": "Website",
    "easting": "Easting (EPSG:27700 metres)",
    "northing": "Northing (EPSG:27700 metres)",
    "longitude": "Longitude (EPSG:4326 degrees)",
    "latitude": "Latitude (EPSG:4326 degrees)",
    "lsoa21cd": "Small area (LSOA 2021)",
    "lad24cd": "Local authority (2024)",
    "position_quality": "How its position is known",
    "sensitive": "Sensitive site: an area, never a point",
    "source": "Source of the record",
    "licence": "Licence of the record",
    "source_date": "Date of the source",
    "confirmed_by_role": "Role of whoever confirmed it last",
    "name": "Whether a name is recorded",
}
OPEN = {column: Taxonomy(f"asset_{column}", f"Community assets: {column}", f"{title}.") for column, title in _OPEN.items()}
"""Column → an open taxonomy whose terms are named by the value."""

NO_NAME = "none recorded"
YES = "yes"
RECORD_LINK = "record"
"""The link type of open terms: they describe the record rather than the service."""


@lru_cache(maxsize=4_000)
def asset_term(column: str, value: str) -> Term:
    """The term for a column's value. KeyError for a column that is not carried by terms, or whose closed list lacks the value."""
    if column in CLOSED:
        taxonomy, values, _ = CLOSED[column]
        if value not in values:
            raise KeyError(value)
        if taxonomy in (CATEGORIES, AUDIENCES):
            name = value[:1].upper() + value[1:]
            return Term(taxonomy, value, name, f"For {value}." if taxonomy is AUDIENCES else f"{name}.")
        return term(taxonomy, value)
    return Term(OPEN[column], value, value, OPEN[column].description)


@cache
def closed_terms() -> dict[str, tuple[str, str]]:
    """Identifier of a term → (column, value), for every closed list; and those PLUS groups that are words of `who_for` as well."""
    found = {asset_term(column, value).id: (column, value) for column, (_, values, _) in CLOSED.items() for value in values}
    return found | {identifier("taxonomy_term", PLUS.key, value): ("who_for", value) for value in WHO_FOR}


@cache
def open_taxonomies() -> dict[str, str]:
    """Identifier of an open taxonomy → its column."""
    return {taxonomy.id: column for column, taxonomy in OPEN.items()}
