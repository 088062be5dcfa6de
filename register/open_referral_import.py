"""Open Referral UK documents (HSDS-UK 3.0) on their way in: an Organization is a partner, a Service something that it delivers.

Reads what a feed gives: a page of `/services` or `/service_at_locations`, one whole service, or a list of either. Lists of `/services` carry
no coordinates, so an organisation without a place is refused and told so. People named as contacts are passed over: their consent
to be named here is not in the document. Terms of this project's own taxonomies are taken back; others are passed over.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, cast

from sqlalchemy import select

from register import entries, rules
from register.derived import folded
from register.exchange_cells import to_cell
from register.exchange_csv import PartnerImport
from register.exchange_files import MAX_BYTES, MAX_ROWS, ExchangeFileError, Row, Sheet
from register.exchange_matching import KnownPartners
from register.exchange_plan import CREATED, REFUSED, UNCHANGED, UPDATED, Outcome, Places, Plan, Problem
from register.exchange_rows import Fields, RefusedError, account, checked
from register.model import Activity, Partner
from register.open_referral import Offer, described, service_description
from register.open_referral_terms import (
    ACTIVITIES,
    CLINICAL_AREAS,
    FAITH_ORGANISATIONS,
    FAITHS,
    ORGANISATIONS,
    PLUS,
    known_term,
)
from register.store import Acting

SOURCE = "Open Referral UK"
ASSURED = "assured in an Open Referral feed"
_CODE = re.compile(r"/statistical-geography/([EU]\d{5,8})$")
_ACTIVITY = Activity.__table__
_STATUSES = ("active", "inactive", "temporarily closed")

Json = Mapping[str, Any]


@dataclass
class Organisation:
    """What a document says of one organisation: its own object, and each of its services with the place that goes with it."""

    about: Json
    first: int
    services: list[tuple[int, Json]] = field(default_factory=list)
    locations: list[Json] = field(default_factory=list)


def plan_open_referral(acting: Acting, content: bytes, places: Places) -> Plan:
    """What a document would do, an outcome for each organisation and each service; nothing is saved. ExchangeFileError where none can be read."""
    rules.must_be_signed_in(acting.actor)
    organisations, unread = read(content)
    with acting.read():
        return _carry(acting, organisations, unread, places, None)


def import_open_referral(acting: Acting, content: bytes, places: Places, *, note: str) -> Plan:
    """Carry a document out in one transaction. note: why, for the history, such as the feed's address."""
    rules.must_be_signed_in(acting.actor)
    organisations, unread = read(content)
    with acting.together() as inside:
        return _carry(inside, organisations, unread, places, note)


def read(content: bytes) -> tuple[list[Organisation], tuple[str, ...]]:
    """The organisations of a document in its order, and what it holds that is not taken in. Services are counted from 1."""
    if len(content) > MAX_BYTES:
        raise ExchangeFileError(
            f"The document has {len(content) / 1e6:.0f} MB; at most {MAX_BYTES / 1e6:.0f} MB can be read. Take fewer pages."
        )
    try:
        document = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise ExchangeFileError(
            "The document is not JSON. Save what the feed's /services/{id} or /service_at_locations gives, and try again."
        ) from error
    found: dict[str, Organisation] = {}
    unread: set[str] = set()
    number = 0
    for number, (service, location) in enumerate(_services(document), start=1):
        if number > MAX_ROWS:
            raise ExchangeFileError(
                f"The document has more than {MAX_ROWS:,} services, the most that can be read at once. Take fewer pages."
            )
        about = service.get("organization")
        about = (
            about
            if isinstance(about, dict) and about.get("name")
            else {"id": service.get("organization_id"), "name": service.get("name")}
        )
        key = str(about.get("id") or about.get("name"))
        one = found.setdefault(key, Organisation(about, number))
        same = [
            each for _, each in one.services if (each.get("id"), each["name"]) == (service.get("id"), service["name"])
        ]
        if not (same and location):  # one service at several locations comes once for each
            one.services.append((number, service))
        one.locations += [each for each in (location, *_locations(service)) if each]
        unread |= {
            name for name in ("contacts", "funding", "schedules", "cost_options", "languages") if service.get(name)
        }
    if not number:
        raise ExchangeFileError(
            "The document holds no services. It needs `contents`, a list, or one service with a name."
        )
    return list(found.values()), tuple(sorted(unread))


