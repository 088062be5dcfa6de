"""What waits for an editor: suggestions and claims, drafts, and relationships to confirm, most relied upon first."""

from __future__ import annotations

import functools
from collections.abc import Collection
from datetime import date

import pandas as pd
import streamlit as st

from analysis import postcodes
from analysis.gaps import empty_partners
from analysis.reach import PlaceIndex, Reach, origins
from data_loaders.atlas import Atlas, PostcodeNotFoundError
from presentation import place_bar
from presentation.components import RankedRow, ranked_list
from presentation.partner_location import point_fields
from presentation.partner_words import STANDING_COLOURS, day, literal
from presentation.record_form import attempt, word_of
from register import entries, gaps_table, partners, relationships, review, suggestions
from register.store import Acting
from register.writing import Saved

COLUMNS = (
    ("rank", "#"),
    ("name", "Partner"),
    ("people", "Core20 people in reach"),
    ("confirmed", "Last confirmed"),
    ("state", "Now"),
)
MOST = 100


def relied_upon(atlas: Atlas, table: pd.DataFrame) -> dict[str, float]:
    """partner_id → residents of Core20 neighbourhoods within the usual walk of it. table: `register.gaps_table.gaps_table`."""
    if table.empty:
        return {}
    core20 = atlas.areas[atlas.areas["core20"].to_numpy(dtype=bool)]
    index = PlaceIndex(table[list(empty_partners().columns)].assign(category="partner"))
    rows, which, _ = index.within(origins(core20), Reach())
    people = core20["pop_mid2022"].to_numpy(dtype=float)[rows]
    totals = pd.Series(people).groupby(table["partner_id"].to_numpy()[which]).sum()
    return {str(partner): float(count) for partner, count in totals.items()}


def show(acting: Acting, atlas: Atlas, codes: Collection[str]) -> None:
    """The three queues."""
    _suggestions(acting, atlas)
    _drafts(acting)
    _to_confirm(acting, atlas, codes)


def _suggestions(acting: Acting, atlas: Atlas) -> None:
    found = suggestions.waiting(acting)
    st.header(f"Suggestions: {len(found):,} waiting" if len(found) else "Suggestions: none waiting")
    for row in found.head(MOST).to_dict("records"):
        title = {"new partner": "New", "claim": "Claim", "correction": "Correction"}[row["kind"]]
        with st.expander(f"{title}: {literal(row['name'])}", key=f"section_{row['suggestion_id']}"):
            for label, value in (
                ("What", row["what"]),
                ("Where", row["where_text"]),
                ("How to reach them", row["reach"]),
            ):
                if isinstance(value, str):
                    st.text(f"{label}: {value}")
            if isinstance(row["changes"], dict):
                for name, value in row["changes"].items():
                    st.text(f"{word_of(name.replace('_', ' '))}: {value}")
            _decide(acting, atlas, row)


def _postcode_in(text: object) -> str:
    """The postcode that somebody wrote as where a group is; empty where they wrote something else."""
    typed = postcodes.read(str(text or ""))
    return typed.spoken if typed.well_formed else ""


def _decide(acting: Acting, atlas: Atlas, row: dict[str, object]) -> None:
    key, version = str(row["suggestion_id"]), int(row["version"])  # type: ignore[call-overload]
    note = st.text_input("A note (needed to decline)", key=f"decide_{key}", max_chars=400)
    postcode = ""
    if row["kind"] == "new partner":
        postcode = st.text_input(
            "Postcode of the group", value=_postcode_in(row["where_text"]),
            key=f"decide_{key}_where",
            max_chars=12,
            help=literal(f"They wrote: {row['where_text']}"),
        )
    with st.container(horizontal=True):
        if st.button("Accept", key=f"accept_{key}", type="primary"):
            fields = None
            if row["kind"] == "new partner":
                try:
                    fields = {"kind": "organisation", **point_fields(atlas, postcode)}
                except PostcodeNotFoundError as error:
                    st.error(str(error))
                    return
            attempt(
                lambda: suggestions.accept(acting, key, version, note=note or None, fields=fields),
                f"Accepted: {row['name']}.",
            )
        if st.button("Decline", key=f"decline_{key}"):
            attempt(lambda: suggestions.decline(acting, key, version, note=note), f"Declined: {row['name']}.")


def _approve(acting: Acting, entity: str, record_id: str, version: int) -> Saved:
    """Approve a draft of any kind; a partner and a relationship take what belongs to them along."""
    if entity == "partner":
        return partners.approve(acting, record_id, version)
    if entity == "relationship":
        return relationships.approve(acting, record_id, version)
    return entries.approve(acting, entity, record_id, version)


def _drafts(acting: Acting) -> None:
    found = review.drafts(acting)
    st.header(f"Drafts: {len(found):,} to look at" if len(found) else "Drafts: none to look at")
    for row in found.head(MOST).to_dict("records"):
        entity, key, version = str(row["entity"]), str(row["id"]), int(row["version"])
        of = f", of {row['partner_name']}" if isinstance(row["partner_name"], str) else ""
        with st.container(horizontal=True, vertical_alignment="center"):
            st.text(f"{word_of(entity.replace('_', ' '))}: {row['title']}{of}")
            if row["partner_id"]:
                st.button("Open", key=f"draft_{key}", on_click=place_bar.change, kwargs={"partner": row["partner_id"]})
            if st.button("Approve", key=f"approve_{key}"):
                attempt(functools.partial(_approve, acting, entity, key, version), f"Approved: {row['title']}.")


def _to_confirm(acting: Acting, atlas: Atlas, codes: Collection[str]) -> None:
    table = gaps_table.gaps_table(acting)
    found = review.to_confirm(acting, codes=codes, relied_upon=relied_upon(atlas, table))
    st.header(f"To confirm: {len(found):,}" if len(found) else "To confirm: none here")
    shown = found.drop_duplicates("partner_id").head(MOST)
    rows = [
        RankedRow(
            id=row["partner_id"],
            name=row["name"],
            rank=position,
            detail=f"With {row['body_name']}: {row['stage']}",
            people=round(row["relied_upon"]),
            state_label=word_of(row["standing"]),
            colour=STANDING_COLOURS[row["standing"]],
            values={"confirmed": day(row["last_confirmed"]) or "never"},
        )
        for position, row in enumerate(shown.to_dict("records"), start=1)
    ]
    ranked_list(
        rows,
        key="review_list",
        caption="Relationships to confirm, the longest unconfirmed and most relied upon first",
        columns=COLUMNS,
        empty=f"Nothing waits to be confirmed here on {day(date.today())}.",
        on_select=lambda partner: place_bar.change(partner=partner),
    )
