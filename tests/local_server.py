"""A publisher's server on this computer: it notes every request, answers as a subclass says, and misbehaves to order.

    class Libraries(LocalServer):
        def respond(self, request: Request, mischief: Mischief) -> Answer:
            return Answer(200, "text/csv", b"name,postcode\\n")

    with Libraries() as server:
        server.misbehave("", "429", times=1, retry_after=2)
        fetch(session, server.url)
        assert server.count() == 2

It stands on http.server, because most of what goes wrong here (headers that drip, a body shorter than its length, half a chunk, a line that
is closed without a word) lies below what a WSGI or ASGI server lets an app do.
"""

from __future__ import annotations

import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, ClassVar, Self
from urllib.parse import parse_qs, urlsplit

import pytest
import trustme

KINDS = (
    "drop", "slow", "slow headers", "drip", "cut", "cut chunked", "cut unannounced", "gigabyte", "gigabyte announced",  # sent badly
    "html", "html as csv", "html as json", "empty", "body", "redirect",  # another answer than the right one
)  # fmt: skip
UNTIL_CLOSED = ("Connection", "close")


@dataclass(frozen=True)
class Request:
    """One request as it came. path: after the server's `base`."""

    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]


@dataclass(frozen=True)
class Answer:
    """What goes back. headers: beside the content type and length."""

    status: int
    content_type: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Mischief:
    """An order to misbehave: where, how, and how many times more. Without a kind: none."""

    path: str = ""
    kind: str = ""
    left: float = 0
    options: dict[str, Any] = field(default_factory=dict)


