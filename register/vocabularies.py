"""The register's words: each list is the whole of what a field may hold, in the words that people read on screen.

Sources: the project's domain notes (organisation types, stages, barriers and enablers, contacts a place should have) and NHS England's
Core20PLUS5, whose two lists of five clinical areas are never mixed. Ids of clinical areas are those of assets/core20plus5.toml.
"""

from __future__ import annotations

from analysis.gaps import STAGES
from analysis.vocabularies import (
    ACTIVITY_GROUPS,
    ASSET_CATEGORIES,
    CLINICAL_AREA_NAMES,
    CLINICAL_AREAS,
    CLINICAL_AREAS_ADULTS,
    CLINICAL_AREAS_CHILDREN,
    DAYS,
    FAITH_KINDS,
    ORGANISATION_TYPES,
    TRADITIONS,
    WHO_FOR,
)

__all__ = [
    "ACTIVITY_GROUPS",
    "ASSET_CATEGORIES",
    "CLINICAL_AREAS",
    "CLINICAL_AREAS_ADULTS",
    "CLINICAL_AREAS_CHILDREN",
    "CLINICAL_AREA_NAMES",
    "DAYS",
    "FAITH_KINDS",
    "ORGANISATION_TYPES",
    "STAGES",
    "TRADITIONS",
    "WHO_FOR",
]

PARTNER_KINDS = ("organisation", "coalition", "named service")
"""What a partner is: an organisation, a coalition with members, or a service known by its own name."""

PLUS_GROUPS = (
    "ethnic minority communities",
    "people with a learning disability",
    "autistic people",
    "coastal communities",
    "people with several long-term conditions",
    "groups protected by the Equality Act",
    "people experiencing homelessness",
    "people with drug or alcohol dependence",
    "vulnerable migrants",
    "Gypsy, Roma and Traveller communities",
    "sex workers",
    "people in contact with the justice system",
    "victims of modern slavery",
    "young carers",
    "looked-after children and care leavers",
)

STAGES_TOGETHER = ("doing something together", "formal or funded")
"""Stages that ask what each side gives."""

STAGE_NO_CONTACT, STAGE_DORMANT = STAGES[0], STAGES[5]

BODY_KINDS = (
    "integrated care board",
    "local authority",
    "public health team",
    "primary care network",
    "NHS trust",
    "general practice",
    "other statutory body",
)

SIDES = ("partner", "statutory body")
"""Who gives something: the two sides of a commitment."""

BARRIERS_AND_ENABLERS = (
    "capacity",
    "funding",
    "bureaucracy",
    "weak social infrastructure",
    "little trust in services",
    "no community voice",
    "digital exclusion",
    "safeguarding",
    "low awareness of support",
    "language and culture",
    "sustainability",
    "pride or shame in accepting help",
)

PLACE_CONTACT_SLOTS = (
    "council for voluntary service or other infrastructure body",
    "VCFSE Alliance",
    "inter-faith forum",
    "local Healthwatch",
    "PCN clinical director and health inequalities lead",
    "social prescribing lead",
)
"""Contacts that a place should have. An empty slot is shown as empty. Local Healthwatch is due to be abolished: check."""

CHANNEL_KINDS = (
    "website",
    "newsletter",
    "email list",
    "social media page",
    "messaging group",
    "phone line",
    "regular meeting",
    "notice board",
    "radio or podcast",
    "other channel",
)

CONNECTOR_KINDS = ("community enabler", "engagement officer", "link worker")

STORY_KINDS = ("story", "quote")

OUTCOMES = ("worked", "worked in part", "did not work")
"""How a thing that was tried turned out. Failures are welcome."""

SUGGESTION_KINDS = ("new partner", "claim", "correction")

STATUSES = ("draft", "published", "withdrawn")
"""Where a record is: waiting for an editor, seen by all, or taken out of view. Nothing is deleted."""

QUEUE_STATUSES = ("waiting", "accepted", "declined")

ROLES = ("reader", "contributor", "editor", "steward")
