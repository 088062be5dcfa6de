"""ONS downloads: no row is lost, joined areas and marks keep their note, areas that are gone are not offered."""

from __future__ import annotations

from pathlib import Path

import pytest

from data_loaders import local_statistics
from data_loaders.errors import SourceError
from data_loaders.indicator_values import ORIGINS
from data_loaders.local_statistics import DOWNLOADS, read

HEADER = "areacd,areanm,geography,indicator,period,observation,measure,unit,lci_95,uci_95,status,notes"
CANCER = next(download for download in DOWNLOADS if download.indicator_id == "93671")
LIFE = next(download for download in DOWNLOADS if download.indicator_id == "ons-healthy-life-expectancy")
CURRENT = frozenset({"E09000012", "E09000001", "E06000052", "E06000053", "E10000016"})


def _file(path: Path, rows: list[str], header: str = HEADER) -> Path:
    path.write_text("\ufeff" + "\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


def _row(
    code: str,
    name: str = "Somewhere",
    value: str = "55.5",
    rest: str = "50.1,60.2,,",
    period: str = "2022-01-01/P1Y",
    indicator: str = "Cancer diagnosis at stage 1 and 2",
) -> str:
    return f"{code},{name},Local Authority District,{indicator},{period},{value},Percentage,%,{rest}"


def test_a_row_is_read_whole(tmp_path: Path) -> None:
    found = read(_file(tmp_path / "a.csv", [_row("E92000001", "England")]), CANCER, CURRENT)
    row = found.values.iloc[0]
    assert (row["indicator_id"], row["level"], row["sex"], row["age"], row["period"], row["period_sortable"], row["period_years"]) == (
        "93671", "england", "Persons", "All ages", "2022", 20220000, 1,
    )
    assert (row["value"], row["lower_95"], row["upper_95"]) == (55.5, 50.1, 60.2)
    assert found.values["count"].isna().all() and found.values["category"].isna().all()
    assert "ONS" in ORIGINS[row["origin"]] and "Fingertips" in ORIGINS[row["origin"]]


def test_rows_in_are_rows_out_and_rows_set_aside(tmp_path: Path) -> None:
    rows = [_row(code) for code in ("E09000012", "W06000001", "K02000001", "E47000014", "E67000002")]
    found = read(_file(tmp_path / "a.csv", rows), CANCER, CURRENT)
    assert len(found.values) - found.added + found.set_aside["rows"].sum() == len(rows)
    assert found.set_aside.set_index("area_code")["reason"].to_dict() == {
        "E47000014": "a combined authority, which is no level of this atlas",
        "K02000001": "outside England",
        "W06000001": "outside England",
    }


def test_areas_published_together_say_so_and_the_smaller_has_no_value(tmp_path: Path) -> None:
    note = "Value for Cornwall and Isles of Scilly combined"
    values = read(_file(tmp_path / "a.csv", [_row("E67000002", rest=f"50.1,60.2,{note},")]), CANCER, CURRENT).values.set_index("area_code")
    assert values["note"].to_dict() == {"E06000052": note, "E06000053": note}
    assert values.loc["E06000052", "value"] == 55.5
    assert values.loc["E06000053", ["value", "lower_95", "upper_95"]].isna().all(), "empty, and not zero"
    with pytest.raises(SourceError, match="E06000052 is published both alone and together"):
        read(_file(tmp_path / "b.csv", [_row("E67000002"), _row("E06000052")]), CANCER, CURRENT)


def test_a_value_that_is_not_published_keeps_its_mark(tmp_path: Path) -> None:
    values = read(_file(tmp_path / "a.csv", [_row("E09000001", value="", rest=",,u,")]), CANCER, CURRENT).values
    assert values["value"].isna().all() and values["note"].iloc[0] == "No value published: too unreliable to give"
    other = read(_file(tmp_path / "b.csv", [_row("E09000001", value="", rest=",,c,")]), CANCER, CURRENT).values
    assert other["note"].iloc[0] == 'No value published: ONS marks it "c"'


def test_an_area_that_is_gone_keeps_its_code_and_is_not_offered(tmp_path: Path) -> None:
    gone = "Obsolete code since 2023 (replaced by E06000063 Cumberland)"
    values = read(_file(tmp_path / "a.csv", [_row("E07000026", rest=f"1,99,,{gone}"), _row("E10000016"), _row("E10000006")]), CANCER, CURRENT).values
    assert values["level"].fillna("").tolist() == ["", "county", ""]
    assert values["note"].iloc[0] == gone


def test_men_and_women_are_told_apart(tmp_path: Path) -> None:
    rows = [_row("E09000012", period="2022-01-01/P3Y", indicator=f"{sex} healthy life expectancy") for sex in ("Male", "Female")]
    values = read(_file(tmp_path / "a.csv", rows), LIFE, CURRENT).values
    assert values["sex"].tolist() == ["Male", "Female"] and set(values["period"]) == {"2022 - 24"} and set(values["period_years"]) == {3}
    assert set(values["origin"]) == {"ons"}


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (_row("E09000012", indicator="Other"), "indicator 'Other' is not known"),
        (_row("E09000012", period="soon"), "'soon' is not a period"),
        (_row("E09000012", value="many"), "many"),
    ],
)
def test_what_cannot_be_read_is_named(tmp_path: Path, row: str, said: str) -> None:
    with pytest.raises(SourceError, match=said):
        read(_file(tmp_path / "a.csv", [row]), CANCER, CURRENT)


def test_a_renamed_column_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="'lci_95'"):
        read(_file(tmp_path / "a.csv", [_row("E09000012")], HEADER.replace("lci_95", "lower")), CANCER, CURRENT)


def test_every_download_has_its_description() -> None:
    from data_loaders import manifests

    for download in local_statistics.DOWNLOADS:
        assert download.source_id in manifests.source_ids()
        assert download.origin in ORIGINS
