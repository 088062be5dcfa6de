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
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import unquote

from tests.local_server import Answer, LocalServer, Mischief, Request

Json = dict[str, Any]
NESTED = ("schedules", "service_areas", "service_at_locations", "languages", "funding", "cost_options", "contacts", "attributes")


class OpenReferralServer(LocalServer):
    """about: what `/` says. per_page: the most that a page holds. terms: of `/taxonomy_terms`. tls: a folder, and the host to be.

    Mischief of its own is that of pages that do not add up; by (says less, says more): how many things.
    """

    refusals: ClassVar = {
        "404": Answer(404, "application/json", b"no"),
        "429": Answer(429, "application/json", b"no", {"Retry-After": "1"}),
        "500": Answer(500, "application/json", b"no"),
    }
    own_kinds = ("not json", "for ever", "new for ever", "says less", "says more", "never last", "always last", "no paging")
    endless = (b"", b" " * 65_536)

    def __init__(
        self, services: Sequence[Any] = (), *, about: Json | None = None, per_page: int = 10, terms: Sequence[Json] = (),
        tls: tuple[Path, str] | None = None,
    ) -> None:  # fmt: skip
        folder, host = tls or (None, "127.0.0.1")
        super().__init__(tls=folder, host=host)
        self.services, self.terms, self.per_page = list(services), list(terms), per_page
        self.about = about if about is not None else {"version": "HSDS-UK-3.0", "publisher": "Example Directory"}

    def respond(self, request: Request, mischief: Mischief) -> Answer:
        """What the feed says, as JSON."""
        if mischief.kind == "not json":
            return Answer(200, self.content_type, b'{"contents": [NaN')
        found = self.answer(request.path, request.query, mischief)
        if found is None:
            return Answer(404, self.content_type, b'{"title": "Not found"}')
        return Answer(200, self.content_type, json.dumps(found).encode())

    def answer(self, path: str, query: dict[str, list[str]], mischief: Mischief) -> Any:
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

    def _page(self, things: list[Any], query: dict[str, list[str]], mischief: Mischief) -> Json:
        page, asked = int(query.get("page", ["1"])[0]), int(query.get("per_page", ["50"])[0])
        size, kind = min(asked, self.per_page), mischief.kind
        by = int(mischief.options.get("by", 3))
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
