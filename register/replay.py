"""Past states of records, replayed from the history. No rule about who may see what is here: `register/history.py` holds those."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from register.model import ENTITIES, History


def plain(value: Any) -> Any:
    """A value as JSON can hold it: days as 2026-03-31."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value


def typed(entity: str, name: str, value: Any) -> Any:
    """A value of the history as the column holds it."""
    if value is None:
        return None
    column = ENTITIES[entity].__table__.c.get(name)
    if column is not None and column.info.get("kind") == "day":
        return date.fromisoformat(value)
    return value


def entries(
    connection: Connection, entity: str, record_id: str, *, version: int | None = None, moment: datetime | None = None
) -> list[Row[Any]]:
    """The history of one record, oldest first; up to a version or a moment where one is given."""
    query = select(History.__table__).where(History.entity == entity, History.record_id == record_id)
    if version is not None:
        query = query.where(History.version <= version)
    if moment is not None:
        query = query.where(History.at <= moment)
    return list(connection.execute(query.order_by(History.version)))


def replayed(entity: str, changes: Iterable[Mapping[str, list[Any]]]) -> dict[str, Any]:
    """The tracked fields of a record after these changes in turn. A field never set is absent: it was empty."""
    state: dict[str, Any] = {}
    for change in changes:
        for name, (_, after) in change.items():
            state[name] = typed(entity, name, after)
    return state


def state_at_version(connection: Connection, entity: str, record_id: str, version: int) -> dict[str, Any] | None:
    """The tracked fields as they stood in a version, or None where it never was."""
    found = entries(connection, entity, record_id, version=version)
    if not found or found[-1].version != version:
        return None
    return replayed(entity, (row.changes for row in found))
