"""What a person is looking at, as a link holds it. No screen here: read from a link, write to a link, and say what was mended.

A link that asks for something impossible gives the nearest valid view and a note; it never gives an error.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace

from analysis.areas import COUNTS
from analysis.asset_filter import CHOICES, LONGEST_SEARCH, AssetFilter
from analysis.places import ENGLAND, Gazetteer, Place, PlaceNotFoundError
from analysis.reach import DEFAULT_DETOUR, DEFAULT_WALK_M, DETOUR_RANGE, WALK_RANGE, Reach
from analysis.vocabularies import PLACE_KINDS

ICB_VINTAGES = {"icb26": "April 2026 (36 systems)", "icb24": "April 2024 (42 systems)"}
LIST_LEVELS = ("system", "place", "neighbourhood", "small-area")
AUDIENCES = {"adults": "Adults", "children": "Children and young people"}
MOST_NEEDS = 12
PARTNER_TABS = {
    "stage": "By stage",
    "neighbourhood": "By neighbourhood",
    "clinical-area": "By clinical area",
    "contacts": "Contacts of the place",
    "review": "To review",
}

ASSET_TABS = {
    "places": "Map and directory",
    "missing": "Who are we missing?",
    "rates": "By neighbourhood",
    "checking": "To check",
    "coverage": "What is mapped",
    "sources": "Sources and lists",
}

_ID = re.compile(r"[a-z0-9-]{1,40}")
_ASSET_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9/._:-]{0,199}")
_LANGUAGE = re.compile(r"[^\W\d_][\w ()'’-]{0,39}")


_EVERY_ASSET = AssetFilter()


@dataclass(frozen=True)
class View:
    """What every page looks at, and how; a page reads what concerns it.

    place: code of the area looked at. within: the authority that the place bar shows, where a network reaches into several.
    lsoa: the chosen small area. postcode: as typed, compact. walk_m in metres. by: what the list holds (see LIST_LEVELS), None for the usual.
    audience: which of the two lists of five (see AUDIENCES). area: the clinical area that the board is narrowed to. indicator: the figure
    that is opened. needs: the figures that are asked for together, and at_least how many of them a network has to have. partner: the
    record that is opened; tab: how partners are grouped (see PARTNER_TABS). asset: the community asset that is opened; show: which part of
    that page (see ASSET_TABS); assets: which of them are asked for.
    """

    place: str = ENGLAND
    within: str | None = None
    lsoa: str | None = None
    postcode: str | None = None
    walk_m: int = int(DEFAULT_WALK_M)
    detour: float = DEFAULT_DETOUR
    categories: tuple[str, ...] = PLACE_KINDS
    count: str = COUNTS[0]
    icb: str = "icb26"
    by: str | None = None
    page: int = 1
    audience: str = "adults"
    area: str | None = None
    indicator: str | None = None
    needs: tuple[str, ...] = ()
    at_least: int = 2
    partner: str | None = None
    tab: str = "stage"
    asset: str | None = None
    show: str = "places"
    assets: AssetFilter = _EVERY_ASSET

    @property
    def reach(self) -> Reach:
        """How far counts as within reach."""
        return Reach(float(self.walk_m), self.detour)

    def at(self, place: str, *, within: str | None = None, lsoa: str | None = None, by: str | None = None) -> View:
        """The same settings, looking at another place."""
        return replace(self, place=place, within=within, lsoa=lsoa, by=by, postcode=None, page=1)


_DEFAULT = View()
_ASKED = {field.name: field.name for field in fields(AssetFilter)} | {"words": "q", "clinical": "clinical-area"}
"""What an asset filter's parts are called in a link."""


def to_query(view: View) -> dict[str, str]:
    """The link of a view: only what differs from the usual, so that links stay short."""
    query: dict[str, str] = {}
    for name in ("place", "within", "lsoa", "postcode", "count", "icb", "by"):
        value = getattr(view, name)
        if value and value != getattr(_DEFAULT, name):
            query[name] = value
    if view.walk_m != _DEFAULT.walk_m:
        query["reach"] = str(view.walk_m)
    if view.detour != _DEFAULT.detour:
        query["detour"] = f"{view.detour:g}"
    if view.categories != PLACE_KINDS:
        query["places"] = ",".join(category.replace(" ", "-") for category in view.categories) or "nothing"
    if view.page != 1:
        query["page"] = str(view.page)
    if view.audience != _DEFAULT.audience:
        query["for"] = view.audience
    if view.area:
        query["area"] = view.area
    if view.indicator:
        query["indicator"] = view.indicator
    if view.needs:
        query["needs"] = ",".join(view.needs)
    if view.at_least != _DEFAULT.at_least:
        query["atleast"] = str(view.at_least)
    if view.partner:
        query["partner"] = view.partner
    if view.tab != _DEFAULT.tab:
        query["tab"] = view.tab
    if view.asset:
        query["asset"] = view.asset
    if view.show != _DEFAULT.show:
        query["show"] = view.show
    for name in view.assets.asked:
        value = str(getattr(view.assets, name))
        query[_ASKED[name]] = value if name in ("words", "language") else value.replace(" ", "-")
    return query


def _number(text: str | None, default: float, bounds: tuple[float, float], what: str, notes: list[str]) -> float:
    if text is None:
        return default
    low, high = bounds
    try:
        value = float(text)
        if not math.isfinite(value):
            raise ValueError(text)
    except ValueError:
        notes.append(f"The link's {what} ({text[:20]!r}) is not a number, so the usual {default:g} is shown.")
        return default
    if not low <= value <= high:
        nearest = min(max(value, low), high)
        notes.append(f"The link's {what} ({value:g}) is outside {low:g} to {high:g}, so {nearest:g} is shown.")
        return nearest
    return value


