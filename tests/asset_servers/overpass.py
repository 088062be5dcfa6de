"""An Overpass to test against: it reads the question that it is asked and answers in Overpass's published form.

    with OverpassServer(elements, areas={"E09000025": inside}) as server:
        server.misbehave("remark", times=1)
        fetch(session, "E09000025", placing, hosts=[server.url])
        assert len(server.questions) == 1

Of the language it knows what the loader writes: settings, `area["ref:gss"="…"]`, a box, `nwr["key"]`, `="value"` and `~"expression"`.
Header, remarks and error pages are as the real servers send them (drolbr/Overpass-API issues 15, 94, 587; tyrasd/overpass-turbo 176, 815).
"""

from __future__ import annotations

import json
import os
import re
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any
from urllib.parse import parse_qs, urlsplit

Element = dict[str, Any]
TIMED_OUT = 'runtime error: Query timed out in "query" at line 1 after 121 seconds.'
OUT_OF_MEMORY = 'runtime error: Query run out of memory in "recurse" at line 1 using about 256 MB of RAM.'
_PAGE = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN"
    "http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd">
<html xmlns="http://www.w3.org/1999/xhtml" xml:lang="en" lang="en">
<head>
  <meta http-equiv="content-type" content="text/html; charset=utf-8" lang="en"/>
  <title>OSM3S Response</title>
</head>
<body>

<p>The data included in this document is from www.openstreetmap.org. The data is made available under ODbL.</p>
<p><strong style="color:#FF0000">Error</strong>: runtime error: {} </p>

