"""Fingertips' CSV becomes the typed frame: columns found by pattern, nothing lost, nothing made up."""

from __future__ import annotations

import csv
import io

import numpy as np
import pandas as pd
import pytest

from data_loaders.errors import UnexpectedAnswerError
from data_loaders.fingertips_csv import LONGEST_CELL, Parsed, parse
from data_loaders.indicator_values import VALUE_COLUMNS
from data_loaders.periods import of_days, years_of_one

_HEADINGS = (
    "Indicator ID,Indicator Name,Parent Code,Parent Name,Area Code,Area Name,Area Type,Sex,Age,Category Type,Category,Time period,Value,"
    "Lower CI 95.0 limit,Upper CI 95.0 limit,Lower CI 99.8 limit,Upper CI 99.8 limit,Count,Denominator,Value note,Recent Trend,"
    "Compared to England value or percentiles,Column not used,Time period Sortable,New data,Compared to goal,Time period range"
)
HEADINGS = _HEADINGS.split(",")
_ENGLAND = (
    "219,Hypertension: QOF prevalence,,,E92000001,England,England,Persons,All ages,,,2024/25,15.2,15.1,15.3,15.0,15.4,9500000,62500000,,"
    "Increasing,Not compared,Not compared,20240000,,,1y"
)
ENGLAND = _ENGLAND.split(",")
_ICB = (
    "219,Hypertension: QOF prevalence,E92000001,England,nE54000029,NHS North East London,ICBs,Persons,All ages,,,2024/25,11.5,11.4,11.6,"
    "11.3,11.7,287500,2500000,,Increasing,Lower 99.8,Not compared,20240000,,,1y"
)
ICB = _ICB.split(",")


def written(*rows: list[str], headings: list[str] = HEADINGS) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([headings, *rows])
    return text.getvalue().encode()


def changed(row: list[str], **cells: str) -> list[str]:
    """The row with other cells, by heading (spaces as underscores)."""
    row = list(row)
    for name, text in cells.items():
        row[HEADINGS.index(name.replace("_", " "))] = text
    return row


def conserved(parsed: Parsed, rows: int) -> None:
    assert parsed.rows == rows == len(parsed.values) + len(parsed.set_aside)


def test_a_row_is_read_cell_by_cell() -> None:
    parsed = parse(written(ICB))
    conserved(parsed, 1)
    assert list(parsed.values.columns) == list(VALUE_COLUMNS)
    assert {name: str(kind) for name, kind in parsed.values.dtypes.items()} == VALUE_COLUMNS
    assert parsed.values.iloc[0].to_dict() == {
        "indicator_id": "219", "area_code": "E54000029", "area_name": "NHS North East London", "area_type": "ICBs", "level": "icb",
        "parent_code": "E92000001", "parent_name": "England", "sex": "Persons", "age": "All ages", "category_type": "", "category": "",
        "period": "2024/25", "period_sortable": 20240000, "period_years": 1, "value": 11.5, "lower_95": 11.4, "upper_95": 11.6,
        "lower_998": 11.3, "upper_998": 11.7, "count": 287500.0, "denominator": 2500000.0, "note": "", "trend": "Increasing",
        "compared_to_england": "Lower 99.8", "compared_to_parent": "Not compared", "origin": "fingertips", "source_id": "fingertips",
    }  # fmt: skip


def test_a_suppressed_value_is_empty_with_its_note_and_never_zero() -> None:
    blank = dict.fromkeys(("Value", "Lower_CI_95.0_limit", "Upper_CI_95.0_limit", "Lower_CI_99.8_limit", "Upper_CI_99.8_limit", "Count"), "")
    row = parse(written(changed(ICB, Value_note="Value suppressed for disclosure control reasons", **blank))).values.iloc[0]
    assert np.isnan(row["value"]) and np.isnan(row["count"])
    assert row["note"] == "Value suppressed for disclosure control reasons"
    assert row["denominator"] == 2_500_000


def test_zero_is_a_value() -> None:
    assert parse(written(changed(ICB, Value="0", Count="0"))).values.iloc[0][["value", "count"]].tolist() == [0.0, 0.0]


def test_englands_second_row_is_set_aside_with_the_number_of_the_first() -> None:
    parsed = parse(written(ENGLAND, ICB, changed(ENGLAND, Parent_Code="E92000001")))
    conserved(parsed, 3)
    assert parsed.values["area_code"].tolist() == ["E92000001", "E54000029"]
    assert parsed.set_aside[["row", "reason"]].values.tolist() == [[3, "England's row comes twice: it says again what row 1 says"]]


def test_two_rows_that_contradict_each_other_are_told_from_copies() -> None:
    parsed = parse(written(ICB, changed(ICB, Value="99")))
    assert parsed.values["value"].tolist() == [11.5]
    assert parsed.set_aside["reason"].tolist() == ["row 1 gives other figures for the same"]


