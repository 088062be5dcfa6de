"""The panel of one small area: what is within reach, who its networks are, who lives there, what is not mapped."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pandas as pd

from analysis import gaps
from analysis.gaps import partner_standing
from analysis.reach import PlaceIndex, within_reach_of
from data_loaders.atlas import Atlas
from presentation.asset_words import kind_line, name_of
from presentation.components import Callout, FactRow, FactSection
from presentation.current_assets import CurrentAssets
from presentation.partners import SessionPartners
from presentation.view import View
from presentation.words import (
    STATE_COLOURS,
    STATE_LABELS,
    article,
    in_words,
    listed,
    metres,
    month_year,
    percent,
    state_reason,
    uncovered,
    walk,
)

DOMAINS = {
    "income": "Income",
    "employment": "Employment",
    "education": "Education and skills",
    "health": "Health and disability",
    "crime": "Crime",
    "housing_and_services": "Housing and services",
    "environment": "Living environment",
}
AGES = {
    "age_0_14": "Aged under 15",
    "age_15_24": "Aged 15 to 24",
    "age_25_44": "Aged 25 to 44",
    "age_45_64": "Aged 45 to 64",
    "age_65_84": "Aged 65 to 84",
    "age_85_plus": "Aged 85 and over",
}
ETHNICITY = {
    "eth_asian": "Asian, Asian British or Asian Welsh",
    "eth_black": "Black, Black British, Caribbean or African",
    "eth_mixed": "Mixed or multiple ethnic groups",
    "eth_other": "Another ethnic group",
    "eth_white": "White",
}
RELIGION = {
    "rel_buddhist": "Buddhist",
    "rel_christian": "Christian",
    "rel_hindu": "Hindu",
    "rel_jewish": "Jewish",
    "rel_muslim": "Muslim",
    "rel_sikh": "Sikh",
    "rel_other_religion": "Another religion",
    "rel_no_religion": "No religion",
    "rel_not_answered": "Religion not answered",
}
MAX_PLACES = 12
NOTABLE_GROUPS = 4
_STANDING = {
    gaps.CONFIRMED: "confirmed",
    gaps.TO_CHECK: "needs checking",
    gaps.TALKING: "in conversation",
    gaps.KNOWN_OF: "known of",
}


def partners_section(area: pd.Series, known: SessionPartners, view: View, today: date) -> FactSection:
    """Partners and earlier relationships within reach, nearest first."""
    partners = known.table
    if partners.empty and known.unread:
        return FactSection("Partners", empty="Not known now: the register of partners cannot be read.")
    if partners.empty:
        return FactSection(
            "Partners", empty="No partner has been recorded yet. That is what this tool has been told, not what exists."
        )
    standing = pd.Series(partner_standing(partners, today), index=partners.index)
    near = within_reach_of(
        area,
        partners.assign(standing=standing, category="partner"),
        PlaceIndex(partners.assign(category="partner")),
        view.reach,
        ["partner"],
    )
    rows = [
        FactRow(
            row.name,
            metres(row.walk_m),
            f"{_STANDING[row.standing]}; {row.stage}; last confirmed {row.last_confirmed:%d %B %Y}"
            if pd.notna(row.last_confirmed)
            else f"{_STANDING[row.standing]}; {row.stage}; never confirmed",
        )
        for row in near.head(MAX_PLACES).itertuples()
    ]
    return FactSection("Partners", rows, empty=f"None recorded within {article(walk(view.walk_m))} of here.")


def places_section(assets: CurrentAssets, area: pd.Series, view: View) -> FactSection:
    """Mapped places within reach by name, type and walk, nearest first; then the nearest of each kind that is not."""
    near = within_reach_of(area, assets.places, assets.index, view.reach, view.categories)
    rows = [
        FactRow(name_of(row), metres(row["walk_m"]), f"{kind_line(row)} · mapped {month_year(row['source_date'])}")
        for row in near.head(MAX_PLACES).to_dict("records")
    ]
    if len(near) > MAX_PLACES:
        rows.append(FactRow(f"and {len(near) - MAX_PLACES:,} more places", f"up to {metres(near['walk_m'].max())}"))
    point = area[["pwc_e", "pwc_n"]].to_numpy(dtype=float).reshape(1, 2)
    for category in view.categories:
        if not (near["category"] == category).any():
            walk_m, row = assets.index.nearest(point, category, view.reach)
            if row[0] >= 0:
                name = name_of(assets.places.iloc[int(row[0])].to_dict())
                rows.append(FactRow(f"Nearest {category}, further than the walk", metres(walk_m[0]), name))
    return FactSection(f"Mapped within a {walk(view.walk_m)}", rows, empty="Nothing of the kinds chosen is mapped.")


def pcn_section(atlas: Atlas, lsoa21cd: str, low_registration: bool) -> FactSection:
    """The networks that residents' practices belong to, with each one's share of registered patients."""
    shares = atlas.shares_of(lsoa21cd)
    not_a_place = set(atlas.pcns.loc[~atlas.pcns["is_place"], "pcn_code"])
    rows = [
        FactRow(
            atlas.pcn_names[row.pcn_code],
            percent(row.share),
            "digital-first: not a place" if row.pcn_code in not_a_place else None,
        )
        for row in shares.head(4).itertuples()
    ]
    rest = shares.iloc[4:]["share"].sum()
    if rest > 0:
        rows.append(FactRow(f"{in_words(len(shares) - 4)} other networks".capitalize(), percent(rest)))
    if low_registration:
        rows.append(
            FactRow(
                "Fewer than 0.6 registered patients a resident",
                "",
                "barracks, borders, student areas or practices outside any network: the shares say little here",
            )
        )
    return FactSection("Registered with (share of patients, July 2023)", rows)


def decile_words(decile: int) -> str:
    """A national decile in words."""
    return {1: "most deprived tenth", 10: "least deprived tenth"}.get(decile, f"decile {decile} of 10")


def deprivation_section(area: pd.Series) -> FactSection:
    """IMD 2025 and its seven domains, as national deciles (1 = most deprived)."""
    rows = [
        FactRow(
            "All domains together",
            decile_words(int(area["imd25_decile"])),
            f"ranked {int(area['imd25_rank']):,} of 33,755",
        )
    ]
    rows += [FactRow(name, decile_words(int(area[f"{key}_decile"]))) for key, name in DOMAINS.items()]
    return FactSection("Deprivation, compared with England (Indices of Deprivation 2025)", rows)


def _census(area: pd.Series, england: pd.Series, labels: dict[str, str]) -> list[FactRow]:
    here, everywhere = float(area["pop_census2021"]), float(england["pop_census2021"])
    return [
        FactRow(name, f"{percent(float(area[key]) / here)} · England {percent(float(england[key]) / everywhere)}")
        for key, name in labels.items()
    ]


def people_sections(area: pd.Series, england: pd.Series) -> list[FactSection]:
    """Who lived here on Census day 2021, compared with England, by age, ethnic group, religion and disability."""
    return [
        FactSection("Age", _census(area, england, AGES)),
        FactSection("Ethnic group", _census(area, england, ETHNICITY)),
        FactSection("Religion", _census(area, england, RELIGION)),
        FactSection("Disability", _census(area, england, {"disabled_c21": "Disabled under the Equality Act"})),
    ]


def notable_section(area: pd.Series, england: pd.Series) -> FactSection:
    """The groups that are larger here than in England, largest difference first, and disability always."""
    here, everywhere = float(area["pop_census2021"]), float(england["pop_census2021"])
    groups = {**AGES, **ETHNICITY, **RELIGION}
    groups.pop("rel_not_answered")
    gain = {key: float(area[key]) / here - float(england[key]) / everywhere for key in groups}
    larger = sorted((key for key in groups if gain[key] > 0.01), key=lambda key: -gain[key])[:NOTABLE_GROUPS]
    return FactSection(
        "People here, compared with England (Census 2021)",
        _census(
            area, england, {key: groups[key] for key in larger} | {"disabled_c21": "Disabled under the Equality Act"}
        ),
    )


def coverage_section(assets: CurrentAssets, lad24cd: str) -> FactSection:
    """What is not, or only partly, mapped in this authority."""
    here = assets.cells[assets.cells["lad24cd"] == lad24cd].rename(columns={"notes": "note"})
    rows = [FactRow(sentence, "") for sentence in uncovered(here, lad24cd)]
    return FactSection("What is not fully mapped here", rows, empty="Every kind of place in this atlas is mapped here.")


def state_section(row: dict[str, object] | None, categories: Sequence[str]) -> FactSection:
    """The state of a Core20 neighbourhood with its reason, or that this is not one."""
    if row is None:
        return FactSection(
            "",
            [
                FactRow(
                    "Not among the most deprived fifth of England",
                    "",
                    "The five states are given for Core20 neighbourhoods only.",
                )
            ],
        )
    state = str(row["state"])
    return FactSection(
        "", [FactRow(STATE_LABELS[state], "", state_reason(row, categories).capitalize(), STATE_COLOURS[state])]
    )


def next_conversation(row: dict[str, object] | None, authority: str) -> Callout | None:
    """What the system could do next, from the state alone: the action is on the system, not on the community."""
    if row is None:
        return None
    ask = f"the council for voluntary service (CVS) or the inter-faith forum in {authority}"
    places = int(row["places_in_reach"])  # type: ignore[call-overload]
    text = {
        "partnered": "A partnership is in place. Ask what it has learned, and ask there: who are we missing?",
        "needs_checking": "Someone once worked with a partner here. Get in touch, ask how things are, and record the date.",
        "in_conversation": "A conversation has begun. Ask what each side could give, and record the next date.",
        "possible_partners": (
            f"A group within reach is known of, and nobody has recorded a contact with it. Ask {ask} for an introduction."
            if not places
            else f"Nobody has recorded a contact with the {in_words(places) + ' places' if places > 1 else 'place'} within reach. "
            f"Ask {ask} for an introduction, and ask there: who are we missing?"
        ),
        "none_recorded": f"Nothing is mapped within reach, which is not the same as nothing being here. Ask {ask} who meets here and where.",
    }[str(row["state"])]
    return Callout("Next conversation", text)


def headline_facts(area: pd.Series) -> str:
    """The line beneath the panel's name."""
    fifth = (
        f"among the most deprived fifth of England (decile {int(area['imd25_decile'])})"
        if area["core20"]
        else "not among the most deprived fifth of England"
    )
    return f"{area['lsoa21nm']} ({area['lsoa21cd']}) · {int(area['pop_mid2022']):,} people in mid-2022 · {fifth}"


def faith_covenant_line(covenant: pd.DataFrame, lad24cd: str, utlacd: str) -> str | None:
    """Whether the council has adopted the Faith Covenant, with the year and the as-at date; None where no adoption is recorded."""
    rows = covenant[(covenant["lad24cd"] == lad24cd) | (covenant["utlacd"] == utlacd)]
    said = [f"{row.authority} adopted the Faith Covenant in {row.year}" for row in rows.itertuples()]
    return f"{listed(said)} (FaithAction's list as at {rows['as_at'].iloc[0]})." if said else None
