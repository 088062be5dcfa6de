"""Fingertips values for London's boroughs and neighbourhoods (MSOAs), recorded from the live service in 2026: the latest period of each."""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from analysis import periods
from data_loaders.columns import read_parquet
from data_loaders.errors import SourceError
from data_loaders.indicator_values import typed

PROFILES = "fingertips/london_2026/fingertips_profiles.parquet"
HEADLINES = "fingertips/london_2026/fingertips.parquet"
NEIGHBOURHOODS = "fingertips/london_2026/fingertips_msoa.parquet"
NEIGHBOURHOOD_METADATA = "fingertips/london_2026/fingertips_metadata.json"

# In the Public Health Outcomes Framework a name begins with its place in that framework: "C04 - Low birth weight of term babies".
_FRAMEWORK_NUMBER = r"^[A-E]\d{2}[a-z]?\s*-\s*"


# The recording kept the last row of each indicator and area. Where Fingertips has none for all persons, that is the row of one group, which
# the recording does not name: life expectancy in one tenth of deprivation in the place of the inequality between tenths (80 years, where 8
# are usual), and a suicide rate of one age and sex. (Life expectancy, of females, is recorded by sex in HEADLINES, which stands in for it.)
NOT_THE_FIGURE = ("92901", "93972")


class Profiles(NamedTuple):
    """values: VALUE_COLUMNS, each figure once, without those of NOT_THE_FIGURE. names: by indicator_id, without the numbers of the
    framework. rows: how many the file has."""

    values: pd.DataFrame
    names: pd.Series
    rows: int


def _with_periods(frame: pd.DataFrame, path: Path) -> pd.DataFrame:
    try:
        read = periods.columns(frame["period"])
    except ValueError as error:
        raise SourceError(
            path, str(error), "a period such as 2024/25 or 2022 - 24", "Teach analysis/periods.py to read it."
        ) from error
    return frame.drop(columns="period").join(read)


def read_profiles(path: Path) -> Profiles:
    """Every indicator of the public profiles for London's boroughs, each once, and the indicators' names.

    One indicator stands under several profiles: its rows must agree in value, note, period and name (SourceError names one that does
    not), and one is kept. Sex and age are not in the recording and are left empty. The column `unit` of the file is the note on
    the value.
    """
    frame = read_parquet(path, ["LAD25CD", "lad_name", "indicator_id", "indicator_name", "value", "period", "unit"])
    frame["indicator_id"] = frame["indicator_id"].astype("str")
    frame["name"] = frame["indicator_name"].str.replace(_FRAMEWORK_NUMBER, "", regex=True)
    for said, key in ((["value", "unit", "period"], ["indicator_id", "LAD25CD"]), (["name"], ["indicator_id"])):
        twice = frame.drop_duplicates([*key, *said]).duplicated(key)
        if twice.any():
            row = frame.loc[twice[twice].index[0]]
            raise SourceError(
                path,
                f"indicator {row['indicator_id']} says two things of one {' and '.join(said)} for {row['LAD25CD']}",
                "the same figure under every profile",
                "Record it again.",
            )
    figures = frame[~frame["indicator_id"].isin(NOT_THE_FIGURE)]
    once = figures.drop_duplicates(["indicator_id", "LAD25CD"]).rename(
        columns={"LAD25CD": "area_code", "lad_name": "area_name", "unit": "note"}
    )
    names = frame.drop_duplicates("indicator_id").set_index("indicator_id")["name"].sort_index()
    values = _with_periods(once.drop(columns=["indicator_name", "name"]), path)
    values = values.assign(level="authority", origin="fingertips", source_id="fingertips_london_profiles")
    return Profiles(typed(values), names, len(frame))


def read_headlines(path: Path) -> pd.DataFrame:
    """Eighteen headline indicators for London's boroughs with 95% intervals, sex and age (VALUE_COLUMNS)."""
    columns = {
        "LAD25CD": "area_code",
        "lad_name": "area_name",
        "indicator_id": "indicator_id",
        "value": "value",
        "lower_ci": "lower_95",
        "upper_ci": "upper_95",
        "period": "period",
        "sex": "sex",
        "age": "age",
    }
    frame = read_parquet(path, list(columns)).rename(columns=columns)
    values = _with_periods(frame, path)
    return typed(values.assign(level="authority", origin="fingertips", source_id="fingertips_london_headlines"))


def read_neighbourhoods(path: Path, names: pd.Series) -> pd.DataFrame:
    """Local Health indicators for London's MSOAs (VALUE_COLUMNS; value only). names: MSOA code → name as spoken."""
    frame = read_parquet(path, ["MSOA21CD", "indicator_id", "value", "period"]).rename(
        columns={"MSOA21CD": "area_code"}
    )
    values = _with_periods(frame, path).assign(
        area_name=frame["area_code"].map(names), level="msoa", origin="fingertips", source_id="fingertips_london_msoa"
    )
    return typed(values)


def read_neighbourhood_metadata(path: Path) -> pd.DataFrame:
    """What the Local Health indicators are: indicator_id, name, unit, polarity (one of POLARITIES), by row."""
    if not path.is_file():
        raise SourceError(path, "the file is missing", f"it at {path}", "Check --source.")
    try:
        frame = pd.DataFrame(json.loads(path.read_text(encoding="utf-8")))[["indicator_id", "name", "unit", "polarity"]]
    except (ValueError, KeyError) as error:
        raise SourceError(
            path, f"it cannot be read ({error})", "a list with indicator_id, name, unit, polarity", "Record it again."
        ) from error
    polarity = frame["polarity"].str.lower().str.removeprefix("rag - ")
    return frame.assign(indicator_id=frame["indicator_id"].astype("str"), polarity=polarity)


def prefer(fuller: pd.DataFrame, bare: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Two recordings of one publisher's figures put together: the fuller row is kept where both have an indicator, area and period.

    fuller, bare: VALUE_COLUMNS, bare without sex and age. Returns the fuller rows with the notes that only the bare rows had on the
    same value, the bare rows that nothing stands in for, and the bare rows that agree with none of the fuller ones in value.
    """
    key = ["indicator_id", "area_code", "period"]
    other = bare[[*key, "value", "note"]].rename(columns={"value": "bare_value", "note": "bare_note"})
    both = fuller.reset_index(names="row").merge(other, on=key)
    same = np.isclose(both["value"], both["bare_value"], rtol=0, atol=5e-4) | (
        both["value"].isna() & both["bare_value"].isna()
    )
    notes = both[same & both["note"].isna() & both["bare_note"].notna()].set_index("row")["bare_note"]
    noted = fuller.copy()
    noted.loc[notes.index, "note"] = notes
    pairs = pd.MultiIndex.from_frame(bare[key])
    replaced = pairs.isin(pd.MultiIndex.from_frame(both[key]))
    agreed = pairs.isin(pd.MultiIndex.from_frame(both.loc[same, key]))
    return noted, bare[~replaced].reset_index(drop=True), bare[replaced & ~agreed].reset_index(drop=True)