def _services(document: Any) -> Iterator[tuple[Json, Json | None]]:
    """Each service with the location that it came with, if any."""
    items = document.get("contents", [document]) if isinstance(document, dict) else document
    for item in items if isinstance(items, list) else []:
        if not isinstance(item, dict):
            continue
        inner = item.get("service")
        service = inner if isinstance(inner, dict) else item
        location = item.get("location") if isinstance(inner, dict) else None
        if service.get("name"):
            yield service, location if isinstance(location, dict) else None


def _locations(service: Json) -> Iterator[Json]:
    for at in _objects(service.get("service_at_locations")):
        if isinstance(at.get("location"), dict):
            yield at["location"]


def _objects(value: Any) -> list[Json]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _terms(items: Iterable[Json]) -> dict[str, list[str]]:
    """Taxonomy key → the register's values, of terms that are this project's own; a faith tradition is known by its taxonomy."""
    found: dict[str, list[str]] = {}
    for item in items:
        for attribute in _objects(item.get("attributes")):
            term = attribute.get("taxonomy_term")
            if not isinstance(term, dict):
                continue
            known = known_term(str(term.get("id", "")))
            if known is not None:
                found.setdefault(known.taxonomy.key, []).append(known.value)
            elif term.get("taxonomy_id") == FAITHS.id and term.get("name"):
                found.setdefault(FAITHS.key, []).append(str(term["name"]))
    return {key: list(dict.fromkeys(values)) for key, values in found.items()}


def _row(one: Organisation, known: KnownPartners) -> Row:
    """An organisation as a row of the table of partners, which has its rules."""
    services = [service for _, service in one.services]
    terms = _terms([one.about, *services])
    areas = [
        code[1]
        for service in services
        for area in _objects(service.get("service_areas"))
        if (code := _CODE.search(str(area.get("uri", ""))))
    ]
    point = next(
        (
            each
            for each in one.locations
            if isinstance(each.get("latitude"), int | float) and isinstance(each.get("longitude"), int | float)
        ),
        None,
    )
    assured = max(
        (str(service["assured_date"])[:10] for service in services if service.get("assured_date")), default=""
    )
    identity = str(one.about.get("id") or "")
    own = known.partner(identity)
    cells = {
        "id": identity if own else "",
        "name": _text(one.about.get("name")),
        "kind": to_cell(own["kind"]) if own else "organisation",
        "description": _text(one.about.get("description")),
        "website": _text(one.about.get("website")),
        "public_email": _text(one.about.get("email")),
        "service_area": "; ".join(dict.fromkeys(areas)),
        "organisation_type": "".join(terms.get(ORGANISATIONS.key, [])[:1]),
        "faith_kind": "".join(terms.get(FAITH_ORGANISATIONS.key, [])[:1]),
        "tradition": "".join(terms.get(FAITHS.key, [])[:1]),
        "last_confirmed": assured,
        "confirmed_by_role": ASSURED if assured else "",
    }
    if own is None:
        cells |= {"source": SOURCE, "source_id": identity}
    elif cells["description"] == described(cast(Partner, SimpleNamespace(**own))):
        cells["description"] = ""  # what the feed says of a partner that says nothing of itself
    held = own or known.from_source(SOURCE, identity)
    if held and held["last_confirmed"] and assured <= held["last_confirmed"].isoformat():
        cells |= {"last_confirmed": "", "confirmed_by_role": ""}  # what was confirmed here since stays
    if point is not None:
        cells |= {"longitude": repr(point["longitude"]), "latitude": repr(point["latitude"])}
    return Row(one.first, cells)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _carry(
    acting: Acting, organisations: list[Organisation], unread: tuple[str, ...], places: Places, note: str | None
) -> Plan:
    with acting.read() as connection:
        identities = [
            Row(number, {"id": str(service.get("id") or "")})
            for one in organisations
            for number, service in one.services
        ]
        identities += [
            Row(one.first, {"id": str(one.about.get("id") or ""), "name": _text(one.about.get("name"))})
            for one in organisations
        ]
        known = KnownPartners.of(connection, acting.actor, identities)
        rows = tuple(_row(one, known) for one in organisations)
        known = KnownPartners.of(connection, acting.actor, (*rows, *identities))
        partners = PartnerImport(acting, Sheet(tuple(rows[0].cells), rows), places, known, note).run().outcomes
        outcomes: list[Outcome] = []
        taken: dict[str, int] = {}
        for one, partner in zip(organisations, partners, strict=True):
            outcomes.append(partner)
            for number, service in one.services:
                first = taken.setdefault(str(service.get("id") or f"no id, {number}"), number)
                if first != number:
                    again = Problem("id", f"Service {first} of the document has the same id. Keep one of the two.")
                    outcomes.append(Outcome(number, REFUSED, _text(service.get("name")), problems=(again,)))
                elif folded(_text(service.get("name"))) != folded(partner.name):
                    outcomes.append(_activity(acting, number, service, partner, known, note))
    return Plan(tuple(outcomes), unread, done=note is not None)


