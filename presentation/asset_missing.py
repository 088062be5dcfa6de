"""Who are we missing? Communities of a place's Core20 residents for which fewer places are recorded than chance would explain: a question each."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pandas as pd
import streamlit as st

from analysis import representation
from analysis.places import Place
from analysis.reach import Reach
from presentation import downloads, provenance
from presentation.components import FactRow, FactSection, fact_list
from presentation.current_assets import CurrentAssets
from presentation.partner_words import literal
from presentation.words import counted, listed, people, percent
from register import contacts
from register.store import Acting

SLOTS = {
    "religion": ("inter-faith forum", "council for voluntary service or other infrastructure body"),
    "ethnicity": ("council for voluntary service or other infrastructure body", "VCFSE Alliance"),
    "age": ("council for voluntary service or other infrastructure body", "social prescribing lead"),
    "disability": ("council for voluntary service or other infrastructure body", "local Healthwatch"),
}
"""Whom to ask first about a community, by kind."""
CALLED = {
    "Christian": ("Christians", "churches"),
    "Muslim": ("Muslims", "mosques"),
    "Jewish": ("Jewish people", "synagogues"),
    "Hindu": ("Hindus", "Hindu temples"),
    "Sikh": ("Sikhs", "gurdwaras"),
    "Buddhist": ("Buddhists", "Buddhist centres"),
}
"""Community → what its people and its places are called."""
TOO_WIDE = ("england", "region")


def show(assets: CurrentAssets, place: Place, acting: Acting | None, today: date) -> None:
    """The prompts, then every community that was compared."""
    if place.level in TOO_WIDE:
        st.markdown("Choose a system, a place or a neighbourhood above: the question is whom its Core20 neighbourhoods are missing.")
        return
    atlas = assets.atlas
    inside = atlas.gazetteer.mask(place)
    if not atlas.areas["core20"].to_numpy(dtype=bool)[inside].any():
        st.markdown(f"No neighbourhood in {literal(place.name)} is among the most deprived fifth of England, so there is nothing to ask here.")
        return
    found = representation.representation(assets.england, inside)
    prompts = found[found["prompt"]]
    st.header(_headline(place, len(prompts), int(found["expected"].notna().sum())))
    st.markdown(
        "The number recorded is compared with what there would be if places were spread among each community as they are over the parts of "
        "England where they are mapped. A question is raised only where chance would not explain the difference. "
        "It is a question to ask somebody, not a finding: the map may be what is missing."
    )
    ask = _contacts(assets, place, acting) if len(prompts) else {}
    for row in prompts.to_dict("records"):
        st.subheader(_question(row))
        fact_list([_prompt(row, ask)], key=f"missing_{row['kind']}_{row['community']}")
    st.subheader("Every community that was looked at")
    fact_list(sections(found), key="every_community")
    name = f"common-ground-{place.code}-who-are-we-missing.csv"
    notes = provenance.asset_notes(f"Who are we missing? {place.name} ({place.code}). Census 2021.", assets.sources, today)
    st.download_button("Download CSV", lambda: downloads.to_csv(found, notes), name, "text/csv", on_click="ignore")
    st.caption(
        "Census 2021. Religion, ethnic group, age and disability are as people described themselves; nobody is one thing only. "
        f"Catchment: neighbourhoods whose centre is within {Reach().walk_m:,.0f} m, on foot, of a Core20 neighbourhood here. "
        "Expected: the places recorded for each resident of that community where they are mapped, towns and country apart, times the residents here. "
        "What chance explains is given at 95% for all communities together (binomial, Bonferroni). A small community can never raise a "
        "question by numbers alone: ask anyway."
    )


def _headline(place: Place, prompts: int, compared: int) -> str:
    if not compared:
        return f"Nothing can be compared in {place.name}: no community's places are mapped"
    if not prompts:
        return f"No community in {place.name} has fewer places recorded than chance would explain"
    return f"{counted(prompts, 'question')} to ask in {place.name}"


def _question(row: Mapping[str, object]) -> str:
    """The question, to ask somebody."""
    who, places = CALLED.get(str(row["community"]), (f"{row['community']} residents", "places"))
    recorded = int(row["observed"])  # type: ignore[call-overload]
    if row["kind"] == "religion":
        return f"Where do {who} here worship and meet? {_recorded(recorded, places)}: is it the map that is missing, or the place?"
    return f"Who brings {who} together here, and is it on this map? {_recorded(recorded, places)}."


def _recorded(number: int, places: str) -> str:
    if not number:
        return f"No {places} are recorded nearby"
    return f"Only one of the {places} on the map is nearby" if number == 1 else f"Only {number:,} {places} are recorded nearby"


def _prompt(row: Mapping[str, object], ask: Mapping[str, list[str]]) -> FactSection:
    expected, low, high = (float(str(row[name])) for name in ("expected", "low", "high"))
    whom = [
        f"{slot[0].upper()}{slot[1:]}: {listed(ask.get(slot, [])) or 'nobody is recorded, so begin by finding out'}"
        for slot in SLOTS.get(str(row["kind"]), SLOTS["age"])
    ]
    return FactSection(
        f"{row['community']}: {people(float(str(row['residents'])))} Core20 residents ({percent(float(str(row['share'])))})",
        [
            FactRow(
                "Recorded nearby",
                f"{int(str(row['observed'])):,}",
                f"Under even provision {expected:,.1f} would be expected; chance alone gives {low:,.0f} to {high:,.0f}.{_usual(row)}",
            ),
            FactRow("How well that is mapped", str(row["mapped"]), str(row["mapping_note"] or "")),
            FactRow("Whom to ask first", "", ". ".join(whom) + "."),
        ],
    )


def _usual(row: Mapping[str, object]) -> str:
    """Whether so few are unusual even among authorities, which differ by more than chance."""
    if pd.isna(row["usual_low"]):
        return ""
    if row["unusual"]:
        return " That is few even beside how unevenly they are spread over England."
    return " They are spread unevenly over England, and so few is not rare."


def _contacts(assets: CurrentAssets, place: Place, acting: Acting | None) -> dict[str, list[str]]:
    """Slot → the organisations recorded for it in the places concerned."""
    if acting is None:
        return {}
    gazetteer = assets.atlas.gazetteer
    places = [place] if place.level == "lad24" else gazetteer.children(place, "lad24") or [gazetteer.parent(place, "lad24")]
    known: dict[str, list[str]] = {}
    for authority in places[:12]:
        frame = contacts.of_place(acting, authority.code)
        for row in frame[~frame["empty"]].to_dict("records"):
            said = ", ".join(str(row[name]) for name in ("organisation", "role") if isinstance(row[name], str))
            known.setdefault(str(row["slot"]), []).append(said)
    return known


def sections(found: pd.DataFrame) -> list[FactSection]:
    """Every community, by kind, with what is recorded, what would be expected and how well it is mapped."""
    return [_section(str(kind), rows) for kind, rows in found.groupby("kind", sort=False)]


def _section(kind: str, rows: pd.DataFrame) -> FactSection:
    """The communities of one kind. What keeps several of them from being compared is said once, after them."""
    silent = rows[rows["expected"].isna()]
    alike = silent[silent["mapping_note"].duplicated(keep=False)]
    facts = [_line(row, said_below=at in alike.index) for at, row in zip(rows.index, rows.to_dict("records"), strict=True)]
    for note, those in alike.groupby("mapping_note", sort=False):
        facts.append(FactRow(f"What to expect of places for them cannot be said: {listed(those['community'].tolist())}.", "", str(note)))
    return FactSection(kind.capitalize(), facts)


def _line(row: Mapping[str, object], said_below: bool) -> FactRow:
    number = int(str(row["observed"]))
    said = [f"{people(float(str(row['residents'])))} Core20 residents ({percent(float(str(row['share'])))})."]
    if not pd.isna(row["expected"]):
        low, high = float(str(row["low"])), float(str(row["high"]))
        said.append(f"Expected {float(str(row['expected'])):,.1f}; chance alone gives {low:,.0f} to {high:,.0f}.")
    elif not said_below:
        said.append("What to expect cannot be said.")
    if not said_below and row["mapping_note"]:
        said.append(str(row["mapping_note"]))
    return FactRow(str(row["community"]), f"{number:,} recorded nearby" if number else "none recorded", " ".join(said))
