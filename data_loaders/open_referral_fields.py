"""What one Open Referral UK service says, field by field, in this project's words. Pure functions of objects that the schema has passed.

People named as contacts are not read: `open_referral_schemas.known` drops them first.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from analysis.asset_records import joined
from analysis.open_referral_asset_terms import LISTS, closed_terms, open_taxonomies
from analysis.open_referral_terms import FAITHS
from analysis.vocabularies import DAY_NAMES, DAYS, TRADITIONS
from data_loaders.open_referral_documents import CLOSED_FOR_NOW, USUALLY
from data_loaders.osm_languages import LANGUAGES

Json = Mapping[str, Any]

_ONE_DAY = re.compile(r"^[+-]?\d{0,2}(MO|TU|WE|TH|FR|SA|SU)$")
_CODE = re.compile(r"/statistical-geography/([EU]\d{5,8})/?$")
_ESD = {
    "service/298": ("who_for", "carers"),  # "Carers support groups"
    "circumstance/Gender_Female": ("who_for", "women"),
}
"""Terms of the LGA's lists that Open Referral UK's own guidance documents (developers.openreferraluk.org/UseOfTaxonomies) and whose
meaning is one of ours. Its other examples have no word here; no further term is guessed."""
_DOCUMENTED = {f"{scheme}://id.esd.org.uk/{name}": found for name, found in _ESD.items() for scheme in ("http", "https")} | {
    "esdServiceType:298": _ESD["service/298"],
    "esdCircumstance:Gender_Female": _ESD["circumstance/Gender_Female"],
}


def text(value: Any) -> str | None:
    """A text without the blanks around it; None where nothing is left."""
    return value.strip() or None if isinstance(value, str) else None


def objects(value: Any) -> list[Json]:
    """The objects of a list."""
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def day(value: Any) -> date | None:
    """The day of an ISO date or date and time; None where it is neither."""
    try:
        return date.fromisoformat(value[:10]) if isinstance(value, str) else None
    except ValueError:
        return None


def number(value: Any) -> float | None:
    """A finite number."""
    good = isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e9 and math.isfinite(value)
    return float(value) if good else None


def terms(items: Sequence[Json], known: Mapping[str, Json]) -> tuple[dict[str, list[str]], list[str]]:
    """(column → values, names of terms of other lists), of the attributes of a service, its organisation and its location.

    known: taxonomy terms by id, for attributes that give an id alone. Terms of this project's own taxonomies are taken back exactly; a
    faith that is not in the list of traditions becomes "Other" with its name as the denomination.
    """
    found: dict[str, list[str]] = {}
    others: list[str] = []
    for term in _terms(items, known):
        column, value = _meaning(term)
        if column is None:
            others += [name] if (name := text(term.get("name")) or text(term.get("term"))) else []
        elif column == "faith_tradition" and value not in TRADITIONS:
            found.setdefault(column, []).append("Other")
            found.setdefault("denomination", []).append(value)
        else:
            found.setdefault(column, []).append(value)
    return {column: list(dict.fromkeys(values)) for column, values in found.items()}, others


def _terms(items: Sequence[Json], known: Mapping[str, Json]) -> Iterator[Json]:
    for item in items:
        for attribute in objects(item.get("attributes")):
            term = attribute.get("taxonomy_term") or known.get(str(attribute.get("taxonomy_term_id"))) or {}
            yield {"id": attribute.get("taxonomy_term_id"), **term}


def _meaning(term: Json) -> tuple[str | None, str]:
    closed = closed_terms().get(str(term.get("id", "")).lower())
    if closed is not None:
        return closed
    taxonomy, name = str(term.get("taxonomy_id", "")).lower(), text(term.get("name"))
    if name and taxonomy in open_taxonomies():
        return open_taxonomies()[taxonomy], name
    if name and taxonomy == FAITHS.id:
        return "faith_tradition", name
    for field in ("term_uri", "id", "term", "name"):
        documented = _DOCUMENTED.get(str(term.get(field, "")))
        if documented is not None:
            return documented
    return None, ""


def column_text(column: str, found: Mapping[str, Sequence[str]]) -> str | None:
    """A column's text out of `terms`: several values joined where the column holds several, otherwise the first."""
    values = found.get(column, ())
    return joined(values) if column in LISTS else next(iter(values), None)


