"""One partner whole, as an actor may read it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import Connection, select

from register import rules
from register.actors import Actor
from register.freshness import STANDINGS, days, freshness_of, is_dormant, standings
from register.model import Partner
from register.model_places import NAME_WITHDRAWN, Person
from register.rows import rows
from register.writing import table_of

Fields = dict[str, Any]


@dataclass(frozen=True)
class RelationshipRecord:
    """A relationship with its moves and commitments. standing: one of `register.freshness.STANDINGS`, derived today."""

    fields: Fields
    moves: tuple[Fields, ...]
    commitments: tuple[Fields, ...]
    standing: str
    freshness: str
    dormant: bool


@dataclass(frozen=True)
class PartnerRecord:
    """A partner and what belongs to it. Each entry is its fields by name, `person_name` added where it names somebody.

    decides: whether the actor is an editor of its place or a steward. owns: whether it is their own entry. freshness: one of
    `register.freshness.FRESHNESS`.
    """

    fields: Fields
    relationships: tuple[RelationshipRecord, ...]
    members: tuple[Fields, ...]
    activities: tuple[Fields, ...]
    channels: tuple[Fields, ...]
    funding: tuple[Fields, ...]
    stories: tuple[Fields, ...]
    connectors: tuple[Fields, ...]
    listening: tuple[Fields, ...]
    learning: tuple[Fields, ...]
    freshness: str
    decides: bool
    owns: bool

    @property
    def id(self) -> str:
        """The partner's id."""
        return str(self.fields["id"])

    @property
    def version(self) -> int:
        """The version read: give it back when saving."""
        return int(self.fields["version"])

    @property
    def name(self) -> str:
        """The partner's name."""
        return str(self.fields["name"])


def assemble(
    connection: Connection, actor: Actor, shown: Fields, whole: Mapping[str, Any], today: date
) -> PartnerRecord:
    """Gather a partner. shown: its fields masked for the actor; whole: unmasked, to decide who may see what."""

    def part(entity: str) -> tuple[Fields, ...]:
        table = table_of(entity)
        query = select(table).where(table.c.partner_id == whole["id"]).order_by(table.c.created_at, table.c.id)
        return readable(connection, actor, entity, rows(connection, query), whole)

    moves, commitments = part("stage_move"), part("commitment")
    relationships = []
    for fields in part("relationship"):
        standing, dormant = standing_of(fields, today)
        relationships.append(
            RelationshipRecord(
                fields,
                tuple(sorted(_of(moves, fields), key=lambda move: (move["moved_on"], move["created_at"]))),
                tuple(_of(commitments, fields)),
                standing,
                freshness_of(fields["last_confirmed"], today),
                dormant,
            )
        )
    return PartnerRecord(
        fields=shown,
        relationships=tuple(relationships),
        members=_with_member_names(connection, actor, part("coalition_member")),
        activities=part("activity"),
        channels=part("channel"),
        funding=part("funding"),
        stories=part("story"),
        connectors=part("connector"),
        listening=part("listening"),
        learning=part("learning"),
        freshness=freshness_of(shown["last_confirmed"], today),
        decides=rules.decides(actor, "partner", whole, whole),
        owns=rules.owns(actor, whole),
    )


def readable(
    connection: Connection,
    actor: Actor,
    entity: str,
    found_rows: Iterable[Mapping[str, Any]],
    partner: Mapping[str, Any] | None,
    *,
    withdrawn: bool = False,
) -> tuple[Fields, ...]:
    """Those of the rows that the actor may read, masked, with names where consent stands. Withdrawn ones only if asked for."""
    found = [
        rules.masked(actor, entity, row, partner)
        for row in found_rows
        if (withdrawn or row["status"] != "withdrawn") and rules.sees(actor, entity, row, partner)
    ]
    if "person_id" in table_of(entity).c:
        names = names_for(connection, [row["person_id"] for row in found])
        found = [{**row, "person_name": names.get(row["person_id"])} for row in found]
    return tuple(found)


def names_for(connection: Connection, ids: Iterable[str | None]) -> dict[str | None, str]:
    """The names of people by id: as consented to, or “name withdrawn”."""
    wanted = sorted({person for person in ids if person})
    if not wanted:
        return {}
    found = connection.execute(select(Person.id, Person.name).where(Person.id.in_(wanted)))
    return {row.id: row.name or NAME_WITHDRAWN for row in found}


def standing_of(relationship: Mapping[str, Any], today: date) -> tuple[str, bool]:
    """How one relationship counts today, in words, and whether it has gone quiet."""
    frame = pd.DataFrame(
        {
            "stage": [relationship["stage"]],
            "last_confirmed": days([relationship["last_confirmed"]]),
            "last_contact": days([relationship["last_contact"]]),
        }
    )
    return STANDINGS[int(standings(frame, today).iloc[0])], bool(is_dormant(frame, today).iloc[0])


def _of(parts: Iterable[Fields], relationship: Fields) -> Iterable[Fields]:
    return (part for part in parts if part["relationship_id"] == relationship["id"])


def _with_member_names(connection: Connection, actor: Actor, members: tuple[Fields, ...]) -> tuple[Fields, ...]:
    """Members that are partners of the register by their names, where the actor may see them."""
    ids = [member["member_id"] for member in members if member["member_id"]]
    if not ids:
        return members
    known = {row["id"]: row for row in rows(connection, select(Partner.__table__).where(Partner.id.in_(ids)))}
    shown = []
    for member in members:
        partner = known.get(member["member_id"])
        if partner is None:
            shown.append(member)
        elif rules.sees(actor, "partner", partner, partner):
            shown.append({**member, "member_name": partner["name"]})
    return tuple(shown)
