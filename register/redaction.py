"""Taking out of the history the few things that must not stay there: the point of a site now sensitive, and a withdrawn name.

Everything else about a change stays: who, when, which fields, why. The row is marked as redacted; the database refuses any other
change of the history.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Connection, String, cast, func, or_, select, update

from register import derived
from register.model import ENTITIES, WHERE_IT_IS, History
from register.model_assets import ASSET_KINDS, SITE_FIELDS
from register.model_places import NAME_WITHDRAWN, Suggestion
from register.rows import rows, table_of_model

_HISTORY = table_of_model(History)
_TEXTS_IN_JSON = ("changes", "as_published", "column_mapping")
_ASSET_NAMES = {"name", "asset_name", "first_name", "second_name", "title", "publisher"}
_SPARED = {"partner": {"name", "also_known_as"}, "suggestion": {"name"}, "person": {"name"}} | dict.fromkeys(ASSET_KINDS, _ASSET_NAMES)
"""Names of organisations are left alone, since a group may bear its founder's name; so are other people of the same name."""


def take_out_point(connection: Connection, entity: str, record_id: str) -> None:
    """Take what tells where a site is (`model.WHERE_IT_IS`) out of its past states and of what was suggested of it."""
    fields = WHERE_IT_IS[entity]
    past = select(_HISTORY).where(_HISTORY.c.entity == entity, _HISTORY.c.record_id == record_id)
    for row in rows(connection, past):
        changes = {name: [None, None] if name in fields else pair for name, pair in row["changes"].items()}
        if "as_published" in changes:
            changes["as_published"] = [without_site(value) for value in changes["as_published"]]
        if changes != row["changes"]:
            _rewrite(connection, row, changes, row["note"])
    suggestions = table_of_model(Suggestion)
    for row in rows(connection, select(suggestions).where(suggestions.c.record_id == record_id)):
        kept = {name: value for name, value in (row["changes"] or {}).items() if name not in fields}
        if kept != row["changes"]:
            connection.execute(update(suggestions).where(suggestions.c.id == row["id"]).values(changes=kept))
            _rewrite_values(connection, "suggestion", row["id"], "changes", kept)


def without_site(published: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """What a source said of an asset, but for what tells where it is."""
    if published is None:
        return None
    return {name: value for name, value in published.items() if name not in SITE_FIELDS}


def take_out_name(connection: Connection, name: str) -> int:
    """Replace a person's whole name in every text of every record, and in every past state and note. Returns how many rows held it.

    A single word is too common to look for; nothing is replaced then.
    """
    words = name.split()
    if len(words) < 2:
        return 0
    pattern = re.compile(r"(?<!\w)" + r"\s+".join(re.escape(word) for word in words) + r"(?!\w)", re.IGNORECASE)

    def without(value: Any) -> Any:
        if isinstance(value, str):
            return pattern.sub(NAME_WITHDRAWN, value)
        if isinstance(value, list):
            return [without(item) for item in value]
        if isinstance(value, dict):
            return {key: without(item) for key, item in value.items()}
        return value

    found = _in_records(connection, words, without) + _in_history(connection, words, without)
    derived.forget_old_words(connection)
    return found


def _in_records(connection: Connection, words: list[str], without: Callable[[Any], Any]) -> int:
    found = 0
    for entity, model in ENTITIES.items():
        table, spared = table_of_model(model), _SPARED.get(entity, set())
        texts = [
            column
            for column in table.c
            if (column.info.get("kind") in ("text", "list") or column.name in _TEXTS_IN_JSON) and column.name not in spared
        ]
        holds = or_(*(_holds(column, words) for column in texts))
        for row in rows(connection, select(table).where(holds)):
            changed = {column.name: without(row[column.name]) for column in texts}
            changed = {column: value for column, value in changed.items() if value != row[column]}
            if changed:
                connection.execute(update(table).where(table.c.id == row["id"]).values(changed))
                derived.refresh(connection, entity, {**row, **changed})
                found += 1
    return found


def _in_history(connection: Connection, words: list[str], without: Callable[[Any], Any]) -> int:
    found = 0
    holds = or_(_holds(_HISTORY.c.changes, words), _holds(_HISTORY.c.note, words))
    for row in rows(connection, select(_HISTORY).where(holds)):
        spared = _SPARED.get(row["entity"], set())
        changes = {name: value if name in spared else without(value) for name, value in row["changes"].items()}
        note = without(row["note"])
        if changes != row["changes"] or note != row["note"]:
            _rewrite(connection, row, changes, note)
            found += 1
    return found


def _holds(column: Any, words: list[str]) -> Any:
    """Rows that may hold the name: an overestimate, since JSON may write its letters as escapes; the pattern decides."""
    plain = max((word for word in words if word.isascii()), key=len, default="")
    return func.lower(cast(column, String)).contains(plain.lower(), autoescape=True)


def _rewrite_values(connection: Connection, entity: str, record_id: str, field: str, value: Any) -> None:
    query = select(_HISTORY).where(_HISTORY.c.entity == entity, _HISTORY.c.record_id == record_id)
    for row in rows(connection, query):
        if field in row["changes"]:
            before, after = row["changes"][field]
            pair = [value if before is not None else None, value if after is not None else None]
            _rewrite(connection, row, row["changes"] | {field: pair}, row["note"])


def _rewrite(connection: Connection, row: Any, changes: dict[str, Any], note: str | None) -> None:
    connection.execute(
        update(_HISTORY)
        .where(_HISTORY.c.revision == row["revision"], _HISTORY.c.position == row["position"])
        .values(changes=changes, note=note, redacted=True)
    )
