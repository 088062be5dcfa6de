"""A small register to serve as Open Referral, and the published description made ready to test against."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

from presentation.open_referral_feed import PREFIX, PostcodeUnknownError, routes
from presentation.open_referral_search import Whereabouts
from presentation.request_limits import RequestLimits
from register import entries, partners, people
from register.actors import Actor
from register.open_referral_directory import RegisterDirectory
from register.store import Acting, Register, open_register

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)
TOWER_HAMLETS, NEWHAM = "E09000030", "E09000025"
LISTED = {"listed_on": date(2026, 9, 1), "listed_how": "By letter from the trustees"}
PLACED = {
    "easting": 534331.0,
    "northing": 181602.6,
    "longitude": -0.06538,
    "latitude": 51.51738,
    "lsoa21cd": "E01035686",
    "lad24cd": TOWER_HAMLETS,
}
NAMES = {TOWER_HAMLETS: "Tower Hamlets", NEWHAM: "Newham"}


def whereabouts(postcode: str) -> Whereabouts:
    """Two postcodes, in place of the atlas."""
    known = {
        "E11JQ": Whereabouts(534_317, 181_612, frozenset({TOWER_HAMLETS, "E54000029", "E92000001"})),
        "E79AB": Whereabouts(540_502, 184_959, frozenset({NEWHAM, "E54000029", "E92000001"})),
    }
    compact = postcode.replace(" ", "").upper()
    if compact not in known:
        raise PostcodeUnknownError("No live English postcode begins like that in the 2025 list. Check it for a slip.")
    return known[compact]


def a_register(folder: Path) -> Register:
    """An empty register whose clock stands still."""
    return open_register(folder / "register.sqlite", clock=lambda: NOW)


def steward(register: Register) -> Acting:
    """The register as its steward has it."""
    return register.as_(Actor("steward@example", "S", "steward"))


def fill(register: Register) -> dict[str, str]:
    """Partners of every kind, listed and not. Returns name → id."""
    acting = steward(register)

    def add(name: str, **fields: Any) -> str:
        return partners.create(acting, {"name": name, "kind": "organisation", **LISTED, **fields}).id

    ids = {
        "mosque": add(
            "Example Mosque",
            **PLACED,
            asset_id="osm/way/1",
            organisation_type="faith group",
            faith_kind="worshipping community",
            tradition="Muslim",
            website="https://mosque.example",
            public_email="office@mosque.example",
            service_area=[TOWER_HAMLETS],
            last_confirmed=date(2026, 10, 1),
            confirmed_by_role="trustee",
        ),
        "hub": add(
            "Église Hub", **{**PLACED, "easting": 534_900.0, "longitude": -0.0571}, description="Tea and <b>talk</b>"
        ),
        "network": add(
            "Newham Network",
            kind="coalition",
            service_area=[NEWHAM, "E54000029"],
            last_confirmed=date(2024, 1, 1),
            confirmed_by_role="chair",
        ),
        "refuge": add("Quiet House", sensitive=True, service_area=[NEWHAM], lad24cd=NEWHAM),
        "unlisted": add("Unlisted Group", listed_on=None, listed_how=None, service_area=[NEWHAM]),
        "example": add(
            "Printed Example",
            service_area=[NEWHAM],
            example=True,
            example_source="A report, https://example.org",
            example_date=date(2023, 1, 1),
        ),
        "gone": add("Gone Group", service_area=[NEWHAM]),
    }
    ids["named"] = add(
        "Named Service", kind="named service", provided_by_id=ids["mosque"], service_area=[TOWER_HAMLETS]
    )
    partners.withdraw(acting, ids["gone"], 1, note="Closed")
    contributor = register.as_(Actor("c@example", "C", "contributor"))
    ids["draft"] = partners.create(
        contributor, {"name": "Draft Group", "kind": "organisation", "service_area": [NEWHAM], **LISTED}
    ).id
    ids["checks"] = entries.add(
        acting,
        "activity",
        {
            "partner_id": ids["mosque"],
            "name": "Blood pressure checks",
            "activity_group": "practical",
            "clinical_areas": ["hypertension"],
            "plus_groups": ["ethnic minority communities"],
            "when_held": "First Friday",
            "capacity": "About 20 people",
        },
    ).id
    ids["ended"] = entries.add(
        acting, "activity", {"partner_id": ids["mosque"], "name": "Vaccination clinic", "ends": date(2021, 2, 6)}
    ).id
    entries.add(
        acting,
        "channel",
        {
            "partner_id": ids["mosque"],
            "kind": "messaging group",
            "address": "https://chat.whatsapp.com/SECRET",
            "private": True,
        },
    )
    person = people.record_person(
        acting, "Ann Persona", consent_on=date(2026, 1, 1), consent_how="By letter", lad24cd=TOWER_HAMLETS
    )
    entries.add(
        acting,
        "connector",
        {
            "lad24cd": TOWER_HAMLETS,
            "kind": "link worker",
            "role": "Lead",
            "person_id": person.id,
            "partner_id": ids["mosque"],
        },
    )
    return ids


def feed_app(
    register: Register, limits: RequestLimits | None = None, published: dict[str, Any] | None = None
) -> Starlette:
    """The feed as a web application of its own; `published`, a description, is served beside it for schemathesis to read."""
    generous = limits or RequestLimits(per_minute=1e9, burst=10**9)
    mounted: list[Any] = list(
        routes(
            RegisterDirectory(register),
            whereabouts,
            lambda code: NAMES.get(code, code),
            limits=generous,
            today=lambda: NOW.date(),
        )
    )
    if published is not None:
        mounted.append(Route("/described.json", lambda request: JSONResponse(published)))
    return Starlette(routes=mounted)


def published_description(folder: Path, known: dict[str, list[str]] | None = None) -> dict[str, Any]:
    """The published OpenAPI description with its references made local, and with its slips mended.

    1. `type: time` is no type of OpenAPI: those parameters are strings. 2. `jsonSchemaDialect` belongs to 3.1. 3. `/service_at_locations/{id}`
    refers to the schema of a service, where the published schema of a service at a location is meant. 4. Lists have no compiled schema in
    the folder, so each row of a list is held against the schema of the whole object, of which it is a part. 5. Only good answers are
    described: what cannot be read (400) and what is not there (404) are added. With `known`, identifiers by path, requests ask for things
    that are there as well as for things that are not.
    """
    text = (folder / "openapi.json").read_text(encoding="utf-8")
    described: dict[str, Any] = json.loads(text)
    described.pop("jsonSchemaDialect", None)
    described["servers"] = [{"url": PREFIX}]
    for name in ("start_time", "end_time"):
        described["components"]["parameters"][name]["schema"] = {"type": "string"}
    by_id = described["paths"]["/service_at_locations/{id}"]["get"]["responses"]["200"]["content"]["application/json"]
    by_id["schema"]["$ref"] = by_id["schema"]["$ref"].replace(
        "compiled/service.json", "compiled/service_at_location.json"
    )
    for path, item in described["paths"].items():
        item["get"]["responses"] |= {"400": {"description": "Cannot be read"}, "404": {"description": "Not there"}}
        name_known(path, item, known)
    local: dict[str, Any] = _with_local_references(described, folder)
    return local


def name_known(path: str, item: dict[str, Any], known: dict[str, list[str]] | None) -> None:
    """Let an identifier in an address be one of those that are there, or one that is not."""
    for parameter in item.get("parameters", []):
        if known and path in known:
            parameter["schema"] = {"type": "string", "enum": [*known[path], "00000000-0000-0000-0000-000000000000"]}


def schema_of(folder: Path, name: str) -> dict[str, Any]:
    """A published schema: compiled where it refers to others, without the notes of its own that are no part of JSON Schema."""
    file = {"service": "compiled_service", "service_at_location": "compiled_service_at_location"}.get(name, name)
    schema: dict[str, Any] = _schema_only(json.loads((folder / f"{file}.json").read_text(encoding="utf-8")))
    if name == "taxonomy":  # the only other file it refers to
        schema["properties"]["taxonomy_terms"]["items"] = schema_of(folder, "taxonomy_term")
    return schema


_OF_SCHEMA = ("type", "properties", "items", "required", "format", "enum")


def _schema_only(schema: dict[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in schema.items() if name in _OF_SCHEMA}
    if "properties" in kept:
        kept["properties"] = {name: _schema_only(value) for name, value in kept["properties"].items()}
    if "items" in kept:
        kept["items"] = _schema_only(kept["items"])
    return kept


def _with_local_references(value: Any, folder: Path) -> Any:
    if isinstance(value, dict):
        reference = value.get("$ref", "")
        if reference.startswith("https://"):
            name = reference.rsplit("/", 1)[1].removesuffix(".json").removesuffix("_list")
            return schema_of(folder, name)
        return {key: _with_local_references(item, folder) for key, item in value.items()}
    if isinstance(value, list):
        return [_with_local_references(item, folder) for item in value]
    return value
