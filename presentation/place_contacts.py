"""The contacts that a place should have, an empty slot shown as empty; people who connect; and names taken out when consent is."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analysis.places import Place
from data_loaders.atlas import Atlas
from presentation import partner_forms
from presentation.components import FactRow, FactSection, fact_list
from presentation.partner_words import day
from presentation.record_form import attempt, word_of
from register import boards, contacts, entries, people
from register.model_places import NAME_WITHDRAWN
from register.store import Acting

TOO_WIDE = ("england", "region", "icb24", "icb26", "sub_icb24", "sub_icb26")


def show(acting: Acting, atlas: Atlas, place: Place, writes: bool) -> None:
    """The six contacts that a place should have, an empty slot shown as empty, and the people who connect."""
    if place.level in TOO_WIDE:
        st.markdown("Choose a place (a local authority) above, to see whom to contact there.")
        return
    authority = atlas.gazetteer.parent(place, "lad24")
    networks = {child.code: child.name for child in atlas.gazetteer.children(authority, "pcn")}
    frame = contacts.of_place(acting, authority.code, pcn_codes=list(networks))
    rows = []
    for row in frame.to_dict("records"):
        where = (
            f", {networks.get(str(row['area_code']), row['area_code'])}" if isinstance(row["area_code"], str) else ""
        )
        label = f"{word_of(row['slot'])}{where}"
        if row["empty"]:
            rows.append(FactRow(label, "", "Nobody is recorded. Ask, and record it here."))
            continue
        who = ", ".join(
            str(row[name]) for name in ("organisation", "role", "person_name") if isinstance(row[name], str)
        )
        reach = ", ".join(
            str(row[name]) for name in ("public_email", "public_phone", "website") if isinstance(row[name], str)
        )
        rows.append(
            FactRow(
                label,
                row["freshness"],
                ". ".join(
                    part for part in (who, reach, f"Last confirmed {day(row['last_confirmed']) or 'never'}") if part
                ),
            )
        )
    fact_list([FactSection(f"Whom to contact in {authority.name}", rows)], key="place_contacts")
    people = boards.connectors_of(acting, authority.code)
    connecting = [
        FactRow(
            word_of(row["kind"]),
            row["freshness"],
            ", ".join(str(row[n]) for n in ("role", "organisation", "person_name") if isinstance(row[n], str)),
        )
        for row in people.to_dict("records")
    ]
    fact_list([FactSection("People who connect", connecting, empty="None recorded.")], key="place_connectors")
    if writes:
        with st.expander("Record a contact"):
            slots = {
                f"{word_of(row['slot'])}"
                + (f", {networks.get(str(row['area_code']))}" if isinstance(row["area_code"], str) else ""): row
                for row in frame.to_dict("records")
            }
            chosen = slots[st.selectbox("For", list(slots), key="contact_slot")]
            code = chosen["area_code"] if isinstance(chosen["area_code"], str) else None
            partner_forms.add_contact(acting, atlas, authority, chosen["slot"], code)
        _withdraw_names(acting, frame)


def _withdraw_names(acting: Acting, frame: pd.DataFrame) -> None:
    """Take a person's name out of the register, at once and everywhere, when they no longer agree to be named."""
    named = frame[frame["person_name"].notna() & (frame["person_name"] != NAME_WITHDRAWN)]
    if named.empty:
        return
    with st.expander("Somebody no longer agrees to be named"):
        labels = {f"{row['person_name']}, {row['role']}": str(row["contact_id"]) for row in named.to_dict("records")}
        chosen = st.selectbox("Who?", list(labels), index=None, key="withdraw_name")
        st.markdown("The name goes from every page, file and past state at once. The organisation and the role stay.")
        if st.button("Take the name out", disabled=chosen is None, key="withdraw_name_now"):
            person_id = entries.get(acting, "place_contact", labels[str(chosen)])["person_id"]
            attempt(lambda: people.withdraw_consent(acting, person_id), "The name is gone from the register.")
