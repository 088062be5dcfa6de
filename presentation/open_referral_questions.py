"""What may be asked of the Open Referral feed: each parameter read and checked, and a sentence for each that cannot be. No screen here.

Names and meanings are those of HSDS-UK 3.0's OpenAPI description; `latitude` and `longitude` are this feed's own, for a client that
holds a point rather than a postcode.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypeVar

from register.derived import folded

MOST_PER_PAGE = 100
USUAL_PER_PAGE = 50
FURTHEST_PAGE = 1_000_000
LONGEST_SEARCH = 200
FURTHEST_METRES = 200_000.0

PAGES = ("page", "per_page")
NOT_RECORDED = ("minimum_age", "maximum_age", "start_time", "end_time", "day")
SERVICES = (
    "search",
    *PAGES,
    "taxonomy_term_id",
    "taxonomy_id",
    "organization_id",
    "modified_after",
    "postcode",
    "proximity",
    "latitude",
    "longitude",
    *NOT_RECORDED,
)

_IN_WORDS = ("search", "taxonomy_term_id", "taxonomy_id", "organization_id", "postcode", "modified_after", "day")
"""What may be left blank, as an unfilled box of a form is, and may have spaces around it."""

_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_DAY_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?")
_NUMBER = re.compile(r"-?\d{1,20}(\.\d{1,20})?([eE][+-]?\d{1,2})?", re.ASCII)
_PLUS_LOST = re.compile(r" (\d\d:?\d\d)$")

T = TypeVar("T")


class QuestionError(Exception):
    """A question that cannot be answered as it stands. `parameter` is what is wrong; the message says what was expected."""

    def __init__(self, parameter: str, message: str) -> None:
        super().__init__(message)
        self.parameter = parameter


@dataclass(frozen=True)
class Question:
    """A question read. words: folded (no capitals or accents), all must occur. metres: how far from the postcode or point."""

    page: int = 1
    per_page: int = USUAL_PER_PAGE
    words: tuple[str, ...] = ()
    taxonomy_term_id: str = ""
    taxonomy_id: str = ""
    organization_id: str = ""
    modified_after: datetime | None = None
    postcode: str = ""
    point: tuple[float, float] | None = None
    metres: float | None = None
    not_recorded: tuple[str, ...] = field(default=())


def read(parameters: Iterable[tuple[str, str]], known: Collection[str]) -> Question:
    """Read the parameters of a request.

    parameters: (name, value) as sent, in order. known: the names that this address takes. Raises QuestionError for a name that is
    not known (a filter that is passed over in silence would give a wrong answer), one given twice, or a value that cannot be read: a
    number that is left blank is one, since every description of the feed says that it is a number.
    """
    given: dict[str, str] = {}
    for name, value in parameters:
        if name not in known:
            raise QuestionError(
                name[:60], f"This address takes {', '.join(known) or 'no parameters'}; leave out any other."
            )
        if name in given:
            raise QuestionError(name, f"{name} is given twice; give it once.")
        given[name] = value.strip() if name in _IN_WORDS else value
    _check_place(given)
    latitude = _of(given, "latitude", lambda text: _number(text, -90, 90, "latitude", "degrees"))
    longitude = _of(given, "longitude", lambda text: _number(text, -180, 180, "longitude", "degrees"))
    return Question(
        page=_of(given, "page", lambda text: _whole(text, FURTHEST_PAGE, "page")) or 1,
        per_page=_of(given, "per_page", lambda text: _whole(text, MOST_PER_PAGE, "per_page")) or USUAL_PER_PAGE,
        words=_words(given.get("search", "")),
        taxonomy_term_id=given.get("taxonomy_term_id", "").lower(),
        taxonomy_id=given.get("taxonomy_id", "").lower(),
        organization_id=given.get("organization_id", "").lower(),
        modified_after=_of(given, "modified_after", _moment),
        postcode=given.get("postcode", ""),
        point=None if latitude is None or longitude is None else (latitude, longitude),
        metres=_of(given, "proximity", lambda text: _number(text, 0, FURTHEST_METRES, "proximity", "metres")),
        not_recorded=_unrecorded(given),
    )


def _check_place(given: dict[str, str]) -> None:
    """A distance needs somewhere to start from, a point needs both halves and a distance, and there is one start at most."""
    half = next((name for name in ("latitude", "longitude") if name in given), "")
    if ("latitude" in given) != ("longitude" in given):
        raise QuestionError(half, "latitude and longitude go together; give both, or a postcode instead.")
    if half and given.get("postcode"):
        raise QuestionError("postcode", "Give a postcode, or latitude and longitude, but not both.")
    if half and "proximity" not in given:
        raise QuestionError("proximity", "A point needs proximity as well: how far from it to look, in metres.")
    if "proximity" in given and not (half or given.get("postcode")):
        raise QuestionError("proximity", "proximity needs a postcode, or latitude and longitude, to measure from.")


def _of(given: dict[str, str], name: str, read_one: Callable[[str], T]) -> T | None:
    """The value of a parameter that is given; one in words may be blank."""
    return read_one(given[name]) if name in given and (given[name] or name not in _IN_WORDS) else None


def _whole(text: str, most: int, name: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 9 and 1 <= int(text) <= most):
        raise QuestionError(name, f"{name} is a whole number from 1 to {most:,}.")
    return int(text)


def _number(text: str, least: float, most: float, name: str, unit: str) -> float:
    value = float(text) if _NUMBER.fullmatch(text) else math.nan
    if not least <= value <= most:  # false for nan as well
        raise QuestionError(name, f"{name} is a number of {unit} from {least:,g} to {most:,g}.")
    return value


def _words(text: str) -> tuple[str, ...]:
    if len(text) > LONGEST_SEARCH:
        raise QuestionError("search", f"search takes at most {LONGEST_SEARCH} letters.")
    return tuple(dict.fromkeys(folded(text).split()))


def _moment(text: str) -> datetime:
    """A date or a date and time of ISO 8601; without a zone it is in UTC. A plus sign that arrived as a space is mended."""
    try:
        read_one = datetime.fromisoformat(_PLUS_LOST.sub(r"+\1", text))
        return (read_one if read_one.tzinfo else read_one.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise QuestionError(
            "modified_after", "modified_after is a date or a date and time, such as 2026-03-31 or 2026-03-31T09:00:00Z."
        ) from None


def _unrecorded(given: dict[str, str]) -> tuple[str, ...]:
    """Which of the parameters that ask for what a register of partners does not hold are given; each is checked all the same."""
    for name in ("minimum_age", "maximum_age"):
        if name in given:
            _number(given[name], 0, 150, name, "years")
    for name in ("start_time", "end_time"):
        if name in given and not _CLOCK.fullmatch(given[name]):
            raise QuestionError(name, f"{name} is a time of day, such as 09:30.")
    day = given.get("day", "")
    if day and day.upper() not in _DAYS and day.lower() not in _DAY_NAMES:
        raise QuestionError("day", f"day is one of {', '.join(_DAYS)}.")
    return tuple(name for name in NOT_RECORDED if given.get(name))
