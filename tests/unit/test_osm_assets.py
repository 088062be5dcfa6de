"""OpenStreetMap elements: what each tag becomes, what is withheld, what is set aside and why. Every element here is made up."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import pytest

from analysis.asset_records import RECORD_COLUMNS
from analysis.vocabularies import ASSET_CATEGORIES, FAITH_KINDS, ORGANISATION_TYPES, TRADITIONS, WHO_FOR
from data_loaders import osm_assets, osm_kinds, osm_languages, osm_places_of_worship
from data_loaders.atlas import Atlas
from data_loaders.opening_days import days_open, in_words
from data_loaders.placing import Placing

TOWER_HAMLETS = "E09000030"
DAY = "2026-08-16"
HERE = {"lat": 51.5203, "lon": -0.0293}  # Mile End


@pytest.fixture(scope="module")
def placing(atlas: Atlas) -> Placing:
    return Placing(atlas.snapshot.path("postcodes"), atlas.areas["lsoa21cd"], atlas.areas["lad24cd"])


def node(number: int = 1, **tags: str) -> dict[str, Any]:
    return {"type": "node", "id": number, **HERE, "tags": tagged(tags)}


def way(number: int = 1, kind: str = "way", **tags: str) -> dict[str, Any]:
    return {"type": kind, "id": number, "center": HERE, "tags": tagged(tags)}


def tagged(tags: dict[str, str]) -> dict[str, str]:
    """Keywords cannot hold a colon: two underscores stand for one."""
    return {key.replace("__", ":"): value for key, value in tags.items()}


def read(placing: Placing, *elements: Any) -> osm_assets.Placed:
    return osm_assets.records(elements, TOWER_HAMLETS, placing, DAY)


def one(placing: Placing, element: dict[str, Any]) -> pd.Series:
    placed = read(placing, element)
    assert placed.set_aside.empty and len(placed.records) == 1
    return placed.records.iloc[0]


def why(placing: Placing, element: Any) -> str:
    placed = read(placing, element)
    assert placed.records.empty and len(placed.set_aside) == 1
    return str(placed.set_aside["problem"].iloc[0])


@pytest.mark.parametrize(
    ("tags", "category", "hosts"),
    [
        ({"amenity": "place_of_worship"}, "place of worship", None),
        ({"amenity": "library"}, "library", None),
        ({"amenity": "community_centre"}, "community centre", None),
        ({"amenity": "community_centre", "community_centre": "family_centre"}, "community centre", None),
        ({"amenity": "community_centre", "community_centre": "village_hall"}, "village or church hall", None),
        ({"amenity": "community_centre", "community_centre": "church_hall"}, "village or church hall", None),
        ({"amenity": "community_centre", "name": "Example Village Hall"}, "village or church hall", None),
        ({"building": "parish_hall"}, "village or church hall", None),
        ({"amenity": "community_centre", "community_centre": "youth_centre"}, "youth or social club", None),
        ({"club": "scout"}, "youth or social club", None),
        ({"amenity": "social_club"}, "youth or social club", None),
        ({"amenity": "social_facility", "social_facility": "day_care"}, "social facility", None),
        ({"amenity": "food_bank"}, "food bank", None),
        ({"amenity": "social_facility", "social_facility": "food_bank"}, "food bank", None),
        ({"amenity": "place_of_worship;community_centre"}, "place of worship", "community centre"),
        ({"amenity": "place_of_worship", "social_facility": "food_bank", "club": "scout"}, "place of worship", "food bank; youth or social club"),
        ({"amenity": "library", "community_centre": "yes"}, "library", "community centre"),
    ],
)
def test_the_category_is_what_the_tags_say(placing: Placing, tags: dict[str, str], category: str, hosts: str | None) -> None:
    row = one(placing, node(**tags))
    assert row["category"] == category
    assert (None if pd.isna(row["hosts"]) else row["hosts"]) == hosts


@pytest.mark.parametrize(
    ("religion", "denomination", "tradition", "words"),
    [
        ("christian", "anglican;methodist", "Christian", "Anglican and Methodist"),
        ("muslim", "sunni", "Muslim", "Sunni"),
        ("jain", None, "Jain", None),
        ("bahai", None, "Bahá'í", None),
        ("multifaith", None, "Multi-faith", None),
        ("christian;muslim", "anglican", "Multi-faith", "Christian and Muslim"),
        ("christian; zoroastrian; jewish", None, "Multi-faith", "Christian, Zoroastrian and Jewish"),
        ("christian;christian", "quaker", "Christian", "Quaker"),
        ("zoroastrian", None, "Other", "Zoroastrian"),
        ("unitarian_universalist", None, "Other", "Unitarian Universalist"),
        ("pagan", "druid", "Other", "Pagan and Druid"),
        ("none", None, None, None),
        (None, "baptist", None, "Baptist"),
    ],
)
def test_every_religion_has_a_tradition(religion: str | None, denomination: str | None, tradition: str | None, words: str | None) -> None:
    tags = {"religion": religion, "denomination": denomination}
    assert osm_kinds.faith({key: value for key, value in tags.items() if value}) == (tradition, words)


def test_denominations_are_told_as_the_snapshot_tells_them() -> None:
    for tag in ("church_of_england", "urc", "salvation_army", "jehovahs_witness", "society_of_friends"):
        assert osm_kinds.faith({"religion": "christian", "denomination": tag}) == ("Christian", osm_places_of_worship.readable_denomination(tag))


def test_a_full_record(placing: Placing) -> None:
    row = one(
        placing,
        way(
            77, amenity="community_centre", name="  Example   Hall ", operator__type="community", addr__postcode="e3 4qa", ref__charity="1234567",
            ref__GB__uprn="000012345678", website="https://example.org/", wheelchair="yes", capacity="120", kitchen="yes", language__bn="yes",
            language__en="main", language__xx="yes", opening_hours="Mo-Fr 09:00-17:00; PH off", check_date="2026-05-03", phone="0000 000000",
            check_date__opening_hours="2025-01-01", description="Ask for A. Person", community_centre__for="senior", note="call A. Person",
        ),
    )  # fmt: skip
    said = {name: value for name, value in row.items() if not pd.isna(value)}
    assert said.pop("easting") == pytest.approx(536_871, abs=250) and said.pop("northing") == pytest.approx(182_096, abs=250)
    assert said.pop("lsoa21cd").startswith("E0100")
    assert said == {
        "asset_id": "osm/way/77", "location_id": "osm/way/77", "name": "Example Hall", "category": "community centre",
        "organisation_type": "community-led centre or hub", "who_for": "older people", "languages": "Bengali; English",
        "opening": "Monday to Friday 09:00 to 17:00; public holidays closed", "days": "Mo; Tu; We; Th; Fr",
        "space": "room for 120 people; kitchen; step-free access", "postcode": "E34QA", "uprn": "12345678", "charity_number": "1234567",
        "website": "https://example.org/", "longitude": HERE["lon"], "latitude": HERE["lat"], "lad24cd": TOWER_HAMLETS,
        "position_quality": "building centre", "sensitive": False, "source": "OpenStreetMap", "licence": "ODbL 1.0", "source_date": DAY,
        "last_confirmed": pd.Timestamp("2026-05-03"), "confirmed_by_role": "an OpenStreetMap mapper",
    }  # fmt: skip
    assert list(row.index) == list(RECORD_COLUMNS)


def test_a_place_of_worship_is_a_worshipping_community_and_a_centre_is_nothing_unless_it_says(placing: Placing) -> None:
    church = one(placing, node(amenity="place_of_worship", religion="christian", service_times="Su 10:30,18:30; We 19:30"))
    assert (church["organisation_type"], church["faith_kind"], church["faith_tradition"]) == ("faith group", "worshipping community", "Christian")
    assert (church["opening"], church["days"]) == ("Services: Sunday 10:30, 18:30; Wednesday 19:30", "We; Su")
    assert pd.isna(church["name"]) and church["position_quality"] == "surveyed point"
    centre = one(placing, node(amenity="community_centre", operator__type="public"))
    assert pd.isna(centre["organisation_type"]) and pd.isna(centre["faith_kind"])


REFUGES = [
    {"amenity": "social_facility", "social_facility": "shelter", "social_facility:for": "women"},
    {"amenity": "social_facility", "social_facility": "group_home", "social_facility:for": "abused"},
    {"amenity": "social_facility", "social_facility:for": "woman"},
    {"amenity": "social_facility", "social_facility": "group_home", "social_facility:for": "child;juvenile"},
    {"amenity": "social_facility", "social_facility": "shelter", "social_facility:for": "refugee"},
    {"amenity": "social_facility", "social_facility": "outreach", "social_facility:for": "victim"},
    {"amenity": "social_facility", "operator": "Example Women's Aid"},
    {"amenity": "community_centre", "name:en": "Example Road Refuge"},
    {"club": "social", "description": "support after domestic violence"},
    {"amenity": "food_bank", "name": "Example Refuge"},
]


@pytest.mark.parametrize("tags", REFUGES, ids=[" ".join(tags.values()) for tags in REFUGES])
def test_a_refuge_keeps_its_authority_and_nothing_that_leads_to_it(placing: Placing, tags: dict[str, str]) -> None:
    secret = {
        "name": "12 Secret Street", "addr:postcode": "E3 4QA", "website": "https://example.org/secret", "ref:GB:uprn": "12345678",
        "ref:charity": "1234567", "opening_hours": "Mo 09:00-10:00", "check_date": "2026-01-01",
    }  # fmt: skip
    row = one(placing, {"type": "way", "id": 987654, "center": HERE, "tags": secret | tags})
    assert row["sensitive"] and row["lad24cd"] == TOWER_HAMLETS and row["service_area"] == TOWER_HAMLETS
    assert row["category"] == "social facility" and row["position_quality"] == "not located"
    assert row[["easting", "northing", "longitude", "latitude", "lsoa21cd", "postcode", "uprn", "website", "charity_number", "opening"]].isna().all()
    told = " ".join(str(value) for value in row)
    for word in ("987654", "Secret", "secret", "Refuge", "Women", "E34QA", "1234567"):
        assert word not in told
    again = one(placing, {"type": "way", "id": 987654, "center": HERE, "tags": tags})
    assert again["asset_id"] == row["asset_id"], "the same at every fetch"


def test_a_refuge_that_is_set_aside_is_not_named_either(placing: Placing) -> None:
    gone = node(55, **REFUGES[0], name="12 Secret Street", disused="yes")
    elsewhere = node(56, **REFUGES[0], name="12 Secret Street") | {"lat": 53.4808, "lon": -2.2426}
    nowhere = {"type": "way", "id": 57, "tags": REFUGES[0] | {"name": "12 Secret Street"}}
    aside = read(placing, gone, elsewhere, nowhere).set_aside
    assert len(aside) == 3 and aside["row"].str.startswith("osm/withheld/").all() and aside["name"].eq(osm_assets.WITHHELD_NAME).all()


@pytest.mark.parametrize(
    "tags",
    [
        {"amenity": "place_of_worship", "name": "Mountain of Refuge Church"},
        {"amenity": "social_facility", "name": "Example Refugee Council"},
        {"amenity": "social_facility", "social_facility": "group_home", "social_facility:for": "senior"},
        {"amenity": "social_facility", "social_facility": "soup_kitchen", "social_facility:for": "homeless"},
        {"amenity": "social_facility", "social_facility": "outreach", "social_facility:for": "women"},
        {"amenity": "food_bank", "social_facility:for": "refugee"},
    ],
)
def test_what_is_no_refuge_is_shown(placing: Placing, tags: dict[str, str]) -> None:
    row = one(placing, node(**tags))
    assert not row["sensitive"] and row["asset_id"] == "osm/node/1" and row["easting"] > 0


def test_a_shelter_in_a_church_is_not_spoken_of(placing: Placing) -> None:
    shelter = {"social_facility": "shelter", "social_facility:for": "women"}
    row = one(placing, node(amenity="place_of_worship;social_facility", name="Example Church", **shelter))
    assert row["name"] == "Example Church" and pd.isna(row["hosts"]) and pd.isna(row["description"])


@pytest.mark.parametrize(
    ("element", "words"),
    [
        (node(amenity="place_of_worship", disused="yes"), "recorded as disused"),
        (node(disused__amenity="place_of_worship"), "recorded as disused"),
        (node(demolished__amenity="library"), "recorded as demolished"),
        (node(abandoned__amenity="community_centre", building="yes"), "recorded as abandoned"),
        (node(amenity="place_of_worship", denomination="deconsecrated"), "deconsecrated"),
        (node(club="freemasonry", access="private"), "recorded as private (access=private)"),
        (node(amenity="library", access="no"), "recorded as private (access=no)"),
        (node(club="nightclub"), "night club"),
        (node(club="no"), "none of its tags"),
        (node(amenity="pub"), "none of its tags"),
        ({"type": "node", "id": 1}, "none of its tags"),
        ({"type": "way", "id": 1, "tags": {"amenity": "library"}}, "no position"),
        ({"type": "way", "id": 1, "center": {"lat": "51.5", "lon": None}, "tags": {"amenity": "library"}}, "no position"),
        ({"type": "node", "id": 1, "lat": float("nan"), "lon": 0.1, "tags": {"amenity": "library"}}, "no position"),
        (node(amenity="library") | {"lat": 0, "lon": 0}, "0, 0"),
        (node(amenity="library") | {"lat": HERE["lon"], "lon": HERE["lat"]}, "swapped"),
        (node(amenity="library") | {"lat": 48.85, "lon": 2.35}, "not in England"),
        (node(amenity="library") | {"lat": 53.4808, "lon": -2.2426}, "lies outside the authority E09000030"),
        ("a text", "neither a node nor a way nor a relation"),
        ({"type": "changeset", "id": 1}, "neither a node nor a way nor a relation"),
        ({"type": "node", "id": "1/../2", "tags": {"amenity": "library"}}, "id is not a whole number"),
        ({"type": "node", "id": True, "tags": {"amenity": "library"}}, "id is not a whole number"),
        ({"type": "node", "id": 1, **HERE, "tags": ["amenity"]}, "none of its tags"),
    ],
)  # fmt: skip
def test_what_is_set_aside_says_why(placing: Placing, element: Any, words: str) -> None:
    assert words in why(placing, element)


def test_a_private_chapel_and_a_members_club_stay(placing: Placing) -> None:
    assert one(placing, node(amenity="place_of_worship", access="private"))["category"] == "place of worship"
    assert one(placing, node(club="social", access="members"))["description"] == "Social club"


def test_an_element_that_comes_twice_is_one_record(placing: Placing) -> None:
    placed = read(placing, node(5, amenity="library"), node(5, amenity="library"), way(5, amenity="library"), way(5, "relation", amenity="library"))
    assert sorted(placed.records["asset_id"]) == ["osm/node/5", "osm/relation/5", "osm/way/5"]
    assert placed.set_aside[["row", "problem"]].values.tolist() == [["osm/node/5", "the same element comes again"]]


def test_nothing_gives_nothing(placing: Placing) -> None:
    placed = read(placing)
    assert placed.records.empty and placed.set_aside.empty and list(placed.records.columns) == list(RECORD_COLUMNS)


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({"check_date": "2026-08-16"}, date(2026, 8, 16)),
        ({"check_date": "2026-08-17"}, None),
        ({"survey:date": "2024-03"}, date(2024, 3, 1)),
        ({"survey:date": "2023"}, date(2023, 1, 1)),
        ({"check_date": "2024-05-01", "check_date:opening_hours": "2025-06-30"}, date(2025, 6, 30)),
        ({"check_date": "2024-06-31"}, None),
        ({"check_date": "last summer"}, None),
        ({"check_date": "1066-10-14"}, None),
        ({}, None),
    ],
)
def test_only_a_check_is_a_confirmation_and_none_is_after_the_data(tags: dict[str, str], expected: date | None) -> None:
    assert osm_assets.last_checked(tags, DAY) == expected


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("https://example.org/hall", "https://example.org/hall"),
        ("https://example.org/a;https://example.org/b", "https://example.org/a"),
        ("www.example.org", None),
        ("javascript:alert(1)", None),
        ("https://someone:word@example.org/", None),
        ("https://chat.whatsapp.com/AbCdEf", None),
        ("http://[::1", None),
        ('https://example.org/"onclick=', None),
    ],
)
def test_only_public_addresses_are_carried(placing: Placing, given: str, kept: str | None) -> None:
    website = one(placing, node(amenity="library", website=given))["website"]
    assert (None if pd.isna(website) else website) == kept


@pytest.mark.parametrize(
    ("text", "days", "words"),
    [
        ("24/7", "Mo; Tu; We; Th; Fr; Sa; Su", "Every day all day"),
        ("09:00-17:00", "Mo; Tu; We; Th; Fr; Sa; Su", "Every day 09:00 to 17:00"),
        ("Tu,Th", "Tu; Th", "Tuesday and Thursday"),
        ("Tu,We,Th 10:00-12:00", "Tu; We; Th", "Tuesday to Thursday 10:00 to 12:00"),
        ("Fr-Mo 10:00-12:00", "Mo; Fr; Sa; Su", "Monday and Friday to Sunday 10:00 to 12:00"),
        ("Mo-Fr 09:00-17:00; We off", "Mo; Tu; Th; Fr", "Monday, Tuesday, Thursday and Friday 09:00 to 17:00; Wednesday closed"),
        ("Mo 09:00-12:00, We 13:00-15:00", "Mo; We", "Monday 09:00 to 12:00; Wednesday 13:00 to 15:00"),
        ("Mo 09:00-12:00, Mo 13:00-15:00", "Mo", "Monday 09:00 to 12:00; Monday 13:00 to 15:00"),
        ("PH off", None, "Public holidays closed"),
        ("off", None, "Every day closed"),
        ("Su[1] 10:00-11:00", None, "Su[1] 10:00-11:00"),
        ("Mo-Fr 09:00-17:00 || \"ring first\"", None, 'Mo-Fr 09:00-17:00 || "ring first"'),
        ("Apr-Oct: Mo 10:00-12:00", None, "Apr-Oct: Mo 10:00-12:00"),
        ("Mo 25:99-26:00", None, "Mo 25:99-26:00"),
        ("Su 10:30", None, "Su 10:30"),
        ("", None, ""),
    ],
)  # fmt: skip
def test_opening_hours(text: str, days: str | None, words: str) -> None:
    assert days_open(text) == days
    assert in_words(text) == words


def test_days_of_services_count_and_one_unread_text_empties_both() -> None:
    assert days_open("Mo 09:00-10:00", "Su 10:30") == "Mo; Su"
    assert days_open(None, "Su 10:30; Sa 18:00") == "Sa; Su"
    assert days_open("Mo 09:00-10:00", "first Sunday of the month") is None


def test_the_words_are_those_of_the_vocabularies() -> None:
    assert set(osm_kinds.CATEGORIES) <= set(ASSET_CATEGORIES)
    assert set(osm_kinds._TRADITIONS.values()) <= set(TRADITIONS) and set(osm_kinds._WHO_FOR.values()) <= set(WHO_FOR)
    assert "faith group" in ORGANISATION_TYPES and "community-led centre or hub" in ORGANISATION_TYPES and "worshipping community" in FAITH_KINDS
    assert len(set(osm_languages.LANGUAGES.values())) == len(osm_languages.LANGUAGES)
