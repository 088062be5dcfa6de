"""Give Food's forms of one place of a food bank, each read into one shape: API 2 (food banks and locations), the dump, the older list.

Forms: https://www.givefood.org.uk/api/2/docs/ and https://www.givefood.org.uk/dumps/; the source of both is public. Telephone numbers,
email addresses and what a food bank asks for this week are not read.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from analysis import postcodes
from data_loaders.websites import public_website

# A name that says by itself that food is given needs no words of ours.
_SAYS_FOOD = re.compile(r"food|pantry|larder|kitchen|basics\s+bank|grocer", re.IGNORECASE)
_FAITH = re.compile(
    r"\b(?:church|chapel|cathedral|minster|mosque|masjid|gurdwara|temple|synagogue|mandir|salvation army|baptist|methodist|pentecostal"
    r"|evangelical|vineyard|elim|quakers?|friends meeting house|urc|christian (?:centre|fellowship)|parish (?:hall|rooms?|centre)|islamic centre"
    r"|(?:st|saint)s?\.? \w+(?:'s|s)? (?:church|hall|centre))\b"
    # "Church Street" and "Chapel Lane" are streets: what is named there may be anything.
    r"(?!\s+(?:street|st|road|rd|lane|ln|hill|walk|row|close|avenue|ave|drive|way|terrace|place|square|sq|green|gate|end|view|balk|park|farm|gardens|crescent|court|croft|fields?|bank|parade|mews|yard|grove|rise|approach)\b)",
    re.IGNORECASE,
)
FAITH_HOST = "faith building (by its name or address)"


@dataclass(frozen=True)
class FoodBankPlace:
    """One place of one food bank. bank, place: slugs, place "" for its main address. country: of the food bank, "" where not said.
    latitude, longitude: as given, None where they are no numbers. moves: it is a vehicle or an area, not a building."""

    bank: str
    place: str
    bank_name: str
    place_name: str
    also_known_as: str
    network: str
    country: str
    postcode: str | None
    latitude: float | None
    longitude: float | None
    website: str | None
    charity_number: str | None
    faith_host: bool
    closed: bool = False
    moves: bool = False
    changed: str = ""

    @property
    def asset_id(self) -> str:
        """The same whichever form it came in."""
        return f"givefood/{self.bank}/{self.place}" if self.place else f"givefood/{self.bank}"

    @property
    def service(self) -> str:
        """What the food bank is called, as a person would."""
        return self.bank_name if _SAYS_FOOD.search(self.bank_name) else f"{self.bank_name} food bank"

    @property
    def name(self) -> str:
        """The food bank, and which of its places."""
        return f"{self.service}: {self.place_name}" if self.place_name else self.service


def slug(text: str) -> str:
    """A name as Give Food makes it part of an address (Django's rule): letters, digits and single dashes."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[-\s]+", "-", re.sub(r"[^\w\s-]", "", plain.lower())).strip("-_")


def read_row(row: object) -> FoodBankPlace | str:
    """One row, in whichever of the four forms, or why it is not a place: a sentence."""
    if not isinstance(row, dict):
        return "it is not a record"
    if "organisation_name" in row:
        bank_name, place_name = _text(row, "organisation_name"), _text(row, "location_name")
        bank, place = _text(row, "organisation_slug"), _text(row, "location_slug")
        website, charity = _text(row, "url"), _text(row, "charity_number")
    elif isinstance(row.get("foodbank"), dict):
        own = row["foodbank"]
        bank_name, place_name = _text(own, "name"), _text(row, "name")
        bank, place = _text(own, "slug"), _text(row, "slug")
        website, charity = _text(row.get("urls"), "html"), ""
    else:
        bank_name, place_name = _text(row, "name"), _text(row, "location_name")
        bank, place = _text(row, "slug"), ""
        website = _text(row.get("urls"), "homepage") or _text(row, "url")
        charity = _text(row.get("charity"), "registration_id")
    bank, place = slug(bank or bank_name), slug(place or place_name)
    if not bank_name or not bank:
        return "it has no name"
    latitude, longitude = _degrees(row)
    postcode = postcodes.read(_text(row, "postcode"))
    return FoodBankPlace(
        bank=bank,
        place=place,
        bank_name=bank_name,
        place_name=place_name,
        also_known_as=_text(row, "alt_name") or _text(row, "organisation_alt_name"),
        network=_text(row, "network") or _text(row.get("foodbank"), "network"),
        country=_text(row, "country"),
        postcode=postcode.compact if postcode.well_formed else None,
        latitude=latitude,
        longitude=longitude,
        website=public_website(website),
        charity_number=charity if re.fullmatch(r"\d{6,7}", charity, re.ASCII) else None,
        faith_host=_FAITH.search(f"{place_name or bank_name}\n{_address(row)}") is not None,
        closed=_said(row, "closed"),
        moves=_said(row, "is_mobile") or _said(row, "is_area"),
        changed=_day(_text(row, "modified")),
    )


def _text(row: object, key: str) -> str:
    value = row.get(key) if isinstance(row, Mapping) else None
    return re.sub(r"\s+", " ", value).strip() if isinstance(value, str) else str(value) if isinstance(value, int) else ""


def _address(row: Mapping[str, Any]) -> str:
    """The lines of the address apart, so that a name at the end of one and a street at the start of the next are two things."""
    value = row.get("address")
    return value if isinstance(value, str) else ""


def _said(row: Mapping[str, Any], key: str) -> bool:
    value = row.get(key)
    return value is True or (isinstance(value, str | int) and str(value).strip().casefold() in ("true", "1", "yes"))


def _day(text: str) -> str:
    return text[:10] if re.match(r"\d{4}-\d\d-\d\d", text, re.ASCII) else ""


def _degrees(row: Mapping[str, Any]) -> tuple[float | None, float | None]:
    """Latitude and longitude: in one text, or in two columns of the older list."""
    pair = row.get("lat_lng")
    both = pair.split(",") if isinstance(pair, str) else [row.get("lat"), row.get("lon")]
    return (_number(both[0]), _number(both[1])) if len(both) == 2 else (None, None)


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if abs(number) <= 1e6 else None  # also leaves out NaN and infinity
