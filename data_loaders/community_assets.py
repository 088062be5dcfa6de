"""Community assets: places of worship, libraries and community centres, each with point and LSOA.

An asset is not a partner: a row here says that a building is mapped, nothing about a relationship.
"""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely

from analysis.near_duplicates import MATCH_COLUMNS, MERGED, resolve_near_duplicates, shared_locations
from data_loaders import ace_libraries, asset_coverage, gla_community_centres, osm_places_of_worship
from data_loaders.snapshot_schemas import community_assets as schema

NEAREST_LIMIT_M = 250.0
_SEARCH_DEGREES = 0.005  # more than 250 m anywhere in England: at 56° N a degree of longitude is 62 km
NOT_LOCATED, NEAREST = "not located", "nearest"
ASSET_COLUMNS = [
    "asset_id",
    "location_id",
    "name",
    "category",
    "faith_tradition",
    "denomination",
    "hosts",
    "easting",
    "northing",
    "longitude",
    "latitude",
    "lsoa21cd",
    "lad24cd",
    "source",
    "licence",
    "source_date",
    "position_quality",
]
_TEXT = [column for column in ASSET_COLUMNS if column not in ("easting", "northing", "longitude", "latitude")]
_TO_GRID = pyproj.Transformer.from_crs(4326, 27700, always_xy=True)


@dataclass(frozen=True)
class CommunityAssets:
    """The combined table and everything that was decided on the way to it.

    assets: ASSET_COLUMNS, sorted by asset_id. coverage: see asset_coverage.build. report: kept_id, other_id,
    distance_m (metres), decision ("merged" or "close neighbours, kept"), reason. set_aside: asset_id, name,
    source, reason, for every row left out by name (rows outside England are only counted). counts: source,
    step, records.
    """

    assets: pd.DataFrame
    coverage: pd.DataFrame
    report: pd.DataFrame
    set_aside: pd.DataFrame
    counts: pd.DataFrame


def _from_osm(osm: pd.DataFrame) -> pd.DataFrame:
    easting, northing = _TO_GRID.transform(osm["longitude"].to_numpy(float), osm["latitude"].to_numpy(float))
    finite = np.isfinite(easting) & np.isfinite(northing)
    module = osm_places_of_worship
    return osm.assign(
        easting=np.where(finite, easting, np.nan).round(1),
        northing=np.where(finite, northing, np.nan).round(1),
        category=module.CATEGORY,
        source=module.SOURCE,
        licence=module.LICENCE,
        source_date=module.SOURCE_DATE,
    )


def _with_degrees(frame: pd.DataFrame) -> pd.DataFrame:
    longitude, latitude = _TO_GRID.transform(
        frame["easting"].to_numpy(float), frame["northing"].to_numpy(float), direction="INVERSE"
    )
    placed = frame["easting"].notna()
    return frame.assign(
        longitude=pd.Series(longitude, index=frame.index).where(placed).round(6),
        latitude=pd.Series(latitude, index=frame.index).where(placed).round(6),
    )


def _from_libraries(libraries: pd.DataFrame, postcodes: pd.DataFrame) -> pd.DataFrame:
    column = "postcode" if "postcode" in postcodes else "pcds"
    key = postcodes[column].astype("str").str.replace(" ", "", regex=False)
    wanted = key.isin(set(libraries["postcode"].dropna()))
    points = postcodes.loc[wanted, ["easting", "northing"]].set_axis(key[wanted], axis=0).astype(float)
    points = points[~points.index.duplicated()].reindex(libraries["postcode"]).set_axis(libraries.index, axis=0)
    module = ace_libraries
    frame = libraries.assign(
        easting=points["easting"],
        northing=points["northing"],
        category=module.CATEGORY,
        source=module.SOURCE,
        licence=module.LICENCE,
        source_date=module.SOURCE_DATE,
    )
    frame["position_quality"] = np.where(frame["easting"].notna(), "postcode", NOT_LOCATED)
    return _with_degrees(frame)


def _from_centres(centres: pd.DataFrame) -> pd.DataFrame:
    module = gla_community_centres
    return _with_degrees(
        centres.assign(
            category=module.CATEGORY,
            source=module.SOURCE,
            licence=module.LICENCE,
            source_date=module.SOURCE_DATE,
            position_quality="address point",
        )
    )


