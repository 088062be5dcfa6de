"""Copying a whole register between databases, and comparing two of them table by table: rows and checksums."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Table, delete, func, insert, select, text, update

from register import derived
from register.errors import BackupError
from register.model import DERIVED, ENTITIES, History, Idempotency, Partner, RegisterState
from register.model_base import Base
from register.replay import plain
from register.rows import table_of_model

_CHUNK = 2000


def copied_tables() -> list[Table]:
    """Every table that holds what people wrote, parents before children. Derived ones are filled again."""
    models: list[type[Base]] = [RegisterState, *ENTITIES.values(), History, Idempotency]
    return [table_of_model(model) for model in models]


def copy(source: Connection, target: Connection) -> None:
    """Write every row of one register into another that is empty, inside the target's transaction. BackupError where they differ after."""
    target.execute(delete(RegisterState))
    for table in copied_tables():
        for chunk in _chunks(source, table):
            # A service may come before the organisation that provides it: those links are written last.
            target.execute(insert(table), [{**row, "provided_by_id": None} for row in chunk] if table.name == "partner" else chunk)
    partner = table_of_model(Partner)
    for row in source.execute(select(partner.c.id, partner.c.provided_by_id).where(partner.c.provided_by_id.is_not(None))):
        target.execute(update(partner).where(partner.c.id == row.id).values(provided_by_id=row.provided_by_id))
    derived.rebuild(target)
    compare(source, target)


def emptied(target: Connection) -> None:
    """Take everything out of a PostgreSQL register that is about to be replaced whole, inside the caller's transaction."""
    names = [table.name for table in (*copied_tables(), *(table_of_model(model) for model in DERIVED))]
    target.execute(text(f"TRUNCATE {', '.join(names)}"))


def compare(one: Connection, other: Connection) -> dict[str, int]:
    """The rows of each table, the same in both. BackupError that names the tables which differ."""
    counts, differing = {}, []
    for table in copied_tables():
        here, there = fingerprint(one, table), fingerprint(other, table)
        counts[table.name] = here[0]
        if here != there:
            differing.append(f"{table.name} ({here[0]:,} rows and {there[0]:,})")
    if differing:
        raise BackupError(f"The copy is not the same as what was copied: {'; '.join(differing)}. Nothing was kept of it.")
    return counts


def fingerprint(connection: Connection, table: Table) -> tuple[int, str]:
    """How many rows a table has, and a checksum of all of them that does not depend on the database or its order of rows."""
    total, count = 0, 0
    for chunk in _chunks(connection, table):
        for row in chunk:
            said = json.dumps({name: _same_everywhere(value) for name, value in row.items()}, sort_keys=True, ensure_ascii=True)
            total = (total + int.from_bytes(hashlib.sha256(said.encode()).digest(), "big")) % (1 << 256)
            count += 1
    return count, f"{total:064x}"


def is_empty(connection: Connection) -> bool:
    """Whether nothing was ever written to a register."""
    return not connection.execute(select(func.count()).select_from(History)).scalar_one()


def _same_everywhere(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, float):
        return repr(value)
    return plain(value)


def _chunks(connection: Connection, table: Table) -> Iterator[list[dict[str, Any]]]:
    found = connection.execution_options(yield_per=_CHUNK).execute(select(table)).mappings()
    for part in found.partitions(_CHUNK):
        yield [dict(row) for row in part]
