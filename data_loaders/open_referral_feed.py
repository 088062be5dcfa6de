"""Open Referral UK 3.0 feeds by address, and documents saved from one, as a source of community assets.

`/services` says what there is, `/service_at_locations` where, and each service by itself, up to a bound, what lists leave out: terms,
schedules, areas. A person types the address, so only public servers are asked (`public_address`); nothing that the feed says of its own
size is believed (`open_referral_pages`). Community assets are not partners: partners come in by the register's own importer.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from data_loaders.asset_source import AssetSource, AssetsRead
from data_loaders.errors import QuestionRefusedError, SourceTimedOutError, SourceUnavailableError, UnexpectedAnswerError
from data_loaders.http_session import HttpSession, Limits
from data_loaders.kept_answers import KeptAnswers
from data_loaders.open_referral_assets import KEY, Given, Item, records_of
from data_loaders.open_referral_fields import day, objects, text
from data_loaders.open_referral_pages import (
    Feed,
    FeedLimits,
    FeedUnavailableError,
    Pages,
    contents_of,
    document,
    in_our_words,
)
from data_loaders.placing import Placing
from data_loaders.public_address import AddressRefusedError, PublicAddresses

NOT_STATED = "not stated by the feed"
QUESTION_LIMITS = Limits(connect=10, read=30, total=90, attempts=3, longest_wait=30, most_bytes=20_000_000)
"""Of one question to a feed whose address a person typed."""
MOST_BYTES = 50_000_000
_LONGEST_TITLE = 80

ABOUT = AssetSource(
    key=KEY,
    title="Open Referral UK feed",
    publisher="the feed's own publisher",
    licence=NOT_STATED,
    attribution="As the feed's publisher asks.",
    address="https://openreferraluk.org/",
    categories=("community service",),
    by_place=False,
    weak_spots=(
        "A feed lists what its publisher knows of. A service that is not in it may be there all the same.",
        "Lists of services carry no coordinates: where a feed has no places of service, its services are kept without a point.",
        "Feeds state no licence: find it on the publisher's own pages before anything is passed on.",
    ),
)


def open_session(
    typed: str, kept: KeptAnswers | None = None, rule: PublicAddresses | None = None, limits: Limits | None = None, **options: Any
) -> tuple[HttpSession, str]:
    """A session for the feed whose address a person typed, and that address made whole. AddressRefusedError where it may not be asked.

    rule: which addresses may be. options: pause, clock, now, certificates, as `HttpSession`.
    """
    rule = rule or PublicAddresses()
    base = rule.base("The feed", typed)
    return HttpSession(urlsplit(base).netloc, kept, limits or QUESTION_LIMITS, rule=rule, **options), base


def fetch(
    session: HttpSession,
    base_url: str,
    placing: Placing,
    today: date,
    *,
    licence: str = NOT_STATED,
    limits: FeedLimits | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> AssetsRead:
    """Everything a feed gives, as records or set aside. A SourceUnavailableError says in one sentence why there is nothing.

    session: from `open_session`, with a rule of addresses. base_url: as `open_session` gives it. licence: where a person found it out.
    A fault half way through the lists gives nothing, rather than half a feed for the whole; one that only keeps single services from
    being read whole is said in a note.
    """
    if session.rule is None:
        raise ValueError("a feed is asked by a session that has a rule of addresses")
    feed = Feed(session, base_url, limits or FeedLimits(), clock)
    try:
        title = _title(feed)
        services = feed.pages("services", "services")
        at_locations, notes = _at_locations(feed)
        items, more = _joined(services.items, at_locations.items)
        items, details = _whole(feed, items)
        terms, missing = _terms(feed, items)
    except SourceUnavailableError as error:
        ours = in_our_words(error)
        if ours is error:
            raise
        raise ours from error
    given = Given(_short(base_url), title, licence, today, _published(items, today))
    source = replace(ABOUT, title=title, publisher=title, licence=licence, address=base_url, attribution=f"{title}: {base_url}")
    reading = records_of(items, placing, given, terms)
    stale = f"{title} could not be asked just now, so answers that it gave earlier stand in: {feed.stale[0].sentence}" if feed.stale else ""
    said = (*services.notes, *at_locations.notes, *notes, *more, *details, *missing, *reading.notes)
    return AssetsRead(source, reading.records, reading.set_aside, reading.found, given.published, feed.asked_at, stale, said)


def read(
    document_bytes: bytes,
    placing: Placing,
    today: date,
    *,
    source: str = "An Open Referral UK document",
    licence: str = "not stated",
    feed: str = "document",
) -> AssetsRead:
    """A saved document: a page or a list of services or of services at locations, or one of either, whole.

    source, licence: of records that do not carry their own. feed: its short name in identifiers, so that the same document gives the
    same records again. What this project wrote comes back as it was. FeedUnavailableError where the document cannot be read.
    """
    if len(document_bytes) > MOST_BYTES:
        raise FeedUnavailableError(source, f"The document has over {MOST_BYTES / 1e6:.0f} MB, the most that is read at once: take fewer pages.")
    try:
        body = document(source, document_bytes.removeprefix(b"\xef\xbb\xbf"))
    except SourceUnavailableError as error:
        wrong = "The document is not JSON: save what the feed's /services/{id} or /service_at_locations gives, and try again."
        raise FeedUnavailableError(source, wrong, error.details) from error
    contents = contents_of(body)
    if contents is None and isinstance(body, dict) and ("name" in body or "service" in body):
        contents = [body]
    if not contents:
        raise FeedUnavailableError(source, "The document holds no services: it needs `contents`, a list, or one service with a name.")
    if len(contents) > FeedLimits.things:
        raise FeedUnavailableError(source, f"The document has over {FeedLimits.things:,} services, the most that are read at once: take fewer.")
    items = [Item(one, f"service {number}") for number, one in enumerate(contents, start=1)]
    published = _published(items, today)
    reading = records_of(items, placing, Given(feed, source, licence, today, published, take_back=True))
    announced = body.get("total_items") if isinstance(body, dict) else None
    told = isinstance(announced, int) and announced != len(contents)
    notes = (f"The document announces {announced:,} services and holds {len(contents):,}.",) if told else ()
    about = replace(ABOUT, title=source, publisher=source, licence=licence, attribution=source)
    return AssetsRead(about, reading.records, reading.set_aside, reading.found, published, notes=(*notes, *reading.notes))


def _title(feed: Feed) -> str:
    """The feed's own name for itself where `/` gives one, with its host, so that no feed passes for another."""
    host = urlsplit(feed.base).netloc
    try:
        about = feed.ask("")
    except AddressRefusedError:
        raise
    except (QuestionRefusedError, UnexpectedAnswerError):  # a web page for people: the lists may be there all the same
        return host
    names = (about.get(field) for field in ("publisher", "name", "title")) if isinstance(about, dict) else ()
    names = (name.get("name") if isinstance(name, dict) else name for name in names)
    title = next(filter(None, map(text, names)), None)
    return f"{title[:_LONGEST_TITLE]} ({host})" if title else host


