"""Downloads from ONS Explore local statistics (ELS): figures with 95% intervals for every authority, over years.

Three are figures that OHID publishes in Fingertips and ONS passes on; two are the ONS's own.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pandas as pd

from analysis import periods
from analysis.area_codes import levels_of
from data_loaders.columns import read_csv
from data_loaders.errors import SourceError
from data_loaders.indicator_values import typed


class Download(NamedTuple):
    """One download: its manifest, the indicator, whose figures they are, and what the file leaves unsaid of sex and age."""

    source_id: str
    indicator_id: str
    origin: str
    age: str | None
    sexes: dict[str, str | None]


DOWNLOADS = (
    Download(
        "els_preventable_cardiovascular_mortality",
        "93722",
        "fingertips-via-ons",
        "<75 yrs",
        {"Preventable cardiovascular mortality (England)": "Persons"},
    ),
    Download(
        "els_cancer_stage",
        "93671",
        "fingertips-via-ons",
        "All ages",
        {"Cancer diagnosis at stage 1 and 2": "Persons"},
    ),
    Download("els_adult_obesity", "93881", "fingertips-via-ons", "18+ yrs", {"Adult obesity prevalence": "Persons"}),
    Download(
        "els_healthy_life_expectancy",
        "ons-healthy-life-expectancy",
        "ons",
        "All ages",
        {"Male healthy life expectancy": "Male", "Female healthy life expectancy": "Female"},
    ),
    Download("els_cigarette_smokers", "ons-cigarette-smokers", "ons", None, {"Cigarette smokers": "Persons"}),
)

# Two pairs are published together. As in Fingertips, the larger carries the joint figure and the smaller says so in place of one.
_JOINED = {
    "E67000001": ("E09000012", "E09000001", "City of London", "Value for Hackney and City of London combined"),
    "E67000002": ("E06000052", "E06000053", "Isles of Scilly", "Value for Cornwall and Isles of Scilly combined"),
}


class LocalStatistics(NamedTuple):
    """values: VALUE_COLUMNS. set_aside: area_code, rows, reason. added: rows that stand for the smaller of two areas published together."""

    values: pd.DataFrame
    set_aside: pd.DataFrame
    added: int


_MARKS = {"u": "No value published: too unreliable to give"}  # the Government Statistical Service's shorthand


def _note(frame: pd.DataFrame) -> pd.Series:
    """What the file says of a value: its note, or its status where that is a sentence or a mark in place of a value."""
    status = frame["status"].where(frame["status"].str.len() > 1)
    mark = frame["status"].map(lambda mark: _MARKS.get(mark, f'No value published: ONS marks it "{mark}"'), na_action="ignore")
    mark = mark.where(frame["observation"].isna()).astype("str")
    return frame["notes"].fillna(status).fillna(mark)


def _part(frame: pd.DataFrame) -> pd.DataFrame:
    """Areas published together, as two rows: the joint figure under the larger area's code, and an empty row with the note for the smaller."""
    joined = frame["area_code"].isin(_JOINED)
    larger = frame[joined].copy()
    smaller = larger.copy()
    for position, part in enumerate((larger, smaller)):
        part["area_code"] = [_JOINED[code][position] for code in frame.loc[joined, "area_code"]]
        part["note"] = [_JOINED[code][3] for code in frame.loc[joined, "area_code"]]
    smaller["area_name"] = [_JOINED[code][2] for code in frame.loc[joined, "area_code"]]
    smaller[["value", "lower_95", "upper_95"]] = None
    both = pd.concat([frame[~joined], larger, smaller], ignore_index=True)
    twice = both.duplicated(["area_code", "sex", "period"], keep=False)
    if twice.any():
        code = both.loc[twice, "area_code"].iloc[0]
        raise ValueError(f"{code} is published both alone and together with its neighbour")
    return both


def read(path: Path, download: Download, current: frozenset[str]) -> LocalStatistics:
    """One download in the one shape of indicator values.

    current: the codes of authorities and counties that this atlas knows (any vintage of the snapshot). An area that is in none of them,
    such as a district abolished in 2023, keeps its code and has no level, so that no page offers it. Rows of other countries and of
    combined authorities are set aside. SourceError for an unknown indicator or period, a number that is none, or an area given twice.
    """
    columns = [
        "areacd",
        "areanm",
        "geography",
        "indicator",
        "period",
        "observation",
        "lci_95",
        "uci_95",
        "status",
        "notes",
    ]
    frame = read_csv(path, columns)
    unknown = sorted(set(frame["indicator"]) - set(download.sexes))
    if unknown:
        raise SourceError(
            path, f"indicator {unknown[0]!r} is not known", " or ".join(download.sexes), "Check the download."
        )
    try:
        read_periods = periods.columns(frame["period"], iso=True)
        numbers = frame[["observation", "lci_95", "uci_95"]].apply(pd.to_numeric)
    except ValueError as error:
        raise SourceError(
            path, str(error), "periods such as 2022-01-01/P3Y, and numbers", "Check the download."
        ) from error
    england = frame["areacd"].str.startswith("E")
    combined = frame["areacd"].str.startswith("E47")
    reason = pd.Series(None, index=frame.index, dtype="str")
    reason[~england] = "outside England"
    reason[combined] = "a combined authority, which is no level of this atlas"
    aside = frame.assign(reason=reason)[reason.notna()].groupby(["areacd", "reason"]).size().reset_index(name="rows")
    kept = pd.DataFrame(
        {
            "area_code": frame["areacd"],
            "area_name": frame["areanm"],
            "area_type": frame["geography"],
            "sex": frame["indicator"].map(download.sexes),
            "value": numbers["observation"],
            "lower_95": numbers["lci_95"],
            "upper_95": numbers["uci_95"],
            "note": _note(frame),
        }
    ).join(read_periods)[reason.isna()]
    try:
        parted = _part(kept)
    except ValueError as error:
        raise SourceError(path, str(error), "one or the other", "Check the download.") from error
    level = levels_of(parted["area_code"])
    local = level.isin(["authority", "county"])
    parted["level"] = level.mask(local & ~parted["area_code"].isin(current))
    values = typed(
        parted.assign(
            indicator_id=download.indicator_id, age=download.age, origin=download.origin, source_id=download.source_id
        )
    )
    return LocalStatistics(values, aside.rename(columns={"areacd": "area_code"}), len(parted) - len(kept))
