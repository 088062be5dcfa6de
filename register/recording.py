"""How any record is added, changed, approved and withdrawn: rules first, then checks, then one write with its history.

The public modules (partners, relationships, entries, contacts, …) say what each kind of record needs besides; nothing else calls this.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import select

from register import redaction, rules
from register.errors import ConflictError, FieldProblem, NotAllowedError, ValidationError
from register.model import WHERE_IT_IS
from register.model_base import LONGEST_NOTE
from register.rows import first
from register.store import Acting
from register.validation import cleaned, cleaned_text
from register.writing import Saved, Writer, table_of

SET_ONCE = frozenset({"partner_id", "relationship_id"})
_BY_OTHER_MEANS = {
    "relationship": {"stage": "The stage changes by a move, with its date and note."},
    "person": {"withdrawn_on": "Consent is withdrawn by its own action."},
}


def checked_note(note: str | None, *, required: bool = False) -> str | None:
    """A note as it can be kept: at most 10,000 letters. ValidationError where one is required and missing."""
    return cleaned_text(note, "note", LONGEST_NOTE, required=required)


def add(
    acting: Acting,
    entity: str,
    fields: Mapping[str, Any],
    *,
    note: str | None,
    key: str | None = None,
    owner: str | None = None,
    always_published: bool = False,
) -> Saved:
    """A new record: published where the actor answers for its place, otherwise a draft for an editor."""
    rules.must_be_signed_in(acting.actor)
    with acting.write() as writer:
        request = ["add", entity, fields, note]
        if earlier := writer.answered(key, request):
            return earlier
        clean = cleaned(entity, fields, acting.register.today())
        note = checked_note(note)
        partner = _partner_to_write_under(acting, writer, entity, clean)
        _check_links(acting, writer, entity, clean)
        decides = acting.actor.answers_for(rules.places_of(entity, _with_lists(entity, clean), partner))
        status = "published" if decides or always_published else "draft"
        saved = writer.insert(entity, clean, status=status, note=note, owner=owner)
        return writer.answer(key, request, saved)


def change(
    acting: Acting,
    entity: str,
    record_id: str,
    version: int,
    fields: Mapping[str, Any],
    *,
    note: str | None,
    key: str | None = None,
    merge: bool = False,
) -> Saved:
    """Change fields of a record as it was read in `version`. A contributor's change to their own published entry waits in the queue."""
    rules.must_be_signed_in(acting.actor)
    with acting.write() as writer:
        request = ["change", entity, record_id, version, fields, note]
        if earlier := writer.answered(key, request):
            return earlier
        row = writer.current(entity, record_id)
        partner = rules.partner_of(writer.connection, entity, row)
        rules.must_see(acting.actor, entity, row, partner)
        decides = rules.decides(acting.actor, entity, row, partner)
        if not decides and not rules.owns(acting.actor, row):
            raise NotAllowedError("This entry is not yours, nor of a place that you answer for. Nothing was changed.")
        fields = _as_asked(entity, row, fields)
        clean = cleaned(entity, fields, acting.register.today(), current=row)
        note = checked_note(note)
        _check_links(acting, writer, entity, {name: value for name, value in clean.items() if value != row[name]})
        if decides:
            _stays_in_reach(acting, entity, row, clean, partner)
        elif row["status"] == "published":
            return writer.answer(key, request, _queue(acting, writer, entity, row, version, clean, note))
        try:
            saved = writer.update(entity, record_id, version, clean, note=note, merge=merge)
        except ConflictError as conflict:
            raise (conflict if decides or not row.get("private") else _without_address(conflict)) from None
        if clean.get("sensitive"):
            redaction.take_out_point(writer.connection, entity, record_id)
        return writer.answer(key, request, saved)


def set_status(acting: Acting, entity: str, record_id: str, version: int, status: str, *, note: str | None) -> Saved:
    """Publish or withdraw a record. An owner may withdraw their own; only an editor or steward publishes."""
    rules.must_be_signed_in(acting.actor)
    with acting.write() as writer:
        row = writer.current(entity, record_id)
        partner = rules.partner_of(writer.connection, entity, row)
        if status == "published" or not rules.owns(acting.actor, row):
            what = "publish an entry" if status == "published" else "withdraw an entry that is not their own"
            rules.must_decide(acting.actor, entity, row, partner, what)
        return writer.update(entity, record_id, version, {"status": status}, note=checked_note(note))


def get(acting: Acting, entity: str, record_id: str) -> dict[str, Any]:
    """One record as the actor may read it. NotFoundError where there is none that they may."""
    with acting.read() as connection:
        writer = Writer(connection, acting.actor, 0, acting.register.clock())
        row = writer.current(entity, record_id)
        partner = rules.partner_of(connection, entity, row)
        rules.must_see(acting.actor, entity, row, partner)
        rules.must_see_list(connection, acting.actor, entity, row)
        return rules.masked(acting.actor, entity, row, partner)


