"""What people decide about a community asset: it is right, it is wrong in this, it has closed, these are two places."""

from __future__ import annotations

import functools
from datetime import date

import pandas as pd
import streamlit as st

from analysis.asset_records import parts
from data_loaders.atlas import PostcodeNotFoundError
from presentation import sign_in
from presentation.asset_words import name_of
from presentation.current_assets import CurrentAssets
from presentation.partner_location import point_fields
from presentation.partner_words import day, literal
from presentation.record_form import attempt, fields
from register import asset_decisions, asset_review
from register.store import Acting

CORRECTED = (
    "name", "organisation_type", "faith_kind", "faith_tradition", "description", "activity_groups", "clinical_areas", "who_for",
    "languages", "opening", "days", "space", "website",
)


def may_decide(acting: Acting | None) -> bool:
    """Whether this person may write here at all; what they write waits for an editor where they do not answer for the place."""
    return acting is not None and acting.actor.signed_in and sign_in.writable()


def show(assets: CurrentAssets, row: pd.Series, acting: Acting | None) -> None:
    """The forms, for those who may write."""
    if acting is None or not may_decide(acting):
        return
    asset = row.where(row.notna(), None).to_dict()
    with st.container(key="asset_actions"):
        with st.expander("Confirm that this is right"):
            _confirm(acting, asset)
        with st.expander("Correct it, or add what you know"):
            _correct(acting, asset)
        with st.expander("It has closed"):
            _close(acting, asset)
        if asset["category"] == "charity":
            with st.expander("Confirm its public premises"):
                _premises(assets, acting, asset)
        ids = parts(asset["merged_ids"]) or (str(asset["asset_id"]),)
        if len(ids) > 1:
            with st.expander("These are different places"):
                _split(assets, acting, asset)
        decided = asset_review.decisions_of(acting, ids)
        if len(decided):
            with st.expander(f"What people decided here: {len(decided):,}"):
                _decided(acting, decided)


def _decided(acting: Acting, decided: pd.DataFrame) -> None:
    """What is in force or waits, each to be taken back by whoever answers for it."""
    for row in decided.to_dict("records"):
        st.markdown(f"{literal(row['what'])} ({row['status']}, {day(row['updated_at'])})")
        if not row["may_decide"]:
            continue
        with st.form(f"undo_{row['id']}"):
            note = st.text_input("Why it is taken back (kept in the history)", max_chars=400)
            if st.form_submit_button("Take this back"):
                attempt(
                    functools.partial(asset_decisions.undo, acting, row["entity"], row["id"], int(row["version"]), note=note),
                    "Taken back. It stays in the history.",
                )


def _confirm(acting: Acting, asset: dict[str, object]) -> None:
    with st.form(f"confirm_{asset['asset_id']}"):
        role = st.text_input(
            "In what role did whoever confirmed it do so? (a role, not a name)", max_chars=200, placeholder="Centre manager, by telephone"
        )
        on = st.date_input("When", date.today(), max_value=date.today(), format="DD/MM/YYYY")
        if st.form_submit_button("It is right"):
            attempt(lambda: asset_decisions.confirm(acting, asset, on=on, role=role), f"Confirmed: {name_of(asset)}.")


def _correct(acting: Acting, asset: dict[str, object]) -> None:
    known = {name: list(parts(asset[name])) if name in LISTS else asset[name] for name in CORRECTED}
    with st.form(f"correct_{asset['asset_id']}"):
        typed = fields("asset_correction", CORRECTED, known, f"correct_{asset['asset_id']}")
        note = st.text_input("How do you know? (kept with the change)", max_chars=400)
        if st.form_submit_button("Save"):
            changed = {name: value for name, value in typed.items() if value != known[name] and not (not value and not known[name])}
            if not changed:
                st.info("Nothing was changed.")
                return
            attempt(lambda: asset_decisions.correct(acting, asset, changed, note=note or None), f"Saved: {name_of(asset)}.")


def _close(acting: Acting, asset: dict[str, object]) -> None:
    with st.form(f"close_{asset['asset_id']}"):
        st.markdown("It will no longer count as a place that could be a partner. Nothing is deleted, and it can be taken back.")
        note = st.text_input("How do you know?", max_chars=400)
        if st.form_submit_button("It has closed"):
            attempt(lambda: asset_decisions.close(acting, asset, note=note), f"Recorded as closed: {name_of(asset)}.")


def _premises(assets: CurrentAssets, acting: Acting, asset: dict[str, object]) -> None:
    st.markdown(
        "A charity's registered address may be somebody's home, so it is never shown. If it has premises that anybody may visit, say where, "
        "and how you know that they are public."
    )
    with st.form(f"premises_{asset['asset_id']}"):
        typed = st.text_input("Postcode of the public premises", max_chars=12)
        note = st.text_input("How do you know that they are public?", max_chars=400)
        if st.form_submit_button("Confirm the premises"):
            try:
                where = point_fields(assets.atlas, typed)
            except PostcodeNotFoundError as error:
                st.error(str(error))
                return
            attempt(
                lambda: asset_decisions.confirm_premises(acting, asset, {**where, "postcode": typed}, note=note),
                f"Premises recorded: {name_of(asset)}.",
            )


def _split(assets: CurrentAssets, acting: Acting, asset: dict[str, object]) -> None:
    ids = parts(asset["merged_ids"])
    records = assets.records[assets.records["asset_id"].isin(ids)].set_index("asset_id")
    leading = str(asset["asset_id"])
    others = [one for one in ids if one != leading]
    named = {one: f"{literal(name_of(records.loc[one].to_dict()))} ({records.at[one, 'source']})" for one in others}
    with st.form(f"split_{leading}"):
        other = st.selectbox("Which record is of another place?", others, format_func=named.__getitem__)
        note = st.text_input("How do you know?", max_chars=400)
        if st.form_submit_button("Take them apart"):
            attempt(
                lambda: asset_decisions.decide_match(
                    acting, records.loc[leading].to_dict() | {"asset_id": leading}, records.loc[other].to_dict() | {"asset_id": other},
                    "different places", note=note,
                ),
                "Taken apart. Both are in the list again.",
            )


LISTS = ("activity_groups", "clinical_areas", "who_for", "languages", "days")
