"""What a person may say of a relationship: that it begins, moves, was kept up, still stands, and what came of what was promised."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import streamlit as st

from analysis.gaps import STAGES
from presentation.partner_words import literal
from presentation.record_form import as_read, attempt, fields, on_top_of, word_of
from register import relationships
from register.errors import ConflictError
from register.record import PartnerRecord, RelationshipRecord
from register.store import Acting
from register.vocabularies import SIDES, STAGES_TOGETHER
from register.writing import Saved

RELATIONSHIP = ("body_name", "body_kind", "clinical_areas", "plus_groups", "about")


def ask_commitments(stage: str | None, key: str) -> list[dict[str, Any]]:
    """Ask what each side gives, where the stage needs it."""
    if stage not in STAGES_TOGETHER:
        return []
    st.markdown("**Doing something together asks what each side gives.**")
    said = {side: st.text_input(f"What the {side} gives", key=f"{key}_gives_{side}", max_chars=400) for side in SIDES}
    return [{"side": side, "said": text} for side, text in said.items() if text]


def ask_role(key: str) -> str:
    """In what role whoever records a partnership vouches for it: that is its first confirmation."""
    return st.text_input(
        "In what role do you confirm it?", key=f"{key}_vouches", max_chars=100, placeholder="partnership manager"
    )


def confirmed(inside: Acting, saved: Saved, on: date, role: str) -> Saved:
    """The relationship just saved, confirmed on that day where somebody vouches for it."""
    if not role.strip() or saved.waiting:
        return saved
    return relationships.confirm(inside, saved.id, saved.version, on=on, role=role)


def begin_relationship(acting: Acting, record: PartnerRecord) -> None:
    """Record a relationship with a statutory body as it stands."""
    known = fields("relationship", RELATIONSHIP, {}, f"begin_{record.id}")
    stage = st.selectbox("Where do things stand?", list(STAGES), format_func=word_of, key=f"begin_{record.id}_stage")
    on = st.date_input("Since", date.today(), max_value=date.today(), format="DD/MM/YYYY", key=f"begin_{record.id}_on")
    note = st.text_input("A note (needed)", key=f"begin_{record.id}_note", max_chars=400)
    commitments = ask_commitments(stage, f"begin_{record.id}")
    role = ask_role(f"begin_{record.id}") if stage in STAGES_TOGETHER else ""
    if st.button("Record this relationship", key=f"begin_{record.id}_save"):

        def save() -> Saved:
            with acting.together() as inside:
                saved = relationships.begin(
                    inside, record.id, {**known, "stage": stage}, note=note, on=on, commitments=commitments
                )
                return confirmed(inside, saved, on, role)

        attempt(save, "The relationship is recorded.")


def tend_relationship(acting: Acting, relationship: RelationshipRecord) -> None:
    """Move a relationship, log a contact or confirm it."""
    found = relationship.fields
    read = as_read("relationship", found["id"], found["version"], {})
    key = f"tend_{found['id']}_{read.opened}"

    def tried(save: Callable[[], Saved], done: str) -> None:
        def on_theirs() -> Saved:
            try:
                return save()
            except ConflictError as conflict:
                on_top_of(conflict)
                st.info("The record above shows how it stands now. Press again to save yours on top of it.")
                raise

        attempt(on_theirs, done)

    what = st.segmented_control(
        f"With {literal(found['body_name'])}",
        ["Move", "Log a contact", "Confirm", *(["Say what was done"] if relationship.commitments else [])],
        key=f"{key}_what",
        default="Move",
    )
    on = st.date_input("On", date.today(), max_value=date.today(), format="DD/MM/YYYY", key=f"{key}_on")
    if what == "Say what was done":
        _say_what_was_done(acting, relationship, key)
        return
    if what == "Confirm":
        role = st.text_input("In what role do you confirm it?", key=f"{key}_role", max_chars=100)
        if st.button("It stands as recorded", key=f"{key}_confirm"):
            tried(lambda: relationships.confirm(acting, found["id"], read.version, on=on, role=role), "Confirmed.")
        return
    note = st.text_input("A note (needed)", key=f"{key}_note", max_chars=400)
    if what == "Log a contact":
        if st.button("Log this contact", key=f"{key}_log"):
            tried(
                lambda: relationships.log_contact(acting, found["id"], read.version, on=on, note=note),
                "The contact is logged.",
            )
        return
    stages = [stage for stage in STAGES if stage != found["stage"]]
    stage = st.selectbox("To", stages, format_func=word_of, key=f"{key}_stage")
    given = {commitment["side"] for commitment in relationship.commitments}
    commitments = ask_commitments(stage, key) if not given.issuperset(SIDES) else []
    role = ask_role(key) if stage in STAGES_TOGETHER else ""
    if st.button("Move the relationship", type="primary", key=f"{key}_move"):

        def save() -> Saved:
            with acting.together() as inside:
                saved = relationships.move(
                    inside, found["id"], read.version, str(stage), on=on, note=note, commitments=commitments
                )
                return confirmed(inside, saved, on, role)

        tried(save, f"Moved to: {stage}.")


def _say_what_was_done(acting: Acting, relationship: RelationshipRecord, key: str) -> None:
    """Beside what each side said it would give, what came of it."""
    given = {f"{each['side']}: {each['said']}": each for each in relationship.commitments}
    promise = given[st.selectbox("What was promised", list(given), format_func=literal, key=f"{key}_promise")]
    done = st.text_area("What was done?", promise["done"] or "", key=f"{key}_done_{promise['id']}", max_chars=2_000)
    if st.button("Save what was done", key=f"{key}_done_save"):
        attempt(
            lambda: relationships.update_commitment(acting, promise["id"], promise["version"], {"done": done}),
            "Saved.",
        )
