"""Every answer of the feed against the published schemas and OpenAPI description, and against the feed's own description offline."""

from __future__ import annotations

import copy
import os
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from jsonschema_rs import Draft202012Validator
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import from_schema
from schemathesis.engine.events import FatalError, NonFatalError, ScenarioFinished
from starlette.testclient import TestClient

from presentation.open_referral_description import description
from presentation.open_referral_feed import PREFIX
from register import open_referral as open_referral_objects
from register.open_referral import Offer
from register.store import Register
from tests.contract.open_referral import a_register, feed_app, fill, name_known, published_description, schema_of

PAGE = {"total_items", "total_pages", "page_number", "size", "first_page", "last_page", "empty", "contents"}
# Neither description can say that proximity needs a postcode, so both call valid what is refused with a reason.
# The seed is named so that a run says the same of the same code; CONTRIBUTING.md says how to hunt with others.
FEW = SchemathesisConfig.from_dict(
    {
        "seed": int(os.environ.get("SCHEMATHESIS_SEED", "20261125")),
        "generation": {"max-examples": 20},
        "checks": {"positive_data_acceptance": {"enabled": False}},
        "phases": {"stateful": {"enabled": False}},
    }
)


@pytest.fixture(scope="module")
def register(tmp_path_factory: pytest.TempPathFactory) -> Register:
    return a_register(tmp_path_factory.mktemp("feed"))


@pytest.fixture(scope="module")
def ids(register: Register) -> dict[str, str]:
    return fill(register)


@pytest.fixture(scope="module")
def open_referral(shared_data: Path) -> Path:
    return shared_data / "open_referral"


@pytest.fixture(scope="module")
def known(register: Register, ids: dict[str, str]) -> dict[str, list[str]]:
    """Identifiers of what is there, by address."""
    client = TestClient(feed_app(register))
    lists = ("services", "service_at_locations", "taxonomies", "taxonomy_terms")
    return {
        f"/{name}/{{id}}": [row["id"] for row in client.get(f"{PREFIX}/{name}").json()["contents"]] for name in lists
    }


def run(register: Register, described: dict[str, Any]) -> tuple[Counter[tuple[str, str]], set[str]]:
    """Put a description to the feed: every outcome of every check, counted, and the failures in words."""
    schema = schemathesis.openapi.from_asgi("/described.json", feed_app(register, published=described), config=FEW)
    counts: Counter[tuple[str, str]] = Counter()
    failures: set[str] = set()
    for event in from_schema(schema).execute():
        assert not isinstance(event, FatalError | NonFatalError), event
        if not isinstance(event, ScenarioFinished):
            continue
        for nodes in event.recorder.checks.values():
            for node in nodes:
                counts[event.recorder.label, node.status.name] += 1
                if node.failure_info:
                    failures.add(f"{event.recorder.label}: {node.name}: {node.failure_info.failure}")
    return counts, failures


def check(body: Any, schema: dict[str, Any]) -> None:
    problems = [
        f"{error.instance_path}: {error.message}"
        for error in Draft202012Validator(schema, validate_formats=True).iter_errors(body)
    ]
    assert problems == []


def unknown(body: Any, schema: dict[str, Any], at: str = "$") -> list[str]:
    """Fields that the published schema does not have: allowed by it, but a slip of the pen more likely than not."""
    if isinstance(body, list):
        return [found for item in body for found in unknown(item, schema.get("items", {}), at)]
    if not isinstance(body, dict):
        return []
    known = schema.get("properties", {})
    return [f"{at}.{name}" for name in body if name not in known] + [
        found for name, value in body.items() if name in known for found in unknown(value, known[name], f"{at}.{name}")
    ]


@pytest.mark.parametrize(
    ("path", "schema"),
    [
        ("services", "service"),
        ("service_at_locations", "service_at_location"),
        ("taxonomies", "taxonomy"),
        ("taxonomy_terms", "taxonomy_term"),
    ],
)
def test_every_object_of_every_list_meets_its_published_schema(
    register: Register, ids: dict[str, str], open_referral: Path, path: str, schema: str
) -> None:
    published = schema_of(open_referral, schema)
    client = TestClient(feed_app(register))
    rows = client.get(f"{PREFIX}/{path}", params={"per_page": "100"}).json()
    assert set(rows) == PAGE
    assert rows["contents"], "or this would prove nothing"
    for row in rows["contents"]:
        whole = client.get(f"{PREFIX}/{path}/{row['id']}").json()
        for body in (row, whole):
            check(body, published)
            assert unknown(body, published) == []


def test_a_wrong_object_would_be_seen(register: Register, ids: dict[str, str], open_referral: Path) -> None:
    published = schema_of(open_referral, "service")
    body = TestClient(feed_app(register)).get(f"{PREFIX}/services/{ids['checks']}").json()
    for name, value in (
        ("id", "seventeen"),
        ("status", "busy"),
        ("email", 5),
        ("url", "not a uri"),
        ("last_modified", "yesterday"),
    ):
        with pytest.raises(AssertionError):
            check(body | {name: value}, published)
    assert unknown(body | {"score": 3}, published) == ["$.score"]


def test_a_list_has_the_fields_of_the_published_example(
    register: Register, ids: dict[str, str], open_referral: Path
) -> None:
    import json

    client = TestClient(feed_app(register))
    for path, example in (
        ("services", "example_service_list"),
        ("service_at_locations", "example_service_at_location_list"),
    ):
        shown = json.loads((open_referral / f"{example}.json").read_text(encoding="utf-8"))
        body = client.get(f"{PREFIX}/{path}").json()
        assert set(body) == set(shown)
        allowed = set(shown["contents"][0]) | {"organization_id"}
        assert all(set(row) <= allowed for row in body["contents"]), (
            "one-to-one fields only: no coordinates in /services"
        )


def test_the_feed_s_own_description_covers_the_published_one(open_referral: Path) -> None:
    published = published_description(open_referral)
    own = description()
    assert set(own["paths"]) == set(published["paths"])
    named = published["components"]["parameters"]
    for path, item in published["paths"].items():
        asked = {named[each["$ref"].rsplit("/", 1)[1]]["name"] for each in item["get"].get("parameters", [])}
        answered = {each["name"] for each in own["paths"][path]["get"]["parameters"]}
        assert asked <= answered, path


def test_schemathesis_finds_no_fault_by_the_published_description(
    register: Register, known: dict[str, list[str]], open_referral: Path
) -> None:
    described = published_description(open_referral, known)
    counts, failures = run(register, described)
    assert failures == set()
    assert {label for label, _ in counts} == {f"GET {path}" for path in described["paths"]}
    assert sum(counts.values()) > 1_000


def test_schemathesis_finds_no_fault_by_the_feed_s_own_description(
    register: Register, known: dict[str, list[str]]
) -> None:
    described = copy.deepcopy(description()) | {"servers": [{"url": PREFIX}]}
    for path, item in described["paths"].items():
        name_known(path, item, known)
    counts, failures = run(register, described)
    assert failures == set()
    assert {label for label, _ in counts} == {f"GET {path}" for path in described["paths"]}
    assert sum(counts.values()) > 1_000


def test_schemathesis_would_find_a_fault(
    register: Register, ids: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def without_status(offer: Offer, today: date) -> dict[str, Any]:
        return {name: value for name, value in whole(offer, today).items() if name != "status"}

    whole = open_referral_objects.service_row
    monkeypatch.setattr(open_referral_objects, "service_row", without_status)
    _, failures = run(register, copy.deepcopy(description()) | {"servers": [{"url": PREFIX}]})
    assert any("GET /services: response_schema_conformance" in failure for failure in failures)