class LocalServer:
    """A context manager. url: the base address. requests: what was asked, in order. bytes_sent: of bodies.

    tls: serve https with a certificate for `host` alone, that only `certificates` (a file in the folder given) vouches for.
    A subclass says what it answers (`respond`) and what is its publisher's own: base (the path that `url` ends in), content_type (of its
    data), web_page, refusals (kinds of mischief that are a status) and own_kinds (those that `respond` sees to). endless: how a gigabyte
    begins, and what it repeats.
    """

    base: ClassVar[str] = "/"
    content_type: ClassVar[str] = "application/json"
    web_page: ClassVar[bytes] = b"<!DOCTYPE html>\n<html><head><title>Service unavailable</title></head><body>Back soon</body></html>"
    refusals: ClassVar[Mapping[str, Answer]] = {
        "400": Answer(400, "text/plain", b"Wrong parameters"),
        "429": Answer(429, "text/plain", b"Too many requests"),
        "500": Answer(500, "text/plain", b"System.NullReferenceException: Object reference not set"),
    }
    own_kinds: ClassVar[tuple[str, ...]] = ()
    endless: ClassVar[tuple[bytes, bytes]] = (b"", b"0" * 65_536)

    def __init__(self, *, tls: Path | None = None, host: str = "127.0.0.1") -> None:
        self.requests: list[Request] = []
        self.bytes_sent = 0
        self.stopping = threading.Event()
        self._mischief: list[Mischief] = []
        self._lock = threading.Lock()
        self._http = _Server(("127.0.0.1", 0), _Handler)
        self._http.owner = self
        self.port = self._http.server_port
        self.url = f"{'https' if tls else 'http'}://{host}:{self.port}{self.base}"
        self.certificates = ""
        if tls:
            authority = trustme.CA()
            self.certificates = str(tls / "authority.pem")
            authority.cert_pem.write_to_path(self.certificates)
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            authority.issue_cert(host).configure_cert(context)
            self._http.socket = context.wrap_socket(self._http.socket, server_side=True, do_handshake_on_connect=False)

    def __enter__(self) -> Self:
        self._environment = pytest.MonkeyPatch()
        for name in ("NO_PROXY", "no_proxy"):  # a proxy of the environment is for other hosts than this one
            self._environment.setenv(name, "127.0.0.1,localhost", prepend=",")
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stopping.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join(5)
        self._environment.undo()

    def respond(self, request: Request, mischief: Mischief) -> Answer:
        """The answer to a request, spoilt where the mischief is one of own_kinds."""
        return Answer(404, "text/plain", b"Not found")

    def misbehave(self, path: str, kind: str, times: float = float("inf"), **options: Any) -> None:
        """Answer the next requests whose path contains `path` ("" for all) badly, so many times. The newest order counts first.

        kind: one of KINDS, of refusals or of own_kinds. options: seconds (slow; drip and slow headers: between bytes), announced (drip),
        bytes (gigabyte; redirect: of its body), content and content_type (body), address (redirect), status and retry_after (refusals).
        """
        known = (*KINDS, *self.refusals, *self.own_kinds)
        if kind not in known:
            raise ValueError(f"{kind!r} is not one of {known}")
        with self._lock:
            self._mischief.insert(0, Mischief(path, kind, times, options))

    def behave(self) -> None:
        """No more mischief."""
        with self._lock:
            self._mischief.clear()

    def count(self, path: str = "") -> int:
        """How many requests had this in their path."""
        return sum(path in request.path for request in self.requests)

    def record(self, request: Request) -> None:
        """Note a request down."""
        with self._lock:
            self.requests.append(request)

    def sent(self, number: int) -> None:
        """Note bytes of a body down."""
        with self._lock:
            self.bytes_sent += number

    def take_mischief(self, path: str) -> Mischief | None:
        """The mischief to do to a request, counted off."""
        with self._lock:
            for one in self._mischief:
                if one.path in path and one.left > 0:
                    one.left -= 1
                    return one
        return None

    def instead(self, mischief: Mischief) -> Answer | None:
        """The answer that mischief puts in the place of the right one; None where the right one is needed."""
        kind, options = mischief.kind, mischief.options
        if kind in self.refusals:
            refusal = self.refusals[kind]
            after = {"Retry-After": str(options["retry_after"])} if options.get("retry_after") is not None else {}
            return replace(refusal, status=int(options.get("status", refusal.status)), headers={**refusal.headers, **after})
        match kind:
            case "html":
                return Answer(200, "text/html; charset=utf-8", self.web_page)
            case "html as csv" | "html as json":
                return Answer(200, "text/csv" if kind == "html as csv" else "application/json", self.web_page)
            case "empty":
                return Answer(200, self.content_type, b"")
            case "body":
                return Answer(200, options.get("content_type", self.content_type), options["content"])
            case "redirect":
                return Answer(302, "text/plain", b"", {"Location": options["address"]})
            case "gigabyte" | "gigabyte announced":
                return Answer(200, self.content_type, b"")
        return None


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    owner: LocalServer

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients hang up on purpose here: nothing to print."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 20
    disable_nagle_algorithm = True  # or a small answer waits for an acknowledgement
    server: _Server

    def log_message(self, *_: object) -> None:
        """Silence."""

    def do_GET(self) -> None:
        """Answer, well or badly."""
        owner, parts = self.server.owner, urlsplit(self.path)
        request = Request(parts.path.removeprefix(owner.base), parse_qs(parts.query), dict(self.headers))
        owner.record(request)
        mischief = owner.take_mischief(request.path) or Mischief()
        self._send(owner.instead(mischief) or owner.respond(request, mischief), mischief)

    def _send(self, answer: Answer, mischief: Mischief) -> None:
        kind, options, stopping = mischief.kind, mischief.options, self.server.owner.stopping
        body, length = answer.body, ("Content-Length", str(len(answer.body)))
        half, pause = body[: len(body) // 2], float(options.get("seconds", 0.05))
        match kind:
            case "drop":
                pass
            case "slow headers":
                self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
                self._drip(b"a" * 100_000, pause)
            case "drip":
                self._begin(answer, length if options.get("announced", True) else UNTIL_CLOSED)
                self._drip(body, pause)
            case "cut":
                self._begin(answer, length)
                self._write(half)
            case "cut chunked":
                self._begin(answer, ("Transfer-Encoding", "chunked"))
                self._write(f"{len(half):x}\r\n".encode() + half + b"\r\n")
            case "cut unannounced":
                self._begin(answer, UNTIL_CLOSED)
                self._write(half[: half.rfind(b"\n") + 40])  # in the midst of a line
            case "gigabyte" | "gigabyte announced":
                self._go_on(answer, int(options.get("bytes", 1_000_000_000)), announced=kind == "gigabyte announced")
            case "redirect" if "bytes" in options:
                self._go_on(answer, int(options["bytes"]), announced=False)
            case _:
                if kind == "slow":
                    stopping.wait(float(options.get("seconds", 30)))
                self._begin(answer, length)
                self._write(body)
                return
        self.close_connection = True

    def _begin(self, answer: Answer, end: tuple[str, str]) -> None:
        """Status and headers. end: the header that says where the body ends."""
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header(*end)
        self.end_headers()

    def _write(self, body: bytes) -> None:
        self.wfile.write(body)
        self.server.owner.sent(len(body))

    def _drip(self, text: bytes, seconds: float) -> None:
        for place in range(len(text)):
            if self.server.owner.stopping.wait(seconds):
                break
            self.wfile.write(text[place : place + 1])

    def _go_on(self, answer: Answer, size: int, *, announced: bool) -> None:
        """A body that goes on and on, made as it is asked for and never held."""
        beginning, piece = self.server.owner.endless
        self._begin(answer, ("Content-Length", str(size)) if announced else UNTIL_CLOSED)
        self._write(beginning)
        left = size - len(beginning)
        while left > 0 and not self.server.owner.stopping.is_set():
            self._write(piece[:left])
            left -= len(piece)
