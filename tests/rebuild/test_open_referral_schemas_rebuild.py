"""The committed schemas of Open Referral UK: built again from the published ones, the same bytes; and they judge as the published ones do."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema_rs import Draft202012Validator

from data_loaders import open_referral_schemas as schemas
from data_loaders.errors import SourceError
from tests.contract.open_referral import schema_of

EXAMPLES = {
    "service": ("example_service_full",),
    "service_at_location": ("example_service_at_location_full",),
    "organization": ("example_organization_full",),
}
LISTS = {
    "service": ("example_service_list", "mock_service_list"),
    "service_at_location": ("example_service_at_location_list",),
    "taxonomy_term": ("example_taxonomy_term_list",),
}


def test_a_second_build_gives_the_same_bytes(shared_data: Path, tmp_path: Path) -> None:
    size = schemas.written(shared_data, tmp_path / "first.json")
    schemas.written(shared_data, tmp_path / "second.json")
    first = (tmp_path / "first.json").read_bytes()
    assert first == (tmp_path / "second.json").read_bytes() == schemas.FILE.read_bytes()
    assert size == len(first) < 12_000
    assert b"CC BY-SA 4.0" in first and b"openreferral/uk-profile" in first
    assert not any(word in first for word in (b'"description":{"description', b'"example"', b'"datapackage'))


def examples(folder: Path) -> list[tuple[str, Any]]:
    def opened(name: str) -> Any:
        return json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))

    whole = [(kind, opened(name)) for kind, names in EXAMPLES.items() for name in names]
    return whole + [(kind, one) for kind, names in LISTS.items() for name in names for one in opened(name)["contents"]]


def test_the_published_examples_are_good(shared_data: Path) -> None:
    bodies = examples(shared_data / "open_referral")
    assert len(bodies) == 3 + 128 + 1 + 1 + 1
    for kind, body in bodies:
        assert schemas.fault(body, kind) is None
        assert Draft202012Validator(schemas.schema_of(kind), validate_formats=True).is_valid(body)
    page = json.loads((shared_data / "open_referral" / "mock_service_list.json").read_text(encoding="utf-8"))
    assert schemas.fault(page, "page") is None and schemas.fault(page | {"empty": "no"}, "page") is not None


def broken(body: Any) -> list[Any]:
    """The object with one thing wrong, for every thing in it: left out, or of another type."""
    found: list[Any] = []

    def walk(inside: Any, path: tuple[Any, ...]) -> None:
        items = inside.items() if isinstance(inside, dict) else enumerate(inside) if isinstance(inside, list) else ()
        for key, value in items:
            for change in ("drop", "type"):
                copied = copy.deepcopy(body)
                at = copied
                for step in path:
                    at = at[step]
                if change == "drop" and isinstance(at, dict):
                    del at[key]
                else:
                    at[key] = [] if not isinstance(value, list) else "x"
                found.append(copied)
            walk(value, (*path, key))

    walk(body, ())
    return found


@pytest.mark.parametrize("kind", ["service", "service_at_location"])
def test_they_judge_as_the_published_schemas_do(shared_data: Path, kind: str) -> None:
    folder = shared_data / "open_referral"
    published = Draft202012Validator(schema_of(folder, kind))
    body = json.loads((folder / f"{EXAMPLES[kind][0]}.json").read_text(encoding="utf-8"))
    verdicts = [(published.is_valid(one), schemas.fault(one, kind) is None) for one in broken(body)]
    assert all(ours == theirs for theirs, ours in verdicts)
    assert len(verdicts) > 150 and {theirs for theirs, _ in verdicts} == {True, False}


def test_each_object_is_as_its_own_published_file_has_it(shared_data: Path) -> None:
    for name in ("address", "attribute", "location", "organization", "schedule", "service", "service_at_location", "taxonomy", "taxonomy_term"):
        whole = json.loads((shared_data / "open_referral" / f"{name}.json").read_text(encoding="utf-8"))
        ours = schemas.published()["$defs"][name]
        assert set(whole["properties"]) <= set(ours["properties"]) and whole["required"] == ours["required"], name
        for field, described in whole["properties"].items():
            for key in ("type", "format", "enum"):
                if key in described:
                    assert ours["properties"][field].get(key) == described[key], (name, field, key)


@pytest.mark.parametrize("content", [None, "{", "[]"])
def test_a_missing_or_damaged_file_stops_the_build(tmp_path: Path, content: str | None) -> None:
    (tmp_path / "open_referral").mkdir()
    if content is not None:
        (tmp_path / "open_referral" / "compiled_service.json").write_text(content)
    with pytest.raises(SourceError, match=r"compiled_service\.json"):
        schemas.build(tmp_path)
