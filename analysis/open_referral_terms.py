"""This project's vocabularies as Open Referral taxonomies and terms, each with an identifier that never changes.

HSDS-UK 3.0 puts what a service is about in `attributes[].taxonomy_term`, each term in a taxonomy. Identifiers are version-5 UUIDs of
the words themselves (RFC 9562), so every register in the country names *hypertension* alike and no list of them has to be kept. Partners
(`register.open_referral_terms`) and community assets (`data_loaders.open_referral_assets`) share them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from uuid import UUID, uuid5

from analysis.vocabularies import CLINICAL_AREA_NAMES, CLINICAL_AREAS_ADULTS

NAMESPACE = UUID("6f0d9c1e-2f3b-5c57-9d0e-0d8f2b7a4c11")
"""Of every identifier that this module makes. Changing it would rename every term: it stays."""

VERSION = "1"


def identifier(kind: str, *parts: str) -> str:
    """A UUID for a thing that has none of its own: the same words always give the same one."""
    return str(uuid5(NAMESPACE, "\x1f".join((kind, *parts))))


@dataclass(frozen=True)
class Taxonomy:
    """A list of terms. key: what code calls it; the other fields are as published."""

    key: str
    name: str
    description: str

    @cached_property
    def id(self) -> str:
        """The identifier."""
        return identifier("taxonomy", self.key)


@dataclass(frozen=True)
class Term:
    """A term of a taxonomy. value: this project's own word or id; name and description are as published."""

    taxonomy: Taxonomy
    value: str
    name: str
    description: str

    @cached_property
    def id(self) -> str:
        """The identifier."""
        return identifier("taxonomy_term", self.taxonomy.key, self.value)


CLINICAL_AREAS = Taxonomy(
    "clinical_areas",
    "Core20PLUS5 clinical areas",
    "The ten clinical areas of NHS England's Core20PLUS5: five for adults and five for children and young people.",
)
PLUS = Taxonomy(
    "plus_groups",
    "Core20PLUS5 PLUS groups",
    "Groups that a health system may choose for its PLUS: whom a service is above all for.",
)
ACTIVITIES = Taxonomy(
    "activity_groups", "Kinds of activity", "What a service gives: practical, educational, emotional or social."
)
ORGANISATIONS = Taxonomy(
    "organisation_types", "Types of VCFSE organisation", "What sort of organisation provides the service."
)
FAITHS = Taxonomy(
    "faith_traditions",
    "Faith traditions",
    "The tradition that the organisation belongs to. It says nothing of who is welcome.",
)
FAITH_ORGANISATIONS = Taxonomy(
    "faith_kinds", "Kinds of faith-based organisation", "How the organisation is faith-based."
)


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]


@lru_cache(maxsize=2_000)  # the closed lists have fewer than 50; traditions are typed by people
def term(taxonomy: Taxonomy, value: str) -> Term:
    """The term for a value; for a faith tradition any word that an entry gives will do."""
    if taxonomy is CLINICAL_AREAS:
        name = CLINICAL_AREA_NAMES[value]
        whom = "adults" if value in CLINICAL_AREAS_ADULTS else "children and young people"
        return Term(taxonomy, value, name, f"{name}: one of Core20PLUS5's five clinical areas for {whom}.")
    name = _sentence(value)
    description = {
        PLUS.key: f"For {value} above all.",
        ACTIVITIES.key: f"{name} support or activity.",
        ORGANISATIONS.key: f"{name}.",
        FAITHS.key: f"The organisation's tradition is {value}.",
        FAITH_ORGANISATIONS.key: f"{name}.",
    }[taxonomy.key]
    return Term(taxonomy, value, name, description)


def taxonomy_object(taxonomy: Taxonomy) -> dict[str, object]:
    """A taxonomy as HSDS has it."""
    return {"id": taxonomy.id, "name": taxonomy.name, "description": taxonomy.description, "version": VERSION}


def term_object(one: Term) -> dict[str, object]:
    """A term as HSDS has it."""
    return {
        "id": one.id,
        "name": one.name,
        "description": one.description,
        "taxonomy": one.taxonomy.name,
        "taxonomy_id": one.taxonomy.id,
        "term": one.name,
    }


def attribute(link_id: str, link_type: str, one: Term) -> dict[str, object]:
    """The link between a thing and a term: link_type says what the term describes."""
    return {
        "id": identifier("attribute", link_id, one.id),
        "link_id": link_id,
        "taxonomy_term_id": one.id,
        "link_type": link_type,
        "taxonomy_term": term_object(one),
    }
