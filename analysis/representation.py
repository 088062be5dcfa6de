"""Who are we missing? The communities of a place's Core20 residents beside the assets recorded for them.

For each community: its Core20 residents (Census 2021), how many assets for it are recorded in the catchment, and how many there would be
under even provision (`analysis.even_provision`). A prompt is a question to ask somebody, and is raised only where chance would not explain
so few and at least a stated number of such Core20 residents live there. It says nothing of a community and little of a place: the map
may simply not know, so each row says how well that kind is mapped, and where it is not mapped at all nothing is said.

Catchment: the LSOAs of England whose population-weighted centroid is within the walk of a Core20 LSOA of the place, those included.
Asked of several communities at once, the limits are corrected for their number (Bonferroni, 1936: each tail is divided by the number of communities
that a question could be raised of), so that under even provision no more than one place in forty raises any prompt by chance.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis import even_provision
from analysis.asset_mapping import Mapping, of_religion, of_whom_it_is_for
from analysis.communities import CENSUS_COLUMNS, COMMUNITIES, Community, for_community
from analysis.reach import PlaceIndex, Reach, origins

FEWEST_RESIDENTS = 100
CONFIDENCE = 0.95
_CODES = [column for column in CENSUS_COLUMNS if column.endswith("cd")]
COLUMNS = [
    "kind", "community", "residents", "share", "in_catchment", "observed", "in_service_area", "expected", "low", "high",
    "usual_low", "usual_high", "mapped", "mapping_note", "reference_authorities", "prompt", "unusual",
]  # fmt: skip

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class England:
    """What the communities of any place are compared with: all England, read once by `all_england`.

    authority: a number by LSOA, into authorities. row: each asset's LSOA, −1 where it has none. communities: in the order of COMMUNITIES.
    """

    areas: pd.DataFrame
    centres: PlaceIndex
    assets: pd.DataFrame
    authority: npt.NDArray[np.intp]
    authorities: pd.Index
    row: npt.NDArray[np.intp]
    communities: tuple[_Recorded, ...]


@dataclass(frozen=True, eq=False)
class _Recorded:
    """One community in England. which: its assets. authorities: how many map such assets at all; reference: their LSOAs. each: buildings with one by
    LSOA; total: how many of them stand in the reference. expectation: buildings by LSOA under even provision, None where there is nothing
    to compare with; tau2: the usual unevenness between authorities."""

    community: Community
    mapping: Mapping
    which: Mask
    authorities: int
    reference: Mask
    each: npt.NDArray[np.intp]
    total: int
    expectation: npt.NDArray[np.float64] | None
    tau2: float


def all_england(areas: pd.DataFrame, assets: pd.DataFrame, coverage: pd.DataFrame) -> England:
    """Read what every place is compared with.

    areas: all England, CENSUS_COLUMNS. assets: RECORD_COLUMNS after merging; those with `closed` true are left out.
    coverage: lad24cd, category, faith_tradition, status, source, source_date, note (`analysis.asset_coverage` or the snapshot's).
    """
    if "closed" in assets:
        assets = assets[~assets["closed"].eq(True).to_numpy(dtype=bool)]
    authority, codes = pd.factorize(areas["lad24cd"], sort=True)
    authorities = pd.Index(codes)
    row = pd.Index(areas["lsoa21cd"]).get_indexer(assets["lsoa21cd"])
    stratum = areas["ruc21nm"].str.startswith("Urban").to_numpy(dtype=np.intp)  # 1 in a town, 0 in the country

    def recorded(community: Community) -> _Recorded:
        which = for_community(assets, community)
        mapping = of_religion(coverage, community.traditions) if community.traditions else of_whom_it_is_for(assets, community)
        mapped = mapping.anywhere(authorities)
        reference = mapped[authority]
        each = _by_area(assets, row, which, len(areas))
        total = int(each[reference].sum())
        expectation, tau2 = None, float("nan")
        if total:
            people = areas[community.column].to_numpy(dtype=float)
            expectation = even_provision.expected(each, people, stratum, reference)
            tau2 = even_provision.unevenness(
                np.bincount(authority, weights=np.where(reference, each, 0)).astype(float),
                np.bincount(authority, weights=expectation).astype(float),
            ).tau2
        return _Recorded(community, mapping, which, int(mapped.sum()), reference, each, total, expectation, tau2)

    return England(areas, centres(areas), assets, authority, authorities, row, tuple(recorded(community) for community in COMMUNITIES))


def centres(areas: pd.DataFrame) -> PlaceIndex:
    """The population-weighted centroids of LSOAs, in their order. areas: pwc_e, pwc_n (EPSG:27700 metres)."""
    points = origins(areas)
    return PlaceIndex(pd.DataFrame({"easting": points[:, 0], "northing": points[:, 1], "category": "area"}))


def catchment(centres: PlaceIndex, home: Mask, reach: Reach) -> Mask:
    """Which LSOAs have their population-weighted centroid within the walk of one of `home` (a mask of them), those included."""
    _, near, _ = centres.within(centres.xy[home], reach)
    found = home.copy()
    found[near] = True
    return found


def representation(
    england: England,
    inside: Mask,
    *,
    reach: Reach | None = None,
    fewest: int = FEWEST_RESIDENTS,
) -> pd.DataFrame:
    """A row for each of COMMUNITIES, in their order: COLUMNS.

    inside: the place, a mask of England's LSOAs.

    - residents: people of the community in the place's Core20 LSOAs, Census 2021; share: of all who live in those (0–1, NaN where nobody does).
    - in_catchment: people of the community in the catchment, or in the part of it where such assets are mapped if only a part is; observed:
      buildings in that same area with an asset for the community; in_service_area: assets elsewhere, or without a point, that say they serve
      some of the catchment (not in observed).
    - expected: observed under even provision; NaN where nothing is mapped or nothing is recorded to compare with. low, high: what chance explains,
      95% for all communities together. usual_low, usual_high: the same and the usual unevenness between authorities; NaN where it cannot be measured.
    - mapped: one of COVERAGE for the place's authorities, and mapping_note: how well, a sentence or two. reference_authorities: how many authorities
      map such assets at all.
    - prompt: observed is below low and at least `fewest` such Core20 residents live there. unusual: it is below usual_low as well.
    """
    home = inside & england.areas["core20"].to_numpy(dtype=bool)
    around = catchment(england.centres, home, reach or Reach())
    rows = [_row(england, recorded, inside, home, around) for recorded in england.communities]
    frame = pd.DataFrame(rows)
    expectation = frame["expected"].to_numpy(dtype=float)
    total = frame["total"].to_numpy(dtype=float)
    enough = (frame["asked_of"] >= fewest) & np.isfinite(expectation)
    tail = (1 - CONFIDENCE) / 2 / max(int(enough.sum()), 1)
    frame["low"], frame["high"] = even_provision.limits(expectation, total, tail)
    frame["usual_low"], frame["usual_high"] = even_provision.usual_limits(
        expectation, frame["tau2"].to_numpy(dtype=float), total, tail
    )
    frame["prompt"] = enough & (frame["observed"] < frame["low"])
    frame["unusual"] = frame["prompt"] & (frame["observed"] < frame["usual_low"])
    return frame[COLUMNS]


def _row(england: England, recorded: _Recorded, inside: Mask, home: Mask, around: Mask) -> dict[str, object]:
    community, reference, each = recorded.community, recorded.reference, recorded.each
    people = england.areas[community.column].to_numpy(dtype=float)
    asked = home if home.any() else inside
    mapped, note = recorded.mapping.said(england.authorities[np.unique(england.authority[asked])])
    counted = around if mapped == "not mapped" else around & reference
    base: dict[str, object] = {
        "kind": community.kind,
        "community": community.name,
        "residents": int(people[home].sum()),
        "share": _share(people[home].sum(), england.areas["pop_census2021"].to_numpy(dtype=float)[home].sum()),
        "in_catchment": int(people[counted].sum()),
        "observed": int(each[counted].sum()),
        "in_service_area": _serving(england, recorded.which, around),
        "mapped": mapped,
        "reference_authorities": recorded.authorities,
        "asked_of": int(people[home & reference].sum()),
        "total": recorded.total,
    }
    if mapped == "not mapped" or recorded.expectation is None:
        if mapped != "not mapped":
            note += " None is recorded anywhere that they are mapped, so there is nothing to compare with."
        return base | {"expected": np.nan, "tau2": np.nan, "mapping_note": note}
    if (around & ~reference).any():
        note += " Some of the area around is in authorities where they are not mapped; it is left out."
    expected = float(recorded.expectation[counted].sum())
    return base | {"expected": expected, "tau2": recorded.tau2, "mapping_note": note}


def _by_area(assets: pd.DataFrame, row: npt.NDArray[np.intp], which: Mask, areas: int) -> npt.NDArray[np.intp]:
    """Buildings with such an asset by LSOA: one however many records stand in it, as they come and go together."""
    rows = row[which]
    first = ~assets["location_id"][which].duplicated().to_numpy()
    return np.bincount(rows[first & (rows >= 0)], minlength=areas).astype(np.intp)


def _serving(england: England, which: Mask, around: Mask) -> int:
    """Assets for the community that do not stand in the catchment and say that they serve some of it."""
    away = which & ~((england.row >= 0) & around[england.row])
    served = england.assets["service_area"][away].dropna()
    if served.empty:
        return 0
    codes = {code for column in _CODES for code in england.areas[column][around].dropna().unique()}
    return sum(not codes.isdisjoint(text.split("; ")) for text in served)


def _share(part: float, whole: float) -> float:
    return float(part / whole) if whole > 0 else float("nan")
