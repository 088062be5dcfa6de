"""The calls of Find Public Health Data, answered in its formats with the same figures."""

from __future__ import annotations

import json
from collections.abc import Mapping

from tests.fingertips_server.areas import ENGLAND, SHORT, TYPE_IDS, Area, Areas
from tests.fingertips_server.figures import CATEGORY_TYPE, DECILES, Figures, wilson

MOST_AREAS = 20
NOTE_CATEGORY = "disclosure"


class SuccessorApi:
    """Answers as (status, content type, body); None for a path that is not one of its calls."""

    def __init__(self, areas: Areas, figures: Figures) -> None:
        self.areas, self.figures = areas, figures

    def answer(self, path: str, query: Mapping[str, list[str]]) -> tuple[int, str, bytes] | None:
        """The answer to a call. path: after /api/."""
        parts = path.split("/")
        if path == "areas":
            return _json([self._group(name) for name in query.get("areaType", list(SHORT.values()))])
        if path == "areas/parents":
            return self._parents(query)
        if path == "topics":
            return _json([])
        if path == "indicators":
            return _json(
                {
                    "indicators": [
                        {"id": f"{one:032}", "fingertipsId": one, "name": f"Made-up indicator {one}", "status": "approved"} for one in (219, 253)
                    ]
                }
            )
        if parts[0] == "indicators" and len(parts) in (2, 3):
            if not self.figures.exists(parts[1]):
                return _not_found()
            if len(parts) == 2:
                return _json(self._detail(parts[1]))
            if parts[2] == "data":
                return self._data(parts[1], query)
        return None

    def _of_type(self, name: str) -> list[Area]:
        identifier = next((identifier for identifier, short in SHORT.items() if short == name), 0)
        return self.areas.of_type(identifier)

    def _group(self, name: str) -> dict[str, object]:
        return {"areaType": name, "areas": [{"code": area.code.removeprefix("n"), "name": area.name} for area in self._of_type(name)]}

    def _parents(self, query: Mapping[str, list[str]]) -> tuple[int, str, bytes]:
        codes, kind = query.get("areaCode", [])[:MOST_AREAS], query.get("parentType", [""])[0]
        if not codes or not kind:
            return _json({"error": "area_code_and_parent_type_required"}, 400)
        level = next((level for level, identifier in TYPE_IDS.items() if SHORT[identifier] == kind), "")
        found = []
        for code in codes:
            area = self._area(code)
            parent = self.areas.by_code.get(area.parents.get(level, "")) if area else None
            if parent:
                found.append({"code": code, "parentCode": parent.code.removeprefix("n"), "parentName": parent.name})
        return _json(found)

    def _area(self, code: str) -> Area | None:
        return self.areas.by_code.get(code) or self.areas.by_code.get(f"n{code}")

    def _detail(self, identifier: str) -> dict[str, object]:
        empty = (
            "comparatorMethod", "rationale", "methodology", "numeratorDefinition", "denominatorDefinition", "disclosureControl", "caveats", "notes",
            "numeratorSource", "denominatorSource",
        )  # fmt: skip
        return {
            "fingertipsId": int(identifier),
            "name": f"Made-up indicator {identifier}",
            "valueType": "Proportion",
            "unit": {"name": "%", "label": "%"},
            "yearType": "Financial",
            "frequency": "Annual",
            "polarity": self.figures.polarity(identifier).strip(),
            "ciMethod": "Wilson Score method",
            "ciConfidenceLevel": "95",
            "dataUpdatedAt": "2026-04-20T16:25:18.000Z",
            "definition": f"Made-up people of whom <{identifier}> is said.",
            "dataSource": {"name": "Made up for tests", "url": None},
            "sources": [{"name": "Made up for tests", "url": None}],
            "areaTypes": [{"name": SHORT[one], "areaCount": len(self.areas.of_type(one))} for one in sorted(self.figures.types(identifier))],
            "topics": [],
            "classifications": [],
            **dict.fromkeys(empty),
        }

    def _data(self, identifier: str, query: Mapping[str, list[str]]) -> tuple[int, str, bytes]:
        asked = query.get("area_code") or query.get("areaCode") or [ENGLAND]
        codes = list(dict.fromkeys(asked))[:MOST_AREAS]
        found = [self._observed(identifier, area) for code in codes if (area := self._area(code))]
        if not found:
            return _not_found()
        return _json(found[0] if len(codes) == 1 else found)

    def _observed(self, identifier: str, area: Area) -> dict[str, object]:
        observations = []
        for sex in self.figures.sexes(identifier):
            observations += self._series(identifier, area, sex, "")
        for decile in DECILES if area.code == ENGLAND else ():
            observations += self._series(identifier, area, "Persons", decile)
        return {"areaCode": area.code.removeprefix("n"), "areaName": area.name, "observations": observations}

    def _series(self, identifier: str, area: Area, sex: str, decile: str) -> list[dict[str, object]]:
        dimensions = []
        if sex != "Persons":
            dimensions.append({"type": "Sex", "value": sex, "dimensionClass": "core", "sortOrder": 1})
        if decile:
            dimensions.append({"type": CATEGORY_TYPE, "value": decile, "dimensionClass": "inequality", "sortOrder": 1})
        series = []
        for (_, sortable, span), figure in zip(self.figures.periods(identifier), self.figures.figures(identifier, area, sex, decile), strict=True):
            year = sortable // 10_000
            wide = wilson(figure.count, figure.denominator, 3.090232) if figure.count is not None else (None, None)
            series.append(
                {
                    "fromDate": f"{year}-01-01" if span == "3y" else f"{year}-04-01",
                    "toDate": f"{year + 2}-12-31" if span == "3y" else f"{year + 1}-03-31",
                    "value": figure.value, "lowerCi95": figure.lower, "upperCi95": figure.upper, "lowerCi998": wide[0], "upperCi998": wide[1],
                    "count": figure.count, "denominator": figure.denominator,
                    "notes": [{"text": figure.note, "category": NOTE_CATEGORY}] if figure.note else [],
                    "dimensions": dimensions,
                }
            )  # fmt: skip
        return series


def _json(content: object, status: int = 200) -> tuple[int, str, bytes]:
    return status, "application/json; charset=utf-8", json.dumps(content).encode()


def _not_found() -> tuple[int, str, bytes]:
    return _json({"error": "not_found"}, 404)
