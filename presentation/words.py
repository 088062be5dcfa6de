"""What the screen says: names, numbers and sentences composed from figures, in plain English. No screen here."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import pandas as pd

STATE_LABELS = {
    "partnered": "Partnered",
    "needs_checking": "Needs checking",
    "in_conversation": "In conversation",
    "possible_partners": "Possible partners",
    "none_recorded": "None recorded",
}
STATE_COLOURS = {
    "partnered": "#1B7837",
    "needs_checking": "#7FBF7B",
    "in_conversation": "#D9B44A",
    "possible_partners": "#AF8DC3",
    "none_recorded": "#762A83",
}
STATE_MEANINGS = {
    "partnered": "a partner confirmed in the last 12 months is within reach",
    "needs_checking": "a partner is within reach, but nobody has confirmed it in the last 12 months, or it has gone quiet",
    "in_conversation": "a relationship at an earlier stage is within reach",
    "possible_partners": "mapped places are within reach; no relationship with them has been recorded",
    "none_recorded": "nothing is mapped within reach; that is what has been recorded, not what exists",
}
CATEGORY_PLURALS = {
    "place of worship": "places of worship",
    "library": "libraries",
    "community centre": "community centres",
    "food bank": "food banks",
    "village or church hall": "village and church halls",
    "social facility": "social facilities",
    "youth or social club": "youth and social clubs",
    "community service": "community services",
    "charity": "charities",
}
LEVEL_NAMES = {
    "sub_icb24": "sub-ICB locations (April 2024)",
    "icb24": "systems (April 2024)",
    "icb26": "systems (April 2026)",
    "lad24": "places (local authorities)",
    "region": "regions",
    "pcn": "neighbourhoods (PCN footprints)",
}

# How many people an area of a level usually has, and what one is called. Read as a band, not as a rule.
USUAL_PEOPLE = {
    "icb24": ("system", 1_000_000, 3_000_000),
    "icb26": ("system", 1_000_000, 3_000_000),
    "lad24": ("place", 250_000, 500_000),
    "pcn": ("neighbourhood", 30_000, 50_000),
}

_MONTHS = ("", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_NUMBER_WORDS = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def people(count: float) -> str:
    """A number of people: whole, with thousands separators."""
    return f"{round(count):,}"


def counted(count: int, one: str, many: str | None = None) -> str:
    """ "1 place", "3 places", "1,204 places"."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def in_words(count: int) -> str:
    """A small number as a word, a larger one in figures."""
    return _NUMBER_WORDS[count] if count < len(_NUMBER_WORDS) else f"{count:,}"


def metres(distance: float) -> str:
    """A walking distance: whole metres, or that nothing is recorded."""
    return "none recorded" if math.isinf(distance) or math.isnan(distance) else f"{round(distance):,} m"


def percent(share: float) -> str:
    """A share (0–1) as a percentage: one decimal under 10%, none above."""
    value = 100 * share
    return f"{value:.1f}%" if 0 < value < 9.95 else f"{value:.0f}%"


