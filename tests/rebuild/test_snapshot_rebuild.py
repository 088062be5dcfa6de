"""The builder: the same input gives the committed snapshot; a source that has changed stops it, by name, and nothing is touched."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pandas as pd
import pyarrow.parquet as pq
import pytest

from data_loaders import (
    ace_libraries,
    fingertips_icb,
    fingertips_london,
    gla_community_centres,
    local_statistics,
    osm_places_of_worship,
    postcodes,
    primary_care,
    qof,
    small_areas,
    snapshot_build,
)
from data_loaders.errors import SourceError
from data_loaders.snapshot import DEFAULT_FOLDER

Reader = Callable[[Path], object]


def _linked(shared_data: Path, target: Path, altered: str) -> Path:
    """A source folder of links, with room for one file to be altered."""
    for path in shared_data.rglob("*"):
        if path.is_file() and path.relative_to(shared_data).as_posix() != altered:
            link = target / path.relative_to(shared_data)
            link.parent.mkdir(parents=True, exist_ok=True)
            link.symlink_to(path)
    (target / altered).parent.mkdir(parents=True, exist_ok=True)
    return target


def _rename_csv(source: Path, target: Path, column: str) -> None:
    header, _, rest = source.read_text(encoding="utf-8-sig").partition("\n")
    assert column in header
    target.write_text(header.replace(column, f"{column}_NEW") + "\n" + rest, encoding="utf-8")


def _rename_parquet(source: Path, target: Path, column: str) -> None:
    table = pq.read_table(source).slice(0, 100)
    assert column in table.column_names
    pq.write_table(table.rename_columns([f"{name}_NEW" if name == column else name for name in table.column_names]), target)


def _rename_excel(source: Path, target: Path, sheet: str, column: str) -> None:
    frame = pd.read_excel(source, sheet_name=sheet, dtype=str, nrows=50)
    frame.columns = [" ".join(str(name).split()) for name in frame.columns]
    assert column in frame.columns
    frame.rename(columns={column: f"{column} NEW"}).to_excel(target, sheet_name=sheet, index=False)
    openpyxl.load_workbook(target).close()


CSV_SOURCES: list[tuple[str, str, Reader]] = [
    (primary_care.MEMBERSHIP_LATEST, "PCN_CODE", primary_care.read_membership),
    (primary_care.PRACTICES, "list_size", primary_care.read_practices),
    (small_areas.AGE_BANDS, "Age85Over", small_areas.read_age_groups),
    (small_areas.EXACT_FIT, "CHGIND", small_areas.read_exact_fit),
    (osm_places_of_worship.FILE, "denomination", osm_places_of_worship.read),
    (ace_libraries.FILE, next(iter(ace_libraries.COLUMNS)), ace_libraries.read),
    (gla_community_centres.FILE, "os_addressbase_uprn", gla_community_centres.read),
    (qof.PREVALENCE_2021_22, "REGISTER", qof.read_prevalence),
    (qof.CVD_2022_23, "List.Size_HYP", qof.read_cvd),
    (fingertips_icb.EXTRACT, "metric", lambda path: fingertips_icb.read_extract(path, pd.Series({"QMF": "E54000029"}), pd.Series())),
    (
        "fingertips/england/els_adult-obesity-prevalence.csv",
        "lci_95",
        lambda path: local_statistics.read(path, local_statistics.DOWNLOADS[2], frozenset()),
    ),
]


@pytest.mark.parametrize(("file", "column", "read"), CSV_SOURCES, ids=lambda value: Path(value).stem if isinstance(value, str) else "")
def test_a_renamed_column_of_a_csv_is_named(shared_data: Path, tmp_path: Path, file: str, column: str, read: Reader) -> None:
    target = tmp_path / Path(file).name
    _rename_csv(shared_data / file, target, column)
    with pytest.raises(SourceError) as caught:
        read(target)
    assert str(caught.value).startswith(f"{target.name}: ")
    assert repr(column) in str(caught.value)


@pytest.mark.parametrize(
    ("file", "column", "read"),
    [
        (primary_care.REGISTRATIONS, "patients", primary_care.read_registrations),
        (postcodes.LOOKUP, "pcds", lambda path: postcodes.read(path, None)),
        (snapshot_build.BOUNDARIES, "LSOA21CD", snapshot_build.read_boundaries),
        (snapshot_build.BOUNDARIES, "geometry", snapshot_build.read_boundaries),
        (fingertips_london.PROFILES, "value", fingertips_london.read_profiles),
        (fingertips_london.HEADLINES, "lower_ci", fingertips_london.read_headlines),
        (fingertips_london.NEIGHBOURHOODS, "MSOA21CD", lambda path: fingertips_london.read_neighbourhoods(path, pd.Series())),
    ],
    ids=["registrations", "postcodes", "boundaries-code", "boundaries-shape", "profiles", "headlines", "neighbourhoods"],
)
def test_a_renamed_column_of_a_parquet_file_is_named(shared_data: Path, tmp_path: Path, file: str, column: str, read: Reader) -> None:
    target = tmp_path / Path(file).name
    _rename_parquet(shared_data / file, target, column)
    with pytest.raises(SourceError) as caught:
        read(target)
    assert repr(column) in str(caught.value)


@pytest.mark.parametrize("column", ["imd25_score", "pop_census2021", "eth_asian", "utlacd", "icb26nm", "pwc_lon"])
def test_any_column_of_the_joined_table_is_missed_by_name(shared_data: Path, tmp_path: Path, column: str) -> None:
    source = _linked(shared_data, tmp_path / "source", small_areas.ATTRIBUTES)
    _rename_parquet(shared_data / small_areas.ATTRIBUTES, source / small_areas.ATTRIBUTES, column)
    with pytest.raises(SourceError, match=repr(column)):
        small_areas.read(source)


@pytest.mark.parametrize(
    ("file", "sheet", "column", "read"),
    [
        (small_areas.IMD_WORKBOOK, "IMD25", "Index of Multiple Deprivation (IMD) Rank (where 1 is most deprived)", small_areas.read_imd_workbook),
        (primary_care.EPCN, "PCN Core Partner Details", "PCN Code", primary_care.read_epcn),
    ],
    ids=["imd", "epcn"],
)
def test_a_renamed_heading_of_a_workbook_is_named(shared_data: Path, tmp_path: Path, file: str, sheet: str, column: str, read: Reader) -> None:
    target = tmp_path / Path(file).name
    _rename_excel(shared_data / file, target, sheet, column)
    with pytest.raises(SourceError) as caught:
        read(target)
    assert repr(column) in str(caught.value)


@pytest.mark.parametrize(
    ("file", "read"),
    [(row[0], row[2]) for row in CSV_SOURCES]
    + [
        (primary_care.REGISTRATIONS, primary_care.read_registrations),
        (snapshot_build.BOUNDARIES, snapshot_build.read_boundaries),
        (small_areas.IMD_WORKBOOK, small_areas.read_imd_workbook),
    ],
    ids=lambda value: Path(value).stem if isinstance(value, str) else "",
)
def test_a_source_that_is_missing_or_cut_short_is_named(shared_data: Path, tmp_path: Path, file: str, read: Reader) -> None:
    target = tmp_path / Path(file).name
    with pytest.raises(SourceError, match="missing"):
        read(target)
    target.write_bytes(b"" if file.endswith(".csv") else (shared_data / file).read_bytes()[:5_000])
    with pytest.raises(SourceError) as caught:
        read(target)
    assert str(caught.value).startswith(target.name)


def test_a_renamed_column_stops_the_build_and_leaves_the_last_snapshot_untouched(shared_data: Path, tmp_path: Path) -> None:
    source = _linked(shared_data, tmp_path / "source", primary_care.MEMBERSHIP_LATEST)
    _rename_csv(shared_data / primary_care.MEMBERSHIP_LATEST, source / primary_care.MEMBERSHIP_LATEST, "PCN_CODE")
    last = {tmp_path / "snapshot" / "snapshot.json": "the last one", tmp_path / "static" / "geometry" / "lsoa" / "old.geojson.gz": "its outlines"}
    for path, content in last.items():
        path.parent.mkdir(parents=True)
        path.write_text(content, encoding="utf-8")
    with pytest.raises(SourceError, match="'PCN_CODE'"):
        snapshot_build.build(source, folder=tmp_path / "snapshot", static=tmp_path / "static")
    for path, content in last.items():
        assert path.read_text(encoding="utf-8") == content
    assert sorted(path.name for path in tmp_path.iterdir()) == ["snapshot", "source", "static"], "nothing half built is left"
    assert [path for path in (tmp_path / "static").rglob("*") if path.is_file()] == [tmp_path / "static" / "geometry" / "lsoa" / "old.geojson.gz"]


def test_the_same_sources_give_the_committed_snapshot_byte_for_byte(shared_data: Path, tmp_path: Path) -> None:
    steps: list[str] = []
    snapshot_build.build(shared_data, folder=tmp_path / "snapshot", static=tmp_path / "static", progress=steps.append)
    built = json.loads((tmp_path / "snapshot" / "snapshot.json").read_text(encoding="utf-8"))
    committed = json.loads((DEFAULT_FOLDER / "snapshot.json").read_text(encoding="utf-8"))
    assert built == committed, "run `make snapshot` and commit what it makes"
    assert len(steps) <= snapshot_build.STEPS
    index = pd.read_parquet(tmp_path / "snapshot" / "geometry.parquet")
    assert {path.relative_to(tmp_path / "static").as_posix() for path in (tmp_path / "static").rglob("*.gz")} == set(index["path"])
    assert all((tmp_path / "static" / path).stat().st_size == size for path, size in zip(index["path"], index["bytes"], strict=True))
