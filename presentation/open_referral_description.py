"""The feed's own OpenAPI description: what HSDS-UK 3.0 describes, with the limits and errors that this feed adds. No screen here.

The published description gives no bounds on pages, no errors and, for times of day, a type that OpenAPI does not have; a client that
reads this one knows them. Objects are the same: only what the feed fills is listed, and HSDS allows what is not.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from presentation.open_referral_questions import (
    FURTHEST_METRES,
    FURTHEST_PAGE,
    LONGEST_SEARCH,
    MOST_PER_PAGE,
    PAGES,
    SERVICES,
    USUAL_PER_PAGE,
)

Json = dict[str, Any]

_UUID: Json = {"type": "string", "format": "uuid"}
_TEXT: Json = {"type": "string"}

_PARAMETERS: dict[str, tuple[str, Json]] = {
    "search": (
        "Words that must all occur in what a service says of itself.",
        {"type": "string", "maxLength": LONGEST_SEARCH},
    ),
    "page": ("The page, from 1.", {"type": "integer", "minimum": 1, "maximum": FURTHEST_PAGE, "default": 1}),
    "per_page": (
        "How many on a page.",
        {"type": "integer", "minimum": 1, "maximum": MOST_PER_PAGE, "default": USUAL_PER_PAGE},
    ),
    "taxonomy_term_id": ("Only services with this term.", _TEXT),
    "taxonomy_id": ("Only services with any term of this taxonomy.", _TEXT),
    "organization_id": ("Only services of this organisation.", _TEXT),
    "modified_after": ("Only services changed at or after this date or time.", _TEXT),
    "postcode": (
        "A live English postcode. Alone: services whose service area covers it. With proximity: services within that distance of it.",
        _TEXT,
    ),
    "proximity": (
        "Metres in a straight line from the postcode or point.",
        {"type": "number", "minimum": 0, "maximum": FURTHEST_METRES},
    ),
    "latitude": (
        "With longitude and proximity, instead of a postcode (WGS84).",
        {"type": "number", "minimum": -90, "maximum": 90},
    ),
    "longitude": ("With latitude.", {"type": "number", "minimum": -180, "maximum": 180}),
    "minimum_age": (
        "Ages are not recorded here, so the answer is empty and says so.",
        {"type": "number", "minimum": 0, "maximum": 150},
    ),
    "maximum_age": (
        "Ages are not recorded here, so the answer is empty and says so.",
        {"type": "number", "minimum": 0, "maximum": 150},
    ),
    "start_time": ("Opening hours are not recorded here, so the answer is empty and says so.", {"type": "string"}),
    "end_time": ("Opening hours are not recorded here, so the answer is empty and says so.", {"type": "string"}),
    "day": (
        "Opening hours are not recorded here, so the answer is empty and says so.",
        {"type": "string", "enum": ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]},
    ),
}


def _object(properties: Json, required: tuple[str, ...]) -> Json:
    return {"type": "object", "properties": properties, "required": list(required)}


def _ref(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


def _list(of: str) -> Json:
    return {"type": "array", "items": _ref(of)}


def _schemas() -> Json:
    status = {"type": "string", "enum": ["active", "inactive", "defunct", "temporarily closed"]}
    page = {
        "total_items": {"type": "integer", "minimum": 0},
        "total_pages": {"type": "integer", "minimum": 0},
        "page_number": {"type": "integer", "minimum": 1},
        "size": {"type": "integer", "minimum": 0, "maximum": MOST_PER_PAGE},
        "first_page": {"type": "boolean"},
        "last_page": {"type": "boolean"},
        "empty": {"type": "boolean"},
    }
    service = {
        "id": _UUID,
        "organization_id": _UUID,
        "name": _TEXT,
        "description": _TEXT,
        "url": {"type": "string", "format": "uri"},
        "email": {"type": "string", "format": "email"},
        "status": status,
        "assured_date": {"type": "string", "format": "date"},
        "last_modified": {"type": "string", "format": "date-time"},
        "alert": _TEXT,
        "organization": _ref("Organization"),
    }
    nested = {
        "service_areas": _list("ServiceArea"),
        "service_at_locations": _list("ServiceAtLocation"),
        "attributes": _list("Attribute"),
    }
    schemas = {
        "Service": _object(service | nested, ("id", "name", "status")),
        "Organization": _object({"id": _UUID, "name": _TEXT, "description": _TEXT}, ("id", "name", "description")),
        "Location": _object(
            {
                "id": _UUID,
                "location_type": {"type": "string", "enum": ["physical", "postal", "virtual"]},
                "name": _TEXT,
                "latitude": {"type": "number"},
                "longitude": {"type": "number"},
            },
            ("id", "location_type"),
        ),
        "ServiceArea": _object({"id": _UUID, "service_id": _UUID, "name": _TEXT, "uri": _TEXT}, ("id",)),
        "ServiceAtLocation": _object(
            {
                "id": _UUID,
                "service_id": _UUID,
                "location_id": _UUID,
                "location": _ref("Location"),
                "service": _ref("Service"),
            },
            ("id",),
        ),
        "Taxonomy": _object({"id": _UUID, "name": _TEXT, "description": _TEXT}, ("id", "name", "description")),
        "TaxonomyTerm": _object(
            {"id": _UUID, "name": _TEXT, "description": _TEXT, "taxonomy": _TEXT, "taxonomy_id": _UUID, "term": _TEXT},
            ("id", "name", "description"),
        ),
        "Attribute": _object(
            {"id": _UUID, "link_id": _UUID, "taxonomy_term_id": _UUID, "taxonomy_term": _ref("TaxonomyTerm")}, ("id",)
        ),
        "About": _object(
            {
                "version": _TEXT,
                "profile": {"type": "string", "format": "uri"},
                "openapi_url": {"type": "string", "format": "uri"},
            },
            ("version", "profile", "openapi_url"),
        ),
        "Problem": _object(
            {"title": _TEXT, "status": {"type": "integer"}, "detail": _TEXT, "parameter": _TEXT},
            ("title", "status", "detail"),
        ),
    }
    for name in ("Service", "ServiceAtLocation", "Taxonomy", "TaxonomyTerm"):
        schemas[f"{name}Page"] = _object(page | {"contents": _list(name), "notice": _TEXT}, (*page, "contents"))
    return schemas


def _answers(schema: str, *problems: tuple[int, str]) -> Json:
    good = {"200": {"description": "What was asked for.", "content": {"application/json": {"schema": _ref(schema)}}}}
    always = ((304, "Not changed since the ETag that was sent."), (503, "The register cannot be read just now."))
    said = ((429, "Too many requests: Retry-After says how many seconds to wait."), *problems)
    plain = {str(status): {"description": text} for status, text in always[:1]}
    told = {
        str(status): {"description": text, "content": {"application/problem+json": {"schema": _ref("Problem")}}}
        for status, text in (*said, *always[1:])
    }
    return good | plain | told


def _operation(name: str, summary: str, schema: str, parameters: tuple[str, ...] = ()) -> Json:
    refused = ((400, "A parameter cannot be read: `parameter` names it and `detail` says what was expected."),)
    return {
        "operationId": name,
        "summary": summary,
        "parameters": [
            {
                "name": each,
                "in": "query",
                "required": False,
                "description": _PARAMETERS[each][0],
                "schema": _PARAMETERS[each][1],
            }
            for each in parameters
        ],
        "responses": _answers(schema, *refused),
    }


def _one(name: str, summary: str, schema: str) -> Json:
    operation = _operation(name, summary, schema)
    operation["responses"] |= _answers(
        schema, (404, "There is nothing with this identifier, or it is published no more.")
    )
    path = {"name": "id", "in": "path", "required": True, "description": "The identifier.", "schema": _TEXT}
    return {"parameters": [path], "get": operation}


@cache
def description() -> Json:
    """The OpenAPI 3.0 description, relative to wherever the feed is mounted."""
    return {
        "openapi": "3.0.3",
        "info": {
            "title": "Common Ground: partners, as Open Referral UK",
            "version": "3.0",
            "description": "A read-only feed of published and consented entries, following HSDS-UK 3.0.",
        },
        "paths": {
            "/": {"get": _operation("about", "The version and profile that this feed follows.", "About")},
            "/services": {"get": _operation("services", "Services, a page at a time.", "ServicePage", SERVICES)},
            "/services/{id}": _one("service", "A service, whole.", "Service"),
            "/service_at_locations": {
                "get": _operation(
                    "service_at_locations",
                    "Services where they are, a page at a time.",
                    "ServiceAtLocationPage",
                    SERVICES,
                )
            },
            "/service_at_locations/{id}": _one(
                "service_at_location", "A service at a location, whole.", "ServiceAtLocation"
            ),
            "/taxonomies": {"get": _operation("taxonomies", "The vocabularies in use.", "TaxonomyPage", PAGES)},
            "/taxonomies/{id}": _one("taxonomy", "A vocabulary.", "Taxonomy"),
            "/taxonomy_terms": {
                "get": _operation(
                    "taxonomy_terms", "Their terms, a page at a time.", "TaxonomyTermPage", (*PAGES, "taxonomy_id")
                )
            },
            "/taxonomy_terms/{id}": _one("taxonomy_term", "A term.", "TaxonomyTerm"),
        },
        "components": {"schemas": _schemas()},
    }
