"""Tables and sentences of the Sources and methods page. No screen here."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from data_loaders.manifests import Manifest
from presentation.words import CATEGORY_PLURALS


def sources_table(manifests: Sequence[Manifest]) -> pd.DataFrame:
    """One row a source in two cells of Markdown, which a phone stacks: what it is, whose, of when, how large and under which licence; and
    what it is used for and where it is weak."""
    return pd.DataFrame(
        {
            "Source": [
                f"**{source.title}**  \n{source.publisher}  \nVintage: {source.vintage}  \n{source.rows:,} rows  \n"
                f"Licence: {source.licence}"
                for source in manifests
            ],
            "Used for, and where it is weak": [
                "  \n".join(
                    [f"**Used for:** {source.used_for}"]
                    + [f"**Weak spot:** {weak}" for weak in source.weak_spots or ("none known.",)]
                )
                for source in manifests
            ],
        }
    )


def _figure(value: float | int | str) -> str:
    return value if isinstance(value, str) else f"{value:,}"


def copies_table(manifests: Sequence[Manifest]) -> pd.DataFrame:
    """One row a source: what of it is in the snapshot, its geography, where it is published, and the copy that was read."""
    return pd.DataFrame(
        {
            "Source": [source.title for source in manifests],
            "In the snapshot": [
                "; ".join(
                    f"{name.replace('_', ' ')}: {_figure(value)}" for name, value in source.used.items() if value != ""
                )
                for source in manifests
            ],
            "Geography": [source.geography for source in manifests],
            "Published at": [source.address for source in manifests],
            "Copy read on": [source.accessed for source in manifests],
            "SHA-256 of the copy": [source.sha256 for source in manifests],
        }
    )


def patients_line(manifests: Sequence[Manifest]) -> str:
    """How many of England's registered patients the footprints rest on."""
    used = next(source for source in manifests if source.id == "gp_registrations").used
    return (
        f"Of {used['patients_with_an_english_lsoa']:,} patients with an address in England, "
        f"{used['patients_used']:,} ({used['percent_of_english_patients_used']}%) "
        "are registered with a practice whose network is known, and are used."
    )


def coverage_table(coverage: pd.DataFrame) -> pd.DataFrame:
    """Authorities by kind of place and whether it is mapped."""
    whole = coverage[coverage["faith_tradition"].isna()]
    table = (
        whole.groupby(["category", "status"])
        .size()
        .unstack(fill_value=0)
        .reindex(columns=["mapped", "partly", "not mapped"], fill_value=0)
    )
    table.index = [CATEGORY_PLURALS[category].capitalize() for category in table.index]
    return (
        table.reset_index(names="Kind of place")
        .rename(columns={"mapped": "Mapped", "partly": "Partly mapped", "not mapped": "Not mapped"})
        .astype(str)
    )


def networks_line(pcns: pd.DataFrame) -> str:
    """How many networks there are, and which lead nowhere and why."""
    nowhere = [
        f"{row.pcn_name} ({row.pcn_code}: {row.not_leading_why})"
        for row in pcns[pcns["leading_lsoas"] == 0].itertuples()
    ]
    return f"There are {len(pcns):,} networks. Leading no LSOA: {'; '.join(nowhere) or 'no network'}."
