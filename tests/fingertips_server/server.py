"""The local server: both contracts on one address, a record of every request, and mischief to order."""

from __future__ import annotations

import csv
import io
import os
import ssl
import threading
from collections import Counter
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import parse_qs, urlsplit

import trustme

from tests.fingertips_server.areas import Areas
from tests.fingertips_server.figures import Figures
from tests.fingertips_server.fingertips_api import FingertipsApi
from tests.fingertips_server.successor_api import SuccessorApi

WEB_PAGE = b"<!DOCTYPE html>\n<html><head><title>Service unavailable</title></head><body>Back soon</body></html>"
KINDS = (
    "slow", "slow headers", "drip", "429", "500", "400", "cut", "cut chunked", "cut unannounced", "drop", "html", "html as csv", "empty",
    "headings only", "rename", "extra", "missing", "gigabyte", "gigabyte announced", "redirect", "body",
)  # fmt: skip


@dataclass(frozen=True)
class Request:
    """One request as it came. path: after /api/."""

    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]


@dataclass
class _Mischief:
    path: str
    kind: str
    left: float
    options: dict[str, Any] = field(default_factory=dict)


class FingertipsServer:
    """A context manager. url: the base address, ending in /api/. requests: what was asked. bytes_sent: of bodies.

    shared_data: the publishers' folder, for the recorded hierarchy, metadata and responses; without it everything is made up.
    areas, figures: in place of those. tls: serve https with a certificate that only `certificates` (a file) vouches for.
    """

    def __init__(
        self, shared_data: Path | None = None, areas: Areas | None = None, figures: Figures | None = None, *, tls: Path | None = None
    ) -> None:
        self.areas = areas or (Areas.recorded(shared_data) if shared_data else Areas.made_up())
        self.figures = figures or Figures()
        self.fingertips = FingertipsApi(self.areas, self.figures, shared_data)
        self.successor = SuccessorApi(self.areas, self.figures)
        self.requests: list[Request] = []
        self.bytes_sent = 0
        self.stopping = threading.Event()
        self._mischief: list[_Mischief] = []
        self._lock = threading.Lock()
        self._tls = tls
        self.certificates = ""
        self._http = _Server(("127.0.0.1", 0), _Handler)
        self._http.owner = self
        self.url = f"http://127.0.0.1:{self._http.server_port}/api/"

    def __enter__(self) -> FingertipsServer:
        if self._tls is not None:
            authority = trustme.CA()
            self.certificates = str(self._tls / "authority.pem")
            authority.cert_pem.write_to_path(self.certificates)
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            authority.issue_cert("127.0.0.1", "localhost").configure_cert(context)
            self._http.socket = context.wrap_socket(self._http.socket, server_side=True, do_handshake_on_connect=False)
            self.url = self.url.replace("http://", "https://")
        # A proxy of the environment is for other hosts than this one.
        self._no_proxy = {name: os.environ.get(name) for name in ("NO_PROXY", "no_proxy")}
        for name in self._no_proxy:
            os.environ[name] = ",".join(filter(None, [self._no_proxy[name], "127.0.0.1", "localhost"]))
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stopping.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join(5)
        for name, value in self._no_proxy.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value

    def misbehave(self, path: str, kind: str, times: float = float("inf"), **options: Any) -> None:
        """Answer the next requests whose path contains `path` ("" for all) badly, so many times. The newest order counts first.

        kind: one of KINDS. options: seconds (slow, drip: between bytes), retry_after (429), status (500), column, to (rename), content
        and content_type (body), bytes (gigabyte), address (redirect).
        """
        if kind not in KINDS:
            raise ValueError(f"{kind!r} is not one of {KINDS}")
        with self._lock:
            self._mischief.insert(0, _Mischief(path, kind, times, options))

    def behave(self) -> None:
        """No more mischief."""
        with self._lock:
            self._mischief.clear()

    def count(self, path: str = "") -> int:
        """How many requests had this in their path."""
        return sum(path in request.path for request in self.requests)

    def counts(self) -> Counter[str]:
        """Requests by path."""
        return Counter(request.path for request in self.requests)

    def take_mischief(self, path: str) -> _Mischief | None:
        """The mischief to do to a request, counted off."""
        with self._lock:
            for one in self._mischief:
                if one.path in path and one.left > 0:
                    one.left -= 1
                    return one
        return None

    def record(self, request: Request) -> None:
        """Note a request down."""
        with self._lock:
            self.requests.append(request)

    def sent(self, number: int) -> None:
        """Note bytes of a body down."""
        with self._lock:
            self.bytes_sent += number


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    owner: FingertipsServer

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
        path = parts.path.removeprefix("/api/")
        query = parse_qs(parts.query)
        owner.record(Request(path, query, dict(self.headers)))
        mischief = owner.take_mischief(path)
        if mischief is not None and self._instead(mischief):
            return
        answer = owner.successor.answer(path, query) or owner.fingertips.answer(path, query)
        status, kind, body = answer
        if mischief is None:
            self._send(status, kind, body)
        else:
            self._spoilt(mischief, kind, body)

    def _send(self, status: int, kind: str, body: bytes, length: int | None = None, **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self._write(body)

    def _write(self, body: bytes) -> None:
        self.wfile.write(body)
        self.server.owner.sent(len(body))

    def _instead(self, mischief: _Mischief) -> bool:
        """Mischief that needs no answer to spoil."""
        options, stopping = mischief.options, self.server.owner.stopping
        match mischief.kind:
            case "429":
                after = options.get("retry_after")
                self._send(429, "text/plain", b"Too many requests", **({"Retry_After": str(after)} if after is not None else {}))
            case "500":
                self._send(int(options.get("status", 500)), "text/plain", b"System.NullReferenceException: Object reference not set")
            case "400":
                self._send(int(options.get("status", 400)), "text/plain", b"Wrong parameters")
            case "html":
                self._send(200, "text/html; charset=utf-8", WEB_PAGE)
            case "html as csv":
                self._send(200, "text/csv", WEB_PAGE)
            case "empty":
                self._send(200, "text/csv", b"")
            case "body":
                self._send(200, options.get("content_type", "text/csv"), options["content"])
            case "redirect":
                self._send(302, "text/plain", b"", Location=options["address"])
            case "drop":
                self.close_connection = True
            case "slow headers":
                self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
                self._drip(b"a" * 100_000, float(options.get("seconds", 0.05)))
            case "gigabyte" | "gigabyte announced":
                self._gigabyte(int(options.get("bytes", 1_000_000_000)), announced=mischief.kind == "gigabyte announced")
            case "slow":
                stopping.wait(float(options.get("seconds", 30)))
                return False
            case _:
                return False
        return True

    def _spoilt(self, mischief: _Mischief, kind: str, body: bytes) -> None:
        """A good answer, sent badly or changed."""
        options = mischief.options
        match mischief.kind:
            case "cut":
                self._send(200, kind, body[: len(body) // 2], length=len(body))
                self.close_connection = True
            case "cut chunked":
                self.send_response(200)
                self.send_header("Content-Type", kind)
                self.send_header("Transfer-Encoding", "chunked")
                self.end_headers()
                half = body[: len(body) // 2]
                self.wfile.write(f"{len(half):x}\r\n".encode() + half + b"\r\n")
                self.close_connection = True
            case "cut unannounced":
                self.send_response(200)
                self.send_header("Content-Type", kind)
                self.send_header("Connection", "close")
                self.end_headers()
                cut = body[: len(body) // 2]
                self._write(cut[: cut.rfind(b"\n") + 40])
                self.close_connection = True
            case "drip":
                self.send_response(200)
                self.send_header("Content-Type", kind)
                if options.get("announced", True):
                    self.send_header("Content-Length", str(len(body)))
                else:
                    self.send_header("Connection", "close")
                self.end_headers()
                self._drip(body, float(options.get("seconds", 0.05)))
                self.close_connection = True
            case "slow":
                self._send(200, kind, body)
            case _:
                self._send(200, kind, _changed(mischief, body))

    def _drip(self, body: bytes, seconds: float) -> None:
        for place in range(len(body)):
            if self.server.owner.stopping.wait(seconds):
                break
            self.wfile.write(body[place : place + 1])
        self.close_connection = True

    def _gigabyte(self, size: int, *, announced: bool) -> None:
        """Noughts as they are asked for, never held."""
        self.send_response(200)
        self.send_header("Content-Type", "text/csv")
        self.send_header(*(("Content-Length", str(size)) if announced else ("Connection", "close")))
        self.end_headers()
        piece = b"0" * 65_536
        while size > 0 and not self.server.owner.stopping.is_set():
            self._write(piece[: min(size, len(piece))])
            size -= len(piece)
        self.close_connection = True


def _changed(mischief: _Mischief, body: bytes) -> bytes:
    """A CSV with its columns changed."""
    rows = list(csv.reader(io.StringIO(body.decode("utf-8-sig"))))
    if not rows:
        return body
    column = mischief.options.get("column", "Value")
    match mischief.kind:
        case "headings only":
            rows = rows[:1]
        case "rename":
            rows[0][rows[0].index(column)] = mischief.options.get("to", "Something else")
        case "extra":
            rows = [[*row, extra] for row, extra in zip(rows, ["Brand new", *["x"] * len(rows)], strict=False)]
        case "missing":
            place = rows[0].index(column)
            rows = [row[:place] + row[place + 1 :] for row in rows]
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()
