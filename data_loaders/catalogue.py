"""Core20PLUS5 as data: each clinical area with what is asked, the indicators that bear on it, and what nobody publishes.

The file is assets/core20plus5.toml. It says what to look for and why; names, units and polarities as published now come with the
values (`indicator_values.INDICATOR_COLUMNS`), and a live pull overrules the polarities here.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NamedTuple

from analysis.area_codes import LEVELS
from data_loaders.errors import SourceError
from data_loaders.indicator_values import POLARITIES

CATALOGUE = Path(__file__).parents[1] / "assets" / "core20plus5.toml"

# Two lists that are never mixed, and what stands beside both.
AUDIENCES = ("adults", "children", "all")

NOT_ESTABLISHED = "Not established in this copy; read from Fingertips at the next pull."
"""The polarity source of an indicator whose polarity was not found in any recorded copy of the metadata."""

LONGEST_NAME = 45
NONE_PUBLISHED = ": none published"
_SLUG = re.compile(r"[a-z]+(-[a-z]+)*")
_IDS = {"fingertips": re.compile(r"\d{1,6}"), "ons": re.compile(r"ons(-[a-z]+)+")}


class UnknownEntryError(LookupError):
    """A clinical area or indicator that the catalogue does not have; the message names those that it has, or the nearest."""


class Geography(NamedTuple):
    """A level (analysis.area_codes.LEVELS) at which an indicator is published. seen: values were seen in a recording; otherwise the
    source is to be asked. evidence: which recording, or why it is worth asking."""

    level: str
    seen: bool
    evidence: str


@dataclass(frozen=True)
class CatalogueIndicator:
    """One indicator. name: plain, at most 45 letters. published_as: the publisher's own name. why: why it is here. higher_means: what
    a higher value says, without judging. polarity: one of POLARITIES, empty where not established. polarity_source: where it was
    read. mind: what to know before reading it. retired: when it stopped. summed_from_practices: this atlas also sums it from
    practices, for networks, authorities and systems (NHS England QOF)."""

    indicator_id: str
    origin: str
    name: str
    published_as: str
    why: str
    higher_means: str
    levels: tuple[Geography, ...]
    polarity: str
    polarity_source: str
    polarity_addresses: tuple[str, ...]
    mind: str
    retired: str
    summed_from_practices: bool

    @property
    def seen_at(self) -> tuple[str, ...]:
        """The levels of which a recording has values, from England down."""
        return tuple(geography.level for geography in self.levels if geography.seen)

    @property
    def to_ask(self) -> tuple[str, ...]:
        """The levels to ask the source about, from England down."""
        return tuple(geography.level for geography in self.levels if not geography.seen)


@dataclass(frozen=True)
class ClinicalArea:
    """A clinical area of one audience (AUDIENCES). asks: what NHS England asks for, in plain words. gaps: each ends in "none published"."""

    id: str
    name: str
    audience: str
    asks: str
    indicators: tuple[CatalogueIndicator, ...]
    gaps: tuple[str, ...]


@dataclass(frozen=True)
class Catalogue:
    """Every clinical area, in the order of the file, which is the order on the board."""

    areas: tuple[ClinicalArea, ...]

    def area(self, area_id: str) -> ClinicalArea:
        """The clinical area with this id, or UnknownEntryError."""
        for area in self.areas:
            if area.id == area_id:
                return area
        known = ", ".join(area.id for area in self.areas)
        raise UnknownEntryError(f"There is no clinical area “{area_id}” in the catalogue: use one of {known}.")

    def indicator(self, indicator_id: str) -> CatalogueIndicator:
        """The indicator with this id, or UnknownEntryError."""
        for area in self.areas:
            for entry in area.indicators:
                if entry.indicator_id == indicator_id:
                    return entry
        near = get_close_matches(indicator_id, self.ids(), n=3)
        hint = f"did you mean {' or '.join(near)}?" if near else "docs/catalogue.md says how to add one."
        raise UnknownEntryError(f"There is no indicator “{indicator_id}” in the catalogue: {hint}")

    def ids(self, area: str | None = None, origin: str | None = None) -> tuple[str, ...]:
        """Indicator ids in order: of every clinical area or one, from every origin (indicator_values.ORIGINS) or one. Fingertips can
        be asked only for those of origin "fingertips"."""
        areas = self.areas if area is None else (self.area(area),)
        return tuple(
            entry.indicator_id for each in areas for entry in each.indicators if origin is None or entry.origin == origin
        )


# Field → its type, and whether it must be there.
_Fields = Mapping[str, tuple[type, bool]]
_FILE_FIELDS: _Fields = {"area": (list, True), "evidence": (list, False)}
_AREA_FIELDS: _Fields = {
    "id": (str, True),
    "name": (str, True),
    "audience": (str, True),
    "asks": (str, True),
    "gaps": (list, False),
    "indicator": (list, False),
}
_INDICATOR_FIELDS: _Fields = {
    "id": (str, True),
    "origin": (str, False),
    "name": (str, True),
    "published_as": (str, True),
    "why": (str, True),
    "higher_means": (str, True),
    "seen": (dict, False),
    "ask": (list, False),
    "ask_because": (str, False),
    "summed_from_practices": (bool, False),
    "polarity": (str, False),
    "polarity_from": (list, False),
    "mind": (str, False),
    "retired": (str, False),
}
_EVIDENCE_FIELDS: _Fields = {"id": (str, True), "says": (str, True), "address": (str, False)}
_ENTRIES = ("area", "indicator", "evidence")  # lists of tables; every other list is of texts
_TYPES = {str: "text", list: "a list", dict: "a table", bool: "true or false"}


class _Checks:
    """The rules, for one file: every complaint names the entry, the field and what was expected."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.taken: dict[tuple[str, str], str] = {}
        self.evidence: dict[str, tuple[str, str]] = {}

    def wrong(self, where: str, problem: str, expected: str) -> SourceError:
        return SourceError(self.path, f"{where}: {problem}", expected, "Correct that entry; docs/catalogue.md says how each is written.")

    def fields(self, entry: Mapping[str, Any], allowed: _Fields, where: str) -> None:
        for name in entry:
            if name not in allowed:
                raise self.wrong(where, f"there is no field “{name}”", f"one of {', '.join(allowed)}")
        for name, (kind, needed) in allowed.items():
            value = entry.get(name)
            if value is None:
                if needed:
                    raise self.wrong(where, f"the field “{name}” is missing", f"{name}, {_TYPES[kind]}")
                continue
            inside = dict if name in _ENTRIES else str
            parts = value if kind is list else value.values() if kind is dict else ()
            if not isinstance(value, kind) or not all(isinstance(part, inside) for part in parts):
                raise self.wrong(where, f"the field “{name}” is not what it should be", _TYPES[kind])
            if kind is str and not str(value).strip():
                raise self.wrong(where, f"the field “{name}” is empty", "text, or no such field if it may be left out")

    def one_of(self, value: str, allowed: Iterable[str], field: str, where: str) -> str:
        known = tuple(allowed)
        if value not in known:
            raise self.wrong(where, f"“{value}” is no {field}", f"one of {', '.join(known)}")
        return value

    def shaped(self, value: str, shape: re.Pattern[str], example: str, where: str) -> str:
        if not shape.fullmatch(value):
            raise self.wrong(where, f"the id “{value}” has another form than agreed", f"an id like {example}")
        return value

    def once(self, value: str, what: str, where: str) -> str:
        if (what, value) in self.taken:
            raise self.wrong(where, f"the {what} “{value}” is already that of {self.taken[what, value]}", f"each {what} once")
        self.taken[what, value] = where
        return value

    def proof(self, evidence_id: str, where: str) -> tuple[str, str]:
        if evidence_id not in self.evidence:
            raise self.wrong(where, f"there is no evidence “{evidence_id}”", f"one of {', '.join(self.evidence)}")
        return self.evidence[evidence_id]


