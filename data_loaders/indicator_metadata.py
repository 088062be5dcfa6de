"""What each indicator is: the recorded metadata, newer names, and the two indicators of the ONS that have no id in Fingertips."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from data_loaders.errors import SourceError
from data_loaders.indicator_values import INDICATOR_COLUMNS, typed

METADATA = "fingertips/indicator_metadata_all_2025-01-29.json"

# Every indicator of the Core20PLUS5 catalogue is described, whether or not the snapshot has a value of it: a live pull may bring one.
CATALOGUE_IDS = (
    "94121", "94125", "93085", "92530", "20101", "92973", "90581", "90600", "93919", "93920", "93921", "93582",
    "93731", "93732", "93733", "93734", "253", "93792", "93716", "92302", "1204", "30315", "30314", "30313", "93671",
    "94063", "93725", "93726", "92600", "92601", "22001", "93560", "93561", "91720", "91355", "219", "94111",
    "94140", "94138", "93709", "93710", "91262", "94141", "94142", "93714", "93715", "92443", "91280", "1210",
    "91736", "90619", "91547", "90810", "92780", "90933", "93790", "92622", "93140", "92623", "93142", "224",
    "93563", "93479", "93493", "90812", "90813", "93553", "94240", "90366", "90362", "92901", "40401", "40501",
    "40701", "241", "848", "93468", "1679",
)  # fmt: skip

# What the ONS's own two downloads are; they have no id in Fingertips.
_ONS_INDICATORS = (
    {
        "indicator_id": "ons-healthy-life-expectancy",
        "name": "Healthy life expectancy at birth (ONS)",
        "unit": "Years",
        "multiplier": 1.0,
        "value_type": "Life expectancy",
        "year_type": "Calendar",
        "data_source": "Office for National Statistics",
        "source_id": "els_healthy_life_expectancy",
    },
    {
        "indicator_id": "ons-cigarette-smokers",
        "name": "Cigarette smokers, five-year average (ONS, Annual Population Survey)",
        "unit": "%",
        "multiplier": 100.0,
        "value_type": "Proportion",
        "year_type": "Calendar",
        "data_source": "Office for National Statistics, Annual Population Survey",
        "source_id": "els_cigarette_smokers",
    },
)


def read_metadata(path: Path) -> pd.DataFrame:
    """The recorded metadata of every indicator of January 2025 (INDICATOR_COLUMNS; polarity is not in it)."""
    try:
        entries: Mapping[str, Mapping[str, Mapping[str, object]]] = json.loads(path.read_text(encoding="utf-8"))
        found = [
            {
                "indicator_id": ident,
                "name": entry["Descriptive"]["Name"],
                "unit": entry["Unit"]["Label"],
                "multiplier": entry["Unit"]["Value"],
                "value_type": entry["ValueType"]["Name"],
                "year_type": entry["YearType"]["Name"],
                "interval_method": entry["ConfidenceIntervalMethod"]["Name"],
                "data_source": entry["Descriptive"].get("DataSource"),
                "updated": str((entry["DataChange"] or {}).get("LastUploadedAt") or "")[:10] or None,
            }
            for ident, entry in entries.items()
        ]
    except FileNotFoundError as error:
        raise SourceError(path, "the file is missing", f"it at {path}", "Check --source.") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise SourceError(
            path, f"it cannot be read ({error!r})", "a response of indicator_metadata/all", "Record it again."
        ) from error
    return typed(pd.DataFrame(found).assign(source_id="fingertips_indicator_metadata"), INDICATOR_COLUMNS)


# Rates per 100,000 smokers in the metadata of January 2025; by 2026 they are recorded as proportions of the smoking population, with values
# from 0.2 to 9.6, which as proportions can only be per cent.
NOW_PROPORTIONS = ("1210", "91736")


def describe(
    wanted: set[str], metadata: pd.DataFrame, newer_names: pd.Series, local_health: pd.DataFrame
) -> pd.DataFrame:
    """One row for each wanted indicator (INDICATOR_COLUMNS), sorted by id.

    metadata: `read_metadata`. newer_names: indicator_id → name as recorded in 2026, which is used before the metadata's. local_health:
    indicator_id, name, unit, polarity of the neighbourhood indicators, the one recording that has polarity. An indicator newer than the
    metadata has its name alone.
    """
    known = pd.concat([metadata, typed(pd.DataFrame(_ONS_INDICATORS), INDICATOR_COLUMNS)], ignore_index=True)
    new = sorted(set(newer_names.index) - set(known["indicator_id"]))
    recorded = pd.DataFrame({"indicator_id": new, "source_id": "fingertips_london_profiles"})
    table = pd.concat([known, typed(recorded, INDICATOR_COLUMNS)], ignore_index=True)
    table = table[table["indicator_id"].isin(wanted)]
    ours = local_health.set_index("indicator_id")
    table["name"] = (
        table["indicator_id"].map(newer_names).fillna(table["indicator_id"].map(ours["name"])).fillna(table["name"])
    )
    table.loc[table["indicator_id"].isin(NOW_PROPORTIONS), ["unit", "multiplier", "value_type"]] = ["%", 100.0, "Proportion"]
    table["polarity"] = table["indicator_id"].map(ours["polarity"])
    table["polarity_source"] = table["polarity"].map(
        lambda value: "fingertips_msoa_metadata" if isinstance(value, str) else None
    )
    return typed(table.sort_values("indicator_id"), INDICATOR_COLUMNS)