def _at_locations(feed: Feed) -> tuple[Pages, list[str]]:
    if feed.is_full:
        return Pages(), ["Places of service were not asked for, because the answers before were so large: services have no point."]
    try:
        return feed.pages("service_at_locations", "services at locations"), []
    except AddressRefusedError:
        raise
    except QuestionRefusedError:
        return Pages(), ["The feed gives no places of service (/service_at_locations), so services have a point only where they carry it."]


def _joined(services: Sequence[Item], at_locations: Sequence[Item]) -> tuple[list[Item], list[str]]:
    """Services with their places beside them; a place whose service is not in the list comes as a service at a location of its own."""
    ids = {str(_service(item).get("id")) for item in services if _service(item).get("id")}
    places: dict[str, list[dict[str, Any]]] = {}
    alone: list[Item] = []
    lost = 0
    for item in at_locations:
        body = item.body if isinstance(item.body, dict) else {}
        service_id = str(_service(item).get("id") or body.get("service_id") or "")
        if service_id in ids:
            places.setdefault(service_id, []).append({key: value for key, value in body.items() if key != "service"})
        elif isinstance(body.get("service"), dict):
            alone.append(item)
        else:
            lost += 1
    joined = [replace(item, body=_with(item.body, places.get(str(_service(item).get("id")), ()))) for item in services]
    notes = [f"{lost:,} places of service name no service that the feed gave, and are left out."] if lost else []
    return [*joined, *alone], notes


