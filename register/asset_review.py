"""What waits for an editor about community assets, who may decide on which, and what was decided of one, with its history.

The order in which assets are to be checked is `analysis.asset_freshness.review_order`; here is what takes the register to know.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import pandas as pd
from sqlalchemy import Connection, or_, select

from analysis.asset_corrections import said_in_words
from register import history, rules
from register.asset_decided import corrections
from register.asset_decisions import KINDS
from register.asset_rows import Fields
from register.errors import NotFoundError
from register.history import Change
from register.rows import in_chunks, rows
from register.store import Acting
from register.writing import table_of

DRAFT_COLUMNS = ["entity", "id", "version", "title", "what", "asset_id", "lad24cd", "owner", "created_at", "may_decide"]
DECISION_COLUMNS = ["entity", "id", "version", "status", "asset_id", "other_id", "what", "updated_at", "may_decide"]
_ASSET, _LIST = table_of("asset"), table_of("asset_list")


def may_decide(acting: Acting, lad24cd: pd.Series) -> pd.Series:
    """For each asset's authority whether the actor decides there (bool, the same index); only a steward does where none is known."""
    answers = {code: acting.actor.answers_for({code}) for code in lad24cd.dropna().unique()}
    return lad24cd.map(answers).fillna(acting.actor.is_steward).astype(bool).rename("may_decide")


def drafts(acting: Acting) -> pd.DataFrame:
    """What waits: lists, records of lists in another place, corrections and matches, as far as the actor may read them. Oldest first.

    Columns DRAFT_COLUMNS; what: in a phrase. Approve with `assets.approve_list`, `assets.approve_asset` or `asset_decisions.approve`,
    decline with `assets.withdraw_list` or `asset_decisions.undo`.
    """
    rules.must_be_signed_in(acting.actor)
    said = corrections(acting, drafts=True).set_index("correction_id")
    found: list[Fields] = []
    with acting.read() as connection:
        for entity, row in _waiting(connection):
            if not rules.sees(acting.actor, entity, row, None):
                continue
            shown = rules.masked(acting.actor, entity, row, None)
            decides = rules.decides(acting.actor, entity, row, None)
            found.append(shown | _in_words(entity, row, said) | {"entity": entity, "may_decide": decides})
    frame = pd.DataFrame(found, columns=DRAFT_COLUMNS)
    return frame.sort_values(["created_at", "title"], kind="stable").reset_index(drop=True)


def _waiting(connection: Connection) -> list[tuple[str, Fields]]:
    found: list[tuple[str, Fields]] = []
    for entity in ("asset_list", *KINDS):
        table = table_of(entity)
        found += [(entity, row) for row in rows(connection, select(table).where(table.c.status == "draft"))]
    # Records of a list that waits itself are approved with it.
    alone = select(_ASSET).join(_LIST, _LIST.c.id == _ASSET.c.asset_list_id)
    alone = alone.where(_ASSET.c.status == "draft", _LIST.c.status == "published")
    return found + [("asset", row) for row in rows(connection, alone)]


def _in_words(entity: str, row: Fields, said: pd.DataFrame) -> Fields:
    if entity == "asset_list":
        return {"title": row["title"], "what": f"{row['rows_kept']:,} records of {row['publisher']}", "asset_id": None}
    if entity == "asset":
        return {"title": row["name"], "what": "a record of a list kept for another place", "lad24cd": row["lad24cd"] or row["kept_for"]}
    if entity == "asset_match":
        return {"title": row["first_name"], "what": _match_in_words(row), "asset_id": row["first_id"]}
    return {"title": row["asset_name"], "what": "; ".join(said_in_words(said.loc[row["id"]]))}


def _match_in_words(row: Fields) -> str:
    return f"“{row['first_name']}” and “{row['second_name']}” are {row['decision']}"


def decisions_of(acting: Acting, asset_ids: Collection[str]) -> pd.DataFrame:
    """The corrections and matches of these assets that are in force or wait, as far as the actor may read them, latest first.

    Columns DECISION_COLUMNS; asset_id: the one of `asset_ids` that it is about; other_id: the other record of a match. Take one back with
    `asset_decisions.undo(acting, entity, id, version, note=…)`.
    """
    ids = sorted(set(asset_ids))
    said = corrections(acting, drafts=True).set_index("correction_id")
    correction, match = table_of("asset_correction"), table_of("asset_match")
    found: list[Fields] = []
    with acting.read() as connection:
        for some in in_chunks(ids, 500):
            about = select(correction).where(correction.c.asset_id.in_(some), correction.c.status != "withdrawn")
            pairs = select(match).where(
                or_(match.c.first_id.in_(some), match.c.second_id.in_(some)), match.c.status != "withdrawn"
            )
            found += [{**row, "entity": "asset_correction", "other_id": None} for row in rows(connection, about)]
            found += [{**row, "entity": "asset_match", **_sides(row, ids)} for row in rows(connection, pairs)]
    seen = [row for row in found if rules.sees(acting.actor, row["entity"], row, None)]
    lines = []
    for row in seen:
        words = _match_in_words(row) if row["entity"] == "asset_match" else "; ".join(said_in_words(said.loc[row["id"]]))
        lines.append({**row, "what": words, "may_decide": rules.decides(acting.actor, row["entity"], row, None)})
    frame = pd.DataFrame(lines, columns=DECISION_COLUMNS).drop_duplicates(["entity", "id"])
    return frame.sort_values("updated_at", ascending=False, kind="stable").reset_index(drop=True)


def _sides(row: Fields, ids: list[str]) -> dict[str, Any]:
    pair = [row["first_id"], row["second_id"]]
    return dict(zip(("asset_id", "other_id"), pair if pair[0] in ids else pair[::-1], strict=True))


def changes_of(acting: Acting, asset_id: str) -> list[Change]:
    """The history of one asset: its record of a kept list, what was said of it and decided of its pairs, oldest first, as far as the
    actor may read it. Each has a sentence.
    """
    match = table_of("asset_match")
    queries = [
        ("asset", select(_ASSET.c.id).where(_ASSET.c.asset_id == asset_id)),
        ("asset_correction", select(table_of("asset_correction").c.id).where(table_of("asset_correction").c.asset_id == asset_id)),
        ("asset_match", select(match.c.id).where(or_(match.c.first_id == asset_id, match.c.second_id == asset_id))),
    ]
    with acting.read() as connection:
        ids = [(entity, record_id) for entity, query in queries for record_id in connection.execute(query).scalars()]
    found = [change for entity, record_id in ids for change in _readable(acting, entity, record_id)]
    return sorted(found, key=lambda change: (change.revision, change.entity, change.version))


def _readable(acting: Acting, entity: str, record_id: str) -> list[Change]:
    try:
        return history.of_record(acting, entity, record_id)
    except NotFoundError:
        return []
