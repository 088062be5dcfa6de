"""Whether a register is whole: the database's own checks, links between records, and every record against its history."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from sqlalchemy import Connection, func, select, text

from register import replay as replaying
from register.derived import areas_of
from register.errors import NotAllowedError
from register.model import ENTITIES, History, Partner, PartnerArea, RegisterState
from register.model_base import Base
from register.rows import rows, table_of_model
from register.store import Acting
from register.writing import tracked


def faults(acting: Acting, *, replay: bool = True) -> list[str]:
    """What is wrong with the register, a sentence each; none where it is whole. replay: also replay the history of every record."""
    if not acting.actor.is_steward:
        raise NotAllowedError("Only a steward can check the register.")
    with acting.read() as connection:
        found = _of_database(connection) + _of_numbers(connection)
        if replay and not found:
            found = _of_history(connection) + _of_areas(connection)
    return found


def counts(acting: Acting) -> dict[str, int]:
    """How many records of each kind there are, withdrawn ones included, and how many changes the history holds."""
    if not acting.actor.is_steward:
        raise NotAllowedError("Only a steward can count the register.")
    models: list[type[Base]] = [*ENTITIES.values(), History]
    with acting.read() as connection:
        return {
            model.__tablename__: int(connection.execute(select(func.count()).select_from(table_of_model(model))).scalar_one())
            for model in models
        }


def _of_database(connection: Connection) -> list[str]:
    if connection.dialect.name != "sqlite":
        return []
    said = [str(row[0]) for row in connection.execute(text("PRAGMA integrity_check"))]
    found = [] if said == ["ok"] else [f"The file is damaged: {said[0]}."]
    astray = list(connection.execute(text("PRAGMA foreign_key_check")))
    return found + [f"A record of {row[0]} names one of {row[2]} that is not there." for row in astray[:20]]


def _of_numbers(connection: Connection) -> list[str]:
    revision = connection.execute(select(RegisterState.revision)).scalar()
    if revision is None:
        return ["The register has lost its own row."]
    latest = connection.execute(select(func.max(History.revision))).scalar() or 0
    return [f"The history goes to revision {latest}, beyond the register's {revision}."] if latest > revision else []


def _of_history(connection: Connection) -> list[str]:
    """Replay each record. Versions run from 1 without a gap, and the last state is the record."""
    states: dict[tuple[str, str], dict[str, Any]] = defaultdict(dict)
    versions: dict[tuple[str, str], int] = defaultdict(int)
    found: list[str] = []
    history = table_of_model(History)
    query = select(history.c.entity, history.c.record_id, history.c.version, history.c.changes)
    for row in connection.execute(query.order_by(history.c.revision, history.c.position)):
        key = (row.entity, row.record_id)
        if row.version != versions[key] + 1:
            found.append(f"The history of {row.entity} {row.record_id} goes from version {versions[key]} to {row.version}.")
        versions[key] = row.version
        states[key].update({name: replaying.typed(row.entity, name, after) for name, (_, after) in row.changes.items()})
    for entity, model in ENTITIES.items():
        for record in connection.execute(select(table_of_model(model))).mappings():
            key = (entity, record["id"])
            state = states.pop(key, {})
            if versions[key] != record["version"]:
                found.append(f"The {entity} {record['id']} is at version {record['version']}; its history ends at {versions[key]}.")
            wrong = [name for name in sorted(tracked(entity)) if record[name] != state.get(name)]
            if wrong:
                found.append(f"The {entity} {record['id']} differs from its history in {', '.join(wrong)}.")
    found += [f"There is a history of {entity} {record_id}, which is not there." for entity, record_id in states]
    return found


def _of_areas(connection: Connection) -> list[str]:
    kept: dict[str, set[str]] = defaultdict(set)
    for row in connection.execute(select(PartnerArea.partner_id, PartnerArea.area_code)):
        kept[row.partner_id].add(row.area_code)
    return [
        f"The areas of the partner {row['id']} are not those that follow from it."
        for row in rows(connection, select(Partner.__table__))
        if areas_of(row) != kept[row["id"]]
    ]
