"""The Quality and Outcomes Framework (QOF): how many patients of each practice are on a disease register."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from data_loaders.columns import read_csv
from data_loaders.errors import SourceError

PREVALENCE_2021_22 = "primary_care/QOF_2021-22_prevalence_practice.csv"
CVD_2022_23 = "primary_care/QOF_2022-23_CVD_practice_with_list_size.csv"
PRACTICES_2023 = "primary_care/epraccur_2023-12.csv"

# A register counts who is on it on the last day of the financial year.
COUNTED_ON = {"2021/22": "20220331", "2022/23": "20230331"}

# Registers are published as a percentage with every decimal, so a list size of people gives a whole number back but for rounding in the machine.
WHOLE_WITHIN = 1e-6


class Register(NamedTuple):
    """A register: its indicator in Fingertips (named in the recorded metadata), and whom it is counted out of."""

    indicator_id: str
    patients: str
    age: str


REGISTERS: dict[str, Register] = {
    "AF": Register("280", "TOTAL", "All ages"),
    "AST": Register("90933", "06OV", "6+ yrs"),
    "CAN": Register("276", "TOTAL", "All ages"),
    "CHD": Register("273", "TOTAL", "All ages"),
    "CKD": Register("258", "18OV", "18+ yrs"),
    "COPD": Register("253", "TOTAL", "All ages"),
    "DEM": Register("247", "TOTAL", "All ages"),
    "DEP": Register("848", "18OV", "18+ yrs"),
    "DM": Register("241", "17OV", "17+ yrs"),
    "EP": Register("224", "18OV", "18+ yrs"),
    "HF": Register("262", "TOTAL", "All ages"),
    "HYP": Register("219", "TOTAL", "All ages"),
    "LD": Register("200", "TOTAL", "All ages"),
    "MH": Register("90581", "TOTAL", "All ages"),
    "NDH": Register("93797", "18OV", "18+ yrs"),
    "OB": Register("92588", "18OV", "18+ yrs"),
    "OST": Register("90443", "50OV", "50+ yrs"),
    "PAD": Register("92590", "TOTAL", "All ages"),
    "PC": Register("294", "TOTAL", "All ages"),
    "RA": Register("91269", "16OV", "16+ yrs"),
    "STIA": Register("212", "TOTAL", "All ages"),
}
AGES = {register.indicator_id: register.age for register in REGISTERS.values()}
CVD_REGISTERS = ("AF", "CHD", "HF", "HYP", "PAD", "STIA")


def _checked(frame: pd.DataFrame, path: Path) -> pd.DataFrame:
    """The counts, each practice and register once and counted out of somebody.

    One practice of 2021/22 (Y05750) publishes more people on a register than on its list; its rows are kept as published.
    """
    twice = frame.duplicated(["practice_code", "indicator_id"])
    if twice.any():
        row = frame[twice].iloc[0]
        raise SourceError(
            path, f"practice {row['practice_code']} has two rows for one register", "one row each", "Fetch it again."
        )
    wrong = (frame["count"] < 0) | (frame["denominator"] <= 0)
    if wrong.any():
        row = frame[wrong].iloc[0]
        raise SourceError(
            path,
            f"practice {row['practice_code']} has {row['count']:g} on a register out of {row['denominator']:g} patients",
            "a register of people out of a list of people",
            "Fetch it again.",
        )
    return frame.astype({"count": "int64", "denominator": "int64"}).reset_index(drop=True)


def read_prevalence(path: Path) -> pd.DataFrame:
    """The 21 registers of 2021/22: practice_code, indicator_id, period, count, denominator (people of the register's ages).

    SourceError for a register that is not known, or one counted out of other ages than REGISTERS says.
    """
    frame = read_csv(path, ["PRACTICE_CODE", "GROUP_CODE", "REGISTER", "PATIENT_LIST_TYPE", "PRACTICE_LIST_SIZE"])
    pairs = set(zip(frame["GROUP_CODE"], frame["PATIENT_LIST_TYPE"], strict=True))
    expected = {(group, register.patients) for group, register in REGISTERS.items()}
    if pairs != expected:
        group, patients = sorted(pairs ^ expected, key=str)[0]
        raise SourceError(
            path,
            f"register {group} counted out of list type {patients} is {'missing' if (group, patients) in expected else 'not known'}",
            "the 21 registers of 2021/22, each with its own ages",
            "Compare it with data_loaders/qof.py.",
        )
    counted = pd.DataFrame(
        {
            "practice_code": frame["PRACTICE_CODE"],
            "indicator_id": frame["GROUP_CODE"].map({group: entry.indicator_id for group, entry in REGISTERS.items()}),
            "period": "2021/22",
            "count": pd.to_numeric(frame["REGISTER"], errors="coerce"),
            "denominator": pd.to_numeric(frame["PRACTICE_LIST_SIZE"], errors="coerce"),
        }
    )
    if counted[["count", "denominator"]].isna().any(axis=None) or (counted["count"] % 1 != 0).any():
        raise SourceError(path, "a register or list size is not a whole number", "people", "Fetch it again.")
    return _checked(counted, path)


def read_cvd(path: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The six cardiovascular registers of 2022/23, as `read_prevalence` gives them, and the rows set aside: practice_code, reason.

    The file has prevalence (%) and list size: the register is their product. Its achievement columns are of a year that is not
    established and are not read. SourceError where a product is not a whole number of people.
    """
    columns = [f"{part}_{group}" for group in CVD_REGISTERS for part in ("Prevalence", "List.Size")]
    frame = read_csv(path, ["Practice.Code", *columns])
    unnamed = frame["Practice.Code"].isna()
    numbers = frame[columns].apply(pd.to_numeric, errors="coerce")
    empty = numbers.isna().any(axis=1) | unnamed
    set_aside = frame.loc[empty, ["Practice.Code"]].rename(columns={"Practice.Code": "practice_code"})
    set_aside["reason"] = np.where(unnamed[empty], "no practice code", "no prevalence or list size")
    parts = []
    for group in CVD_REGISTERS:
        size = numbers.loc[~empty, f"List.Size_{group}"]
        exact = numbers.loc[~empty, f"Prevalence_{group}"] * size / 100
        part = pd.DataFrame(
            {
                "practice_code": frame.loc[~empty, "Practice.Code"],
                "indicator_id": REGISTERS[group].indicator_id,
                "period": "2022/23",
                "count": exact.round(),
                "denominator": size,
            }
        )
        broken = (exact - exact.round()).abs() > WHOLE_WITHIN
        if broken.any():
            code = part.loc[broken, "practice_code"].iloc[0]
            raise SourceError(
                path,
                f"practice {code} has {exact[broken].iloc[0]:.3f} people on register {group}",
                "prevalence × list size to be a whole number of people",
                "Check that both are of the same year.",
            )
        parts.append(part)
    return _checked(pd.concat(parts), path), set_aside.reset_index(drop=True)


def read_practices_2023(path: Path) -> pd.DataFrame:
    """Every practice that the Organisation Data Service knew in December 2023, closed ones too: practice_code, postcode, sub_icb (such as 16C).

    The file has no headings: columns are found by position and checked by their shape.
    """
    try:
        frame = pd.read_csv(path, header=None, dtype=str, usecols=[0, 9, 14], encoding="utf-8")
    except FileNotFoundError as error:
        raise SourceError(path, "the file is missing", f"it at {path}", "Check --source.") from error
    except (ValueError, pd.errors.ParserError) as error:
        raise SourceError(
            path, f"it cannot be read as CSV ({error})", "27 columns without headings", "Fetch it again."
        ) from error
    frame.columns = pd.Index(["practice_code", "postcode", "sub_icb"])
    shapes = {"practice_code": r"[A-Z]\w{5}", "postcode": r"[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}", "sub_icb": r"\w{3,5}"}
    for position, (column, shape) in zip((1, 10, 15), shapes.items(), strict=True):
        if frame[column].str.fullmatch(shape).mean() < 0.9:
            raise SourceError(
                path,
                f"column {position} does not hold a {column.replace('_', ' ')}",
                "the columns of December 2023",
                "Check the layout of the new release.",
            )
    return frame.drop_duplicates("practice_code").reset_index(drop=True)
