"""Words that data, analysis, register and screen share. Kept apart so that the running app need not load what only the builder uses.

Sources: the project's domain notes (organisation types, faith-based organisations, activities) and NHS England's Core20PLUS5, whose two
lists of five clinical areas are never mixed. Ids of clinical areas are those of assets/core20plus5.toml.
"""

from __future__ import annotations

CATEGORIES = ("place of worship", "library", "community centre")
"""Kinds of community asset that the snapshot holds for all England or, for community centres, for London."""

ASSET_CATEGORIES = (
    *CATEGORIES,
    "food bank",
    "village or church hall",
    "social facility",
    "youth or social club",
    "community service",
    "charity",
)
"""Every kind of community asset. The last is an organisation with an area of operation and no public premises that anybody confirmed."""

PLACE_KINDS = ASSET_CATEGORIES[:-1]
"""Kinds of asset that a person can walk to, and that Gaps may count as within reach."""

COVERAGE = ("mapped", "partly", "not mapped")
"""How well a kind of asset is mapped in an authority."""

ORGANISATION_TYPES = (
    "individual working alone",
    "individual wanting to join in",
    "grassroots community group",
    "association or membership body",
    "community-led centre or hub",
    "local infrastructure organisation",
    "faith group",
    "housing provider",
    "community interest company or social enterprise",
    "time bank",
    "large national charity",
    "private business",
)

FAITH_KINDS = (
    "worshipping community",
    "faith-based or faith-inspired charity",
    "faith-based provider of a service",
    "inter-faith group or network",
)

TRADITIONS = (
    "Christian",
    "Muslim",
    "Jewish",
    "Sikh",
    "Hindu",
    "Buddhist",
    "Jain",
    "Bahá'í",
    "Multi-faith",
    "Other",
)
"""Faith traditions as assets record them; a denomination stands beside."""

ACTIVITY_GROUPS = ("practical", "educational", "emotional", "social")

CLINICAL_AREAS_ADULTS = {
    "maternity": "Maternity",
    "smi": "Severe mental illness",
    "chronic-respiratory-disease": "Chronic respiratory disease",
    "cancer": "Early cancer diagnosis",
    "hypertension": "Hypertension case-finding and lipids",
}
CLINICAL_AREAS_CHILDREN = {
    "asthma": "Asthma",
    "diabetes": "Diabetes",
    "epilepsy": "Epilepsy",
    "oral-health": "Oral health",
    "mental-health": "Mental health",
}
CLINICAL_AREA_NAMES = CLINICAL_AREAS_ADULTS | CLINICAL_AREAS_CHILDREN
CLINICAL_AREAS = tuple(CLINICAL_AREA_NAMES)
"""The ten ids. The first five are for adults, the others for children and young people."""

WHO_FOR = (
    "everyone",
    "children",
    "young people",
    "older people",
    "families",
    "women",
    "men",
    "disabled people",
    "Asian communities",
    "Black communities",
    "communities of several ethnic groups",
    "White minority communities",
    "other ethnic communities",
    "Gypsy, Roma and Traveller communities",
    "people seeking asylum and refugees",
    "people experiencing homelessness",
    "LGBT+ people",
    "carers",
)
"""Whom an asset says that it is for. "Everyone" is said, not assumed: most records say nothing."""

DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
DAY_NAMES = dict(
    zip(DAYS, ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"), strict=True)
)

FRESHNESS = ("confirmed", "needs checking", "unconfirmed")
"""How fresh a record is: confirmed within 12 months, within 24, or longer ago or never."""
