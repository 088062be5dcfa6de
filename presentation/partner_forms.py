"""What a person may add to the register and change in it: a partner, its activities and the rest, the contacts of a place."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import streamlit as st

from analysis.gaps import STAGES
from analysis.places import Place
from data_loaders.atlas import Atlas, PostcodeNotFoundError
from presentation.partner_location import ask_where, placed
from presentation.record_form import (
    as_read,
    attempt,
    attempt_change,
    conflict_of,
    fields,
    read_again,
    settle,
    word_of,
)
from presentation.relationship_forms import ask_commitments, ask_role, confirmed
from register import entries, partners, people, relationships
from register.record import PartnerRecord
from register.store import Acting
from register.vocabularies import STAGES_TOGETHER
from register.writing import Saved

WHO = ("name", "kind", "organisation_type", "description")
MORE = (
    "also_known_as",
    "faith_kind",
    "tradition",
    "size",
    "focus",
    "networks",
    "legal_form",
    "website",
    "public_email",
    "public_phone",
    "listed_on",
    "listed_how",
)
ENTRIES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "activity": (
        "An activity",
        (
            "name",
            "activity_group",
            "description",
            "when_held",
            "capacity",
            "limits",
            "clinical_areas",
            "starts",
            "ends",
        ),
    ),
    "channel": ("A way to reach people", ("kind", "label", "address", "language", "private")),
    "funding": ("Funding", ("funder", "purpose", "pounds", "starts", "ends")),
    "coalition_member": ("A member of the coalition", ("member_name", "member_role")),
    "story": (
        "A story or quote",
        ("kind", "title", "told", "teller_role", "told_on", "consent_on", "consent_how", "clinical_areas"),
    ),
    "connector": ("Somebody who connects people here", ("kind", "organisation", "role", "public_email")),
    "listening": ("Something that was heard", ("heard_on", "setting", "heard", "response", "barriers", "enablers")),
    "learning": ("Something that was learned", ("happened_on", "tried", "happened", "outcome", "next_time", "themes")),
}
OF_A_PLACE = ("connector", "listening", "learning")


def add_partner(acting: Acting, atlas: Atlas, place: Place) -> None:
    """A form for a new partner in a place smaller than a region, and, if there is one, the relationship as it stands."""
    st.markdown("Name the organisation, not people. It takes a minute; everything else can follow.")
    known = fields("partner", WHO, {"kind": "organisation"}, "add")
    where = ask_where(atlas, place, "add")
    with st.expander("More about them"):
        known |= fields("partner", MORE, {}, "add")
    body = st.text_input(
        "Who works with them? (a council, a network, an NHS body; leave empty if nobody does yet)", key="add_body"
    )
    stage, note, on, role = None, "", date.today(), ""
    commitments: list[dict[str, Any]] = []
    if body:
        stage = st.selectbox("Where do things stand?", list(STAGES), format_func=word_of, key="add_stage")
        on = st.date_input("Since", date.today(), max_value=date.today(), format="DD/MM/YYYY", key="add_since")
        note = st.text_input("A note on how it came to be (needed)", key="add_note", max_chars=400)
        commitments = ask_commitments(stage, "add")
        role = ask_role("add") if stage in STAGES_TOGETHER else ""
    if st.button("Add this partner", type="primary", key="add_save"):
        try:
            located = placed(atlas, where)
        except PostcodeNotFoundError as error:
            st.error(str(error))
            return

        def save() -> Saved:
            with acting.together() as inside:
                saved = partners.create(inside, {**known, **located}, note="Added on the Partners page")
                if body:
                    begun = relationships.begin(
                        inside, saved.id, {"body_name": body, "stage": stage}, note=note, on=on, commitments=commitments
                    )
                    confirmed(inside, begun, on, role)
                return saved

        attempt(save, f"{known['name']} is in the register.")


def edit_partner(acting: Acting, record: PartnerRecord) -> None:
    """Change who a partner is; two people's changes are settled field by field."""

    def update(version: int, changed: Mapping[str, Any]) -> Saved:
        return partners.update(acting, record.id, version, changed, note="Changed on the Partners page")

    if conflict_of("partner", record.id):
        settle("partner", record.id, update)
        return
    read = as_read("partner", record.id, record.version, {name: record.fields.get(name) for name in (*WHO, *MORE)})
    with st.container():  # the form below must not move when this comes
        if read.version != record.version:
            st.info("Somebody else has saved this entry since you opened it. Save, and you are asked about what you both changed.")
            st.button("Begin again from theirs", key=f"again_{record.id}", on_click=read_again)
    with st.form(f"edit_{record.id}_{read.opened}"):
        changed = fields("partner", (*WHO, *MORE), read.fields, f"edit_{record.id}_{read.opened}")
        if st.form_submit_button("Save"):
            different = {name: value for name, value in changed.items() if value != read.fields.get(name)}
            if not different:
                st.info("Nothing was changed, so nothing was saved.")
            else:
                attempt_change("partner", record.id, read.version, different, update, "Saved.")


