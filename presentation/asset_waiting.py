"""Lists, corrections and decisions about community assets that wait for an editor."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from presentation.partner_words import literal
from presentation.record_form import attempt
from register import asset_decisions, asset_review, assets
from register.store import Acting
from register.writing import Saved


def show(acting: Acting) -> None:
    """What this person may decide, or waits for others to; nothing where nothing waits."""
    waiting = asset_review.drafts(acting)
    if waiting.empty:
        return
    st.header(f"Waiting for an editor: {len(waiting):,}")
    for row in waiting.to_dict("records"):
        key, version, entity = str(row["id"]), int(row["version"]), str(row["entity"])
        with st.expander(f"{literal(row['title'])}: {literal(row['what'])}", key=f"section_{key}"):
            if not row["may_decide"]:
                st.markdown("An editor of the place decides.")
                continue
            note = st.text_input("A note (needed to decline)", key=f"asset_note_{key}", max_chars=400)
            with st.container(horizontal=True):
                if st.button("Accept", key=f"asset_accept_{key}", type="primary"):
                    attempt(_accept(acting, entity, key, version, note), f"Accepted: {row['title']}.")
                if st.button("Decline", key=f"asset_decline_{key}"):
                    attempt(_decline(acting, entity, key, version, note), f"Declined: {row['title']}.")


def _accept(acting: Acting, entity: str, record_id: str, version: int, note: str) -> Callable[[], Saved]:
    if entity == "asset_list":
        return lambda: _saved(assets.approve_list(acting, record_id, version, note=note or None))
    if entity == "asset":
        return lambda: assets.approve_asset(acting, record_id, version, note=note or None)
    return lambda: asset_decisions.approve(acting, entity, record_id, version, note=note or None)


def _decline(acting: Acting, entity: str, record_id: str, version: int, note: str) -> Callable[[], Saved]:
    if entity == "asset_list":
        return lambda: assets.withdraw_list(acting, record_id, version, note=note)
    return lambda: asset_decisions.undo(acting, entity, record_id, version, note=note)


def _saved(kept: assets.Kept) -> Saved:
    assert kept.saved is not None  # noqa: S101 - what was approved is there
    return kept.saved
