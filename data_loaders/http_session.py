"""One polite way to ask publishers over HTTP, for every live source.

Certificates are always checked. Faults that may pass (429, 5xx, a broken line, an answer cut short) are asked again, later each
time and not all at once, and as the publisher asks (`Retry-After`); a question has one time limit for all its attempts; a body has
a cap on its bytes and is never held beyond it; only good answers are kept, and the last good one stands in when there is no new one.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Generic, Protocol, TypeVar
from urllib.parse import urlsplit

import requests
import tenacity
from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter

from data_loaders.errors import (
    AnswerTooLargeError,
    AskedTooOftenError,
    CertificateNotTrustedError,
    QuestionRefusedError,
    ServerFaultError,
    SourceTimedOutError,
    SourceUnavailableError,
    SourceUnreachableError,
    UnexpectedAnswerError,
)
from data_loaders.http_answers import FAULTS, check_status, fault_of_connecting, onward, whole_body
from data_loaders.http_deadline import Deadline, DeadlineAdapter
from data_loaders.kept_answers import KeptAnswer, KeptAnswers

logger = logging.getLogger(__name__)

USER_AGENT = "CommonGround/1 (open-source atlas of health inequalities in England; python-requests)"
T = TypeVar("T")
Parameters = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Limits:
    """How long and how much. Times in seconds unless a timedelta; bytes as decompressed.

    total: of one question with all its attempts and waits. longest_wait: between two attempts; a publisher that asks for more
    (`Retry-After`) is left alone and the person told when to come back. fresh_for: a kept answer this young is used without asking.
    """

    connect: float = 10.0
    read: float = 60.0
    total: float = 180.0
    attempts: int = 4
    first_wait: float = 1.0
    longest_wait: float = 60.0
    most_bytes: int = 200_000_000
    redirects: int = 3
    fresh_for: timedelta = timedelta(hours=1)
    leave_alone: float = 300.0


@dataclass(frozen=True)
class Answer(Generic[T]):
    """value: what `read` made of the body. asked_at: when it was given, UTC. stale_since: the same where it is a kept answer that
    stands in because of `problem`, None where it is live or young."""

    value: T
    address: str
    asked_at: datetime
    stale_since: datetime | None = None
    problem: SourceUnavailableError | None = None


class _NoCredentials(requests.auth.AuthBase):
    """Public sources need none; without this, requests would send what it finds in a .netrc file."""

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        return request


class _Session(requests.Session):
    """Requests' session without its own eye for redirects: even where they are not followed, it reads the whole body of one, uncapped."""

    def get_redirect_target(self, resp: Response) -> str | None:
        return None


class AddressRule(Protocol):
    """Which addresses a session may ask, for one that asks what a person typed: `public_address.PublicAddresses`."""

    def check(self, source: str, address: str) -> None:
        """Nothing for an address that may be asked; a SourceUnavailableError otherwise."""

    def adapter(self, source: str) -> HTTPAdapter:
        """The adapter through which the session connects."""


