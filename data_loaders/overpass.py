"""OpenStreetMap, live, for one local authority: one question by Overpass, and only a whole answer to it.

API: https://wiki.openstreetmap.org/wiki/Overpass_API (no key; asked by GET). Its public servers are run by volunteers for everyone: an
authority is asked for once a day at most, in one question with a limit on time, memory and bytes. Overpass says that it stopped half-way
in a `remark` of an answer with status 200; such an answer is never taken for whole.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from data_loaders import osm_assets, osm_kinds
from data_loaders.asset_source import AssetSource, AssetsRead
from data_loaders.errors import (
    AnswerCutShortError,
    AnswerTooLargeError,
    QuestionRefusedError,
    SourceUnavailableError,
    UnexpectedAnswerError,
)
from data_loaders.http_answers import checked_address
from data_loaders.http_session import Answer, HttpSession, Limits
from data_loaders.kept_answers import KeptAnswers
from data_loaders.placing import Placing

NAME = "OpenStreetMap"
ADDRESS = "https://overpass-api.de/api/interpreter"
VARIABLE = "COMMON_GROUND_OVERPASS"
SECONDS, MEMORY = 120, 268_435_456
LIMITS = Limits(
    read=SECONDS + 30.0, total=300.0, attempts=3, first_wait=5.0, most_bytes=30_000_000, fresh_for=timedelta(days=1)
)
"""For `session`. The first byte comes when the question is done, so reading waits for longer than the server may take."""
Bounds = tuple[float, float, float, float]

SOURCE = AssetSource(
    key="osm",
    title="OpenStreetMap community assets",
    publisher=NAME,
    licence=osm_assets.LICENCE,
    attribution="© OpenStreetMap contributors",
    address="https://www.openstreetmap.org/copyright",
    categories=osm_kinds.CATEGORIES,
    by_place=True,
    weak_spots=(
        "Mapped by volunteers: Anglican churches are nearly complete, mosques and minority faiths under-mapped, so a gap is not an absence.",
        "Few records say when somebody last checked them; those that do not are unconfirmed.",
        "Food banks, youth clubs and groups without a building are mapped in some places and hardly in others.",
    ),
)
# Barnsley and Sheffield took new codes in 2025 with a small change of boundary; a mapper may have entered either.
_LATER_CODES = {"E08000016": "E08000038", "E08000019": "E08000039"}


class HalfAnswerError(SourceUnavailableError):
    """An answer that stops before its end, as Overpass itself says, or that is empty where it cannot be. Not asked again at once: the
    server has just spent all its time on it."""

    def __init__(self, why: str, details: str = "") -> None:
        sentence = f"The server of {NAME} gave only a part of its answer ({why}), so none of it is used: try again later, when it is less busy."
        super().__init__(NAME, sentence, details)


class AreaNotFoundError(SourceUnavailableError):
    """OpenStreetMap has no boundary with the authority's code, or Overpass has not yet made an area of it."""

    def __init__(self, lad24cd: str) -> None:
        super().__init__(
            NAME, f"{NAME} knows no area with the code {lad24cd} at present, so nothing could be asked of it there: try again tomorrow."
        )


@dataclass(frozen=True)
class Answered:
    """A whole answer. elements: without areas. published: the ISO day of its data. has_area: whether the area asked for was found."""

    elements: tuple[Any, ...]
    published: str
    has_area: bool
    notes: tuple[str, ...] = ()


def addresses(environment: Mapping[str, str]) -> tuple[str, ...]:
    """Where to ask, the one to prefer first: `COMMON_GROUND_OVERPASS` (addresses separated by spaces), by default the main server.

    environment: usually os.environ. SettingError for an address that is not https (http on this computer alone) and nothing more.
    """
    given = environment.get(VARIABLE, "").split()
    return tuple(checked_address(address, VARIABLE).rstrip("/") for address in given) or (ADDRESS,)


