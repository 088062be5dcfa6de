"""The tables of indicators against the publishers' files by another route: plain dictionaries, and figures published elsewhere."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis import footprints, practice_sums
from data_loaders import fingertips_icb, fingertips_london, local_statistics, manifests, primary_care, qof, small_areas
from data_loaders.atlas import Atlas
from data_loaders.indicator_metadata import NOW_PROPORTIONS
from data_loaders.needs import ENGLAND, Needs

CLOSE_ENOUGH = 0.06
"""Percentage points within which the sums by system must equal what Fingertips published for 2021/22."""


@pytest.fixture(scope="module")
def needs(atlas: Atlas) -> Needs:
    return Needs(atlas.snapshot)


@pytest.fixture(scope="module")
def counts(atlas: Atlas) -> pd.DataFrame:
    frame = atlas.snapshot.table("qof_counts")
    return frame.assign(tenth=frame["tenth"].fillna(0).astype(int))


@pytest.fixture(scope="module")
def registers(shared_data: Path) -> dict[str, dict[str, tuple[int, int]]]:
    """Register → practice → (on it, out of), read straight from the file of 2021/22."""
    found: dict[str, dict[str, tuple[int, int]]] = defaultdict(dict)
    with (shared_data / qof.PREVALENCE_2021_22).open(encoding="utf-8-sig") as lines:
        for row in csv.DictReader(lines):
            found[row["GROUP_CODE"]][row["PRACTICE_CODE"]] = (int(float(row["REGISTER"])), int(row["PRACTICE_LIST_SIZE"]))
    return found


def _value(counts: pd.DataFrame, indicator_id: str, level: str, period: str = "2021/22") -> pd.Series:
    rows = counts[(counts["indicator_id"] == indicator_id) & (counts["level"] == level) & (counts["period"] == period) & (counts["tenth"] == 0)]
    return (100 * rows.set_index("area_code")["count"] / rows.set_index("area_code")["denominator"]).rename("value")


def test_systems_of_2021_22_are_as_fingertips_published_them(shared_data: Path, counts: pd.DataFrame, atlas: Atlas) -> None:
    extract = pd.read_csv(shared_data / fingertips_icb.EXTRACT)
    codes = atlas.snapshot.table("small_areas", ["icb24cdh", "icb24cd"]).drop_duplicates().set_index("icb24cdh")["icb24cd"]
    worst = {}
    for metric, indicator_id in fingertips_icb.METRICS.items():
        if indicator_id == fingertips_icb.SMOKING:
            continue
        published = extract[(extract["year"] == 2021) & (extract["metric"] == metric)]
        ours = _value(counts, indicator_id, "icb").reindex(published["org"].map(codes))
        assert len(published) == 42 and ours.notna().all()
        worst[metric] = float(np.abs(ours.to_numpy() - published["value"].to_numpy()).max())
    print("\n".join(f"{metric}: {difference:.6f} points at most" for metric, difference in worst.items()))
    assert len(worst) == 16
    assert max(worst.values()) <= CLOSE_ENOUGH


def test_systems_of_2022_23_are_near_what_fingertips_published(shared_data: Path, counts: pd.DataFrame, atlas: Atlas) -> None:
    """Practices that closed by 2024 are missing from that file: the manifest says 0.08 points."""
    extract = pd.read_csv(shared_data / fingertips_icb.EXTRACT)
    codes = atlas.snapshot.table("small_areas", ["icb24cdh", "icb24cd"]).drop_duplicates().set_index("icb24cdh")["icb24cd"]
    names = {qof.REGISTERS[group].indicator_id for group in qof.CVD_REGISTERS}
    for metric, indicator_id in fingertips_icb.METRICS.items():
        if indicator_id in names:
            published = extract[(extract["year"] == 2022) & (extract["metric"] == metric)]
            ours = _value(counts, indicator_id, "icb", "2022/23").reindex(published["org"].map(codes))
            assert np.abs(ours.to_numpy() - published["value"].to_numpy()).max() < 0.085


def test_england_is_the_sum_of_practices(registers: dict[str, dict[str, tuple[int, int]]], counts: pd.DataFrame) -> None:
    england = counts[(counts["level"] == "england") & (counts["period"] == "2021/22") & (counts["tenth"] == 0)].set_index("indicator_id")
    assert len(registers) == len(england) == 21
    for group, practices in registers.items():
        row = england.loc[qof.REGISTERS[group].indicator_id]
        assert (row["count"], row["denominator"], row["practices"]) == (
            sum(count for count, _ in practices.values()), sum(people for _, people in practices.values()), 6_470,
        )  # fmt: skip


def test_england_of_2022_23_is_the_sum_of_prevalences(shared_data: Path, counts: pd.DataFrame) -> None:
    raw = pd.read_csv(shared_data / qof.CVD_2022_23)
    england = counts[(counts["level"] == "england") & (counts["period"] == "2022/23") & (counts["tenth"] == 0)].set_index("indicator_id")
    for group in qof.CVD_REGISTERS:
        people = (raw[f"Prevalence_{group}"] * raw[f"List.Size_{group}"] / 100).sum()
        assert england.loc[qof.REGISTERS[group].indicator_id, "count"] == pytest.approx(people, abs=1e-3)


@pytest.mark.parametrize("group", ["HYP", "COPD", "DM", "MH", "AST", "DEP"])
def test_every_network_by_hand(shared_data: Path, registers: dict[str, dict[str, tuple[int, int]]], counts: pd.DataFrame, group: str) -> None:
    january = pd.read_csv(shared_data / primary_care.MEMBERSHIP_LATEST, dtype=str)
    october = pd.read_csv(shared_data / primary_care.MEMBERSHIP_EARLIER, dtype=str)
    epcn = primary_care.read_epcn(shared_data / primary_care.EPCN)
    live = {code for code in january["PCN_CODE"] if isinstance(code, str) and len(code) == 6}
    open_now = set(january["PRACTICE_CODE"])
    home = {row.PRACTICE_CODE: row.PCN_CODE for row in january.itertuples() if row.PCN_CODE in live}
    for row in october.itertuples():
        if row.PRACTICE_CODE not in open_now and row.PCN_CODE in live:
            home.setdefault(row.PRACTICE_CODE, row.PCN_CODE)
    for row in epcn.itertuples():
        if row.practice_code not in open_now and row.pcn_code in live and (not isinstance(row.end_date, str) or row.end_date >= "20220331"):
            home.setdefault(row.practice_code, row.pcn_code)
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for practice, (count, people) in registers[group].items():
        if practice in home:
            sums[home[practice]][0] += count
            sums[home[practice]][1] += people
    ours = counts[(counts["level"] == "pcn") & (counts["period"] == "2021/22") & (counts["indicator_id"] == qof.REGISTERS[group].indicator_id)]
    assert len(ours) == 1_298
    assert {row.area_code: [row.on_it, row.denominator] for row in ours.rename(columns={"count": "on_it"}).itertuples()} == dict(sums)


def test_a_practices_deprivation_is_near_what_fingertips_gives_it(shared_data: Path, atlas: Atlas) -> None:
    """Fingertips' own scores of IMD 2025 by practice, where recorded (other registrations, so not the same), and the order of all by IMD 2019."""
    areas = atlas.snapshot.table("small_areas", ["lsoa21cd", "imd25_score", "pop_census2021"]).set_index("lsoa21cd")
    registrations = primary_care.read_registrations(shared_data / primary_care.REGISTRATIONS)
    weights = footprints.carry_weights(small_areas.read_exact_fit(shared_data / small_areas.EXACT_FIT), areas["pop_census2021"])
    score = practice_sums.deprivation_score(registrations, weights, areas["imd25_score"])
    recorded = pd.read_csv(shared_data / "fingertips/recorded/94240_IMD2025_gp_EXCERPT.csv")
    recorded = recorded[recorded["Area Type"] == "GPs"].set_index("Area Code")["Value"]
    assert len(recorded) == 4
    assert (score.reindex(recorded.index) - recorded).abs().max() < 1
    earlier = pd.read_csv(shared_data / "fingertips/recorded/93553_imd_gp_all_years.csv", encoding="utf-8-sig")
    earlier = earlier.sort_values("Year").drop_duplicates("AreaCode", keep="last")
    both = pd.concat([score, earlier.set_index("AreaCode")["Value"]], axis=1, join="inner")
    assert len(both) > 6_000 and both.corr("spearman").iloc[0, 1] > 0.97


