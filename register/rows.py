"""Reading rows as plain dictionaries, and tables of models by their type."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Select, Table

from register.model_base import Base


def table_of_model(model: type[Base]) -> Table:
    """The table of a model; its declared type is wider."""
    table = model.__table__
    assert isinstance(table, Table)  # noqa: S101 - a declarative model maps a table
    return table


def rows(connection: Connection, query: Select[Any]) -> list[dict[str, Any]]:
    """Every row, read at once, so that the connection is free to write meanwhile."""
    return [dict(row) for row in connection.execute(query).mappings()]


def first(connection: Connection, query: Select[Any]) -> dict[str, Any] | None:
    """The first row, or None."""
    row = connection.execute(query).mappings().first()
    return None if row is None else dict(row)


def in_chunks(ids: list[str], size: int = 5000) -> Iterable[list[str]]:
    """Lists short enough for one query."""
    return (ids[start : start + size] for start in range(0, len(ids), size))
