"""Which column of somebody's list is which field: a guess for each, how sure it is, and why, in a sentence to show.

By the heading (`column_headings`, then RapidFuzz for slips of the pen) and by what stands in the cells (`cell_shapes`). What is about
a person (a contact's name, an email, a telephone number) is recognised so as to be left out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from rapidfuzz import fuzz, process

from analysis import cell_shapes
from analysis.column_headings import ADDRESS, CONTACT_POSTCODE, FIELDS, PRIVATE, STRONG, WEAK, plain

SURE, LIKELY, UNSURE = CERTAINTIES = ("sure", "likely", "unsure")
SAMPLE = 300
_LEFT_OUT = "a person's details"
_STRONG, _WEAK = 100.0, 72.0
_LEAST, _LIKELY, _SURE = 58.0, 75.0, 96.0
_SLIP = 85.0  # of 100: "Organistion Name" is 97, "Postcoed" 87; "Postcard" would be 75
_FEW = 3  # cells; fewer say nothing by themselves, nor against a heading
SEVERAL = (ADDRESS, CONTACT_POSTCODE)
"""Fields that several columns may share, since no more than a postcode is read out of them; every other is taken by one."""
_OF_A_CONTACT = re.compile(
    r"\b(?:contact|correspondence|trustee|registered|home|secretary|treasurer|chair(?:person|man|woman)?|mailing|admin|person|personal|"
    r"private)s?\b"
)

_ORGANISATIONS = frozenset({"organisation", "organization", "organisation name", "group", "group name", "charity name", "org", "org name",
                            "organization name", "name of organisation", "name of group", "community group", "agency", "congregation"})  # fmt: skip


@dataclass(frozen=True)
class ColumnGuess:
    """What a column seems to be. field: of `column_headings.FIELDS`, None where it is left. private: left out because it is about a person."""

    column: str
    field: str | None
    certainty: str
    why: str
    private: bool = False


@dataclass(frozen=True)
class _Reading:
    """A column read as a field. score: what the heading (to 100) and the cells make of it; heading: the heading's part."""

    at: int
    field: str
    score: float
    heading: float
    why: str


def guess(columns: Sequence[str], sample_rows: Sequence[Mapping[str, str]]) -> list[ColumnGuess]:
    """A guess for each column, in order. sample_rows: some rows of the list, column → text; the first 300 are looked at.

    No field is given to two columns but those of SEVERAL.
    """
    cells = [cell_shapes.filled(row.get(column, "") for row in sample_rows[:SAMPLE]) for column in columns]
    names = [plain(column) for column in columns]
    guesses: dict[int, ColumnGuess] = {}
    readings: list[_Reading] = []
    for at, (column, heading) in enumerate(zip(columns, names, strict=True)):
        why = _private(heading, cells[at], names)
        if why:
            guesses[at] = ColumnGuess(column, None, SURE, why, private=True)
        else:
            readings += _readings(at, heading, column, cells[at])
    taken: dict[str, int] = {}
    for one in sorted(readings, key=lambda one: (-one.score, one.at)):
        if one.at not in guesses and (one.field in SEVERAL or one.field not in taken):
            guesses[one.at] = ColumnGuess(columns[one.at], one.field, _certainty(one), one.why)
            taken[one.field] = one.at
    if "name" not in taken:
        _guess_name(columns, cells, guesses)
    wanted = {at: one.field for one in sorted(readings, key=lambda one: one.score) for at in (one.at,)}
    for at, column in enumerate(columns):
        if at not in guesses:
            other = columns[taken[wanted[at]]] if at in wanted and wanted[at] in taken else None
            why = f"It could be “{FIELDS[wanted[at]]}”, but “{other}” fits better." if other else "Nothing in its heading or cells says what it is."
            guesses[at] = ColumnGuess(column, None, UNSURE, why)
    return [guesses[at] for at in range(len(columns))]


@cache
def known_heading(text: str) -> bool:
    """Whether a cell reads as the heading of a column, by itself: for finding the heading row."""
    heading = plain(text)
    return bool(heading) and len(heading) <= 60 and (_is_private(heading) or any(score >= _WEAK for score in _by_heading(heading).values()))


@cache
def _headings() -> dict[str, dict[str, float]]:
    """Heading → field → how strongly it says so."""
    found: dict[str, dict[str, float]] = {}
    for table, strength in ((WEAK, _WEAK), (STRONG, _STRONG)):
        for field, headings in table.items():
            for heading in headings:
                found.setdefault(heading, {})[field] = strength
    return found


