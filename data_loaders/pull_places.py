"""What to ask a publisher for when somebody wants the figures of a place: which levels, within which areas.

A place is pulled with the whole of its system (ICB), so that its neighbourhoods and authorities can be set beside one another.
Publishers have no question for the authorities of a system, so those of its region are asked for.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from analysis.places import ENGLAND, Place
from data_loaders.atlas import Atlas

# What the pages show, and what `--all` adds. Practices, wards and middle layer areas are left out: they are many times as much.
USUAL_LEVELS = ("pcn", "county", "authority", "icb")
ALL_LEVELS = ("pcn", "county", "authority", "sub_icb", "icb", "region")
_SYSTEMS = ("icb24", "icb26")

Within = tuple[str, ...]


@dataclass(frozen=True)
class PullPlace:
    """A place as it is pulled. code, name: of the layer. within: level → the areas to ask within, each as (first choice, then what to
    ask instead where the publisher does not know it): an ICB of April 2026, else those of April 2024 that it was made of."""

    code: str
    name: str
    within: Mapping[str, Sequence[Sequence[Within]]]


def pull_place(atlas: Atlas, place: Place, levels: Collection[str] | None = None) -> PullPlace:
    """How to pull a place: England and regions as they are, anything else with the whole of its system.

    levels: some of ALL_LEVELS, or "england"; by default USUAL_LEVELS and England, without networks for the whole of England
    (thirty-six requests for each hundred indicators). Counties are asked for only where there are some. England's own values come
    with every answer; the level "england" is for indicators that are published for nothing else.
    """
    home = place if place.level in ("england", "region") else atlas.gazetteer.parent(place, "icb26")
    usual = [level for level in USUAL_LEVELS if level != "pcn" or home.level != "england"]
    wanted = tuple(levels) if levels else (*usual, "england")
    within = {level: _within(atlas, home, level) for level in (*ALL_LEVELS, "england") if level in wanted}
    return PullPlace(home.code, home.name, {level: areas for level, areas in within.items() if areas})


def layer_codes(atlas: Atlas, place: Place) -> frozenset[str]:
    """The places whose layers bear on a place: England, its region and its system; for England and a region, every system within."""
    gazetteer = atlas.gazetteer
    if place.level in ("england", "region"):
        inside = [*gazetteer.children(place, "icb26"), *gazetteer.children(place, "region")]
        return frozenset([ENGLAND, place.code, *(each.code for each in inside)])
    system = gazetteer.parent(place, "icb26")
    regions = [gazetteer.parent(each, "region").code for each in (place, system)]
    return frozenset([ENGLAND, system.code, *regions])


def _within(atlas: Atlas, home: Place, level: str) -> list[list[Within]]:
    """The areas to ask within for one level; none where the place has no area of that level."""
    gazetteer = atlas.gazetteer
    match level:
        case "icb" | "region" | "england":
            return [[(ENGLAND,)]]  # all of them at once: few rows, and every vintage of the codes
        case "pcn" | "sub_icb":
            systems = [home] if home.level in _SYSTEMS else gazetteer.children(home, "icb26")
            return [_system(atlas, system) for system in systems]
        case "county":
            if not _has_counties(atlas, home):
                return []
            regions = [region for region in _regions(atlas, home) if _has_counties(atlas, gazetteer.place(region))]
            return [[(region,)] for region in regions]
    return [[(region,)] for region in _regions(atlas, home)]


def _has_counties(atlas: Atlas, area: Place) -> bool:
    """Whether some authority of an area is the district of a county."""
    return any(each.code in atlas.counties for each in atlas.gazetteer.children(area, "lad24"))


def _system(atlas: Atlas, system: Place) -> list[Within]:
    """A system of April 2026, and instead those of April 2024 that have most of their people in it."""
    before = [
        each.code
        for each in atlas.gazetteer.children(system, "icb24")
        if atlas.gazetteer.parent(each, "icb26").code == system.code
    ]
    return [(system.code,)] if before == [system.code] else [(system.code,), tuple(before)]


def _regions(atlas: Atlas, home: Place) -> list[str]:
    """The regions that hold the authorities of which a place has most; a sliver of another's is not worth a region."""
    if home.level == "region":
        return [home.code]
    if home.level == "england":
        return [each.code for each in atlas.gazetteer.children(home, "region")]
    authorities = [
        each for each in atlas.gazetteer.children(home, "lad24") if atlas.gazetteer.parent(each, "icb26").code == home.code
    ]
    return sorted({atlas.gazetteer.parent(each, "region").code for each in authorities})
