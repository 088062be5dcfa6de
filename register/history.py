"""The history of a record as a person may read it: changes in sentences, and any past state shown again.

Whoever answers for the record, and its owner, sees all of it. Others see what happened while it was published. Names come from the one
place where they are held, so a withdrawn name is withdrawn in the past as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from register import replay, rules
from register.errors import NotFoundError
from register.freshness import aware
from register.model import History
from register.record import names_for
from register.sentences import sentence
from register.store import Acting
from register.writing import NEVER_IN_HISTORY, Writer, table_of

_TOLD_ELSEWHERE = ("suggestion", "stage_move")
"""Suggestions have their own queue; a move is told by the relationship that it moved."""


@dataclass(frozen=True)
class Change:
    """One change. subject: who, for those who answer for the record, otherwise None. changes: {field: (before, after)}."""

    revision: int
    at: datetime
    role: str
    subject: str | None
    entity: str
    record_id: str
    version: int
    changes: Mapping[str, tuple[Any, Any]]
    note: str | None
    redacted: bool
    sentence: str


def of_record(acting: Acting, entity: str, record_id: str) -> list[Change]:
    """The changes of one record, oldest first. NotFoundError where the actor may not see the record."""
    with acting.read() as connection:
        return _changes(acting, connection, entity, record_id)


def of_partner(acting: Acting, partner_id: str) -> list[Change]:
    """The changes of a partner and of all that belongs to it, oldest first, as far as the actor may read them."""
    with acting.read() as connection:
        _visible(acting, connection, "partner", partner_id)
        parts = connection.execute(
            select(History.entity, History.record_id)
            .where(History.partner_id == partner_id, History.entity.not_in(_TOLD_ELSEWHERE))
            .distinct()
        )
        found: list[Change] = []
        for part in list(parts):
            try:
                found += _changes(acting, connection, part.entity, part.record_id)
            except NotFoundError:
                continue
        order = {
            (row.entity, row.record_id, row.version): (row.revision, row.position)
            for row in connection.execute(
                select(History.entity, History.record_id, History.version, History.revision, History.position).where(
                    History.partner_id == partner_id
                )
            )
        }
        return sorted(found, key=lambda change: order[change.entity, change.record_id, change.version])


def as_at(acting: Acting, entity: str, record_id: str, moment: datetime) -> dict[str, Any]:
    """A record as it stood at a moment (aware): its fields, version and `person_name`. NotFoundError where it was not there to be read."""
    aware(moment)
    with acting.read() as connection:
        row, partner, whole_view = _visible(acting, connection, entity, record_id)
        past = replay.entries(connection, entity, record_id, moment=moment)
        if not past:
            raise NotFoundError(f"This {entity.replace('_', ' ')} was not in the register at that time.")
        state = replay.replayed(entity, (entry.changes for entry in past))
        untold = NEVER_IN_HISTORY.get(entity, frozenset())
        blank = {column.name: state.get(column.name) for column in table_of(entity).c if column.name not in untold}
        blank |= {name: row[name] for name in ("id", "owner", "created_at", "created_by")}
        blank |= {"version": past[-1].version, "updated_at": past[-1].at}
        unseen = entity != "partner" and not _published_at(connection, partner, moment)
        if not whole_view and (unseen or blank["status"] != "published"):
            raise NotFoundError(f"This {entity.replace('_', ' ')} was not published at that time.")
        if row.get("private"):
            blank["private"] = True
        shown = rules.masked(acting.actor, entity, blank, partner if entity != "partner" else row)
        if "person_id" in shown:
            shown["person_name"] = names_for(connection, [shown["person_id"]]).get(shown["person_id"])
        return shown


def _changes(acting: Acting, connection: Connection, entity: str, record_id: str) -> list[Change]:
    row, partner, whole_view = _visible(acting, connection, entity, record_id)
    answers = rules.decides(acting.actor, entity, row, partner)
    first = 0 if entity == "partner" else _first_published(connection, partner)
    state: dict[str, Any] = {}
    found: list[Change] = []
    for entry in replay.entries(connection, entity, record_id):
        was_private = bool(state.get("private"))
        state |= {name: after for name, (_, after) in entry.changes.items()}
        if not whole_view and (state.get("status") != "published" or first is None or entry.revision < first):
            continue
        pairs = {name: (before, after) for name, (before, after) in entry.changes.items()}
        note = entry.note
        if not answers and (row.get("private") or was_private or state.get("private")):
            pairs = {name: pair for name, pair in pairs.items() if name != "address"}
            note = None
        if not whole_view and not found and entry.version > 1:
            # Whoever sees it from its publication on is not shown how it was drafted.
            drafted = "status" in pairs
            pairs = {name: (None, after) for name, (_, after) in pairs.items() if name == "status" or not drafted}
        names = names_for(connection, pairs.get("person_id", ()))
        found.append(
            Change(
                entry.revision,
                entry.at,
                entry.role,
                entry.subject if answers else None,
                entity,
                record_id,
                entry.version,
                pairs,
                note,
                entry.redacted,
                sentence(entity, entry.at, entry.role, entry.version, pairs, note, names),
            )
        )
    return found


def _visible(
    acting: Acting, connection: Connection, entity: str, record_id: str
) -> tuple[dict[str, Any], Mapping[str, Any] | None, bool]:
    row = Writer(connection, acting.actor, 0, acting.register.clock()).current(entity, record_id)
    partner = rules.partner_of(connection, entity, row)
    rules.must_see(acting.actor, entity, row, partner)
    rules.must_see_list(connection, acting.actor, entity, row)
    whole_view = rules.decides(acting.actor, entity, row, partner) or rules.owns(acting.actor, row)
    return row, partner, whole_view


def _first_published(connection: Connection, partner: Mapping[str, Any] | None) -> int | None:
    """The revision in which a partner was first published; 0 for a record of a place alone, None where it never was."""
    if partner is None:
        return 0
    status = History.changes["status"][1].as_string()
    return connection.execute(
        select(func.min(History.revision)).where(
            History.entity == "partner", History.record_id == partner["id"], status == "published"
        )
    ).scalar()


def _published_at(connection: Connection, partner: Mapping[str, Any] | None, moment: datetime) -> bool:
    if partner is None:
        return True
    past = replay.entries(connection, "partner", partner["id"], moment=moment)
    return replay.replayed("partner", (entry.changes for entry in past)).get("status") == "published"