def _choice(
    text: str | None, choices: Mapping[str, object] | tuple[str, ...], default: str | None, what: str, notes: list[str]
) -> str | None:
    if text is None or text in choices:
        return text or default
    notes.append(f"The link's {what} ({text[:20]!r}) is not one there is, so the usual one is shown.")
    return default


def _place(text: str | None, gazetteer: Gazetteer, notes: list[str]) -> Place:
    if text is None:
        return gazetteer.place(ENGLAND)
    try:
        return gazetteer.find(text[:120])
    except PlaceNotFoundError as error:
        nearest = f" The nearest names are {'; '.join(error.nearest)}." if error.nearest else ""
        notes.append(f"The link's place ({text[:40]!r}) is not in this atlas, so England is shown.{nearest}")
        return gazetteer.place(ENGLAND)


def _lsoa(text: str | None, gazetteer: Gazetteer, notes: list[str]) -> str | None:
    if text is None:
        return None
    try:
        found = gazetteer.place(text.upper()[:12])
    except PlaceNotFoundError:
        found = None
    if found is None or found.level != "lsoa":
        notes.append(f"The link's neighbourhood ({text[:20]!r}) is not an LSOA of 2021, so none is chosen.")
        return None
    return found.code


def _ids(text: str | None, most: int, notes: list[str]) -> tuple[str, ...]:
    """Ids as a link writes them, commas between. Whether there are such indicators or partners is for the page to say."""
    asked = [word for word in (text or "").split(",") if word]
    usable = tuple(dict.fromkeys(word for word in asked if _ID.fullmatch(word)))[:most]
    if len(usable) < len(dict.fromkeys(asked)):
        notes.append(f"The link names things by ids that cannot be ones, or more than {most}; those are left out.")
    return usable


def _asset_filter(query: Mapping[str, str], notes: list[str]) -> AssetFilter:
    """Which assets a link asks for; a word that is in no vocabulary is left out, with a note."""
    found: dict[str, str] = {}
    for name, called in _ASKED.items():
        text = query.get(called)
        if text is None:
            continue
        if name == "words":
            words = " ".join(text.split())[:LONGEST_SEARCH].strip()
            if words:
                found[name] = words
        elif name == "language" and _LANGUAGE.fullmatch(text):
            found[name] = text
        elif value := {each.replace(" ", "-"): each for each in CHOICES.get(name, ())}.get(text):
            found[name] = value
        else:
            notes.append(f"The link asks for places by {called} ({text[:20]!r}), which is not one there is, so all are shown.")
    return AssetFilter(**found)


def _asset_id(text: str | None, notes: list[str]) -> str | None:
    if text is None or _ASSET_ID.fullmatch(text):
        return text
    notes.append("The link's community asset has an id that cannot be one, so none is opened.")
    return None


def from_query(query: Mapping[str, str], gazetteer: Gazetteer) -> tuple[View, list[str]]:
    """The view of a link, and a note for each thing in it that had to be mended."""
    notes: list[str] = []
    place = _place(query.get("place"), gazetteer, notes)
    lsoa = _lsoa(query.get("lsoa"), gazetteer, notes)
    if place.level == "lsoa":
        lsoa, place = place.code, gazetteer.parent(place, "lad24")
    within = query.get("within")
    if within is not None and (
        place.level != "pcn" or within not in {child.code for child in gazetteer.children(place, "lad24")}
    ):
        within = None
    wanted = query.get("places")
    categories: tuple[str, ...] = PLACE_KINDS
    if wanted is not None:
        names = {category.replace(" ", "-"): category for category in PLACE_KINDS}
        asked = [] if wanted == "nothing" else wanted.split(",")
        unknown = [name for name in asked if name not in names]
        categories = tuple(category for name, category in names.items() if name in asked)
        if unknown:
            notes.append(
                f"The link asks for kinds of place that are not in this atlas ({', '.join(unknown)[:60]}); the others are shown."
            )
            categories = categories or PLACE_KINDS
    view = View(
        place=place.code,
        within=within,
        lsoa=lsoa,
        postcode=(query.get("postcode") or "")[:10] or None,
        walk_m=round(_number(query.get("reach"), DEFAULT_WALK_M, WALK_RANGE, "reach in metres", notes)),
        detour=round(_number(query.get("detour"), DEFAULT_DETOUR, DETOUR_RANGE, "detour factor", notes), 2),
        categories=categories,
        count=_choice(query.get("count"), COUNTS, COUNTS[0], "way of counting", notes) or COUNTS[0],
        icb=_choice(query.get("icb"), ICB_VINTAGES, "icb26", "ICB vintage", notes) or "icb26",
        by=_choice(query.get("by"), LIST_LEVELS, None, "list", notes),
        page=int(_number(query.get("page"), 1, (1, 10_000), "page", notes)),
        audience=_choice(query.get("for"), AUDIENCES, "adults", "audience", notes) or "adults",
        area=next(iter(_ids(query.get("area"), 1, notes)), None),
        indicator=next(iter(_ids(query.get("indicator"), 1, notes)), None),
        needs=_ids(query.get("needs"), MOST_NEEDS, notes),
        at_least=int(_number(query.get("atleast"), 2, (1, MOST_NEEDS), "number of needs", notes)),
        partner=next(iter(_ids(query.get("partner"), 1, notes)), None),
        tab=_choice(query.get("tab"), PARTNER_TABS, "stage", "grouping of partners", notes) or "stage",
        asset=_asset_id(query.get("asset"), notes),
        show=_choice(query.get("show"), ASSET_TABS, "places", "part of the page", notes) or "places",
        assets=_asset_filter(query, notes),
    )
    return view, notes
