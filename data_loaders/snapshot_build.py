"""Building the snapshot: read every source, derive, validate, write aside, and only then swap it in.

The same input gives the same snapshot, byte for byte. Anything wrong stops the build and leaves the last snapshot untouched.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pandera.errors
import pyarrow as pa
import pyarrow.parquet as pq

from analysis import footprints
from data_loaders import (
    ace_libraries,
    community_assets,
    faith_covenant,
    geometry,
    gla_community_centres,
    indicator_tables,
    manifests,
    open_referral_schemas,
    osm_places_of_worship,
    postcodes,
    primary_care,
    small_areas,
)
from data_loaders.columns import require_columns
from data_loaders.errors import SourceError
from data_loaders.geometry_files import remove_stale
from data_loaders.snapshot import DEFAULT_FOLDER, FORMAT, STATIC_FOLDER
from data_loaders.snapshot_schemas import SCHEMAS

BOUNDARIES = "geography/lsoa21_boundaries_bgc.parquet"
REGISTRATIONS_COUNTED_ON = "20230701"
STEPS = 10

Progress = Callable[[str], None]
Uses = dict[str, dict[str, float | int | str]]


@dataclass(frozen=True)
class Built:
    """What the builder read and derived: tables by name, rows read by source, and the figures that each manifest states."""

    tables: dict[str, pd.DataFrame]
    rows: dict[str, int]
    used: Uses


def read_boundaries(path: Path) -> gpd.GeoDataFrame:
    """Unsimplified LSOA 2021 polygons, repaired: lsoa21cd, geometry (EPSG:27700)."""
    if not path.is_file():
        raise SourceError(path, "the file is missing", f"it at {path}", "Check --source.")
    columns = ["LSOA21CD", "geometry"]
    try:
        require_columns(path, pq.read_schema(path).names, columns)
        frame = gpd.read_parquet(path, columns=columns).rename(columns={"LSOA21CD": "lsoa21cd"}).to_crs(27700)
    except (pa.ArrowInvalid, OSError) as error:
        raise SourceError(
            path, f"it cannot be read as GeoParquet ({error})", "a whole GeoParquet file", "Fetch it again."
        ) from error
    frame["geometry"] = frame.geometry.make_valid()
    return frame.sort_values("lsoa21cd").reset_index(drop=True)


def _derive(source: Path, progress: Progress) -> tuple[Built, pd.DataFrame]:
    """Every table but the geometry, and the leading PCN of each LSOA."""
    rows: dict[str, int] = {}
    used: Uses = {}
    progress("small areas")
    areas = small_areas.read(source)
    for source_id in ("iod2025_imd", "lsoa21_attributes", "census2021_age"):
        rows[source_id], used[source_id] = len(areas), {"rows_in_snapshot": len(areas)}
    exact_fit = small_areas.read_exact_fit(source / small_areas.EXACT_FIT)
    rows["lsoa11_lsoa21"], used["lsoa11_lsoa21"] = len(exact_fit), {"rows_for_england": len(exact_fit)}

    progress("PCN footprints")
    population = areas.set_index("lsoa21cd")["pop_mid2022"]
    registrations = primary_care.read_registrations(source / primary_care.REGISTRATIONS)
    latest = primary_care.read_membership(source / primary_care.MEMBERSHIP_LATEST)
    earlier = primary_care.read_membership(source / primary_care.MEMBERSHIP_EARLIER)
    epcn = primary_care.read_epcn(source / primary_care.EPCN)
    membership = footprints.join_membership(latest, earlier, epcn, counted_on=REGISTRATIONS_COUNTED_ON)
    weights = footprints.carry_weights(exact_fit, areas.set_index("lsoa21cd")["pop_census2021"])
    patients = footprints.registered_by_pcn(registrations, weights, membership)
    shares = footprints.pcn_shares(patients, primary_care.DIGITAL_FIRST_PCNS)
    areas = areas.join(footprints.registration_cover(patients, population), on="lsoa21cd")
    english = registrations.loc[registrations["lsoa11cd"].str.startswith("E01"), "patients"].sum()
    before = registrations.loc[
        registrations["lsoa11cd"].str.startswith("E01")
        & registrations["practice_code"].isin(membership.practices.index),
        "patients",
    ].sum()
    rows["gp_registrations"] = len(registrations)
    used["gp_registrations"] = {
        "patients_in_file": int(registrations["patients"].sum()),
        "patients_with_an_english_lsoa": int(english),
        "patients_used": int(before),
        "patients_used_after_carrying_to_lsoa21": round(float(patients["patients"].sum()), 3),
        "percent_of_english_patients_used": round(100 * float(before) / float(english), 3),
    }
    for source_id, frame, basis in (
        ("pcn_membership_2026_01", latest, "Jan 2026"),
        ("pcn_membership_2025_10", earlier, "Oct 2025"),
        ("epcn_2024_10", epcn, "Oct 2024 ePCN"),
    ):
        rows[source_id] = len(frame)
        used[source_id] = {"practices_taken_from_it": int((membership.practices["basis"] == basis).sum())}

    progress("PCNs and practices")
    pcns = primary_care.pcns(latest)
    by_pcn = patients.groupby("pcn_code")["patients"].sum()
    led = shares[shares["leading"]].groupby("pcn_code").size()
    pcns["registered_patients"] = pcns["pcn_code"].map(by_pcn).fillna(0.0)
    pcns["leading_lsoas"] = pcns["pcn_code"].map(led).fillna(0).astype("int32")
    why = pcns["is_place"].map(
        {
            True: "another PCN has more patients in every LSOA",
            False: "digital-first: its patients are spread over London, so its footprint is not a place",
        }
    )
    pcns["not_leading_why"] = why.where(pcns["leading_lsoas"] == 0, None)
    # The file of outlines that holds a footprint is named after the system where it leads most people.
    pcns["footprint_icb24cd"] = pcns["pcn_code"].map(geometry.pcn_home(areas, shares[shares["leading"]]))
    practices = primary_care.read_practices(source / primary_care.PRACTICES)
    rows["practices"], used["practices"] = len(practices), {"without_a_point": int(practices["easting"].isna().sum())}

    progress("boundaries and postcodes")
    boundaries = read_boundaries(source / BOUNDARIES)
    rows["lsoa21_boundaries"] = len(boundaries)
    live, set_aside = postcodes.read(source / postcodes.LOOKUP, boundaries)
    rows["postcodes"] = len(live) + len(set_aside)
    used["postcodes"] = {
        "postcodes_in_snapshot": len(live),
        "set_aside": "; ".join(f"{row.pcds}: {row.reason}" for row in set_aside.itertuples()),
    }
    row_of = pd.Index(areas["lsoa21cd"])
    packed = live.assign(lsoa_row=row_of.get_indexer(live["lsoa21cd"]).astype("int32"))[
        ["postcode", "lsoa_row", "easting", "northing"]
    ]

    progress("community assets")
    worship = osm_places_of_worship.read(source / manifests.source_file("osm_places_of_worship"))
    libraries = ace_libraries.read(source / manifests.source_file("ace_libraries"))
    centres = gla_community_centres.read(source / manifests.source_file("gla_community_centres"))
    assets = community_assets.build(worship, libraries, centres, live, boundaries, areas)
    for source_id, frame, name in (
        ("osm_places_of_worship", worship, "OpenStreetMap"),
        ("ace_libraries", libraries, "Arts Council England"),
        ("gla_community_centres", centres, "Greater London Authority"),
    ):
        mine = assets.assets[assets.assets["source"] == name]
        rows[source_id] = len(frame)
        used[source_id] = {"kept": len(mine), "without_a_point": int(mine["easting"].isna().sum())}
    covenant = faith_covenant.match(faith_covenant.read(source / manifests.source_file("faith_covenant")), areas)
    rows["faith_covenant"], used["faith_covenant"] = len(covenant), {"in_england": int(covenant["in_england"].sum())}

    progress("indicators")
    indicators = indicator_tables.build(
        source,
        areas,
        pcns,
        indicator_tables.Practices(registrations, weights, latest, earlier, epcn, practices, live),
    )
    rows |= indicators.rows
    used |= indicators.used

    tables = indicators.tables | {
        "small_areas": areas,
        "pcn_shares": shares,
        "pcns": pcns,
        "practices": practices,
        "postcodes": packed,
        "community_assets": assets.assets,
        "asset_coverage": assets.coverage,
        "asset_matches": assets.report,
        "faith_covenant": covenant,
    }
    leading = shares.loc[shares["leading"], ["lsoa21cd", "pcn_code"]].merge(
        pcns[["pcn_code", "pcn_name"]], on="pcn_code"
    )
    return Built(tables, rows, used), leading


def _validate(tables: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    checked = {}
    for name, frame in tables.items():
        try:
            checked[name] = (
                SCHEMAS[name].validate(frame, lazy=True)[list(frame.columns)]
                if name != "faith_covenant"
                else SCHEMAS[name].validate(frame)
            )
        except pandera.errors.SchemaErrors as error:
            case = error.failure_cases.iloc[0]
            raise SourceError(
                f"{name}.parquet",
                f"{len(error.failure_cases)} checks failed, the first on column {case['column']!r}: {case['check']} ({case['failure_case']!r})",
                "a table as described in data_loaders/snapshot_schemas.py",
                "Mend the source or its loader; the last snapshot is untouched.",
            ) from error
    return checked


def write_table(frame: pd.DataFrame, path: Path, *, row_group_size: int = 1 << 20) -> None:
    """Write a table as Parquet that comes out the same each time: fixed order, no index, no pandas metadata with versions in it."""
    table = pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata(None)
    sorted_text = frame.columns[0] == "postcode"
    # Sorted postcodes share their beginnings and neighbours' coordinates are near, so deltas halve the file.
    options = (
        {
            "use_dictionary": False,
            "column_encoding": {
                "postcode": "DELTA_BYTE_ARRAY",
                "lsoa_row": "DELTA_BINARY_PACKED",
                "easting": "DELTA_BINARY_PACKED",
                "northing": "DELTA_BINARY_PACKED",
            },
        }
        if sorted_text
        else {}
    )
    pq.write_table(table, path, compression="zstd", compression_level=15, row_group_size=row_group_size, **options)


def build(
    source: Path, *, folder: Path = DEFAULT_FOLDER, static: Path = STATIC_FOLDER, progress: Progress = lambda step: None
) -> dict[str, object]:
    """Build the snapshot from the publishers' files in `source` into `folder` and the outlines into static/geometry.

    Returns the list of contents as written. Raises SourceError and changes nothing when a source cannot be used.
    """
    for source_id in manifests.source_ids():
        if not (source / manifests.source_file(source_id)).is_file():
            raise SourceError(
                source / manifests.source_file(source_id), "the file is missing", f"it in {source}", "Check --source."
            )
    built, leading = _derive(source, progress)
    tables = _validate(built.tables)

    folder.parent.mkdir(parents=True, exist_ok=True)
    static.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".snapshot-") as aside:
        progress("outlines")
        shapes = static / "geometry"
        # New names stand beside the old ones until the new index is in place, so a failure here leaves a whole snapshot.
        index = geometry.build(
            source / BOUNDARIES, tables["small_areas"], leading, None, tables["community_assets"], shapes, keep_old=True
        )
        built.used["lsoa21_boundaries"] = {"outline_files": len(index), "outline_bytes": int(index["bytes"].sum())}
        tables |= _validate({"geometry": index})
        progress("writing")
        new = Path(aside)
        (new / "manifests").mkdir()
        for source_id in manifests.source_ids():
            manifests.write(
                manifests.describe(source_id, source, built.rows[source_id], built.used[source_id]), new / "manifests"
            )
        listed = {}
        for name, frame in sorted(tables.items()):
            path = new / f"{name}.parquet"
            write_table(frame, path, row_group_size=1 << 16 if name == "postcodes" else 1 << 20)
            listed[name] = {"rows": len(frame), "bytes": path.stat().st_size, "sha256": manifests.sha256(path)}
        described = {
            source_id: manifests.sha256(new / "manifests" / f"{source_id}.json") for source_id in manifests.source_ids()
        }
        contents: dict[str, object] = {"format": FORMAT, "tables": listed, "manifests": described}
        (new / "snapshot.json").write_text(json.dumps(contents, indent=1) + "\n", encoding="utf-8")
        if folder == DEFAULT_FOLDER:  # beside the snapshot, and first: what is wrong with it leaves the last snapshot
            open_referral_schemas.written(source)
        _swap(new, folder)
        remove_stale(shapes, index)
    return contents


def _swap(new: Path, old: Path) -> None:
    """Put a finished folder in the place of the last one; the last one is removed only after the new one stands."""
    retired = old.with_name(f".{old.name}-retired")
    shutil.rmtree(retired, ignore_errors=True)
    if old.exists():
        old.rename(retired)
    try:
        shutil.copytree(new, old)
        old.chmod(0o755)  # a temporary folder is its maker's alone, and so would its copy be
    except OSError:
        shutil.rmtree(old, ignore_errors=True)
        if retired.exists():
            retired.rename(old)
        raise
    shutil.rmtree(retired, ignore_errors=True)
