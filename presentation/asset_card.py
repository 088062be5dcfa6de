"""One community asset: what is known of it, how fresh that is, where it comes from, how to connect, and what goes well with it nearby."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import streamlit as st

from analysis import complementary
from analysis.asset_records import parts
from analysis.reach import Reach
from presentation import sign_in
from presentation.asset_words import (
    FRESHNESS_COLOURS,
    FRESHNESS_LABELS,
    Ways,
    clinical_line,
    confirmed_line,
    days_line,
    kind_line,
    name_of,
    source_line,
    ways_to_connect,
)
from presentation.components import Callout, FactRow, FactSection, fact_list
from presentation.current_assets import CurrentAssets
from presentation.partner_words import STANDING_LABELS, literal
from presentation.record_form import word_of
from presentation.words import counted, listed, metres
from register import boards
from register.store import Acting

MOST_NEARBY = 6
_FACTS = (
    ("organisation_type", "Type of organisation"),
    ("faith_kind", "Kind of faith-based organisation"),
    ("description", "What it says of itself"),
    ("activity_groups", "Activities"),
    ("clinical_areas", "Clinical areas"),
    ("who_for", "Who it is for"),
    ("languages", "Languages"),
    ("opening", "When it is open"),
    ("days", "Known to be open on"),
    ("space", "Space it could offer"),
    ("hosts", "Shares its building with"),
    ("website", "Website"),
    ("charity_number", "Registered charity number"),
)
_WORTH_ASKING = ("activity_groups", "clinical_areas", "who_for", "languages", "opening", "space")
_SAID = {"clinical_areas": clinical_line, "days": days_line}


def show(assets: CurrentAssets, row: pd.Series, acting: Acting | None, back: Callable[[], None]) -> None:
    """The card. back: what "Back to the list" does."""
    asset = {name: (None if pd.api.types.is_scalar(value) and pd.isna(value) else value) for name, value in row.items()}
    st.header(literal(name_of(asset)))
    where = ", ".join(str(asset[name]) for name in ("neighbourhood", "lad24nm") if asset[name])
    st.caption(" · ".join(part for part in (kind_line(asset), where or "No point: it serves an area") if part))
    ways = ways_to_connect(asset["organisation_type"], str(asset["category"]))
    fact_list(
        [_freshness(asset), _relationship(assets, asset, acting), _known(asset), _sources(assets, asset)],
        key="asset_card",
        callout=Callout("Next conversation", ways.first),
    )
    fact_list([_ways(ways), _nearby(assets, row)], key="asset_ways")
    st.button("Back to the list", key="close_asset", icon=":material/arrow_back:", on_click=back)
    if acting is None or not acting.actor.signed_in or not sign_in.writable():
        st.page_link("pages/suggest_a_partner.py", label="Something wrong or missing? Say so (no sign-in needed)")


def _freshness(asset: dict[str, object]) -> FactSection:
    word = str(asset["freshness"])
    rows = [
        FactRow(FRESHNESS_LABELS[word], "", f"Last confirmed: {confirmed_line(asset)}.", FRESHNESS_COLOURS[word]),
    ]
    if asset.get("relied_upon"):
        rows.append(FactRow("Residents of Core20 neighbourhoods within a ten-minute walk", f"{round(float(str(asset['relied_upon']))):,}"))
    if asset.get("closed"):
        rows.insert(0, FactRow("Reported closed", "", "Somebody who answers for this place has said that it has closed."))
    return FactSection("How fresh this is", rows)


def _relationship(assets: CurrentAssets, asset: dict[str, object], acting: Acting | None) -> FactSection:
    """Whether anybody has recorded a partner in it. An asset is not a partner."""
    empty = "None recorded. An asset is not a partner: nobody has told us of a relationship with the people here."
    if acting is None:
        return FactSection("Relationship", empty=empty)
    found = boards.at_assets(acting, parts(asset["merged_ids"]) or (str(asset["asset_id"]),))
    rows = [FactRow(line["name"], STANDING_LABELS[line["standing"]]) for line in found.to_dict("records")]
    return FactSection("Relationship", rows, empty=empty)


def _known(asset: dict[str, object]) -> FactSection:
    rows = []
    for name, label in _FACTS:
        value = asset.get(name)
        if not value:
            continue
        if name in _SAID:
            text = _SAID[name](value)
        elif name in ("description", "opening", "website", "charity_number"):
            text = str(value)
        else:
            text = listed([word_of(part) for part in parts(value)])
        rows.append(FactRow(label, "", text))
    unsaid = [label.lower() for name, label in _FACTS if name in _WORTH_ASKING and not asset.get(name)]
    if asset.get("sensitive"):
        rows.append(FactRow("A sensitive site", "", "Only its area is shown, never a point or an address."))
    if unsaid:
        rows.append(FactRow("Nobody has told us", "", f"{word_of(listed(unsaid))}."))
    return FactSection("What is known", rows)


def _sources(assets: CurrentAssets, asset: dict[str, object]) -> FactSection:
    ids = parts(asset["merged_ids"]) or (str(asset["asset_id"]),)
    mine = assets.records[assets.records["asset_id"].isin(ids)]
    rows = [
        FactRow(source_line(line["source"], line["source_date"]), str(line["licence"]), f"{line['asset_id']}{_quality(line)}")
        for line in mine.to_dict("records")
    ]
    if asset.get("corrected"):
        rows.append(FactRow("Corrected by people here", "", "What they said stands above what was published, in the register, with its history."))
    heading = "Where this comes from" if len(rows) < 2 else f"Where this comes from: {counted(len(mine), 'record')} of one place"
    return FactSection(heading, rows)


def _quality(line: dict[str, object]) -> str:
    quality = line["position_quality"]
    return f" · placed by: {quality}" if isinstance(quality, str) else ""


def _ways(ways: Ways) -> FactSection:
    """How to go on; how to begin stands in the callout above."""
    rows = [
        FactRow("What to offer", "", ways.offer),
        FactRow("Bear in mind", "", ways.mind),
    ]
    return FactSection(f"Ways to connect: {ways.about}", rows)


def _nearby(assets: CurrentAssets, row: pd.Series) -> FactSection:
    heading = "Goes well with it, within a ten-minute walk"
    if pd.isna(row["easting"]):
        return FactSection(heading, empty="It has no point, so nothing can be said to be near it.")
    found = complementary.groups(assets.table, row, Reach()).head(MOST_NEARBY)
    rows = [FactRow(name_of(line), metres(line["walk_m"]), line["why"]) for line in found.to_dict("records")]
    return FactSection(heading, rows, empty="Nothing else is recorded within reach that adds a day, an activity or another kind of place.")
