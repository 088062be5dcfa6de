"""What a field may hold, and what is said of what it may not."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from register import boards, entries, partners
from register.errors import ValidationError
from register.patient_data import looks_like_nhs_number
from register.store import Register
from register.validation import cleaned
from tests.register.beginnings import EDITOR, TODAY, TOWER_HAMLETS, a_partner, partner_fields

NO_POINT = {"easting": None, "northing": None, "longitude": None, "latitude": None, "lsoa21cd": None}


@pytest.mark.parametrize(
    ("field", "change", "said"),
    [
        ("name", {"name": "  "}, "The name is missing."),
        ("name", {"name": "x" * 301}, "301 letters long; at most 300"),
        ("name", {"name": 7}, "is text, not int"),
        ("name", {"name": "a\x00b"}, "control character"),
        ("name", {"name": "half \ud83d"}, "control character"),
        ("description", {"description": "x" * 10_001}, "10,001 letters long; at most 10,000"),
        ("organisation_type", {"organisation_type": "faith gruop"}, "Did you mean “faith group”?"),
        ("organisation_type", {"organisation_type": "zzz"}, "Choose one of: individual working alone"),
        ("kind", {"kind": "Coalition"}, "Did you mean “coalition”?"),
        ("descripton", {"descripton": "x"}, "Did you mean “description”?"),
        ("status", {"status": "published"}, "has no field “status”"),
        ("owner", {"owner": "me"}, "has no field “owner”"),
        ("website", {"website": "javascript:alert(1)"}, "begins https://"),
        ("website", {"website": "https://user@evil.example"}, "begins https://"),
        ("public_email", {"public_email": "nobody"}, "such as hello@example.org"),
        ("public_phone", {"public_phone": "ring the bell"}, "020 7946 0000"),
        ("easting", {"easting": 51.5, "northing": -0.06}, "Is it in England"),
        ("latitude", {"latitude": 57.2}, "not between 49.8 and 55.9"),
        ("easting", {"easting": float("inf")}, "not between"),
        ("easting", {"easting": "five"}, "is not a number: “five”"),
        ("northing", {"northing": None}, "an easting without a northing"),
        ("lsoa21cd", {"lsoa21cd": "E09000030"}, "not the code of an LSOA"),
        ("lad24cd", {"lad24cd": "Tower Hamlets"}, "not a published area code"),
        ("service_area", {"service_area": "E09000030"}, "is a list"),
        ("service_area", {"service_area": ["W06000001"]}, "not a published area code"),
        ("service_area", NO_POINT, "has no place"),
        ("service_area", {**NO_POINT, "asset_id": "osm/way/1"}, "The mapped place has a point"),
        ("easting", {"sensitive": True}, "an area, never a point"),
        ("service_area", {**NO_POINT, "sensitive": True, "service_area": ["E01004293"]}, "an authority or larger"),
        ("sensitive", {"sensitive": "yes"}, "yes or no"),
        ("last_confirmed", {"last_confirmed": "2026-11-26", "confirmed_by_role": "lead"}, "in the future"),
        ("last_confirmed", {"last_confirmed": "31/03/2026"}, "Write it as 2026-03-31"),
        ("last_confirmed", {"last_confirmed": date(1026, 3, 31)}, "not a likely year"),
        ("confirmed_by_role", {"last_confirmed": TODAY}, "in what role"),
        ("example_source", {"example": True}, "where it was published"),
        ("listed_how", {"listed_on": TODAY}, "how it was given"),
        ("description", {"description": "Call 4505577104 about him"}, "nothing about patients"),
        ("description", {"description": "https://chat.whatsapp.com/AbC"}, "private channel"),
        ("networks", {"networks": ["x"] * 3 + [f"n{i}" for i in range(201)]}, "at most 200"),
    ],
)
def test_what_cannot_be_kept_is_said_field_by_field(field: str, change: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError) as caught:
        cleaned("partner", partner_fields(**change), TODAY)
    assert said in caught.value.by_field()[field]


def test_every_problem_is_said_at_once() -> None:
    with pytest.raises(ValidationError) as caught:
        cleaned("partner", {"kind": "club", "website": "x", "easting": "y"}, TODAY)
    assert set(caught.value.by_field()) == {"name", "kind", "website", "easting"}


@pytest.mark.parametrize(
    "kept",
    [
        "<script>alert(1)</script>",
        "=1+1",
        "+44",
        "@SUM(A1)",
        "👩🏾‍🦽",
        "مسجد شرق لندن",
        "\u202eevil",
        "a\nb\tc",
        "x" * 10_000,
        "'; DROP TABLE partner",
    ],
)
def test_text_stays_as_it_was_written(register: Register, kept: str) -> None:
    acting = register.as_(EDITOR)
    saved = a_partner(acting, description=kept)
    assert partners.get(acting, saved.id).fields["description"] == kept


def test_a_refused_change_writes_nothing(register: Register) -> None:
    acting = register.as_(EDITOR)
    partner = a_partner(acting)
    before = register.revision()
    with pytest.raises(ValidationError):
        partners.update(acting, partner.id, 1, {"size": "large", "website": "x"})
    assert (register.revision(), partners.get(acting, partner.id).fields["size"]) == (before, None)


@pytest.mark.parametrize(
    ("entity", "fields", "said"),
    [
        ("activity", {"name": "Walks", "starts": "2026-05-01", "ends": "2026-04-30"}, "before the start"),
        ("activity", {"name": "Walks", "clinical_areas": ["asthma", "cancr"]}, "Did you mean “cancer”?"),
        ("funding", {"funder": "A trust"}, "The end is missing"),
        ("funding", {"funder": "A trust", "ends": "2027-03-31", "pounds": 10.5}, "whole number"),
        ("channel", {"kind": "messaging group", "address": "https://chat.whatsapp.com/AbC"}, "Mark it as private"),
        ("coalition_member", {}, "which organisation is the member"),
        ("story", {"kind": "quote", "told": "We knew each other"}, "consent"),
        ("activity", {"name": "Walks", "partner_id": "no-such-partner"}, "no partner with that id"),
    ],
)
def test_entries_are_checked_as_partners_are(
    register: Register, entity: str, fields: dict[str, Any], said: str
) -> None:
    acting = register.as_(EDITOR)
    partner = a_partner(acting)
    with pytest.raises(Exception, match=said):
        entries.add(acting, entity, {"partner_id": partner.id, **fields})


def test_one_bad_row_never_sinks_a_batch(register: Register) -> None:
    acting = register.as_(EDITOR)
    kept, refused = [], []
    with acting.together() as inside:
        for number in range(6):
            try:
                with inside.together():
                    saved = a_partner(inside, name=f"Example {number}")
                    extra = {"partner_id": saved.id, "name": "" if number % 2 else "Walks"}
                    entries.add(inside, "activity", extra)
                    kept.append(number)
            except ValidationError:
                refused.append(number)
    assert (kept, refused) == ([0, 2, 4], [1, 3, 5])
    assert boards.of_place(acting, [TOWER_HAMLETS])["name"].tolist() == ["Example 0", "Example 2", "Example 4"]


# 9434765919 is the NHS Data Dictionary's own example; the others have a wrong check digit or another beginning.
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("450 557 7104", True),
        ("4505577104", True),
        ("450-557-7104.", True),
        ("450 557 7105", False),
        ("020 7946 0958", False),
        ("+44 20 7946 0958", False),
        ("Charity 1234567", False),
        ("14505577104", False),
        ("4444444444", False),
    ],
)
def test_an_nhs_number_is_known_by_its_check_digit(text: str, expected: bool) -> None:
    assert looks_like_nhs_number(text) is expected


def test_somebody_elses_id_may_look_like_an_nhs_number(register: Register) -> None:
    """A ten-digit OpenStreetMap id can pass the NHS number's check; what people write may not."""
    acting, like = register.as_(EDITOR), "4000000004"
    assert looks_like_nhs_number(like)
    saved = a_partner(acting, asset_id=f"osm/node/{like}", website=f"https://example.org/{like}")
    assert partners.get(acting, saved.id).fields["asset_id"] == f"osm/node/{like}"
    with pytest.raises(ValidationError, match="looks like an NHS number"):
        partners.update(acting, saved.id, saved.version, {"description": f"Ask for {like}"})
