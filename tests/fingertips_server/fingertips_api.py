"""The calls of Fingertips, answered in its formats."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.fingertips_server.areas import ENGLAND, PARENTS, SHORT, TYPE_IDS, Area, Areas
from tests.fingertips_server.figures import CATEGORY_TYPE, DECILES, Figure, Figures, wilson

LEFT = (
    "Indicator ID", "Indicator Name", "Parent Code", "Parent Name", "Area Code", "Area Name", "Area Type", "Sex", "Age", "Category Type",
    "Category", "Time period", "Value", "Lower CI 95.0 limit", "Upper CI 95.0 limit", "Lower CI 99.8 limit", "Upper CI 99.8 limit", "Count",
    "Denominator", "Value note", "Recent Trend", "Compared to England value or percentiles",
)  # fmt: skip
RIGHT = ("Time period Sortable", "New data", "Compared to goal", "Time period range")
METADATA_HEADINGS = (
    "Indicator ID", "Indicator", "Indicator number", "Rationale", "Policy", "Data source", "Indicator production", "Indicator source", "Methodology",
    "Standard population/values", "Confidence interval details", "Source of numerator", "Definition of numerator", "Source of denominator",
    "Definition of denominator", "Disclosure control", "Caveats", "Copyright", "Data re-use", "Links", "Indicator Content", "Specific rationale",
    "Simple name", "Simple definition", "Unit", "Value type", "Year type", "Polarity", "Date updated", "Definition", "Frequency", "Notes",
)  # fmt: skip
RECORDED = {
    ("93930", "7", "204"): "93930_ae_attendances_0-4_GP_PCN_2021-22.csv",
    ("200", "7", "15"): "200_learning_disability_qof_sample.csv",
    ("94240", "7", "15"): "94240_IMD2025_gp_EXCERPT.csv",
}
MOST_INDICATORS = 100
Query = Mapping[str, list[str]]


class FingertipsApi:
    """Answers as (status, content type, body). shared_data: where the recordings are, None to make everything up."""

    def __init__(self, areas: Areas, figures: Figures, shared_data: Path | None) -> None:
        self.areas, self.figures, self.shared_data = areas, figures, shared_data
        self.short = dict(SHORT)
        self._metadata: dict[str, object] = {}
        if shared_data is not None:
            file = shared_data / "fingertips" / "indicator_metadata_all_2025-01-29.json"
            self._metadata = json.loads(file.read_text(encoding="utf-8"))

    def answer(self, path: str, query: Query) -> tuple[int, str, bytes]:
        """The answer to a call. path: after /api/."""
        calls = {
            "area_types": lambda: self._json(self._types()),
            "area_types/parent_area_types": lambda: self._json(
                [{**one, "ParentAreaTypes": [self._type(parent) for parent in PARENTS[one["Id"]]]} for one in self._types()]
            ),
            "areas/by_area_type": lambda: self._areas_by_type(query),
            "parent_to_child_areas": lambda: self._parent_to_child(query),
            "available_data": lambda: self._json(
                [{"IndicatorId": int(one), "AreaTypeId": kind} for one in query["indicator_id"] for kind in sorted(self.figures.types(one))]
            ),
            "indicator_metadata/by_indicator_id": lambda: self._json(
                {one: self._described(one, "include_definition" in query) for one in _ids(query) if self.figures.exists(one)}
            ),
            "indicator_metadata/all": lambda: self._json(self._metadata or {one: self._described(one, False) for one in ("219", "253")}),
            "indicator_metadata/csv/by_indicator_id": lambda: self._metadata_csv(query),
            "all_data/csv/by_indicator_id": lambda: self._all_data(query),
        }
        if path not in calls:
            return 404, "text/plain", b"No such call"
        try:
            return calls[path]()
        except (KeyError, ValueError, IndexError) as error:
            return 400, "text/plain", f"Wrong parameters: {error!r}".encode()

    def _json(self, content: object) -> tuple[int, str, bytes]:
        return 200, "application/json; charset=utf-8", json.dumps(content).encode()

    def _type(self, identifier: int) -> dict[str, object]:
        name = self.short[identifier]
        return {"Id": identifier, "Name": name, "Short": name, "Class": "", "Sequence": identifier, "CanBeDisplayedOnMap": True}

    def _types(self) -> list[dict[str, object]]:
        return [self._type(identifier) for identifier in PARENTS]

    def _areas_by_type(self, query: Query) -> tuple[int, str, bytes]:
        identifier = int(query["area_type_id"][0])
        return self._json(
            [{"Code": area.code, "Name": area.name, "Short": area.name, "AreaTypeId": identifier} for area in self.areas.of_type(identifier)]
        )

    def _parent_to_child(self, query: Query) -> tuple[int, str, bytes]:
        found: dict[str, list[str]] = {}
        for parent, child in self.areas.children(int(query["child_area_type_id"][0]), int(query["parent_area_type_id"][0])):
            found.setdefault(parent, []).append(child.code)
        return self._json(found)

    def _described(self, identifier: str, definition: bool) -> object:
        if identifier in self._metadata:
            return self._metadata[identifier]
        return {
            "IID": int(identifier),
            "Descriptive": {
                "Name": f"Made-up indicator {identifier}",
                "DataSource": "Made up for tests",
                **({"Definition": f"<p>Made-up people of whom &lt;{identifier}&gt; is said.</p>"} if definition else {}),
            },
            "Unit": {"Id": 5, "Value": 100.0, "Label": "%"},
            "ValueType": {"Id": 5, "Name": "Proportion"},
            "YearType": {"Id": 2, "Name": "Financial"},
            "ConfidenceIntervalMethod": {"Id": 1, "Name": "Wilson Score method", "Description": ""},
            "DataChange": {"LastUploadedAt": "2024-09-24T11:15:26", "LastDeletedAt": "2024-04-29T14:20:33"},
        }

    def _metadata_csv(self, query: Query) -> tuple[int, str, bytes]:
        rows = [
            {
                "Indicator ID": one, "Indicator": f"Made-up indicator {one}", "Unit": "%", "Value type": "Proportion", "Year type": "Financial",
                "Polarity": self.figures.polarity(one), "Data source": "Made up for tests", "Definition": 'Made up, and "quoted"',
            }
            for one in _ids(query)
            if self.figures.exists(one)
        ]  # fmt: skip
        return _csv([METADATA_HEADINGS, *([row.get(name, "") for name in METADATA_HEADINGS] for row in rows)])

    def _all_data(self, query: Query) -> tuple[int, str, bytes]:
        ids = _ids(query)
        child, parent, code = int(query["child_area_type_id"][0]), int(query["parent_area_type_id"][0]), query["parent_area_code"][0]
        if len(ids) > MOST_INDICATORS:
            return 400, "text/plain", b"Too many indicators"
        if child not in PARENTS or parent not in PARENTS[child]:
            raise ValueError(f"{parent} is no parent of {child}")
        recorded = RECORDED.get((",".join(ids), str(child), str(parent)))
        if recorded and self.shared_data is not None and code == ENGLAND:
            return 200, "text/csv", (self.shared_data / "fingertips" / "recorded" / recorded).read_bytes()
        varying = "Column not used" if parent == TYPE_IDS["england"] else f"Compared to {self.short[parent]} value or percentiles"
        rows = [row for one in ids if child in self.figures.types(one) for row in self._rows(one, child, parent, code)]
        return _csv([(*LEFT, varying, *RIGHT), *rows] if rows else [])

    def _rows(self, identifier: str, child: int, parent: int, code: str) -> Iterator[list[object]]:
        """England, and England again; its deciles; the parent; the children."""
        england = self.areas.by_code[ENGLAND]
        name = f"Made-up indicator {identifier}"
        for sex in self.figures.sexes(identifier):
            for _ in (1, 2):
                yield from self._lines(identifier, name, None, england, SHORT[15], sex)
        for decile in DECILES:
            yield from self._lines(identifier, name, None, england, SHORT[15], "Persons", decile)
        if code != ENGLAND:
            if code not in self.areas.by_code:
                raise ValueError(f"no area {code}")
            for sex in self.figures.sexes(identifier):
                yield from self._lines(identifier, name, england, self.areas.by_code[code], self.short[parent], sex)
        if child == TYPE_IDS["england"]:
            return
        under = None if code == ENGLAND and parent != TYPE_IDS["england"] else code
        for parent_code, area in self.areas.children(child, parent, under):
            for sex in self.figures.sexes(identifier):
                yield from self._lines(identifier, name, self.areas.by_code[parent_code], area, self.short[child], sex)

    def _lines(
        self, identifier: str, name: str, parent: Area | None, area: Area, area_type: str, sex: str, decile: str = ""
    ) -> Iterator[list[object]]:
        england = self.figures.figures(identifier, self.areas.by_code[ENGLAND], sex)
        figures = self.figures.figures(identifier, area, sex, decile)
        for (period, sortable, span), figure, nation in zip(self.figures.periods(identifier), figures, england, strict=True):
            yield [
                identifier, name, parent.code if parent else "", parent.name if parent else "", area.code, area.name, area_type, sex,
                self.figures.age(identifier), CATEGORY_TYPE if decile else "", decile, period, *_numbers(figure), figure.note,
                "Cannot be calculated" if figure.value is None else "No significant change", _compared(figure, nation, area), "Not compared",
                sortable, "", "", span,
            ]  # fmt: skip


def _numbers(figure: Figure) -> list[object]:
    if figure.value is None or figure.count is None:
        return ["", "", "", "", "", "", figure.denominator]
    return [
        *(f"{number:.7f}" for number in (figure.value, figure.lower, figure.upper, *wilson(figure.count, figure.denominator, 3.090232))),
        figure.count,
        figure.denominator,
    ]


def _compared(figure: Figure, england: Figure, area: Area) -> str:
    if figure.lower is None or figure.upper is None or england.value is None or area.code == ENGLAND:
        return "Not compared"
    return "Higher 95%" if figure.lower > england.value else "Lower 95%" if figure.upper < england.value else "Similar"


def _ids(query: Query) -> list[str]:
    return [one for one in query["indicator_ids"][0].split(",") if one]


def _csv(rows: list[object]) -> tuple[int, str, bytes]:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return 200, "text/csv", text.getvalue().encode()
