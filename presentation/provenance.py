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


def foot(sources: Sequence[AssetsFrom], reach: Reach, categories: Sequence[str], count: str, partners: str) -> str:
    """The one line at the foot of Gaps: sources, vintages, settings. sources: those of the places that count."""
    return (
        "Deprivation: MHCLG Indices of Deprivation 2025. People: ONS mid-2022. "
        "PCN footprints: NHS England registrations July 2023, memberships January 2026. "
        f"{places_credit(sources)} {settings(reach, categories, count, partners)}"
    )


def places_credit(sources: Sequence[AssetsFrom]) -> str:
    """Where community places come from, each source with its date, and the credits that they ask for."""
    said = "; ".join(f"{each.title} ({month_year(each.published[:10])})" for each in sources)
    credits = " ".join(dict.fromkeys(f"{each.attribution.rstrip('.')}." for each in sources if each.attribution))
    return f"Places: {said or 'none in this copy'}. {credits}".strip()


def notes(
    title: str, manifests: Sequence[Manifest], settings_line: str, made_on: date, newer: Sequence[AssetsFrom] = ()
) -> list[str]:
    """The lines that every download carries: what it is, settings, then each source with vintage and licence.

    newer: sources of places that are not of the snapshot, such as a layer or a kept list.
    """
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
    return [*lines, *places_lines(newer), ATTRIBUTION]


def assets_foot(sources: Sequence[AssetsFrom]) -> str:
    """The one line at the foot of the page of community assets: each source with its date and credit."""
    return (
        f"{places_credit(sources)} People: ONS mid-2022 and Census 2021. Deprivation: MHCLG Indices "
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
        *places_lines(sources),
        ATTRIBUTION,
    ]


def places_lines(sources: Sequence[AssetsFrom]) -> list[str]:
    """A line for each source of places, for downloads: what, whose, of when, under which licence."""
    return [
        f"Source: {each.title}. {each.publisher}. {each.published}. {each.licence}. {each.attribution} {each.address}".strip()
        for each in sources
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
