"""What the snapshot's tables of indicators promise; `snapshot_schemas` lists them with the others."""

from __future__ import annotations

from pandera.pandas import Check, Column, DataFrameSchema

from analysis.area_codes import LEVELS
from data_loaders.indicator_values import INDICATOR_COLUMNS, KEY, ORIGINS, POLARITIES, VALUE_COLUMNS

PCNS = 1_298

_people = Check.ge(0)
_indicator = Check.str_matches(r"^(\d+|ons-[a-z-]+)$")
# Qualified types that Parquet hands back as another: coerced, so that the table as built and as read are the same to a check.
_NULLABLE_WHOLE = ("Int8", "Int16")


def _said(columns: dict[str, str], required: tuple[str, ...], checks: dict[str, list[Check]]) -> dict[str, Column]:
    """A column for each of `columns` (name → type), empty cells allowed but in the required ones."""
    return {
        name: Column(kind, checks.get(name, []), nullable=name not in required, coerce=kind in _NULLABLE_WHOLE)
        for name, kind in columns.items()
    }


indicator_values = DataFrameSchema(
    _said(
        VALUE_COLUMNS,
        ("indicator_id", "area_code", "area_name", "period", "period_sortable", "origin", "source_id"),
        {
            "indicator_id": [_indicator],
            "area_code": [Check.str_matches(r"^E\d{8}$")],
            "level": [Check.isin(LEVELS)],
            "sex": [Check.isin(("Persons", "Male", "Female"))],
            "period_sortable": [Check.in_range(20_000_000, 20_990_000)],
            "period_years": [Check.in_range(1, 10)],
            "count": [_people],
            "denominator": [_people],
            "origin": [Check.isin(ORIGINS)],
        },
    ),
    checks=[
        Check(lambda frame: ~frame.duplicated(list(KEY)).any(), error="one row for each value"),
        Check(
            lambda frame: (
                (frame["lower_95"].isna() | (frame["lower_95"] <= frame["value"] + 1e-9))
                & (frame["upper_95"].isna() | (frame["upper_95"] >= frame["value"] - 1e-9))
            ).all(),
            error="a value within its interval",
        ),
    ],
    strict=True,
    name="indicator_values",
)

qof_counts = DataFrameSchema(
    {
        "indicator_id": Column(str, _indicator),
        "level": Column(str, Check.isin(LEVELS)),
        "area_code": Column(str, Check.str_matches(r"^(E\d{8}|U\d{5})$")),
        "area_name": Column(str),
        "period": Column(str, Check.isin(("2021/22", "2022/23"))),
        "tenth": Column("Int8", Check.in_range(1, 10), nullable=True, coerce=True),
        "count": Column("int64", _people),
        "denominator": Column("int64", Check.gt(0)),
        "practices": Column("int16", Check.ge(1)),
    },
    checks=[
        Check(lambda frame: (frame["count"] <= frame["denominator"]).all(), error="no more people than are counted"),
        Check(
            lambda frame: (
                frame[frame["tenth"].isna() & (frame["level"] == "pcn")].groupby(["indicator_id", "period"]).size()
                == PCNS
            ).all(),
            error="every PCN for each register and year",
        ),
    ],
    unique=["indicator_id", "area_code", "period", "tenth"],
    strict=True,
    name="qof_counts",
)

indicators = DataFrameSchema(
    _said(
        INDICATOR_COLUMNS,
        ("indicator_id", "name", "source_id"),
        {
            "indicator_id": [_indicator],
            "polarity": [Check.isin(POLARITIES)],
            "multiplier": [Check.gt(0)],
            "updated": [Check.str_matches(r"^\d{4}-\d{2}-\d{2}$")],
        },
    ),
    unique=["indicator_id"],
    strict=True,
    name="indicators",
)
