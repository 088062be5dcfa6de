"""Codes: each shape means one kind of area, and Fingertips' prefix comes off those that carry it and no other."""

from __future__ import annotations

import pandas as pd
import pytest

from analysis.area_codes import LEVELS, levels_of, without_prefix
from data_loaders.atlas import Atlas


@pytest.mark.parametrize(
    ("code", "level"),
    [
        ("E92000001", "england"),
        ("E12000007", "region"),
        ("E40000003", "nhs_region"),
        ("E54000029", "icb"),
        ("E38000186", "sub_icb"),
        ("E10000016", "county"),
        ("E06000017", "authority"),
        ("E07000105", "authority"),
        ("E08000025", "authority"),
        ("E09000030", "authority"),
        ("U11211", "pcn"),
        ("A81001", "practice"),
        ("Y01234", "practice"),
        ("E05014053", "ward"),
        ("E02000001", "msoa"),
        ("E01000001", "lsoa"),
        ("W06000001", None),
        ("S12000005", None),
        ("nE54000029", None),
        ("E9200000", None),
        ("", None),
    ],
)
def test_a_code_has_the_level_of_its_shape(code: str, level: str | None) -> None:
    found = levels_of(pd.Series([code], dtype="str")).iloc[0]
    assert (found if isinstance(found, str) else None) == level
    assert level is None or level in LEVELS


def test_the_prefix_comes_off_nine_character_codes_alone() -> None:
    codes = pd.Series(["nE54000029", "nE38000186", "E54000029", "nU11211", "northern", None], dtype="str")
    assert without_prefix(codes).tolist()[:5] == ["E54000029", "E38000186", "E54000029", "nU11211", "northern"]


def test_every_code_of_the_atlas_has_its_level(atlas: Atlas) -> None:
    columns = {
        "lsoa21cd": "lsoa",
        "msoa21cd": "msoa",
        "wd24cd": "ward",
        "lad24cd": "authority",
        "rgncd": "region",
        "icb24cd": "icb",
        "icb26cd": "icb",
        "sicbl24cd": "sub_icb",
        "leading_pcn_code": "pcn",
    }
    for column, level in columns.items():
        assert set(levels_of(atlas.areas[column])) == {level}, column
