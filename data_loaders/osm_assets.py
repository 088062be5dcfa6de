"""OpenStreetMap elements to records of community assets. ODbL 1.0, © OpenStreetMap contributors.

Elements are as Overpass gives them with `out tags center`: a node with lat and lon, a way or relation with a center. Free text of mappers
(description, note, contact) is left out: it may name people. A refuge or the like keeps its authority and loses what would lead to it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
from scipy.spatial import cKDTree

from analysis import postcodes
from analysis.asset_records import SET_ASIDE_COLUMNS, as_records, joined
from data_loaders import opening_days, osm_kinds
from data_loaders.osm_languages import spoken
from data_loaders.osm_places_of_worship import POSITION_QUALITY
from data_loaders.placing import Placing

SOURCE_NAME = "OpenStreetMap"
LICENCE = "ODbL 1.0"
CONFIRMED_BY = "an OpenStreetMap mapper"
WITHHELD_NAME = "Safe accommodation or support (name and place withheld)"
TYPES = ("node", "way", "relation")
_CHECKED = ("check_date", "survey:date", "check_date:opening_hours")
_FIRST_YEAR = 2004  # OpenStreetMap began
_NO_LINKS = ("chat.whatsapp.com", "wa.me", "t.me", "telegram.me", "discord.gg")  # invitations to private groups


@dataclass(frozen=True)
class Placed:
    """records: RECORD_COLUMNS. set_aside: SET_ASIDE_COLUMNS. Together a row for each element."""

    records: pd.DataFrame
    set_aside: pd.DataFrame


def records(elements: Sequence[Any], lad24cd: str, placing: Placing, published: str, *, within: bool = False) -> Placed:
    """The records of one authority, and what is set aside with the reason.

    elements: parsed JSON of any shape. published: the ISO day of the data. within: Overpass itself answered that each element lies in
    the authority's boundary, which outdoes the nearest postcode's.
    """
    rows: list[dict[str, Any]] = []
    aside: list[tuple[str, str | None, str]] = []
    seen: set[str] = set()
    for number, element in enumerate(elements, start=1):
        row, problem = _read(element, published)
        identifier = row.get("asset_id") or f"element {number}"
        if not problem and identifier in seen:
            problem = "the same element comes again"
        seen.add(identifier)
        if problem:
            aside.append((identifier, row.get("name"), problem))
        else:
            rows.append(row)
    frame = pd.DataFrame(rows, columns=sorted(set().union(*rows))) if rows else pd.DataFrame({"asset_id": pd.Series(dtype="str")})
    if rows:
        frame, outside = _placed(frame, lad24cd, placing, within=within)
        aside += outside
    return Placed(as_records(frame), pd.DataFrame(aside, columns=list(SET_ASIDE_COLUMNS)).astype(SET_ASIDE_COLUMNS))


def _placed(frame: pd.DataFrame, lad24cd: str, placing: Placing, *, within: bool) -> tuple[pd.DataFrame, list[tuple[str, str | None, str]]]:
    """With LSOA and authority; and what lies elsewhere. Sensitive rows lose their point here, once it has said which authority."""
    found = placing.of_degrees(frame["longitude"], frame["latitude"])
    problem = found["problem"].fillna("").to_numpy(dtype=object)
    elsewhere = (problem == "") & found["lad24cd"].ne(lad24cd).to_numpy()
    if within and elsewhere.any():
        found.loc[elsewhere, "lsoa21cd"] = _nearest_lsoa(found[elsewhere], lad24cd, placing)
        found.loc[elsewhere, "lad24cd"] = lad24cd
        elsewhere = elsewhere & found["lsoa21cd"].isna().to_numpy()
    problem[elsewhere] = f"it lies outside the authority {lad24cd} that was asked for"
    frame = frame.assign(
        easting=found["easting"], northing=found["northing"], lsoa21cd=found["lsoa21cd"], lad24cd=found["lad24cd"]
    )
    good = problem == ""
    aside = list(zip(frame.loc[~good, "asset_id"], frame.loc[~good, "name"], problem[~good], strict=True))
    kept = frame[good].copy()
    hidden = kept["sensitive"].to_numpy(dtype=bool)
    kept.loc[hidden, ["easting", "northing", "longitude", "latitude"]] = np.nan
    kept["lsoa21cd"] = kept["lsoa21cd"].mask(hidden)
    kept["service_area"] = kept["lad24cd"].where(hidden)
    return kept.sort_values("asset_id", ignore_index=True), aside


def _nearest_lsoa(found: pd.DataFrame, lad24cd: str, placing: Placing) -> list[str | None]:
    """The LSOA of the nearest postcode of this authority, for points just inside its boundary whose nearest postcode is over the border."""
    own = np.flatnonzero((placing.lad24cd == lad24cd).to_numpy())
    table = pq.read_table(placing.path, columns=["easting", "northing", "lsoa_row"], filters=[("lsoa_row", "in", own.tolist())])
    if not table.num_rows:
        return [None] * len(found)
    tree = cKDTree(np.column_stack([table["easting"].to_numpy(), table["northing"].to_numpy()]).astype(float))
    _, nearest = tree.query(found[["easting", "northing"]].to_numpy(float))
    return placing.lsoa21cd.to_numpy(dtype=object)[table["lsoa_row"].to_numpy()[nearest]].tolist()


def _read(element: Any, published: str) -> tuple[dict[str, Any], str]:
    """One element as a row with its degrees, and why it is none, where it is none."""
    if not isinstance(element, dict) or element.get("type") not in TYPES:
        return {}, "it is neither a node nor a way nor a relation"
    number = element.get("id")
    if not isinstance(number, int) or isinstance(number, bool) or number <= 0:
        return {}, "its id is not a whole number"
    identifier = f"osm/{element['type']}/{number}"
    given = element.get("tags")
    tags = {key: value.strip() for key, value in given.items() if isinstance(value, str)} if isinstance(given, dict) else {}
    kinds = osm_kinds.categories(tags)
    hidden = osm_kinds.sensitive(tags, kinds)
    name = _name(tags)
    row: dict[str, Any] = {"asset_id": withheld_id(identifier) if hidden else identifier, "name": WITHHELD_NAME if hidden else name}
    problem = osm_kinds.why_left_aside(tags, kinds)
    center = element.get("center")
    at = center if isinstance(center, dict) else element
    longitude, latitude = (_number(at.get(key)) for key in ("lon", "lat"))
    if not problem and (longitude is None or latitude is None):
        problem = "it has no position"
    if problem:
        return row, problem
    row |= {"longitude": longitude, "latitude": latitude, "sensitive": hidden, "category": kinds[0]} | _always(tags, kinds, published)
    if hidden:
        return row | {"category": osm_kinds.FACILITY, "position_quality": "not located"}, ""
    quality = POSITION_QUALITY["node" if element["type"] == "node" else "way"]
    return row | {"position_quality": quality} | _of_the_place(tags, kinds), ""


def withheld_id(identifier: str) -> str:
    """An id that is the same at every fetch and does not lead to the element, for one whose place is withheld."""
    return "osm/withheld/" + hashlib.sha256(identifier.encode()).hexdigest()[:16]


def _always(tags: Mapping[str, str], kinds: tuple[str, ...], published: str) -> dict[str, Any]:
    """What may be said of every asset, sensitive or not."""
    confirmed = last_checked(tags, published)
    return {
        "who_for": joined(osm_kinds.who_for(tags)),
        "activity_groups": "practical" if osm_kinds.FOOD_BANK in kinds else None,
        "languages": joined(spoken(tags)),
        "source": SOURCE_NAME,
        "licence": LICENCE,
        "source_date": published,
        "last_confirmed": confirmed,
        "confirmed_by_role": CONFIRMED_BY if confirmed else None,
    }


def _of_the_place(tags: Mapping[str, str], kinds: tuple[str, ...]) -> dict[str, Any]:
    """What may be said of an asset whose place is no secret."""
    worship = kinds[0] == osm_kinds.WORSHIP
    tradition, denomination = osm_kinds.faith(tags) if worship else (None, None)
    # A shelter within a church: the church is shown, the shelter is not spoken of.
    quiet = (osm_kinds.FACILITY,) if osm_kinds.sensitive(tags, ()) else ()
    return {
        "organisation_type": "faith group" if worship else _organisation_type(tags, kinds),
        "faith_kind": "worshipping community" if worship else None,
        "faith_tradition": tradition,
        "denomination": denomination,
        "description": None if worship or quiet else _kind_in_words(tags),
        "hosts": joined(kind for kind in kinds[1:] if kind not in quiet),
        "opening": _opening(tags),
        "days": opening_days.days_open(tags.get("opening_hours"), tags.get("service_times")),
        "space": _space(tags),
        "postcode": _postcode(tags),
        "uprn": _digits(tags, "ref:GB:uprn", 12),
        "charity_number": _charity(tags),
        "website": _website(tags),
    }


def _name(tags: Mapping[str, str]) -> str | None:
    names = (re.sub(r"\s+", " ", tags.get(key, "")).strip() for key in ("name", "name:en", "official_name"))
    return next(filter(None, names), None)


def _number(value: Any) -> float | None:
    good = isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= 360  # a NaN is no number of degrees
    return float(value) if good else None


def last_checked(tags: Mapping[str, str], published: str) -> date | None:
    """The last day on which a mapper said to have checked it; None where none did, or says a day after the data's own.

    A month or a year alone counts from its first day.
    """
    found = [day for key in _CHECKED for value in tags.get(key, "").split(";") if (day := _day(value)) is not None]
    return max((day for day in found if day.isoformat() <= published), default=None)


def _day(text: str) -> date | None:
    match = re.fullmatch(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?", text.strip(), re.ASCII)
    if match is None or int(match[1]) < _FIRST_YEAR:
        return None
    try:
        return date(int(match[1]), int(match[2] or 1), int(match[3] or 1))
    except ValueError:  # the 31st of June
        return None


def _organisation_type(tags: Mapping[str, str], kinds: tuple[str, ...]) -> str | None:
    of_the_community = {*osm_kinds.values(tags, "operator:type")} & {"community", "charity", "charitable"}
    return "community-led centre or hub" if kinds[0] == osm_kinds.CENTRE and of_the_community else None


def _kind_in_words(tags: Mapping[str, str]) -> str | None:
    """What a tag says of its kind: "Day care", "Scout club"; not a mapper's free text."""
    said = [value.replace("_", " ") for key in ("social_facility", "community_centre") for value in osm_kinds.values(tags, key)]
    said += [f"{value} club".replace("_", " ").replace("club club", "club") for value in osm_kinds.values(tags, "club")]
    shown = (words[:1].upper() + words[1:] for words in said if words not in ("yes", "no", "yes club", "no club"))
    return joined(words for words in shown if len(words) <= 60)


