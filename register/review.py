"""What waits for somebody: relationships whose confirmation has run out, the oldest and most relied upon first, and drafts to approve."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

import pandas as pd
from sqlalchemy import Connection, or_, select

from register import rules
from register.errors import NotAllowedError
from register.freshness import FRESHNESS, STANDINGS, freshness, is_dormant, standings
from register.model import ENTITIES, Partner, Relationship
from register.model_assets import ASSET_KINDS
from register.record import Fields
from register.rows import rows
from register.scope import decided, in_places
from register.store import Acting
from register.vocabularies import STAGE_NO_CONTACT
from register.writing import table_of

_COLUMNS = [
    "partner_id",
    "name",
    "relationship_id",
    "version",
    "body_name",
    "stage",
    "last_confirmed",
    "confirmed_by_role",
    "last_contact",
]
DRAFT_COLUMNS = ["entity", "id", "version", "title", "partner_id", "partner_name", "owner", "created_at"]
_TITLES = (
    "name",
    "body_name",
    "title",
    "member_name",
    "label",
    "organisation",
    "funder",
    "role",
    "said",
    "tried",
    "heard",
    "told",
    "note",
)


def to_confirm(
    acting: Acting,
    *,
    codes: Collection[str] | None = None,
    relied_upon: Mapping[str, float] | None = None,
    today: date | None = None,
) -> pd.DataFrame:
    """Published relationships that the actor answers for and that need checking: not confirmed within the window, or gone quiet.

    codes: only partners of these areas. relied_upon: partner_id → Core20 residents within its reach, so that what most people rest on
    comes first. Order: unconfirmed before needs checking, then most relied upon, then the oldest. Relationships without any contact yet
    have nothing to confirm. Columns: _COLUMNS, freshness, dormant, standing, relied_upon.
    """
    _must_moderate(acting)
    today = today or acting.register.today()
    query = (
        select(
            Partner.id,
            Partner.name,
            Relationship.id,
            Relationship.version,
            Relationship.body_name,
            Relationship.stage,
            Relationship.last_confirmed,
            Relationship.confirmed_by_role,
            Relationship.last_contact,
        )
        .join(Partner, Partner.id == Relationship.partner_id)
        .where(
            Relationship.status == "published", Partner.status == "published", Relationship.stage != STAGE_NO_CONTACT
        )
        .where(decided(acting.actor, Partner.id))
    )
    if codes is not None:
        query = query.where(in_places(Partner.id, codes))
    with acting.read() as connection:
        frame = pd.DataFrame.from_records([tuple(row) for row in connection.execute(query)], columns=_COLUMNS)
    for name in ("last_confirmed", "last_contact"):
        frame[name] = pd.to_datetime(frame[name]).astype("datetime64[us]")
    frame["freshness"] = freshness(frame["last_confirmed"], today)
    frame["dormant"] = is_dormant(frame, today)
    frame["standing"] = standings(frame, today).map(STANDINGS)
    frame["relied_upon"] = frame["partner_id"].map(relied_upon or {}).fillna(0.0).astype("float64")
    frame = frame[(frame["freshness"] != FRESHNESS[0]) | frame["dormant"]]
    order = frame["freshness"].map({word: -place for place, word in enumerate(FRESHNESS)})
    frame = frame.assign(_order=order).sort_values(
        ["_order", "relied_upon", "last_confirmed", "name"],
        ascending=[True, False, True, True],
        na_position="first",
        kind="stable",
    )
    return frame.drop(columns="_order").reset_index(drop=True)


def drafts(acting: Acting) -> pd.DataFrame:
    """Drafts that the actor may see: those of the places they answer for, and their own. Oldest first; columns DRAFT_COLUMNS.

    Suggestions from people without an account are in `suggestions.waiting`, and what waits of community assets in `asset_review.drafts`.
    """
    rules.must_be_signed_in(acting.actor)
    lines: list[Fields] = []
    with acting.read() as connection:
        for entity in ENTITIES:
            if entity not in ("suggestion", "person", *ASSET_KINDS):
                lines += _drafts_of(acting, connection, entity)
    frame = pd.DataFrame(lines, columns=DRAFT_COLUMNS)
    return frame.sort_values("created_at", kind="stable").reset_index(drop=True)


def _drafts_of(acting: Acting, connection: Connection, entity: str) -> list[Fields]:
    table = table_of(entity)
    query = select(table).where(table.c.status == "draft")
    if not acting.actor.is_steward:
        key = table.c.id if entity == "partner" else table.c.get("partner_id")
        reach = [table.c.owner == acting.actor.subject]
        if key is not None:
            reach.append(decided(acting.actor, key))
        if "lad24cd" in table.c and entity != "partner":
            reach.append(table.c.lad24cd.in_(sorted(acting.actor.places) if acting.actor.is_editor else []))
        query = query.where(or_(*reach))
    found = []
    for row in rows(connection, query.order_by(table.c.created_at)):
        partner = rules.partner_of(connection, entity, row)
        if not rules.sees(acting.actor, entity, row, partner):
            continue
        shown = rules.masked(acting.actor, entity, row, partner)
        title = next((str(shown[name]) for name in _TITLES if shown.get(name)), entity.replace("_", " "))
        found.append(
            {
                "entity": entity,
                "id": row["id"],
                "version": row["version"],
                "title": title if len(title) <= 120 else f"{title[:117]}…",
                "partner_id": partner["id"] if partner else None,
                "partner_name": partner["name"] if partner else None,
                "owner": shown["owner"],
                "created_at": row["created_at"],
            }
        )
    return found


def _must_moderate(acting: Acting) -> None:
    if not (acting.actor.is_editor or acting.actor.is_steward):
        raise NotAllowedError("The review queue is for editors of a place and stewards.")