def test_profiles_of_london_are_all_there(shared_data: Path, needs: Needs) -> None:
    raw = pd.read_parquet(shared_data / manifests.source_file("fingertips_london_profiles"))
    wanted: dict[tuple[str, str, str], set[float | None]] = defaultdict(set)
    for row in raw.itertuples():
        wanted[str(row.indicator_id), row.LAD25CD, row.period].add(None if np.isnan(row.value) else row.value)
    assert len(wanted) == 368 * 33 - 30, "three indicators lack one borough, one lacks 27"
    london = needs.at_level("authority")
    have: dict[tuple[str, str, str], set[float | None]] = defaultdict(set)
    for row in london.itertuples():
        have[row.indicator_id, row.area_code, row.period].add(None if np.isnan(row.value) else row.value)

    def agree(one: float | None, other: float | None) -> bool:
        return one == other if one is None or other is None else abs(one - other) < 5e-4

    not_the_figure = set(fingertips_london.NOT_THE_FIGURE)
    assert not not_the_figure & {indicator for indicator, _, _ in have}
    wanted = {key: values for key, values in wanted.items() if key[0] not in not_the_figure}
    lost = [key for key, values in wanted.items() if not any(agree(a, b) for a in values for b in have.get(key, set()))]
    assert lost == []


def test_the_gap_in_life_expectancy_of_the_recording_is_no_gap(shared_data: Path) -> None:
    """Why 92901 is left out: a gap between tenths of deprivation is a few years, and the recording has the years that people live."""
    raw = pd.read_parquet(shared_data / manifests.source_file("fingertips_london_profiles"))
    assert raw.loc[raw["indicator_id"] == 92901, "value"].dropna().between(75, 90).all()