def test_breakdowns_and_the_variants_of_sex_and_age_stay_apart() -> None:
    rows = [
        ENGLAND, changed(ENGLAND, Sex="Male"), changed(ENGLAND, Age="16+ yrs"),
        changed(ENGLAND, Time_period="2023/24", Time_period_Sortable="20230000"),
        changed(ENGLAND, Category_Type="Deciles", Category="Most deprived decile"), changed(ENGLAND, Category_Type="Deciles", Category="Least"),
    ]  # fmt: skip
    parsed = parse(written(*rows))
    assert len(parsed.values) == 6 and parsed.set_aside.empty
    assert (parsed.values["category_type"] == "").sum() == 4
    assert parsed.values["category"].tolist()[-2:] == ["Most deprived decile", "Least"]


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"Value": "n/a"}, "its Value is not a number"),
        ({"Value": "inf"}, "its Value is not a number"),
        ({"Value": "__import__('os').system('true')"}, "its Value is not a number"),
        ({"Lower_CI_95.0_limit": "x"}, "its Lower CI 95.0 limit is not a number"),
        ({"Count": "1,302"}, "its Count is not a number"),
        ({"Indicator_ID": "two hundred"}, "its Indicator ID is not a number"),
        ({"Indicator_ID": ""}, "its Indicator ID is not a number"),
        ({"Area_Code": ""}, "it has no Area Code"),
        ({"Time_period": ""}, "it has no Time period"),
        ({"Time_period_Sortable": "2024"}, "its Time period Sortable is not a date like 20240000"),
        ({"Time_period_Sortable": ""}, "its Time period Sortable is not a date like 20240000"),
        ({"Area_Name": "x" * (LONGEST_CELL + 1)}, "a cell has over 10,000 letters"),
    ],
)
def test_a_row_that_cannot_be_read_is_set_aside_and_the_next_is_used(cells: dict[str, str], reason: str) -> None:
    parsed = parse(written(changed(ICB, **cells), ENGLAND))
    conserved(parsed, 2)
    assert parsed.values["area_code"].tolist() == ["E92000001"]
    assert parsed.set_aside["row"].tolist() == [1]
    assert parsed.set_aside["reason"].tolist() == [reason]
    assert 0 < len(parsed.set_aside["text"].iloc[0]) <= 200


@pytest.mark.parametrize("cells", [3, 26, 28, 40])
def test_a_row_of_another_width_is_set_aside_with_its_width(cells: int) -> None:
    ragged = (ICB * 2)[:cells]
    parsed = parse(written(ragged, ENGLAND))
    conserved(parsed, 2)
    assert parsed.set_aside["reason"].tolist() == [f"it has {cells} cells where the headings are 27"]
    assert not parsed.ends_short


def test_a_last_row_that_breaks_off_says_that_the_answer_does() -> None:
    assert parse(written(ENGLAND, ICB)[:-40]).ends_short
    assert not parse(written(ENGLAND, ICB)[:-1]).ends_short, "the recorded responses end without a line end"


@pytest.mark.parametrize(
    "heading", ["Compared to percentiles", "Column not used", "Compared to PCNs (v. 27/10/23) value or percentiles", "", "Never seen before"]
)
def test_the_column_that_is_named_after_the_parent_goes_by_its_place(heading: str) -> None:
    headings = [heading if name == "Column not used" else name for name in HEADINGS]
    assert parse(written(changed(ICB, Column_not_used="Similar"), headings=headings)).values["compared_to_parent"].tolist() == ["Similar"]


def test_headings_without_spaces_an_old_name_and_a_column_more() -> None:
    headings = [*(name.replace(" ", "").replace("Comparedtogoal", "Target data") for name in HEADINGS), "row_id"]
    parsed = parse(written([*ICB, "QMF"], [*changed(ICB, Area_Code="nE54000030", Value="NA"), "NA"], headings=headings))
    assert parsed.values["lower_95"].tolist() == [11.4, 11.4]
    assert parsed.values["value"].isna().tolist() == [False, True]


def test_columns_in_another_order_are_found() -> None:
    order = [*range(13, 27), *range(13)]
    parsed = parse(written([ICB[place] for place in order], headings=[HEADINGS[place] for place in order]))
    assert parsed.values.iloc[0][["area_code", "value", "period"]].tolist() == ["E54000029", 11.5, "2024/25"]


@pytest.mark.parametrize("column", ["Value", "Area Code", "Category Type", "Upper CI 95.0 limit", "Value note", "Time period Sortable"])
def test_a_needed_column_that_is_missing_or_renamed_is_named(column: str) -> None:
    place = HEADINGS.index(column)
    without = [name for name in HEADINGS if name != column]
    renamed = ["Somewhat" if name == column else name for name in HEADINGS]
    for body in (written(ICB[:place] + ICB[place + 1 :], headings=without), written(ICB, headings=renamed)):
        with pytest.raises(UnexpectedAnswerError, match=f"lacks the column '{column}'") as caught:
            parse(body)
        assert "\n" not in str(caught.value)
        assert "Indicator ID" in caught.value.details


def test_a_column_that_comes_twice_is_named() -> None:
    with pytest.raises(UnexpectedAnswerError, match="'Value' twice"):
        parse(written([*ICB, "1"], headings=[*HEADINGS, "Value"]))