def opening(service: Json, today: date) -> tuple[str | None, str | None, int]:
    """(when it is open, the days joined, how many schedules were over by `today` and so left out)."""
    schedules = objects(service.get("schedules"))
    current = [each for each in schedules if not ((ends := day(each.get("valid_to"))) and ends < today)]
    said: list[str] = []
    open_on: list[str] = []
    for schedule in current:
        days = _days(schedule.get("byday"))
        words = text(schedule.get("description")) or _hours(schedule, days)
        if words and len(current) > 1 and text(schedule.get("description")) and days:
            words = f"{_day_names(days)}: {words}"
        said += [words] if words else []
        open_on += days
    words = "; ".join(dict.fromkeys(said)) or None
    over = len(schedules) - len(current)
    if service.get("status") == "temporarily closed":
        return (f"{USUALLY}{words}" if words else CLOSED_FOR_NOW), None, over
    return words, joined(each for each in DAYS if each in open_on), over


def _days(byday: Any) -> list[str]:
    parts = (_ONE_DAY.match(part.strip().upper()) for part in str(byday or "").split(","))
    return [part[1].capitalize() for part in parts if part]


def _day_names(days: Sequence[str]) -> str:
    return ", ".join(DAY_NAMES[each] for each in days)


def _hours(schedule: Json, days: Sequence[str]) -> str | None:
    starts, ends = str(schedule.get("opens_at") or "")[:5], str(schedule.get("closes_at") or "")[:5]
    hours = f"{starts} to {ends}" if starts and ends else (f"from {starts}" if starts else "")
    if not hours:
        return None
    often = "monthly" if schedule.get("freq") == "MONTHLY" else ""
    return " ".join(filter(None, [_day_names(days), hours, often]))


def languages(service: Json) -> str | None:
    """English names of languages, joined; a code is looked up, and one that is not known is left out."""
    named = (text(each.get("name")) or LANGUAGES.get(str(each.get("code", "")).casefold()) for each in objects(service.get("languages")))
    return joined(name for name in named if name)


def service_areas(service: Json) -> str | None:
    """Codes of the areas served, where their addresses are those of the ONS, joined."""
    found = (_CODE.search(str(area.get("uri", ""))) for area in objects(service.get("service_areas")))
    return joined(match[1] for match in found if match)


def audience(service: Json) -> str | None:
    """Whom its ages make it for, where they say so plainly: up to 12 children, 10 to 25 young people, up to 18 both, from 50 older people."""
    low, high = number(service.get("minimum_age")), number(service.get("maximum_age"))
    if high is not None and 0 < high <= 12:
        return "children"
    if high is not None and 0 < high <= 25 and low is not None and low >= 10:
        return "young people"
    if high is not None and 0 < high <= 18:
        return joined(["children", "young people"])
    return "older people" if low is not None and low >= 50 else None


def charity_number(service: Json) -> str | None:
    """The number in the register of charities of England and Wales, by its scheme in org-id.guide."""
    given = objects((service.get("organization") or {}).get("organization_identifiers"))
    return next((text(each.get("identifier")) for each in given if each.get("identifier_scheme") == "GB-CHC"), None)


def postcode(location: Json | None) -> str | None:
    """The compact postcode of a physical address of a physical place. A postal address may be somebody's home: it is not read."""
    addresses = objects((location or {}).get("addresses"))
    codes = (text(each.get("postal_code")) for each in addresses if each.get("address_type") == "physical")
    return next((code.replace(" ", "").upper() for code in codes if code), None)


def uprn(location: Json | None) -> str | None:
    """The unique property reference number of a place."""
    place = location or {}
    given = text(place.get("external_identifier"))
    return given if given and given.isdigit() and str(place.get("external_identifier_type", "")).upper() == "UPRN" else None


def physical_locations(service: Json) -> list[Json]:
    """The places where it is given that can be visited."""
    found = (at.get("location") for at in objects(service.get("service_at_locations")))
    return [place for place in found if isinstance(place, dict) and place.get("location_type") == "physical"]


