"""The map: areas coloured by class, with outlines, places, partners and names.

What travels over the websocket is a description of the view (addresses of geometry, codes and words), never
the geometry itself, which the browser fetches once as static files: see ``static/components/area_map.js``.
Everything drawn here must also be in a list or table on the same page: the map is never the only way to a
neighbourhood.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal, get_args

import streamlit as st

from presentation.component_registry import COMPONENTS_DIR, register

Shape = Literal["circle", "square", "diamond", "triangle", "down", "pentagon", "plus", "bar", "hexagon"]
Fullness = Literal["solid", "half", "hollow"]
Bounds = tuple[float, float, float, float]

_COLOUR = re.compile(r"#[0-9A-Fa-f]{6}")
_MOUNT = register("area_map")


@dataclass(frozen=True)
class FillClass:
    """Areas that share one state: ``key`` for code, ``label`` for people, ``colour`` as ``#RRGGBB``."""

    key: str
    label: str
    colour: str
    codes: Sequence[str]


@dataclass(frozen=True)
class Fills:
    """The areas to colour.

    ``urls`` are static GeoJSON files (EPSG:4326) relative to the app root, ``app/static/…``, whose features
    carry the properties ``code`` and ``name``. Areas in no class are drawn pale, called ``base_label``, e.g.
    "Not in the most deprived fifth". ``only`` limits the drawing to those codes; None draws them all.
    """

    urls: Sequence[str]
    classes: Sequence[FillClass]
    base_label: str
    only: Sequence[str] | None = None


@dataclass(frozen=True)
class OutlineLayer:
    """Lines over the fills, e.g. primary care network footprints; ``width`` in pixels at a town's zoom.

    ``only`` limits the drawing to those codes; None draws them all.
    """

    urls: Sequence[str]
    label: str
    width: float = 1.5
    dash: bool = False
    only: Sequence[str] | None = None


@dataclass(frozen=True)
class PlaceShape:
    """The shape that stands for one category of community place."""

    category: str
    label: str
    shape: Shape


@dataclass(frozen=True)
class Places:
    """Community places: point files with ``name`` and ``category``; only the listed categories are drawn.

    ``from_zoom`` is the map zoom from which they show: over a whole system they would hide the areas.
    """

    urls: Sequence[str] = ()
    categories: Sequence[PlaceShape] = ()
    from_zoom: float = 0.0


@dataclass(frozen=True)
class Partner:
    """A confirmed partner, drawn as a blue star; coordinates in degrees, EPSG:4326."""

    lon: float
    lat: float
    name: str


@dataclass(frozen=True)
class Marker:
    """One marked point, such as the person's postcode; coordinates in degrees, EPSG:4326."""

    lon: float
    lat: float
    label: str


@dataclass(frozen=True)
class PointKind:
    """A kind of point: ``label`` for the legend, ``singular`` for one of them, and the shape that stands for it."""

    label: str
    singular: str
    shape: Shape


@dataclass(frozen=True)
class PointFreshness:
    """How lately points were confirmed, in words, and how full they are drawn."""

    label: str
    fullness: Fullness


@dataclass(frozen=True)
class MapPoint:
    """A point that a person may choose; degrees, EPSG:4326; ``kind`` and ``freshness`` count into those of `Points`."""

    lon: float
    lat: float
    id: str
    name: str
    kind: int
    freshness: int


@dataclass(frozen=True)
class Points:
    """Points that travel with the view, each to be chosen: for lists that change with every search and so have no file."""

    items: Sequence[MapPoint] = ()
    kinds: Sequence[PointKind] = ()
    freshnesses: Sequence[PointFreshness] = ()


@dataclass(frozen=True)
class MapView:
    """Everything one map shows.

    ``bounds`` is (west, south, east, north) in degrees, EPSG:4326; the map moves there when it changes and
    otherwise leaves the person's zoom alone. ``chosen`` is the id of the point that the page shows. ``labels`` are
    addresses of point files with ``name`` and ``weight``; where names would overlap, the larger weight stays.
    ``alt`` says in a sentence what all of it shows.
    """

    fills: Fills
    bounds: Bounds
    alt: str
    outlines: Sequence[OutlineLayer] = ()
    places: Places = field(default_factory=Places)
    points: Points = field(default_factory=Points)
    chosen: str | None = None
    partners: Sequence[Partner] = ()
    labels: Sequence[str] = ()
    selected: str | None = None
    marker: Marker | None = None


def _addresses(urls: Sequence[str], where: str) -> list[str]:
    if isinstance(urls, str):
        raise ValueError(f"{where}: urls is one string ({urls!r}); give a list of addresses.")
    for url in urls:
        # A map that names another host would tell that host who is looking at which neighbourhood.
        if "://" in url or url.startswith(("/", "\\")) or ".." in url:
            raise ValueError(f"{where}: {url!r} must be relative to the app root: 'app/static/geometry/…'.")
    return list(urls)


def _point(lon: float, lat: float, name: str, where: str) -> list[float | str]:
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):  # also false for NaN
        raise ValueError(f"{where} {name!r}: ({lon}, {lat}) is not a longitude and latitude in degrees.")
    # Five decimals are about a metre.
    return [round(float(lon), 5), round(float(lat), 5), name]


def _bounds(bounds: Bounds) -> list[float]:
    west, south, east, north = (float(side) for side in bounds)
    inside = -180 <= west <= east <= 180 and -90 <= south <= north <= 90
    if not inside or not all(map(math.isfinite, (west, south, east, north))):
        raise ValueError(f"bounds {bounds}: expected west, south, east, north in degrees, west before east.")
    return [round(side, 5) for side in (west, south, east, north)]


