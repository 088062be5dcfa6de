"""Which column is which field: headings as councils, councils for voluntary service and faith networks really write them."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.column_headings import FIELDS, PRIVATE, STRONG, WEAK, plain
from analysis.column_matching import CERTAINTIES, SEVERAL, SURE, UNSURE, ColumnGuess, guess, known_heading


def _guess(heading: str, *lines: str) -> dict[str, ColumnGuess]:
    columns = [cell.strip() for cell in heading.split("|")]
    rows = [dict(zip(columns, (cell.strip() for cell in line.split("|")), strict=True)) for line in lines]
    return {one.column: one for one in guess(columns, rows)}


SETS = [
    # A council for voluntary service's directory.
    (
        "Organisation Name | Venue | Address 1 | Address 2 | Town | Post Code | Contact | Email | Tel | Website/URL | What they do | Who for",
        "name | address | address | address | address | postcode | - | - | - | website | description | who_for",
    ),
    # A council's register of premises.
    (
        "UPRN | Premises | Premises Type | Street | Locality | Postcode | Eastings | Northings | Ward",
        "uprn | name | category | address | address | postcode | easting | northing | service_area",
    ),
    # A faith network's list of places of worship.
    (
        "Place of Worship | Faith | Denomination | Full Address | Postcode/Zip | Minister | Telephone Number | Languages of worship | Service times",
        "name | faith_tradition | denomination | address | postcode | - | - | languages | opening",
    ),
    # Grants: charities, with trustees' postcodes.
    (
        "Charity Name | Charity No. | Legal Structure | Correspondence Address | Contact Postcode | Trustees | Area of Benefit | Charitable objects",
        "name | charity_number | organisation_type | contact_postcode | contact_postcode | - | service_area | description",
    ),
    # Open data with coordinates in degrees.
    (
        "asset_name | asset_type | lat | lng | postcode | url | last_checked | lad24cd",
        "name | category | latitude | longitude | postcode | website | last_confirmed | lad24cd",
    ),
    # A form that groups filled in.
    (
        "Timestamp | Name of organisation | Which days are you open? | Opening hours | Languages spoken | Do you have space to hire? | Your email",
        "? | name | days | opening | languages | space | -",
    ),
    # Food banks.
    (
        "Foodbank | Type of venue | Days | Opening times | Address line 1 | Address line 2 | Post code | Referral contact | Mobile",
        "name | category | days | opening | address | address | postcode | - | -",
    ),
    # Halls for hire.
    (
        "Hall Name | Capacity | Facilities | Bookings contact | Contact number | Lat/Lng | Web site",
        "name | space | ? | - | - | position | website",
    ),
    # A slip of the pen in every heading.
    (
        "Organistion Name | Desciption | Postcoed | Langauges | Websit | Catagory",
        "name | description | postcode | languages | website | category",
    ),
    # A two-row heading, joined.
    (
        "Organisation Details Name | Organisation Details Type | Venue Line 1 | Venue Postcode | Contact Details Name | Contact Details Postcode",
        "name | ? | address | postcode | - | contact_postcode",
    ),
    # Heading twice, told apart by a number.
    ("Group Name | Address | Address (2) | Postcode | Postcode (2)", "name | address | address | postcode | ?"),
    # The organisation, and under Name the person who answers for it.
    ("Organisation | Name | Job Title | E-mail | Post Code | Target group", "name | - | - | - | postcode | who_for"),
    # Sensitive and public premises.
    (
        "Service name | Confidential address | Public premises | Registered office postcode | Postal code | Date last verified",
        "name | sensitive | public_premises | contact_postcode | postcode | last_confirmed",
    ),
    # A youth service.
    (
        "Club name | Age group | Session times | Meeting place | Lead officer | Type of activity",
        "name | who_for | opening | address | - | activity_groups",
    ),
]


@pytest.mark.parametrize(("heading", "fields"), SETS)
def test_headings_as_lists_write_them(heading: str, fields: str) -> None:
    found = _guess(heading)
    wanted = [field.strip() for field in fields.split("|")]
    for one, field in zip(found.values(), wanted, strict=True):
        if field == "-":
            assert one.field is None and one.private, f"{one.column} is about a person: {one}"
        elif field != "?":
            assert one.field == field, one
        assert one.why.endswith(".") and one.certainty in CERTAINTIES


def test_every_column_about_a_person_is_left_out_and_said() -> None:
    for heading in PRIVATE:
        one = _guess(f"Organisation name | {heading}")[heading]
        assert one.field is None and one.private and "left out" in one.why, heading


def test_cells_tell_what_a_heading_does_not() -> None:
    found = _guess(
        "A | B | C | D | E",
        "Example Hall | E1 4AA | https://example.org/a | Mon, Tue | hello@example.org",
        "Sample Hall | E1 4AB | www.example.org | Weds | b@example.org",
        "Third Hall | E1 4AX | example.org/c | weekends | c@example.org",
    )
    assert {one.column: one.field for one in found.values()} == {"A": "name", "B": "postcode", "C": "website", "D": "days", "E": None}
    assert found["A"].certainty == UNSURE and "3 of 3 cells" in found["B"].why and found["E"].private


@pytest.mark.parametrize(("cells", "fields"), [("535708 | 182177", ("easting", "northing")), ("-0.045 | 51.52", ("longitude", "latitude"))])
def test_x_and_y_are_metres_or_degrees_as_their_cells_say(cells: str, fields: tuple[str, str]) -> None:
    found = _guess("Venue name | X | Y", *[f"Example Hall {at} | {cells}" for at in range(4)])
    assert (found["X"].field, found["Y"].field) == fields


def test_columns_whose_headings_are_in_each_others_place_are_read_by_their_cells() -> None:
    found = _guess("Name | Latitude | Longitude", *[f"Example Hall {at} | -0.045 | 51.52" for at in range(4)])
    assert (found["Latitude"].field, found["Longitude"].field) == ("longitude", "latitude")
    assert SURE not in {found["Latitude"].certainty, found["Longitude"].certainty} and "longitudes" in found["Latitude"].why


def test_type_is_a_kind_of_place_or_of_body_as_its_cells_say() -> None:
    places = _guess("Name | Type", "A | Village hall", "B | Library", "C | Mosque", "D | Food bank")
    bodies = _guess("Name | Type", "A | CIC", "B | Unincorporated association", "C | Housing association", "D | Social enterprise")
    assert places["Type"].field == "category" and bodies["Type"].field == "organisation_type"


def test_cells_that_speak_against_a_heading_make_it_unsure() -> None:
    one = _guess("Name | Postcode", "A | see map", "B | High Street", "C | ask us", "D | Town Hall")["Postcode"]
    assert one.certainty == UNSURE and "none of its cells are postcodes" in one.why


def test_a_contacts_address_never_counts_as_the_places_own() -> None:
    headings = "Contact address 1|Trustee Address|Home postcode|Chair's address|Correspondence Address Line 2|Secretary Post Code"
    for heading in headings.split("|"):
        assert _guess(f"Group name | {heading}")[heading].field == "contact_postcode", heading


def test_the_better_of_two_columns_takes_a_field_and_the_other_is_told_so() -> None:
    found = _guess("Venue | Group Name | Postcode | Site postcode (if known)")
    assert found["Group Name"].field == "name" and found["Postcode"].field == "postcode"
    assert found["Site postcode (if known)"].field is None and "“Postcode” fits better" in found["Site postcode (if known)"].why


def test_headings_are_written_as_they_are_looked_up_and_each_strong_one_means_one_field() -> None:
    strong = [heading for headings in STRONG.values() for heading in headings]
    assert len(strong) == len(set(strong)) and not set(strong) & set(PRIVATE)
    assert [heading for heading in (*strong, *PRIVATE, *(one for some in WEAK.values() for one in some)) if plain(heading) != heading] == []
    assert set(STRONG) == set(FIELDS) and all(known_heading(heading) for heading in (*strong, *PRIVATE))


@pytest.mark.parametrize("text", ["Example Hall", "E1 4AA", "12", "We meet every week in the hall behind the church", "", "Bethnal Green"])
def test_what_is_no_heading_is_not_known_as_one(text: str) -> None:
    assert not known_heading(text)


_headings = st.sampled_from([*(heading for headings in STRONG.values() for heading in headings), *PRIVATE, "x", "zzz", "?"])
_columns = st.lists(_headings | st.text(max_size=12), min_size=1, max_size=9)
_line = st.lists(st.sampled_from(["E1 4AA", "n/a", "51.5", "Example Hall", "a@example.org", "Mon"]), min_size=9, max_size=9)


@settings(max_examples=60, deadline=None)
@given(_columns, st.lists(_line, max_size=5))
def test_each_column_has_one_guess_and_no_field_is_given_twice(columns: list[str], lines: list[list[str]]) -> None:
    columns = list(dict.fromkeys(columns))
    found = guess(columns, [dict(zip(columns, line, strict=False)) for line in lines])
    assert [one.column for one in found] == columns
    for one, other in combinations([one for one in found if one.field and one.field not in SEVERAL], 2):
        assert one.field != other.field
    assert not any(one.private and one.field for one in found)
