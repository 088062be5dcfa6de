"""Practices, Primary Care Networks (PCNs), and who is registered where."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from data_loaders.columns import read_csv, read_excel, read_parquet

REGISTRATIONS = "primary_care/gp_reg_practice_lsoa11_2023-07.parquet"
REGISTRATIONS_MONTH = "2023-07"
MEMBERSHIP_LATEST = "primary_care/gp-reg-pat-prac-map_2026-01.csv"
MEMBERSHIP_EARLIER = "primary_care/gp-reg-pat-prac-map_2025-10.csv"
EPCN = "primary_care/ePCN_2024-10.xlsx"
PRACTICES = "primary_care/practices_jan2026_geocoded.csv"
PCN_PATTERN = r"^U\d{5}$"

# A digital-first provider's network: its patients live all over London, so its footprint is not a place.
DIGITAL_FIRST_PCNS = ("U19803",)


def read_registrations(path: Path) -> pd.DataFrame:
    """Patients registered at a GP practice by LSOA 2011: practice_code, lsoa11cd, patients (people)."""
    frame = read_parquet(path, ["practice_code", "lsoa11cd", "patients"])
    return frame.astype({"practice_code": "str", "lsoa11cd": "str", "patients": "int64"})


def read_membership(path: Path) -> pd.DataFrame:
    """Practice → PCN → sub-ICB → ICB for one month; practices outside any PCN have a null pcn_code."""
    columns = {
        "PRACTICE_CODE": "practice_code",
        "PRACTICE_NAME": "practice_name",
        "PRACTICE_POSTCODE": "postcode",
        "PCN_CODE": "pcn_code",
        "PCN_NAME": "pcn_name",
        "ONS_SUB_ICB_LOCATION_CODE": "sicbl24cd",
        "ONS_ICB_CODE": "icb24cd",
    }
    frame = read_csv(path, list(columns)).rename(columns=columns)
    outside = ~frame["pcn_code"].str.match(PCN_PATTERN, na=False)
    frame.loc[outside, ["pcn_code", "pcn_name"]] = None
    return frame


def read_epcn(path: Path) -> pd.DataFrame:
    """NHS ODS dated memberships, one row a practice (the latest): practice_code, pcn_code, end_date (YYYYMMDD text or null)."""
    columns = {
        "Partner Organisation Code": "practice_code",
        "PCN Code": "pcn_code",
        "Practice to PCN Relationship Start Date": "start_date",
        "Practice to PCN Relationship End Date": "end_date",
    }
    frame = read_excel(path, "PCN Core Partner Details", list(columns)).rename(columns=columns)
    return (
        frame.sort_values(["practice_code", "start_date"])
        .drop_duplicates("practice_code", keep="last")
        .reset_index(drop=True)
    )


def read_practices(path: Path) -> pd.DataFrame:
    """Practices open in January 2026 with their point (EPSG:27700 metres and EPSG:4326), LSOA 2021 and list size (people)."""
    columns = [
        "practice_code",
        "practice_name",
        "postcode",
        "pcn_code",
        "easting",
        "northing",
        "lon",
        "lat",
        "lsoa21cd",
        "list_size",
        "list_size_source",
    ]
    frame = read_csv(path, columns).rename(columns={"lon": "longitude", "lat": "latitude"})
    for column in ("easting", "northing", "longitude", "latitude", "list_size"):
        frame[column] = pd.to_numeric(frame[column], errors="coerce")
    frame.loc[~frame["pcn_code"].str.match(PCN_PATTERN, na=False), "pcn_code"] = None
    return frame.sort_values("practice_code").reset_index(drop=True)


_SMALL_WORDS = {"AND", "AT", "BY", "FOR", "IN", "OF", "ON", "THE", "UNDER", "UPON", "WITH", "LE", "EN"}
# Published in capitals: these are spoken as letters, or are the shape of a postcode district or a road.
_SPOKEN_AS_LETTERS = {
    "PCN",
    "NHS",
    "GP",
    "GPS",
    "CIC",
    "LTD",
    "UK",
    "AIC",
    "ACF",
    "APL",
    "MPA",
    "IW",
    "BMC",
    "SASSE",
    "KIWY",
    "SEOXHA",
    "NORA",
    "FABB",
    "BNSSG",
    "FOSS",
    "HOSMS",
    "NSG",
    "WBC",
    "HIPC",
    "ABC",
    "HASP",
    "SAPA",
    "SE",
    "SW",
    "NE",
    "NW",
    "NEL",
    "UOS",
    "HIP",
    "IMP",
    "TASC",
    "LOCC",
    "ASOP",
    "WACA",
    "PCCO",
    "IGPC",
    "LIGA",
    "TABA",
    "TWNS",
    "MWEB",
    "II",
    "III",
}
_EXACTLY = {"LTD": "Ltd", "GPS": "GPs", "ST": "St"}


def _say_word(word: str, first: bool) -> str:
    letters = "".join(character for character in word if character.isalpha())
    if letters in _EXACTLY:
        return word.replace(letters, _EXACTLY[letters])
    if letters in _SPOKEN_AS_LETTERS or any(character.isdigit() for character in word):
        return word
    if letters and not set(letters) & set("AEIOUY"):
        return word
    if letters in _SMALL_WORDS and not first:
        return word.lower()
    parts = word.replace("/", "/ ").replace("-", "- ").split(" ")
    return "".join(_capitalise(part) for part in parts)


def _capitalise(word: str) -> str:
    for position, character in enumerate(word):
        if character.isalpha():
            return word[:position] + character + word[position + 1 :].lower()
    return word


def name_as_spoken(name: str) -> str:
    """A PCN or practice name as people say it: "BARKING & DAGENHAM CENTRAL PCN" → "Barking and Dagenham Central PCN".

    An ampersand is read as "and". A name that already has lower-case letters is left alone.
    """
    if name != name.upper():
        return name
    words = name.replace("&", " AND ").split()
    return " ".join(_say_word(word, position == 0) for position, word in enumerate(words))


def pcns(latest: pd.DataFrame) -> pd.DataFrame:
    """The PCNs of the latest membership list: pcn_code, pcn_name (as spoken), pcn_name_published, sicbl24cd, icb24cd, practices, is_place.

    A PCN whose practices sit in several sub-ICBs takes the one with most of them.
    """
    members = latest.dropna(subset="pcn_code")
    size = (
        members.groupby(["pcn_code", "sicbl24cd", "icb24cd"], as_index=False)
        .size()
        .sort_values(["pcn_code", "size", "sicbl24cd"], ascending=[True, False, True])
    )
    home = size.drop_duplicates("pcn_code").drop(columns="size")
    names = members.groupby("pcn_code", as_index=False).agg(
        pcn_name_published=("pcn_name", "first"), practices=("practice_code", "nunique")
    )
    frame = names.merge(home, on="pcn_code")
    frame.insert(1, "pcn_name", frame["pcn_name_published"].map(name_as_spoken))
    frame["practices"] = frame["practices"].astype("int16")
    frame["is_place"] = ~frame["pcn_code"].isin(DIGITAL_FIRST_PCNS)
    return frame.sort_values("pcn_code").reset_index(drop=True)
