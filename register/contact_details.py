"""Emails and telephone numbers taken out of names and descriptions: a list of places holds organisations, not people."""

from __future__ import annotations

import re

from analysis.cell_shapes import EMAIL, POSTCODE

PHONE = re.compile(r"(?<![\d.,:/-])(?:\+44|0044|\(?0(?=\s?[12357 8]))[\s()-]*(?:0\)\s*)?[1-9]"
                   r"(?:[\s()-]{0,2}\d){7,10}(?![\d:])(?:\s*(?:ext|x)\.?\s*\d{1,5})?")
"""A British telephone number. Times of day (09:00-12:30, 0900-1700) are none."""
_HOURS = re.compile(r"(?:[01]\d|2[0-4])[0-5]\d\s*-\s*(?:[01]\d|2[0-4])[0-5]\d")
_LEADS = r"tel|telephone|phone|mobile|mob|email|e-mail|call|ring|text|contact|on|at|or"
_LEFT_BEHIND = (
    (re.compile(rf"(?:\b(?:{_LEADS})\b\s*[:.]?\s*)+(?=$|[.;,)\n])", re.IGNORECASE), " "),
    (re.compile(r"\(\s*\)|\[\s*\]|<\s*>"), " "),
    (re.compile(r"[ \t]{2,}"), " "),
    (re.compile(r"\s+(?=[,.;:)])"), ""),
    (re.compile(r"[,;:](?=[.;])"), ""),
    (re.compile(r"[,;:\s|/–-]+$"), ""),
)


def without_contacts(text: str) -> str:
    """A text without emails and telephone numbers, and without the words that led up to them at the end of a sentence.

    >>> without_contacts("Lunch club. Call 020 7946 0000 or email hello@example.org.")
    'Lunch club.'
    """
    plain = EMAIL.sub(" ", text)
    plain = PHONE.sub(lambda found: found[0] if _HOURS.match(found[0]) else " ", plain)
    return text if plain == text else _tidied(plain)


def without_postcodes(text: str) -> str:
    """A text without postcodes."""
    plain = POSTCODE.sub(" ", text)
    return text if plain == text else _tidied(plain)


def _tidied(text: str) -> str:
    for pattern, instead in _LEFT_BEHIND:
        text = pattern.sub(instead, text)
    return re.sub(r"(?<=[.!?])\s*\.+$", "", text.strip())
