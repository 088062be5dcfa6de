"""Fingertips' area types: which of them holds the areas of a level, found in its own list of today, with recorded ids to fall back on.

Ids change when boundaries do (501 follows 401 follows 301), so they are looked up by what they are called. Some levels have several:
an authority's values may be with the districts or, where an indicator is for upper tiers alone, with the counties.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from analysis.area_codes import LEVELS

ENGLAND = "E92000001"


@dataclass(frozen=True)
class AreaType:
    """id: as the API takes it. short, name: as Fingertips calls it, "PCNs (v. 27/10/23)"."""

    id: int
    short: str
    name: str = ""


# Recorded in OHID's API annex of April 2024, still used in public code of February 2026.
RECORDED = (
    AreaType(15, "England"),
    AreaType(6, "Region", "Government Office Region"),
    AreaType(223, "NHS regions (since ICB setup)"),
    AreaType(221, "ICBs", "ICBs, former STPs"),
    AreaType(66, "ICB sub-locations", "Sub-ICB, former CCGs"),
    AreaType(501, "Districts & UAs (from Apr 2023)", "Lower tier local authorities (post 4/23)"),
    AreaType(502, "Counties & UAs (from Apr 2023)", "Upper tier local authorities (post 4/23)"),
    AreaType(204, "PCNs (v. 27/10/23)", "Primary Care Network (v. 27/10/23)"),
    AreaType(7, "GPs", "General Practice"),
    AreaType(8, "Electoral Wards", "Electoral Best Fit Wards"),
    AreaType(3, "MSOA", "Middle Super Output Area"),
)

# Level → what its area types are called, in the order in which to prefer them.
_CALLED: dict[str, tuple[str, ...]] = {
    "england": (r"England",),
    "region": (r"(Government Office )?Regions?( \(statistical\).*)?",),
    "nhs_region": (r"NHS regions?( \(.*\))?",),
    "icb": (r"(ICBs?|Integrated Care Boards?)( \(.*\))?",),
    "sub_icb": (r"(ICB sub[- ]locations?|Sub[- ]ICBs?( locations?)?)( \(.*\))?",),
    "county": (r"(County|Counties) (&|and) UAs?( \(.*\))?",),
    "authority": (r"Districts? (&|and) UAs?( \(.*\))?", r"(County|Counties) (&|and) UAs?( \(.*\))?"),
    "pcn": (r"(PCNs?|Primary Care Networks?)( \(.*\))?",),
    "practice": (r"GPs?|General Practices?|GP practices?",),
    "ward": (r"(Electoral )?Wards( \(.*\))?",),
    "msoa": (r"MSOAs?( \(.*\))?",),
}

# Which levels lie within which, where Fingertips' own list of parents cannot be had.
NESTING = {
    ("pcn", "icb"), ("pcn", "sub_icb"), ("practice", "icb"), ("practice", "sub_icb"), ("practice", "pcn"), ("sub_icb", "icb"),
    ("sub_icb", "nhs_region"), ("icb", "nhs_region"), ("authority", "region"), ("county", "region"),
}  # fmt: skip


def read_area_types(listed: object) -> tuple[AreaType, ...]:
    """Area types out of the answer of `area_types`; entries without an id or a name are passed over."""
    found = []
    for entry in listed if isinstance(listed, list) else []:
        if isinstance(entry, dict) and isinstance(entry.get("Id"), int) and (entry.get("Short") or entry.get("Name")):
            found.append(AreaType(entry["Id"], str(entry.get("Short") or entry["Name"]), str(entry.get("Name") or "")))
    return tuple(found)


def read_parent_types(listed: object) -> dict[int, frozenset[int]]:
    """Child type → the types that Fingertips offers as its parents, out of the answer of `area_types/parent_area_types`."""
    parents: dict[int, frozenset[int]] = {}
    for entry in listed if isinstance(listed, list) else []:
        if isinstance(entry, dict) and isinstance(entry.get("Id"), int):
            offered: Iterable[Any] = entry.get("ParentAreaTypes") or []
            parents[entry["Id"]] = frozenset(one["Id"] for one in offered if isinstance(one, dict) and isinstance(one.get("Id"), int))
    return parents


def types_by_level(types: Iterable[AreaType]) -> dict[str, tuple[AreaType, ...]]:
    """Level → its area types, those in force before those that have ended, newer before older. Levels that nothing is called after are left out."""
    known = list(types)
    levels = {}
    for level, patterns in _CALLED.items():
        found: list[AreaType] = []
        for pattern in patterns:
            alike = [one for one in known if any(re.fullmatch(pattern, text, re.IGNORECASE) for text in (one.short, one.name) if text)]
            found += sorted((one for one in alike if one not in found), key=_newest_first)
        if found:
            levels[level] = tuple(found)
    return levels


def levels_by_type(types: Mapping[str, tuple[AreaType, ...]]) -> dict[int, frozenset[str]]:
    """Area type id → the levels whose areas it holds."""
    found: dict[int, set[str]] = {}
    for level, those in types.items():
        for one in those:
            found.setdefault(one.id, set()).add(level)
    return {identifier: frozenset(levels) for identifier, levels in found.items()}


def levels_of_type(called: str) -> frozenset[str]:
    """The levels whose areas an area type holds, by what it is called; none where that says nothing."""
    return frozenset(
        level for level, patterns in _CALLED.items() if any(re.fullmatch(pattern, called.strip(), re.IGNORECASE) for pattern in patterns)
    )


def prefixed(area_code: str) -> str:
    """A code as Fingertips has it: those of ICBs and sub-ICBs carry an n."""
    return f"n{area_code}" if re.fullmatch(r"E(54|38)\d{6}", area_code) else area_code


def in_words(levels: Iterable[str]) -> str:
    """Levels for a sentence: "PCNs, ICBs and England"."""
    words = {
        "england": "England", "region": "regions", "nhs_region": "NHS regions", "icb": "ICBs", "sub_icb": "sub-ICBs", "county": "counties",
        "authority": "local authorities", "pcn": "PCNs", "practice": "GP practices", "ward": "wards", "msoa": "MSOAs", "lsoa": "LSOAs",
    }  # fmt: skip
    chosen = [words[level] for level in reversed(LEVELS) if level in set(levels)]
    return " and ".join([", ".join(chosen[:-1]), chosen[-1]] if len(chosen) > 1 else chosen)


def _newest_first(one: AreaType) -> tuple[bool, int, int]:
    ended = bool(re.search(r"\bpre\b|\d{4}/\d\d\s*-|\d{4}/\d\d\)", one.short, re.IGNORECASE))
    years = [int(year) for year in re.findall(r"(?:19|20)\d\d", one.short)]
    return ended, -max(years, default=0), -one.id
