"""The other entries: what belongs to a partner (activities, channels, funding, stories, members) or to a place (connectors, both logs).

entity is one of ENTRY_KINDS; its fields are the columns of the model of that name.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from register import recording
from register.errors import FieldProblem, ValidationError
from register.store import Acting
from register.writing import Saved

ENTRY_KINDS = (
    "activity",
    "channel",
    "funding",
    "story",
    "coalition_member",
    "connector",
    "listening",
    "learning",
    "place_contact",
)


def add(
    acting: Acting, entity: str, fields: Mapping[str, Any], *, note: str | None = None, key: str | None = None
) -> Saved:
    """Add an entry: published where the actor answers for its place, otherwise a draft for an editor."""
    return recording.add(acting, _known(entity), fields, note=note, key=key)


def update(
    acting: Acting,
    entity: str,
    entry_id: str,
    version: int,
    fields: Mapping[str, Any],
    *,
    note: str | None = None,
    key: str | None = None,
    merge: bool = False,
) -> Saved:
    """Change an entry as it was read in `version`; a contributor's change to their own published entry waits in the queue."""
    return recording.change(acting, _known(entity), entry_id, version, fields, note=note, key=key, merge=merge)


def confirm(
    acting: Acting, entity: str, entry_id: str, version: int, *, on: date, role: str, note: str | None = None
) -> Saved:
    """Say that an entry was right on a day, and in what role whoever confirmed it did so."""
    fields = {"last_confirmed": on, "confirmed_by_role": role}
    return recording.change(acting, _known(entity), entry_id, version, fields, note=note)


def approve(acting: Acting, entity: str, entry_id: str, version: int, *, note: str | None = None) -> Saved:
    """Publish a draft."""
    return recording.set_status(acting, _known(entity), entry_id, version, "published", note=note)


def withdraw(acting: Acting, entity: str, entry_id: str, version: int, *, note: str) -> Saved:
    """Take an entry out of view. Nothing is deleted. note: why; required."""
    note_kept = recording.checked_note(note, required=True)
    return recording.set_status(acting, _known(entity), entry_id, version, "withdrawn", note=note_kept)


def put_back(acting: Acting, entity: str, entry_id: str, version: int, *, note: str) -> Saved:
    """Publish a withdrawn entry again. note: why; required."""
    note_kept = recording.checked_note(note, required=True)
    return recording.set_status(acting, _known(entity), entry_id, version, "published", note=note_kept)


def get(acting: Acting, entity: str, entry_id: str) -> dict[str, Any]:
    """One entry by its fields, as the actor may read it."""
    return recording.get(acting, _known(entity), entry_id)


def _known(entity: str) -> str:
    if entity not in ENTRY_KINDS:
        raise ValidationError(
            [
                FieldProblem(
                    "entity", f"There is no entry of the kind “{entity}”: the kinds are {', '.join(ENTRY_KINDS)}."
                )
            ]
        )
    return entity
