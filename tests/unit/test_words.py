"""Sentences made of figures: they add up, they have no grammar of the machine, and they blame nobody."""

from __future__ import annotations

import re

import pandas as pd
import pytest

from analysis.gaps import STATES
from data_loaders.atlas import Atlas
from presentation import words
from presentation.glossary import METHODS, glossary

CATEGORIES = ("place of worship", "library", "community centre")
FORBIDDEN = re.compile(
    r"hard[\s-]to[\s-]reach|\bBAME\b|\bdeprived (?:people|communit)|\bvulnerable communit|\bfail(?:s|ed|ing)?\b|\bnone\b(?! recorded)|\bVCSE\b",
    re.IGNORECASE,
)


def _states(**people_and_areas: tuple[int, int]) -> pd.DataFrame:
    return pd.DataFrame({state: people_and_areas.get(state, (0, 0)) for state in STATES}, index=["people", "areas"]).T


def _numbers(sentence: str) -> list[int]:
    return [int(number.replace(",", "")) for number in re.findall(r"\b\d[\d,]*\b", sentence)]


def test_nobody_in_core20() -> None:
    assert words.headline("Rutland", _states(), 800) == "No neighbourhood in Rutland is among the most deprived fifth of England."


def test_one_person_one_area() -> None:
    assert words.headline("Exton", _states(none_recorded=(1, 1)), 800).startswith("1 person in Exton lives in a Core20 neighbourhood.")


def test_many_people_in_one_area() -> None:
    sentence = words.headline("Exton", _states(possible_partners=(1_650, 1)), 800)
    assert sentence.startswith("1,650 people in Exton live in one Core20 neighbourhood.")


def test_no_confirmed_partner() -> None:
    sentence = words.headline("Barking", _states(possible_partners=(60_000, 31), none_recorded=(1_234, 1)), 800)
    assert (
        sentence
        == "61,234 people in Barking live in Core20 neighbourhoods. No confirmed partner has been recorded within a ten-minute walk of any of them."
    )


def test_some_have_a_confirmed_partner() -> None:
    sentence = words.headline("Barking", _states(partnered=(40_000, 20), needs_checking=(1, 1), none_recorded=(21_233, 11)), 800)
    assert sentence == "61,234 people in Barking live in Core20 neighbourhoods. A confirmed partner is within a ten-minute walk of 40,000 of them."


def test_all_have_a_confirmed_partner() -> None:
    assert words.headline("Barking", _states(partnered=(40_000, 20)), 800).endswith("A confirmed partner is within a ten-minute walk of all of them.")


