"""What every import of rows shares: reading a row's fields, settling it against a record that others may have changed, and one account."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sqlalchemy import Connection

from register import replay
from register.errors import ConflictError, NotAllowedError, NotFoundError, ValidationError
from register.exchange_cells import from_cell, to_cell
from register.exchange_files import CLEAR, Row, unescaped
from register.exchange_plan import REFUSED, Outcome, Problem
from register.validation import cleaned
from register.writing import table_of

Fields = dict[str, Any]


class RefusedError(Exception):
    """A row cannot be used, for these reasons."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("; ".join(problem.expected for problem in problems))
        self.problems = problems


def cell(row: Row, column: str) -> str:
    """A cell without the spaces around it; blank where the file has no such column."""
    return unescaped(row.cells.get(column, "")).strip()


def fields_of(row: Row, entity: str, columns: Iterable[str], current: Mapping[str, Any] | None) -> Fields:
    """The fields that a row gives. A blank cell gives none, CLEAR an empty one, and a cell that stands as it was exported the same value."""
    table = table_of(entity)
    found: Fields = {}
    for name in columns:
        raw = row.cells.get(name, "")
        if not raw.strip():
            continue
        if current is not None and raw.replace("\r\n", "\n") in (to_cell(current[name]), f"'{to_cell(current[name])}"):
            found[name] = current[name]
        else:
            found[name] = None if raw.strip() == CLEAR else from_cell(unescaped(raw), table.c[name])
    return found


def checked(entity: str, fields: Mapping[str, Any], today: Any, current: Mapping[str, Any] | None) -> Fields:
    """The fields as they can be stored. RefusedError with every problem of the row."""
    try:
        return cleaned(entity, fields, today, current=current)
    except ValidationError as error:
        raise RefusedError(*(Problem(problem.field, problem.message) for problem in error.problems)) from error


def version_of(row: Row, current: Mapping[str, Any]) -> int:
    """The version that the file was made from, where it says so."""
    said = cell(row, "version")
    if not said:
        return int(current["version"])
    if not said.isdigit() or not 1 <= int(said) <= current["version"]:
        raise RefusedError(
            Problem(
                "version",
                f"A version of this entry is a whole number from 1 to {current['version']}. Leave it as exported.",
            )
        )
    return int(said)


def settled(
    connection: Connection, entity: str, current: Mapping[str, Any], version: int, fields: Mapping[str, Any]
) -> Fields:
    """What the file changes, against the record as it stands: what somebody else changed since it was exported stays.

    RefusedError where both changed the same field and not alike.
    """
    base: Mapping[str, Any] | None = current
    if version != current["version"]:
        base = replay.state_at_version(connection, entity, current["id"], version)
    mine: Fields = {}
    problems: list[Problem] = []
    for name, value in fields.items():
        if value == current[name]:
            continue
        before = base.get(name) if base is not None else None
        if base is not None and value == before:
            continue  # the file holds the old value; somebody else's newer one stays
        if current[name] != before:
            problems.append(
                Problem(
                    name,
                    f"Somebody changed this since the file was made: it is now “{_short(current[name])}”. Export again, or give that value.",
                )
            )
        mine[name] = value
    if problems:
        raise RefusedError(*problems)
    return mine


def account(row: Row, name: str, act: Callable[[Row], Outcome]) -> Outcome:
    """The outcome of a row: what `act` says, or why it is refused."""
    try:
        return act(row)
    except RefusedError as error:
        return Outcome(row.number, REFUSED, name, problems=error.problems)
    except ValidationError as error:
        return Outcome(
            row.number, REFUSED, name, problems=tuple(Problem(each.field, each.message) for each in error.problems)
        )
    except ConflictError as error:
        return Outcome(row.number, REFUSED, name, problems=(Problem("version", str(error)),))
    except (NotAllowedError, NotFoundError) as error:
        return Outcome(row.number, REFUSED, name, problems=(Problem("id", str(error)),))


def _short(value: Any) -> str:
    text = " ".join(to_cell(value).split())
    return text if len(text) <= 60 else f"{text[:57]}…"
