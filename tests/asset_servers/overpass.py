"""An Overpass to test against: it reads the question that it is asked and answers in Overpass's published form.

    with OverpassServer(elements, areas={"E09000025": inside}) as server:
        server.misbehave("", "remark", times=1)
        fetch(session, "E09000025", placing, hosts=[server.url])
        assert len(server.questions) == 1

Of the language it knows what the loader writes: settings, `area["ref:gss"="…"]`, a box, `nwr["key"]`, `="value"` and `~"expression"`.
Header, remarks and error pages are as the real servers send them (drolbr/Overpass-API issues 15, 94, 587; tyrasd/overpass-turbo 176, 815).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from tests.local_server import Answer, LocalServer, Mischief, Request

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
_HTML = "text/html; charset=utf-8"


class OverpassServer(LocalServer):
    """url: where it is asked. questions: what it was asked, in order. elements: all that it knows, as `out tags center` gives it.

    areas: code → whether an element lies in it; a code that is not there is an area that Overpass has not made. Mischief of its own: a
    remark (options remark, and keep: elements of the half answer), and the areas alone, without the elements in them.
    """

    base = "/api/interpreter"
    web_page = BUSY
    refusals: ClassVar = {
        "400": Answer(400, _HTML, _PAGE.format("parse error: Unknown type").encode()),
        "429": Answer(429, _HTML, _PAGE.format("rate_limited. Please check /api/status for the quota of your IP address.").encode()),
        "504": Answer(504, _HTML, BUSY),
    }
    own_kinds = ("remark", "areas alone")
    endless = (b'{"elements": [', b'{"type": "node", "id": 1},' * 2_500)

    def __init__(
        self,
        elements: Sequence[Element],
        areas: Mapping[str, Callable[[Element], bool]] | None = None,
        osm_base: str = "2026-08-16T09:02:02Z",
    ) -> None:
        super().__init__()
        self.elements, self.areas, self.osm_base = list(elements), dict(areas or {}), osm_base

    @property
    def questions(self) -> list[str]:
        """What it was asked, in order."""
        return [_question(request) for request in self.requests]

    def respond(self, request: Request, mischief: Mischief) -> Answer:
        """Overpass's answer, or a part of it."""
        if request.path:
            return Answer(404, "text/html", b"<html><body>Not Found</body></html>")
        answer = self.answer(_question(request))
        elements, options = answer["elements"], mischief.options
        if mischief.kind == "remark":
            answer |= {"elements": elements[: options.get("keep", len(elements) // 2)], "remark": options.get("remark", TIMED_OUT)}
        elif mischief.kind == "areas alone":
            answer |= {"elements": [one for one in elements if one["type"] == "area"]}
        return Answer(200, self.content_type, json.dumps(answer, indent=2, ensure_ascii=False).encode())

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


def _question(request: Request) -> str:
    return request.query.get("data", [""])[0]


def _in_box(element: Element, south: float, west: float, north: float, east: float) -> bool:
    at = element.get("center", element)
    return south <= at["lat"] <= north and west <= at["lon"] <= east


def _has(tags: Mapping[str, str], key: str, how: str, value: str) -> bool:
    if how == "~":
        return key in tags and re.search(value, tags[key]) is not None
    return key in tags and (how == "" or tags[key] == value)
