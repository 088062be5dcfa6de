"""One transaction of changes: every insert and update goes through here, and here alone, so that none is without its history."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, TypeVar
from uuid import uuid4

from sqlalchemy import Connection, Table, bindparam, insert, select, update

from register import derived, replay
from register.actors import Actor
from register.errors import ConflictError, FieldConflict, KeyReusedError, NotFoundError, RegisterError
from register.model import ENTITIES, UNTRACKED, History, Idempotency, RegisterState
from register.rows import first, table_of_model

_Line = TypeVar("_Line")

NEVER_IN_HISTORY = {"person": frozenset({"name"}), "suggestion": frozenset({"client"})}
"""Fields whose values the history does not hold: a name is withdrawn by changing one row."""


@dataclass(frozen=True)
class Saved:
    """What became of a request. waiting: it is in the queue, for an editor to decide; then entity is "suggestion"."""

    entity: str
    id: str
    version: int
    status: str
    revision: int
    waiting: bool = False


@dataclass
class Writer:
    """The changes of one transaction by one actor at one moment."""

    connection: Connection
    actor: Actor
    revision: int
    at: datetime
    position: int = 0
    touched: set[str] = field(default_factory=set)

    def current(self, entity: str, record_id: str) -> dict[str, Any]:
        """A record as it stands, every column. NotFoundError where there is none."""
        table = table_of(entity)
        row = first(self.connection, select(table).where(table.c.id == record_id))
        if row is None:
            raise NotFoundError(f"There is no {entity.replace('_', ' ')} with that id, or it is not yours to see.")
        return row

    def insert(
        self,
        entity: str,
        values: Mapping[str, Any],
        *,
        status: str,
        note: str | None,
        owner: str | None = None,
        record_id: str | None = None,
    ) -> Saved:
        """A new record, checked values in; version 1."""
        record_id = record_id or str(uuid4())
        row = self._new(entity, values, status, record_id, owner)
        self.connection.execute(insert(table_of(entity)).values(row))
        self._log(entity, row, 1, _begun(entity, row), note)
        derived.refresh(self.connection, entity, row)
        return Saved(entity, record_id, 1, status, self.revision)

    def insert_many(
        self, entity: str, records: Sequence[tuple[Mapping[str, Any], str]], *, note: str | None, owner: str | None = None
    ) -> None:
        """Many new records, checked values and status of each; the same history as one after another, in far fewer statements."""
        new = [self._new(entity, values, status, str(uuid4()), owner) for values, status in records]
        for some in _in_parts(new):
            self.connection.execute(insert(table_of(entity)), some)
            self._log_many(entity, [(row, 1, _begun(entity, row)) for row in some], note)
            for row in some:
                derived.refresh(self.connection, entity, row)

    def _new(
        self, entity: str, values: Mapping[str, Any], status: str, record_id: str, owner: str | None
    ) -> dict[str, Any]:
        return filled(table_of(entity), values) | {
            "id": record_id,
            "version": 1,
            "status": status,
            "owner": owner or self.actor.subject,
            "created_at": self.at,
            "created_by": self.actor.subject,
            "updated_at": self.at,
        }

    def update(
        self,
        entity: str,
        record_id: str,
        version: int,
        values: Mapping[str, Any],
        *,
        note: str | None,
        merge: bool = False,
    ) -> Saved:
        """Change some fields of a record as it was read in `version`.

        ConflictError where somebody saved it since; with `merge`, only where both changed the same field and not alike.
        Values that change nothing leave the version as it is.
        """
        row = self.current(entity, record_id)
        if row["version"] != version:
            values = self._settled(entity, row, version, values, merge)
        changed = {name: value for name, value in values.items() if row[name] != value}
        if not changed:
            return Saved(entity, record_id, row["version"], row["status"], self.revision)
        table, now = table_of(entity), row["version"] + 1
        done = self.connection.execute(
            update(table)
            .where(table.c.id == record_id, table.c.version == row["version"])
            .values(**changed, version=now, updated_at=self.at)
        )
        if done.rowcount != 1:
            raise RegisterError("The record changed while it was being saved. Nothing was saved. Try again.")
        after = row | changed | {"version": now}
        self._log(entity, after, now, _changes(entity, row, changed), note)
        derived.refresh(self.connection, entity, after)
        return Saved(entity, record_id, now, after["status"], self.revision)

    def update_many(
        self, entity: str, changes: Sequence[tuple[Mapping[str, Any], Mapping[str, Any]]], *, note: str | None
    ) -> int:
        """Change many records, each as it was read in this transaction (nobody else writes meanwhile). Returns how many did change.

        changes: the whole row and the values to set, no record twice.
        """
        real = [
            (row, {name: value for name, value in values.items() if row[name] != value}) for row, values in changes
        ]
        real = [(row, changed) for row, changed in real if changed]
        table = table_of(entity)
        names = sorted({name for _, changed in real for name in changed})
        query = (
            update(table)
            .where(table.c.id == bindparam("the_id"), table.c.version == bindparam("the_version"))
            .values({**{name: bindparam(f"new_{name}") for name in names}, "version": table.c.version + 1, "updated_at": self.at})
        )
        for some in _in_parts(real):
            values = [
                {"the_id": row["id"], "the_version": row["version"]}
                | {f"new_{name}": changed.get(name, row[name]) for name in names}
                for row, changed in some
            ]
            done = self.connection.execute(query, values)
            if self.connection.dialect.supports_sane_multi_rowcount and done.rowcount != len(values):
                raise RegisterError("Some records changed while they were being saved. Nothing was saved. Try again.")
            after = [(row, {**row, **changed, "version": row["version"] + 1}, changed) for row, changed in some]
            self._log_many(entity, [(new, new["version"], _changes(entity, row, changed)) for row, new, changed in after], note)
            for _, new, _ in after:
                derived.refresh(self.connection, entity, new)
        return len(real)

    def _settled(
        self, entity: str, row: Mapping[str, Any], version: int, values: Mapping[str, Any], merge: bool
    ) -> Mapping[str, Any]:
        base = replay.state_at_version(self.connection, entity, row["id"], version)
        if base is None:
            raise ConflictError(entity, row["id"], version, row["version"], [])
        conflicts, mine = [], {}
        for name, yours in values.items():
            # What the history does not hold (a name) cannot be compared with what was read: it counts as changed by both.
            kept = name in tracked(entity)
            theirs_changed = row[name] != base.get(name) if kept else row[name] != yours
            yours_changed = yours != base.get(name) if kept else row[name] != yours
            if yours_changed:
                mine[name] = yours
            if (yours_changed or theirs_changed) and yours != row[name]:
                overlaps = yours_changed and theirs_changed
                conflicts.append(FieldConflict(name, yours, row[name], base.get(name), overlaps))
        for name in tracked(entity) - set(values):
            if row[name] != base.get(name):
                conflicts.append(FieldConflict(name, base.get(name), row[name], base.get(name), False))
        if merge and not any(conflict.overlaps for conflict in conflicts):
            return mine
        raise ConflictError(entity, row["id"], version, row["version"], sorted(conflicts, key=lambda c: c.field))

    def _log(
        self, entity: str, row: Mapping[str, Any], version: int, changes: Mapping[str, list[Any]], note: str | None
    ) -> None:
        self._log_many(entity, [(row, version, changes)], note)

    def _log_many(
        self, entity: str, lines: Sequence[tuple[Mapping[str, Any], int, Mapping[str, list[Any]]]], note: str | None
    ) -> None:
        first = self.position + 1
        self.position += len(lines)
        self.touched.add(entity)
        self.connection.execute(
            insert(History),
            [
                {
                    "revision": self.revision,
                    "position": position,
                    "at": self.at,
                    "subject": self.actor.subject,
                    "role": self.actor.role,
                    "entity": entity,
                    "record_id": row["id"],
                    "version": version,
                    "partner_id": row["id"] if entity == "partner" else row.get("partner_id"),
                    "changes": dict(changes),
                    "note": note,
                    "redacted": False,
                }
                for position, (row, version, changes) in enumerate(lines, first)
            ],
        )

    def answered(self, key: str | None, request: Any) -> Saved | None:
        """What was answered to this request before, if it is a retry. KeyReusedError where the key came with something else."""
        if key is None:
            return None
        found = self.connection.execute(
            select(Idempotency.digest, Idempotency.answer).where(
                Idempotency.subject == self.actor.subject, Idempotency.key == key
            )
        ).first()
        if found is None:
            return None
        if found.digest != digest(request):
            raise KeyReusedError(
                "This request has a key that was used before for something else. Send it with a new key."
            )
        return Saved(**found.answer)

    def answer(self, key: str | None, request: Any, saved: Saved) -> Saved:
        """Keep what was answered under the key."""
        if key is not None:
            self.connection.execute(
                insert(Idempotency).values(
                    subject=self.actor.subject,
                    key=key,
                    digest=digest(request),
                    answer=asdict(saved),
                    revision=saved.revision,
                )
            )
        return saved


def digest(request: Any) -> str:
    """A fingerprint of a request's contents."""
    return hashlib.sha256(json.dumps(request, sort_keys=True, default=replay.plain).encode()).hexdigest()


