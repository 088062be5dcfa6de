"""Reading the pages of an Open Referral UK feed within bounds, whatever the feed says of itself.

Totals are never trusted: a page that brings nothing new ends the reading, and so do bounds on pages, services, bytes and time. What did
not fit, and what the feed announced and did not give, is said.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import quote

from data_loaders.errors import (
    AnswerTooLargeError,
    QuestionRefusedError,
    SourceTimedOutError,
    SourceUnavailableError,
    UnexpectedAnswerError,
)
from data_loaders.http_session import HttpSession
from data_loaders.open_referral_assets import Item
from data_loaders.public_address import AddressRefusedError

PER_PAGE = 100
_LONGEST_ID = 100


@dataclass(frozen=True)
class FeedLimits:
    """How much of one feed is read. pages: of one list. things: of one list. most_bytes: of all answers together. seconds: for all
    questions together. whole: how many services are asked for one by one, for what lists leave out.
    """

    pages: int = 1_000
    things: int = 20_000
    most_bytes: int = 200_000_000
    seconds: float = 900.0
    whole: int = 1_000


class FeedUnavailableError(SourceUnavailableError):
    """A feed that gave nothing that can be used, in words that fit a feed. The session's own error is its cause."""


def in_our_words(error: SourceUnavailableError) -> SourceUnavailableError:
    """The same fault in a sentence for somebody who typed an address."""
    source = error.source
    if isinstance(error, AddressRefusedError):
        return error
    if isinstance(error, AnswerTooLargeError):
        sentence = f"One answer of {source} is over {error.most_bytes / 1e6:,.0f} MB and was dropped: ask its publisher for smaller pages."
    elif isinstance(error, QuestionRefusedError):
        sentence = f"{source} refused the question (status {error.status}): check that this is the address of an Open Referral UK feed."
    elif isinstance(error, UnexpectedAnswerError):
        sentence = f"{source} answered with {error.found} instead of {error.expected}: check that this is the address of a feed."
    else:
        return error
    return FeedUnavailableError(source, sentence, error.details)


@dataclass
class Pages:
    """One list, read. items: in the feed's order. announced: what it said of its total, if a number. notes: sentences."""

    items: list[Item] = field(default_factory=list)
    announced: int | None = None
    notes: list[str] = field(default_factory=list)


class Feed:
    """One feed, asked politely. base: its address, ending in a slash. clock: as time.monotonic; tests put their own in."""

    def __init__(self, session: HttpSession, base: str, limits: FeedLimits, clock: Callable[[], float] = time.monotonic) -> None:
        self.session, self.base, self.limits = session, base, limits
        self._clock, self._ends = clock, clock() + limits.seconds
        self.bytes_read = 0
        self.stale: list[SourceUnavailableError] = []
        self.asked_at: datetime | None = None

    @property
    def time_is_up(self) -> bool:
        """Whether the deadline for all questions together has passed."""
        return self._clock() >= self._ends

    @property
    def is_full(self) -> bool:
        """Whether as many bytes have been read as may be."""
        return self.bytes_read >= self.limits.most_bytes

    def ask(self, path: str, parameters: Sequence[tuple[str, str]] = ()) -> Any:
        """The JSON at a path. SourceTimedOutError past the deadline; the session's errors otherwise."""
        if self.time_is_up:
            raise SourceTimedOutError(self.session.source, self.limits.seconds, f"{self.base}{path}: not asked, the time was up")

        def read(body: bytes) -> Any:
            self.bytes_read += len(body)
            return document(self.session.source, body)

        answer = self.session.get([self.base + path], parameters, read, accept="application/json")
        # The oldest answer's moment is that of the whole.
        self.asked_at = min(self.asked_at or answer.asked_at, answer.asked_at)
        if answer.problem is not None:
            self.stale.append(answer.problem)
        return answer.value

    def whole(self, service_id: str) -> dict[str, Any] | None:
        """A service with all that hangs on it; None where the feed gives another or none. Errors as `ask`, but for a refusal."""
        if not 0 < len(service_id) <= _LONGEST_ID or service_id in (".", ".."):
            return None
        try:
            found = self.ask(f"services/{quote(service_id, safe='')}")
        except AddressRefusedError:
            raise
        except QuestionRefusedError:
            return None
        return found if isinstance(found, dict) and found.get("id") == service_id else None

    def pages(self, path: str, things: str) -> Pages:
        """Every page of a list. things: what they are called in notes ("services")."""
        read = Pages()
        seen: set[str] = set()
        page = 1
        while True:
            body = self.ask(path, [("page", str(page)), ("per_page", str(PER_PAGE))])
            contents = contents_of(body)
            if contents is None:
                raise UnexpectedAnswerError(
                    self.session.source, "something else", f"a page of {things}", f"{self.base}{path} page {page}: no list of contents"
                )
            total = body.get("total_items") if isinstance(body, dict) else None
            if isinstance(total, int) and not isinstance(total, bool):
                read.announced = total
            keys = [_key(one) for one in contents]
            if contents and seen.issuperset(keys):
                read.notes.append(f"Page {page} of {things} gave what earlier pages had given, so reading stopped there.")
                break
            seen.update(keys)
            read.items += [Item(one, f"{path} page {page}, number {number}", page) for number, one in enumerate(contents, start=1)]
            if not contents or self._stops(read, page, things) or self._is_last(body, page, len(read.items)):
                break
            page += 1
        if read.announced is not None and read.announced != len(read.items):
            read.notes.append(f"The feed announced {read.announced:,} {things} and gave {len(read.items):,}.")
        return read

    def _stops(self, read: Pages, page: int, things: str) -> bool:
        """Whether a bound is reached; says so."""
        reasons = (
            (len(read.items) > self.limits.things, f"the first {self.limits.things:,} {things} are taken; the feed has more"),
            (len(read.items) == self.limits.things, f"reading stopped at {self.limits.things:,} {things}; the feed may have more"),
            (page >= self.limits.pages, f"reading stopped after {page:,} pages of {things}; the feed may have more"),
            (self.is_full, f"reading stopped after {self.limits.most_bytes / 1e6:,.0f} MB; the feed may have more {things}"),
        )
        for reached, words in reasons:
            if reached:
                del read.items[self.limits.things :]
                read.notes.append(f"{words[:1].upper()}{words[1:]}.")
                return True
        return False

    @staticmethod
    def _is_last(body: Any, page: int, so_far: int) -> bool:
        """Whether the feed says that this was all, and its total does not belie it: one more question settles that."""
        if not isinstance(body, dict):
            return True
        total, pages = body.get("total_items"), body.get("total_pages")
        more_announced = isinstance(total, int) and total > so_far
        says_last = body.get("last_page") is True or (body.get("last_page") is None and isinstance(pages, int) and page >= pages)
        return says_last and not more_announced


def document(source: str, body: bytes) -> Any:
    """A body as JSON, strictly: no NaN. UnexpectedAnswerError otherwise."""
    try:
        return json.loads(body, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise UnexpectedAnswerError(source, "something that is not JSON", "a page of services", f"{error}: {body[:100]!r}") from error


def contents_of(body: Any) -> list[Any] | None:
    """What a page holds; None where it is no page."""
    contents = body.get("contents") if isinstance(body, Mapping) else body
    return contents if isinstance(contents, list) else None


def _key(one: Any) -> str:
    """What tells one thing of a page from another."""
    return str(one.get("id")) if isinstance(one, Mapping) and one.get("id") else json.dumps(one, sort_keys=True)


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")
