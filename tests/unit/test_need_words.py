"""What the screen says of indicators: numbers, units, ages, and sentences for none, one and many."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from analysis.comparison import COMPARISONS
from analysis.inequality import SlopeIndex, WeightedSlope
from analysis.trend import CANNOT_BE_CALCULATED, TRENDS
from data_loaders.indicator_values import POLARITIES
from presentation import need_words
from presentation.need_board import SHAPES

NAN = float("nan")


def test_every_comparison_trend_and_polarity_has_its_words() -> None:
    assert set(need_words.COMPARISON_MARKS) == set(COMPARISONS)
    assert set(need_words.TREND_MARKS) == set(TRENDS) - {CANNOT_BE_CALCULATED}
    assert set(need_words.POLARITY_WORDS) == set(POLARITIES)
    marks = [*need_words.COMPARISON_MARKS.values(), *need_words.TREND_MARKS.values()]
    assert {mark.shape for mark in marks} == set(SHAPES)
    assert len({mark.shape for mark in need_words.COMPARISON_MARKS.values()}) == len(COMPARISONS), "a shape of its own each"
    assert all(mark.text.strip() for mark in marks)


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        (9.7123, "%", "9.7%"),
        (0.0, "%", "0.0%"),
        (92.55, "per 100,000", "92.5 per 100,000"),
        (78.24, "Years", "78.2 years"),
        (21.8, None, "21.8"),
        (21.8, NAN, "21.8"),
        (999.94, None, "999.9"),
        (999.96, None, "1,000"),
        (1234.5, "per 100,000", "1,234 per 100,000"),
        (-3.21, "%", "-3.2%"),
        (-0.04, "%", "0.0%"),
        (NAN, "%", "not published"),
    ],
)
def test_a_figure_with_its_unit(value: float, unit: str | None, words: str) -> None:
    assert need_words.figure(value, unit) == words


def test_an_interval_needs_both_ends() -> None:
    assert need_words.interval(9.46, 9.94) == "9.5 to 9.9"
    assert need_words.interval(NAN, 1.0) is need_words.interval(1.0, NAN) is None


@pytest.mark.parametrize(
    ("age", "words"),
    [
        ("All ages", "All ages"),
        ("18+ yrs", "Aged 18 and over"),
        ("<18 yrs", "Aged under 18"),
        ("0-4 yrs", "Aged 0 to 4"),
        ("10-24 yrs", "Aged 10 to 24"),
        ("5 yrs", "Aged 5"),
        ("1 yr", "Aged 1"),
        ("Not applicable", None),
        ("", None),
        (None, None),
        ("School age", "School age"),
        ("4-11 weeks", "4-11 weeks"),
    ],
)
def test_an_age_as_people_say_it(age: str | None, words: str | None) -> None:
    assert need_words.age_words(age) == words


@pytest.mark.parametrize(
    ("sex", "age", "words"),
    [
        ("", "18+ yrs", "Aged 18 and over"),
        ("Persons", "All ages", "All ages"),
        ("Male", "All ages", "Males, all ages"),
        ("Female", "25-49 yrs", "Females, aged 25 to 49"),
        ("Female", "", "Females"),
        ("", "", None),
        (None, None, None),
    ],
)
def test_whom_a_figure_is_about(sex: str | None, age: str | None, words: str | None) -> None:
    assert need_words.who(sex, age) == words


@pytest.mark.parametrize(
    ("comparisons", "words"),
    [
        ([], "No figure for adults in Tower Hamlets is in this copy yet."),
        (["not compared"], "1 figure for adults in Tower Hamlets: none can be compared with England yet."),
        (["not compared"] * 3, "3 figures for adults in Tower Hamlets: none can be compared with England yet."),
        (["worse"], "Of 1 figure for adults in Tower Hamlets, 1 is worse than England."),
        (["similar", "similar", "worse"], "Of 3 figures for adults in Tower Hamlets, 2 are similar to England and 1 is worse."),
        (
            ["worse", "better", "similar", "similar", "not compared"],
            "Of 5 figures for adults in Tower Hamlets, 1 is better than England, 2 are similar and 1 is worse.",
        ),
        (
            ["higher", "lower", "lower"],
            "Of 3 figures for adults in Tower Hamlets, 1 is higher and 2 are lower than England, where neither direction is called better.",
        ),
        (
            ["better", "higher"],
            "Of 2 figures for adults in Tower Hamlets, 1 is better than England; 1 is higher, where neither direction is called better.",
        ),
    ],
)
def test_the_boards_sentence_for_none_one_and_many(comparisons: list[str], words: str) -> None:
    assert need_words.headline("Tower Hamlets", "adults", pd.Series(comparisons, dtype="str")) == words


def test_the_boards_sentence_names_its_people() -> None:
    said = need_words.headline("Leeds", "children", pd.Series(["similar"]))
    assert said == "Of 1 figure for children and young people in Leeds, 1 is similar to England."
    own = need_words.headline("England", "adults", pd.Series(["not compared"] * 44))
    assert own == "44 figures for adults in England.", "not compared with itself, and no reproach"


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (0, ""),
        (1, "One figure is not compared with England:"),
        (2, "Two figures are not compared with England:"),
        (27, "27 figures are not compared with England:"),
    ],
)
def test_how_many_are_not_compared(count: int, words: str) -> None:
    said = need_words.not_compared_sentence(count)
    assert said.startswith(words) and bool(said) == bool(words)


def test_the_second_sentence_says_what_recorded_illness_means_and_that_england_is_england() -> None:
    figures = pd.DataFrame({"origin": ["ons", "qof-practices"], "standing": ["not compared", "lower"], "own": True, "area_said": ""})
    here, england = need_words.second_sentence(figures, False), need_words.second_sentence(figures, True)
    assert "more can mean more illness, or illness that is found sooner" in here and "One figure is not compared" in here
    assert "nothing to compare them with" in england and "not compared with England" not in england
    assert "recorded" not in need_words.second_sentence(figures[figures["origin"] == "ons"], False)
    assert need_words.second_sentence(figures.iloc[:0], False).startswith("Pull live figures below")


def test_figures_of_the_area_around_are_counted_apart() -> None:
    figures = pd.DataFrame(
        {"origin": "ons", "standing": "similar", "own": [True, False, False], "area_said": ["", "Newham (the place)", "Newham (the place)"]}
    )
    said = need_words.second_sentence(figures, False)
    assert said == "Two more figures are for Newham (the place), where none is published for the area itself."
    assert need_words.second_sentence(figures.iloc[:2], False).startswith("One more figure is for Newham (the place)")


def _record(value: float, comparison: str, who: str = "", period: str = "2022/23") -> dict[str, object]:
    return {"value": value, "comparison": comparison, "who": who, "period": period}


@pytest.mark.parametrize(
    ("records", "words"),
    [
        ([], "COPD: no figure for Tower Hamlets in this copy"),
        ([_record(NAN, "not compared")], "COPD: no figure for Tower Hamlets in this copy"),
        ([_record(1.31, "lower")], "COPD in Tower Hamlets, 2022/23: 1.3%, lower than England"),
        ([_record(1.31, "not compared")], "COPD in Tower Hamlets, 2022/23: 1.3%"),
        (
            [_record(1.0, "worse", "Male"), _record(2.0, "similar", "Female")],
            "COPD in Tower Hamlets, 2022/23: males 1.0%, worse than England; females 2.0%, similar to England",
        ),
    ],
)
def test_the_sentence_that_opens_a_figure(records: list[dict[str, object]], words: str) -> None:
    assert need_words.opened_headline("COPD", "Tower Hamlets", records, "%") == words


@pytest.mark.parametrize(
    ("comparisons", "words"),
    [
        (["similar", "similar"], "All 2 places are similar to England in 2024."),
        (["not compared"] * 3, "All 3 places are not compared in 2024."),
        (
            ["worse", "better", "worse", "not compared"],
            "Of 4 places in 2024, 1 is better than England, 2 are worse than England and 1 is not compared.",
        ),
    ],
)
def test_how_areas_within_compare(comparisons: list[str], words: str) -> None:
    assert need_words.within_sentence(pd.Series(comparisons), "place", "2024") == words


def _slope(sii: float, lower: float, upper: float) -> SlopeIndex:
    return SlopeIndex(sii, lower, upper, 1.0, 1.0, 1.0, np.zeros(10), "none")


@pytest.mark.parametrize(
    ("slope", "unit", "words"),
    [
        # sii is the least deprived end less the most: negative is higher where people are most deprived.
        ((-3.4, -3.5, -3.3), "%", "3.4 percentage points higher at the most deprived end than at the least (slope index of inequality, 3.3 to 3.5)."),
        ((1.7, 1.6, 1.8), "%", "1.7 percentage points lower at the most deprived end than at the least (slope index of inequality, 1.6 to 1.8)."),
        ((-40.0, -45.0, -35.0), "per 100,000", "40.0 per 100,000 higher at the most deprived end"),
        ((9.4, 9.0, 9.8), "Years", "9.4 years lower at the most deprived end"),
        ((0.2, -0.1, 0.5), "%", "no clear slope from the most to the least deprived end (slope index of inequality 0.2, -0.1 to 0.5)."),
        ((-0.2, -0.5, 0.0), "%", "no clear slope"),
        ((-2.0, NAN, NAN), "%", "2.0 percentage points higher at the most deprived end than at the least (slope index of inequality, no interval"),
    ],
)
def test_the_gradient_in_words(slope: tuple[float, float, float], unit: str, words: str) -> None:
    said = need_words.gradient_sentence(_slope(*slope), "England", unit)
    assert said.startswith("Across England ") and words in said and "nan" not in said


@pytest.mark.parametrize(
    ("slope", "words"),
    [
        # Slopes are for a whole share of one; the sentence is for ten percentage points, a tenth of it.
        ((-9.0, -11.0, -7.0), "go with a figure 0.9 percentage points lower (0.7 to 1.1). This describes networks, not the people in them."),
        ((20.0, 10.0, 30.0), "go with a figure 2.0 percentage points higher (1.0 to 3.0)."),
        ((1.0, -10.0, 12.0), "more Core20 residents go with neither a higher nor a lower figure (-1.0 to 1.2 for each ten points more)."),
    ],
)
def test_the_slope_across_networks_in_words(slope: tuple[float, float, float], words: str) -> None:
    said = need_words.against_core20_sentence(WeightedSlope(10.0, *slope, points=93), 93, "NHS North East London", "%")
    assert said.startswith("Across 93 networks of NHS North East London, ") and words in said


@pytest.mark.parametrize(
    ("found", "people", "at_least", "asked", "networks", "words"),
    [
        (0, 0, 1, 0, 9, "Choose measures, to see the neighbourhoods of Leeds that have several needs together"),
        (0, 0, 2, 6, 9, "No neighbourhood of Leeds is worse than England, or higher, on at least two of the six measures chosen."),
        (0, 0, 1, 1, 9, "No neighbourhood of Leeds is worse than England, or higher, on the measure chosen."),
        (
            1, 12_345, 2, 6, 9,
            "1 of 9 neighbourhoods in Leeds is worse than England, or higher, on at least two of the six measures chosen. "
            "12,345 people live in Core20 areas there.",
        ),
        (
            3, 0, 6, 6, 9,
            "3 of 9 neighbourhoods in Leeds are worse than England, or higher, on all of the six measures chosen. "
            "Nobody there lives in a Core20 area.",
        ),
    ],
)  # fmt: skip
def test_the_sentence_of_several_needs(found: int, people: int, at_least: int, asked: int, networks: int, words: str) -> None:
    assert need_words.several_headline("Leeds", found, people, at_least, asked, networks) == words


def test_the_sentence_of_a_single_network() -> None:
    said = need_words.several_headline("Leeds City PCN", 1, 5, 1, 1, 1)
    assert said.startswith("The neighbourhood in Leeds City PCN is worse than England, or higher, on the measure chosen.")


def test_a_copy_says_who_and_when_and_a_layer_says_it_itself() -> None:
    known = {"recorded": ("fingertips", "2026-08-16"), "layer": ("fingertips", "")}
    assert need_words.copies(known, {"layer": "pulled live on 2 March"}) == {
        "recorded": "OHID Fingertips, copy of 2026",
        "layer": "pulled live on 2 March",
    }


def test_no_number_is_ever_written_as_less_than_nothing_by_rounding() -> None:
    assert need_words.number(-0.0) == need_words.number(-0.049) == "0.0"
    assert need_words.number(math.inf) == "inf", "an impossible value is not hidden"