def _opening(tags: Mapping[str, str]) -> str | None:
    hours, services = tags.get("opening_hours", ""), tags.get("service_times", "")
    said = [opening_days.in_words(hours)] if hours else []
    if services:
        said.append("Services: " + opening_days.in_words(services, services=True))
    return ". ".join(said) or None


def _space(tags: Mapping[str, str]) -> str | None:
    """What it could offer, as far as tags say: how many it holds, whether a wheelchair gets in, a hall, a kitchen."""
    capacity = tags.get("capacity", "")
    wheelchair = {
        "yes": "step-free access",
        "designated": "step-free access",
        "limited": "step-free access in part",
        "no": "no step-free access",
    }
    return joined(
        [
            f"room for {int(capacity)} people" if re.fullmatch(r"[1-9]\d{0,4}", capacity, re.ASCII) else "",
            "hall" if tags.get("hall") == "yes" else "",
            "kitchen" if tags.get("kitchen") == "yes" else "",
            wheelchair.get(tags.get("wheelchair", ""), ""),
            "accessible toilet" if tags.get("toilets:wheelchair") == "yes" else "",
        ]
    )


def _postcode(tags: Mapping[str, str]) -> str | None:
    found = (postcodes.read(tags.get(key, "")) for key in ("addr:postcode", "contact:postcode"))
    return next((one.compact for one in found if one.well_formed), None)


