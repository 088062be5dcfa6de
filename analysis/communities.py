"""The communities that "Who are we missing?" asks about: how the Census counts them, and which assets are recorded for them.

Religion, ethnic group (five), age and disability are those of Census 2021, as the snapshot's small areas hold them. An asset is for a
community where its record says so: a worshipping community by its tradition, any other by whom it says that it is for. What is for
everyone is for no community in particular. A church's food bank is for whoever needs it, so tradition counts for places of worship and
worshipping communities alone; and a multi-faith room belongs to no one tradition.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.asset_records import has_part

WORSHIP = "place of worship"
WORSHIPPING = "worshipping community"


@dataclass(frozen=True)
class Community:
    """kind: religion, ethnicity, age or disability. column: of the small areas, people at Census 2021. traditions, who_for: what an asset
    for it says. why_not: why no asset can be said to be for it, a sentence, where none can."""

    kind: str
    name: str
    column: str
    traditions: tuple[str, ...] = ()
    who_for: tuple[str, ...] = ()
    why_not: str = ""


COMMUNITIES = (
    Community("religion", "Buddhist", "rel_buddhist", ("Buddhist",)),
    Community("religion", "Christian", "rel_christian", ("Christian",)),
    Community("religion", "Hindu", "rel_hindu", ("Hindu",)),
    Community("religion", "Jewish", "rel_jewish", ("Jewish",)),
    Community("religion", "Muslim", "rel_muslim", ("Muslim",)),
    Community("religion", "Sikh", "rel_sikh", ("Sikh",)),
    # The Census counts Jains and Bahá'ís, who write their answer in, among other religions.
    Community("religion", "Other religion", "rel_other_religion", ("Jain", "Bahá'í", "Other")),
    Community(
        "religion",
        "No religion",
        "rel_no_religion",
        why_not="No kind of place is recorded for people of no religion, so nothing can be said from this map.",
    ),
    Community("ethnicity", "Asian", "eth_asian", who_for=("Asian communities",)),
    Community("ethnicity", "Black", "eth_black", who_for=("Black communities",)),
    Community("ethnicity", "Mixed or multiple", "eth_mixed", who_for=("communities of several ethnic groups",)),
    Community(
        "ethnicity",
        "White",
        "eth_white",
        why_not="The Census figures here do not tell White minorities (Gypsy, Roma and Traveller, Irish, Eastern European communities) "
        "from the majority, so nothing can be said of them from this map.",
    ),
    Community("ethnicity", "Other ethnic group", "eth_other", who_for=("other ethnic communities",)),
    Community("age", "Children aged 0 to 14", "c21_0_14", who_for=("children", "families")),
    Community("age", "People aged 65 and over", "c21_65plus", who_for=("older people",)),
    Community("disability", "Disabled people", "disabled_c21", who_for=("disabled people",)),
)
"""The groups of the Census in the order of its tables; people who did not answer about religion are no community."""
CENSUS_COLUMNS = [
    "lsoa21cd", "msoa21cd", "wd24cd", "lad24cd", "utlacd", "rgncd", "sicbl24cd", "icb24cd", "icb26cd", "ruc21nm",
    "core20", "pwc_e", "pwc_n", "pop_census2021", *(community.column for community in COMMUNITIES),
]  # fmt: skip
"""What is read of the snapshot's small areas to ask about communities; the codes are those that a service area may be given in."""


def for_community(assets: pd.DataFrame, community: Community) -> npt.NDArray[np.bool_]:
    """Which assets are recorded for a community. assets: category, faith_kind, faith_tradition, who_for."""
    if community.traditions:
        worship = (assets["category"].eq(WORSHIP) | assets["faith_kind"].eq(WORSHIPPING)).to_numpy(dtype=bool)
        return worship & assets["faith_tradition"].isin(community.traditions).to_numpy(dtype=bool)
    found = np.zeros(len(assets), dtype=bool)
    if assets["who_for"].isna().all():
        return found
    for value in community.who_for:
        found |= has_part(assets["who_for"], value).to_numpy(dtype=bool)
    return found