def _levels(checks: _Checks, entry: Mapping[str, Any], where: str) -> tuple[Geography, ...]:
    seen = {level: checks.proof(evidence_id, where)[0] for level, evidence_id in entry.get("seen", {}).items()}
    ask = list(entry.get("ask", []))
    for level in (*seen, *ask):
        checks.one_of(level, LEVELS, "level", where)
    if both := seen.keys() & set(ask):
        raise checks.wrong(where, f"{', '.join(sorted(both))} is both in “seen” and in “ask”", "each level in one of them")
    if not seen and not ask:
        raise checks.wrong(where, "no level is named", "at least one level in “seen” or “ask”")
    if bool(ask) != ("ask_because" in entry):
        raise checks.wrong(where, "“ask” and “ask_because” go together and one is missing", "both, or neither")
    because = checks.proof(entry["ask_because"], where)[0] if ask else ""
    return tuple(
        Geography(level, level in seen, seen.get(level, because)) for level in LEVELS if level in seen or level in ask
    )


def _indicator(checks: _Checks, entry: Mapping[str, Any], where: str) -> CatalogueIndicator:
    checks.fields(entry, _INDICATOR_FIELDS, where)
    where = f"{where} ({entry['id']})"
    origin = checks.one_of(entry.get("origin", "fingertips"), _IDS, "origin", where)
    example = {"fingertips": "219", "ons": "ons-cigarette-smokers, with origin = \"ons\""}[origin]
    checks.shaped(entry["id"], _IDS[origin], example, where)
    if len(entry["name"]) > LONGEST_NAME:
        raise checks.wrong(where, f"the name has {len(entry['name'])} letters", f"at most {LONGEST_NAME}, so that it fits the board")
    polarity, read_in = entry.get("polarity", ""), entry.get("polarity_from", [])
    if bool(polarity) != bool(read_in):
        raise checks.wrong(where, "a polarity and where it was read go together and one is missing", "“polarity” and “polarity_from”, or neither")
    if polarity:
        checks.one_of(polarity, POLARITIES, "polarity", where)
    proofs = [checks.proof(evidence_id, where) for evidence_id in read_in]
    return CatalogueIndicator(
        indicator_id=checks.once(entry["id"], "indicator id", where),
        origin=origin,
        name=checks.once(entry["name"], "indicator name", where),
        published_as=entry["published_as"],
        why=entry["why"],
        higher_means=entry["higher_means"],
        levels=_levels(checks, entry, where),
        polarity=polarity,
        polarity_source=" ".join(says for says, _ in proofs) or NOT_ESTABLISHED,
        polarity_addresses=tuple(address for _, address in proofs if address),
        mind=entry.get("mind", ""),
        retired=entry.get("retired", ""),
        summed_from_practices=entry.get("summed_from_practices", False),
    )