def _digits(tags: Mapping[str, str], key: str, most: int) -> str | None:
    value = tags.get(key, "")
    return value.lstrip("0") or None if re.fullmatch(rf"\d{{1,{most}}}", value, re.ASCII) else None


def _charity(tags: Mapping[str, str]) -> str | None:
    """A number in the register of England and Wales: six or seven digits, with that of a linked charity after a dash where there is one."""
    value = tags.get("ref:charity", "")
    return value if re.fullmatch(r"\d{6,7}(-\d{1,3})?", value, re.ASCII) else None


def _website(tags: Mapping[str, str]) -> str | None:
    return next(filter(None, (_public_address(tags.get(key, "")) for key in ("website", "contact:website", "url"))), None)


def _public_address(text: str) -> str | None:
    """An http(s) address with nothing secret in it; the first where there are several."""
    first = next(iter(_split(text)), "")
    try:
        parts = urlsplit(first)
        host = parts.hostname or ""
    except ValueError:  # not an address at all
        return None
    good = parts.scheme in ("http", "https") and "." in host and not parts.username and not parts.password and len(first) <= 255
    return first if good and host.removeprefix("www.") not in _NO_LINKS and not re.search(r"[\s<>\"']", first) else None


def _split(text: str) -> Iterable[str]:
    return filter(None, (part.strip() for part in text.split(";")))
