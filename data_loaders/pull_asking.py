"""Asking a publisher for what a plan holds: each answer kept as it comes, a fault confined to what it hits, and giving up in time."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from typing import TypeVar

from data_loaders.errors import (
    AnswerCutShortError,
    AnswerTooLargeError,
    AskedTooOftenError,
    CertificateNotTrustedError,
    NotPublishedError,
    QuestionRefusedError,
    ServerFaultError,
    SourceTimedOutError,
    SourceUnavailableError,
    SourceUnreachableError,
    UnexpectedAnswerError,
)
from data_loaders.indicator_source import IndicatorSource
from data_loaders.layers import Missing
from data_loaders.pull_parts import Asked, Part, Parts
from data_loaders.pull_places import Within
from data_loaders.pull_plan import Question

T = TypeVar("T")

# After one of these the next question would fare no better.
_HOPELESS = (SourceUnreachableError, CertificateNotTrustedError, AskedTooOftenError)
# These may be about one indicator of many, or about how many: halves are asked.
_OF_THE_QUESTION = (AnswerTooLargeError, ServerFaultError, UnexpectedAnswerError, QuestionRefusedError, AnswerCutShortError)
MOST_IN_A_ROW = 3
"""So many faults one after another, of whatever is asked, end the asking; one that took minutes counts as two."""
MOST_OF_ONE = 16
"""So many faults end the halving of one question, and half as many where no part of it was answered."""


class StoppedError(Exception):
    """Somebody asked the pull to stop."""


class Asking:
    """Asks one publisher for one pull. fault: the last, None while there was none. given_up: the one after which nothing more is asked."""

    def __init__(self, source: IndicatorSource, parts: Parts, should_stop: Callable[[], bool]) -> None:
        self.fault: SourceUnavailableError | None = None
        self.given_up: SourceUnavailableError | None = None
        self.parts: list[Part] = parts.kept()
        self._source, self._store, self._should_stop = source, parts, should_stop
        self._in_a_row = 0
        self._choice: dict[tuple[Within, ...], int] = {}

    def ask(self, asking: Callable[[IndicatorSource], T], *, part: bool = False) -> T:
        """One call of the publisher. part: it is part of a question that failed, so that its faults are no more news.

        SourceUnavailableError as it raises, at once after giving up; StoppedError where that was asked for.
        """
        if self._should_stop():
            raise StoppedError
        if self.given_up is not None:
            raise self.given_up
        try:
            value = asking(self._source)
        except NotPublishedError:
            raise
        except SourceUnavailableError as problem:
            self.fault = problem
            if not part:
                self._in_a_row += 2 if isinstance(problem, SourceTimedOutError) else 1
            if isinstance(problem, _HOPELESS) or self._in_a_row >= MOST_IN_A_ROW:
                self.given_up = problem
            raise
        self._in_a_row = 0
        return value

    def answer(self, question: Question) -> list[Missing]:
        """Have a question answered, from the kept parts or by the publisher, and say what was not.

        Where the publisher does not know the area to ask within (a fault, or no row of any area of the level), what to ask instead is
        asked. LayerError where an answer cannot be kept.
        """
        first = self._choice.get(question.within, 0)
        missing: list[Missing] = []
        for number in range(first, len(question.within)):
            last = number == len(question.within) - 1
            found = [self._answer(question.level, question.indicator_ids, area, divide=last) for area in question.within[number]]
            missing = [each for _, those in found for each in those]
            if any(rows for rows, _ in found):
                self._choice[question.within] = number
                break
        return list(dict.fromkeys(missing))

    def _answer(self, level: str, ids: Sequence[str], within: str, *, divide: bool) -> tuple[int, list[Missing]]:
        """How many rows of the level there are of some indicators within an area, and what was not answered."""
        kept = [part for part in self.parts if (part.asked.level, part.asked.within) == (level, within)]
        answered = {one for part in kept for one in part.asked.indicator_ids}
        rows = sum(part.own_rows for part in kept if answered & set(ids))
        rest = [one for one in ids if one not in answered]
        if not rest:
            return rows, []
        missing: list[Missing] = []
        waiting, faults = deque([rest]), 0
        while waiting:
            batch = waiting.popleft()
            try:
                part = self._fetch(level, batch, within, part=faults > 0)
            except NotPublishedError as problem:
                missing += [Missing(one, (level,), "not published", problem.sentence) for one in batch]
            except SourceUnavailableError as problem:
                faults += 1
                hopeful = faults < (MOST_OF_ONE if rows else MOST_OF_ONE // 2) and self.given_up is None
                if divide and hopeful and len(batch) > 1 and isinstance(problem, _OF_THE_QUESTION):
                    middle = len(batch) // 2
                    waiting += [batch[:middle], batch[middle:]]
                    continue
                missing += [Missing(one, (level,), "not answered", problem.sentence) for one in batch]
                if not hopeful:
                    missing += [Missing(one, (level,), "not answered", problem.sentence) for each in waiting for one in each]
                    break
            else:
                rows += part.own_rows
        return rows, missing

    def _fetch(self, level: str, ids: Sequence[str], within: str, *, part: bool) -> Part:
        fetched = self.ask(lambda source: source.fetch(ids, level, within), part=part)
        kept = self._store.keep(Asked(level, within, tuple(ids)), fetched)
        self.parts.append(kept)
        return kept
