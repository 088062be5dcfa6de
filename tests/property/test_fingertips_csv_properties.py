"""Whatever is done to a Fingertips CSV, no row is lost and none is made up."""

from __future__ import annotations

import csv
import io

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.area_codes import levels_of
from data_loaders.errors import UnexpectedAnswerError
from data_loaders.fingertips_csv import parse
from data_loaders.indicator_values import KEY, VALUE_COLUMNS
from tests.fingertips_server.areas import Areas
from tests.fingertips_server.figures import Figures
from tests.fingertips_server.fingertips_api import FingertipsApi

_API = FingertipsApi(Areas.made_up(), Figures(), None)
_QUESTION = {"indicator_ids": ["219,253"], "child_area_type_id": ["221"], "parent_area_type_id": ["15"], "parent_area_code": ["E92000001"]}
ROWS = list(csv.reader(io.StringIO(_API.answer("all_data/csv/by_indicator_id", _QUESTION)[2].decode())))
CELLS = st.one_of(
    st.sampled_from(["", "NA", "0", "-1", "1e400", "nan", "inf", "1,000", "nE54000029", "E92000001", "20240000", "2024/25", '"', "a\nb", "=1+1"]),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
    st.floats(allow_nan=True).map(str),
)


@st.composite
def mangled(draw: st.DrawFn) -> list[list[str]]:
    """Rows of a real answer, some with other cells, some shorter or longer, some twice, in any order."""
    rows = [list(ROWS[place]) for place in draw(st.lists(st.integers(1, len(ROWS) - 1), max_size=25))]
    for row in rows:
        for place, cell in draw(st.dictionaries(st.integers(0, len(row) - 1), CELLS, max_size=2)).items():
            row[place] = cell
        match draw(st.sampled_from(["whole"] * 8 + ["short", "long"])):
            case "short":
                del row[draw(st.integers(1, len(row) - 1)) :]
            case "long":
                row += draw(st.lists(CELLS, min_size=1, max_size=3))
    return rows


def written(rows: list[list[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows([ROWS[0], *rows])
    return text.getvalue().encode()


AS_PUBLISHED = parse(written(ROWS[1:])).values


@settings(max_examples=60, deadline=None)
@given(mangled())
def test_rows_in_are_rows_out_and_rows_set_aside(rows: list[list[str]]) -> None:
    body = written(rows)
    # What a plain reader of the same text counts, lines without any cell apart.
    counted = [row for row in csv.reader(io.StringIO(body.decode(), newline="")) if any(row)]
    parsed = parse(body)
    assert parsed.rows == len(counted) - 1 == len(parsed.values) + len(parsed.set_aside)
    numbers = [*parsed.numbers, *parsed.set_aside["row"]]
    assert sorted(numbers) == list(range(1, parsed.rows + 1)), "each row once, in values or set aside"
    assert (parsed.set_aside["reason"].str.len() > 0).all()
    for row, value in zip(parsed.numbers, parsed.values["value"], strict=True):
        cell = counted[row][ROWS[0].index("Value")].strip()
        assert np.isnan(value) if cell in ("", "NA") else value == float(cell), "a value is what was written, and blank is never nought"


@settings(max_examples=40, deadline=None)
@given(mangled())
def test_what_comes_out_is_typed_finite_and_unique(rows: list[list[str]]) -> None:
    values = parse(written(rows)).values
    assert {name: str(kind) for name, kind in values.dtypes.items()} == VALUE_COLUMNS
    assert not values.duplicated(list(KEY)).any()
    numbers = values.select_dtypes("float64").to_numpy()
    assert not np.isinf(numbers).any()
    assert not values.select_dtypes("str").isna().any().any(), "text is empty where there is none"
    assert not values["area_code"].str.match(r"nE\d{8}$").any()
    assert (values["level"] == levels_of(values["area_code"]).fillna("")).all()


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300), st.booleans())
def test_any_bytes_are_rows_or_one_error(noise: bytes, after_headings: bool) -> None:
    body = (",".join(ROWS[0]) + "\n").encode() + noise if after_headings else noise
    try:
        parsed = parse(body)
    except UnexpectedAnswerError as error:
        assert "\n" not in str(error)
    else:
        assert parsed.rows == len(parsed.values) + len(parsed.set_aside)


@settings(max_examples=30, deadline=None)
@given(st.permutations(list(range(27))))
def test_the_order_of_columns_does_not_matter_but_for_the_one_that_goes_by_its_place(order: list[int]) -> None:
    place = order.index(21)
    order.remove(22)
    order.insert((place if order[place : place + 1] == [21] else order.index(21)) + 1, 22)
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([row[column] for column in order] for row in ROWS)
    assert parse(text.getvalue().encode()).values.equals(AS_PUBLISHED)
