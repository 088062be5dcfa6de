"""One partner's record: who they are, where things stand with each statutory body, what each side gives, and its history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import Any

import streamlit as st

from presentation.components import FactRow, FactSection, fact_list
from presentation.partner_words import STANDING_COLOURS, STANDING_LABELS, day, literal, standing_line
from presentation.record_form import label_of, spoken, word_of
from register import history
from register.errors import RegisterError
from register.record import PartnerRecord, RelationshipRecord
from register.store import Acting

_ABOUT = {
    "kind": "Kind of partner",
    "organisation_type": "Type of organisation",
    "faith_kind": "Kind of faith-based organisation",
    "tradition": "Tradition",
    "also_known_as": "Also known as",
    "size": "Size",
    "focus": "Focus",
    "networks": "Networks",
    "website": "Website",
    "public_email": "Public email",
    "public_phone": "Public phone",
}


def about_section(record: PartnerRecord, where: str) -> FactSection:
    """Who the partner is and where."""
    rows = [
        FactRow(label, "", word_of(spoken(record.fields[name])))
        for name, label in _ABOUT.items()
        if record.fields.get(name) not in (None, "", [])
    ]
    rows.append(FactRow("Where", "", where))
    confirmed = record.fields.get("last_confirmed")
    by = record.fields.get("confirmed_by_role")
    said = f"{day(confirmed)}, by {by}" if confirmed and by else "Never confirmed by anybody"
    rows.append(FactRow("Entry last confirmed", "", said))
    return FactSection("About", rows)


def relationship_section(relationship: RelationshipRecord) -> FactSection:
    """Where things stand with one statutory body: stage, confirmation, contact, subject, what each side gives, how it came to be."""
    found = relationship.fields
    rows = [
        FactRow(
            word_of(found["stage"]),
            "",
            STANDING_LABELS[relationship.standing] + (", quiet for six months or more" if relationship.dormant else ""),
            STANDING_COLOURS[relationship.standing],
        ),
        FactRow("Last confirmed", day(found["last_confirmed"]) or "never", found["confirmed_by_role"]),
        FactRow("Last contact", day(found["last_contact"]) or "none logged"),
    ]
    for name, label in (
        ("clinical_areas", "Clinical areas"),
        ("plus_groups", "PLUS groups"),
        ("about", "What it is about"),
    ):
        if found.get(name):
            rows.append(FactRow(label, "", spoken(found[name])))
    for commitment in relationship.commitments:
        done = f"Done so far: {commitment['done']}" if commitment["done"] else "Nothing said yet of what was done."
        rows.append(FactRow(f"What the {commitment['side']} gives", "", f"{commitment['said'].rstrip('.')}. {done}"))
    rows += [
        FactRow(f"{day(move['moved_on'])}: {move['stage_to']}", "", move["note"])
        for move in reversed(relationship.moves)
    ]
    return FactSection(f"With {found['body_name']}", rows)


def _entries(
    heading: str, entries: Sequence[Mapping[str, Any]], title: str, lines: Sequence[str]
) -> FactSection | None:
    """A section of one kind of entry: its title field, and beneath it the fields that are filled."""
    rows = []
    for entry in entries:
        parts = [spoken(entry[name]).rstrip(".") for name in lines if entry.get(name) not in (None, "", [])]
        draft = " (waits for an editor)" if entry["status"] == "draft" else ""
        rows.append(FactRow(f"{word_of(entry.get(title) or heading)}{draft}", "", ". ".join(parts) or None))
    return FactSection(heading, rows) if rows else None


def entry_sections(record: PartnerRecord) -> list[FactSection]:
    """Everything else that is recorded: activities, ways to reach people, funding, members, stories, and both logs."""
    found = [
        _entries("Members", record.members, "member_name", ("member_role",)),
        _entries(
            "Activities",
            record.activities,
            "name",
            ("description", "when_held", "capacity", "limits", "clinical_areas", "ends"),
        ),
        _entries("Ways to reach people", record.channels, "label", ("kind", "address", "language")),
        _entries("Funding", record.funding, "funder", ("purpose", "pounds", "ends")),
        _entries(
            "People who connect", record.connectors, "role", ("kind", "organisation", "person_name", "public_email")
        ),
        _entries(
            "Stories and quotes, told with consent",
            record.stories,
            "title",
            ("told", "teller_role", "person_name", "told_on"),
        ),
        _entries("What was heard", record.listening, "heard", ("heard_on", "setting", "response")),
        _entries("What was learned", record.learning, "tried", ("happened", "outcome", "next_time", "happened_on")),
    ]
    return [section for section in found if section]


def show(acting: Acting, record: PartnerRecord, where: str) -> None:
    """Draw the record. where: the partner's place in words."""
    with st.container():  # somebody else may give or take these: what stands below must not move under whoever is writing there
        if record.fields["example"]:
            source = record.fields["example_source"]
            st.info(literal(f"Published example, to be confirmed. Source: {source}, {day(record.fields['example_date'])}."))
        if record.fields["description"]:
            st.text(record.fields["description"])
    left, right = st.columns([3, 2], gap="large")
    with left:
        st.header("Relationships")
        fact_list(
            [relationship_section(each) for each in record.relationships]
            or [FactSection("", empty="No relationship with a statutory body has been recorded yet.")],
            key="record_relationships",
        )
    with right:
        fact_list([about_section(record, where), *entry_sections(record)], key="record_about")
    with st.expander("History: every change, newest first"):
        rows = [FactRow(change.sentence, "") for change in reversed(history.of_partner(acting, record.id))]
        fact_list([FactSection("", rows, empty="No change can be shown to you.")], key="record_history")
        _as_it_was(acting, record)


def _as_it_was(acting: Acting, record: PartnerRecord) -> None:
    """The entry as it stood at the end of a day that a person chooses."""
    chosen = st.date_input(
        "Show the entry as it stood at the end of",
        None,
        max_value=date.today(),
        format="DD/MM/YYYY",
        key="record_as_at",
    )
    if chosen is None:
        return
    try:
        then = history.as_at(acting, "partner", record.id, datetime.combine(chosen, time.max, UTC))
    except RegisterError as error:
        st.info(str(error))
        return
    rows = [
        FactRow(label_of("partner", name), "", word_of(spoken(then[name])))
        for name in ("name", "description", *_ABOUT, "last_confirmed", "status")
        if then.get(name) not in (None, "", [])
    ]
    fact_list([FactSection(f"As it stood on {day(chosen)}", rows)], key="record_then")


def standing_of(record: PartnerRecord) -> str:
    """One line for the head of the page: the best standing of all relationships."""
    return standing_line([each.standing for each in record.relationships])
