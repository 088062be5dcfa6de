"""Fingertips values for systems (ICBs): an extract of nine years of registers, and two recordings of asthma with intervals."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from analysis import periods
from data_loaders import fingertips_csv
from data_loaders.columns import read_csv
from data_loaders.errors import SourceError, UnexpectedAnswerError
from data_loaders.indicator_values import VALUE_COLUMNS, typed

EXTRACT = "fingertips/england/bnssg_icb_metrics_extract.csv"
ASTHMA_PREVALENCE = "fingertips/england/asthma_90933_icb_2023-24.csv"
ASTHMA_ADMISSIONS = "fingertips/england/asthma_admissions_icb_2023-24.csv"

# The extract's names → ids in the recorded metadata. Its asthma is counted out of another denominator than 90933, so it is left out.
METRICS = {
    "% active smokers (GPPS)": "90452",
    "Atrial fibrillation: QOF prevalence (all ages)": "280",
    "CHD: QOF prevalence (all ages)": "273",
    "CKD: QOF prevalence (18+ yrs)": "258",
    "COPD: QOF prevalence (all ages)": "253",
    "Cancer: QOF prevalence (all ages)": "276",
    "Dementia: QOF prevalence (all ages)": "247",
    "Diabetes mellitus: QOF prevalence (17+ yrs)": "241",
    "Epilepsy: QOF prevalence (18+ yrs)": "224",
    "Heart failure: QOF prevalence (all ages)": "262",
    "Hypertension: QOF prevalence (all ages)": "219",
    "Obesity: QOF prevalence (18+ yrs)": "92588",
    "Osteoporosis: QOF prevalence (50+ yrs)": "90443",
    "Palliative care: QOF prevalence (all ages)": "294",
    "Peripheral arterial disease: QOF prevalence (all ages)": "92590",
    "Rheumatoid arthritis: QOF prevalence (16+ yrs)": "91269",
    "Stroke and transient ischaemic attack: QOF prevalence (all ages)": "212",
}
LEFT_OUT = "Asthma: QOF prevalence (all ages)"
SMOKING = "90452"
# The register of obesity was redefined for 2023/24, and Fingertips gave it a new id then ("replaced after 2022/23", "new definition").
OBESITY, OBESITY_NEW, OBESITY_NEW_FROM = "92588", "94136", 2023


def read_extract(path: Path, codes: pd.Series, names: pd.Series) -> tuple[pd.DataFrame, int]:
    """Seventeen registers and smoking by ICB of April 2024 (VALUE_COLUMNS; value only), and how many rows of asthma were left out.

    codes: ODS code (such as QWO) → ICB code; names: ICB code → name. Registers are of financial years; the survey of smoking is of
    calendar years (the recorded metadata say so). SourceError for a metric or an organisation that is not known.
    """
    frame = read_csv(path, ["year", "org", "metric", "value"])
    for column, known in (("metric", {*METRICS, LEFT_OUT}), ("org", set(codes.index))):
        unknown = sorted(set(frame[column].dropna()) - known)
        if unknown:
            raise SourceError(
                path,
                f"{column} {unknown[0]!r} is not known",
                f"a {column} of data_loaders/fingertips_icb.py",
                "Check the extract.",
            )
    kept = frame[frame["metric"] != LEFT_OUT].reset_index(drop=True)
    year = kept["year"].astype("int64")
    ident = kept["metric"].map(METRICS)
    ident = ident.mask((ident == OBESITY) & (year >= OBESITY_NEW_FROM), OBESITY_NEW)
    text = year.astype("str") + "/" + ((year + 1) % 100).map("{:02d}".format)
    age = kept["metric"].str.extract(r"\(((?:all ages)|(?:\d+\+ yrs))\)$")[0].str.replace("all ages", "All ages")
    area = kept["org"].map(codes)
    values = pd.DataFrame(
        {
            "indicator_id": ident,
            "area_code": area,
            "area_name": area.map(names),
            "area_type": "ICBs",
            "level": "icb",
            "sex": "Persons",
            "age": age,
            "value": pd.to_numeric(kept["value"]),
            "origin": "fingertips",
            "source_id": "fingertips_icb_extract",
        }
    ).join(periods.columns(text.mask(ident == SMOKING, year.astype("str"))))
    return typed(values), len(frame) - len(kept)


def read_recording(path: Path, source_id: str) -> pd.DataFrame:
    """A recorded download of one indicator for every ICB, with intervals, count and denominator (VALUE_COLUMNS).

    The copies have Fingertips' columns without the spaces in their headings. SourceError names a row that cannot be read: unlike a live
    answer, a recording that was whole once is whole still.
    """
    try:
        parsed = fingertips_csv.parse(path.read_bytes(), path.name, source_id=source_id)
    except FileNotFoundError as error:
        raise SourceError(path, "the file is missing", f"it at {path}", "Check --source.") from error
    except UnexpectedAnswerError as error:
        raise SourceError(path, f"it holds {error.found}", error.expected, "Record it again.") from error
    if len(parsed.set_aside) or parsed.values.empty:
        first = parsed.set_aside.iloc[0] if len(parsed.set_aside) else {"row": 1, "reason": "there is none"}
        raise SourceError(path, f"row {first['row']}: {first['reason']}", "values in every row", "Record it again.")
    values = parsed.values
    texts = [name for name, kind in VALUE_COLUMNS.items() if kind == "str"]
    values[texts] = values[texts].mask(values[texts] == "")
    values["area_name"] = values["area_name"].str.replace(r" - Q\w{2}$", "", regex=True)
    return typed(values)
