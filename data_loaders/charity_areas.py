"""Where a charity says that it works, from the register's names of areas to codes of the atlas. A name that is not known stays a name.

The register names upper-tier authorities as they were before 2019 and after ("Cumbria", "Bournemouth"), metropolitan counties, and
"Throughout England" and the like. A county is given as the codes of its districts, and an authority that has been merged or split as the
codes of those that took its place: where it works may thus be drawn wider than the charity said.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

ENGLAND, LONDON = "E92000001", "E12000007"
_WIDE = {
    "throughout england": (ENGLAND,),
    "throughout england and wales": (ENGLAND,),
    "throughout london": (LONDON,),
    "greater london": (LONDON,),
}
# Metropolitan counties (ONS, E11000001 to E11000007), by the names of their boroughs.
_METROPOLITAN = {
    "greater manchester": ("Bolton", "Bury", "Manchester", "Oldham", "Rochdale", "Salford", "Stockport", "Tameside", "Trafford", "Wigan"),
    "merseyside": ("Knowsley", "Liverpool", "Sefton", "St. Helens", "Wirral"),
    "south yorkshire": ("Barnsley", "Doncaster", "Rotherham", "Sheffield"),
    "tyne and wear": ("Gateshead", "Newcastle upon Tyne", "North Tyneside", "South Tyneside", "Sunderland"),
    "west midlands": ("Birmingham", "Coventry", "Dudley", "Sandwell", "Solihull", "Walsall", "Wolverhampton"),
    "west yorkshire": ("Bradford", "Calderdale", "Kirklees", "Leeds", "Wakefield"),
}
# Authorities that are no more, by the names of those that took their place.
_SUCCEEDED = {
    "bournemouth": ("Bournemouth, Christchurch and Poole",),
    "poole": ("Bournemouth, Christchurch and Poole",),
    "cumbria": ("Cumberland", "Westmorland and Furness"),
    "northamptonshire": ("North Northamptonshire", "West Northamptonshire"),
}
OVERSEAS = ("country", "continent")


def comparable(name: str) -> str:
    """A name of an authority without what the register and the Office for National Statistics write differently.

    "Bristol City" and "Bristol, City of" are one; so are "Durham" and "County Durham", "St Helens" and "St. Helens".
    """
    plain = name.casefold().replace("&", " and ").replace("-", " ").replace(".", "")
    plain = re.sub(r",? (?:city|county) of$", "", re.sub(r"\s+", " ", plain).strip())
    return re.sub(r"^(?:city of|county)\s+|\s+city$", "", plain).strip()


@dataclass(frozen=True)
class AreaNames:
    """codes: comparable name → codes of the areas that it means."""

    codes: Mapping[str, tuple[str, ...]]

    @classmethod
    def of_atlas(cls, areas: pd.DataFrame) -> AreaNames:
        """From the small-area table: lad24cd, lad24nm, utlanm, in any number of rows an authority."""
        one_each = areas[["lad24cd", "lad24nm", "utlanm"]].drop_duplicates("lad24cd")
        by_name = dict(zip(one_each["lad24nm"], one_each["lad24cd"], strict=True))
        codes: dict[str, tuple[str, ...]] = {
            comparable(county): tuple(sorted(inside["lad24cd"])) for county, inside in one_each.groupby("utlanm")
        }
        codes |= {comparable(name): (code,) for name, code in by_name.items() if comparable(name) not in codes}
        for table in (_METROPOLITAN, _SUCCEEDED):
            for name, parts in table.items():
                there = tuple(sorted(by_name[part] for part in parts if part in by_name))
                if there:
                    codes[name] = there
        return cls(codes | _WIDE)

    def find(self, name: str) -> tuple[str, ...]:
        """The codes that a name of an area in England means; none where it is not known."""
        return self.codes.get(comparable(name), ())


@dataclass(frozen=True)
class Area:
    """An area as the register has it. kind: its `geographic_area_type`. welsh: `welsh_ind`."""

    kind: str
    name: str
    welsh: bool

    @property
    def outside(self) -> bool:
        """Whether the register itself says that it is not in England."""
        return self.welsh or self.kind.casefold() in OVERSEAS or comparable(self.name) == "throughout wales"


@dataclass(frozen=True)
class Operates:
    """Where a charity works. codes: in England, each once, sorted. outside: names elsewhere. unknown: names that mean nothing here."""

    codes: tuple[str, ...]
    outside: tuple[str, ...]
    unknown: tuple[str, ...]

    @property
    def lad24cd(self) -> str | None:
        """The one authority in which it works, where it is one and it says of nowhere else."""
        one = len(self.codes) == 1 and not self.outside and not self.unknown and self.codes[0] not in (ENGLAND, LONDON)
        return self.codes[0] if one else None


def operates(areas: Iterable[Area], names: AreaNames) -> Operates:
    """Where a charity works, from its rows."""
    codes: set[str] = set()
    outside: list[str] = []
    unknown: list[str] = []
    for area in areas:
        if area.outside:
            outside.append(area.name)
        elif found := names.find(area.name):
            codes.update(found)
        else:
            unknown.append(area.name)
    return Operates(tuple(sorted(codes)), tuple(outside), tuple(unknown))