def _classes(classes: Sequence[FillClass]) -> list[dict[str, Any]]:
    owner: dict[str, str] = {}
    for each in classes:
        if not _COLOUR.fullmatch(each.colour):
            raise ValueError(f"class {each.key!r}: colour {each.colour!r} is not of the form #RRGGBB.")
        for code in each.codes:
            if owner.setdefault(code, each.key) != each.key:
                raise ValueError(f"area {code} is in two classes, {owner[code]!r} and {each.key!r}.")
    # Sorted, so that a rerun with the same areas in another order changes nothing in the browser.
    return [{"key": c.key, "label": c.label, "colour": c.colour, "codes": sorted(set(c.codes))} for c in classes]


def _points(points: Points) -> dict[str, Any]:
    shapes = [kind.shape for kind in points.kinds]
    if len(shapes) != len(set(shapes)) or not set(shapes) <= set(get_args(Shape)):
        raise ValueError(f"kinds of point: {shapes}; each needs a shape of its own, one of {get_args(Shape)}.")
    for each in points.items:
        if not (0 <= each.kind < len(points.kinds) and 0 <= each.freshness < len(points.freshnesses)):
            raise ValueError(f"point {each.id!r}: kind {each.kind} or freshness {each.freshness} is not in the list.")
    return {
        "kinds": [{"label": k.label, "singular": k.singular, "shape": k.shape} for k in points.kinds],
        "freshnesses": [{"label": f.label, "fullness": f.fullness} for f in points.freshnesses],
        "items": [
            [*_point(p.lon, p.lat, p.name, "point")[:2], p.id, p.name, p.kind, p.freshness] for p in points.items
        ],
    }


@cache
def assets_version() -> str:
    """Return 12 hexadecimal digits of the SHA-256 of the map's scripts and style sheet together."""
    digest = hashlib.sha256()
    for path in sorted(COMPONENTS_DIR.glob("area_map*")):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:12]


def to_payload(view: MapView, *, height: int = 560) -> dict[str, Any]:
    """Return what the browser gets, ready for JSON: codes, words and addresses, no geometry.

    ``height`` is in pixels. Bounds and points are rounded to 5 decimals.

    Raises
    ------
    ValueError
        When an address names another host, a colour is not ``#RRGGBB``, an area is in two classes, a shape or
        a coordinate is impossible, or ``alt`` is empty. The message says which.
    """
    if not view.alt.strip():
        raise ValueError("alt is empty: say in a sentence what the map shows, for people who cannot see it.")
    if not 200 <= height <= 2000:
        raise ValueError(f"height {height} is outside 200 to 2000 pixels.")
    for category in view.places.categories:
        if category.shape not in get_args(Shape):
            raise ValueError(
                f"place category {category.category!r}: {category.shape!r} is not one of {get_args(Shape)}."
            )
    names = [category.category for category in view.places.categories]
    if len(names) != len(set(names)):
        raise ValueError(f"a place category is listed twice: {names}.")
    marker = view.marker
    return {
        "version": assets_version(),
        "height": height,
        "alt": view.alt,
        "bounds": _bounds(view.bounds),
        "fills": {
            "urls": _addresses(view.fills.urls, "fills"),
            "classes": _classes(view.fills.classes),
            "base_label": view.fills.base_label,
            "only": None if view.fills.only is None else sorted(set(view.fills.only)),
        },
        "outlines": [
            {
                "urls": _addresses(o.urls, o.label),
                "label": o.label,
                "width": float(o.width),
                "dash": o.dash,
                "only": None if o.only is None else sorted(set(o.only)),
            }
            for o in view.outlines
        ],
        "places": {
            "urls": _addresses(view.places.urls, "places"),
            "from_zoom": float(view.places.from_zoom),
            "categories": [
                {"category": c.category, "label": c.label, "shape": c.shape} for c in view.places.categories
            ],
        },
        "points": _points(view.points),
        "chosen": view.chosen,
        "partners": [_point(p.lon, p.lat, p.name, "partner") for p in view.partners],
        "labels": {"urls": _addresses(view.labels, "labels")},
        "selected": view.selected,
        "marker": None if marker is None else _point(marker.lon, marker.lat, marker.label, "marker"),
    }


def area_map(
    view: MapView,
    *,
    key: str,
    height: int = 560,
    on_select: Callable[[str], None] | None = None,
    on_choose: Callable[[str], None] | None = None,
) -> str | None:
    """Draw the map and return the code of the area chosen on it in this run, else None.

    ``height`` is in pixels; a map narrower than 560 px is at most 420 px high. ``on_select`` gets the code
    before the script body runs, which is where a page should change its state; ``on_choose`` gets the id of a
    point that was chosen. One ``key`` keeps one map across reruns.

    Raises
    ------
    ValueError
        See :func:`to_payload`.
    """

    def chosen() -> None:
        code = _code(st.session_state.get(key))
        if code is not None and on_select is not None:
            on_select(code)

    def point_chosen() -> None:
        point = getattr(st.session_state.get(key), "chosen", None)
        if on_choose is not None and any(point == each.id for each in view.points.items):
            on_choose(str(point))

    result = _MOUNT(
        key=key, data=to_payload(view, height=height), on_selected_change=chosen, on_chosen_change=point_chosen
    )
    return _code(result)


def _code(result: Any) -> str | None:
    """Return the area code that the browser sent, or None: what comes from outside may be anything."""
    value = getattr(result, "selected", None)
    return value if isinstance(value, str) and re.fullmatch(r"[A-Za-z0-9]{1,20}", value) else None