@pytest.mark.parametrize("column", ["Recent Trend", "Parent Code", "Lower CI 99.8 limit", "New data", "Compared to goal", "Time period range"])
def test_a_column_that_is_not_needed_may_be_missing(column: str) -> None:
    place = HEADINGS.index(column)
    parsed = parse(written(ICB[:place] + ICB[place + 1 :], headings=[name for name in HEADINGS if name != column]))
    assert parsed.values.iloc[0][["value", "period_years", "compared_to_parent"]].tolist() == [11.5, 1, "Not compared"]


@pytest.mark.parametrize("body", [b"", b"\n\n", b"\xef\xbb\xbf", written()])
def test_an_empty_csv_is_no_rows_of_the_right_types(body: bytes) -> None:
    parsed = parse(body)
    conserved(parsed, 0)
    assert {name: str(kind) for name, kind in parsed.values.dtypes.items()} == VALUE_COLUMNS
    assert len(parsed.numbers) == 0


@pytest.mark.parametrize("body", [b"<!DOCTYPE html><html></html>", b'{"error": "not_found"}', b"[1, 2]"])
def test_what_is_not_a_csv_is_refused(body: bytes) -> None:
    with pytest.raises(UnexpectedAnswerError, match="a CSV of values"):
        parse(body)


def test_a_quotation_mark_that_nobody_closed_spoils_its_own_row() -> None:
    lines = written(*(changed(ICB, Area_Code=f"U{number:05d}") for number in range(50))).decode().splitlines()
    lines[5] = lines[5].replace("NHS North", '"NHS North')
    parsed = parse("\n".join(lines).encode())
    conserved(parsed, 50)
    assert len(parsed.values) == 49
    assert parsed.set_aside["row"].tolist() == [5]


@pytest.mark.parametrize("name", ["Two\nlines", 'Said "so"', "Commas, and more", "Café Zoë", "=1+1", "<b>bold</b>"])
def test_names_come_through_as_they_are(name: str) -> None:
    parsed = parse(written(changed(ICB, Area_Name=name), ENGLAND))
    assert parsed.values["area_name"].tolist() == [name, "England"]


def test_blocks_join_without_a_seam() -> None:
    rows = [changed(ICB, Area_Code=f"U{number:05d}", Value=str(number)) for number in range(45_000)]
    rows[20_000] = changed(rows[20_000], Value="none")
    parsed = parse(written(*rows, rows[0]))
    conserved(parsed, 45_001)
    assert parsed.set_aside["row"].tolist() == [20_001, 45_001]
    assert parsed.values["value"].iloc[[0, 20_000, -1]].tolist() == [0.0, 20_001.0, 44_999.0]
    assert parsed.numbers[[0, 20_000, -1]].tolist() == [1, 20_002, 45_000]


@pytest.mark.parametrize(
    ("period", "span", "years"),
    [
        ("2024/25", "1y", 1), ("2022 - 24", "3y", 3), ("2023/24 Q1", "1q", None), ("2024/25", "", 1), ("2025", "", 1), ("2022 - 24", "", 3),
        ("2021/22 - 23/24", "", 3), ("1997 - 99", "", 3),
        ("2023/24 Q1", "", None), ("Jan 2024", "", None), ("2015 - 2019", "", 5), ("2024/25", "odd", None),
    ],
)  # fmt: skip
def test_how_many_years_a_period_spans(period: str, span: str, years: int | None) -> None:
    assert years_of_one(period, span) == years
    read = parse(written(changed(ICB, Time_period=period, Time_period_range=span))).values["period_years"].iloc[0]
    assert (None if pd.isna(read) else read) == years


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        ("2023-01-01", "2023-12-31", ("2023", 20230000, 1)),
        ("2022-01-01", "2024-12-31", ("2022 - 24", 20220000, 3)),
        ("2023-04-01", "2024-03-31", ("2023/24", 20230000, 1)),
        ("1999-04-01", "2000-03-31", ("1999/00", 19990000, 1)),
        ("2021-04-01", "2024-03-31", ("2021/22 - 23/24", 20210000, 3)),
        ("2023-09-01", "2024-08-31", ("2023/24", 20230000, 1)),
        ("2023-07-01", "2023-09-30", ("2023 Q3", 20230300, None)),
        ("2024-02-01", "2024-02-29", ("Feb 2024", 20240200, None)),
        ("2021-08-01", "2022-07-31", ("Aug 2021 - Jul 2022", 20210800, 1)),
        ("2023-02-01", "2023-06-30", ("Feb 2023 - Jun 2023", 20230200, None)),
        ("2023-06-15", "2024-06-14", ("15 Jun 2023 to 14 Jun 2024", 20230615, None)),
    ],
)
def test_a_span_of_days_as_fingertips_writes_it(first: str, last: str, expected: tuple[str, int, int | None]) -> None:
    from datetime import date

    assert of_days(date.fromisoformat(first), date.fromisoformat(last)) == expected
