"""A partners file that a person made: the good rows are used, the bad ones are listed by row and reason, and nothing in it runs."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data_loaders.atlas import Atlas
from data_loaders.partners_csv import MAX_BYTES, MAX_ROWS, Partners, PartnersFileError

TODAY = date(2026, 8, 20)
HEADING = "name,stage,postcode,latitude,longitude,easting,northing,last_confirmed,last_contact\n"
GOOD = "Example Hub,talking,RM9 6QD,,,,,2026-03-31,\n"


def read(atlas: Atlas, content: str | bytes, encoding: str = "utf-8") -> Partners:
    return atlas.read_partners(content.encode(encoding) if isinstance(content, str) else content, TODAY)


def refused(atlas: Atlas, content: str | bytes) -> str:
    with pytest.raises(PartnersFileError) as caught:
        read(atlas, content)
    return str(caught.value)


def test_a_good_row_is_read_whole(atlas: Atlas) -> None:
    found = read(atlas, HEADING + GOOD)
    assert found.bad.empty
    row = found.good.iloc[0]
    assert (row["row"], row["name"], row["stage"], row["easting"], row["northing"]) == (2, "Example Hub", "talking", 548_894, 181_907)
    assert row["last_confirmed"] == pd.Timestamp("2026-03-31")
    assert pd.isna(row["last_contact"])
    assert (row["longitude"], row["latitude"]) == pytest.approx((0.144, 51.516), abs=0.01)


@pytest.mark.parametrize(
    ("heading", "lacking"),
    [
        ("stage,postcode", "name"),
        ("name,postcode", "stage"),
        ("name,stage", "a position"),
        ("name,stage,latitude", "a position"),
        ("name,stage,easting", "a position"),
        ("organisation,status,place", "name and stage and a position"),
    ],
)
def test_a_missing_column_is_named_with_what_there_is(atlas: Atlas, heading: str, lacking: str) -> None:
    said = refused(atlas, f"{heading}\na,b,c\n")
    assert f"lacks {lacking}" in said
    assert heading.split(",")[0] in said


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (",talking,RM9 6QD,,,,,,", "there is no name"),
        ("N" * 301 + ",talking,RM9 6QD,,,,,,", "the name is longer than 300 letters"),
        ("A,,RM9 6QD,,,,,,", "the stage is not one of"),
        ("A,best friends,RM9 6QD,,,,,,", "the stage is not one of"),
        ("A,talking,,,,,,,", "there is no position"),
        ("A,talking,EH1 1YZ,,,,,,", "the postcode is not a live English one"),
        ("A,talking,nonsense,,,,,,", "the postcode is not a live English one"),
        ("A,talking,,0.12,51.54,,,,", "latitude and longitude look swapped"),
        ("A,talking,,0,0,,,,", "the coordinates are not numbers in England"),
        ("A,talking,,north,east,,,,", "the coordinates are not numbers in England"),
        ("A,talking,,51.5,,,,,", "the coordinates are not numbers in England"),
        ("A,talking,,nan,nan,,,,", "the coordinates are not numbers in England"),
        ("A,talking,,,,inf,inf,,", "the coordinates are not numbers in England"),
        ("A,talking,,,,0,0,,", "the point is over 25 km from anyone in England"),
        ("A,talking,,,,1e300,1e300,,", "the point is over 25 km from anyone in England"),
        ("A,talking,,54.0,2.5,,,,", "the point is over 25 km from anyone in England"),  # the North Sea
        ("A,talking,,55.95,-3.19,,,,", "the point is over 25 km from anyone in England"),  # Edinburgh
        ("A,talking,RM9 6QD,,,,,2026-08-21,", "last_confirmed is in the future"),
        ("A,talking,RM9 6QD,,,,,9999-12-31,", "last_confirmed is in the future"),
        ("A,talking,RM9 6QD,,,,,,2027-01-01", "last_contact is in the future"),
        ("A,talking,RM9 6QD,,,,,last week,", "last_confirmed is not a date"),
        ("A,talking,RM9 6QD,,,,,2026-02-30,", "last_confirmed is not a date"),
        ("A,talking,RM9 6QD,,,,,,03/31/2026", "last_contact is not a date"),
    ],
)
def test_a_bad_row_is_listed_with_its_reason_and_the_good_one_is_used(atlas: Atlas, row: str, reason: str) -> None:
    found = read(atlas, HEADING + row + "\n" + GOOD)
    assert found.good["name"].tolist() == ["Example Hub"]
    assert found.bad["row"].tolist() == [2]
    assert reason in found.bad["reason"].iloc[0]
    assert len(found.bad["name"].iloc[0]) <= 300


def test_every_reason_of_a_row_is_said(atlas: Atlas) -> None:
    reason = read(atlas, HEADING + ",friends,,,,,,soon,2030-01-01\n").bad["reason"].iloc[0]
    assert reason.split("; ")[0] == "there is no name"
    assert all(
        part in reason
        for part in ("the stage is not one of", "last_confirmed is not a date", "last_contact is in the future", "there is no position")
    )


def test_today_is_not_the_future(atlas: Atlas) -> None:
    assert len(read(atlas, HEADING + "A,talking,RM9 6QD,,,,,2026-08-20,20/08/2026\n").good) == 1


@pytest.mark.parametrize("written", ["2026-03-31", "31/03/2026", "31 March 2026", " 2026-03-31 "])
def test_the_ways_a_date_may_be_written(atlas: Atlas, written: str) -> None:
    assert read(atlas, HEADING + f"A,talking,RM9 6QD,,,,,{written},\n").good["last_confirmed"].tolist() == [pd.Timestamp("2026-03-31")]


def test_a_date_of_long_ago_is_a_date(atlas: Atlas) -> None:
    assert len(read(atlas, HEADING + "A,talking,RM9 6QD,,,,,0001-01-01,\n").good) == 1


def test_the_position_is_the_grid_then_degrees_then_the_postcode(atlas: Atlas) -> None:
    rows = "A,talking,RM9 6QD,51.5,0.1,530000,180000,,\nB,talking,RM9 6QD,51.5,0.1,,,,\nC,talking,rm96qd,,,,,,\n"
    good = read(atlas, HEADING + rows).good
    assert good["easting"].round().tolist() == [530_000, 545_860, 548_894]
    assert good["northing"].round().tolist() == [180_000, 179_986, 181_907]


def test_rows_are_numbered_as_a_spreadsheet_counts_them(atlas: Atlas) -> None:
    content = (
        HEADING
        + GOOD
        + "\n"
        + ",,,,,,,,\n"
        + "Two\n lines,talking,RM9 6QD,,,,,,\n".replace("Two\n lines", '"Two\n lines"')
        + "X,oops,RM9 6QD,,,,,,\n"
    )
    found = read(atlas, content)
    assert found.good["row"].tolist() == [2, 5]
    assert found.bad["row"].tolist() == [6]


def test_blank_lines_and_notes_above_the_heading_are_passed_over(atlas: Atlas) -> None:
    found = read(atlas, "# our partners\n\n" + HEADING + "\n# not yet\n" + GOOD + "\n\n")
    assert found.good["row"].tolist() == [6]
    assert found.bad.empty


def test_the_same_partner_twice_is_used_once(atlas: Atlas) -> None:
    found = read(atlas, HEADING + GOOD + "Another,talking,RM9 6QD,,,,,,\n" + GOOD)
    assert found.good["row"].tolist() == [2, 3]
    assert found.bad["row"].tolist() == [4]
    assert "already in the file" in found.bad["reason"].iloc[0]


@pytest.mark.parametrize(
    "name", ["=1+1", "+44", "-5", "@SUM(A1)", '=HYPERLINK("http://example.org")', "<script>alert(1)</script>", "{{7*7}}", "__import__('os')"]
)
def test_a_formula_in_a_name_stays_text(atlas: Atlas, name: str) -> None:
    escaped = name.replace('"', '""')
    good = read(atlas, HEADING + f'"{escaped}",talking,RM9 6QD,,,,,,\n').good
    assert good["name"].tolist() == [name]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_the_usual_encodings(atlas: Atlas, encoding: str) -> None:
    found = read(atlas, HEADING + "Café Zoë,talking,RM9 6QD,,,,,,\n", encoding)
    assert found.good["name"].tolist() == ["Café Zoë"]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_the_usual_separators_and_line_ends(atlas: Atlas, separator: str, line_end: str) -> None:
    content = HEADING + GOOD + '"Known, of","known of, no contact",RM9 6QD,,,,,,\n'
    header, good, quoted = content.splitlines()
    lines = [
        header.replace(",", separator),
        good.replace(",", separator),
        separator.join(['"Known, of"', '"known of, no contact"', "RM9 6QD", "", "", "", "", "", ""]),
    ]
    assert quoted
    found = read(atlas, line_end.join(lines) + line_end)
    assert found.good["name"].tolist() == ["Example Hub", "Known, of"]


def test_headings_in_any_case_order_and_spacing_and_columns_that_are_not_known(atlas: Atlas) -> None:
    found = read(atlas, "Telephone, Post code ,Last Confirmed,STAGE,Name,postcode\n0123,x,2026-01-02,Talking,A,RM9 6QD\n")
    assert found.good[["name", "stage"]].to_numpy().tolist() == [["A", "talking"]]
    assert "telephone" not in found.good.columns, "what was not asked for is not kept"


def test_a_ragged_row_is_read_as_far_as_it_goes(atlas: Atlas) -> None:
    found = read(atlas, HEADING + "A,talking,RM9 6QD\n" + "B,talking,RM9 6QD,,,,,,,extra,cells\n")
    assert found.good["name"].tolist() == ["A", "B"]


def test_a_heading_alone_is_no_partners(atlas: Atlas) -> None:
    found = read(atlas, HEADING)
    assert len(found.good) == len(found.bad) == 0


@pytest.mark.parametrize("content", [b"", b"\n\n  \n", b"\xef\xbb\xbf", "﻿\n".encode("utf-16"), b"# only a note\n", b'"'])
def test_an_empty_file_says_what_it_needs(atlas: Atlas, content: bytes) -> None:
    assert "The file is empty. It needs a heading row" in refused(atlas, content)


def test_a_spreadsheet_is_told_how_to_become_a_csv(atlas: Atlas) -> None:
    assert "Save as, CSV UTF-8" in refused(atlas, b"PK\x03\x04" + b"\x00" * 100)


def test_what_is_no_text_is_refused(atlas: Atlas) -> None:
    assert "cannot be read" in refused(atlas, bytes(range(256)) * 3)


def test_a_file_that_is_too_large_says_how_large(atlas: Atlas) -> None:
    assert "at most 20 MB" in refused(atlas, b"x" * (MAX_BYTES + 1))
    assert f"at most {MAX_ROWS:,}" in refused(atlas, "name,stage,postcode\n" + "A,talking,RM9 6QD\n" * (MAX_ROWS + 1))


def test_one_endless_cell_is_one_bad_row(atlas: Atlas) -> None:
    found = read(atlas, HEADING + "A" * 200_000 + ",talking,RM9 6QD,,,,,,\n" + GOOD)
    assert found.good["row"].tolist() == [3]
    assert "longer than 300" in found.bad["reason"].iloc[0]
    assert len(found.bad["name"].iloc[0]) <= 300


def test_fifty_thousand_rows(atlas: Atlas) -> None:
    rows = "".join(
        f"Partner {number},{'oops' if number % 10 == 0 else 'talking'},,,,{530_000 + number % 1_000},{180_000 + number // 1_000},,\n"
        for number in range(50_000)
    )
    found = read(atlas, HEADING + rows)
    assert len(found.good) == 45_000
    assert found.bad["row"].tolist() == list(range(2, 50_002, 10))


_cells = st.text(max_size=12) | st.sampled_from(
    ["talking", "dormant", "RM9 6QD", "51.5", "0.1", "inf", "-inf", "nan", "1e999", "9999-12-31", "0001-01-01", '"', '""', "#", "\x00", "\r"]
)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(rows=st.lists(st.lists(_cells, max_size=10), max_size=4), separator=st.sampled_from([",", ";", "\t"]))
def test_any_text_is_read_or_refused_in_a_sentence(atlas: Atlas, rows: list[list[str]], separator: str) -> None:
    content = HEADING.replace(",", separator) + "\n".join(separator.join(row) for row in rows)
    try:
        found = read(atlas, content, "utf-8")
    except PartnersFileError as error:
        assert str(error).endswith(".")
    else:
        assert found.good["easting"].notna().all()
        assert found.bad["reason"].ne("").all()


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(atlas: Atlas, content: bytes) -> None:
    try:
        read(atlas, content)
    except PartnersFileError as error:
        assert str(error)


def test_a_quotation_mark_that_nobody_closed_costs_one_row(atlas: Atlas) -> None:
    rows = [f"Group {number},talking,RM9 6QD" for number in range(60)]
    rows[10] = '"Group 10,talking,RM9 6QD'
    partners = read(atlas, "name,stage,postcode\n" + "\n".join(rows) + "\n")
    assert partners.bad["row"].tolist() == [12]
    assert len(partners.good) == 59
