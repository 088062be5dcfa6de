"""The map of the Gaps page: what a view draws, as addresses, codes and words. Geometry itself is fetched by the browser."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.gaps import CONFIRMED, partner_standing
from analysis.places import Place
from data_loaders.atlas import Atlas, PostcodePoint
from presentation.area_map import (
    FillClass,
    Fills,
    MapView,
    Marker,
    OutlineLayer,
    Partner,
    Places,
    PlaceShape,
    Points,
)
from presentation.asset_points import points_of
from presentation.asset_words import SHAPES
from presentation.current_assets import CurrentAssets
from presentation.view import View
from presentation.words import CATEGORY_PLURALS, STATE_COLOURS, STATE_LABELS, counted, people

NOT_CORE20 = "Not in the most deprived fifth of England"

# England by system, place or neighbourhood: one neutral scale, because the five state colours mean states only.
SCALE = ("#DCE3EA", "#B4C1CE", "#8699AC", "#587089", "#2B4560")
MAX_PARTNERS_DRAWN = 1_000
MAX_AUTHORITIES_WITH_PLACES = 3
MAX_POINTS = 1_200


def _bounds(areas: pd.DataFrame, margin: float = 0.012) -> tuple[float, float, float, float]:
    west, east = float(areas["pwc_lon"].min()), float(areas["pwc_lon"].max())
    south, north = float(areas["pwc_lat"].min()), float(areas["pwc_lat"].max())
    return west - margin * 1.6, south - margin, east + margin * 1.6, north + margin


def extent(atlas: Atlas, place: Place, inside: npt.NDArray[np.bool_]) -> tuple[float, float, float, float]:
    """The bounds of a place: of its outline where there is one of its own, otherwise of where its people live."""
    index = atlas.geometry
    own = index[(index["layer"] == place.level) & (index["key"] == place.code)]
    if len(own):
        row = own.iloc[0]
        return float(row["west"]), float(row["south"]), float(row["east"]), float(row["north"])
    return _bounds(atlas.areas[inside])


def small_area_map(
    assets: CurrentAssets,
    view: View,
    place: Place,
    gaps: pd.DataFrame,
    partners: pd.DataFrame,
    point: PostcodePoint | None,
    lsoa: str | None,
    today: pd.Timestamp,
) -> MapView:
    """A system, place or neighbourhood: LSOAs by state, PCN footprints, places by shape, partners as stars.

    gaps: lsoa21cd, state and people of the Core20 LSOAs of the place.
    """
    atlas = assets.atlas
    inside = atlas.gazetteer.mask(place)
    here = atlas.areas[inside]
    authorities = sorted(here["lad24cd"].unique())
    networks = sorted(here["leading_pcn_code"].unique())
    footprints = sorted({atlas.footprint_files[code] for code in networks if code in atlas.footprint_files})
    files = atlas.outlines

    def urls(layer: str, keys: list[str]) -> list[str]:
        return [files[layer, key] for key in keys if (layer, key) in files]

    classes = [
        FillClass(
            state, STATE_LABELS[state], STATE_COLOURS[state], gaps.loc[gaps["state"] == state, "lsoa21cd"].tolist()
        )
        for state in STATE_LABELS
    ]
    outlines = [
        OutlineLayer(urls("pcn", footprints), "Neighbourhood (PCN footprint)", 1.2, only=networks),
        OutlineLayer(urls("lad24", authorities), "Place (local authority)", 2.2),
    ]
    confirmed = partners[partner_standing(partners, today.date()) == CONFIRMED] if len(partners) else partners
    west, south, east, north = extent(atlas, place, inside)
    near = confirmed[confirmed["longitude"].between(west, east) & confirmed["latitude"].between(south, north)].head(
        MAX_PARTNERS_DRAWN
    )
    # The files that browsers keep hold what was built in; where people or layers have changed that, the points travel with the view.
    built_in = assets.as_built_in(place)
    whole_authority = place.level == "lad24"
    crowded = len(authorities) > MAX_AUTHORITIES_WITH_PLACES
    shapes = [
        PlaceShape(c, CATEGORY_PLURALS[c].capitalize() + (" (zoom in to see them)" if crowded else ""), SHAPES[c])
        for c in view.categories
    ]
    totals = gaps.groupby("state", observed=False)["people"].sum()
    said = "; ".join(f"{STATE_LABELS[str(state)].lower()} {people(total)}" for state, total in totals.items() if total)
    return MapView(
        fills=Fills(
            urls("lsoa", authorities), classes, NOT_CORE20, None if whole_authority else here["lsoa21cd"].tolist()
        ),
        bounds=(west, south, east, north),
        outlines=outlines,
        places=Places(urls("places", authorities), shapes, 10.4 if crowded else 0.0) if built_in else Places(),
        points=Points() if built_in else points_of(assets.counting(place, view.categories).head(MAX_POINTS)),
        partners=[Partner(row.longitude, row.latitude, row.name) for row in near.itertuples(index=False)],
        labels=urls("labels", authorities),
        selected=lsoa,
        marker=None if point is None else marker(atlas, point),
        alt=f"Map of {place.name}: {counted(len(gaps), 'Core20 neighbourhood')}, people by state: {said or 'nobody in one'}. "
        "The list has the same neighbourhoods.",
    )


def marker(atlas: Atlas, point: PostcodePoint) -> Marker:
    """A postcode as the map marks it."""
    longitude, latitude = atlas.to_degrees(point.easting, point.northing)
    return Marker(longitude, latitude, point.postcode.spoken)


def scale_classes(values: pd.Series) -> list[tuple[str, str, list[str]]]:
    """Five classes of equal count over areas with anyone in them: (label in people, colour, codes). Areas with nobody stay pale.

    values: people by code.
    """
    present = values[values > 0]
    if present.empty:
        return []
    edges = np.unique(np.quantile(present, np.linspace(0, 1, len(SCALE) + 1)).round(-2 if present.max() > 5_000 else 0))
    if len(edges) < 3:
        return [(f"{people(present.min())} to {people(present.max())} people", SCALE[2], present.index.tolist())]
    edges[0], edges[-1] = 0, max(edges[-1], present.max())
    place = np.clip(np.searchsorted(edges, present.to_numpy(), side="left") - 1, 0, len(edges) - 2)
    step = (len(SCALE) - 1) / (len(edges) - 2) if len(edges) > 2 else 0
    classes = []
    for position in range(len(edges) - 1):
        low, high = edges[position], edges[position + 1]
        label = (
            f"Up to {people(high)} people"
            if position == 0
            else f"Over {people(low)}"
            if position == len(edges) - 2
            else f"Over {people(low)} to {people(high)}"
        )
        classes.append((label, SCALE[round(position * step)], present.index[place == position].tolist()))
    return classes


def bounds_of(atlas: Atlas, place: Place) -> tuple[float, float, float, float]:
    """West, south, east and north (EPSG:4326) of what a map of whole areas shows: England, or where a place's people live."""
    if place.level == "england":
        return (-5.9, 49.85, 1.9, 55.85)
    return _bounds(atlas.areas[atlas.gazetteer.mask(place)], 0.06)


def england_map(atlas: Atlas, place: Place, level: str, summary: pd.DataFrame) -> MapView:
    """England or a region by system, place or neighbourhood: Core20 residents without a confirmed partner.

    summary: code and core20_people_without_confirmed_partner. level: icb24, icb26, lad24 or pcn.
    """
    values = summary.set_index("code")["core20_people_without_confirmed_partner"]
    classes = [
        FillClass(f"class{position}", label, colour, codes)
        for position, (label, colour, codes) in enumerate(scale_classes(values))
    ]
    files = atlas.outlines
    whole = place.level == "england"
    return MapView(
        fills=Fills(
            [files[level, "england"]],
            classes,
            "No Core20 residents without a confirmed partner",
            None if whole else summary["code"].tolist(),
        ),
        bounds=bounds_of(atlas, place),
        outlines=[OutlineLayer([files["rgn", "england"]], "Region", 1.5)],
        labels=[files["labels", "england"]],
        alt=f"Map of {place.name}: Core20 residents without a confirmed partner, by area. The list has the same areas.",
    )