def _with(body: Any, places: Sequence[Mapping[str, Any]]) -> Any:
    """A service with places added to its own, each once."""
    if not places or not isinstance(body, dict):
        return body
    own = objects(body.get("service_at_locations"))
    have = {_place_id(at) for at in own}
    return {**body, "service_at_locations": [*own, *(at for at in places if _place_id(at) is None or _place_id(at) not in have)]}


def _place_id(at: Mapping[str, Any]) -> str | None:
    location = at.get("location")
    return str(location["id"]) if isinstance(location, dict) and location.get("id") else None


def _whole(feed: Feed, items: list[Item]) -> tuple[list[Item], list[str]]:
    """Services read one by one for what lists leave out, as far as the bounds go; the rest stay as listed, and it is said."""
    wanted = [number for number, item in enumerate(items) if _service(item).get("id") and "attributes" not in _service(item)]
    problem = ""
    asked = 0
    for number in wanted[: feed.limits.whole]:
        if feed.time_is_up or feed.is_full:
            problem = "the bounds on time and size were reached"
            break
        try:
            found = feed.whole(str(_service(items[number])["id"]))
        except AddressRefusedError:
            raise
        except SourceUnavailableError as error:
            problem = "the time was up" if isinstance(error, SourceTimedOutError) else error.sentence
            break
        asked += 1
        if found is not None:
            items[number] = replace(items[number], body=_more(items[number].body, found))
    left = len(wanted) - asked
    if not left:
        return items, []
    why = problem or f"{feed.limits.whole:,} are the most that are read one by one"
    return items, [f"{left:,} services are taken as lists have them, without terms, schedules and areas, because {why.rstrip('.')}."]


def _more(body: dict[str, Any], whole: dict[str, Any]) -> dict[str, Any]:
    """A listed thing with its service as it is by itself. Places that only the list had are kept."""
    if isinstance(body.get("service"), dict):
        return {**body, "service": {**body["service"], **whole}}
    return _with({**body, **whole}, objects(body.get("service_at_locations")))


def _terms(feed: Feed, items: Sequence[Item]) -> tuple[Mapping[str, Any], list[str]]:
    """Taxonomy terms by id, asked for only where an attribute gives nothing but the id."""
    bare = {
        str(attribute["taxonomy_term_id"])
        for item in items
        for attribute in objects(_service(item).get("attributes"))
        if attribute.get("taxonomy_term_id") and not attribute.get("taxonomy_term")
    }
    if not bare or feed.is_full or feed.time_is_up:
        return {}, []
    try:
        found: Iterator[Any] = (item.body for item in feed.pages("taxonomy_terms", "taxonomy terms").items)
        return {str(term["id"]): term for term in found if isinstance(term, dict) and str(term.get("id")) in bare}, []
    except AddressRefusedError:
        raise
    except SourceUnavailableError as error:
        return {}, [f"Terms that services name by identifier alone are left out: {error.sentence}"]


def _service(item: Item) -> dict[str, Any]:
    body = item.body if isinstance(item.body, dict) else {}
    return body["service"] if isinstance(body.get("service"), dict) else body


def _published(items: Sequence[Item], today: date) -> str:
    """The latest day on which anything was changed, ISO; today where nothing says."""
    changed = (day(_service(item).get("last_modified")) for item in items)
    return max((on for on in changed if on is not None and on <= today), default=today).isoformat()


def _short(base: str) -> str:
    """A feed's name in identifiers: its host and path."""
    parts = urlsplit(base)
    return (parts.netloc + parts.path).rstrip("/").lower()
