"""Where the figures on a page come from, in one line or in many. No screen here."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from analysis.reach import Reach
from data_loaders.manifests import Manifest
from data_loaders.needs import Needs
from data_loaders.published_assets import AssetsFrom
from presentation.words import CATEGORY_PLURALS, listed, month_year

ATTRIBUTION = (
    "Source: Office for National Statistics licensed under the Open Government Licence v3.0. Contains OS data © Crown copyright and database "
    "right 2026. Contains Royal Mail data © Royal Mail copyright and database right 2026. Contains information from NHS England, OHID and MHCLG "
    "licensed under the Open Government Licence v3.0. Places of worship © OpenStreetMap contributors, ODbL 1.0."
)


def settings(reach: Reach, categories: Sequence[str], count: str, partners: str) -> str:
    """The settings of a view, in words."""
    kinds = listed([CATEGORY_PLURALS[category] for category in categories]) or "no kind of place"
    counted = (
        "best fit (each LSOA counts for its leading PCN)"
        if count == "best-fit"
        else "shares (each LSOA's people divided among its PCNs)"
    )
    return (
        f"Settings: a walk of {reach.walk_m:,.0f} m, detour factor {reach.detour:g}; {kinds}; "
        f"neighbourhoods counted by {counted}; partners: {partners}."
    )


def foot(reach: Reach, categories: Sequence[str], count: str, partners: str) -> str:
    """The one line at the foot of every page: sources, vintages, settings."""
    return (
        "Deprivation: MHCLG Indices of Deprivation 2025. People: ONS mid-2022. "
        "PCN footprints: NHS England registrations July 2023, memberships January 2026. "
        "Places of worship: © OpenStreetMap contributors, 16 August 2026. Libraries: Arts Council England, December 2023. Community centres: "
        f"Greater London Authority, to November 2022. {settings(reach, categories, count, partners)}"
    )


def notes(title: str, manifests: Sequence[Manifest], settings_line: str, made_on: date) -> list[str]:
    """The lines that every download carries: what it is, settings, then each source with vintage and licence."""
    lines = [
        title,
        f"Made by Common Ground on {made_on.isoformat()}.",
        settings_line,
        "Distances are walks: straight lines from each LSOA's population-weighted centroid times the detour factor.",
        "None recorded means that nobody has told us, not that there is nothing.",
    ]
    lines += [
        f"Source: {source.title}. {source.publisher}. {source.vintage}. {source.licence}. {source.address}"
        for source in manifests
    ]
    return [*lines, ATTRIBUTION]


def assets_foot(sources: Sequence[AssetsFrom]) -> str:
    """The one line at the foot of the page of community assets: each source with its date and credit."""
    said = [f"{each.title} ({month_year(each.published[:10])})" for each in sources]
    credits = list(dict.fromkeys(each.attribution for each in sources if each.attribution))
    return (
        f"Places: {'; '.join(said) or 'none in this copy'}. {' '.join(credits)} People: ONS mid-2022 and Census 2021. Deprivation: MHCLG Indices "
        "of Deprivation 2025. PCN footprints: NHS England registrations July 2023, memberships January 2026. "
        "None recorded means that nobody has told us."
    )


def asset_notes(title: str, sources: Sequence[AssetsFrom], made_on: date) -> list[str]:
    """The lines that a download of community assets carries: what it is, what a row is, then each source with date, licence and credit."""
    return [
        title,
        f"Made by Common Ground on {made_on.isoformat()}.",
        "A row is one source record. Records with the same place_id were matched as one place. The column licence says which rows are "
        "under ODbL 1.0 (OpenStreetMap): keep them apart from the rest, or share what you make of both under that licence.",
        "An asset is not a partner. None recorded means that nobody has told us, not that there is nothing.",
        *[
            f"Source: {each.title}. {each.publisher}. {each.published}. {each.licence}. {each.attribution} {each.address}".strip()
            for each in sources
        ],
        ATTRIBUTION,
    ]


def needs_foot(needs: Needs, used: Collection[str]) -> str:
    """The one line at the foot of a page of indicators: each copy that its figures came from, with its vintage, and the settings."""
    copies = [f"{source.title} ({source.vintage})" for source in needs.sources(used)] + needs.layer_lines(used)
    return (
        f"Figures: {'; '.join(copies) or 'none in this copy'}. PCN footprints: NHS England registrations July 2023, memberships January 2026. "
        "Deprivation: MHCLG Indices of Deprivation 2025. Settings: 95% confidence intervals; compared with England's value of the same period."
    )


def needs_notes(title: str, needs: Needs, used: Collection[str], made_on: date) -> list[str]:
    """The lines that a download of indicators carries: what it is, how figures compare, then each source with vintage and licence."""
    lines = [
        title,
        f"Made by Common Ground on {made_on.isoformat()}.",
        "Comparison: a 95% interval that lies to one side of England's value of the same period. An empty value was not published; it is never zero.",
        "A figure said to be aggregated from practices is the sum of registers over the sum of list sizes, with Wilson's interval.",
    ]
    lines += [
        f"Source: {source.title}. {source.publisher}. {source.vintage}. {source.licence}. {source.address}"
        for source in needs.sources(used)
    ]
    lines += [f"Source: {line}." for line in needs.layer_lines(used)]
    return [*lines, ATTRIBUTION]
