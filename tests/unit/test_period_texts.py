"""Periods as publishers write them, read and written again."""

from __future__ import annotations

import pandas as pd
import pytest

from analysis import periods


@pytest.mark.parametrize(
    ("text", "sortable", "years"),
    [
        ("2024", 20240000, 1),
        ("2024/25", 20240000, 1),
        ("2022 - 24", 20220000, 3),
        ("2001 - 03", 20010000, 3),
        ("2021/22 - 23/24", 20210000, 3),
        ("2025/26 Q4", 20250400, None),
        ("2021/22 Q1 - 2025/26 Q4", 20210100, 5),
        ("Mar 2015 - Feb 2016", 20150300, 1),
        ("Aug 2021 - Jul 2022", 20210800, 1),
        ("Sep 2018", 20180900, None),
    ],
)
def test_what_fingertips_writes_is_read(text: str, sortable: int, years: int | None) -> None:
    assert periods.read(text) == (text, sortable, years)


@pytest.mark.parametrize(
    ("text", "words", "sortable", "years"),
    [
        ("2022-01-01/P3Y", "2022 - 24", 20220000, 3),
        ("1999-01-01/P3Y", "1999 - 01", 19990000, 3),
        ("2013-01-01/P1Y", "2013", 20130000, 1),
        ("2015-11-16/P1Y", "2015/16", 20150000, 1),
        ("2020-01-01/P5Y", "2020 - 24", 20200000, 5),
        ("2021-04-01/P3Y", "2021/22 - 23/24", 20210000, 3),
    ],
)
def test_what_the_ons_writes_is_said_as_fingertips_says_it(text: str, words: str, sortable: int, years: int) -> None:
    assert periods.read_iso(text) == (words, sortable, years)


@pytest.mark.parametrize("text", ["", "24", "2024 - ", "2024 - 22", "Smarch 2020", "2022-01-01/P3Y", "2024/25 Q5"])
def test_other_words_are_no_period(text: str) -> None:
    assert periods.read(text) is None


def test_a_column_names_the_text_that_is_none() -> None:
    read = periods.columns(pd.Series(["2024", "2022 - 24"], index=[5, 9]))
    assert read.index.tolist() == [5, 9] and read["period_years"].tolist() == [1, 3]
    with pytest.raises(ValueError, match="'soon' is not a period"):
        periods.columns(pd.Series(["2024", "soon"]))