def _activity(
    acting: Acting, number: int, service: Json, partner: Outcome, known: KnownPartners, note: str | None
) -> Outcome:
    """What becomes of a service: an activity of its organisation, found again by its name."""
    name = _text(service.get("name"))

    def act(_: Row) -> Outcome:
        if (
            known.partner(str(service.get("id"))) is not None
        ):  # a named service of this register, which is a partner itself
            return Outcome(number, UNCHANGED, name, str(service["id"]))
        if partner.action == REFUSED:
            raise RefusedError(
                Problem("organization", "Its organisation is refused, so the service has nowhere to belong.")
            )
        if service.get("status") not in _STATUSES:
            raise RefusedError(
                Problem(
                    "status",
                    f"A service that is “{service.get('status')}” is not taken in; those that are {', '.join(_STATUSES)} are.",
                )
            )
        fields = _activity_fields(service)
        with acting.read() as connection:
            query = select(_ACTIVITY).where(
                _ACTIVITY.c.partner_id == partner.record_id, _ACTIVITY.c.status != "withdrawn"
            )
            mine = map(dict, connection.execute(query).mappings()) if partner.record_id else iter(())
            current = next(
                (row for row in mine if row["id"] == service.get("id") or folded(row["name"]) == folded(name)), None
            )
        if current is None:
            clean = checked(
                "activity", {**fields, "partner_id": partner.record_id or "new"}, acting.register.today(), None
            )
            if note is None:
                return Outcome(number, CREATED, name, waiting=partner.waiting)
            saved = entries.add(acting, "activity", clean, note=note)
            return Outcome(number, CREATED, name, saved.id, waiting=saved.status == "draft")
        fields = _newer(fields, current, known.partner(str(partner.record_id)))
        clean = checked("activity", fields, acting.register.today(), current)
        changes = {
            key: (current[key], value)
            for key, value in clean.items()
            if value != current[key] and value not in (None, [])
        }
        if not changes:
            return Outcome(number, UNCHANGED, name, current["id"])
        waiting = False
        if note is not None:
            changed = {key: value for key, (_, value) in changes.items()}
            waiting = entries.update(acting, "activity", current["id"], current["version"], changed, note=note).waiting
        return Outcome(number, UPDATED, name, current["id"], changes=changes, waiting=waiting)

    return account(Row(number, {}), name, act)


def _newer(fields: Fields, current: Json, partner: Json | None) -> Fields:
    """The fields without what the activity says already: its confirmation where ours is as new, and our own words come back."""
    held = current["last_confirmed"] or (partner or {}).get("last_confirmed")
    left = set()
    if held and (fields["last_confirmed"] or "") <= held.isoformat():
        left |= {"last_confirmed", "confirmed_by_role"}
    if partner is not None:
        here, there = cast(Activity, SimpleNamespace(**current)), cast(Partner, SimpleNamespace(**partner))
        if fields["description"] == service_description(Offer(there, here, there)):
            left.add("description")
    return {name: value for name, value in fields.items() if name not in left}


def _activity_fields(service: Json) -> Fields:
    terms = _terms([service])
    assured = str(service.get("assured_date") or "")[:10]
    return {
        "name": _text(service.get("name")),
        "description": _text(service.get("description")) or None,
        "activity_group": "".join(terms.get(ACTIVITIES.key, [])[:1]) or None,
        "clinical_areas": terms.get(CLINICAL_AREAS.key, []),
        "plus_groups": terms.get(PLUS.key, []),
        "last_confirmed": assured or None,
        "confirmed_by_role": ASSURED if assured else None,
    }