def must_write(acting: Acting, writer: Writer, entity: str, row: Mapping[str, Any], what: str) -> None:
    """NotAllowedError unless the actor decides on the record, or it is their own draft."""
    partner = rules.partner_of(writer.connection, entity, row)
    rules.must_see(acting.actor, entity, row, partner)
    own_draft = rules.owns(acting.actor, row) and row["status"] == "draft"
    if not own_draft and not rules.decides(acting.actor, entity, row, partner):
        raise NotAllowedError(f"Only an editor of the place, or a steward, can {what}. Nothing was changed.")


def _without_address(conflict: ConflictError) -> ConflictError:
    """The conflict as somebody may read it who may not read a private address."""
    shown = [
        replace(field, theirs=None, base=None) if field.field == "address" and field.overlaps else field
        for field in conflict.fields
        if field.field != "address" or field.overlaps
    ]
    return ConflictError(conflict.entity, conflict.record_id, conflict.version_read, conflict.version_now, shown)


def _as_asked(entity: str, row: Mapping[str, Any], fields: Mapping[str, Any]) -> Mapping[str, Any]:
    problems = [
        FieldProblem(
            name,
            "To which partner or relationship an entry belongs is set once. Withdraw it and add it where it belongs.",
        )
        for name in SET_ONCE & set(fields)
        if fields[name] != row[name]
    ]
    problems += [
        FieldProblem(name, said)
        for name, said in _BY_OTHER_MEANS.get(entity, {}).items()
        if name in fields and fields[name] != row[name]
    ]
    if row["status"] == "withdrawn":
        problems.append(FieldProblem("status", "This entry is withdrawn. Put it back before changing it."))
    if problems:
        raise ValidationError(problems)
    if entity in WHERE_IT_IS and fields.get("sensitive") and not row["sensitive"]:
        return {**dict.fromkeys(WHERE_IT_IS[entity]), **fields}
    return fields


def _partner_to_write_under(
    acting: Acting, writer: Writer, entity: str, clean: Mapping[str, Any]
) -> Mapping[str, Any] | None:
    if entity == "partner":
        return _with_lists(entity, clean)
    partner = rules.partner_of(writer.connection, entity, clean)
    if partner is not None:
        rules.must_see(acting.actor, "partner", partner, partner)
        if partner["status"] == "withdrawn":
            raise ValidationError(
                [FieldProblem("partner_id", "That partner is withdrawn. Put it back before adding to it.")]
            )
    return partner


def _with_lists(entity: str, clean: Mapping[str, Any]) -> dict[str, Any]:
    return {"service_area": [], "lad24cd": None, **clean} if entity == "partner" else {"lad24cd": None, **clean}


def _stays_in_reach(
    acting: Acting, entity: str, row: Mapping[str, Any], clean: Mapping[str, Any], partner: Mapping[str, Any] | None
) -> None:
    after = {**row, **clean}
    if not rules.decides(acting.actor, entity, after, after if entity == "partner" else partner):
        raise NotAllowedError(
            "This change would move the entry to a place that you do not answer for. Ask an editor of that place, or a steward. Nothing was changed."
        )


def _check_links(acting: Acting, writer: Writer, entity: str, clean: Mapping[str, Any]) -> None:
    for column in table_of(entity).c:
        target, value = column.info.get("table"), clean.get(column.name)
        if not target or value is None:
            continue
        found = first(writer.connection, select(table_of(target)).where(table_of(target).c.id == value))
        partner = rules.partner_of(writer.connection, target, found) if found else None
        if found is None or not (
            rules.sees(acting.actor, target, found, partner) or (target == "person" and rules.owns(acting.actor, found))
        ):
            raise ValidationError(
                [
                    FieldProblem(
                        column.name, f"The {column.info['label']} is not in the register, or is not yours to name."
                    )
                ]
            )
        if target == "relationship" and found["partner_id"] != clean.get("partner_id", found["partner_id"]):
            raise ValidationError([FieldProblem(column.name, "That relationship is with another partner.")])


def _queue(
    acting: Acting,
    writer: Writer,
    entity: str,
    row: Mapping[str, Any],
    version: int,
    clean: Mapping[str, Any],
    note: str | None,
) -> Saved:
    partner = rules.partner_of(writer.connection, entity, row)
    changed = {name: value for name, value in clean.items() if value != row[name]}
    if not changed:
        return Saved(entity, row["id"], row["version"], row["status"], writer.revision)
    saved = writer.insert(
        "suggestion",
        {
            "kind": "correction",
            "name": (partner or row).get("name") or row.get("organisation") or entity.replace("_", " "),
            "what": note,
            "partner_id": partner["id"] if partner else None,
            "lad24cd": row.get("lad24cd") or (partner or {}).get("lad24cd"),
            "entity": entity,
            "record_id": row["id"],
            "base_version": version,
            "changes": {
                name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in changed.items()
            },
            "decision": "waiting",
        },
        status="draft",
        note=note,
    )
    return Saved("suggestion", saved.id, saved.version, "draft", saved.revision, waiting=True)
