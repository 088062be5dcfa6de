"""Community assets out, as a page of Open Referral UK services (HSDS-UK 3.0), whole: the way back is `open_referral_assets.records_of`.

A record is a service; where it has a point, a service at a location too. Records at one point of one building share a location. What
the standard has no place for goes in attributes (`analysis.open_referral_asset_terms`), source and licence among them, so each record
keeps its licence wherever it goes. A sensitive site goes out without point, postcode, UPRN or small area.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from analysis.asset_records import RECORD_COLUMNS, parts
from analysis.open_referral_asset_terms import CLOSED, LISTS, NO_NAME, OPEN, RECORD_LINK, YES, asset_term
from analysis.open_referral_terms import identifier
from data_loaders.websites import public_website

Json = dict[str, Any]

CLOSED_FOR_NOW = "Temporarily closed"
USUALLY = f"{CLOSED_FOR_NOW}; usually "
WITHHELD = ("easting", "northing", "longitude", "latitude", "lsoa21cd", "postcode", "uprn")
"""What would lead to a sensitive site."""
ONS = "http://statistics.data.gov.uk/id/statistical-geography/"
AREA_CODE = re.compile(r"E\d{8}|U\d{5}")
_LICENCES = {
    "OGL v3.0": "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/",
    "ODbL 1.0": "https://opendatacommons.org/licenses/odbl/1-0/",
    "CC BY 4.0": "https://creativecommons.org/licenses/by/4.0/",
    "CC BY-SA 4.0": "https://creativecommons.org/licenses/by-sa/4.0/",
}
_URI = re.compile(r"https?://[A-Za-z0-9.:-]+(?:[/?](?:[A-Za-z0-9._~:/?@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*)?(?:#[A-Za-z0-9._~/?=&-]*)?")
_ALWAYS_OPEN_TERMS = tuple(
    column for column in OPEN if column not in ("name", "website", "uprn", "longitude", "latitude", "service_area", "sensitive", "confirmed_by_role")
)


def documents(records: pd.DataFrame, attributions: Mapping[str, str] | None = None) -> Json:
    """One page with every record as a whole service, in the records' order; it meets the published schemas, formats included.

    records: `RECORD_COLUMNS`. attributions: source → the sentence that its licence asks for, which goes with each record and once for all.
    Carried and read back unchanged: every column, but for texts with blanks around them, a website that is no public web address, the hour
    of `last_confirmed`, a role without a day, and what is withheld of a sensitive site. Identifiers are version-5 UUIDs of the asset's own.
    """
    said = attributions or {}
    contents = [_service(row, said) for row in _rows(records)]
    count = len(contents)
    page: Json = {"total_items": count, "total_pages": 1, "page_number": 1, "size": count, "first_page": True, "last_page": True}
    sources = sorted(set(records["source"].dropna()))
    credits = [said[source] for source in sources if source in said]
    return page | {"empty": count == 0} | ({"attribution": credits} if credits else {}) | {"contents": contents}


def _rows(records: pd.DataFrame) -> Iterator[Json]:
    """Each record with what is known of it, and nothing else."""
    for row in records[list(RECORD_COLUMNS)].to_dict("records"):
        known = {column: value for column, value in row.items() if not (value is None or value is pd.NaT or value is pd.NA or value == "")}
        known = {column: value for column, value in known.items() if not (isinstance(value, float) and not math.isfinite(value))}
        if known["sensitive"]:
            known = {column: value for column, value in known.items() if column not in WITHHELD}
            known |= {"position_quality": "not located", "location_id": known["asset_id"]}
        yield known


def _service(row: Json, said: Mapping[str, str]) -> Json:
    link = identifier("asset", row["asset_id"])
    service: Json = {"id": link, "name": row.get("name") or str(row.get("category") or "community service").capitalize()}
    service |= {"description": row["description"]} if "description" in row else {}
    website = public_website(row.get("website"))
    plain = website == row.get("website") and website is not None and _URI.fullmatch(website) is not None
    service |= {"url": website} if plain else {}
    service |= _when(row, link)
    if "last_confirmed" in row:
        service["assured_date"] = row["last_confirmed"].date().isoformat()
    codes = parts(row.get("service_area"))
    native = bool(codes) and all(AREA_CODE.fullmatch(code) for code in codes)
    if native:
        areas = [(code, {"uri": ONS + code} if code[0] == "E" else {}) for code in codes]
        service["service_areas"] = [{"id": identifier("service_area", link, code), "name": code, **uri} for code, uri in areas]
        native = all(code[0] == "E" for code in codes)  # a network's code has no address of the ONS
    location = _location(row)
    if location is not None:
        at = {"id": identifier("service_at_location", link, location["id"]), "location": location}
        service["service_at_locations"] = [at]
    organization = _organization(row)
    if organization is not None:
        service["organization"] = organization
    carried = _carried(row)
    carried |= {} if plain or website is None or website != row["website"] else {"website": [website]}
    carried |= {"service_area": list(codes)} if codes and not native else {}
    if location is None:
        carried |= {column: [_written(row[column])] for column in ("uprn", "longitude", "latitude") if column in row}
    if organization is not None:
        carried.pop("charity_number")
    service["attributes"] = [_attribute(link, column, value, row, said) for column, values in carried.items() for value in values]
    return service


def _when(row: Json, link: str) -> Json:
    """Status and schedule. A place that is closed for now says so in `opening`, and its days are not known."""
    opening, days = row.get("opening"), parts(row.get("days"))
    status = "active"
    if opening is not None and not days and (opening == CLOSED_FOR_NOW or opening.startswith(USUALLY)):
        status, opening = "temporarily closed", opening.removeprefix(USUALLY).removeprefix(CLOSED_FOR_NOW) or None
    schedule: Json = {"description": opening} if opening else {}
    schedule |= {"freq": "WEEKLY", "byday": ",".join(day.upper() for day in days)} if days else {}
    return {"status": status} | ({"schedules": [{"id": identifier("schedule", link), **schedule}]} if schedule else {})


def _location(row: Json) -> Json | None:
    if "longitude" not in row or "latitude" not in row:
        return None
    uprn = row.get("uprn")
    point = (repr(row["longitude"]), repr(row["latitude"]), str(uprn or ""))
    location: Json = {"id": identifier("location", row["location_id"], *point), "location_type": "physical"}
    location |= {"latitude": row["latitude"], "longitude": row["longitude"]}
    return location | ({"external_identifier": uprn, "external_identifier_type": "UPRN"} if uprn else {})


def _organization(row: Json) -> Json | None:
    """Of a charity alone: any other record names a place or a service, and who runs it is not in the table."""
    if row.get("category") != "charity" or "charity_number" not in row or "name" not in row:
        return None
    number = row["charity_number"]
    key = identifier("organization", "GB-CHC", number)
    scheme = {"identifier_scheme": "GB-CHC", "identifier_type": "Charity number", "identifier": number}
    known = [{"id": identifier("organization_identifier", key), **scheme}]
    return {"id": key, "name": row["name"], "description": f"Registered charity {number}.", "organization_identifiers": known}


def _carried(row: Json) -> dict[str, list[str]]:
    """Column → its values, of those that go in attributes."""
    found: dict[str, list[str]] = {} if "name" in row else {"name": [NO_NAME]}
    for column in (*CLOSED, *_ALWAYS_OPEN_TERMS):
        if column in row:
            found[column] = list(parts(row[column])) if column in LISTS else [_written(row[column])]
    if row["sensitive"]:
        found["sensitive"] = [YES]
    if "confirmed_by_role" in row and "last_confirmed" in row:
        found["confirmed_by_role"] = [row["confirmed_by_role"]]
    return found


def _written(value: Any) -> str:
    return repr(float(value)) if isinstance(value, float) else str(value)


def _attribute(link: str, column: str, value: str, row: Json, said: Mapping[str, str]) -> Json:
    one = asset_term(column, value)
    description, uri = one.description, None
    if column == "source":
        description = said.get(value, f"Published by {value}.")
    elif column == "licence":
        uri = _LICENCES.get(value)
    elif column in ("lsoa21cd", "lad24cd"):
        uri = ONS + value if AREA_CODE.fullmatch(value) else None
    entry: Json = {"id": one.id, "name": one.name, "description": description, "taxonomy": one.taxonomy.name}
    entry |= {"taxonomy_id": one.taxonomy.id, "term": one.name} | ({"term_uri": uri} if uri else {})
    kind = CLOSED[column][2] if column in CLOSED else RECORD_LINK
    return {"id": identifier("attribute", link, one.id), "link_type": kind, "taxonomy_term": entry}
