"""The partners of a place in groups: by stage, by neighbourhood with its named contacts, by clinical area. No screen here."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

import pandas as pd

from analysis.places import Place
from data_loaders.atlas import Atlas
from presentation.partner_board import PartnerCard, PartnerGroup
from presentation.partner_words import STAGE_NOTES, STANDING_COLOURS, STANDING_LABELS, card_lines
from presentation.record_form import word_of
from register import boards, contacts
from register.boards import NO_RELATIONSHIP
from register.store import Acting
from register.vocabularies import CLINICAL_AREA_NAMES

# Strengths first: what is under way before what is not yet.
STAGES_SHOWN = (
    "formal or funded",
    "doing something together",
    "talking",
    "introduced",
    "known of, no contact",
    "dormant",
    NO_RELATIONSHIP,
)


def codes_of(atlas: Atlas, place: Place) -> set[str]:
    """The codes by which partners belong to a place: its own, its authorities', its networks', and a network's small areas'."""
    inside = atlas.gazetteer.mask(place)
    here = atlas.areas[inside]
    codes = {place.code}
    if place.level in ("pcn", "ward", "msoa"):
        return codes | set(here["lsoa21cd"])
    codes |= set(here["lad24cd"])
    if place.level == "lad24":
        county = atlas.counties.get(place.code)
        codes |= set(here["leading_pcn_code"]) | ({county[0]} if county else set())
    return codes


def networks_of(atlas: Atlas, place: Place) -> dict[str, str]:
    """LSOA → the PCN that leads there, for the small areas of a place."""
    here = atlas.areas[atlas.gazetteer.mask(place)]
    return dict(zip(here["lsoa21cd"], here["leading_pcn_code"], strict=True))


def _card(row: dict[str, object], network: str | None, today: date) -> PartnerCard:
    standing = str(row["standing"])
    return PartnerCard(
        str(row["partner_id"]),
        str(row["name"]),
        STANDING_LABELS[standing] + (", quiet" if row["dormant"] and standing != "known of" else ""),
        STANDING_COLOURS[standing],
        card_lines(row, network, today),
    )


def _cards(board: pd.DataFrame, networks: dict[str, str], names: dict[str, str], today: date) -> list[PartnerCard]:
    cards = []
    for row in board.to_dict("records"):
        code = networks.get(row["lsoa21cd"])
        cards.append(_card(row, names.get(code) if code else None, today))
    return cards


def by_stage(board: pd.DataFrame, networks: dict[str, str], names: dict[str, str], today: date) -> list[PartnerGroup]:
    """One group a stage, those under way first; a stage without partners stays, empty."""
    groups = []
    for stage in STAGES_SHOWN:
        cards = _cards(board[board["stage"] == stage], networks, names, today)
        if cards or stage != NO_RELATIONSHIP:
            groups.append(PartnerGroup(word_of(stage), cards, STAGE_NOTES[stage] if cards else None))
    return groups


def by_neighbourhood(
    acting: Acting, atlas: Atlas, place: Place, board: pd.DataFrame, today: date
) -> list[PartnerGroup]:
    """One group a network of the place, each with its named contact or a visible blank; then the partners that no network holds."""
    networks = networks_of(atlas, place)
    spread = boards.by_network(board, networks)
    children = atlas.gazetteer.children(place, "pcn") if place.level != "pcn" else [place]
    leads = _network_contacts(acting, atlas, place, [child.code for child in children])
    groups = [
        PartnerGroup(
            child.name,
            [_card(row, None, today) for row in spread[spread["pcn_code"] == child.code].to_dict("records")],
            leads.get(
                child.code,
                "Clinical director and health inequalities lead: nobody is recorded. Ask the network, and record it under Contacts.",
            ),
            "No partner recorded in this neighbourhood.",
        )
        for child in children
    ]
    elsewhere = spread[~spread["pcn_code"].isin([child.code for child in children])].drop_duplicates("partner_id")
    if len(elsewhere):
        cards = [_card(row, None, today) for row in elsewhere.to_dict("records")]
        groups.append(PartnerGroup("Across the place, or without a point", cards))
    return groups


def _network_contacts(acting: Acting, atlas: Atlas, place: Place, pcns: Collection[str]) -> dict[str, str]:
    """PCN code → its clinical director and inequalities lead in words, where one is recorded."""
    authorities = atlas.areas.loc[atlas.gazetteer.mask(place), "lad24cd"].unique()
    found: dict[str, str] = {}
    for authority in authorities[:12]:
        frame = contacts.of_place(acting, authority, pcn_codes=pcns)
        for row in frame[(frame["slot"] == contacts.PCN_SLOT) & ~frame["empty"]].to_dict("records"):
            who = " ".join(str(row[name]) for name in ("role", "person_name") if isinstance(row[name], str))
            found[str(row["area_code"])] = f"{who}, {row['freshness']}"
    return found


def by_clinical_area(acting: Acting, board: pd.DataFrame, today: date) -> list[PartnerGroup]:
    """One group for each of the ten clinical areas, with the partners whose relationships or activities name it."""
    found = boards.by_clinical_area(acting, board)
    groups = []
    for area, name in CLINICAL_AREA_NAMES.items():
        cards = [
            PartnerCard(
                str(row["partner_id"]),
                str(row["name"]),
                STANDING_LABELS[str(row["standing"])],
                STANDING_COLOURS[str(row["standing"])],
                [", ".join(row["activities"])] if row["activities"] else [],
            )
            for row in found[found["clinical_area"] == area].to_dict("records")
        ]
        groups.append(PartnerGroup(name, cards, empty="No partner recorded for this yet."))
    return groups