def locate(frame: pd.DataFrame, boundaries: gpd.GeoDataFrame) -> pd.DataFrame:
    """Add lsoa21cd and lsoa_m (metres outside it; 0 inside) to records with degrees (EPSG:4326).

    boundaries: unsimplified LSOA polygons with LSOA21CD or lsoa21cd, in EPSG:4326 or 27700; invalid ones are
    repaired. A point on a shared edge takes the lower code. A point in no polygon takes the nearest within
    250 m, measured in EPSG:27700; otherwise lsoa21cd is null.
    """
    codes = boundaries["LSOA21CD" if "LSOA21CD" in boundaries else "lsoa21cd"].to_numpy(dtype=object)
    polygons = np.array(boundaries.geometry, dtype=object)
    invalid = ~shapely.is_valid(polygons)
    polygons[invalid] = shapely.make_valid(polygons[invalid])
    # The points go to the polygons' system, not the other way: projecting 33,755 polygons takes seconds.
    degrees = gpd.points_from_xy(frame["longitude"], frame["latitude"], crs=4326)
    points = np.array(degrees.to_crs(boundaries.crs), dtype=object)
    points[frame["longitude"].isna().to_numpy()] = None
    tree = shapely.STRtree(polygons)
    at, within = tree.query(points, predicate="intersects")
    code = pd.Series(codes[within], index=at, dtype=object).groupby(level=0).min().reindex(range(len(frame)))
    metres = pd.Series(np.where(code.notna(), 0.0, np.nan))

    lost = np.flatnonzero(code.isna().to_numpy() & ~shapely.is_missing(points))
    reach = _SEARCH_DEGREES if boundaries.crs.is_geographic else NEAREST_LIMIT_M
    which, polygon = tree.query(points[lost], predicate="dwithin", distance=reach)
    near = gpd.GeoSeries(polygons[polygon], crs=boundaries.crs).to_crs(27700)
    spots = gpd.GeoSeries(points[lost[which]], crs=boundaries.crs).to_crs(27700)
    gap = near.distance(spots, align=False).to_numpy(dtype=float)
    found = pd.DataFrame({"at": lost[which], "code": codes[polygon], "m": gap})
    found = found[found["m"] <= NEAREST_LIMIT_M].sort_values(["at", "m", "code"]).drop_duplicates("at")
    code = code.fillna(found.set_index("at")["code"])
    metres = metres.fillna(found.set_index("at")["m"])
    lsoa21cd = pd.Series(code.to_numpy(), index=frame.index, dtype="str")
    return frame.assign(lsoa21cd=lsoa21cd, lsoa_m=metres.to_numpy())


def _outside(frame: pd.DataFrame) -> pd.Series:
    """Why a located record is not in England, else null. At the border the extract's country decides."""
    country = frame["country"].fillna("E")
    reason = pd.Series(pd.NA, index=frame.index, dtype="str")
    placed = frame["longitude"].notna()
    beyond = placed & frame["lsoa21cd"].isna() & country.eq("E")
    reason[beyond] = f"more than {NEAREST_LIMIT_M:.0f} m outside every LSOA of England"
    foreign = placed & (frame["lsoa21cd"].isna() | frame["lsoa_m"].gt(0)) & country.ne("E")
    reason[foreign] = "outside England"
    return reason


