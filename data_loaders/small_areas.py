"""Small areas (LSOA 2021): names, parents, deprivation, people. One row for each of England's 33,755."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from data_loaders import snapshot_schemas
from data_loaders.columns import read_csv, read_excel, read_parquet
from data_loaders.errors import SourceError

IOD_YEAR = 2025
ATTRIBUTES = "geography/lsoa21_attributes.parquet"
IMD_WORKBOOK = "deprivation/File_1_IoD2025_Index_of_Multiple_Deprivation.xlsx"
AGE_BANDS = "population/census2021_age_bands_lsoa21.csv"
EXACT_FIT = "geography/lsoa11_lsoa21_lad22_exact_fit.csv"

# The decile heading stops mid-word in the published workbook.
_IMD_COLUMNS = {
    "LSOA code (2021)": "lsoa21cd",
    "Local Authority District code (2024)": "lad24cd",
    "Index of Multiple Deprivation (IMD) Rank (where 1 is most deprived)": "imd25_rank",
    "Index of Multiple Deprivation (IMD) Decile (where 1 is most deprived 10% of LSOA": "imd25_decile",
}

# Five life stages that the panel can say in one breath; the 18 published bands nest in them exactly.
AGE_GROUPS: dict[str, tuple[str, ...]] = {
    "age_0_14": ("Age4Under", "Age5to9", "Age10to14"),
    "age_15_24": ("Age15to19", "Age20to24"),
    "age_25_44": ("Age25to29", "Age30to34", "Age35to39", "Age40to44"),
    "age_45_64": ("Age45to49", "Age50to54", "Age55to59", "Age60to64"),
    "age_65_84": ("Age65to69", "Age70to74", "Age75to79", "Age80to84"),
    "age_85_plus": ("Age85Over",),
}

# Columns of the snapshot's table that are not in the joined attributes file: they are read elsewhere or worked out.
_DERIVED = {"iod_year", *AGE_GROUPS, "registered_patients", "registered_per_resident", "low_registration"}


def read_imd_workbook(path: Path) -> pd.DataFrame:
    """MHCLG's own file 1: IMD 2025 rank and decile by LSOA 2021, with LAD 2024.

    Returns lsoa21cd, lad24cd, imd25_rank, imd25_decile (int32), sorted by code. SourceError when a heading
    has changed or the ranks are not a permutation of 1…n.
    """
    frame = read_excel(path, "IMD25", list(_IMD_COLUMNS)).rename(columns=_IMD_COLUMNS)
    frame = frame.astype({"imd25_rank": "int32", "imd25_decile": "int32"}).sort_values("lsoa21cd")
    if not np.array_equal(np.sort(frame["imd25_rank"]), np.arange(1, len(frame) + 1)):
        raise SourceError(
            path, "the ranks do not run from 1 to the number of rows once each", "a whole ranking", "Fetch it again."
        )
    return frame.reset_index(drop=True)


def read_age_groups(path: Path) -> pd.DataFrame:
    """Census 2021 age bands added up to six life stages: lsoa21cd and the keys of AGE_GROUPS (people)."""
    bands = [band for group in AGE_GROUPS.values() for band in group]
    frame = read_csv(path, ["LSOACode", *bands])
    numbers = frame[bands].astype("int32")
    groups = pd.DataFrame(
        {name: numbers[list(parts)].sum(axis=1).astype("int32") for name, parts in AGE_GROUPS.items()}
    )
    return groups.assign(lsoa21cd=frame["LSOACode"])


def read_exact_fit(path: Path) -> pd.DataFrame:
    """ONS LSOA 2011 → LSOA 2021 exact-fit lookup, England only: lsoa11cd, lsoa21cd, change (U, S, M, X)."""
    frame = read_csv(path, ["LSOA11CD", "LSOA21CD", "CHGIND"])
    frame.columns = pd.Index(["lsoa11cd", "lsoa21cd", "change"])
    return frame[frame["lsoa21cd"].str.startswith("E01")].reset_index(drop=True)


def _check_against_workbook(attributes: pd.DataFrame, workbook: pd.DataFrame, path: Path) -> None:
    """Every row of the joined table must say what MHCLG's own workbook says."""
    joined = attributes[["lsoa21cd", "lad24cd", "imd25_rank", "imd25_decile"]].merge(
        workbook, on="lsoa21cd", how="outer", suffixes=("", "_mhclg"), indicator=True
    )
    differs = joined["_merge"] != "both"
    for column in ("lad24cd", "imd25_rank", "imd25_decile"):
        differs |= joined[column] != joined[f"{column}_mhclg"]
    if differs.any():
        first = joined.loc[differs, "lsoa21cd"].iloc[0]
        raise SourceError(
            path,
            f"{int(differs.sum())} rows differ from MHCLG's workbook, the first {first}",
            "the same rank, decile and authority in both",
            "Rebuild the joined table from the published one.",
        )


def read(source: Path) -> pd.DataFrame:
    """The small-area table: 33,755 rows sorted by lsoa21cd.

    All columns of the joined attributes file, with rank and decile taken from MHCLG's workbook and checked
    against it row by row, `iod_year`, and Census 2021 age groups. Population is people (ONS mid-2022 unless
    the column says otherwise); pwc_e and pwc_n are the population-weighted centroid in EPSG:27700 metres,
    pwc_lon and pwc_lat the same in EPSG:4326. Errors: SourceError.
    """
    path = source / ATTRIBUTES
    expected = [*pq.read_schema(path).names] if path.is_file() else ["lsoa21cd"]
    needed = [column for column in snapshot_schemas.small_areas.columns if column not in _DERIVED]
    attributes = (
        read_parquet(path, list(dict.fromkeys([*needed, *expected]))).sort_values("lsoa21cd").reset_index(drop=True)
    )
    text = attributes.select_dtypes(include=["object", "string"]).columns
    attributes = attributes.astype(dict.fromkeys(text, "str"))

    workbook = read_imd_workbook(source / IMD_WORKBOOK)
    _check_against_workbook(attributes, workbook, path)
    by_code = workbook.set_index("lsoa21cd").loc[attributes["lsoa21cd"]]
    attributes["imd25_rank"] = by_code["imd25_rank"].to_numpy()
    attributes["imd25_decile"] = by_code["imd25_decile"].to_numpy()
    attributes["core20"] = attributes["imd25_decile"] <= 2
    attributes["iod_year"] = np.int16(IOD_YEAR)

    ages = read_age_groups(source / AGE_BANDS)
    merged = attributes.merge(ages, on="lsoa21cd", how="left", validate="one_to_one")
    if merged["age_0_14"].isna().any():
        raise SourceError(source / AGE_BANDS, "some LSOAs have no age bands", "a row for each LSOA", "Fetch it again.")
    return merged.astype(dict.fromkeys(AGE_GROUPS, "int32"))