def listed(words: Sequence[str]) -> str:
    """ "a, b and c"."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}" if words else ""


def month_year(text: str) -> str:
    """A source date as people say it: "2026-08-16" → "Aug 2026"."""
    year, _, rest = text.partition("-")
    return f"{_MONTHS[int(rest[:2])]} {year}" if rest else year


def walk(walk_m: float) -> str:
    """How far the walk is, as people say it: the usual 800 m is ten minutes."""
    minutes = round(walk_m / 80)
    name = {5: "five", 10: "ten", 15: "fifteen", 20: "twenty"}.get(minutes, str(minutes))
    return f"{name}-minute walk" if abs(walk_m - 80 * minutes) < 1 and minutes else f"{walk_m:,.0f} m walk"


def article(phrase: str) -> str:
    """The phrase with a or an: "an 8-minute walk"."""
    return f"{'an' if phrase[0] in '8aeiou' or phrase.startswith(('11', '18')) else 'a'} {phrase}"


def headline(place: str, states: pd.DataFrame, walk_m: float, *, unread: bool = False) -> str:
    """The sentence that opens the page: people first, in figures that add up to the bar beneath.

    states: index state, columns people, areas. unread: the register cannot be read, so that nothing is known of its partners.
    """
    total, partnered = int(states["people"].sum()), int(states.loc["partnered", "people"])
    if total == 0:
        return f"No neighbourhood in {place} is among the most deprived fifth of England."
    who = "1 person" if total == 1 else f"{total:,} people"
    lives = (
        "lives in a Core20 neighbourhood"
        if total == 1
        else "live in Core20 neighbourhoods"
        if int(states["areas"].sum()) > 1
        else "live in one Core20 neighbourhood"
    )
    opening = f"{who} in {place} {lives}."
    within = article(walk(walk_m))
    if partnered == 0 and unread:
        return f"{opening} Who works with them cannot be said now: the register of partners cannot be read."
    if partnered == 0:
        return f"{opening} No confirmed partner has been recorded within {within} of any of them."
    if partnered == total:
        return f"{opening} A confirmed partner is within {within} of all of them."
    return f"{opening} A confirmed partner is within {within} of {partnered:,} of them."


def second_sentence(
    place: str,
    places_here: int,
    categories: Sequence[str],
    states: pd.DataFrame,
    walk_m: float,
    partners: int,
    *,
    unread: bool = False,
) -> str:
    """What is here, before what is not yet: mapped places, then what is known of relationships with them. unread: as for `headline`."""
    kinds = listed([CATEGORY_PLURALS[category] for category in categories])
    here = (
        f"{counted(places_here, 'faith or community place')} {'is' if places_here == 1 else 'are'} mapped in {place} ({kinds})."
        if categories
        else f"No kind of place is chosen, so nothing counts as mapped in {place}."
    )
    if int(states["people"].sum()) == 0:
        return (
            f"{here} Most people in need live outside Core20 neighbourhoods, "
            "so choose a neighbourhood or type a postcode to see what is within reach."
        )
    possible = int(states.loc["possible_partners", "people"])
    relation = ""
    if possible:
        relation = f" For {possible:,} people at least one is within {article(walk(walk_m))}" + (
            "." if unread else " and no relationship with any of them has been recorded yet."
        )
    none = int(states.loc["none_recorded", "people"])
    unmapped = f" For {none:,} people nothing is mapped within reach." if none else ""
    register = "" if partners or unread else " No partner has been recorded yet: add yours on the Partners page, or from a file below."
    return here + relation + unmapped + register


def outside_usual(level: str, residents: float) -> str:
    """Half a sentence where an area has fewer or more people than its level usually has; empty within the band."""
    if level not in USUAL_PEOPLE:
        return ""
    what, low, high = USUAL_PEOPLE[level]
    if low <= residents <= high:
        return ""
    return f"{'fewer' if residents < low else 'more'} than a {what} usually has ({low:,} to {high:,})"


def size_sentence(level: str, residents: int, core20: int) -> str:
    """How many people live in the place, how many of them in Core20 neighbourhoods, and whether it is of the usual size."""
    unusual = outside_usual(level, residents)
    share = percent(core20 / residents) if residents else "0%"
    return f"{residents:,} residents in mid-2022{', ' + unusual if unusual else ''}; {share} of them live in Core20 neighbourhoods."


def state_reason(row: Mapping[str, object], categories: Sequence[str]) -> str:
    """Why an LSOA is in its state, as half a sentence.

    row: state, places_in_reach, partners_in_reach, confirmed_in_reach.
    """
    places = int(row["places_in_reach"])  # type: ignore[call-overload]
    partners, confirmed = int(row["partners_in_reach"]), int(row["confirmed_in_reach"])  # type: ignore[call-overload]
    mapped = (
        f"{in_words(places)} mapped {'place' if places == 1 else 'places'} within reach"
        if places
        else "no mapped place within reach"
    )
    match row["state"]:
        case "partnered":
            return (
                f"{in_words(confirmed)} confirmed {'partner' if confirmed == 1 else 'partners'} within reach; {mapped}"
            )
        case "needs_checking":
            kind = "partner" if partners == 1 else "partners"
            return (
                f"{in_words(partners)} {kind} within reach, not confirmed in the last 12 months or gone quiet; {mapped}"
            )
        case "in_conversation":
            return f"{in_words(partners)} {'relationship' if partners == 1 else 'relationships'} at an earlier stage within reach; {mapped}"
        case "possible_partners":
            return f"{mapped}, no relationship recorded"
    return (
        f"nothing recorded within reach among {listed([CATEGORY_PLURALS[category] for category in categories])}"
        if categories
        else "no kind of place is chosen"
    )


def list_reason(row: Mapping[str, object]) -> str:
    """Why a row stands where it does, in as few words as the list has room for; people and places have columns of their own."""
    partners, confirmed = int(row["partners_in_reach"]), int(row["confirmed_in_reach"])  # type: ignore[call-overload]
    relation = {
        "partnered": f"{counted(confirmed, 'confirmed partner')} within reach",
        "needs_checking": f"{counted(partners, 'partner')} to check within reach",
        "in_conversation": f"{counted(partners, 'earlier relationship')} within reach",
    }.get(str(row["state"]), "No relationship recorded")
    return f"{relation}; deprivation rank {int(row['imd25_rank']):,} of 33,755"  # type: ignore[call-overload]


def rank_reason(row: Mapping[str, object], categories: Sequence[str]) -> str:
    """Why an LSOA stands where it does in the list: people, state, deprivation."""
    resident = f"{people(float(row['people']))} residents"  # type: ignore[arg-type]
    return f"{resident}; {state_reason(row, categories)}; ranked {int(row['imd25_rank']):,} of 33,755 for deprivation"  # type: ignore[call-overload]


def uncovered(coverage: pd.DataFrame, lad24cd: str) -> list[str]:
    """What is not, or only partly, mapped in an authority, one sentence a category, so that an absence is not read as one.

    coverage: lad24cd, category, faith_tradition, status, note.
    """
    rows = coverage[
        (coverage["lad24cd"] == lad24cd) & coverage["faith_tradition"].isna() & (coverage["status"] != "mapped")
    ]
    return [
        f"{CATEGORY_PLURALS[row.category].capitalize()}: {row.status} here. {row.note or ''}".strip()
        for row in rows.itertuples()
    ]