@pytest.mark.parametrize(
    "people", [(0, 0, 0, 0, 0), (5, 0, 0, 0, 0), (0, 0, 0, 1, 0), (10, 20, 30, 40, 50), (1_000, 0, 0, 0, 999_999), (0, 0, 7, 0, 0)]
)
@pytest.mark.parametrize("partners", [0, 3])
def test_figures_in_the_sentences_add_up_and_the_words_are_kind(people: tuple[int, ...], partners: int) -> None:
    states = _states(**{state: (count, count // 5 + (count > 0)) for state, count in zip(STATES, people, strict=True)})
    first = words.headline("Exton", states, 800)
    second = words.second_sentence("Exton", 12, CATEGORIES, states, 800, partners)
    said = _numbers(first.replace("Core20", ""))
    assert said[:1] == ([sum(people)] if sum(people) else [])
    assert all(number in (sum(people), people[0]) for number in said)
    assert set(_numbers(second.replace("Core20", ""))) <= {12, people[3], people[4], people[3] + people[4]}
    for sentence in (first, second):
        assert not FORBIDDEN.search(sentence), sentence
        assert "  " not in sentence
        assert sentence.endswith(".")


def test_what_is_here_comes_first_and_an_empty_register_is_said_plainly() -> None:
    said = words.second_sentence("Exton", 1, CATEGORIES, _states(possible_partners=(10, 1)), 800, 0)
    assert said.startswith("1 faith or community place is mapped in Exton")
    assert "No partner has been recorded" in said
    assert "No partner has been recorded" not in words.second_sentence("Exton", 1, CATEGORIES, _states(possible_partners=(10, 1)), 800, 4)


@pytest.mark.parametrize(
    ("walk_m", "said"),
    [
        (400, "five-minute walk"),
        (800, "ten-minute walk"),
        (1_200, "fifteen-minute walk"),
        (1_600, "twenty-minute walk"),
        (640, "8-minute walk"),
        (850, "850 m walk"),
        (1_234, "1,234 m walk"),
    ],
)
def test_walks(walk_m: float, said: str) -> None:
    assert words.walk(walk_m) == said


@pytest.mark.parametrize(
    ("phrase", "said"),
    [
        ("ten-minute walk", "a ten-minute walk"),
        ("8-minute walk", "an 8-minute walk"),
        ("800 m walk", "an 800 m walk"),
        ("11-minute walk", "an 11-minute walk"),
        ("12-minute walk", "a 12-minute walk"),
        ("18-minute walk", "an 18-minute walk"),
    ],
)
def test_a_or_an(phrase: str, said: str) -> None:
    assert words.article(phrase) == said


@pytest.mark.parametrize(("share", "said"), [(0, "0%"), (0.004, "0.4%"), (0.0995, "10%"), (0.098, "9.8%"), (0.4949, "49%"), (1, "100%")])
def test_percentages(share: float, said: str) -> None:
    assert words.percent(share) == said


def test_distances_and_lists() -> None:
    assert words.metres(float("inf")) == "none recorded"
    assert words.metres(float("nan")) == "none recorded"
    assert words.metres(1_234.4) == "1,234 m"
    assert [words.listed(["a", "b", "c"][:count]) for count in range(4)] == ["", "a", "a and b", "a, b and c"]
    assert [words.counted(count, "place") for count in (0, 1, 1_204)] == ["0 places", "1 place", "1,204 places"]


def test_labels_colours_and_meanings_are_of_the_same_states() -> None:
    assert tuple(words.STATE_LABELS) == tuple(words.STATE_COLOURS) == tuple(words.STATE_MEANINGS) == STATES
    assert list(words.STATE_COLOURS.values()) == ["#1B7837", "#7FBF7B", "#D9B44A", "#AF8DC3", "#762A83"]
    assert words.STATE_LABELS["none_recorded"] == "None recorded"
    for meaning in words.STATE_MEANINGS.values():
        assert not FORBIDDEN.search(meaning)


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("places", [0, 1, 3, 25])
def test_why_a_neighbourhood_is_in_its_state(state: str, places: int) -> None:
    row = {
        "state": state,
        "places_in_reach": places,
        "partners_in_reach": 1,
        "confirmed_in_reach": 1,
        "people": 1_600,
        "people_without_confirmed_partner": 1_600,
        "imd25_rank": 120,
    }
    for said in (words.state_reason(row, CATEGORIES), words.list_reason(row), words.rank_reason(row, CATEGORIES)):
        assert said
        assert "1 places" not in said and "one mapped places" not in said and "1 partners" not in said
        assert not re.search(r"hard.to.reach|BAME|deprived people", said)


def test_what_is_not_mapped_is_said_by_authority(atlas: Atlas) -> None:
    said = words.uncovered(atlas.coverage, "E08000003")
    rows = atlas.coverage[
        (atlas.coverage["lad24cd"] == "E08000003") & atlas.coverage["faith_tradition"].isna() & (atlas.coverage["status"] != "mapped")
    ]
    assert len(said) == len(rows)
    assert any(sentence.startswith("Community centres: not mapped here.") for sentence in said)
    assert not any(sentence.startswith("Community centres") for sentence in words.uncovered(atlas.coverage, "E09000002") if "not mapped" in sentence)


def test_the_methods_and_the_glossary_are_kind() -> None:
    for text in (METHODS.read_text(encoding="utf-8"), *glossary().values()):
        assert not re.search(r"\bBAME\b|deprived people", text)
    assert "VCFSE" in glossary()