class HttpSession:
    """Asks one publisher, at one or several addresses. Safe to use from several threads.

    source: the publisher's short name, for messages. kept: where good answers are kept, None to keep none. pause, clock, now: as
    time.sleep, time.monotonic and the time of day (UTC); tests put their own in. certificates: a file of authorities to trust
    instead of the usual ones; there is no way to trust without one. rule: which addresses may be asked, where a person typed them;
    then redirects may lead to any address that it lets through, and no proxy is used.
    """

    def __init__(
        self,
        source: str,
        kept: KeptAnswers | None = None,
        limits: Limits | None = None,
        *,
        pause: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        certificates: str | None = None,
        rule: AddressRule | None = None,
    ) -> None:
        self.source = source
        self.rule = rule
        self.kept = kept
        self.limits = limits or Limits()
        self._pause, self._clock, self._now = pause, clock, now
        self._lock = threading.Lock()
        self._down: dict[str, float] = {}
        self._not_before: dict[str, datetime] = {}
        self._session = _Session()
        self._session.headers.update({"User-Agent": USER_AGENT, "Accept-Encoding": "gzip, deflate"})
        self._session.auth = _NoCredentials()
        self._session.verify = certificates or True
        adapter = DeadlineAdapter(max_retries=0) if rule is None else rule.adapter(source)
        self._session.mount("https://", adapter)
        self._session.mount("http://", adapter)

    def get(self, addresses: Sequence[str], parameters: Parameters, read: Callable[[bytes], T], accept: str = "*/*") -> Answer[T]:
        """Ask, and read the answer.

        addresses: the same question at each of the publisher's hosts, the one to prefer first. read: makes the value out of a whole
        body, raising a SourceUnavailableError for one that is not good; such a body is never kept. Raises a SourceUnavailableError
        where there is neither a good answer nor a kept one. A refused question (4xx) has no stand-in: the refusal is the answer.
        """
        questions = [self._prepare(address, parameters, accept) for address in addresses]
        found = self._find(questions[0])
        if found is not None and self._now() - found.given_at <= self.limits.fresh_for:
            young = self._read_kept(found, read, questions[0])
            if young is not None:
                return Answer(young, _shown(questions[0]), found.given_at)
        try:
            value, given_at = self._ask_until_good(questions, read)
        except SourceUnavailableError as problem:
            logger.warning("%s (%s)", problem.sentence, problem.details)
            if isinstance(problem, QuestionRefusedError) or found is None:
                raise
            old = self._read_kept(found, read, questions[0])
            if old is None:
                raise
            return Answer(old, _shown(questions[0]), found.given_at, found.given_at, problem)
        return Answer(value, _shown(questions[0]), given_at)

    def close(self) -> None:
        """Close connections and the kept answers' index."""
        self._session.close()
        if self.kept is not None:
            self.kept.close()

    def _prepare(self, address: str, parameters: Parameters, accept: str) -> PreparedRequest:
        self._check(address)
        return self._session.prepare_request(requests.Request("GET", address, params=list(parameters), headers={"Accept": accept}))

    def _find(self, question: PreparedRequest) -> KeptAnswer | None:
        return None if self.kept is None else self.kept.find(question, self._now())

    def _read_kept(self, found: KeptAnswer, read: Callable[[bytes], T], question: PreparedRequest) -> T | None:
        try:
            return read(found.body)
        except SourceUnavailableError as problem:  # kept by an older version that read it otherwise
            logger.warning("The kept answer to %s is of no use: %s", question.url, problem.details or problem)
            return None

    def _ask_until_good(self, questions: Sequence[PreparedRequest], read: Callable[[bytes], T]) -> tuple[T, datetime]:
        """The value of the first good answer, and when it was given; or the last fault."""
        started = self._clock()
        order = self._in_order(questions)
        hosts = frozenset(_host(question.url) for question in questions)
        turn = 0

        def left() -> float:
            return self.limits.total - (self._clock() - started)

        def attempt() -> T:
            nonlocal turn
            question = order[turn % len(order)]
            try:
                body = self._ask(question, left(), hosts)
                value = read(body)
            except (QuestionRefusedError, AskedTooOftenError, AnswerTooLargeError):
                raise  # the other host is the same service: it would say the same
            except SourceUnavailableError as problem:
                self._mark(question, down=isinstance(problem, SourceUnreachableError | SourceTimedOutError | ServerFaultError))
                turn += 1
                raise
            self._mark(question, down=False)
            if self.kept is not None:
                # Under the preferred host's name, whichever answered, so that it is found again.
                self.kept.keep(questions[0], body, self._now())
            return value

        def again(problem: BaseException) -> bool:
            # A fault that only another host can help with is worth one attempt at each of them.
            return isinstance(problem, SourceUnavailableError) and (
                problem.worth_retrying or (isinstance(problem, CertificateNotTrustedError) and turn < len(order))
            )

        jitter = tenacity.wait_exponential_jitter(
            multiplier=self.limits.first_wait, max=self.limits.longest_wait, jitter=self.limits.first_wait
        )

        def wait(state: tenacity.RetryCallState) -> float:
            problem = state.outcome.exception() if state.outcome else None
            if isinstance(problem, AskedTooOftenError) and problem.retry_at is not None:
                # A touch over, lest a clock that ticks coarsely has us back a moment too soon.
                return max((problem.retry_at - self._now()).total_seconds(), 0.0) + 0.05
            return jitter(state)

        def stop(state: tenacity.RetryCallState) -> bool:
            return (
                state.attempt_number >= self.limits.attempts
                or state.upcoming_sleep > self.limits.longest_wait
                or state.upcoming_sleep >= left()
            )

        retrying = tenacity.Retrying(
            sleep=self._pause, wait=wait, stop=stop, retry=tenacity.retry_if_exception(again), reraise=True
        )
        return retrying(attempt), self._now()

    def _in_order(self, questions: Sequence[PreparedRequest]) -> list[PreparedRequest]:
        """Hosts that were found down a little while ago come last, so that not every question waits for them."""
        with self._lock:
            return sorted(questions, key=lambda question: self._down.get(_host(question.url), 0.0) > self._clock())

    def _mark(self, question: PreparedRequest, *, down: bool) -> None:
        with self._lock:
            if down:
                self._down[_host(question.url)] = self._clock() + self.limits.leave_alone
            else:
                self._down.pop(_host(question.url), None)

    def _ask(self, question: PreparedRequest, seconds: float, hosts: frozenset[str]) -> bytes:
        """The whole body of one good answer, following a few redirects; any fault as its own kind of SourceUnavailableError."""
        self._heed_not_before(question)
        with Deadline(seconds) as deadline:
            try:
                body = self._follow(question, seconds, hosts)
            except SourceUnavailableError as error:
                if deadline.passed and not isinstance(error, AnswerTooLargeError):
                    raise SourceTimedOutError(self.source, self.limits.total, f"{question.url}: cut off at the time limit") from error
                raise
            if deadline.passed:  # a body of no announced length looks whole when it is cut
                raise SourceTimedOutError(self.source, self.limits.total, f"{question.url}: cut off at the time limit")
            return body

    def _follow(self, question: PreparedRequest, seconds: float, hosts: frozenset[str]) -> bytes:
        address, accept = question.url or "", question.headers.get("Accept", "*/*")
        for _ in range(self.limits.redirects + 1):
            with self._send(question, seconds) as response:
                target = onward(self.source, response, hosts, None if self.rule is None else self._check)
                if target is None:
                    try:
                        check_status(self.source, response, self._now())
                    except AskedTooOftenError as error:
                        self._leave_alone_until(question, error.retry_at)
                        raise
                    return whole_body(self.source, response, self.limits.most_bytes, self.limits.read)
            question = self._session.prepare_request(requests.Request("GET", target, headers={"Accept": accept}))
        raise UnexpectedAnswerError(
            self.source, "one redirect after another", "an answer", f"{address}: over {self.limits.redirects} redirects"
        )

    def _send(self, question: PreparedRequest, seconds: float) -> Response:
        settings = self._session.merge_environment_settings(question.url or "", {}, True, None, None)  # proxies, and authorities to trust
        if self.rule is not None:
            self._check(question.url or "")
            settings["proxies"] = {}
        most = max(seconds, 0.001)
        timeout = (min(self.limits.connect, most), min(self.limits.read, most))
        try:
            return self._session.send(question, timeout=timeout, allow_redirects=False, **settings)
        except FAULTS as error:
            waited = timeout[0] if isinstance(error, requests.exceptions.ConnectTimeout) else timeout[1]
            raise fault_of_connecting(self.source, question.url or "", error, waited) from error

    def _check(self, address: str) -> None:
        if self.rule is not None:
            self.rule.check(self.source, address)

    def _leave_alone_until(self, question: PreparedRequest, moment: datetime | None) -> None:
        if moment is not None:
            with self._lock:
                self._not_before[_host(question.url)] = moment

    def _heed_not_before(self, question: PreparedRequest) -> None:
        with self._lock:
            moment = self._not_before.get(_host(question.url))
        if moment is not None and self._now() < moment:
            raise AskedTooOftenError(self.source, moment, f"{question.url}: not asked, for {_host(question.url)} asked to be left alone")


def _host(address: str | None) -> str:
    return urlsplit(address or "").netloc


def _shown(question: PreparedRequest) -> str:
    return question.url or ""
