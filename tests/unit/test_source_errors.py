"""The sentences that all sources share: each is true whether a page of figures or of places asked."""

from __future__ import annotations

import re
import threading
from datetime import UTC, datetime

import pytest

from data_loaders import errors
from data_loaders.errors import SourceUnavailableError
from data_loaders.pull_jobs import Job, PullJobs, TooManyPullsError

SHARED: list[SourceUnavailableError] = [
    errors.SourceUnreachableError("Example"),
    errors.SourceTimedOutError("Example", 150),
    errors.CertificateNotTrustedError("Example"),
    errors.AskedTooOftenError("Example", None),
    errors.AskedTooOftenError("Example", datetime(2026, 8, 20, 10, 30, tzinfo=UTC)),
    errors.ServerFaultError("Example", 504),
    errors.QuestionRefusedError("Example", 400),
    errors.AnswerCutShortError("Example"),
    errors.UnexpectedAnswerError("Example", "a web page", "data", passing=True),
    errors.UnexpectedAnswerError("Example", "a web page", "data"),
    errors.AnswerTooLargeError("Example", 30_000_000),
]
OF_ONE_SUBJECT = re.compile(r"\b(figures?|indicators?|values?|places?|assets?|areas?)\b", re.IGNORECASE)


@pytest.mark.parametrize("error", SHARED, ids=lambda error: type(error).__name__)
def test_a_shared_sentence_speaks_neither_of_figures_nor_of_places(error: SourceUnavailableError) -> None:
    said = str(error)
    assert not OF_ONE_SUBJECT.search(said), said
    assert "Example" in said and said.endswith(".") and said.count(". ") == 0 and "\n" not in said


def test_every_fault_of_asking_is_among_them() -> None:
    kinds = {kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, SourceUnavailableError)}
    assert kinds - {type(error) for error in SHARED} == {SourceUnavailableError, errors.NotPublishedError}, "the last is of indicators alone"


def test_what_jobs_say_of_themselves_speaks_of_neither_too() -> None:
    def breaks(progress: object, should_stop: object) -> None:
        raise ZeroDivisionError

    job = Job("E09000030", "Tower Hamlets", breaks)
    job.start()
    job.wait(30)
    jobs: PullJobs[bool] = PullJobs(most_at_once=1)
    go_on = threading.Event()
    try:
        jobs.start("E09000030", "Tower Hamlets", lambda progress, should_stop: go_on.wait(30))
        with pytest.raises(TooManyPullsError) as caught:
            jobs.start("E09000025", "Newham", lambda progress, should_stop: go_on.wait(30))
    finally:
        go_on.set()
    for said in (job.state.problem, str(caught.value)):
        assert said.endswith(".") and not OF_ONE_SUBJECT.search(said), said


def test_a_size_is_said_without_noughts_that_say_nothing() -> None:
    assert "over 200 MB and" in str(errors.AnswerTooLargeError("Example", 200_000_000))
    assert "over 0.3 MB and" in str(errors.AnswerTooLargeError("Example", 300_000))
