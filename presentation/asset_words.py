"""What the screen says of community assets, in plain English. No screen here."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pandas as pd

from analysis.asset_records import parts
from analysis.vocabularies import ASSET_CATEGORIES, CLINICAL_AREA_NAMES, DAY_NAMES, FRESHNESS
from presentation.area_map import Fullness, Shape
from presentation.partner_words import day, literal
from presentation.words import CATEGORY_PLURALS, article, counted, listed, metres, month_year, walk

SHAPES: dict[str, Shape] = {
    "place of worship": "circle",
    "library": "diamond",
    "community centre": "square",
    "food bank": "triangle",
    "village or church hall": "pentagon",
    "social facility": "plus",
    "youth or social club": "down",
    "community service": "bar",
    "charity": "hexagon",
}
"""Category → the shape that stands for it on a map. A charity has a point only where somebody has confirmed its public premises."""

FRESHNESS_LABELS = {
    "confirmed": "Confirmed in the last 12 months",
    "needs checking": "Needs checking: confirmed 12 to 24 months ago",
    "unconfirmed": "Unconfirmed: longer ago, or never",
}
FRESHNESS_SHORT = {"confirmed": "Confirmed", "needs checking": "Needs checking", "unconfirmed": "Unconfirmed"}
FULLNESS: dict[str, Fullness] = {"confirmed": "solid", "needs checking": "half", "unconfirmed": "hollow"}
FRESHNESS_COLOURS = {"confirmed": "#1F2A33", "needs checking": "#93A3B3", "unconfirmed": "#FFFFFF"}

_FILE = Path(__file__).parents[1] / "assets" / "ways_to_connect.toml"


@dataclass(frozen=True, slots=True)
class Ways:
    """How to begin: the first step, what to offer, what to bear in mind. about: the type of organisation or the kind of place it is for."""

    about: str
    first: str
    offer: str
    mind: str


@cache
def _ways() -> tuple[dict[str, Ways], dict[str, Ways]]:
    text = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    types = {name: Ways(about=name, **said) for name, said in text["types"].items()}
    kinds = {
        name: types[said["type"]] if "type" in said else Ways(about=name, **said) for name, said in text["kinds"].items()
    }
    return types, kinds


def ways_to_connect(organisation_type: str | None, category: str) -> Ways:
    """What is said for a type of organisation; where that is not known, for the kind of place."""
    types, kinds = _ways()
    return types[organisation_type] if organisation_type in types else kinds[category]


def name_of(row: Mapping[str, object]) -> str:
    """The name of an asset as it is shown; its kind where nobody has recorded one: "Place of worship, name not recorded"."""
    name = row["name"]
    return name if isinstance(name, str) and name.strip() else f"{str(row['category']).capitalize()}, name not recorded"


def kind_line(row: Mapping[str, object]) -> str:
    """What an asset is, in a few words: "Place of worship · Christian, Anglican"."""
    said = [str(row["category"]).capitalize()]
    faith = ", ".join(str(row[name]) for name in ("faith_tradition", "denomination") if isinstance(row.get(name), str))
    return " · ".join([*said, faith] if faith else said)


def kinds_counted(categories: pd.Series) -> str:
    """ "74 places of worship, 33 community centres and 10 libraries", most first."""
    counts = categories.value_counts()
    order = sorted(counts.index, key=lambda kind: (-int(counts[kind]), ASSET_CATEGORIES.index(str(kind))))
    return listed([counted(int(counts[kind]), str(kind), CATEGORY_PLURALS[str(kind)]) for kind in order])


def headline(place: str, here: pd.DataFrame) -> str:
    """The sentence that opens the page: what is here. here: the assets in the place (category)."""
    if here.empty:
        return f"No community place has been recorded in {place} yet."
    return f"{kinds_counted(here['category'])} {'is' if len(here) == 1 else 'are'} mapped in {place}."


def headline_near(postcode: str, walk_m: float, near: pd.DataFrame) -> str:
    """The sentence that opens the page for somebody with a postcode. near: the assets within the walk, also over a border (category)."""
    within = f"within {article(walk(walk_m))} of {postcode}"
    if near.empty:
        return f"No community place has been recorded {within} yet."
    return f"{kinds_counted(near['category'])} {'is' if len(near) == 1 else 'are'} mapped {within}."


def whole_place(place: str, here: pd.DataFrame, nearest: Mapping[str, object] | None) -> str:
    """What is beyond the walk: the nearest place where none is within it (name, category, walk_m), and what the whole place has."""
    said = "" if nearest is None else f"The nearest is {literal(name_of(nearest))}, {metres(float(str(nearest['walk_m'])))} away. "
    return said + (f"In all of {place}: {kinds_counted(here['category'])}." if len(here) else "")


def second_sentence(here: pd.DataFrame, not_mapped: list[str]) -> str:
    """How sure that is: what was confirmed lately, and which kinds are not mapped here at all.

    here: freshness. not_mapped: categories that no source maps in this place.
    """
    counts = here["freshness"].value_counts().reindex(list(FRESHNESS), fill_value=0)
    said = []
    if len(here):
        confirmed, checking = int(counts["confirmed"]), int(counts["needs checking"])
        if confirmed == len(here):
            said.append("Somebody has confirmed each of them in the last 12 months.")
        elif not confirmed and not checking:
            said.append(
                "Nobody has told this atlas in the last 24 months that "
                f"{'it is' if len(here) == 1 else 'any of them is'} still right: published lists say what was there, not what is."
            )
        else:
            number = f"{confirmed:,}" if confirmed else "none"
            parts_said = [f"{number} {'was' if confirmed < 2 else 'were'} confirmed in the last 12 months"]
            if checking:
                parts_said.append(f"{checking:,} {'needs' if checking == 1 else 'need'} checking")
            parts_said.append(f"for {int(counts['unconfirmed']):,} nobody has said so lately")
            said.append(f"{listed(parts_said)}.")
    if not_mapped:
        kinds = listed([CATEGORY_PLURALS[kind] for kind in not_mapped])
        said.append(f"{kinds.capitalize()} are not mapped here: none recorded, which is not the same as none.")
    text = " ".join(said)
    return text[:1].upper() + text[1:]


def confirmed_line(row: Mapping[str, object]) -> str:
    """When an asset was last confirmed, and by whom in what role: "1 March 2026, by a library manager", or "never"."""
    said = day(row["last_confirmed"])
    role = row.get("confirmed_by_role")
    if not said:
        return "Never, that we know of"
    return f"{said}, by {role}" if isinstance(role, str) else said


def days_line(days: object) -> str:
    """The days that a place is known to be open: "Monday, Tuesday and Sunday"; empty where nothing is known."""
    known = [DAY_NAMES[one] for one in parts(days) if one in DAY_NAMES]
    return "Every day" if len(known) == 7 else listed(known)


def clinical_line(areas: object) -> str:
    """The clinical areas that its activities are tagged to, by name."""
    return listed([CLINICAL_AREA_NAMES.get(one, one) for one in parts(areas)])


def source_line(publisher: str, source_date: object) -> str:
    """A source and its date: "OpenStreetMap, Aug 2026"."""
    return f"{publisher}, {month_year(str(source_date)[:10])}" if isinstance(source_date, str) else publisher