def _area(checks: _Checks, entry: Mapping[str, Any], where: str) -> ClinicalArea:
    checks.fields(entry, _AREA_FIELDS, where)
    where = f"{where} ({entry['id']})"
    checks.shaped(entry["id"], _SLUG, "oral-health", where)
    gaps = tuple(entry.get("gaps", []))
    for gap in gaps:
        if not gap.endswith(NONE_PUBLISHED) or gap == NONE_PUBLISHED:
            raise checks.wrong(where, f"the gap “{gap}” does not say that none is published", f"what is missing, then “{NONE_PUBLISHED}”")
    return ClinicalArea(
        id=checks.once(entry["id"], "area id", where),
        name=checks.once(entry["name"], "area name", where),
        audience=checks.one_of(entry["audience"], AUDIENCES, "audience", where),
        asks=entry["asks"],
        indicators=tuple(
            _indicator(checks, each, f"{where}, indicator {number}") for number, each in enumerate(entry.get("indicator", []), 1)
        ),
        gaps=gaps,
    )


def read(path: Path = CATALOGUE) -> Catalogue:
    """The catalogue of a file in the form of assets/core20plus5.toml, checked.

    SourceError for a file that is missing or not TOML, and for an entry that breaks a rule: it names the entry, the field and what
    was expected.
    """
    try:
        text = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SourceError(path, "the file is missing", "the Core20PLUS5 catalogue", "Put it back from the repository.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SourceError(path, f"it cannot be read: {error}", "TOML in UTF-8", "Correct that line.") from error
    checks = _Checks(path)
    checks.fields(text, _FILE_FIELDS, "the file")
    for number, entry in enumerate(text.get("evidence", []), 1):
        checks.fields(entry, _EVIDENCE_FIELDS, f"evidence {number}")
        checks.once(entry["id"], "evidence id", f"evidence {number}")
        checks.evidence[entry["id"]] = (entry["says"], entry.get("address", ""))
    return Catalogue(tuple(_area(checks, entry, f"clinical area {number}") for number, entry in enumerate(text["area"], 1)))
