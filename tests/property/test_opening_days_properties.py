"""Opening hours that are in the grammar give exactly the days that they say; anything else gives a subset of the week, or nothing."""

from __future__ import annotations

import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.asset_records import parts
from analysis.vocabularies import DAY_NAMES, DAYS
from data_loaders.opening_days import days_open, in_words, rules

TIMES = st.lists(st.sampled_from(["09:00-17:00", "9:30-12:00", "13:00-17:30", "20:00-02:00", "18:00+", "10:00-sunset"]), min_size=1, max_size=2)


@st.composite
def selectors(draw: st.DrawFn) -> tuple[str, set[str]]:
    """A list of days and ranges, and which days of the week they are, counted out one by one."""
    texts, days = [], set()
    for first, last in draw(st.lists(st.tuples(st.sampled_from(DAYS), st.none() | st.sampled_from(DAYS)), min_size=1, max_size=3)):
        texts.append(first if last is None else f"{first}-{last}")
        for day in itertools.islice(itertools.cycle(DAYS), DAYS.index(first), None):
            days.add(day)
            if day == (last or first):
                break
    if draw(st.booleans()):
        texts.append("PH")
    return draw(st.sampled_from([",", ", "])).join(texts), days


@st.composite
def written(draw: st.DrawFn) -> tuple[str, list[str]]:
    """An `opening_hours` text and the days of the week on which it says "open": the last rule for a day decides."""
    texts, is_open = [], dict.fromkeys(DAYS, False)
    for _ in range(draw(st.integers(1, 4))):
        text, days = draw(selectors())
        closed = draw(st.integers(0, 3)) == 0
        texts.append(f"{text} {'off' if closed else ','.join(draw(TIMES))}")
        is_open |= dict.fromkeys(days, not closed)
    return draw(st.sampled_from(["; ", ";", " ; "])).join(texts), [day for day in DAYS if is_open[day]]


@settings(max_examples=300, deadline=None)
@given(written())
def test_the_days_are_those_that_the_rules_say(given_: tuple[str, list[str]]) -> None:
    text, expected = given_
    assert list(parts(days_open(text))) == expected


@settings(max_examples=150, deadline=None)
@given(written())
def test_the_words_name_every_day_once_and_no_other(given_: tuple[str, list[str]]) -> None:
    text, expected = given_
    named: list[str] = []
    for said in in_words(text).split("; "):
        if "closed" in said:
            continue
        for first in DAYS:
            if f"{DAY_NAMES[first].casefold()} to " in said.casefold():
                last = said.casefold().split(f"{DAY_NAMES[first].casefold()} to ")[1].split()[0].strip(",")
                end = next(day for day in DAYS if DAY_NAMES[day].casefold() == last)
                named += DAYS[DAYS.index(first) + 1 : DAYS.index(end)]
        named += DAYS if "every day" in said.casefold() else [day for day in DAYS if DAY_NAMES[day].casefold() in said.casefold()]
    assert sorted(named, key=DAYS.index) == expected


PIECES = [*DAYS, *"0123456789:-,; +[]\"'", "09:00", "PH", "SH", "off", "Jan", "week", "24/7", "unknown", "||"]
UNREAD = ["Apr-Sep Mo-Fr 10:00-16:00", "Su[1] 10:30-11:30", '"by appointment"', "week 1-10 Mo 10:00-12:00", "Mo 9am-5pm", "SH Mo 10:00-12:00"]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=20).map("".join) | st.text(max_size=40))
def test_whatever_is_written_gives_days_in_order_or_nothing(text: str) -> None:
    days = parts(days_open(text))
    assert list(days) == [day for day in DAYS if day in days]
    assert in_words(text) == " ".join(text.split()) or rules(text) is not None


@settings(max_examples=100, deadline=None)
@given(written(), st.sampled_from(UNREAD))
def test_one_rule_that_cannot_be_read_leaves_all_days_empty(given_: tuple[str, list[str]], odd: str) -> None:
    assert days_open(f"{given_[0]}; {odd}") is None
    assert days_open(f"{odd}; {given_[0]}") is None