def confirm_entry(acting: Acting, record: PartnerRecord) -> None:
    """Say that the entry is right today, and in what role whoever says so does."""
    with st.form(f"confirm_{record.id}"):
        role = st.text_input(
            "In what role do you confirm it?", max_chars=100, placeholder="community engagement officer"
        )
        if st.form_submit_button("This entry is right today"):
            attempt(
                lambda: partners.confirm(acting, record.id, record.version, on=date.today(), role=role),
                "Confirmed today.",
            )


def add_entry(acting: Acting, record: PartnerRecord) -> None:
    """Add what else is known: an activity, a way to reach people, funding, a story, what was heard or learned."""
    kinds = {
        kind: label
        for kind, (label, _) in ENTRIES.items()
        if kind != "coalition_member" or record.fields["kind"] == "coalition"
    }
    kind = st.selectbox(
        "What would you like to add?", list(kinds), format_func=kinds.__getitem__, key=f"entry_{record.id}"
    )
    with st.form(f"entry_{record.id}_{kind}", clear_on_submit=False):
        known = fields(kind, ENTRIES[kind][1], {}, f"entry_{record.id}_{kind}")
        if kind in OF_A_PLACE:
            known["lad24cd"] = record.fields["lad24cd"]
        if st.form_submit_button("Add"):
            attempt(
                lambda: entries.add(
                    acting, kind, {**known, "partner_id": record.id}, note="Added on the Partners page"
                ),
                "Added.",
            )


def withdraw_partner(acting: Acting, record: PartnerRecord) -> None:
    """Take a partner out of view; nothing is deleted."""
    with st.form(f"withdraw_{record.id}"):
        note = st.text_input("Why? (needed; it stays in the history)", max_chars=400)
        if st.form_submit_button("Take this partner out of view"):
            attempt(
                lambda: partners.withdraw(acting, record.id, record.version, note=note),
                f"{record.name} is out of view. Nothing was deleted.",
            )


def add_contact(acting: Acting, atlas: Atlas, place: Place, slot: str, area_code: str | None) -> None:
    """Fill one of the slots of a place: an organisation and a role, and a name only with consent."""
    authority = atlas.gazetteer.parent(place, "lad24")
    key = f"contact_{authority.code}_{slot}_{area_code}"
    with st.form(key):
        known = fields("place_contact", ("organisation", "role", "public_email", "public_phone", "website"), {}, key)
        name = st.text_input("A person's name, only if they agreed to be named here", key=f"{key}_name", max_chars=200)
        how = st.text_input("How and when did they agree?", key=f"{key}_how", max_chars=300)
        if st.form_submit_button("Record this contact"):

            def save() -> Saved:
                with acting.together() as inside:
                    whole = {**known, "slot": slot, "lad24cd": authority.code, "area_code": area_code}
                    if name:
                        person = people.record_person(
                            inside, name, consent_on=date.today(), consent_how=how, lad24cd=authority.code
                        )
                        whole["person_id"] = person.id
                    today = {"last_confirmed": date.today(), "confirmed_by_role": acting.actor.role}
                    return entries.add(inside, "place_contact", {**whole, **today})

            attempt(save, "The contact is recorded.")
