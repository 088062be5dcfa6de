"""Open Referral UK services (HSDS-UK 3.0) to records of community assets, one for a service at a location, and the way back, `documents`.

Every service is held to the published schema first; one that breaks it is set aside with the schema's words and sinks no other. A service
is confirmed by its `assured_date` alone: that a feed was changed or asked confirms nothing.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pandas as pd

from analysis.asset_records import SET_ASIDE_COLUMNS, as_records
from analysis.open_referral_asset_terms import NO_NAME, YES
from data_loaders import open_referral_fields as fields
from data_loaders import open_referral_schemas as schemas
from data_loaders.open_referral_documents import documents
from data_loaders.open_referral_fields import Json, text
from data_loaders.open_referral_places import placed
from data_loaders.placing import Placing
from data_loaders.websites import public_website

__all__ = ["ASSURED_BY", "KEY", "Given", "Item", "Reading", "documents", "records_of"]

KEY = "openreferral"
ASSURED_BY = "the feed's publisher"
CATEGORY = "community service"
_GONE = ("inactive", "defunct")
_TERMS_NAMED = 8
# Rather one too many: the office of a helpline loses its point as well.
_REFUGE = re.compile(r"\brefuges?\b|\bwom[ae]n['’]?s['’]? (?:aid|shelter)\b|\bsafe ?house\b|\bdomestic (?:abuse|violence)\b|\brape crisis\b", re.I)


@dataclass(frozen=True)
class Item:
    """Something that a feed or document gave as a service, or as a service at a location. where: as people find it; page: of the feed."""

    body: Any
    where: str
    page: int = 1


@dataclass(frozen=True)
class Given:
    """What goes for all of a feed. feed: its short name in identifiers. published: the ISO day for services that state none. take_back:
    let a record that this project wrote keep its identifier and its areas; only for a document, for a feed could take another's name.
    """

    feed: str
    source: str
    licence: str
    today: date
    published: str
    take_back: bool = False


@dataclass
class Reading:
    """records: `RECORD_COLUMNS`. set_aside: SET_ASIDE_COLUMNS. found: services at locations, so that found = records + set aside."""

    records: pd.DataFrame
    set_aside: pd.DataFrame
    found: int
    notes: tuple[str, ...] = ()


@dataclass
class _Work:
    given: Given
    terms: Mapping[str, Json]
    rows: dict[str, Json] = field(default_factory=dict)
    first: dict[str, tuple[str, int]] = field(default_factory=dict)
    aside: list[tuple[str, str | None, str]] = field(default_factory=list)
    found: int = 0
    noted: Counter[str] = field(default_factory=Counter)
    others: Counter[str] = field(default_factory=Counter)


def records_of(items: Sequence[Item], placing: Placing, given: Given, terms: Mapping[str, Json] | None = None) -> Reading:
    """Every item as records, or set aside with the reason. terms: taxonomy terms by id, for attributes that give an id alone."""
    work = _Work(given, terms or {})
    for item in items:
        _read(item, work)
    records, notes = placed(pd.DataFrame(list(work.rows.values())), placing)
    aside = pd.DataFrame(work.aside, columns=list(SET_ASIDE_COLUMNS))
    return Reading(as_records(records), aside, work.found, (*_notes(work), *notes))


def _read(item: Item, work: _Work) -> None:
    """One item: checked, taken apart by location, and each part read."""
    inner = isinstance(item.body, dict) and isinstance(item.body.get("service"), dict)
    kind = "service_at_location" if inner else "service"
    body = schemas.known(item.body, kind)
    whole = body["service"] if inner else body
    if not isinstance(whole, dict):
        _set_aside(work, item.where, None, "it is not an object, as a service must be")
        return
    organization = whole.get("organization")
    if not text(whole.get("name")) and isinstance(organization, dict) and text(organization.get("name")):
        whole["name"] = organization["name"]
    fault = schemas.fault(body, kind)
    name, row = text(whole.get("name")), text(str(whole.get("id") or "")) or item.where
    if fault is not None or name is None:
        _set_aside(work, row, name, f"it does not meet the published schema: {fault}" if fault else "it has no name")
        return
    if whole["status"] in _GONE:
        _set_aside(work, row, name, f"its status is “{whole['status']}”")
        return
    places: Sequence[Json | None] = fields.physical_locations({"service_at_locations": [body]} if inner else whole) or [None]
    for place in places:
        _keep(item, whole, place, work)


def _set_aside(work: _Work, row: str, name: str | None, problem: str) -> None:
    work.found += 1
    work.aside.append((row, name, problem))


def _keep(item: Item, service: Json, place: Json | None, work: _Work) -> None:
    """One service at one location (or none) among the records. Given again word for word, or on a later page, it counts once.

    Identifiers should be unique; a published example list gives one to 88 services. Others with a name that is taken keep their own by
    their contents, so that none is lost.
    """
    row = _row(service, place, work)
    wanted, key = row["asset_id"], row["asset_id"]
    contents = hashlib.sha256(json.dumps([service, place], sort_keys=True, default=str).encode()).hexdigest()
    first = work.first.get(key)
    if first is not None and first[0] != contents and first[1] == item.page:
        key = f"{wanted}~{contents[:8]}"
        first = work.first.get(key)
    if first is not None:
        again = "word for word" if first[0] == contents else "on a later page"
        _set_aside(work, str(service["id"]), row["name"], f"the same service at the same place is given again {again}: it counts once")
        return
    if key != wanted:
        work.noted["shared"] += 1
        row |= {"asset_id": key}
    work.first[key] = (contents, item.page)
    work.found += 1
    work.rows[key] = row


def _row(service: Json, place: Json | None, work: _Work) -> dict[str, Any]:
    """A record's columns, but for where it lies (`open_referral_places.placed`): longitude and latitude are as the feed gives them."""
    given = work.given
    found, others = fields.terms([service, service.get("organization") or {}, place or {}], work.terms)
    work.others.update(others)
    own = {column: fields.column_text(column, found) for column in found}
    back = own if given.take_back and own.get("asset_id") else {}
    plain_id = str(service["id"]) + (f"@{place['id']}" if place else "")
    when, days, over = fields.opening(service, given.today)
    work.noted["over"] += over
    work.noted["closed for now"] += service["status"] == "temporarily closed"
    assured, modified = fields.day(service.get("assured_date")), fields.day(service.get("last_modified"))
    work.noted["future"] += bool(assured and assured > given.today)
    confirmed = assured if assured and assured <= given.today else None
    name = text(service["name"])
    organization = service.get("organization") or {}
    sensitive = own.get("sensitive") == YES or (not back and _REFUGE.search(str(name)) is not None)
    work.noted["withheld"] += sensitive
    row = {
        "asset_id": back.get("asset_id") or f"{KEY}/{given.feed}/{plain_id}",
        "location_id": back.get("location_id"),
        "building": place["id"] if place else None,
        "name": None if back and own.get("name") == NO_NAME else name,
        "category": own.get("category") or CATEGORY,
        "description": text(service.get("description")),
        "who_for": own.get("who_for") or fields.audience(service),
        "languages": own.get("languages") or fields.languages(service),
        "opening": when,
        "days": days,
        "service_area": own.get("service_area") or fields.service_areas(service),
        "postcode": own.get("postcode") or fields.postcode(place),
        "uprn": fields.uprn(place) or own.get("uprn"),
        "charity_number": fields.charity_number(service) or own.get("charity_number"),
        "website": next(filter(None, map(public_website, (service.get("url"), own.get("website"), organization.get("website")))), None),
        "longitude": fields.number((place or {}).get("longitude")),
        "latitude": fields.number((place or {}).get("latitude")),
        "sensitive": sensitive,
        "source": own.get("source") or given.source,
        "licence": own.get("licence") or given.licence,
        "source_date": own.get("source_date")
        or (modified.isoformat() if modified and modified <= given.today else given.published),
        "last_confirmed": pd.Timestamp(confirmed) if confirmed else pd.NaT,
        "confirmed_by_role": (own.get("confirmed_by_role") or ASSURED_BY) if confirmed else None,
        "taken_back": bool(back),
    }
    for column in ("organisation_type", "faith_kind", "faith_tradition", "denomination", "activity_groups", "clinical_areas", "space", "hosts"):
        row[column] = own.get(column)
    for column in ("easting", "northing", "lsoa21cd", "lad24cd", "position_quality"):
        row[f"own_{column}"] = back.get(column)
    if sensitive:
        row |= dict.fromkeys(("postcode", "uprn")) | {"description": row["description"] if back else None, "building": None}
    return row


def _notes(work: _Work) -> tuple[str, ...]:
    """What was left out or not as it should be, a sentence each."""
    said = {
        "shared": "{n:,} services have an identifier that another has too; each is kept, under its own contents.",
        "closed for now": "{n:,} are temporarily closed: kept, and said so in when they are open.",
        "over": "{n:,} schedules were over and are left out.",
        "future": "{n:,} have an assured date that is yet to come, which confirms nothing.",
        "withheld": "The place of {n:,} is withheld: a refuge or the like.",
    }
    notes = [words.format(n=work.noted[key]) for key, words in said.items() if work.noted[key]]
    if work.others:
        named = ", ".join(f"{name[:60]} ({count:,})" for name, count in work.others.most_common(_TERMS_NAMED))
        more = len(work.others) - _TERMS_NAMED
        notes.append(f"Terms of other lists, which are not taken in: {named}{f' and {more:,} more' if more > 0 else ''}.")
    return tuple(notes)