@cache
def _by_heading(heading: str) -> dict[str, float]:
    """Field → how strongly a heading says it, to 100: as it stands, by a part of it, or but for a slip."""
    known = _headings()
    if _OF_A_CONTACT.search(heading) and re.search(r"\b(address|post ?code|zip|street|town|line \d)\b", heading) and "email" not in heading:
        return {CONTACT_POSTCODE: _STRONG}  # wherever else such a heading would fit: it may be somebody's home
    if heading in known:
        return known[heading]
    words = heading.split()
    found: dict[str, float] = {}
    for length in range(min(len(words), 5), 0, -1):
        for start in range(len(words) - length + 1):
            for field, strength in known.get(" ".join(words[start : start + length]), {}).items():
                # The last words of an English heading say what it is: "venue postcode" is a postcode, "postcode of venue" also stands whole.
                late = 4 if start + length == len(words) else 0
                found[field] = max(found.get(field, 0), strength * (0.62 + 0.28 * length / len(words)) + late)
        if found:
            break
    if len(heading) >= 5:
        near = process.extractOne(heading, list(known), scorer=fuzz.ratio, score_cutoff=_SLIP)
        if near:
            for field, strength in known[near[0]].items():
                found[field] = max(found.get(field, 0), strength * near[1] / 100 - 5)
    return found


def _is_private(heading: str) -> bool:
    if heading in PRIVATE:
        return True
    strongest = _by_heading(heading)
    if strongest.get(CONTACT_POSTCODE, 0) >= _LEAST or any(score >= _STRONG for score in strongest.values()):
        return False
    if strongest.keys() & {"website", "last_confirmed", "opening", "postcode"} and max(strongest.values()) >= 80:
        return False
    words = heading.split()
    parts = {" ".join(words[start:end]) for start in range(len(words)) for end in range(start + 1, min(start + 4, len(words)) + 1)}
    if parts & set(PRIVATE) - {"role", "person", "mail", "staff", "bookings", "owner", "position in organisation"}:
        return True
    return len(heading) >= 6 and process.extractOne(heading, PRIVATE, scorer=fuzz.ratio, score_cutoff=92) is not None


def _private(heading: str, cells: Sequence[str], names: Sequence[str]) -> str:
    """Why a column is about a person; empty where it is not."""
    if _is_private(heading):
        return f"The heading is one for {_LEFT_OUT}: left out."
    if heading == "name" and _ORGANISATIONS & set(names):
        return f"Beside a column for the organisation, “Name” is most likely a contact's: left out as {_LEFT_OUT}. Choose it by hand if it is not."
    if len(cells) >= _FEW:
        for shape, words in (("email", "email addresses"), ("phone", "telephone numbers")):
            share = cell_shapes.share(shape, cells)
            if share >= 0.6 and not (shape == "phone" and _by_heading(heading)):
                return f"{_told(share, cells)} hold {words}: left out as {_LEFT_OUT}."
    return ""


def _readings(at: int, heading: str, column: str, cells: Sequence[str]) -> list[_Reading]:
    found = []
    by_heading = _by_heading(heading)
    for field in FIELDS:
        strength = by_heading.get(field, 0.0)
        share = cell_shapes.share(field, cells) if field in cell_shapes.TELLING and (strength or field in cell_shapes.ALONE) else 0.0
        if not strength:
            if len(cells) < _FEW or share < cell_shapes.ALONE.get(field, 2.0):
                continue
            why = f"{_told(share, cells)} {cell_shapes.TELLING[field]}."
            found.append(_Reading(at, field, 58 + 20 * share, 0.0, why))
            continue
        said = "is one that lists use for" if strength >= _WEAK else "reads like"
        why = f"The heading {said} “{FIELDS[field].split(':')[0]}”"
        if len(cells) >= _FEW and share < cell_shapes.AGAINST.get(field, -1.0):
            found.append(_Reading(at, field, strength - 40, 0.0, f"{why}, but {_told(share, cells, small=True)} {cell_shapes.TELLING[field]}."))
        else:
            also = f", and {_told(share, cells, small=True)} {cell_shapes.TELLING[field]}" if share >= 0.5 else ""
            found.append(_Reading(at, field, strength + 20 * share, strength + 5 * (share >= 0.9), f"{why}{also}."))
    return [one for one in found if one.score >= _LEAST]


def _certainty(one: _Reading) -> str:
    if one.heading >= _SURE:
        return SURE
    return LIKELY if one.score >= _LIKELY and (one.heading >= _LEAST or not one.heading) else UNSURE


def _told(share: float, cells: Sequence[str], *, small: bool = False) -> str:
    count = round(share * len(cells))
    if count == 0:
        return "none of its cells" if small else "None of its cells"
    return f"{count} of {len(cells)} cells"


def _guess_name(columns: Sequence[str], cells: Sequence[Sequence[str]], guesses: dict[int, ColumnGuess]) -> None:
    """Where no heading says which column is the name: the first of which the cells are short texts, each another."""
    for at, column in enumerate(columns):
        texts = cells[at]
        if at in guesses or len(texts) < _FEW:
            continue
        lettered = sum(any(letter.isalpha() for letter in text) and len(text) <= 90 for text in texts) / len(texts)
        if lettered >= 0.9 and len({text.casefold() for text in texts}) >= 0.7 * len(texts):
            why = "No heading says which column is the name; in this one each cell is another short text."
            guesses[at] = ColumnGuess(column, "name", UNSURE, why)
            return