@pytest.mark.parametrize("download", local_statistics.DOWNLOADS, ids=lambda download: download.source_id)
def test_every_english_row_of_a_download_is_there(shared_data: Path, needs: Needs, download: local_statistics.Download) -> None:
    raw = pd.read_csv(shared_data / manifests.source_file(download.source_id), encoding="utf-8-sig")
    raw = raw[raw["areacd"].str.match(r"E(?!47)")]
    ours = needs.values[(needs.values["indicator_id"] == download.indicator_id) & (needs.values["source_id"] == download.source_id)]
    assert ours["value"].notna().sum() == raw["observation"].notna().sum()
    assert ours["value"].sum() == pytest.approx(raw["observation"].sum())
    assert ours["lower_95"].sum() == pytest.approx(raw["lci_95"].sum()) and ours["upper_95"].sum() == pytest.approx(raw["uci_95"].sum())
    first = raw[raw["areacd"] == ENGLAND].iloc[0]
    england = ours[(ours["area_code"] == ENGLAND) & (ours["period_sortable"] == int(first["period"][:4]) * 10_000)]
    assert np.isclose(england["value"], first["observation"]).any()


def test_neighbourhoods_of_london_are_all_there(shared_data: Path, needs: Needs, atlas: Atlas) -> None:
    raw = pd.read_parquet(shared_data / manifests.source_file("fingertips_london_msoa"))
    ours = needs.at_level("msoa")
    assert len(ours) == len(raw) == 32_559
    assert ours["value"].isna().sum() == raw["value"].isna().sum() == 278
    assert ours["value"].sum() == pytest.approx(raw["value"].sum())
    assert set(ours["area_code"]) <= set(atlas.areas["msoa21cd"])


def test_names_are_the_recorded_ones(shared_data: Path, needs: Needs) -> None:
    metadata = json.loads((shared_data / "fingertips/indicator_metadata_all_2025-01-29.json").read_text(encoding="utf-8"))
    for entry in qof.REGISTERS.values():
        assert "QOF prevalence" in metadata[entry.indicator_id]["Descriptive"]["Name"]
        assert metadata[entry.indicator_id]["Unit"]["Label"] == "%"
    told = needs.indicators
    same = sum(told.loc[ident, "name"] == metadata[ident]["Descriptive"]["Name"] for ident in told.index if ident in metadata)
    assert same > 350, "the rest are newer names, from the recordings of 2026"
    for ident in told.index.intersection(list(metadata)):
        recorded = metadata[ident]["Unit"]["Label"]
        if ident in NOW_PROPORTIONS:
            assert (recorded, told.loc[ident, "unit"]) == ("per 100,000 smokers aged 16+", "%")
        else:
            assert told["unit"].fillna("")[ident] == recorded
