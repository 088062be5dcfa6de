"""Which rows of a list keep an area and no point: sensitive sites, charities and individuals whose postcode may be somebody's home.

A charity's contact postcode can be a trustee's home, so it is never plotted, nor kept. What is left is the local authority.
"""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from analysis.asset_records import joined, parts
from register.asset_fields import TEXTS
from register.asset_plan import Said
from register.contact_details import without_postcodes

SITE = ("postcode", "uprn", "easting", "northing", "longitude", "latitude", "lsoa21cd")
"""What tells where a place is; a row that keeps only an area has none of them."""
_SENSITIVE = re.compile(
    r"domestic (?:abuse|violence)|wom[ae]n'?s? (?:refuge|aid)|\bsafe ?house|"
    r"(?:rape|sexual (?:abuse|violence|assault)) (?:crisis|support|centre|referral)|"
    r"\bviolence against women|honou?r[- ]based (?:abuse|violence)|trafficking|modern slavery|forced marriage",
    re.IGNORECASE,
)
_REFUGE = re.compile(r"\brefuges?\b", re.IGNORECASE)
_SAY_PUBLIC = "If its premises are public, say so in a column “Public premises”."
_CHARITY_IS_OPEN = "community service"
"""A charity whose premises are public is no longer one without: it is a service at a location."""


def without_private_places(rows: pd.DataFrame, cells: pd.DataFrame, lad24cd: str, said: Said) -> pd.DataFrame:
    """The rows with `sensitive` (bool), and no more than an area where a point may not be. lad24cd: the place of the list, for rows without one.

    rows: typed fields with a position (`asset_fields`, `asset_placing`). An area comes from the row's own authority, else from its own or its
    contact's postcode, else from the list.
    """
    rows = rows.copy()
    opened = rows["public_premises"].eq("yes")
    charity = rows["category"].eq("charity")
    rows["category"] = rows["category"].mask(charity & opened, _CHARITY_IS_OPEN)
    said.each(charity & opened, ("category", "public_premises"), f"It is a charity with public premises: it was taken as {_CHARITY_IS_OPEN}.",
              "Nothing, unless its address is somebody's home.")  # fmt: skip
    rows["sensitive"] = _sensitive(rows, cells)
    individual = rows["organisation_type"].fillna("").str.startswith("individual") & ~opened
    closed = rows["public_premises"].eq("no")
    had_place = rows["easting"].notna()
    private = rows["sensitive"] | (charity & ~opened) | individual | closed
    only_contact = ~had_place & ~private & rows["contact_lad24cd"].notna()
    said_of = pd.Series(False, index=rows.index)
    for mask, why, to_do in (
        (rows["sensitive"], "It is a sensitive site", "If it is none, write no in a column “Sensitive site”."),
        (charity & ~opened, "It is a charity, whose postcode may be somebody's home", _SAY_PUBLIC),
        (individual, "It is one person, whose postcode may be their home", _SAY_PUBLIC),
        (closed, "The list says that its premises are not public", "Nothing, unless they are."),
    ):
        said.each(mask & ~said_of, _PLACES, f"{why}: only the local authority was kept.", to_do)
        said_of |= mask
    said.each(only_contact, "contact_postcode", "A contact's postcode may be a home: only the local authority was read from it.",
              "If it has public premises, give their postcode in a column of its own.")  # fmt: skip
    unplaced = ~had_place & ~private & ~only_contact & ~rows.index.isin(list(said.refused))
    said.each(unplaced, _PLACES, "Nothing says where it is that can be used: it has an area, and no point.", "Give a live postcode or coordinates.")
    given = rows["said_lad24cd"]
    _say_elsewhere(rows, given, had_place & ~private, said)
    area = given.where(given.notna(), rows["lad24cd"].where(rows["lad24cd"].notna(), rows["contact_lad24cd"])).fillna(lad24cd)
    rows["lad24cd"] = rows["lad24cd"].where(had_place & ~private, area)
    rows.loc[private, [name for name in SITE if name in rows]] = None
    rows.loc[private, "position_quality"] = "not located"
    rows["uprn"] = rows["uprn"].mask(only_contact)
    _take_out_postcodes(rows, private, said)
    return rows


_PLACES = ("postcode", "address", "contact_postcode", "easting", "northing", "longitude", "latitude", "position")


def _sensitive(rows: pd.DataFrame, cells: pd.DataFrame) -> pd.Series:
    """By its own column, else by what it calls itself: a refuge, or anything about domestic abuse. A church named Refuge is a church."""
    called = _any(cells, ("name", "category", "organisation_type"), _REFUGE)
    about = _any(cells, ("name", "category", "organisation_type", "description", "who_for", "activity_groups"), _SENSITIVE)
    by_words = about | (called & ~rows["category"].eq("place of worship"))
    return rows["sensitive_said"].eq("yes") | (by_words & ~rows["sensitive_said"].eq("no"))


def _any(cells: pd.DataFrame, fields: tuple[str, ...], pattern: re.Pattern[str]) -> pd.Series:
    """Rows of which one of the fields has the pattern in it."""
    found = np.zeros(len(cells), dtype=bool)
    for field in fields:
        if field in cells:
            found |= np.array([pattern.search(text.replace("\u2019", "'")) is not None for text in cells[field].tolist()], dtype=bool)
    return pd.Series(found, index=cells.index)


def _say_elsewhere(rows: pd.DataFrame, given: pd.Series, placed: pd.Series, said: Said) -> None:
    for at in np.flatnonzero(placed & given.notna() & given.ne(rows["lad24cd"])):
        problem = f"The list says {given.iat[at]}, but the position lies in {rows['lad24cd'].iat[at]}. The position was used."
        said.add(int(at), ("lad24cd", *_PLACES), problem, "Check which is right.")


def _take_out_postcodes(rows: pd.DataFrame, private: pd.Series, said: Said) -> None:
    """Nor may the words of a row, or a small area that it serves, tell where it is."""
    for at in np.flatnonzero(private):
        for field in TEXTS:
            text = rows[field].iat[at]
            bare = without_postcodes(text) if isinstance(text, str) else None
            if isinstance(text, str) and bare != text:
                rows.loc[at, field] = bare or None
                said.add(int(at), field, "A postcode in the text was taken out.", "Nothing, unless the text reads badly now.")
        areas = parts(rows["service_area"].iat[at])
        if any(code.startswith("E01") for code in areas):
            rows.loc[at, "service_area"] = joined(code for code in areas if not code.startswith("E01"))
            said.add(int(at), "service_area", "A small area (E01…) would tell where it is: it was taken out.", "Give the authority or ward.")
