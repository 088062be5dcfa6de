"""Where the table of community assets comes from: each source with its date and terms, lists that people kept, and bringing in another."""

from __future__ import annotations

from datetime import date

import streamlit as st

from analysis.places import Place
from presentation import asset_decide, asset_live_pull, asset_upload, asset_waiting
from presentation.components import FactRow, FactSection, fact_list
from presentation.current_assets import CurrentAssets
from presentation.partner_words import day, literal
from presentation.record_form import attempt
from presentation.words import counted, month_year
from register import assets as register_assets
from register.store import Acting

LARGE = ("england", "region", "icb24", "icb26", "sub_icb24", "sub_icb26")


def show(assets: CurrentAssets, place: Place, acting: Acting | None, today: date) -> None:
    """Sources, kept lists, and the form for another."""
    fact_list([_published(assets)], key="asset_sources")
    authority = None if place.level in LARGE else assets.atlas.gazetteer.parent(place, "lad24")
    asset_live_pull.panel(assets.atlas, authority, asset_decide.may_decide(acting))
    if acting is None:
        st.markdown("Lists that people kept cannot be shown here now.")
        return
    _lists(acting)
    if not asset_decide.may_decide(acting):
        st.markdown("To bring in a list, sign in. Anybody may suggest a group, without signing in.")
        st.page_link("pages/suggest_a_partner.py", label="Suggest a group that should be here")
        return
    asset_waiting.show(acting)
    st.header("Bring in a list")
    if authority is None:
        st.markdown("Choose a place (a local authority) above: its editors answer for the list.")
        return
    asset_upload.show(acting, assets.atlas, place, today)


def _published(assets: CurrentAssets) -> FactSection:
    rows = [
        FactRow(
            each.title,
            counted(each.records, "record"),
            " ".join(
                f"{part.rstrip('.')}."
                for part in (month_year(each.published[:10]), each.publisher, each.licence, each.attribution, each.said)
                if part
            ),
        )
        for each in assets.published.sources()
    ]
    return FactSection("What publishers publish", rows, empty="None in this copy.")


def _lists(acting: Acting) -> None:
    known = register_assets.lists(acting)
    rows = [
        FactRow(
            row["title"],
            counted(int(row["rows_kept"] or 0), "record"),
            f"{row['publisher']}, as at {day(row['as_at'])}. {row['licence'] or 'No licence recorded'}. Status: {row['status']}.",
        )
        for row in known.to_dict("records")
    ]
    fact_list([FactSection("Lists that people kept", rows, empty="None kept yet.")], key="kept_lists")
    mine = known[known["may_decide"].astype(bool)]
    if mine.empty or not asset_decide.may_decide(acting):
        return
    with st.expander("Take a list out of view, or put it back"):
        named = {row["list_id"]: f"{literal(row['title'])} ({row['status']})" for row in mine.to_dict("records")}
        chosen = st.selectbox("List", list(named), format_func=named.__getitem__, key="kept_list_chosen")
        row = mine.set_index("list_id").loc[chosen]
        note = st.text_input("Why (kept in the history)", max_chars=400, key="kept_list_note")
        gone = row["status"] == "withdrawn"
        if st.button("Put it back" if gone else "Take it out of view", key="kept_list_turn"):
            act = register_assets.put_back_list if gone else register_assets.withdraw_list
            attempt(lambda: act(acting, str(chosen), int(row["version"]), note=note), "Done. Nothing was deleted.")
