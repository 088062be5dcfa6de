"""The areas that the local Fingertips knows: a small made-up England, or the hierarchy recorded in April 2024."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from analysis.area_codes import LEVELS

ENGLAND = "E92000001"
# Level → area type id, as recorded; the made-up England has types of its own for none of them.
TYPE_IDS = {
    "england": 15, "region": 6, "nhs_region": 223, "icb": 221, "sub_icb": 66, "county": 502, "authority": 501, "pcn": 204, "practice": 7, "msoa": 3,
}  # fmt: skip
SHORT = {
    15: "England", 6: "Region", 223: "NHS regions (since ICB setup)", 221: "ICBs", 66: "ICB sub-locations", 502: "Counties & UAs (from Apr 2023)",
    501: "Districts & UAs (from Apr 2023)", 401: "Districts & UAs (2021/22-2022/23)", 204: "PCNs (v. 27/10/23)", 7: "GPs",
    8: "Electoral Wards", 3: "MSOA",
}  # fmt: skip
# Which types Fingertips offers as parents of which.
PARENTS = {
    204: (66, 221, 15), 7: (204, 66, 221, 15), 66: (221, 15), 221: (223, 15), 501: (6, 15), 502: (6, 15), 401: (6, 15), 6: (15,), 223: (15,),
    15: (15,), 8: (15,), 3: (15,),
}  # fmt: skip


@dataclass
class Area:
    """code: as Fingertips has it, with the n where it has one. parents: level → code, likewise."""

    code: str
    name: str
    level: str
    parents: dict[str, str] = field(default_factory=dict)


def with_prefix(code: str) -> str:
    """ICBs and sub-ICBs carry an n."""
    return f"n{code}" if code.startswith(("E54", "E38")) else code


class Areas:
    """Areas by code and by level."""

    def __init__(self) -> None:
        self.by_code: dict[str, Area] = {}
        self.by_level: dict[str, list[Area]] = {level: [] for level in LEVELS}
        self.add(ENGLAND, "England", "england")

    def add(self, code: str, name: str, level: str, parents: Mapping[str, str] | None = None) -> Area:
        """Add an area. code and parents' codes: without prefix. parents: level → code of each area that it lies in."""
        area = Area(with_prefix(code), name, level, {key: with_prefix(value) for key, value in (parents or {}).items()})
        self.by_code[area.code] = area
        self.by_level[level].append(area)
        return area

    def of_type(self, type_id: int) -> list[Area]:
        """The areas of an area type: 502 and 501 hold the same unitary authorities, one with counties, the other with districts."""
        if type_id == 502:
            return [*self.by_level["county"], *(one for one in self.by_level["authority"] if not one.code.startswith("E07"))]
        if type_id == 401:
            return self.by_level["authority"]
        return next((self.by_level[level] for level, identifier in TYPE_IDS.items() if identifier == type_id), [])

    def children(self, child_type: int, parent_type: int, parent_code: str | None = None) -> list[tuple[str, Area]]:
        """(parent code, child) of every child of a type within a parent type, or within one parent."""
        level = next((level for level, identifier in TYPE_IDS.items() if identifier == parent_type), "")
        pairs = []
        for area in self.of_type(child_type):
            code = ENGLAND if level == "england" else area.parents.get(level, "")
            if code and parent_code in (None, code):
                pairs.append((code, area))
        return pairs

    @classmethod
    def made_up(cls) -> Areas:
        """Two NHS regions, three ICBs, twelve PCNs, two regions, six authorities, a county: codes end in 9xx, names say so."""
        areas = cls()
        for region in (1, 2):
            areas.add(f"E4000090{region}", f"Made-up NHS Region {region}", "nhs_region")
            areas.add(f"E1200090{region}", f"Made-up Region {region}", "region")
        areas.add("E10000901", "Made-upshire", "county", {"region": "E12000901"})
        for number in range(1, 7):
            shape, more = ("E07", {"county": "E10000901"}) if number in (1, 2) else ("E09", {}) if number < 5 else ("E06", {})
            areas.add(f"{shape}00090{number}", f"Made-up Authority {number}", "authority", {"region": f"E1200090{1 + number % 2}", **more})
        pcn = practice = 0
        for icb in (1, 2, 3):
            nhs_region = f"E4000090{1 + icb % 2}"
            areas.add(f"E5400090{icb}", f"NHS Made-up ICB {icb}", "icb", {"nhs_region": nhs_region})
            for half in (1, 2):
                sub = f"E380009{icb}{half}"
                areas.add(sub, f"Made-up ICB {icb} - 9{icb}{half}", "sub_icb", {"icb": f"E5400090{icb}", "nhs_region": nhs_region})
                for _ in (1, 2):
                    pcn += 1
                    within = {"icb": f"E5400090{icb}", "sub_icb": sub}
                    areas.add(f"U99{pcn:03d}", f"Made-up PCN {pcn}", "pcn", within)
                    for _ in (1, 2, 3):
                        practice += 1
                        areas.add(f"Y99{practice:03d}", f"Made-up Surgery {practice}", "practice", {**within, "pcn": f"U99{pcn:03d}"})
        return areas

    @classmethod
    def recorded(cls, shared_data: Path) -> Areas:
        """England as OHID's hierarchy of April 2024 has it. shared_data: the folder with the publishers' files."""
        kinds = {
            "England": "", "Region": "region", "NHS Region": "nhs_region", "NHS Integrated Care Board": "icb",
            "NHS Sub Integrated Care Board": "sub_icb", "County": "county",
            "Unitary Authority": "authority", "District": "authority", "NHS Primary Care Network": "pcn", "GP": "practice",
        }  # fmt: skip
        entries = json.loads((shared_data / "fingertips" / "areas_hierarchy_2024-04.json").read_text(encoding="utf-8"))
        level_of = {entry["areaCode"]: kinds.get(entry["areaType"], "") for entry in entries}
        parents = {entry["areaCode"]: [one["areaCode"] for one in entry["parentAreas"]] for entry in entries}
        areas = cls()
        for entry in entries:
            code, above = entry["areaCode"], {}
            waiting = list(parents[code])
            while waiting:
                parent = waiting.pop()
                if level_of.get(parent):
                    above.setdefault(level_of[parent], parent.removeprefix("n"))
                waiting += parents.get(parent, [])
            if level_of[code]:
                areas.add(code.removeprefix("n"), entry["areaName"], level_of[code], above)
        return areas
