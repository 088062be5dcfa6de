"""The register as files: tables to take away, a file to bring in with a rehearsal first, and the published examples."""

from __future__ import annotations

from datetime import date

import pandas as pd
import streamlit as st

from presentation import downloads
from presentation.atlas_cache import open_atlas
from presentation.partner_words import literal
from presentation.register_places import AtlasPlaces
from register import example_register, exchange_csv, exchange_relationships, open_referral_import
from register.errors import RegisterError
from register.exchange_files import MAX_BYTES
from register.exchange_plan import Plan
from register.store import Acting

FILES = {
    "Partners": "partners from a CSV or XLSX file",
    "Relationships": "relationships from a CSV or XLSX file",
    "Open Referral UK": "services from an Open Referral UK file (JSON)",
}


def show(acting: Acting, today: date, writes: bool) -> None:
    """Tables for everybody; bringing in and the examples for those who may write."""
    with st.expander("Files: take away, bring in, examples"):
        for label, table in (
            ("Partners", exchange_csv.partner_table(acting)),
            ("Relationships", exchange_relationships.relationship_table(acting)),
        ):
            _take_away(label, table, today)
        if writes:
            _bring_in(acting)
            _examples(acting)


def _take_away(label: str, table: pd.DataFrame, today: date) -> None:
    notes = [
        f"{label} that you may read, from the register of Common Ground on {today.isoformat()}. {len(table):,} rows.",
        "Names of people and private links are not in it. Bring it in again and nothing changes.",
    ]
    name = label.lower()
    with st.container(horizontal=True, key=f"{name}_downloads"):
        st.download_button(
            f"{label} as CSV", lambda: downloads.to_csv(table, notes), f"{name}.csv", "text/csv", on_click="ignore"
        )
        st.download_button(
            f"{label} as XLSX",
            lambda: downloads.to_xlsx(table, notes, label),
            f"{name}.xlsx",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            on_click="ignore",
        )


def _plan(acting: Acting, kind: str, content: bytes, save_as: str | None) -> Plan:
    """What a file would do, or, with a note to save it by, what it did."""
    places = AtlasPlaces(open_atlas())
    if kind == "Relationships":
        if save_as:
            return exchange_relationships.import_relationships(acting, content, note=save_as)
        return exchange_relationships.plan_relationships(acting, content)
    if kind == "Open Referral UK":
        if save_as:
            return open_referral_import.import_open_referral(acting, content, places, note=save_as)
        return open_referral_import.plan_open_referral(acting, content, places)
    if save_as:
        return exchange_csv.import_partners(acting, content, places, note=save_as)
    return exchange_csv.plan_partners(acting, content, places)


def _bring_in(acting: Acting) -> None:
    """A file rehearsed row by row, and carried out only when a person says so."""
    kind = st.segmented_control(
        "What is in the file?", list(FILES), default="Partners", key="import_kind", required=True
    )
    file = st.file_uploader(
        f"Bring in {FILES[str(kind)]} (docs/register-exchange.md says how it is laid out)",
        type=["csv", "xlsx", "json"],
        key="partner_import",
        max_upload_size=MAX_BYTES // 1_000_000,
    )
    if file is None:
        return
    try:
        plan = _plan(acting, str(kind), file.getvalue(), None)
        if plan.count("created") + plan.count("updated") and st.button("Do this now", type="primary", key="import_now"):
            plan = _plan(acting, str(kind), file.getvalue(), f"Brought in from {file.name}")
    except RegisterError as error:
        st.error(literal(f"{file.name}: {error}"))
        return
    (st.success if plan.done else st.markdown)(plan.said)
    st.dataframe(plan.frame(), hide_index=True, height=300, alt="What the file does to the register, row by row")


def _examples(acting: Acting) -> None:
    there = example_register.loaded(acting)
    st.markdown(
        "**Published examples.** Partnerships that public reports name, each with its source, to try the register with. "
        "Every one is marked *published example, to be confirmed*."
    )
    label, act = (
        ("Remove the examples", example_register.remove) if there else ("Load the examples", example_register.load)
    )
    if st.button(label, key="examples"):
        try:
            act(acting)
        except RegisterError as error:
            st.error(str(error))
        else:
            st.rerun()
