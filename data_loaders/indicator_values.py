"""The one shape of indicator values, whoever publishes them: a long frame, a row for each value that was published.

A value that was not published (suppressed, missing, of poor quality) keeps its row and its note: it is empty, never zero.
Breakdowns (by deprivation or ethnic group) stand beside headlines and carry a category; headlines have none.
"""

from __future__ import annotations

import pandas as pd

# Column → type. Values, limits and counts are in the indicator's own unit (see INDICATOR_COLUMNS); counts and denominators in people or events.
VALUE_COLUMNS: dict[str, str] = {
    "indicator_id": "str",  # the Fingertips id as text; "ons-…" for a figure that Fingertips does not publish under an id
    "area_code": "str",  # without Fingertips' n prefix
    "area_name": "str",
    "area_type": "str",  # as published: "ICBs", "PCNs (v. 27/10/23)"
    "level": "str",  # one of analysis.area_codes.LEVELS, empty where the code's shape is not known
    "parent_code": "str",
    "parent_name": "str",
    "sex": "str",  # "Persons", "Male", "Female"
    "age": "str",
    "category_type": "str",  # empty on headlines
    "category": "str",
    "period": "str",  # as published: "2024/25", "2022 - 24"
    "period_sortable": "int32",  # yyyymmdd-like, as Fingertips has it: 2024/25 is 20240000
    "period_years": "Int16",  # how many years the period spans, empty where that is not known
    "value": "float64",
    "lower_95": "float64",
    "upper_95": "float64",
    "lower_998": "float64",
    "upper_998": "float64",
    "count": "float64",
    "denominator": "float64",
    "note": "str",  # as published; says why a value is missing, or what to mind
    "trend": "str",  # as published: "Increasing and getting worse", "No significant change"
    "compared_to_england": "str",  # as published: "Better 95%", "Higher 99.8"
    "compared_to_parent": "str",
    "origin": "str",  # who says so, one of ORIGINS
    "source_id": "str",  # the manifest (assets/sources) or the layer that the row came from
}

ORIGINS = {
    "fingertips": "OHID Fingertips",
    "fingertips-via-ons": "OHID Fingertips, as passed on by ONS Explore local statistics",
    "find-public-health-data": "DHSC Find Public Health Data",
    "qof-practices": "aggregated from practices, NHS England QOF",
    "ons": "ONS Explore local statistics",
}

KEY = ("indicator_id", "area_code", "sex", "age", "category_type", "category", "period")

INDICATOR_COLUMNS: dict[str, str] = {
    "indicator_id": "str",
    "name": "str",
    "unit": "str",  # "%", "per 100,000", "Years", empty for a score
    "multiplier": "float64",  # what count ÷ denominator is multiplied by: 100, 100000
    "value_type": "str",  # "Proportion", "Crude rate", "Directly standardised rate", "Life expectancy" …
    "year_type": "str",  # "Calendar", "Financial" …
    "polarity": "str",  # one of POLARITIES, empty where the metadata read has none
    "polarity_source": "str",  # where that was read
    "interval_method": "str",
    "data_source": "str",
    "definition": "str",
    "updated": "str",  # date of the last upload, ISO
    "source_id": "str",
}

POLARITIES = ("low is good", "high is good", "not applicable", "blue orange blue")


def typed(frame: pd.DataFrame, columns: dict[str, str] = VALUE_COLUMNS) -> pd.DataFrame:
    """The frame with exactly these columns, in order and of these types; a column that is not there is made empty."""
    made = {}
    for name, kind in columns.items():
        if name in frame:
            made[name] = frame[name].astype(kind)
        else:
            made[name] = pd.Series([float("nan") if kind == "float64" else None] * len(frame), index=frame.index, dtype=kind)
    return pd.DataFrame(made, index=frame.index).reset_index(drop=True)


def empty(columns: dict[str, str] = VALUE_COLUMNS) -> pd.DataFrame:
    """No rows, of the right types."""
    return typed(pd.DataFrame({name: [] for name in columns}), columns)
