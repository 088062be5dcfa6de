"""London's recordings: one figure once, notes kept, the row with an interval preferred; and the systems' extract and recordings."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from data_loaders import fingertips_icb, fingertips_london
from data_loaders.errors import SourceError
from data_loaders.indicator_values import VALUE_COLUMNS, typed


def _profiles(path: Path, **changed: list[object]) -> Path:
    """One indicator of two boroughs under two profiles, numbered in the first."""
    columns: dict[str, list[object]] = {
        "LAD25CD": ["E09000001", "E09000012"] * 2,
        "lad_name": ["City of London", "Hackney"] * 2,
        "indicator_id": [20101] * 4,
        "indicator_name": ["C04 - Low birth weight of term babies"] * 2 + ["Low birth weight of term babies"] * 2,
        "value": [np.nan, 3.1] * 2,
        "period": ["2022 - 24"] * 4,
        "unit": ["Value for Hackney and City of London combined"] * 4,
    }
    pd.DataFrame(columns | changed).to_parquet(path)
    return path


def test_an_indicator_under_two_profiles_is_one_figure(tmp_path: Path) -> None:
    found = fingertips_london.read_profiles(_profiles(tmp_path / "p.parquet"))
    assert found.rows == 4 and len(found.values) == 2
    assert found.names.to_dict() == {"20101": "Low birth weight of term babies"}
    city = found.values.set_index("area_code").loc["E09000001"]
    assert np.isnan(city["value"]) and city["note"] == "Value for Hackney and City of London combined"
    assert found.values[["sex", "age", "lower_95"]].isna().all(axis=None), "what the recording does not say is not made up"
    assert set(found.values["period_years"]) == {3}


@pytest.mark.parametrize(
    ("column", "values", "said"),
    [
        ("value", [np.nan, 3.1, np.nan, 3.2], "indicator 20101 says two things .* for E09000012"),
        ("unit", [None, None, "A note", None], "indicator 20101 says two things .* for E09000001"),
        ("indicator_name", ["Low birth weight"] * 2 + ["Stillbirths"] * 2, "indicator 20101 says two things of one name"),
        ("period", ["soon"] * 4, "'soon' is not a period"),
    ],
)
def test_profiles_that_disagree_are_named(tmp_path: Path, column: str, values: list[object], said: str) -> None:
    with pytest.raises(SourceError, match=said):
        fingertips_london.read_profiles(_profiles(tmp_path / "p.parquet", **{column: values}))


def _values(*rows: tuple[str, str | None, float, float, str | None]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["area_code", "sex", "value", "lower_95", "note"])
    return typed(frame.assign(indicator_id="90362", period="2022 - 24", period_sortable=20220000))


def test_the_row_with_an_interval_stands_and_takes_the_note_of_the_same_value() -> None:
    fuller = _values(("E1", "Male", 60.0, 59.0, None), ("E1", "Female", 62.0, 61.0, None), ("E2", "Male", np.nan, np.nan, None))
    bare = _values(("E1", None, 62.0, np.nan, "Provisional"), ("E2", None, np.nan, np.nan, "Joined"), ("E3", None, 50.0, np.nan, None))
    kept, rest, differing = fingertips_london.prefer(fuller, bare)
    assert kept["note"].fillna("").tolist() == ["", "Provisional", "Joined"]
    assert rest["area_code"].tolist() == ["E3"]
    assert differing.empty
    _, _, differing = fingertips_london.prefer(fuller, _values(("E1", None, 99.0, np.nan, None)))
    assert differing["area_code"].tolist() == ["E1"], "a disagreement is told, not hidden"


def test_neighbourhood_polarity_is_read_as_published(tmp_path: Path) -> None:
    entries = [{"indicator_id": 93283, "name": "Life", "unit": "Years", "polarity": "RAG - High is good", "wh": True},
               {"indicator_id": 93089, "name": "Fertility", "unit": "per 1,000", "polarity": "Not applicable", "wh": None}]
    (tmp_path / "m.json").write_text(json.dumps(entries), encoding="utf-8")
    assert fingertips_london.read_neighbourhood_metadata(tmp_path / "m.json")["polarity"].tolist() == ["high is good", "not applicable"]
    (tmp_path / "m.json").write_text("[{}]", encoding="utf-8")
    with pytest.raises(SourceError, match=r"m\.json"):
        fingertips_london.read_neighbourhood_metadata(tmp_path / "m.json")


CODES, NAMES = pd.Series({"QMF": "E54000029"}), pd.Series({"E54000029": "NHS North East London"})


def _extract(path: Path, *rows: tuple[int, str, str, float]) -> Path:
    pd.DataFrame(rows, columns=["year", "org", "metric", "value"]).assign(domain="Demand").to_csv(path, index=False)
    return path


def test_the_extract_is_given_ids_years_and_ages(tmp_path: Path) -> None:
    obesity = "Obesity: QOF prevalence (18+ yrs)"
    path = _extract(
        tmp_path / "e.csv",
        (2021, "QMF", "Hypertension: QOF prevalence (all ages)", 11.1),
        (2022, "QMF", obesity, 9.0),
        (2023, "QMF", obesity, 12.0),
        (2023, "QMF", "% active smokers (GPPS)", 13.0),
        (2023, "QMF", fingertips_icb.LEFT_OUT, 5.0),
    )
    values, left_out = fingertips_icb.read_extract(path, CODES, NAMES)
    assert left_out == 1 and list(values.columns) == list(VALUE_COLUMNS)
    assert values["indicator_id"].tolist() == ["219", "92588", "94136", "90452"]
    assert values["period"].tolist() == ["2021/22", "2022/23", "2023/24", "2023"]
    assert values["age"].fillna("").tolist() == ["All ages", "18+ yrs", "18+ yrs", ""]
    assert set(values["area_code"]) == {"E54000029"} and values["lower_95"].isna().all()


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ((2021, "QZZ", "CHD: QOF prevalence (all ages)", 1.0), "org 'QZZ'"),
        ((2021, "QMF", "Gout", 1.0), "metric 'Gout'"),
    ],
)
def test_an_organisation_or_metric_that_is_not_known_is_named(tmp_path: Path, row: tuple[int, str, str, float], said: str) -> None:
    with pytest.raises(SourceError, match=said):
        fingertips_icb.read_extract(_extract(tmp_path / "e.csv", row), CODES, NAMES)


_HEADINGS = (
    "IndicatorID,IndicatorName,ParentCode,ParentName,AreaCode,AreaName,AreaType,Sex,Age,CategoryType,Category,Timeperiod,Value,LowerCI95.0limit,"
    "UpperCI95.0limit,LowerCI99.8limit,UpperCI99.8limit,Count,Denominator,Valuenote,RecentTrend,ComparedtoEnglandvalueorpercentiles,"
    "ComparedtoNHSregionsvalueorpercentiles,TimeperiodSortable,Newdata,Comparedtogoal,Timeperiodrange,row_id"
)
_LINE = (
    "90933,Asthma: QOF prevalence,E40000003,London NHS Region,nE54000029,NHS North East London Integrated Care Board - QMF,ICBs,Persons,6+ yrs,NA,NA,"
    "2023/24,4.97,4.94,5.00,4.92,5.01,103000,2072000,NA,Cannot be calculated,Lower 99.8,Higher 99.8,20230000,NA,NA,1y,QMF"
)


def test_a_recording_is_read_with_both_intervals(tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_text(f"{_HEADINGS}\n{_LINE}\n", encoding="utf-8")
    row = fingertips_icb.read_recording(tmp_path / "r.csv", "fingertips_icb_asthma_prevalence").iloc[0]
    assert (row["area_code"], row["level"], row["area_name"]) == ("E54000029", "icb", "NHS North East London Integrated Care Board")
    assert (row["value"], row["lower_998"], row["count"], row["denominator"]) == (4.97, 4.92, 103000, 2072000)
    assert (row["compared_to_england"], row["compared_to_parent"], row["trend"]) == ("Lower 99.8", "Higher 99.8", "Cannot be calculated")
    assert pd.isna(row["category"]) and pd.isna(row["note"])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (_HEADINGS.replace("Denominator", "People") + "\n" + _LINE, "Denominator"),
        (f"{_HEADINGS}\n{_LINE}\n90933,cut", "row 2"),
        (_HEADINGS, "row 1: there is none"),
        ("<html></html>", "something else"),
    ],
)
def test_a_recording_that_is_not_whole_is_named(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "r.csv").write_text(text + "\n", encoding="utf-8")
    with pytest.raises(SourceError, match=said):
        fingertips_icb.read_recording(tmp_path / "r.csv", "fingertips_icb_asthma_prevalence")
