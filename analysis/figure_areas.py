"""Which published areas speak for a place: itself first, then the areas that hold it, so that a gap in one is filled by the next and said."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.places import Gazetteer, Place


@dataclass(frozen=True)
class FigureArea:
    """An area whose published figures may stand for a place. codes: the same area under each code that publishers use for it."""

    codes: tuple[str, ...]
    name: str
    level: str  # one of analysis.area_codes.LEVELS
    own: bool  # whether it is the place itself


_LEVEL_OF = {
    "england": "england",
    "region": "region",
    "icb24": "icb",
    "icb26": "icb",
    "sub_icb24": "sub_icb",
    "sub_icb26": "sub_icb",
    "lad24": "authority",
    "pcn": "pcn",
}


def figure_areas(
    gazetteer: Gazetteer, place: Place, counties: dict[str, tuple[str, str]], other_codes: dict[str, str]
) -> list[FigureArea]:
    """The areas that speak for a place, nearest first.

    A neighbourhood (PCN) is followed by the authority that holds most of its people, an authority by its county, where it is a district
    of one; a ward or a middle layer area is spoken for by its authority. Systems, regions and England speak for themselves alone: a
    figure for a larger area would not be theirs.

    counties: authority code → (county code, county name), for districts. other_codes: authority code → the same area's later code.
    """
    chain: list[Place] = []
    if place.level in _LEVEL_OF:
        chain.append(place)
    if place.level in ("pcn", "ward", "msoa", "lsoa"):
        chain.append(gazetteer.parent(place, "lad24"))
    areas = [
        FigureArea(
            tuple(dict.fromkeys((each.code, other_codes.get(each.code, each.code)))),
            each.name,
            _LEVEL_OF[each.level],
            each.code == place.code,
        )
        for each in chain
    ]
    county = counties.get(chain[-1].code) if chain else None
    if county:
        areas.append(FigureArea((county[0],), county[1], "county", False))
    return areas


def within(gazetteer: Gazetteer, place: Place, level: str) -> list[Place]:
    """The areas of a level ("pcn", "lad24", "icb26" …) inside or across a place, by name; a place is not within itself."""
    return [child for child in gazetteer.children(place, level) if child.code != place.code]
