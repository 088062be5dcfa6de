"""Cells as words of our vocabularies: as they stand, by a part of them, or but for a slip; each with how sure that is.

What is not recognised is handed back, never forced. Phrases are in `asset_phrases`; slips are told by RapidFuzz.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz, process

from analysis.asset_phrases import LANGUAGES, PHRASES
from analysis.asset_records import SEPARATOR, joined
from analysis.cell_shapes import is_blank
from analysis.column_headings import FIELDS, plain
from analysis.column_matching import LIKELY, SURE, UNSURE

SEVERAL_VALUES = ("activity_groups", "clinical_areas", "who_for", "languages")
"""Fields that hold several words."""
_SLIP = 88.0
_SHORTEST_PART = 5  # letters; shorter words stand inside too many others
_SEPARATORS = re.compile(r"[,;/|+\n\u2022]| - |\band\b|&", re.IGNORECASE)
_VAGUE = frozenset({"other", "others", "various", "multiple", "many", "some", "mixed", "etc", "several", "more", "all languages", "other languages"})


@dataclass(frozen=True)
class Matched:
    """values: field → words, joined where there are several. unread: parts that say nothing we know. certainty: of the least sure part."""

    values: Mapping[str, str]
    unread: tuple[str, ...]
    certainty: str

    @property
    def told(self) -> str:
        """What was taken, to show: "kind of place: place of worship; faith tradition: Muslim"."""
        return "; ".join(f"{FIELDS[field]}: {words}" for field, words in self.values.items())


@lru_cache(maxsize=100_000)
def matched(text: str, field: str) -> Matched:
    """A cell of a column that is read as `field` (one of `asset_phrases.PHRASES`, or languages).

    >>> matched("Mosque", "category").values
    {'category': 'place of worship', 'faith_tradition': 'Muslim'}
    """
    if is_blank(text.strip()):
        return Matched({}, (), SURE)
    if field == "languages":
        return _languages(text)
    phrases = PHRASES[field]
    whole = plain(text)
    if whole in phrases:
        return Matched(phrases[whole], (), SURE)
    found: dict[str, list[str]] = {}
    unread: list[str] = []
    sure = [SURE]
    parts = [part for part in (part.strip() for part in _SEPARATORS.split(text)) if plain(part)]
    for part in parts:
        values, certainty = _part(plain(part), field)
        if not values:
            unread.append(part)
            continue
        sure.append(certainty)
        for name, word in values.items():
            found.setdefault(name, []).append(word)
    if len(parts) > 1 and not found.get(field):
        values, certainty = _part(whole, field)  # "Parent and toddler group" is one thing
        if values:
            return Matched(values, (), certainty)
    taken = {name: (joined(words) or "") if name in SEVERAL_VALUES else words[0] for name, words in found.items()}
    other = [word for name, words in found.items() if name not in SEVERAL_VALUES for word in dict.fromkeys(words[1:]) if word != words[0]]
    return Matched(taken, (*unread, *other), _least(sure))


def _part(text: str, field: str) -> tuple[Mapping[str, str], str]:
    phrases = PHRASES[field]
    if text in phrases:
        return phrases[text], SURE
    words = text.split()
    for length in range(min(len(words) - 1, 5), 0, -1):
        for start in range(len(words) - length, -1, -1):  # from the end: what a thing is stands last in English
            part = " ".join(words[start : start + length])
            if len(part) >= _SHORTEST_PART and field in phrases.get(part, {}):
                return phrases[part], LIKELY
    near = process.extractOne(text, list(phrases), scorer=fuzz.ratio, score_cutoff=_SLIP) if len(text) >= _SHORTEST_PART else None
    return (phrases[near[0]], LIKELY) if near else ({}, SURE)


def _languages(text: str) -> Matched:
    """Languages by their English names. One that is not on our list is kept as it is written: communities speak more than any list has."""
    found: list[str] = []
    unread: list[str] = []
    sure = [SURE]
    for part in (part.strip(" .()") for part in _SEPARATORS.split(text)):
        known = LANGUAGES.get(plain(part))
        likely = None if known else _likely_language(plain(part))
        if known or likely:
            found.append(known or likely or "")
            sure.append(SURE if known else LIKELY)
        elif plain(part) in _VAGUE:
            unread.append(part)
        elif part and len(part) <= 30 and len(part.split()) <= 3 and re.fullmatch(r"[^\W\d_]+(?:[ '’-][^\W\d_]+)*", part):
            found.append(part[:1].upper() + part[1:])
            sure.append(UNSURE)
        elif part:
            unread.append(part)
    words = joined(found)
    return Matched({"languages": words} if words else {}, tuple(unread), _least(sure))


def _likely_language(text: str) -> str | None:
    """A language that a text names among other words, or but for a slip."""
    inside = next((LANGUAGES[word] for word in text.split() if word in LANGUAGES), None)
    if inside or len(text) < _SHORTEST_PART:
        return inside
    near = process.extractOne(text, list(LANGUAGES), scorer=fuzz.ratio, score_cutoff=_SLIP)
    return LANGUAGES[near[0]] if near else None


def _least(certainties: list[str]) -> str:
    return max(certainties, key=(SURE, LIKELY, UNSURE).index)


def together(first: str | None, more: str | None) -> str | None:
    """Two joined texts as one, each word once."""
    return joined([*(first or "").split(SEPARATOR), *(more or "").split(SEPARATOR)])
