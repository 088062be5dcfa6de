"""Relationships with statutory bodies: begin one, move it with a dated note, log a contact, confirm it, and keep what each side gives.

Moving to *doing something together* or beyond asks what each side gives: one commitment of the partner's and one of the body's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import func, select

from register import recording
from register.errors import FieldProblem, ValidationError
from register.model import Commitment, StageMove
from register.store import Acting
from register.validation import cleaned
from register.vocabularies import SIDES, STAGE_DORMANT, STAGE_NO_CONTACT, STAGES_TOGETHER
from register.writing import Saved, Writer

_NO_SIGN_OF_CONTACT = (STAGE_NO_CONTACT, STAGE_DORMANT)


def begin(
    acting: Acting,
    partner_id: str,
    fields: Mapping[str, Any],
    *,
    note: str,
    on: date | None = None,
    commitments: Sequence[Mapping[str, Any]] = (),
    key: str | None = None,
) -> Saved:
    """Record a relationship as it stands. fields: columns of `Relationship`, its stage among them.

    on: since when it is at that stage (today unless said). commitments: fields of `Commitment` (side, said, done, agreed_on);
    both sides' are needed at *doing something together* and *formal or funded*.
    """
    note_kept = recording.checked_note(note, required=True)
    with acting.together() as inside, inside.write() as writer:
        request = ["begin", partner_id, fields, note, on, list(commitments)]
        if earlier := writer.answered(key, request):
            return earlier
        saved = recording.add(inside, "relationship", {**fields, "partner_id": partner_id}, note=note_kept)
        for commitment in commitments:
            _commit(inside, writer, saved.id, commitment, note_kept)
        relationship = writer.current("relationship", saved.id)
        _needs_both_sides(writer, relationship, relationship["stage"])
        _add_move(inside, relationship, None, relationship["stage"], on or acting.register.today(), note_kept)
        return writer.answer(key, request, saved)


def move(
    acting: Acting,
    relationship_id: str,
    version: int,
    stage: str,
    *,
    on: date,
    note: str,
    commitments: Sequence[Mapping[str, Any]] = (),
    key: str | None = None,
) -> Saved:
    """Move a relationship to another stage on a day, with a note. A move to a stage of contact counts as contact on that day.

    commitments: what is newly promised; those already recorded count too.
    Raises ValidationError without both sides' commitments where they are needed, ConflictError where it was saved since.
    """
    note_kept = recording.checked_note(note, required=True)
    with acting.together() as inside, inside.write() as writer:
        request = ["move", relationship_id, version, stage, on, note, list(commitments)]
        if earlier := writer.answered(key, request):
            return earlier
        row = writer.current("relationship", relationship_id)
        recording.must_write(inside, writer, "relationship", row, "move a relationship")
        if row["status"] == "withdrawn":
            raise ValidationError(
                [FieldProblem("status", "This relationship is withdrawn. Put it back before moving it.")]
            )
        if row["version"] == version and row["stage"] == stage:
            raise ValidationError(
                [FieldProblem("stage", f"It is already at “{stage}”. To log a contact, use that instead.")]
            )
        clean = cleaned("relationship", {"stage": stage}, acting.register.today(), current=row)
        for commitment in commitments:
            _commit(inside, writer, relationship_id, commitment, note_kept)
        _needs_both_sides(writer, row, stage)
        _add_move(inside, row, row["stage"], stage, on, note_kept)
        if stage not in _NO_SIGN_OF_CONTACT and (row["last_contact"] is None or row["last_contact"] < on):
            clean["last_contact"] = on
        saved = writer.update("relationship", relationship_id, version, clean, note=note_kept)
        return writer.answer(key, request, saved)


def update(
    acting: Acting,
    relationship_id: str,
    version: int,
    fields: Mapping[str, Any],
    *,
    note: str | None = None,
    key: str | None = None,
    merge: bool = False,
) -> Saved:
    """Change what a relationship is about; its stage changes by `move`."""
    return recording.change(acting, "relationship", relationship_id, version, fields, note=note, key=key, merge=merge)


def log_contact(acting: Acting, relationship_id: str, version: int, *, on: date, note: str) -> Saved:
    """Say that there was contact on a day, and what came of it. An earlier day than the last logged leaves that as it is."""
    note_kept = recording.checked_note(note, required=True)
    known = recording.get(acting, "relationship", relationship_id)["last_contact"]
    latest = on if known is None or on > known else known
    return recording.change(acting, "relationship", relationship_id, version, {"last_contact": latest}, note=note_kept)


def confirm(
    acting: Acting, relationship_id: str, version: int, *, on: date, role: str, note: str | None = None
) -> Saved:
    """Confirm that the relationship stands as recorded. role: of whoever confirmed it, never their name."""
    return recording.change(
        acting, "relationship", relationship_id, version, {"last_confirmed": on, "confirmed_by_role": role}, note=note
    )


def add_commitment(
    acting: Acting, relationship_id: str, fields: Mapping[str, Any], *, note: str | None = None, key: str | None = None
) -> Saved:
    """Record what one side gives. fields: side (one of SIDES), said, done, agreed_on."""
    partner_id = recording.get(acting, "relationship", relationship_id)["partner_id"]
    whole = {**fields, "relationship_id": relationship_id, "partner_id": partner_id}
    return recording.add(acting, "commitment", whole, note=note, key=key)


def update_commitment(
    acting: Acting,
    commitment_id: str,
    version: int,
    fields: Mapping[str, Any],
    *,
    note: str | None = None,
    merge: bool = False,
) -> Saved:
    """Change a commitment: most often to say what was done."""
    return recording.change(acting, "commitment", commitment_id, version, fields, note=note, merge=merge)


def withdraw_commitment(acting: Acting, commitment_id: str, version: int, *, note: str) -> Saved:
    """Take a commitment out of view; not the last one of a side while both are doing something together."""
    note_kept = recording.checked_note(note, required=True)
    with acting.together() as inside, inside.write() as writer:
        saved = recording.set_status(inside, "commitment", commitment_id, version, "withdrawn", note=note_kept)
        relationship = writer.current("relationship", writer.current("commitment", commitment_id)["relationship_id"])
        _needs_both_sides(writer, relationship, relationship["stage"])
        return saved


def approve(acting: Acting, relationship_id: str, version: int, *, note: str | None = None) -> Saved:
    """Publish a drafted relationship with its moves and commitments."""
    with acting.together() as inside, inside.write() as writer:
        saved = recording.set_status(inside, "relationship", relationship_id, version, "published", note=note)
        for model in (StageMove, Commitment):
            drafts = select(model.id, model.version).where(
                model.relationship_id == relationship_id, model.status == "draft"
            )
            for row in list(writer.connection.execute(drafts)):
                recording.set_status(inside, model.__tablename__, row.id, row.version, "published", note=note)
        return saved


def withdraw(acting: Acting, relationship_id: str, version: int, *, note: str) -> Saved:
    """Take a relationship out of view. note: why; required."""
    return recording.set_status(
        acting, "relationship", relationship_id, version, "withdrawn", note=recording.checked_note(note, required=True)
    )


def put_back(acting: Acting, relationship_id: str, version: int, *, note: str) -> Saved:
    """Publish a withdrawn relationship again. note: why; required."""
    return recording.set_status(
        acting, "relationship", relationship_id, version, "published", note=recording.checked_note(note, required=True)
    )


def _commit(inside: Acting, writer: Writer, relationship_id: str, fields: Mapping[str, Any], note: str | None) -> None:
    partner_id = writer.current("relationship", relationship_id)["partner_id"]
    whole = {**fields, "relationship_id": relationship_id, "partner_id": partner_id}
    recording.add(inside, "commitment", whole, note=note)


def _needs_both_sides(writer: Writer, relationship: Mapping[str, Any], stage: str) -> None:
    if stage not in STAGES_TOGETHER:
        return
    given = set(
        writer.connection.execute(
            select(Commitment.side).where(
                Commitment.relationship_id == relationship["id"], Commitment.status != "withdrawn"
            )
        ).scalars()
    )
    missing = [side for side in SIDES if side not in given]
    if missing:
        raise ValidationError(
            [
                FieldProblem(
                    "commitments",
                    f"“{stage[0].upper()}{stage[1:]}” asks what each side gives: what will the {' and the '.join(missing)} do?",
                )
            ]
        )


def _add_move(
    inside: Acting, relationship: Mapping[str, Any], before: str | None, after: str, on: date, note: str | None
) -> None:
    with inside.write() as writer:
        latest = writer.connection.execute(
            select(func.max(StageMove.moved_on)).where(
                StageMove.relationship_id == relationship["id"], StageMove.status != "withdrawn"
            )
        ).scalar()
    fields = {
        "partner_id": relationship["partner_id"],
        "relationship_id": relationship["id"],
        "stage_from": before,
        "stage_to": after,
        "moved_on": on,
        "note": note,
    }
    clean = cleaned("stage_move", fields, inside.register.today())
    if latest is not None and clean["moved_on"] < latest:
        raise ValidationError(
            [FieldProblem("moved_on", f"The day of the move ({on}) is before the last move ({latest}).")]
        )
    recording.add(inside, "stage_move", fields, note=note)