def begin(connection: Connection, actor: Actor, now: datetime) -> Writer:
    """Take the register's one row, so that writers come one after another, and number this transaction."""
    state = table_of_model(RegisterState)
    row = connection.execute(
        update(state)
        .where(state.c.id == 1)
        .values(revision=state.c.revision + 1)
        .returning(state.c.revision, state.c.last_at)
    ).one()
    at = max(now, row.last_at)  # a clock that was set back does not put a later change before an earlier one
    connection.execute(update(state).where(state.c.id == 1).values(last_at=at))
    return Writer(connection, actor, row.revision, at)


def table_of(entity: str) -> Table:
    """The table of a kind of record."""
    return table_of_model(ENTITIES[entity])


_TRACKED: dict[str, frozenset[str]] = {}


def tracked(entity: str) -> frozenset[str]:
    """The fields of a kind of record whose changes the history holds."""
    if entity not in _TRACKED:
        names = frozenset(table_of(entity).c.keys()) - UNTRACKED - NEVER_IN_HISTORY.get(entity, frozenset())
        _TRACKED[entity] = names
    return _TRACKED[entity]


def _begun(entity: str, row: Mapping[str, Any]) -> dict[str, list[Any]]:
    """The first line of a record's history."""
    return {name: [None, replay.plain(row[name])] for name in tracked(entity) if row[name] is not None}


def _changes(entity: str, row: Mapping[str, Any], changed: Mapping[str, Any]) -> dict[str, list[Any]]:
    return {
        name: [replay.plain(row[name]), replay.plain(value)]
        for name, value in changed.items()
        if name in tracked(entity)
    }


def _in_parts(lines: Sequence[_Line], size: int = 2000) -> Iterator[Sequence[_Line]]:
    """Lists short enough for one statement to hold in memory."""
    return (lines[start : start + size] for start in range(0, len(lines), size))


def filled(table: Table, values: Mapping[str, Any]) -> dict[str, Any]:
    """A whole row: what was not said is empty, an empty list or no."""
    blank: dict[str, Any] = {"list": [], "flag": False}
    return {
        column.name: values.get(column.name, blank.get(column.info.get("kind", "")))
        for column in table.c
        if column.name not in UNTRACKED
    }
