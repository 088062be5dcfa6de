"""Authorities that have adopted the Faith Covenant, from FaithAction's public page."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from data_loaders.columns import read_csv
from data_loaders.errors import SourceError

FILE = "community_assets/faith_covenant_signatories.csv"
AS_AT = "2024"  # the page as stored in late 2024; the 2023 report counted 24 authorities

COLUMNS = {
    "year": "year of adoption",
    "authority": "name as FaithAction writes it: districts, counties and combined authorities together",
    "in_england": "Y or N",
    "source": "where the row was read",
}


def read(path: Path) -> pd.DataFrame:
    """One row an authority: authority, year (int16), in_england (bool), source, as_at; sorted by name.

    Raises SourceError naming the line when a year or an in_england flag cannot be read, or a column is
    missing.
    """
    raw = read_csv(path, list(COLUMNS)).astype("str")
    year = pd.to_numeric(raw["year"], errors="coerce")
    bad = ~year.between(2000, 2100) | ~raw["in_england"].isin(["Y", "N"]) | raw["authority"].isna()
    if bad.any():
        raise SourceError(
            path,
            f"line {bad.tolist().index(True) + 2} cannot be read",
            "an authority, a year and Y or N",
            "Correct that line; the list is kept by hand.",
        )
    frame = pd.DataFrame(
        {
            "authority": raw["authority"].str.replace(r"\s+", " ", regex=True).str.strip(),
            "year": year.astype("int16"),
            "in_england": raw["in_england"].eq("Y"),
            "source": raw["source"].astype("str"),
            "as_at": AS_AT,
        }
    )
    return frame.sort_values("authority", ignore_index=True)


def match(covenant: pd.DataFrame, areas: pd.DataFrame) -> pd.DataFrame:
    """Add each authority's codes: lad24cd where it is a district or unitary, utlacd where upper-tier.

    areas: lad24cd, lad24nm, utlacd, utlanm (any number of rows an authority). A county has utlacd alone, a
    district lad24cd alone, a unitary both. Combined authorities, councils since abolished (Northamptonshire)
    and authorities outside England keep null codes: a covenant is never spread over areas that did not adopt
    it.
    """

    def codes(name: str, code: str) -> dict[str, str]:
        known = areas[[name, code]].drop_duplicates()
        return dict(zip(known[name].str.casefold(), known[code], strict=True))

    key = covenant["authority"].str.casefold().where(covenant["in_england"])
    return covenant.assign(
        lad24cd=key.map(codes("lad24nm", "lad24cd")).astype("str"),
        utlacd=key.map(codes("utlanm", "utlacd")).astype("str"),
    )
