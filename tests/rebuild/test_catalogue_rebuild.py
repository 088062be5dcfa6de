"""The catalogue against the recordings: every id is the indicator that we think it is, and every level said to be seen is there."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from analysis.area_codes import levels_of
from data_loaders import catalogue, qof
from data_loaders.catalogue import Catalogue
from data_loaders.fingertips_london import NOT_THE_FIGURE

# Newer than the recorded metadata of January 2025; named in the London recording of 2026.
NEWER = {"94240"}
ELS = {
    "93881": "els_adult-obesity-prevalence.csv",
    "93671": "els_cancer-diagnosis-at-stage-1-and-2.csv",
    "93722": "els_preventable-cardiovascular-mortality-england.csv",
    "ons-cigarette-smokers": "els_cigarette-smokers.csv",
    "ons-healthy-life-expectancy": "els_healthy-life-expectancy.csv",
}
# A gap is a claim about everything that was published: no name in the recorded metadata may answer it.
GAPS = {
    "Continuity of carer": r"continuity",
    "Full annual physical health check": r"physical health check|annual health check",
    "COPD-specific vaccination": r"vaccin.*(COPD|obstructive)|(COPD|obstructive).*(vaccin|immunis)",
    "Reliance on reliever inhalers": r"reliever|inhaler|\bSABA\b",
    "Glucose monitor and insulin pump access": r"insulin|\bpump|glucose monitor",
    "Epilepsy specialist nurses": r"specialist nurse|epilep.*nurse",
    "Access to mental health services": r"access.*(child|young).*mental|(child|young).*mental.*access|mental health services.*(child|young)",
}


@pytest.fixture(scope="module")
def held() -> Catalogue:
    return catalogue.read()


@pytest.fixture(scope="module")
def fingertips(shared_data: Path) -> Path:
    return shared_data / "fingertips"


@pytest.fixture(scope="module")
def metadata(fingertips: Path) -> dict[str, Any]:
    return json.loads((fingertips / "indicator_metadata_all_2025-01-29.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def london(fingertips: Path) -> pd.DataFrame:
    return pd.read_parquet(fingertips / "london_2026" / "fingertips_profiles.parquet").astype({"indicator_id": str})


def test_every_id_is_in_the_recorded_metadata_under_that_name(held: Catalogue, metadata: dict[str, Any], london: pd.DataFrame) -> None:
    ids = set(held.ids(origin="fingertips"))
    assert ids - set(metadata) == NEWER
    recorded = {each: metadata[each]["Descriptive"]["Name"] for each in ids - NEWER}
    recorded["94240"] = london.loc[london["indicator_id"] == "94240", "indicator_name"].unique().item()
    assert {each: held.indicator(each).published_as for each in ids} == recorded


def test_authorities_are_seen_exactly_where_the_london_recordings_have_them(held: Catalogue, london: pd.DataFrame, fingertips: Path) -> None:
    headlines = pd.read_parquet(fingertips / "london_2026" / "fingertips.parquet").astype({"indicator_id": str})
    have = set(london.loc[london["value"].notna(), "indicator_id"]) | set(headlines.loc[headlines["value"].notna(), "indicator_id"])
    have -= set(NOT_THE_FIGURE)
    said = {each for each in held.ids() if "authority" in held.indicator(each).seen_at}
    assert said - have == {"93563", "ons-healthy-life-expectancy", "ons-cigarette-smokers"}  # seen in other recordings
    assert have & set(held.ids()) <= said
    for indicator_id in said & have - set(ELS):
        evidence = next(geography.evidence for geography in held.indicator(indicator_id).levels if geography.level == "authority")
        assert ("368 indicators" in evidence) == (indicator_id in set(london["indicator_id"])), indicator_id


@pytest.mark.parametrize("indicator_id", ELS)
def test_levels_of_the_ons_downloads(held: Catalogue, fingertips: Path, indicator_id: str) -> None:
    rows = pd.read_csv(fingertips / "england" / ELS[indicator_id], encoding="utf-8-sig").dropna(subset="observation")
    assert set(levels_of(rows["areacd"].astype("str")).dropna()) == set(held.indicator(indicator_id).seen_at)


def test_systems_are_seen_where_the_recordings_have_them(held: Catalogue, fingertips: Path) -> None:
    extract = pd.read_csv(fingertips / "england" / "bnssg_icb_metrics_extract.csv")
    names = {
        "253": "COPD: QOF prevalence (all ages)",
        "219": "Hypertension: QOF prevalence (all ages)",
        "241": "Diabetes mellitus: QOF prevalence (17+ yrs)",
    }
    for name in names.values():
        assert extract.loc[extract["metric"] == name, "org"].nunique() == 42
    asthma = pd.read_csv(fingertips / "england" / "asthma_90933_icb_2023-24.csv")
    assert set(levels_of(asthma["AreaCode"].astype("str"))) == {"icb"} and len(asthma) == 42
    assert {each for each in held.ids() if "icb" in held.indicator(each).seen_at} == {*names, "90933"}


def test_practices_are_seen_where_the_recordings_have_them(held: Catalogue, fingertips: Path) -> None:
    every_year = pd.read_csv(fingertips / "recorded" / "93553_imd_gp_all_years.csv", encoding="utf-8-sig")
    excerpt = pd.read_csv(fingertips / "recorded" / "94240_IMD2025_gp_EXCERPT.csv")
    assert set(every_year["IndicatorID"]) == {93553} and every_year["AreaCode"].str.fullmatch(r"[A-Z]\d{5}").mean() > 0.99
    assert set(excerpt["Indicator ID"]) == {94240} and set(excerpt["Area Type"]) == {"GPs", "England"}
    assert {each for each in held.ids() if "practice" in held.indicator(each).seen_at} == {"93553", "94240"}


def test_the_reason_to_ask_is_the_owner_in_the_annex(held: Catalogue, fingertips: Path) -> None:
    with (fingertips / "api_annex_2024-04" / "IndicatorIDs.csv").open(encoding="utf-8-sig", newline="") as stream:
        owners = {row[0]: row[2] for row in csv.reader(stream) if len(row) == 3}
    with (fingertips / "api_annex_2024-04" / "ProfileIDs.csv").open(encoding="utf-8-sig", newline="") as stream:
        profiles = {row[0]: row[1] for row in csv.reader(stream) if len(row) == 4}
    said = {
        "18": "the Smoking Profile",
        "19": "the Public Health Outcomes Framework",
        "20": "the National General Practice Profiles (",
        "21": "the supporting indicators of the National General Practice Profiles",
        "41": "the Severe Mental Illness profile",
        "92": "Cancer Services",
        "105": "Child and Maternal Health",
        "125": "the Mortality Profile",
        "133": "the profile of children and young people's mental health",
    }
    for profile in ("20", "41", "92", "105"):
        assert profiles[profile] in said[profile]
    for indicator_id in held.ids(origin="fingertips"):
        for geography in held.indicator(indicator_id).levels:
            if not geography.seen:
                owner = owners.get(indicator_id)
                expected = f"Owned by {said[owner]}" if owner else "Newer than the API annex"
                assert geography.evidence.startswith(expected), indicator_id


@pytest.mark.parametrize("gap", GAPS)
def test_no_recorded_indicator_answers_a_gap(held: Catalogue, metadata: dict[str, Any], gap: str) -> None:
    assert any(each == gap + catalogue.NONE_PUBLISHED for area in held.areas for each in area.gaps)
    assert [entry["Descriptive"]["Name"] for entry in metadata.values() if re.search(GAPS[gap], entry["Descriptive"]["Name"], re.IGNORECASE)] == []


def test_each_gap_was_looked_for(held: Catalogue) -> None:
    assert {each.removesuffix(catalogue.NONE_PUBLISHED) for area in held.areas for each in area.gaps} == set(GAPS)


def test_last_updates_and_ends_are_the_recorded_ones(held: Catalogue, metadata: dict[str, Any], london: pd.DataFrame) -> None:
    told = {each: held.indicator(each).mind for each in held.ids() if "Last updated in" in held.indicator(each).mind}
    assert set(told) == {"92780", "93140", "93142", "93493"}
    for indicator_id, mind in told.items():
        month = pd.Timestamp(metadata[indicator_id]["DataChange"]["LastUploadedAt"]).strftime("%B %Y")
        assert f"Last updated in {month}, as of January 2025." in mind
    latest = london.groupby("indicator_id")["period"].max()
    assert latest["91547"] == "2022/23" and held.indicator("91547").retired == "Stopped at 2022/23."
    assert latest["848"] == "2024/25" and not held.indicator("848").retired and "2024/25" in held.indicator("848").mind
    assert {each for each in held.ids() if held.indicator(each).retired} == {"91547"}


def test_the_unit_of_the_quit_figures_changed_as_we_say(held: Catalogue, metadata: dict[str, Any], london: pd.DataFrame) -> None:
    names = london.groupby("indicator_id")["indicator_name"].first()
    for indicator_id in ("1210", "91736"):
        assert metadata[indicator_id]["Unit"]["Label"] == "per 100,000 smokers aged 16+"
        assert names[indicator_id].startswith("Proportion of local smoking population")
        assert london.loc[london["indicator_id"] == indicator_id, "value"].max() < 100
        assert "recorded in 2026 as a proportion" in held.indicator(indicator_id).mind


def test_smoking_at_delivery_is_copied_down(london: pd.DataFrame) -> None:
    boroughs = london[london["indicator_id"] == "93085"].drop_duplicates("LAD25CD")["value"].dropna()
    assert len(boroughs) == 32 and boroughs.nunique() == 5


def test_fingertips_own_words_for_asthma_are_those_of_no_direction(fingertips: Path) -> None:
    words = pd.read_csv(fingertips / "england" / "asthma_90933_icb_2023-24.csv")["ComparedtoEnglandvalueorpercentiles"]
    assert words.value_counts().to_dict() == {"Higher 99.8": 25, "Lower 99.8": 15, "Similar": 2}


def test_the_one_recorded_list_of_polarities_does_not_reach_the_catalogue(held: Catalogue, fingertips: Path) -> None:
    """When a recording with our ids comes, this fails: read the polarities from it then."""
    listed = json.loads((fingertips / "london_2026" / "fingertips_metadata.json").read_text(encoding="utf-8"))
    assert {entry["polarity"] for entry in listed} >= {"RAG - Low is good"}
    assert {str(entry["indicator_id"]) for entry in listed} & set(held.ids()) == set()


def test_the_registers_that_are_summed_are_in_the_practices_file(held: Catalogue, shared_data: Path) -> None:
    groups = set(pd.read_csv(shared_data / qof.PREVALENCE_2021_22, usecols=["GROUP_CODE"])["GROUP_CODE"])
    summed = {each for each in held.ids() if held.indicator(each).summed_from_practices}
    assert {code for code, register in qof.REGISTERS.items() if register.indicator_id in summed} == {"HYP", "COPD", "DM", "MH", "AST", "DEP"} & groups
