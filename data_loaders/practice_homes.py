"""Where each practice counts: its network, its system by the list of members, its place and region by its postcode."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

# Level (analysis.area_codes.LEVELS) → the columns of `Homes.practices`, one a vintage.
LEVELS: dict[str, tuple[str, ...]] = {
    "england": ("england",),
    "region": ("rgncd",),
    "icb": ("icb24cd", "icb26cd"),
    "sub_icb": ("sicbl24cd", "sicbl26cd"),
    "authority": ("lad24cd",),
    "pcn": ("pcn_code",),
}
TENTH_LEVELS = ("england", "icb", "authority")
ENGLAND = "E92000001"


@dataclass(frozen=True)
class Homes:
    """Which areas a practice counts in, as far as that is known.

    practices: by practice_code, the columns named in LEVELS and tenth (Int8); empty where a practice counts in no such area.
    basis: by practice_code, where its system and its postcode were read ("Jan 2026", "Oct 2025", "Dec 2023" or empty).
    """

    practices: pd.DataFrame
    basis: pd.DataFrame


def _first(index: pd.Index, *sources: tuple[str, pd.Series]) -> tuple[pd.Series, pd.Series]:
    """For each practice the value of the first source that has one, and the name of that source."""
    value = pd.Series(None, index=index, dtype="str")
    basis = pd.Series(None, index=index, dtype="str")
    for name, source in sources:
        found = source.reindex(index)
        use = value.isna() & found.notna()
        value[use], basis[use] = found[use], name
    return value, basis


def homes(
    practice_codes: pd.Index,
    *,
    networks: pd.Series,
    latest: pd.DataFrame,
    earlier: pd.DataFrame,
    known_2023: pd.DataFrame,
    points: pd.DataFrame,
    postcodes: pd.DataFrame,
    areas: pd.DataFrame,
    tenth: pd.Series,
) -> Homes:
    """Where practices count.

    networks: practice → PCN on the day counted on (`footprints.join_membership`). latest, earlier: practice_code, sicbl24cd of the members'
    lists. known_2023: practice_code, postcode, sub_icb (`qof.read_practices_2023`), for practices that have closed. points: practice_code, lsoa21cd
    of practices open now. postcodes: postcode (no space), lsoa21cd of live postcodes. areas: the small-area table. tenth: practice → 1–10.

    The system is the members' list's (a practice may stand across a border from it); systems of April 2026 follow from the sub-ICB, and where
    a sub-ICB was divided (Frimley), from the LSOA of the postcode. Place and region are those of the postcode, which is how OHID places practices.
    """
    index = pd.Index(practice_codes.unique(), name="practice_code").sort_values()
    by_letters = areas.drop_duplicates("sicbl24cdh").set_index("sicbl24cdh")["sicbl24cd"]
    closed = known_2023.set_index("practice_code")
    sub_icb, system_basis = _first(
        index,
        ("Jan 2026", latest.set_index("practice_code")["sicbl24cd"]),
        ("Oct 2025", earlier.set_index("practice_code")["sicbl24cd"]),
        ("Dec 2023", closed["sub_icb"].map(by_letters)),
    )
    live = postcodes.set_index("postcode")["lsoa21cd"]
    lsoa, place_basis = _first(
        index,
        ("Jan 2026", points.set_index("practice_code")["lsoa21cd"]),
        ("Dec 2023", closed["postcode"].str.replace(" ", "", regex=False).map(live)),
    )
    by_lsoa = areas.set_index("lsoa21cd")
    found = pd.DataFrame({"england": ENGLAND, "pcn_code": networks.reindex(index), "sicbl24cd": sub_icb}, index=index)
    for column in ("lad24cd", "rgncd"):
        found[column] = lsoa.map(by_lsoa[column])
    found["icb24cd"] = sub_icb.map(areas.drop_duplicates("sicbl24cd").set_index("sicbl24cd")["icb24cd"])
    for column in ("sicbl26cd", "icb26cd"):
        pairs = areas[["sicbl24cd", column]].drop_duplicates()
        whole = pairs[~pairs["sicbl24cd"].duplicated(keep=False)].set_index("sicbl24cd")[column]
        divided = sub_icb.isin(pairs["sicbl24cd"]) & ~sub_icb.isin(whole.index)
        found[column] = sub_icb.map(whole)
        # A practice of a divided sub-ICB that stands outside it goes with none of its parts.
        inside = divided & (lsoa.map(by_lsoa["sicbl24cd"]) == sub_icb)
        found.loc[inside, column] = lsoa[inside].map(by_lsoa[column])
    found["tenth"] = tenth.reindex(index).astype("Int8")
    return Homes(found, pd.DataFrame({"system": system_basis, "place": place_basis}))
