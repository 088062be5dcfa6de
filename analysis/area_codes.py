"""What kind of area a published code means, from the shape of the code alone (ONS and NHS coding systems)."""

from __future__ import annotations

import pandas as pd

# The kind of an area, from the country down. An authority is a lower-tier, unitary, metropolitan or London one (E06 to E09);
# a county (E10) is the upper tier above districts (E07). ICB and sub-ICB codes are unique over time, so one word covers every vintage.
LEVELS = (
    "england",
    "region",
    "nhs_region",
    "icb",
    "sub_icb",
    "county",
    "authority",
    "pcn",
    "practice",
    "ward",
    "msoa",
    "lsoa",
)

_SHAPES = {
    r"E92000001": "england",
    r"E12\d{6}": "region",
    r"E40\d{6}": "nhs_region",
    r"E54\d{6}": "icb",
    r"E38\d{6}": "sub_icb",
    r"E10\d{6}": "county",
    r"E0[6-9]\d{6}": "authority",
    r"U\d{5}": "pcn",
    r"[A-HJ-NPV-Y]\d{5}": "practice",
    r"E05\d{6}": "ward",
    r"E02\d{6}": "msoa",
    r"E01\d{6}": "lsoa",
}


def without_prefix(codes: pd.Series) -> pd.Series:
    """Codes without the `n` that Fingertips sets before those of ICBs and sub-ICBs: "nE54000029" → "E54000029"."""
    return codes.str.replace(r"^n(?=E\d{8}$)", "", regex=True)


def levels_of(codes: pd.Series) -> pd.Series:
    """The level (one of LEVELS) of each code, None where its shape is not known. codes: text, already without prefix."""
    unique = pd.Series(codes.dropna().unique(), dtype="str")
    levels = pd.Series(None, index=unique.index, dtype=object)
    for shape, level in _SHAPES.items():
        levels[unique.str.fullmatch(shape)] = level
    return codes.map(dict(zip(unique, levels, strict=True)))
