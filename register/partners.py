"""Partners: add, change, approve, withdraw, and read one whole with everything that is known of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select

from register import recording, rules
from register.model import ENTITIES
from register.record import PartnerRecord, assemble
from register.store import Acting
from register.writing import Saved, table_of

PARTS = tuple(
    name
    for name, model in ENTITIES.items()
    if name not in ("partner", "suggestion") and "partner_id" in model.__table__.c
)
"""The kinds of record that belong to a partner."""


def create(acting: Acting, fields: Mapping[str, Any], *, note: str | None = None, key: str | None = None) -> Saved:
    """Add a partner. fields: columns of `register.model.Partner`. It is published where the actor answers for its place, else a draft.

    key: an idempotency key; the same request again gives the same answer and adds nothing.
    Raises ValidationError with a sentence a field, NotAllowedError for a reader.
    """
    return recording.add(acting, "partner", fields, note=note, key=key)


def update(
    acting: Acting,
    partner_id: str,
    version: int,
    fields: Mapping[str, Any],
    *,
    note: str | None = None,
    key: str | None = None,
    merge: bool = False,
) -> Saved:
    """Change some fields of a partner as it was read in `version`.

    Raises ConflictError, field by field, where somebody saved it since; `merge` keeps both people's changes where no field is in both.
    Setting `sensitive` takes the point out, of the history as well.
    """
    return recording.change(acting, "partner", partner_id, version, fields, note=note, key=key, merge=merge)


def approve(
    acting: Acting, partner_id: str, version: int, *, note: str | None = None, with_entries: bool = True
) -> Saved:
    """Publish a draft, and with it what its owner has drafted under it."""
    with acting.together() as inside:
        saved = recording.set_status(inside, "partner", partner_id, version, "published", note=note)
        if with_entries:
            with inside.write() as writer:
                owner = writer.current("partner", partner_id)["owner"]
                for entity in PARTS:
                    table = table_of(entity)
                    drafts = select(table.c.id, table.c.version).where(
                        table.c.partner_id == partner_id, table.c.status == "draft", table.c.owner == owner
                    )
                    for row in list(writer.connection.execute(drafts)):
                        recording.set_status(inside, entity, row.id, row.version, "published", note=note)
        return saved


def withdraw(acting: Acting, partner_id: str, version: int, *, note: str) -> Saved:
    """Take a partner, and with it all that belongs to it, out of view. Nothing is deleted. note: why; required."""
    return recording.set_status(
        acting, "partner", partner_id, version, "withdrawn", note=recording.checked_note(note, required=True)
    )


def put_back(acting: Acting, partner_id: str, version: int, *, note: str) -> Saved:
    """Publish a withdrawn partner again. note: why; required."""
    return recording.set_status(
        acting, "partner", partner_id, version, "published", note=recording.checked_note(note, required=True)
    )


def confirm(acting: Acting, partner_id: str, version: int, *, on: date, role: str, note: str | None = None) -> Saved:
    """Say that the entry was right on a day. role: in what role the person who confirmed it did so, never their name."""
    return recording.change(
        acting, "partner", partner_id, version, {"last_confirmed": on, "confirmed_by_role": role}, note=note
    )


def get(acting: Acting, partner_id: str) -> PartnerRecord:
    """A partner with its relationships, activities, channels and the rest, as the actor may read them. NotFoundError otherwise."""
    partner = recording.get(acting, "partner", partner_id)
    with acting.read() as connection:
        whole = rules.partner_of(connection, "commitment", {"partner_id": partner_id})
        assert whole is not None  # noqa: S101 - it was just read
        return assemble(connection, acting.actor, partner, whole, acting.register.today())
