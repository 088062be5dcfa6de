"""Whether what came back over HTTP is a good answer: its status, where a redirect leads, its body, and what a fault is called."""

from __future__ import annotations

import email.utils
import io
import ssl
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from urllib.parse import urljoin, urlsplit

import requests
import urllib3
from requests import Response

from data_loaders.errors import (
    AnswerCutShortError,
    AnswerTooLargeError,
    AskedTooOftenError,
    CertificateNotTrustedError,
    QuestionRefusedError,
    ServerFaultError,
    SettingError,
    SourceTimedOutError,
    SourceUnavailableError,
    SourceUnreachableError,
    UnexpectedAnswerError,
)

FAULTS = (requests.exceptions.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError, AttributeError)
"""What requests, urllib3 and the sockets below them raise; ValueError and AttributeError where a socket was shut while it was read."""
_PIECE = 65_536
_A_WEEK = 7 * 86_400.0


def checked_address(address: str, setting: str) -> str:
    """A base address from a setting, ending in a slash.

    SettingError unless it is https, or http on this computer alone, with nothing in it but host and path: names and passwords
    would end up in logs.
    """
    parts = urlsplit(address.strip())
    local = parts.hostname in ("localhost", "127.0.0.1", "::1")
    if parts.scheme != "https" and not (parts.scheme == "http" and local):
        raise SettingError(
            f"{setting} must hold addresses that start with https:// (http:// is accepted for this computer alone), unlike "
            f"{parts.scheme}://{parts.hostname or ''}."
        )
    if not parts.hostname or parts.username or parts.password or parts.query or parts.fragment:
        raise SettingError(f"{setting} must be an address of host and path alone, such as https://fingertips.phe.org.uk/api/.")
    return address.strip().rstrip("/") + "/"


def retry_after(value: str | None, now: datetime) -> float | None:
    """Seconds to wait that a `Retry-After` header asks for, as a number or as an HTTP date; None where it says nothing readable.

    now: UTC. Never negative, and at most a week.
    """
    text = (value or "").strip()
    if text.isascii() and text.isdigit():
        return min(float(text[:9]), _A_WEEK)
    try:
        moment = email.utils.parsedate_to_datetime(text)
    except (TypeError, ValueError, OverflowError):
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return min(max((moment - now).total_seconds(), 0.0), _A_WEEK)


def fault_of_connecting(source: str, address: str, error: BaseException, seconds: float) -> SourceUnavailableError:
    """What a fault before any answer is called. seconds: how long an answer was waited for."""
    details = f"{address}: {error}"
    if isinstance(error, requests.exceptions.SSLError) and _is_about_trust(error):
        return CertificateNotTrustedError(source, details)
    if isinstance(error, requests.exceptions.Timeout):
        return SourceTimedOutError(source, seconds, details)
    return SourceUnreachableError(source, details)


def onward(source: str, response: Response, hosts: frozenset[str], check: Callable[[str], None] | None = None) -> str | None:
    """The address to which a redirect leads; None for an answer.

    hosts: those of the publisher, with port where there is one. UnexpectedAnswerError for a redirect to another site, or from
    https to http, or to what is no address. check: instead of that rule, raises for an address that may not be asked.
    """
    if not response.is_redirect:
        return None
    try:
        target, here = urlsplit(urljoin(response.url, response.headers["Location"])), urlsplit(response.url)
    except ValueError as error:
        details = f"{response.url} → {response.headers['Location']!r}: {error}"
        raise UnexpectedAnswerError(source, "a redirect to no web address", "an answer", details) from error
    if check is not None:
        check(target.geturl())
        return target.geturl()
    same = (target.scheme, target.netloc) == (here.scheme, here.netloc)
    if not same and not (target.scheme == "https" and target.netloc in hosts):
        raise UnexpectedAnswerError(source, "a redirect to another site", "an answer", f"{response.url} → {target.geturl()}: not followed")
    return target.geturl()


def check_status(source: str, response: Response, now: datetime) -> None:
    """Nothing for status 200; otherwise the fault. now: UTC, to read `Retry-After`."""
    status = response.status_code
    details = f"{response.url}: status {status}"
    if status == 429:
        seconds = retry_after(response.headers.get("Retry-After"), now)
        raise AskedTooOftenError(source, None if seconds is None else now + timedelta(seconds=seconds), details)
    if status >= 500:
        raise ServerFaultError(source, status, f"{details}: {_beginning(response)!r}")
    if status >= 400:
        raise QuestionRefusedError(source, status, f"{details}: {_beginning(response)!r}")
    if status != 200:
        raise UnexpectedAnswerError(source, f"status {status}", "an answer", details)


def whole_body(source: str, response: Response, most_bytes: int, seconds: float) -> bytes:
    """The body, decompressed, read piece by piece: one over the cap is dropped there and never held.

    most_bytes: the cap. seconds: the read timeout, for the message. Raises AnswerTooLargeError, SourceTimedOutError,
    AnswerCutShortError (fewer bytes than announced, or a chunk that is not whole) or UnexpectedAnswerError (a web page).
    """
    details = f"{response.url}: "
    announced = response.headers.get("Content-Length", "")
    if announced.isdigit() and int(announced) > most_bytes:
        raise AnswerTooLargeError(source, most_bytes, f"{details}{announced} bytes announced")
    body = io.BytesIO()
    try:
        for piece in response.iter_content(_PIECE):
            if body.tell() + len(piece) > most_bytes:
                raise AnswerTooLargeError(source, most_bytes, f"{details}over {most_bytes} bytes")
            body.write(piece)
    except FAULTS as error:
        if isinstance(error, requests.exceptions.Timeout) or "timed out" in str(error).lower():
            raise SourceTimedOutError(source, seconds, details + str(error)) from error
        raise AnswerCutShortError(source, details + str(error)) from error
    content = body.getvalue()
    kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    start = content[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if kind in ("text/html", "application/xhtml+xml") or start.startswith((b"<!doctype", b"<html")):
        raise UnexpectedAnswerError(source, "a web page", "data", f"{details}{kind or 'no type'}: {content[:200]!r}", passing=True)
    return content


def _beginning(response: Response) -> str:
    """The first words of an error's body, for the log."""
    try:
        return next(response.iter_content(300), b"")[:300].decode("utf-8", "replace")
    except FAULTS as error:
        return f"(unreadable: {error})"


def _is_about_trust(error: BaseException) -> bool:
    """Whether a TLS fault is about trust, rather than a line that broke during the handshake."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, ssl.SSLCertVerificationError) or "CERTIFICATE_VERIFY_FAILED" in str(seen):
            return True
        seen = seen.__cause__ or seen.__context__
    return False
