"""What the screen says of indicators: figures with their units, comparisons, trends and sentences in plain English. No screen here."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import pandas as pd

from analysis.inequality import SlopeIndex, WeightedSlope
from data_loaders.indicator_values import ORIGINS
from presentation.need_board import Mark
from presentation.words import in_words, listed

COMPARISON_MARKS = {
    "better": Mark("better", "Better than England"),
    "similar": Mark("similar", "Similar to England"),
    "worse": Mark("worse", "Worse than England"),
    "higher": Mark("higher", "Higher than England"),
    "lower": Mark("lower", "Lower than England"),
    "not compared": Mark("none", "Not compared"),
}
TREND_MARKS = {
    "increasing": Mark("up", "Increasing"),
    "increasing and getting better": Mark("up", "Increasing, getting better"),
    "increasing and getting worse": Mark("up", "Increasing, getting worse"),
    "decreasing": Mark("down", "Decreasing"),
    "decreasing and getting better": Mark("down", "Decreasing, getting better"),
    "decreasing and getting worse": Mark("down", "Decreasing, getting worse"),
    "no significant change": Mark("level", "No significant change"),
}
POLARITY_WORDS = {
    "low is good": "lower is better",
    "high is good": "higher is better",
    "not applicable": "neither higher nor lower is better by itself",
    "blue orange blue": "neither higher nor lower is better by itself",
}


def number(value: float) -> str:
    """A published value: one decimal, and none from a thousand up, with thousands separators."""
    return f"{value:,.0f}" if abs(value) >= 999.95 else f"{value:z.1f}"


def figure(value: float, unit: str | None) -> str:
    """A value with its unit as people say it: "9.7%", "92.6 per 100,000", "78.2 years", "21.8". Empty is "not published"."""
    if math.isnan(value):
        return "not published"
    text = unit if isinstance(unit, str) else ""
    if text == "%":
        return f"{number(value)}%"
    return f"{number(value)} {text.lower() if text == 'Years' else text}".rstrip()


def interval(lower: float, upper: float) -> str | None:
    """ "9.5 to 9.9", or None where no interval is published."""
    return None if math.isnan(lower) or math.isnan(upper) else f"{number(lower)} to {number(upper)}"


def who(sex: str | None, age: str | None) -> str | None:
    """Whom a figure is about, in words: "Females, 25 to 49 years"; None where that was not recorded."""
    sexes = {"Male": "Males", "Female": "Females", "Persons": "Everyone", "": None}
    people = sexes.get(sex or "", sex)
    ages = age_words(age)
    if people == "Everyone" or people is None:
        return ages
    return f"{people}, {ages[0].lower() + ages[1:]}" if ages else people


def age_words(age: str | None) -> str | None:
    """An age band as people say it: "18+ yrs" → "Aged 18 and over", "<18 yrs" → "Aged under 18", "0-4 yrs" → "Aged 0 to 4"."""
    if not age or age in ("Not applicable", "All ages"):
        return "All ages" if age == "All ages" else None
    band = age.removesuffix("yrs").removesuffix("yr").strip()
    if band.endswith("+"):
        return f"Aged {band[:-1]} and over"
    if band.startswith("<"):
        return f"Aged under {band[1:]}"
    low, dash, high = band.partition("-")
    if dash and low.strip().isdigit() and high.strip().isdigit():
        return f"Aged {low.strip()} to {high.strip()}"
    return f"Aged {band}" if band.isdigit() else age


def headline(place: str, audience: str, comparisons: pd.Series) -> str:
    """The sentence that opens the board: how many figures, how they compare, what is better first.

    comparisons: one key of COMPARISON_MARKS a figure. Figures that add up to those on the board.
    """
    people = {"adults": "adults", "children": "children and young people"}[audience]
    total = len(comparisons)
    if not total:
        return f"No figure for {people} in {place} is in this copy yet."
    counts: Mapping[str, int] = comparisons.value_counts().to_dict()
    compared = total - counts.get("not compared", 0)
    figures = f"{total} figure{'s' if total > 1 else ''} for {people} in {place}"
    if not compared:
        return f"{figures}{'' if place == 'England' else ': none can be compared with England yet'}."
    told = [key for key in ("better", "similar", "worse") if counts.get(key)]
    parts = [f"{counts[key]} {'is' if counts[key] == 1 else 'are'} {key}" for key in told]
    if parts:
        parts[0] += " to England" if told[0] == "similar" else " than England"
    sideways = [
        f"{counts[key]} {'is' if counts[key] == 1 else 'are'} {key}" for key in ("higher", "lower") if counts.get(key)
    ]
    if not parts:
        return f"Of {figures}, {listed(sideways)} than England, where neither direction is called better."
    said = listed(parts)
    return (
        f"Of {figures}, {said}{f'; {listed(sideways)}, where neither direction is called better' if sideways else ''}."
    )


def not_compared_sentence(count: int) -> str:
    """How many figures stand without a comparison, and why that can be; empty for none."""
    if not count:
        return ""
    which = "One figure is" if count == 1 else f"{in_words(count).capitalize()} figures are"
    return f"{which} not compared with England: this copy has no interval, or no figure for England in the same period."


def second_sentence(figures: pd.DataFrame, england: bool) -> str:
    """What stands beneath the board's sentence: where most figures come from, whose the others are, and how many have no comparison.

    figures: all on the board, with origin, standing, own and area_said. The board's sentence counts the area's own.
    """
    if figures.empty:
        return "Pull live figures below, or choose the place or system that this area lies in."
    said = []
    borrowed = figures[~figures["own"].astype(bool)]
    if len(borrowed):
        whose = listed(list(dict.fromkeys(borrowed["area_said"])))
        number = "One more figure is" if len(borrowed) == 1 else f"{in_words(len(borrowed)).capitalize()} more figures are"
        said.append(f"{number} for {whose}, where none is published for the area itself.")
    if (figures["origin"] == "qof-practices").any():
        said.append(
            "Where a measure counts illness that a GP practice has recorded, more can mean more illness, or illness that is found sooner."
        )
    if england:
        said.append("These are England's own figures, so there is nothing to compare them with.")
    else:
        said.append(not_compared_sentence(int((figures["standing"] == "not compared").sum())))
    return " ".join(part for part in said if part)


def opened_headline(name: str, place: str, records: Sequence[Mapping[str, object]], unit: str | None) -> str:
    """The sentence that opens the page of one figure."""
    valued = [record for record in records if not pd.isna(record["value"])]
    if not valued:
        return f"{name}: no figure for {place} in this copy"
    parts = []
    for record in valued[:2]:
        sex = {"Male": "males ", "Female": "females "}.get(str(record["who"]), "")
        comparison = COMPARISON_MARKS[str(record["comparison"])].text
        against = "" if comparison == "Not compared" else f", {comparison[0].lower()}{comparison[1:]}"
        parts.append(f"{sex}{figure(float(record['value']), unit)}{against}")  # type: ignore[arg-type]
    periods = dict.fromkeys(str(record["period"]) for record in valued[:2])
    return f"{name} in {place}, {listed(list(periods))}: {'; '.join(parts)}"


def within_sentence(comparisons: pd.Series, noun: str, period: str) -> str:
    """How areas compare with England, in one sentence; better first."""
    counts = comparisons.value_counts().to_dict()
    words = {
        "better": "better than England",
        "similar": "similar to England",
        "worse": "worse than England",
        "higher": "higher than England",
        "lower": "lower than England",
        "not compared": "not compared",
    }
    if len(counts) == 1 and len(comparisons) > 1:
        return f"All {len(comparisons)} {noun}s are {words[next(iter(counts))]} in {period}."
    said = listed(
        [
            f"{counts[key]} {'is' if counts[key] == 1 else 'are'} {word}"
            for key, word in words.items()
            if counts.get(key)
        ]
    )
    return f"Of {len(comparisons)} {noun}s in {period}, {said}."


def _points(value: float, unit: str | None) -> str:
    return f"{number(abs(value))} percentage points" if unit == "%" else figure(abs(value), unit)


def gradient_sentence(slope: SlopeIndex, where: str, unit: str | None) -> str:
    """The slope index of inequality in words: the difference between the two ends of deprivation."""
    less, more = sorted((abs(slope.lower), abs(slope.upper)))
    if slope.lower <= 0 <= slope.upper:
        between = interval(slope.lower, slope.upper)
        return (
            f"Across {where} there is no clear slope from the most to the least deprived end "
            f"(slope index of inequality {number(slope.sii)}, {between})."
        )
    direction = "higher" if slope.sii < 0 else "lower"
    return (
        f"Across {where} the figure is {_points(slope.sii, unit)} {direction} at the most deprived end than at the least "
        f"(slope index of inequality, {interval(less, more) or 'no interval, as the groups have none'})."
    )


def against_core20_sentence(slope: WeightedSlope, points: int, where: str, unit: str | None) -> str:
    """The slope across networks in words; it describes networks, not people."""
    ten, low, high = slope.slope / 10, slope.lower / 10, slope.upper / 10
    between = interval(*sorted((low, high) if low <= 0 <= high else (abs(low), abs(high))))
    if low <= 0 <= high:
        return (
            f"Across {points} networks of {where}, more Core20 residents go with neither a higher nor a lower figure "
            f"({between} for each ten points more)."
        )
    direction = "higher" if ten > 0 else "lower"
    return (
        f"Across {points} networks of {where}, ten percentage points more Core20 residents go with a figure {_points(ten, unit)} {direction} "
        f"({between}). This describes networks, not the people in them."
    )


def several_headline(place: str, found: int, people_in: int, at_least: int, asked: int, networks: int) -> str:
    """The sentence that opens the page of several needs together."""
    if not asked:
        return f"Choose measures, to see the neighbourhoods of {place} that have several needs together"
    least = f"at least {in_words(at_least)}" if at_least < asked else "all" if asked > 1 else "the one"
    chosen = f"{least} of the {in_words(asked)} measures chosen" if asked > 1 else "the measure chosen"
    if not found:
        return f"No neighbourhood of {place} is worse than England, or higher, on {chosen}."
    of = f"{found:,} of {networks:,} neighbourhoods" if networks > 1 else "The neighbourhood"
    verb = "is" if found == 1 else "are"
    who_lives = (
        f"{people_in:,} people live in Core20 areas there." if people_in else "Nobody there lives in a Core20 area."
    )
    return f"{of} in {place} {verb} worse than England, or higher, on {chosen}. {who_lives}"


def copies(known: Mapping[str, tuple[str, str]], live: Mapping[str, str]) -> dict[str, str]:
    """source_id → who says so and of when the copy is: "OHID Fingertips, copy of 2026", or "pulled live from … on 16 August 2026".

    known, live: `copies` and `live` of `data_loaders.needs.Needs`.
    """
    return {
        source: live.get(source, f"{ORIGINS.get(origin, origin)}, copy of {taken[:4]}")
        for source, (origin, taken) in known.items()
    }