</body>
</html>
"""
BUSY = _PAGE.format(
    "open64: 0 Success /osm3s_osm_base Dispatcher_Client::request_read_and_idx::timeout. The server is probably too busy to handle your request."
).encode()
KINDS = ("504", "429", "400", "remark", "html", "html as json", "cut", "cut unannounced", "gigabyte", "slow", "drop", "empty", "body")


@dataclass
class _Mischief:
    kind: str
    left: float
    options: dict[str, Any] = field(default_factory=dict)


class OverpassServer:
    """A context manager. url: where it is asked. questions: what it was asked, in order. elements: all that it knows, as `out tags center`
    gives it. areas: code → whether an element lies in it; a code that is not there is an area that Overpass has not made."""

    def __init__(
        self,
        elements: Sequence[Element],
        areas: Mapping[str, Callable[[Element], bool]] | None = None,
        osm_base: str = "2026-08-16T09:02:02Z",
    ) -> None:
        self.elements, self.areas, self.osm_base = list(elements), dict(areas or {}), osm_base
        self.questions: list[str] = []
        self.agents: list[str] = []
        self.stopping = threading.Event()
        self._mischief: list[_Mischief] = []
        self._lock = threading.Lock()
        self._http = _Server(("127.0.0.1", 0), _Handler)
        self._http.owner = self
        self.url = f"http://127.0.0.1:{self._http.server_port}/api/interpreter"

    def __enter__(self) -> OverpassServer:
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

    def misbehave(self, kind: str, times: float = float("inf"), **options: Any) -> None:
        """Answer the next questions badly, so many times. kind: one of KINDS. options: retry_after (429), remark, keep (elements of a half
        answer), content (body), seconds (slow), bytes (gigabyte)."""
        if kind not in KINDS:
            raise ValueError(f"{kind!r} is not one of {KINDS}")
        with self._lock:
            self._mischief.insert(0, _Mischief(kind, times, options))

    def behave(self) -> None:
        """No more mischief."""
        with self._lock:
            self._mischief.clear()

    def take_mischief(self) -> _Mischief | None:
        """The mischief to do to a question, counted off."""
        with self._lock:
            for one in self._mischief:
                if one.left > 0:
                    one.left -= 1
                    return one
        return None

    def note(self, question: str, agent: str) -> None:
        """Write a question down."""
        with self._lock:
            self.questions.append(question)
            self.agents.append(agent)

    def answer(self, question: str) -> dict[str, Any]:
        """What Overpass would answer."""
        codes = re.findall(r'area\["ref:gss"="([^"]+)"\]', question)
        box = re.search(r"\[bbox:([^\]]+)\]", question)
        found: list[Element] = []
        if codes:
            known = [code for code in codes if code in self.areas]
            found += [{"type": "area", "id": 3_600_000_000 + number} for number, _ in enumerate(known)]
            inside = [one for one in self.elements if any(self.areas[code](one) for code in known)]
        else:
            assert box is not None, "neither an area nor a box was asked for"
            south, west, north, east = (float(edge) for edge in box[1].split(","))
            inside = [one for one in self.elements if _in_box(one, south, west, north, east)]
        filters = re.findall(r'nwr\["([^"]+)"(?:(=|~)"([^"]*)")?\]', question)
        assert filters, "nothing was asked for"
        order = {"node": 0, "way": 1, "relation": 2}
        wanted = [one for one in inside if any(_has(one.get("tags", {}), *filter_) for filter_ in filters)]
        found += sorted(wanted, key=lambda one: (order[one["type"]], one["id"]))
        return self.header() | {"elements": found}

    def header(self) -> dict[str, Any]:
        """The head of every answer."""
        return {
            "version": 0.6,
            "generator": "Overpass API 0.7.62.7 375dc00a",
            "osm3s": {
                "timestamp_osm_base": self.osm_base,
                "timestamp_areas_base": self.osm_base,
                "copyright": "The data included in this document is from www.openstreetmap.org. The data is made available under ODbL.",
            },
        }


def _in_box(element: Element, south: float, west: float, north: float, east: float) -> bool:
    at = element.get("center", element)
    return south <= at["lat"] <= north and west <= at["lon"] <= east


def _has(tags: Mapping[str, str], key: str, how: str, value: str) -> bool:
    if how == "~":
        return key in tags and re.search(value, tags[key]) is not None
    return key in tags and (how == "" or tags[key] == value)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    owner: OverpassServer

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
        question = parse_qs(parts.query).get("data", [""])[0]
        owner.note(question, self.headers.get("User-Agent", ""))
        if parts.path != "/api/interpreter":
            self._send(404, "text/html", b"<html><body>Not Found</body></html>")
            return
        mischief = owner.take_mischief()
        answer = owner.answer(question)
        if mischief is None:
            self._send(200, "application/json", _written(answer))
        else:
            self._badly(mischief, answer)

    def _send(self, status: int, kind: str, body: bytes, length: int | None = None, **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def _badly(self, mischief: _Mischief, answer: dict[str, Any]) -> None:
        options, body = mischief.options, _written(answer)
        match mischief.kind:
            case "504":
                self._send(504, "text/html; charset=utf-8", BUSY)
            case "429":
                after = options.get("retry_after")
                page = _PAGE.format("rate_limited. Please check /api/status for the quota of your IP address.").encode()
                self._send(429, "text/html; charset=utf-8", page, **({"Retry_After": str(after)} if after is not None else {}))
            case "400":
                self._send(400, "text/html; charset=utf-8", _PAGE.format("parse error: Unknown type").encode())
            case "remark":
                kept = answer["elements"][: options.get("keep", len(answer["elements"]) // 2)]
                self._send(200, "application/json", _written(answer | {"elements": kept, "remark": options.get("remark", TIMED_OUT)}))
            case "html":
                self._send(200, "text/html; charset=utf-8", BUSY)
            case "html as json":
                self._send(200, "application/json", BUSY)
            case "cut":
                self._send(200, "application/json", body[: len(body) // 2], length=len(body))
                self.close_connection = True
            case "cut unannounced":
                half = body[: len(body) // 2]
                self._send(200, "application/json", half)
            case "gigabyte":
                self._gigabyte(int(options.get("bytes", 1_000_000_000)))
            case "slow":
                self.server.owner.stopping.wait(float(options.get("seconds", 30)))
                self._send(200, "application/json", body)
            case "drop":
                self.close_connection = True
            case "empty":
                self._send(200, "application/json", _written(answer | {"elements": [one for one in answer["elements"] if one["type"] == "area"]}))
            case "body":
                self._send(200, "application/json", options["content"])

    def _gigabyte(self, size: int) -> None:
        """An answer that goes on and on, made as it is asked for."""
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(b'{"elements": [')
        piece = b'{"type": "node", "id": 1},' * 2_500
        while size > 0 and not self.server.owner.stopping.is_set():
            self.wfile.write(piece)
            size -= len(piece)
        self.close_connection = True


def _written(answer: dict[str, Any]) -> bytes:
    return json.dumps(answer, indent=2, ensure_ascii=False).encode()
