"""Observations as Find Public Health Data writes them in JSON, read into the typed frame of indicator values without losing one."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pandas as pd

from analysis.area_codes import levels_of
from data_loaders.fingertips_csv import set_aside_frame
from data_loaders.indicator_values import KEY, VALUE_COLUMNS, typed
from data_loaders.periods import of_days

ORIGIN = "find-public-health-data"
_NUMBERS = {
    "value": "value", "lower_95": "lowerCi95", "upper_95": "upperCi95", "lower_998": "lowerCi998", "upper_998": "upperCi998",
    "count": "count", "denominator": "denominator",
}  # fmt: skip


class _Unreadable(ValueError):
    """Why an observation is set aside."""


def read_observations(areas: Sequence[Mapping[str, Any]], indicator_id: str, area_types: Mapping[str, str]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Every observation of the answers of `/api/indicators/{id}/data`, and those set aside (row, reason, text).

    areas: the answers, one an area. area_types: area code without prefix → what its type is called. An observation without
    dimensions is the headline: of all persons, its age not said. Sex and age are columns of their own; other dimensions, whose
    order within a type is the publisher's, make the category. Notes are joined. Rows are counted on through all answers.
    """
    good: list[dict[str, Any]] = []
    aside: list[tuple[int, str, str]] = []
    number = 0
    for area in areas:
        code = str(area.get("areaCode") or "").removeprefix("n")
        observations = area.get("observations")
        for observation in observations if isinstance(observations, list) else []:
            number += 1
            try:
                row = _row(observation)
            except _Unreadable as error:
                aside.append((number, str(error), f"{code}: {observation}"[:200]))
                continue
            name = " ".join(str(area.get("areaName") or "").split())
            good.append(
                {"row": number, "indicator_id": indicator_id, "area_code": code, "area_name": name, "area_type": area_types.get(code, ""), **row}
            )
    values = pd.DataFrame(good, columns=["row", *VALUE_COLUMNS])
    again = values.duplicated(list(KEY), keep="first")
    for row in values[again].itertuples(index=False):
        aside.append((row.row, "another observation has the same area, sex, age, category and period", f"{row.area_code}: {row.period}"))
    values = values[~again].assign(origin=ORIGIN, source_id=ORIGIN)
    values["level"] = levels_of(values["area_code"].astype("str")).fillna("")
    for column in ("parent_code", "parent_name", "trend", "compared_to_england", "compared_to_parent"):
        values[column] = ""
    aside.sort()
    return typed(values), set_aside_frame(*map(list, zip(*aside, strict=True))) if aside else set_aside_frame()


def _row(observation: object) -> dict[str, Any]:
    if not isinstance(observation, dict):
        raise _Unreadable("it is not an object")
    days = []
    for name in ("fromDate", "toDate"):
        try:
            days.append(date.fromisoformat(str(observation.get(name))[:10]))
        except ValueError as error:
            raise _Unreadable(f"its {name} is not a date like 2023-04-01") from error
    if days[1] < days[0]:
        raise _Unreadable("its toDate is before its fromDate")
    period, sortable, years = of_days(*days)
    row: dict[str, Any] = {"period": period, "period_sortable": sortable, "period_years": years}
    for ours, theirs in _NUMBERS.items():
        number = observation.get(theirs)
        if number is None:
            row[ours] = math.nan
        elif isinstance(number, bool) or not isinstance(number, int | float) or not math.isfinite(number):
            raise _Unreadable(f"its {theirs} is not a number")
        else:
            row[ours] = float(number)
    row["sex"], row["age"], row["category_type"], row["category"] = _dimensions(observation.get("dimensions"))
    notes = observation.get("notes")
    texts = [str(note["text"]) for note in notes if isinstance(note, dict) and note.get("text")] if isinstance(notes, list) else []
    row["note"] = "; ".join(dict.fromkeys(texts))
    return row


def _dimensions(listed: object) -> tuple[str, str, str, str]:
    """Sex, age, category type and category."""
    if listed is None:
        listed = []
    if not isinstance(listed, list) or not all(isinstance(one, dict) and one.get("type") and one.get("value") for one in listed):
        raise _Unreadable("its dimensions are not a list of types and values")
    sex, age, others = "Persons", "", []
    for one in listed:
        kind, value = str(one["type"]).strip(), str(one["value"]).strip()
        if kind.lower() == "sex":
            sex = value
        elif kind.lower() == "age":
            age = value
        else:
            others.append((kind, value))
    others.sort()
    return sex, age, "; ".join(kind for kind, _ in others), "; ".join(value for _, value in others)