def session(kept: KeptAnswers | None = None) -> HttpSession:
    """A session with this source's limits. kept: where good answers are kept, to ask once a day and to stand in."""
    return HttpSession(NAME, kept, LIMITS)


def question(lad24cd: str, bounds: Bounds | None = None) -> str:
    """The question in Overpass QL: an authority by its code, or everything in a box (west, south, east, north in degrees, EPSG:4326).

    Only tags and centres are asked for: neither geometries nor who mapped them. ValueError for what is no code or no box.
    """
    settings = f"[out:json][timeout:{SECONDS}][maxsize:{MEMORY}]"
    if bounds is not None:
        west, south, east, north = bounds
        if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
            raise ValueError(f"{bounds} is not a box of west, south, east and north in degrees")
        return f"{settings}[bbox:{south:.5f},{west:.5f},{north:.5f},{east:.5f}];({_filters('')});out tags center;"
    if not re.fullmatch(r"E0[6-9]\d{6}", lad24cd, re.ASCII):
        raise ValueError(f"{lad24cd!r} is not the code of a local authority in England")
    codes = [lad24cd, *([_LATER_CODES[lad24cd]] if lad24cd in _LATER_CODES else [])]
    areas = "".join(f'area["ref:gss"="{code}"];' for code in codes)
    return f"{settings};({areas})->.authority;.authority out ids;({_filters('(area.authority)')});out tags center;"


def _filters(where: str) -> str:
    tags = (
        '["amenity"~"(^|;) *(' + "|".join(osm_kinds.AMENITIES) + ') *(;|$)"]',
        '["social_facility"~"(^|;) *food_bank *(;|$)"]',
        '["community_centre"]',
        '["club"]',
        '["building"~"^(' + "|".join(osm_kinds.HALLS) + ')$"]',
    )
    return "".join(f"nwr{tag}{where};" for tag in tags)


def whole(body: bytes) -> Answered:
    """A body in Overpass's JSON, where it is whole.

    Raises HalfAnswerError where a remark says that it is not, AnswerCutShortError where the JSON ends in the middle, UnexpectedAnswerError
    for a web page and for anything else.
    """
    start = body[:300].lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith(b"<"):
        raise UnexpectedAnswerError(NAME, "a web page", "places", repr(body[:2000]), passing=True)
    try:
        found = json.loads(body)
    except (ValueError, RecursionError) as error:
        if start.startswith(b"{"):
            raise AnswerCutShortError(NAME, f"{error}: ends with {body[-200:]!r}") from error
        raise UnexpectedAnswerError(NAME, "text that is not JSON", "JSON", f"{error}: {body[:200]!r}", passing=True) from error
    if not isinstance(found, dict) or not isinstance(found.get("elements"), list):
        raise UnexpectedAnswerError(NAME, "JSON without a list of elements", "one", repr(body[:200]))
    notes = _heed_remark(found.get("remark"))
    header = found.get("osm3s")
    published = str(header.get("timestamp_osm_base", ""))[:10] if isinstance(header, dict) else ""
    try:
        date.fromisoformat(published)
    except ValueError as error:
        raise UnexpectedAnswerError(NAME, "an answer that does not say of what day its data are", "one that does", repr(body[:300])) from error
    areas = [one for one in found["elements"] if isinstance(one, dict) and one.get("type") == "area"]
    elements = tuple(one for one in found["elements"] if not (isinstance(one, dict) and one.get("type") == "area"))
    return Answered(elements, published, bool(areas), notes)


def _heed_remark(remark: Any) -> tuple[str, ...]:
    """Nothing where there is no remark; a note for a mere remark ("runtime remark: …"); HalfAnswerError for any other."""
    if remark is None or not str(remark).strip():
        return ()
    said = re.sub(r"\s+", " ", str(remark)).strip()
    if said.startswith("runtime remark:"):
        return (f"The server of {NAME} remarked: {said.removeprefix('runtime remark:').strip()[:200]}",)
    if "timed out" in said or "timeout" in said:
        why = "the time that it gives to one question ran out"
    elif "out of memory" in said:
        why = "the memory that it gives to one question ran out"
    else:
        why = "it reported an error"
    raise HalfAnswerError(why, said[:1000])


