"""The register's vocabularies as Open Referral taxonomies: those of `analysis.open_referral_terms` that partners use, and their closed lists."""

from __future__ import annotations

from functools import cache

from analysis.open_referral_terms import (
    ACTIVITIES,
    CLINICAL_AREAS,
    FAITH_ORGANISATIONS,
    FAITHS,
    NAMESPACE,
    ORGANISATIONS,
    PLUS,
    VERSION,
    Taxonomy,
    Term,
    attribute,
    identifier,
    taxonomy_object,
    term,
    term_object,
)
from register.vocabularies import ACTIVITY_GROUPS, CLINICAL_AREA_NAMES, FAITH_KINDS, ORGANISATION_TYPES, PLUS_GROUPS

__all__ = [
    "ACTIVITIES",
    "CLINICAL_AREAS",
    "FAITHS",
    "FAITH_ORGANISATIONS",
    "NAMESPACE",
    "ORGANISATIONS",
    "PLUS",
    "TAXONOMIES",
    "VERSION",
    "Taxonomy",
    "Term",
    "attribute",
    "fixed_terms",
    "identifier",
    "known_term",
    "taxonomy_object",
    "term",
    "term_object",
]

TAXONOMIES = (CLINICAL_AREAS, PLUS, ACTIVITIES, ORGANISATIONS, FAITHS, FAITH_ORGANISATIONS)


@cache
def fixed_terms() -> tuple[Term, ...]:
    """Every term of the vocabularies that are closed lists; faith traditions come from the entries themselves."""
    lists: tuple[tuple[Taxonomy, tuple[str, ...]], ...] = (
        (CLINICAL_AREAS, tuple(CLINICAL_AREA_NAMES)),
        (PLUS, PLUS_GROUPS),
        (ACTIVITIES, ACTIVITY_GROUPS),
        (ORGANISATIONS, ORGANISATION_TYPES),
        (FAITH_ORGANISATIONS, FAITH_KINDS),
    )
    return tuple(term(taxonomy, value) for taxonomy, values in lists for value in values)


@cache
def _by_id() -> dict[str, Term]:
    return {each.id: each for each in fixed_terms()}


def known_term(term_id: str) -> Term | None:
    """The term of a closed list with this identifier, or None."""
    return _by_id().get(term_id.lower())
