"""What the cells of a column look like: postcodes, coordinates, web addresses, days, words of a vocabulary. Shares of cells, 0 to 1."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from analysis.asset_phrases import LANGUAGES, PHRASES
from analysis.column_headings import ADDRESS, CONTACT_POSTCODE, POSITION, PUBLIC_PREMISES, plain
from analysis.day_texts import days_of

BLANKS = frozenset({"", "n a", "na", "none", "null", "unknown", "not known", "tbc", "tba", "nil", "not applicable", "not available", "nan", "no data",
                    "ref", "not given", "not provided", "not recorded", "not stated", "dk",
                    "undefined", "to be confirmed", "missing", "blank"})  # fmt: skip
"""What people write for nothing, as `plain` leaves it: "N/A", "-", "#REF!" and the like."""

POSTCODE = re.compile(r"(?<![A-Za-z0-9])([A-Za-z]{1,2}[0-9][A-Za-z0-9]?)[ \u00a0.-]{0,3}([0-9Oo][ABD-HJLNP-UW-Zabd-hjlnp-uw-z]{2})(?![A-Za-z0-9])")
EMAIL = re.compile(r"(?:mailto:)?[\w.+'%-]+@[\w-]+(?:\.[\w-]+)+", re.IGNORECASE)
PHONE = re.compile(r"(?<![\d.,])(?:\+44|0044|\(?0)[\s()-]*\d(?:[\s().-]*\d){7,10}(?!\d)(?:\s*(?:ext|x)\.?\s*\d{1,5})?")
WEB = re.compile(r"(?:https?://|www\.)\S+\.\S+|"
                 r"[\w-]+(?:\.[\w-]+)*\.(?:uk|org|com|net|info|london|church|charity|co|life|wales)(?:/\S*)?", re.IGNORECASE)  # fmt: skip
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
_DATE = re.compile(r"\d{4}-\d{1,2}(-\d{1,2})?([ T].*)?|\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}|(\d{1,2}(st|nd|rd|th)? )?[A-Za-z]{3,9} \d{4}")
_PAIR = re.compile(r"\(?\s*[+-]?\d{1,2}\.\d+\s*[,;\s]\s*[+-]?\d{1,2}\.\d+\s*\)?")
_PARTS = re.compile(r"[,;/|+\n]|\band\b|&", re.IGNORECASE)


def filled(cells: Iterable[str]) -> list[str]:
    """Cells that say something, trimmed."""
    return [text for cell in cells if not is_blank(text := cell.strip())]


def is_blank(text: str) -> bool:
    """Whether a cell says nothing: empty, a dash, n/a, not known.

    >>> is_blank(" N/A "), is_blank("-"), is_blank("Nil by mouth")
    (True, True, False)
    """
    return not text or (len(text) <= 16 and plain(text) in BLANKS and not any(letter > "\u024f" and letter.isalnum() for letter in text))


def number(text: str) -> float | None:
    """A cell as a number; None where it is not one. A comma between thousands is no hindrance."""
    compact = text.strip().replace("\u2212", "-")
    if re.fullmatch(r"\d{1,3}(,\d{3})+(\.\d+)?", compact):
        compact = compact.replace(",", "")
    return float(compact) if _NUMBER.fullmatch(compact) else None


def _between(lowest: float, highest: float) -> Callable[[str], bool]:
    return lambda text: (value := number(text)) is not None and lowest <= value <= highest


def _worded(field: str) -> Callable[[str], bool]:
    phrases = PHRASES[field]
    return lambda text: any(field in phrases.get(plain(part), {}) for part in (text, *_PARTS.split(text)))


def _digits(fewest: int, most: int) -> Callable[[str], bool]:
    return lambda text: fewest <= len(text.replace(" ", "")) <= most and text.replace(" ", "").isdecimal()


_SHAPES: dict[str, Callable[[str], bool]] = {
    "email": lambda text: EMAIL.search(text) is not None,
    "phone": lambda text: PHONE.search(text) is not None and sum(letter.isalpha() for letter in text) <= 8,
    "postcode": lambda text: POSTCODE.fullmatch(text) is not None,
    ADDRESS: lambda text: POSTCODE.search(text) is not None and POSTCODE.fullmatch(text) is None,
    CONTACT_POSTCODE: lambda text: POSTCODE.search(text) is not None,
    "website": lambda text: WEB.match(text) is not None and "@" not in text,
    "uprn": _digits(5, 12),
    "charity_number": lambda text: re.fullmatch(r"(?:SC|NIC)?\s*\d{6,7}(?:-\d{1,3})?", text, re.IGNORECASE) is not None,
    "easting": _between(80_000, 656_100),
    "northing": _between(4_000, 657_700),
    "longitude": _between(-6.5, 1.9),
    "latitude": _between(49.8, 55.9),
    POSITION: lambda text: _PAIR.fullmatch(text) is not None,
    "days": lambda text: len(text) <= 60 and bool(days_of(text)),
    "opening": lambda text: bool(days_of(text)) or re.search(r"\d\s*(am|pm)|\d[:.]\d\d|\d\s*[-–]\s*\d", text, re.IGNORECASE) is not None,
    "languages": lambda text: any(plain(part) in LANGUAGES for part in _PARTS.split(text)),
    "last_confirmed": lambda text: _DATE.fullmatch(text) is not None,
    PUBLIC_PREMISES: lambda text: plain(text) in {"yes", "no", "y", "n", "true", "false", "1", "0"},
    "sensitive": lambda text: plain(text) in {"yes", "no", "y", "n", "true", "false", "1", "0"},
    **{field: _worded(field) for field in ("category", "organisation_type", "faith_kind", "faith_tradition", "who_for", "activity_groups",
                                           "clinical_areas", "denomination")},
}  # fmt: skip

TELLING: dict[str, str] = {
    "postcode": "are postcodes", ADDRESS: "have a postcode at the end of a longer text", CONTACT_POSTCODE: "have a postcode",
    "website": "are web addresses", "uprn": "are numbers of 5 to 12 digits", "charity_number": "look like charity numbers",
    "easting": "are numbers between England's eastings", "northing": "are numbers between England's northings",
    "longitude": "are degrees between England's longitudes", "latitude": "are degrees between England's latitudes",
    POSITION: "are pairs of degrees", "days": "name days of the week", "opening": "name days or times", "languages": "name languages",
    "last_confirmed": "are dates", "category": "name kinds of place", "organisation_type": "name types of organisation",
    "faith_kind": "name kinds of faith-based organisation", "faith_tradition": "name faiths", "denomination": "name faiths or denominations",
    "who_for": "name groups of people", "activity_groups": "name groups of activities", "clinical_areas": "name clinical areas",
    PUBLIC_PREMISES: "say yes or no", "sensitive": "say yes or no",
}  # fmt: skip
"""Field → what is said of cells that have its shape."""

ALONE: dict[str, float] = {"postcode": 0.6, ADDRESS: 0.6, "website": 0.8, "latitude": 0.9, "longitude": 0.9, POSITION: 0.8, "days": 0.8,
                           "languages": 0.8, "category": 0.8, "faith_tradition": 0.8, "easting": 0.98, "northing": 0.98}  # fmt: skip
"""Shapes so much a field's own that they tell it whatever the heading, and the least share of cells."""

AGAINST: dict[str, float] = dict.fromkeys(("postcode", "website", "uprn", "charity_number", "easting", "northing", "longitude", "latitude", POSITION,
                                           "last_confirmed", "days", "sensitive", PUBLIC_PREMISES, "organisation_type"), 0.2) | {
    "category": 0.1, "faith_tradition": 0.1, "languages": 0.1, "activity_groups": 0.3, "opening": 0.1}  # fmt: skip
"""Below this share, the cells speak against what the heading says."""


def share(shape: str, cells: Sequence[str]) -> float:
    """The share of cells that have a shape; 0 where there are none."""
    return sum(map(_SHAPES[shape], cells)) / len(cells) if cells else 0.0
