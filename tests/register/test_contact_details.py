"""Emails and telephone numbers are taken out of what is written of a place; times, charity numbers and dates are none."""

from __future__ import annotations

import pytest

from register.contact_details import without_contacts, without_postcodes


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Lunch club. Call 020 7946 0000 or email hello@example.org.", "Lunch club."),
        ("Example Hall (tel: 01632 960001)", "Example Hall"),
        ("Example Hall - 07700 900123", "Example Hall"),
        ("Ring +44 (0)20 7946 0000 ext. 12 for a lift", "Ring for a lift"),
        ("mailto:a.b+c@example.org.uk", ""),
        ("Contact: Sam on 020-7946-0000", "Contact: Sam"),
    ],
)
def test_contact_details_are_taken_out(text: str, left: str) -> None:
    assert without_contacts(text) == left


@pytest.mark.parametrize(
    "text",
    [
        "Mon 09:00-12:30, 13:30-17:00", "09.00 - 12.00, 13.00 - 17.00", "0900-1700", "Charity 1234567", "Opened 01/02/2024", "Room 0203",
        "Ages 0-5, 6-11",
        "Open 08:00-20:00 daily", "200012345678", "@example on social media", "£1 a meal; 10 meals",
    ],
)  # fmt: skip
def test_what_is_no_contact_detail_stays(text: str) -> None:
    assert without_contacts(text) == text


def test_postcodes_are_taken_out() -> None:
    assert without_postcodes("Meet at 1 Example Street, E1 4AA.") == "Meet at 1 Example Street."
    assert without_postcodes("Room B1, 5 tables") == "Room B1, 5 tables"
