"""What a person may add to the register: a partner, a relationship and its moves, contacts, activities and the rest."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import streamlit as st

from analysis import postcodes
from analysis.gaps import STAGES
from analysis.places import Place
from analysis.vocabularies import PLACE_KINDS
from data_loaders.atlas import Atlas, PostcodeNotFoundError
from presentation.assets_cache import open_assets
from presentation.partner_words import literal
from presentation.record_form import (
    as_read,
    attempt,
    attempt_change,
    conflict_of,
    fields,
    on_top_of,
    read_again,
    settle,
    word_of,
)
from register import entries, partners, people, relationships
from register.errors import ConflictError
from register.record import PartnerRecord, RelationshipRecord
from register.store import Acting
from register.vocabularies import SIDES, STAGES_TOGETHER
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
RELATIONSHIP = ("body_name", "body_kind", "clinical_areas", "plus_groups", "about")
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


def point_fields(atlas: Atlas, typed: str) -> dict[str, Any]:
    """Where a postcode is, as the register keeps it: point, LSOA, authority. PostcodeNotFoundError says why it cannot be placed."""
    found = atlas.postcode(postcodes.read(typed))
    longitude, latitude = atlas.to_degrees(found.easting, found.northing)
    row = atlas.areas.iloc[atlas.row(found.lsoa21cd)]
    return {
        "easting": found.easting,
        "northing": found.northing,
        "longitude": longitude,
        "latitude": latitude,
        "lsoa21cd": found.lsoa21cd,
        "lad24cd": str(row["lad24cd"]),
    }


def _asset_fields(asset_id: str) -> dict[str, Any]:
    """Where a mapped place is, as the register keeps it."""
    place = open_assets(date.today()).at(asset_id)
    assert place is not None  # noqa: S101 - it was chosen from the list just now
    names = ("easting", "northing", "longitude", "latitude")
    return {name: float(place[name]) for name in names} | {
        "asset_id": asset_id,
        "lsoa21cd": str(place["lsoa21cd"]),
        "lad24cd": str(place["lad24cd"]),
    }


def _where(atlas: Atlas, place: Place, key: str) -> dict[str, Any] | None:
    """Ask where a partner is: at a postcode, at a mapped place, or serving an area without a point. None where that cannot be placed yet."""
    how = st.radio(
        "Where are they?",
        ["At a postcode", "At a place on the map", "They serve an area, without a place of their own"],
        key=f"{key}_how",
        help="A refuge or another sensitive site: choose an area, never a point.",
    )
    if how == "At a postcode":
        typed = st.text_input("Postcode", key=f"{key}_postcode", max_chars=12, placeholder="RM9 6QD")
        return {"postcode": typed}
    if how == "At a place on the map":
        here = open_assets(date.today()).counting(place, PLACE_KINDS)
        names = dict(
            zip(here["asset_id"], here["name"].fillna("Name not recorded") + " (" + here["category"] + ")", strict=True)
        )
        chosen = st.selectbox(
            f"Place on the map in {place.name}",
            list(names),
            index=None,
            format_func=names.__getitem__,
            key=f"{key}_asset",
        )
        return {"asset_id": chosen}
    authority = atlas.gazetteer.parent(place, "lad24")
    networks = {child.code: child.name for child in atlas.gazetteer.children(authority, "pcn")}
    served = st.multiselect(
        f"Neighbourhoods that they serve (none chosen: all of {authority.name})",
        list(networks),
        format_func=networks.__getitem__,
        key=f"{key}_served",
    )
    sensitive = st.checkbox("A sensitive site, such as a refuge: never shown as a point", key=f"{key}_sensitive")
    return {"lad24cd": authority.code, "service_area": served or [authority.code], "sensitive": sensitive}


def add_partner(acting: Acting, atlas: Atlas, place: Place) -> None:
    """A form for a new partner in a place smaller than a region, and, if there is one, the relationship as it stands."""
    st.markdown("Name the organisation, not people. It takes a minute; everything else can follow.")
    known = fields("partner", WHO, {"kind": "organisation"}, "add")
    where = _where(atlas, place, "add")
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
        commitments = _commitments(stage, "add")
        role = _role("add") if stage in STAGES_TOGETHER else ""
    if st.button("Add this partner", type="primary", key="add_save"):
        try:
            placed = _placed(atlas, where or {})
        except PostcodeNotFoundError as error:
            st.error(str(error))
            return

        def save() -> Saved:
            with acting.together() as inside:
                saved = partners.create(inside, {**known, **placed}, note="Added on the Partners page")
                if body:
                    begun = relationships.begin(
                        inside, saved.id, {"body_name": body, "stage": stage}, note=note, on=on, commitments=commitments
                    )
                    _confirmed(inside, begun, on, role)
                return saved

        attempt(save, f"{known['name']} is in the register.")


def _placed(atlas: Atlas, where: Mapping[str, Any]) -> dict[str, Any]:
    if "postcode" in where:
        return point_fields(atlas, str(where["postcode"]))
    if where.get("asset_id"):
        return _asset_fields(str(where["asset_id"]))
    return {name: value for name, value in where.items() if name not in ("postcode", "asset_id")}


def _commitments(stage: str | None, key: str) -> list[dict[str, Any]]:
    """Ask what each side gives, where the stage needs it."""
    if stage not in STAGES_TOGETHER:
        return []
    st.markdown("**Doing something together asks what each side gives.**")
    said = {side: st.text_input(f"What the {side} gives", key=f"{key}_gives_{side}", max_chars=400) for side in SIDES}
    return [{"side": side, "said": text} for side, text in said.items() if text]


def _role(key: str) -> str:
    """In what role whoever records a partnership vouches for it: that is its first confirmation."""
    return st.text_input(
        "In what role do you confirm it?", key=f"{key}_vouches", max_chars=100, placeholder="partnership manager"
    )


def _confirmed(inside: Acting, saved: Saved, on: date, role: str) -> Saved:
    """The relationship just saved, confirmed on that day where somebody vouches for it."""
    if not role.strip() or saved.waiting:
        return saved
    return relationships.confirm(inside, saved.id, saved.version, on=on, role=role)


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


def begin_relationship(acting: Acting, record: PartnerRecord) -> None:
    """Record a relationship with a statutory body as it stands."""
    known = fields("relationship", RELATIONSHIP, {}, f"begin_{record.id}")
    stage = st.selectbox("Where do things stand?", list(STAGES), format_func=word_of, key=f"begin_{record.id}_stage")
    on = st.date_input("Since", date.today(), max_value=date.today(), format="DD/MM/YYYY", key=f"begin_{record.id}_on")
    note = st.text_input("A note (needed)", key=f"begin_{record.id}_note", max_chars=400)
    commitments = _commitments(stage, f"begin_{record.id}")
    role = _role(f"begin_{record.id}") if stage in STAGES_TOGETHER else ""
    if st.button("Record this relationship", key=f"begin_{record.id}_save"):

        def save() -> Saved:
            with acting.together() as inside:
                saved = relationships.begin(
                    inside, record.id, {**known, "stage": stage}, note=note, on=on, commitments=commitments
                )
                return _confirmed(inside, saved, on, role)

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
    commitments = _commitments(stage, key) if not given.issuperset(SIDES) else []
    role = _role(key) if stage in STAGES_TOGETHER else ""
    if st.button("Move the relationship", type="primary", key=f"{key}_move"):

        def save() -> Saved:
            with acting.together() as inside:
                saved = relationships.move(
                    inside, found["id"], read.version, str(stage), on=on, note=note, commitments=commitments
                )
                return _confirmed(inside, saved, on, role)

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
