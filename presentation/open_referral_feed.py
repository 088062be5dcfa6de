"""The register's listed partners, served as Open Referral UK (HSDS-UK 3.0): read-only, a page at a time. No screen here.

`routes(directory, find_postcode, area_name)` gives what `st.App(routes=…)` takes. Every answer has an ETag and is to be checked again
before it is shown (`no-cache`): a client may keep it, but a name or an entry that was withdrawn is gone the next time it asks.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import partial
from typing import Any

from starlette.applications import Starlette
from starlette.convertors import StringConvertor, register_url_convertor
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route

from presentation.open_referral_description import description
from presentation.open_referral_questions import PAGES, SERVICES, Question, QuestionError, read
from presentation.open_referral_search import Found, Whereabouts, search
from presentation.request_limits import RequestLimits
from register import open_referral, open_referral_terms
from register.errors import StoreError
from register.open_referral_directory import Directory

Json = dict[str, Any]
FindPostcode = Callable[[str], Whereabouts]

PREFIX = "/open-referral"
VERSION = "HSDS-UK-3.0"
PROFILE = "https://openreferraluk.org/developers/specifications"
PUBLISHED_DESCRIPTION = "https://openreferraluk.org/specifications/3.0/openapi.json"
RETRY_SECONDS = 30
NOTHING_HERE = f"There is nothing here. The feed begins at {PREFIX}/services."
NOT_RECORDED = "This register does not record {}, so no service can be found by it. Leave it out to see every service."

_LOG = logging.getLogger("common_ground")
_TITLES = {
    400: "This cannot be asked",
    404: "Not found",
    405: "This feed can only be read",
    429: "Too many requests",
    500: "Something went wrong here",
    503: "The register cannot be read just now",
}


class _Anything(StringConvertor):
    """The rest of an address, line breaks included: Starlette's own `path` stops at one."""

    regex = r"[\s\S]*"


register_url_convertor("anything", _Anything())


class PostcodeUnknownError(Exception):
    """A postcode that cannot be placed; the message says why."""


def utc_today() -> date:
    """Today by UTC."""
    return datetime.now(UTC).date()


class Feed:
    """Answers each address. directory: the listed partners. find_postcode: raises PostcodeUnknownError. area_name: code → name."""

    def __init__(
        self,
        directory: Directory,
        find_postcode: FindPostcode,
        area_name: Callable[[str], str],
        limits: RequestLimits,
        today: Callable[[], date],
    ) -> None:
        self.directory, self.find_postcode, self.area_name = directory, find_postcode, area_name
        self.limits, self.today = limits, today

    def answer(self, request: Request, make: Callable[[Request], Json]) -> Response:
        """An answer in JSON, whatever happens: what was asked for, a problem that the client can mend, or ours without a traceback."""
        try:
            wait = self.limits.wait(request.client.host if request.client else "")
            if wait:
                detail = f"This client has asked too often. Wait {wait} second{'' if wait == 1 else 's'} and ask again."
                return problem(request, 429, detail, retry=wait)
            return found(request, make(request))
        except QuestionError as error:
            return problem(request, 400, str(error), parameter=error.parameter)
        except PostcodeUnknownError as error:
            return problem(request, 400, str(error), parameter="postcode")
        except HTTPException as error:
            return problem(request, error.status_code, error.detail)
        except StoreError as error:
            _LOG.error("The Open Referral feed could not read the register: %s", error)
            return problem(
                request, 503, "The register cannot be read just now. Ask again in a little while.", retry=RETRY_SECONDS
            )
        except Exception:
            _LOG.exception("The Open Referral feed failed at %s", request.url.path)
            return problem(request, 500, "The fault is ours and has been logged. Ask again later.")

    def about(self, request: Request) -> Json:
        """Which version and profile this is."""
        _no_parameters(request)
        return {"version": VERSION, "profile": PROFILE, "openapi_url": PUBLISHED_DESCRIPTION}

    def own_description(self, request: Request) -> Json:
        """This feed's own OpenAPI description."""
        _no_parameters(request)
        return description() | {"servers": [{"url": PREFIX}]}

    def services(self, request: Request) -> Json:
        """Services, without what is one-to-many."""
        question, matched = self._search(request, placed_only=False)
        offers = self.directory.offers([entry.service_id for entry in matched.page])
        return page(question, matched.total, [open_referral.service_row(each, self.today()) for each in offers])

    def service(self, request: Request) -> Json:
        """A service whole."""
        _no_parameters(request)
        offers = self.directory.offers([_id(request)])
        if not offers:
            raise HTTPException(404, "There is no service with this identifier, or it is listed no more.")
        return open_referral.service_object(offers[0], self.today(), self.area_name)

    def at_locations(self, request: Request) -> Json:
        """Services where they are: those with a point."""
        question, matched = self._search(request, placed_only=True)
        offers = self.directory.offers([entry.service_id for entry in matched.page])
        rows = [open_referral.at_location_row(each, self.today()) for each in offers if each.point]
        return page(question, matched.total, rows)

    def at_location(self, request: Request) -> Json:
        """A service at a location, whole."""
        _no_parameters(request)
        entry = self.directory.at_location(_id(request))
        offers = self.directory.offers([entry.service_id]) if entry else []
        if not offers or not offers[0].point:
            raise HTTPException(404, "There is no service at a location with this identifier, or it is listed no more.")
        return open_referral.at_location_object(offers[0], self.today(), self.area_name)

    def taxonomies(self, request: Request) -> Json:
        """The vocabularies."""
        question = read(request.query_params.multi_items(), PAGES)
        objects = [open_referral_terms.taxonomy_object(each) for each in open_referral_terms.TAXONOMIES]
        return page(question, len(objects), _slice(objects, question))

    def taxonomy(self, request: Request) -> Json:
        """A vocabulary."""
        _no_parameters(request)
        for each in open_referral_terms.TAXONOMIES:
            if each.id == _id(request):
                return open_referral_terms.taxonomy_object(each)
        raise HTTPException(404, "There is no taxonomy with this identifier.")

    def terms(self, request: Request) -> Json:
        """The terms of the vocabularies, and the faith traditions that listed partners name."""
        question = read(request.query_params.multi_items(), (*PAGES, "taxonomy_id"))
        wanted = [term for term in self.directory.terms() if question.taxonomy_id in ("", term.taxonomy.id)]
        return page(question, len(wanted), [open_referral_terms.term_object(each) for each in _slice(wanted, question)])

    def term(self, request: Request) -> Json:
        """A term."""
        _no_parameters(request)
        for each in self.directory.terms():
            if each.id == _id(request):
                return open_referral_terms.term_object(each)
        raise HTTPException(404, "There is no taxonomy term with this identifier.")

    def _search(self, request: Request, placed_only: bool) -> tuple[Question, Found]:
        question = read(request.query_params.multi_items(), SERVICES)
        where = self.find_postcode(question.postcode) if question.postcode else None
        return question, search(self.directory.entries(), question, where, placed_only, self.today())


