"""The parts of the Partners page: finding one, the groupings, the contacts of the place, the review queue, one record, files in and out."""

from __future__ import annotations

from datetime import date

import pandas as pd
import streamlit as st

from analysis.places import Place
from data_loaders.atlas import Atlas
from presentation import (
    partner_forms,
    partner_groups,
    partner_record,
    place_bar,
    place_contacts,
    relationship_forms,
    review_queue,
    sign_in,
)
from presentation.partner_board import partner_board
from presentation.partner_words import literal
from presentation.record_form import attempt
from presentation.view import PARTNER_TABS, View
from register import (
    partners,
    search,
    suggestions,
)
from register.errors import NotFoundError
from register.store import Acting

MOST_FOUND = 20
MOST_ON_A_BOARD = 600
LARGE = ("england", "region")


def may_write(acting: Acting) -> bool:
    """Whether this person may write here at all: signed in (or alone), and the register is not closed to writing."""
    return acting.actor.signed_in and sign_in.writable()


def tabs(acting: Acting, view: View) -> str:
    """The groupings to choose from; the review queue is for those who decide."""
    decides = acting.actor.is_steward or acting.actor.is_editor
    offered = [tab for tab in PARTNER_TABS if tab != "review" or decides]
    chosen = view.tab if view.tab in offered else "stage"
    st.session_state["control_tab"] = chosen
    st.segmented_control(
        "Show partners",
        offered,
        format_func=PARTNER_TABS.__getitem__,
        key="control_tab",
        on_change=lambda: place_bar.change(tab=st.session_state["control_tab"] or "stage"),
        required=True,
    )
    return chosen


def find(acting: Acting) -> None:
    """Find a partner by its name or by what it does, anywhere in England."""
    words = st.text_input("Find a partner, anywhere in England", key="partner_search", max_chars=120)
    if not words.strip():
        return
    found = search.search(acting, words, limit=MOST_FOUND)
    if found.empty:
        st.markdown("No partner of that name or work is recorded.")
        return
    for row in found.to_dict("records"):
        st.button(
            f"{literal(row['name'])} ({row['freshness']})",
            key=f"found_{row['partner_id']}",
            type="tertiary",
            on_click=_open,
            args=(row["partner_id"],),
        )


def _open(partner_id: str) -> None:
    place_bar.change(partner=partner_id)


def show(acting: Acting, atlas: Atlas, place: Place, board: pd.DataFrame, tab: str, today: date) -> None:
    """The partners of a place in the grouping that is chosen."""
    if tab == "contacts":
        place_contacts.show(acting, atlas, place, may_write(acting))
        return
    if tab == "review":
        review_queue.show(acting, atlas, partner_groups.codes_of(atlas, place))
        return
    if len(board) > MOST_ON_A_BOARD:
        st.info(
            f"The first {MOST_ON_A_BOARD:,} of {len(board):,} are shown. Choose a place to see all of its partners."
        )
        board = board.head(MOST_ON_A_BOARD)
    names = atlas.pcn_names
    if tab == "stage":
        groups = partner_groups.by_stage(board, partner_groups.networks_of(atlas, place), names, today)
    elif tab == "clinical-area":
        groups = partner_groups.by_clinical_area(acting, board, today)
    elif place.level in LARGE:
        st.markdown("Choose a system or a place above, to see partners by neighbourhood.")
        return
    else:
        groups = partner_groups.by_neighbourhood(acting, atlas, place, board, today)
    partner_board(groups, key=f"partner_board_{tab}", empty="No group to show.", on_open=_open)


def add(acting: Acting, atlas: Atlas, place: Place) -> None:
    """The form for a new partner, for those who may write; everybody else is shown where to suggest one."""
    if not may_write(acting):
        st.page_link("pages/suggest_a_partner.py", label="Suggest a group that should be here (no sign-in needed)")
        return
    with st.expander("Add a partner"):
        if place.level in LARGE:
            st.markdown("Choose a system or a place above first.")
        else:
            partner_forms.add_partner(acting, atlas, place)


def record(acting: Acting, atlas: Atlas, place: Place, partner_id: str) -> None:
    """One partner: the record, and, for those who may, what can be done with it."""
    st.button("Back to all partners", icon=":material/arrow_back:", on_click=lambda: place_bar.change(partner=None))
    try:
        found = partners.get(acting, partner_id)
    except NotFoundError as error:
        st.title("No such partner")
        st.warning(str(error))
        return
    st.title(literal(found.name))
    st.markdown(f"**{partner_record.standing_of(found)}.** {_where(atlas, found.fields)}")
    partner_record.show(acting, found, _where(atlas, found.fields))
    if may_write(acting) and (found.decides or found.owns):
        with st.container(key="record_actions"):
            st.header("Keep this record up")
            with st.container():  # one more or fewer of these must not move the forms below
                for relationship in found.relationships:
                    title = f"With {literal(relationship.fields['body_name'])}: move, log a contact, confirm"
                    with st.expander(title, key=f"section_tend_{relationship.fields['id']}"):
                        relationship_forms.tend_relationship(acting, relationship)
            with st.expander("Record a relationship"):
                relationship_forms.begin_relationship(acting, found)
            with st.expander("Confirm this entry"):
                partner_forms.confirm_entry(acting, found)
            with st.expander("Change who they are"):
                partner_forms.edit_partner(acting, found)
            with st.expander("Add an activity, a way to reach people, funding, a story, something heard or learned"):
                partner_forms.add_entry(acting, found)
            with st.expander("Take out of view"):
                partner_forms.withdraw_partner(acting, found)
    if sign_in.writable():
        with st.expander("This is my group"):
            _claim(acting, found.id)


def _claim(acting: Acting, partner_id: str) -> None:
    st.markdown("Say so, and an editor will check with the organisation. Please name your role, not yourself.")
    with st.form("claim"):
        role = st.text_input("What are you in the group?", max_chars=200)
        reach = st.text_input("How can the organisation be reached to check?", max_chars=300)
        if st.form_submit_button("This is my group"):
            attempt(
                lambda: suggestions.claim(acting, partner_id, role=role, reach=reach, client_key=sign_in_key()),
                "Thank you. An editor will check with the organisation.",
            )


def sign_in_key() -> str:
    """What tells one sender of suggestions from another: the address that the request came from, of which only a hash is kept."""
    return st.context.ip_address or "this computer"


def _where(atlas: Atlas, fields: dict[str, object]) -> str:
    """Where a partner is, in words."""
    gazetteer = atlas.gazetteer
    if isinstance(fields.get("lsoa21cd"), str) and not fields["sensitive"]:
        row = atlas.areas.iloc[atlas.row(str(fields["lsoa21cd"]))]
        return f"{row['msoa21hclnm']}, {row['lad24nm']} ({row['leading_pcn_name']})"
    served = [str(code) for code in fields.get("service_area") or []]  # type: ignore[attr-defined]
    names = []
    for code in served[:4]:
        try:
            names.append(gazetteer.place(code).name)
        except LookupError:
            names.append(code)
    more = f" and {len(served) - 4} more areas" if len(served) > 4 else ""
    return f"Serves {', '.join(names)}{more}" if names else "No place recorded"
