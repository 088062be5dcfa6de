"""The published schemas of Open Referral UK 3.0 as one small file, and what breaks them in an object, in the schema's own words.

`build` draws them out of the publisher's compiled schemas: descriptions, examples and notes for tables are dropped, and an object that is
described in several places is described once (`$defs`). Structure, types, required fields, lists of values and formats stay as published.

When reading, what the schemas require counts, and null is taken for what is not recorded; formats (`uuid`, `uri`, `email`) do not sink a
service, as JSON Schema itself has it: half the directories number their services. What this project writes meets the formats too.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from data_loaders.errors import SnapshotError, SourceError

FOLDER = "open_referral"
FILE = Path(__file__).parents[1] / "assets" / "open_referral_uk_3.0.json"
COMPILED = ("service", "service_at_location")
WHOLE_FILES = ("taxonomy", "taxonomy_term")
DIALECT = "https://json-schema.org/draft/2020-12/schema"
LICENCE = "CC BY-SA 4.0"
ATTRIBUTION = (
    "Open Referral UK 3.0 (HSDS-UK) schemas © Open Referral UK and Open Referral contributors, "
    "https://github.com/openreferral/uk-profile, Creative Commons Attribution-ShareAlike 4.0 International "
    "(https://creativecommons.org/licenses/by-sa/4.0/). Changed: descriptions and examples left out, repeated objects described once."
)
_KEPT = ("type", "format", "enum", "required")
_LONGEST_WORDS = 200
_OF_THE_PARENT_STANDARD = {"language": ("name", "code")}
"""Fields of HSDS 3.0 that the UK profile left out by what looks like a slip (a language without them says nothing), read where given."""
_PEOPLE = ("contacts", "attention")
"""Fields that name a person: their consent to be named here is not in a feed."""

Schema = dict[str, Any]


def build(source: Path) -> Schema:
    """The schemas as one JSON Schema document. source: the folder of publishers' files. SourceError names a file that cannot be used.

    `$defs` holds service, service_at_location, organization, location, schedule, …, taxonomy, taxonomy_term and page.
    """
    folder = source / FOLDER
    definitions: dict[str, Schema] = {}
    for name in COMPILED:
        _define(name, _json(folder / f"compiled_{name}.json"), definitions)
    for name in WHOLE_FILES[::-1]:  # the terms first: a taxonomy lists them
        _define(name, _json(folder / f"{name}.json"), definitions)
    try:
        page = _json(folder / "openapi.json")["components"]["schemas"]["Page"]
    except KeyError as error:
        raise SourceError(folder / "openapi.json", f"it has no {error}", "the description of a page", "Fetch it again.") from error
    _define("page", page, definitions)
    return {
        "$schema": DIALECT,
        "title": "Open Referral UK 3.0",
        "$comment": ATTRIBUTION,
        "licence": LICENCE,
        "$defs": dict(sorted(definitions.items())),
    }


def written(source: Path, target: Path = FILE) -> int:
    """Build them and write the file, the same bytes for the same source. Returns its size in bytes."""
    text = json.dumps(build(source), ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n"
    target.write_text(text, encoding="utf-8", newline="\n")
    return len(text.encode())


def _json(path: Path) -> Schema:
    try:
        read = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise SourceError(path, "the file is missing", f"it at {path}", "Check --source.") from error
    except (OSError, ValueError) as error:
        raise SourceError(path, f"it cannot be read as JSON ({error})", "a published schema", "Fetch it again.") from error
    if not isinstance(read, dict):
        raise SourceError(path, "it is not an object", "a published schema", "Fetch it again.")
    return read


def _define(name: str, schema: Schema, definitions: dict[str, Schema], within: str = "") -> Schema:
    """Describe an object in `definitions`, and refer to it. What is also published by itself has another name within something else."""
    key = f"{name}_in_{within}" if within and name in COMPILED else name
    slim = _slim(schema, definitions, key)
    if definitions.setdefault(key, slim) != slim:
        raise ValueError(f"{key} is described in two ways")
    return {"$ref": f"#/$defs/{key}"}


def _slim(schema: Schema, definitions: dict[str, Schema], within: str) -> Schema:
    slim: Schema = {key: schema[key] for key in _KEPT if key in schema}
    if "properties" in schema:
        slim["properties"] = {key: _inner(value, definitions, within) for key, value in schema["properties"].items()}
    if "items" in schema:
        slim["items"] = _inner(schema["items"], definitions, within)
    return slim


def _inner(schema: Schema, definitions: dict[str, Schema], within: str) -> Schema:
    if "$ref" in schema:  # in the files that are not compiled: "taxonomy_term.json"
        name = Path(str(schema["$ref"])).stem
        if name not in definitions:
            raise ValueError(f"{within} refers to {name}, which is not described")
        return {"$ref": f"#/$defs/{name}"}
    if schema.get("type") == "object" and "properties" in schema:
        return _define(str(schema["name"]), schema, definitions, within)
    return _slim(schema, definitions, within)


@cache
def published() -> Schema:
    """The committed file. SnapshotError where it is missing or damaged."""
    try:
        read: Schema = json.loads(FILE.read_text(encoding="utf-8"))
        if "service" not in read["$defs"]:
            raise KeyError("service")
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SnapshotError(FILE, f"it cannot be read ({error})", f"Restore it with `git checkout -- {FILE.name}`.") from error
    return read


def schema_of(name: str) -> Schema:
    """The schema of one kind of object. name: of `$defs`."""
    return {"$schema": DIALECT, "$ref": f"#/$defs/{name}", "$defs": published()["$defs"]}


@cache
def validator(name: str) -> Draft202012Validator:
    """What checks one kind of object. Formats are not held against it: the schemas' dialect takes them as notes."""
    return Draft202012Validator(schema_of(name))


def known(value: Any, name: str) -> Any:
    """An object with the fields that its schema has and nothing else, nulls left out; so also what stands within it.

    It is no deeper than the schema, however deep the document. People are left out here, before anything reads them.
    """
    return _known(value, {"$ref": f"#/$defs/{name}"})


def _known(value: Any, schema: Schema) -> Any:
    more: tuple[str, ...] = ()
    if "$ref" in schema:
        name = str(schema["$ref"]).rsplit("/", 1)[1]
        schema, more = published()["$defs"][name], _OF_THE_PARENT_STANDARD.get(name, ())
    if isinstance(value, dict):
        properties = schema.get("properties", {}) | {key: {"type": "string"} for key in more}
        fields = ((key, item) for key, item in value.items() if key in properties and item is not None and key not in _PEOPLE)
        return {key: _known(item, properties[key]) for key, item in fields}
    if isinstance(value, list):
        # What is a list where none belongs is left as it is found: the schema will say so.
        return [_known(item, schema["items"]) for item in value if item is not None] if "items" in schema else []
    return value


def fault(value: Any, name: str) -> str | None:
    """What is wrong with an object, in the schema's words and with the place: the gravest fault alone. None where it is good."""
    faults = sorted(validator(name).iter_errors(value), key=lambda error: (len(error.absolute_path), error.json_path))
    if not faults:
        return None
    words = str(faults[0].message)
    words = words if len(words) <= _LONGEST_WORDS else f"{words[: _LONGEST_WORDS // 2]} … {words[-_LONGEST_WORDS // 2 :]}"
    place = faults[0].json_path.removeprefix("$").removeprefix(".")
    return f"{place}: {words}" if place else words