def _id(request: Request) -> str:
    return str(request.path_params["id"]).lower()


def _no_parameters(request: Request) -> None:
    read(request.query_params.multi_items(), ())


def _slice(items: list[Any], question: Question) -> list[Any]:
    start = (question.page - 1) * question.per_page
    return items[start : start + question.per_page]


def page(question: Question, total: int, contents: list[Json]) -> Json:
    """A page as HSDS-UK has it. A page past the last is empty; an empty answer is one page of nothing."""
    pages = -(-total // question.per_page)
    envelope: Json = {
        "total_items": total,
        "total_pages": pages,
        "page_number": question.page,
        "size": len(contents),
        "first_page": question.page == 1,
        "last_page": question.page >= pages,
        "empty": not contents,
        "contents": contents,
    }
    if question.not_recorded:
        envelope["notice"] = NOT_RECORDED.format(" or ".join(question.not_recorded))
    return envelope


def found(request: Request, body: Json) -> Response:
    """A good answer; 304 where the client has it already."""
    content = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers = {
        "ETag": etag,
        "Cache-Control": "public, no-cache",
        "Access-Control-Allow-Origin": "*",
        "Link": f'<{PREFIX}/openapi.json>; rel="service-desc"; type="application/json"',
    }
    held = [each.strip().removeprefix("W/") for each in request.headers.get("if-none-match", "").split(",")]
    if etag in held or "*" in held:
        return Response(status_code=304, headers=headers)
    return _whole(request, content, 200, headers | {"Content-Type": "application/json"})


def problem(request: Request, status: int, detail: str, *, parameter: str = "", retry: int = 0) -> Response:
    """What is wrong, as RFC 9457 has it: never kept by a cache, and never a traceback."""
    body: Json = {"title": _TITLES.get(status, "This cannot be answered"), "status": status, "detail": detail}
    if parameter:
        body["parameter"] = parameter
    headers = {
        "Content-Type": "application/problem+json",
        "Cache-Control": "no-store",
        "Access-Control-Allow-Origin": "*",
    }
    if retry:
        headers["Retry-After"] = str(retry)
    if status == 405:
        headers["Allow"] = "GET, HEAD"
    return _whole(request, json.dumps(body, ensure_ascii=False).encode(), status, headers)


def _whole(request: Request, content: bytes, status: int, headers: dict[str, str]) -> Response:
    """A response that, to HEAD, has the same headers and no body."""
    response = Response(b"" if request.method == "HEAD" else content, status, headers)
    response.headers["Content-Length"] = str(len(content))
    return response


def routes(
    directory: Directory,
    find_postcode: FindPostcode,
    area_name: Callable[[str], str],
    *,
    limits: RequestLimits | None = None,
    today: Callable[[], date] = utc_today,
) -> list[Mount | Route]:
    """The feed's routes under /open-referral, for `st.App(routes=…)` or any Starlette application."""
    feed = Feed(directory, find_postcode, area_name, limits or RequestLimits(), today)
    addresses: dict[str, Callable[[Request], Json]] = {
        "/": feed.about,
        "/openapi.json": feed.own_description,
        "/services": feed.services,
        "/services/{id}": feed.service,
        "/service_at_locations": feed.at_locations,
        "/service_at_locations/{id}": feed.at_location,
        "/taxonomies": feed.taxonomies,
        "/taxonomies/{id}": feed.taxonomy,
        "/taxonomy_terms": feed.terms,
        "/taxonomy_terms/{id}": feed.term,
    }

    def endpoint(make: Callable[[Request], Json]) -> Callable[[Request], Response]:
        return lambda request: feed.answer(request, make)  # not a coroutine: Starlette runs it in a thread of its own

    async def refused(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101 - Starlette hands this handler nothing else
        said = {
            404: NOTHING_HERE,
            405: "This feed can only be read: use GET or HEAD.",
        }
        return problem(request, error.status_code, said.get(error.status_code, error.detail))

    inside = Starlette(
        routes=[Route(path, endpoint(make)) for path, make in addresses.items()],
        exception_handlers={HTTPException: refused},
    )
    return [
        Route(PREFIX, partial(feed.answer, make=feed.about)),
        Mount(PREFIX, app=inside),
        Route(f"{PREFIX}/{{rest:anything}}", lambda request: problem(request, 404, NOTHING_HERE)),
    ]