def _one_each(frame: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """One record an identifier. Of two faiths in one building the less fully mapped stays, and is reported.

    All four in the 2026 extract are a church and a mosque at one point; to drop the mosque would deepen the
    known under-mapping of mosques.
    """
    order = frame.assign(
        _christian=frame["faith_tradition"].eq("Christian"),
        _poor=frame["name"].isna(),
        _plain=frame["denomination"].isna(),
        _name=frame["name"].fillna(""),
    )
    order = order.sort_values(["asset_id", "_christian", "_poor", "_plain", "_name"])
    again = order["asset_id"].duplicated()
    kept = order[~again].set_index("asset_id")
    others = order[again]
    faith = kept["faith_tradition"].reindex(others["asset_id"]).fillna("").to_numpy(dtype=object)
    two_faiths = others["faith_tradition"].fillna("").to_numpy(dtype=object) != faith
    reason = "same identifier as " + others["name"].fillna("an unnamed record")
    told = " (" + others["faith_tradition"].fillna("") + "): two faiths recorded for one building, please check"
    matches = pd.DataFrame(
        {
            "kept_id": others["asset_id"],
            "other_id": others["asset_id"],
            "distance_m": 0.0,
            "decision": MERGED,
            "reason": reason + told.where(two_faiths, ""),
        }
    )
    return order[~again].drop(columns=["_christian", "_poor", "_plain", "_name"]), matches


def _counts(everything: pd.DataFrame, report: pd.DataFrame, assets: pd.DataFrame) -> pd.DataFrame:
    label = (
        everything["set_aside"]
        .str.replace(r"^line \d+: ", "", regex=True)
        .str.replace(r"closed in .*", "closed", regex=True)
    )
    tables = [
        everything["source"].value_counts().rename("records").reset_index().assign(step="rows in the file"),
        everything.assign(step="set aside: " + label)[["source", "step"]]
        .dropna()
        .value_counts()
        .rename("records")
        .reset_index(),
    ]
    source_of = everything.drop_duplicates("asset_id").set_index("asset_id")["source"]
    tables.append(
        report.assign(source=report["kept_id"].map(source_of), step=report["decision"])[["source", "step"]]
        .value_counts()
        .rename("records")
        .reset_index()
    )
    tables.append(assets["source"].value_counts().rename("records").reset_index().assign(step="records kept"))
    unplaced = assets[assets["position_quality"].eq(NOT_LOCATED)]
    tables.append(unplaced["source"].value_counts().rename("records").reset_index().assign(step="of which not located"))
    frame = pd.concat(tables)[["source", "step", "records"]].astype(
        {"source": "str", "step": "str", "records": "int32"}
    )
    return frame.sort_values(["source", "step"], ignore_index=True)


def build(
    osm: pd.DataFrame,
    libraries: pd.DataFrame,
    centres: pd.DataFrame,
    postcodes: pd.DataFrame,
    lsoa_boundaries: gpd.GeoDataFrame,
    areas: pd.DataFrame,
) -> CommunityAssets:
    """Combine the three sources, give each record its LSOA, resolve duplicates and say what is mapped where.

    osm, libraries, centres: what the three readers return. postcodes: postcode (or pcds, with or without its
    space), easting, northing (EPSG:27700).
    lsoa_boundaries: unsimplified polygons, see locate. areas: lsoa21cd, lad24cd, utlanm, one row an LSOA.
    England is decided by point in polygon; the extract's own country only where a point lies in no polygon.
    Deterministic: the same inputs give the same frames, whatever the order of their rows.
    """
    everything = pd.concat(
        [_from_osm(osm), _from_libraries(libraries, postcodes), _from_centres(centres)], ignore_index=True
    )
    for column in ("faith_tradition", "denomination", "hosts", "uprn", "country", "authority", "set_aside"):
        everything[column] = everything[column].astype("str") if column in everything else pd.Series(dtype="str")
    everything = locate(everything, lsoa_boundaries)
    # What lies outside England is counted as that, whatever else is wrong with it.
    outside = _outside(everything)
    everything["set_aside"] = outside.where(outside.eq("outside England"), everything["set_aside"].fillna(outside))
    everything.loc[everything["lsoa_m"].gt(0), "position_quality"] = NEAREST

    distinct, same_id = _one_each(everything[everything["set_aside"].isna()])
    resolution = resolve_near_duplicates(distinct)
    kept = resolution.kept
    kept["location_id"] = shared_locations(kept)
    kept["lad24cd"] = kept["lsoa21cd"].map(areas.set_index("lsoa21cd")["lad24cd"])
    assets = kept[ASSET_COLUMNS].astype({column: "str" for column in _TEXT})
    assets = schema.validate(assets.sort_values("asset_id", ignore_index=True))

    report = pd.concat([same_id, resolution.matches])[MATCH_COLUMNS]
    report = report.sort_values(["decision", "kept_id", "other_id", "reason"], ignore_index=True)
    missing = kept.loc[kept["position_quality"].eq(NOT_LOCATED), ["name", "authority"]]
    left_out = everything[everything["set_aside"].notna() & everything["set_aside"].ne("outside England")]
    set_aside = left_out[["asset_id", "name", "source", "set_aside"]].rename(columns={"set_aside": "reason"})
    return CommunityAssets(
        assets=assets,
        coverage=asset_coverage.build(assets, areas, libraries["authority"], missing),
        report=report.astype({column: "str" for column in MATCH_COLUMNS if column != "distance_m"}),
        set_aside=set_aside.sort_values(["asset_id", "name", "reason"], ignore_index=True),
        counts=_counts(everything, report, assets),
    )
