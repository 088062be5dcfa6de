"""An Open Referral UK 3.0 feed to test against: it pages as the published description says, and misbehaves to order.

    with OpenReferralServer(services) as server:
        server.misbehave("services", "gigabyte", times=1)
        session, base = open_session(server.url, rule=PublicAddresses(loopback=True))
        fetch(session, base, placing, today)
        assert server.count("services") == 1

services: whole services. Lists give their one-to-one fields alone, as HSDS says: no coordinates, terms, schedules or areas.
"""

from __future__ import annotations

import json
import os
import ssl
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import trustme

Json = dict[str, Any]
NESTED = ("schedules", "service_areas", "service_at_locations", "languages", "funding", "cost_options", "contacts", "attributes")
KINDS = (
    "500", "404", "429", "slow", "drop", "cut", "html", "empty", "not json", "gigabyte", "gigabyte announced", "redirect", "body",
    "for ever", "new for ever", "says less", "says more", "never last", "always last", "no paging",
)  # fmt: skip


@dataclass
class _Mischief:
    path: str
    kind: str
    left: float
    options: Json = field(default_factory=dict)


class OpenReferralServer:
    """A context manager. url: the base address. requests: (path, query) of each question. bytes_sent: of bodies.

    about: what `/` says. per_page: the most that a page holds. terms: of `/taxonomy_terms`. tls: serve https with a certificate for these
    names alone, that `certificates` (a file in the folder given) vouches for.
    """

    def __init__(
        self, services: Sequence[Any] = (), *, about: Json | None = None, per_page: int = 10, terms: Sequence[Json] = (),
        tls: tuple[Path, str] | None = None,
    ) -> None:  # fmt: skip
        self.services, self.terms, self.per_page = list(services), list(terms), per_page
        self.about = about if about is not None else {"version": "HSDS-UK-3.0", "publisher": "Example Directory"}
        self.requests: list[tuple[str, dict[str, list[str]]]] = []
        self.hosts: list[str] = []
        self.bytes_sent = 0
        self.stopping = threading.Event()
        self.certificates = ""
        self._mischief: list[_Mischief] = []
        self._lock = threading.Lock()
        self._http = _Server(("127.0.0.1", 0), _Handler)
        self._http.owner = self
        self.port = self._http.server_port
        self.url = f"http://127.0.0.1:{self.port}/"
        if tls is not None:
            folder, name = tls
            authority = trustme.CA()
            self.certificates = str(folder / "authority.pem")
            authority.cert_pem.write_to_path(self.certificates)
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            authority.issue_cert(name).configure_cert(context)
            self._http.socket = context.wrap_socket(self._http.socket, server_side=True, do_handshake_on_connect=False)
            self.url = f"https://{name}:{self.port}/"

    def __enter__(self) -> OpenReferralServer:
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
        """Answer the next questions whose path begins with `path` badly. options: address (redirect), content (body), bytes, seconds, by."""
        if kind not in KINDS:
            raise ValueError(f"{kind!r} is not one of {KINDS}")
        with self._lock:
            self._mischief.insert(0, _Mischief(path, kind, times, options))

    def count(self, path: str = "") -> int:
        """How many questions had a path that begins so."""
        return sum(asked.startswith(path) for asked, _ in self.requests)

    def take(self, path: str) -> _Mischief | None:
        """The mischief to do to a question, counted off."""
        with self._lock:
            for one in self._mischief:
                if path.startswith(one.path) and one.left > 0:
                    one.left -= 1
                    return one
        return None

    def answer(self, path: str, query: dict[str, list[str]], mischief: _Mischief | None) -> Any:
        """What the feed says, None for what it has not."""
        first, _, rest = path.partition("/")
        if path == "":
            return self.about
        if first == "services" and rest:
            return next((one for one in self.services if isinstance(one, dict) and one.get("id") == unquote(rest)), None)
        lists = {
            "services": [_row(one) for one in self.services],
            "service_at_locations": [{**at, "service": _row(one)} for one in self.services if isinstance(one, dict) for at in _places(one)],
            "taxonomy_terms": self.terms,
            "taxonomies": [],
        }
        return self._page(lists[first], query, mischief) if first in lists and not rest else None

    def _page(self, things: list[Any], query: dict[str, list[str]], mischief: _Mischief | None) -> Json:
        page, asked = int(query.get("page", ["1"])[0]), int(query.get("per_page", ["50"])[0])
        size, kind = min(asked, self.per_page), mischief.kind if mischief else ""
        by = int(mischief.options.get("by", 3)) if mischief else 0
        pages = max(-(-len(things) // size), 1)
        if kind == "for ever":
            page = min(page, pages)
        shown = things if kind == "no paging" else things[(page - 1) * size : page * size]
        if kind == "new for ever":
            shown = [{"id": f"{page:08d}-0000-4000-8000-{number:012d}", "name": "Example", "status": "active"} for number in range(size)]
        total = len(things) + {"says less": -by, "says more": by}.get(kind, 0)
        last = {"never last": False, "for ever": False, "new for ever": False, "always last": True}.get(kind, page >= pages)
        return {
            "total_items": total, "total_pages": pages, "page_number": page, "size": len(shown), "first_page": page == 1,
            "last_page": last, "empty": not shown, "contents": shown,
        }  # fmt: skip


def _row(service: Any) -> Any:
    return {key: value for key, value in service.items() if key not in NESTED} if isinstance(service, dict) else service


def _places(service: Json) -> list[Json]:
    found = [at for at in service.get("service_at_locations", []) if isinstance(at.get("location"), dict) and "id" in at]
    nested = ("addresses", "accessibility")
    return [{"id": at["id"], "location": {key: value for key, value in at["location"].items() if key not in nested}} for at in found]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    owner: OpenReferralServer

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients hang up on purpose here: nothing to print."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 20
    disable_nagle_algorithm = True
    server: _Server

    def log_message(self, *_: object) -> None:
        """Silence."""

    def do_GET(self) -> None:
        """Answer, well or badly."""
        owner, parts = self.server.owner, urlsplit(self.path)
        path, query = parts.path.lstrip("/"), parse_qs(parts.query)
        owner.requests.append((path, query))
        owner.hosts.append(self.headers.get("Host", ""))
        mischief = owner.take(path)
        options = mischief.options if mischief else {}
        match mischief.kind if mischief else "":
            case "500" | "404" | "429" as status:
                return self._send(int(status), b"no", Retry_After="1" if status == "429" else "")
            case "slow":
                owner.stopping.wait(float(options.get("seconds", 30)))
                self.close_connection = True
                return None
            case "drop":
                self.close_connection = True
                return None
            case "html":
                return self._send(200, b"<!DOCTYPE html><html><body>Welcome</body></html>", kind="text/html")
            case "empty":
                return self._send(200, b"")
            case "not json":
                return self._send(200, b'{"contents": [NaN')
            case "body":
                return self._send(200, options["content"])
            case "redirect":
                if "bytes" in options:
                    return self._gigabyte(int(options["bytes"]), announced=False, status=302, Location=options["address"])
                return self._send(302, b"", Location=options["address"])
            case "gigabyte" | "gigabyte announced" as kind:
                return self._gigabyte(int(options.get("bytes", 300_000_000)), announced=kind.endswith("announced"))
        found = owner.answer(path, query, mischief)
        body = json.dumps(found).encode() if found is not None else b'{"title": "Not found"}'
        if mischief and mischief.kind == "cut":
            self.close_connection = True
            return self._send(200, body[: len(body) // 2], length=len(body))
        return self._send(404 if found is None else 200, body)

    def _send(self, status: int, body: bytes, length: int | None = None, kind: str = "application/json", **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        for name, value in headers.items():
            if value:
                self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self._write(body)

    def _write(self, body: bytes) -> None:
        self.wfile.write(body)
        self.server.owner.bytes_sent += len(body)

    def _gigabyte(self, size: int, *, announced: bool, status: int = 200, **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header(*(("Content-Length", str(size)) if announced else ("Connection", "close")))
        self.end_headers()
        while size > 0 and not self.server.owner.stopping.is_set():
            self._write(b" " * min(size, 65_536))
            size -= 65_536
        self.close_connection = True
