"""Reading what people have decided about community assets, in the tables that `analysis` takes."""

from __future__ import annotations

from typing import Any

import pandas as pd
from sqlalchemy import Select, and_, or_, select, union_all

from analysis.asset_corrections import CORRECTION_COLUMNS
from analysis.asset_records import joined
from register import rules
from register.model import History
from register.model_assets import ASSET_KINDS, LIST_FIELDS
from register.rows import rows
from register.store import Acting
from register.writing import table_of

_CHANGING_WHAT_IS_SHOWN = (*ASSET_KINDS, "person")
"""Kinds of record whose changes change what is shown of assets: withdrawing a consent takes a name out of any text."""
MATCH_COLUMNS: dict[str, str] = {
    "first_id": "str",
    "second_id": "str",
    "decision": "str",  # model_assets.MATCH_DECISIONS
    "reason": "str",
    "first_name": "str",
    "second_name": "str",
    "match_id": "str",
    "version": "int64",
    "draft": "bool",  # it waits for an editor
}


def revision(acting: Acting) -> int:
    """The newest change of anything that people keep or decide about assets; 0 before the first. Some microseconds: made to be a key."""
    newest = [
        select(History.revision)
        .where(History.entity == entity)
        .order_by(History.revision.desc())
        .limit(1)
        .subquery()
        for entity in _CHANGING_WHAT_IS_SHOWN
    ]
    with acting.read() as connection:
        return max((int(found) for found in connection.execute(union_all(*(select(one.c.revision) for one in newest))).scalars()), default=0)


def corrections(acting: Acting, *, drafts: bool = False) -> pd.DataFrame:
    """What people say of assets: `analysis.asset_corrections.CORRECTION_COLUMNS`, for `applied` there. drafts: also what waits, as far as
    the actor may read it.
    """
    found = _read(acting, "asset_correction", drafts)
    for row in found:
        row.update({name: joined(row[name]) for name in LIST_FIELDS}, correction_id=row["id"])
    frame = pd.DataFrame(found, columns=list(CORRECTION_COLUMNS))
    frame["last_confirmed"] = pd.to_datetime(frame["last_confirmed"])
    return frame.astype(CORRECTION_COLUMNS)


def matches(acting: Acting, *, drafts: bool = False) -> pd.DataFrame:
    """What people decided of pairs of records: MATCH_COLUMNS, for `analysis.asset_table.combine`. drafts: also what waits, as above."""
    found = _read(acting, "asset_match", drafts)
    for row in found:
        row["match_id"] = row["id"]
    return pd.DataFrame(found, columns=list(MATCH_COLUMNS)).astype(MATCH_COLUMNS)


def _read(acting: Acting, entity: str, drafts: bool) -> list[dict[str, Any]]:
    table, actor = table_of(entity), acting.actor
    query: Select[Any] = select(table).where(table.c.status == "published")
    if drafts and actor.signed_in:
        query = select(table).where(or_(table.c.status == "published", and_(table.c.status == "draft")))
    with acting.read() as connection:
        found = rows(connection, query.order_by(table.c.created_at, table.c.id))
    return [{**row, "draft": row["status"] == "draft"} for row in found if rules.sees(actor, entity, row, None)]
