"""Errors that a person can act on: what is wrong, where, what was expected and what to do."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path


class SourceError(Exception):
    """A publisher's file that cannot be used as it is (missing, cut short, a column renamed).

    Raised by the loaders; it stops the snapshot builder before anything is written.
    """

    def __init__(self, file: Path | str, problem: str, expected: str, action: str) -> None:
        self.file = Path(file).name
        self.problem = problem
        self.expected = expected
        self.action = action
        super().__init__(f"{self.file}: {problem}. Expected {expected}. {action}")


class SnapshotError(Exception):
    """A file of the built snapshot that is missing, cut short, altered or from another version."""

    def __init__(self, file: Path | str, problem: str, action: str = "") -> None:
        self.file = Path(file).name
        self.problem = problem
        self.action = action or (
            "Restore it with `git checkout -- assets/snapshot static/geometry`, or rebuild it with `make snapshot`."
        )
        super().__init__(f"{self.file}: {problem}. {self.action}")


class SourceUnavailableError(Exception):
    """A publisher that was asked over the network and gave nothing that can be used.

    str(error) is one sentence for a person: what happened and what to do, true whether figures or places were asked for. source: the
    publisher's short name. details: for the log only (addresses, statuses, what the library said). worth_retrying: whether asking again
    in a moment may help.
    """

    worth_retrying = False

    def __init__(self, source: str, sentence: str, details: str = "") -> None:
        self.source = source
        self.sentence = sentence
        self.details = details
        super().__init__(sentence)


class SourceUnreachableError(SourceUnavailableError):
    """No connection: the name is not known, nobody listens, or the line broke before an answer."""

    worth_retrying = True

    def __init__(self, source: str, details: str = "") -> None:
        super().__init__(source, f"{source} could not be reached: check this computer's connection to the internet and try again later.", details)


class SourceTimedOutError(SourceUnavailableError):
    """No whole answer within the time allowed. seconds: how long it was waited for."""

    worth_retrying = True

    def __init__(self, source: str, seconds: float, details: str = "") -> None:
        self.seconds = seconds
        super().__init__(
            source, f"{source} had not answered fully after {seconds:.0f} seconds: try again later, when it may be less busy.", details
        )


class CertificateNotTrustedError(SourceUnavailableError):
    """A server that could not prove who it is. Never answered by checking less."""

    def __init__(self, source: str, details: str = "") -> None:
        super().__init__(
            source,
            f"{source} could not prove that it is {source}, so nothing was taken from it: ask whoever runs your network whether it "
            "inspects traffic, and set REQUESTS_CA_BUNDLE to its certificate if so.",
            details,
        )


class AskedTooOftenError(SourceUnavailableError):
    """Status 429. retry_at: when the publisher will listen again (UTC), None where it did not say."""

    worth_retrying = True

    def __init__(self, source: str, retry_at: datetime | None, details: str = "") -> None:
        self.retry_at = retry_at
        when = f"after {retry_at:%H:%M} UTC on {retry_at.day} {retry_at:%B %Y}" if retry_at else "in an hour or so"
        super().__init__(source, f"{source} asks us to slow down: try again {when}.", details)


class ServerFaultError(SourceUnavailableError):
    """Status 5xx: the publisher's own fault."""

    worth_retrying = True

    def __init__(self, source: str, status: int, details: str = "") -> None:
        self.status = status
        super().__init__(source, f"{source} has a fault of its own (status {status}): nothing to do here but try again later.", details)


class QuestionRefusedError(SourceUnavailableError):
    """Status 4xx, or a question that is known to have no answer: asking again will not help."""

    def __init__(self, source: str, status: int, details: str = "", sentence: str = "") -> None:
        self.status = status
        super().__init__(
            source,
            sentence
            or f"{source} refused the question (status {status}): check what was asked for, and whether its address has changed.",
            details,
        )


class AnswerCutShortError(SourceUnavailableError):
    """A body that ended before its end."""

    worth_retrying = True

    def __init__(self, source: str, details: str = "") -> None:
        super().__init__(source, f"The answer from {source} was cut off half-way, so none of it is used: try again later.", details)


class UnexpectedAnswerError(SourceUnavailableError):
    """A whole answer in another form than agreed. passing: it may be different in a moment (an error page), so it is asked for again."""

    def __init__(self, source: str, found: str, expected: str, details: str = "", *, passing: bool = False) -> None:
        self.found = found
        self.expected = expected
        self.worth_retrying = passing
        action = "try again later" if passing else "the format has changed, so please tell the people who look after Common Ground"
        super().__init__(source, f"{source} answered with {found} instead of {expected}: {action}.", details)


class AnswerTooLargeError(SourceUnavailableError):
    """A body over the cap on bytes, dropped at the cap."""

    def __init__(self, source: str, most_bytes: int, details: str = "") -> None:
        self.most_bytes = most_bytes
        super().__init__(
            source,
            f"The answer from {source} is over {most_bytes / 1e6:,g} MB and was dropped: ask for less at once, or tell the people who look "
            "after Common Ground.",
            details,
        )


class NotPublishedError(SourceUnavailableError):
    """An indicator that does not exist, or that is not published at the level asked for. levels: where it is published."""

    def __init__(self, source: str, sentence: str, levels: frozenset[str] = frozenset(), details: str = "") -> None:
        self.levels = levels
        super().__init__(source, sentence, details)


class SettingError(Exception):
    """A setting (environment variable) that cannot be used; the message names it, what it may be and what to do."""
