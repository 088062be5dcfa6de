"""Small areas from the publishers' files, checked against figures worked out here by another route."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from data_loaders import small_areas
from data_loaders.atlas import Atlas


@pytest.fixture(scope="module")
def built(shared_data: Path) -> pd.DataFrame:
    return small_areas.read(shared_data).set_index("lsoa21cd")


def test_rank_and_decile_are_mhclgs_own_row_by_row(built: pd.DataFrame, shared_data: Path) -> None:
    sheet = openpyxl.load_workbook(shared_data / small_areas.IMD_WORKBOOK, read_only=True)["IMD25"]
    rows = list(sheet.iter_rows(min_row=2, values_only=True))
    assert len(rows) == 33_755
    published = pd.DataFrame({"rank": [row[4] for row in rows], "decile": [row[5] for row in rows]}, index=[row[0] for row in rows]).loc[built.index]
    assert (built["imd25_rank"] == published["rank"]).all()
    assert (built["imd25_decile"] == published["decile"]).all()
    assert (built["core20"] == (published["rank"] <= 6_751)).all()
    assert (built["iod_year"] == 2025).all()


def test_people_are_the_offices_mid_2022_estimates(built: pd.DataFrame, shared_data: Path) -> None:
    published = pd.read_parquet(shared_data / "population" / "lsoa21_population_density_2011_2022.parquet")
    code = next(
        column for column in published if str(column).casefold().startswith("lsoa") and published[column].astype(str).str.startswith("E01").any()
    )
    year = next(column for column in published if "2022" in str(column) and published[column].sum() > 5e7)
    england = published[published[code].astype(str).str.startswith("E01")].set_index(code)[year]
    assert england.sum() == built["pop_mid2022"].sum() == 57_112_542
    assert (england.loc[built.index].to_numpy() == built["pop_mid2022"].to_numpy()).all()


def test_age_groups_hold_every_band_once(built: pd.DataFrame, shared_data: Path) -> None:
    published = pd.read_csv(shared_data / small_areas.AGE_BANDS).set_index("LSOACode").loc[built.index]
    bands = [column for column in published if str(column).startswith("Age")]
    assert len(bands) == 18
    groups = list(small_areas.AGE_GROUPS)
    assert (built[groups].sum(axis=1) == published[bands].sum(axis=1)).all()
    assert (built["age_85_plus"] == published["Age85Over"]).all()
    assert built["age_0_14"].sum() == published[["Age4Under", "Age5to9", "Age10to14"]].to_numpy().sum()


def test_centroids_are_the_offices(built: pd.DataFrame, shared_data: Path) -> None:
    published = pd.read_csv(shared_data / "geography" / "lsoa21_population_weighted_centroids.csv", encoding="utf-8-sig")
    code = next(column for column in published if str(column).upper().startswith("LSOA21CD"))
    points = published.set_index(code)[["x", "y"] if "x" in published else ["X", "Y"]].loc[built.index]
    assert abs(points.to_numpy() - built[["pwc_e", "pwc_n"]].to_numpy()).max() < 1


def test_the_snapshot_has_what_was_read(built: pd.DataFrame, atlas: Atlas) -> None:
    committed = atlas.snapshot.table("small_areas").set_index("lsoa21cd")
    shared = [column for column in built if column in committed]
    assert len(shared) == len(built.columns)
    for column in shared:
        assert (committed[column].to_numpy() == built[column].to_numpy()).all(), column
