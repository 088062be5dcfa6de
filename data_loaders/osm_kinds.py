"""What an OpenStreetMap element is, by its tags: its kinds of asset, its faith, whom it is for, whether its place must be withheld.

Tags as the OpenStreetMap wiki documents them (Tag:amenity=place_of_worship, =community_centre, =social_facility, =food_bank, Key:club,
Key:social_facility:for). A building of one element may be several things; the first is its category and the others are its hosts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from data_loaders.osm_places_of_worship import readable_denomination

Tags = Mapping[str, str]

WORSHIP, LIBRARY, CENTRE = "place of worship", "library", "community centre"
FOOD_BANK, HALL, FACILITY, CLUB = "food bank", "village or church hall", "social facility", "youth or social club"
CATEGORIES = (WORSHIP, LIBRARY, FOOD_BANK, HALL, CLUB, CENTRE, FACILITY)

HALLS = ("village_hall", "church_hall", "parish_hall")
CLUB_AMENITIES = ("social_club", "social_centre", "youth_centre", "youth_club")
AMENITIES = ("place_of_worship", "library", "community_centre", "social_facility", "food_bank", *HALLS, *CLUB_AMENITIES)
_CLUB_CENTRES = {"youth_centre", "youth_club", "club_home", "club", "social_club"}
_HALL_BY_NAME = re.compile(r"\b(village|church|parish) hall\b", re.IGNORECASE)
_NO = {"", "no", "none"}
_NIGHT_CLUBS = {"nightclub", "night", "strip", "swinger"}

_TRADITIONS = {
    "christian": "Christian", "christianity": "Christian", "muslim": "Muslim", "islam": "Muslim", "jewish": "Jewish", "judaism": "Jewish",
    "sikh": "Sikh", "sikhism": "Sikh", "hindu": "Hindu", "hinduism": "Hindu", "buddhist": "Buddhist", "buddhism": "Buddhist", "jain": "Jain",
    "jainism": "Jain", "bahai": "Bahá'í", "baha'i": "Bahá'í", "bahá'í": "Bahá'í", "multifaith": "Multi-faith", "multi_faith": "Multi-faith",
    "multireligious": "Multi-faith", "interfaith": "Multi-faith", "inter_faith": "Multi-faith", "all": "Multi-faith", "any": "Multi-faith",
    "mixed": "Multi-faith",
}  # fmt: skip
_NO_RELIGION = {"", "none", "no", "unknown", "yes"}

_WHO_FOR = {
    "senior": "older people", "seniors": "older people", "elderly": "older people", "senior_centre": "older people",
    "pensioners": "older people", "child": "children", "children": "children", "juvenile": "young people", "youth": "young people",
    "youth_centre": "young people", "youth_club": "young people", "teenager": "young people", "family": "families", "families": "families",
    "family_centre": "families", "woman": "women", "women": "women", "female": "women", "man": "men", "men": "men", "male": "men",
    "disabled": "disabled people", "refugee": "people seeking asylum and refugees", "refugees": "people seeking asylum and refugees",
    "asylum_seeker": "people seeking asylum and refugees", "asylum_seekers": "people seeking asylum and refugees",
    "homeless": "people experiencing homelessness", "lgbt": "LGBT+ people", "lgbtq": "LGBT+ people", "carer": "carers", "carers": "carers",
}  # fmt: skip

# Whom it would endanger if a map led to where they live or seek help.
_HARMED = {
    "abused", "abuse", "battered", "battered_women", "domestic_violence", "domestic_abuse", "victim", "victims", "violence", "trafficked",
    "trafficking", "sexual_abuse", "sex_worker", "sex_workers",
}  # fmt: skip
_LIVING_THERE = {
    "woman", "women", "female", "girl", "girls", "refugee", "refugees", "asylum_seeker", "asylum_seekers", "migrant", "migrants",
    "displaced", "child", "children", "juvenile", "orphan", "orphans", "lgbt", "lgbtq",
}  # fmt: skip
_HOMES = {
    "shelter", "group_home", "assisted_living", "hostel", "accommodation", "supported_accommodation", "supported_housing", "residential",
    "home", "halfway_house", "emergency_accommodation",
}  # fmt: skip
_REFUGES = {"refuge", "women_refuge", "womens_refuge", "women_shelter", "womens_shelter", "safe_house", "orphanage", "childrens_home"}
_REFUGE_BY_NAME = re.compile(
    r"\brefuges?\b|\bwom[ae]n['’]?s['’]? (?:aid|shelter)|domestic (?:abuse|violence)|\bsafe ?house|rape crisis|"
    r"sexual (?:assault|violence|abuse)|modern slavery|traffick|\bchildren['’]?s home\b",
    re.IGNORECASE,
)


def values(tags: Tags, key: str) -> tuple[str, ...]:
    """The values of a tag, split at semicolons, in small letters with underscores."""
    parts = (re.sub(r"[\s\-]+", "_", part.strip().casefold()) for part in tags.get(key, "").split(";"))
    return tuple(dict.fromkeys(part for part in parts if part))


def categories(tags: Tags) -> tuple[str, ...]:
    """Every kind of asset that it is (of CATEGORIES), the one to show it as first; empty where it is none."""
    amenity, centre, club = set(values(tags, "amenity")), set(values(tags, "community_centre")) - _NO, set(values(tags, "club")) - _NO
    named_hall = "community_centre" in amenity and not centre and _HALL_BY_NAME.search(tags.get("name", "")) is not None
    food = "food_bank" in amenity or "food_bank" in values(tags, "social_facility")
    hall = bool({*HALLS} & (amenity | centre | set(values(tags, "building")))) or named_hall
    clubs = bool(club) or bool({*CLUB_AMENITIES} & amenity) or bool(_CLUB_CENTRES & centre)
    found = {
        WORSHIP: "place_of_worship" in amenity,
        LIBRARY: "library" in amenity,
        FOOD_BANK: food,
        HALL: hall,
        CLUB: clubs,
        CENTRE: ("community_centre" in amenity or bool(centre)) and not hall and not clubs,
        FACILITY: "social_facility" in amenity and not food,
    }
    return tuple(category for category in CATEGORIES if found[category])


def why_left_aside(tags: Tags, kinds: tuple[str, ...]) -> str:
    """Why an element is not a record, a sentence without its full stop; empty where it is one. kinds: its categories."""
    gone = [word for word in ("disused", "abandoned", "demolished", "razed", "removed") if tags.get(word, "no") not in _NO]
    once = [key for key in tags if key.partition(":")[0] in ("disused", "abandoned", "demolished", "razed", "removed", "was") and ":" in key]
    asset_once = [key for key in once if key.partition(":")[2] in ("amenity", "club", "community_centre", "social_facility")]
    if gone or (asset_once and not kinds):
        return f"it is recorded as {(gone or [asset_once[0].partition(':')[0]])[0]}".replace("recorded as was", "recorded as no longer there")
    if WORSHIP in kinds and tags.get("denomination", "").casefold() == "deconsecrated":
        return "recorded as deconsecrated: no longer a place of worship"
    if not kinds:
        return "none of its tags is a kind of asset that this source is asked for"
    if kinds[0] == CLUB and {*values(tags, "club")} & _NIGHT_CLUBS:
        return "it is a night club"
    if kinds[0] in (LIBRARY, HALL, CLUB, CENTRE) and tags.get("access", "") in ("private", "no"):
        return f"it is recorded as private (access={tags['access']}), not open to the public"
    return ""


def faith(tags: Tags) -> tuple[str | None, str | None]:
    """The tradition (of TRADITIONS) and the denomination in words, of a place of worship.

    Several religions are Multi-faith, with their names as the denomination; one that the vocabulary lacks is Other, with its own name.

    >>> faith({"religion": "zoroastrian"})
    ('Other', 'Zoroastrian')
    """
    religions = [name for name in values(tags, "religion") if name not in _NO_RELIGION]
    denomination = readable_denomination(tags.get("denomination"))
    found = list(dict.fromkeys(_TRADITIONS.get(name, "Other") for name in religions))
    names = ";".join(name if _TRADITIONS.get(name, "Other") == "Other" else _TRADITIONS[name] for name in religions)
    if not found:
        return None, denomination
    if found == ["Other"]:
        return "Other", readable_denomination(f"{names};{tags.get('denomination', '')}")
    if found == ["Multi-faith"] or len(found) == 1:
        return found[0], denomination
    return "Multi-faith", _listed([name for name in dict.fromkeys(names.split(";")) if name != "Multi-faith"])


def _listed(names: list[str]) -> str:
    shown = [name if name in _TRADITIONS.values() else readable_denomination(name) or name for name in names]
    return shown[0] if len(shown) == 1 else ", ".join(shown[:-1]) + " and " + shown[-1]


def who_for(tags: Tags) -> tuple[str, ...]:
    """Whom it says that it is for (of WHO_FOR)."""
    keys = ("social_facility:for", "community_centre:for", "community_centre", "club")
    said = [_WHO_FOR[value] for key in keys for value in values(tags, key) if value in _WHO_FOR]
    if {"scout", "scouts", "guide", "guides", "girl_guides"} & {*values(tags, "club")}:
        said += ["children", "young people"]
    return tuple(dict.fromkeys(said))


def sensitive(tags: Tags, kinds: tuple[str, ...]) -> bool:
    """Whether it is a refuge or the like, whose place is withheld. Rather one too many: places of worship and libraries never are."""
    if WORSHIP in kinds or LIBRARY in kinds:
        return False
    facility, people = {*values(tags, "social_facility")}, {*values(tags, "social_facility:for"), *values(tags, "community_centre:for")}
    if people & _HARMED or facility & _REFUGES or _REFUGE_BY_NAME.search(" ; ".join(_spoken_of(tags))):
        return True
    unsaid = "social_facility" in values(tags, "amenity") and not facility and bool(people & {"woman", "women", "female"})
    return unsaid or bool(facility & _HOMES and people & _LIVING_THERE)


def _spoken_of(tags: Tags) -> list[str]:
    words = ("name", "official_name", "alt_name", "operator", "description", "note")
    return [value.replace("_", " ") for key, value in tags.items() if key.partition(":")[0] in words]
