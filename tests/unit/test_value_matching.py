"""Cells as words of the vocabularies, and days of the week in what people write."""

from __future__ import annotations

import pytest

from analysis.asset_phrases import LANGUAGES, PHRASES
from analysis.cell_shapes import is_blank, number
from analysis.column_headings import plain
from analysis.day_texts import days_of
from analysis.value_matching import SEVERAL_VALUES, matched
from analysis.vocabularies import (
    ACTIVITY_GROUPS,
    ASSET_CATEGORIES,
    CLINICAL_AREAS,
    FAITH_KINDS,
    ORGANISATION_TYPES,
    TRADITIONS,
    WHO_FOR,
)

WORSHIP = {"category": "place of worship"}


@pytest.mark.parametrize(
    ("field", "text", "values", "certainty"),
    [
        ("category", "Mosque", {**WORSHIP, "faith_tradition": "Muslim"}, "sure"),
        ("category", "St Example's Church", {**WORSHIP, "faith_tradition": "Christian"}, "likely"),
        ("category", "foodbank", {"category": "food bank"}, "sure"),
        ("category", "Baptist Church Hall", {"category": "village or church hall"}, "likely"),
        ("category", "Village Hal", {"category": "village or church hall"}, "likely"),
        ("category", "Parent and toddler group", {"category": "community service"}, "sure"),
        ("category", "Temple", WORSHIP, "sure"),
        ("category", "Skate park", {}, "sure"),
        ("organisation_type", "CIC", {"organisation_type": "community interest company or social enterprise"}, "sure"),
        ("organisation_type", "Registered Charity", {"category": "charity"}, "sure"),
        ("organisation_type", "Unincorporated assoc.", {"organisation_type": "grassroots community group"}, "likely"),
        ("faith_tradition", "Islam", {"faith_tradition": "Muslim"}, "sure"),
        ("faith_tradition", "C of E", {"faith_tradition": "Christian", "denomination": "Anglican"}, "sure"),
        ("denomination", "Shi'a", {"faith_tradition": "Muslim", "denomination": "Shia"}, "sure"),
        ("faith_kind", "Interfaith forum", {"faith_kind": "inter-faith group or network"}, "likely"),
        ("who_for", "Women & girls, over 50s", {"who_for": "women; older people"}, "sure"),
        ("who_for", "all welcome", {"who_for": "everyone"}, "sure"),
        ("activity_groups", "ESOL / lunch club", {"activity_groups": "educational; social"}, "sure"),
        ("clinical_areas", "Blood pressure", {"clinical_areas": "hypertension"}, "sure"),
        ("languages", "English, Bangla & Sylheti / urdu", {"languages": "English; Bengali; Sylheti; Urdu"}, "sure"),
        ("languages", "English and some Polish", {"languages": "English; Polish"}, "likely"),
        ("languages", "Nzema", {"languages": "Nzema"}, "unsure"),
        ("languages", "various", {}, "sure"),
        ("category", "N/A", {}, "sure"),
    ],
)
def test_a_cell_as_words_of_ours(field: str, text: str, values: dict[str, str], certainty: str) -> None:
    found = matched(text, field)
    assert dict(found.values) == values and found.certainty == certainty


def test_what_is_not_recognised_is_handed_back_and_never_forced() -> None:
    assert matched("Skate park", "category").unread == ("Skate park",)
    assert matched("Community centre / Library", "category").unread == ("library",), "one kind is kept, the other told"
    assert matched("English, various", "languages").unread == ("various",)


def test_every_phrase_says_words_of_the_vocabularies_and_is_written_as_it_is_looked_up() -> None:
    words = {
        "category": ASSET_CATEGORIES, "organisation_type": ORGANISATION_TYPES, "faith_kind": FAITH_KINDS, "faith_tradition": TRADITIONS,
        "who_for": WHO_FOR, "activity_groups": ACTIVITY_GROUPS, "clinical_areas": CLINICAL_AREAS,
    }  # fmt: skip
    for phrases in PHRASES.values():
        for phrase, said in phrases.items():
            assert plain(phrase) == phrase
            assert all(word in words[field] for field, word in said.items() if field in words), phrase
    for field, vocabulary in words.items():
        assert {said.get(field) for said in PHRASES[field].values()} >= set(vocabulary), "each word of ours can be said"
        assert all(matched(word, field).values[field] == word for word in vocabulary)
    assert all(plain(phrase) == phrase for phrase in LANGUAGES) and {"who_for", "languages"} < set(SEVERAL_VALUES)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("Tues & Thurs 10-2", "Tu Th"), ("weekdays", "Mo Tu We Th Fr"), ("Mon–Fri 9-5", "Mo Tu We Th Fr"), ("Monday to Wednesday", "Mo Tu We"),
        ("daily", "Mo Tu We Th Fr Sa Su"), ("weekends only", "Sa Su"), ("Mon, Wed and Fri", "Mo We Fr"), ("Fri-Mon", "Mo Fr Sa Su"),
        ("closed Mondays", ""), ("Mon - Fri (closed Wednesdays)", "Mo Tu Th Fr"), ("Open daily except Sundays", "Mo Tu We Th Fr Sa"),
        ("Mo-Fr 09:00-17:00; Sa 10:00-12:00", "Mo Tu We Th Fr Sa"), ("We meet on Thursdays", "Th"), ("1st Sunday of the month", "Su"),
        ("by appointment", ""), ("", ""), ("24/7", "Mo Tu We Th Fr Sa Su"), ("M-F", "Mo Tu We Th Fr"), ("Sunday 11am, Weds 7.30pm", "We Su"),
    ],
)  # fmt: skip
def test_days_of_the_week(text: str, days: str) -> None:
    assert days_of(text) == tuple(days.split())


@pytest.mark.parametrize("text", ["", "n/a", "N/A", "-", "—", "#REF!", "TBC", "not known", "None", "?"])
def test_cells_that_say_nothing(text: str) -> None:
    assert is_blank(text)


@pytest.mark.parametrize("text", ["0", "Nil by mouth café", "আ", "مسجد", "E1 4AA"])
def test_cells_that_say_something(text: str) -> None:
    assert not is_blank(text)


@pytest.mark.parametrize(
    ("text", "value"), [("535,708", 535_708.0), ("-0.045", -0.045), ("5.3e5", 530_000.0), ("12 High St", None), ("1,2", None), ("nan", None)]
)
def test_numbers(text: str, value: float | None) -> None:
    assert number(text) == value
