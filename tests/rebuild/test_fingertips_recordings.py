"""Every recorded response of Fingertips is read without loss, and its figures are those that an independent reader sees."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from data_loaders.errors import UnexpectedAnswerError
from data_loaders.fingertips_csv import parse
from data_loaders.fingertips_metadata import metadata_frame, read_json

# file → rows, rows out, rows set aside (all of them England said twice), empty values
RECORDED = {
    "recorded/93930_ae_attendances_0-4_GP_PCN_2021-22.csv": (7_610, 7_610, 0, 1),
    "recorded/200_learning_disability_qof_sample.csv": (464, 295, 169, 0),
    "recorded/94240_IMD2025_gp_EXCERPT.csv": (5, 5, 0, 0),
    "england/asthma_90933_icb_2023-24.csv": (42, 42, 0, 0),
    "england/asthma_admissions_icb_2023-24.csv": (42, 42, 0, 0),
}


def test_every_recorded_csv_of_values_is_here(shared_data: Path) -> None:
    folder = shared_data / "fingertips"
    found = {str(path.relative_to(folder)) for pattern in ("recorded/*.csv", "england/asthma_*.csv") for path in folder.glob(pattern)}
    assert found == {*RECORDED, "recorded/93553_imd_gp_all_years.csv"}


@pytest.mark.parametrize("name", RECORDED)
def test_a_recorded_response_is_read_without_loss(shared_data: Path, name: str) -> None:
    rows, out, aside, empty = RECORDED[name]
    parsed = parse((shared_data / "fingertips" / name).read_bytes())
    assert (parsed.rows, len(parsed.values), len(parsed.set_aside)) == (rows, out, aside)
    assert parsed.rows == len(parsed.values) + len(parsed.set_aside)
    assert parsed.set_aside["reason"].str.startswith("England's row comes twice: it says again what row ").all()
    assert parsed.values["value"].isna().sum() == empty
    assert not parsed.ends_short
    assert (parsed.values["level"] != "").all()
    assert parsed.values["period_years"].eq(1).all()


@pytest.mark.parametrize("name", RECORDED)
def test_its_figures_are_those_of_an_independent_reader(shared_data: Path, name: str) -> None:
    path = shared_data / "fingertips" / name
    parsed = parse(path.read_bytes())
    with path.open(encoding="utf-8-sig", newline="") as file:
        raw = pd.DataFrame([row for row in csv.DictReader(file) if any(row.values())])
    raw.columns = [column.replace(" ", "") for column in raw.columns]
    raw = raw.iloc[parsed.numbers - 1].reset_index(drop=True)
    for ours, theirs in {"value": "Value", "lower_95": "LowerCI95.0limit", "upper_998": "UpperCI99.8limit", "count": "Count"}.items():
        expected = [np.nan if cell in ("", "NA") else float(cell) for cell in raw[theirs]]
        np.testing.assert_array_equal(parsed.values[ours].to_numpy(), expected)
    assert parsed.values["area_type"].tolist() == raw["AreaType"].tolist()
    assert parsed.values["period"].tolist() == raw["Timeperiod"].tolist()
    assert parsed.values["area_code"].tolist() == [code.removeprefix("n") for code in raw["AreaCode"]]


def test_practices_within_pcns_keep_their_pcn_and_the_suppressed_one_its_note(shared_data: Path) -> None:
    values = parse((shared_data / "fingertips/recorded/93930_ae_attendances_0-4_GP_PCN_2021-22.csv").read_bytes()).values
    assert values["level"].value_counts().to_dict() == {"practice": 6_343, "pcn": 1_191, "england": 76}
    practices = values[values["level"] == "practice"]
    assert practices["parent_code"].str.fullmatch(r"U\d{5}").all()
    suppressed = values[values["value"].isna()].iloc[0]
    assert (suppressed["area_code"], suppressed["note"]) == ("A82620", "Value suppressed for disclosure control reasons")
    assert np.isnan(suppressed["count"]) and suppressed["denominator"] == 21
    assert (values["category_type"] != "").sum() == 70
    england = values[(values["level"] == "england") & (values["category_type"] == "") & (values["period"] == "2021/22")]
    assert dict(zip(england["sex"], england["count"], strict=True)) == {"Male": 1_302_555, "Female": 1_030_283, "Persons": 2_332_838}


def test_a_recording_in_another_format_is_refused_with_what_it_lacks(shared_data: Path) -> None:
    with pytest.raises(UnexpectedAnswerError, match="lacks the column 'Area Type' and 'Sex'"):
        parse((shared_data / "fingertips/recorded/93553_imd_gp_all_years.csv").read_bytes())


def test_the_recorded_metadata_is_read_whole(shared_data: Path) -> None:
    described = read_json((shared_data / "fingertips/indicator_metadata_all_2025-01-29.json").read_bytes(), "Fingertips", dict)
    frame = metadata_frame(described, {}, "")
    assert len(frame) == 1_587 and frame["indicator_id"].is_unique
    assert (frame["name"] != "").all() and (frame["value_type"] != "").all()
    assert frame["multiplier"].notna().all()
    hypertension = frame.set_index("indicator_id").loc["219"]
    assert hypertension[["name", "unit", "multiplier", "updated"]].tolist() == ["Hypertension: QOF prevalence", "%", 100.0, "2024-09-24"]
    assert (frame["polarity"] == "").all(), "the JSON has no polarity"