def read(
    body: bytes, lad24cd: str, placing: Placing, *, asked_at: datetime | None = None, stale_because: str = ""
) -> AssetsRead:
    """The records of an authority out of an answer, or out of a file in the same form. Raises what `whole` raises."""
    return _assets(whole(body), lad24cd, placing, asked_at, stale_because)


def fetch(
    session: HttpSession, lad24cd: str, placing: Placing, bounds: Bounds | None = None, hosts: Sequence[str] = (ADDRESS,)
) -> AssetsRead:
    """Ask for one authority. lad24cd: its code of 2024. bounds: a box round it (west, south, east, north in degrees), asked for where
    OpenStreetMap knows no area with that code. hosts: see `addresses`.

    Raises a SourceUnavailableError where there is neither a whole answer nor a kept one; a kept one says so in `stale_because`.
    """

    try:
        answer = _ask(session, lad24cd, bounds, hosts)
    except SourceUnavailableError as problem:
        problem.sentence = _naming_the_setting(problem)
        problem.args = (problem.sentence,)
        raise
    return _assets(answer.value, lad24cd, placing, answer.asked_at, _naming_the_setting(answer.problem) if answer.problem else "")


def _ask(session: HttpSession, lad24cd: str, bounds: Bounds | None, hosts: Sequence[str]) -> Answer[Answered]:
    def by_area(body: bytes) -> Answered:
        answered = whole(body)
        if not answered.has_area:
            raise AreaNotFoundError(lad24cd)
        return _filled(answered)

    try:
        answer = session.get(hosts, [("data", question(lad24cd))], by_area, accept="application/json")
        if bounds is None or not isinstance(answer.problem, AreaNotFoundError):
            return answer
        # A live answer for the box is better than the old one for the area that stands in.
    except AreaNotFoundError:
        if bounds is None:
            raise
    return session.get(hosts, [("data", question(lad24cd, bounds))], lambda body: _filled(whole(body)), accept="application/json")


def _filled(answered: Answered) -> Answered:
    """The answer; HalfAnswerError where it holds nothing, for there is no authority without a place of worship."""
    if not answered.elements:
        raise HalfAnswerError("it named not one place", f"no elements; data of {answered.published}")
    return answered


def _naming_the_setting(problem: SourceUnavailableError) -> str:
    """The sentence of a fault; where a wrong address would explain it, with the setting that holds the address."""
    match problem:
        case QuestionRefusedError():
            return (
                f"The server of {NAME} refused the question (status {problem.status}): check that {VARIABLE}, if it is set, is the address of "
                "an Overpass server, and tell the people who look after Common Ground if it is."
            )
        case AnswerTooLargeError():
            return (
                f"The answer from {NAME} is over {problem.most_bytes / 1e6:,g} MB, which no authority's can be, and was dropped: check that "
                f"{VARIABLE}, if it is set, is the address of an Overpass server."
            )
    return problem.sentence


def _assets(answered: Answered, lad24cd: str, placing: Placing, asked_at: datetime | None, stale_because: str) -> AssetsRead:
    placed = osm_assets.records(answered.elements, lad24cd, placing, answered.published, within=answered.has_area)
    withheld = int(placed.records["sensitive"].sum())
    notes = answered.notes
    if withheld:
        notes += (f"The place and name of {withheld} {'record is' if withheld == 1 else 'records are'} withheld: a refuge or the like.",)
    return AssetsRead(
        source=SOURCE,
        records=placed.records,
        set_aside=placed.set_aside,
        found=len(answered.elements),
        published=answered.published,
        asked_at=asked_at,
        stale_because=stale_because,
        notes=notes,
    )
